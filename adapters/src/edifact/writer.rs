//! Writing an interchange: trees to messages, with the counts and references of trailers made.
//!
//! A tree is as a reader gives it: `UNB`, perhaps `UNG`, then the message. Groups and segments are written in the order
//! of the grammar, whatever their order in the tree; a node that the grammar has no place for is a fault, so nothing is
//! lost unseen.

mod fields;
mod message;

use super::{
    grammar::Grammar,
    manner::{Manner, Written},
    repertoire::Repertoire,
    service::Service,
};
use crate::{
    fault::{Fault, Numbered},
    layout::UnitWriter,
    tree::{NameId, NodeId, Place, Tree},
};
use sluse_contracts::{Code, code};
use std::{borrow::Cow, fmt, sync::Arc};

/// How interchanges are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteOptions {
    /// Whether the service characters are stated.
    pub advises: bool,
    /// What stands after each segment.
    pub line_end: &'static [u8],
    /// Whether trailers are made; else those of messages are written as the tree has them.
    pub makes_trailers: bool,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self { advises: true, line_end: b"", makes_trailers: true }
    }
}

/// Writes one interchange.
pub struct EdifactWriter {
    grammar: Arc<Grammar>,
    options: WriteOptions,
    service: Service,
    repertoire: Repertoire,
    begun: Option<Begun>,
    n_messages: u64,
    n_objects: u64,
    n_groups: u64,
    group: Option<Group>,
    /// Whether the service characters are those that an interchange was read with.
    is_as_read: bool,
}

/// An interchange that has begun.
#[derive(Clone)]
struct Begun {
    header: Vec<u8>,
    reference: String,
    counts_objects: bool,
}

/// A group of messages that has begun.
#[derive(Clone)]
struct Group {
    header: Vec<u8>,
    reference: String,
    n_messages: u64,
}

/// The segments of a unit, in order, before they are put out.
type Segments = Vec<Segment>;

/// A segment that is written but for its terminator, or the bytes of an object.
enum Segment {
    Written(Vec<u8>),
    Object(Vec<u8>),
}

impl EdifactWriter {
    /// A writer for one interchange.
    pub fn new(grammar: Arc<Grammar>, options: WriteOptions) -> Self {
        Self {
            grammar,
            options,
            service: Service::USUAL,
            repertoire: Repertoire::Latin1,
            begun: None,
            n_messages: 0,
            n_objects: 0,
            n_groups: 0,
            group: None,
            is_as_read: false,
        }
    }

    /// Writes a unit in the manner that one was read in, as far as what it says is the same.
    ///
    /// # Errors
    /// As [`UnitWriter::write`].
    pub fn write_as(
        &mut self,
        unit: &Tree,
        manner: &Manner,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        if let Some((service, advises)) = manner.service {
            self.service = service;
            self.options = WriteOptions { advises, line_end: b"", ..self.options };
            self.is_as_read = true;
        }
        let segments = self.unit(unit)?;
        self.put(&segments, Some(manner), out);
        Ok(())
    }

    /// Writes what stands after the last unit, in the manner that it was read in. With trailers that are not made, that
    /// of the interchange is as it was.
    ///
    /// # Errors
    /// As [`UnitWriter::finish`].
    pub fn finish_as(&mut self, manner: &Manner, out: &mut Vec<u8>) -> Result<(), Fault> {
        let mut segments = self.trailers()?;
        if let (false, Some(trailer)) = (self.options.makes_trailers, &manner.trailer) {
            segments.pop();
            segments.push(Segment::Written(trailer.clone()));
        }
        self.put(&segments, Some(manner), out);
        out.extend_from_slice(&manner.tail);
        Ok(())
    }

    /// Puts out segments, with what stands between them.
    fn put(&self, segments: &[Segment], manner: Option<&Manner>, out: &mut Vec<u8>) {
        let mut manners = manner.map(|manner| manner.segments.iter());
        for segment in segments {
            let bytes = match segment {
                Segment::Object(bytes) => {
                    out.extend_from_slice(bytes);
                    continue;
                }
                Segment::Written(bytes) => bytes,
            };
            let manner = manners.as_mut().and_then(Iterator::next);
            out.extend_from_slice(manner.map_or(&[][..], |manner| &manner.gap));
            let irregular = manner.and_then(|manner| manner.irregular.as_ref());
            match irregular {
                Some((regular, irregular)) if regular == bytes => out.extend_from_slice(irregular),
                _ => out.extend_from_slice(bytes),
            }
            out.push(self.service.terminator);
            if manners.is_none() {
                out.extend_from_slice(self.options.line_end);
            }
        }
    }

    /// The segments of a unit; where it has a fault, the writer is as it was before.
    fn unit(&mut self, unit: &Tree) -> Result<Segments, Fault> {
        let before = (self.begun.clone(), self.group.clone(), self.n_groups, self.service);
        let segments = self.segments(unit);
        if segments.is_err() {
            (self.begun, self.group, self.n_groups, self.service) = before;
        }
        segments
    }

    fn trailers(&mut self) -> Result<Segments, Fault> {
        let Some(begun) = &self.begun else {
            let sentence = "an interchange has a message at least";
            return Err(fault(code::ENVELOPE_MISSING, sentence, Place::default()));
        };
        let (reference, counts_objects) = (begun.reference.clone(), begun.counts_objects);
        let mut segments: Segments = self.end_group().into_iter().collect();
        let n_objects = if counts_objects { self.n_objects } else { 0 };
        let count = if self.n_groups > 0 { self.n_groups } else { self.n_messages + n_objects };
        segments.push(self.trailer(b"UNZ", count, &reference));
        Ok(segments)
    }

    fn end_group(&mut self) -> Option<Segment> {
        let group = self.group.take()?;
        Some(self.trailer(b"UNE", group.n_messages, &group.reference))
    }

    fn trailer(&self, tag: &[u8], count: u64, reference: &str) -> Segment {
        let mut written = Written::new(tag, &self.service);
        written.element(false);
        written.plain(count.to_string().as_bytes());
        written.element(false);
        // The header was written with it, so that the repertoire has its characters.
        match self.repertoire {
            Repertoire::Utf8 => reference.bytes().for_each(|byte| written.byte(byte)),
            _ => reference
                .chars()
                .filter_map(|character| u8::try_from(character).ok())
                .for_each(|byte| written.byte(byte)),
        }
        Segment::Written(written.bytes)
    }
}

impl UnitWriter for EdifactWriter {
    fn write(&mut self, unit: &Tree, out: &mut Vec<u8>) -> Result<(), Fault> {
        let segments = self.unit(unit)?;
        self.put(&segments, None, out);
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        let segments = self.trailers()?;
        self.put(&segments, None, out);
        Ok(())
    }
}

impl fmt::Debug for EdifactWriter {
    /// How far it has come; nothing of what it wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EdifactWriter({} messages)", self.n_messages)
    }
}

/// A fault of a node, in words.
fn fault(code: Code, sentence: impl Into<Cow<'static, str>>, place: Place) -> Fault {
    Fault::new(code, sentence, place).counted_in(Numbered::Segment)
}

/// The value below a node, through names of the directory.
fn text_at(tree: &Tree, node: NodeId, names: &[NameId]) -> String {
    let found = names.iter().try_fold(node, |node, name| tree.child(node, *name));
    found.and_then(|node| tree.value(node)).unwrap_or_default().to_owned()
}
