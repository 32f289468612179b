//! A plan: all cases of a contract, and what no case could be made for.

use crate::case::{Case, CaseId};
use serde::{Deserialize, Serialize};
use sluse_contracts::Direction;

/// Most cases of a plan.
pub const CASES_MAX: usize = 100_000;

/// All that a contract's suite would do, before anything is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Plan {
    /// The cases, in the order in which they run.
    pub cases: Vec<Case>,
    /// Every constraint of the contract that binds the role, reached or not.
    pub constraints: Vec<Constraint>,
    /// What a reader should know besides, a sentence each: shares that are reached, what was left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Plan {
    /// Adds what another part of the contract gave.
    pub fn append(&mut self, other: Self) {
        self.cases.extend(other.cases);
        self.constraints.extend(other.constraints);
        self.notes.extend(other.notes);
    }
}

/// One constraint of the contract, and which cases stand at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Constraint {
    /// Its place, as a violation's place names it.
    pub place: String,
    /// The direction of the messages that it binds.
    pub direction: Direction,
    /// Whether a case keeps to it at its bound.
    pub kept: bool,
    /// Whether a case breaks it and nothing else.
    pub broken: bool,
    /// Why it is not kept or not broken by a case, where one is missing.
    pub reason: Option<String>,
    /// The cases that keep to it at its bound besides those that stand at it ([`Case::constraint`]): one message keeps to
    /// many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept_by: Vec<CaseId>,
}
