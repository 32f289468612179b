//! A run where the system is a consumer: we listen at an address, and it calls.

use super::{
    http::certificates,
    run::{Asked, Bench, Told},
    settings::TlsFiles,
};
use crate::upstream::authorities;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use rustls::{RootCertStore, ServerConfig, crypto::aws_lc_rs, server::WebPkiClientVerifier};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject as _};
use sluse_conformance::{
    RunResult,
    consumer::{Played, Received, Reply},
    derive::SampleAnswers,
    result::SetUp,
    settle::Settling,
};
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Builder,
    sync::Notify,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

/// How long after all was seen the system may still get its answers, in milliseconds.
const LINGER_MS: u64 = 200;

/// Longest that a handshake may take, in milliseconds.
const HANDSHAKE_MS_MAX: u64 = 5_000;

/// How often it is looked whether a time is over, in milliseconds.
const LOOK_EVERY_MS: u64 = 100;

/// How often what is still waited for is told, in seconds.
const TELL_EVERY_S: u64 = 10;

impl Bench<'_> {
    /// Listens until all that is looked for was seen, or the run's time is over, and says what came of it.
    ///
    /// # Errors
    /// Where the address cannot be listened at, or no random number is to be had.
    pub fn listen(
        &self,
        asked: &Asked,
        at: SocketAddr,
        tell: &(dyn Fn(Told<'_>) + Sync),
    ) -> io::Result<RunResult> {
        let began_ms = self.clock.now_ms();
        let samples = SampleAnswers::of(&self.subject.contract);
        let cases: Vec<_> = self.cases(asked).into_iter().cloned().collect();
        let played =
            Played::new(&self.subject.contract, &self.subject.suite, &cases, &samples, unique()?);
        let tls = server(&self.supplier.tls)?.map(TlsAcceptor::from);
        let scheme = if tls.is_some() { "https" } else { "http" };
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (listening, here, played, ended_ms) = runtime.block_on(async {
            let listener = TcpListener::bind(at).await?;
            let here = listener.local_addr()?;
            let listening = SetUp {
                check: "address".to_owned(),
                ok: true,
                sentence: format!("listening at {scheme}://{here}"),
                hint: Some("point the system at this address and let it work".to_owned()),
            };
            tell(Told::SetUp(&listening));
            tell(Told::Listens(here));
            tell(Told::Begins(cases.len()));
            let stage =
                Stage { played: Mutex::new(played), seen: Notify::new(), began: Instant::now() };
            self.attend((listener, tls), &stage, tell).await;
            let ended_ms = stage.now_ms();
            Ok::<_, io::Error>((listening, here, stage.played, ended_ms))
        })?;
        let played = played.into_inner().unwrap_or_else(PoisonError::into_inner);
        let found = played.results(&cases, ended_ms);
        let run = self.so_far(began_ms);
        let settling = Settling::new(&run);
        found.iter().for_each(|result| tell(Told::Case(&settling.case(result))));
        let mut result = self.result(asked, began_ms, vec![listening], found);
        result.address = format!("{scheme}://{here}");
        result.heard = asked.keep_all.then(|| played.heard(ended_ms));
        Ok(result)
    }

    /// Serves the system until nothing more is waited for.
    async fn attend(
        &self,
        (listener, tls): (TcpListener, Option<TlsAcceptor>),
        stage: &Stage<'_>,
        tell: &(dyn Fn(Told<'_>) + Sync),
    ) {
        let limits = &self.supplier.limits;
        let until = stage.began + limits.time_max;
        let mut connections = futures_util::stream::FuturesUnordered::new();
        let mut told = stage.began;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || stage.is_done() {
                break;
            }
            let pause = left.min(Duration::from_millis(LOOK_EVERY_MS));
            tokio::select! {
                accepted = listener.accept() => {
                    if let Ok((stream, _)) = accepted {
                        connections.push(stage.serve(stream, tls.clone(), limits.answer_bytes_max));
                    }
                }
                Some(_) = futures_util::StreamExt::next(&mut connections) => {}
                () = stage.seen.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
            if told.elapsed() >= Duration::from_secs(TELL_EVERY_S) {
                told = Instant::now();
                tell(Told::Waits(&stage.waited_for()));
            }
        }
        let rest =
            async { while futures_util::StreamExt::next(&mut connections).await.is_some() {} };
        // Who keeps his connection open has had his answers.
        drop(timeout(Duration::from_millis(LINGER_MS), rest).await);
    }
}

/// The provider that is played, while it is played.
struct Stage<'p> {
    played: Mutex<Played<'p>>,
    seen: Notify,
    began: Instant,
}

impl Stage<'_> {
    /// One connection. Who hangs up, or does not take our certificate, has asked for nothing.
    async fn serve(&self, stream: TcpStream, tls: Option<TlsAcceptor>, bytes_max: usize) {
        let service = service_fn(|request| self.answer(request, bytes_max));
        let builder = http1::Builder::new();
        let Some(tls) = tls else {
            drop(builder.serve_connection(TokioIo::new(stream), service).await);
            return;
        };
        let shaken = timeout(Duration::from_millis(HANDSHAKE_MS_MAX), tls.accept(stream)).await;
        if let Ok(Ok(stream)) = shaken {
            drop(builder.serve_connection(TokioIo::new(stream), service).await);
        }
    }

    #[expect(clippy::disallowed_methods, reason = "bounded by `Limited`")]
    async fn answer(
        &self,
        request: Request<Incoming>,
        bytes_max: usize,
    ) -> io::Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let Ok(body) = Limited::new(body, bytes_max).collect().await else {
            return Ok(response(&Reply::status(413)));
        };
        let headers = head.headers.iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let received = Received {
            method: head.method.as_str().to_owned(),
            path: head.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            headers: headers.collect(),
            body: body.to_bytes().to_vec(),
            at_ms: self.now_ms(),
        };
        let reply = self.lock().receive(&received);
        if reply.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(reply.delay_ms)).await;
        }
        self.seen.notify_one();
        if reply.lost {
            return Err(io::Error::from(io::ErrorKind::ConnectionAborted));
        }
        Ok(response(&reply))
    }

    /// Milliseconds from the start of the run.
    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn is_done(&self) -> bool {
        self.lock().is_done(self.now_ms())
    }

    fn waited_for(&self) -> Vec<String> {
        self.lock().waited_for(self.now_ms())
    }
}

impl<'p> Stage<'p> {
    fn lock(&self) -> std::sync::MutexGuard<'_, Played<'p>> {
        self.played.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer as HTTP has it; a header that HTTP cannot carry is left out.
fn response(reply: &Reply) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(reply.body.clone())));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    for (name, value) in &reply.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// A number that was not used in another run.
fn unique() -> io::Result<u128> {
    let mut bytes = [0; 16];
    let none = |_| io::Error::other("the system gives no random numbers");
    ::aws_lc_rs::rand::fill(&mut bytes).map_err(none)?;
    Ok(u128::from_be_bytes(bytes))
}

/// TLS toward a system that calls us: with our certificate, and where an authority is named, for those alone who show one of
/// its certificates. Nothing where the file names no certificate of ours.
fn server(files: &TlsFiles) -> io::Result<Option<Arc<ServerConfig>>> {
    let Some((certificate, key)) = &files.own else { return Ok(None) };
    let chain = certificates(certificate).map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_file(key)
        .map_err(|fault| io::Error::other(format!("the file of our key holds none: {fault}")))?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(io::Error::other)?;
    let builder = match &files.ca {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let roots: RootCertStore = authorities(Some(file)).map_err(io::Error::other)?;
            let callers = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(callers.build().map_err(io::Error::other)?)
        }
    };
    let mut config = builder.with_single_cert(chain, key).map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Some(Arc::new(config)))
}
