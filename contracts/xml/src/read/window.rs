//! The part of a document's text that is looked at: as short as its longest piece of markup allows.

use super::{ReadFault, input::Input};
use crate::fault::{Fault, FaultKind, XmlFault};
use crate::names::first_forbidden;
use crate::place::line_starts;
use std::io::Read;

/// A part of a text, and where it stands in it.
pub(super) struct Window<R> {
    input: Input<R>,
    text: String,
    /// Up to where it is taken.
    from: usize,
    /// The first character that XML does not allow, where there is one.
    forbidden: Option<usize>,
    /// Bytes of text before the window.
    before: u64,
    /// A place that is known: its offset in the window, its line, and the characters before it in that line.
    known: (usize, u32, u32),
    mark: Mark,
    bytes_max: usize,
}

/// A place that may be asked for after more was taken.
#[derive(Clone, Copy)]
enum Mark {
    /// Still in the window, at this offset.
    Offset(usize),
    /// Forgotten: its line and column.
    Place(u32, u32),
}

/// What is taken is forgotten once it is so long.
const TAKEN_BYTES_MAX: usize = 64 << 10;
/// Largest block that is read at once.
const BLOCK_BYTES_MAX: usize = 4 << 20;

impl<R: Read> Window<R> {
    pub(super) fn new(
        input: R,
        charset: Option<&str>,
        bytes_max: usize,
    ) -> Result<Self, ReadFault> {
        let input = Input::new(input, charset)?;
        let mut window = Self {
            input,
            text: String::new(),
            from: 0,
            forbidden: None,
            before: 0,
            known: (0, 1, 0),
            mark: Mark::Offset(0),
            bytes_max,
        };
        window.fill()?;
        if window.text.starts_with('\u{FEFF}') {
            let sentence = "a byte order mark may stand once, at the beginning";
            return Err(window.fault(Fault::form(sentence, 0)));
        }
        Ok(window)
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Up to where it is taken.
    pub(super) fn from(&self) -> usize {
        self.from
    }

    /// Whether the text ends where the window does.
    pub(super) fn is_last(&self) -> bool {
        self.input.is_at_end()
    }

    /// Whether an offset is that of the first character of all.
    pub(super) fn is_beginning(&self, at: usize) -> bool {
        self.before == 0 && at == 0
    }

    /// Takes the text up to `to`.
    pub(super) fn take(&mut self, to: usize) -> Result<(), ReadFault> {
        if let Some(at) = self.forbidden.filter(|at| *at < to) {
            let sentence = "a character stands here that XML does not allow";
            return Err(self.fault(Fault::form(sentence, at)));
        }
        self.from = to;
        Ok(())
    }

    /// Brings in more text. Offsets in the window change.
    pub(super) fn fill(&mut self) -> Result<(), ReadFault> {
        if self.from >= TAKEN_BYTES_MAX {
            self.forget();
        }
        if self.text.len() - self.from > self.bytes_max {
            return Err(self.fault(Fault::new(FaultKind::PieceTooLong, self.from)));
        }
        let old = self.text.len();
        // As much again as there is: a long piece is looked through a few times, not once for each block.
        let wanted = (old - self.from).clamp(TAKEN_BYTES_MAX, BLOCK_BYTES_MAX);
        let broken = self.input.read(wanted, &mut self.text)?;
        if self.forbidden.is_none() {
            let new = self.text.get(old..).unwrap_or_default();
            self.forbidden = first_forbidden(new).map(|at| old + at);
        }
        match broken {
            None => Ok(()),
            Some(offset) => {
                let (line, column) = self.place(self.text.len());
                Err(XmlFault { kind: FaultKind::Encoding, line, column, offset }.into())
            }
        }
    }

    /// Keeps an offset in mind, in place of the one before.
    pub(super) fn mark(&mut self, at: usize) {
        self.mark = Mark::Offset(at);
    }

    /// Line and column, both from 1, of the offset that is kept in mind.
    pub(super) fn marked_place(&mut self) -> (u32, u32) {
        match self.mark {
            Mark::Offset(at) => self.place(at),
            Mark::Place(line, column) => (line, column),
        }
    }

    fn forget(&mut self) {
        if matches!(self.mark, Mark::Offset(at) if at < self.from) {
            let (line, column) = self.marked_place();
            self.mark = Mark::Place(line, column);
        }
        let known = self.reach(self.from);
        self.known = (0, known.1, known.2);
        self.before += self.from as u64;
        if let Mark::Offset(at) = &mut self.mark {
            *at -= self.from;
        }
        self.forbidden = self.forbidden.map(|at| at.saturating_sub(self.from));
        self.text.drain(..self.from);
        self.from = 0;
    }

    /// Line and column, both from 1, of an offset.
    pub(super) fn place(&mut self, at: usize) -> (u32, u32) {
        if at >= self.known.0 {
            self.known = self.reach(at);
            return (self.known.1, self.known.2.saturating_add(1));
        }
        let (_, line, before) = self.reach_back(at);
        (line, before.saturating_add(1))
    }

    /// Counts on from the place that is known.
    fn reach(&self, at: usize) -> (usize, u32, u32) {
        let (from, line, column) = self.known;
        count(&self.text, (from, line, column), at)
    }

    /// Counts from the window's first line start before an offset; its line is told from what is known.
    fn reach_back(&self, at: usize) -> (usize, u32, u32) {
        let between = self.text.get(at..self.known.0).unwrap_or_default();
        let lines = u32::try_from(line_starts(between.as_bytes()).count()).unwrap_or(u32::MAX);
        let head = self.text.get(..at).unwrap_or_default();
        let start = line_starts(head.as_bytes()).last().unwrap_or(0);
        let characters = head.get(start..).unwrap_or_default().chars().count();
        (at, self.known.1.saturating_sub(lines), u32::try_from(characters).unwrap_or(u32::MAX))
    }

    /// A fault with its place.
    pub(super) fn fault(&mut self, fault: Fault) -> ReadFault {
        let (line, column) = self.place(fault.offset);
        let offset = self.before + fault.offset as u64;
        XmlFault { kind: fault.kind, line, column, offset }.into()
    }
}

fn count(text: &str, known: (usize, u32, u32), at: usize) -> (usize, u32, u32) {
    let (from, mut line, mut column) = known;
    let between = text.get(from..at).unwrap_or_default();
    let mut start = 0;
    for next in line_starts(between.as_bytes()) {
        line = line.saturating_add(1);
        (start, column) = (next, 0);
    }
    let characters = between.get(start..).unwrap_or_default().chars().count();
    (at, line, column.saturating_add(u32::try_from(characters).unwrap_or(u32::MAX)))
}
