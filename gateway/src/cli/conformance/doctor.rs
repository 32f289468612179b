//! `sluse conformance doctor`: what is at fault before any case.

use super::{
    Exit, Output,
    desk::{Desk, DeskArgs},
};
use crate::{cli::Style, config::reason, target::doctor::examine};
use sluse_conformance::{Role, result::SetUp};
use std::net::TcpListener;

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
    if desk.supplier.role == Role::Consumer {
        return listener(&desk, output);
    }
    let examined = examine(&desk.bench().patient());
    for check in &examined.checks {
        line(check, output);
    }
    if examined.is_sound() { Exit::Fine } else { Exit::NoVerdict }
}

/// A consumer calls us: all that can be looked at is whether it could.
fn listener(desk: &Desk, output: &mut Output) -> Exit {
    let at = match super::run::listening(None, desk, output) {
        Ok(at) => at,
        Err(exit) => return exit,
    };
    let bound = TcpListener::bind(at);
    let (ok, sentence, hint) = match &bound {
        Ok(_) => (true, format!("`{at}` is free to be listened at"), None),
        Err(fault) => {
            let hint = "see `address`, and what listens there already";
            (false, format!("`{at}`: {}", reason(fault)), Some(hint.to_owned()))
        }
    };
    line(&SetUp { check: "address".to_owned(), ok, sentence, hint }, output);
    if ok { Exit::Fine } else { Exit::NoVerdict }
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
