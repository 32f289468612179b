//! One description of all kinds of operations, and messages in tables: which operation they are of, and what is wrong with them.

mod envelopes;
mod sentences;

use crate::schema::wsdl::tests::compile;
use crate::{
    MediaType, Message, Occasion, Payload, Violation,
    clauses::Clauses,
    files::ContractFiles,
    judge::{JudgeOptions, RequestHead, ResponseHead, Violations},
    payload::Limits,
    schema::Schema,
};
use std::sync::Arc;

const SERVICE: &str = include_str!("../service.wsdl");

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
