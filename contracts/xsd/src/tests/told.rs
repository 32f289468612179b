//! What is told of a fault: the place, in words of the schema, with namespaces where these matter; and what of the
//! faults after the first one in a parent.

use super::{compile, judge, schema};

const R: &str = "<r xmlns='urn:t' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>";

fn told(model: &str, content: &str) -> Vec<String> {
    let schema = schema(&format!(
        "<xs:element name='head' abstract='true' type='xs:int'/><xs:element name='one' substitutionGroup='head'/>\
         <xs:element name='two' substitutionGroup='head'/><xs:element name='alone' abstract='true'/><xs:element name='free' type='xs:int'/>\
         <xs:complexType name='base' abstract='true'><xs:sequence><xs:element name='n' type='xs:int'/></xs:sequence><xs:attribute name='k' type='xs:int'/></xs:complexType>\
         <xs:element name='r'><xs:complexType>{model}</xs:complexType></xs:element>"
    ));
    judge(&schema, &format!("{R}{content}</r>"))
}

#[test]
fn what_is_expected_is_told_with_namespaces_where_they_matter() {
    for (model, content, expected) in [
        ("<xs:sequence><xs:element name='a'/></xs:sequence>", "<b/>", "a"),
        (
            "<xs:sequence><xs:element name='a'/></xs:sequence>",
            "<a xmlns=''/>",
            "a (namespace urn:t)",
        ),
        (
            "<xs:sequence><xs:element name='a' form='unqualified'/></xs:sequence>",
            "<a/>",
            "a (no namespace)",
        ),
        (
            "<xs:choice><xs:element name='a' form='unqualified'/><xs:element name='a'/></xs:choice>",
            "<b/>",
            "a (no namespace), a (namespace urn:t)",
        ),
        ("<xs:sequence><xs:element ref='head'/></xs:sequence>", "<b/>", "one, two"),
        ("<xs:sequence><xs:element ref='head' maxOccurs='40'/></xs:sequence>", "<b/>", "one, two"),
        ("<xs:all><xs:element ref='head'/></xs:all>", "<b/>", "one, two"),
        ("<xs:sequence><xs:element ref='alone'/></xs:sequence>", "<b/>", "alone"),
        (
            "<xs:sequence><xs:any namespace='##local'/></xs:sequence>",
            "<b/>",
            "an element of no namespace",
        ),
        (
            "<xs:sequence><xs:any namespace='##other'/></xs:sequence>",
            "<b/>",
            "an element of a namespace that is not urn:t",
        ),
        (
            "<xs:sequence><xs:any namespace='urn:x ##local'/></xs:sequence>",
            "<b/>",
            "an element of no namespace or the namespace urn:x",
        ),
        (
            "<xs:choice><xs:element name='a'/><xs:any namespace='##other'/></xs:choice>",
            "<b/>",
            "a, or an element of a namespace that is not urn:t",
        ),
        ("<xs:sequence><xs:any/></xs:sequence>", "", "any element"),
    ] {
        let found = told(model, content);
        let said = found[0].rsplit_once("expected: ").map(|(_, said)| said);
        assert_eq!(said, Some(expected), "{model} {content} {found:?}");
    }
}

#[test]
fn after_the_first_fault_of_order_all_other_kinds_are_told() {
    let model = "<xs:sequence><xs:element name='a'/><xs:element name='b' type='xs:int'/>\
        <xs:element name='c' minOccurs='0'><xs:complexType><xs:attribute name='k' type='xs:int' use='required'/></xs:complexType></xs:element>\
        <xs:any minOccurs='0' maxOccurs='9' namespace='##local ##targetNamespace'/></xs:sequence>";
    let model = model.replace(" ##targetNamespace", "");
    let found = told(&model, "<b>x</b><a/><c/><c k='y'/><lost xmlns=''/><a/>");
    let short: Vec<String> = found
        .iter()
        .map(|line| line.split(' ').skip(1).take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        short,
        [
            "cvc-complex-type.2.4.a /r[1]/b[1]",
            "cvc-datatype-valid.1.2.1 /r[1]/b[1]",
            "cvc-complex-type.4 /r[1]/c[1]",
            "cvc-datatype-valid.1.2.1 /r[1]/c[2]/@k",
            "cvc-elt.1 /r[1]/*[5]",
        ],
        "{found:?}"
    );
}

#[test]
fn what_stands_in_an_abstract_element_or_type_is_judged() {
    let found = told(
        "<xs:sequence><xs:element name='t' type='base'/><xs:element ref='head'/></xs:sequence>",
        "<t k='x'><n>y</n><more/></t><head>z</head>",
    );
    let short: Vec<String> = found
        .iter()
        .map(|line| line.split(' ').skip(1).take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        short,
        [
            "cvc-type.2 /r[1]/t[1]",
            "cvc-datatype-valid.1.2.1 /r[1]/t[1]/@k",
            "cvc-datatype-valid.1.2.1 /r[1]/t[1]/n[1]",
            "cvc-elt.2 /r[1]/head[1]",
            "cvc-datatype-valid.1.2.1 /r[1]/head[1]",
        ],
        "{found:?}"
    );
}

#[test]
fn bounds_are_told_as_the_schema_writes_them() {
    for (base, facet, bound, value, expected) in [
        ("date", "minInclusive", "2026-01-01", "2025-12-31", "not before 2026-01-01"),
        (
            "dateTime",
            "maxExclusive",
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z",
            "before 2026-01-01T00:00:00Z",
        ),
        ("time", "maxInclusive", "12:00:00", "12:00:01", "not after 12:00:00"),
        ("gYear", "minExclusive", "2000", "2000", "after 2000"),
        ("double", "maxInclusive", "1.5E3", "1501", "at most 1.5E3"),
        ("float", "minExclusive", "0", "0", "more than 0"),
        ("duration", "minInclusive", "P1D", "PT1H", "at least P1D"),
        ("integer", "maxInclusive", "9", "10", "at most 9"),
        ("decimal", "fractionDigits", "1", "1.25", "at most 1 digit after the point"),
        ("string", "minLength", "1", "", "at least 1 character"),
        ("string", "length", "2", "", "2 characters"),
        ("NMTOKENS", "minLength", "2", "a", "at least 2 items"),
        ("NMTOKENS", "maxLength", "1", "a b", "at most 1 item"),
    ] {
        let inner = format!(
            "<xs:element name='r'><xs:simpleType><xs:restriction base='xs:{base}'><xs:{facet} value='{bound}'/></xs:restriction></xs:simpleType></xs:element>"
        );
        let found = judge(&schema(&inner), &format!("<r xmlns='urn:t'>{value}</r>"));
        let wanted = format!("the value must be {expected};");
        assert!(found.len() == 1 && found[0].contains(&wanted), "{base} {facet} {found:?}");
    }
}

#[test]
fn references_are_told_in_the_order_of_the_document() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='x' maxOccurs='9'><xs:complexType>\
        <xs:attribute name='id' type='xs:ID'/><xs:attribute name='to' type='xs:IDREF'/><xs:attribute name='n' type='xs:int'/></xs:complexType></xs:element></xs:sequence></xs:complexType>\
        <xs:key name='key'><xs:selector xpath='t:x'/><xs:field xpath='@id'/></xs:key><xs:keyref name='ref' refer='t:key'><xs:selector xpath='t:x'/><xs:field xpath='@n'/></xs:keyref></xs:element>";
    let text = "<r xmlns='urn:t'>\n<x id='a' to='z'/>\n<x id='b' n='1'/>\n<x id='c' n='no' to='y'/>\n<x id='d' to='a' n='2'/></r>";
    let found = judge(&schema(inner), text);
    let lines: Vec<&str> = found.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(lines, ["2", "3", "4", "4", "5"], "{found:?}");
}

#[test]
fn faults_of_a_schema_stand_at_their_line_in_plain_words() {
    let ct = |content: &str| format!("<xs:complexType name='t'>\n{content}</xs:complexType>");
    let id = "<xs:element name='h' type='xs:int'/>\n";
    for (inner, line, constraint, words) in [
        (
            "<xs:complexType name='c'><xs:complexContent><xs:extension base='c'/></xs:complexContent></xs:complexType>".to_owned(),
            2,
            "ct-props-correct.3",
            "the type `c` is derived from itself",
        ),
        (
            "\n<xs:complexType name='c'><xs:complexContent><xs:extension base='d'/></xs:complexContent></xs:complexType>\
             <xs:complexType name='d'><xs:complexContent><xs:extension base='c'/></xs:complexContent></xs:complexType>"
                .to_owned(),
            3,
            "ct-props-correct.3",
            "is derived from itself",
        ),
        (
            ct("<xs:sequence minOccurs='3' maxOccurs='2'><xs:element name='a'/></xs:sequence>"),
            3,
            "p-props-correct",
            "minOccurs (3) exceeds maxOccurs (2)",
        ),
        (
            format!("<xs:group name='g'><xs:all><xs:element name='a'/></xs:all></xs:group>{}", ct("<xs:group ref='g' maxOccurs='2'/>")),
            3,
            "cos-all-limited",
            "once at most",
        ),
        ("<xs:element name='e' type='xs:ID' default='a'/>".to_owned(), 2, "e-props-correct.5", "xs:ID"),
        (
            format!("{id}<xs:element name='m' type='xs:string' substitutionGroup='h'/>"),
            3,
            "e-props-correct.4",
            "`m` may not stand for `h`: its type is not derived from that of `h`",
        ),
        (
            "<xs:element name='h' type='xs:int' final='restriction'/>\n<xs:element name='m' type='xs:short' substitutionGroup='h'/>".to_owned(),
            3,
            "e-props-correct.4",
            "'final'",
        ),
    ] {
        let (schema, faults) = compile(&inner);
        assert!(schema.is_none(), "{inner}");
        let first = &faults[0];
        assert_eq!((first.line, &*first.constraint), (line, constraint), "{inner} {faults:?}");
        assert!(first.sentence.contains(words), "{inner} {faults:?}");
        assert!(!first.sentence.contains("Key("), "{faults:?}");
    }
}

#[test]
fn types_without_a_name_are_told_by_what_they_are_made_of() {
    let list = "<xs:simpleType><xs:list itemType='xs:boolean'/></xs:simpleType>";
    let union = "<xs:simpleType><xs:union memberTypes='xs:date xs:boolean'/></xs:simpleType>";
    let both =
        format!("<xs:simpleType><xs:union memberTypes='xs:int'>{list}</xs:union></xs:simpleType>");
    for (inner, words) in [
        (list, "the type is a list of `boolean`"),
        (union, "the value must be `date` or `boolean`; the type is `date` or `boolean`"),
        (
            &both,
            "the value must be `int` or a list of `boolean`; the type is `int` or a list of `boolean`",
        ),
    ] {
        let schema = schema(&format!("<xs:element name='r'>{inner}</xs:element>"));
        let found = judge(&schema, "<r xmlns='urn:t'>x</r>");
        assert!(found.len() == 1 && found[0].ends_with(words), "{inner} {found:?}");
    }
}
