//! Judging a document: each node once, each pattern's first rule that meets it.

use crate::message;
use crate::rules::{Check, Index, RuleSet, Test};
use crate::severity::Severity;
use sluse_xml::{Document, NameId, NodeId, NodeKind};
use sluse_xpath::{Code, Evaluation, EvaluationLimits, Fault, STEPS_MAX};
use std::sync::Arc;

/// How a document is judged.
#[derive(Debug, Clone, Copy)]
pub struct JudgeOptions {
    /// Steps of evaluation; see [`EvaluationLimits::steps_max`].
    pub steps_max: u64,
    /// Whether messages show values of the document: only for a person who works on his own file.
    pub show_values: bool,
    /// The moment that `current-date()` gives, in seconds since 1970-01-01T00:00:00Z.
    pub now_unix_seconds: Option<i64>,
    /// Checks that are reported.
    pub fired_max: usize,
}

impl Default for JudgeOptions {
    fn default() -> Self {
        Self { steps_max: STEPS_MAX, show_values: false, now_unix_seconds: None, fired_max: 10_000 }
    }
}

/// A check that fired, or could not be evaluated.
#[derive(Debug, Clone)]
pub struct Fired {
    /// The published rule's id, where it has one.
    pub rule: Option<Arc<str>>,
    /// How much it weighs.
    pub severity: Severity,
    /// The message, values replaced by [`message::HIDDEN`] unless asked for.
    pub text: String,
    /// What the check's diagnostics say besides, values likewise; empty where it has none.
    pub diagnostics: String,
    /// The node that the rule met: the context node.
    pub node: NodeId,
    /// The check did not fire, but gave no answer either.
    pub evaluation_failed: bool,
    /// Why it gave none.
    pub fault: Option<Fault>,
}

/// What judging a document found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// In document order of their nodes, then in the order of the rules.
    pub fired: Vec<Fired>,
    /// How often a rule met a node. 0: the rule set is not for this document.
    pub rules_met: usize,
    /// The budget of steps ran out, or more fired than is reported: the report is not whole.
    pub over_budget: bool,
    /// The steps that were taken.
    pub steps: u64,
}

impl RuleSet {
    /// Judges a document.
    pub fn judge(&self, document: &Document, options: &JudgeOptions) -> Report {
        let limits = EvaluationLimits {
            steps_max: options.steps_max,
            now_unix_seconds: options.now_unix_seconds,
        };
        let evaluation = Evaluation::new(&self.program, document, &limits);
        let mut judging =
            Judging { rule_set: self, document, options, evaluation, report: Report::default() };
        let outcome = judging.all();
        let mut report = judging.report;
        report.over_budget = outcome.is_err();
        report.steps = options.steps_max - judging.evaluation.steps_left();
        report
    }
}

struct Judging<'a> {
    rule_set: &'a RuleSet,
    document: &'a Document,
    options: &'a JudgeOptions,
    evaluation: Evaluation<'a>,
    report: Report,
}

/// Names of a document for which the rules without a name are told apart.
const SORTED_NAMES_MAX: usize = 4_096;

/// For each name of a document some rules; where there are no ends, the same for all.
struct RuleRuns {
    ends: Vec<usize>,
    rules: Vec<u32>,
}

impl RuleRuns {
    fn of(&self, name: NameId) -> &[u32] {
        if self.ends.is_empty() {
            return &self.rules;
        }
        let end = |at: usize| self.ends.get(at).copied().unwrap_or(0);
        let from = name.index().checked_sub(1).map_or(0, end);
        self.rules.get(from..end(name.index())).unwrap_or(&[])
    }
}

/// Judging ends before its end: the report is not whole.
struct Ended;

impl<'a> Judging<'a> {
    fn all(&mut self) -> Result<(), Ended> {
        let names = self.named_rules();
        let elements = self.unnamed_rules();
        let index = &self.rule_set.index;
        for at in 0..self.document.node_count() {
            let Some(node) = self.document.node(at) else { break };
            let kind = self.document.kind(node);
            let name = self.document.name(node);
            let unnamed = match (kind, name) {
                (NodeKind::Element, Some(name)) => elements.of(name),
                _ => index.unnamed.get(kind_of(kind)).map_or(&[][..], Vec::as_slice),
            };
            let named = name.and_then(|name| names.get(name.index()).copied()).unwrap_or(&[]);
            if !named.is_empty() || !unnamed.is_empty() {
                self.node(node, named, unnamed)?;
            }
        }
        Ok(())
    }

    /// For each name of the document the rules whose contexts end in no name, but may meet elements of this one.
    fn unnamed_rules(&self) -> RuleRuns {
        let mut runs = RuleRuns { ends: Vec::new(), rules: Vec::new() };
        let all = self.rule_set.index.unnamed.get(1).map_or(&[][..], Vec::as_slice);
        if self.document.name_count() > SORTED_NAMES_MAX {
            return RuleRuns { ends: Vec::new(), rules: all.to_vec() };
        }
        for (_, _, local) in self.document.names() {
            let meets = |rule: &&u32| {
                let rule = self.rule_set.rules.get(**rule as usize);
                rule.is_some_and(|rule| rule.context.may_meet(&self.rule_set.program, local))
            };
            runs.rules.extend(all.iter().filter(meets));
            runs.ends.push(runs.rules.len());
        }
        runs
    }

    /// For each name of the document the rules whose contexts end in it.
    fn named_rules(&self) -> Vec<&'a [(u32, u64)]> {
        let index: &'a Index = &self.rule_set.index;
        let mut rules = vec![&[][..]; self.document.name_count()];
        for name in &index.names {
            if let Some(bound) = self.evaluation.bound(*name)
                && let Some(place) = rules.get_mut(bound.index())
            {
                *place = index.named.get(name.index()).map_or(&[], Vec::as_slice);
            }
        }
        rules
    }

    /// Tries the rules that can meet a node, in order; a pattern whose rule met is done.
    fn node(
        &mut self,
        node: NodeId,
        mut named: &[(u32, u64)],
        mut unnamed: &[u32],
    ) -> Result<(), Ended> {
        let mut done = None;
        let mut turned = false;
        loop {
            let (next, alternatives) = match (named.split_first(), unnamed.split_first()) {
                (Some(((a, alternatives), rest)), Some((b, _))) if a < b => {
                    named = rest;
                    (*a, *alternatives)
                }
                (_, Some((b, rest))) => {
                    unnamed = rest;
                    (*b, u64::MAX)
                }
                (Some((next, rest)), None) => {
                    named = rest;
                    *next
                }
                (None, None) => return Ok(()),
            };
            let Some(rule) = self.rule_set.rules.get(next as usize) else { continue };
            if done == Some(rule.pattern) {
                continue;
            }
            if !turned {
                self.evaluation.turn_to(node);
                turned = true;
            }
            match self.evaluation.matches(&rule.context, alternatives, node) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(fault) if fault.code == Code::OverBudget => return Err(Ended),
                // A context that gives no answer does not meet the node, as XSLT says of patterns.
                Err(_) => continue,
            }
            done = Some(rule.pattern);
            self.report.rules_met += 1;
            self.evaluation.turn_to(node);
            let shows_name =
                self.rule_set.index.shows_name.get(next as usize).copied().unwrap_or(false);
            for (at, check) in rule.checks.iter().enumerate() {
                if !self.evaluation.is_decided(&rule.trails, at, node) {
                    self.check(check, node, shows_name)?;
                }
            }
        }
    }

    fn check(&mut self, check: &'a Check, node: NodeId, shows_name: bool) -> Result<(), Ended> {
        let fires = match check.test {
            Test::Assert(root) => self.evaluation.truth(root, node).map(|truth| !truth),
            Test::Report(root) => self.evaluation.truth(root, node),
            Test::Writes(root) => self.evaluation.strings(root, node).map(|all| !all.is_empty()),
        };
        let fault = match fires {
            Ok(false) => return Ok(()),
            Ok(true) => None,
            Err(fault) if fault.code == Code::OverBudget => return Err(Ended),
            Err(fault) => Some(fault),
        };
        if self.report.fired.len() >= self.options.fired_max {
            return Err(Ended);
        }
        let show_values = self.options.show_values;
        let text = message::render(
            &check.parts,
            &mut self.evaluation,
            self.document,
            node,
            show_values,
            shows_name,
        );
        let diagnostics = message::render(
            &check.diagnostics,
            &mut self.evaluation,
            self.document,
            node,
            show_values,
            shows_name,
        );
        self.report.fired.push(Fired {
            rule: check.id.clone(),
            severity: check.severity,
            text,
            diagnostics,
            node,
            evaluation_failed: fault.is_some(),
            fault,
        });
        Ok(())
    }
}

/// The place of a kind in [`Index::unnamed`].
fn kind_of(kind: NodeKind) -> usize {
    match kind {
        NodeKind::Document => 0,
        NodeKind::Element => 1,
        NodeKind::Attribute => 2,
        NodeKind::Text | NodeKind::Comment | NodeKind::Instruction => 3,
    }
}
