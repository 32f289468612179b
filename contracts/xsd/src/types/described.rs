//! What a simple type says of its values, for those who write them in another form.

use super::{
    Ids, Scope, Shape, TypeId, Types, Value, moment::MomentKind, space::WhiteSpace, value::Atomic,
    value::Text,
};
use std::borrow::Cow;

/// What values of a type are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Variety {
    /// Any text.
    Any,
    /// One value.
    Atomic(Primitive),
    /// Items of a type, parted by white space.
    List(TypeId),
    /// A value of one of these types, the first that takes it.
    Union(Vec<TypeId>),
}

/// The primitives of XML Schema, and the kinds of text that are told apart by their form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Primitive {
    /// `xs:string`, `xs:normalizedString`, `xs:token`.
    Text,
    /// `xs:language`.
    Language,
    /// `xs:NMTOKEN`.
    NmToken,
    /// `xs:Name`.
    XmlName,
    /// `xs:NCName`, and the types of IDs.
    NcName,
    /// `xs:boolean`.
    Boolean,
    /// `xs:decimal`.
    Decimal,
    /// `xs:integer` and what derives from it.
    Integer,
    /// `xs:float`.
    Float,
    /// `xs:double`.
    Double,
    /// `xs:duration`.
    Duration,
    /// `xs:dateTime`.
    DateTime,
    /// `xs:time`.
    Time,
    /// `xs:date`.
    Date,
    /// `xs:gYearMonth`.
    YearMonth,
    /// `xs:gYear`.
    Year,
    /// `xs:gMonthDay`.
    MonthDay,
    /// `xs:gDay`.
    Day,
    /// `xs:gMonth`.
    Month,
    /// `xs:hexBinary`.
    Hex,
    /// `xs:base64Binary`.
    Base64,
    /// `xs:anyURI`.
    Uri,
    /// `xs:QName` and `xs:NOTATION`: a name with a prefix.
    PrefixedName,
}

/// What restricts the values of a type, as far as it can be told in words of another schema language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restrictions {
    /// The exact length: of texts in characters, of binary values in bytes, of lists in items.
    pub length: Option<u64>,
    /// The least length.
    pub min_length: Option<u64>,
    /// The greatest length.
    pub max_length: Option<u64>,
    /// Regular expressions of XML Schema: of each group one describes the whole text.
    pub patterns: Vec<Vec<String>>,
    /// The values that are listed, as the schema writes them.
    pub enumeration: Option<Vec<String>>,
    /// Bounds of numbers, as decimals.
    pub min_inclusive: Option<String>,
    /// As above.
    pub max_inclusive: Option<String>,
    /// As above.
    pub min_exclusive: Option<String>,
    /// As above.
    pub max_exclusive: Option<String>,
    /// Most digits.
    pub total_digits: Option<u32>,
    /// Most digits after the point.
    pub fraction_digits: Option<u32>,
}

/// What a value is to the document as a whole (XML Schema Part 1, section 3.3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdUse {
    /// A name that no other value may have.
    Id,
    /// A name that some ID must have.
    Reference,
    /// A name of an unparsed entity, which a document without a document type has not.
    Entity,
}

impl Types {
    /// What a value of an atomic type is to the document as a whole.
    pub(crate) fn id_use(&self, id: TypeId) -> Option<IdUse> {
        match &self.get(id).shape {
            Shape::Atomic(_, Ids::Id) => Some(IdUse::Id),
            Shape::Atomic(_, Ids::Idref) => Some(IdUse::Reference),
            Shape::Atomic(_, Ids::Entity) => Some(IdUse::Entity),
            _ => None,
        }
    }

    /// Bounds as the schema writes them: least and greatest value, then those that are no values themselves.
    pub(crate) fn bounds_shown(&self, id: TypeId) -> [Option<String>; 4] {
        let Some(facets) = self.get(id).facets.as_deref() else { return [const { None }; 4] };
        let bounds = [
            &facets.min_inclusive,
            &facets.max_inclusive,
            &facets.min_exclusive,
            &facets.max_exclusive,
        ];
        bounds.map(|bound| bound.as_ref().map(|bound| bound.shown.to_string()))
    }

    /// What values of a type are made of.
    pub(crate) fn variety(&self, id: TypeId) -> Variety {
        match &self.get(id).shape {
            Shape::Any | Shape::Missing => Variety::Any,
            Shape::Atomic(atomic, _) => Variety::Atomic(primitive(*atomic)),
            Shape::List(item) => Variety::List(*item),
            Shape::Union(members) => Variety::Union(members.to_vec()),
        }
    }

    /// What restricts the values of a type.
    pub(crate) fn restrictions(&self, id: TypeId) -> Restrictions {
        let Some(facets) = self.get(id).facets.as_deref() else { return Restrictions::default() };
        let patterns = facets.patterns.iter().map(|group| {
            let texts = group.iter().map(|pattern| pattern.text().to_owned());
            texts.collect()
        });
        let listed = facets.enumeration.as_deref();
        let listed = listed.map(|list| list.shown.iter().map(|text| text.to_string()).collect());
        Restrictions {
            length: facets.length,
            min_length: facets.min_length,
            max_length: facets.max_length,
            patterns: patterns.collect(),
            enumeration: listed,
            min_inclusive: number(facets.min_inclusive.as_ref().map(|bound| &bound.value)),
            max_inclusive: number(facets.max_inclusive.as_ref().map(|bound| &bound.value)),
            min_exclusive: number(facets.min_exclusive.as_ref().map(|bound| &bound.value)),
            max_exclusive: number(facets.max_exclusive.as_ref().map(|bound| &bound.value)),
            total_digits: facets.total_digits,
            fraction_digits: facets.fraction_digits,
        }
    }

    /// Whether regular expressions restrict the values of a type.
    pub(crate) fn has_patterns(&self, id: TypeId) -> bool {
        self.get(id).facets.as_deref().is_some_and(|facets| !facets.patterns.is_empty())
    }

    /// A text with its white space as the type wants it.
    pub(crate) fn normalized<'t>(&self, id: TypeId, text: &'t str) -> Cow<'t, str> {
        self.get(id).space.normalize(text)
    }

    /// Whether the type makes one space of all white space, and none at the ends.
    pub(crate) fn collapses(&self, id: TypeId) -> bool {
        self.get(id).space == WhiteSpace::Collapse
    }

    /// The type that takes a text: itself, or of a union the member; none where the text is no value.
    pub(crate) fn active(&self, id: TypeId, text: &str, scope: &dyn Scope) -> Option<TypeId> {
        self.check(id, text, scope).ok()?;
        let mut at = id;
        // Unions in unions are bounded by how deep types may stand on each other.
        while let Shape::Union(members) = &self.get(at).shape {
            at = *members.iter().find(|each| self.check(**each, text, scope).is_ok())?;
        }
        Some(at)
    }
}

fn number(bound: Option<&Value>) -> Option<String> {
    match bound? {
        Value::Decimal(decimal) => Some(decimal.to_string()),
        _ => None,
    }
}

fn primitive(atomic: Atomic) -> Primitive {
    match atomic {
        Atomic::Text(Text::Any) => Primitive::Text,
        Atomic::Text(Text::Language) => Primitive::Language,
        Atomic::Text(Text::NmToken) => Primitive::NmToken,
        Atomic::Text(Text::Name) => Primitive::XmlName,
        Atomic::Text(Text::NcName) => Primitive::NcName,
        Atomic::Boolean => Primitive::Boolean,
        Atomic::Decimal => Primitive::Decimal,
        Atomic::Integer => Primitive::Integer,
        Atomic::Float => Primitive::Float,
        Atomic::Double => Primitive::Double,
        Atomic::Duration => Primitive::Duration,
        Atomic::Moment(MomentKind::DateTime) => Primitive::DateTime,
        Atomic::Moment(MomentKind::Time) => Primitive::Time,
        Atomic::Moment(MomentKind::Date) => Primitive::Date,
        Atomic::Moment(MomentKind::YearMonth) => Primitive::YearMonth,
        Atomic::Moment(MomentKind::Year) => Primitive::Year,
        Atomic::Moment(MomentKind::MonthDay) => Primitive::MonthDay,
        Atomic::Moment(MomentKind::Day) => Primitive::Day,
        Atomic::Moment(MomentKind::Month) => Primitive::Month,
        Atomic::Hex => Primitive::Hex,
        Atomic::Base64 => Primitive::Base64,
        Atomic::Uri => Primitive::Uri,
        Atomic::Name | Atomic::Notation => Primitive::PrefixedName,
    }
}
