//! `sluse conformance list`: the cases, before anything is sent.

use super::{
    Exit, Output,
    desk::{Desk, DeskArgs, subject},
    init::RoleArg,
};
use crate::cli::check::plural;
use serde_json::json;
use sluse_conformance::{Case, Plan, derive::n_requests};
use std::collections::BTreeMap;

/// List the cases of a contract
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse conformance list\n  \
    sluse conformance list --contract example.city/permits --clause PE-3.1\n  \
    sluse conformance list --contract example.city/permits --role consumer\n  \
    sluse conformance list --contract contracts/dk.oioubl/invoice/2.1.0 --missing\n  \
    sluse conformance list --format json | jq .id")]
pub(super) struct Args {
    #[command(flatten)]
    desk: DeskArgs,
    /// A contract's folder, bundle file or id, in place of the one that the file names
    #[arg(long, value_name = "PATH|ID")]
    contract: Option<String>,
    /// Only cases of this clause, or of those whose names begin so
    #[arg(long, value_name = "ID")]
    clause: Vec<String>,
    /// Only cases of this profile of the suite, in place of the one that the file names
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Whose system is tested, where --contract names the contract
    #[arg(long, value_enum, default_value_t, value_name = "ROLE", requires = "contract")]
    role: RoleArg,
    /// The constraints that cases do not test both ways, each with the reason, in place of the cases
    #[arg(long)]
    missing: bool,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let profile = args.profile.as_deref();
    let found = match &args.contract {
        Some(word) => subject(word, args.role.role(), profile, output),
        None => Desk::open_for(&args.desk, profile, output).map(|desk| desk.subject),
    };
    let subject = match found {
        Ok(subject) => subject,
        Err(exit) => return exit,
    };
    if args.missing {
        missing(&subject.plan, output);
        return Exit::Fine;
    }
    let cases = subject.plan.cases.iter();
    let cases: Vec<&Case> = cases.filter(|case| is_of(case, &args.clause)).collect();
    show(&cases, output);
    notes(&subject.plan, output);
    if cases.is_empty() { Exit::NoVerdict } else { Exit::Fine }
}

/// What a reader of a plan should know besides: the share of asserts that are reached, what there is no room for.
pub(super) fn notes(plan: &Plan, output: &mut Output) {
    for note in &plan.notes {
        output.note(format_args!("{note}"));
    }
}

/// Shows what cases do not test both ways, and why; then for how many of them each reason holds.
fn missing(plan: &Plan, output: &mut Output) {
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for constraint in &plan.constraints {
        let Some(reason) = &constraint.reason else { continue };
        *reasons.entry(in_general(reason)).or_default() += 1;
        if output.is_json() {
            output.json(&json!({
                "place": constraint.place, "kept": constraint.kept, "broken": constraint.broken, "reason": reason,
            }));
        } else {
            output.line(format_args!("{}\n    {reason}", constraint.place));
        }
    }
    let mut reasons: Vec<(usize, String)> =
        reasons.into_iter().map(|(reason, count)| (count, reason)).collect();
    reasons.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    for (count, reason) in reasons {
        output.note(format_args!("{count} × {reason}"));
    }
    notes(plan, output);
}

/// A reason without the names and numbers that are of one constraint alone.
fn in_general(reason: &str) -> String {
    let parts = reason.split('`').enumerate();
    let named: String = parts.map(|(at, part)| if at % 2 == 0 { part } else { "…" }).collect();
    let named = named.replace("…, …", "…");
    let mut general = String::new();
    for c in named.chars() {
        match c.is_ascii_digit() {
            true if general.ends_with('…') => {}
            true => general.push('…'),
            false => general.push(c),
        }
    }
    general
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
    let requests = n_requests(cases.iter().copied());
    output.note(format_args!("{}, {}", plural(cases.len(), "case"), plural(requests, "request")));
}
