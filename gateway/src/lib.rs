//! The gateway: one binary that stands between the systems of public agencies.

pub mod admin;
pub mod answer;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod delivery;
mod demo;
mod embedded;
pub mod external;
pub mod fault;
pub mod listen;
pub mod panics;
pub mod pipeline;
pub mod receipt;
pub mod reference;
pub mod store;
pub mod target;
pub mod telemetry;
pub mod upstream;
