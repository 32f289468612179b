use super::{check, judge, schema};

const TYPES: &str = "<xs:complexType name='base'><xs:sequence><xs:element name='a' type='xs:int'/></xs:sequence></xs:complexType>\
    <xs:complexType name='more'><xs:complexContent><xs:extension base='base'><xs:sequence><xs:element name='b'/></xs:sequence>\
    <xs:attribute name='k' type='xs:int' use='required'/></xs:extension></xs:complexContent></xs:complexType>\
    <xs:complexType name='other'/><xs:simpleType name='small'><xs:restriction base='xs:int'><xs:maxInclusive value='9'/></xs:restriction></xs:simpleType>";

#[test]
fn takes_types_that_elements_name_themselves() {
    let inner = format!(
        "{TYPES}<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='x' type='base' maxOccurs='9'/>\
         <xs:element name='y' type='base' block='extension' minOccurs='0'/><xs:element name='z' type='xs:int' minOccurs='0'/></xs:sequence></xs:complexType></xs:element>"
    );
    check(
        &inner,
        &[
            ("<r><x><a>1</a></x><x xsi:type='more' k='1'><a>1</a><b/></x></r>", &[]),
            (
                "<r><x xsi:type='more'><a>1</a></x></r>",
                &["cvc-complex-type.4 /r[1]/x[1]", "cvc-complex-type.2.4.b /r[1]/x[1]"],
            ),
            ("<r><x xsi:type='other'><a>1</a></x></r>", &["cvc-elt.4.3 /r[1]/x[1]"]),
            ("<r><x xsi:type='nope'><a>1</a></x></r>", &["cvc-elt.4.2 /r[1]/x[1]"]),
            ("<r><x xsi:type='p:more'><a>1</a></x></r>", &["cvc-elt.4.1 /r[1]/x[1]"]),
            (
                "<r><x><a>1</a></x><y xsi:type='more' k='1'><a>1</a><b/></y></r>",
                &["cvc-elt.4.3 /r[1]/y[1]"],
            ),
            (
                "<r><x><a>1</a></x><z xsi:type='small'>10</z></r>",
                &["cvc-maxInclusive-valid /r[1]/z[1]"],
            ),
        ],
    );
}

#[test]
fn holds_what_is_nil_fixed_or_there_by_default() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence>\
        <xs:element name='n' type='xs:int' nillable='true' minOccurs='0'/>\
        <xs:element name='f' type='xs:decimal' fixed='1.0' minOccurs='0'/>\
        <xs:element name='d' type='xs:int' default='7' minOccurs='0'/>\
        <xs:element name='m' fixed='x' minOccurs='0'><xs:complexType mixed='true'><xs:sequence><xs:element name='q' minOccurs='0'/></xs:sequence></xs:complexType></xs:element>\
        <xs:element name='e' minOccurs='0'><xs:complexType/></xs:element>\
        </xs:sequence><xs:attribute name='g' type='xs:decimal' fixed='2.50'/></xs:complexType></xs:element>";
    check(
        inner,
        &[
            ("<r g='2.5'><n xsi:nil='true'/><f>1</f><d/><m>x</m><e/></r>", &[]),
            (
                "<r g='2.6'><n xsi:nil='1'>1</n><f>2</f></r>",
                &[
                    "cvc-complex-type.3.1 /r[1]/@g",
                    "cvc-elt.3.2.1 /r[1]/n[1]",
                    "cvc-elt.5.2.2.2.2 /r[1]/f[1]",
                ],
            ),
            ("<r><n/><f/><m/></r>", &["cvc-datatype-valid.1.2.1 /r[1]/n[1]"]),
            ("<r><m>y</m></r>", &["cvc-elt.5.2.2.2.1 /r[1]/m[1]"]),
            ("<r><m>x<q/></m></r>", &["cvc-elt.5.2.2.1 /r[1]/m[1]"]),
            ("<r><d xsi:nil='true'/></r>", &["cvc-elt.3.1 /r[1]/d[1]"]),
            ("<r><e> </e></r>", &["cvc-complex-type.2.1 /r[1]/e[1]"]),
            ("<r><e><x/></e></r>", &["cvc-complex-type.2.1 /r[1]/e[1]/*[1]"]),
            ("<r><d k='1'>1</d></r>", &["cvc-type.3.1.1 /r[1]/d[1]/@*"]),
        ],
    );
}

#[test]
fn names_that_the_schema_gives_mean_what_they_mean_there() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence>\
        <xs:element name='f' type='xs:QName' fixed='t:a' minOccurs='0'/><xs:element name='d' type='xs:QName' default='t:a' minOccurs='0' maxOccurs='2'/>\
        <xs:element xmlns:own='urn:own' name='o' type='xs:QName' fixed='own:a' minOccurs='0'/>\
        </xs:sequence><xs:attribute name='k' type='xs:QName' fixed='t:a'/></xs:complexType>\
        <xs:unique name='u'><xs:selector xpath='t:d'/><xs:field xpath='.'/></xs:unique></xs:element>";
    check(
        inner,
        &[
            ("<r xmlns:q='urn:t' k='q:a'><f>q:a</f></r>", &[]),
            ("<r k='a'><f>a</f></r>", &[]),
            ("<r xmlns:t='urn:x' k='t:a'/>", &["cvc-complex-type.3.1 /r[1]/@k"]),
            ("<r xmlns:t='urn:x'><f>t:a</f></r>", &["cvc-elt.5.2.2.2.2 /r[1]/f[1]"]),
            ("<r><o xmlns:p='urn:own'>p:a</o></r>", &[]),
            ("<r><o>a</o></r>", &["cvc-elt.5.2.2.2.2 /r[1]/o[1]"]),
            ("<r><d/></r>", &[]),
            ("<r><d/><d>a</d></r>", &["cvc-identity-constraint.4.1 /r[1]/d[2]"]),
        ],
    );
}

#[test]
fn narrows_the_values_of_complex_types() {
    let inner = "<xs:complexType name='b'><xs:simpleContent><xs:extension base='xs:string'><xs:attribute name='k'/></xs:extension></xs:simpleContent></xs:complexType>\
        <xs:complexType name='c'><xs:simpleContent><xs:restriction base='b'><xs:maxLength value='2'/></xs:restriction></xs:simpleContent></xs:complexType>\
        <xs:element name='r' type='c'/>";
    check(inner, &[("<r k='1'>ab</r>", &[]), ("<r>abc</r>", &["cvc-maxLength-valid /r[1]"])]);
}

#[test]
fn reads_names_in_values_by_the_prefixes_of_their_element() {
    let inner = "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='q' type='xs:QName' maxOccurs='9'/></xs:sequence></xs:complexType></xs:element>";
    let schema = schema(inner);
    let text = "<r xmlns='urn:t'><q xmlns:p='urn:p'>p:x</q><q>p:x</q></r>";
    assert_eq!(
        judge(&schema, text),
        [
            "1:44 cvc-datatype-valid.1.2.1 /r[1]/q[2] the value must be a name whose prefix is declared; the type is `QName`"
        ]
    );
}

#[test]
fn inherits_attributes_as_types_are_derived() {
    let inner = "<xs:attributeGroup name='g'><xs:attribute name='a' type='xs:int'/><xs:attribute name='b' use='required'/></xs:attributeGroup>\
        <xs:complexType name='t'><xs:attributeGroup ref='g'/><xs:attribute name='c'/></xs:complexType>\
        <xs:complexType name='u'><xs:complexContent><xs:restriction base='t'><xs:attribute name='c' use='prohibited'/><xs:attribute name='a' type='xs:byte' use='required'/></xs:restriction></xs:complexContent></xs:complexType>\
        <xs:element name='r'><xs:complexType><xs:choice maxOccurs='9'><xs:element name='t' type='t'/><xs:element name='u' type='u'/></xs:choice></xs:complexType></xs:element>";
    check(
        inner,
        &[
            ("<r><t b='' c=''/><u b='' a='1'/></r>", &[]),
            ("<r><t/></r>", &["cvc-complex-type.4 /r[1]/t[1]"]),
            (
                "<r><u b='' a='300' c=''/></r>",
                &["cvc-maxInclusive-valid /r[1]/u[1]/@a", "cvc-complex-type.3.2.2 /r[1]/u[1]/@c"],
            ),
        ],
    );
}
