//! Writing: the header's elements, and the document behind them.

use super::Envelope;
use crate::{
    content::decoded,
    fault::Fault,
    layout::{Layout, UnitWriter},
    tree::{NodeId, Place, Tree},
};
use sluse_contracts::{code, payload, payload::Limits};
use sluse_xml::{Document, decode};
use std::{fmt, sync::Arc};

/// Writes one message.
pub(super) struct EnvelopeWriter {
    envelope: Arc<Envelope>,
    is_written: bool,
}

impl EnvelopeWriter {
    pub(super) fn new(envelope: Arc<Envelope>) -> Self {
        Self { envelope, is_written: false }
    }

    /// The header alone, as a document.
    fn header(&self, unit: &Tree) -> Result<Vec<u8>, Fault> {
        let limits = Limits::default();
        let mut header = Tree::new(self.envelope.names().clone(), &limits);
        for node in unit.children(unit.root()).filter(|node| !self.is_payload(unit, *node)) {
            let place = unit.place(node);
            header.graft(unit, node).map_err(|limit| Fault::over_limit(limit, place))?;
        }
        let (mut writer, mut out) = (self.envelope.header.clone().writer(), Vec::new());
        writer.write(&header, &mut out)?;
        writer.finish(&mut out)?;
        Ok(out)
    }

    fn is_payload(&self, unit: &Tree, node: NodeId) -> bool {
        unit.name(node) == self.envelope.payload
    }
}

impl UnitWriter for EnvelopeWriter {
    fn write(&mut self, unit: &Tree, out: &mut Vec<u8>) -> Result<(), Fault> {
        if self.is_written {
            let sentence = "each envelope is a message of its own";
            return Err(Fault::new(code::RECORD_OUT_OF_PLACE, sentence, Place::default()));
        }
        let header = self.header(unit)?;
        let payloads = unit.children(unit.root()).filter(|node| self.is_payload(unit, *node));
        let payloads: Vec<NodeId> = payloads.collect();
        let document = match payloads.as_slice() {
            [] => None,
            [only] => Some(document(unit, *only, &self.envelope.payload)?),
            [_, second, ..] => {
                let sentence = "an envelope holds one document";
                return Err(Fault::new(code::RECORD_OUT_OF_PLACE, sentence, unit.place(*second)));
            }
        };
        // The end tag of the document element is the last one.
        let end = header.windows(2).rposition(|two| two == b"</");
        let (Some(document), Some(end)) = (document, end) else {
            out.extend_from_slice(&header);
            self.is_written = true;
            return Ok(());
        };
        let (before, after) = header.split_at_checked(end).unwrap_or((&header, &[]));
        // Where the header has lines, the document has its own.
        let line: &[u8] = if before.ends_with(b"\n") { b"\n" } else { b"" };
        for piece in [before, document.as_bytes(), line, after] {
            out.extend_from_slice(piece);
        }
        self.is_written = true;
        Ok(())
    }

    fn finish(&mut self, _out: &mut Vec<u8>) -> Result<(), Fault> {
        if self.is_written {
            return Ok(());
        }
        let sentence = "there is nothing to write: an envelope has a header";
        Err(Fault::new(code::EMPTY_MESSAGE, sentence, Place::default()))
    }
}

/// The element of a document, without what may stand at the top of one alone.
fn document(unit: &Tree, node: NodeId, name: &str) -> Result<String, Fault> {
    let place = unit.place(node);
    let wrong =
        |sentence: &'static str| Fault::new(code::FIELD_VALUE, sentence, place).in_field(name);
    let bytes = decoded(unit, node).ok_or_else(|| wrong("the payload is no base64"))?;
    let limits = payload::xml_limits(&Limits::default());
    let no_xml = || wrong("the payload is no well-formed document of XML");
    Document::parse(&bytes, None, &limits).map_err(|_| no_xml())?;
    let text = decode(&bytes, None).map_err(|_| no_xml())?;
    let text = text.trim_start_matches('\u{feff}');
    // A declaration may stand at the beginning of a message alone.
    let text = match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or(text, |(_, rest)| rest),
        None => text,
    };
    Ok(text.trim().to_owned())
}

impl fmt::Debug for EnvelopeWriter {
    /// How far it has come; nothing of what it wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EnvelopeWriter({})", self.is_written)
    }
}
