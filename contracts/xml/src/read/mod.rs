//! A document as a stream of events: one pass over its bytes, whatever its size.
//!
//! What a document costs in memory is its depth and its longest piece of markup, never its length. What is
//! well-formed is decided by the same checks as for a tree; one test suite holds both to that.

mod bindings;
mod event;
mod fed;
mod input;
mod known;
#[cfg(test)]
mod tests;
mod usual;
mod window;

pub use event::{Attribute, Event, Position, Start};
pub use fed::Fed;

use crate::build::content::{
    check_comment, check_outside, check_text, forbidden_at, forbidden_in, holds, late_declaration,
    push_lines, split_instruction,
};
use crate::build::elements::split_at;
use crate::build::strip;
use crate::fault::{Fault, FaultKind, XmlFault};
use crate::limits::Limits;
use crate::prolog;
use crate::reference::resolve;
use crate::scan::{self, CDATA, CDATA_END, CDATA_NOT_CLOSED, Kind};
use crate::start;
use bindings::Bindings;
use event::{AttributeAt, NameAt, TagAt};
use known::KnownNames;
use std::{fmt, io::Read, ops::Range};
use window::{Mark, Window};

/// Why a stream cannot be read on.
#[derive(Debug, thiserror::Error)]
pub enum ReadFault {
    /// The document is not as it must be.
    #[error(transparent)]
    Xml(#[from] XmlFault),
    /// Its bytes cannot be had.
    #[error("the document cannot be read on: {0}")]
    Input(#[from] std::io::Error),
}

/// Reads a document piece by piece.
///
/// ```
/// use sluse_xml::{Event, Limits, Reader};
///
/// let mut reader = Reader::new(&b"<a:x xmlns:a='urn:a' n='1'>t</a:x>"[..], None, Limits::default())?;
/// let Event::Start(start) = reader.next_event()? else { unreachable!() };
/// assert_eq!((start.namespace(), start.local()), ("urn:a", "x"));
/// assert_eq!(start.attributes().next().map(|n| n.value), Some("1"));
/// assert!(matches!(reader.next_event()?, Event::Text("t")));
/// assert!(matches!(reader.next_event()?, Event::End));
/// assert!(matches!(reader.next_event()?, Event::Eof));
/// # Ok::<(), sluse_xml::ReadFault>(())
/// ```
pub struct Reader<R> {
    window: Window<R>,
    limits: Limits,
    /// Names of the elements that are open, one behind the other.
    open_names: String,
    open: Vec<Open>,
    bindings: Bindings,
    has_element: bool,
    /// Whether anything but white space was seen.
    has_content: bool,
    /// Whether the element that began is closed in the same tag.
    ends_at_once: bool,
    /// How many bindings are in force outside the element that the last event ended.
    left: Option<usize>,
    /// The element that the last event ended.
    closed: Option<Mark>,
    /// The last start tag.
    tag: TagAt,
    /// Attributes of the tag that is being read.
    written: Vec<crate::usual::Attribute>,
    known: KnownNames,
    /// Text that is not as written.
    buffer: String,
    /// Where the last event began, in the window.
    at: usize,
    /// A CDATA section that goes on, as the fault that it is if it never ends.
    cdata: Option<XmlFault>,
}

/// How much is read at once.
const BLOCK_BYTES: usize = 64 << 10;

/// An element that is open.
#[derive(Debug, Clone, Copy)]
struct Open {
    /// Where its name begins.
    name: usize,
    /// How many bindings were in force around it.
    bindings: usize,
    /// Where its start tag begins.
    begun: Mark,
}

/// What came next, as places.
enum Found {
    Start,
    /// In the window.
    Text(Range<usize>),
    /// In the buffer.
    Buffered,
    End,
    Comment(Range<usize>),
    Instruction(Range<usize>),
    Eof,
}

impl<R> fmt::Debug for Reader<R> {
    /// Never what the document says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reader({} elements open)", self.open.len())
    }
}

impl Reader<Fed> {
    /// A reader whose bytes are fed to it, see [`Fed`]. `charset` is the one that the media type states, if it does.
    pub fn fed(charset: Option<&str>, limits: Limits) -> Self {
        Self::lazy(Fed::default(), charset, limits, BLOCK_BYTES)
    }
}

impl<R: Read> Reader<R> {
    /// Begins to read. `charset` is the one that the media type states, if it does.
    ///
    /// # Errors
    /// Where the input fails, or its encoding is not known.
    pub fn new(input: R, charset: Option<&str>, limits: Limits) -> Result<Self, ReadFault> {
        Self::in_blocks(input, charset, limits, BLOCK_BYTES)
    }

    /// The same, in blocks of so many bytes at least.
    fn in_blocks(
        input: R,
        charset: Option<&str>,
        limits: Limits,
        block_bytes: usize,
    ) -> Result<Self, ReadFault> {
        let mut reader = Self::lazy(input, charset, limits, block_bytes);
        reader.window.fill()?;
        Ok(reader)
    }

    /// The same, nothing read yet.
    fn lazy(input: R, charset: Option<&str>, limits: Limits, block_bytes: usize) -> Self {
        Self {
            window: Window::new(input, charset, block_bytes),
            limits,
            open_names: String::new(),
            open: Vec::new(),
            bindings: Bindings::new(),
            has_element: false,
            has_content: false,
            ends_at_once: false,
            left: None,
            closed: None,
            tag: TagAt::default(),
            written: Vec::new(),
            known: KnownNames::new(),
            buffer: String::new(),
            at: 0,
            cdata: None,
        }
    }

    /// The next event; [`Event::Eof`] again and again at the end.
    ///
    /// # Errors
    /// The first fault, with its place; or the input's.
    pub fn next_event(&mut self) -> Result<Event<'_>, ReadFault> {
        let found = self.find()?;
        Ok(self.event(found))
    }

    /// The next event, as [`Reader::next_event`] gives it, with its place and those of its attributes.
    ///
    /// # Errors
    /// The first fault, with its place; or the input's.
    pub fn next_placed(&mut self) -> Result<(Event<'_>, Position), ReadFault> {
        let found = self.find()?;
        let position = self.position(self.at);
        self.tag.positions.clear();
        for at in 0..self.tag.attributes.len() {
            let begins = self.tag.attributes.get(at).map_or(self.at, |each| each.name.at.start);
            let position = self.position(begins);
            self.tag.positions.push(position);
        }
        Ok((self.event(found), position))
    }

    fn position(&mut self, at: usize) -> Position {
        Position { offset: self.window.offset(at), line: self.window.line(at) }
    }

    /// How many bytes of the message stand before a fault that this reader told. A fault that began before what the
    /// reader still has, such as a CDATA section that never ends, is told from there.
    pub fn offset_of_fault(&self, fault: &XmlFault) -> u64 {
        self.window.offset_of(fault)
    }

    /// What the bytes come from.
    pub fn input_mut(&mut self) -> &mut R {
        self.window.input_mut()
    }

    /// What the reader holds on to, in bytes, besides its input.
    pub fn held_bytes(&self) -> usize {
        self.window.held_bytes() + self.buffer.capacity() + self.open_names.capacity()
    }

    fn event(&self, found: Found) -> Event<'_> {
        let text = self.window.text();
        let piece = |range: Range<usize>| text.get(range).unwrap_or_default();
        match found {
            Found::Start => Event::Start(Start { text, bindings: &self.bindings, tag: &self.tag }),
            Found::Text(range) => Event::Text(piece(range)),
            Found::Buffered => Event::Text(&self.buffer),
            Found::End => Event::End,
            Found::Comment(range) => Event::Comment(piece(range)),
            Found::Instruction(range) => Event::Instruction(piece(range)),
            Found::Eof => Event::Eof,
        }
    }

    /// Line and column, both from 1, of the first character of the last event. An element that ends in
    /// its own start tag ends where it begins; text that comes in several pieces has the place of the first.
    pub fn place(&mut self) -> (u32, u32) {
        if self.window.is_marked() { self.window.marked() } else { self.window.place(self.at) }
    }

    /// Line and column of the first character of an element's start tag, for the element that is open at a
    /// depth: 1 for the document's. One that the last event ended counts as open.
    pub fn place_of_open(&mut self, depth: usize) -> (u32, u32) {
        let open = depth.checked_sub(1).and_then(|at| self.open.get(at)).map(|open| open.begun);
        match open.or(self.closed) {
            Some(begun) => self.window.place_of(begun),
            None => self.place(),
        }
    }

    /// Line and column of the first character of an attribute of the last event.
    pub fn place_of(&mut self, attribute: usize) -> (u32, u32) {
        let at =
            self.tag.attributes.get(attribute).map_or(self.at, |attribute| attribute.name.at.start);
        self.window.place(at)
    }

    /// The namespace that a prefix stands for here; the empty prefix asks for the default one.
    pub fn namespace_for_prefix(&self, prefix: &str) -> Option<&str> {
        let found = self.bindings.find(prefix)?;
        Some(self.bindings.namespace(found)).filter(|namespace| !namespace.is_empty())
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    fn find(&mut self) -> Result<Found, ReadFault> {
        self.tag.attributes.clear();
        if let Some(bindings) = self.left.take() {
            self.bindings.undo(bindings);
        }
        if std::mem::take(&mut self.ends_at_once) {
            self.close();
            return Ok(Found::End);
        }
        loop {
            let found = match self.usual() {
                Some(found) => found,
                None => {
                    let Some((kind, range)) = self.piece()? else { return self.finish() };
                    self.at = range.start;
                    let found = self.take(kind, range.clone());
                    let found = found.map_err(|fault| self.window.fault(fault))?;
                    let Some(found) = found else { continue };
                    found
                }
            };
            // Text goes on until something else comes.
            let is_text = matches!(found, Found::Text(_) | Found::Buffered);
            if !is_text || !self.window.is_marked() {
                self.window.mark(is_text.then_some(self.at));
            }
            return Ok(found);
        }
    }

    /// The next piece, all of it in the window; none at the end.
    fn piece(&mut self) -> Result<Option<(Kind, Range<usize>)>, ReadFault> {
        loop {
            let from = self.window.from();
            let window = scan::Window {
                text: self.window.text(),
                is_last: self.window.is_last(),
                in_prolog: self.open.is_empty() && !self.has_element,
                in_element: !self.open.is_empty(),
                in_cdata: self.cdata.is_some(),
                piece_bytes_max: self.limits.piece_bytes_max,
            };
            let piece = window.piece(from);
            match piece.map_err(|fault| self.unreadable(fault))? {
                Some(piece) => {
                    let range = from..piece.end;
                    self.check_characters(piece.kind, range.clone())?;
                    self.window.take(piece.end)?;
                    return Ok(Some((piece.kind, range)));
                }
                None if self.window.is_last() => {
                    self.window.take(self.window.text().len())?;
                    return Ok(None);
                }
                None => self.fill()?,
            }
        }
    }

    /// Brings in more text. Elements whose start tags the window forgets are given their places first.
    fn fill(&mut self) -> Result<(), ReadFault> {
        if self.window.will_forget() {
            let placed = self.open.iter().rposition(|open| matches!(open.begun, Mark::Before(..)));
            for open in self.open.iter_mut().skip(placed.map_or(0, |at| at + 1)) {
                let (line, column) = self.window.place_of(open.begun);
                open.begun = Mark::Before(line, column);
            }
        }
        self.window.fill()
    }

    /// The fault of a piece that cannot be made out.
    fn unreadable(&mut self, fault: Fault) -> ReadFault {
        let from = self.window.from();
        let begins = self.window.text().get(from..).is_some_and(|rest| rest.starts_with(CDATA));
        if !begins && self.cdata.is_none() {
            return self.window.fault(fault);
        }
        // A section is read before it is known that it never ends.
        match (self.window.forbidden().filter(|_| !self.open.is_empty()), self.cdata) {
            (Some(at), _) => self.window.fault(forbidden_at(at)),
            (None, Some(begun)) => begun.into(),
            (None, None) => self.window.fault(fault),
        }
    }

    /// Refuses a piece with a character that XML does not allow, and for what is at fault before it.
    fn check_characters(&mut self, kind: Kind, range: Range<usize>) -> Result<(), ReadFault> {
        let Some(at) = self.window.forbidden().filter(|at| *at < range.end) else { return Ok(()) };
        let head = self.window.text().get(range.start..at).unwrap_or_default();
        let fault = forbidden_in(kind, head, range.start, self.open.is_empty());
        Err(self.window.fault(fault))
    }

    fn take(&mut self, kind: Kind, range: Range<usize>) -> Result<Option<Found>, Fault> {
        let from = range.start;
        let raw = self.window.text().get(range.clone()).unwrap_or_default();
        if kind != Kind::Text {
            self.has_content = true;
        }
        let inside = |begin: usize, end: usize| from + begin..range.end - end;
        match kind {
            Kind::Start | Kind::Empty => self.start(range, kind == Kind::Empty).map(Some),
            Kind::End => self.end(inside(2, 1), from).map(Some),
            Kind::Text => self.character_data(range),
            Kind::Reference => {
                let c = resolve(strip(raw, "&", ";", from)?, from)?;
                self.buffer.clear();
                self.buffer.push(c);
                self.inside_element(from)?;
                Ok(Some(Found::Buffered))
            }
            Kind::CData { begins, ends } => {
                if begins && !ends {
                    let unclosed = Fault::form(CDATA_NOT_CLOSED, from);
                    self.cdata = Some(self.window.xml_fault(unclosed));
                } else if ends {
                    self.cdata = None;
                }
                let begin = if begins { CDATA.len() } else { 0 };
                let end = if ends { CDATA_END.len() } else { 0 };
                Ok(self.text(inside(begin, end)))
            }
            Kind::Comment => {
                let range = inside("<!--".len(), "-->".len());
                check_comment(self.window.text().get(range.clone()).unwrap_or_default(), from)?;
                Ok(Some(Found::Comment(range)))
            }
            Kind::Instruction => self.instruction(range),
        }
    }

    fn start(&mut self, range: Range<usize>, is_empty: bool) -> Result<Found, Fault> {
        let from = range.start;
        if self.open.is_empty() && self.has_element {
            return Err(Fault::form("a document has one element at its top", from));
        }
        if self.open.len() >= self.limits.depth_max {
            return Err(Fault::new(FaultKind::TooDeep, from));
        }
        let text = self.window.text();
        let inner =
            text.get(from + 1..range.end - if is_empty { 2 } else { 1 }).unwrap_or_default();
        let mut written = Vec::new();
        let name = start::read(inner, from + 1, &self.limits, &mut written)?;
        let bindings = self.bindings.count();
        self.tag.values.clear();
        self.tag.attributes.clear();
        self.bindings.declare(&written, self.limits.piece_bytes_max)?;
        let found = self.bindings.element(name, from + 1)?;
        for attribute in &written {
            let name = self.bindings.attribute(attribute.name, attribute.name_offset);
            let added = name.and_then(|name| {
                let Some(name) = name else { return Ok(()) };
                let (values, offset) = (&mut self.tag.values, attribute.value_offset);
                let from = values.len();
                let added = start::push_value(attribute.value, offset, values);
                let value = from..values.len();
                self.tag.attributes.push(AttributeAt { name, value, as_written: false });
                added
            });
            if let Err(fault) = added {
                // An attribute that is there twice is told before what stands behind it.
                event::check_unique(text, &self.bindings, &self.tag.attributes)?;
                return Err(fault);
            }
        }
        event::check_unique(text, &self.bindings, &self.tag.attributes)?;
        self.tag.name = found;
        self.open(from, is_empty, bindings);
        Ok(Found::Start)
    }

    /// Opens the element of the tag that was read, which begins at `from`; so many bindings were in force around it.
    fn open(&mut self, from: usize, is_empty: bool, bindings: usize) {
        self.tag.around = bindings;
        let open = Open { name: self.open_names.len(), bindings, begun: Mark::At(from) };
        let name = self.window.text().get(self.tag.name.at.clone()).unwrap_or_default();
        self.open_names.push_str(name);
        self.open.push(open);
        self.has_element = true;
        self.ends_at_once = is_empty;
    }

    fn end(&mut self, range: Range<usize>, from: usize) -> Result<Found, Fault> {
        let Some(open) = self.open.last() else {
            return Err(Fault::form("an end tag stands where no element is open", from));
        };
        let name = self.window.text().get(range).unwrap_or_default();
        let name = name.trim_end_matches([' ', '\t', '\n', '\r']);
        if self.open_names.get(open.name..) != Some(name) {
            return Err(Fault::form("an end tag does not close the element that is open", from));
        }
        self.close();
        Ok(Found::End)
    }

    fn close(&mut self) {
        if let Some(open) = self.open.pop() {
            self.open_names.truncate(open.name);
            // Whoever is told of the end may still ask what its prefixes stand for, and where it began.
            self.left = Some(open.bindings);
            self.closed = Some(open.begun);
        }
    }

    fn character_data(&mut self, range: Range<usize>) -> Result<Option<Found>, Fault> {
        let raw = self.window.text().get(range.clone()).unwrap_or_default();
        if self.open.is_empty() {
            return check_outside(raw, range.start).map(|()| None);
        }
        check_text(raw, range.start)?;
        Ok(self.text(range))
    }

    /// Text as it is read; nothing where there is none.
    fn text(&mut self, range: Range<usize>) -> Option<Found> {
        let raw = self.window.text().get(range.clone()).unwrap_or_default();
        if raw.is_empty() {
            return None;
        }
        if !holds(raw.as_bytes(), b'\r') {
            return Some(Found::Text(range));
        }
        self.buffer.clear();
        push_lines(raw, &mut self.buffer);
        Some(Found::Buffered)
    }

    fn inside_element(&self, from: usize) -> Result<(), Fault> {
        if self.open.is_empty() {
            return Err(Fault::form("text stands outside the element", from));
        }
        Ok(())
    }

    fn instruction(&mut self, range: Range<usize>) -> Result<Option<Found>, Fault> {
        let raw = self.window.text().get(range.clone()).unwrap_or_default();
        if prolog::begins(raw) {
            if self.window.is_beginning(range.start) {
                return prolog::read(raw).map(|_| None);
            }
            return Err(late_declaration(range.start));
        }
        split_instruction(raw, range.start, &self.limits)?;
        Ok(Some(Found::Instruction(range.start + 2..range.end - 2)))
    }

    fn finish(&mut self) -> Result<Found, ReadFault> {
        let end = self.window.text().len();
        self.at = end;
        let fault = if !self.has_content {
            return Err(XmlFault { kind: FaultKind::Empty, line: 1, column: 1, offset: 0 }.into());
        } else if !self.open.is_empty() {
            Fault::form("an element is not closed", end)
        } else if !self.has_element {
            Fault::form("there is no element", end)
        } else {
            return Ok(Found::Eof);
        };
        Err(self.window.fault(fault))
    }
}

/// Prefix and local name of a name at an offset of the window.
fn name_at(name: &str, offset: usize) -> Result<(&str, NameAt), Fault> {
    let (prefix, _) = split_at(name, offset)?;
    let local = if prefix.is_empty() { offset } else { offset + prefix.len() + 1 };
    Ok((prefix, NameAt { at: offset..offset + name.len(), local, binding: None, number: None }))
}
