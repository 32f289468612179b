//! What may be said: contracts, how a document is known, and how a message is judged.
//!
//! This crate is pure. It does no I/O, knows no clock and no async; whoever loads files hands their
//! bytes in, whoever judges "today" hands the date in. That keeps a verdict a function of the
//! message and the contract alone, which is what makes it worth recording as evidence.

mod checks;
pub mod clauses;
pub mod code;
pub mod codelist;
pub mod contract;
pub mod day;
pub mod enforcement;
pub mod files;
pub mod finding;
pub mod id;
pub mod identifiers;
pub mod import;
pub mod judge;
pub mod keys;
pub mod library;
pub mod lint;
pub mod manifest;
pub mod message;
pub mod overlap;
mod path;
pub mod payload;
pub mod percent;
pub mod registry;
pub mod schema;
mod select;
pub mod settings;
#[cfg(test)]
mod shared;
pub mod stream;
pub mod verdict;
pub mod waiver;

pub use code::Code;
pub use contract::Contract;
pub use day::Day;
pub use files::ContractFiles;
pub use finding::Finding;
pub use id::{ContractId, ContractRef, ParticipantKey, Version};
pub use judge::{JudgeOptions, Occasion};
pub use keys::Keys;
pub use manifest::Manifest;
pub use message::{Direction, MediaType, Message};
pub use payload::Payload;
pub use registry::{Registry, Selection};
pub use schema::SchemaCache;
pub use verdict::{Layer, Outcome, Severity, Verdict, Violation};
