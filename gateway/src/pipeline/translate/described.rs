//! Translating by descriptions and mappings: one unit in memory at a time, and what is large on disk on both sides.

use super::{Done, Left, Untranslated, Work};
use crate::{
    listen::{body::Received, spool::Sink},
    receipt::message_digest,
};
use sluse_adapters::adapter::{Options, Plans, Step};
use sluse_contracts::Violation;
use std::io::{self, Read};

/// Bytes that are read at a time.
pub(in crate::pipeline) const PIECE_BYTES: usize = 1 << 16;

/// Translates a message whole; a unit that cannot be refuses all of it.
pub(super) fn translate(
    plans: &Plans,
    body: &Received,
    mut work: Work,
) -> Result<Done, Untranslated> {
    let (limits, faults_max) = (work.limits, work.violations_max);
    let mut translation = plans.begin(Options { limits, faults_max, ..Options::default() });
    let mut reader = body.blocking_reader();
    let mut sink = Sink::new(&work.spool, work.memory_bytes_max);
    let (mut out, mut piece, mut violations) = (Vec::new(), vec![0; PIECE_BYTES], Vec::new());
    let mut left = Left::of(&work.exchange);
    loop {
        let step = translation.next(&mut out);
        if violations.is_empty() && !out.is_empty() {
            work.digest.update(&out);
            sink.push(&out).map_err(|_| Untranslated::NoRoom)?;
        }
        // Where something is wrong nothing is written any more, but what else is wrong is told too.
        out.clear();
        match step {
            Step::Unit(unit) => left.add(&unit.outcome),
            Step::Around(outcome) => left.add(&outcome),
            Step::Hungry => match read(&mut *reader, &mut piece) {
                Ok(0) => translation.finish(),
                Ok(n_bytes) => translation.feed(piece.get(..n_bytes).unwrap_or_default()),
                Err(_) => return Err(Untranslated::NoRoom),
            },
            Step::Refused(faults) => violations.extend(told(faults)),
            Step::Broken(faults) => {
                // That there is nothing to write follows from what was refused.
                violations.extend(told(faults));
                break;
            }
            Step::End => break,
        }
        if violations.len() >= work.violations_max {
            violations.truncate(work.violations_max);
            break;
        }
        if sink.bytes() > work.bytes_max {
            return Err(Untranslated::TooLarge);
        }
    }
    if !violations.is_empty() {
        return Err(Untranslated::Violations(violations));
    }
    left.tell();
    let media_type = plans.to().media_type();
    let digest = message_digest(work.digest, media_type.essence());
    let body = sink.finish().map_err(|_| Untranslated::NoRoom)?;
    Ok(Done { body, digest, media_type })
}

fn told(faults: Vec<sluse_adapters::fault::Fault>) -> impl Iterator<Item = Violation> {
    faults.into_iter().map(|fault| fault.into_violation())
}

/// Reads on; what interrupts it is no fault.
pub(in crate::pipeline) fn read(reader: &mut dyn Read, piece: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(piece) {
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}
