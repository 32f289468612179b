//! Judging a document by a rule set, and what is found.

use crate::rules::{Elsewhere, RuleSet};
use crate::severity::Severity;
use crate::walk::{Ended, Judging};
use sluse_xml::{Document, NodeId};
use sluse_xpath::{Code, Evaluation, EvaluationLimits, Fault, STEPS_MAX};
use std::sync::Arc;

/// The documents that one pattern may ask for.
const DOCUMENTS_MAX: usize = 100;

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
    /// The message, values replaced by [`message::HIDDEN`](crate::HIDDEN) unless asked for.
    pub text: String,
    /// What the check's diagnostics say besides, values likewise; empty where it has none.
    pub diagnostics: String,
    /// The node that the rule met: the context node.
    pub node: NodeId,
    /// The other document that the node is of, where the rule's pattern is for others.
    pub elsewhere: Option<Arc<Subordinate>>,
    /// The check did not fire, but gave no answer either.
    pub evaluation_failed: bool,
    /// Why it gave none.
    pub fault: Option<Fault>,
}

impl Fired {
    /// Whether the check was given up because it took more than its share of the steps.
    pub fn ran_out(&self) -> bool {
        self.fault.is_some_and(|fault| fault.code == Code::OverBudget)
    }
}

/// A document that is judged with the one that was given, because a pattern asks for it.
#[derive(Debug)]
pub struct Subordinate {
    /// How whoever found it names it.
    pub name: String,
    /// The document.
    pub document: Document,
}

/// Finds a document by a reference that a pattern's `documents` gives. The reference may hold values of the message.
pub type Documents<'d> = &'d dyn Fn(&str) -> Option<Arc<Subordinate>>;

/// What judging a document found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// In document order of their nodes, then in the order of the rules; those of other documents last.
    pub fired: Vec<Fired>,
    /// How often a rule met a node. 0: the rule set is not for this document.
    pub rules_met: usize,
    /// The budget of steps ran out, or more fired than is reported: the report is not whole.
    pub over_budget: bool,
    /// The steps that were taken.
    pub steps: u64,
}

impl RuleSet {
    /// Judges a document. No other documents are found.
    pub fn judge(&self, document: &Document, options: &JudgeOptions) -> Report {
        self.judge_with(document, options, &|_| None)
    }

    /// Judges a document, and those that its patterns ask for (ISO/IEC 19757-3:2016, section 5.4.10).
    pub fn judge_with(
        &self,
        document: &Document,
        options: &JudgeOptions,
        documents: Documents<'_>,
    ) -> Report {
        let limits = EvaluationLimits {
            steps_max: options.steps_max,
            now_unix_seconds: options.now_unix_seconds,
        };
        let evaluation = Evaluation::new(&self.program, document, &limits);
        let mut judging = Judging::new(self, &self.rules, document, options, evaluation);
        let mut outcome = judging.all();
        for (number, pattern) in self.elsewhere.iter().enumerate() {
            if outcome.is_ok() {
                outcome = self.judge_elsewhere(number, pattern, &mut judging, documents);
            }
        }
        let steps = options.steps_max - judging.evaluation.steps_left();
        let report = judging.report;
        Report { over_budget: outcome.is_err(), steps, ..report }
    }

    /// Judges the documents that a pattern asks for by its own rules.
    fn judge_elsewhere<'a>(
        &'a self,
        number: usize,
        pattern: &'a Elsewhere,
        judging: &mut Judging<'a>,
        documents: Documents<'_>,
    ) -> Result<(), Ended> {
        let account = self.accounts + number;
        let root = judging.document.root();
        judging.evaluation.turn_to(root);
        let asked =
            judging.metered(account, |evaluation| evaluation.strings(pattern.documents, root));
        let element = judging.document.document_element();
        let references = match asked {
            Ok(references) => references,
            Err(fault) => return judging.not_evaluated(None, element, fault),
        };
        if references.len() > DOCUMENTS_MAX {
            let sentence = "A pattern asks for more documents than the limit asked-documents-max.";
            return judging.not_evaluated(None, element, Fault::new(Code::TooLarge, sentence));
        }
        let bequest = judging.evaluation.bequeathed(&pattern.own);
        for reference in references {
            let Some(found) = documents(&reference) else {
                let sentence = "A document that a pattern asks for is not there.";
                judging.not_evaluated(None, element, Fault::new(Code::Fodc0002, sentence))?;
                continue;
            };
            judging.other(&pattern.rules, &found, &bequest)?;
        }
        Ok(())
    }
}
