//! The outbox worker: delivers messages until the provider takes them or the tries are used up. Where one has an answer, that is
//! kept for its consumer.
//!
//! Everything it needs is in the store, so that a restart resumes where the last process stopped.

use crate::{
    app::Gateway,
    config::{OutboxSettings, Service, Snapshot},
    fault::Fault,
    listen::body::{BodyFault, BodyLimits, Received, receive},
    pipeline::{Back, Later},
    receipt::{digest, media_type, message_digest},
    store::{Finish, OutboxEntry},
    upstream::{self, Answering, Call},
};
use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, uri::PathAndQuery};
use sluse_contracts::{code, id::ServiceId};
use sluse_ledger::{
    Closing, SaltedDigest,
    leaf::{Ending, MessageDigest},
};
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

/// The longest sleep of the worker: another gateway may have filled the same outbox.
const SLEEP_MS_MAX: u64 = 5_000;
/// Begins the line that says what is to become of an answer.
const BACK: &[u8] = b":back ";
/// What a lease allows beyond the provider's own time.
const LEASE_SPARE_MS: u64 = 30_000;

/// Delivers until `stop`.
pub async fn run(gateway: Arc<Gateway>, stop: CancellationToken) {
    let deliveries_max = gateway.snapshot().settings.outbox.deliveries_max.max(1);
    let places = Arc::new(Semaphore::new(deliveries_max));
    while !stop.is_cancelled() {
        let took = take(&gateway, &places).await;
        if took {
            continue;
        }
        let pause = pause(&gateway).await;
        tokio::select! {
            () = stop.cancelled() => break,
            () = gateway.bell().notified() => {}
            () = sleep(pause) => {}
        }
    }
}

/// Takes what is due, as far as there is room; gives whether there was anything.
async fn take(gateway: &Arc<Gateway>, places: &Arc<Semaphore>) -> bool {
    let Ok(first) = Arc::clone(places).acquire_owned().await else { return false };
    let most = places.available_permits() + 1;
    let now_ms = gateway.now_ms();
    let lease_ms = lease_ms(&gateway.snapshot_full());
    let taken = gateway.store().outbox_take(now_ms, now_ms.saturating_add(lease_ms), most).await;
    let entries = taken.unwrap_or_else(|fault| {
        gateway.metrics().evidence_failed();
        tracing::error!(%fault, "the outbox cannot be read");
        Vec::new()
    });
    let found = !entries.is_empty();
    let mut first = Some(first);
    for entry in entries {
        let place = match first.take() {
            Some(place) => place,
            None => match Arc::clone(places).acquire_owned().await {
                Ok(place) => place,
                Err(_) => return false,
            },
        };
        let gateway = Arc::clone(gateway);
        gateway.clone().tasks().spawn(async move {
            deliver(&gateway, entry).await;
            drop(place);
            gateway.bell().notify_one();
        });
    }
    found
}

/// How long a message is in this worker's hands: longer than any service may take, or it would be delivered twice at a
/// time.
fn lease_ms(snapshot: &Snapshot) -> u64 {
    let timeouts = snapshot.services.values().filter_map(|service| service.timeout_ms);
    longest_ms(snapshot.settings.limits.upstream_timeout_ms, timeouts)
}

fn longest_ms(limit_ms: u64, timeouts_ms: impl Iterator<Item = u64>) -> u64 {
    timeouts_ms.fold(limit_ms, u64::max).saturating_add(LEASE_SPARE_MS)
}

async fn pause(gateway: &Gateway) -> Duration {
    if let Ok(depth) = gateway.store().outbox_depth().await {
        gateway.metrics().outbox(depth.waiting, depth.parked);
    }
    let due = gateway.store().outbox_next_due().await.ok().flatten();
    let wait = due.map_or(SLEEP_MS_MAX, |due| due.saturating_sub(gateway.now_ms()));
    Duration::from_millis(wait.clamp(5, SLEEP_MS_MAX))
}

async fn deliver(gateway: &Gateway, entry: OutboxEntry) {
    let snapshot = gateway.snapshot_full();
    let settings = snapshot.settings.outbox;
    let service = entry.service.parse::<ServiceId>().ok();
    let service = service.and_then(|id| snapshot.services.get(&id).cloned());
    let attempts = entry.attempts.saturating_add(1);
    let tried = match &service {
        Some(service) => {
            let attempt = attempt(gateway, service, &entry, attempts);
            let tried = AssertUnwindSafe(attempt).catch_unwind().await;
            tried.unwrap_or_else(|_| Err(Fault::internal()))
        }
        None => Err(Fault::provider(
            code::PROVIDER_UNREACHABLE,
            StatusCode::BAD_GATEWAY,
            crate::fault::Retry::Safe,
        )),
    };
    match tried {
        Ok(Delivered { finish, word }) => {
            close(gateway, finish).await;
            gateway.metrics().delivery(&entry.service, word);
        }
        Err(fault) if attempts >= settings.tries_max => {
            tracing::warn!(
                exchange = entry.exchange,
                service = entry.service,
                code = fault.code.as_str(),
                attempts,
                "parked: every try to deliver failed"
            );
            let fault = Some(fault.code.as_str());
            let ended = Ended { ending: Ending::Parked, fault, status: None, response: None };
            close(gateway, ended.finish(gateway, &entry, attempts)).await;
            gateway.metrics().delivery(&entry.service, "parked");
        }
        Err(fault) => {
            tracing::info!(
                exchange = entry.exchange,
                service = entry.service,
                code = fault.code.as_str(),
                attempts,
                "not delivered; will be tried again"
            );
            defer(gateway, entry, attempts, settings).await;
        }
    }
}

async fn defer(gateway: &Gateway, entry: OutboxEntry, attempts: u32, settings: OutboxSettings) {
    gateway.metrics().delivery(&entry.service, "deferred");
    let due_ms = gateway.now_ms().saturating_add(backoff_ms(attempts, settings));
    let exchange = entry.exchange;
    if let Err(fault) = gateway.store().outbox_defer(exchange.clone(), attempts, due_ms).await {
        // Its lease runs out by itself, and it is tried again then.
        gateway.metrics().evidence_failed();
        tracing::error!(exchange, %fault, "an attempt could not be recorded");
    }
}

/// The pause after `attempts` tries: doubling up to the longest, and up to a quarter less by chance, so
/// that messages that failed together do not come back together.
fn backoff_ms(attempts: u32, settings: OutboxSettings) -> u64 {
    let doubled = settings
        .backoff_first_ms
        .saturating_mul(1u64.checked_shl(attempts.saturating_sub(1)).unwrap_or(u64::MAX))
        .min(settings.backoff_max_ms);
    let chance = digest::random::<1>().map_or(0, |[byte]| u64::from(byte));
    doubled - doubled / 4 * chance / 255
}

struct Ended {
    ending: Ending,
    fault: Option<&'static str>,
    status: Option<u16>,
    response: Option<MessageDigest>,
}

impl Ended {
    fn finish(self, gateway: &Gateway, entry: &OutboxEntry, attempts: u32) -> Finish {
        let closing = Closing {
            translated: Vec::new(),
            exchange: entry.exchange.clone(),
            opening: entry.opening,
            at_ms: gateway.now_ms(),
            ending: self.ending,
            fault: self.fault.map(ToOwned::to_owned),
            status: self.status,
            response: self.response,
            verdict: None,
            attempts,
        };
        Finish { closing, answer: None }
    }
}

async fn close(gateway: &Gateway, finish: Finish) {
    let exchange = finish.closing.exchange.clone();
    if let Err(fault) = gateway.store().finish(finish).await {
        gateway.metrics().evidence_failed();
        tracing::error!(exchange, %fault, "a delivery could not be closed");
    }
}

/// A message that need not be delivered again: how it closes, and the word by which it is counted.
struct Delivered {
    finish: Finish,
    word: &'static str,
}

/// Delivers once.
async fn attempt(
    gateway: &Gateway,
    service: &Arc<Service>,
    entry: &OutboxEntry,
    attempts: u32,
) -> Result<Delivered, Fault> {
    let limits = gateway.snapshot().settings.limits;
    let timeout_ms = service.timeout_ms.unwrap_or(limits.upstream_timeout_ms);
    let Head { method, place, headers, back } = read_head(&entry.head).ok_or(Fault::internal())?;
    let later = match back {
        Some(back) => {
            let record = gateway.store().exchange(entry.exchange.clone()).await;
            let record = record.ok().flatten().ok_or(Fault::no_evidence())?;
            Some(Later::resume(gateway, service, &method, back, record)?)
        }
        None => None,
    };
    let body = Received::Memory(entry.body.clone());
    let called =
        gateway.upstreams().call(service, Call { method, place, headers, body }, timeout_ms).await;
    let answering = called.map_err(|(fault, _)| {
        gateway.metrics().called(&service.id, fault.code.as_str());
        fault
    })?;
    gateway.metrics().called(&service.id, "answered");
    match later {
        Some(later) if later.is_answered_by(answering.response.status()) => {
            let finish = later.answer(gateway, answering, attempts).await?;
            let word = if finish.closing.fault.is_some() { "failed" } else { "delivered" };
            Ok(Delivered { finish, word })
        }
        _ => {
            let (status, response) = take_in(gateway, entry, answering).await?;
            let ended = Ended { ending: Ending::Delivered, fault: None, status, response };
            Ok(Delivered { finish: ended.finish(gateway, entry, attempts), word: "delivered" })
        }
    }
}

/// What answers a one-way message. Only an answer of 2xx is a delivery; its body is read for its digest and let go.
async fn take_in(
    gateway: &Gateway,
    entry: &OutboxEntry,
    answering: Answering,
) -> Result<(Option<u16>, Option<MessageDigest>), Fault> {
    let limits = gateway.snapshot().settings.limits;
    let Answering { response, deadline, .. } = answering;
    let (head, mut body) = response.into_parts();
    if !head.status.is_success() {
        let (status, retry) = (StatusCode::BAD_GATEWAY, crate::fault::Retry::Safe);
        return Err(Fault::provider(code::DELIVERY_REFUSED, status, retry));
    }
    let left = deadline.saturating_duration_since(Instant::now());
    let body_limits = BodyLimits {
        bytes_max: limits.answer_bytes_max,
        memory_bytes_max: limits.body_memory_bytes_max,
        idle_timeout_ms: limits.body_idle_timeout_ms,
        timeout_ms: u64::try_from(left.as_millis()).unwrap_or(u64::MAX),
        spool: gateway.spool(),
    };
    let salt = salt_of(gateway, &entry.exchange).await;
    let mut digesting = SaltedDigest::new(&salt.unwrap_or_default());
    let received = receive(&mut body, body_limits, |bytes| digesting.update(bytes)).await;
    let bytes = match received {
        Ok(received) => received.len(),
        Err(BodyFault::TooSlow) => return Err(upstream::too_slow()),
        Err(_) => return Err(upstream::broken_off()),
    };
    let media_type = media_type(&head.headers);
    let response = salt.map(|_| message_digest(digesting, media_type));
    Ok((Some(head.status.as_u16()), response.filter(|_| bytes > 0)))
}

async fn salt_of(gateway: &Gateway, exchange: &str) -> Option<[u8; 32]> {
    let record = gateway.store().exchange(exchange.to_owned()).await.ok()??;
    record.salt.map(|salt| salt.0)
}

/// Writes method, place and headers as the store keeps them: an HTTP/1.1 head without the start line's version.
///
/// What is to become of its answer stands in a line that no header can be: its name begins with `:`.
pub(crate) fn write_head(
    method: &Method,
    place: Option<&PathAndQuery>,
    headers: &HeaderMap,
    back: Option<&Back>,
) -> Vec<u8> {
    let mut head = Vec::with_capacity(256);
    head.extend_from_slice(method.as_str().as_bytes());
    head.push(b' ');
    head.extend_from_slice(place.map_or("", PathAndQuery::as_str).as_bytes());
    head.extend_from_slice(b"\r\n");
    for (name, value) in headers {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    // JSON on one line: control characters in strings are escaped.
    if let Some(back) = back.and_then(|back| serde_json::to_vec(back).ok()) {
        head.extend_from_slice(BACK);
        head.extend_from_slice(&back);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// What an entry of the outbox says of its message.
#[derive(Debug, PartialEq)]
struct Head {
    method: Method,
    place: Option<PathAndQuery>,
    headers: HeaderMap,
    /// What is to become of the answer, where it has one.
    back: Option<Back>,
}

fn read_head(head: &[u8]) -> Option<Head> {
    let mut lines = head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r"));
    let first = std::str::from_utf8(lines.next()??).ok()?;
    let (method, place) = first.split_once(' ')?;
    let place = if place.is_empty() { None } else { Some(place.parse().ok()?) };
    let (mut headers, mut back) = (HeaderMap::new(), None);
    loop {
        let line = lines.next()??;
        if line.is_empty() {
            break;
        }
        if let Some(line) = line.strip_prefix(BACK) {
            back = Some(serde_json::from_slice(line).ok()?);
            continue;
        }
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        let value = value.strip_prefix(b": ")?;
        headers.append(HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?);
    }
    Some(Head { method: method.parse().ok()?, place, headers, back })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_survive_the_store() {
        let mut headers = HeaderMap::new();
        headers.append("content-type", HeaderValue::from_static("application/xml"));
        headers.append("x-twice", HeaderValue::from_static("a: b"));
        headers.append("x-twice", HeaderValue::from_bytes(b"\xe6").unwrap());
        headers.append("x-empty", HeaderValue::from_static(""));
        for place in [None, Some("/a/b?c=d".parse::<PathAndQuery>().unwrap())] {
            let back = Back { operation: Some("a\nb".into()), ..Back::default() };
            for back in [None, Some(back)] {
                let head = write_head(&Method::POST, place.as_ref(), &headers, back.as_ref());
                let (place, headers) = (place.clone(), headers.clone());
                let due = Head { method: Method::POST, place, headers, back };
                assert_eq!(read_head(&head).unwrap(), due);
            }
        }
        assert!(read_head(b"").is_none());
        assert!(read_head(b"POST /\r\nx").is_none());
    }

    #[test]
    fn a_lease_outlasts_the_slowest_service() {
        assert_eq!(longest_ms(60_000, [1_000].into_iter()), 60_000 + LEASE_SPARE_MS);
        assert_eq!(longest_ms(60_000, [1_000, 900_000].into_iter()), 900_000 + LEASE_SPARE_MS);
        assert_eq!(longest_ms(60_000, [u64::MAX].into_iter()), u64::MAX);
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let settings = OutboxSettings {
            tries_max: 100,
            backoff_first_ms: 1_000,
            backoff_max_ms: 60_000,
            deliveries_max: 1,
            message_bytes_max: 1,
        };
        for (attempts, longest) in [(1, 1_000), (2, 2_000), (6, 32_000), (7, 60_000), (99, 60_000)]
        {
            let pause = backoff_ms(attempts, settings);
            assert!(pause <= longest && pause >= longest * 3 / 4, "{attempts}: {pause}");
        }
    }
}
