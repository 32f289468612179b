//! What is looked for in a system that is a consumer: its cases.

use crate::{
    case::{Case, CaseId, Inject, Kind, Listen, Play, Reaction, Role},
    suite::{Behaviour, Suite},
};
use sluse_contracts::{
    Contract,
    clauses::{Clause, Level, Target},
};

/// What may be demanded after an answer that is not the good one: its word in a suite, and what it is.
const REACTIONS: &[(&str, Reaction)] = &[
    ("retries", Reaction::Retries),
    ("same-key", Reaction::SameKey),
    ("waits", Reaction::Waits),
    ("reads-anew", Reaction::ReadsAnew),
];

/// The cases of a consumer: each operation's requests keep to the contract, nothing else is asked for, and it does what the
/// suite demands after what real life brings.
pub fn cases(contract: &Contract, suite: &Suite) -> Vec<Case> {
    let mut cases: Vec<Case> =
        contract.operations().into_iter().filter_map(|name| keeps(contract, name)).collect();
    cases.extend(known());
    for bound in &suite.behaviours {
        for operation in &bound.operations {
            cases.extend(after(contract, bound, operation));
        }
    }
    cases
}

fn keeps(contract: &Contract, operation: &str) -> Option<Case> {
    let place = format!("operations#{operation}/request");
    Some(Case {
        id: CaseId::of(&format!("{operation}.request"))?,
        sentence: format!("The requests for `{operation}` keep to the contract."),
        clause: contract.clauses().cite(&place).unwrap_or_else(|| place.clone()),
        level: Level::Must,
        role: Role::Consumer,
        kind: Kind::Positive,
        operation: Some(operation.to_owned()),
        constraint: Some(place),
        alone: false,
        play: Play::Listen(Listen::Keeps),
    })
}

fn known() -> Option<Case> {
    let place = "operations".to_owned();
    Some(Case {
        id: CaseId::of("unknown.request")?,
        sentence: "Nothing is asked for that the contract does not have.".to_owned(),
        clause: place.clone(),
        level: Level::Must,
        role: Role::Consumer,
        kind: Kind::Negative,
        operation: None,
        constraint: Some(place),
        alone: false,
        play: Play::Listen(Listen::Known),
    })
}

fn after(contract: &Contract, bound: &Behaviour, operation: &str) -> Vec<Case> {
    let wanted = REACTIONS.iter().filter(|(word, _)| bound.clauses.contains_key(*word));
    let case = |(word, must): &(&str, Reaction)| {
        let clause = bound.clauses.get(*word)?;
        let clause = contract.clauses().all().iter().find(|each| each.id == *clause)?;
        if clause.target == Target::Provider || clause.level == Level::May {
            return None;
        }
        behaviour(bound.inject, operation, (word, *must), clause)
    };
    wanted.filter_map(case).collect()
}

fn behaviour(
    inject: Inject,
    operation: &str,
    (word, must): (&str, Reaction),
    clause: &Clause,
) -> Option<Case> {
    let when = word_of(inject);
    Some(Case {
        id: CaseId::of(&format!("{operation}.after-{when}.{word}"))?,
        sentence: format!("{} of `{operation}`, the consumer {}.", words_of(inject), does(must)),
        clause: clause.id.clone(),
        level: clause.level,
        role: Role::Consumer,
        kind: Kind::Behaviour,
        operation: Some(operation.to_owned()),
        constraint: Some(format!("suite/suite.toml#behaviour/{when}/{word}")),
        alone: false,
        play: Play::Listen(Listen::After { inject, must }),
    })
}

/// The word of an answer in suites and ids.
pub(super) fn word_of(inject: Inject) -> &'static str {
    match inject {
        Inject::Unavailable(_) => "unavailable",
        Inject::TooMany(_) => "too-many",
        Inject::LostAnswer => "lost-answer",
        Inject::Slow(_) => "slow",
        Inject::Stale => "stale",
    }
}

fn words_of(inject: Inject) -> &'static str {
    match inject {
        Inject::Unavailable(_) => "After 503 to a request",
        Inject::TooMany(_) => "After 429 to a request",
        Inject::LostAnswer => "After the answer to a request was lost",
        Inject::Slow(_) => "After a late answer to a request",
        Inject::Stale => "After 412 to a request",
    }
}

fn does(must: Reaction) -> &'static str {
    match must {
        Reaction::Retries => "sends it again",
        Reaction::SameKey => "sends it again with its first key, if at all",
        Reaction::Waits => "sends nothing again before the time in Retry-After",
        Reaction::ReadsAnew => "reads anew before it changes",
    }
}
