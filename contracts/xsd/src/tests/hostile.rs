use super::{ASKED, compile, judge, schema};
use crate::{Budget, Schema, limits};
use sluse_xml::{Limits, ReadFault, Reader};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// Elements `e0`, `e1` and so on.
fn elements(number: usize, more: &str) -> String {
    (0..number).fold(String::new(), |mut all, at| {
        let _ = write!(all, "<xs:element name='e{at}' type='xs:int' {more}/>");
        all
    })
}

#[test]
fn takes_choices_of_many_ways() {
    let many = |more| elements(1_500, more);
    let optional = "minOccurs='0'";
    for (what, model) in [
        ("once", format!("<xs:choice>{}</xs:choice>", many(""))),
        (
            "repeated",
            format!("<xs:choice maxOccurs='unbounded'>{}</xs:choice>", elements(5_000, "")),
        ),
        ("counted", format!("<xs:choice maxOccurs='900'>{}</xs:choice>", many(""))),
        (
            "optional",
            format!("<xs:choice {optional} maxOccurs='unbounded'>{}</xs:choice>", many(optional)),
        ),
        (
            "within each other",
            format!(
                "<xs:sequence maxOccurs='unbounded'><xs:choice maxOccurs='unbounded'>{}</xs:choice></xs:sequence>",
                many("")
            ),
        ),
        ("one after the other", format!("<xs:sequence>{}</xs:sequence>", elements(1_500, ""))),
        ("some left out", format!("<xs:sequence>{}</xs:sequence>", elements(1_000, optional))),
    ] {
        let schema = schema(&format!(
            "<xs:element name='r'><xs:complexType>{model}</xs:complexType></xs:element>"
        ));
        assert!(schema.memory_bytes() < 8_000_000, "{what} {schema:?}");
        let text = match what {
            "one after the other" => {
                (0..1_500).fold(String::new(), |all, at| all + &format!("<e{at}>1</e{at}>"))
            }
            "once" => "<e1499>1</e1499>".to_owned(),
            "some left out" => "<e7>1</e7><e900>1</e900>".to_owned(),
            _ => "<e1499>1</e1499><e0>1</e0><e1499>1</e1499>".to_owned(),
        };
        assert_eq!(judge(&schema, &format!("<r xmlns='urn:t'>{text}</r>")), [""; 0], "{what}");
        let wrong = judge(&schema, "<r xmlns='urn:t'><no/></r>");
        assert!(wrong[0].contains(" cvc-complex-type.2.4.a "), "{what} {wrong:?}");
    }
}

#[test]
fn refuses_references_to_elements_that_many_may_stand_for() {
    for (elements_max, fits) in [(2_000, true), (12_000, false)] {
        let references: String =
            (0..elements_max).map(|at| format!("<xs:element ref='e{at}'/>")).collect();
        let inner = format!(
            "{}<xs:complexType name='c'><xs:choice maxOccurs='unbounded'>{references}</xs:choice></xs:complexType>",
            elements(elements_max, "")
        );
        let (schema, faults) = compile(&inner);
        assert_eq!(schema.is_some(), fits, "{faults:?}");
        assert!(fits || faults[0].over_budget && faults[0].line > 0, "{faults:?}");
        assert!(fits || faults[0].sentence.ends_with("the limit follow-steps-max is 7000000"));
    }
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
fn refuses_groups_of_nothing_by_the_thousand() {
    let mut inner = "<xs:choice minOccurs='2' maxOccurs='17'/>".repeat(30);
    for _ in 0..3 {
        inner = format!("<xs:choice minOccurs='2' maxOccurs='17'>{}</xs:choice>", inner.repeat(10));
    }
    let inner =
        format!("<xs:element name='r'><xs:complexType>{inner}</xs:complexType></xs:element>");
    let (schema, faults) = compile(&inner);
    assert!(schema.is_none() && faults[0].over_budget, "{faults:?}");
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
fn refuses_attribute_groups_that_double_each_time() {
    let groups: String = (0..40).fold(String::new(), |mut all, at| {
        let next = at + 1;
        let _ = write!(
            all,
            "<xs:attributeGroup name='g{at}'><xs:attributeGroup ref='g{next}'/><xs:attributeGroup ref='g{next}'/></xs:attributeGroup>"
        );
        all
    });
    let (schema, faults) = compile(&format!(
        "{groups}<xs:attributeGroup name='g40'><xs:anyAttribute/></xs:attributeGroup>\
         <xs:element name='r'><xs:complexType><xs:attributeGroup ref='g0'/></xs:complexType></xs:element>"
    ));
    assert!(schema.is_none() && faults[0].over_budget && faults[0].line > 0, "{faults:?}");
}

/// Documents that import each some namespace of their own, and all include the same documents, which
/// have none.
fn chameleons(importing: usize, included: usize) -> BTreeMap<String, Arc<str>> {
    let head = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'";
    let mut documents = BTreeMap::new();
    let mut entry = format!("{head}>");
    let includes: String =
        (0..included).map(|at| format!("<xs:include schemaLocation='c{at}.xsd'/>")).collect();
    for at in 0..importing {
        let _ = write!(entry, "<xs:import namespace='urn:{at}' schemaLocation='{at}.xsd'/>");
        let text = format!("{head} targetNamespace='urn:{at}'>{includes}</xs:schema>");
        documents.insert(format!("{at}.xsd"), text.into());
    }
    for at in 0..included {
        let text = format!("{head}><xs:element name='e{at}'/></xs:schema>");
        documents.insert(format!("c{at}.xsd"), text.into());
    }
    documents.insert("a.xsd".to_owned(), format!("{entry}</xs:schema>").into());
    documents
}

#[test]
fn refuses_documents_that_are_read_for_many_namespaces_each() {
    let (schema, faults) = Schema::compile(&chameleons(100, 100), &["a.xsd"], &Budget::default());
    assert!(schema.is_none() && faults[0].over_budget, "{faults:?}");
    let (schema, faults) = Schema::compile(&chameleons(8, 8), &["a.xsd"], &Budget::default());
    assert!(schema.is_some() && faults.is_empty(), "{faults:?}");
}

#[test]
fn reads_documents_that_include_themselves_and_each_other_once() {
    let head = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>";
    let includes = "<xs:include schemaLocation='a.xsd'/><xs:include schemaLocation='./b.xsd'/>";
    let a = format!("{head}{includes}<xs:element name='r' type='t'/></xs:schema>");
    let b = format!("{head}{includes}<xs:complexType name='t'/></xs:schema>");
    let documents = BTreeMap::from([("a.xsd".into(), a.into()), ("b.xsd".into(), b.into())]);
    let (schema, faults) = Schema::compile(&documents, &["a.xsd"], &Budget::default());
    assert_eq!(faults, []);
    assert_eq!(judge(&schema.unwrap(), "<r/>"), [""; 0]);
}

/// `((a{0,N}){0,N})…`, ten deep.
fn nested_optional(bounds: &str) -> String {
    let mut inner = format!("<xs:element name='a' {bounds}/>");
    for _ in 0..10 {
        inner = format!("<xs:sequence {bounds}>{inner}</xs:sequence>");
    }
    format!("<xs:element name='r'><xs:complexType>{inner}</xs:complexType></xs:element>")
}

#[test]
fn follows_or_refuses_optional_repetition_nested_ten_deep() {
    for bounds in [
        "minOccurs='0' maxOccurs='2'",
        "minOccurs='0' maxOccurs='16'",
        "minOccurs='0' maxOccurs='17'",
        "minOccurs='0' maxOccurs='1000'",
        "minOccurs='0' maxOccurs='unbounded'",
        "minOccurs='2' maxOccurs='1000'",
    ] {
        let (schema, faults) = compile(&nested_optional(bounds));
        let Some(schema) = schema else {
            assert!(faults[0].over_budget, "{bounds} {faults:?}");
            continue;
        };
        let found = judge(&schema, &format!("<r xmlns='urn:t'>{}</r>", "<a/>".repeat(3_000)));
        let limit = format!(" {} ", limits::COUNTS);
        assert!(found.iter().all(|line| line.contains(&limit)), "{bounds} {found:?}");
    }
}

/// A content model of one particle in sequences within each other, all within the same bounds.
fn nested(particle: &str, bounds: &str, depth: usize) -> String {
    let (open, close) = (format!("<xs:sequence {bounds}>"), "</xs:sequence>");
    let inner = format!("{}{particle}{}", open.repeat(depth), close.repeat(depth));
    format!(
        "<xs:element name='r'><xs:complexType><xs:sequence>{inner}</xs:sequence></xs:complexType></xs:element>"
    )
}

#[test]
fn refuses_substitution_groups_that_are_gathered_too_often() {
    for (members, references, fits) in [(300, 60, true), (3_000, 5, true), (3_000, 60, false)] {
        let group: String = (0..members).fold(String::new(), |mut all, at| {
            let _ = write!(all, "<xs:element name='m{at}' substitutionGroup='h'/>");
            all
        });
        let types: String = (0..references).fold(String::new(), |mut all, at| {
            let _ = write!(
                all,
                "<xs:complexType name='c{at}'><xs:sequence><xs:element ref='h'/></xs:sequence></xs:complexType>"
            );
            all
        });
        let (_, faults) =
            compile(&format!("<xs:element name='h' type='xs:string'/>{group}{types}"));
        assert_eq!(faults.is_empty(), fits, "{members} {references} {faults:?}");
        assert!(faults.iter().all(|fault| fault.over_budget), "{faults:?}");
    }
}

#[test]
fn refuses_patterns_that_are_large_when_written_out() {
    for (pattern, fits) in [
        ("(((((((a?){9}){9}){9}){9}){9}){9}){9}", false),
        ("((((((){99}){99}){99}){99}){99}){99}", false),
        ("(([a-z-[aeiou]]|\\p{L}){0,999}){0,999}", false),
        ("(a?){9999}", true),
        ("([0-9]{4}-){3}[A-Z]{0,500}", true),
    ] {
        let inner = format!(
            "<xs:simpleType name='s'><xs:restriction base='xs:string'><xs:pattern value='{pattern}'/></xs:restriction></xs:simpleType>"
        );
        let (_, faults) = compile(&inner);
        assert_eq!(faults.is_empty(), fits, "{pattern} {faults:?}");
        assert!(faults.iter().all(|fault| fault.over_budget), "{pattern} {faults:?}");
    }
}

#[test]
fn refuses_what_takes_too_many_steps_to_tell_apart() {
    let twice = "minOccurs='0' maxOccurs='2'";
    let members: String = (0..300).fold(String::new(), |mut all, at| {
        let _ = write!(all, "<xs:element name='m{at}' substitutionGroup='h'/>");
        all
    });
    let head = format!("<xs:element name='h' type='xs:string'/>{members}");
    let optional = |number: usize, particle: &dyn Fn(usize) -> String| {
        let all: String = (0..number).map(particle).collect();
        format!("<xs:complexType name='c'><xs:sequence>{all}</xs:sequence></xs:complexType>")
    };
    let wildcard = |at| format!("<xs:any namespace='urn:{at}' minOccurs='0'/>");
    let element = |at| format!("<xs:element name='e{at}' minOccurs='0'/>");
    let either = |at| if at % 2 == 0 { wildcard(at) } else { element(at) };
    let small = optional(200, &wildcard);
    let many: String =
        (0..40).map(|at| small.replace("name='c'", &format!("name='c{at}'"))).collect();
    for (what, inner, fits) in [
        ("any 6", nested(&format!("<xs:any {twice}/>"), twice, 6), true),
        ("any 10", nested(&format!("<xs:any {twice}/>"), twice, 10), false),
        (
            "any, unbounded",
            nested(
                "<xs:any minOccurs='0' maxOccurs='2'/>",
                "minOccurs='1' maxOccurs='unbounded'",
                9,
            ),
            true,
        ),
        (
            "any, counted",
            nested(
                "<xs:any minOccurs='0' maxOccurs='unbounded'/>",
                "minOccurs='20' maxOccurs='40'",
                10,
            ),
            true,
        ),
        ("element 10", nested(&format!("<xs:element name='a' {twice}/>"), twice, 10), false),
        ("head 4", format!("{head}{}", nested("<xs:element ref='h'/>", twice, 4)), true),
        ("head 8", format!("{head}{}", nested("<xs:element ref='h'/>", twice, 8)), false),
        ("wildcards", optional(1_500, &wildcard), true),
        ("elements", optional(2_900, &element), false),
        ("either", optional(1_500, &either), true),
        ("small", small, true),
        ("many", many, true),
    ] {
        let (schema, faults) = compile(&inner);
        assert_eq!(schema.is_some(), fits, "{what} {faults:?}");
        assert!(fits || faults[0].over_budget && faults[0].line > 0, "{what} {faults:?}");
        assert!(fits || faults[0].sentence.contains(": the limit "), "{what} {faults:?}");
    }
}

#[test]
fn patterns_of_all_kinds_end_within_their_limit() {
    let text = "a".repeat(10 << 20);
    for (pattern, fits) in [
        ("(a*)*b", false),
        ("(a|a)*", true),
        ("(a|aa)+b", false),
        ("(x+x+)+y", false),
        ("((a?){50}a{50})*", true),
        (".{0,2000}", false),
        (r"(\p{L}{0,300}x)*", false),
        (r"(.*a){20}b", false),
    ] {
        let inner = format!(
            "<xs:element name='r'><xs:simpleType><xs:restriction base='xs:string'><xs:pattern value='{pattern}'/></xs:restriction></xs:simpleType></xs:element>"
        );
        let found = judge(&schema(&inner), &format!("<r xmlns='urn:t'>{text}</r>"));
        let rules: Vec<&str> = found.iter().filter_map(|line| line.split(' ').nth(1)).collect();
        let decided = if fits { &[][..] } else { &["cvc-pattern-valid"][..] };
        assert!(rules == decided || rules == [limits::PATTERN_STEPS], "{pattern} {found:?}");
    }
}

#[test]
fn all_values_of_a_document_share_one_budget_of_steps() {
    // So many states that no cache serves, and each value is followed through all of them.
    let inner = r"<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='v' maxOccurs='unbounded'>
        <xs:simpleType><xs:restriction base='xs:string'><xs:pattern value='([\p{L}\d]{0,250}[\p{Lu}x]){0,1}y'/></xs:restriction></xs:simpleType></xs:element></xs:sequence></xs:complexType></xs:element>";
    let value = "æxÅ9ø".repeat(30);
    let text = format!("<r xmlns='urn:t'>{}</r>", format!("<v>{value}</v>").repeat(400));
    let found = judge(&schema(inner), &text);
    assert_eq!(found.len(), 100);
    assert!(found.iter().all(|line| !line.contains(&value)));
}

#[test]
fn the_patterns_of_a_schema_are_bounded_together() {
    let types: String = (0..60).fold(String::new(), |mut all, at| {
        let _ = write!(
            all,
            "<xs:simpleType name='p{at}'><xs:restriction base='xs:string'><xs:pattern value='[\\p{{L}}]{{1,{}}}x'/></xs:restriction></xs:simpleType>",
            200 + at
        );
        all
    });
    let (schema, faults) = compile(&types);
    assert!(schema.is_none() && faults[0].over_budget && faults[0].line > 0, "{faults:?}");
    assert!(faults[0].sentence.contains("together"), "{faults:?}");
}

#[test]
fn more_ways_to_count_than_the_limit_are_told_by_name() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence minOccurs='2000' maxOccurs='4000'>\
        <xs:element name='a' minOccurs='1' maxOccurs='3000'/></xs:sequence></xs:complexType></xs:element>";
    let text = format!("<r xmlns='urn:t'>{}</r>", "<a/>".repeat(1_500));
    let found = judge(&schema(inner), &text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(&format!(" {} /r[1]/a[", limits::COUNTS)), "{found:?}");
}

#[test]
fn more_open_constraints_than_the_limit_are_told_by_name() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence><xs:element ref='r' minOccurs='0'/></xs:sequence></xs:complexType>\
        <xs:unique name='u'><xs:selector xpath='.//t:r'/><xs:field xpath='@k'/></xs:unique><xs:unique name='v'><xs:selector xpath='t:r'/><xs:field xpath='@k'/></xs:unique></xs:element>";
    let depth = 600;
    let text = format!("<r xmlns='urn:t'>{}{}</r>", "<r>".repeat(depth), "</r>".repeat(depth));
    let found = judge(&schema(inner), &text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(limits::OPEN_CONSTRAINTS), "{found:?}");
}

fn deep_or_wide(schema: &Schema, text: &str, limits: Limits) -> Result<usize, ReadFault> {
    let reader = Reader::new(text.as_bytes(), None, limits).unwrap();
    schema.judge_stream(reader, ASKED).map(|found| found.len())
}

#[test]
fn depth_and_attributes_by_the_million_are_refused_or_judged() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence><xs:element ref='r' minOccurs='0'/></xs:sequence><xs:anyAttribute processContents='lax'/></xs:complexType></xs:element>";
    let schema = schema(inner);
    let million = 1_000_000;
    let deep = format!(
        "{}{}",
        "<r xmlns='urn:t'>".to_owned() + &"<r>".repeat(million - 1),
        "</r>".repeat(million)
    );
    let attributes: String = (0..million).fold(String::new(), |mut all, at| {
        let _ = write!(all, " a{at}=''");
        all
    });
    let wide = format!("<r xmlns='urn:t'{attributes}/>");
    for text in [&deep, &wide] {
        assert!(deep_or_wide(&schema, text, Limits::default()).is_err());
    }
    let large = Limits {
        depth_max: 2 * million,
        attributes_max: 2 * million,
        piece_bytes_max: 64 << 20,
        ..Limits::default()
    };
    for text in [&deep, &wide] {
        assert_eq!(deep_or_wide(&schema, text, large).ok(), Some(0));
    }
}

#[test]
fn document_types_and_entities_are_refused_before_anything_is_judged() {
    let schema = schema("<xs:element name='r' type='xs:string'/>");
    let laughs = "<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><r xmlns='urn:t'>&b;</r>";
    for text in
        [laughs, "<r xmlns='urn:t'>&b;</r>", "<!DOCTYPE r SYSTEM 'http://x/'><r xmlns='urn:t'/>"]
    {
        assert!(deep_or_wide(&schema, text, Limits::default()).is_err(), "{text}");
    }
}

#[test]
fn long_values_are_judged_alike_as_tree_and_stream() {
    let restricted = |base: &str, facet: &str| {
        format!(
            "<xs:simpleType><xs:restriction base='xs:{base}'>{facet}</xs:restriction></xs:simpleType>"
        )
    };
    let element =
        |name: &str, inner: &str| format!("<xs:element name='{name}'>{inner}</xs:element>");
    let typed = |name: &str, simple: &str, more: &str| {
        format!("<xs:element name='{name}' type='xs:{simple}' {more}/>")
    };
    let inner = [
        typed("s", "string", ""),
        typed("n", "anySimpleType", ""),
        typed("b", "base64Binary", ""),
        typed("h", "hexBinary", ""),
        typed("i", "integer", ""),
        typed("l", "NMTOKENS", ""),
        typed("f", "string", "fixed='x'"),
        element("p", &restricted("string", "<xs:pattern value='.*'/>")),
        element("m", &restricted("base64Binary", "<xs:maxLength value='9'/>")),
        "<xs:element name='k'><xs:complexType><xs:sequence><xs:element name='v' type='xs:string' maxOccurs='2'/></xs:sequence></xs:complexType>\
         <xs:key name='u'><xs:selector xpath='t:v'/><xs:field xpath='.'/></xs:key></xs:element>"
            .to_owned(),
    ];
    let schema = schema(&inner.concat());
    let long = |unit: &str| unit.repeat((17 << 20) / unit.len());
    let over = "value-bytes-max";
    for (name, text, rules) in [
        ("s", long("some text, "), &[][..]),
        ("s", format!("<![CDATA[{}]]>", long("]]& <")), &[]),
        ("n", long("&lt;x"), &[]),
        ("b", long("TWFu TWFu\n"), &[]),
        ("b", format!("<![CDATA[{}]]> TQ ==<!--c-->\n", long("TWFu")), &[]),
        ("b", format!("{}TQ", long("TWFu")), &["cvc-datatype-valid.1.2.1"]),
        ("b", format!("{}?{}", long("TWFu"), long("TWFu")), &["cvc-datatype-valid.1.2.1"]),
        ("h", long("0f"), &[over]),
        ("i", long("1"), &[over]),
        ("l", long("a "), &[over]),
        ("f", long("x"), &[over]),
        ("p", long("x"), &[over]),
        ("m", long("TWFu"), &[over]),
        ("k", format!("<v>1</v><v>{}</v>", long("x")), &[over]),
    ] {
        let text = format!("<{name} xmlns='urn:t'>{text}</{name}>");
        let limits = Limits::default();
        let document = sluse_xml::Document::parse(text.as_bytes(), None, &limits).unwrap();
        let tree = schema.judge(&document, ASKED);
        let reader = Reader::new(text.as_bytes(), None, limits).unwrap();
        // A document is longer than what is shown where these differ.
        assert!(tree == schema.judge_stream(reader, ASKED).unwrap(), "{name}");
        let found: Vec<&str> = tree.iter().map(|each| each.constraint).collect();
        assert_eq!(found, rules, "{name}");
    }
}
