//! The straight line: the life of one message, as one function of verbs.
//!
//! A refusal anywhere leaves the line sideways, through `record` to `answer`: it is evidence too. Only `forward` and
//! `record` touch the outside, and one snapshot of the configuration is seen from first to last.

mod authorize;
pub(crate) mod decode;
mod encode;
mod enforce;
mod forward;
mod identify;
mod interchange;
mod judge;
mod later;
mod locate;
mod look_up;
mod record;
mod trail;
mod translate;

pub use identify::Caller;
pub(crate) use later::{Back, Later};
pub use trail::Trail;

use crate::{
    answer::{self, Answer},
    app::Gateway,
    fault::Fault,
    listen::edge::linger,
    telemetry::{self, Outcome, names},
    upstream::{Answering, Call},
};
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderMap, header::EXPECT, request::Parts};
use http_body::Body;
use locate::Way;
use sluse_contracts::code;
use std::{fmt, panic::AssertUnwindSafe, sync::Arc};
use tokio::sync::OwnedSemaphorePermit;
use tracing::{Instrument as _, Span};

/// A request whose head has arrived.
pub struct Arrived<B> {
    /// The head.
    pub head: Parts,
    /// The body, still arriving.
    pub body: B,
    /// Who the connection says the caller is.
    pub caller: Caller,
    /// The exchange's room among those under way.
    pub room: OwnedSemaphorePermit,
}

impl<B> fmt::Debug for Arrived<B> {
    /// The method alone: a path may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Arrived({})", self.head.method)
    }
}

/// Carries one exchange to its end, whoever hangs up: runs as a task of its own.
pub async fn exchange<B>(gateway: Arc<Gateway>, arrived: Arrived<B>) -> Answer
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    gateway.metrics().exchange_began();
    let Some(trail) = Trail::begin(&gateway, &arrived.head) else {
        return record::without_evidence(&gateway);
    };
    let span = trail.span();
    telemetry::continue_trace(&span, &arrived.head.headers);
    carry(gateway, arrived, trail).instrument(span).await
}

async fn carry<B>(gateway: Arc<Gateway>, arrived: Arrived<B>, mut trail: Trail) -> Answer
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
{
    let Arrived { head, mut body, caller, room } = arrived;
    let way = match arrive(&caller, &head, &mut trail) {
        Ok(way) => way,
        Err(fault) => {
            linger(&gateway, &head.headers, body);
            return record::refuse(&gateway, trail, fault).await;
        }
    };
    if let Way::Exchange(wanted) = &way {
        return look_up::look_up(&gateway, trail, wanted).await;
    }
    // Boxed: the line is long, and a task that waits should be small.
    let expects = head.headers.contains_key(EXPECT);
    let line = Box::pin(line(&gateway, head, &mut body, way, &mut trail));
    // A panic on the line leaves it sideways as everything does: the exchange is closed, and told so.
    let passage = AssertUnwindSafe(line).catch_unwind().await;
    match passage.unwrap_or_else(|_| Err(Fault::internal())) {
        Ok(Passage::Answered(answered)) => record::end(&gateway, trail, answered).await,
        Ok(Passage::Streaming(streaming)) => forward::stream(&gateway, trail, *streaming, room),
        Ok(Passage::Accepted(preference)) => record::accepted(&gateway, &trail, preference),
        Ok(Passage::Acknowledged(file)) => record::acknowledged(&gateway, trail, *file).await,
        Ok(Passage::Again(answer)) => {
            record::count(&gateway, &trail, Outcome::Answered, "");
            *answer
        }
        Err(fault) => {
            if fault.code == code::REQUEST_TOO_LARGE && !expects {
                linger(&gateway, &HeaderMap::new(), body);
            }
            record::refuse(&gateway, trail, fault).await
        }
    }
}

/// Where the line ends.
enum Passage {
    /// The provider answered.
    Answered(encode::Answered),
    /// The provider is answering, and the answer passes through as it comes.
    Streaming(Box<Answering>),
    /// The message is durable and will be delivered; whether the consumer asked for that.
    Accepted(bool),
    /// Each message of the file is durable, or refused.
    Acknowledged(Box<interchange::Acknowledged>),
    /// The same was asked and answered before.
    Again(Box<Answer>),
}

fn arrive(caller: &Caller, head: &Parts, trail: &mut Trail) -> Result<Way, Fault> {
    identify::identify(caller, trail)?;
    locate::by_address(head, trail)
}

async fn line<B>(
    gateway: &Gateway,
    head: Parts,
    body: &mut B,
    way: Way,
    trail: &mut Trail,
) -> Result<Passage, Fault>
where
    B: Body<Data = Bytes> + Unpin,
{
    if trail.is_file {
        return interchange::line(gateway, &head, body, &way, trail).await;
    }
    let request =
        decode::request(gateway, &head, body, &way, trail).instrument(stage("decode")).await?;
    let prefers_async = encode::prefers_async(&head);
    let call = toward_call(gateway, head, way, request, trail).await?;
    let asynchronous = trail.is_one_way() || prefers_async;
    let opened = match asynchronous {
        true => into_outbox(gateway, &call, trail).await?,
        false => record::open(gateway, None, trail).instrument(stage("record::open")).await?,
    };
    if let record::Opened::Before(answer) = opened {
        return Ok(Passage::Again(Box::new(answer)));
    }
    if asynchronous {
        gateway.bell().notify_one();
        return Ok(Passage::Accepted(!trail.is_one_way()));
    }

    let answering = forward::call(gateway, call, trail).instrument(stage("forward")).await?;
    if forward::streams(&answering, trail) {
        return Ok(Passage::Streaming(Box::new(answering)));
    }
    Ok(Passage::Answered(answered(gateway, answering, trail).await?))
}

/// A provider's answer, up to what the consumer gets.
async fn answered(
    gateway: &Gateway,
    answering: Answering,
    trail: &mut Trail,
) -> Result<encode::Answered, Fault> {
    let response = decode::response(gateway, answering, trail).instrument(stage("decode")).await?;
    let response = judge::response(gateway, response, trail).instrument(stage("judge")).await;
    enforce::response(response.verdict, trail)?;
    let (mut head, body) = (response.head, response.body);
    let body = translate::toward_consumer(gateway, body, &mut head, trail).await?;
    Ok(encode::response(head, body, trail))
}

/// A request that was read, up to the call that sends it on.
async fn toward_call(
    gateway: &Gateway,
    mut head: Parts,
    way: Way,
    request: decode::Decoded,
    trail: &mut Trail,
) -> Result<Call, Fault> {
    translate::restate_request(&mut head, &request, trail);
    locate::by_document(&request, &way, trail)?;
    locate::by_message(&request, &head, trail);
    authorize::authorize(gateway.metrics(), trail)?;
    let request = judge::request(gateway, &head, way.place(), request, trail)
        .instrument(stage("judge"))
        .await;
    enforce::request(request.verdict, trail)?;
    let (body, way) =
        translate::toward_provider(gateway, request.body, &mut head, way, trail).await?;
    encode::request(head, body, way, trail)
}

/// Opens the exchange, and makes its message durable with it.
async fn into_outbox(
    gateway: &Gateway,
    call: &Call,
    trail: &mut Trail,
) -> Result<record::Opened, Fault> {
    let back = later::back(trail)?;
    let (entry, room) = encode::outbox(gateway, call, back.as_ref(), trail).await?;
    let opened = record::open(gateway, Some(entry), trail).instrument(stage("record::open")).await;
    drop(room);
    opened
}

/// The span of a stage that waits; off, and free, where no traces are exported.
fn stage(name: &'static str) -> Span {
    tracing::debug_span!(target: names::SPANS, "stage", otel.name = name)
}

/// Writes the exchange's marks on an answer.
fn mark(answer: &mut Answer, trail: &Trail) {
    answer::mark(answer, trail.reference());
}
