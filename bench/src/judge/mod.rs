//! Judging beside the validators that people use: XML, and the messages of services.
//!
//! Each way is a process of its own that reads schema or rules once and judges one document many times; what
//! is compared is the CPU time of one document.

mod inputs;
pub(crate) mod ours;
mod peers;
pub(crate) mod services;
mod table;
mod xml;

use crate::Fault;
use std::path::PathBuf;

/// Arguments of `judge`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the results for XML go
    #[arg(long, default_value = "bench/results/judge.json")]
    output: PathBuf,
    /// Where the results for messages of services go; parts that are not run keep theirs
    #[arg(long, default_value = "bench/results/judge-services.json")]
    services_output: PathBuf,
    /// Only this part; can be given several times
    #[arg(long, value_enum)]
    only: Vec<Subject>,
    /// Documents of XML up to 1 MB only, and fewer rounds
    #[arg(long)]
    quick: bool,
    /// Bytes of the largest document of XML, which is read as a stream
    #[arg(long, default_value_t = 1_000_000_000)]
    largest_bytes: u64,
}

/// A part of the bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Subject {
    /// Documents of XML, by schema and by rules
    Xml,
    /// JSON by JSON Schema
    Json,
    /// Operations of a description by OpenAPI
    Openapi,
    /// Envelopes of SOAP by a description in WSDL
    Soap,
}

impl Args {
    fn asks_for(&self, subject: Subject) -> bool {
        self.only.is_empty() || self.only.contains(&subject)
    }
}

/// Runs the parts that are asked for.
pub(crate) fn run(args: &Args) -> Result<(), Fault> {
    services::run(args)?;
    if args.asks_for(Subject::Xml) { xml::run(args) } else { Ok(()) }
}
