//! A provider that reads the body and gives a fixed answer: as little work as HTTP allows.

use crate::Fault;
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Response, body::Incoming, header::CONTENT_TYPE, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{
    convert::Infallible,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::net::TcpListener;

/// Path that answers how many messages have been received, as decimal text.
pub(crate) const COUNT_PATH: &str = "/-/received";

/// The answer of 2 KB that the JSON contract of the bench allows.
pub(crate) fn answer() -> String {
    crate::setup::json_message("answer")
}

/// Serves on loopback until killed.
pub(crate) fn run(port: u16) -> Result<(), Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve(port))
}

async fn serve(port: u16) -> Result<(), Fault> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let answer = Bytes::from(answer());
    let received = Arc::new(AtomicU64::new(0));
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (answer, received) = (answer.clone(), Arc::clone(&received));
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let (answer, received) = (answer.clone(), Arc::clone(&received));
            async move { Ok::<_, Infallible>(respond(request, answer, &received).await) }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service);
        #[expect(clippy::disallowed_methods, reason = "the provider has no drain: it is killed")]
        tokio::spawn(async move {
            // A consumer that hangs up is no fault of the provider's.
            let _ = connection.await;
        });
    }
}

async fn respond(
    request: hyper::Request<Incoming>,
    answer: Bytes,
    received: &AtomicU64,
) -> Response<Full<Bytes>> {
    use http_body_util::BodyExt as _;
    if request.uri().path() == COUNT_PATH {
        return Response::new(Full::from(received.load(Ordering::Relaxed).to_string()));
    }
    let mut body = request.into_body();
    while let Some(Ok(_)) = body.frame().await {}
    received.fetch_add(1, Ordering::Relaxed);
    let mut response = Response::new(Full::new(answer));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/json"));
    response
}
