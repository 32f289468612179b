//! `sluse conformance doctor`: what is at fault before any case.

use super::{
    Exit, Output,
    desk::{Desk, DeskArgs},
};
use crate::{cli::Style, target::doctor::examine};
use sluse_conformance::result::SetUp;

/// Look for faults of the set-up: address, TLS, clocks, tokens, test data
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse conformance doctor\n  \
    sluse conformance doctor --file test.toml --format json | jq 'select(.ok | not)'\n\n\
    Takes less than five seconds, and sends one or two requests. Exit status: 0 all is in order, 2 it could not look,\n\
    3 something of the set-up is at fault, which is never a breach of the contract.")]
pub(super) struct Args {
    #[command(flatten)]
    desk: DeskArgs,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let desk = match Desk::open(&args.desk, output) {
        Ok(desk) => desk,
        Err(exit) => return exit,
    };
    let examined = examine(&desk.bench().patient());
    for check in &examined.checks {
        line(check, output);
    }
    if examined.is_sound() { Exit::Fine } else { Exit::NoVerdict }
}

/// One thing that was looked at.
pub(super) fn line(check: &SetUp, output: &mut Output) {
    if output.is_json() {
        return output.json(check);
    }
    let (word, style) = if check.ok { ("ok", Style::Good) } else { ("set-up", Style::Bad) };
    let word = output.paint(style, format_args!("{word:<7}"));
    output.line(format_args!("{word} {:<17} {}", check.check, check.sentence));
    if let Some(hint) = &check.hint {
        output.line(format_args!(
            "{:25} {}",
            "",
            output.paint(Style::Hint, format_args!("hint: {hint}"))
        ));
    }
}
