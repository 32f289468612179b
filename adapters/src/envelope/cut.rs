//! Finding the document in an envelope, and cutting it out.

use super::Envelope;
use crate::{fault::Fault, tree::Place};
use sluse_contracts::{code, payload, payload::Limits};
use sluse_xml::{Event, Position, ReadFault, Reader, Start};
use std::{collections::BTreeMap, ops::Range};

/// What an envelope is made of.
#[derive(Debug)]
pub(super) struct Cut {
    /// The envelope without the document.
    pub(super) header: Vec<u8>,
    /// The document, with the declarations that it needs of the envelope; nothing where the envelope is empty.
    pub(super) payload: Option<Vec<u8>>,
    /// Where the document stood.
    pub(super) place: Place,
}

/// What is known of the document while it is looked for.
#[derive(Default)]
struct Found {
    /// The document, with comments and instructions right before and behind its element.
    range: Option<Range<usize>>,
    /// Where its element begins, and on which line.
    element: usize,
    line: u32,
    /// Where comments and instructions began that stand right before what comes.
    lead: Option<usize>,
    /// Prefixes that the document uses, with what they stand for around it.
    needed: BTreeMap<String, String>,
    depth: usize,
    is_open: bool,
    /// Whether the last event was of the document, so that it ends where the next one begins.
    is_last: bool,
}

/// Cuts a message of UTF-8.
///
/// # Errors
/// Where it is not well-formed, or holds several documents.
pub(super) fn cut(envelope: &Envelope, bytes: &[u8], limits: &Limits) -> Result<Cut, Fault> {
    let found = find(envelope, bytes, limits)?;
    let Found { range, element, line, needed, .. } = found;
    let Some(range) = range else {
        return Ok(Cut { header: bytes.to_vec(), payload: None, place: Place::default() });
    };
    let piece = |range: Range<usize>| bytes.get(range).unwrap_or_default();
    let (before, after) = (piece(0..range.start), piece(range.end..bytes.len()));
    let place = Place { offset: range.start as u64, line, record: 0 };
    let lead = piece(range.start..element);
    let payload = [lead, &with_declarations(piece(element..range.end), &needed)].concat();
    Ok(Cut { header: [before, after].concat(), payload: Some(payload), place })
}

fn find(envelope: &Envelope, bytes: &[u8], limits: &Limits) -> Result<Found, Fault> {
    let mut found = Found::default();
    let broken = |fault: ReadFault| match fault {
        ReadFault::Xml(fault) => {
            let place = Place { offset: fault.offset, line: fault.line, record: 0 };
            let told = payload::xml_violation(fault);
            Fault::new(told.code, told.message, place).of_message()
        }
        // Bytes in memory can always be had.
        ReadFault::Input(_) => {
            Fault::new(code::EMPTY_MESSAGE, "the message is empty", Place::default()).of_message()
        }
    };
    let xml_limits = payload::xml_limits(limits);
    let mut reader = Reader::new(bytes, Some("utf-8"), xml_limits).map_err(broken)?;
    let mut outer: Vec<(String, String)> = Vec::new();
    loop {
        let (event, position) = reader.next_placed().map_err(broken)?;
        found.ends_before(position);
        match event {
            Event::Start(start) => {
                found.depth += 1;
                if found.depth == 1 {
                    let text = bytes.get(offset(position)..).unwrap_or_default();
                    outer = declared_around(&start, text);
                }
                found.start(envelope, &start, position, &outer)?;
            }
            Event::End => found.end(),
            Event::Eof => return Ok(found),
            Event::Comment(_) | Event::Instruction(_) => found.beside(position),
            Event::Text(_) => {}
        }
    }
}

impl Found {
    /// The document ends where what follows it begins.
    fn ends_before(&mut self, position: Position) {
        if std::mem::take(&mut self.is_last)
            && let Some(range) = &mut self.range
        {
            range.end = offset(position);
        }
    }

    fn end(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.lead = None;
        if self.is_open && self.depth == 1 {
            (self.is_open, self.is_last) = (false, true);
        }
    }

    /// A comment or an instruction: at the top it belongs to the document behind it, or before it.
    fn beside(&mut self, position: Position) {
        if self.depth != 1 {
            return;
        }
        match self.range {
            Some(_) => self.is_last = true,
            None => _ = self.lead.get_or_insert(offset(position)),
        }
    }

    fn start(
        &mut self,
        envelope: &Envelope,
        start: &Start<'_>,
        position: Position,
        outer: &[(String, String)],
    ) -> Result<(), Fault> {
        if self.depth == 2 && !envelope.describes(start.namespace()) {
            if self.range.is_some() {
                let sentence = "an envelope holds one document, and there is a second";
                let place = Place { offset: position.offset, line: position.line, record: 0 };
                return Err(Fault::new(code::RECORD_OUT_OF_PLACE, sentence, place).of_message());
            }
            self.element = offset(position);
            self.range = Some(self.lead.unwrap_or(self.element)..self.element);
            self.line = position.line;
            self.is_open = true;
        }
        self.lead = None;
        if self.is_open {
            self.needs(start.prefix(), start.namespace(), outer);
            for attribute in start.attributes().filter(|each| !each.prefix.is_empty()) {
                self.needs(attribute.prefix, attribute.namespace, outer);
            }
        }
        Ok(())
    }

    /// Notes a prefix that stands in the document for what the envelope says.
    fn needs(&mut self, prefix: &str, namespace: &str, outer: &[(String, String)]) {
        let is_outer = outer.iter().any(|(known, says)| known == prefix && says == namespace);
        if is_outer && !namespace.is_empty() {
            self.needed.insert(prefix.to_owned(), namespace.to_owned());
        }
    }
}

fn offset(position: Position) -> usize {
    usize::try_from(position.offset).unwrap_or(usize::MAX)
}

/// What the document element declares: prefixes, the empty one for none, and namespaces.
fn declared_around(start: &Start<'_>, text: &[u8]) -> Vec<(String, String)> {
    let declared = declarations(text).into_iter();
    declared
        .filter_map(|prefix| {
            let namespace = start.namespace_for_prefix(&prefix)?.to_owned();
            Some((prefix, namespace))
        })
        .collect()
}

/// The prefixes that the start tag at the beginning of a well-formed text declares, the empty one for the default.
fn declarations(text: &[u8]) -> Vec<String> {
    let (mut found, mut quote, mut word) = (Vec::new(), None, Vec::new());
    for byte in text.iter().skip(1) {
        match (quote, *byte) {
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'>') => break,
            (None, byte @ (b'"' | b'\'')) => {
                let name = String::from_utf8_lossy(&word).into_owned();
                match name.strip_prefix("xmlns") {
                    Some("") => found.push(String::new()),
                    Some(rest) => found.extend(rest.strip_prefix(':').map(str::to_owned)),
                    None => {}
                }
                word.clear();
                quote = Some(byte);
            }
            (None, b'=') => {}
            (None, byte) if byte.is_ascii_whitespace() || byte == b'/' => {
                // A name may stand apart from its `=`.
                if text.get(1..).is_some() && !word.is_empty() && !word.starts_with(b"xmlns") {
                    word.clear();
                }
            }
            (None, byte) => word.push(byte),
        }
    }
    found
}

/// A document with the declarations that it lacks, behind the name of its element.
fn with_declarations(document: &[u8], needed: &BTreeMap<String, String>) -> Vec<u8> {
    let own = declarations(document);
    let mut lacking = String::new();
    for (prefix, namespace) in needed.iter().filter(|(prefix, _)| !own.contains(prefix)) {
        let colon = if prefix.is_empty() { "" } else { ":" };
        let escaped = namespace.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        lacking.push_str(&format!(" xmlns{colon}{prefix}=\"{escaped}\""));
    }
    let ends_name = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    let at = document.iter().position(ends_name).unwrap_or(document.len());
    let (name, rest) = document.split_at_checked(at).unwrap_or((document, &[]));
    [name, lacking.as_bytes(), rest].concat()
}
