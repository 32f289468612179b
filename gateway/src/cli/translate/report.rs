//! What is told of a translation: refused units, what was lost, and where each value came from.

use crate::cli::{Output, output::one_line, plural};
use serde::Serialize;
use sluse_adapters::{
    adapter::{Adapter, Explained, Plans, Translated, Translation},
    fault::{Fault, Numbered},
    mapping::{Outcome, Way},
    tree::Place,
};
use sluse_contracts::Violation;
use std::{collections::BTreeMap, path::Path};

/// Most faults that are told.
const TOLD_MAX: u64 = 1_000;
/// Most paths of lost values that are told apart.
const PATHS_MAX: usize = 1_000;

/// What was found so far.
pub(super) struct Report<'a> {
    file: &'a str,
    adapter: &'a Adapter,
    way: Way,
    numbered: Numbered,
    shows_values: bool,
    n_units: u64,
    n_refused: u64,
    n_faults: u64,
    n_lost: u64,
    is_broken: bool,
    lost: BTreeMap<String, (u64, Place)>,
}

/// A refused unit, or the whole file, as programs read it.
#[derive(Debug, Serialize)]
struct RefusedLine<'a> {
    file: &'a str,
    /// Absent where it is the whole file.
    unit: Option<u64>,
    verdict: &'static str,
    violations: Vec<Violation>,
}

/// Where a value came from, as programs read it.
#[derive(Debug, Serialize)]
struct ExplainedLine<'a> {
    unit: u64,
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    from: Option<&'a str>,
    offset: Option<u64>,
    record: Option<u32>,
    row: Option<String>,
}

/// What was lost at one path, as programs read it.
#[derive(Debug, Serialize)]
struct LostLine<'a> {
    lost: &'a str,
    values: u64,
    first_offset: u64,
    first_record: Option<u32>,
}

/// The end, as programs read it.
#[derive(Debug, Serialize)]
struct SummaryLine<'a> {
    file: &'a str,
    adapter: &'a str,
    way: &'static str,
    units: u64,
    refused: u64,
    lost: u64,
    written: bool,
}

impl<'a> Report<'a> {
    pub(super) fn new(
        file: &'a str,
        adapter: &'a Adapter,
        plans: &Plans,
        shows_values: bool,
    ) -> Self {
        Self {
            file,
            adapter,
            way: plans.way(),
            numbered: plans.from().numbered(),
            shows_values,
            n_units: 0,
            n_refused: 0,
            n_faults: 0,
            n_lost: 0,
            is_broken: false,
            lost: BTreeMap::new(),
        }
    }

    /// How many units are refused.
    pub(super) fn n_refused(&self) -> u64 {
        self.n_refused
    }

    /// A document whose envelope is closed as it was.
    pub(super) fn closed(&mut self) {
        self.n_units += 1;
    }

    /// A unit that was translated.
    pub(super) fn unit(
        &mut self,
        unit: &Translated,
        translation: &Translation,
        explain: bool,
        output: &mut Output,
    ) {
        self.n_units += 1;
        self.lost(&unit.outcome);
        if explain {
            self.explain(unit, translation, output);
        }
    }

    /// Values that no row carried.
    pub(super) fn lost(&mut self, outcome: &Outcome) {
        let mut n_seen_before = 0;
        for lost in &outcome.lost {
            let known = self.lost.len();
            let (count, first) = match self.lost.get_mut(&lost.path) {
                Some(found) => found,
                None if known >= PATHS_MAX => continue,
                None => self.lost.entry(lost.path.clone()).or_insert((0, lost.place)),
            };
            // What stands once is seen from every unit, and lost once.
            if *count > 0 && *first == lost.place {
                n_seen_before += 1;
            } else {
                *count += 1;
            }
        }
        self.n_lost += outcome.n_lost.saturating_sub(n_seen_before);
    }

    /// A unit that is refused.
    pub(super) fn refused(&mut self, faults: &[Fault], output: &mut Output) {
        self.n_refused += 1;
        self.tell(Some(self.n_units + self.n_refused), faults, output);
    }

    /// The file is refused as a whole.
    pub(super) fn broken(&mut self, faults: &[Fault], output: &mut Output) {
        self.is_broken = true;
        self.tell(None, faults, output);
    }

    fn tell(&mut self, unit: Option<u64>, faults: &[Fault], output: &mut Output) {
        let left = usize::try_from(TOLD_MAX.saturating_sub(self.n_faults)).unwrap_or(usize::MAX);
        self.n_faults += faults.len() as u64;
        let told = faults.iter().take(left);
        if output.is_json() {
            let violations: Vec<_> = told.map(|fault| fault.clone().into_violation()).collect();
            let verdict = if unit.is_some() { "refused" } else { "broken" };
            if !violations.is_empty() {
                note(&RefusedLine { file: self.file, unit, verdict, violations }, output);
            }
            return;
        }
        for fault in told {
            let line = match fault.place.line {
                0 => String::new(),
                line => format!(":{line}"),
            };
            output.note(format_args!("{}{line} {} {fault}", self.file, fault.code));
        }
    }

    fn explain(&self, unit: &Translated, translation: &Translation, output: &mut Output) {
        if !output.is_json() {
            let at = at(self.numbered, unit.place);
            output.note(format_args!("unit {} ({at})", unit.number));
        }
        let lines: Vec<Explained<'_>> = translation.explained(unit).collect();
        let width = lines.iter().map(|line| line.to.chars().count()).max().unwrap_or(0).min(48);
        for line in &lines {
            let row = line.file.zip(line.row).map(|(file, row)| {
                let file = file.rsplit('/').next().unwrap_or(file);
                format!("{file}:{}", row.line)
            });
            if output.is_json() {
                let record = line.place.map(|place| place.record).filter(|record| *record > 0);
                let line = ExplainedLine {
                    unit: unit.number,
                    to: &line.to,
                    value: self.shows_values.then_some(line.value),
                    from: line.from,
                    offset: line.place.map(|place| place.offset),
                    record,
                    row,
                };
                note(&line, output);
            } else {
                self.explain_line(line, row, width, output);
            }
        }
    }

    fn explain_line(
        &self,
        line: &Explained<'_>,
        row: Option<String>,
        width: usize,
        output: &mut Output,
    ) {
        let from = match (line.from, line.place) {
            (Some(from), Some(place)) => format!("{from} ({})", at(self.numbered, place)),
            (None, Some(place)) => format!("({})", at(self.numbered, place)),
            _ => "the mapping itself".to_owned(),
        };
        let row = row.map(|row| format!("  {row}")).unwrap_or_default();
        let value = match self.shows_values {
            true => format!("  = {}", one_line(line.value)),
            false => String::new(),
        };
        output.note(format_args!("  {:width$} ← {from}{row}{value}", line.to));
    }

    /// How it ended.
    pub(super) fn end(&self, is_written: bool, target: Option<&Path>, output: &mut Output) {
        if output.is_json() {
            return self.end_json(is_written, output);
        }
        if self.n_faults > TOLD_MAX {
            output
                .note(format_args!("… and {} more", plural_of(self.n_faults - TOLD_MAX, "fault")));
        }
        if !self.lost.is_empty() {
            output.note("not carried over:");
        }
        for (path, (count, first)) in &self.lost {
            let values = plural_of(*count, "value");
            let at = at(self.numbered, *first);
            output.note(format_args!("  {path}  {values}, the first in {at}"));
        }
        output.note(format_args!(
            "{} translated, {} refused, {} lost",
            plural_of(self.n_units, "unit"),
            none_or(self.n_refused),
            plural_of(self.n_lost, "value")
        ));
        match (is_written, target) {
            (true, Some(target)) => output.note(format_args!("written to {}", target.display())),
            (true, None) => {}
            (false, _) if self.is_broken => {
                output.note("nothing is written: the file is refused as a whole");
            }
            (false, _) => {
                output.note("nothing is written, since not all of it can be");
                output.hint("--skip-refused writes the units that are sound");
            }
        }
    }

    fn end_json(&self, is_written: bool, output: &mut Output) {
        for (path, (count, first)) in &self.lost {
            let first_record = Some(first.record).filter(|record| *record > 0);
            let line =
                LostLine { lost: path, values: *count, first_offset: first.offset, first_record };
            note(&line, output);
        }
        let summary = SummaryLine {
            file: self.file,
            adapter: self.adapter.name(),
            way: match self.way {
                Way::Forward => "forward",
                Way::Reverse => "reverse",
            },
            units: self.n_units,
            refused: self.n_refused,
            lost: self.n_lost,
            written: is_written,
        };
        note(&summary, output);
    }
}

/// A JSON line on standard error: data has standard output.
fn note(line: &impl Serialize, output: &mut Output) {
    match serde_json::to_string(line) {
        Ok(line) => output.note(line),
        Err(fault) => output.note(fault),
    }
}

/// A place, in words.
fn at(numbered: Numbered, place: Place) -> String {
    match place.record {
        0 => format!("byte {}", place.offset),
        record => format!("{numbered} {record}, byte {}", place.offset),
    }
}

fn plural_of(count: u64, one: &str) -> String {
    plural(usize::try_from(count).unwrap_or(usize::MAX), one)
}

fn none_or(count: u64) -> String {
    if count == 0 { "none".to_owned() } else { count.to_string() }
}
