//! How fast: the same load over several ways through, in one run, on one machine.
//!
//! Figures are ratios against a peer in the same run. Nothing here is asserted: machines are
//! shared and noisy. Results are kept as JSON beside the command that repeats them.

mod conformance;
mod differential;
mod front_end;
mod fuzz;
mod gateway;
mod judge;
mod load;
mod mutants;
mod process;
mod provider;
mod report;
mod setup;
mod sources;
mod translate;
mod upload;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(name = "sluse-bench", about = "Measures Sluse beside its peers")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The gateway beside a direct call and nginx: requests per second and per CPU-second
    Gateway(gateway::Args),
    /// Judging beside the validators that people use: CPU time of a document
    Judge(judge::Args),
    /// Seeded faults of a system: which of them does the suite find, and does it find anything where nothing is wrong?
    Conformance(conformance::Args),
    /// Mutants of valid documents before several validators of XML Schema: where do they differ?
    Differential(differential::Args),
    /// Mutated documents, schemas and rule sets: does each get an answer, soon and in little memory?
    Fuzz(fuzz::Args),
    /// Translating beside the tools that people use: CPU time from bytes to bytes, and memory
    Translate(translate::Args),
    /// Run a part of the set-up in a process of its own, so that its CPU time can be told apart
    #[command(hide = true)]
    Part {
        #[command(subcommand)]
        part: Part,
    },
}

#[derive(Debug, Subcommand)]
enum Part {
    /// A provider that reads the body and gives a fixed answer
    Provider {
        /// Port on loopback
        port: u16,
    },
    /// Judges by a schema, again and again
    JudgeXsd(judge::ours::XsdArgs),
    /// Judges by rule sets, again and again
    JudgeRules(judge::ours::RulesArgs),
    /// Judges messages of services, again and again
    JudgeService(judge::services::Way),
    /// Translates a file
    Translate(translate::Way),
    /// Judges mutants
    Fuzz(fuzz::worker::WorkerArgs),
    /// The gateway itself
    Sluse {
        /// Arguments as for `sluse`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Gateway(args) => gateway::run(&args),
        Command::Judge(args) => judge::run(&args),
        Command::Conformance(args) => conformance::run(&args),
        Command::Part { part: Part::JudgeXsd(args) } => judge::ours::xsd(&args),
        Command::Part { part: Part::JudgeRules(args) } => judge::ours::rules(&args),
        Command::Part { part: Part::JudgeService(way) } => judge::services::measure(&way),
        Command::Translate(args) => translate::run(&args),
        Command::Part { part: Part::Translate(way) } => translate::measure(&way),
        Command::Differential(args) => differential::run(&args),
        Command::Fuzz(args) => match fuzz::run(&args) {
            Ok(true) => Ok(()),
            Ok(false) => return ExitCode::FAILURE,
            Err(fault) => Err(fault),
        },
        Command::Part { part: Part::Fuzz(args) } => fuzz::worker::run(&args),
        Command::Part { part: Part::Provider { port } } => provider::run(port),
        Command::Part { part: Part::Sluse { args } } => {
            return sluse::cli::run(
                std::iter::once("sluse".to_owned()).chain(args).map(Into::into),
            );
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            report::complain(&fault.to_string());
            ExitCode::from(2)
        }
    }
}

/// Why a bench could not run, in a sentence.
type Fault = Box<dyn std::error::Error + Send + Sync>;
