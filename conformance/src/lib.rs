//! Whether a supplier keeps to it: cases, what they expect, and how what was found differs.
//!
//! A conformance case is a small file that a person can read and cite: one sentence, the clause it
//! tests, what is sent, what must come back. Cases are data, so a new one needs no code, and the
//! same file can be run against a gateway, against a supplier's system, or offline against a
//! contract alone.
//!
//! This crate knows no HTTP and no gateway: whoever runs a case carries the messages.
//!
//! * [`case`]: one case, read from TOML with every fault and its place, and written back.
//! * [`suite`]: the cases of a folder, with the bodies that they name.
//! * [`compare`]: how a verdict or an answer differs from what a case expects.

pub mod case;
pub mod compare;
pub mod suite;
mod write;

pub use case::{Body, Case, CaseId, Expectation, ExpectedAnswer, ExpectedViolation, Request, Role};
pub use compare::{Answer, Difference};
pub use suite::{Suite, SuiteCase};
