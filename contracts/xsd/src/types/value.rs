//! Values, as schemas compare them: by value space, each primitive apart (XML Schema Part 2, section 2.2).

use super::{
    decimal::Decimal,
    duration::Duration,
    moment::{Moment, MomentKind},
};
use std::cmp::Ordering;

/// A value. Two are equal where the recommendation says so: `1.0` and `1.00` as decimals, never `1` as
/// decimal and as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    /// `string` and what derives from it.
    Text(Box<str>),
    Boolean(bool),
    Decimal(Decimal),
    /// The bits; one zero, one NaN.
    Float(u32),
    /// The bits; one zero, one NaN.
    Double(u64),
    Duration(Duration),
    Moment(Moment),
    Hex(Box<[u8]>),
    Base64(Box<[u8]>),
    Uri(Box<str>),
    /// Namespace and local name.
    Name(Box<str>, Box<str>),
    /// Namespace and local name of a notation.
    Notation(Box<str>, Box<str>),
    List(Box<[Self]>),
}

impl Value {
    /// Whether it is a date, a time, or a part of one.
    pub(super) fn is_moment(&self) -> bool {
        matches!(self, Self::Moment(_))
    }

    /// The order of two values, where there is one.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Decimal(one), Self::Decimal(other)) => {
                Some(one.digits().compare(other.digits()))
            }
            // NaN equals itself, and is neither less nor greater than anything (section 3.2.4).
            (Self::Float(one), Self::Float(other)) if one == other => Some(Ordering::Equal),
            (Self::Double(one), Self::Double(other)) if one == other => Some(Ordering::Equal),
            (Self::Float(one), Self::Float(other)) => {
                f32::from_bits(*one).partial_cmp(&f32::from_bits(*other))
            }
            (Self::Double(one), Self::Double(other)) => {
                f64::from_bits(*one).partial_cmp(&f64::from_bits(*other))
            }
            (Self::Duration(one), Self::Duration(other)) => one.compare(other),
            (Self::Moment(one), Self::Moment(other)) => one.compare(other),
            _ => None,
        }
    }
}

/// What values a type has, before facets: the primitives, and what derives from them by lexical rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Atomic {
    Text(Text),
    Boolean,
    Decimal,
    Integer,
    Float,
    Double,
    Duration,
    Moment(MomentKind),
    Hex,
    Base64,
    Uri,
    Name,
    Notation,
}

/// Kinds of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Any,
    Language,
    NmToken,
    Name,
    NcName,
}
