//! Conformance over HTTP: the supplier's file, his system as a target, and the doctor that looks at both before a case runs.
//!
//! Nothing of the gateway's line is used here but how connections are made: a suite sees a system as a
//! stranger does.
//!
//! * [`settings`]: `conformance.toml`, read strictly.
//! * [`credentials`]: secrets, read from where the file says, and never shown.
//! * [`http`]: the system, over HTTP/1.1 and 2, with TLS.
//! * [`doctor`]: what is at fault before any case.
//! * [`subject`]: the contract, its suite and all cases.
//! * `listen`: a run where the system is a consumer and calls us.
//! * [`run`]: a whole run, from the doctor to the result.

pub mod credentials;
pub mod doctor;
mod exchange;
pub mod http;
mod listen;
mod pace;
pub mod run;
pub mod settings;
mod shake;
pub mod subject;
mod token;

pub use credentials::{Credentials, Trouble};
pub use http::{HttpTarget, TargetFault};
pub use settings::Supplier;
