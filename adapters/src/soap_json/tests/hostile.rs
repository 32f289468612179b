//! Messages that are not as their description says: told, placed, and without a value.

use super::service::{envelope, schema, small, to_json};

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
