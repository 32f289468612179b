//! The two leaves of an exchange: one when it opens, one when it closes.
//!
//! A leaf holds no value from a message. It names the parties, the service, the contract and the
//! verdict's codes, and binds the messages by salted digests (HMAC-SHA-256, a salt per exchange,
//! kept apart), since a plain digest of a small message could be guessed.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a message was: salted digest, length in bytes, media type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageDigest {
    /// HMAC-SHA-256 of the bytes under the exchange's salt, in lower-case hex.
    pub digest: String,
    /// Length in bytes.
    pub bytes: u64,
    /// Media type as stated by the sender, type and subtype only.
    pub media_type: String,
}

/// A verdict's summary: enough to know which rules were broken, without places or texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictSummary {
    /// `accepted`, `rejected`, `malformed`, `unknown-contract`.
    pub outcome: String,
    /// How often each code and rule was broken, as `V0301 F-INV001` → 2.
    pub broken: BTreeMap<String, u64>,
    /// Waivers that excused a violation.
    pub waivers: Vec<String>,
}

/// The opening leaf: written durably before anything is sent on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The exchange's id.
    pub exchange: String,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub at_ms: u64,
    /// The subsystem that asks.
    pub consumer: String,
    /// The service asked, where one was found.
    pub service: Option<String>,
    /// The operation asked, where one was found.
    pub operation: Option<String>,
    /// The contract, as id@version, where one was found.
    pub contract: Option<String>,
    /// `observe` or `enforce`, as in effect for the request.
    pub enforcement: Option<String>,
    /// The request.
    pub request: MessageDigest,
    /// The verdict on the request, where it was judged.
    pub verdict: Option<VerdictSummary>,
    /// Digest of the configuration in force, in lower-case hex.
    pub snapshot: String,
}

/// How an exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// A two-way exchange was answered by the provider and the answer was passed on.
    Answered,
    /// A one-way message was delivered.
    Delivered,
    /// The gateway refused the request; nothing was sent on.
    Refused,
    /// The provider's answer was held back, or there was none.
    Failed,
    /// A one-way message was given up on and kept as a dead letter.
    Parked,
    /// The gateway stopped in between; recovery closed the exchange.
    Recovered,
}

/// The closing leaf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// The exchange's id.
    pub exchange: String,
    /// Index of the opening leaf.
    pub opening: u64,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub at_ms: u64,
    /// How it ended.
    pub ending: Ending,
    /// The fault's code, where there was one.
    pub fault: Option<String>,
    /// HTTP status given to the consumer, where one was given.
    pub status: Option<u16>,
    /// The provider's answer, where there was one.
    pub response: Option<MessageDigest>,
    /// The verdict on the answer, where it was judged.
    pub verdict: Option<VerdictSummary>,
    /// How often the provider was called.
    pub attempts: u32,
}

/// A leaf of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "leaf", rename_all = "kebab-case")]
pub enum Leaf {
    /// An exchange opened.
    Opening(Opening),
    /// An exchange closed.
    Closing(Closing),
}
