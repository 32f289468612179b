//! `suite/suite.toml`: what a contract demands that its schemas cannot say.
//!
//! Schemas say what one message may be. How a resource is made and found again, what must be new
//! each time, where a version stands, how pages follow and who may ask stands here as bindings, and
//! whole packs of cases are derived from them.

mod read;
mod spot;
#[cfg(test)]
mod tests;

pub use read::{FILE, read};
pub use spot::{Spot, SpotFault};

use crate::{
    case::{Inject, Source, Statuses},
    walk::Next,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The bindings of a contract's suite.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suite {
    /// Its version, apart from the contract's.
    pub version: Option<String>,
    /// What must be new each time.
    pub fresh: Vec<Fresh>,
    /// What the supplier must give.
    pub given: Vec<Given>,
    /// How resources are made, found, read and removed.
    pub resources: Vec<Resource>,
    /// Which statuses a refusal may have.
    pub refusals: BTreeMap<Refusal, Vec<Statuses>>,
    /// Operations that a key makes safe to repeat.
    pub idempotency: Vec<Idempotency>,
    /// Operations that ask for the version of what they change.
    pub preconditions: Vec<Preconditions>,
    /// Lists that come in pages.
    pub paging: Vec<Paging>,
    /// What tells of changes.
    pub events: Vec<Events>,
    /// What answers say besides.
    pub answers: Vec<Answers>,
    /// What is told by a fault of SOAP.
    pub faults: Vec<FaultTold>,
    /// Who may ask.
    pub security: Option<Security>,
    /// How a connection begins.
    pub tls: Option<Tls>,
    /// What is brought about where the system is a consumer.
    pub behaviours: Vec<Behaviour>,
    /// Parts of the contract that a system may keep to alone.
    pub profiles: Vec<Profile>,
}

/// The profile of a system that keeps to the whole contract; no suite gives one of its own this name.
pub const WHOLE: &str = "whole";

/// A part of the contract that a system may keep to alone, such as one that is only read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Whose systems it is for, in a sentence; the supplier's file shows it.
    pub what: String,
    /// Its clauses: ids, or what ids begin with up to a dot: `PE-2` is `PE-2.1` and `PE-2.2` too.
    pub clauses: Vec<String>,
    /// Operations that such a system does not offer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
}

impl Profile {
    /// Whether a clause is in it.
    pub fn holds(&self, clause: &str) -> bool {
        self.clauses.iter().any(|each| {
            clause
                .strip_prefix(each.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }
}

/// A value that must be new in each request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh {
    /// Its name, that of the slot.
    pub name: String,
    /// The operations whose requests have it; empty: all.
    pub operations: Vec<String>,
    /// Where it stands in the request.
    pub at: Spot,
    /// What stands before and after the new part, so that the value fits its schema.
    pub prefix: String,
    /// How it is written.
    pub form: FreshForm,
}

/// How a new value is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FreshForm {
    /// A UUID (RFC 9562, version 4).
    #[default]
    Uuid,
    /// Ten digits, the first not zero.
    Digits,
    /// Twelve letters and digits.
    Text,
}

/// Test data that the supplier names in his file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Its name, that of the slot.
    pub name: String,
    /// What it is, in words for the supplier.
    pub what: String,
    /// The operations whose requests have it; empty: all.
    pub operations: Vec<String>,
    /// Where it stands in the request.
    pub at: Option<Spot>,
}

/// How a resource is made, found again and removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// A word for it.
    pub name: String,
    /// The operation that makes one.
    pub create: String,
    /// Where the answer tells its id; of `header:location`, the last segment is taken.
    pub id: Source,
    /// The path parameter that takes the id.
    pub parameter: String,
    /// The operation that reads one.
    pub read: Option<String>,
    /// The operation that removes one.
    pub remove: Option<String>,
    /// Where its version stands in answers.
    pub etag: Option<Source>,
    /// Members that are read back as they were sent (JSON Pointers); empty: all that were sent.
    pub compare: Vec<String>,
    /// How long reading back may lag behind writing, in milliseconds.
    pub delay_ms: u64,
    /// Clauses by what is tested: `read-back`, `location`, `gone`.
    pub clauses: BTreeMap<String, String>,
}

/// What a request may be refused for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// Not well-formed.
    Syntax,
    /// Against a schema.
    Schema,
    /// A media type that the operation does not take.
    MediaType,
    /// A media type asked for that the operation does not give.
    Accept,
    /// A method that the path does not have.
    Method,
    /// A path that the contract does not have, or a resource that is not there.
    Path,
}

/// A key that makes an operation safe to repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The operations.
    pub operations: Vec<String>,
    /// Where the key stands.
    pub key: Spot,
    /// Whether a request without one is refused.
    pub required: bool,
    /// Statuses of the same key with another body.
    pub conflict: Vec<Statuses>,
    /// Statuses of the later of two at once, beside those of a replay.
    pub under_way: Vec<Statuses>,
    /// Clauses by what is tested: `replay`, `conflict`, `at-once`, `missing`, `other-consumer`.
    pub clauses: BTreeMap<String, String>,
}

/// Operations that ask for the version of what they change or read (RFC 9110, section 13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preconditions {
    /// The resource.
    pub resource: String,
    /// Operations that change it with `If-Match`.
    pub change: Vec<String>,
    /// Whether a change without `If-Match` is refused, with 428 (RFC 6585, section 3).
    pub required: bool,
    /// Whether reading with `If-None-Match` gives 304.
    pub not_modified: bool,
    /// Clauses by what is tested: `match`, `stale`, `missing`, `not-modified`, `changes`.
    pub clauses: BTreeMap<String, String>,
}

/// How pages of a list follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// The operation.
    pub operation: String,
    /// Where the entries stand (JSON Pointer).
    pub entries: String,
    /// Where an entry's id stands, from the entry.
    pub id: String,
    /// The query parameter for the size of a page.
    pub size: Option<String>,
    /// How the next page is found.
    pub next: Next,
    /// The resource whose making puts an entry in the list.
    pub resource: Option<String>,
    /// Most pages that a walk takes.
    pub pages_max: u64,
    /// Clauses by what is tested: `walk`, `insert`, `size`.
    pub clauses: BTreeMap<String, String>,
}

/// A feed of what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events {
    /// The operation that reads the feed.
    pub operation: String,
    /// Where the events stand (JSON Pointer).
    pub entries: String,
    /// Where an event's id stands, from the event.
    pub id: String,
    /// Where the id of what it tells of stands, from the event.
    pub subject: String,
    /// Where its place in the order stands, from the event.
    pub order: Option<String>,
    /// The resource that it tells of.
    pub resource: String,
    /// How late an event may be, in milliseconds.
    pub delay_ms: u64,
    /// How the next page is found.
    pub next: Next,
    /// Clauses by what is tested: `told`, `order`, `again`.
    pub clauses: BTreeMap<String, String>,
}

/// What a good answer to a document of XML says besides what its schema demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// The operations.
    pub operations: Vec<String>,
    /// The statuses of their good answers; empty: any of 200 to 299.
    pub statuses: Vec<Statuses>,
    /// What of the request the answer repeats: where it stands in the request, and where in the answer.
    pub repeats: Vec<(Spot, Source)>,
    /// Clauses by what is tested: `status`, `repeats`.
    pub clauses: BTreeMap<String, String>,
}

/// What must be told by a fault of SOAP, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultTold {
    /// A word for it, the last part of its cases' ids.
    pub name: String,
    /// The operations; empty: all.
    pub operations: Vec<String>,
    /// What makes a good request one that is told so: a place in it, and the value there. Nothing: a request that breaks
    /// the schema.
    pub when: Option<(Spot, String)>,
    /// Whose fault it is, by the code (SOAP 1.1, section 4.4.1; SOAP 1.2 part 1, section 5.4.6).
    pub side: Option<FaultSide>,
    /// The statuses of such a fault in SOAP 1.1; empty: 500 (SOAP 1.1, section 6.2).
    pub statuses: Vec<Statuses>,
    /// The local name of the element in its detail.
    pub detail: Option<String>,
    /// Clauses by what is tested: `told`.
    pub clauses: BTreeMap<String, String>,
}

/// Whose fault it is that a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultSide {
    /// Who asked: `Client`, in SOAP 1.2 `Sender`.
    Consumer,
    /// Who was asked: `Server`, in SOAP 1.2 `Receiver`.
    Provider,
}

/// What a consumer is answered in place of a good answer, and what it must do then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behaviour {
    /// The answer.
    pub inject: Inject,
    /// The operations, each of which is answered so once.
    pub operations: Vec<String>,
    /// How long is looked for what the consumer does, in milliseconds from the answer.
    pub within_ms: u64,
    /// Over how long tries are spread at least where each fails, in milliseconds.
    pub spread_ms: u64,
    /// Operations by which the consumer is seen to act on an event: its subject is the last segment of their path.
    pub acts: Vec<String>,
    /// What must be done, and the clause that demands it: `retries`, `same-key`, `waits`, `reads-anew`, `backs-off`,
    /// `acts-once`, `in-order`.
    pub clauses: BTreeMap<String, String>,
}

/// Who may ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Security {
    /// Operations that need a token; empty: all.
    pub operations: Vec<String>,
    /// Tokens that must be refused as nobody's, by name: `expired`, `not-yet-valid`, `wrong-audience`, …
    pub unauthorized: Vec<String>,
    /// Tokens that are somebody's who may not: `wrong-scope`.
    pub forbidden: Vec<String>,
    /// The token of another consumer, who may ask but not for this one's resources.
    pub other: Option<String>,
    /// Clauses by what is tested: `none`, the names of tokens, `other`; of consumers `shown`.
    pub clauses: BTreeMap<String, String>,
}

/// How a connection begins, where the contract demands TLS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tls {
    /// Clauses by what is tested: `certificate`, `old-versions`, `plain`.
    pub clauses: BTreeMap<String, String>,
}

impl FreshForm {
    /// A value of this form, made of a number that has not been used before.
    pub fn write(self, unique: u128) -> String {
        match self {
            Self::Uuid => uuid(unique),
            Self::Digits => format!("{}", 1_000_000_000 + unique % 9_000_000_000),
            Self::Text => {
                const SIGNS: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
                let sign = |at: u32| SIGNS.get((unique >> (at * 5)) as usize & 31).copied();
                (0..12).filter_map(sign).map(char::from).collect()
            }
        }
    }
}

/// RFC 9562, section 5.4.
fn uuid(unique: u128) -> String {
    let versioned = (unique & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{versioned:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

impl Suite {
    /// The value of the slot `Fresh(name)`, made of a number that has not been used before. A name is that of a binding,
    /// with or without `.` and a number where one case needs several. What stands before the new part is no part of the
    /// slot: a case has it as text.
    pub fn fresh_value(&self, name: &str, unique: u128) -> String {
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        let bound = self.fresh.iter().find(|each| each.name == stem);
        bound.map_or(FreshForm::Uuid, |it| it.form).write(unique)
    }

    /// The resource of this name.
    pub fn resource(&self, name: &str) -> Option<&Resource> {
        self.resources.iter().find(|each| each.name == name)
    }

    /// The resource whose id this path parameter takes.
    pub fn resource_of(&self, parameter: &str) -> Option<&Resource> {
        self.resources.iter().find(|each| each.parameter == parameter)
    }
}
