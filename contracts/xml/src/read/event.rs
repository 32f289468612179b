//! What a reader meets.

use super::bindings::Bindings;
use crate::fault::Fault;
use std::{collections::HashSet, fmt, ops::Range};

/// One thing that a document says.
pub enum Event<'r> {
    /// An element begins.
    Start(Start<'r>),
    /// Text, line ends and references resolved. One text may come in several pieces.
    Text(&'r str),
    /// An element ends.
    End,
    /// A comment, line ends as written.
    Comment(&'r str),
    /// A processing instruction, from its target on, line ends as written.
    Instruction(&'r str),
    /// The document has ended.
    Eof,
}

/// An element that begins.
#[derive(Clone)]
pub struct Start<'r> {
    pub(super) text: &'r str,
    pub(super) bindings: &'r Bindings,
    pub(super) tag: &'r TagAt,
}

/// Where an event or attribute begins in the message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// Bytes of the message before it, its byte order mark counted.
    pub offset: u64,
    /// Line, from 1.
    pub line: u32,
}

/// An attribute that is no namespace declaration.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'r> {
    /// The prefix as written; empty for none.
    pub prefix: &'r str,
    /// The local name.
    pub local: &'r str,
    /// The namespace; empty for none.
    pub namespace: &'r str,
    /// A number of the name, where it is remembered: the same number means the same prefix, namespace and local
    /// name, for as long as the document is read.
    pub number: Option<u64>,
    /// The value, normalized (XML 1.0, section 3.3.3).
    pub value: &'r str,
}

/// A name, as offsets in the window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct NameAt {
    pub(super) at: Range<usize>,
    /// Where the local name begins.
    pub(super) local: usize,
    /// The binding that its namespace was found by.
    pub(super) binding: Option<usize>,
    /// What no other name has that is remembered.
    pub(super) number: Option<u64>,
}

/// A start tag, as offsets.
#[derive(Debug, Default)]
pub(super) struct TagAt {
    pub(super) name: NameAt,
    /// How many bindings are in force around the element.
    pub(super) around: usize,
    pub(super) attributes: Vec<AttributeAt>,
    /// Where the attributes begin, where it was asked for.
    pub(super) positions: Vec<Position>,
    /// Values of attributes that are not as written.
    pub(super) values: String,
}

/// An attribute, as offsets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AttributeAt {
    pub(super) name: NameAt,
    /// In the buffer of values; in the window where the value is as written.
    pub(super) value: Range<usize>,
    pub(super) as_written: bool,
}

/// Up to so many attributes are compared with each other; more are looked up.
const COMPARED_MAX: usize = 12;

impl NameAt {
    #[inline]
    fn prefix<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.at.start..self.local.saturating_sub(1)).unwrap_or_default()
    }

    #[inline]
    pub(super) fn local<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.local..self.at.end).unwrap_or_default()
    }

    #[inline]
    fn namespace<'b>(&self, bindings: &'b Bindings) -> &'b str {
        self.binding.map_or("", |binding| bindings.namespace(binding))
    }
}

impl AttributeAt {
    #[inline]
    fn event<'r>(&self, text: &'r str, values: &'r str, bindings: &'r Bindings) -> Attribute<'r> {
        let from = if self.as_written { text } else { values };
        Attribute {
            prefix: self.name.prefix(text),
            local: self.name.local(text),
            namespace: self.name.namespace(bindings),
            number: self.name.number,
            value: from.get(self.value.clone()).unwrap_or_default(),
        }
    }
}

impl<'r> Start<'r> {
    /// The prefix as written; empty for none.
    #[inline]
    pub fn prefix(&self) -> &'r str {
        self.tag.name.prefix(self.text)
    }

    /// The local name.
    #[inline]
    pub fn local(&self) -> &'r str {
        self.tag.name.local(self.text)
    }

    /// The namespace; empty for none.
    #[inline]
    pub fn namespace(&self) -> &'r str {
        self.tag.name.namespace(self.bindings)
    }

    /// A number of the declaration that the namespace was found by; none for no namespace. The same number
    /// means the same namespace, for as long as the document is read.
    #[inline]
    pub fn declaration(&self) -> Option<u64> {
        self.tag.name.binding.map(|binding| self.bindings.serial(binding))
    }

    /// The whole name as written.
    #[inline]
    pub fn written(&self) -> &'r str {
        self.text.get(self.tag.name.at.clone()).unwrap_or_default()
    }

    /// A number of the name, where it is remembered: the same number means the same prefix, namespace and local
    /// name, for as long as the document is read.
    #[inline]
    pub fn number(&self) -> Option<u64> {
        self.tag.name.number
    }

    /// Where the element itself declares the prefix of its name: what that stands for around it, which may be
    /// another namespace, or none.
    #[inline]
    pub fn redeclares(&self) -> Option<&'r str> {
        if self.bindings.count() == self.tag.around {
            return None;
        }
        self.bindings.outer(self.prefix(), self.tag.around)
    }

    /// The namespace that a prefix stands for in the element.
    pub fn namespace_for_prefix(&self, prefix: &str) -> Option<&'r str> {
        let found = self.bindings.find(prefix)?;
        Some(self.bindings.namespace(found)).filter(|namespace| !namespace.is_empty())
    }

    /// The attributes in document order, namespace declarations left out.
    #[inline]
    pub fn attributes(&self) -> impl ExactSizeIterator<Item = Attribute<'r>> + use<'r> {
        let (text, values, bindings) = (self.text, &*self.tag.values, self.bindings);
        self.tag.attributes.iter().map(move |attribute| attribute.event(text, values, bindings))
    }

    /// Where the attribute of this number begins, from 0; nothing where the event came without its place.
    pub fn position(&self, attribute: usize) -> Option<Position> {
        self.tag.positions.get(attribute).copied()
    }

    /// The attribute of this number in document order, from 0.
    #[inline]
    pub fn attribute(&self, at: usize) -> Option<Attribute<'r>> {
        let attribute = self.tag.attributes.get(at)?;
        Some(attribute.event(self.text, &self.tag.values, self.bindings))
    }
}

impl fmt::Debug for Event<'_> {
    /// Never what the document says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start(_) => "Start",
            Self::Text(_) => "Text",
            Self::End => "End",
            Self::Comment(_) => "Comment",
            Self::Instruction(_) => "Instruction",
            Self::Eof => "Eof",
        })
    }
}

impl fmt::Debug for Start<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Start({} attributes)", self.tag.attributes.len())
    }
}

impl fmt::Debug for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attribute")
    }
}

/// No element has one attribute twice (Namespaces in XML 1.0, section 6.3).
pub(super) fn check_unique(
    text: &str,
    bindings: &Bindings,
    attributes: &[AttributeAt],
) -> Result<(), Fault> {
    let name =
        |attribute: &AttributeAt| (attribute.name.namespace(bindings), attribute.name.local(text));
    let twice = if attributes.len() <= COMPARED_MAX {
        let mut later = attributes.iter().enumerate();
        later.find(|(at, one)| attributes.iter().take(*at).any(|other| name(other) == name(one)))
    } else {
        let mut seen = HashSet::with_capacity(attributes.len());
        attributes.iter().enumerate().find(|(_, one)| !seen.insert(name(one)))
    };
    match twice {
        Some((_, one)) => Err(Fault::form("an element has one attribute twice", one.name.at.start)),
        None => Ok(()),
    }
}
