//! Why a document cannot be read, and where.

use crate::place::place_in;
use std::fmt;

/// The kind of a fault. Sentences say the rule, never what the document says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultKind {
    /// A rule of XML 1.0 or of Namespaces in XML 1.0 is broken; the sentence says which.
    NotWellFormed(&'static str),
    /// The bytes are not text in the encoding that applies.
    Encoding,
    /// The encoding that the media type or the document states is not one that is read here.
    EncodingUnknown,
    /// There is a document type declaration.
    Dtd,
    /// Elements are nested deeper than [`crate::Limits::depth_max`].
    TooDeep,
    /// An element has more attributes than [`crate::Limits::attributes_max`].
    TooManyAttributes,
    /// The tree would take more than [`crate::Limits::tree_bytes_max`].
    TreeTooLarge,
    /// A piece of markup, or what is declared, is longer than [`crate::Limits::piece_bytes_max`].
    PieceTooLong,
    /// A reference to an entity that XML does not predefine.
    Entity,
    /// A name is longer than [`crate::Limits::name_bytes_max`].
    NameTooLong,
    /// A prefix is used that no namespace is declared for.
    PrefixNotDeclared,
    /// There is nothing, or nothing but white space.
    Empty,
}

impl FaultKind {
    /// One sentence on the rule that is broken.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotWellFormed(sentence) => sentence,
            Self::Encoding => "the bytes are not text in the encoding that applies",
            Self::EncodingUnknown => "the encoding that is stated is not one that is known here",
            Self::Dtd => "document type declarations are refused",
            Self::TooDeep => "elements are nested deeper than the limit",
            Self::TooManyAttributes => "an element has more attributes than the limit",
            Self::TreeTooLarge => "the document takes more memory as a tree than the limit",
            Self::PieceTooLong => "a piece of markup is longer than the limit",
            Self::Entity => "an entity is referred to that XML does not predefine",
            Self::NameTooLong => "a name is longer than the limit",
            Self::PrefixNotDeclared => "a prefix is used that no namespace is declared for",
            Self::Empty => "the document is empty",
        }
    }
}

/// A fault and its place. Its text never shows what the document says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub struct XmlFault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Offset in bytes from 0: of the message for [`FaultKind::Encoding`], else of its text as
    /// UTF-8 without byte order mark.
    pub offset: u64,
}

impl XmlFault {
    /// A fault at a byte offset of a text.
    pub(crate) fn at(kind: FaultKind, text: &str, offset: usize) -> Self {
        let (line, column) = place_in(text, offset);
        Self { kind, line, column, offset: offset as u64 }
    }
}

impl fmt::Display for XmlFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.kind.sentence())
    }
}

/// A fault before its line and column are known: what the parts of the reader hand to each other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) offset: usize,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    pub(crate) fn form(sentence: &'static str, offset: usize) -> Self {
        Self { kind: FaultKind::NotWellFormed(sentence), offset }
    }
}
