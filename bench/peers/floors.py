"""What nothing can beat: copying a file's bytes in memory, and counting one byte in them. Prints one JSON object."""

import json
import resource
import sys
import time

ROUNDS = 10


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    found = 0
    began = time.process_time()
    for _ in range(ROUNDS):
        if sys.argv[2] == "copy":
            found = len(bytearray(data))
        else:
            found = data.count(sys.argv[3].encode())
    seconds = (time.process_time() - began) / ROUNDS
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"cpu_seconds": seconds, "peak_bytes": peak, "units": found}))


main()
