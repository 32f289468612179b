//! What a message says, read once, per kind: JSON as JSON, XML as XML.

mod json;
mod multipart;
mod parts;
mod xml;

pub(crate) use json::{Decimal, is_huge};
pub use json::{JsonPayload, Lexer as JsonLexer, escape_step, same_number, unescape_step};
pub use multipart::Multipart;
pub(crate) use multipart::includes_of;
pub(crate) use parts::{PARTS_MAX, Part, charset_of_form, parts};
pub(crate) use xml::text;
pub use xml::{limits as xml_limits, violation as xml_violation};

use crate::{MediaType, Message, Violation, code, message::Kind};
use bytes::Bytes;
use sluse_xml::Document;
use std::fmt;

/// Limits on what is read into memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Deepest nesting of XML elements.
    pub depth_max: usize,
    /// Deepest nesting of JSON values.
    pub json_depth_max: usize,
    /// Most attributes on one element.
    pub attributes_max: usize,
    /// Largest tree in memory, in bytes.
    pub tree_bytes_max: usize,
    /// Longest name of an element, attribute or member, in bytes.
    pub name_bytes_max: usize,
    /// Longest number in JSON, in bytes.
    pub number_bytes_max: usize,
    /// Whether JSON objects may have two members of one name; the last one counts then.
    pub duplicate_members_allowed: bool,
    /// Whether `multipart/related` is read: its root document, and which part each reference in it leads to.
    pub multipart_related: bool,
}

impl Limits {
    /// Whether what a message of this type says is read.
    pub fn reads(&self, media_type: &MediaType) -> bool {
        media_type.kind() != Kind::Other || self.reads_parts(media_type)
    }

    fn reads_parts(&self, media_type: &MediaType) -> bool {
        self.multipart_related && media_type.essence() == multipart::RELATED
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth_max: 1_000,
            json_depth_max: 128,
            attributes_max: 10_000,
            tree_bytes_max: 256 << 20,
            name_bytes_max: 1_000,
            number_bytes_max: 1_000,
            duplicate_members_allowed: false,
            multipart_related: false,
        }
    }
}

/// What a message says.
pub enum Payload {
    /// JSON.
    Json(JsonPayload),
    /// XML.
    Xml(std::sync::Arc<Document>),
    /// An XML document with attachments (RFC 2387).
    Multipart(std::sync::Arc<Multipart>),
    /// Neither: carried, and read only where its contract says how. Nothing where it is too large for
    /// memory.
    Other(Option<Bytes>),
}

impl Payload {
    /// Reads what a message says.
    ///
    /// # Errors
    /// A violation of layer `syntax` where it is not well-formed or over a limit.
    pub fn parse(message: &Message, limits: &Limits) -> Result<Self, Violation> {
        let charset = message.media_type.charset();
        match message.media_type.kind() {
            Kind::Json => JsonPayload::parse(&message.bytes, charset, limits).map(Self::Json),
            Kind::Xml => xml::parse(&message.bytes, charset, limits)
                .map(|document| Self::Xml(std::sync::Arc::new(document))),
            Kind::Other if message.bytes.is_empty() => {
                Err(Violation::syntax(code::EMPTY_MESSAGE, "the message has no content"))
            }
            Kind::Other if limits.reads_parts(&message.media_type) => {
                let read = Multipart::parse(message, limits)?;
                Ok(Self::Multipart(std::sync::Arc::new(read)))
            }
            Kind::Other => Ok(Self::Other(Some(message.bytes.clone()))),
        }
    }
}

impl fmt::Debug for Payload {
    /// The kind alone: what a message says never reaches a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(payload) => payload.fmt(f),
            Self::Xml(document) => write!(f, "Xml({} nodes)", document.node_count()),
            Self::Multipart(read) => read.fmt(f),
            Self::Other(_) => f.write_str("Other"),
        }
    }
}

#[cfg(test)]
mod tests;
