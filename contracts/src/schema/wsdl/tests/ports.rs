//! Ports at paths of their own.

use super::{compile, messages::envelope};
use crate::{
    MediaType, Message, Occasion, Payload,
    clauses::Clauses,
    files::ContractFiles,
    judge::{JudgeOptions, Violations},
    payload::Limits,
};

/// Two ports whose operations have one body and no action, and one that is bound to another version as well.
fn ports(addresses: [&str; 3]) -> String {
    let mut text = String::from(
        "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/' xmlns:s='http://schemas.xmlsoap.org/wsdl/soap/' \
         xmlns:s2='http://schemas.xmlsoap.org/wsdl/soap12/' xmlns:xs='http://www.w3.org/2001/XMLSchema' \
         xmlns:t='urn:t' targetNamespace='urn:t'><types><xs:schema targetNamespace='urn:t'>\
         <xs:element name='ask' type='xs:int'/><xs:element name='a' type='xs:int'/>\
         <xs:element name='b' type='xs:date'/></xs:schema></types>\
         <message name='ask'><part name='p' element='t:ask'/></message>\
         <message name='a'><part name='p' element='t:a'/></message>\
         <message name='b'><part name='p' element='t:b'/></message>",
    );
    for name in ["a", "b"] {
        text.push_str(&format!(
            "<portType name='{name}'><operation name='of-{name}'><input message='t:ask'/><output message='t:{name}'/></operation></portType>"
        ));
    }
    for (binding, name, prefix) in [("a", "a", "s"), ("b", "b", "s"), ("b12", "b", "s2")] {
        let body = format!("<{prefix}:body use='literal'/>");
        text.push_str(&format!(
            "<binding name='{binding}' type='t:{name}'><{prefix}:binding transport='http://schemas.xmlsoap.org/soap/http'/>\
             <operation name='of-{name}'><{prefix}:operation soapAction=''/><input>{body}</input><output>{body}</output></operation></binding>"
        ));
    }
    text.push_str("<service name='s'>");
    for ((binding, prefix), address) in
        [("a", "s"), ("b", "s"), ("b12", "s2")].iter().zip(addresses)
    {
        text.push_str(&format!(
            "<port name='{binding}' binding='t:{binding}'><{prefix}:address location='{address}'/></port>"
        ));
    }
    text + "</service></definitions>"
}

#[test]
fn where_ports_have_paths_of_their_own_the_one_that_is_called_says_which_operations_there_are() {
    let of_port = |addresses: [&str; 3], version: u8, path: &str| {
        let mut files = ContractFiles::new("");
        files.add("ports.wsdl", ports(addresses));
        let schema = compile("ports.wsdl", &files).schema.unwrap();
        let text = envelope(version, "<s:Body><t:ask>1</t:ask></s:Body>");
        let message = Message::new(MediaType::xml(), text.into_bytes());
        let payload = Payload::parse(&message, &Limits::default()).unwrap();
        let called = [path.to_owned()];
        let occasion = Occasion::request("").called_at(&called);
        let found = schema.operation_of(Some(&payload), &occasion).map(str::to_owned);
        let clauses = Clauses::default();
        let mut violations = Violations::new(&clauses, 10);
        schema.judge(Some(&payload), &occasion, &JudgeOptions::default(), &mut violations);
        let told: Vec<String> =
            violations.into_verdict().violations.iter().map(|v| v.code.to_string()).collect();
        format!("{} {}", found.unwrap_or_default(), told.join(" "))
    };
    let apart = ["http://h/x/a", "https://h:8443/x/b/", "http://h/x/b12?wsdl"];
    let together = ["http://h/x", "http://h/x/", "http://i/x"];
    for (addresses, version, path, expected) in [
        (apart, 1, "/x/a", "of-a "),
        (apart, 1, "/x/a/", "of-a "),
        (apart, 1, "/x/b", "of-b "),
        (apart, 2, "/x/b12", "of-b "),
        (apart, 2, "/x/b", " V0602"),
        (apart, 1, "/x/b12", " V0602"),
        (apart, 1, "/elsewhere", " V0605"),
        (apart, 2, "/elsewhere", "of-b "),
        (together, 1, "/x", " V0605"),
        (together, 2, "/x", "of-b "),
    ] {
        assert_eq!(of_port(addresses, version, path), expected, "{addresses:?} {version} {path}");
    }
}

#[test]
fn an_operation_of_another_port_is_told_as_such_and_passes_nowhere() {
    let mut files = ContractFiles::new("");
    let text = ports(["http://h/a", "http://h/b", "http://h/b"]).replace(
        "<operation name='of-b'><input message='t:ask'/>",
        "<operation name='of-b'><input message='t:b'/>",
    );
    files.add("ports.wsdl", text);
    let schema = compile("ports.wsdl", &files).schema.unwrap();
    let judged = |path: &str, body: &str| {
        let text = envelope(1, &format!("<s:Body>{body}</s:Body>"));
        let message = Message::new(MediaType::xml(), text.into_bytes());
        let payload = Payload::parse(&message, &Limits::default()).unwrap();
        let called = [path.to_owned()];
        let occasion = Occasion::request("").called_at(&called);
        let clauses = Clauses::default();
        let mut violations = Violations::new(&clauses, 10);
        schema.judge(Some(&payload), &occasion, &JudgeOptions::default(), &mut violations);
        let told = violations.into_verdict().violations;
        let told = told.first().map(|each| each.message.clone()).unwrap_or_default();
        (schema.lacks_operation(Some(&payload), &occasion), told)
    };
    let (ask, of_b) = ("<t:ask>1</t:ask>", "<t:b>2026-01-01</t:b>");
    assert_eq!(judged("/a", ask), (false, String::new()));
    assert_eq!(judged("/b", of_b), (false, String::new()));
    let (lacks, told) = judged("/a", of_b);
    assert!(!lacks && told.contains("another port"), "{told}");
    assert!(judged("/a", "<t:none/>").0);
}
