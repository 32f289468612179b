//! Simple types: lexical spaces, facets and values (XML Schema Part 2).
//!
//! Every value of every message is read here, so the common ways allocate nothing: texts are looked at where
//! they stand, numbers are compared as digits, and each type knows beforehand what has to be decided.

mod builtin;
mod check;
mod compile;
mod content;
mod decimal;
mod described;
mod duration;
mod facets;
mod moment;
mod pattern;
mod space;
#[cfg(test)]
mod tests;
mod text;
pub(crate) mod unions;
mod uri;
mod value;

pub(crate) use builtin::Ids;
pub(crate) use compile::{DEPTH_MAX as TYPES_DEPTH_MAX, TRIED_MAX};
pub(crate) use described::Variety;
pub use described::{IdUse, Primitive, Restrictions};
pub(crate) use facets::Broken;
#[cfg(test)]
pub(crate) use pattern::{PATTERN_BYTES_MAX, PATTERNS_BYTES_MAX};
pub(crate) use text::{fold_base64, split_name};
pub(crate) use value::Value;

use facets::Facets;
use space::WhiteSpace;
use std::collections::HashMap;
use value::Atomic;
use xsd_schema::{ComplexTypeKey, SimpleTypeKey, parser::location::SourceRef};

/// The namespaces that prefixes are bound to where a value stands.
pub(crate) trait Scope {
    /// The namespace of a prefix; of the empty one, the default namespace.
    fn namespace(&self, prefix: &str) -> Option<&str>;

    /// Takes steps of matching patterns from what a document may cost; `false` where none are left.
    fn spend(&self, _steps: u64) -> bool {
        true
    }
}

/// A simple type of one schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TypeId(u32);

/// How much of a value must be there at once to judge it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whole {
    /// All of it.
    Needed,
    /// Nothing: any text is a value.
    Any,
    /// What [`fold_base64`] leaves of it.
    Base64,
}

/// How far lists and unions without a name are told by what they are made of.
const WORDS_DEPTH_MAX: usize = 2;
/// Members of a union that are told.
const WORDS_MEMBERS_MAX: usize = 4;

/// Why the simple types of a schema cannot be used.
#[derive(Debug, Clone)]
pub(crate) struct TypeFault {
    /// The constraint of the recommendation.
    pub(crate) constraint: &'static str,
    /// One sentence, in words of the schema.
    pub(crate) sentence: String,
    /// Whether it is a limit that was reached.
    pub(crate) over_budget: bool,
    /// Where the type is declared.
    pub(crate) source: Option<SourceRef>,
}

/// All simple types of a schema, those that every schema has included.
#[derive(Debug)]
pub(crate) struct Types {
    types: Vec<SimpleType>,
    ids: HashMap<SimpleTypeKey, TypeId>,
    /// Types of the contents of complex types that are values.
    contents: HashMap<ComplexTypeKey, TypeId>,
    any: TypeId,
    /// What all patterns take, in bytes.
    pattern_bytes: usize,
}

#[derive(Debug)]
struct SimpleType {
    shape: Shape,
    space: WhiteSpace,
    facets: Option<Box<Facets>>,
    /// The type that it is derived from; itself for the one that all are derived from.
    base: TypeId,
    /// Its local name; empty where it has none.
    name: Box<str>,
    /// Whether values may be IDs, references to them, or entities.
    holds_ids: bool,
}

/// What values a type has, before facets.
#[derive(Debug, Clone)]
enum Shape {
    /// Any text.
    Any,
    Atomic(Atomic, Ids),
    List(TypeId),
    Union(Box<[TypeId]>),
    /// The type refers to one that the schema has not.
    Missing,
}

impl TypeFault {
    fn new(constraint: &'static str, sentence: impl Into<String>) -> Self {
        Self { constraint, sentence: sentence.into(), over_budget: false, source: None }
    }

    fn over_budget(sentence: impl Into<String>) -> Self {
        Self { over_budget: true, ..Self::new("", sentence) }
    }
}

impl Types {
    /// The number of a type; of a type of another schema, that which any value is of.
    pub(crate) fn id_of(&self, key: SimpleTypeKey) -> TypeId {
        self.ids.get(&key).copied().unwrap_or(self.any)
    }

    /// Forgets what only compiling needs.
    pub(crate) fn seal(&mut self) {
        self.ids = HashMap::new();
        self.contents = HashMap::new();
        self.types.shrink_to_fit();
    }

    /// Whether a type is another one or validly derived from it (section 3.14.6 of Part 1,
    /// "Type Derivation OK (Simple)").
    pub(crate) fn derives(&self, id: TypeId, from: TypeId) -> bool {
        let mut at = id;
        loop {
            if at == from {
                return true;
            }
            let base = self.get(at).base;
            if base == at {
                break;
            }
            at = base;
        }
        match &self.get(from).shape {
            Shape::Union(members) if self.get(from).facets.is_none() => {
                members.iter().any(|member| self.derives(id, *member))
            }
            _ => false,
        }
    }

    /// The type in words of the schema, such as "`CurrencyCode`".
    pub(crate) fn words(&self, id: TypeId) -> String {
        self.words_within(id, 0)
    }

    fn words_within(&self, id: TypeId, depth: usize) -> String {
        let mut at = id;
        loop {
            let this = self.get(at);
            if !this.name.is_empty() {
                return if at == id {
                    format!("`{}`", this.name)
                } else {
                    format!("a restricted `{}`", this.name)
                };
            }
            if this.base == at || matches!(self.get(this.base).shape, Shape::Any) {
                return self.made_words(&this.shape, depth);
            }
            at = this.base;
        }
    }

    /// A list or union without a name, by what it is made of.
    fn made_words(&self, shape: &Shape, depth: usize) -> String {
        match shape {
            Shape::List(item) if depth < WORDS_DEPTH_MAX => {
                format!("a list of {}", self.words_within(*item, depth + 1))
            }
            Shape::Union(members) if depth < WORDS_DEPTH_MAX => {
                self.members_words(members, depth + 1)
            }
            Shape::Any => "`anySimpleType`".to_owned(),
            _ => "a value".to_owned(),
        }
    }

    /// The members of a union in words, one or another.
    fn members_words(&self, members: &[TypeId], depth: usize) -> String {
        let shown = members.iter().take(WORDS_MEMBERS_MAX);
        let words: Vec<String> = shown.map(|each| self.words_within(*each, depth)).collect();
        let more = if members.len() > WORDS_MEMBERS_MAX { " or another" } else { "" };
        format!("{}{more}", words.join(" or "))
    }

    /// How much of a value must be there at once.
    pub(crate) fn whole(&self, id: TypeId) -> Whole {
        let this = self.get(id);
        match &this.shape {
            _ if this.holds_ids || this.facets.is_some() => Whole::Needed,
            Shape::Any | Shape::Atomic(Atomic::Text(value::Text::Any), _) => Whole::Any,
            Shape::Atomic(Atomic::Base64, _) => Whole::Base64,
            _ => Whole::Needed,
        }
    }

    /// Whether values may be IDs, references to them, or entities.
    pub(crate) fn holds_ids(&self, id: TypeId) -> bool {
        self.get(id).holds_ids
    }

    /// Whether values may be names with prefixes.
    pub(crate) fn holds_names(&self, id: TypeId) -> bool {
        match &self.get(id).shape {
            Shape::Atomic(atomic, _) => matches!(atomic, Atomic::Name | Atomic::Notation),
            Shape::List(item) => self.holds_names(*item),
            Shape::Union(members) => members.iter().any(|each| self.holds_names(*each)),
            Shape::Any | Shape::Missing => false,
        }
    }

    /// Whether values are lists.
    pub(crate) fn is_list(&self, id: TypeId) -> bool {
        matches!(self.get(id).shape, Shape::List(_))
    }

    /// Bytes in memory, about.
    pub(crate) fn memory_bytes(&self) -> usize {
        let facets = self.types.iter().filter(|each| each.facets.is_some()).count();
        self.types.len() * size_of::<SimpleType>()
            + facets * size_of::<Facets>()
            + self.pattern_bytes
    }

    #[expect(clippy::indexing_slicing, reason = "numbers are given out with the types themselves")]
    #[inline]
    fn get(&self, id: TypeId) -> &SimpleType {
        &self.types[id.0 as usize]
    }
}
