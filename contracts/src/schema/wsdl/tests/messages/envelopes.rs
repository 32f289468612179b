//! What envelopes may be, whatever operation they are of: versions, actions, attachments, hostile ones.

use super::*;

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
