//! The judgement of one message under one contract.
//!
//! A bad message is data, not an error. Nothing in here may hold a value from the message, nor a
//! name that the contract does not declare: verdicts go to logs, ledgers and the other party.

use crate::Code;
use serde::Serialize;

/// What was found about a message as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// No violation of severity `error`.
    Accepted,
    /// At least one violation of severity `error`.
    Rejected,
    /// Not well-formed, or over a limit.
    Malformed,
    /// No contract, or more than one, is known for it.
    UnknownContract,
}

/// The kind of rule that was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// Well-formedness, encoding, limits, and how the contract is found.
    Syntax,
    /// XML Schema.
    Xsd,
    /// Schematron.
    Schematron,
    /// JSON Schema.
    JsonSchema,
    /// OpenAPI.
    Openapi,
    /// WSDL and SOAP.
    Wsdl,
    /// Checks of the contract's own: identifiers, code lists, and rules over several places.
    Identifier,
}

/// How much a violation weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// For information.
    Info,
    /// Should be put right; does not reject.
    Warning,
    /// Rejects.
    Error,
}

/// One breach found in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// The stable code, with a page of its own.
    pub code: Code,
    /// The published rule's own id: an assert's id, a constraint name of the W3C recommendation, a keyword.
    pub rule: Option<String>,
    /// The kind of rule.
    pub layer: Layer,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, in the words of the contract; never a value from the message.
    pub message: String,
    /// XPath with the document's prefixes and positions, or a JSON Pointer. Undeclared names are `*`.
    pub path: String,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Column in characters, from 1.
    pub column: Option<u32>,
    /// How many bytes stand before the place, in formats whose faults are found by bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Number of the record, row or segment, from 1, in formats that consist of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u32>,
    /// The clause of the contract that this rule stands for.
    pub clause: Option<String>,
    /// The waiver that excuses it, where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<String>,
    /// The offending value; only ever filled for a person working on his own file (`--show-values`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl Violation {
    /// A violation with code, layer, severity and message; place, rule and clause are added with the other methods.
    pub fn new(code: Code, layer: Layer, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            rule: None,
            layer,
            severity,
            message: message.into(),
            path: String::new(),
            line: None,
            column: None,
            offset: None,
            record: None,
            clause: None,
            waiver: None,
            value: None,
        }
    }

    /// An error of the layer `syntax`.
    pub fn syntax(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Layer::Syntax, Severity::Error, message)
    }

    /// Adds the published rule's id.
    #[must_use]
    pub fn with_rule(mut self, rule: impl Into<String>) -> Self {
        self.rule = Some(rule.into());
        self
    }

    /// Adds the path.
    #[must_use]
    pub fn at_path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Adds line and column, both from 1.
    #[must_use]
    pub fn at(mut self, line: u32, column: u32) -> Self {
        self.line = Some(line);
        self.column = Some(column);
        self
    }

    /// Whether this violation rejects: an error that no waiver excuses.
    pub fn rejects(&self) -> bool {
        self.severity == Severity::Error && self.waiver.is_none()
    }
}

/// The judgement of one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// What was found about the message as a whole.
    #[serde(rename = "verdict")]
    pub outcome: Outcome,
    /// Each breach, in document order where the schema language allows it.
    pub violations: Vec<Violation>,
    /// Whether more violations were found than asked for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

impl Verdict {
    /// A verdict without violations.
    pub fn accepted() -> Self {
        Self { outcome: Outcome::Accepted, violations: Vec::new(), truncated: false }
    }

    /// Accepted or rejected, as the violations say.
    pub fn from_violations(violations: Vec<Violation>) -> Self {
        let mut verdict = Self { outcome: Outcome::Accepted, violations, truncated: false };
        verdict.settle();
        verdict
    }

    /// A message that is not well-formed or over a limit.
    pub fn malformed(violation: Violation) -> Self {
        Self { outcome: Outcome::Malformed, violations: vec![violation], truncated: false }
    }

    /// A message whose contract is not known, or known more than once.
    pub fn unknown_contract(violation: Violation) -> Self {
        Self { outcome: Outcome::UnknownContract, violations: vec![violation], truncated: false }
    }

    /// Decides again between accepted and rejected, for instance after waivers were laid on.
    ///
    /// A truncated verdict that was rejected stays so: what it no longer shows, nothing excuses.
    pub fn settle(&mut self) {
        if matches!(self.outcome, Outcome::Accepted | Outcome::Rejected) {
            let hidden = self.truncated && self.outcome == Outcome::Rejected;
            let rejected = hidden || self.violations.iter().any(Violation::rejects);
            self.outcome = if rejected { Outcome::Rejected } else { Outcome::Accepted };
        }
    }

    /// Keeps the first `violations_max` violations; the outcome stays what all of them said.
    pub fn truncate(&mut self, violations_max: usize) {
        if self.violations.len() > violations_max {
            self.violations.truncate(violations_max);
            self.truncated = true;
        }
    }
}
