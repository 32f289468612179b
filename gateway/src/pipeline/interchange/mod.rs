//! A file or an interchange of many messages: taken apart, each message an exchange of its own, and one acknowledgement of all.
//!
//! The whole is translated to the spool before anything else: where its trailer does not verify, or what is around its messages is
//! wrong, nothing of it goes on. Then each message is judged alone and goes into the outbox, or is refused with its place. The file
//! is an exchange too, the parent of theirs; its answer is the acknowledgement: `CONTRL` for EDIFACT, JSON for all else.

mod acknowledge;
mod apart;
mod parts;

pub(super) use acknowledge::Acknowledged;

use super::{Passage, Trail, authorize, decode, locate::Way, record, stage};
use crate::{app::Gateway, fault::Fault, listen::body::Received};
use bytes::Bytes;
use http::request::Parts;
use http_body::Body;
use sluse_adapters::{
    edifact::{
        head::{InterchangeHead, MessageHead},
        problem::Problem,
    },
    fault::Numbered,
    tree::Place,
};
use sluse_contracts::{MediaType, Violation};
use std::ops::Range;
use tracing::Instrument as _;

/// A file whose messages stand side by side, each as the contract says it.
struct Apart {
    /// As it was received.
    received: Option<Received>,
    /// All messages, one after the other.
    written: Received,
    /// What each of them is.
    media_type: MediaType,
    units: Vec<Unit>,
    /// The header of an interchange of EDIFACT.
    head: Option<InterchangeHead>,
}

/// One message of a file.
struct Unit {
    /// Its number in the file, from 1.
    number: u64,
    place: Place,
    numbered: Numbered,
    said: Said,
    /// Its header, in an interchange of EDIFACT.
    head: Option<MessageHead>,
    /// What is wrong with it, as an interchange of EDIFACT tells it.
    problems: Vec<Problem>,
}

/// What a message of a file became.
enum Said {
    /// A message of its own: where it stands among all.
    Message(Range<u64>),
    /// Nothing, for a reason that the mapping states.
    Dropped,
    /// It cannot be translated.
    Refused(Vec<Violation>),
}

/// What came of one message of a file.
struct Outcome {
    /// Its exchange; empty where there is none.
    exchange: String,
    /// Index of its opening leaf.
    receipt: Option<u64>,
    /// Why it does not go on.
    fault: Option<Fault>,
}

/// Takes a file apart, and carries each of its messages.
pub(super) async fn line<B>(
    gateway: &Gateway,
    head: &Parts,
    body: &mut B,
    way: &Way,
    trail: &mut Trail,
) -> Result<Passage, Fault>
where
    B: Body<Data = Bytes> + Unpin,
{
    let received = decode::arriving(gateway, head, body, trail).await?;
    authorize::authorize(gateway.metrics(), trail)?;
    let apart = apart::take(gateway, &received, &head.headers, trail);
    let apart = apart.instrument(stage("decode")).await?;
    let opened = record::open(gateway, None, trail).instrument(stage("record::open")).await?;
    if let record::Opened::Before(answer) = opened {
        return Ok(Passage::Again(Box::new(answer)));
    }
    let outcomes = parts::carry(gateway, head, way, &apart, trail).await;
    let acknowledged = acknowledge::answer(gateway, &head.headers, &apart, &outcomes, trail);
    Ok(Passage::Acknowledged(Box::new(acknowledged)))
}
