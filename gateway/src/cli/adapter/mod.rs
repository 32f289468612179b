//! `sluse adapter`: the adapter author's work.

mod check;
mod explain;
pub(super) mod given;
mod list;
mod new;
mod openapi;

use super::{Exit, Output};

/// Start, check, list, explain and describe adapters
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Check(check::Args),
    Explain(explain::Args),
    List(list::Args),
    New(new::Args),
    Openapi(openapi::Args),
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    match &args.command {
        Command::Check(args) => check::run(args, output),
        Command::Explain(args) => explain::run(args, output),
        Command::List(args) => list::run(args, output),
        Command::New(args) => new::run(args, output),
        Command::Openapi(args) => openapi::run(args, output),
    }
}
