//! The command line: one file per command, one visible list of them.
//!
//! A command is a module with `Args` (clap's derive) and `run(&Args, &mut Output) -> Exit`. What it
//! reports goes through [`Output`], so that data is on standard output, all else on standard error,
//! and `--format` and `NO_COLOR` hold everywhere. Commands that do not exist yet are absent.

mod adapter;
mod can_connect;
mod certificate;
mod check;
mod conformance;
mod contract;
mod demo;
mod documents;
mod explain;
mod init;
mod key;
mod known;
mod ledger;
mod output;
mod progress;
mod route;
mod serve;
mod translate;
mod validate;

pub use output::{Exit, Format, Output, Style};

use check::plural;

use clap::{Parser, Subcommand};
use std::{ffi::OsString, process::ExitCode};

/// Judges, routes and translates what public agencies say to each other, and keeps evidence.
#[derive(Debug, Parser)]
#[command(name = "sluse", version, arg_required_else_help = true, max_term_width = 100)]
#[command(
    after_help = "Exit status: 0 fine, 1 it ran and found something wrong, 2 it could not do it, 3 no verdict.\n\
    `sluse explain CODE` says what a code means and how to put it right."
)]
struct Line {
    /// How reports are written: text for people, json (JSON Lines) for programs
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    #[command(subcommand)]
    command: Command,
}

/// All commands.
#[derive(Debug, Subcommand)]
enum Command {
    Adapter(adapter::Args),
    CanConnect(can_connect::Args),
    Certificate(certificate::Args),
    Check(check::Args),
    Conformance(conformance::Args),
    Contract(contract::Args),
    Demo(demo::Args),
    Explain(explain::Args),
    Init(init::Args),
    Key(key::Args),
    Ledger(ledger::Args),
    Route(route::Args),
    Serve(serve::Args),
    Translate(translate::Args),
    Validate(Box<validate::Args>),
}

impl Command {
    fn run(&self, output: &mut Output) -> Exit {
        match self {
            Self::Adapter(args) => adapter::run(args, output),
            Self::CanConnect(args) => can_connect::run(args, output),
            Self::Certificate(args) => certificate::run(args, output),
            Self::Check(args) => check::run(args, output),
            Self::Conformance(args) => conformance::run(args, output),
            Self::Contract(args) => contract::run(args, output),
            Self::Demo(args) => demo::run(args, output),
            Self::Explain(args) => explain::run(args, output),
            Self::Init(args) => init::run(args, output),
            Self::Key(args) => key::run(args, output),
            Self::Ledger(args) => ledger::run(args, output),
            Self::Route(args) => route::run(args, output),
            Self::Serve(args) => serve::run(args, output),
            Self::Translate(args) => translate::run(args, output),
            Self::Validate(args) => validate::run(args, output),
        }
    }
}

/// Takes a command line, the program's name first, and runs it.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match Line::try_parse_from(arguments) {
        Ok(line) => {
            let mut output = Output::new(line.format);
            let exit = line.command.run(&mut output);
            output.finish(exit).into()
        }
        // Help and version go to standard output with 0, bad usage to standard error with 2.
        Err(usage) => match usage.print() {
            Ok(()) => ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2)),
            Err(_) => Exit::Unable.into(),
        },
    }
}

/// Runs another command with the same output, as a person would type it after `sluse`.
fn type_out<'a>(arguments: impl IntoIterator<Item = &'a str>, output: &mut Output) -> Exit {
    match Line::try_parse_from(std::iter::once("sluse").chain(arguments)) {
        Ok(line) => line.command.run(output),
        Err(usage) => output.error(usage),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_is_well_formed_and_its_help_has_examples() {
        let mut line = Line::command();
        line.build();
        line.clone().debug_assert();
        for command in line.get_subcommands().filter(|command| command.get_name() != "help") {
            assert_help(command);
        }
    }

    fn assert_help(command: &clap::Command) {
        let name = command.get_name();
        assert!(command.get_about().is_some(), "{name} says what it does");
        let nested: Vec<_> =
            command.get_subcommands().filter(|nested| nested.get_name() != "help").collect();
        if nested.is_empty() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Examples:"), "{name} --help has examples");
        }
        nested.into_iter().for_each(assert_help);
    }
}
