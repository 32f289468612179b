//! Cases that no schema gives: from the bindings of a suite, whole packs without writing.
//!
//! Each file is one pack: it looks at what the suite binds, asks [`Requests`] for requests that keep
//! to the contract, and lays them out as the steps of cases. Preconditions come first: each case
//! makes its own resource with its own key, so that a 409 or 412 never hides the answer.

pub(crate) mod edit;
mod events;
mod idempotency;
mod paging;
mod preconditions;
mod prepare;
mod read_back;
mod remove;
mod security;
#[cfg(test)]
mod tests;
mod tls;

pub use prepare::preparation;
pub use read_back::{add_read_back, read_back};
pub use remove::add_removal;
pub(crate) use remove::numbered;

use crate::{
    case::{Case, CaseId, Expect, Kind, Play, Purpose, Request, Role, Statuses, Step},
    suite::Suite,
};
use sluse_contracts::{
    Contract,
    clauses::{Level, Target},
};
use std::collections::BTreeMap;

/// Requests that keep to a contract, with slots for what its suite binds.
pub trait Requests {
    /// The operations, in the order of the contract.
    fn operations(&self) -> Vec<String>;

    /// The method of an operation, in upper case.
    fn method(&self, operation: &str) -> Option<String>;

    /// The path of an operation below the service's address, `{names}` in it.
    fn path(&self, operation: &str) -> Option<String>;

    /// The parameters in the path of an operation.
    fn path_parameters(&self, operation: &str) -> Vec<String>;

    /// A request that keeps to the contract. What the suite calls fresh or given is a slot; a path parameter that takes
    /// the id of a resource is the slot `Captured` with the resource's name.
    fn valid(&self, operation: &str) -> Option<Request>;

    /// Another that keeps to the contract, whose body says something else.
    fn other(&self, operation: &str) -> Option<Request>;

    /// The statuses of the operation's good answers.
    fn success(&self, operation: &str) -> Vec<Statuses>;
}

/// A pack: its cases from what a suite binds.
type Pack = fn(&Packs<'_>) -> Vec<Case>;

/// The visible list of packs.
const PACKS: &[Pack] = &[
    prepare::cases,
    idempotency::cases,
    preconditions::cases,
    paging::cases,
    events::cases,
    security::cases,
    tls::cases,
];

/// The cases of all packs, in the order of the list.
pub fn cases(contract: &Contract, suite: &Suite, requests: &dyn Requests) -> Vec<Case> {
    let packs = Packs { contract, suite, requests };
    PACKS.iter().flat_map(|pack| pack(&packs)).collect()
}

/// What the packs look at.
struct Packs<'p> {
    contract: &'p Contract,
    suite: &'p Suite,
    requests: &'p dyn Requests,
}

/// What a case is about, and where its clause is found.
struct About<'a> {
    kind: Kind,
    operation: &'a str,
    /// What is tested: the word in the binding's `clauses`.
    word: &'a str,
    clauses: &'a BTreeMap<String, String>,
    sentence: String,
}

impl Packs<'_> {
    /// A case of these steps; none where its clause does not bind providers, or may be left.
    fn case(&self, about: &About<'_>, steps: Vec<Step>) -> Option<Case> {
        let About { kind, operation, word, clauses, sentence } = about;
        let pack = word_of(*kind);
        let place = format!("suite/suite.toml#{pack}/{word}");
        let named = clauses.get(*word);
        let clause =
            named.and_then(|id| self.contract.clauses().all().iter().find(|it| it.id == *id));
        if clause.is_some_and(|it| it.target == Target::Consumer || it.level == Level::May) {
            return None;
        }
        Some(Case {
            id: CaseId::of(&format!("{operation}.{pack}.{word}"))?,
            sentence: sentence.clone(),
            clause: clause.map_or_else(|| place.clone(), |it| it.id.clone()),
            level: clause.map_or(Level::Must, |it| it.level),
            role: Role::Provider,
            kind: *kind,
            operation: Some((*operation).to_owned()),
            constraint: Some(place),
            alone: matches!(kind, Kind::Paging | Kind::Events),
            play: Play::Call(steps),
        })
    }

    /// What a good answer of an operation must be.
    fn good(&self, operation: &str) -> Expect {
        Expect { statuses: self.requests.success(operation), judged: true, ..Expect::default() }
    }

    /// A step whose answer must be good.
    fn step(&self, name: &str, purpose: Purpose, request: Request) -> Step {
        let expect = request.operation.as_deref().map_or_else(Expect::default, |it| self.good(it));
        Step::new(name, purpose, request, expect)
    }
}

/// What a refusal must be: a status, and an answer that keeps to the contract where it describes one.
fn refusal(statuses: &[Statuses]) -> Expect {
    Expect { statuses: statuses.to_vec(), judged: true, ..Expect::default() }
}

/// The word of a pack in ids and places.
fn word_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Idempotency => "idempotency",
        Kind::Preconditions => "preconditions",
        Kind::Paging => "paging",
        Kind::ReadBack => "resource",
        Kind::Events => "events",
        Kind::Security => "security",
        Kind::Tls => "tls",
        Kind::Positive => "positive",
        Kind::Negative => "negative",
        Kind::Scenario => "scenario",
        Kind::Behaviour => "behaviour",
    }
}
