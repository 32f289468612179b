//! `sluse validate`: judges documents offline, as the gateway would.

mod ad_hoc;
mod addressed;
mod folder;
mod http;
mod judging;
mod report;

pub(super) use ad_hoc::{gather, of_wsdl};

use super::{
    Exit, Output,
    documents::{self, Document},
    known::KnownArgs,
};
use crate::clock::{Clock, SystemClock};
use clap::ValueEnum;
use judging::{Judging, Subject};
use report::Tally;
use sluse_contracts::{ContractRef, Direction, JudgeOptions, MediaType};
use std::path::PathBuf;

/// Judge documents offline
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse validate invoice.xml --contract dk.oioubl/invoice@2.1.0 --config conf\n  \
    sluse validate inbox --config conf --format json      each document finds its contract\n  \
    sluse validate invoice.xml --xsd Invoice.xsd --schematron rules.sch\n  \
    curl --silent https://… | sluse validate - --json-schema person.json\n  \
    sluse validate answer.json --openapi api.yaml --operation getPerson --direction response --status 200\n  \
    sluse validate request.http --http --openapi api.yaml\n  \
    sluse validate request.xml --wsdl service.wsdl         the operation is found from the message\n\n\
    Exit status: 0 all files are accepted, 1 not all, 2 a file or schema cannot be read.")]
pub(super) struct Args {
    /// Files to judge; `-` is standard input, a folder every file below it
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The contract; without it, it is found from each document
    #[arg(long, value_name = "ID[@VERSION]")]
    contract: Option<ContractRef>,
    #[command(flatten)]
    known: KnownArgs,
    #[command(flatten)]
    schemas: SchemaArgs,
    /// The operation, where the contract has several
    #[arg(long, value_name = "ID")]
    operation: Option<String>,
    /// Which way the messages go
    #[arg(long, value_enum, default_value_t, value_name = "DIRECTION")]
    direction: Way,
    /// The status of an answer
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(100..=599))]
    status: Option<u16>,
    /// The media type of the messages; guessed from each where absent
    #[arg(long, value_name = "TYPE")]
    media_type: Option<MediaType>,
    /// Each FILE is a whole HTTP message: method, path, parameters, headers and status are judged too
    #[arg(long, conflicts_with_all = ["status", "media_type", "xsd", "schematron", "json_schema"])]
    http: bool,
    /// Show values of the documents in violations: for your own files
    #[arg(long)]
    show_values: bool,
    /// Most violations told of one document
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = at_least_one)]
    max_violations: usize,
}

/// Schemas that make a contract for this command alone.
#[derive(Debug, Default, clap::Args)]
#[group(multiple = true, conflicts_with_all = ["contract", "config", "library"])]
struct SchemaArgs {
    /// An XML Schema
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json_schema", "openapi", "wsdl"])]
    xsd: Option<PathBuf>,
    /// A Schematron rule set; several are judged in this order
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json_schema", "openapi", "wsdl"])]
    schematron: Vec<PathBuf>,
    /// The phase of the rule sets
    #[arg(long, value_name = "PHASE", requires = "schematron")]
    phase: Option<String>,
    /// A JSON Schema
    #[arg(long, value_name = "FILE", conflicts_with_all = ["openapi", "wsdl"])]
    json_schema: Option<PathBuf>,
    /// An OpenAPI description
    #[arg(long, value_name = "FILE", conflicts_with = "wsdl")]
    openapi: Option<PathBuf>,
    /// A WSDL description
    #[arg(long, value_name = "FILE")]
    wsdl: Option<PathBuf>,
}

/// Which way a message goes.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Way {
    /// From consumer to provider
    #[default]
    Request,
    /// From provider to consumer
    Response,
}

impl From<Way> for Direction {
    fn from(way: Way) -> Self {
        match way {
            Way::Request => Self::Request,
            Way::Response => Self::Response,
        }
    }
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let judging = match Judging::prepare(args, output) {
        Ok(judging) => judging,
        Err(exit) => return exit,
    };
    let (documents, mut exit) = documents::named(&args.files, output);
    let mut tally = Tally::default();
    let work = |document: &Document| judging.judge(document);
    documents::each(&documents, output, work, |document, judged, output| {
        let found = match judged {
            Ok(judged) => report::tell(document, &judged, &mut tally, output),
            Err(fault) => {
                let why = crate::config::reason(&fault);
                output.error(format_args!("`{}`: {why}", document.name))
            }
        };
        exit = exit.max(found);
    });
    tally.tell(output);
    if tally.has_unknown() && judging.finds_contracts() {
        args.known.hint_at_unknown(output);
    }
    exit
}

impl Args {
    fn options(&self) -> JudgeOptions {
        JudgeOptions {
            show_values: self.show_values,
            violations_max: self.max_violations,
            now_unix_seconds: i64::try_from(SystemClock.now_ms() / 1_000).ok(),
            ..JudgeOptions::default()
        }
    }

    /// What the command line says of each document.
    fn subject(&self) -> Subject {
        Subject {
            operation: self.operation.clone(),
            direction: self.direction.into(),
            status: self.status,
            media_type: self.media_type.clone(),
            whole: self.http,
        }
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| "a whole number above 0".to_owned())
}
