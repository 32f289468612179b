//! What holds for all schemas: positives are taken, and negatives have one violation at the place that they are of.

use super::{contract, page};
use crate::{Kind, derive::xsd::documents};
use proptest::prelude::*;

/// A particle, or a group of them, in words of XML Schema; elements are numbered by what is there already.
fn particle() -> impl Strategy<Value = String> {
    let occurs = prop_oneof![
        Just(""),
        Just(" minOccurs='0'"),
        Just(" maxOccurs='2'"),
        Just(" minOccurs='2' maxOccurs='3'"),
        Just(" minOccurs='0' maxOccurs='unbounded'"),
    ];
    let types = prop_oneof![
        Just("xs:string"),
        Just("xs:int"),
        Just("xs:date"),
        Just("xs:boolean"),
        Just("Code"),
        Just("Amount"),
        Just("Word"),
        Just("Inner"),
    ];
    let extra = prop_oneof![4 => Just(""), 1 => Just(" nillable='true'")];
    let element =
        (0..3_usize, types, occurs.clone(), extra).prop_map(|(_, of_type, occurs, extra)| {
            format!("<xs:element name='E#' type='{of_type}'{occurs}{extra}/>")
        });
    element.prop_recursive(2, 8, 3, move |inner| {
        (
            prop_oneof![Just("sequence"), Just("choice")],
            occurs.clone(),
            prop::collection::vec(inner, 1..4),
        )
            .prop_map(|(group, occurs, all)| {
                format!("<xs:{group}{occurs}>{}</xs:{group}>", all.concat())
            })
    })
}

/// Each `E#` becomes a name of its own, so that no content model is ambiguous.
fn numbered(content: &str) -> String {
    let mut pieces = content.split('#');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for (n, piece) in pieces.enumerate() {
        text.push_str(&format!("{n}{piece}"));
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn positives_are_taken_and_negatives_have_one_violation(
        particles in prop::collection::vec(particle(), 1..4),
        attribute in prop_oneof![Just(""), Just(" use='required'")],
    ) {
        let content = numbered(&particles.concat());
        let schema = format!(
            "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns='urn:o' targetNamespace='urn:o' \
             elementFormDefault='qualified'><xs:element name='Root'><xs:complexType><xs:sequence>{content}</xs:sequence>\
             <xs:attribute name='a' type='Code'{attribute}/></xs:complexType></xs:element>\
             <xs:simpleType name='Code'><xs:restriction base='xs:token'><xs:enumeration value='A'/>\
             <xs:enumeration value='B'/></xs:restriction></xs:simpleType>\
             <xs:simpleType name='Amount'><xs:restriction base='xs:decimal'><xs:totalDigits value='6'/>\
             <xs:fractionDigits value='2'/><xs:maxInclusive value='1000'/></xs:restriction></xs:simpleType>\
             <xs:simpleType name='Word'><xs:restriction base='xs:string'><xs:minLength value='2'/>\
             <xs:maxLength value='5'/></xs:restriction></xs:simpleType>\
             <xs:complexType name='Inner'><xs:sequence><xs:element name='In' type='xs:int'/></xs:sequence></xs:complexType>\
             </xs:schema>"
        );
        let (contract, files) = contract(&schema, &[]);
        let plan = documents(&contract, &files, None);
        // The page judges each case anew, and fails where one is not what it says.
        page(&contract, &plan);
        let negatives = plan.cases.iter().filter(|case| case.kind == Kind::Negative).count();
        prop_assert!(negatives > 10 && plan.cases.len() > negatives + 3, "{}", plan.cases.len());
        let reached = plan.constraints.iter().filter(|each| each.broken).count();
        prop_assert!(reached * 10 >= plan.constraints.len() * 8, "{:?}", plan.constraints);
    }
}
