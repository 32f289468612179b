use super::{ASKED, compile, judge, schema};
use sluse_xml::{Limits, Reader};
use std::fmt::Write;

#[test]
fn takes_a_choice_of_many_ways() {
    let names: String = (0..1_500).fold(String::new(), |mut all, at| {
        let _ = write!(all, "<xs:element name='e{at}' type='xs:int'/>");
        all
    });
    let inner = format!(
        "<xs:element name='r'><xs:complexType><xs:choice maxOccurs='unbounded'>{names}</xs:choice></xs:complexType></xs:element>"
    );
    let schema = schema(&inner);
    assert!(schema.memory_bytes() < 2_000_000, "{schema:?}");
    assert!(judge(&schema, "<r xmlns='urn:t'><e1499>1</e1499><e0>1</e0></r>").is_empty());
}

#[test]
fn remembers_no_more_of_a_stream_than_its_depth() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='a' type='xs:int' maxOccurs='unbounded'/></xs:sequence></xs:complexType></xs:element>";
    let schema = schema(inner);
    let text = format!("<r xmlns='urn:t'>{}</r>", "<a>1</a>".repeat(200_000));
    let reader = Reader::new(text.as_bytes(), None, Limits::default()).unwrap();
    assert_eq!(schema.judge_stream(reader, ASKED).unwrap(), []);
}

#[test]
fn refuses_groups_that_double_each_time() {
    let groups: String = (0..40).fold(String::new(), |mut all, at| {
        let next = at + 1;
        let _ = write!(
            all,
            "<xs:group name='g{at}'><xs:sequence><xs:group ref='g{next}'/><xs:group ref='g{next}'/></xs:sequence></xs:group>"
        );
        all
    });
    let inner = format!(
        "{groups}<xs:group name='g40'><xs:sequence><xs:element name='a'/></xs:sequence></xs:group>\
         <xs:element name='r'><xs:complexType><xs:group ref='g0'/></xs:complexType></xs:element>"
    );
    let (schema, faults) = compile(&inner);
    assert!(schema.is_none());
    assert!(faults[0].over_budget && faults[0].line > 0, "{faults:?}");
}

#[test]
fn refuses_what_would_be_unrolled_without_end() {
    let mut inner = "<xs:element name='a' type='xs:int' minOccurs='2' maxOccurs='9'/>".to_owned();
    for _ in 0..12 {
        inner = format!("<xs:sequence minOccurs='3' maxOccurs='16'>{inner}</xs:sequence>");
    }
    let inner =
        format!("<xs:element name='r'><xs:complexType>{inner}</xs:complexType></xs:element>");
    let (schema, faults) = compile(&inner);
    assert!(schema.is_none() && faults[0].over_budget, "{faults:?}");
}

#[test]
fn remembers_a_million_keys_in_linear_time() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='a' maxOccurs='unbounded'><xs:complexType><xs:attribute name='k' type='xs:int'/><xs:attribute name='to' type='xs:int'/></xs:complexType></xs:element></xs:sequence></xs:complexType>\
        <xs:key name='k'><xs:selector xpath='t:a'/><xs:field xpath='@k'/></xs:key><xs:keyref name='f' refer='k'><xs:selector xpath='t:a'/><xs:field xpath='@to'/></xs:keyref></xs:element>";
    let schema = schema(inner);
    let mut text = "<r xmlns='urn:t'>".to_owned();
    for at in 0..100_000 {
        let _ = write!(text, "<a k='{at}' to='{}'/>", 99_999 - at);
    }
    text.push_str("</r>");
    let reader = Reader::new(text.as_bytes(), None, Limits::default()).unwrap();
    assert_eq!(schema.judge_stream(reader, ASKED).unwrap(), []);
}
