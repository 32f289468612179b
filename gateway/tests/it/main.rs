//! Tests of the gateway as a whole: one binary, one module per subject.

#[cfg(test)]
mod adapters;
#[cfg(test)]
mod certificates;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod config;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod demo;
#[cfg(test)]
#[path = "../../../conformance/tests/results/doors.rs"]
mod doors;
#[cfg(test)]
mod envelopes;
#[cfg(test)]
mod evidence;
#[cfg(test)]
mod external;
#[cfg(test)]
mod framing;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod http;
#[cfg(test)]
mod interchange;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod nemhandel;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod panics;
#[cfg(test)]
mod pipeline;
#[cfg(test)]
mod process;
#[cfg(test)]
mod programs;
#[cfg(test)]
mod published;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod register;
#[cfg(test)]
mod reload;
#[cfg(test)]
mod route;
#[cfg(test)]
mod secure;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod soap;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod translate;
#[cfg(test)]
mod validate;
#[cfg(test)]
mod world;
