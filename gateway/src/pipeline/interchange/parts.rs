//! Each message of a file as an exchange of its own: judged alone, durable in the outbox, or refused.

use super::{Apart, Outcome, Said, Unit};
use crate::{
    answer::{Answer, RECEIPT},
    app::Gateway,
    fault::Fault,
    listen::body::Received,
    pipeline::{
        Trail,
        decode::{self, IDEMPOTENCY_KEY, INLINE_BYTES_MAX},
        encode::PREFER,
        into_outbox,
        locate::Way,
        record::{self, Opened},
        toward_call,
    },
    receipt::{digest::Digesting, message_digest},
    store::Idempotency,
};
use bytes::Bytes;
use futures_util::{FutureExt as _, future::join_all};
use http::{StatusCode, request::Parts};
use sluse_contracts::{Verdict, code};
use std::panic::AssertUnwindSafe;

/// Small messages of a file that are carried at the same time.
const AT_ONCE_MAX: usize = 8;

/// A file as it was sent: what all its messages have of it.
struct Sent<'a> {
    gateway: &'a Gateway,
    head: Parts,
    way: &'a Way,
    apart: &'a Apart,
    parent: &'a Trail,
}

/// Carries each message, in the order of the file; those that are small a few at the same time.
pub(super) async fn carry(
    gateway: &Gateway,
    head: &Parts,
    way: &Way,
    apart: &Apart,
    parent: &Trail,
) -> Vec<Outcome> {
    let mut head = head.clone();
    // Both are of the file; each message that is sent on is another.
    head.headers.remove(&IDEMPOTENCY_KEY);
    head.headers.remove(&PREFER);
    let sent = Sent { gateway, head, way, apart, parent };
    let mut outcomes = Vec::with_capacity(apart.units.len());
    let mut units = apart.units.as_slice();
    while !units.is_empty() {
        let n_small = units.iter().take(AT_ONCE_MAX).take_while(|unit| unit.is_small()).count();
        let (now, later) = units.split_at_checked(n_small.max(1)).unwrap_or((units, &[]));
        outcomes.extend(join_all(now.iter().map(|unit| sent.carry(unit))).await);
        units = later;
    }
    outcomes
}

impl Unit {
    fn is_small(&self) -> bool {
        match &self.said {
            Said::Message(range) => range.end - range.start <= INLINE_BYTES_MAX,
            Said::Dropped | Said::Refused(_) => true,
        }
    }
}

impl Sent<'_> {
    async fn carry(&self, unit: &Unit) -> Outcome {
        if matches!(unit.said, Said::Dropped) {
            return Outcome { exchange: String::new(), receipt: None, fault: None };
        }
        self.gateway.metrics().exchange_began();
        let Some(mut trail) = Trail::of_part(self.gateway, &self.head, self.parent) else {
            record::without_evidence(self.gateway);
            let fault = Some(Fault::no_evidence());
            return Outcome { exchange: String::new(), receipt: None, fault };
        };
        let exchange = trail.identity.exchange.clone();
        let line = Box::pin(self.line(unit, &mut trail));
        let passage = AssertUnwindSafe(line).catch_unwind().await;
        match passage.unwrap_or_else(|_| Err(Fault::internal())) {
            Ok(Opened::New) => {
                self.gateway.bell().notify_one();
                let answer = record::accepted(self.gateway, &trail, false);
                Outcome { exchange, receipt: receipt(&answer), fault: None }
            }
            // The same file was sent before, and broke off after this message.
            Ok(Opened::Before(answer)) => {
                record::count(self.gateway, &trail, crate::telemetry::Outcome::Answered, "");
                let before = answer.headers().get(crate::answer::EXCHANGE);
                let before = before.and_then(|id| id.to_str().ok()).unwrap_or_default();
                Outcome { exchange: before.to_owned(), receipt: receipt(&answer), fault: None }
            }
            Err(fault) => {
                let answer = record::refuse(self.gateway, trail, fault.clone()).await;
                Outcome { exchange, receipt: receipt(&answer), fault: Some(fault) }
            }
        }
    }

    /// The life of one message of a file, up to where it is durable.
    async fn line(&self, unit: &Unit, trail: &mut Trail) -> Result<Opened, Fault> {
        let gateway = self.gateway;
        let bytes = match &unit.said {
            Said::Message(range) => self.apart.written.part(range.clone()).await,
            Said::Dropped => Ok(Bytes::new()),
            Said::Refused(violations) => {
                let fault = Fault::consumer(code::MESSAGE_MALFORMED, StatusCode::BAD_REQUEST);
                return Err(fault.with_verdict(Verdict::from_violations(violations.clone())));
            }
        };
        let bytes = bytes.map_err(|_| Fault::no_room())?;
        let mut salted = trail.digesting();
        salted.update(&bytes);
        trail.request = Some(message_digest(salted, self.apart.media_type.essence()));
        self.key(unit, &bytes, trail);
        let (body, media_type) = (Received::Memory(bytes), Some(self.apart.media_type.clone()));
        let decoded = decode::said(gateway, &self.head, body, media_type, self.way, trail).await?;
        if let ([_], Some(received)) = (&*self.apart.units, &self.apart.received) {
            // All that was received is this message: an envelope, perhaps.
            trail.keep_envelope(received);
        }
        let (head, way) = (self.head.clone(), self.way.clone());
        let call = toward_call(gateway, head, way, decoded, trail).await?;
        into_outbox(gateway, &call, trail).await
    }

    /// A file that is sent again with its key sends none of its messages twice.
    fn key(&self, unit: &Unit, bytes: &Bytes, trail: &mut Trail) {
        let Some(key) = &self.parent.idempotency_key else { return };
        let mut own = key.clone();
        // No key of a consumer has such a byte.
        own.push(0);
        own.extend_from_slice(unit.number.to_string().as_bytes());
        let mut message = Digesting::new(key);
        message.add(bytes);
        trail.idempotency = Some(Idempotency { key: [0; 32], message: message.finish() });
        trail.idempotency_key = Some(own);
    }
}

fn receipt(answer: &Answer) -> Option<u64> {
    answer.headers().get(RECEIPT)?.to_str().ok()?.parse().ok()
}
