//! The two leaves of an exchange: one when it opens, one when it closes.
//!
//! A leaf holds no value from a message. It names the parties, the service, the contract and the
//! verdict's codes, and binds the messages by salted digests (HMAC-SHA-256, a salt per exchange,
//! kept apart), since a plain digest of a small message could be guessed.
//!
//! What is hashed is a leaf's canonical form: JSON by RFC 8785, every member written, `null` where
//! there is nothing. The reader refuses bytes that it would write otherwise, so no two texts are the
//! same leaf. A member added later must be left out where it is absent, or old leaves would no longer read.

use crate::canonical;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
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
    /// The exchange that brought the file of which this message is part, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
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
    /// What adapters made of it, in order: as the contract says it, then as the provider gets it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub translated: Vec<MessageDigest>,
    /// The verdict on the request, where it was judged.
    pub verdict: Option<VerdictSummary>,
    /// Digest of the configuration in force, in lower-case hex.
    pub snapshot: String,
}

/// How an exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// A two-way exchange was answered by the provider and the answer was passed on; of a file of many messages: it was
    /// acknowledged, and at least one of its messages goes on.
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
    /// What adapters made of it, in order: as the contract says it, then as the consumer gets it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub translated: Vec<MessageDigest>,
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

/// Longest leaf in its canonical form, in bytes.
pub const LEAF_BYTES_MAX: usize = 1 << 20;

/// Why bytes are not a leaf, or a leaf has no canonical form. Never says what the bytes were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeafFault {
    /// Not JSON, or not what a leaf says.
    #[error("the bytes are not a leaf")]
    NotALeaf,
    /// JSON that says what a leaf says, written in another way.
    #[error("the leaf is not written in its canonical form")]
    NotCanonical,
    /// Longer than [`LEAF_BYTES_MAX`].
    #[error("the leaf is longer than {LEAF_BYTES_MAX} bytes")]
    TooLong,
    /// A number that is not whole, or that some readers would round.
    #[error("the leaf holds a number larger than 2^53 - 1")]
    NumberTooLarge,
}

impl Leaf {
    /// The exchange that the leaf belongs to.
    pub fn exchange(&self) -> &str {
        match self {
            Self::Opening(opening) => &opening.exchange,
            Self::Closing(closing) => &closing.exchange,
        }
    }

    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub fn at_ms(&self) -> u64 {
        match self {
            Self::Opening(opening) => opening.at_ms,
            Self::Closing(closing) => closing.at_ms,
        }
    }

    /// The canonical form: what is hashed and stored.
    ///
    /// # Errors
    /// Where a number is too large, or the whole is longer than [`LEAF_BYTES_MAX`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, LeafFault> {
        let bytes = canonical::to_bytes(self)?;
        if bytes.len() > LEAF_BYTES_MAX { Err(LeafFault::TooLong) } else { Ok(bytes) }
    }

    /// Reads the canonical form, and nothing else.
    ///
    /// # Errors
    /// Where the bytes are no leaf, or would be written otherwise.
    pub fn read(bytes: &[u8]) -> Result<Self, LeafFault> {
        if bytes.len() > LEAF_BYTES_MAX {
            return Err(LeafFault::TooLong);
        }
        let value: Value = serde_json::from_slice(bytes).map_err(|_| LeafFault::NotALeaf)?;
        let Value::Object(mut members) = value else { return Err(LeafFault::NotALeaf) };
        let leaf = match members.shift_remove("leaf").as_ref().and_then(Value::as_str) {
            Some("opening") => Self::Opening(from_members(members)?),
            Some("closing") => Self::Closing(from_members(members)?),
            _ => return Err(LeafFault::NotALeaf),
        };
        if leaf.to_bytes()? == bytes { Ok(leaf) } else { Err(LeafFault::NotCanonical) }
    }
}

fn from_members<T: DeserializeOwned>(
    members: serde_json::Map<String, Value>,
) -> Result<T, LeafFault> {
    serde_json::from_value(Value::Object(members)).map_err(|_| LeafFault::NotALeaf)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::{collection, option, prelude::*};

    /// An opening leaf of an invented exchange.
    pub(crate) fn opening(exchange: &str, at_ms: u64) -> Leaf {
        Leaf::Opening(Opening {
            translated: Vec::new(),
            exchange: exchange.into(),
            parent: None,
            at_ms,
            consumer: "dk.example/desk".into(),
            service: Some("dk.example/register/persons".into()),
            operation: None,
            contract: Some("dk.example/persons@1.0.0".into()),
            enforcement: Some("enforce".into()),
            request: MessageDigest {
                digest: "00".repeat(32),
                bytes: 12,
                media_type: "application/json".into(),
            },
            verdict: None,
            snapshot: "11".repeat(32),
        })
    }

    /// A closing leaf of an invented exchange.
    pub(crate) fn closing(exchange: &str, opening: u64, at_ms: u64) -> Leaf {
        Leaf::Closing(Closing {
            translated: Vec::new(),
            exchange: exchange.into(),
            opening,
            at_ms,
            ending: Ending::Answered,
            fault: None,
            status: Some(200),
            response: None,
            verdict: None,
            attempts: 1,
        })
    }

    fn any_verdict() -> impl Strategy<Value = VerdictSummary> {
        let broken = collection::btree_map(any::<String>(), 0..1_u64 << 53, 0..4);
        (any::<String>(), broken, collection::vec(any::<String>(), 0..3))
            .prop_map(|(outcome, broken, waivers)| VerdictSummary { outcome, broken, waivers })
    }

    fn any_message() -> impl Strategy<Value = MessageDigest> {
        (any::<String>(), 0..1_u64 << 53, any::<String>())
            .prop_map(|(digest, bytes, media_type)| MessageDigest { digest, bytes, media_type })
    }

    fn any_leaf() -> impl Strategy<Value = Leaf> {
        let text = any::<String>;
        let maybe = || option::of(any::<String>());
        let opening = (
            (text(), 0..1_u64 << 53, text(), maybe(), maybe(), maybe(), maybe()),
            (any_message(), option::of(any_verdict()), text(), maybe()),
        )
            .prop_map(
                |((exchange, at_ms, consumer, service, operation, contract, enforcement), rest)| {
                    let (request, verdict, snapshot, parent) = rest;
                    Leaf::Opening(Opening {
                        translated: Vec::new(),
                        exchange,
                        parent,
                        at_ms,
                        consumer,
                        service,
                        operation,
                        contract,
                        enforcement,
                        request,
                        verdict,
                        snapshot,
                    })
                },
            );
        let ending =
            prop_oneof![Just(Ending::Answered), Just(Ending::Parked), Just(Ending::Recovered)];
        let closing = (
            (text(), 0..1_u64 << 53, 0..1_u64 << 53, ending, maybe()),
            (
                option::of(any::<u16>()),
                option::of(any_message()),
                option::of(any_verdict()),
                any::<u32>(),
            ),
        )
            .prop_map(|((exchange, opening, at_ms, ending, fault), rest)| {
                let (status, response, verdict, attempts) = rest;
                Leaf::Closing(Closing {
                    translated: Vec::new(),
                    exchange,
                    opening,
                    at_ms,
                    ending,
                    fault,
                    status,
                    response,
                    verdict,
                    attempts,
                })
            });
        prop_oneof![opening, closing]
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(leaf in any_leaf()) {
            let bytes = leaf.to_bytes().unwrap();
            prop_assert_eq!(Leaf::read(&bytes).unwrap(), leaf);
        }

        #[test]
        fn no_two_texts_are_one_leaf(leaf in any_leaf(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let bytes = leaf.to_bytes().unwrap();
            let mut other = bytes.clone();
            let at = at.index(other.len());
            other[at] = byte;
            if let Ok(read) = Leaf::read(&other) {
                prop_assert_eq!(&read.to_bytes().unwrap(), &other);
            }
            other.insert(at, b' ');
            if let Ok(read) = Leaf::read(&other) {
                prop_assert_ne!(read, leaf);
            }
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in collection::vec(any::<u8>(), 0..200)) {
            let _ = Leaf::read(&bytes);
        }
    }

    #[test]
    fn refuses_every_other_way_to_write_a_leaf() {
        let bytes = closing("x", 0, 7).to_bytes().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(
            text,
            r#"{"at_ms":7,"attempts":1,"ending":"answered","exchange":"x","fault":null,"leaf":"closing","opening":0,"response":null,"status":200,"verdict":null}"#
        );
        let cases = [
            (text.replacen("{", "{ ", 1), LeafFault::NotCanonical),
            (text.replacen("\"x\"", "\"\\u0078\"", 1), LeafFault::NotCanonical),
            (text.replacen("\"at_ms\":7", "\"at_ms\":7.0", 1), LeafFault::NotALeaf),
            (text.replacen("\"fault\":null,", "", 1), LeafFault::NotCanonical),
            (text.replacen("{", "{\"at_ms\":8,", 1), LeafFault::NotCanonical),
            (text.replacen("{", "{\"a\":8,", 1), LeafFault::NotALeaf),
            (text.replacen("closing", "other", 1), LeafFault::NotALeaf),
            ("[".repeat(100_000), LeafFault::NotALeaf),
            (String::new(), LeafFault::NotALeaf),
            (" ".repeat(LEAF_BYTES_MAX + 1), LeafFault::TooLong),
        ];
        for (case, fault) in cases {
            assert_eq!(Leaf::read(case.as_bytes()), Err(fault), "{}", &case[..case.len().min(90)]);
        }
    }
}
