//! Translating by another program: what it fails at is the gateway's fault, what it refuses is the message's.

use super::{Done, Untranslated, Work};
use crate::{
    external::{External, Failure, Place},
    listen::{body::Received, spool::Sink},
    receipt::message_digest,
};
use sluse_adapters::{mapping::Way, program::MediaTypes};
use sluse_contracts::MediaType;
use std::{
    io::{self, ErrorKind},
    sync::Arc,
};

/// A program that is to translate a message one way.
pub(super) struct Program {
    external: Arc<External>,
    way: Way,
    from: MediaType,
    to: MediaType,
}

impl Program {
    pub(super) fn new(external: &Arc<External>, types: &MediaTypes, way: Way) -> Self {
        let (legacy, contract_side) = (types.legacy.clone(), types.contract_side.clone());
        let (from, to) = match way {
            Way::Forward => (legacy, contract_side),
            Way::Reverse => (contract_side, legacy),
        };
        Self { external: Arc::clone(external), way, from, to }
    }

    /// Has the program translate a message; nothing where that broke down.
    pub(super) async fn translate(
        self,
        body: Received,
        work: Work,
    ) -> Option<Result<Done, Untranslated>> {
        let place = match self.external.place().await {
            Ok(place) => place,
            Err(broken) => return Some(Err(Untranslated::Program(broken))),
        };
        let done = tokio::task::spawn_blocking(move || self.translate_here(&place, &body, work));
        done.await.ok()
    }

    fn translate_here(
        &self,
        place: &Place,
        body: &Received,
        mut work: Work,
    ) -> Result<Done, Untranslated> {
        let mut sink = Sink::new(&work.spool, work.memory_bytes_max);
        let take = |bytes: &[u8]| {
            work.digest.update(bytes);
            sink.push(bytes)?;
            if sink.bytes() > work.bytes_max {
                return Err(io::Error::from(ErrorKind::FileTooLarge));
            }
            Ok(())
        };
        let from = self.from.to_string();
        let how = (self.way, &*from);
        let done = self.external.translate_in(place, how, body.blocking_reader(), take);
        done.map_err(|failure| match failure {
            Failure::Refused(fault) => Untranslated::Violations(vec![fault.into_violation()]),
            Failure::Program(broken) => Untranslated::Program(broken),
            Failure::Target(error) if error.kind() == ErrorKind::FileTooLarge => {
                Untranslated::TooLarge
            }
            Failure::Source(_) | Failure::Target(_) => Untranslated::NoRoom,
        })?;
        let digest = message_digest(work.digest, self.to.essence());
        let body = sink.finish().map_err(|_| Untranslated::NoRoom)?;
        Ok(Done { body, digest, media_type: self.to.clone() })
    }
}
