//! What is looked for in a system that is a consumer: its cases.

use crate::{
    case::{Case, CaseId, Inject, Kind, Listen, Play, Reaction, Role},
    suite::{Behaviour, Security, Suite},
};
use sluse_contracts::{
    Contract, Direction,
    clauses::{Clause, Level, Target},
};
use std::collections::BTreeMap;

/// What may be demanded after an answer that is not the good one: its word in a suite, and what it is.
const REACTIONS: &[(&str, Reaction)] = &[
    ("retries", Reaction::Retries),
    ("same-key", Reaction::SameKey),
    ("waits", Reaction::Waits),
    ("reads-anew", Reaction::ReadsAnew),
    ("backs-off", Reaction::BacksOff(0)),
    ("acts-once", Reaction::ActsOnce),
    ("in-order", Reaction::InOrder),
];

/// The cases of a consumer: each operation's requests keep to the contract, nothing else is asked for, and it does what the
/// suite demands after what real life brings.
pub fn cases(contract: &Contract, suite: &Suite) -> Vec<Case> {
    let places = places(contract);
    let of = |name| keeps(contract, name, places.get(name));
    let mut cases: Vec<Case> = contract.operations().into_iter().filter_map(of).collect();
    cases.extend(known(contract));
    cases.extend(suite.security.as_ref().and_then(|bound| shows(contract, bound)));
    for bound in &suite.behaviours {
        for operation in &bound.operations {
            cases.extend(after(contract, bound, operation));
        }
    }
    cases
}

/// Where the contract describes each operation.
fn places(contract: &Contract) -> BTreeMap<String, String> {
    let mut places = BTreeMap::new();
    contract.describe(Direction::Request, &mut |described| {
        let each = described.operations.iter();
        places.extend(each.map(|operation| (operation.name.clone(), operation.place.clone())));
    });
    places
}

fn keeps(contract: &Contract, operation: &str, described: Option<&String>) -> Option<Case> {
    let place = format!("operations#{operation}/request");
    let place = described.cloned().unwrap_or(place);
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

fn known(contract: &Contract) -> Option<Case> {
    let place = "operations".to_owned();
    Some(Case {
        id: CaseId::of("unknown.request")?,
        sentence: "Nothing is asked for that the contract does not have.".to_owned(),
        clause: contract.clauses().cite(&place).unwrap_or_else(|| place.clone()),
        level: Level::Must,
        role: Role::Consumer,
        kind: Kind::Negative,
        operation: None,
        constraint: Some(place),
        alone: false,
        play: Play::Listen(Listen::Known),
    })
}

/// Where the suite names a clause for it.
fn shows(contract: &Contract, bound: &Security) -> Option<Case> {
    let clause = of_consumers(contract, bound.clauses.get("shown")?)?;
    Some(Case {
        id: CaseId::of("token.request")?,
        sentence: "Each request that needs a token shows one.".to_owned(),
        clause: clause.id.clone(),
        level: clause.level,
        role: Role::Consumer,
        kind: Kind::Security,
        operation: None,
        constraint: Some("suite/suite.toml#security/shown".to_owned()),
        alone: false,
        play: Play::Listen(Listen::Shows),
    })
}

/// The clause, where it binds consumers.
fn of_consumers<'c>(contract: &'c Contract, id: &str) -> Option<&'c Clause> {
    let clause = contract.clauses().all().iter().find(|each| each.id == id)?;
    (clause.target != Target::Provider && clause.level != Level::May).then_some(clause)
}

fn after(contract: &Contract, bound: &Behaviour, operation: &str) -> Vec<Case> {
    let wanted = REACTIONS.iter().filter(|(word, _)| bound.clauses.contains_key(*word));
    let case = |(word, must): &(&str, Reaction)| {
        let clause = of_consumers(contract, bound.clauses.get(*word)?)?;
        let must = match must {
            Reaction::BacksOff(_) => Reaction::BacksOff(bound.spread_ms),
            must => *must,
        };
        behaviour(bound, operation, (word, must), clause)
    };
    wanted.filter_map(case).collect()
}

fn behaviour(
    bound: &Behaviour,
    operation: &str,
    (word, must): (&str, Reaction),
    clause: &Clause,
) -> Option<Case> {
    let inject = bound.inject;
    let when = word_of(inject);
    let (within_ms, acts) = (bound.within_ms, bound.acts.clone());
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
        play: Play::Listen(Listen::After { inject, must, within_ms, acts }),
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
        Inject::Failing(_) => "failing",
        Inject::Duplicate => "duplicate",
        Inject::OutOfOrder => "out-of-order",
    }
}

fn words_of(inject: Inject) -> &'static str {
    match inject {
        Inject::Unavailable(_) => "After 503 to a request",
        Inject::TooMany(_) => "After 429 to a request",
        Inject::LostAnswer => "After the answer to a request was lost",
        Inject::Slow(_) => "After a late answer to a request",
        Inject::Stale => "After 412 to a request",
        Inject::Failing(_) => "After 503 again and again to a request",
        Inject::Duplicate => "After an event that comes twice in an answer",
        Inject::OutOfOrder => "After events in another order than theirs in an answer",
    }
}

fn does(must: Reaction) -> &'static str {
    match must {
        Reaction::Retries => "sends it again",
        Reaction::SameKey => "sends it again with its first key, if at all",
        Reaction::Waits => "sends nothing again before the time in Retry-After",
        Reaction::ReadsAnew => "reads anew before it changes",
        Reaction::BacksOff(_) => "spreads its tries",
        Reaction::ActsOnce => "acts once",
        Reaction::InOrder => "acts in the order of the events",
    }
}
