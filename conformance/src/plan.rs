//! A plan: all cases of a contract, and what no case could be made for.

use crate::{
    case::{Case, CaseId},
    suite::Profile,
};
use serde::{Deserialize, Serialize};
use sluse_contracts::{Contract, Direction};
use std::collections::BTreeSet;

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
    /// The part of the contract that it is about; absent: the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
}

impl Plan {
    /// What of it is about one profile of the contract.
    pub fn restrict(&mut self, profile: &Profile, contract: &Contract) {
        let before = self.places_with_cases();
        let cited = |place: &str| contract.clauses().cite(place);
        let offered =
            |case: &Case| case.operation.as_ref().is_none_or(|it| !profile.without.contains(it));
        self.cases.retain(|case| profile.holds(&case.clause) && offered(case));
        let after = self.places_with_cases();
        self.constraints.retain(|each| {
            // What only operations are about that are not offered binds nothing that is sent.
            let is_gone = before.contains(&each.place) && !after.contains(&each.place);
            cited(&each.place).is_some_and(|clause| profile.holds(&clause)) && !is_gone
        });
        self.profile = Some(profile.clone());
    }

    /// The places of constraints that a case keeps at the bound or breaks.
    fn places_with_cases(&self) -> BTreeSet<String> {
        let ids: BTreeSet<&CaseId> = self.cases.iter().map(|case| &case.id).collect();
        let own = self.cases.iter().filter_map(|case| case.constraint.clone());
        let kept = self.constraints.iter();
        let kept = kept.filter(|each| each.kept_by.iter().any(|id| ids.contains(id)));
        own.chain(kept.map(|each| each.place.clone())).collect()
    }

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
