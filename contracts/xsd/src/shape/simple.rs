//! Simple types, asked from outside.

use super::{Shapes, SimpleId};
use crate::types::{self, Primitive, Restrictions, Scope};
use std::borrow::Cow;

/// What values of a simple type are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variety {
    /// Any text.
    Any,
    /// One value.
    Atomic(Primitive),
    /// Items of a type, parted by white space.
    List(SimpleId),
    /// A value of one of these types, the first that takes it.
    Union(Vec<SimpleId>),
}

/// What prefixes stand for where a value stands.
struct Prefixes<'f, 'n>(&'f dyn Fn(&str) -> Option<&'n str>);

impl Scope for Prefixes<'_, '_> {
    fn namespace(&self, prefix: &str) -> Option<&str> {
        (self.0)(prefix)
    }
}

impl Shapes<'_> {
    /// What values of a simple type are made of.
    pub fn variety(&self, id: SimpleId) -> Variety {
        match self.tables.types.variety(id.0) {
            types::Variety::Any => Variety::Any,
            types::Variety::Atomic(primitive) => Variety::Atomic(primitive),
            types::Variety::List(item) => Variety::List(SimpleId(item)),
            types::Variety::Union(members) => {
                Variety::Union(members.into_iter().map(SimpleId).collect())
            }
        }
    }

    /// What restricts the values of a simple type.
    pub fn restrictions(&self, id: SimpleId) -> Restrictions {
        self.tables.types.restrictions(id.0)
    }

    /// Whether regular expressions restrict the values of a simple type.
    pub fn has_patterns(&self, id: SimpleId) -> bool {
        self.tables.types.has_patterns(id.0)
    }

    /// A text with its white space as a simple type wants it.
    pub fn normalized<'t>(&self, id: SimpleId, text: &'t str) -> Cow<'t, str> {
        self.tables.types.normalized(id.0, text)
    }

    /// Whether a simple type makes one space of all white space, and none at the ends.
    pub fn collapses(&self, id: SimpleId) -> bool {
        self.tables.types.collapses(id.0)
    }

    /// The type that takes a text: itself, or of a union the member; none where the text is no value.
    pub fn active<'n>(
        &self,
        id: SimpleId,
        text: &str,
        prefixes: &dyn Fn(&str) -> Option<&'n str>,
    ) -> Option<SimpleId> {
        self.tables.types.active(id.0, text, &Prefixes(prefixes)).map(SimpleId)
    }

    /// The least and the greatest value of a type of whole numbers, where both are bound and fit 64 bits.
    pub fn whole_bounds(&self, id: SimpleId) -> Option<(i64, i64)> {
        if self.variety(id) != Variety::Atomic(Primitive::Integer) {
            return None;
        }
        let found = self.restrictions(id);
        let digits = found.total_digits.and_then(|digits| 10_i64.checked_pow(digits));
        let digits = digits.map(|power| power.saturating_sub(1));
        let number = |text: &Option<String>| text.as_ref()?.parse::<i64>().ok();
        let least = [
            number(&found.min_inclusive),
            number(&found.min_exclusive),
            digits.map(i64::wrapping_neg),
        ];
        let greatest = [number(&found.max_inclusive), number(&found.max_exclusive), digits];
        let least = least.into_iter().flatten().max()?;
        let greatest = greatest.into_iter().flatten().min()?;
        Some((least, greatest))
    }
}
