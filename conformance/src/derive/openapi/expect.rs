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
    let mut judged = !operation.answers.is_empty();
    if may_be_missing {
        judged &= declares(operation, 404);
        statuses.push(Statuses::only(404));
    }
    Expect { statuses, judged, checks: Vec::new() }
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

/// A request that must be refused.
pub(crate) fn refused(
    operation: &Operation<'_>,
    why: Refusal,
    suite: Option<&Suite>,
    also: &[u16],
) -> Expect {
    let stated = suite.and_then(|suite| suite.refusals.get(&why)).filter(|all| !all.is_empty());
    let also = also.iter().copied().map(Statuses::only);
    let wanted: Vec<Statuses> = match stated {
        Some(stated) => stated.iter().copied().chain(also).collect(),
        None => fitting(why).iter().copied().map(Statuses::only).chain(also).collect(),
    };
    if stated.is_none() && declared(operation, 4).contains(&Statuses::class(4)) {
        return Expect { statuses: vec![Statuses::class(4)], judged: true, checks: Vec::new() };
    }
    let holds =
        |wanted: &&Statuses| (wanted.from..=wanted.to).any(|status| declares(operation, status));
    let fitting: Vec<Statuses> = wanted.iter().filter(holds).copied().collect();
    let judged = !fitting.is_empty();
    let statuses = match (judged, stated) {
        (true, _) => fitting,
        (false, Some(_)) => wanted,
        (false, None) => vec![Statuses::class(4)],
    };
    Expect { statuses, judged, checks: Vec::new() }
}
