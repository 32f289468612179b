//! Where the front end decides otherwise than the recommendation: what is mended before it, after it and beside it.

use super::{check, compile};

/// A schema and documents that are judged by it.
fn accepted(inner: &str) {
    let (schema, faults) = compile(inner);
    assert!(schema.is_some() && faults.is_empty(), "{inner} {faults:?}");
}

fn refused(inner: &str, line: u32, constraint: &str) {
    let (schema, faults) = compile(inner);
    assert!(schema.is_none(), "{inner}");
    let found: Vec<(u32, &str)> =
        faults.iter().map(|each| (each.line, each.constraint.as_str())).collect();
    assert_eq!(found, [(line, constraint)], "{inner} {faults:?}");
}

const EUR: &str = "<xs:simpleType><xs:restriction base='xs:string'><xs:enumeration value='EUR'/></xs:restriction></xs:simpleType>";
const LIST: &str = "<xs:simpleType><xs:list itemType='xs:boolean'/></xs:simpleType>";

#[test]
fn a_union_has_all_its_members_wherever_it_is_read() {
    for inline in [EUR, LIST] {
        let union = format!("<xs:union memberTypes='xs:int xs:date'>{inline}</xs:union>");
        let named = |name: &str| format!("<xs:simpleType name='{name}'>{union}</xs:simpleType>");
        let restricting = |base: &str| {
            format!(
                "<xs:simpleType name='u'><xs:restriction {base}</xs:restriction></xs:simpleType>"
            )
        };
        let element = "<xs:element name='r' type='u'/>";
        let facet = "<xs:enumeration value='12'/><xs:enumeration value='2026-01-01'/>";
        for schema in [
            format!("{element}{}{}", restricting("base='u0'>"), named("u0")),
            format!("{element}{}{}", named("u0"), restricting("base='u0'>")),
            format!(
                "{element}{}",
                restricting(&format!("><xs:simpleType>{union}</xs:simpleType>"))
            ),
            format!("{element}{}{}", restricting(&format!("base='u0'>{facet}")), named("u0")),
            format!(
                "{}{}<xs:element name='r' type='u' default='12'/>",
                restricting("base='u0'>"),
                named("u0")
            ),
        ] {
            let wrong = &["cvc-datatype-valid.1.2.3 /r[1]"][..];
            check(&schema, &[("<r>12</r>", &[]), ("<r>2026-01-01</r>", &[]), ("<r>x</r>", wrong)]);
        }
    }
}

/// What stands in annotations is an example, and no part of the schema: nothing of it is blanked out by itself.
#[test]
fn annotations_may_show_what_stands_for_nothing() {
    let shown = "<xs:annotation><xs:appinfo><xs:sequence><xs:element name='x' minOccurs='0' maxOccurs='0'/></xs:sequence></xs:appinfo></xs:annotation>";
    accepted(&format!(
        "<xs:complexType name='t'><xs:complexContent>{shown}<xs:restriction base='xs:anyType'>{shown}<xs:attribute name='a'/></xs:restriction></xs:complexContent></xs:complexType>"
    ));
    accepted(&format!(
        "<xs:complexType name='t'><xs:sequence>{shown}</xs:sequence></xs:complexType>"
    ));
}

/// Contents that are empty, each written in another way.
const EMPTY: &[&str] = &[
    "",
    "<xs:sequence/>",
    "<xs:all/>",
    "<xs:all><xs:annotation/></xs:all>",
    "<xs:choice minOccurs='0'/>",
    "<xs:sequence minOccurs='0' maxOccurs='0'><xs:element name='z'/></xs:sequence>",
    "<xs:choice minOccurs='0' maxOccurs='0'><xs:element name='z' type='xs:int'/></xs:choice>",
    "<xs:group ref='g' minOccurs='0' maxOccurs='0'/>",
];

#[test]
fn what_is_written_empty_is_empty() {
    let group = "<xs:group name='g'><xs:sequence><xs:element name='z'/></xs:sequence></xs:group>";
    let long = |base: &str, content: &str| {
        format!(
            "<xs:complexContent><xs:{base}>{content}</xs:{}></xs:complexContent>",
            &base[..base.find(' ').unwrap()]
        )
    };
    for empty in EMPTY {
        let bases = [
            (*empty).to_owned(),
            long("restriction base='xs:anyType'", empty),
            long(
                "restriction base='xs:anyType'",
                &format!("<xs:annotation/>{empty}<xs:attribute name='k'/>"),
            ),
        ];
        for base in bases {
            let schema = |extension: &str| {
                format!(
                    "{group}<xs:complexType name='b'>{base}</xs:complexType><xs:element name='r'><xs:complexType>{extension}</xs:complexType></xs:element>"
                )
            };
            let all =
                long("extension base='b'", "<xs:all><xs:element name='a' minOccurs='0'/></xs:all>");
            let mixed = long(
                "extension base='b'",
                "<xs:choice minOccurs='0'><xs:element name='a'/></xs:choice>",
            )
            .replace("<xs:complexContent>", "<xs:complexContent mixed='true'>");
            check(
                &schema(&all),
                &[
                    ("<r/>", &[]),
                    ("<r><a/></r>", &[]),
                    ("<r><a/><a/></r>", &["cvc-complex-type.2.4.d /r[1]/a[2]"]),
                    ("<r>x</r>", &["cvc-complex-type.2.3 /r[1]"]),
                ],
            );
            check(&schema(&mixed), &[("<r>x<a/>y</r>", &[]), ("<r><a/></r>", &[])]);
        }
        check(
            &format!(
                "{group}<xs:element name='r'><xs:complexType>{empty}</xs:complexType></xs:element>"
            ),
            &[("<r/>", &[]), ("<r>x</r>", &["cvc-complex-type.2.1 /r[1]"])],
        );
    }
}

#[test]
fn what_may_stand_never_is_no_particle() {
    for never in [
        "<xs:choice minOccurs='0' maxOccurs='0'><xs:element name='b' type='xs:int'/></xs:choice>",
        "<xs:element name='b' type='xs:int' minOccurs='0' maxOccurs='0'/>",
        "<xs:any minOccurs='0' maxOccurs='0'/>",
        "<xs:element minOccurs='0' maxOccurs='0' name='b'><xs:complexType><xs:sequence minOccurs='0' maxOccurs='0'/></xs:complexType></xs:element>",
    ] {
        for model in [
            format!("<xs:sequence>{never}<xs:element name='b' type='xs:string'/></xs:sequence>"),
            format!("<xs:choice><xs:element name='b' type='xs:string'/>{never}</xs:choice>"),
        ] {
            check(
                &format!(
                    "<xs:element name='r'><xs:complexType>{model}</xs:complexType></xs:element>"
                ),
                &[("<r><b>x</b></r>", &[]), ("<r/>", &["cvc-complex-type.2.4.b /r[1]"])],
            );
        }
    }
    // What stands in it must have the form of a schema all the same, and what stands behind it has its place.
    let never = "<xs:sequence minOccurs='0' maxOccurs='0'>\n<xs:element nome='b'/></xs:sequence>";
    let model = |never: &str, rest: &str| {
        format!(
            "<xs:complexType name='t'><xs:sequence>{never}{rest}</xs:sequence></xs:complexType>"
        )
    };
    let (schema, faults) = compile(&model(never, ""));
    assert!(schema.is_none() && faults[0].line == 3, "{faults:?}");
    let ambiguous = "\n<xs:any minOccurs='0'/><xs:any/>";
    refused(&model(&never.replace("nome", "name"), ambiguous), 4, "cos-nonambig");
}

#[test]
fn a_group_all_is_the_whole_of_a_content() {
    let one = "<xs:element name='a'/>";
    let two = "<xs:element name='b'/>";
    let group = |name: &str, inner: &str| format!("<xs:group name='{name}'>{inner}</xs:group>");
    let groups = group("all", &format!("<xs:all>{one}</xs:all>"))
        + &group("seq", &format!("<xs:sequence>{two}</xs:sequence>"));
    let schema = |base: &str, added: &str| {
        format!(
            "{groups}<xs:complexType name='b'>{base}</xs:complexType><xs:complexType name='m'><xs:complexContent><xs:extension base='b'><xs:attribute name='k'/></xs:extension></xs:complexContent></xs:complexType>\n<xs:complexType name='d'><xs:complexContent><xs:extension base='m'>{added}</xs:extension></xs:complexContent></xs:complexType>"
        )
    };
    let all = format!("<xs:all>{one}</xs:all>");
    for base in [&all, "<xs:group ref='all'/>"] {
        for added in [&format!("<xs:sequence>{two}</xs:sequence>"), "<xs:group ref='seq'/>"] {
            refused(&schema(base, added), 3, "cos-all-limited.1.2");
            accepted(&schema(added, added));
        }
        accepted(&schema(base, ""));
        accepted(&schema(base, "<xs:sequence/>"));
        accepted(&schema("", base));
        refused(
            &schema("<xs:group ref='seq'/>", "<xs:group ref='all'/>"),
            3,
            "cos-all-limited.1.2",
        );
    }
}

#[test]
fn faults_that_the_front_end_lets_pass_are_told() {
    for (inner, constraint) in [
        (
            "<xs:element name='h' type='xs:int'/><xs:element name='i' type='xs:int'/>\n<xs:element name='e' type='xs:int' substitutionGroup='h i'/>",
            "s4s-att-invalid-value",
        ),
        ("\n<xs:element name='e' type='xs:NOTATION'/>", "enumeration-required-notation"),
        ("\n<xs:attribute name='e' type='xs:NOTATION'/>", "enumeration-required-notation"),
    ] {
        refused(inner, 3, constraint);
    }
    accepted(
        "<xs:notation name='n' public='n'/><xs:simpleType name='t'><xs:restriction base='xs:NOTATION'><xs:enumeration value='n'/></xs:restriction></xs:simpleType><xs:attribute name='a' type='t'/>",
    );
}

/// Whichever of the references takes an element, it is the same particle of the group.
#[test]
fn a_group_is_not_ambiguous_beside_itself() {
    accepted(
        "<xs:group name='g'><xs:sequence><xs:element name='a'/></xs:sequence></xs:group><xs:complexType name='t'><xs:sequence><xs:group ref='g' minOccurs='0'/><xs:group ref='g'/></xs:sequence></xs:complexType>",
    );
}
