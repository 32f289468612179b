//! The walk over a document: each node once, each pattern's first rule that meets it.
//!
//! No rule silences another: each check, and each context, may take half of the steps that are there for it. One that takes more is
//! told once, and not asked again; the others go on.

use crate::judge::{Fired, JudgeOptions, Report, Subordinate};
use crate::message;
use crate::rules::{Check, Index, Rule, RuleSet, Rules, Test};
use crate::severity::Severity;
use sluse_xml::{Document, NameId, NodeId, NodeKind};
use sluse_xpath::{Bequest, Code, Evaluation, EvaluationLimits, Fault};
use std::sync::Arc;

/// The part of all steps that must be left for another rule.
const LEAST_PART: u64 = 1_024;

pub(crate) struct Judging<'a> {
    rule_set: &'a RuleSet,
    rules: &'a Rules,
    pub(crate) document: &'a Document,
    options: &'a JudgeOptions,
    pub(crate) evaluation: Evaluation<'a>,
    pub(crate) report: Report,
    /// The document that is judged where it is not the one that was given.
    elsewhere: Option<Arc<Subordinate>>,
    /// The steps that contexts and checks have taken; all that there are for one that was given up.
    accounts: Vec<u64>,
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
pub(crate) struct Ended;

impl<'a> Judging<'a> {
    pub(crate) fn new(
        rule_set: &'a RuleSet,
        rules: &'a Rules,
        document: &'a Document,
        options: &'a JudgeOptions,
        evaluation: Evaluation<'a>,
    ) -> Self {
        let accounts = vec![0; rule_set.accounts + rule_set.elsewhere.len()];
        let (report, elsewhere) = (Report::default(), None);
        Self { rule_set, rules, document, options, evaluation, report, elsewhere, accounts }
    }

    /// Judges another document by rules of its own, with what is left of the steps.
    pub(crate) fn other(
        &mut self,
        rules: &Rules,
        found: &Arc<Subordinate>,
        bequest: &Bequest<'_>,
    ) -> Result<(), Ended> {
        let steps_max = self.evaluation.steps_left();
        let limits =
            EvaluationLimits { steps_max, now_unix_seconds: self.options.now_unix_seconds };
        let mut evaluation = Evaluation::new(&self.rule_set.program, &found.document, &limits);
        evaluation.inherit(bequest);
        let mut other =
            Judging::new(self.rule_set, rules, &found.document, self.options, evaluation);
        other.elsewhere = Some(Arc::clone(found));
        std::mem::swap(&mut other.report, &mut self.report);
        std::mem::swap(&mut other.accounts, &mut self.accounts);
        let outcome = other.all();
        let taken = steps_max - other.evaluation.steps_left();
        let (report, accounts) = (other.report, other.accounts);
        (self.report, self.accounts) = (report, accounts);
        self.evaluation.spend(taken);
        outcome
    }

    /// Evaluates on an account: it may take half of the steps that are left for it and all others.
    pub(crate) fn metered<T>(
        &mut self,
        account: usize,
        evaluate: impl FnOnce(&mut Evaluation<'a>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let spent = self.accounts.get(account).copied().unwrap_or(0);
        let share = (self.evaluation.steps_left().saturating_add(spent) / 2).saturating_sub(spent);
        let (result, taken) = self.evaluation.within(share, evaluate);
        let ran_out = result.as_ref().is_err_and(|fault| fault.code == Code::OverBudget);
        if let Some(place) = self.accounts.get_mut(account) {
            *place = if ran_out { u64::MAX } else { spent + taken };
        }
        result
    }

    fn is_given_up(&self, account: usize) -> bool {
        self.accounts.get(account) == Some(&u64::MAX)
    }

    pub(crate) fn all(&mut self) -> Result<(), Ended> {
        let names = self.named_rules();
        let elements = self.unnamed_rules();
        let index = &self.rules.index;
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
        let all = self.rules.index.unnamed.get(1).map_or(&[][..], Vec::as_slice);
        if self.document.name_count() > SORTED_NAMES_MAX {
            return RuleRuns { ends: Vec::new(), rules: all.to_vec() };
        }
        for (_, _, local) in self.document.names() {
            let meets = |rule: &&u32| {
                let rule = self.rules.list.get(**rule as usize);
                rule.is_some_and(|rule| rule.context.may_meet(&self.rule_set.program, local))
            };
            runs.rules.extend(all.iter().filter(meets));
            runs.ends.push(runs.rules.len());
        }
        runs
    }

    /// For each name of the document the rules whose contexts end in it.
    fn named_rules(&self) -> Vec<&'a [(u32, u64)]> {
        let index: &'a Index = &self.rules.index;
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
            let Some(rule) = self.rules.list.get(next as usize) else { continue };
            if done == Some(rule.pattern) || self.is_given_up(rule.account) {
                continue;
            }
            if !turned {
                self.evaluation.turn_to(node);
                turned = true;
            }
            if !self.meets(rule, alternatives, node)? {
                continue;
            }
            done = Some(rule.pattern);
            self.report.rules_met += 1;
            self.evaluation.turn_to(node);
            let shows_name =
                self.rules.index.shows_name.get(next as usize).copied().unwrap_or(false);
            for (at, check) in rule.checks.iter().enumerate() {
                let account = rule.account + 1 + at;
                let is_decided = self.evaluation.is_decided(&rule.trails, at, node);
                if !is_decided && !self.is_given_up(account) {
                    self.check(check, account, node, shows_name)?;
                }
            }
        }
    }

    /// Whether a rule's context meets a node. One that gives no answer does not meet it, as XSLT says of patterns.
    fn meets(&mut self, rule: &'a Rule, alternatives: u64, node: NodeId) -> Result<bool, Ended> {
        let met = self.metered(rule.account, |evaluation| {
            evaluation.matches(&rule.context, alternatives, node)
        });
        match met {
            Err(fault) if fault.code == Code::OverBudget => {
                for check in &rule.checks {
                    self.not_evaluated(check.id.clone(), node, fault)?;
                }
                Ok(false)
            }
            met => Ok(met.unwrap_or(false)),
        }
    }

    fn check(
        &mut self,
        check: &'a Check,
        account: usize,
        node: NodeId,
        shows_name: bool,
    ) -> Result<(), Ended> {
        let fires = self.metered(account, |evaluation| match check.test {
            Test::Assert(root) => evaluation.truth(root, node).map(|truth| !truth),
            Test::Report(root) => evaluation.truth(root, node),
            Test::Writes(root) => evaluation.strings(root, node).map(|all| !all.is_empty()),
        });
        match fires {
            Ok(false) => Ok(()),
            Ok(true) => {
                let (document, options) = (self.document, self.options);
                let mut rendered = |parts| {
                    self.metered(account, |evaluation| {
                        let values = options.show_values;
                        Ok(message::render(parts, evaluation, document, node, values, shows_name))
                    })
                    .unwrap_or_default()
                };
                let (text, diagnostics) = (rendered(&check.parts), rendered(&check.diagnostics));
                self.push(Fired {
                    rule: check.id.clone(),
                    severity: check.severity,
                    text,
                    diagnostics,
                    node,
                    elsewhere: self.elsewhere.clone(),
                    evaluation_failed: false,
                    fault: None,
                })
            }
            Err(fault) => self.not_evaluated(check.id.clone(), node, fault),
        }
    }

    /// Tells that a check gave no answer. Judging ends where too few steps are left for the others.
    pub(crate) fn not_evaluated(
        &mut self,
        rule: Option<Arc<str>>,
        node: NodeId,
        fault: Fault,
    ) -> Result<(), Ended> {
        self.push(Fired {
            rule,
            severity: Severity::Error,
            text: String::new(),
            diagnostics: String::new(),
            node,
            elsewhere: self.elsewhere.clone(),
            evaluation_failed: true,
            fault: Some(fault),
        })?;
        let few = self.evaluation.steps_left() < self.options.steps_max / LEAST_PART;
        if fault.code == Code::OverBudget && few { Err(Ended) } else { Ok(()) }
    }

    fn push(&mut self, fired: Fired) -> Result<(), Ended> {
        if self.report.fired.len() >= self.options.fired_max {
            return Err(Ended);
        }
        self.report.fired.push(fired);
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
