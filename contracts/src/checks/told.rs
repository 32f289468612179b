//! What checks tell: violations with place, clause and words, never with a value.

use crate::{
    Code, Layer, Payload, Severity, Violation, code,
    judge::Violations,
    manifest::Check,
    path::{At, Spot, Unevaluated},
};
use std::collections::HashSet;

/// Violations as checks find them.
pub(super) struct Told<'c, 'p> {
    check: Option<&'c Check>,
    /// Names that may be shown.
    names: &'c HashSet<String>,
    show_values: bool,
    /// How many are kept: one more than there is room for, so that the verdict knows that it was cut.
    kept_max: usize,
    kept: Vec<Kept<'p>>,
    rejects: bool,
}

struct Kept<'p> {
    rule: String,
    violation: Violation,
    spot: Spot<'p>,
}

/// What is wrong at a place.
#[derive(Debug)]
pub(super) struct Wrong<'s> {
    pub(super) code: Code,
    pub(super) sentence: &'s str,
    /// Where it weighs less than the check says.
    pub(super) severity: Option<Severity>,
}

impl<'c, 'p> Told<'c, 'p> {
    pub(super) fn new(names: &'c HashSet<String>, show_values: bool, room: usize) -> Self {
        let kept_max = room.saturating_add(1);
        Self { check: None, names, show_values, kept_max, kept: Vec::new(), rejects: false }
    }

    /// The check that tells from here on.
    pub(super) fn turn_to(&mut self, check: &'c Check) {
        self.check = Some(check);
    }

    /// What a violation of the check weighs.
    pub(super) fn severity(&self) -> Severity {
        self.check.map_or(Severity::Error, |check| check.severity)
    }

    /// Tells what is wrong at a place. False where nothing more can change the verdict.
    pub(super) fn tell(&mut self, wrong: &Wrong<'_>, spot: &Spot<'p>) -> bool {
        let severity = wrong.severity.unwrap_or_else(|| self.severity());
        let sentence = self.check.and_then(message).unwrap_or(wrong.sentence);
        self.keep(wrong.code, severity, sentence, spot);
        !(self.is_full() && self.rejects)
    }

    /// Whether what is told from here on is not kept: what weighs the same as before adds nothing to the verdict.
    pub(super) fn is_full(&self) -> bool {
        self.kept.len() >= self.kept_max
    }

    /// Tells that a check gave no answer.
    pub(super) fn not_evaluated(&mut self, document: &Spot<'p>, why: &Unevaluated) {
        let sentence = format!("the check could not be made on this document: {}", why.0);
        self.keep(code::CHECK_NOT_MADE, Severity::Error, &sentence, document);
    }

    fn keep(&mut self, code: Code, severity: Severity, sentence: &str, spot: &Spot<'p>) {
        let is_error = severity == Severity::Error;
        if self.is_full() {
            // What is not kept still says whether the message is rejected.
            if self.rejects || !is_error {
                return;
            }
            self.kept.pop();
        }
        self.rejects |= is_error;
        let mut violation = Violation::new(code, Layer::Identifier, severity, sentence);
        let rule = self.check.map(|check| check.id.clone()).unwrap_or_default();
        violation.rule = Some(rule.clone());
        violation.value = spot.text().filter(|_| self.show_values).map(|text| text.into_owned());
        self.kept.push(Kept { rule, violation, spot: spot.clone() });
    }

    /// Adds all that was told to the verdict, each with its place.
    pub(super) fn finish(self, payload: Option<&Payload>, violations: &mut Violations<'_>) {
        let shown = |name: &str| self.show_values || self.names.contains(name);
        let pointers: Vec<String> = match payload {
            Some(Payload::Json(_)) => {
                self.kept.iter().map(|kept| kept.spot.pointer(|_| true)).collect()
            }
            _ => Vec::new(),
        };
        let asked: Vec<&str> = pointers.iter().map(String::as_str).collect();
        let mut places = match payload {
            Some(Payload::Json(json)) if !asked.is_empty() => json.places(&asked),
            _ => Vec::new(),
        }
        .into_iter();
        for Kept { rule, violation, spot } in self.kept {
            let violation = match spot.at {
                At::Xml(document, node) => {
                    let (line, column) = document.place(node);
                    let shown = |node| shown(document.local(node));
                    violation.at_path(document.path_with(node, shown)).at(line, column)
                }
                At::Json(..) => {
                    let violation = violation.at_path(spot.pointer(shown));
                    match places.next().flatten() {
                        Some(place) => violation.at(place.line, place.column),
                        None => violation,
                    }
                }
            };
            violations.push_at(violation, &[&rule]);
        }
    }
}

/// The contract's own words: in English, else in the first language.
fn message(check: &Check) -> Option<&str> {
    let texts = &check.message;
    texts.get("en").or_else(|| texts.values().next()).map(String::as_str)
}
