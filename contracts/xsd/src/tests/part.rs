//! Elements that are judged without what is around them.

use super::{ASKED, schema};
use crate::{Part, Schema};
use sluse_xml::{Document, Limits, NodeId};
use std::borrow::Cow;

const INNER: &str = "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='a' type='xs:base64Binary'/>\
    </xs:sequence><xs:attribute name='n' type='xs:int'/></xs:complexType></xs:element>\
    <xs:complexType name='t'><xs:sequence><xs:element name='b' type='xs:int' maxOccurs='2'/></xs:sequence></xs:complexType>\
    <xs:complexType name='u'><xs:complexContent><xs:extension base='t'><xs:sequence><xs:element name='c'/></xs:sequence>\
    </xs:extension></xs:complexContent></xs:complexType>";

fn parse(text: &str) -> Document {
    Document::parse(text.as_bytes(), None, &Limits::default()).unwrap()
}

/// The second element of the document, after the one around it and a sibling before it.
fn second(document: &Document) -> NodeId {
    document.children(document.document_element()).nth(1).unwrap()
}

fn judge(schema: &Schema, document: &Document, part: &Part<'_>) -> Vec<String> {
    let found = schema.judge_part(document, part, ASKED).expect("the type is there");
    let line = |each: crate::Violation| {
        format!("{}:{} {} {}", each.line, each.column, each.constraint, each.path)
    };
    found.into_iter().map(line).collect()
}

#[test]
fn judges_an_element_as_if_nothing_stood_around_it() {
    let schema = schema(INNER);
    for (inner, wanted) in [
        ("<r n='1'><a>YQ==</a></r><after/>", &[][..]),
        (
            "<r n='x'><a/>text</r>",
            &["1:30 cvc-datatype-valid.1.2.1 /r[1]/@n", "1:40 cvc-complex-type.2.3 /r[1]"],
        ),
        ("<r/>", &["1:27 cvc-complex-type.2.4.b /r[1]"]),
        ("<s/>", &["1:27 cvc-elt.1 /*[1]"]),
    ] {
        let document = parse(&format!("<e xmlns='urn:t'><before/>{inner}</e>"));
        assert_eq!(judge(&schema, &document, &Part::of(second(&document))), wanted, "{inner}");
    }
}

#[test]
fn judges_an_element_by_a_type_whatever_it_is_called() {
    let schema = schema(INNER);
    let int = ("http://www.w3.org/2001/XMLSchema", "int");
    for (type_name, inner, wanted) in [
        (("urn:t", "t"), "<x><t:b>1</t:b></x>", &[][..]),
        (("urn:t", "t"), "<x><b>1</b></x>", &["cvc-complex-type.2.4.a"]),
        (("urn:t", "t"), "<x i:type='t:u'><t:b>1</t:b><t:c/></x>", &[]),
        (
            ("urn:t", "u"),
            "<x i:type='t:t'><t:b>1</t:b></x>",
            &["cvc-elt.4.3", "cvc-complex-type.2.4.b"],
        ),
        (int, "<x>12</x>", &[]),
        (int, "<x>a</x>", &["cvc-datatype-valid.1.2.1"]),
    ] {
        let text = format!(
            "<e xmlns:t='urn:t' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><y/>{inner}</e>"
        );
        let document = parse(&text);
        let part = Part { type_name: Some(type_name), ..Part::of(second(&document)) };
        let found = judge(&schema, &document, &part);
        let rules: Vec<&str> = found.iter().filter_map(|line| line.split(' ').nth(1)).collect();
        assert_eq!(rules, wanted, "{inner}");
    }
    let document = parse("<e><y/><x/></e>");
    let part = Part { type_name: Some(("urn:t", "r")), ..Part::of(second(&document)) };
    assert!(schema.judge_part(&document, &part, ASKED).is_none());
    assert!(schema.has_element("urn:t", "r") && !schema.has_element("urn:t", "t"));
    assert!(schema.has_name("urn:t", "b") && !schema.has_name("urn:t", "t"));
    assert!(schema.has_type("urn:t", "t") && !schema.has_type("urn:t", "r"));
}

#[test]
fn passes_over_what_belongs_to_the_envelope_and_reads_what_stands_for_text() {
    let schema = schema(INNER);
    let text =
        "<e xmlns='urn:t' xmlns:o='urn:o'><y/><r o:id='x'><a><o:in><deep/></o:in></a></r></e>";
    let document = parse(text);
    let name = document.name_id("urn:o", "id").unwrap();
    let include = document.name_id("urn:o", "in");
    let stand_in = |node: NodeId| (document.name(node) == include).then_some(Cow::Borrowed("YQ=="));
    let part = Part { passed_over: &[name], ..Part::of(second(&document)) };
    let found = judge(&schema, &document, &part);
    assert_eq!(found, ["1:53 cvc-type.3.1.2 /r[1]/a[1]/*[1]"]);
    let part = Part { stand_in: Some(&stand_in), ..part };
    assert_eq!(judge(&schema, &document, &part), [""; 0]);
    let part = Part { passed_over: &[], ..part };
    assert_eq!(judge(&schema, &document, &part), ["1:41 cvc-complex-type.3.2.2 /r[1]/@*"]);
    let bad = |_: NodeId| Some(Cow::Borrowed("?"));
    let deep = |node: NodeId| if document.name(node) == include { bad(node) } else { None };
    let part = Part { passed_over: &[name], stand_in: Some(&deep), ..part };
    assert_eq!(judge(&schema, &document, &part), ["1:50 cvc-datatype-valid.1.2.1 /r[1]/a[1]"]);
}
