//! One invalid document for each validation rule of XML Schema 1.0 that a document can break (Part 1,
//! appendix C.1; Part 2, section 4.3), in the order of the recommendation: rule, path, place and words.
//!
//! Rules that say nothing of their own have no row: `cvc-accept`, `cvc-particle` and `cvc-model-group` are
//! told as clause 2.4 of `cvc-complex-type`, by the letters that Xerces gave it (a: something else must
//! come, b: more must come, d: nothing may come); `cvc-facet-valid` as the facet's rule;
//! `cvc-resolve-instance` as the clause that resolves; `cvc-wildcard` as the clause that the wildcard is of.

use super::{judge, schema};

/// What stands in the schema, the content of a document's element `r` with its attributes, and what is found.
type Row = (&'static str, &'static str, &'static [&'static str]);

const XSI: &str = "xmlns='urn:t' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'";

/// Element declarations and validity of types (Part 1, sections 3.3.4 and 3.2.4).
const ELEMENTS: &[Row] = &[
    ("", "<r/>", &["1:1 cvc-elt.1 /*[1] the schema has no declaration for the element"]),
    (
        "<xs:element name='h' abstract='true'/><xs:element name='r'><xs:complexType><xs:sequence><xs:element ref='h'/></xs:sequence></xs:complexType></xs:element>",
        "<r>\n <h/></r>",
        &[
            "2:2 cvc-elt.2 /r[1]/h[1] the element is abstract: one of its substitution group must stand here",
        ],
    ),
    (
        "<xs:element name='r' type='xs:string'/>",
        "<r xsi:nil='false'>a</r>",
        &["1:1 cvc-elt.3.1 /r[1] xsi:nil may not stand on an element that is not nillable"],
    ),
    (
        "<xs:element name='r' type='xs:string' nillable='true'/>",
        "<r xsi:nil='true'>a</r>",
        &["1:COL cvc-elt.3.2.1 /r[1] an element with xsi:nil=\"true\" must be empty"],
    ),
    (
        "<xs:element name='r' type='xs:string' nillable='true' fixed='a'/>",
        "<r xsi:nil='true'/>",
        &["1:1 cvc-elt.3.2.2 /r[1] an element with a fixed value may not have xsi:nil=\"true\""],
    ),
    (
        "<xs:element name='r' type='xs:string'/>",
        "<r xsi:type='no:such'>a</r>",
        &["1:1 cvc-elt.4.1 /r[1] xsi:type is not a name whose prefix is declared"],
    ),
    (
        "<xs:element name='r' type='xs:string'/>",
        "<r xsi:type='such'>a</r>",
        &["1:1 cvc-elt.4.2 /r[1] xsi:type names no type of the schema"],
    ),
    (
        "<xs:element name='r' type='xs:string'/><xs:simpleType name='n'><xs:restriction base='xs:int'/></xs:simpleType>",
        "<r xsi:type='n'>1</r>",
        &["1:1 cvc-elt.4.3 /r[1] xsi:type names a type that may not stand for the declared one"],
    ),
    (
        "<xs:element name='r' type='xs:int' default='10'/><xs:simpleType name='n'><xs:restriction base='xs:int'><xs:maxInclusive value='9'/></xs:restriction></xs:simpleType>",
        "<r xsi:type='n'/>",
        &[
            "1:1 cvc-elt.5.1.1 /r[1] the default value of the element must be at most 9; the type is `n`",
        ],
    ),
    (
        "<xs:element name='r' fixed='a'><xs:complexType mixed='true'><xs:sequence><xs:element name='x' minOccurs='0'/></xs:sequence></xs:complexType></xs:element>",
        "<r>a<x/></r>",
        &["1:1 cvc-elt.5.2.2.1 /r[1] an element with a fixed value may have no elements"],
    ),
    (
        "<xs:element name='r' fixed='a'><xs:complexType mixed='true'><xs:sequence><xs:element name='x' minOccurs='0'/></xs:sequence></xs:complexType></xs:element>",
        "<r>b</r>",
        &["1:1 cvc-elt.5.2.2.2.1 /r[1] the value is not the one that the schema fixes"],
    ),
    (
        "<xs:element name='r' type='xs:decimal' fixed='1.0'/>",
        "<r>1.1</r>",
        &["1:1 cvc-elt.5.2.2.2.2 /r[1] the value is not the one that the schema fixes"],
    ),
    (
        "<xs:complexType name='b' abstract='true'/><xs:element name='r' type='b'/>",
        "<r/>",
        &["1:1 cvc-type.2 /r[1] the type is abstract: xsi:type must name one derived from it"],
    ),
    (
        "<xs:element name='r' type='xs:int'/>",
        "<r a='1'>1</r>",
        &["1:COL cvc-type.3.1.1 /r[1]/@* the attribute may not stand here: the type is simple"],
    ),
    (
        "<xs:element name='r' type='xs:int'/>",
        "<r>1<r/></r>",
        &["1:COL cvc-type.3.1.2 /r[1]/r[1] no element may stand here: the type is simple"],
    ),
];

/// Complex types and their attributes (Part 1, sections 3.4.4, 3.5.4, 3.2.4 and 3.10.4).
const COMPLEX: &[Row] = &[
    (
        "<xs:element name='r'><xs:complexType/></xs:element>",
        "<r> </r>",
        &["1:COL cvc-complex-type.2.1 /r[1] the element must be empty"],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:simpleContent><xs:extension base='xs:int'/></xs:simpleContent></xs:complexType></xs:element>",
        "<r>1<r/></r>",
        &[
            "1:COL cvc-complex-type.2.2 /r[1]/r[1] no element may stand here: the content is a value",
        ],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='x'/></xs:sequence></xs:complexType></xs:element>",
        "<r><x/>\na</r>",
        &[
            "1:COL cvc-complex-type.2.3 /r[1] text may not stand here: the type allows elements alone",
        ],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='x'/><xs:element name='y'/></xs:sequence></xs:complexType></xs:element>",
        "<r>\n<y/></r>",
        &["2:1 cvc-complex-type.2.4.a /r[1]/y[1] the element may not stand here; expected: x"],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='x'/><xs:element name='y'/></xs:sequence></xs:complexType></xs:element>",
        "<r>\n<x/></r>",
        &["1:1 cvc-complex-type.2.4.b /r[1] the element is not complete; expected: y"],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='x'/></xs:sequence></xs:complexType></xs:element>",
        "<r>\n<x/><x/></r>",
        &["2:5 cvc-complex-type.2.4.d /r[1]/x[2] no element may stand here"],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:any namespace='##other' processContents='strict'/></xs:sequence></xs:complexType></xs:element>",
        "<r>\n<x xmlns='urn:o'/></r>",
        &["2:1 cvc-elt.1 /r[1]/*[1] the schema has no declaration for the element"],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:attribute name='a' type='xs:int'/></xs:complexType></xs:element>",
        "<r\na='x'/>",
        &[
            "2:1 cvc-datatype-valid.1.2.1 /r[1]/@a the value must be a whole number; the type is `int`",
        ],
    ),
    (
        "<xs:attribute name='a' type='xs:int' fixed='1'/><xs:element name='r'><xs:complexType><xs:attribute ref='a'/></xs:complexType></xs:element>",
        "<r xmlns:t='urn:t'\nt:a='2'/>",
        &["2:1 cvc-attribute.4 /r[1]/@t:a the value is not the one that the schema fixes"],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:attribute name='a' type='xs:int' fixed='1'/></xs:complexType></xs:element>",
        "<r\na='2'/>",
        &["2:1 cvc-complex-type.3.1 /r[1]/@a the value is not the one that the schema fixes"],
    ),
    (
        "<xs:element name='r'><xs:complexType/></xs:element>",
        "<r\na='2'/>",
        &["2:1 cvc-complex-type.3.2.2 /r[1]/@* the attribute may not stand here"],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:anyAttribute namespace='##other'/></xs:complexType></xs:element>",
        "<r\na='2'/>",
        &["2:1 cvc-complex-type.3.2.2 /r[1]/@* the attribute may not stand here"],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:anyAttribute processContents='strict'/></xs:complexType></xs:element>",
        "<r\na='2'/>",
        &["2:1 cvc-assess-attr.1.2 /r[1]/@* the schema has no declaration for the attribute"],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:attribute name='a' use='required'/></xs:complexType></xs:element>",
        "<r/>",
        &["1:1 cvc-complex-type.4 /r[1] the attribute 'a' is required"],
    ),
    (
        "<xs:attribute name='i' type='xs:ID'/><xs:attribute name='j' type='xs:ID'/><xs:element name='r'><xs:complexType><xs:anyAttribute/></xs:complexType></xs:element>",
        "<r xmlns:t='urn:t' t:i='a' t:j='b'/>",
        &["1:1 cvc-complex-type.5.1 /r[1] an element may have one ID among its attributes"],
    ),
    (
        "<xs:attribute name='i' type='xs:ID'/><xs:element name='r'><xs:complexType><xs:attribute name='k' type='xs:ID'/><xs:anyAttribute/></xs:complexType></xs:element>",
        "<r xmlns:t='urn:t' t:i='a'/>",
        &["1:1 cvc-complex-type.5.2 /r[1] an element may have one ID among its attributes"],
    ),
];

/// Identity (Part 1, sections 3.11.4 and 3.15.4).
const IDENTITY: &[Row] = &[
    (
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='x' maxOccurs='9'><xs:complexType><xs:sequence><xs:element name='y' type='xs:int' maxOccurs='2'/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType><xs:unique name='u'><xs:selector xpath='t:x'/><xs:field xpath='t:y'/></xs:unique></xs:element>",
        "<r>\n<x><y>1</y><y>2</y></x></r>",
        &[
            "2:1 cvc-identity-constraint.3 /r[1]/x[1] a field of 'u' must lead to one node at most, and to a value",
        ],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='x' type='xs:decimal' maxOccurs='9'/></xs:sequence></xs:complexType><xs:unique name='u'><xs:selector xpath='t:x'/><xs:field xpath='.'/></xs:unique></xs:element>",
        "<r>\n<x>1</x><x>1.0</x></r>",
        &["2:9 cvc-identity-constraint.4.1 /r[1]/x[2] the values of 'u' must be unique"],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='x' maxOccurs='9'><xs:complexType><xs:attribute name='k'/></xs:complexType></xs:element></xs:sequence></xs:complexType><xs:key name='u'><xs:selector xpath='t:x'/><xs:field xpath='@k'/></xs:key></xs:element>",
        "<r>\n<x/></r>",
        &[
            "2:1 cvc-identity-constraint.4.2.1 /r[1]/x[1] a field of the key 'u' is missing: each must have a value",
        ],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='x' maxOccurs='9'><xs:complexType><xs:attribute name='k'/></xs:complexType></xs:element></xs:sequence></xs:complexType><xs:key name='u'><xs:selector xpath='t:x'/><xs:field xpath='@k'/></xs:key></xs:element>",
        "<r>\n<x k='1'/><x k='1'/></r>",
        &["2:11 cvc-identity-constraint.4.2.2 /r[1]/x[2] the key 'u' must be unique"],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='x' maxOccurs='9'><xs:complexType><xs:sequence><xs:element name='y' type='xs:int' nillable='true'/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType><xs:key name='u'><xs:selector xpath='t:x'/><xs:field xpath='t:y'/></xs:key></xs:element>",
        "<r>\n<x><y>1</y></x></r>",
        &["2:1 cvc-identity-constraint.4.2.3 /r[1]/x[1] the key 'u' may not be nillable"],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='x' maxOccurs='9'><xs:complexType><xs:attribute name='k'/><xs:attribute name='to'/></xs:complexType></xs:element></xs:sequence></xs:complexType><xs:key name='u'><xs:selector xpath='t:x'/><xs:field xpath='@k'/></xs:key><xs:keyref name='v' refer='u'><xs:selector xpath='t:x'/><xs:field xpath='@to'/></xs:keyref></xs:element>",
        "<r>\n<x k='1' to='2'/></r>",
        &["2:1 cvc-identity-constraint.4.3 /r[1]/x[1] the reference 'v' leads to no key"],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:attribute name='a' type='xs:IDREF'/></xs:complexType></xs:element>",
        "<r\na='x'/>",
        &["2:1 cvc-id.1 /r[1]/@a a reference leads to no ID of the document"],
    ),
    (
        "<xs:element name='r'><xs:complexType><xs:sequence><xs:element name='x' type='xs:ID' maxOccurs='9'/></xs:sequence></xs:complexType></xs:element>",
        "<r>\n<x>a</x><x>a</x></r>",
        &["2:9 cvc-id.2 /r[1]/x[2] an ID must be unique in the document"],
    ),
    (
        "<xs:element name='r' type='xs:ENTITY'/>",
        "<r>a</r>",
        &[
            "1:1 cvc-simple-type.2.1 /r[1] the value names an entity, and the document declares none",
        ],
    ),
    (
        "<xs:element name='r' type='xs:ENTITIES'/>",
        "<r>a</r>",
        &[
            "1:1 cvc-simple-type.2.2 /r[1] the value names an entity, and the document declares none",
        ],
    ),
];

#[test]
fn elements_break_the_rules_that_they_break() {
    check_rows(ELEMENTS);
}

#[test]
fn complex_types_break_the_rules_that_they_break() {
    check_rows(COMPLEX);
}

#[test]
fn identities_break_the_rules_that_they_break() {
    check_rows(IDENTITY);
}

/// Base type, facets, a value, and its fault: Part 2, sections 4.1.4 and 4.3.
const VALUES: &[(&str, &str, &str, &str)] = &[
    ("xs:int", "", "x", "cvc-datatype-valid.1.2.1 a whole number"),
    ("list", "", "1 x", "cvc-datatype-valid.1.2.2 a list, each item a whole number"),
    ("union", "", "x", "cvc-datatype-valid.1.2.3 `int` or `date`"),
    ("xs:string", "<xs:length value='2'/>", "a", "cvc-length-valid 2 characters"),
    ("xs:hexBinary", "<xs:length value='2'/>", "00", "cvc-length-valid 2 bytes"),
    ("list", "<xs:length value='2'/>", "1", "cvc-length-valid 2 items"),
    ("xs:string", "<xs:minLength value='2'/>", "a", "cvc-minLength-valid at least 2 characters"),
    ("xs:string", "<xs:maxLength value='2'/>", "abc", "cvc-maxLength-valid at most 2 characters"),
    ("xs:string", "<xs:pattern value='b'/>", "a", "cvc-pattern-valid a text that matches `b`"),
    ("xs:string", "<xs:enumeration value='b'/>", "a", "cvc-enumeration-valid one of `b`"),
    ("xs:int", "<xs:maxInclusive value='2'/>", "3", "cvc-maxInclusive-valid at most 2"),
    ("xs:int", "<xs:maxExclusive value='2'/>", "2", "cvc-maxExclusive-valid less than 2"),
    ("xs:int", "<xs:minInclusive value='2'/>", "1", "cvc-minInclusive-valid at least 2"),
    ("xs:int", "<xs:minExclusive value='2'/>", "2", "cvc-minExclusive-valid more than 2"),
    ("xs:decimal", "<xs:totalDigits value='2'/>", "123", "cvc-totalDigits-valid at most 2 digits"),
    (
        "xs:decimal",
        "<xs:fractionDigits value='1'/>",
        "1.23",
        "cvc-fractionDigits-valid at most 1 digit after the point",
    ),
];

#[test]
fn values_break_the_rules_of_their_facets() {
    const TYPES: &str = "<xs:simpleType name='list'><xs:list itemType='xs:int'/></xs:simpleType>\
        <xs:simpleType name='union'><xs:union memberTypes='xs:int xs:date'/></xs:simpleType>";
    for (base, facets, value, wanted) in VALUES {
        let schema = schema(&format!(
            "{TYPES}<xs:simpleType name='v'><xs:restriction base='{base}'>{facets}</xs:restriction></xs:simpleType>\
             <xs:element name='r' type='v'/>"
        ));
        let found = judge(&schema, &format!("<r xmlns='urn:t'>{value}</r>"));
        let (rule, words) = wanted.split_once(' ').unwrap();
        let wanted = format!("1:1 {rule} /r[1] the value must be {words}; the type is `v`");
        assert_eq!(found, [wanted], "{base} {facets} {value}");
    }
}

fn check_rows(rows: &[Row]) {
    for (inner, text, wanted) in rows {
        let schema = schema(inner);
        let text = text.replacen("<r", &format!("<r {XSI}"), 1);
        let found = judge(&schema, &text);
        // Columns behind the namespaces of the first tag say nothing: they are the same as in the text.
        let shown: Vec<String> = found
            .iter()
            .map(|line| match line.split_once(' ') {
                Some((place, rest)) => match place.split_once(':') {
                    Some(("1", column)) if column != "1" => format!("1:COL {rest}"),
                    _ => line.clone(),
                },
                None => line.clone(),
            })
            .collect();
        assert_eq!(shown, *wanted, "{inner} {text}");
    }
}
