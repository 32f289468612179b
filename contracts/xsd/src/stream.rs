//! A document as a stream: judged in one pass over its bytes, however long it is.

use crate::fault::{Asked, Violation};
use crate::names::{Known, NONE, Names};
use crate::run::{Attribute, LATER, OPEN, Run, Tag};
use crate::tables::Tables;
use crate::types::Scope;
use sluse_xml::{Event, ReadFault, Reader, Start};
use std::{cell::Cell, fmt, io::Read};

/// Judges a document while it is read.
pub(crate) fn judge<R: Read>(
    tables: &Tables,
    reader: &mut Reader<R>,
    asked: Asked,
) -> Result<Vec<Violation>, ReadFault> {
    let mut judging = Judging::new(tables, asked);
    loop {
        match reader.next_event()? {
            Event::Start(start) => judging.start(start),
            Event::Text(text) => judging.text(text),
            Event::End => judging.end(reader),
            Event::Comment(_) | Event::Instruction(_) => {}
            Event::Eof => return Ok(judging.finish()),
        }
        judging.settle(reader);
        if judging.is_full() {
            return Ok(judging.finish());
        }
    }
}

/// A document that is judged while somebody else reads it: what the reader meets is pushed in.
#[derive(Debug)]
pub struct Judging<'s> {
    run: Run<'s>,
    known: KnownNames,
    /// How many elements are open.
    depth: u64,
}

impl<'s> Judging<'s> {
    pub(crate) fn new(tables: &'s Tables, asked: Asked) -> Self {
        Self { run: Run::new(tables, asked, None), known: KnownNames::default(), depth: 0 }
    }

    /// An element begins.
    #[inline]
    pub fn start(&mut self, start: Start<'_>) {
        self.depth += 1;
        self.run.start(&Element { start, depth: self.depth, known: &self.known });
    }

    /// Text, in pieces as the reader gives it.
    #[inline]
    pub fn text(&mut self, text: &str) {
        self.run.text(text, LATER);
    }

    /// An element ends; the reader has just said so.
    #[inline]
    pub fn end<R: Read>(&mut self, reader: &Reader<R>) {
        self.depth = self.depth.saturating_sub(1);
        self.run.end(&Ended(reader));
    }

    /// Takes the places that it needs of the reader's last event: to be called after each.
    #[inline]
    pub fn settle<R: Read>(&mut self, reader: &mut Reader<R>) {
        if self.run.is_unplaced() {
            self.run.settle(|site| place(reader, site));
        }
    }

    /// Whether as many violations were found as were asked for: more will not be told.
    pub fn is_full(&self) -> bool {
        self.run.is_full()
    }

    /// The end of the document: all violations.
    pub fn finish(self) -> Vec<Violation> {
        self.run.finish()
    }
}

/// Line and column of a site of the event that is over.
fn place<R: Read>(reader: &mut Reader<R>, site: u64) -> (u32, u32) {
    let number = |from: u64| site.checked_sub(from).and_then(|at| usize::try_from(at).ok());
    match (number(OPEN), number(LATER + 1)) {
        (Some(depth), _) => reader.place_of_open(depth),
        (None, Some(attribute)) => reader.place_of(attribute),
        (None, None) => reader.place(),
    }
}

/// Names met last, by the numbers that the reader remembers them by: most names cost no comparison.
struct KnownNames {
    names: [Cell<(u64, Known)>; 256],
    /// The namespaces of elements met last, by the numbers of their declarations.
    spaces: [Cell<(u64, u32)>; 16],
}

impl Default for KnownNames {
    fn default() -> Self {
        // The reader gives no name the number 0; numbers of declarations are kept with one added.
        Self {
            names: [const { Cell::new((0, Known::UNKNOWN)) }; 256],
            spaces: [const { Cell::new((0, NONE)) }; 16],
        }
    }
}

impl fmt::Debug for KnownNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownNames")
    }
}

impl KnownNames {
    /// A name by its number, where it has one, or as it is looked up.
    fn get(&self, number: Option<u64>, look_up: impl FnOnce() -> Known) -> Known {
        let slot = number.and_then(|number| self.names.get(usize::try_from(number % 256).ok()?));
        let (Some(slot), Some(number)) = (slot, number) else { return look_up() };
        let (kept, known) = slot.get();
        if kept == number {
            return known;
        }
        let known = look_up();
        slot.set((number, known));
        known
    }

    fn element(&self, names: &Names, start: &Start<'_>) -> Known {
        self.get(start.number(), || {
            match self.namespace(names, start.declaration(), start.namespace()) {
                NONE => Known::UNKNOWN,
                namespace => names.known_in(namespace, start.local()),
            }
        })
    }

    fn namespace(&self, names: &Names, declaration: Option<u64>, namespace: &str) -> u32 {
        let serial = declaration.unwrap_or(u64::MAX - 1) + 1;
        let slot = usize::try_from(serial % 16).ok().and_then(|at| self.spaces.get(at));
        let Some(slot) = slot else { return names.namespace(namespace) };
        let (kept, number) = slot.get();
        if kept == serial {
            return number;
        }
        let number = names.namespace(namespace);
        slot.set((serial, number));
        number
    }
}

/// A start tag of the stream.
#[derive(Debug)]
struct Element<'r, 's> {
    start: Start<'r>,
    depth: u64,
    known: &'s KnownNames,
}

impl<'r> Element<'r, '_> {
    fn attribute(&self, attribute: &Attribute<'_>) -> Option<sluse_xml::Attribute<'r>> {
        let at = attribute.site.checked_sub(LATER + 1)?;
        self.start.attribute(usize::try_from(at).ok()?)
    }
}

impl Scope for Element<'_, '_> {
    fn namespace(&self, prefix: &str) -> Option<&str> {
        self.start.namespace_for_prefix(prefix)
    }
}

impl Tag for Element<'_, '_> {
    fn prefix(&self) -> &str {
        self.start.prefix()
    }

    fn local(&self) -> &str {
        self.start.local()
    }

    fn namespace_name(&self) -> &str {
        self.start.namespace()
    }

    fn push_name(&self, text: &mut String) {
        text.push_str(self.start.written());
    }

    fn redeclares(&self) -> Option<&str> {
        self.start.redeclares()
    }

    fn site(&self) -> u64 {
        OPEN + self.depth
    }

    fn attributes(&self) -> impl Iterator<Item = Attribute<'_>> {
        let attributes = self.start.attributes().map(|each| each.value);
        (LATER + 1..).zip(attributes).map(|(site, value)| Attribute { value, site })
    }

    fn written(&self, attribute: &Attribute<'_>) -> (&str, &str) {
        self.attribute(attribute).map_or(("", ""), |each| (each.prefix, each.local))
    }

    fn known(&self, names: &Names) -> Known {
        self.known.element(names, &self.start)
    }

    fn known_attribute(&self, names: &Names, each: &Attribute<'_>) -> Known {
        self.attribute(each).map_or(Known::UNKNOWN, |each| {
            self.known.get(each.number, || names.known(each.namespace, each.local))
        })
    }
}

/// What prefixes stand for in the element that has ended.
struct Ended<'r, R>(&'r Reader<R>);

impl<R: Read> Scope for Ended<'_, R> {
    fn namespace(&self, prefix: &str) -> Option<&str> {
        self.0.namespace_for_prefix(prefix)
    }
}
