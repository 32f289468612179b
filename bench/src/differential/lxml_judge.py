"""Judges documents from standard input by a schema; see outside.rs."""

import sys

from lxml import etree


def rules(schema, parser, data):
    try:
        document = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return ["malformed"]
    if schema.validate(document):
        return []
    return [entry.type_name for entry in schema.error_log] or ["invalid"]


def main():
    parser = etree.XMLParser(no_network=True, resolve_entities=False, huge_tree=True)
    try:
        schema = etree.XMLSchema(etree.parse(sys.argv[1], parser))
    except etree.XMLSchemaParseError:
        print("the schema is refused", flush=True)
        return
    print("ready", flush=True)
    source = sys.stdin.buffer
    while line := source.readline():
        print(" ".join(rules(schema, parser, source.read(int(line)))), flush=True)


main()
