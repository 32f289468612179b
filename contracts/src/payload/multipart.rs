//! `multipart/related` (RFC 2387): an XML document with attachments, as SOAP with Attachments and MTOM send it.
//!
//! Attachments are found and never read: their bytes stay where they arrived. What the document refers to
//! by `xop:Include` (XML-binary Optimized Packaging, section 2.1) is looked up once.

use super::{Limits, Part, parts, xml};
use crate::{MediaType, Message, Violation, code, message::Kind};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use sluse_xml::{Document, NodeId, NodeKind};
use std::{
    collections::{HashMap, HashSet},
    fmt,
    ops::Range,
    sync::Arc,
};

/// The media type.
pub(super) const RELATED: &str = "multipart/related";
/// The namespace of `Include`.
const XOP: &str = "http://www.w3.org/2004/08/xop/include";

/// A document with attachments.
pub struct Multipart {
    document: Arc<Document>,
    contents: Vec<Bytes>,
    /// The part that each `xop:Include` of the document leads to.
    includes: HashMap<NodeId, Option<usize>>,
    /// The media type of the root part.
    root_type: MediaType,
    /// The message, and where the document stands in it.
    message: Message,
    root: Range<usize>,
}

impl fmt::Debug for Multipart {
    /// Sizes alone: what a message says never reaches a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Multipart({} parts)", self.contents.len())
    }
}

impl Multipart {
    /// Reads a message: its parts, and the document that is their root.
    pub(super) fn parse(message: &Message, limits: &Limits) -> Result<Self, Violation> {
        let parts = parts(&message.bytes, &message.media_type)?;
        let by_id = ids(&parts)?;
        let start = message.media_type.parameter("start").map(content_id);
        let root = match start {
            Some(start) => *by_id
                .get(start)
                .ok_or_else(|| broken("the start parameter leads to none of the parts"))?,
            None => 0,
        };
        let root_part = parts.get(root).ok_or_else(|| broken("the message has no parts"))?;
        let root_type = root_part.media_type()?.unwrap_or_else(MediaType::octet_stream);
        if root_type.kind() != Kind::Xml || root_part.is_coded() {
            let sentence = "the root part is not XML in its own bytes";
            return Err(Violation::syntax(code::MEDIA_TYPE, sentence));
        }
        let document = xml::parse(&root_part.body, root_type.charset(), limits)?;
        let mut includes = HashMap::new();
        let mut left = limits.tree_bytes_max;
        for node in includes_of(&document) {
            let found = referred(&document, node)
                .and_then(|id| by_id.get(id.as_ref()).copied())
                // A document that holds itself would have no end.
                .filter(|at| *at != root)
                .filter(|at| parts.get(*at).is_some_and(|part| !part.is_coded()));
            let length = found.and_then(|at| parts.get(at)).map_or(0, |part| part.body.len());
            left = left.checked_sub(length).ok_or_else(|| {
                let sentence = "the document takes more memory as a tree than the limit";
                Violation::syntax(code::TREE_TOO_LARGE, sentence)
            })?;
            includes.insert(node, found);
        }
        let root = range_in(&message.bytes, &root_part.body);
        let contents = parts.into_iter().map(|part| part.body).collect();
        let message = message.clone();
        Ok(Self { document: Arc::new(document), contents, includes, root_type, message, root })
    }

    /// The document that is the root part.
    pub fn document(&self) -> &Arc<Document> {
        &self.document
    }

    /// The message as it was received.
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// The same message with another document, as pieces that follow each other. What stands around the document,
    /// attachments among it, is not copied. A document of another character set than the root part states is its
    /// writer's fault.
    pub fn pieces(&self, document: Bytes) -> [Bytes; 3] {
        let bytes = &self.message.bytes;
        [bytes.slice(..self.root.start), document, bytes.slice(self.root.end..)]
    }

    /// The media type of the root part.
    pub fn root_type(&self) -> &MediaType {
        &self.root_type
    }

    /// Whether an `xop:Include` leads to a part that it can stand for.
    pub fn leads(&self, node: NodeId) -> bool {
        self.includes.get(&node).is_some_and(Option::is_some)
    }

    /// How many attachments no `xop:Include` leads to.
    pub fn lone_count(&self) -> usize {
        let led_to: HashSet<usize> = self.includes.values().copied().flatten().collect();
        // The root part is none.
        self.contents.len().saturating_sub(led_to.len() + 1)
    }

    /// The content that an `xop:Include` stands for, in base64; nothing where it leads to no part.
    pub fn included(&self, node: NodeId) -> Option<String> {
        let at = (*self.includes.get(&node)?)?;
        Some(STANDARD.encode(self.contents.get(at)?))
    }
}

/// Where a piece of a message that was cut out of it stands.
fn range_in(whole: &Bytes, piece: &Bytes) -> Range<usize> {
    let start = (piece.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
    let end = start.saturating_add(piece.len());
    // A piece that is none of it, which cannot be, stands for nothing.
    if end <= whole.len() { start..end } else { 0..0 }
}

/// The `xop:Include` elements of a document.
pub(crate) fn includes_of(document: &Document) -> impl Iterator<Item = NodeId> + '_ {
    let name = document.name_id(XOP, "Include");
    let nodes = if name.is_some() { document.node_count() } else { 0 };
    (0..nodes).filter_map(|at| document.node(at)).filter(move |node| {
        document.kind(*node) == NodeKind::Element && document.name(*node) == name
    })
}

/// The Content-ID that an element refers to (RFC 2392).
fn referred(document: &Document, node: NodeId) -> Option<std::borrow::Cow<'_, str>> {
    let href = document.attribute(node, "", "href")?.trim();
    let (scheme, id) = href.split_once(':')?;
    scheme.eq_ignore_ascii_case("cid").then(|| crate::percent::decode(id))
}

/// The parts by their Content-ID; none may be in a content coding, and no two may have the same.
fn ids(parts: &[Part]) -> Result<HashMap<&str, usize>, Violation> {
    let mut by_id = HashMap::new();
    for (at, part) in parts.iter().enumerate() {
        if part.header("content-encoding").is_some_and(|it| !it.eq_ignore_ascii_case("identity")) {
            let sentence = "a part is in a content coding, which is not read";
            return Err(Violation::syntax(code::MULTIPART_CODED, sentence));
        }
        let id = part.header("content-id").map(content_id);
        if id.is_some_and(|id| by_id.insert(id, at).is_some()) {
            return Err(broken("two parts have the same Content-ID"));
        }
    }
    Ok(by_id)
}

/// An id without the angle brackets that headers write around it.
fn content_id(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text)
}

fn broken(sentence: &str) -> Violation {
    Violation::syntax(code::MULTIPART_BROKEN, sentence)
}

#[cfg(test)]
mod tests;
