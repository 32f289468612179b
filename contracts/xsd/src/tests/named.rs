//! The name of the constraint that a schema breaks, as the recommendation has it, and where it is broken.

use super::compile;
use crate::{Budget, Schema};
use std::collections::BTreeMap;

fn keyed(constraints: &str) -> String {
    format!(
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='b' type='xs:int' maxOccurs='9'/></xs:sequence></xs:complexType>\n{constraints}</xs:element>"
    )
}

fn check(inner: &str, line: u32, constraint: &str) {
    let (schema, faults) = compile(inner);
    assert!(schema.is_none() && faults.len() == 1, "{inner} {faults:?}");
    let first = &faults[0];
    assert_eq!((first.line, &*first.constraint), (line, constraint), "{inner} {faults:?}");
    for words in ["identity XPath", "(§", "XSD 1.0 only"] {
        assert!(!first.sentence.contains(words), "{faults:?}");
    }
}

#[test]
fn identity_constraints_have_their_names() {
    const KEY: &str = "<xs:key name='K'><xs:selector xpath='t:b'/><xs:field xpath='.'/></xs:key>";
    let keyref = |to: &str, fields: &str| {
        format!(
            "{KEY}<xs:keyref name='f' refer='{to}'><xs:selector xpath='t:b'/>{fields}</xs:keyref>"
        )
    };
    let field = "<xs:field xpath='.'/>";
    check(&keyed(&keyref("nope", field)), 3, "src-resolve");
    check(&keyed(&keyref("K", &field.repeat(2))), 3, "c-props-correct.2");
    check(&keyed(&KEY.repeat(2)), 3, "sch-props-correct.2");
    for wrong in ["/b", "b[1]", "b/@c"] {
        check(&keyed(&KEY.replace("t:b", wrong)), 3, "c-selector-xpath");
    }
    for wrong in ["/b", "b[1]", "@a/b"] {
        check(&keyed(&KEY.replace("'.'", &format!("'{wrong}'"))), 3, "c-fields-xpaths");
    }
}

/// A facet's name and value.
type Facet = (&'static str, &'static str);

/// Base type, facets, and the constraint.
const FACETS: &[(&str, &[Facet], &str)] = &[
    ("string", &[("pattern", "[")], "src-pattern-value"),
    ("string", &[("length", "2"), ("length", "2")], "src-single-facet-value"),
    ("decimal", &[("totalDigits", "0")], "s4s-att-invalid-value"),
    ("int", &[("length", "2")], "cos-applicable-facets"),
    ("int", &[("enumeration", "x")], "enumeration-valid-restriction"),
    ("int", &[("minInclusive", "x")], "minInclusive-valid-restriction"),
    (
        "int",
        &[("minInclusive", "3"), ("maxInclusive", "2")],
        "minInclusive-less-than-equal-to-maxInclusive",
    ),
    (
        "date",
        &[("minInclusive", "2026-01-02"), ("maxInclusive", "2026-01-01")],
        "minInclusive-less-than-equal-to-maxInclusive",
    ),
    (
        "int",
        &[("minExclusive", "3"), ("maxExclusive", "2")],
        "minExclusive-less-than-equal-to-maxExclusive",
    ),
    ("int", &[("minExclusive", "3"), ("maxInclusive", "2")], "minExclusive-less-than-maxInclusive"),
    ("int", &[("minInclusive", "3"), ("maxExclusive", "2")], "minInclusive-less-than-maxExclusive"),
    ("int", &[("minInclusive", "3"), ("minExclusive", "2")], "minInclusive-minExclusive"),
    ("int", &[("maxInclusive", "3"), ("maxExclusive", "2")], "maxInclusive-maxExclusive"),
    ("decimal", &[("totalDigits", "1"), ("fractionDigits", "2")], "fractionDigits-totalDigits"),
    ("string", &[("minLength", "3"), ("maxLength", "2")], "minLength-less-than-equal-to-maxLength"),
    ("string", &[("length", "3"), ("maxLength", "4")], "length-minLength-maxLength"),
];

/// A facet, its value in a base type and in one that restricts it, and the constraint.
const NARROWED: &[(&str, &str, &str, &str, &str)] = &[
    ("string", "length", "2", "3", "length-valid-restriction"),
    ("string", "minLength", "2", "1", "minLength-valid-restriction"),
    ("string", "maxLength", "2", "3", "maxLength-valid-restriction"),
    ("string", "whiteSpace", "collapse", "preserve", "whiteSpace-valid-restriction"),
    ("string", "enumeration", "a", "b", "enumeration-valid-restriction"),
    ("int", "minInclusive", "2", "1", "minInclusive-valid-restriction"),
    ("int", "maxInclusive", "2", "3", "maxInclusive-valid-restriction"),
    ("int", "minExclusive", "2", "1", "minExclusive-valid-restriction"),
    ("int", "maxExclusive", "2", "3", "maxExclusive-valid-restriction"),
    ("decimal", "totalDigits", "2", "3", "totalDigits-valid-restriction"),
    ("decimal", "fractionDigits", "2", "3", "fractionDigits-valid-restriction"),
];

#[test]
fn facets_have_their_names() {
    let restricted = |name: &str, base: &str, facets: &[(&str, &str)]| {
        let facets = facets.iter().map(|(facet, value)| format!("<xs:{facet} value='{value}'/>"));
        let facets: String = facets.collect();
        format!(
            "\n<xs:simpleType name='{name}'><xs:restriction base='{base}'>{facets}</xs:restriction></xs:simpleType>"
        )
    };
    for (base, facets, constraint) in FACETS {
        check(&restricted("b", &format!("xs:{base}"), facets), 3, constraint);
    }
    for (base, facet, wide, narrow, constraint) in NARROWED {
        let base = restricted("b", &format!("xs:{base}"), &[(*facet, *wide)]);
        check(&format!("{base}{}", restricted("d", "b", &[(*facet, *narrow)])), 4, constraint);
    }
}

#[test]
fn declarations_have_their_names() {
    let ct = |content: &str| format!("<xs:complexType name='c'>\n{content}</xs:complexType>");
    let el = "<xs:sequence><xs:element name='a'/></xs:sequence>";
    for (inner, line, constraint) in [
        ("<xs:attribute name='a' type='xs:ID' default='x'/>".to_owned(), 2, "a-props-correct.3"),
        ("<xs:attribute name='a' type='xs:int' default='x'/>".to_owned(), 2, "a-props-correct.2"),
        ("<xs:attribute name='a' default='x' fixed='x'/>".to_owned(), 2, "src-attribute.1"),
        ("<xs:element name='a' default='x' fixed='x'/>".to_owned(), 2, "src-element.1"),
        (
            format!(
                "<xs:element name='a' default='x'>{}</xs:element>",
                ct(el).replace(" name='c'", "")
            ),
            2,
            "e-props-correct.2",
        ),
        (
            ct("<xs:attribute name='a' type='xs:ID'/><xs:attribute name='b' type='xs:ID'/>"),
            2,
            "ct-props-correct.5",
        ),
        ("<xs:element type='xs:int'/>".to_owned(), 2, "s4s-att-must-appear"),
        (ct("<xs:sequence><xs:element type='xs:int'/></xs:sequence>"), 3, "src-element.2.1"),
        (ct("<xs:attribute type='xs:int'/>"), 3, "src-attribute.3.1"),
        (
            ct("<xs:sequence>\n<xs:any notNamespace='##local'/></xs:sequence>"),
            4,
            "s4s-att-not-allowed",
        ),
        (ct("<xs:sequence/>\n<xs:assert test='a'/>"), 4, "s4s-elt-invalid-content"),
        (ct("<xs:openContent/>"), 3, "s4s-elt-invalid-content"),
        (
            format!(
                "{}\n<xs:complexType name='d'><xs:complexContent><xs:restriction base='c'>{}</xs:restriction></xs:complexContent></xs:complexType>",
                ct(el),
                el.replace("'a'", "'b'")
            ),
            4,
            "derivation-ok-restriction.5.4.2",
        ),
        (
            ct(
                "<xs:sequence><xs:element name='a' type='xs:int'/><xs:element name='b'/><xs:element name='a' type='xs:string'/></xs:sequence>",
            ),
            3,
            "cos-element-consistent",
        ),
    ] {
        check(&inner, line, constraint);
    }
}

#[test]
fn namespaces_that_may_not_be_have_their_names() {
    let schema = |target: &str, inner: &str| {
        format!(
            "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' {target} attributeFormDefault='qualified'>\n{inner}</xs:schema>"
        )
    };
    let xsi = "targetNamespace='http://www.w3.org/2001/XMLSchema-instance'";
    let other = schema("targetNamespace='urn:b'", "<xs:complexType name='t'/>");
    let takes = |kind: &str| format!("<xs:{kind} schemaLocation='b.xsd'/>");
    for (text, constraint) in [
        (schema("targetNamespace='urn:a'", &takes("include")), "src-include"),
        (schema("targetNamespace='urn:a'", &takes("redefine")), "src-redefine.3.1"),
        (schema(xsi, "<xs:attribute name='a'/>"), "no-xsi"),
        (
            schema(xsi, "<xs:complexType name='c'><xs:attribute name='a'/></xs:complexType>"),
            "no-xsi",
        ),
    ] {
        let documents = BTreeMap::from([
            ("a.xsd".to_owned(), text.as_str().into()),
            ("b.xsd".to_owned(), other.as_str().into()),
        ]);
        let (compiled, faults) = Schema::compile(&documents, &["a.xsd"], &Budget::default());
        assert!(compiled.is_none(), "{text}");
        let first = &faults[0];
        let found = (&*first.file, first.line, &*first.constraint);
        assert_eq!(found, ("a.xsd", 2, constraint), "{text} {faults:?}");
    }
}
