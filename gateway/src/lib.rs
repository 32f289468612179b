//! The gateway: one binary that stands between the systems of public agencies.

pub mod cli;
pub mod clock;
pub mod config;
pub mod store;
