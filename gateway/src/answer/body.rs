//! The body of an answer: bytes in memory, pieces read back from the spool, or pieces that arrive.

use crate::listen::spool::SpoolReader;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::sync::mpsc;

/// Why an answer breaks off: the connection is reset, so that nobody takes it for whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer broke off before its end")]
pub struct PieceFault;

/// The body of an answer.
#[derive(Debug)]
pub struct AnswerBody(Kind);

#[derive(Debug)]
enum Kind {
    Whole(Bytes),
    Spooled(SpoolReader),
    Arriving { pieces: mpsc::Receiver<Option<Bytes>>, left: Option<u64> },
}

impl AnswerBody {
    /// No body.
    pub const fn empty() -> Self {
        Self(Kind::Whole(Bytes::new()))
    }

    /// Bytes in memory.
    pub const fn whole(bytes: Bytes) -> Self {
        Self(Kind::Whole(bytes))
    }

    /// Bytes on disk.
    pub const fn spooled(reader: SpoolReader) -> Self {
        Self(Kind::Spooled(reader))
    }

    /// Pieces as they arrive, then `None`; `length` where the provider stated it. Where the sender goes before
    /// it has said `None`, the answer breaks off.
    pub const fn arriving(pieces: mpsc::Receiver<Option<Bytes>>, length: Option<u64>) -> Self {
        Self(Kind::Arriving { pieces, left: length })
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = PieceFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, PieceFault>>> {
        let piece = match &mut self.0 {
            Kind::Whole(bytes) if bytes.is_empty() => None,
            Kind::Whole(bytes) => Some(Ok(std::mem::take(bytes))),
            Kind::Spooled(reader) => {
                ready!(reader.poll_piece(cx)).map(|piece| piece.map_err(|_| PieceFault))
            }
            Kind::Arriving { pieces, left } => {
                let piece = ready!(pieces.poll_recv(cx)).ok_or(PieceFault).transpose();
                if let (Some(left), Some(Ok(piece))) = (left, &piece) {
                    *left = left.saturating_sub(piece.len() as u64);
                }
                piece
            }
        };
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.0, Kind::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Spooled(reader) => SizeHint::with_exact(reader.bytes_left()),
            Kind::Arriving { left: Some(left), .. } => SizeHint::with_exact(*left),
            Kind::Arriving { left: None, .. } => SizeHint::default(),
        }
    }
}
