"""Records of 99 bytes and a line end, cut with `struct`, as lines of JSON that are counted. Prints one JSON object."""

import json
import resource
import struct
import sys
import time

RECORD = struct.Struct("10s30s20s8s3s11s17sx")


def lines(data):
    for number, name, street, made, kind, amount, status in RECORD.iter_unpack(data):
        record = {"number": number.decode("ascii")}
        for key, raw in (("name", name), ("street", street)):
            text = raw.decode("iso-8859-1").rstrip(" ")
            if text:
                record[key] = text
        day = made.decode("ascii")
        record["made"] = f"{day[:4]}-{day[4:6]}-{day[6:]}"
        record["kind"] = kind.decode("ascii").lstrip("0")
        digits = amount.decode("ascii").lstrip("0").rjust(3, "0")
        record["amount"] = f"{digits[:-2]}.{digits[-2:]}"
        text = status.decode("iso-8859-1").rstrip(" ")
        if text:
            record["status"] = text
        yield json.dumps({"payment": record}, ensure_ascii=False).encode() + b"\n"


def main():
    began = time.process_time()
    count = 0
    with open(sys.argv[1], "rb") as file:
        while data := file.read(RECORD.size * 1_000):
            for _ in lines(data):
                count += 1
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"cpu_seconds": seconds, "peak_bytes": peak, "units": count}))


main()
