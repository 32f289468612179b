//! Messages that are not as their description says: told, placed, and without a value.

use super::{
    super::Limits,
    service::{envelope, schema, small, to_json, to_soap},
};
use sluse_contracts::{
    Direction, MediaType, Message,
    payload::{self, Payload},
};

const DECLARED: &str = "<xs:complexType name=\"node\"><xs:sequence><xs:element name=\"n\" type=\"t:node\" minOccurs=\"0\"/>\
    <xs:element name=\"v\" type=\"xs:int\" minOccurs=\"0\"/></xs:sequence></xs:complexType><xs:element name=\"m\" type=\"t:node\"/>";

#[test]
fn xml_that_is_not_of_its_schema_is_told_at_its_place() {
    let face = small(&schema(DECLARED));
    for (body, path) in [
        ("<m><v>secret</v></m>", "/s:Envelope[1]/s:Body[1]/m[1]/v[1]"),
        ("<m><secret/></m>", "/s:Envelope[1]/s:Body[1]/m[1]/*[1]"),
        ("<m><v>1</v><n/></m>", "/s:Envelope[1]/s:Body[1]/m[1]/n[1]"),
        ("<m secret=\"1\"/>", "/s:Envelope[1]/s:Body[1]/m[1]/@*"),
        ("<m>secret</m>", "/s:Envelope[1]/s:Body[1]/m[1]/text()[1]"),
        ("<m xsi:type=\"t:secret\"/>", "/s:Envelope[1]/s:Body[1]/m[1]"),
        ("<v>1</v>", "/s:Envelope[1]/s:Body[1]/v[1]"),
        ("<m/><m/>", "/s:Envelope[1]/s:Body[1]/m[2]"),
        ("", "/s:Envelope[1]"),
    ] {
        let fault = to_json(&face, &envelope(body)).expect_err(body);
        assert_eq!((fault.code.as_str(), fault.path.as_str()), ("V0972", path), "{body}");
        assert!(!format!("{fault:?}").contains("secret"), "{fault:?}");
    }
    assert_eq!(to_json(&face, "<m/>").expect_err("no envelope").code.as_str(), "V0972");
}

#[test]
fn deep_elements_end_at_the_limit() {
    let face = small(&schema(DECLARED));
    let deep = |n: usize| envelope(&format!("<m>{}{}</m>", "<n>".repeat(n), "</n>".repeat(n)));
    assert!(to_json(&face, &deep(100)).is_ok());
    let fault = to_json(&face, &deep(900)).expect_err("too deep");
    assert_eq!(fault.code, sluse_contracts::code::TOO_DEEP);
}

#[test]
fn names_that_json_brings_make_no_other_xml() {
    let open = "<xs:attribute name=\"a\" type=\"xs:string\"/><xs:element name=\"m\"><xs:complexType>\
        <xs:attribute name=\"a\"/><xs:attribute name=\"q\" type=\"xs:QName\"/>\
        <xs:anyAttribute processContents=\"lax\"/></xs:complexType></xs:element>";
    let face = small(&schema(open));
    for json in [
        r#"{"@{}a":"twice","@a":"1"}"#,
        r#"{"@{}a b":"1"}"#,
        r#"{"@{}a='' x":"1"}"#,
        r#"{"@{}":"1"}"#,
        r#"{"@{urn:\u0001}a":"1"}"#,
        r#"{"@{http://www.w3.org/2000/xmlns/}a":"1"}"#,
        r#"{"@{http://www.w3.org/2001/XMLSchema-instance}nil":"true"}"#,
        r#"{"@{urn:o}a":1}"#,
        r#"{"@q":"n1:a"}"#,
        r#"{"@q":"{}a"}"#,
        r#"{"@q":"{urn:\u0001}a"}"#,
        r#"{"@q":"{urn:{x}}a:b"}"#,
    ] {
        let faults = to_soap(&face, json).expect_err(json);
        assert!(faults.iter().all(|fault| !fault.path.is_empty()), "{json} {faults:?}");
    }
    let json = r#"{"@q":"{urn:\"<o>}a","@{urn:\"<o>}a":"<&\"\n"}"#;
    let xml = to_soap(&face, json).unwrap();
    assert_eq!(to_json(&face, &xml).unwrap(), json);
}

#[test]
fn an_attachment_that_no_value_is_made_of_is_not_dropped() {
    let declared = "<xs:element name=\"m\"><xs:complexType><xs:sequence>\
        <xs:element name=\"v\" type=\"xs:base64Binary\"/></xs:sequence></xs:complexType></xs:element>";
    let face = small(&schema(declared));
    let include = "<xop:Include xmlns:xop='http://www.w3.org/2004/08/xop/include' href='cid:a'/>";
    let read = |value: &str, ids: &[&str]| {
        let document = envelope(&format!("<m><v>{value}</v></m>"));
        let mut text =
            format!("--b\r\nContent-Type: text/xml\r\nContent-ID: <r>\r\n\r\n{document}");
        for id in ids {
            text.push_str(&format!("\r\n--b\r\nContent-ID: <{id}>\r\n\r\nattached"));
        }
        text.push_str("\r\n--b--\r\n");
        let stated: MediaType = "multipart/related; boundary=b; type=\"text/xml\"".parse().unwrap();
        let limits = payload::Limits { multipart_related: true, ..payload::Limits::default() };
        let payload = Payload::parse(&Message::new(stated, text.into_bytes()), &limits).unwrap();
        face.read("ask", Direction::Response, &payload, &Limits::default())
    };
    assert_eq!(read(include, &["a"]).unwrap().to_string(), r#"{"v":"YXR0YWNoZWQ="}"#);
    assert_eq!(read("YWJj", &[]).unwrap().to_string(), r#"{"v":"YWJj"}"#);
    for (value, ids) in [("YWJj", &["a"][..]), (include, &["a", "other"])] {
        let fault = read(value, ids).expect_err("one is left over");
        assert_eq!((fault.code.as_str(), fault.path.as_str()), ("V0972", "/s:Envelope[1]"));
    }
}
