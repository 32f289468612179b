//! Contracts with checks in, findings out.

use crate::{
    ContractFiles, SchemaCache,
    lint::{LintOptions, lint},
    manifest::FILE,
};

const HEAD: &str =
    "id = \"x/order\"\nversion = \"1.0.0\"\nstatus = \"in-force\"\ntitle = { en = \"Order\" }\n";

const XSD: &str = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:o' xmlns='urn:o' elementFormDefault='qualified'>\
    <xs:element name='Order'><xs:complexType><xs:sequence><xs:element name='Line' type='Line' maxOccurs='9'/><xs:element name='Total' type='xs:decimal'/>\
    <xs:element name='More'><xs:complexType><xs:sequence><xs:any processContents='skip'/></xs:sequence></xs:complexType></xs:element></xs:sequence>\
    <xs:attribute name='count' type='xs:int'/></xs:complexType></xs:element>\
    <xs:complexType name='Line'><xs:sequence><xs:element name='Amount' type='xs:decimal'/></xs:sequence><xs:attribute name='cvr'/></xs:complexType></xs:schema>";

const JSON: &str = r##"{"type":"object","properties":{"lines":{"type":"array","items":{"$ref":"line.json#/$defs/line"}},
    "total":{"type":"number"},"free":{"type":"object"},"map":{"additionalProperties":{"properties":{"cvr":{}}}},
    "kind":{"oneOf":[{"properties":{"a":{"type":"string"}}},{"properties":{"b":{"type":"string"}}}]}}}"##;

const LINE: &str = r#"{"$defs":{"line":{"type":"object","properties":{"amount":{"type":"number"},"cvr":{"type":"string"}}}}}"#;

/// What is told of checks under one judge: path and step.
fn told(judge: &str, files: &[(&str, &str)], checks: &str) -> Vec<String> {
    let mut all = ContractFiles::new("");
    all.add(FILE, format!("{HEAD}{judge}{checks}"));
    for (path, text) in files {
        all.add(path, text.as_bytes().to_vec());
    }
    let (contract, findings) = lint(&all, &SchemaCache::new(), &LintOptions::default());
    assert!(contract.is_some(), "{findings:?}");
    let of_checks = findings.iter().filter(|each| each.code.as_str() == "C0252");
    of_checks
        .map(|each| {
            assert!(!each.is_error() && each.line > 0 && each.file == FILE);
            let words: Vec<&str> = each.sentence.split('`').collect();
            let hint = each.hint.as_deref().unwrap_or_default();
            format!(
                "{} lacks {}{}{hint}",
                words[1],
                words[5],
                if hint.is_empty() { "" } else { ": " }
            )
        })
        .collect()
}

fn xml(checks: &str) -> Vec<String> {
    let judge = "[namespaces]\no = \"urn:o\"\n[select]\nroot = \"o:Order\"\n[[operation]]\nname = \"deliver\"\nkind = \"one-way\"\n\
                 request = { media-type = \"application/xml\", judge = [{ xsd = \"order.xsd\" }] }\n";
    told(judge, &[("order.xsd", XSD)], checks)
}

fn json(checks: &str) -> Vec<String> {
    let judge = "[[operation]]\nname = \"deliver\"\nkind = \"one-way\"\n\
                 request = { media-type = \"application/json\", judge = [{ json-schema = \"order.json\" }] }\n";
    told(judge, &[("order.json", JSON), ("line.json", LINE)], checks)
}

fn cvr(path: &str) -> String {
    format!("[[check]]\nid = \"c\"\npath = \"{path}\"\nidentifier = \"cvr\"\n")
}

#[test]
fn paths_into_xml_that_the_schema_lacks_are_told() {
    for (path, lacking) in [
        ("o:Line/@cvr", None),
        ("o:Line/@crv", Some("crv")),
        ("o:Lin/@cvr", Some("Lin")),
        ("o:Line/o:Total", Some("Total")),
        ("/o:Order/o:Line/@cvr", None),
        ("/o:Invoice/o:Line", Some("Invoice")),
        (".//o:Amount", None),
        (".//o:Amuont", Some("Amuont")),
        ("o:Line[o:Amount > 3]/@cvr", None),
        ("o:Line[o:Price > 3]/@cvr", Some("Price")),
    ] {
        let expected: Vec<String> =
            lacking.iter().map(|step| format!("{path} lacks {step}")).collect();
        assert_eq!(xml(&cvr(path)), expected, "{path}");
    }
}

#[test]
fn both_sides_and_their_ground_are_looked_at() {
    let sum = "[[check]]\nid = \"s\"\npath = \"o:Line/o:Amount\"\nsum-equals = \"o:Totl\"\n";
    assert_eq!(xml(sum), ["o:Totl lacks Totl"]);
    let within = "[[check]]\nid = \"s\"\nwithin = \"o:Line\"\npath = \"o:Amount\"\nsum-equals = \"o:Total\"\n";
    assert_eq!(xml(within), ["o:Total lacks Total"]);
    let fine = "[[check]]\nid = \"s\"\npath = \"o:Line/o:Amount\"\nsum-equals = \"o:Total\"\n\
                [[check]]\nid = \"n\"\npath = \"o:Line\"\ncount-equals = \"@count\"\n";
    assert_eq!(xml(fine), [""; 0]);
}

#[test]
fn pointers_that_the_schema_lacks_are_told() {
    for (path, lacking) in [
        ("/lines/*/cvr", None),
        ("/lines/0/cvr", None),
        ("/lines/*/crv", Some("crv: did you mean `cvr`?")),
        ("/line/*/cvr", Some("line: did you mean `lines`?")),
        ("/total/cvr", Some("cvr")),
        ("/free/cvr", None),
        ("/map/x/cvr", None),
        ("/map/x/other", Some("other")),
        ("/kind/a", None),
        ("/kind/b", None),
        ("/kind/zz", Some("zz")),
    ] {
        let expected: Vec<String> =
            lacking.iter().map(|step| format!("{path} lacks {step}")).collect();
        assert_eq!(json(&cvr(path)), expected, "{path}");
    }
}

#[test]
fn paths_under_a_description_are_held_against_the_bodies_of_the_operation() {
    let openapi = "openapi: 3.0.3\ninfo: {title: T, version: 1.0.0}\npaths:\n  /a:\n    post:\n      operationId: put\n      \
                   requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/In'}}}}\n      \
                   responses: {'200': {description: d, content: {application/json: {schema: {properties: {out: {type: string}}}}}}}\n\
                   components: {schemas: {In: {type: object, properties: {cvr: {type: string}}}}}\n";
    let check = |path: &str, more: &str| {
        told("openapi = \"a.yaml\"\n", &[("a.yaml", openapi)], &(cvr(path) + more))
    };
    assert_eq!(check("/cvr", ""), [""; 0]);
    assert_eq!(check("/out", ""), [""; 0]);
    assert_eq!(check("/crv", ""), ["/crv lacks crv: did you mean `cvr`?"]);
    assert_eq!(check("/out", "direction = \"request\"\n"), ["/out lacks out"]);
    assert_eq!(check("/out", "direction = \"response\"\noperation = \"put\"\n"), [""; 0]);
}

#[test]
fn paths_into_bodies_of_soap_are_held_against_the_types_of_the_description() {
    let wsdl = include_str!("bare.wsdl");
    let check = |path: &str| {
        let judge = "wsdl = \"service.wsdl\"\n[namespaces]\nt = \"urn:t\"\n";
        told(judge, &[("service.wsdl", wsdl)], &cvr(path))
    };
    assert_eq!(check("t:id"), [""; 0]);
    assert_eq!(check("detail/t:missing"), [""; 0]);
    assert_eq!(check("t:di"), ["t:di lacks di"]);
}
