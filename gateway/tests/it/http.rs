//! The gateway over real sockets: what a stranger with bytes in his hand sees.

use crate::world::{Act, Seen, answer, limits, request, world};
use sluse_ledger::leaf::Ending;
use std::time::Duration;

pub(crate) const GOOD: &str = r#"{ "id" : "0101010101" }"#;

pub(crate) fn friendly(seen: &Seen) -> Act {
    match seen.line().split([' ', '?']).nth(1).unwrap() {
        "/persons/ask" => answer(200, "application/json", r#"{"name":"Ane"}"#),
        _ => answer(200, "text/plain", "done"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn passes_a_good_request_on_unaltered_and_gives_a_receipt() {
    let world = world("", friendly).await;
    let reply = world.post("/v1/ask?a=%20b", GOOD).await;
    assert_eq!((reply.status, reply.text().as_str()), (200, r#"{"name":"Ane"}"#));
    assert_eq!(reply.header("sluse-receipt"), Some("0"));
    let seen = &world.provider.seen()[0];
    assert_eq!(seen.body, GOOD.as_bytes(), "bytes received are never altered");
    assert_eq!(seen.line(), "POST /persons/ask?a=%20b HTTP/1.1");
    assert_eq!(seen.header("sluse-exchange"), Some(reply.exchange()));
    assert_eq!(seen.header("via"), Some("1.1 sluse"));
    let forwarded = r#"for=_dk.example.office;proto=http;host="gateway.example""#;
    assert_eq!(seen.header("forwarded"), Some(forwarded));
    let (opening, closing) = world.exchange(reply.exchange()).await;
    assert_eq!(opening.consumer, "dk.example/office");
    assert_eq!(opening.service.as_deref(), Some("dk.cpr/register/persons"));
    assert_eq!(opening.operation.as_deref(), Some("ask"));
    assert_eq!(opening.contract.as_deref(), Some("dk.cpr/persons@1.0.0"));
    assert_eq!(opening.request.bytes, GOOD.len() as u64);
    assert_eq!(opening.verdict.unwrap().outcome, "accepted");
    assert_eq!((closing.ending, closing.status), (Ending::Answered, Some(200)));
    assert_eq!(closing.verdict.unwrap().outcome, "accepted");
}

/// Method, path, headers, body; the status and the code expected.
type Case<'a> = (&'a str, &'a str, &'a [&'a str], &'a str, u16, &'a str);

#[tokio::test(flavor = "multi_thread")]
async fn refuses_in_the_words_that_are_fixed() {
    let world = world("", friendly).await;
    let json = "content-type: application/json";
    let long = "x".repeat(300);
    let key = format!("idempotency-key: {long}");
    let cases: &[Case<'_>] = &[
        ("POST", "/v1/ask", &[json], r#"{"id":"a"}"#, 422, "F0108"),
        ("POST", "/v1/ask", &[json], "{", 400, "F0101"),
        ("POST", "/v1/ask", &[json], "", 400, "F0101"),
        ("POST", "/v1/ask", &["content-type: text/csv"], GOOD, 415, "F0107"),
        ("POST", "/v1/ask", &["content-type: nonsense"], GOOD, 415, "F0107"),
        ("POST", "/v1/ask", &[], GOOD, 415, "F0107"),
        ("POST", "/v1/ask", &[json, "content-encoding: gzip"], GOOD, 415, "F0107"),
        ("POST", "/v1/ask", &[json, "idempotency-key:"], GOOD, 400, "F0115"),
        ("GET", "/v1/other", &[], "", 404, "F0103"),
        ("GET", "/v2", &[], "", 404, "F0103"),
        ("GET", "/v1x", &[], "", 404, "F0103"),
        ("POST", "/v1/ask", &[json, key.as_str()], GOOD, 400, "F0115"),
        ("POST", "/v1/../plain/x", &[json], GOOD, 400, "F0115"),
        ("POST", "/v1/%2e%2E/plain/x", &[json], GOOD, 400, "F0115"),
        ("POST", "/plain/..%2fv1/ask", &[json], GOOD, 400, "F0115"),
        ("POST", "/plain/..;a=b/x", &[json], GOOD, 400, "F0115"),
        ("POST", "/plain/.", &[json], GOOD, 400, "F0115"),
        ("GET", "/documents", &[], "", 405, "F0117"),
        ("POST", "/documents", &[json], "{", 400, "F0101"),
        ("POST", "/documents", &[json], "", 400, "F0101"),
        ("POST", "/documents", &[json], r#"{"note":1}"#, 422, "F0109"),
        ("POST", "/documents", &["content-type: text/csv"], "a", 415, "F0107"),
        ("POST", "/documents", &[json], r#"{"order":1}"#, 422, "F0113"),
        (
            "POST",
            "/documents",
            &[json],
            r#"{"order":1,"to":{"id":"99999999","scheme":"0184"}}"#,
            422,
            "F0113",
        ),
        (
            "POST",
            "/documents",
            &[json],
            r#"{"order":"1","to":{"id":"12345678","scheme":"0184"}}"#,
            422,
            "F0108",
        ),
        ("GET", "/exchanges/0199aabb-ccdd-7fff-bfff-ffffffffffff", &[], "", 404, "F0116"),
        ("GET", "/exchanges/zzz", &[], "", 404, "F0116"),
        ("GET", "/exchanges/zzz/receipt", &[], "", 404, "F0116"),
    ];
    let mut wire = world.wire().await;
    for (method, path, headers, body, status, code) in cases {
        wire.send(&request(method, path, headers, body.as_bytes())).await;
        let reply = wire.reply().await;
        let (got_status, got_code, side, retry) = reply.refusal();
        assert_eq!((got_status, got_code.as_str()), (*status, *code), "{method} {path} {body}");
        assert_eq!((side.as_str(), retry.as_str()), ("consumer", "pointless"), "{path} {body}");
        if *code != "F0116" {
            let (opening, closing) = world.exchange(reply.exchange()).await;
            assert_eq!(opening.consumer, "dk.example/office");
            assert_eq!(closing.ending, Ending::Refused);
            assert_eq!(closing.fault.as_deref(), Some(*code));
        }
    }
    assert!(world.provider.seen().is_empty(), "nothing refused reaches a provider");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_each_failure_of_a_provider_and_whether_to_retry() {
    let over = &limits("upstream-timeout-ms = 300\nanswer-bytes-max = 1000");
    let world = world(over, |seen| {
        let id = String::from_utf8_lossy(&seen.body).into_owned();
        let head = "HTTP/1.1 200 x\r\ncontent-type: application/json\r\n";
        match &id {
            id if id.contains("\"1\"") => Act::SendAndClose(b"nonsense\r\n\r\n".to_vec()),
            id if id.contains("\"2\"") => Act::Stall,
            id if id.contains("\"3\"") => {
                Act::SendAndClose(format!("{head}content-length: 100\r\n\r\n{{").into_bytes())
            }
            id if id.contains("\"4\"") => Act::SendAndClose(Vec::new()),
            id if id.contains("\"5\"") => {
                Act::Send(format!("{head}content-length: 100\r\n\r\n{{").into_bytes())
            }
            id if id.contains("\"6\"") => answer(200, "application/json", &"7".repeat(1001)),
            id if id.contains("\"7\"") => answer(200, "application/json", "{\"nam"),
            _ => answer(200, "application/json", "{\"no\":\"name\"}"),
        }
    })
    .await;
    let cases = [
        ("1", 502, "F0202"),
        ("2", 504, "F0204"),
        ("3", 502, "F0205"),
        ("4", 502, "F0205"),
        ("5", 504, "F0204"),
        ("6", 502, "F0206"),
        ("7", 502, "F0202"),
        ("8", 502, "F0201"),
    ];
    let mut wire = world.wire().await;
    for (id, status, code) in cases {
        let body = format!("{{\"id\":\"{id}\"}}");
        let headers = ["content-type: application/json"];
        wire.send(&request("POST", "/v1/ask", &headers, body.as_bytes())).await;
        let reply = wire.reply().await;
        let expected = (status, code.to_owned(), "provider".to_owned(), "unsafe".to_owned());
        assert_eq!(reply.refusal(), expected, "{id}");
        assert!(reply.header("sluse-receipt").is_some());
        let (_, closing) = world.exchange(reply.exchange()).await;
        assert_eq!((closing.ending, closing.fault.as_deref()), (Ending::Failed, Some(code)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn says_that_an_unreachable_provider_may_be_asked_again() {
    let world = world("#--- services/gone.toml\nid = \"dk.cpr/register/gone\"\nupstream = [\"http://127.0.0.1:1\"]\n[[route]]\npath = \"/gone\"\n", friendly).await;
    let reply = world.post("/gone", "{}").await;
    let expected = (502, "F0203".to_owned(), "provider".to_owned(), "safe".to_owned());
    assert_eq!(reply.refusal(), expected);
    let two = "#--- services/gone.toml\nid = \"dk.cpr/register/gone\"\nupstream = [\"http://127.0.0.1:1\", \"http://@A\"]\n[[route]]\npath = \"/gone\"\n";
    let world = crate::world::world(two, friendly).await;
    for _ in 0..4 {
        assert_eq!(world.post("/gone", "{}").await.status, 200, "the other upstream answers");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_connection_where_http_allows() {
    let over = &limits("body-bytes-max = 1000");
    let world = world(over, friendly).await;
    let mut wire = world.wire().await;
    let json = ["content-type: application/json"];
    for (path, body, status) in [
        ("/v1/ask", "{".to_owned(), 400),
        ("/nowhere", "x".repeat(900), 404),
        ("/v1/ask", "x".repeat(2_000), 413),
        ("/v1/ask", GOOD.to_owned(), 200),
    ] {
        wire.send(&request("POST", path, &json, body.as_bytes())).await;
        assert_eq!(wire.reply().await.status, status, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_bodies_that_are_too_slow_or_too_large_or_broken_off() {
    let over = &limits(
        "body-bytes-max = 100000\nbody-memory-bytes-max = 1000\nbody-idle-timeout-ms = 150\nbody-timeout-ms = 600",
    );
    let world = world(over, friendly).await;
    let chunked = ["content-type: application/json", "transfer-encoding: chunked"];

    let mut wire = world.wire().await;
    wire.send(&request("POST", "/v1/ask", &chunked, b"5\r\n{\"id\"\r\n")).await;
    let reply = wire.reply().await;
    let expected = (408, "F0105".to_owned(), "consumer".to_owned(), "safe".to_owned());
    assert_eq!(reply.refusal(), expected, "silence between two pieces");

    let mut wire = world.wire().await;
    wire.send(&request("POST", "/v1/ask", &chunked, b"")).await;
    for _ in 0..20 {
        if !wire.try_send(b"1\r\n \r\n").await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert_eq!(wire.reply().await.status, 408, "a drip that never ends");

    let mut wire = world.wire().await;
    wire.send(&request("POST", "/v1/ask", &chunked, b"")).await;
    let piece = format!("{:x}\r\n{}\r\n", 10_000, "x".repeat(10_000));
    for _ in 0..11 {
        wire.try_send(piece.as_bytes()).await;
    }
    assert_eq!(wire.reply().await.status, 413, "no length stated");

    let mut wire = world.wire().await;
    let partial = request(
        "POST",
        "/v1/ask",
        &["content-type: application/json", "content-length: 50000"],
        b"",
    );
    wire.send(&partial).await;
    wire.send(&[b' '; 20_000]).await;
    drop(wire);
    let broken = wait_for_fault(&world, "F0114").await;
    assert_eq!(broken, Ending::Refused);
    let spool = std::fs::read_dir(world.folder.path().join("spool")).unwrap();
    assert_eq!(spool.count(), 0, "an aborted upload leaves no file");
    assert!(world.provider.seen().is_empty());
}

async fn wait_for_fault(world: &crate::world::World, code: &str) -> Ending {
    for _ in 0..500 {
        for leaf in world.leaves().await {
            if let sluse_ledger::Leaf::Closing(closing) = leaf
                && closing.fault.as_deref() == Some(code)
            {
                return closing.ending;
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no exchange closed with {code}");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_a_soap_caller_with_a_fault_of_its_own_version() {
    let world = world("", friendly).await;
    let bodies = [
        (
            &["content-type: text/xml; charset=utf-8", "soapaction: \"x\""][..],
            "http://schemas.xmlsoap.org/soap/envelope/",
            500,
            "<faultcode>s:Client</faultcode>",
        ),
        (
            &["content-type: application/soap+xml"][..],
            "http://www.w3.org/2003/05/soap-envelope",
            400,
            "<s:Value>s:Sender</s:Value>",
        ),
    ];
    for (headers, namespace, status, who) in bodies {
        let reply = world.ask("POST", "/nowhere", headers, b"<x/>").await;
        let text = reply.text();
        assert_eq!(reply.status, status);
        assert!(text.contains(namespace) && text.contains(who), "{text}");
        assert!(
            text.contains("<p:code>F0103</p:code>") && text.contains("<p:status>404</p:status>")
        );
        assert!(text.contains(&format!("<p:exchange>{}</p:exchange>", reply.exchange())));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_large_answers_that_nobody_judges() {
    let big = "y".repeat(3_000_000);
    let body = big.clone();
    let world = world("", move |_| answer(200, "text/plain", &body)).await;
    let reply = world.ask("GET", "/plain/big", &[], b"").await;
    assert_eq!((reply.status, reply.body.len()), (200, 3_000_000));
    assert_eq!(world.provider.seen()[0].line(), "GET /plain/big HTTP/1.1", "the path as it came");
    let (opening, closing) = world.exchange(reply.exchange()).await;
    assert_eq!((opening.contract, opening.verdict), (None, None), "nothing is judged");
    assert_eq!(closing.response.unwrap().bytes, 3_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn breaks_off_where_the_provider_breaks_off() {
    let half = b"HTTP/1.1 200 x\r\ncontent-length: 3000000\r\n\r\nyyy".to_vec();
    let world = world("", move |_| Act::SendAndClose(half.clone())).await;
    let mut wire = world.wire().await;
    wire.send(&request("GET", "/plain/big", &[], b"")).await;
    assert!(wire.try_reply().await.is_none(), "nobody takes half for whole");
    let leaf = wait_for_fault(&world, "F0205").await;
    assert_eq!(leaf, Ending::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn carries_large_requests_over_the_disk() {
    let world = world("", friendly).await;
    let body = vec![b'z'; 5_000_000];
    let reply = world.ask("POST", "/plain/up", &["content-type: text/plain"], &body).await;
    assert_eq!(reply.status, 200);
    assert!(world.provider.seen()[0].body == body);
    let (opening, _) = world.exchange(reply.exchange()).await;
    assert_eq!(opening.request.bytes, 5_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_read_though_the_request_is_still_being_sent() {
    let world = world(&limits("body-bytes-max = 1000"), friendly).await;
    for path in ["/v1/ask", "/nowhere"] {
        let mut wire = world.wire().await;
        let json = ["content-type: application/json"];
        wire.send(&request("POST", path, &json, &vec![b' '; 6_000_000])).await;
        assert_eq!(wire.reply().await.status, if path == "/nowhere" { 404 } else { 413 });
        wire.send(&request("POST", "/v1/ask", &json, GOOD.as_bytes())).await;
        assert_eq!(wire.reply().await.status, 200, "and the connection is kept");
    }
    let mut wire = world.wire().await;
    let expecting = ["content-length: 5000", "expect: 100-continue"];
    wire.send(&request("POST", "/v1/ask", &expecting, b"")).await;
    assert_eq!(wire.reply().await.status, 413, "and is not asked to go on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_takes_no_answer_holds_nothing_for_long() {
    let big = "y".repeat(30_000_000);
    let over = limits("body-idle-timeout-ms = 200");
    let world = world(&over, move |_| answer(200, "text/plain", &big)).await;
    let mut wire = world.wire().await;
    wire.send(&request("GET", "/plain/big", &[], b"")).await;
    let id = world.provider.wait_for(1).await[0].header("sluse-exchange").unwrap().to_owned();
    let (_, closing) = world.exchange(&id).await;
    assert_eq!(closing.response.unwrap().bytes, 30_000_000, "read and closed all the same");
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(wire.try_reply().await.is_none(), "half an answer is never taken for whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_too_large_for_a_tree_is_refused_without_being_read_into_memory() {
    let world =
        world(&limits("tree-bytes-max = 100000\nbody-memory-bytes-max = 1000"), friendly).await;
    let body = format!(r#"{{"id":"1","fill":"{}"}}"#, "x".repeat(300_000));
    let reply = world.post("/v1/ask", &body).await;
    assert_eq!((reply.status, reply.refusal().1.as_str()), (400, "F0101"));
    assert_eq!(reply.json()["violations"][0]["code"], "V0106");
    let reply = world.post("/plain/x", &body).await;
    assert_eq!(reply.status, 200, "what nobody reads may be larger");
}

#[tokio::test(flavor = "multi_thread")]
async fn passes_on_addresses_that_only_look_as_if_they_led_elsewhere() {
    let world = world("", friendly).await;
    for path in ["/plain/a..b/.hidden/c.", "/plain/%2e.x/...", "/plain/x?../y"] {
        assert_eq!(world.post(path, "x").await.status, 200, "{path}");
        let seen = world.provider.seen();
        assert_eq!(seen.last().unwrap().line(), format!("POST {path} HTTP/1.1"), "as it came");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_messages_is_bounded() {
    let over = limits("").replace("[limits]", "[outbox]\nmessage-bytes-max = 1000\n[limits]");
    let large = "7".repeat(2_000);
    let told = large.clone();
    let world = world(&over, move |_| answer(200, "text/plain", &told)).await;
    let later = ["content-type: text/plain", "prefer: respond-async"];
    let reply = world.ask("POST", "/plain/x", &later, large.as_bytes()).await;
    assert_eq!((reply.status, reply.refusal().1.as_str()), (413, "F0106"));
    let note = format!(r#"{{"id":"{large}"}}"#);
    assert_eq!(world.post("/v1/notes", &note).await.status, 413);
    assert_eq!(world.provider.seen().len(), 0);
    assert_eq!(world.post("/plain/x", &large).await.status, 200, "what is not kept may be larger");
    let keyed = ["content-type: text/plain", "idempotency-key: k-1"];
    for _ in 0..2 {
        let reply = world.ask("POST", "/plain/x", &keyed, b"x").await;
        assert_eq!((reply.status, reply.json()["code"].as_str()), (502, Some("F0206")));
    }
    assert_eq!(world.provider.seen().len(), 2, "the same key asks once");
}
