//! The three providers of the demonstration: real servers on loopback, reached over sockets.
//!
//! The register answers under its contract, but for permit 7, whose state is a word that the
//! contract does not have. The archive takes what it is given. The mainframe answers with records of fixed width, as it has
//! for thirty years; the trailer of one extract counts wrongly.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, HeaderValue, LOCATION},
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sluse_adapters::library;
use std::{
    convert::Infallible,
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

/// The largest body that a provider of the demonstration reads.
const BODY_BYTES_MAX: usize = 1 << 20;

/// The permit whose answer breaks the contract.
pub(super) const FAULTY_PERMIT: u64 = 7;

/// The extract whose trailer counts wrongly.
pub(super) const MISCOUNTED_EXTRACT: u64 = 43;
/// Where the adapter that ships has an extract, and how many persons and records its trailer counts.
const EXTRACT: &str = "examples/three-persons.txt";
const RIGHT_COUNT: &[u8] = b"9990000000300000011";

/// Which provider a listener is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Provider {
    /// JSON under OpenAPI.
    Register,
    /// XML under XSD and Schematron.
    Archive,
    /// Records of fixed width, where the contract is of JSON.
    Mainframe,
}

/// How many messages have reached each provider.
#[derive(Debug, Default)]
pub(super) struct Received {
    pub(super) register: AtomicU64,
    pub(super) archive: AtomicU64,
    pub(super) mainframe: AtomicU64,
}

/// Serves until the listener's task is dropped.
pub(super) async fn serve(
    provider: Provider,
    listener: TcpListener,
    received: Arc<Received>,
    tasks: TaskTracker,
) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let received = Arc::clone(&received);
        let service = service_fn(move |request| {
            let received = Arc::clone(&received);
            async move { Ok::<_, Infallible>(answer(provider, request, &received).await) }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service);
        tasks.spawn(async move {
            // A gateway that hangs up is no fault of the provider's.
            let _ = connection.await;
        });
    }
}

#[expect(clippy::disallowed_methods, reason = "bounded by `Limited`")]
async fn answer(
    provider: Provider,
    request: Request<Incoming>,
    received: &Received,
) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_BYTES_MAX).collect().await else {
        return empty(StatusCode::BAD_REQUEST);
    };
    match provider {
        Provider::Register => {
            received.register.fetch_add(1, Ordering::Relaxed);
            register(&head.method, head.uri.path(), &body.to_bytes())
        }
        Provider::Archive => {
            received.archive.fetch_add(1, Ordering::Relaxed);
            empty(StatusCode::NO_CONTENT)
        }
        Provider::Mainframe => {
            received.mainframe.fetch_add(1, Ordering::Relaxed);
            mainframe(head.uri.path())
        }
    }
}

fn register(method: &Method, path: &str, body: &Bytes) -> Response<Full<Bytes>> {
    if *method == Method::POST {
        let kind = serde_json::from_slice::<Value>(body)
            .ok()
            .and_then(|application| application.get("kind").cloned())
            .unwrap_or_else(|| json!("scaffold"));
        let mut response = permit(
            StatusCode::CREATED,
            &json!({ "number": 12, "kind": kind, "state": "received" }),
        );
        response.headers_mut().insert(LOCATION, HeaderValue::from_static("/permits/12"));
        return response;
    }
    let number = path.rsplit('/').next().and_then(|number| number.parse::<u64>().ok());
    match number {
        Some(number) => {
            let state = if number == FAULTY_PERMIT { "mislaid" } else { "granted" };
            permit(StatusCode::OK, &json!({ "number": number, "kind": "crane", "state": state }))
        }
        None => empty(StatusCode::NOT_FOUND),
    }
}

/// An extract of invented persons, in the bytes of a mainframe.
fn mainframe(path: &str) -> Response<Full<Bytes>> {
    let shipped = library::find("person-register");
    let mut files = shipped.into_iter().flat_map(|shipped| shipped.paths);
    let Some((_, extract)) = files.find(|(path, _)| *path == EXTRACT) else {
        return empty(StatusCode::NOT_FOUND);
    };
    let mut extract = extract.to_vec();
    if path.ends_with(&format!("/{MISCOUNTED_EXTRACT}")) {
        // The last record says how many there are.
        let count = extract.windows(RIGHT_COUNT.len()).rposition(|bytes| bytes == RIGHT_COUNT);
        let digit = count.and_then(|at| extract.get_mut(at + RIGHT_COUNT.len() - 1));
        digit.into_iter().for_each(|digit| *digit = b'9');
    }
    let mut response = Response::new(Full::from(extract));
    let octets = HeaderValue::from_static("application/octet-stream");
    response.headers_mut().insert(CONTENT_TYPE, octets);
    response
}

fn permit(status: StatusCode, permit: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(permit.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn empty(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
