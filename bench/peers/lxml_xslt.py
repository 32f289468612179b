"""libxslt maps a document, from bytes to bytes, by a style sheet of the same fields. Prints one JSON object."""

import json
import resource
import sys
import time

from lxml import etree


def main():
    style = etree.XSLT(etree.parse(sys.argv[2]))
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    began = time.process_time()
    mapped = bytes(style(etree.fromstring(data, etree.XMLParser(huge_tree=True))))
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"cpu_seconds": seconds, "peak_bytes": peak, "units": mapped.count(b"</n:Order>") or 1}))


main()
