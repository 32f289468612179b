//! Who asks: the certificate that the connection showed, or the one consumer that a loopback listener names.

use super::Trail;
use crate::fault::Fault;
use http::StatusCode;
use sluse_contracts::{code, id::SubsystemId};
use std::sync::Arc;

/// Who the connection says the caller is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Nobody that was shown.
    Stranger,
    /// The one consumer that all callers of this listener are.
    Named(SubsystemId),
    /// Whoever holds the certificate of this SHA-256 (DER), in lower-case hex.
    Certificate(Arc<str>),
}

/// Finds the consumer in the configuration in force.
pub(super) fn identify(caller: &Caller, trail: &mut Trail) -> Result<(), Fault> {
    let consumer = match caller {
        Caller::Stranger => None,
        Caller::Named(consumer) => Some(consumer.clone()),
        Caller::Certificate(shown) => {
            trail.secure = true;
            trail.snapshot.consumers.get(&**shown).cloned()
        }
    };
    let unknown = Fault::consumer(code::NOT_IDENTIFIED, StatusCode::UNAUTHORIZED);
    trail.consumer = Some(consumer.ok_or(unknown)?);
    Ok(())
}
