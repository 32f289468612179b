//! Whether the consumer may ask: a service may be asked by the subsystems of members.

use super::Trail;
use crate::fault::Fault;
use http::StatusCode;
use sluse_contracts::code;

/// Holds back a consumer whose member takes no part any more. A forbidden service looks like an unknown one.
pub(super) fn authorize(trail: &Trail) -> Result<(), Fault> {
    let takes_part = trail.consumer.as_ref().is_some_and(|consumer| {
        let member = trail.snapshot.members.get(&consumer.member());
        member.is_some_and(|member| {
            member.subsystems.iter().any(|subsystem| subsystem.id == *consumer)
        })
    });
    if takes_part { Ok(()) } else { Err(Fault::consumer(code::NOT_GRANTED, StatusCode::NOT_FOUND)) }
}
