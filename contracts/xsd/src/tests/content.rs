use super::{check, judge, schema};

#[test]
fn follows_sequences_choices_and_repetitions() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence>\
        <xs:element name='a' type='xs:int' minOccurs='0' maxOccurs='2'/>\
        <xs:choice minOccurs='0' maxOccurs='unbounded'><xs:element name='b'/><xs:element name='c'/></xs:choice>\
        <xs:element name='d' minOccurs='2' maxOccurs='3'/></xs:sequence></xs:complexType></xs:element>";
    check(
        inner,
        &[
            ("<r><d/><d/></r>", &[]),
            ("<r><a>1</a><a>1</a><c/><b/><c/><d/><d/><d/></r>", &[]),
            (
                "<r><a>1</a><a>1</a><a>x</a><d/><d/></r>",
                &["cvc-complex-type.2.4.a /r[1]/a[3]", "cvc-datatype-valid.1.2.1 /r[1]/a[3]"],
            ),
            ("<r><b/><d/></r>", &["cvc-complex-type.2.4.b /r[1]"]),
            ("<r><d/><d/><d/><d/></r>", &["cvc-complex-type.2.4.d /r[1]/d[4]"]),
            ("<r><d/><x/><b/><d/></r>", &["cvc-complex-type.2.4.a /r[1]/*[2]"]),
            ("<r>x<d/><d/>y</r>", &["cvc-complex-type.2.3 /r[1]"]),
        ],
    );
}

/// Text that is read in pieces stands where the first of them begins.
#[test]
fn places_text_where_it_begins() {
    let schema = schema(
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='d' minOccurs='0'/></xs:sequence></xs:complexType></xs:element>",
    );
    for content in
        ["&#10;x", "\n<![CDATA[x]]>", "<![CDATA[]]> <![CDATA[ x]]>y", "<!-- --> &#120;<d/>"]
    {
        let found = judge(&schema, &format!("<r xmlns='urn:t'>{content}</r>"));
        assert_eq!(found.len(), 1, "{content} {found:#?}");
    }
}

#[test]
fn counts_instead_of_unrolling() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence>\
        <xs:sequence minOccurs='20' maxOccurs='1000000000'><xs:element name='a' minOccurs='0'/><xs:element name='b'/></xs:sequence>\
        <xs:element name='c' minOccurs='0' maxOccurs='30'/></xs:sequence></xs:complexType></xs:element>";
    let schema = schema(inner);
    let count = |b: usize, c: usize| {
        let text = format!("<r xmlns='urn:t'>{}{}</r>", "<a/><b/>".repeat(b), "<c/>".repeat(c));
        judge(&schema, &text).first().cloned().unwrap_or_default()
    };
    assert_eq!(count(20, 30), "");
    assert_eq!(count(5_000, 0), "");
    assert!(count(19, 0).contains("cvc-complex-type.2.4.b"), "{}", count(19, 0));
    assert!(count(19, 1).contains("cvc-complex-type.2.4.a"), "{}", count(19, 1));
    assert!(count(20, 31).contains("cvc-complex-type.2.4.d"), "{}", count(20, 31));
}

#[test]
fn counts_what_may_be_empty_and_what_counts_in_two_ways() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence minOccurs='50' maxOccurs='60'>\
        <xs:element name='a' minOccurs='0' maxOccurs='100'/></xs:sequence></xs:complexType></xs:element>\
        <xs:element name='s'><xs:complexType><xs:sequence minOccurs='20' maxOccurs='20'>\
        <xs:element name='a' minOccurs='1' maxOccurs='3'/></xs:sequence></xs:complexType></xs:element>";
    let schema = schema(inner);
    let valid = |name: &str, count: usize| {
        let text = format!("<{name} xmlns='urn:t'>{}</{name}>", "<a/>".repeat(count));
        judge(&schema, &text).is_empty()
    };
    assert!(valid("r", 0) && valid("r", 1) && valid("r", 6_000) && !valid("r", 6_001));
    assert!(!valid("s", 19) && valid("s", 20) && valid("s", 60) && !valid("s", 61));
}

#[test]
fn takes_all_groups_in_any_order() {
    let inner = "<xs:element name='r'><xs:complexType><xs:all><xs:element name='a' type='xs:int'/>\
        <xs:element name='b' minOccurs='0'/><xs:element name='c'/></xs:all></xs:complexType></xs:element>";
    check(
        inner,
        &[
            ("<r><c/><a>1</a></r>", &[]),
            ("<r><b/><a>1</a><c/></r>", &[]),
            ("<r><c/><c/><a>1</a></r>", &["cvc-complex-type.2.4.a /r[1]/c[2]"]),
            ("<r><b/></r>", &["cvc-complex-type.2.4.b /r[1]"]),
        ],
    );
}

#[test]
fn lets_members_of_a_substitution_group_stand_for_their_head() {
    let inner = "<xs:element name='h' type='xs:string' abstract='true'/><xs:element name='i' type='xs:token' substitutionGroup='h'/>\
        <xs:element name='j' type='xs:NCName' substitutionGroup='i'/><xs:element name='k' block='substitution' type='xs:string'/>\
        <xs:element name='l' type='xs:string' substitutionGroup='k'/>\
        <xs:element name='r'><xs:complexType><xs:sequence><xs:element ref='h' maxOccurs='9'/><xs:element ref='k' minOccurs='0'/></xs:sequence></xs:complexType></xs:element>";
    check(
        inner,
        &[
            ("<r><i>x</i><j>x</j></r>", &[]),
            ("<r><j>1 2</j></r>", &["cvc-datatype-valid.1.2.1 /r[1]/j[1]"]),
            ("<r><h>x</h></r>", &["cvc-elt.2 /r[1]/h[1]"]),
            ("<r><i/><l/></r>", &["cvc-complex-type.2.4.a /r[1]/l[1]"]),
        ],
    );
}

#[test]
fn judges_what_wildcards_let_in_as_they_ask_for() {
    let inner = "<xs:element name='g' type='xs:int'/>\
        <xs:element name='r'><xs:complexType><xs:sequence><xs:element name='a' minOccurs='0'/>\
        <xs:any namespace='##other' processContents='lax' minOccurs='0'/><xs:element name='m' minOccurs='0'/>\
        <xs:any namespace='##targetNamespace' processContents='strict' minOccurs='0'/><xs:element name='n' minOccurs='0'/>\
        <xs:any namespace='##local' processContents='skip' minOccurs='0' maxOccurs='2'/></xs:sequence>\
        <xs:anyAttribute namespace='##other' processContents='lax'/></xs:complexType></xs:element>";
    // `a`, `m` and `n` are of the target namespace, so only the names that no particle has are the
    // wildcards'.
    let (schema, faults) = super::compile(inner);
    assert!(schema.is_none() && faults[0].constraint.contains("nonambig"), "{faults:?}");
    let inner = "<xs:element name='g' type='xs:int'/>\
        <xs:element name='r'><xs:complexType><xs:sequence>\
        <xs:any namespace='##other' processContents='lax' minOccurs='0'/>\
        <xs:any namespace='##targetNamespace' processContents='strict' minOccurs='0' maxOccurs='2'/>\
        <xs:any namespace='##local' processContents='skip' minOccurs='0' maxOccurs='2'/></xs:sequence>\
        <xs:anyAttribute namespace='##other' processContents='lax'/></xs:complexType></xs:element>";
    check(
        inner,
        &[
            (
                "<r><o:x xmlns:o='urn:o'><g>x</g><g>1</g></o:x><g>1</g></r>",
                &["cvc-datatype-valid.1.2.1 /r[1]/*[1]/g[1]"],
            ),
            ("<r><g>1</g><x/></r>", &["cvc-elt.1 /r[1]/*[2]"]),
            ("<r><x xmlns=''><g xmlns='urn:t'>x</g></x></r>", &[]),
            ("<r xmlns:o='urn:o' o:x='1' x='1'/>", &["cvc-complex-type.3.2.2 /r[1]/@*"]),
            ("<r xml:lang='??'/>", &[]),
        ],
    );
}

#[test]
fn counts_positions_of_names_and_of_all() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence><xs:choice minOccurs='0' maxOccurs='unbounded'>\
        <xs:element name='a' type='xs:int'/><xs:element name='b'><xs:complexType><xs:sequence>\
        <xs:element name='a' type='xs:int' minOccurs='0' maxOccurs='unbounded'/></xs:sequence></xs:complexType></xs:element>\
        </xs:choice></xs:sequence></xs:complexType></xs:element>";
    check(
        inner,
        &[(
            "<r><a>1</a><b><a>1</a><a>x</a></b><a>x</a><b><a>x</a></b><z/><b><a>x</a></b></r>",
            &[
                "cvc-datatype-valid.1.2.1 /r[1]/b[1]/a[2]",
                "cvc-datatype-valid.1.2.1 /r[1]/a[2]",
                "cvc-datatype-valid.1.2.1 /r[1]/b[2]/a[1]",
                "cvc-complex-type.2.4.a /r[1]/*[5]",
                "cvc-datatype-valid.1.2.1 /r[1]/b[3]/a[1]",
            ],
        )],
    );
}
