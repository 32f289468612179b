//! What becomes of a message is written where it waits for its way: a little in memory, the rest on disk.

use super::{Done, Work, too_large};
use crate::{
    app::Gateway, fault::Fault, listen::spool::Sink, pipeline::Trail, receipt::message_digest,
};
use serde_json::Value;
use sluse_contracts::{Direction, MediaType};
use std::io::{self, BufWriter, ErrorKind, Write};

/// Bytes that are written at a time.
const PIECE_BYTES: usize = 1 << 16;

/// Where a translation is written.
pub(super) struct Out(Work);

/// Why it is not.
pub(super) enum Spent {
    /// It is larger than the limit.
    TooLarge,
    /// The disk gives nothing back, or takes no more.
    NoRoom,
}

impl Out {
    /// For a request or an answer, each with its own limit.
    pub(super) fn of(gateway: &Gateway, direction: Direction, trail: &Trail) -> Self {
        let limits = trail.limits();
        Self(Work::of(
            gateway,
            trail,
            match direction {
                Direction::Request => limits.body_bytes_max,
                Direction::Response => limits.answer_bytes_max,
            },
        ))
    }

    /// Writes JSON.
    pub(super) fn json(self, value: &Value) -> Result<Done, Spent> {
        self.write("application/json", |target| {
            serde_json::to_writer(target, value).map_err(io::Error::from)
        })
    }

    /// Writes bytes.
    pub(super) fn bytes(self, bytes: &[u8], media_type: &str) -> Result<Done, Spent> {
        self.write(media_type, |target| target.write_all(bytes))
    }

    fn write(
        mut self,
        media_type: &str,
        writes: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Done, Spent> {
        let mut sink = Sink::new(&self.0.spool, self.0.memory_bytes_max);
        let target = Target { work: &mut self.0, sink: &mut sink };
        let mut target = BufWriter::with_capacity(PIECE_BYTES, target);
        writes(&mut target).and_then(|()| target.flush()).map_err(Spent::of)?;
        drop(target);
        let body = sink.finish().map_err(Spent::of)?;
        let media_type: MediaType =
            media_type.parse().unwrap_or_else(|_| MediaType::octet_stream());
        let digest = message_digest(self.0.digest, media_type.essence());
        Ok(Done { body, digest, media_type })
    }
}

impl Spent {
    #[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` takes")]
    fn of(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::FileTooLarge => Self::TooLarge,
            _ => Self::NoRoom,
        }
    }

    /// The fault that it is, of a request or an answer for which there would else have been another.
    pub(super) fn fault(self, fault: Fault, is_request: bool) -> Fault {
        match self {
            Self::NoRoom => Fault::no_room().retry(super::resend(&fault)),
            Self::TooLarge => too_large(fault, is_request),
        }
    }
}

/// Digests and keeps what is written, up to the limit.
struct Target<'a> {
    work: &'a mut Work,
    sink: &'a mut Sink,
}

impl Write for Target<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.work.digest.update(bytes);
        self.sink.push(bytes)?;
        if self.sink.bytes() > self.work.bytes_max {
            return Err(ErrorKind::FileTooLarge.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
