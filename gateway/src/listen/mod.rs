//! The data listeners: where consumers' connections are accepted, on hyper itself.
//!
//! Streaming bodies, both versions of HTTP and the life of a connection are held in the hand here; a framework
//! would stand between.

pub mod body;
pub mod edge;
mod guard;
pub mod spool;
pub(crate) mod tls;

pub use tls::{TlsFault, server as tls_config};

use crate::{
    app::Gateway,
    config::{Limits, Listener},
    pipeline::Caller,
};
use arc_swap::ArcSwap;
use guard::Guarded;
use http::Request;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use rustls::ServerConfig;
use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// Least room that hyper asks for a head.
const HEAD_BYTES_LEAST: usize = 8 * 1024;
/// Requests under way on one HTTP/2 connection.
const STREAMS_MAX: u32 = 200;
/// How HTTP/2 without TLS begins; no method of HTTP/1.1 does.
const HTTP2_BEGINS: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How long a look at a half-sent beginning rests.
const PEEK_REST_MS: u64 = 5;
/// How long accepting rests after the system has refused a connection (no file handles left).
const ACCEPT_REST_MS: u64 = 50;

/// A bound data listener.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    settings: Listener,
    tls: Option<Arc<ArcSwap<ServerConfig>>>,
}

impl Bound {
    /// Binds the address and reads the keys.
    ///
    /// # Errors
    /// Where the address is taken or a key cannot be used.
    pub async fn bind(settings: &Listener) -> io::Result<Self> {
        let tls = settings.tls.as_ref().map(tls_config).transpose().map_err(io::Error::other)?;
        let tls = tls.map(|config| Arc::new(ArcSwap::new(config)));
        let listener = TcpListener::bind(settings.address).await?;
        Ok(Self { listener, settings: settings.clone(), tls })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// Where the system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The TLS in use, to be swapped when keys change on disk.
    pub fn tls(&self) -> Option<Arc<ArcSwap<ServerConfig>>> {
        self.tls.clone()
    }

    /// Accepts until `stop`, then lets what is under way finish.
    pub async fn serve(
        self,
        gateway: Arc<Gateway>,
        places: Arc<Semaphore>,
        stop: CancellationToken,
    ) {
        let caller = self.settings.consumer.clone().map(Caller::Named);
        loop {
            let accepted = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                accepted = self.listener.accept() => accepted,
            };
            let Ok((stream, _)) = accepted else {
                sleep(Duration::from_millis(ACCEPT_REST_MS)).await;
                continue;
            };
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                gateway.metrics().connection_refused();
                continue;
            };
            let connection =
                Connection { gateway: Arc::clone(&gateway), stop: stop.clone(), _place: place };
            let (caller, tls) = (caller.clone(), self.tls.clone());
            gateway.connections().spawn(connection.run(stream, caller, tls));
        }
    }
}

struct Connection {
    gateway: Arc<Gateway>,
    stop: CancellationToken,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    async fn run(
        self,
        stream: TcpStream,
        caller: Option<Caller>,
        tls: Option<Arc<ArcSwap<ServerConfig>>>,
    ) {
        let _ = stream.set_nodelay(true);
        let gateway = Arc::clone(&self.gateway);
        gateway.metrics().connection_opened();
        match tls {
            None => {
                if let Some(http2) = self.asks_http2(&stream).await {
                    self.speak(stream, caller.unwrap_or(Caller::Stranger), http2).await;
                }
            }
            Some(tls) => self.secure(stream, tls.load_full()).await,
        }
        gateway.metrics().connection_closed();
    }

    async fn secure(self, stream: TcpStream, tls: Arc<ServerConfig>) {
        let limit = Duration::from_millis(self.gateway.snapshot().settings.limits.head_timeout_ms);
        let Ok(Ok(stream)) = timeout(limit, TlsAcceptor::from(tls).accept(stream)).await else {
            self.gateway.metrics().connection_refused();
            return;
        };
        let shown = tls::shown(stream.get_ref().1);
        let caller = shown.map_or(Caller::Stranger, |shown| Caller::Certificate(shown.into()));
        let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        self.speak(stream, caller, http2).await;
    }

    /// Whether a connection without TLS begins with the preface of HTTP/2 (RFC 9113, section 3.4); none where
    /// it says nothing in the time for a head.
    async fn asks_http2(&self, stream: &TcpStream) -> Option<bool> {
        let limit = Duration::from_millis(self.gateway.snapshot().settings.limits.head_timeout_ms);
        let ask = async {
            loop {
                let mut first = [0; HTTP2_BEGINS.len()];
                let there = stream.peek(&mut first).await.ok().filter(|there| *there > 0)?;
                let (first, wanted) = (first.get(..there)?, HTTP2_BEGINS.get(..there)?);
                if first != wanted || there == HTTP2_BEGINS.len() {
                    return Some(first == wanted);
                }
                // Part of the preface: what comes next decides.
                sleep(Duration::from_millis(PEEK_REST_MS)).await;
            }
        };
        tokio::select! {
            () = self.stop.cancelled() => None,
            asked = timeout(limit, ask) => asked.ok().flatten(),
        }
    }

    async fn speak<S>(self, stream: S, caller: Caller, http2: bool)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let gateway = Arc::clone(&self.gateway);
        let service = service_fn(move |request: Request<Incoming>| {
            let (gateway, caller) = (Arc::clone(&gateway), caller.clone());
            async move { Ok::<_, Infallible>(edge::serve(gateway, caller, request).await) }
        });
        let limits = self.gateway.snapshot().settings.limits;
        let stalls = Duration::from_millis(limits.body_idle_timeout_ms);
        let refusing = Arc::clone(&self.gateway);
        let refuse = move |status| edge::head_refused(&refusing, status);
        let stream = Guarded::new(stream, stalls, Box::new(refuse));
        let builder = builder(&limits, http2);
        let io = TokioIo::new(stream.clone());
        let mut connection = std::pin::pin!(builder.serve_connection(io, service));
        // A connection that breaks is the consumer's affair: its exchanges run on.
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        let fault = ended.err().and_then(|fault| fault.downcast::<hyper::Error>().ok());
        if fault.is_some_and(|fault| fault.is_timeout()) && !http2 {
            stream.last_words(&edge::head_too_slow(&self.gateway)).await;
        }
    }
}

fn builder(limits: &Limits, http2: bool) -> auto::Builder<TokioExecutor> {
    let head_bytes = limits.head_bytes_max.max(HEAD_BYTES_LEAST);
    let builder = auto::Builder::new(TokioExecutor::new());
    let mut builder = if http2 { builder.http2_only() } else { builder.http1_only() };
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(limits.head_timeout_ms))
        .max_headers(limits.headers_max)
        .max_buf_size(head_bytes);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(u32::try_from(head_bytes).unwrap_or(u32::MAX))
        .keep_alive_interval(Duration::from_millis(limits.head_timeout_ms))
        .keep_alive_timeout(Duration::from_millis(limits.head_timeout_ms));
    builder
}
