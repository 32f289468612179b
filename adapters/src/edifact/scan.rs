//! Telling the segments of an interchange apart while its bytes arrive.
//!
//! Pieces of any length go in, segments come out as soon as their terminator is there. One table says of each byte
//! whether it is text, sets something apart, or is none of the repertoire's, so a byte is looked at once. Memory is
//! that of the longest segment; the bytes of a binary object (between `UNO` and `UNP`) pass through as they come.

mod look;
mod table;

use super::{
    repertoire::Repertoire,
    segment::{Mark, Segment},
    service::{ADVICE_BYTES, AdviceFault, Service},
};
use crate::tree::Place;
use look::Look;
use std::fmt;
use table::{Class, Table};

/// How long a segment may be, in bytes, its terminator not counted.
pub const SEGMENT_BYTES_MAX: usize = 65_536;

/// How much white space may stand between two segments, in bytes.
pub const GAP_BYTES_MAX: usize = 64;

/// What keeps segments from being told apart. Each ends the reading of the interchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanFault {
    /// The service string advice cannot be used.
    Advice(AdviceFault),
    /// What stands where a segment should begin has no tag of three capital letters or digits.
    NoTag,
    /// A segment is longer than [`SEGMENT_BYTES_MAX`].
    TooLong,
    /// More white space than [`GAP_BYTES_MAX`].
    GapTooLong,
    /// The bytes end before the segment does.
    NotTerminated,
    /// The bytes end within a binary object.
    ObjectCutOff,
}

/// What the scanner has come to.
#[derive(Debug)]
pub enum Scanned<'s> {
    /// The next segment.
    Segment(Segment<'s>),
    /// Bytes of a binary object, in order; it may come in several pieces.
    Object(&'s [u8]),
    /// More bytes are needed.
    Hungry,
    /// There is nothing after the last segment but white space.
    End(Place),
    /// Segments cannot be told apart from this place on.
    Fault(ScanFault, Place),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Before the service string advice, or the first segment.
    Start,
    /// Between segments, or in one.
    Segments,
    /// In a binary object of which so many bytes are left.
    Object(u64),
    /// After a fault.
    Over(ScanFault),
}

/// Takes bytes, gives segments.
pub struct Scanner {
    phase: Phase,
    service: Service,
    advised: bool,
    repertoire: Option<Repertoire>,
    table: Table,
    buffer: Vec<u8>,
    /// What of the buffer is done with.
    used: usize,
    /// What of it was given out last, and is stepped over when more is asked for.
    given: usize,
    finished: bool,
    /// What has been seen of the segment at `used`.
    look: Look,
    gap: Vec<u8>,
    place: Place,
    /// Whether the byte before was a CR.
    after_cr: bool,
    /// Whether the segment that was given last is to be given again.
    again: bool,
}

impl fmt::Debug for Scanner {
    /// How far it has come; nothing of what was read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scanner({:?} at {:?})", self.phase, self.place)
    }
}

/// What was found, before it borrows from the buffer.
enum Found {
    Segment(usize),
    Object(usize),
    Hungry,
    End,
    Fault(ScanFault),
}

impl Default for Scanner {
    fn default() -> Self {
        Self {
            phase: Phase::Start,
            service: Service::USUAL,
            advised: false,
            repertoire: None,
            table: Table::new(&Service::USUAL, None),
            buffer: Vec::new(),
            used: 0,
            given: 0,
            finished: false,
            look: Look::default(),
            gap: Vec::new(),
            place: Place { offset: 0, line: 1, record: 0 },
            after_cr: false,
            again: false,
        }
    }
}

impl Scanner {
    /// Takes the next bytes of the interchange.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.again {
            self.buffer.extend_from_slice(bytes);
            return;
        }
        self.step_over();
        self.buffer.drain(..self.used.min(self.buffer.len()));
        self.used = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Says that there are no more bytes.
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// The service characters in force.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Whether the interchange has a service string advice.
    pub fn advised(&self) -> bool {
        self.advised
    }

    /// Says which bytes may stand in what follows, and whether elements may repeat there: both are known from the
    /// first segment alone.
    pub fn hold_to(&mut self, repertoire: Repertoire, repeats: bool) {
        self.repertoire = Some(repertoire);
        self.service.repetition = match (repeats, self.advised) {
            (false, _) => None,
            (true, false) => Some(b'*'),
            (true, true) => self.service.repetition,
        };
        self.table = Table::new(&self.service, self.repertoire);
    }

    /// Says that a binary object of so many bytes begins where the last segment ended.
    pub fn expect_object(&mut self, n_bytes: u64) {
        self.step_over();
        if self.phase == Phase::Segments {
            self.phase = Phase::Object(n_bytes);
        }
    }

    /// Asks for the segment that was given last once more.
    pub(super) fn again(&mut self) {
        self.again = self.given > 0;
    }

    /// What stands after the last segment, once the end is reached.
    pub fn gap(&self) -> &[u8] {
        &self.gap
    }

    /// What the scanner holds on to, in bytes.
    pub fn held_bytes(&self) -> usize {
        self.buffer.capacity()
            + self.gap.capacity()
            + self.look.marks.capacity() * size_of::<Mark>()
    }

    /// The next segment or piece of an object, or why there is none.
    pub fn scan(&mut self) -> Scanned<'_> {
        let found = match std::mem::take(&mut self.again) {
            true => Found::Segment(self.look.looked),
            false => {
                self.step_over();
                self.find()
            }
        };
        if let Found::Fault(fault) = found {
            self.phase = Phase::Over(fault);
        }
        let bytes = self.buffer.get(self.used..).unwrap_or_default();
        match found {
            Found::Segment(len) => Scanned::Segment(Segment {
                bytes: bytes.get(..len).unwrap_or_default(),
                marks: &self.look.marks,
                release: self.service.release,
                gap: &self.gap,
                place: self.place,
                wrong: self.look.wrong,
                irregular: self.look.irregular,
            }),
            Found::Object(len) => Scanned::Object(bytes.get(..len).unwrap_or_default()),
            Found::Hungry => Scanned::Hungry,
            Found::End => Scanned::End(self.place),
            Found::Fault(fault) => Scanned::Fault(fault, self.place),
        }
    }

    fn find(&mut self) -> Found {
        match self.phase {
            Phase::Start => self.begin(),
            Phase::Segments => self.find_segment(),
            Phase::Object(left) => self.find_object(left),
            Phase::Over(fault) => Found::Fault(fault),
        }
    }
}

/// Finding things in the buffer.
impl Scanner {
    fn unread(&self) -> &[u8] {
        self.buffer.get(self.used..).unwrap_or_default()
    }

    /// Leaves behind what was given out last.
    fn step_over(&mut self) {
        let given = std::mem::take(&mut self.given);
        if given == 0 {
            return;
        }
        let is_segment = self.phase == Phase::Segments;
        if let Phase::Object(left) = &mut self.phase {
            *left = left.saturating_sub(given as u64);
            if *left == 0 {
                self.phase = Phase::Segments;
            }
        }
        let ends_line = matches!(self.service.terminator, b'\r' | b'\n');
        if is_segment && !self.look.has_line_ends && !ends_line {
            // A segment on one line, as most are.
            self.after_cr = false;
            self.place.offset += given as u64;
            self.used += given;
        } else {
            self.advance(given);
        }
        self.gap.clear();
        self.look.clear();
    }

    /// Counts bytes and line ends: CR, LF or both.
    fn advance(&mut self, n_bytes: usize) {
        let bytes = self.buffer.get(self.used..self.used + n_bytes).unwrap_or_default();
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(|at| {
            let is_second = match at.checked_sub(1) {
                Some(before) => bytes.get(before) == Some(&b'\r'),
                None => self.after_cr,
            };
            bytes.get(*at) == Some(&b'\r') || !is_second
        });
        let n_ends = u32::try_from(ends.count()).unwrap_or(u32::MAX);
        self.after_cr = bytes.last().map_or(self.after_cr, |byte| *byte == b'\r');
        self.place.line = self.place.line.saturating_add(n_ends);
        self.place.offset += n_bytes as u64;
        self.used += n_bytes;
    }

    /// Reads the service string advice, where there is one.
    fn begin(&mut self) -> Found {
        let bytes = self.unread();
        if bytes.len() < ADVICE_BYTES && !self.finished {
            return Found::Hungry;
        }
        if bytes.starts_with(b"UNA") {
            let Some(advice) = bytes.first_chunk() else {
                return Found::Fault(ScanFault::NotTerminated);
            };
            match Service::of_advice(advice) {
                Ok(service) => self.service = service,
                Err(fault) => return Found::Fault(ScanFault::Advice(fault)),
            }
            self.advised = true;
            self.advance(ADVICE_BYTES);
        } else if bytes.starts_with(&[b'U', b'N', b'B', Service::LEVEL_B.element]) {
            self.service = Service::LEVEL_B;
        }
        self.table = Table::new(&self.service, None);
        self.phase = Phase::Segments;
        self.find_segment()
    }

    fn find_object(&mut self, left: u64) -> Found {
        let here = self.unread().len();
        let n_bytes = usize::try_from(left).map_or(here, |left| left.min(here));
        self.given = n_bytes;
        match n_bytes {
            0 if left == 0 => {
                self.phase = Phase::Segments;
                self.find_segment()
            }
            0 if self.finished => Found::Fault(ScanFault::ObjectCutOff),
            0 => Found::Hungry,
            n_bytes => Found::Object(n_bytes),
        }
    }

    fn find_segment(&mut self) -> Found {
        if self.look.looked == 0 {
            if let Some(found) = self.skip_gap().or_else(|| self.check_tag()) {
                return found;
            }
            self.place.record = self.place.record.saturating_add(1);
        }
        let bytes = self.buffer.get(self.used..).unwrap_or_default();
        let longest = bytes.get(..=SEGMENT_BYTES_MAX).unwrap_or(bytes);
        if self.look.look(longest, &self.table) {
            let len = self.look.looked;
            let broken = |repertoire: Repertoire| repertoire.first_broken(bytes.get(..len)?);
            let broken = self.repertoire.and_then(broken).and_then(|at| u32::try_from(at).ok());
            self.look.wrong = self.look.wrong.into_iter().chain(broken).min();
            self.given = len + 1;
            return Found::Segment(len);
        }
        match self.finished {
            _ if bytes.len() > SEGMENT_BYTES_MAX => Found::Fault(ScanFault::TooLong),
            true => Found::Fault(ScanFault::NotTerminated),
            false => Found::Hungry,
        }
    }

    /// Takes the white space before a segment.
    fn skip_gap(&mut self) -> Option<Found> {
        let is_gap = |byte: &&u8| matches!(byte, b'\r' | b'\n' | b' ' | b'\t');
        let n_bytes = self.unread().iter().take_while(is_gap).count();
        let room = GAP_BYTES_MAX - self.gap.len();
        let taken = n_bytes.min(room);
        if taken > 0 {
            let bytes = self.buffer.get(self.used..self.used + taken);
            self.gap.extend_from_slice(bytes.unwrap_or_default());
            self.advance(taken);
        }
        match self.unread().is_empty() {
            _ if n_bytes > room => Some(Found::Fault(ScanFault::GapTooLong)),
            true if self.finished => Some(Found::End),
            true => Some(Found::Hungry),
            false => None,
        }
    }

    /// A segment begins with three capital letters or digits, the first a letter, and what ends them.
    fn check_tag(&mut self) -> Option<Found> {
        let tag_or_less = self.unread().get(..4).unwrap_or(self.unread());
        let is_tag = tag_or_less.iter().enumerate().all(|(at, byte)| match at {
            0 => byte.is_ascii_uppercase(),
            1 | 2 => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            _ => matches!(self.table.class(*byte), Class::Ends(_)),
        });
        match tag_or_less.len() {
            _ if !is_tag => Some(Found::Fault(ScanFault::NoTag)),
            4 => None,
            _ if self.finished => Some(Found::Fault(ScanFault::NotTerminated)),
            _ => Some(Found::Hungry),
        }
    }
}
