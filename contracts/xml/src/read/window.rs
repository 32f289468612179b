//! The part of a document's text that is looked at: as short as its longest piece of markup allows.

use super::{ReadFault, input::Input};
use crate::build::content::forbidden_at;
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
    /// Bytes of the message before the window, its byte order mark left out.
    before_bytes: u64,
    /// A place that is known: its offset in the window, its line, and the characters before it in that line.
    known: (usize, u32, u32),
    /// The same without the characters: lines alone are asked for again and again.
    known_line: (usize, u32),
    /// A place that is known: its offset in the window, and the bytes of the message before it.
    known_bytes: (usize, u64),
    /// The line that the window begins in, and the characters before it in that line.
    start: (u32, u32),
    /// A place to come back to.
    mark: Option<Mark>,
    /// Where bytes follow that are no text.
    broken: Option<u64>,
    /// What is taken is forgotten once it is so long, and as much is read at once at least.
    block_bytes: usize,
    has_begun: bool,
}

/// A place that was marked, whether the window still has it or not.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mark {
    /// In the window.
    At(usize),
    /// Line and column, both from 1.
    Before(u32, u32),
}

/// Largest block that is read at once.
const BLOCK_BYTES_MAX: usize = 4 << 20;

impl<R: Read> Window<R> {
    pub(super) fn new(input: R, charset: Option<&str>, block_bytes: usize) -> Self {
        Self {
            input: Input::new(input, charset),
            text: String::new(),
            from: 0,
            forbidden: None,
            before: 0,
            before_bytes: 0,
            known: (0, 1, 0),
            known_line: (0, 1),
            known_bytes: (0, 0),
            start: (1, 0),
            mark: None,
            broken: None,
            block_bytes,
            has_begun: false,
        }
    }

    pub(super) fn input_mut(&mut self) -> &mut R {
        self.input.input_mut()
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.input.held_bytes() + self.text.capacity()
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
        self.broken.is_none() && self.input.is_at_end()
    }

    /// Whether an offset is that of the first character of all.
    pub(super) fn is_beginning(&self, at: usize) -> bool {
        self.before == 0 && at == 0
    }

    /// Takes the text up to `to`.
    pub(super) fn take(&mut self, to: usize) -> Result<(), ReadFault> {
        if let Some(at) = self.forbidden.filter(|at| *at < to) {
            return Err(self.fault(forbidden_at(at)));
        }
        self.from = to;
        Ok(())
    }

    /// Takes the text up to `to`, in which nothing is that XML does not allow.
    pub(super) fn advance(&mut self, to: usize) {
        self.from = to;
    }

    /// Whether bringing in more text forgets what is taken.
    pub(super) fn will_forget(&self) -> bool {
        self.from >= self.block_bytes
    }

    /// The first character that XML does not allow, as far as it is known.
    pub(super) fn forbidden(&self) -> Option<usize> {
        self.forbidden
    }

    /// Brings in more text. Offsets in the window change.
    pub(super) fn fill(&mut self) -> Result<(), ReadFault> {
        if let Some(offset) = self.broken {
            let (line, column) = self.place(self.text.len());
            return Err(XmlFault { kind: FaultKind::Encoding, line, column, offset }.into());
        }
        if self.will_forget() {
            self.forget();
        }
        let old = self.text.len();
        // As much again as there is: a long piece is looked through a few times, not once for each block.
        let wanted = (old - self.from).clamp(self.block_bytes, BLOCK_BYTES_MAX);
        // Text before bytes that are none is read first: it may be at fault itself.
        self.broken = self.input.read(wanted, &mut self.text)?;
        if self.forbidden.is_none() {
            let new = self.text.get(old..).unwrap_or_default();
            self.forbidden = first_forbidden(new).map(|at| old + at);
        }
        if !std::mem::replace(&mut self.has_begun, true) && self.text.starts_with('\u{FEFF}') {
            let sentence = "a byte order mark may stand once, at the beginning";
            return Err(self.fault(Fault::form(sentence, 0)));
        }
        Ok(())
    }

    fn forget(&mut self) {
        if self.mark.is_some() {
            let (line, column) = self.marked();
            self.mark = Some(Mark::Before(line, column));
        }
        let (line, column) = self.place(self.from);
        self.start = (line, column.saturating_sub(1));
        self.known = (0, self.start.0, self.start.1);
        self.known_line = (0, self.start.0);
        self.before += self.from as u64;
        self.before_bytes = self.bytes_before(self.from);
        self.known_bytes = (0, self.before_bytes);
        self.forbidden = self.forbidden.map(|at| at.saturating_sub(self.from));
        self.text.drain(..self.from);
        self.from = 0;
    }

    /// Marks an offset, or nothing.
    pub(super) fn mark(&mut self, at: Option<usize>) {
        self.mark = at.map(Mark::At);
    }

    pub(super) fn is_marked(&self) -> bool {
        self.mark.is_some()
    }

    /// Line and column, both from 1, of what is marked.
    pub(super) fn marked(&mut self) -> (u32, u32) {
        self.place_of(self.mark.unwrap_or(Mark::At(self.from)))
    }

    /// Line and column, both from 1, of a place that was kept.
    pub(super) fn place_of(&mut self, mark: Mark) -> (u32, u32) {
        match mark {
            Mark::At(at) => self.place(at),
            Mark::Before(line, column) => (line, column),
        }
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

    /// The line of an offset, from 1.
    pub(super) fn line(&mut self, at: usize) -> u32 {
        let (from, line) = self.known_line;
        let Some(between) = self.text.as_bytes().get(from..at) else { return self.place(at).0 };
        // What stands between two events is short, and seldom has a line end.
        let ends = |byte: u8| byte == b'\n' || byte == b'\r';
        let has_ends = between.iter().fold(false, |any, byte| any | ends(*byte));
        let n_lines = if has_ends { line_starts(between).count() } else { 0 };
        let line = line.saturating_add(u32::try_from(n_lines).unwrap_or(u32::MAX));
        self.known_line = (at, line);
        line
    }

    /// Bytes of the message before an offset in the window.
    pub(super) fn offset(&mut self, at: usize) -> u64 {
        self.known_bytes = (at, self.bytes_before(at));
        self.input.mark() + self.known_bytes.1
    }

    /// Bytes of the message before a fault; before the window where the fault stands before it.
    pub(super) fn offset_of(&self, fault: &XmlFault) -> u64 {
        if matches!(fault.kind, FaultKind::Encoding | FaultKind::EncodingUnknown) {
            return fault.offset;
        }
        let at = usize::try_from(fault.offset.saturating_sub(self.before)).unwrap_or(0);
        self.input.mark() + self.bytes_before(at)
    }

    /// The same, the byte order mark left out.
    fn bytes_before(&self, at: usize) -> u64 {
        let known = Some(self.known_bytes).filter(|known| known.0 <= at);
        let (from, before) = known.unwrap_or((0, self.before_bytes));
        before + self.input.bytes_of(self.text.get(from..at).unwrap_or_default())
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
        // What stands before the window may belong to its first line.
        let start = line_starts(head.as_bytes()).last();
        let before = if start.is_none() { self.start.1 } else { 0 };
        let characters = head.get(start.unwrap_or(0)..).unwrap_or_default().chars().count();
        let characters = u32::try_from(characters).unwrap_or(u32::MAX);
        (at, self.known.1.saturating_sub(lines), before.saturating_add(characters))
    }

    /// A fault with its place.
    pub(super) fn fault(&mut self, fault: Fault) -> ReadFault {
        self.xml_fault(fault).into()
    }

    /// The same, not yet one of reading.
    pub(super) fn xml_fault(&mut self, fault: Fault) -> XmlFault {
        let (line, column) = self.place(fault.offset);
        let offset = self.before + fault.offset as u64;
        XmlFault { kind: fault.kind, line, column, offset }
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
