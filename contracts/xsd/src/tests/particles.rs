//! Unique Particle Attribution: told as the front end tells it, which looks at every place by itself.

use super::compile;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use xsd_schema::{EmbeddedLoader, LoaderChain, SchemaError, SchemaSetBuilder};

const BOUNDS: &[&str] = &[
    "",
    "",
    "minOccurs='0'",
    "minOccurs='0' maxOccurs='unbounded'",
    "maxOccurs='unbounded'",
    "minOccurs='2' maxOccurs='2'",
    "minOccurs='0' maxOccurs='3'",
    "minOccurs='1' maxOccurs='20'",
    "minOccurs='17' maxOccurs='17'",
];

const LEAVES: &[&str] = &[
    "element name='a' type='xs:int'",
    "element name='b' type='xs:int'",
    "element name='c' type='xs:int' form='unqualified'",
    "element ref='head'",
    "element ref='abstract'",
    "element ref='member'",
    "group ref='shared'",
    "any namespace='##other'",
    "any namespace='##local'",
    "any namespace='urn:x urn:y'",
    "any namespace='##targetNamespace urn:y'",
];

const SHARED: &str = "<xs:element name='head' type='xs:int'/><xs:element name='abstract' type='xs:int' abstract='true'/>\
    <xs:element name='member' substitutionGroup='head' type='xs:int'/><xs:element name='other' substitutionGroup='abstract' type='xs:int'/>\
    <xs:group name='shared'><xs:sequence><xs:element name='a' type='xs:int' minOccurs='0'/><xs:element name='d' type='xs:int'/></xs:sequence></xs:group>";

fn particles() -> impl Strategy<Value = String> {
    let leaf = (0..LEAVES.len(), 0..BOUNDS.len())
        .prop_map(|(leaf, bounds)| format!("<xs:{} {}/>", LEAVES[leaf], BOUNDS[bounds]));
    leaf.prop_recursive(3, 10, 4, |inner| {
        let kind = prop_oneof![Just("sequence"), Just("choice")];
        (kind, 0..BOUNDS.len(), prop::collection::vec(inner, 1..4)).prop_map(
            |(kind, bounds, all)| {
                format!("<xs:{kind} {}>{}</xs:{kind}>", BOUNDS[bounds], all.concat())
            },
        )
    })
}

/// Whether the front end, left to itself, finds two particles that may take one element.
fn is_ambiguous_to_the_front_end(inner: &str) -> bool {
    let text = format!(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns='urn:t' \
         targetNamespace='urn:t' elementFormDefault='qualified'>{inner}</xs:schema>"
    );
    let mut loaders = LoaderChain::new();
    loaders.add(Box::new(EmbeddedLoader::new()));
    let builder = SchemaSetBuilder::with_loader(Box::new(loaders));
    match builder.add_source(&text, "mem:///a.xsd").unwrap().compile() {
        Ok(_) => false,
        Err(SchemaError::StructuralError { constraint: "cos-nonambig", .. }) => true,
        Err(error) => panic!("{error} {text}"),
    }
}

#[test]
fn particles_are_told_apart_as_where_every_place_is_looked_at() {
    let config = Config { cases: 1_500, failure_persistence: None, ..Config::default() };
    let (mut ambiguous, mut apart) = (0, 0);
    let checked = TestRunner::new(config).run(&particles(), |particles| {
        let inner = format!(
            "{SHARED}<xs:complexType name='t'><xs:sequence>{particles}</xs:sequence></xs:complexType>"
        );
        let expected = is_ambiguous_to_the_front_end(&inner);
        let (schema, faults) = compile(&inner);
        let found: Vec<&str> = faults.iter().map(|each| each.constraint.as_str()).collect();
        let wanted: &[&str] = if expected { &["cos-nonambig"] } else { &[] };
        prop_assert_eq!(&found[..], wanted, "{} {:?}", inner, faults);
        prop_assert_eq!(schema.is_none(), expected);
        prop_assert!(faults.iter().all(|each| each.line > 0));
        Ok(())
    });
    checked.unwrap();
    let mut runner = TestRunner::deterministic();
    for _ in 0..200 {
        let inner = particles().new_tree(&mut runner).unwrap().current();
        let inner = format!(
            "{SHARED}<xs:complexType name='t'><xs:sequence>{inner}</xs:sequence></xs:complexType>"
        );
        *(if is_ambiguous_to_the_front_end(&inner) { &mut ambiguous } else { &mut apart }) += 1;
    }
    assert!(ambiguous > 20 && apart > 20, "{ambiguous} {apart}");
}

#[test]
fn particles_that_compete_are_told_in_words_of_the_schema() {
    for (model, sentence) in [
        (
            "<xs:sequence>\n<xs:element name='a' minOccurs='0'/>\n<xs:element name='a'/></xs:sequence>",
            "`a` could be taken by two particles of the content model (the other one: a.xsd:4)",
        ),
        (
            "<xs:choice>\n<xs:element name='a'/>\n<xs:any/></xs:choice>",
            "`a` could be taken by its own particle or by a wildcard (the other one: a.xsd:4)",
        ),
        (
            "<xs:choice>\n<xs:any namespace='##other'/>\n<xs:any namespace='urn:x'/></xs:choice>",
            "an element could be taken by two wildcards (the other one: a.xsd:4)",
        ),
        (
            "<xs:choice>\n<xs:element ref='head'/>\n<xs:element ref='member'/></xs:choice>",
            "elements that may stand for `head` may stand for `member` as well: which particle takes them cannot be told (the other one: a.xsd:4)",
        ),
    ] {
        let head = "<xs:element name='head'/><xs:element name='member' substitutionGroup='head'/>";
        let inner = format!("{head}<xs:complexType name='t'>{model}</xs:complexType>");
        let (_, faults) = compile(&inner);
        let found: Vec<(u32, &str)> =
            faults.iter().map(|each| (each.line, each.sentence.as_str())).collect();
        assert_eq!(found, [(3, sentence)]);
    }
}

#[test]
fn all_ambiguous_models_of_a_schema_are_told_at_once_each_at_its_place() {
    let inner = "\n<xs:complexType name='One'><xs:sequence><xs:element name='a' minOccurs='0'/><xs:element name='a'/></xs:sequence></xs:complexType>\
        \n<xs:complexType name='More'><xs:complexContent><xs:extension base='One'><xs:sequence><xs:element name='z'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>\
        \n<xs:complexType name='Sound'><xs:sequence><xs:element name='a'/></xs:sequence></xs:complexType>\
        \n<xs:element name='three'><xs:complexType><xs:sequence><xs:any minOccurs='0'/><xs:element name='d'/></xs:sequence></xs:complexType></xs:element>\
        \n<xs:complexType name='Four'><xs:sequence><xs:element name='e' maxOccurs='unbounded'/><xs:element name='e'/></xs:sequence></xs:complexType>";
    let (schema, faults) = compile(inner);
    assert!(schema.is_none());
    let told: Vec<(&str, u32)> =
        faults.iter().map(|fault| (fault.constraint.as_str(), fault.line)).collect();
    let first = told.first().map_or(0, |(_, line)| *line);
    let lines: Vec<u32> = told.iter().map(|(_, line)| line - first).collect();
    assert!(told.iter().all(|(rule, _)| *rule == "cos-nonambig"), "{faults:?}");
    assert_eq!(lines, [0, 3, 4], "{faults:?}");
}
