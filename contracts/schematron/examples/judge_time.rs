//! How long judging takes: `judge_time DOCUMENT ROUNDS RULES...` prints steps and the time of the fastest of so many rounds.

#![expect(clippy::print_stdout, reason = "it prints what it measures")]

use sluse_schematron::{CompileOptions, JudgeOptions, RuleSet};
use sluse_xml::{Document, Limits};
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn compile(path: &Path) -> Result<RuleSet, Box<dyn Error>> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let entry = path.file_name().and_then(|name| name.to_str()).ok_or("no file name")?;
    let files = |path: &str| std::fs::read(folder.join(path)).ok().map(Arc::from);
    let (rules, faults) = RuleSet::compile(entry, &files, &CompileOptions::default());
    rules.ok_or_else(|| format!("{faults:?}").into())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let bytes = std::fs::read(arguments.next().ok_or("no document")?)?;
    let rounds: u32 = arguments.next().ok_or("no rounds")?.parse()?;
    let started = Instant::now();
    let mut sets = Vec::new();
    for path in arguments {
        sets.push(compile(Path::new(&path))?);
    }
    println!("compiled {} rule sets in {:?}", sets.len(), started.elapsed());
    let document = Document::parse(&bytes, None, &Limits::default())?;
    let options = JudgeOptions { steps_max: u64::MAX / 2, ..JudgeOptions::default() };
    for rules in &sets {
        let report = rules.judge(&document, &options);
        let (fired, met, steps) = (report.fired.len(), report.rules_met, report.steps);
        let least = least(rounds, || drop(black_box(rules.judge(black_box(&document), &options))));
        println!("judge {least:?}: {fired} fired, {met} rules met, {steps} steps");
    }
    let whole = || {
        if let Ok(document) = Document::parse(black_box(&bytes), None, &Limits::default()) {
            for rules in &sets {
                black_box(rules.judge(&document, &options));
            }
        }
    };
    println!("parse and judge {:?}", least(rounds, whole));
    Ok(())
}

/// The shortest of so many rounds: what else runs on the machine does not count.
fn least(rounds: u32, mut measured: impl FnMut()) -> Duration {
    let each = (0..rounds).map(|_| {
        let started = Instant::now();
        measured();
        started.elapsed()
    });
    each.min().unwrap_or_default()
}
