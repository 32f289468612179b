//! Each rule of the manual: XML on one side, JSON on the other, both ways; and what is refused, with its place.

use super::service::{canonical, document, envelope, schema, small, to_json, to_soap};

/// Checks pairs of the inside of `m` and its JSON, both ways.
fn pairs(declarations: &str, pairs: &[(&str, &str)]) {
    let face = small(&schema(declarations));
    for (xml, json) in pairs {
        let text = envelope(xml);
        let read = to_json(&face, &text).unwrap_or_else(|fault| panic!("{fault:?} {xml}"));
        assert_eq!(read, *json, "{xml}");
        let written = to_soap(&face, json).unwrap_or_else(|faults| panic!("{faults:#?} {json}"));
        assert_eq!(canonical(&document(&written)), canonical(&document(&text)), "{json}");
    }
}

/// Checks JSON that is refused: code and pointer of all that is told.
fn refused(declarations: &str, cases: &[(&str, &[&str])]) {
    let face = small(&schema(declarations));
    for (json, expected) in cases {
        let faults = to_soap(&face, json).expect_err(json);
        let told: Vec<String> =
            faults.iter().map(|fault| format!("{} {}", fault.code, fault.path)).collect();
        assert_eq!(told, *expected, "{json} {faults:#?}");
        assert!(faults.iter().all(|fault| fault.line.is_some()), "{faults:#?}");
    }
}

const ORDERED: &str = "<xs:element name=\"m\"><xs:complexType><xs:sequence>\
    <xs:element name=\"a\" type=\"xs:string\"/>\
    <xs:element name=\"b\" type=\"xs:string\" minOccurs=\"0\" maxOccurs=\"3\"/>\
    <xs:choice minOccurs=\"0\"><xs:element name=\"c\" type=\"xs:string\"/>\
    <xs:sequence><xs:element name=\"d\" type=\"xs:string\"/><xs:element name=\"e\" type=\"xs:string\"/></xs:sequence></xs:choice>\
    </xs:sequence></xs:complexType></xs:element>";

#[test]
fn members_stand_for_children_and_order_is_restored() {
    pairs(
        ORDERED,
        &[
            ("<m><a>1</a></m>", r#"{"a":"1"}"#),
            ("<m><a>1</a><b>2</b></m>", r#"{"a":"1","b":["2"]}"#),
            ("<m><a/><b>2</b><b/><c>3</c></m>", r#"{"a":"","b":["2",""],"c":"3"}"#),
            ("<m>\n <a>1</a> <!-- no --> <d>2</d><e> 3 </e></m>", r#"{"a":"1","d":"2","e":" 3 "}"#),
        ],
    );
    let face = small(&schema(ORDERED));
    let written = to_soap(&face, r#"{"e":"5","b":[],"d":"4","a":"1"}"#).unwrap();
    let due = document(&envelope("<m><a>1</a><d>4</d><e>5</e></m>"));
    assert_eq!(canonical(&document(&written)), canonical(&due));
}

#[test]
fn json_that_does_not_fit_is_told_at_its_place() {
    refused(
        ORDERED,
        &[
            (r#"{"a":"1","b":"2"}"#, &["V0971 /b"]),
            (r#"{"a":["1"]}"#, &["V0971 /a"]),
            (r#"{"a":1}"#, &["V0971 /a"]),
            (r#"{"a":null}"#, &["V0971 /a"]),
            (r#"{"a":"\u0001"}"#, &["V0971 /a"]),
            (r#"{"a":"1","secret":"2","@secret":""}"#, &["V0971 /*", "V0971 /*"]),
            (r#"{"a":"1","b":["2",3,"4"]}"#, &["V0971 /b/1"]),
            (r#"{"a":"1","$nil":true}"#, &["V0971 ", "V0971 /*"]),
            (r#"{"a":"1","$type":"string"}"#, &["V0971 /$type"]),
            ("[]", &["V0971 "]),
            ("null", &["V0971 "]),
            // What has the form is judged by the schema.
            ("{}", &["V0202 "]),
            (r#"{"a":"1","b":["1","2","3","4"]}"#, &["V0201 /b/3"]),
            (r#"{"a":"1","c":"2","e":"3"}"#, &["V0201 /e"]),
            (r#"{"a":"1","d":"3"}"#, &["V0202 "]),
        ],
    );
}

#[test]
fn content_without_one_order_is_an_array() {
    pairs(
        "<xs:element name=\"m\"><xs:complexType><xs:choice maxOccurs=\"unbounded\">\
         <xs:element name=\"a\" type=\"xs:int\"/><xs:element name=\"b\" type=\"xs:int\"/></xs:choice></xs:complexType></xs:element>",
        &[
            ("<m><a>1</a><b>2</b><a>3</a></m>", r#"{"$content":[{"a":1},{"b":2},{"a":3}]}"#),
            ("<m><b>2</b></m>", r#"{"$content":[{"b":2}]}"#),
        ],
    );
    pairs(
        "<xs:element name=\"m\"><xs:complexType><xs:sequence minOccurs=\"0\" maxOccurs=\"5000\">\
         <xs:element name=\"a\" type=\"xs:int\" minOccurs=\"0\"/><xs:element name=\"b\" type=\"xs:int\"/></xs:sequence></xs:complexType></xs:element>",
        &[("<m><b>1</b><a>2</a><b>3</b></m>", r#"{"$content":[{"b":1},{"a":2},{"b":3}]}"#)],
    );
    refused(
        "<xs:element name=\"m\"><xs:complexType><xs:choice maxOccurs=\"2\">\
         <xs:element name=\"a\" type=\"xs:int\"/><xs:element name=\"b\" type=\"xs:int\"/></xs:choice></xs:complexType></xs:element>",
        &[
            (r#"{"$content":[{"a":1,"b":2}]}"#, &["V0971 /$content/0"]),
            (r#"{"$content":["a"]}"#, &["V0971 /$content/0"]),
            (r#"{"$content":[{"x":1}]}"#, &["V0971 /$content/0/*"]),
            (r#"{"$content":[{"a":1},{"a":[1]}]}"#, &["V0971 /$content/1/a"]),
            (r#"{"a":1}"#, &["V0971 /*"]),
            (r#"{"$content":[{"a":1},{"a":1},{"b":1}]}"#, &["V0201 /$content/2/b"]),
            ("{}", &["V0202 "]),
        ],
    );
}

#[test]
fn children_of_all_stand_in_the_order_of_the_members() {
    pairs(
        "<xs:element name=\"m\"><xs:complexType><xs:all><xs:element name=\"a\" type=\"xs:int\"/>\
         <xs:element name=\"b\" type=\"xs:int\" minOccurs=\"0\"/></xs:all></xs:complexType></xs:element>",
        &[
            ("<m><a>1</a><b>2</b></m>", r#"{"a":1,"b":2}"#),
            ("<m><b>2</b><a>1</a></m>", r#"{"b":2,"a":1}"#),
        ],
    );
}

#[test]
fn mixed_content_and_anything_keep_every_text() {
    pairs(
        "<xs:element name=\"m\"><xs:complexType mixed=\"true\"><xs:sequence>\
         <xs:element name=\"b\" type=\"xs:string\" minOccurs=\"0\" maxOccurs=\"unbounded\"/></xs:sequence>\
         <xs:attribute name=\"x\"/></xs:complexType></xs:element>",
        &[
            ("<m/>", r#"{"$content":[]}"#),
            (
                "<m x=\"1\"> to <b>be</b>\n<b/> or<!-- not --> not</m>",
                r#"{"@x":"1","$content":[" to ",{"b":"be"},"\n",{"b":""}," or not"]}"#,
            ),
        ],
    );
    pairs(
        "<xs:element name=\"m\"/><xs:element name=\"g\" type=\"xs:int\"/>",
        &[
            ("<m>text</m>", r#"{"$content":["text"]}"#),
            (
                "<m id=\"1\"><g>7</g> <x xmlns=\"\" a=\"t:b\">1</x></m>",
                r#"{"@{}id":"1","$content":[{"$any":{"{urn:t}g":7}}," ",{"$any":"<x xmlns:t=\"urn:t\" xmlns=\"\" a=\"t:b\">1</x>"}]}"#,
            ),
            ("<m xsi:type=\"xs:int\">5</m>", r#"{"$type":"int","$value":5}"#),
        ],
    );
}

#[test]
fn values_have_their_json_types() {
    let element = |of_type: &str| format!("<xs:element name=\"m\" type=\"{of_type}\"/>");
    for (of_type, xml, json) in [
        ("xs:boolean", "true", "true"),
        ("xs:boolean", "false", "false"),
        ("xs:int", "-7", "-7"),
        ("xs:unsignedInt", "4294967295", "4294967295"),
        ("xs:long", "9223372036854775807", r#""9223372036854775807""#),
        ("xs:integer", "123456789012345678901234567890", r#""123456789012345678901234567890""#),
        ("xs:decimal", "1.50", r#""1.50""#),
        ("xs:decimal", "+.5", r#""+.5""#),
        ("xs:double", "1.50E-7", "1.50E-7"),
        (
            "xs:double",
            "0.1000000000000000055511151231257827",
            "0.1000000000000000055511151231257827",
        ),
        ("xs:double", "-INF", r#""-INF""#),
        ("xs:float", "NaN", r#""NaN""#),
        ("xs:date", "2024-02-29Z", r#""2024-02-29Z""#),
        ("xs:dateTime", "2024-02-29T23:59:59.10+02:00", r#""2024-02-29T23:59:59.10+02:00""#),
        ("xs:base64Binary", "YWJj", r#""YWJj""#),
        ("xs:hexBinary", "0aFF", r#""0aFF""#),
        ("xs:string", " a\u{1F600}&lt; ", "\" a\u{1F600}< \""),
        ("xs:token", "a b", r#""a b""#),
        ("xs:anyURI", "urn:a", r#""urn:a""#),
        ("xs:NMTOKENS", "a b", r#"["a","b"]"#),
        ("xs:anySimpleType", " x ", r#"" x ""#),
    ] {
        pairs(&element(of_type), &[(&format!("<m>{xml}</m>"), json)]);
    }
    let face = small(&schema(&element("xs:QName")));
    let read = to_json(&face, &envelope("<m>t:name</m>")).unwrap();
    assert_eq!(read, r#""{urn:t}name""#);
    let written = to_soap(&face, &read).unwrap();
    assert_eq!(to_json(&face, &written).unwrap(), read);
}

#[test]
fn spellings_of_one_value_become_one() {
    let element = |of_type: &str| schema(&format!("<xs:element name=\"m\" type=\"{of_type}\"/>"));
    for (of_type, xml, json) in [
        ("xs:boolean", " 1 ", "true"),
        ("xs:boolean", "0", "false"),
        ("xs:int", "+007", "7"),
        ("xs:int", "-0", "0"),
        ("xs:double", "+01.", "1"),
        ("xs:double", "-.5e3", "-0.5e3"),
        ("xs:base64Binary", "YW\n Jj", r#""YWJj""#),
        ("xs:token", "\n a  b ", r#""a b""#),
    ] {
        let read = to_json(&small(&element(of_type)), &envelope(&format!("<m>{xml}</m>"))).unwrap();
        assert_eq!(read, json, "{of_type} {xml}");
    }
    for (of_type, json, xml) in [
        ("xs:int", "7.0", "7"),
        ("xs:int", "7e2", "700"),
        ("xs:int", "-0.0", "0"),
        ("xs:short", "1200E-2", "12"),
    ] {
        let written = to_soap(&small(&element(of_type)), json).unwrap();
        let due = document(&envelope(&format!("<m>{xml}</m>")));
        assert_eq!(canonical(&document(&written)), canonical(&due));
    }
    for (of_type, json, code) in [
        ("xs:int", "7.5", "V0971"),
        ("xs:int", "\"7\"", "V0971"),
        ("xs:int", "1e999999999", "V0971"),
        ("xs:int", "2147483648", "V0203"),
        ("xs:long", "7", "V0971"),
        ("xs:long", "\"x\"", "V0203"),
        ("xs:decimal", "1.5", "V0971"),
        ("xs:boolean", "\"true\"", "V0971"),
        ("xs:double", "\"1\"", "V0971"),
        ("xs:token", "\" a\"", "V0971"),
        ("xs:date", "\"2023-02-29\"", "V0203"),
        ("xs:base64Binary", "\"YWJ j\"", "V0971"),
        ("xs:NMTOKENS", "[\"a b\"]", "V0971"),
        ("xs:NMTOKENS", "[]", "V0203"),
        ("xs:NMTOKENS", "\"a\"", "V0971"),
    ] {
        let faults = to_soap(&small(&element(of_type)), json).expect_err(json);
        assert_eq!(faults[0].code.as_str(), code, "{of_type} {json} {faults:?}");
    }
}

#[test]
fn whole_numbers_are_numbers_where_bounds_keep_them_exact() {
    let element = |facets: &str| {
        format!(
            "<xs:element name=\"m\"><xs:simpleType><xs:restriction base=\"xs:integer\">{facets}</xs:restriction></xs:simpleType></xs:element>"
        )
    };
    for (facets, json) in [
        ("<xs:totalDigits value=\"15\"/>", "7"),
        ("<xs:totalDigits value=\"16\"/>", r#""7""#),
        ("<xs:minInclusive value=\"0\"/>", r#""7""#),
        ("<xs:minInclusive value=\"0\"/><xs:maxInclusive value=\"9007199254740991\"/>", "7"),
        ("<xs:minInclusive value=\"0\"/><xs:maxInclusive value=\"9007199254740992\"/>", r#""7""#),
    ] {
        pairs(&element(facets), &[("<m>7</m>", json)]);
    }
}

#[test]
fn lists_and_unions_are_as_their_parts() {
    let declarations = "<xs:simpleType name=\"size\"><xs:union memberTypes=\"xs:int t:word\"/></xs:simpleType>\
        <xs:simpleType name=\"word\"><xs:restriction base=\"xs:string\"><xs:enumeration value=\"all\"/><xs:enumeration value=\"5x\"/></xs:restriction></xs:simpleType>\
        <xs:element name=\"m\"><xs:simpleType><xs:list itemType=\"t:size\"/></xs:simpleType></xs:element>";
    pairs(declarations, &[("<m>1 all 2 5x</m>", r#"[1,"all",2,"5x"]"#), ("<m/>", "[]")]);
    refused(
        declarations,
        &[(r#"["1"]"#, &["V0971 "]), (r#"["none"]"#, &["V0203 "]), ("[true]", &["V0971 "])],
    );
    // Where two forms would have one text, the form of the first type that takes it is the one.
    let declarations = "<xs:simpleType name=\"size\"><xs:union memberTypes=\"xs:int xs:string\"/></xs:simpleType>\
        <xs:element name=\"m\" type=\"t:size\"/>";
    pairs(declarations, &[("<m>1</m>", "1"), ("<m>one</m>", r#""one""#)]);
    refused(declarations, &[(r#""1""#, &["V0971 "])]);
}

#[test]
fn attributes_are_members_and_the_value_one_more() {
    let declarations = "<xs:complexType name=\"amount\"><xs:simpleContent><xs:extension base=\"xs:decimal\">\
        <xs:attribute name=\"currency\" type=\"xs:string\" use=\"required\"/><xs:attribute name=\"n\" type=\"xs:int\"/></xs:extension></xs:simpleContent></xs:complexType>\
        <xs:element name=\"m\" type=\"t:amount\"/>";
    pairs(
        declarations,
        &[(
            "<m n=\"2\" currency=\"DKK\">1.50</m>",
            r#"{"@currency":"DKK","@n":2,"$value":"1.50"}"#,
        )],
    );
    refused(
        declarations,
        &[
            (r#""1.50""#, &["V0971 "]),
            (r#"{"@currency":"DKK"}"#, &["V0971 "]),
            (r#"{"@currency":"DKK","@n":"2","$value":"1"}"#, &["V0971 /@n"]),
            (r#"{"$value":"1"}"#, &["V0205 "]),
            (r#"{"@currency":"DKK","$value":"x"}"#, &["V0203 "]),
        ],
    );
    // An attribute with a wrong value is told at its member.
    refused(
        "<xs:element name=\"m\"><xs:complexType><xs:attribute name=\"d\" type=\"xs:date\"/></xs:complexType></xs:element>",
        &[(r#"{"@d":"x"}"#, &["V0203 /@d"])],
    );
}

#[test]
fn attributes_of_wildcards_and_of_one_local_name_have_braces() {
    pairs(
        "<xs:attribute name=\"a\" type=\"xs:int\"/><xs:element name=\"m\"><xs:complexType>\
         <xs:attribute name=\"a\"/><xs:attribute ref=\"t:a\"/><xs:attribute name=\"b\"/><xs:anyAttribute namespace=\"##other\" processContents=\"lax\"/></xs:complexType></xs:element>",
        &[
            (
                "<m a=\"x\" t:a=\"1\" b=\"\" xmlns:o=\"urn:o\" o:c=\" 1 \"/>",
                r#"{"@{}a":"x","@{urn:t}a":1,"@b":"","@{urn:o}c":" 1 "}"#,
            ),
            ("<m xml:lang=\"da\"/>", r#"{"@{http://www.w3.org/XML/1998/namespace}lang":"da"}"#),
        ],
    );
}

#[test]
fn nil_is_null_unless_more_is_said() {
    let declarations = "<xs:element name=\"m\" nillable=\"true\"><xs:complexType><xs:sequence>\
        <xs:element name=\"a\" type=\"xs:int\" nillable=\"true\" maxOccurs=\"unbounded\"/></xs:sequence><xs:attribute name=\"x\"/></xs:complexType></xs:element>";
    pairs(
        declarations,
        &[
            ("<m xsi:nil=\"true\"/>", "null"),
            ("<m x=\"1\" xsi:nil=\"true\"/>", r#"{"@x":"1","$nil":true}"#),
            ("<m><a xsi:nil=\"true\"/><a>1</a></m>", r#"{"a":[null,1]}"#),
        ],
    );
    refused(
        declarations,
        &[
            (r#"{"a":[1],"$nil":true}"#, &["V0971 /*"]),
            (r#"{"a":[{"$nil":false}]}"#, &["V0971 /a/0/$nil"]),
        ],
    );
}

#[test]
fn types_that_stand_for_others_are_named() {
    let declarations = "<xs:complexType name=\"base\" abstract=\"true\"><xs:sequence><xs:element name=\"a\" type=\"xs:int\"/></xs:sequence></xs:complexType>\
        <xs:complexType name=\"more\"><xs:complexContent><xs:extension base=\"t:base\"><xs:sequence><xs:element name=\"b\" type=\"xs:int\"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>\
        <xs:element name=\"m\" type=\"t:base\"/>";
    pairs(
        declarations,
        &[("<m xsi:type=\"t:more\"><a>1</a><b>2</b></m>", r#"{"$type":"more","a":1,"b":2}"#)],
    );
    refused(
        declarations,
        &[
            (r#"{"a":1}"#, &["V0208 "]),
            (r#"{"a":1,"$type":"amount"}"#, &["V0971 /$type"]),
            (r#"{"a":1,"$type":7}"#, &["V0971 /$type"]),
            (r#"{"a":1,"b":"x","$type":"more"}"#, &["V0971 /b"]),
        ],
    );
    let face = small(&schema("<xs:element name=\"m\" type=\"xs:string\"/>"));
    let read = to_json(&face, &envelope("<m xsi:type=\"xs:string\" xsi:nil=\"false\">x</m>"));
    assert_eq!(read.unwrap(), r#""x""#);
}

#[test]
fn members_of_substitution_groups_stand_by_their_own_names() {
    let head = "<xs:element name=\"h1\" type=\"xs:string\" abstract=\"true\"/>\
        <xs:element name=\"x\" type=\"xs:string\" substitutionGroup=\"t:h1\"/><xs:element name=\"y\" type=\"xs:token\" substitutionGroup=\"t:h1\"/>";
    let one = format!(
        "{head}<xs:element name=\"m\"><xs:complexType><xs:sequence><xs:element ref=\"t:h1\"/></xs:sequence></xs:complexType></xs:element>"
    );
    pairs(&one, &[("<m><x>1</x></m>", r#"{"x":"1"}"#), ("<m><y>1</y></m>", r#"{"y":"1"}"#)]);
    refused(&one, &[(r#"{"h1":"1"}"#, &["V0971 /*"]), (r#"{"x":"1","y":"1"}"#, &["V0201 /y"])]);
    let many = format!(
        "{head}<xs:element name=\"m\"><xs:complexType><xs:sequence><xs:element ref=\"t:h1\" maxOccurs=\"9\"/></xs:sequence></xs:complexType></xs:element>"
    );
    pairs(
        &many,
        &[("<m><y>1</y><x>2</x><y>3</y></m>", r#"{"$content":[{"y":"1"},{"x":"2"},{"y":"3"}]}"#)],
    );
}

#[test]
fn what_wildcards_let_in_stands_apart() {
    let declarations = "<xs:element name=\"g\" type=\"xs:int\"/><xs:element name=\"m\"><xs:complexType><xs:sequence>\
        <xs:element name=\"a\" type=\"xs:int\" minOccurs=\"0\"/><xs:any processContents=\"lax\" minOccurs=\"0\" maxOccurs=\"unbounded\" namespace=\"##any\"/></xs:sequence></xs:complexType></xs:element>";
    let sequence = declarations.replace("##any", "##other ".trim());
    pairs(
        &sequence,
        &[
            ("<m><a>1</a></m>", r#"{"a":1}"#),
            (
                "<m xmlns:o=\"urn:o\" xmlns:p=\"urn:p\"><o:b c=\"p:x\">1<!-- kept --><o:d/></o:b></m>",
                r#"{"$any":["<o:b xmlns=\"urn:t\" xmlns:o=\"urn:o\" xmlns:p=\"urn:p\" c=\"p:x\">1<!-- kept --><o:d/></o:b>"]}"#,
            ),
        ],
    );
    refused(
        &sequence,
        &[
            (r#"{"$any":"<a/>"}"#, &["V0971 /$any"]),
            (r#"{"$any":["<a>"]}"#, &["V0971 /$any/0"]),
            (r#"{"$any":["<!DOCTYPE a><a/>"]}"#, &["V0971 /$any/0"]),
            (r#"{"$any":[1]}"#, &["V0971 /$any/0"]),
            (r#"{"$any":[{"{urn:o}secret":1}]}"#, &["V0971 /$any/0/*"]),
            (r#"{"$any":[{"{urn:t}g":1}]}"#, &["V0201 /$any/0/*"]),
        ],
    );
    // Strict, of the same namespace: by its declaration; what the type declares itself is never meant.
    pairs(
        "<xs:element name=\"g\" type=\"xs:int\"/><xs:element name=\"m\"><xs:complexType><xs:sequence>\
         <xs:any namespace=\"##targetNamespace\"/><xs:element name=\"g\" type=\"xs:int\"/></xs:sequence></xs:complexType></xs:element>",
        &[("<m><g>1</g><g>2</g></m>", r#"{"$any":[{"{urn:t}g":1}],"g":2}"#)],
    );
}

#[test]
fn an_empty_element_stands_for_its_default() {
    let face = small(&schema("<xs:element name=\"m\" type=\"xs:int\" default=\"5\"/>"));
    assert_eq!(to_json(&face, &envelope("<m/>")).unwrap(), "5");
}

#[test]
fn headers_stand_beside_the_body() {
    let declarations = "<xs:element name=\"h\"><xs:complexType><xs:sequence><xs:element name=\"id\" type=\"xs:int\"/></xs:sequence></xs:complexType></xs:element>\
        <xs:element name=\"m\"><xs:complexType><xs:sequence><xs:element name=\"a\" type=\"xs:int\"/></xs:sequence></xs:complexType></xs:element>";
    let face = small(&schema(declarations));
    let text = envelope("<m><a>1</a></m>");
    let text = text.replace("<s:Body>", "<s:Header><h><id>7</id></h></s:Header><s:Body>");
    let read = to_json(&face, &text).unwrap();
    assert_eq!(read, r#"{"$headers":{"h":{"id":7}},"a":1}"#);
    let written = to_soap(&face, &read).unwrap();
    assert_eq!(canonical(&document(&written)), canonical(&document(&text)));
    refused(
        declarations,
        &[
            (r#"{"a":1}"#, &["V0971 /$headers"]),
            (r#"{"$headers":{},"a":1}"#, &["V0971 /$headers/h"]),
            (
                r#"{"$headers":{"h":{"id":"x"},"secret":1},"a":1}"#,
                &["V0971 /$headers/h/id", "V0971 /$headers/*"],
            ),
            (r#"{"$headers":{"h":{}},"a":1}"#, &["V0202 /$headers/h"]),
        ],
    );
}
