//! SOAP and REST meet in the gateway: JSON to a SOAP service, SOAP to a JSON service, and both at once, by the WSDL alone.

use super::{ASK, WSDL, XML, envelope, envelope_12, of_id, register};
use crate::world::{Act, Reply, Seen, World, answer, limits, world};
use sluse_ledger::leaf::{Ending, MessageDigest};

/// A SOAP service for those who speak JSON too, and a JSON service for those who speak SOAP.
fn files() -> String {
    format!(
        "#--- services/soap.toml\nid = \"dk.cpr/register/soap\"\ncontract = \"dk.cpr/soap@1.0.0\"\n\
         upstream = [\"http://@A\"]\n[[route]]\npath = \"/json/\"\nadapter = \"soap-json\"\n\
         [[route]]\npath = \"/observed\"\nadapter = \"soap-json\"\n\
         enforcement = {{ request = \"observe\", response = \"observe\" }}\n\
         #--- services/rest.toml\nid = \"dk.cpr/register/rest\"\ncontract = \"dk.cpr/soap@1.0.0\"\n\
         upstream = [\"http://@A/rest\"]\nadapter = \"soap-json\"\n[[route]]\npath = \"/soap\"\n\
         [[route]]\npath = \"/both\"\nadapter = \"soap-json\"\n\
         #--- contracts/dk.cpr/soap/1.0.0/contract.toml\nid = \"dk.cpr/soap\"\nversion = \"1.0.0\"\n\
         status = \"in-force\"\ntitle = {{ en = \"Register\" }}\nwsdl = \"service.wsdl\"\n\
         #--- contracts/dk.cpr/soap/1.0.0/service.wsdl\n{WSDL}"
    )
}

/// A provider of SOAP, and below `/rest` one of JSON.
fn speaks(seen: &Seen) -> Act {
    if !seen.line().contains("/rest/") {
        // What the gateway writes has prefixes of its own.
        let text = String::from_utf8_lossy(&seen.body);
        let body = text.replace("<n2:", "<t:").replace("</n2:", "</t:").into_bytes();
        return register(&Seen { body, ..seen.clone() });
    }
    if seen.line().contains("/rest/store") {
        return answer(200, "application/json", "{}");
    }
    match &*String::from_utf8_lossy(&seen.body) {
        r#"{"id":404}"# => answer(
            404,
            "application/problem+json",
            r#"{"title":"no such person","fault":{"code":"Client","reason":"no","detail":[{"{urn:t}missing":1}]}}"#,
        ),
        r#"{"id":500}"# => answer(500, "application/json", r#"{"detail":"later"}"#),
        r#"{"id":503}"# => answer(503, "text/html", "<html>"),
        r#"{"id":13}"# => answer(200, "application/json", r#"{"name":"canary"}"#),
        r#"{"id":14}"# => answer(200, "application/json", r#"{"name":"#),
        r#"{"id":15}"# => answer(200, "text/plain", "canary"),
        _ => answer(200, "application/json; charset=utf-8", r#"{"name":1}"#),
    }
}

fn types(translated: &[MessageDigest]) -> Vec<&str> {
    translated.iter().map(|digest| digest.media_type.as_str()).collect()
}

async fn ask_json(world: &World, path: &str, body: &str) -> Reply {
    world.post(path, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn json_reaches_a_soap_service_and_its_answer_comes_back_as_json() {
    let world = world(&files(), speaks).await;
    let reply = ask_json(&world, "/json/ask?x=1", r#"{"id":7}"#).await;
    assert_eq!((reply.status, reply.text().as_str()), (200, r#"{"name":1}"#));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let seen = world.provider.seen().pop().unwrap();
    assert_eq!(seen.line(), "POST / HTTP/1.1");
    assert_eq!(seen.header("soapaction"), Some("\"urn:ask\""));
    assert_eq!(seen.header("content-type"), Some(XML));
    assert_eq!(seen.header("accept"), Some("text/xml, multipart/related"));
    let sent = String::from_utf8(seen.body).unwrap();
    assert!(sent.contains(":id>7</"), "{sent}");
    let (opening, closing) = world.exchange(reply.exchange()).await;
    assert_eq!(opening.operation.as_deref(), Some("ask"));
    assert_eq!(
        (opening.request.bytes, opening.request.media_type.as_str()),
        (8, "application/json")
    );
    assert_eq!(
        (types(&opening.translated), types(&closing.translated)),
        (vec!["text/xml"], vec!["application/json"])
    );
    assert_eq!(closing.response.unwrap().media_type, "text/xml");
    assert_eq!(opening.verdict.unwrap().outcome, "accepted");
    assert_eq!(closing.verdict.unwrap().outcome, "accepted");
    assert_eq!(closing.ending, Ending::Answered);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_told_as_a_problem() {
    let world = world(&files(), speaks).await;
    let reply = ask_json(&world, "/json/ask", r#"{"id":404}"#).await;
    let problem: serde_json::Value = serde_json::from_str(&reply.text()).unwrap();
    assert_eq!((reply.status, &problem["status"]), (400, &400.into()));
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    let fault = serde_json::json!({ "code": "Client", "reason": "no", "detail": [{ "{urn:t}missing": 1 }] });
    assert_eq!(problem["fault"], fault);
    assert_eq!(world.ending(reply.exchange()).await, Ending::Answered);

    let reply = ask_json(&world, "/json/ask", r#"{"id":9503}"#).await;
    assert_eq!((reply.status, reply.refusal().1.as_str()), (502, "F0202"), "no envelope is due");
    let reply = ask_json(&world, "/json/ask", r#"{"id":13}"#).await;
    assert_eq!((reply.status, reply.refusal().1.as_str()), (502, "F0201"), "{}", reply.text());

    for (path, body, status, code, more) in [
        ("/json/ask", r#"{"id":"7"}"#, 422, "F0108", r#""code":"V0971""#),
        ("/json/ask", r#"{"id":7,"canary":1}"#, 422, "F0108", r#""path":"/*""#),
        ("/json/ask", "{}", 422, "F0108", r#""code":"V0202""#),
        ("/json/ask", r#"{"id":7"#, 400, "F0101", r#""code":"V0107""#),
        ("/json/ask", "", 400, "F0101", r#""code":"V0109""#),
        ("/json/canary", "{}", 404, "F0103", "no operation of this name"),
        ("/json", "{}", 404, "F0103", "no operation of this name"),
        ("/json/ask/", "{}", 404, "F0103", "no operation of this name"),
        ("/observed/ask", r#"{"id":"7"}"#, 422, "F0108", r#""code":"V0971""#),
    ] {
        let reply = ask_json(&world, path, body).await;
        let text = reply.text();
        assert_eq!(
            (reply.status, reply.refusal().1.as_str()),
            (status, code),
            "{path} {body} {text}"
        );
        assert!(text.contains(more), "{path} {body} {text}");
        assert!(!text.contains("canary"), "{text}");
    }
    let reply = world.ask("GET", "/json/ask", &[], b"").await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")));
    let reply = world.ask("POST", "/json/ask", &["content-type: text/plain"], b"x").await;
    assert_eq!(reply.refusal().1, "F0107");
    let n_calls = world.provider.seen().len();
    assert_eq!(n_calls, 3, "nothing else was sent on");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_the_schema_alone_goes_on_where_that_is_only_observed() {
    let world = world(&files(), speaks).await;
    let breach = r#"{"id":9999999999}"#;
    let reply = ask_json(&world, "/json/ask", breach).await;
    assert_eq!(reply.refusal().1, "F0108", "{}", reply.text());
    assert!(reply.text().contains(r#""path":"/id","line":1,"column":2"#), "{}", reply.text());
    let reply = ask_json(&world, "/observed/ask", breach).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let (opening, _) = world.exchange(reply.exchange()).await;
    assert_eq!(opening.verdict.unwrap().outcome, "rejected");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_an_answer_is_accepted_and_delivered_as_soap() {
    let world = world(&files(), speaks).await;
    let reply = ask_json(&world, "/json/note", "{}").await;
    assert_eq!(reply.status, 202, "{}", reply.text());
    assert_eq!(world.ending(reply.exchange()).await, Ending::Delivered);
    let seen = world.provider.wait_for(1).await.pop().unwrap();
    assert!(String::from_utf8_lossy(&seen.body).contains(":Envelope"));
    assert_eq!(seen.header("soapaction"), Some("\"urn:note\""));
    // The same to a provider of JSON.
    let headers = ["content-type: text/xml", "SOAPAction: \"urn:note\""];
    let reply = world.ask("POST", "/soap", &headers, envelope("<t:done/>").as_bytes()).await;
    assert_eq!(reply.status, 202, "{}", reply.text());
    assert_eq!(world.ending(reply.exchange()).await, Ending::Delivered);
    let seen = world.provider.wait_for(2).await.pop().unwrap();
    assert_eq!((seen.line(), &*seen.body), ("POST /rest/note HTTP/1.1", &b"{}"[..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn soap_reaches_a_json_service_and_its_answer_comes_back_in_the_same_version() {
    let world = world(&files(), speaks).await;
    let body_12 = envelope_12("<t:ask><t:id>7</t:id></t:ask>");
    let soap_12 = "application/soap+xml; charset=utf-8";
    for (header, body, media_type, namespace) in [
        ("content-type: text/xml", of_id("7"), XML, "schemas.xmlsoap.org/soap/envelope/"),
        ("content-type: application/soap+xml", body_12, soap_12, "2003/05/soap-envelope"),
    ] {
        let reply = world.ask("POST", "/soap", &[header, ASK], body.as_bytes()).await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, Some(media_type)),
            "{}",
            reply.text()
        );
        let text = reply.text();
        assert!(text.contains(namespace) && text.contains(":name>1</"), "{text}");
        let seen = world.provider.seen().pop().unwrap();
        assert_eq!((seen.line(), &*seen.body), ("POST /rest/ask HTTP/1.1", &br#"{"id":7}"#[..]));
        assert_eq!(seen.header("content-type"), Some("application/json"));
        assert_eq!(seen.header("accept"), Some("application/json, application/problem+json"));
        assert_eq!(seen.header("soapaction"), None);
        let (opening, closing) = world.exchange(reply.exchange()).await;
        assert_eq!(types(&opening.translated), ["application/json"]);
        assert_eq!(types(&closing.translated), [media_type.split(';').next().unwrap()]);
        assert_eq!(closing.verdict.unwrap().outcome, "accepted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_of_a_json_service_is_a_fault_of_the_callers_version() {
    let world = world(&files(), speaks).await;
    let ask = async |id: &str| {
        world.ask("POST", "/soap", &["content-type: text/xml", ASK], of_id(id).as_bytes()).await
    };
    let reply = ask("404").await;
    assert_eq!((reply.status, reply.header("content-type")), (500, Some(XML)));
    let text = reply.text();
    assert!(text.contains(":Client</faultcode><faultstring>no</faultstring><detail>"), "{text}");
    assert!(text.contains(":missing>1</"), "{text}");
    assert_eq!(world.exchange(reply.exchange()).await.1.verdict.unwrap().outcome, "accepted");
    let reply = ask("500").await;
    assert!(reply.text().contains(":Server</faultcode><faultstring>later<"), "{}", reply.text());
    let body = envelope_12("<t:ask><t:id>404</t:id></t:ask>");
    let headers = ["content-type: application/soap+xml"];
    let reply = world.ask("POST", "/soap", &headers, body.as_bytes()).await;
    assert_eq!(reply.status, 400, "{}", reply.text());
    assert!(reply.text().contains(":Sender</"), "{}", reply.text());
    for (id, code) in [("13", "F0201"), ("14", "F0202"), ("15", "F0202")] {
        let reply = ask(id).await;
        let text = reply.text();
        assert_eq!(reply.status, 502, "{id} {text}");
        assert!(text.contains(&format!("<p:code>{code}</p:code>")), "{id} {text}");
        assert!(!text.contains("canary"), "{text}");
        assert_eq!(world.ending(reply.exchange()).await, Ending::Failed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_on_both_sides_is_judged_as_soap_between_them() {
    let world = world(&files(), speaks).await;
    let reply = ask_json(&world, "/both/ask", r#"{"id":7}"#).await;
    assert_eq!((reply.status, reply.text().as_str()), (200, r#"{"name":1}"#));
    assert_eq!(world.provider.seen()[0].body, br#"{"id":7}"#);
    let (opening, closing) = world.exchange(reply.exchange()).await;
    assert_eq!(types(&opening.translated), ["text/xml", "application/json"]);
    assert_eq!(types(&closing.translated), ["text/xml", "application/json"]);
    let reply = ask_json(&world, "/both/ask", r#"{"id":404}"#).await;
    assert_eq!(reply.status, 400);
    assert!(reply.text().contains(r#""detail":[{"{urn:t}missing":1}]"#), "{}", reply.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attachment_stands_in_the_json_as_base64() {
    let world = world(&files(), speaks).await;
    let include = "<x:Include xmlns:x=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:f@x\"/>";
    let root = envelope(&format!("<t:file>{include}</t:file>"));
    let body = format!(
        "--b\r\nContent-Type: application/xop+xml; type=\"text/xml\"\r\nContent-ID: <r@x>\r\n\r\n{root}\r\n\
         --b\r\nContent-Type: application/octet-stream\r\nContent-ID: <f@x>\r\n\r\n\x01\x02\r\n--b--\r\n"
    );
    let stated = "content-type: multipart/related; boundary=b; type=\"application/xop+xml\"; start=\"<r@x>\"; start-info=\"text/xml\"";
    let headers = [stated, "SOAPAction: \"urn:store\""];
    let reply = world.ask("POST", "/soap", &headers, body.as_bytes()).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert!(reply.text().contains(":done"), "{}", reply.text());
    let seen = world.provider.seen().pop().unwrap();
    assert_eq!((seen.line(), &*seen.body), ("POST /rest/store HTTP/1.1", &b"\"AQI=\""[..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_a_large_message_goes_over_the_disk_and_has_a_limit() {
    let over = limits("body-memory-bytes-max = 1000\nbody-bytes-max = 300000");
    let world = world(&format!("{over}{}", files()), speaks).await;
    let content = "QUJD".repeat(50_000);
    let reply = ask_json(&world, "/json/store", &format!("\"{content}\"")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let sent = String::from_utf8(world.provider.seen().pop().unwrap().body).unwrap();
    assert!(sent.contains(&format!(">{content}</")), "all of it arrives");
    let (opening, _) = world.exchange(reply.exchange()).await;
    assert_eq!(opening.translated[0].bytes, sent.len() as u64);
    // An envelope is longer than what it is made of.
    let reply = ask_json(&world, "/json/store", &format!("\"{}\"", "QUJD".repeat(74_990))).await;
    assert_eq!((reply.status, reply.refusal().1.as_str()), (413, "F0106"), "{}", reply.text());
    assert_eq!(world.provider.seen().len(), 1);

    // The other way round, JSON for the provider.
    let envelope = envelope(&format!("<t:file>{content}</t:file>"));
    let headers = ["content-type: text/xml", "SOAPAction: \"urn:store\""];
    let reply = world.ask("POST", "/soap", &headers, envelope.as_bytes()).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let sent = String::from_utf8(world.provider.seen().pop().unwrap().body).unwrap();
    assert!(sent.contains(&content), "all of it arrives");
}
