//! Values: items, atomic values and sequences, after the XPath 2.0 data model.
//!
//! Text is borrowed from the document or the expression wherever it stands there whole, so that the
//! common comparison allocates nothing.

use crate::decimal::Decimal;
use crate::held::Held;
use crate::moment::{Duration, Moment};
use crate::types::AtomType;
use sluse_xml::NodeId;
use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Bytes of a text that is counted by itself.
const LONG_TEXT_BYTES: usize = 4_096;

/// Text: borrowed, or shared.
#[derive(Clone)]
pub(crate) enum Text<'a> {
    Borrowed(&'a str),
    Shared(Arc<str>),
    Long(Arc<LongText>),
}

/// A long text, and the memory that it holds.
pub(crate) struct LongText {
    text: Box<str>,
    _held: Held,
}

impl Text<'_> {
    /// The bytes of a text that is shared and not counted by itself.
    pub(crate) fn shared_bytes(&self) -> usize {
        match self {
            Self::Shared(text) => text.len(),
            Self::Borrowed(_) | Self::Long(_) => 0,
        }
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
            Self::Long(long) => &long.text,
        }
    }
}

impl<'a> From<Cow<'a, str>> for Text<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::Borrowed(text),
            Cow::Owned(text) => Self::from(text),
        }
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self::Borrowed(text)
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        if text.len() < LONG_TEXT_BYTES {
            return Self::Shared(text.into());
        }
        let held = Held::new(text.len());
        Self::Long(Arc::new(LongText { text: text.into(), _held: held }))
    }
}

impl std::hash::Hash for Text<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl std::borrow::Borrow<str> for Text<'_> {
    fn borrow(&self) -> &str {
        self
    }
}

impl Eq for Text<'_> {}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

/// A name with its namespace: `""` is none.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct QName {
    pub(crate) prefix: String,
    pub(crate) namespace: String,
    pub(crate) local: String,
}

/// An atomic value. Derived types of integers and strings keep their label.
#[derive(Clone)]
pub(crate) enum Atomic<'a> {
    Untyped(Text<'a>),
    String(Text<'a>, AtomType),
    AnyUri(Text<'a>),
    Boolean(bool),
    Integer(i128, AtomType),
    Decimal(Decimal),
    Float(f32),
    Double(f64),
    Moment(Moment),
    Duration(Duration),
    QName(Arc<QName>),
    Binary(Arc<[u8]>, AtomType),
}

impl<'a> Atomic<'a> {
    pub(crate) fn integer(value: i128) -> Self {
        Self::Integer(value, AtomType::Integer)
    }

    pub(crate) fn count(value: usize) -> Self {
        Self::integer(i128::try_from(value).unwrap_or(i128::MAX))
    }

    pub(crate) fn string(text: impl Into<Text<'a>>) -> Self {
        Self::String(text.into(), AtomType::String)
    }

    pub(crate) fn is_numeric(&self) -> bool {
        matches!(self, Self::Integer(..) | Self::Decimal(_) | Self::Float(_) | Self::Double(_))
    }

    pub(crate) fn atom_type(&self) -> AtomType {
        match self {
            Self::Untyped(_) => AtomType::UntypedAtomic,
            Self::String(_, label) | Self::Integer(_, label) | Self::Binary(_, label) => *label,
            Self::AnyUri(_) => AtomType::AnyUri,
            Self::Boolean(_) => AtomType::Boolean,
            Self::Decimal(_) => AtomType::Decimal,
            Self::Float(_) => AtomType::Float,
            Self::Double(_) => AtomType::Double,
            Self::Moment(moment) => moment.kind.atom_type(),
            Self::Duration(duration) => duration.kind,
            Self::QName(_) => AtomType::QName,
        }
    }
}

/// An item: a node of the document, or an atomic value.
#[derive(Clone)]
pub(crate) enum Item<'a> {
    Node(NodeId),
    Atom(Atomic<'a>),
}

/// A sequence of items.
#[derive(Clone)]
pub(crate) enum Seq<'a> {
    Empty,
    One(Item<'a>),
    /// Items of the program itself.
    Slice(&'a [Item<'a>]),
    Many(Arc<Items<'a>>),
}

/// Several items, and the memory that they hold.
pub(crate) struct Items<'a> {
    items: Vec<Item<'a>>,
    _held: Held,
}

impl<'a> Seq<'a> {
    pub(crate) fn atom(atom: Atomic<'a>) -> Self {
        Self::One(Item::Atom(atom))
    }

    pub(crate) fn boolean(value: bool) -> Self {
        Self::atom(Atomic::Boolean(value))
    }

    pub(crate) fn string(text: impl Into<Text<'a>>) -> Self {
        Self::atom(Atomic::string(text))
    }

    pub(crate) fn items(&self) -> &[Item<'a>] {
        match self {
            Self::Empty => &[],
            Self::One(item) => std::slice::from_ref(item),
            Self::Slice(items) => items,
            Self::Many(many) => &many.items,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.items().len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items().is_empty()
    }
}

impl<'a> From<Vec<Item<'a>>> for Seq<'a> {
    fn from(mut items: Vec<Item<'a>>) -> Self {
        match items.len() {
            0 => Self::Empty,
            1 => items.pop().map_or(Self::Empty, Self::One),
            _ => {
                let held = Held::of(&items);
                Self::Many(Arc::new(Items { items, _held: held }))
            }
        }
    }
}

impl<'a> From<Option<Atomic<'a>>> for Seq<'a> {
    fn from(atom: Option<Atomic<'a>>) -> Self {
        atom.map_or(Self::Empty, Self::atom)
    }
}

macro_rules! silent_debug {
    ($($name:ident),*) => {
        $(impl fmt::Debug for $name<'_> {
            /// Shows no content: values may be personal data.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        })*
    };
}

silent_debug!(Text, Atomic, Item, Seq);

impl fmt::Debug for QName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QName(…)")
    }
}
