//! SOAP services behind the gateway: operations known from messages, both directions judged, faults as answers.

mod face;
mod init;
mod lane;
mod offline;
mod peers;
mod published;
mod unknown;

use crate::{
    cli::sluse,
    world::{Act, Reply, Seen, World, answer, world},
};
use sluse_ledger::leaf::Ending;

const WSDL: &str = include_str!("service.wsdl");
const XML: &str = "text/xml; charset=utf-8";
const ASK: &str = "SOAPAction: \"urn:ask\"";

fn files() -> String {
    format!(
        "#--- services/soap.toml\nid = \"dk.cpr/register/soap\"\ncontract = \"dk.cpr/soap@1.0.0\"\n\
         upstream = [\"http://@A\"]\n[[route]]\npath = \"/soap\"\n\
         #--- contracts/dk.cpr/soap/1.0.0/contract.toml\nid = \"dk.cpr/soap\"\nversion = \"1.0.0\"\n\
         status = \"in-force\"\ntitle = {{ en = \"Register\" }}\nwsdl = \"service.wsdl\"\n\
         #--- contracts/dk.cpr/soap/1.0.0/service.wsdl\n{WSDL}"
    )
}

fn envelope(body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:t=\"urn:t\">\
         <s:Body>{body}</s:Body></s:Envelope>"
    )
}

fn envelope_12(body: &str) -> String {
    envelope(body).replace(
        "http://schemas.xmlsoap.org/soap/envelope/",
        "http://www.w3.org/2003/05/soap-envelope",
    )
}

/// Answers that are no envelope, by the id that is asked for.
fn bare(text: &str) -> Option<(u16, &'static str)> {
    let answers = [
        ("9404", 404, "content-type: text/html\r\ncontent-length: 6\r\n\r\n<html>"),
        ("9500", 500, "content-type: application/json\r\ncontent-length: 2\r\n\r\n{}"),
        ("9502", 502, "content-length: 6\r\n\r\ncanary"),
        ("9503", 503, "content-length: 0\r\n\r\n"),
        ("9307", 307, "location: http://canary/\r\ncontent-length: 0\r\n\r\n"),
        ("9200", 200, "content-type: text/html\r\ncontent-length: 6\r\n\r\n<html>"),
        ("9401", 401, "www-authenticate: Basic realm=\"x\"\r\ncontent-length: 0\r\n\r\n"),
        ("9402", 401, "content-length: 0\r\n\r\n"),
        (
            "9111",
            200,
            "content-type: text/xml\r\ncontent-type: text/plain\r\ncontent-length: 4\r\n\r\n<a/>",
        ),
    ];
    let asked = |id: &str| text.contains(&format!("<t:id>{id}</t:id>"));
    answers.into_iter().find(|(id, ..)| asked(id)).map(|(_, status, head)| (status, head))
}

/// Answers by what the request asks for.
fn register(seen: &Seen) -> Act {
    let text = String::from_utf8_lossy(&seen.body).into_owned();
    let fault = envelope(
        "<s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring>\
         <detail><t:missing>1</t:missing></detail></s:Fault>",
    );
    if text.contains("<t:id>404</t:id>") {
        answer(500, XML, &fault)
    } else if text.contains("<t:id>405</t:id>") {
        answer(500, XML, &fault.replace(">1<", ">canary<"))
    } else if text.contains("<t:id>503</t:id>") {
        answer(503, "text/html", "<html>canary</html>")
    } else if let Some((status, head)) = bare(&text) {
        Act::Send(format!("HTTP/1.1 {status} x\r\n{head}").into_bytes())
    } else if text.contains("<t:id>13</t:id>") {
        answer(200, XML, &envelope("<t:told><t:name>canary</t:name></t:told>"))
    } else if text.contains("soap-envelope") {
        let told = envelope_12("<t:told><t:name>1</t:name></t:told>");
        answer(200, "application/soap+xml; charset=utf-8", &told)
    } else if text.contains("<t:file") {
        answer(200, XML, &envelope("<t:done/>"))
    } else {
        answer(200, XML, &envelope("<t:told><t:name>1</t:name></t:told>"))
    }
}

async fn ask(world: &World, headers: &[&str], body: &str) -> Reply {
    world.ask("POST", "/soap", headers, body.as_bytes()).await
}

fn of_id(id: &str) -> String {
    envelope(&format!("<t:ask><t:id>{id}</t:id></t:ask>"))
}

#[tokio::test]
async fn passes_a_good_envelope_on_unaltered_and_knows_its_operation() {
    let world = world(&files(), register).await;
    let body = of_id("7");
    let reply = ask(&world, &["content-type: text/xml", ASK], &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(world.provider.seen()[0].body, body.as_bytes());
    assert_eq!(world.provider.seen()[0].header("soapaction"), Some("\"urn:ask\""));
    let (opening, closing) = world.exchange(reply.exchange()).await;
    assert_eq!(opening.operation.as_deref(), Some("ask"));
    assert_eq!(closing.ending, Ending::Answered);
    // SOAP 1.2, and an operation that is known by its body alone.
    let body = envelope_12("<t:ask><t:id>7</t:id></t:ask>");
    let reply = ask(&world, &["content-type: application/soap+xml"], &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let (opening, _) = world.exchange(reply.exchange()).await;
    assert_eq!(opening.operation.as_deref(), Some("ask"));
}

#[tokio::test]
async fn answers_a_breach_with_a_fault_of_the_callers_version_and_passes_nothing_on() {
    let world = world(&files(), register).await;
    for (body, code) in [
        (of_id("canary"), "V0203"),
        (envelope("<t:drop/>"), "V0607"),
        (envelope("<t:told/>"), "V0607"),
        (of_id("7").replace("schemas.xmlsoap.org", "canary.example"), "V0602"),
        ("<canary/>".to_owned(), "V0601"),
        (of_id("7").replace("</s:Envelope>", "<s:Body/></s:Envelope>"), "V0603"),
        (of_id("7").replace("<s:Body>", "<s:Header>").replace("</s:Body>", "</s:Header>"), "V0603"),
    ] {
        let reply = ask(&world, &["content-type: text/xml", ASK], &body).await;
        let text = reply.text();
        assert_eq!((reply.status, reply.header("content-type")), (500, Some(XML)), "{text}");
        assert!(text.contains(&format!("<p:code>{code}</p:code>")), "{body} {text}");
        assert!(!text.contains("canary"), "{text}");
    }
    let reply = ask(&world, &["content-type: text/xml"], &of_id("canary")).await;
    assert!(reply.status == 500 && reply.text().contains("<s:Fault>"), "{}", reply.text());
    let body = envelope_12("<t:ask/>");
    let reply =
        ask(&world, &["content-type: application/soap+xml; action=\"urn:ask\""], &body).await;
    assert_eq!(reply.status, 400, "{}", reply.text());
    assert!(reply.text().contains("<s:Value>s:Sender</s:Value>"), "{}", reply.text());
    // Another action than the body's, and another media type than the version's.
    for (headers, code) in [
        (["content-type: text/xml", "SOAPAction: \"urn:store\""], "V0606"),
        (["content-type: application/xml", ASK], "V0113"),
    ] {
        let reply = ask(&world, &headers, &of_id("7")).await;
        assert!(reply.text().contains(code), "{}", reply.text());
    }
    assert_eq!(world.provider.seen().len(), 0);
}

#[tokio::test]
async fn judges_answers_and_faults_of_the_operation_that_was_asked() {
    let world = world(&files(), register).await;
    for (id, status, code) in [
        ("404", 500, None),
        ("405", 502, Some("V0203")),
        ("503", 502, Some("V0113")),
        ("13", 502, Some("V0203")),
    ] {
        let reply = ask(&world, &["content-type: text/xml", ASK], &of_id(id)).await;
        let text = reply.text();
        assert_eq!(reply.status, status, "{id} {text}");
        match code {
            Some(code) => assert!(text.contains(code) && text.contains("F0201"), "{text}"),
            None => assert!(!text.contains("urn:sluse"), "{text}"),
        }
        assert!(!text.contains("canary"), "{text}");
    }
}

#[tokio::test]
async fn an_answer_that_is_no_envelope_is_held_back_whatever_its_status() {
    let world = world(&files(), register).await;
    for (id, codes) in [
        ("9404", ["F0201", "V0113"]),
        ("9500", ["F0201", "V0113"]),
        ("9502", ["F0201", "V0113"]),
        ("9503", ["F0202", "V0109"]),
        ("9307", ["F0202", "V0109"]),
        ("9200", ["F0201", "V0113"]),
        ("9402", ["F0202", "V0109"]),
        ("9111", ["F0202", "V0113"]),
    ] {
        let reply = ask(&world, &["content-type: text/xml", ASK], &of_id(id)).await;
        let text = reply.text();
        assert_eq!((reply.status, reply.header("content-type")), (502, Some(XML)), "{id} {text}");
        assert!(codes.iter().all(|code| text.contains(code)), "{id} {text}");
        assert!(!reply.head.contains("canary") && !text.contains("canary"), "{id} {text}");
    }
    let reply = ask(&world, &["content-type: text/xml", ASK], &of_id("9401")).await;
    assert_eq!(reply.status, 401, "who asks is a question of HTTP: {}", reply.text());
    assert!(reply.header("www-authenticate").is_some());
}

#[tokio::test]
async fn an_operation_without_an_answer_is_taken_and_delivered() {
    let world = world(&files(), |_| answer(202, "text/plain", "")).await;
    let headers = ["content-type: text/xml", "SOAPAction: \"urn:note\""];
    let reply = ask(&world, &headers, &envelope("<t:done/>")).await;
    assert_eq!(reply.status, 202, "{}", reply.text());
    assert!(reply.header("location").unwrap().starts_with("/exchanges/"));
    assert_eq!(world.provider.wait_for(1).await[0].body, envelope("<t:done/>").as_bytes());
    assert_eq!(world.ending(reply.exchange()).await, Ending::Delivered);
}

/// A message with one attachment, and what refers to it.
fn related(href: &str, parts: usize) -> String {
    let file = format!(
        "<t:file><x:Include xmlns:x=\"http://www.w3.org/2004/08/xop/include\" href=\"{href}\"/></t:file>"
    );
    let more = "--b\r\n\r\n\r\n".repeat(parts);
    format!(
        "--b\r\nContent-Type: application/xop+xml; type=\"text/xml\"\r\nContent-ID: <r@x>\r\n\r\n{}\r\n\
         --b\r\nContent-ID: <f@x>\r\n\r\n\u{1}binary\r\n--bb\r\n{more}--b--\r\n",
        envelope(&file)
    )
}

const RELATED: &str = "content-type: multipart/related; boundary=b; type=\"application/xop+xml\"; start=\"<r@x>\"; start-info=\"text/xml\"";

#[tokio::test]
async fn attachments_pass_untouched_and_references_are_followed() {
    let world = world(&files(), register).await;
    let headers = [RELATED, "SOAPAction: \"urn:store\""];
    let body = related("cid:f@x", 0).replace("\r\n--bb", "\r\n-bb");
    let reply = ask(&world, &headers, &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(world.provider.seen()[0].body, body.as_bytes());
    assert_eq!(world.exchange(reply.exchange()).await.0.operation.as_deref(), Some("store"));
    for (body, code) in [
        (body.replace("cid:f@x", "cid:canary@x"), "V0612"),
        (body.replace("cid:f@x", "cid:r@x"), "V0612"),
        (body.replace("--b--", "--"), "V0121"),
        (related("cid:f@x", 10_000).replace("\r\n--bb", "\r\n-bb"), "V0122"),
        (body.replace("<f@x>", "<f@x>\r\nContent-Encoding: gzip"), "V0123"),
    ] {
        let reply = ask(&world, &headers, &body).await;
        let text = reply.text();
        assert!(
            reply.status == 500 && text.contains("<s:Fault>") && text.contains(code),
            "{code} {text}"
        );
        assert!(!text.contains("canary"), "{text}");
    }
    assert_eq!(world.provider.seen().len(), 1);
}

#[tokio::test]
async fn a_header_of_a_megabyte_is_refused() {
    let world = world(&files(), register).await;
    let header = format!("<s:Header><t:x>{}</t:x></s:Header><s:Body>", "x".repeat(1 << 20));
    let body = of_id("7").replacen("<s:Body>", &header, 1);
    let reply = ask(&world, &["content-type: text/xml", ASK], &body).await;
    assert!(reply.text().contains("<p:code>V0613</p:code>"), "{}", reply.text());
    assert_eq!(world.provider.seen().len(), 0);
}

#[test]
fn judges_whole_messages_and_those_with_attachments_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("service.wsdl", WSDL);
    let http =
        |headers: &str, body: &str| format!("POST /soap HTTP/1.1\r\n{headers}\r\n\r\n{body}");
    let soap = "content-type: text/xml\r\nSOAPAction: \"urn:ask\"";
    write("1-right", &http(soap, &of_id("7")));
    write("2-action", &http(&soap.replace("urn:ask", "urn:store"), &of_id("7")));
    let file = related("cid:f@x", 0).replace("\r\n--bb", "\r\n-bb");
    let store = format!("{RELATED}\r\nSOAPAction: \"urn:store\"");
    write("3-attached", &http(&store, &file));
    write("4-nowhere", &http(&store, &file.replace("cid:f@x", "cid:g@x")));
    let files = ["1-right", "2-action", "3-attached", "4-nowhere"];
    let rest = ["--http", "--wsdl", "service.wsdl", "--format", "json"];
    let told = sluse(folder.path(), &[&["validate"], &files[..], &rest].concat());
    let lines: Vec<&str> = told.lines().filter(|line| line.starts_with('{')).collect();
    for (line, due) in lines.iter().zip(["accepted", "V0606", "accepted", "V0612"]) {
        assert!(line.contains(due), "{line}");
    }
    assert_eq!(lines.len(), 4, "{told}");
    // An answer, of an operation that is named, is another thing than a request.
    write("answer.xml", &envelope("<t:told><t:name>1</t:name></t:told>"));
    let rest = ["answer.xml", "--wsdl", "service.wsdl", "--operation", "ask", "--direction"];
    let told = |direction| sluse(folder.path(), &[&["validate"], &rest[..], &[direction]].concat());
    assert!(told("response").starts_with("exit: 0"), "{}", told("response"));
    assert!(told("request").contains("V0607"), "{}", told("request"));
}
