//! Where a message of HTTP begins and ends, and what its head may say: nobody reads it in two ways.

use crate::{
    http::{GOOD, friendly},
    world::{Act, limits, request, world},
};

#[tokio::test(flavor = "multi_thread")]
async fn refuses_heads_that_are_no_http() {
    let world = world("", friendly).await;
    let long = format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "x".repeat(70_000));
    let wide = format!("GET / HTTP/1.1\r\nhost: a\r\nx-h: {}\r\n\r\n", "x".repeat(70_000));
    for (bytes, status) in [
        (long.as_bytes(), 414),
        (wide.as_bytes(), 431),
        (b"GET /v1 HTTP/1.1\r\nhost: a\r\nno colon\r\n\r\n", 400),
        (b"GET /v1 HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx", 400),
        (&b"nonsense\r\n\r\n"[..], 400),
        (b"GET /v1 HTTP/1.1\r\n\r\n", 400),
        (b"GET /v1 HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400),
        (b"GET /v1 HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n", 400),
    ] {
        let mut wire = world.wire().await;
        wire.send(bytes).await;
        let reply = wire.reply().await;
        let expected = (status, "F0115".to_owned(), "consumer".to_owned(), "pointless".to_owned());
        let beginning = &bytes[..bytes.len().min(60)];
        assert_eq!(reply.refusal(), expected, "{}", String::from_utf8_lossy(beginning));
    }
    let mut wire = world.wire().await;
    wire.send(b"CONNECT gateway.example:443 HTTP/1.1\r\nhost: gateway.example:443\r\n\r\n").await;
    let reply = wire.reply().await;
    assert_eq!((reply.status, reply.refusal().1.as_str()), (405, "F0117"), "no tunnel");
    // The answer before it on the same connection is as it was.
    let mut wire = world.wire().await;
    let good = request("POST", "/v1/ask", &["content-type: application/json"], GOOD.as_bytes());
    wire.send(&[&good[..], b"nonsense\r\n\r\n"].concat()).await;
    assert_eq!(wire.reply().await.text(), r#"{"name":"Ane"}"#);
    assert_eq!(wire.reply().await.status, 400);
    let mut wire = world.wire().await;
    let many = "x-h: y\r\n".repeat(101);
    wire.send(format!("GET /v1 HTTP/1.1\r\nhost: a\r\n{many}\r\n").as_bytes()).await;
    assert_eq!(wire.reply().await.refusal().0, 431);
}

#[tokio::test(flavor = "multi_thread")]
async fn tells_a_head_that_takes_too_long_and_leaves_silence_silent() {
    let world = world(&limits("head-timeout-ms = 200"), friendly).await;
    let mut wire = world.wire().await;
    wire.send(b"GET /v1 HTTP/1.1\r\nhost: a\r\nx-slow: ").await;
    let reply = wire.reply().await;
    let expected = (408, "F0105".to_owned(), "consumer".to_owned(), "safe".to_owned());
    assert_eq!(reply.refusal(), expected);
    for beginning in [&b""[..], b"PR", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r"] {
        let mut wire = world.wire().await;
        wire.send(beginning).await;
        assert!(wire.try_reply().await.is_none_or(|reply| reply.status == 408), "closed in time");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_framings_in_one_message_cannot_change_where_it_ends() {
    let body = r#"{"name":"Ane"}"#;
    let framed = format!(
        "HTTP/1.1 200 x\r\ncontent-type: application/json\r\ncontent-length: 3\r\n\
         transfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let world = world("", move |_| Act::Send(framed.clone().into_bytes())).await;
    let chunked = format!("{:x}\r\n{GOOD}\r\n0\r\n\r\n", GOOD.len());
    for framing in [
        ["content-length: 3", "transfer-encoding: chunked"],
        ["transfer-encoding: chunked", "content-length: 3"],
    ] {
        for path in ["/v1/ask", "/plain/x"] {
            let before = world.provider.seen().len();
            let headers = ["content-type: application/json", framing[0], framing[1]];
            let mut wire = world.wire().await;
            wire.send(&request("POST", path, &headers, chunked.as_bytes())).await;
            let reply = wire.reply().await;
            let seen = world.provider.seen();
            assert_eq!((seen.len(), seen[before].body.as_slice()), (before + 1, GOOD.as_bytes()));
            assert_eq!((reply.status, reply.refusal().1.as_str()), (502, "F0202"), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_can_read_is_not_passed_on_as_read() {
    let world = world("", |seen| {
        let head = |first: &str| {
            let body = r#"{"no":"name"}"#;
            let kind = "content-type: application/json\r\ncontent-length";
            Act::Send(
                format!("HTTP/1.1 {first}\r\n{kind}: {}\r\n\r\n{body}", body.len()).into_bytes(),
            )
        };
        match String::from_utf8_lossy(&seen.body).as_ref() {
            text if text.contains("\"1\"") => head("200 x\r\ncontent-encoding: gzip"),
            text if text.contains("\"2\"") => head("200 x\r\ncontent-encoding: identity"),
            _ => Act::SendAndClose(
                b"HTTP/1.1 101 x\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n".to_vec(),
            ),
        }
    })
    .await;
    for (id, code) in [("1", "F0202"), ("2", "F0201"), ("3", "F0202")] {
        let reply = world.post("/v1/ask", &format!(r#"{{"id":"{id}"}}"#)).await;
        let expected = (502, code.to_owned(), "provider".to_owned(), "unsafe".to_owned());
        assert_eq!(reply.refusal(), expected, "{id}");
    }
    let reply = world.post("/watched/ask", r#"{"id":"1"}"#).await;
    assert_eq!(reply.status, 200, "where answers are watched only, it passes");
    let (_, closing) = world.exchange(reply.exchange()).await;
    assert_eq!(closing.verdict.unwrap().outcome, "malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_says_what_is_asked_stands_once() {
    let world = world("", friendly).await;
    let json = "content-type: application/json";
    for twice in [
        [json, "content-type: text/plain"],
        [json, "Content-Type: application/json"],
        ["host: a.example", "host: b.example"],
        ["SOAPAction: a", "soapaction: b"],
        ["authorization: Basic a", "authorization: Basic b"],
        ["idempotency-key: a", "Idempotency-Key: b"],
        ["content-location: /a", "content-location: /b"],
    ] {
        for path in ["/v1/ask", "/plain/x"] {
            let mut headers = twice.to_vec();
            headers.extend((!twice.contains(&json)).then_some(json));
            let reply = world.ask("POST", path, &headers, GOOD.as_bytes()).await;
            let expected = (400, "F0115".to_owned(), "consumer".to_owned(), "pointless".to_owned());
            assert_eq!(reply.refusal(), expected, "{twice:?} {path}");
        }
    }
    for stated in [
        "content-type: application/json, text/plain",
        "content-type: application/json; x=1, text/plain",
        "content-type: application/json; charset=utf-8; charset=utf-16",
        "content-type: application/json; x=\"1",
        "accept: */*",
    ] {
        let reply = world.ask("POST", "/v1/ask", &[stated], GOOD.as_bytes()).await;
        assert_eq!((reply.status, reply.refusal().1.as_str()), (415, "F0107"), "{stated}");
    }
    assert_eq!(world.provider.seen().len(), 0);
}

/// RFC 9112, section 6.1: the transfer coding alone counts, and what follows the body is not read as a request.
#[tokio::test(flavor = "multi_thread")]
async fn a_length_beside_a_transfer_coding_does_not_count_and_ends_the_connection() {
    let world = world("", friendly).await;
    let chunked = format!("{:x}\r\n{GOOD}\r\n0\r\n\r\n", GOOD.len());
    let hidden = request("POST", "/v1/ask", &["content-type: application/json"], GOOD.as_bytes());
    for (length, coding) in [
        ("content-length: 3", "transfer-encoding: chunked"),
        ("transfer-encoding: chunked", "content-length: 3"),
        ("transfer-encoding: Chunked", "content-length: 9999"),
    ] {
        let headers = ["content-type: application/json", length, coding];
        let mut bytes = request("POST", "/v1/ask", &headers, chunked.as_bytes());
        bytes.extend(&hidden);
        let before = world.provider.seen().len();
        let mut wire = world.wire().await;
        wire.send(&bytes).await;
        let reply = wire.reply().await;
        assert_eq!((reply.status, reply.header("connection")), (200, Some("close")), "{length}");
        assert!(wire.try_reply().await.is_none(), "{length}");
        let seen = world.provider.seen();
        assert_eq!(seen.len() - before, 1, "{length}");
        let last = seen.last().unwrap();
        assert_eq!(last.body, GOOD.as_bytes());
        let framing = (last.header("content-length"), last.header("transfer-encoding"));
        assert!(matches!(framing, (Some(_), None) | (None, Some(_))), "{framing:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_coding_that_nobody_undoes_is_refused_both_ways() {
    let world = world("", |seen| {
        let head = |framing: &str| {
            let kind = "content-type: application/json";
            let body = "e\r\n{\"name\":\"Ane\"}\r\n0\r\n\r\n";
            Act::Send(format!("HTTP/1.1 200 x\r\n{kind}\r\n{framing}\r\n\r\n{body}").into_bytes())
        };
        match String::from_utf8_lossy(&seen.body).as_ref() {
            text if text.contains("\"1\"") => {
                head("transfer-encoding: chunked\r\ncontent-length: 15")
            }
            text if text.contains("\"2\"") => {
                head("content-length: 3\r\ntransfer-encoding: chunked")
            }
            text if text.contains("\"3\"") => head("transfer-encoding: gzip, chunked"),
            text if text.contains("\"4\"") => {
                head("transfer-encoding: gzip\r\ntransfer-encoding: chunked")
            }
            _ => head("transfer-encoding: Chunked"),
        }
    })
    .await;
    for id in 1..=4 {
        let reply = world.post("/v1/ask", &format!(r#"{{"id":"{id}"}}"#)).await;
        let expected = (502, "F0202".to_owned(), "provider".to_owned(), "unsafe".to_owned());
        assert_eq!(reply.refusal(), expected, "{id}");
    }
    assert_eq!(world.post("/v1/ask", r#"{"id":"5"}"#).await.status, 200);
    let asked = world.provider.seen().len();
    for coding in [
        &["transfer-encoding: gzip, chunked"][..],
        &["transfer-encoding: gzip", "transfer-encoding: chunked"],
    ] {
        let headers = [coding, &["content-type: application/json"]].concat();
        let reply = world.ask("POST", "/v1/ask", &headers, b"0\r\n\r\n").await;
        let expected = (501, "F0115".to_owned(), "consumer".to_owned(), "pointless".to_owned());
        assert_eq!(reply.refusal(), expected, "{coding:?}");
    }
    assert_eq!(world.provider.seen().len(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_says_once_what_it_is() {
    let body = r#"{"name":"Ane"}"#;
    let world = world("", move |seen| {
        let text = String::from_utf8_lossy(&seen.body).into_owned();
        let kind = match text.as_str() {
            text if text.contains("\"1\"") => {
                "content-type: application/json\r\nContent-Type: text/plain\r\n"
            }
            text if text.contains("\"2\"") => "content-type: application/json, text/plain\r\n",
            text if text.contains("\"3\"") => "content-type: json\r\n",
            _ => "",
        };
        let head = format!("HTTP/1.1 200 x\r\n{kind}content-length: {}\r\n\r\n{body}", body.len());
        Act::Send(head.into_bytes())
    })
    .await;
    for (id, code) in [("1", "F0202"), ("2", "F0201"), ("3", "F0201"), ("4", "F0201")] {
        let reply = world.post("/v1/ask", &format!(r#"{{"id":"{id}"}}"#)).await;
        let expected = (502, code.to_owned(), "provider".to_owned(), "unsafe".to_owned());
        assert_eq!(reply.refusal(), expected, "{id} {}", reply.text());
        assert_eq!(reply.json()["violations"][0]["code"], "V0113", "{id} {}", reply.text());
    }
}
