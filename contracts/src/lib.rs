//! What may be said: contracts, how a document is known, and how a message is judged.
//!
//! This crate is pure. It does no I/O, knows no clock and no async; whoever loads files hands their
//! bytes in, whoever judges "today" hands the date in. That keeps a verdict a function of the
//! message and the contract alone, which is what makes it worth recording as evidence.

pub mod code;
pub mod day;
pub mod finding;
pub mod id;
pub mod message;
pub mod registry;
pub mod settings;
pub mod verdict;

pub use code::Code;
pub use day::Day;
pub use finding::Finding;
pub use id::{ContractId, ContractRef, ParticipantKey, Version};
pub use message::{MediaType, Message};
pub use verdict::{Layer, Outcome, Severity, Verdict, Violation};
