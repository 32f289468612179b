//! What an answer must be: a status that the operation declares, and everything else as the contract says.

use crate::{
    case::{Expect, Statuses},
    suite::{Refusal, Suite},
};
use sluse_contracts::schema::described::Operation;

/// The statuses of a class that an operation declares; the whole class where it declares it as one, or answers of any status.
fn declared(operation: &Operation<'_>, class: u16) -> Vec<Statuses> {
    let mut found = Vec::new();
    for answer in &operation.answers {
        match answer.status.parse::<u16>() {
            Ok(status) if status / 100 == class => found.push(Statuses::only(status)),
            Ok(_) => {}
            Err(_) => {
                let of_class = answer.status.eq_ignore_ascii_case(&format!("{class}XX"));
                if of_class || answer.status == "default" {
                    found.push(Statuses::class(class));
                }
            }
        }
    }
    found
}

/// Whether an operation declares answers of a status.
pub(crate) fn declares(operation: &Operation<'_>, status: u16) -> bool {
    declared(operation, status / 100).iter().any(|each| each.holds(status))
}

/// A request that must be taken. Where what it asks for may not be there, that may be said as well.
pub(crate) fn taken(operation: &Operation<'_>, may_be_missing: bool) -> Expect {
    let mut statuses = declared(operation, 2);
    if statuses.is_empty() {
        statuses = declared(operation, 3);
    }
    if statuses.is_empty() {
        statuses.push(Statuses::class(2));
    }
    if may_be_missing {
        statuses.push(Statuses::only(404));
    }
    let undeclared = if may_be_missing { vec![404] } else { Vec::new() };
    let judged = !operation.answers.is_empty();
    Expect { statuses, judged, undeclared, checks: Vec::new() }
}

/// A request that may be taken or refused, but must be answered.
pub(crate) fn answered(operation: &Operation<'_>) -> Expect {
    let mut expect = taken(operation, false);
    expect.statuses.push(Statuses::class(4));
    expect.judged = false;
    expect
}

/// The statuses that fit a refusal where no suite says which (RFC 9110, section 15.5).
fn fitting(why: Refusal) -> &'static [u16] {
    match why {
        Refusal::Syntax | Refusal::Schema => &[400, 422],
        Refusal::MediaType => &[415, 400, 422],
        Refusal::Accept => &[406],
        Refusal::Method => &[405, 404, 501],
        Refusal::Path => &[404, 400, 422],
    }
}

/// The statuses that HTTP itself gives to such a refusal, whatever a description lists: any system may answer with them
/// (RFC 9110, section 15), its framework often before its own code is asked.
fn of_http(why: Refusal) -> &'static [u16] {
    match why {
        Refusal::Syntax => &[400],
        Refusal::Schema => &[],
        Refusal::MediaType => &[415],
        Refusal::Accept => &[406],
        Refusal::Method => &[405, 501],
        Refusal::Path => &[404],
    }
}

/// A request that must be refused: with one of the statuses that a suite states, or else that fit, as far as the operation
/// declares any of them; besides with `also` and with what HTTP gives to such a refusal. An answer with a status that is
/// asked for but not declared is not judged.
pub(crate) fn refused(
    operation: &Operation<'_>,
    why: Refusal,
    suite: Option<&Suite>,
    also: &[u16],
) -> Expect {
    let only = |all: &[u16]| all.iter().copied().map(Statuses::only).collect::<Vec<_>>();
    let stated = suite.and_then(|suite| suite.refusals.get(&why)).filter(|all| !all.is_empty());
    if stated.is_none() && declared(operation, 4).contains(&Statuses::class(4)) {
        let statuses = vec![Statuses::class(4)];
        return Expect { statuses, judged: true, ..Expect::default() };
    }
    let wanted = stated.cloned().unwrap_or_else(|| only(fitting(why)));
    let found = known(operation, &wanted);
    if found.is_empty() {
        let statuses = if stated.is_some() { wanted } else { vec![Statuses::class(4)] };
        return Expect { statuses: distinct([statuses, only(also)]), ..Expect::default() };
    }
    let of_http = if stated.is_some() { &[] } else { of_http(why) };
    let undeclared = [of_http, also].concat();
    let statuses = distinct([found, only(&undeclared)]);
    Expect { statuses, judged: true, undeclared, checks: Vec::new() }
}

/// Those of these ranges of which the operation declares a status.
fn known(operation: &Operation<'_>, ranges: &[Statuses]) -> Vec<Statuses> {
    let is_known =
        |range: &&Statuses| (range.from..=range.to).any(|status| declares(operation, status));
    ranges.iter().filter(is_known).copied().collect()
}

/// All of them, each once.
fn distinct(all: [Vec<Statuses>; 2]) -> Vec<Statuses> {
    let mut found = Vec::new();
    for status in all.into_iter().flatten() {
        if !found.contains(&status) {
            found.push(status);
        }
    }
    found
}
