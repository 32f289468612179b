"""jsonschema-rs, compiled once, judges one document many times: from bytes to all errors. Prints one JSON object."""

import json
import resource
import sys
import time

import jsonschema_rs


def main():
    schema_file, document_file, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(schema_file, "rb") as file:
        validator = jsonschema_rs.validator_for(json.load(file), validate_formats=True)
    with open(document_file, "rb") as file:
        document = file.read()

    def judge():
        return sum(1 for _ in validator.iter_errors(json.loads(document)))

    fired = 0
    for _ in range(max(1, count // 4)):
        fired = judge()
    began = time.process_time()
    for _ in range(count):
        fired = judge()
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"cpu_seconds": seconds, "fired": fired, "peak_bytes": peak}))


main()
