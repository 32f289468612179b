//! Descriptions that are wrong: every fault is told, with its place.

use super::compile;
use crate::files::ContractFiles;
use proptest::prelude::*;

const SERVICE: &str = include_str!("service.wsdl");

/// The findings of a description, one line each: place, code and sentence, warnings with a mark.
fn findings(text: &str, more: &[(&str, &str)]) -> Vec<String> {
    let mut files = ContractFiles::new("");
    files.add("service.wsdl", text.to_owned());
    for (path, text) in more {
        files.add(path, (*text).to_owned());
    }
    let compiled = compile("service.wsdl", &files);
    let sound = !compiled.findings.iter().any(crate::Finding::is_error);
    assert_eq!(compiled.schema.is_some(), sound);
    let line =
        |each: &crate::Finding| format!("{}{each}", if each.is_error() { "" } else { "warning " });
    compiled.findings.iter().map(line).collect()
}

/// What is found beyond what the description has as it stands.
fn beyond(text: &str, more: &[(&str, &str)]) -> Vec<String> {
    let usual = findings(SERVICE, &[]);
    let without_place = |line: &String| line.split_once(' ').map(|(_, rest)| rest.to_owned());
    let usual: Vec<_> = usual.iter().map(without_place).collect();
    findings(text, more).into_iter().filter(|line| !usual.contains(&without_place(line))).collect()
}

/// A finding with its line alone.
fn without_column(line: &str) -> String {
    let (place, rest) = line.split_once(" C0").unwrap_or((line, ""));
    let place = match place.matches(':').count() {
        2 => place.rsplit_once(':').map_or(place, |(place, _)| place),
        _ => place,
    };
    format!("{place} C0{rest}")
}

#[test]
fn a_description_of_all_kinds_loads_with_the_warnings_that_are_due() {
    let found = findings(SERVICE, &[]);
    let coded = "C0233 warning: the content of a body of the operation `coded` is encoded, and will not be judged";
    assert!(found.iter().any(|line| line.contains(coded)), "{found:#?}");
    let rules: Vec<&str> = found
        .iter()
        .filter_map(|line| Some(line.lines().next()?.rsplit_once('(')?.1.trim_end_matches(')')))
        .map(|rule| rule.trim_start_matches("WS-I Basic Profile 1.1, "))
        .collect();
    assert_eq!(rules, ["R2210", "R2710", "R2204", "R2706", "R2204", "R2710"], "{found:#?}");
}

/// What is changed in the description, and the fault that is told.
const FAULTS: &[(&str, &str, &str)] = &[
    (
        "element=\"t:got\"",
        "element=\"t:gone\"",
        "service.wsdl:21 C0203 the part `body` names the element `gone` of `urn:t`, which no schema has",
    ),
    (
        "name=\"second\" type=\"t:pair\"",
        "name=\"second\" type=\"t:trio\"",
        "service.wsdl:27 C0203 the part `second` names the type `trio` of `urn:t`, which no schema has",
    ),
    (
        "<part name=\"result\" type=\"xs:int\"/>",
        "<part name=\"result\"/>",
        "service.wsdl:28 C0203 the part `result` names neither an element nor a type",
    ),
    (
        "element=\"t:missing\"",
        "element=\"nope:missing\"",
        "service.wsdl:22 C0203 `element` is no name whose prefix is declared",
    ),
    (
        "<output message=\"d:total\"/>",
        "<output message=\"d:sums\"/>",
        "C0203 the message `sums` is not there",
    ),
    ("<output message=\"d:total\"/>", "<output/>", "C0203 the output has no attribute `message`"),
    (
        "type=\"d:R\">\n    <b:binding",
        "type=\"d:Q\">\n    <b:binding",
        "C0203 the binding is of the port type `Q`, which is not there",
    ),
    (
        "<operation name=\"ping\"><b:operation",
        "<operation name=\"pong\"><b:operation",
        "C0203 the binding has the operation `pong`, which its port type has not",
    ),
    ("part=\"who\"", "part=\"whom\"", "C0203 the message has no part `whom`"),
    (
        "<message name=\"none\"/>",
        "<message name=\"none\"/><message name=\"none\"/>",
        "C0208 two things of one kind are called `none`",
    ),
    ("<message name=\"none\"/>", "<message/>", "C0203 the message has no attribute `name`"),
    (
        "type=\"t:name\"/><xs:element name=\"file\"",
        "type=\"t:nome\"/><xs:element name=\"file\"",
        "service.wsdl:10 C0203 the schema cannot be compiled",
    ),
    (
        "http://schemas.xmlsoap.org/wsdl/\"",
        "http://www.w3.org/ns/wsdl\"",
        "service.wsdl:2 C0212 the description is of WSDL 2.0; what is read is WSDL 1.1",
    ),
    ("</definitions>", "", "C0203 the description cannot be read"),
    (
        "<types>",
        "<import namespace=\"urn:i\" location=\"gone.wsdl\"/><types>",
        "service.wsdl:6 C0204 the description imports a file that is not in the contract",
    ),
    (
        "<types>",
        "<import namespace=\"urn:i\" location=\"../x.wsdl\"/><types>",
        "service.wsdl:6 C0215 the description refers to a file outside its folder, or to the network",
    ),
    (
        "<types>",
        "<import namespace=\"urn:i\" location=\"http://x/x.wsdl\"/><types>",
        "service.wsdl:6 C0215 the description refers to a file outside its folder, or to the network",
    ),
];

#[test]
fn tells_every_fault_with_its_place() {
    for (from, to, wanted) in FAULTS {
        let text = SERVICE.replacen(*from, to, 1);
        assert_ne!(text, SERVICE, "{from}");
        let found: Vec<String> =
            beyond(&text, &[]).iter().map(|line| without_column(line)).collect();
        assert!(
            found.iter().any(|line| line.contains(wanted) && !line.starts_with("warning")),
            "{to}: {found:#?}"
        );
    }
    assert_eq!(
        findings("<x/>", &[]),
        [
            "service.wsdl:1:1 C0212 the file is no description in WSDL 1.1: its root is not `definitions`"
        ]
    );
    let unbound =
        SERVICE.split("  <binding name=\"B11\"").next().unwrap().to_owned() + "</definitions>";
    let found = findings(&unbound, &[]);
    assert!(found.last().unwrap().contains("C0232"), "{found:#?}");
}

/// What is changed in the description, and the rule that is told.
const WARNINGS: &[(&str, &str, &str)] = &[
    (
        "<b:operation soapAction=\"urn:get\"/>",
        "<b:operation style=\"doc\" soapAction=\"urn:get\"/>",
        "WSDL 1.1, section 3.3",
    ),
    ("<b:operation soapAction=\"urn:get\"/>", "<b:operation/>", "WSDL 1.1, section 3.4"),
    (
        "<b:body use=\"literal\" namespace=\"urn:r\"/></input>",
        "<b:body use=\"literal\"/></input>",
        "R2717",
    ),
    (
        "<b:body use=\"literal\"/></input></operation>",
        "<b:body use=\"literal\" namespace=\"urn:x\"/></input></operation>",
        "R2716",
    ),
    ("<b:fault name=\"missing\" use=\"literal\"/>", "<b:fault use=\"literal\"/>", "R2721"),
    (
        "<b:fault name=\"missing\" use=\"literal\"/>",
        "<b:fault name=\"other\" use=\"literal\"/>",
        "R2754",
    ),
    (
        "<b:fault name=\"missing\" use=\"literal\"/>",
        "<b:fault name=\"missing\" namespace=\"urn:x\" use=\"literal\"/>",
        "R2716",
    ),
    (
        "<b:binding transport=\"http://schemas.xmlsoap.org/soap/http\"/>",
        "<b:binding transport=\"urn:smtp\"/>",
        "R2702",
    ),
    (
        "<b:operation soapAction=\"urn:ping\"/>",
        "<b:operation style=\"rpc\" soapAction=\"urn:ping\"/>",
        "R2705",
    ),
    ("<output message=\"d:total\"/>", "", "R2718"),
    (
        "<input message=\"d:sum\"/><output message=\"d:total\"/>",
        "<output message=\"d:total\"/><input message=\"d:sum\"/>",
        "R2303",
    ),
    (
        "<part name=\"first\" type=\"xs:int\"/>",
        "<part name=\"first\" element=\"t:missing\"/>",
        "R2203",
    ),
    ("<types>", "<import namespace=\"urn:i\"/><types>", "R2007"),
    ("<types>", "<import namespace=\"urn:i\" location=\"more.wsdl\"/><types>", "R2005"),
    ("<types>", "<import namespace=\"urn:i\" location=\"more.xsd\"/><types>", "R2001"),
    (
        "element name=\"who\" type=\"xs:int\"",
        "element name=\"who\" type=\"t:name\"",
        "src-resolve.4.2",
    ),
];

#[test]
fn warns_of_what_toolkits_read_differently() {
    for (from, to, rule) in WARNINGS {
        if *rule == "R2718" {
            let text = SERVICE.replacen("<operation name=\"ping\"><b:operation soapAction=\"urn:ping\"/><input><b:body use=\"literal\"/></input><output><b:body use=\"literal\"/></output></operation>", "", 1);
            assert!(beyond(&text, &[]).iter().any(|line| line.contains(rule)));
            continue;
        }
        let text = SERVICE.replacen(*from, to, 1);
        assert_ne!(text, SERVICE, "{from}");
        let more = [
            (
                "more.wsdl",
                "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/' targetNamespace='urn:j'/>",
            ),
            (
                "more.xsd",
                "<schema xmlns='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:i'/>",
            ),
        ];
        let found = beyond(&text, &more);
        let told = found.iter().any(|line| line.starts_with("warning") && line.contains(rule));
        assert!(told, "{rule}: {found:#?}");
    }
}

#[test]
fn a_description_of_encoded_content_loads_and_says_that_it_is_not_judged() {
    let array = "<xs:complexType name=\"list\"><xs:complexContent><xs:restriction base=\"c:Array\">\
                 <xs:attribute ref=\"c:arrayType\" w:arrayType=\"xs:int[]\" xmlns:w=\"http://schemas.xmlsoap.org/wsdl/\"/>\
                 </xs:restriction></xs:complexContent></xs:complexType>";
    let pair = "<xs:complexType name=\"pair\">";
    for import in ["", "<xs:import namespace=\"http://schemas.xmlsoap.org/soap/encoding/\"/>"] {
        let text = SERVICE
            .replacen(
                "xmlns:d=",
                "xmlns:c=\"http://schemas.xmlsoap.org/soap/encoding/\" xmlns:d=",
                1,
            )
            .replacen(pair, &format!("{array}{pair}"), 1)
            .replacen(
                "<xs:element name=\"get\">",
                &format!("{import}<xs:element name=\"get\">"),
                1,
            );
        let found = beyond(&text, &[]);
        let due = if import.is_empty() { 1 } else { 0 };
        let warnings = found.iter().filter(|line| line.contains("src-resolve.4.2")).count();
        assert_eq!((found.len(), warnings), (due, due), "{found:#?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_left_out_of_a_description_is_told_without_a_panic(
        from in 0..200_usize, length in 1..40_usize, unit in 0..2_usize,
    ) {
        // Pieces between quotes, or between tags.
        let unit = if unit == 0 { '"' } else { '>' };
        let pieces: Vec<&str> = SERVICE.split_inclusive(unit).collect();
        let from = from * pieces.len() / 200;
        let to = (from + length).min(pieces.len());
        let text = [&pieces[..from], &pieces[to..]].concat().concat();
        let _ = findings(&text, &[]);
    }
}
