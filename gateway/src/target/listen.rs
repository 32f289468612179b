//! A run where the system is a consumer: we listen at an address, and it calls.

use super::run::{Asked, Bench, Told};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use sluse_conformance::{
    RunResult,
    consumer::{Played, Received, Reply},
    derive::SampleAnswers,
    result::SetUp,
};
use std::{
    io,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, runtime::Builder, sync::Notify, time::timeout};

/// How long after all was seen the system may still get its answers, in milliseconds.
const LINGER_MS: u64 = 200;

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
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (listening, played) = runtime.block_on(async {
            let listener = TcpListener::bind(at).await?;
            let listening = SetUp {
                check: "address".to_owned(),
                ok: true,
                sentence: format!("listening at http://{}", listener.local_addr()?),
                hint: Some("point the system at this address and let it work".to_owned()),
            };
            tell(Told::SetUp(&listening));
            tell(Told::Begins(cases.len()));
            let stage =
                Stage { played: Mutex::new(played), seen: Notify::new(), began: Instant::now() };
            self.attend(listener, &stage, tell).await;
            Ok::<_, io::Error>((listening, stage.played))
        })?;
        let played = played.into_inner().unwrap_or_else(PoisonError::into_inner);
        let found = played.results(&cases);
        found.iter().for_each(|result| tell(Told::Case(result)));
        Ok(self.result(asked, began_ms, vec![listening], found))
    }

    /// Serves the system until nothing more is waited for.
    async fn attend(
        &self,
        listener: TcpListener,
        stage: &Stage<'_>,
        tell: &(dyn Fn(Told<'_>) + Sync),
    ) {
        let limits = &self.supplier.limits;
        let until = stage.began + limits.time_max;
        let mut connections = futures_util::stream::FuturesUnordered::new();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || stage.is_done() {
                break;
            }
            let pause = left.min(Duration::from_secs(TELL_EVERY_S));
            tokio::select! {
                accepted = listener.accept() => {
                    if let Ok((stream, _)) = accepted {
                        let service = service_fn(|request| stage.answer(request, limits.answer_bytes_max));
                        connections.push(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
                    }
                }
                Some(_) = futures_util::StreamExt::next(&mut connections) => {}
                () = stage.seen.notified() => {}
                () = tokio::time::sleep(pause) => tell(Told::Waits(&stage.waited_for())),
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
            at_ms: u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
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

    fn is_done(&self) -> bool {
        self.lock().is_done()
    }

    fn waited_for(&self) -> Vec<String> {
        self.lock().waited_for()
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
    aws_lc_rs::rand::fill(&mut bytes).map_err(none)?;
    Ok(u128::from_be_bytes(bytes))
}
