use super::{check, judge, schema};

const KEYS: &str = "<xs:element name='r'><xs:complexType><xs:sequence>\
    <xs:element name='p' minOccurs='0' maxOccurs='unbounded'><xs:complexType><xs:sequence><xs:element name='n' type='xs:decimal' minOccurs='0' nillable='NIL'/></xs:sequence><xs:attribute name='k' type='xs:int'/></xs:complexType></xs:element>\
    <xs:element name='q' minOccurs='0' maxOccurs='unbounded'><xs:complexType><xs:attribute name='to' type='xs:decimal'/></xs:complexType></xs:element>\
    </xs:sequence></xs:complexType>\
    <xs:unique name='uk'><xs:selector xpath='.//t:p'/><xs:field xpath='@k'/></xs:unique>\
    <xs:key name='kn'><xs:selector xpath='t:p'/><xs:field xpath='t:n'/></xs:key>\
    <xs:keyref name='rf' refer='kn'><xs:selector xpath='t:q'/><xs:field xpath='@to'/></xs:keyref></xs:element>";

#[test]
fn holds_keys_and_what_refers_to_them_by_value() {
    let inner = KEYS.replace("NIL", "false");
    check(
        &inner,
        &[
            ("<r><p k='1'><n>1.0</n></p><p><n>2</n></p><q to='1'/><q to='2.00'/><q/></r>", &[]),
            (
                "<r><p k='1'><n>1</n></p><p k='01'><n>2</n></p></r>",
                &["cvc-identity-constraint.4.1 /r[1]/p[2]"],
            ),
            (
                "<r><p><n>1</n></p><p><n>1.0</n></p></r>",
                &["cvc-identity-constraint.4.2.2 /r[1]/p[2]"],
            ),
            ("<r><p/></r>", &["cvc-identity-constraint.4.2.1 /r[1]/p[1]"]),
            (
                "<r><p><n>1</n></p><q to='1'/><q to='3'/></r>",
                &["cvc-identity-constraint.4.3 /r[1]/q[2]"],
            ),
            // A value that is not valid is one fault and not two.
            ("<r><p><n>x</n></p></r>", &["cvc-datatype-valid.1.2.1 /r[1]/p[1]/n[1]"]),
        ],
    );
    let inner = KEYS.replace("NIL", "true");
    check(&inner, &[("<r><p><n>1</n></p></r>", &["cvc-identity-constraint.4.2.3 /r[1]/p[1]"])]);
}

#[test]
fn keeps_keys_apart_by_the_element_that_holds_them() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='g' maxOccurs='9'><xs:complexType><xs:sequence>\
        <xs:element name='p' maxOccurs='9'><xs:complexType><xs:attribute name='k' type='xs:string'/></xs:complexType></xs:element></xs:sequence></xs:complexType>\
        <xs:unique name='u'><xs:selector xpath='t:p'/><xs:field xpath='@k'/></xs:unique></xs:element>\
        <xs:element name='q' minOccurs='0' maxOccurs='9'><xs:complexType><xs:attribute name='to' type='xs:string'/></xs:complexType></xs:element></xs:sequence></xs:complexType>\
        <xs:keyref name='f' refer='u'><xs:selector xpath='t:q'/><xs:field xpath='@to'/></xs:keyref></xs:element>";
    check(
        inner,
        &[
            ("<r><g><p k='1'/></g><g><p k='2'/><p k='3'/></g><q to='1'/><q to='3'/></r>", &[]),
            (
                "<r><g><p k='1'/><p k='1'/></g></r>",
                &["cvc-identity-constraint.4.1 /r[1]/g[1]/p[2]"],
            ),
            // Two elements have the key, so it is none of the outer one's.
            (
                "<r><g><p k='1'/></g><g><p k='1'/></g><q to='1'/></r>",
                &["cvc-identity-constraint.4.3 /r[1]/q[1]"],
            ),
        ],
    );
}

#[test]
fn a_field_leads_to_one_value() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='p' maxOccurs='9'><xs:complexType><xs:sequence>\
        <xs:element name='n' maxOccurs='9'><xs:complexType mixed='true'><xs:sequence/></xs:complexType></xs:element><xs:element name='m' type='xs:int' minOccurs='0' maxOccurs='9'/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType>\
        <xs:unique name='u'><xs:selector xpath='t:p'/><xs:field xpath='t:m'/></xs:unique></xs:element>";
    check(
        inner,
        &[
            ("<r><p><n/><m>1</m></p><p><n/><m>2</m></p></r>", &[]),
            ("<r><p><n/><m>1</m><m>2</m></p></r>", &["cvc-identity-constraint.3 /r[1]/p[1]"]),
        ],
    );
}

#[test]
fn leads_references_to_ids() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='x' maxOccurs='9'><xs:complexType><xs:attribute name='id' type='xs:ID'/><xs:attribute name='to' type='xs:IDREFS'/></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>";
    let schema = schema(inner);
    let text = "<r xmlns='urn:t'>\n<x id='a' to='b c'/>\n<x id='b'/><x id='a'/></r>";
    assert_eq!(
        judge(&schema, text),
        [
            "2:11 cvc-id.1 /r[1]/x[1]/@to a reference leads to no ID of the document",
            "3:15 cvc-id.2 /r[1]/x[3]/@id an ID must be unique in the document",
        ]
    );
}

#[test]
fn a_value_that_is_none_is_told_once_wherever_a_field_leads_to_it() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='k' maxOccurs='9'><xs:complexType><xs:simpleContent><xs:extension base='xs:date'><xs:attribute name='n' type='xs:date'/></xs:extension></xs:simpleContent></xs:complexType></xs:element></xs:sequence></xs:complexType>\
        <xs:KIND name='K'><xs:selector xpath='t:k'/><xs:field xpath='FIELD'/></xs:KIND></xs:element>";
    for kind in ["key", "unique"] {
        let schema = inner.replace("KIND", kind);
        let bad = "<r><k n='x'>2026-01-01</k></r>";
        check(
            &schema.replace("FIELD", "@n"),
            &[(bad, &["cvc-datatype-valid.1.2.1 /r[1]/k[1]/@n"])],
        );
        check(
            &schema.replace("FIELD", "."),
            &[("<r><k>x</k></r>", &["cvc-datatype-valid.1.2.1 /r[1]/k[1]"])],
        );
    }
}
