//! One description of all kinds of operations, and messages in tables.

use super::compile;
use crate::{
    MediaType, Message, Occasion, Payload, Violation,
    clauses::Clauses,
    files::ContractFiles,
    judge::{JudgeOptions, RequestHead, ResponseHead, Violations},
    payload::Limits,
    schema::Schema,
};
use std::sync::Arc;

const SERVICE: &str = include_str!("service.wsdl");

fn service() -> Arc<dyn Schema> {
    let mut files = ContractFiles::new("");
    files.add("service.wsdl", SERVICE);
    let compiled = compile("service.wsdl", &files);
    let errors: Vec<_> = compiled.findings.iter().filter(|each| each.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    compiled.schema.unwrap()
}

/// What is known of a message besides its envelope.
#[derive(Default, Clone, Copy)]
struct Told {
    operation: &'static str,
    headers: &'static [(&'static str, &'static str)],
    status: Option<u16>,
    answer: bool,
}

const REQUEST: Told = Told { operation: "", headers: &[], status: None, answer: false };
const ANSWER: Told = Told { answer: true, ..REQUEST };

fn of(operation: &'static str) -> Told {
    Told { operation, ..ANSWER }
}

fn with(headers: &'static [(&'static str, &'static str)]) -> Told {
    Told { headers, ..REQUEST }
}

/// One line for each violation; a warning ends in `!`.
fn judge(schema: &Arc<dyn Schema>, told: Told, text: &str) -> Vec<String> {
    print(schema, told, text, |each| {
        let rule = each.rule.as_deref().unwrap_or_default();
        let mark = if each.rejects() { "" } else { "!" };
        format!("{} {rule} {}{mark}", each.code, each.path)
    })
}

fn print(
    schema: &Arc<dyn Schema>,
    told: Told,
    text: &str,
    line: impl Fn(&Violation) -> String,
) -> Vec<String> {
    let media_type =
        told.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let stated: Option<MediaType> = media_type.map(|(_, value)| value.parse().unwrap());
    let message =
        Message::new(stated.clone().unwrap_or_else(MediaType::xml), text.as_bytes().to_vec());
    let limits = Limits { multipart_related: true, ..Limits::default() };
    let payload = match Payload::parse(&message, &limits) {
        Ok(payload) => payload,
        Err(violation) => return vec![format!("{} malformed", violation.code)],
    };
    let clauses = Clauses::default();
    let options = JudgeOptions::default();
    let mut violations = Violations::new(&clauses, options.violations_max);
    let head = RequestHead { method: "POST", path: "/", query: None, headers: told.headers };
    let mut occasion = if told.answer {
        Occasion::response(told.operation)
    } else {
        Occasion::request(told.operation)
    };
    if !told.headers.is_empty() && !told.answer {
        occasion = occasion.with_request(head);
    }
    if let Some(status) = told.status {
        occasion = occasion.with_response(ResponseHead { status, headers: told.headers });
    }
    occasion.media_type = stated.as_ref();
    schema.judge(Some(&payload), &occasion, &options, &mut violations);
    let verdict = violations.into_verdict();
    verdict.violations.iter().map(line).collect()
}

pub(super) fn envelope(version: u8, inner: &str) -> String {
    let soap = match version {
        1 => "http://schemas.xmlsoap.org/soap/envelope/",
        _ => "http://www.w3.org/2003/05/soap-envelope",
    };
    format!(
        "<s:Envelope xmlns:s='{soap}' xmlns:t='urn:t' xmlns:h='urn:h' xmlns:r='urn:r' \
         xmlns:wsa='http://www.w3.org/2005/08/addressing' xmlns:xop='http://www.w3.org/2004/08/xop/include' \
         xmlns:wsu='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd' \
         xmlns:wsse='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'>\
         {inner}</s:Envelope>"
    )
}

const GET: &str = "<s:Body><t:get><t:id>1</t:id></t:get></s:Body>";
const WHO: &str = "<s:Header><h:who>1</h:who></s:Header>";

fn check(cases: &[(u8, Told, &str, &[&str])]) {
    let schema = service();
    for (version, told, inner, wanted) in cases {
        let inner = inner.replace("GET", GET).replace("WHO", WHO);
        assert_eq!(judge(&schema, *told, &envelope(*version, &inner)), *wanted, "{inner}");
    }
}

#[test]
fn finds_the_operation_of_a_message() {
    let schema = service();
    let names = ["get", "put", "one", "two", "ping", "typed", "coded", "sum"];
    assert_eq!(schema.operations(), names);
    assert!(schema.is_one_way("put") && !schema.is_one_way("get"));
    let shared = "<s:Body><t:shared>x</t:shared></s:Body>";
    let pair = "<s:Body><a>1</a></s:Body>";
    let to_two = "<s:Header><wsa:Action>urn:two</wsa:Action></s:Header>";
    for (version, headers, inner, wanted) in [
        (1, &[][..], GET.to_owned(), Some("get")),
        (1, &[], shared.into(), None),
        (1, &[("soapaction", "\"urn:one\"")], shared.into(), Some("one")),
        (1, &[("SOAPAction", "urn:two")], shared.into(), Some("two")),
        (1, &[], format!("{to_two}{shared}"), Some("two")),
        (1, &[("SOAPAction", "\"urn:one\"")], format!("{to_two}{shared}"), Some("two")),
        (1, &[], "<s:Body/>".into(), Some("ping")),
        (1, &[], pair.into(), None),
        (1, &[("SOAPAction", "\"urn:typed\"")], pair.into(), Some("typed")),
        (1, &[("SOAPAction", "\"urn:get\"")], "<s:Body><x/></s:Body>".into(), Some("get")),
        (1, &[], "<s:Body><r:sum/></s:Body>".into(), Some("sum")),
        (2, &[], "<s:Body><r:sum/></s:Body>".into(), Some("sum")),
        (
            2,
            &[("content-type", "application/soap+xml; action=\"urn:sum\"")],
            "<s:Body><x/></s:Body>".into(),
            Some("sum"),
        ),
        (2, &[], GET.into(), None),
    ] {
        let text = envelope(version, &inner);
        let message = Message::new(MediaType::xml(), text.into_bytes());
        let payload = Payload::parse(&message, &Limits::default()).unwrap();
        let head = RequestHead { method: "POST", path: "/", query: None, headers };
        let occasion = Occasion::request("").with_request(head);
        assert_eq!(schema.operation_of(Some(&payload), &occasion), wanted, "{inner}");
    }
}

#[test]
fn judges_headers_bodies_and_actions_of_style_document() {
    check(&[
        (1, REQUEST, "WHOGET", &[]),
        (1, REQUEST, "GET", &["V0608 R2738 /s:Envelope[1]"]),
        (1, REQUEST, "<s:Header/>GET", &["V0608 R2738 /s:Envelope[1]/s:Header[1]"]),
        (
            1,
            REQUEST,
            "<s:Header><h:who>x</h:who></s:Header>GET",
            &["V0203 cvc-datatype-valid.1.2.1 /s:Envelope[1]/s:Header[1]/h:who[1]"],
        ),
        // What SOAP and WS-Security put on blocks and bodies is no matter of the contract's schemas.
        (
            1,
            REQUEST,
            "<s:Header wsu:Id='a'><h:who wsu:Id='b' s:mustUnderstand='1' s:actor=''>1</h:who></s:Header>\
             <s:Body wsu:Id='c'><t:get wsu:Id='d'><t:id>1</t:id></t:get></s:Body>",
            &[],
        ),
        (
            1,
            REQUEST,
            "WHO<s:Body><t:get><t:id wsu:Id='d'>1</t:id></t:get></s:Body>",
            &["V0204 cvc-type.3.1.1 /s:Envelope[1]/s:Body[1]/t:get[1]/t:id[1]/@*"],
        ),
        (
            1,
            REQUEST,
            "WHO<s:Body><t:get canary='x'><t:id>x</t:id></t:get></s:Body>",
            &[
                "V0204 cvc-complex-type.3.2.2 /s:Envelope[1]/s:Body[1]/t:get[1]/@*",
                "V0203 cvc-datatype-valid.1.2.1 /s:Envelope[1]/s:Body[1]/t:get[1]/t:id[1]",
            ],
        ),
        (
            1,
            REQUEST,
            "WHO<s:Body><t:get/><canary/></s:Body>",
            &[
                "V0202 cvc-complex-type.2.4.b /s:Envelope[1]/s:Body[1]/t:get[1]",
                "V0607 R2712 /s:Envelope[1]/s:Body[1]/*[2]",
            ],
        ),
        (1, REQUEST, "<s:Body><canary/></s:Body>", &["V0605 R2727 /s:Envelope[1]/s:Body[1]/*[1]"]),
        (
            1,
            with(&[("SOAPAction", "\"urn:ping\"")]),
            "<s:Body><canary/></s:Body>",
            &["V0607 R2712 /s:Envelope[1]/s:Body[1]/*[1]"],
        ),
        (1, with(&[("SOAPAction", "\"urn:get\"")]), "WHOGET", &[]),
        (1, with(&[("SOAPAction", "\"urn:put\"")]), "WHOGET", &["V0606 R2744 /s:Envelope[1]"]),
        (1, with(&[("SOAPAction", "\"\"")]), "WHOGET", &["V0606 R2744 /s:Envelope[1]!"]),
        (1, with(&[("a", "b")]), "WHOGET", &["V0606 R2744 /s:Envelope[1]!"]),
        (
            1,
            REQUEST,
            "<s:Header><wsa:Action>urn:other</wsa:Action></s:Header><s:Body><t:more>x</t:more></s:Body>",
            &["V0606 wsam-4.4 /s:Envelope[1]/s:Header[1]/wsa:Action[1]"],
        ),
        (
            1,
            REQUEST,
            "<s:Header><wsa:Action>urn:put</wsa:Action></s:Header><s:Body><t:more>too long</t:more></s:Body>",
            &["V0203 cvc-maxLength-valid /s:Envelope[1]/s:Body[1]/t:more[1]"],
        ),
        (1, of("get"), "<s:Body><t:got><t:name>x</t:name></t:got></s:Body>", &[]),
        (
            1,
            Told { operation: "get", ..REQUEST },
            "WHO<s:Body><t:more>x</t:more></s:Body>",
            &["V0607 R2712 /s:Envelope[1]/s:Body[1]/t:more[1]"],
        ),
        (1, of("put"), "<s:Body/>", &["V0607 R2727 /s:Envelope[1]/s:Body[1]"]),
        (
            1,
            of("get"),
            "<s:Header><wsa:Action>urn:x</wsa:Action></s:Header><s:Body><t:got><t:name>x</t:name></t:got></s:Body>",
            &["V0606 wsam-4.4 /s:Envelope[1]/s:Header[1]/wsa:Action[1]!"],
        ),
        (
            1,
            of("get"),
            "<s:Header><wsa:Action>urn:d:P:getResponse</wsa:Action></s:Header><s:Body><t:got><t:name>x</t:name></t:got></s:Body>",
            &[],
        ),
    ]);
}

#[test]
fn judges_what_is_encoded_by_its_wrapper_alone() {
    let coded = SERVICE.replacen(
        "<b:body use=\"literal\" namespace=\"urn:r\"/></input>",
        "<b:body use=\"encoded\" namespace=\"urn:r\"/></input>",
        1,
    );
    assert_ne!(coded, SERVICE);
    let mut files = ContractFiles::new("");
    files.add("service.wsdl", coded);
    let schema = compile("service.wsdl", &files).schema.unwrap();
    let told = |told: Told, inner: &str| judge(&schema, told, &envelope(1, inner));
    let coded = "V0614 R2706 /s:Envelope[1]/s:Body[1]!";
    assert_eq!(told(REQUEST, "<s:Body><r:sum><anything/></r:sum><multi/></s:Body>"), [coded]);
    let other = told(with(&[("SOAPAction", "\"urn:sum\"")]), "<s:Body><canary/></s:Body>");
    assert_eq!(other, ["V0607 soap11-7.1 /s:Envelope[1]/s:Body[1]/*[1]", coded]);
    let other = told(with(&[("SOAPAction", "\"urn:get\"")]), "<s:Body><r:sum/></s:Body>");
    assert_eq!(other, ["V0606 R2744 /s:Envelope[1]", coded]);
}

#[test]
fn judges_types_wrappers_and_what_is_encoded() {
    check(&[
        (
            1,
            with(&[("SOAPAction", "\"urn:typed\"")]),
            "<s:Body wsu:Id='a'><t:a>1</t:a></s:Body>",
            &[],
        ),
        (
            1,
            with(&[("SOAPAction", "\"urn:typed\"")]),
            "<s:Body><t:a>x</t:a></s:Body>",
            &["V0203 cvc-datatype-valid.1.2.1 /s:Envelope[1]/s:Body[1]/t:a[1]"],
        ),
        (
            1,
            with(&[("SOAPAction", "\"urn:coded\"")]),
            "<s:Body><x/></s:Body>",
            &["V0614 R2706 /s:Envelope[1]/s:Body[1]!"],
        ),
        (
            2,
            REQUEST,
            "<s:Body><r:sum><first>1</first><second><t:a>1</t:a></second></r:sum></s:Body>",
            &[],
        ),
        (
            1,
            REQUEST,
            "<s:Body><r:sum><first>x</first><second/></r:sum></s:Body>",
            &[
                "V0203 cvc-datatype-valid.1.2.1 /s:Envelope[1]/s:Body[1]/r:sum[1]/first[1]",
                "V0202 cvc-complex-type.2.4.b /s:Envelope[1]/s:Body[1]/r:sum[1]/second[1]",
            ],
        ),
        (
            1,
            REQUEST,
            "<s:Body><r:sum><second><t:a>1</t:a></second><first>1</first></r:sum></s:Body>",
            &["V0607 R2301 /s:Envelope[1]/s:Body[1]/r:sum[1]/second[1]"],
        ),
        (
            1,
            REQUEST,
            "<s:Body><r:sum><t:first>1</t:first><second><t:a>1</t:a></second></r:sum></s:Body>",
            &["V0607 R2735 /s:Envelope[1]/s:Body[1]/r:sum[1]/*[1]"],
        ),
        (
            1,
            REQUEST,
            "<s:Body><r:sum><first>1</first></r:sum></s:Body>",
            &["V0607 R2735 /s:Envelope[1]/s:Body[1]/r:sum[1]"],
        ),
        (
            1,
            REQUEST,
            "<s:Body><r:sum>canary<first>1</first><second><t:a>1</t:a></second><canary/></r:sum></s:Body>",
            &[
                "V0607 R2712 /s:Envelope[1]/s:Body[1]/r:sum[1]/text()[1]",
                "V0607 R2735 /s:Envelope[1]/s:Body[1]/r:sum[1]/*[3]",
            ],
        ),
        (1, of("sum"), "<s:Body><r:sumResponse><result>1</result></r:sumResponse></s:Body>", &[]),
        (
            1,
            of("sum"),
            "<s:Body><r:sum><result>1</result></r:sum></s:Body>",
            &["V0607 R2729 /s:Envelope[1]/s:Body[1]/r:sum[1]"],
        ),
    ]);
}

#[test]
fn judges_faults_by_their_form_and_by_what_is_declared() {
    const FAULT_12: &str = "<s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason>\
        <s:Text xml:lang='en'>x</s:Text></s:Reason></s:Fault></s:Body>";
    check(&[
        (
            1,
            of("get"),
            "<s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>x</faultstring><detail><t:missing>1</t:missing></detail></s:Fault></s:Body>",
            &[],
        ),
        (
            1,
            ANSWER,
            "<s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>x</faultstring><detail><t:missing>x</t:missing></detail></s:Fault></s:Body>",
            &[
                "V0203 cvc-datatype-valid.1.2.1 /s:Envelope[1]/s:Body[1]/s:Fault[1]/detail[1]/t:missing[1]",
            ],
        ),
        (
            1,
            of("one"),
            "<s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>x</faultstring><detail><t:missing>x</t:missing></detail></s:Fault></s:Body>",
            &["V0611 R2742 /s:Envelope[1]/s:Body[1]/s:Fault[1]/detail[1]/t:missing[1]!"],
        ),
        (
            1,
            of("get"),
            "<s:Body><s:Fault><faultstring>x</faultstring><canary/></s:Fault></s:Body>",
            &[
                "V0610 soap11-4.4 /s:Envelope[1]/s:Body[1]/s:Fault[1]/*[2]",
                "V0610 soap11-4.4 /s:Envelope[1]/s:Body[1]/s:Fault[1]",
            ],
        ),
        (
            1,
            Told { status: Some(200), ..of("get") },
            "<s:Body><s:Fault><faultcode>x:y</faultcode><faultstring/></s:Fault></s:Body>",
            &[
                "V0615 R1126 /s:Envelope[1]/s:Body[1]/s:Fault[1]!",
                "V0610 soap11-4.4 /s:Envelope[1]/s:Body[1]/s:Fault[1]/faultcode[1]",
            ],
        ),
        (2, of("sum"), FAULT_12, &[]),
        (
            2,
            of("sum"),
            "<s:Body><s:Fault><s:Code><s:Value>s:Client</s:Value></s:Code><s:Reason><s:Text>x</s:Text></s:Reason></s:Fault><x/></s:Body>",
            &[
                "V0610 soap12-5.4 /s:Envelope[1]/s:Body[1]/*[2]",
                "V0610 soap12-5.4 /s:Envelope[1]/s:Body[1]/s:Fault[1]/s:Code[1]",
                "V0610 soap12-5.4 /s:Envelope[1]/s:Body[1]/s:Fault[1]/s:Reason[1]",
            ],
        ),
        (2, REQUEST, FAULT_12, &["V0607 R2727 /s:Envelope[1]/s:Body[1]/s:Fault[1]"]),
        (
            1,
            Told { status: Some(500), ..of("one") },
            "<s:Body/>",
            &["V0615 R1126 /s:Envelope[1]/s:Body[1]!"],
        ),
    ]);
}

#[test]
fn holds_envelopes_to_the_rules_of_their_version() {
    check(&[
        (1, REQUEST, "", &["V0603 soap11-4 /s:Envelope[1]"]),
        (1, REQUEST, "<s:Body/><s:Body/>", &["V0603 soap11-4 /s:Envelope[1]/s:Body[2]"]),
        (2, REQUEST, "<s:Body/><s:Body/>", &["V0603 soap12-5.1 /s:Envelope[1]/s:Body[2]"]),
        (
            1,
            REQUEST,
            "<t:Body/>",
            &["V0604 soap11-4 /s:Envelope[1]/*[1]", "V0603 soap11-4 /s:Envelope[1]"],
        ),
        (1, REQUEST, "<s:Body a='canary'/>", &["V0604 soap11-4 /s:Envelope[1]/s:Body[1]/@*"]),
        (
            1,
            REQUEST,
            "<s:Header><canary/></s:Header><s:Body/>",
            &["V0604 soap11-4.2.1 /s:Envelope[1]/s:Header[1]/*[1]"],
        ),
        (
            1,
            REQUEST,
            "<s:Header><t:x s:mustUnderstand='true'/></s:Header><s:Body/>",
            &[
                "V0604 soap11-4.2.3 /s:Envelope[1]/s:Header[1]/*[1]",
                "V0609 soap11-4.2.3 /s:Envelope[1]/s:Header[1]/*[1]!",
            ],
        ),
        (
            1,
            REQUEST,
            "<s:Header><t:x s:mustUnderstand='1'/><t:x s:mustUnderstand='1' s:actor='urn:a'/><wsse:Security s:mustUnderstand='1'/></s:Header><s:Body/>",
            &["V0609 soap11-4.2.3 /s:Envelope[1]/s:Header[1]/*[1]!"],
        ),
        (
            2,
            REQUEST,
            "<s:Header><t:x s:mustUnderstand='true' s:role='http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver'/></s:Header><s:Body><r:sum><first>1</first><second><t:a>1</t:a></second></r:sum></s:Body>",
            &["V0609 soap12-5.2.3 /s:Envelope[1]/s:Header[1]/*[1]!"],
        ),
        (1, REQUEST, "canary<s:Body/>", &["V0604 soap11-4 /s:Envelope[1]/text()[1]"]),
        (
            1,
            REQUEST,
            "<s:Body>canary</s:Body>",
            &["V0607 R2712 /s:Envelope[1]/s:Body[1]/text()[1]"],
        ),
        (
            1,
            with(&[("content-type", "application/soap+xml")]),
            "<s:Body/>",
            &["V0113 soap11-6 /s:Envelope[1]", "V0606 R2744 /s:Envelope[1]!"],
        ),
        (
            1,
            with(&[("content-type", "text/xml; charset=utf-8"), ("soapaction", "\"urn:ping\"")]),
            "<s:Body/>",
            &[],
        ),
    ]);
}

/// WS-Addressing 1.0, SOAP Binding, section 3.2: one action for whoever answers; another version's may stand beside it.
#[test]
fn a_message_states_one_action() {
    let action = "<wsa:Action>urn:put</wsa:Action>";
    let other =
        "<o:Action xmlns:o='http://schemas.xmlsoap.org/ws/2004/08/addressing'>urn:put</o:Action>";
    let relayed = "<wsa:Action s:actor='urn:relay'>urn:x</wsa:Action>";
    let body = "<s:Body><t:more>x</t:more></s:Body>";
    let twice = "V0606 wsa-soap-3.2 /s:Envelope[1]/s:Header[1]/wsa:Action[2]";
    for (header, wanted) in [
        (action.to_owned(), vec![]),
        (format!("{action}{action}"), vec![twice]),
        (format!("{action}{}", action.replace("urn:put", "urn:get")), vec![twice]),
        (format!("{action}{other}"), vec![]),
        (format!("{action}{relayed}"), vec![]),
    ] {
        let text = envelope(1, &format!("<s:Header>{header}</s:Header>{body}"));
        assert_eq!(judge(&service(), REQUEST, &text), wanted, "{header}");
    }
}

/// R2744; WSDL 1.1 Binding Extension for SOAP 1.2: an action that is due and not stated is told, in SOAP 1.2
/// unless the description says that it may be left out.
#[test]
fn an_action_of_http_that_is_due_and_missing_is_told() {
    let inner = "<s:Body><r:sum><first>1</first><second><t:a>1</t:a></second></r:sum></s:Body>";
    let line = |each: &Violation| format!("{} {}", each.code, each.message);
    let due = "V0606 HTTP states no SOAP action, and the operation `sum` has one";
    let (xml, soap) =
        (&[("content-type", "text/xml")], &[("content-type", "application/soap+xml")]);
    let stated = &[("content-type", "application/soap+xml; action=\"urn:sum\"")];
    assert_eq!(print(&service(), with(xml), &envelope(1, inner), line), [due]);
    assert_eq!(print(&service(), with(soap), &envelope(2, inner), line), [due]);
    assert_eq!(print(&service(), with(stated), &envelope(2, inner), line), [""; 0]);
    let mut files = ContractFiles::new("");
    let optional = "<b12:operation soapActionRequired=\"false\" soapAction=\"urn:sum\"/>";
    files.add("service.wsdl", SERVICE.replace("<b12:operation soapAction=\"urn:sum\"/>", optional));
    let schema = compile("service.wsdl", &files).schema.unwrap();
    assert_eq!(print(&schema, with(soap), &envelope(2, inner), line), [""; 0]);
}

/// The code, the sentence and the clause of a violation.
fn sentence(each: &Violation) -> String {
    format!("{} {} [{}]", each.code, each.message, each.clause.as_deref().unwrap_or("-"))
}

#[test]
fn says_why_a_message_is_of_no_operation() {
    let operations = "its operations are get, put, one, two, ping, typed, coded, sum";
    for (version, told, inner, wanted) in [
        (
            1,
            REQUEST,
            "<s:Body><t:canary/></s:Body>",
            format!("V0605 no operation of the contract has this body, and none has its action: {operations} [-]"),
        ),
        (
            2,
            REQUEST,
            "<s:Body/>",
            "V0605 the operation `ping` is not bound to SOAP 1.2 [-]".to_owned(),
        ),
        (
            2,
            ANSWER,
            "<s:Body><t:got><t:name>x</t:name></t:got></s:Body>",
            "V0605 the operation `get` is not bound to SOAP 1.2 [-]".to_owned(),
        ),
        (
            1,
            REQUEST,
            "<s:Body><t:shared>x</t:shared></s:Body>",
            "V0605 several operations have this body, and no action says which: it may be of one, two [-]"
                .to_owned(),
        ),
    ] {
        let found = print(&service(), told, &envelope(version, inner), sentence);
        assert_eq!(found, [wanted], "{inner}");
    }
}

#[test]
fn says_what_is_wrong_with_headers_parts_and_faults() {
    for (version, told, inner, wanted) in [
        (
            1,
            REQUEST,
            GET,
            "V0608 the header `who` (namespace urn:h) is missing [-]".to_owned(),
        ),
        (
            1,
            REQUEST,
            "<s:Body><r:sum><first>x</first><second><t:a>1</t:a></second></r:sum></s:Body>",
            "V0203 the value must be a whole number; the type is `int` [service.wsdl#/R/sum]".to_owned(),
        ),
        (
            1,
            REQUEST,
            "<s:Body><r:sum><second/><first>1</first></r:sum></s:Body>",
            "V0607 the part `first` must stand here: parts stand in their order [-]".to_owned(),
        ),
        (
            1,
            REQUEST,
            "<s:Body><r:sum><t:first>1</t:first></r:sum></s:Body>",
            "V0607 the part `first` stands in no namespace [-]".to_owned(),
        ),
        (
            1,
            of("get"),
            "<s:Body><s:Fault><faultstring>x</faultstring><faultcode>s:Client</faultcode></s:Fault></s:Body>",
            "V0610 the elements of a fault stand in their order: faultcode, faultstring, faultactor, detail [-]"
                .to_owned(),
        ),
        (
            1,
            of("get"),
            "<s:Body><s:Fault><faultcode>s:Client</faultcode><faultcode>s:Client</faultcode><faultstring/></s:Fault></s:Body>",
            "V0610 the element stands in the fault more than once [-]".to_owned(),
        ),
    ] {
        let found = print(&service(), told, &envelope(version, inner), sentence);
        assert_eq!(found, [wanted], "{inner}");
    }
}

#[test]
fn refuses_headers_that_are_no_headers_and_other_hostile_envelopes() {
    let schema = service();
    let big = format!("<s:Header><t:x>{}</t:x></s:Header><s:Body/>", "x".repeat(1 << 20));
    let many = format!("<s:Header>{}</s:Header><s:Body/>", "<t:x/>".repeat(101));
    for inner in [big, many] {
        let found = judge(&schema, REQUEST, &envelope(1, &inner));
        assert_eq!(
            found,
            ["V0613 soap11-4.2.1 /s:Envelope[1]/s:Header[1]"],
            "{} bytes",
            inner.len()
        );
    }
    for (text, wanted) in [
        ("<x/>", "V0601 soap11-4 /*[1]"),
        ("<Envelope xmlns='urn:canary'/>", "V0602 soap11-4.1.2 /*[1]"),
        ("<Envelope/>", "V0602 soap11-4.1.2 /*[1]"),
    ] {
        assert_eq!(judge(&schema, REQUEST, text), [wanted]);
    }
}

/// A message of two parts: an answer with two references, and an attachment `<f@x>`.
fn related(href: &str, content: &str) -> String {
    let file = format!("<t:file><xop:Include href='{href}'/></t:file>");
    let inner = format!("<s:Body><t:got><t:name>x</t:name>{file}{file}</t:got></s:Body>");
    format!(
        "--b\r\nContent-Type: application/xop+xml; type=\"text/xml\"\r\nContent-ID: <r@x>\r\n\r\n{}\r\n\
         --b\r\nContent-ID: <f@x>\r\nContent-Transfer-Encoding: binary\r\n\r\n{content}\r\n--b--\r\n",
        envelope(1, &inner)
    )
}

#[test]
fn reads_what_an_optimised_message_refers_to() {
    let schema = service();
    let told = Told {
        headers: &[(
            "content-type",
            "multipart/related; boundary=b; type=\"application/xop+xml\"; start=\"<r@x>\"; start-info=\"text/xml\"",
        )],
        ..of("get")
    };
    let include = |at: u8| format!("/s:Envelope[1]/s:Body[1]/t:got[1]/t:file[{at}]");
    assert_eq!(judge(&schema, told, &related("cid:f@x", "abcd")), [""; 0]);
    assert_eq!(judge(&schema, told, &related("cid:f%40x", "")), [""; 0]);
    let long = judge(&schema, told, &related("cid:f@x", "abcde"));
    let lines = [1, 2].map(|at| format!("V0203 cvc-maxLength-valid {}", include(at)));
    assert_eq!(long, lines);
    for nowhere in ["cid:g@x", "f@x", "http://f@x", "cid:r@x", ""] {
        let found = judge(&schema, told, &related(nowhere, "abcd"));
        let lines = [1, 2].map(|at| format!("V0612 xop-3.2 {}/*[1]", include(at)));
        assert_eq!(found, lines, "{nowhere}");
    }
    // Without parts a reference leads nowhere as well.
    let inner = "<s:Body><t:got><t:name>x</t:name><t:file><xop:Include href='cid:f@x'/></t:file></t:got></s:Body>";
    let found = judge(&schema, of("get"), &envelope(1, inner));
    assert_eq!(found, [format!("V0612 xop-3.2 {}/*[1]", include(1))]);
    let other = Told {
        headers: &[("content-type", "multipart/related; boundary=b; start=\"<none@x>\"")],
        ..of("get")
    };
    assert_eq!(judge(&schema, other, &related("cid:f@x", "abcd")), ["V0121 malformed"]);
}

#[test]
fn shows_no_value_and_no_name_that_the_contract_has_not() {
    let schema = service();
    for inner in [
        "<s:Header><canary xmlns='urn:canary' s:mustUnderstand='1'>canary</canary></s:Header><s:Body><canary canary='canary'>canary</canary></s:Body>",
        "<s:Body><t:get canary='1'><canary/></t:get></s:Body>",
        "<s:Body><s:Fault><canary/><faultcode>canary:x</faultcode></s:Fault></s:Body>",
    ] {
        let text = envelope(1, inner);
        for told in [REQUEST, ANSWER, with(&[("SOAPAction", "canary")])] {
            let message = Message::new(MediaType::xml(), text.clone().into_bytes());
            let payload = Payload::parse(&message, &Limits::default()).unwrap();
            let clauses = Clauses::default();
            let options = JudgeOptions::default();
            let mut violations = Violations::new(&clauses, options.violations_max);
            let head =
                RequestHead { method: "POST", path: "/", query: None, headers: told.headers };
            let occasion = Occasion::request(told.operation).with_request(head);
            let occasion = if told.answer { Occasion::response("") } else { occasion };
            schema.judge(Some(&payload), &occasion, &options, &mut violations);
            let verdict = violations.into_verdict();
            let printed = serde_json::to_string(&verdict).unwrap();
            assert!(!verdict.violations.is_empty() && !printed.contains("canary"), "{printed}");
        }
    }
}
