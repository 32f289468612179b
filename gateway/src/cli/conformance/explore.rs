//! `sluse conformance explore`: requests by chance, about half of them wrong.
//!
//! Fuzzing, and says so: what it finds is worth a look and no verdict. The same seed gives the same requests.

use super::{
    Exit, Output,
    desk::{Desk, DeskArgs},
    replay,
};
use crate::cli::check::plural;
use sluse_conformance::{
    derive::explore,
    result::CaseVerdict,
    run::{RunOptions, Runner},
};

/// Send requests by chance: no verdict, only what is worth a look
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse conformance explore --seed 1\n  \
    sluse conformance explore --seed 7 --count 1000\n\n\
    What the contract takes must be accepted, and what it does not must be refused. The same seed gives the same\n\
    requests. Exit status: 0 nothing was found, 1 something is worth a look, 2 it could not run, 3 nothing was tested.")]
pub(super) struct Args {
    #[command(flatten)]
    desk: DeskArgs,
    /// Where the requests begin
    #[arg(long, value_name = "N")]
    seed: u64,
    /// How many are made
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    count: u64,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let desk = match Desk::open(&args.desk, output) {
        Ok(desk) => desk,
        Err(exit) => return exit,
    };
    let target = match replay::target(&desk, output) {
        Ok(target) => target,
        Err(exit) => return exit,
    };
    let options = RunOptions { keep_all: true, ..RunOptions::default() };
    let runner = Runner::new(&desk.subject.contract, &target, &options);
    let (mut tested, mut found) = (0, 0);
    let n = usize::try_from(args.count).unwrap_or(usize::MAX);
    for case in explore(&desk.subject.contract, Some(&desk.subject.suite), args.seed, n) {
        let result = runner.run(&case);
        let untested = matches!(result.verdict, CaseVerdict::SetUp | CaseVerdict::NotTested);
        tested += usize::from(!untested);
        if result.verdict != CaseVerdict::Failed {
            continue;
        }
        found += 1;
        if output.is_json() {
            output.json(&result);
        } else {
            replay::show(&result, output);
            output.line("");
        }
    }
    let (cases, worth) = (plural(tested, "case"), plural(found, "answer"));
    let seed = args.seed;
    output.note(format_args!(
        "explored with seed {seed}: {cases}, {worth} worth a look; this is no verdict"
    ));
    match (tested, found) {
        (0, _) => Exit::NoVerdict,
        (_, 0) => Exit::Fine,
        _ => Exit::Found,
    }
}
