"""The peer Saxon: usage: saxon.py COUNT WARM_UP DOCUMENT RULES...

Each rule set is written as one XSLT 2.0 stylesheet, as the published compilers of Schematron do: a mode for each
pattern, a template for each rule, the first rule that matches wins. The stylesheets are compiled once; the document is
parsed and judged COUNT times after WARM_UP times. Prints CPU seconds and how many rules fired, as JSON.
"""

import copy
import json
import os
import re
import resource
import sys
import tempfile
import time

from lxml import etree
from saxonche import PySaxonProcessor

SCH = "http://purl.oclc.org/dsdl/schematron"
XSL = "http://www.w3.org/1999/XSL/Transform"


def sch(name):
    return "{%s}%s" % (SCH, name)


def xsl(parent, element, /, **attributes):
    return etree.SubElement(parent, "{%s}%s" % (XSL, element), {k.rstrip("_").replace("_", "-"): v for k, v in attributes.items()})


def variable(parent, let):
    made = xsl(parent, "variable", name=let.get("name"))
    if let.get("value") is not None:
        made.set("select", let.get("value"))
    else:
        made.extend(list(let))


def variables(parent, at):
    for let in at.findall(sch("let")):
        variable(parent, let)


def included(tree, path):
    """The rule set with all that it includes, abstract patterns written out."""
    folder = os.path.dirname(path)
    for include in list(tree.iter(sch("include"))):
        other = etree.parse(os.path.join(folder, include.get("href"))).getroot()
        included(other, os.path.join(folder, include.get("href")))
        include.getparent().replace(include, other)
    patterns = {each.get("id"): each for each in tree.iter(sch("pattern"))}
    for pattern in list(tree.iter(sch("pattern"))):
        if pattern.get("is-a"):
            text = etree.tostring(patterns[pattern.get("is-a")]).decode()
            parameters = {each.get("name"): each.get("value") for each in pattern.findall(sch("param"))}
            for name in sorted(parameters, key=len, reverse=True):
                value = parameters[name].replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
                text = re.sub(r"\$%s(?![\w.-])" % re.escape(name), lambda _: value, text)
            made = etree.fromstring(text)
            made.attrib.pop("abstract", None)
            pattern.getparent().replace(pattern, made)
    return tree


def stylesheet(path):
    tree = included(etree.parse(path).getroot(), path)
    spaces = {each.get("prefix"): each.get("uri") for each in tree.iter(sch("ns"))}
    for each in tree.iter():
        for prefix, uri in each.nsmap.items():
            if prefix:
                spaces.setdefault(prefix, uri)
    spaces.setdefault("xs", "http://www.w3.org/2001/XMLSchema")
    spaces["xsl"] = XSL
    sheet = etree.Element("{%s}stylesheet" % XSL, {"version": "2.0"}, nsmap=spaces)
    xsl(sheet, "output", method="xml")
    for child in tree:
        if isinstance(child.tag, str) and child.tag.startswith("{%s}" % XSL):
            sheet.append(child)
    variables(sheet, tree)
    abstract = {rule.get("id"): rule for rule in tree.iter(sch("rule")) if rule.get("abstract") == "true"}
    root = xsl(sheet, "template", match="/")
    out = etree.SubElement(root, "fired")
    for at, pattern in enumerate(each for each in tree.iter(sch("pattern")) if each.get("abstract") != "true"):
        mode = "m%d" % at
        xsl(out, "apply-templates", select="/", mode=mode)
        variables(sheet, pattern)
        rules = [rule for rule in pattern.findall(sch("rule")) if rule.get("abstract") != "true"]
        for order, rule in enumerate(rules):
            template = xsl(sheet, "template", match=rule.get("context"), mode=mode, priority=str(10000 - order))
            checks(template, rule, abstract)
            xsl(template, "apply-templates", select="@*|*", mode=mode)
        # What no rule matches is passed through.
        rest = xsl(sheet, "template", match="@*|node()", mode=mode, priority="-1")
        xsl(rest, "apply-templates", select="@*|*", mode=mode)
    return etree.tostring(sheet)


def checks(template, rule, abstract):
    for each in rule:
        if each.tag == sch("let"):
            variable(template, each)
        if isinstance(each.tag, str) and each.tag.startswith("{%s}" % XSL):
            template.append(copy.deepcopy(each))
        if each.tag == sch("extends") and each.get("rule") in abstract:
            checks(template, abstract[each.get("rule")], abstract)
        if each.tag in (sch("assert"), sch("report")):
            test = each.get("test")
            test = "not(%s)" % test if each.tag == sch("assert") else test
            found = xsl(template, "if", test=test)
            etree.SubElement(found, "f", id=each.get("id") or "-")


def main():
    count, warm_up, document, rules = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    with PySaxonProcessor(license=False) as processor, tempfile.TemporaryDirectory() as folder:
        compiler = processor.new_xslt30_processor()
        sheets = []
        for at, path in enumerate(rules):
            file = os.path.join(folder, "%d.xsl" % at)
            with open(file, "wb") as out:
                out.write(stylesheet(path))
            sheets.append(compiler.compile_stylesheet(stylesheet_file=file))
        fired = 0

        def judge():
            node = processor.parse_xml(xml_file_name=document)
            return sum(sheet.transform_to_string(xdm_node=node).count("<f ") for sheet in sheets)

        for _ in range(warm_up):
            fired = judge()
        began = time.process_time()
        for _ in range(count):
            fired = judge()
        seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"cpu_seconds": seconds, "fired": fired, "peak_bytes": peak}))


main()
