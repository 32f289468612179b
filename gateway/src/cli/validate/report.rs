//! How verdicts are told: a JSON line for each document, or lines that people read.

use super::judging::Judged;
use crate::cli::{Exit, Output, Style, documents::Document, output::one_line, plural};
use serde::Serialize;
use sluse_contracts::{Outcome, Severity, Violation};

/// A document's line of JSON.
#[derive(Debug, Serialize)]
struct Line<'a> {
    file: &'a str,
    contract: Option<&'a str>,
    verdict: Outcome,
    violations: &'a [Violation],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    truncated: bool,
    micros: u64,
}

/// How many documents had which verdict.
#[derive(Debug, Default)]
pub(super) struct Tally {
    accepted: usize,
    rejected: usize,
    malformed: usize,
    unknown: usize,
}

impl Tally {
    /// Tells it, for people and where there was more than one document.
    pub(super) fn tell(&self, output: &mut Output) {
        let total = self.accepted + self.rejected + self.malformed + self.unknown;
        if output.is_json() || total < 2 {
            return;
        }
        let parts = [
            (self.accepted, "accepted"),
            (self.rejected, "rejected"),
            (self.malformed, "malformed"),
            (self.unknown, "of no known contract"),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
        output.note(format_args!("{}: {}", plural(total, "document"), parts.join(", ")));
    }

    /// Whether any document's contract is not known.
    pub(super) fn has_unknown(&self) -> bool {
        self.unknown > 0
    }

    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Accepted => self.accepted += 1,
            Outcome::Rejected => self.rejected += 1,
            Outcome::Malformed => self.malformed += 1,
            Outcome::UnknownContract => self.unknown += 1,
        }
    }
}

/// Tells one verdict.
pub(super) fn tell(
    document: &Document,
    judged: &Judged,
    tally: &mut Tally,
    output: &mut Output,
) -> Exit {
    let verdict = &judged.verdict;
    tally.count(verdict.outcome);
    if output.is_json() {
        output.json(&Line {
            file: &document.name,
            contract: judged.contract.as_deref(),
            verdict: verdict.outcome,
            violations: &verdict.violations,
            truncated: verdict.truncated,
            micros: judged.micros,
        });
    } else {
        tell_text(document, judged, output);
    }
    if verdict.outcome == Outcome::Accepted { Exit::Fine } else { Exit::Found }
}

fn tell_text(document: &Document, judged: &Judged, output: &mut Output) {
    let (word, style) = match judged.verdict.outcome {
        Outcome::Accepted => ("accepted", Style::Good),
        Outcome::Rejected => ("rejected", Style::Bad),
        Outcome::Malformed => ("malformed", Style::Bad),
        Outcome::UnknownContract => ("unknown-contract", Style::Bad),
    };
    let word = output.paint(style, word);
    let contract = judged.contract.as_ref().map(|name| format!("  {name}")).unwrap_or_default();
    let contract = output.paint(Style::Dim, contract);
    output.line(format_args!("{word}  {}{contract}", document.name));
    for violation in &judged.verdict.violations {
        tell_violation(violation, output);
    }
    if judged.verdict.truncated {
        output.line("  more violations were found than are told: see --max-violations");
    }
}

fn tell_violation(violation: &Violation, output: &mut Output) {
    let place = match (violation.line, violation.column) {
        (Some(line), Some(column)) => format!("{line}:{column}  "),
        _ => String::new(),
    };
    let code = output.paint(Style::Bold, violation.code);
    let severity = match violation.severity {
        Severity::Error => output.paint(Style::Bad, "error"),
        Severity::Warning => output.paint(Style::Warn, "warning"),
        Severity::Info => output.paint(Style::Dim, "info"),
    };
    let rule = violation.rule.as_ref().map(|rule| format!(" {rule}")).unwrap_or_default();
    output.line(format_args!("  {place}{severity} {code}{rule}  {}", violation.message));
    let mut more = Vec::new();
    if !violation.path.is_empty() {
        more.push(format!("at {}", violation.path));
    }
    let clause = violation.clause.as_ref().filter(|clause| !clause.is_empty());
    more.extend(clause.map(|clause| format!("clause {clause}")));
    more.extend(violation.value.as_ref().map(|value| format!("value {}", one_line(value))));
    if !more.is_empty() {
        let more = output.paint(Style::Dim, more.join("   "));
        output.line(format_args!("      {more}"));
    }
}
