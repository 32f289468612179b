//! `sluse conformance list`: the cases, before anything is sent.

use super::{
    Exit, Output,
    desk::{Desk, DeskArgs, tell},
};
use crate::{cli::check::plural, target::subject::Subject};
use serde_json::json;
use sluse_conformance::{Case, Role};

/// List the cases of a contract
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse conformance list\n  \
    sluse conformance list --contract example.city/permits --clause PE-3.1\n  \
    sluse conformance list --format json | jq .id")]
pub(super) struct Args {
    #[command(flatten)]
    desk: DeskArgs,
    /// A contract's folder or id, in place of the one that the file names
    #[arg(long, value_name = "PATH|ID")]
    contract: Option<String>,
    /// Only cases of this clause, or of those whose names begin so
    #[arg(long, value_name = "ID")]
    clause: Vec<String>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let subject = match &args.contract {
        Some(word) => {
            Subject::load(word, Role::Provider).map_err(|fault| tell(word, fault, output))
        }
        None => Desk::open(&args.desk, output).map(|desk| desk.subject),
    };
    let subject = match subject {
        Ok(subject) => subject,
        Err(exit) => return exit,
    };
    let cases = subject.plan.cases.iter();
    let cases: Vec<&Case> = cases.filter(|case| is_of(case, &args.clause)).collect();
    show(&cases, output);
    for note in &subject.plan.notes {
        output.note(format_args!("{note}"));
    }
    if cases.is_empty() { Exit::NoVerdict } else { Exit::Fine }
}

/// Whether a case is of one of the clauses; of none that are named, any.
pub(super) fn is_of(case: &Case, clauses: &[String]) -> bool {
    clauses.is_empty() || clauses.iter().any(|clause| case.clause.starts_with(clause.as_str()))
}

/// Shows cases, and how many requests they are.
pub(super) fn show(cases: &[&Case], output: &mut Output) {
    for case in cases {
        if output.is_json() {
            output.json(&json!({
                "id": case.id, "sentence": case.sentence, "clause": case.clause, "level": case.level,
                "kind": case.kind, "operation": case.operation, "constraint": case.constraint,
            }));
        } else {
            output.line(format_args!("{}  {}\n    {}", case.id, case.clause, case.sentence));
        }
    }
    let requests = cases.iter().flat_map(|case| case.play.calls());
    let requests: usize = requests.map(|step| step.requests.len()).sum();
    output.note(format_args!("{}, {}", plural(cases.len(), "case"), plural(requests, "request")));
}
