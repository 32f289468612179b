//! What a SOAP service does not describe: other methods, unknown operations, media types it neither takes nor gives.

use super::{ASK, envelope, envelope_12, files, of_id, register};
use crate::world::{Reply, World, world};
use sluse_ledger::leaf::Ending;

/// The service on two routes: one refuses what the contract lacks, the other passes it.
fn over() -> String {
    let open = "path = \"/soap\"\n[[route]]\npath = \"/open\"\nunknown-operations = \"pass\"\n";
    files().replace("path = \"/soap\"\n", open)
}

const SOAP_11: &str = "content-type: text/xml";
const SOAP_12: &str = "content-type: application/soap+xml";

async fn ask(world: &World, path: &str, headers: &[&str], body: &str) -> Reply {
    world.ask("POST", path, headers, body.as_bytes()).await
}

#[tokio::test]
async fn other_methods_are_answered_405_with_the_one_that_is_taken() {
    let world = world(&over(), register).await;
    for (method, path) in
        [("GET", "/soap?wsdl"), ("GET", "/soap"), ("DELETE", "/soap/x"), ("OPTIONS", "/soap")]
    {
        let reply = world.ask(method, path, &[], b"").await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")), "{method} {path}");
        assert_eq!(reply.json()["code"], "F0117", "{}", reply.text());
        assert_eq!(reply.json()["violations"][0]["code"], "V0501", "{}", reply.text());
    }
    let reply = world.ask("PUT", "/soap", &[SOAP_11, ASK], of_id("7").as_bytes()).await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")), "{}", reply.text());
    assert!(reply.text().contains("<s:Fault>"), "{}", reply.text());
    assert_eq!(world.provider.seen().len(), 0);
}

#[tokio::test]
async fn an_unknown_operation_is_answered_with_a_fault_of_the_callers_version() {
    let world = world(&over(), register).await;
    let headers = [SOAP_11, "SOAPAction: \"urn:drop\""];
    let reply = ask(&world, "/soap", &headers, &envelope("<t:drop/>")).await;
    let text = reply.text();
    assert!(reply.status == 500 && text.contains("<faultcode>s:Client</faultcode>"), "{text}");
    assert!(text.contains("<p:code>V0605</p:code>"), "{text}");
    let reply = ask(&world, "/soap", &[SOAP_12], &envelope_12("<t:drop/>")).await;
    let text = reply.text();
    assert!(reply.status == 400 && text.contains("<s:Value>s:Sender</s:Value>"), "{text}");
    assert!(text.contains("<p:code>V0605</p:code>"), "{text}");
    // A version that nobody has: the fault says so.
    let other = of_id("7").replace("schemas.xmlsoap.org/soap", "canary.example/soap");
    let reply = ask(&world, "/soap", &[SOAP_12], &other).await;
    let text = reply.text();
    assert!(reply.status == 500 && text.contains("<s:Value>s:VersionMismatch</s:Value>"), "{text}");
    let reply = ask(&world, "/soap", &[SOAP_11, ASK], &other).await;
    let text = reply.text();
    assert!(
        reply.status == 500 && text.contains("<faultcode>s:VersionMismatch</faultcode>"),
        "{text}"
    );
    assert_eq!(world.provider.seen().len(), 0);
}

#[tokio::test]
async fn a_route_may_pass_what_the_contract_has_no_operation_for() {
    let world = world(&over(), register).await;
    let drop = envelope("<t:drop>canary</t:drop>");
    for (method, headers, body) in [
        ("GET", &[][..], String::new()),
        ("POST", &[SOAP_11, "SOAPAction: \"urn:drop\""], drop.clone()),
        ("POST", &[SOAP_11], drop.clone()),
        ("POST", &[SOAP_12], envelope_12("<t:drop/>")),
    ] {
        let path = if method == "GET" { "/open?wsdl" } else { "/open" };
        let reply = world.ask(method, path, headers, body.as_bytes()).await;
        // The answer is not judged either: it holds what the contract would refuse.
        assert_eq!(reply.status, 200, "{method} {body} {}", reply.text());
        let (opening, closing) = world.exchange(reply.exchange()).await;
        assert_eq!((opening.operation, closing.ending), (None, Ending::Answered), "{body}");
        assert_eq!(world.provider.seen().last().unwrap().body, body.as_bytes());
    }
    assert!(world.provider.seen()[0].line().starts_with("GET /open?wsdl "));
    // What is of an operation is judged, and what is none for other reasons is refused.
    let two = of_id("7").replace("</s:Body>", "</s:Body><s:Body/>");
    let version = drop.replace("schemas.xmlsoap.org/soap", "canary.example/soap");
    for (headers, body, code) in [
        (&[SOAP_11, ASK][..], of_id("x"), "V0203"),
        (&[SOAP_11, "SOAPAction: \"urn:drop\""], of_id("x"), "V0203"),
        (&[SOAP_11, ASK], drop.clone(), "V0607"),
        (&[SOAP_11], two, "V0603"),
        (&[SOAP_11], version, "V0602"),
        (&[SOAP_11], "<drop/>".to_owned(), "V0601"),
        (&[SOAP_11], "<drop>".to_owned(), "V0101"),
        (&[SOAP_11], String::new(), "V0109"),
        (&["content-type: application/json"], "{}".to_owned(), "V0113"),
    ] {
        let seen = world.provider.seen().len();
        let reply = ask(&world, "/open", headers, &body).await;
        assert!(reply.status >= 400 && reply.text().contains(code), "{code} {}", reply.text());
        assert!(!reply.text().contains("canary"), "{}", reply.text());
        assert_eq!(world.provider.seen().len(), seen, "{body}");
    }
    let reply = ask(&world, "/open", &[SOAP_11, ASK], &of_id("7")).await;
    assert_eq!(world.exchange(reply.exchange()).await.0.operation.as_deref(), Some("ask"));
}

#[tokio::test]
async fn media_types_are_those_of_the_version() {
    let world = world(&over(), register).await;
    let (soap_11, soap_12) = (of_id("7"), envelope_12("<t:ask><t:id>7</t:id></t:ask>"));
    let one_way = envelope("<t:done/>");
    for (headers, body, status, code) in [
        (&[SOAP_11, ASK, "accept: text/xml, multipart/related"][..], &soap_11, 200, ""),
        (&[SOAP_11, ASK, "accept: text/html, *; q=.2, */*; q=.2"], &soap_11, 200, ""),
        (&[SOAP_11, ASK, "accept: application/soap+xml"], &soap_11, 406, "F0118"),
        (&[SOAP_11, ASK, "accept: application/json"], &soap_11, 406, "V0508"),
        (&[SOAP_12, "accept: application/soap+xml"], &soap_12, 200, ""),
        (&[SOAP_12, "accept: text/xml"], &soap_12, 406, "F0118"),
        (&[SOAP_12, "accept: multipart/related"], &soap_12, 200, ""),
        // Where no answer comes, none is asked for.
        (&[SOAP_11, "SOAPAction: \"urn:note\"", "accept: application/json"], &one_way, 202, ""),
        (&[SOAP_12], &soap_11, 415, "F0107"),
        (&[SOAP_11, ASK], &soap_12, 415, "V0113"),
        (&["content-type: application/xml", ASK], &soap_11, 415, "F0107"),
        (&["content-type: application/json", ASK], &soap_11, 400, "F0101"),
        (&["content-type: text/plain"], &soap_11, 415, "F0107"),
        (&["content-type: application/json"], &"{}".to_owned(), 415, "F0107"),
        (&[ASK], &soap_11, 415, "F0107"),
    ] {
        let reply = ask(&world, "/soap", headers, body).await;
        let shown = format!("{headers:?} {}", reply.text());
        assert_eq!(reply.status, status, "{shown}");
        assert!(code.is_empty() || reply.text().contains(code), "{shown}");
    }
}
