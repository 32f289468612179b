//! `sluse conformance diff`: what changed from one run to another.

use super::{Exit, Output, report};
use crate::cli::Style;
use sluse_conformance::{
    diff::{Moved, RunDiff, diff},
    settle::word,
};
use std::path::PathBuf;

/// Compare two runs: what is newly broken, newly kept, new and gone
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse conformance diff last-week.json conformance-result.json\n  \
    sluse conformance diff last-week.json conformance-result.json --format json\n\n\
    Exit status: 0 nothing newly failed, 1 something did, 2 a result cannot be read.")]
pub(super) struct Args {
    /// The earlier run
    #[arg(value_name = "RUN1")]
    before: PathBuf,
    /// The later run
    #[arg(value_name = "RUN2")]
    after: PathBuf,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let both =
        report::read(&args.before).and_then(|before| Ok((before, report::read(&args.after)?)));
    let found = match both {
        Ok((before, after)) => diff(&before, &after),
        Err(why) => return output.error(why),
    };
    if output.is_json() {
        output.json(&found);
    } else {
        tell(&found, output);
    }
    if found.is_worse() { Exit::Found } else { Exit::Fine }
}

fn tell(found: &RunDiff, output: &mut Output) {
    for changed in &found.changed {
        let what = output.paint(Style::Warn, format_args!("{} changed", changed.what));
        output.line(format_args!("{what}: {} → {}", changed.before, changed.after));
    }
    let lists: [(&str, Style, &[Moved]); 5] = [
        ("newly failed", Style::Bad, &found.newly_failed),
        ("newly passed", Style::Good, &found.newly_passed),
        ("changed otherwise", Style::Warn, &found.moved),
        ("new cases", Style::Bold, &found.new_cases),
        ("gone cases", Style::Bold, &found.gone_cases),
    ];
    for (title, style, moved) in lists.into_iter().filter(|(_, _, moved)| !moved.is_empty()) {
        let title = output.paint(style, format_args!("{title}: {}", moved.len()));
        output.line(title);
        for each in moved {
            let was = each.before.map_or("–", word);
            let now = each.after.map_or("–", word);
            output.line(format_args!("  {}  {was} → {now}  {}", each.case, each.clause));
        }
    }
    for (title, clauses) in [
        ("clauses newly broken", &found.newly_broken_clauses),
        ("clauses newly kept", &found.newly_kept_clauses),
    ] {
        if !clauses.is_empty() {
            output.line(format_args!("{title}: {}", clauses.join(", ")));
        }
    }
    if found.is_same() {
        output.line("the runs found the same");
    }
}
