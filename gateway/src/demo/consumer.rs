//! The consumer of the demonstration: good and bad messages, each sent over a real socket.

use super::{
    folder,
    providers::{FAULTY_PERMIT, MISCOUNTED_EXTRACT},
};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::{io, net::SocketAddr};
use tokio::net::TcpStream;
use tokio_util::task::TaskTracker;

/// The largest answer that the consumer reads.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// One message to send, and what should come of it.
#[derive(Debug)]
pub(super) struct Step {
    /// What is sent, in a few words.
    pub(super) sentence: &'static str,
    pub(super) method: Method,
    pub(super) host: &'static str,
    pub(super) path: String,
    pub(super) media_type: &'static str,
    pub(super) body: Bytes,
    /// The status that the contract, the waivers and the enforcement call for.
    pub(super) status: StatusCode,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    /// A header's value as text, or nothing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON, or null.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

const PERMITS: &str = "permits.demo.example";
const PERSONS: &str = "persons.demo.example";
const OBSERVED: &str = "observed.permits.demo.example";

/// The messages, in the order they are sent.
pub(super) fn steps() -> Vec<Step> {
    let good = json!({ "applicant": "Brohuset", "kind": "crane", "from": "2026-05-04", "days": 3 });
    let bad = json!({ "applicant": "Brohuset", "kind": "circus", "from": "2026-05-04" });
    let stranger = r#"<Greeting xmlns="urn:nobody:knows:me"/>"#;
    vec![
        permit("an application", PERMITS, &good, StatusCode::CREATED),
        permit("one of an unlisted kind", PERMITS, &bad, StatusCode::UNPROCESSABLE_ENTITY),
        permit("the same, route in observe", OBSERVED, &bad, StatusCode::CREATED),
        read("a permit", 12, StatusCode::OK),
        read("a permit, answered wrongly", FAULTY_PERMIT, StatusCode::BAD_GATEWAY),
        note("a journal note", "valid/closed-case.xml", StatusCode::ACCEPTED),
        note(
            "one with a malformed id",
            "broken/id-not-as-demanded.xml",
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        note(
            "one closed before opened",
            "broken/closed-before-opened.xml",
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        note("one miscounted, waived", "broken/attachments-miscounted.xml", StatusCode::ACCEPTED),
        extract("persons of a mainframe", 42, StatusCode::OK),
        extract("an extract that miscounts", MISCOUNTED_EXTRACT, StatusCode::BAD_GATEWAY),
        document("a document nobody knows", stranger.into(), StatusCode::UNPROCESSABLE_ENTITY),
    ]
}

fn permit(sentence: &'static str, host: &'static str, body: &Value, status: StatusCode) -> Step {
    Step {
        sentence,
        method: Method::POST,
        host,
        path: "/permits".into(),
        media_type: "application/json",
        body: body.to_string().into(),
        status,
    }
}

fn read(sentence: &'static str, number: u64, status: StatusCode) -> Step {
    Step {
        sentence,
        method: Method::GET,
        host: PERMITS,
        path: format!("/permits/{number}"),
        media_type: "application/json",
        body: Bytes::new(),
        status,
    }
}

fn extract(sentence: &'static str, number: u64, status: StatusCode) -> Step {
    let (host, path) = (PERSONS, format!("/extracts/{number}"));
    Step { host, path, ..read(sentence, number, status) }
}

fn note(sentence: &'static str, example: &str, status: StatusCode) -> Step {
    let path = format!("contracts/demo.archive/journal-note/1.0.0/examples/{example}");
    document(sentence, folder::file(&path).into(), status)
}

fn document(sentence: &'static str, body: Bytes, status: StatusCode) -> Step {
    Step {
        sentence,
        method: Method::POST,
        host: "gateway.demo.example",
        path: "/documents".into(),
        media_type: "application/xml",
        body,
        status,
    }
}

/// Asks the gateway where an exchange stands.
pub(super) fn look_up(exchange: &str) -> Step {
    Step {
        sentence: "where an exchange stands",
        method: Method::GET,
        host: "gateway.demo.example",
        path: format!("/exchanges/{exchange}"),
        media_type: "application/json",
        body: Bytes::new(),
        status: StatusCode::OK,
    }
}

/// The consumer's connection to the gateway.
#[derive(Debug)]
pub(super) struct Consumer {
    sender: SendRequest<Full<Bytes>>,
}

impl Consumer {
    /// Connects to the gateway at `address`.
    pub(super) async fn connect(address: SocketAddr, tasks: &TaskTracker) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        let (sender, connection) =
            handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        tasks.spawn(async move {
            // A gateway that closes the connection shows in the next request.
            let _ = connection.await;
        });
        Ok(Self { sender })
    }

    /// Sends one message and waits for the whole answer.
    #[expect(clippy::disallowed_methods, reason = "bounded by `Limited`")]
    pub(super) async fn send(&mut self, step: &Step) -> io::Result<Answer> {
        let request = Request::builder()
            .method(&step.method)
            .uri(&step.path)
            .header("host", step.host)
            .header("content-type", step.media_type)
            .body(Full::new(step.body.clone()))
            .map_err(io::Error::other)?;
        self.sender.ready().await.map_err(io::Error::other)?;
        let response = self.sender.send_request(request).await.map_err(io::Error::other)?;
        let (head, body) = response.into_parts();
        let body =
            Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(io::Error::other)?;
        Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes() })
    }
}
