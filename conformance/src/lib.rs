//! Whether a supplier keeps to it: cases derived from a contract, a run, and what it found.
//!
//! Cases are not written but derived, from the contract's schemas and from what its suite says that
//! schemas cannot. A case is a small program of requests with slots; a run fills the slots in, sends
//! what it says to a [`Target`] and judges what comes with the judge of the product itself. From one
//! [`RunResult`] come all reports, the evidence bundle and the certificate.
//!
//! This crate knows no HTTP, no clock and no gateway: whoever runs a plan carries the messages.
//!
//! * [`template`]: text with slots for what a run fills in.
//! * [`case`]: one case.
//! * [`mod@derive`]: cases from schemas, each proved before it is sent.
//! * [`consumer`]: the provider that we play where the system is a consumer, and what is seen of it.
//! * [`library`]: the contracts that ship with the suite.
//! * [`packs`]: cases from what a suite binds.
//! * [`plan`]: all cases of a contract, and what no case could be made for.
//! * [`scenario`]: workflows of the Arazzo Specification as cases.
//! * [`suite`]: what a contract demands that its schemas cannot say.
//! * [`target`]: the system that is tested.
//! * [`run`]: cases run against a target.
//! * [`secrets`]: what may never be shown.
//! * [`result`]: what a run found.
//! * [`walk`]: a list that comes in pages, from the first to the last.
//! * [`settle`]: from what came of cases to clauses, defects and the outcome.
//! * [`report`]: text, JUnit and HTML of a result.
//! * [`diff`]: two runs compared.
//! * [`mask`]: personal data out of a result.
//! * [`bundle`]: the result as signed evidence.
//! * [`verify`]: a kept result judged again.
//! * [`certificate`]: a governing body's word that a system keeps to a contract.

pub mod bundle;
pub mod case;
pub mod certificate;
pub mod consumer;
pub mod derive;
pub mod diff;
pub mod library;
pub mod mask;
pub mod packs;
pub mod plan;
pub mod report;
pub mod result;
pub mod run;
pub mod scenario;
pub mod secrets;
pub mod settle;
pub mod suite;
pub mod target;
pub mod template;
pub mod verify;
pub mod walk;

pub use case::{Case, CaseId, Kind, Role};
pub use plan::Plan;
pub use result::RunResult;
pub use suite::Suite;
pub use target::Target;
pub use template::Template;
