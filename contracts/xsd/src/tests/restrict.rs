//! What holding restricted content models against their bases may cost.

use super::compile;
use crate::{Budget, Schema};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A complex type, and one that restricts it.
fn restricting(base: &str, derived: &str) -> String {
    format!(
        "<xs:complexType name='b'>{base}</xs:complexType><xs:complexType name='d'><xs:complexContent>\
         <xs:restriction base='b'>{derived}</xs:restriction></xs:complexContent></xs:complexType>"
    )
}

/// Elements of the names that begin so.
fn elements(name: &str, number: usize) -> String {
    (0..number).fold(String::new(), |mut all, at| {
        let _ = write!(all, "<xs:element name='{name}{at}' type='xs:string'/>");
        all
    })
}

/// Choices of a sequence and an element, the sequence of the next choice and what is handed in.
fn alternating(depth: usize, beside: &str) -> String {
    (0..depth).fold(elements("e", 2), |inner, at| {
        let beside = beside.replace("NUMBER", &at.to_string());
        format!(
            "<xs:choice><xs:sequence>{inner}{beside}</xs:sequence><xs:element name='x{at}' type='xs:string'/></xs:choice>"
        )
    })
}

/// Heads of which each stands for all before it: many orders are tried before the last particle fails.
fn heads(number: usize) -> String {
    let (mut declared, mut all, mut chosen) = (elements("h", 1), String::new(), String::new());
    for at in 1..2 * number {
        let above = at - 1;
        let _ = write!(
            declared,
            "<xs:element name='h{at}' type='xs:string' substitutionGroup='h{above}'/>"
        );
    }
    for (at, stands) in (0..number).zip(number..) {
        let _ = write!(all, "<xs:element ref='h{at}' minOccurs='0'/>");
        let _ = write!(
            chosen,
            "<xs:choice><xs:element ref='h{stands}'/><xs:element ref='h{stands}'/></xs:choice>"
        );
    }
    let last = format!("<xs:sequence maxOccurs='3'>{}</xs:sequence>", elements("z", 2));
    let base = format!("<xs:all>{all}</xs:all>");
    format!(
        "{declared}{}",
        restricting(&base, &format!("<xs:sequence>{chosen}{last}</xs:sequence>"))
    )
}

#[test]
fn refuses_what_takes_too_many_steps_to_tell_whether_it_restricts() {
    let beside = "<xs:element name='y-NUMBER' type='xs:string'/>";
    let other = format!("<xs:sequence>{}</xs:sequence>", elements("z", 2));
    let ways = |number| format!("<xs:choice>{}</xs:choice>", elements("e", number));
    let same = |model: &str| restricting(model, model);
    let nested = |depth| {
        (0..depth).fold(elements("e", 1), |inner, at| {
            format!(
                "<xs:sequence minOccurs='0'>{inner}{}</xs:sequence>",
                elements(&format!("s{at}-"), 1)
            )
        })
    };
    let alike = "<xs:element name='a' type='xs:string' minOccurs='0'/>".repeat(14);
    let either =
        format!("<xs:choice>{0}{0}</xs:choice>", "<xs:element name='a' type='xs:string'/>");
    let many: String = (0..100).fold(String::new(), |mut all, at| {
        let named = same(&alternating(8, beside)).replace("'b'", &format!("'b{at}'"));
        all.push_str(&named.replace("'d'", &format!("'d{at}'")));
        all
    });
    for (what, inner, refused) in [
        ("folded 8", same(&alternating(8, "")), false),
        ("folded 20", same(&alternating(20, "")), true),
        ("folded 40", same(&alternating(40, "")), true),
        ("base folded 40", restricting(&alternating(40, ""), &other), true),
        ("derived folded 40", restricting(&other, &alternating(40, "")), true),
        ("nested 8", same(&alternating(8, beside)), false),
        ("nested 40", same(&alternating(40, beside)), true),
        ("other in nested 40", restricting(&alternating(40, beside), &other), true),
        ("sequences 8", same(&nested(8)), false),
        ("sequences 40", same(&nested(40)), true),
        ("heads 3", heads(3), false),
        ("heads 12", heads(12), true),
        (
            "alike 14",
            restricting(
                &format!("<xs:all>{alike}</xs:all>"),
                &format!("<xs:sequence>{}{other}</xs:sequence>", either.repeat(14)),
            ),
            true,
        ),
        ("one name", restricting("", "").repeat(5_000), true),
        ("ways 500", same(&ways(500)), false),
        ("many", many, true),
    ] {
        let (schema, faults) = compile(&inner);
        assert!(schema.is_some() || !faults.is_empty(), "{what}");
        let over = faults.iter().any(|each| each.over_budget);
        assert_eq!(over, refused, "{what} {faults:?}");
        let placed = || faults[0].line > 0 && faults[0].sentence.contains("restrict");
        assert!(!refused || placed(), "{what} {faults:?}");
    }
}

#[test]
fn refuses_redefined_groups_that_take_too_many_steps_to_compare() {
    let schema = |inner: &str| {
        format!("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>{inner}</xs:schema>")
    };
    for (depth, refused) in [(6, false), (40, true)] {
        let group = format!("<xs:group name='g'>{}</xs:group>", alternating(depth, ""));
        let redefine = format!("<xs:redefine schemaLocation='b.xsd'>{group}</xs:redefine>");
        let documents = BTreeMap::from([
            ("a.xsd".to_owned(), schema(&redefine).into()),
            ("b.xsd".to_owned(), schema(&group).into()),
        ]);
        let (found, faults) = Schema::compile(&documents, &["a.xsd"], &Budget::default());
        assert_eq!(found.is_none(), refused, "{depth} {faults:?}");
        assert_eq!(faults.iter().any(|each| each.over_budget), refused, "{depth} {faults:?}");
    }
}
