//! A document as a stream: judged in one pass over its bytes, however long it is.

use crate::fault::{Asked, Violation};
use crate::names::{ABSENT, Known, NONE, Names};
use crate::run::{Attribute, LATER, Run, Tag};
use crate::tables::Tables;
use crate::types::Scope;
use sluse_xml::{Event, ReadFault, Reader, Start};
use std::cell::Cell;
use std::io::Read;

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
    spaces: Spaces,
    /// Whether an element began whose place may be asked for.
    begins: bool,
}

impl<'s> Judging<'s> {
    pub(crate) fn new(tables: &'s Tables, asked: Asked) -> Self {
        Self { run: Run::new(tables, asked, None), spaces: Spaces::default(), begins: false }
    }

    /// An element begins.
    #[inline]
    pub fn start(&mut self, start: Start<'_>) {
        self.run.start(&Element { start, spaces: &self.spaces });
        self.begins = self.run.is_entered();
    }

    /// Text, in pieces as the reader gives it.
    #[inline]
    pub fn text(&mut self, text: &str) {
        self.run.text(text, LATER);
    }

    /// An element ends; the reader has just said so.
    #[inline]
    pub fn end<R: Read>(&mut self, reader: &Reader<R>) {
        self.run.end(&Ended(reader));
    }

    /// Takes the places that it needs of the reader's last event: to be called after each.
    #[inline]
    pub fn settle<R: Read>(&mut self, reader: &mut Reader<R>) {
        if std::mem::take(&mut self.begins) || self.run.is_unplaced() {
            self.run.settle(|site| match usize::try_from(site - LATER).unwrap_or(0) {
                0 => reader.place(),
                attribute => reader.place_of(attribute - 1),
            });
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

/// Namespaces met last, by the number of their declaration: most names cost no comparison.
#[derive(Debug, Default)]
struct Spaces([Cell<(u64, u32)>; 16]);

impl Spaces {
    fn number(&self, names: &Names, declaration: Option<u64>, namespace: &str) -> u32 {
        let Some(serial) = declaration else { return ABSENT };
        let slot = usize::try_from(serial % 16).ok().and_then(|at| self.0.get(at));
        let Some(slot) = slot else { return names.namespace(namespace) };
        // A slot that was never used says 0, so serials are kept with one added.
        let (known, number) = slot.get();
        if known == serial + 1 {
            return number;
        }
        let number = names.namespace(namespace);
        slot.set((serial + 1, number));
        number
    }

    fn known(&self, names: &Names, name: (Option<u64>, &str, &str)) -> Known {
        match self.number(names, name.0, name.1) {
            NONE => Known::UNKNOWN,
            namespace => names.known_in(namespace, name.2),
        }
    }
}

/// A start tag of the stream.
#[derive(Debug)]
struct Element<'r, 's> {
    start: Start<'r>,
    spaces: &'s Spaces,
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

    fn site(&self) -> u64 {
        LATER
    }

    fn attributes(&self) -> impl Iterator<Item = Attribute<'_>> {
        let attributes = self.start.attributes().map(|each| each.value);
        (LATER + 1..).zip(attributes).map(|(site, value)| Attribute { value, site })
    }

    fn written(&self, attribute: &Attribute<'_>) -> (&str, &str) {
        self.attribute(attribute).map_or(("", ""), |each| (each.prefix, each.local))
    }

    fn known(&self, names: &Names) -> Known {
        let start = &self.start;
        self.spaces.known(names, (start.declaration(), start.namespace(), start.local()))
    }

    fn known_attribute(&self, names: &Names, each: &Attribute<'_>) -> Known {
        self.attribute(each).map_or(Known::UNKNOWN, |each| {
            self.spaces.known(names, (each.declaration, each.namespace, each.local))
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
