"""pydifact splits an interchange into its segments, and does no more. Prints one JSON object."""

import json
import resource
import sys
import time

from pydifact.segmentcollection import RawSegmentCollection


def main():
    with open(sys.argv[1], encoding="iso-8859-1", newline="") as file:
        text = file.read()
    began = time.process_time()
    segments = sum(1 for _ in RawSegmentCollection.from_str(text).segments)
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"cpu_seconds": seconds, "peak_bytes": peak, "units": segments}))


main()
