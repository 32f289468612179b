//! Bytes to records: what was fed and is not read yet, and where the next record ends.

use super::{Frame, LineEnd};
use crate::charset::CharacterSet;
use memchr::memchr;

/// What was fed and not read yet: less than a record, once all whole records are read.
#[derive(Default)]
pub(super) struct Held {
    bytes: Vec<u8>,
    start: usize,
    /// Bytes before `start` in the message.
    pub(super) offset: u64,
    /// How many bytes after `start` hold no line end.
    searched: usize,
    finished: bool,
}

/// What stands next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next<'h> {
    /// A record, and how many bytes it takes with its line end.
    Record(&'h [u8], usize),
    /// Not enough to say.
    Hungry,
    /// Nothing: the message is at its end.
    End,
    /// The message ends within a record of fixed length.
    CutOff,
    /// There is no line end within as many bytes as a record may have.
    NoLineEnd,
}

/// How the bytes of one layout are parted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parting {
    length: Option<usize>,
    line_end: u8,
    before_line_end: Option<u8>,
    line_bytes_max: usize,
}

/// A line may be this much longer than any record and is still told as a record that is too long.
const SLACK_BYTES: usize = 4_096;

impl Parting {
    pub(super) fn new(frame: Frame, set: CharacterSet, length_max: usize) -> Self {
        let n_bytes = if set == CharacterSet::Utf8 { 4 } else { 1 };
        let (length, end) = match frame {
            Frame::Length(length) => (Some(length), LineEnd::Lf),
            Frame::Lines { end, .. } => (None, end),
        };
        Self {
            length,
            line_end: end.bytes(set).last().copied().unwrap_or(b'\n'),
            before_line_end: (end != LineEnd::Nel).then(|| set.ascii(b'\r')),
            line_bytes_max: length_max * n_bytes + SLACK_BYTES,
        }
    }
}

impl Held {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.start);
        self.start = 0;
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn finish(&mut self) {
        self.finished = true;
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.bytes.capacity()
    }

    /// Leaves bytes behind that are read.
    pub(super) fn skip(&mut self, n_bytes: usize) {
        self.start = (self.start + n_bytes).min(self.bytes.len());
        self.offset += n_bytes as u64;
        self.searched = 0;
    }

    pub(super) fn next(&mut self, parting: &Parting) -> Next<'_> {
        let rest = self.bytes.get(self.start..).unwrap_or_default();
        if rest.is_empty() {
            return if self.finished { Next::End } else { Next::Hungry };
        }
        if let Some(length) = parting.length {
            return match rest.get(..length) {
                Some(record) => Next::Record(record, length),
                None if self.finished => Next::CutOff,
                None => Next::Hungry,
            };
        }
        let new = rest.get(self.searched..).unwrap_or_default();
        let (line, n_bytes) = match memchr(parting.line_end, new) {
            Some(at) => {
                let at = self.searched + at;
                (rest.get(..at).unwrap_or_default(), at + 1)
            }
            None if rest.len() > parting.line_bytes_max => return Next::NoLineEnd,
            None if self.finished => (rest, rest.len()),
            None => {
                self.searched = rest.len();
                return Next::Hungry;
            }
        };
        let line = match line.split_last() {
            Some((last, before)) if Some(*last) == parting.before_line_end => before,
            _ => line,
        };
        Next::Record(line, n_bytes)
    }
}
