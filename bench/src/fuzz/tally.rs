//! What came of all cases, by kind: a table, and a file.

use super::{ANSWER_BYTES_MAX, ANSWER_MS_MAX, Args, What, case::Outcomes};
use crate::{Fault, report};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs};

/// Of the slowest and largest cases so many are told.
const EXTREMES: usize = 12;

/// What came of one group of cases.
#[derive(Debug, Default, Clone)]
struct Row {
    cases: u64,
    verdicts: BTreeMap<String, u64>,
    deep: u64,
    compared: u64,
    violations: u64,
    ms: f64,
    bytes: u64,
    failed: u64,
}

impl Row {
    fn count(&mut self, outcomes: &Outcomes, failed: bool) {
        self.cases += 1;
        *self.verdicts.entry(outcomes.verdict.clone()).or_default() += 1;
        self.deep += u64::from(outcomes.deep);
        self.compared += u64::from(outcomes.compared);
        self.violations += outcomes.violations as u64;
        self.ms = self.ms.max(outcomes.ms);
        self.bytes = self.bytes.max(outcomes.bytes);
        self.failed += u64::from(failed);
    }

    fn verdict(&self, name: &str) -> u64 {
        self.verdicts.get(name).copied().unwrap_or(0)
    }

    fn line(&self, name: &str) -> String {
        format!(
            "{name:<44} {:>7} {:>8} {:>8} {:>9} {:>7} {:>7} {:>8.1} {:>7.1} {:>6}",
            self.cases,
            self.verdict("accepted"),
            self.verdict("rejected"),
            self.verdict("malformed"),
            self.verdict("refused"),
            self.deep,
            self.ms,
            megabytes(self.bytes),
            self.failed,
        )
    }

    fn to_json(&self) -> Value {
        json!({
            "cases": self.cases,
            "verdicts": self.verdicts,
            "judged_to_their_depth": self.deep,
            "stream_and_tree_compared": self.compared,
            "violations": self.violations,
            "slowest_ms": round(self.ms),
            "largest_mb": round(megabytes(self.bytes)),
            "failed": self.failed,
        })
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// All that came.
#[derive(Debug, Default)]
pub(super) struct Tally {
    kinds: BTreeMap<String, Row>,
    sets: BTreeMap<String, Row>,
    whats: BTreeMap<&'static str, Row>,
    slowest: Vec<(f64, String)>,
    largest: Vec<(u64, String)>,
    failures: BTreeMap<String, Vec<String>>,
}

impl Tally {
    /// Counts a case; whether it failed.
    pub(super) fn count(&mut self, set: &str, what: What, outcomes: &Outcomes) -> bool {
        let name = format!("{set}/{}/{}", what.name(), outcomes.number);
        let failure = failure(outcomes);
        let failed = failure.is_some();
        if let Some(failure) = failure {
            report::complain(&format!("{name}: {}: {failure}", outcomes.kind));
            let group = failure.split(" (").next().unwrap_or_default().to_owned();
            self.failures
                .entry(format!("{}: {group}", outcomes.kind))
                .or_default()
                .push(name.clone());
        }
        self.kinds.entry(outcomes.kind.clone()).or_default().count(outcomes, failed);
        let set = format!("{set}, {}", what.name());
        self.sets.entry(set).or_default().count(outcomes, failed);
        self.whats.entry(what.name()).or_default().count(outcomes, failed);
        let told = format!("{name} ({}, {})", outcomes.kind, outcomes.slowest);
        extreme(&mut self.slowest, (outcomes.ms, told), |one, other| one.total_cmp(other));
        let told = format!("{name} ({})", outcomes.kind);
        extreme(&mut self.largest, (outcomes.bytes, told), Ord::cmp);
        failed
    }

    pub(super) fn failures(&self) -> u64 {
        self.whats.values().map(|row| row.failed).sum()
    }

    /// A line for what is done of one set.
    pub(super) fn so_far(&self, set: &str, what: What) -> String {
        let set = format!("{set}, {}", what.name());
        self.sets.get(&set).cloned().unwrap_or_default().line(&set)
    }

    pub(super) fn say(&self) {
        report::line(&format!(
            "\n{:<44} {:>7} {:>8} {:>8} {:>9} {:>7} {:>7} {:>8} {:>7} {:>6}",
            "what was done",
            "cases",
            "accepted",
            "rejected",
            "malformed",
            "refused",
            "deep",
            "ms",
            "MB",
            "failed"
        ));
        for (name, row) in &self.kinds {
            report::line(&row.line(name));
        }
        for (name, row) in &self.whats {
            report::line(&row.line(&format!("all {name}")));
        }
        for (ms, name) in &self.slowest {
            report::line(&format!("slow: {ms:.0} ms {name}"));
        }
        for (bytes, name) in &self.largest {
            report::line(&format!("large: {:.0} MB {name}", megabytes(*bytes)));
        }
        for (failure, names) in &self.failures {
            let first: Vec<&str> = names.iter().take(3).map(String::as_str).collect();
            report::line(&format!("failed: {} × {failure}: {}", names.len(), first.join(" ")));
        }
    }

    pub(super) fn write(&self, args: &Args) -> Result<(), Fault> {
        let rows = |rows: &BTreeMap<String, Row>| -> Value {
            rows.iter().map(|(name, row)| (name.clone(), row.to_json())).collect()
        };
        let all: Value =
            self.whats.iter().map(|(name, row)| ((*name).to_owned(), row.to_json())).collect();
        let command = format!(
            "cargo run --release -p sluse-bench -- fuzz --seed {} --documents {} --schemas {}",
            args.seed, args.documents, args.schemas
        );
        let slowest =
            self.slowest.iter().map(|(ms, name)| json!({ "ms": round(*ms), "case": name }));
        let largest = self.largest.iter();
        let largest =
            largest.map(|(bytes, name)| json!({ "mb": round(megabytes(*bytes)), "case": name }));
        let result = json!({
            "command": command,
            "machine": report::machine(),
            "bars": { "ms": ANSWER_MS_MAX, "mb": megabytes(ANSWER_BYTES_MAX) },
            "all": all,
            "sets": rows(&self.sets),
            "kinds": rows(&self.kinds),
            "slowest": slowest.collect::<Vec<_>>(),
            "largest": largest.collect::<Vec<_>>(),
            "failures": self.failures,
        });
        if let Some(folder) = args.results.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(&args.results, format!("{result:#}\n"))?)
    }
}

/// Why a case failed, in words.
fn failure(outcomes: &Outcomes) -> Option<String> {
    if let Some(fault) = &outcomes.fault {
        return Some(fault.clone());
    }
    if outcomes.ms > ANSWER_MS_MAX {
        return Some(format!("slow: {} ({:.0} ms)", outcomes.slowest, outcomes.ms));
    }
    (outcomes.bytes > ANSWER_BYTES_MAX)
        .then(|| format!("large ({:.0} MB)", megabytes(outcomes.bytes)))
}

fn extreme<T>(
    kept: &mut Vec<(T, String)>,
    new: (T, String),
    compare: impl Fn(&T, &T) -> std::cmp::Ordering,
) {
    let at = kept.partition_point(|(known, _)| compare(known, &new.0).is_ge());
    if at < EXTREMES {
        kept.insert(at, new);
        kept.truncate(EXTREMES);
    }
}
