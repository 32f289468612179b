//! The load: a fixed number of connections, each sending the next request when its answer has come.

use crate::Fault;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, StatusCode, client::conn::http1::SendRequest};
use hyper_util::rt::TokioIo;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, task::JoinSet};

/// What is sent, over and over.
#[derive(Debug, Clone)]
pub(crate) struct Shot {
    pub(crate) address: SocketAddr,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) media_type: &'static str,
    pub(crate) body: Bytes,
    pub(crate) expected: StatusCode,
}

/// What came of it.
#[derive(Debug, Clone)]
pub(crate) struct Volley {
    pub(crate) requests: u64,
    pub(crate) seconds: f64,
    /// Latencies in microseconds, sorted.
    latencies: Vec<u32>,
}

impl Volley {
    pub(crate) fn per_second(&self) -> f64 {
        self.requests as f64 / self.seconds
    }

    /// The latency in microseconds that `share` of the requests stayed under.
    pub(crate) fn latency_micros(&self, share: f64) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "share is between 0 and 1, and the length fits"
        )]
        let at = (self.latencies.len().saturating_sub(1) as f64 * share) as usize;
        self.latencies.get(at).copied().unwrap_or(0)
    }
}

/// Fires for `duration` over `connections` connections. An unexpected status ends it with a fault.
pub(crate) async fn fire(
    shot: &Shot,
    connections: usize,
    duration: Duration,
) -> Result<Volley, Fault> {
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        tasks.spawn(fire_one(shot.clone(), began + duration));
    }
    let mut latencies = Vec::new();
    while let Some(done) = tasks.join_next().await {
        latencies.extend(done??);
    }
    let seconds = began.elapsed().as_secs_f64();
    latencies.sort_unstable();
    Ok(Volley { requests: latencies.len() as u64, seconds, latencies })
}

async fn fire_one(shot: Shot, until: Instant) -> Result<Vec<u32>, Fault> {
    let mut sender = connect(shot.address).await?;
    let mut latencies = Vec::new();
    while Instant::now() < until {
        let began = Instant::now();
        let (status, _) = send(&mut sender, &shot).await?;
        if status != shot.expected {
            return Err(format!("{} {}: status {status}", shot.address, shot.path).into());
        }
        latencies.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(latencies)
}

/// A connection that takes requests.
pub(crate) async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>, Fault> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    #[expect(clippy::disallowed_methods, reason = "ends with its connection")]
    tokio::spawn(connection);
    Ok(sender)
}

/// Sends one request and reads the whole answer.
pub(crate) async fn send(
    sender: &mut SendRequest<Full<Bytes>>,
    shot: &Shot,
) -> Result<(StatusCode, Bytes), Fault> {
    sender.ready().await?;
    let method = if shot.body.is_empty() { "GET" } else { "POST" };
    let request = Request::builder()
        .method(method)
        .uri(&shot.path)
        .header("host", &shot.host)
        .header("content-type", shot.media_type)
        .body(Full::new(shot.body.clone()))?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    #[expect(
        clippy::disallowed_methods,
        reason = "the answers are the bench's own, of a known size"
    )]
    let body = response.into_body().collect().await?.to_bytes();
    Ok((status, body))
}
