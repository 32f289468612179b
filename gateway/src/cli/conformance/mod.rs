//! `sluse conformance`: the supplier's and the certifier's work.

mod demo;
mod desk;
mod diff;
mod doctor;
mod explore;
mod init;
mod list;
mod replay;
mod report;
mod run;
mod verify;

pub(super) use report::bytes;
pub(super) use verify::judge;

use super::{Exit, Output};

/// Show that a system keeps to a contract
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Demo(demo::Args),
    Diff(diff::Args),
    Doctor(doctor::Args),
    Explore(explore::Args),
    Init(init::Args),
    List(list::Args),
    Replay(replay::Args),
    Report(report::Args),
    Run(Box<run::Args>),
    Verify(verify::Args),
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    match &args.command {
        Command::Demo(args) => demo::run(args, output),
        Command::Diff(args) => diff::run(args, output),
        Command::Doctor(args) => doctor::run(args, output),
        Command::Explore(args) => explore::run(args, output),
        Command::Init(args) => init::run(args, output),
        Command::List(args) => list::run(args, output),
        Command::Replay(args) => replay::run(args, output),
        Command::Report(args) => report::run(args, output),
        Command::Run(args) => run::run(args, output),
        Command::Verify(args) => verify::run(args, output),
    }
}
