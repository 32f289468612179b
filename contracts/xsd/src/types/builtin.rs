//! The types that every schema has (XML Schema Part 2, section 3).

use super::facets::Bound;
use super::{
    decimal::Digits,
    facets::Facets,
    moment::MomentKind,
    space::WhiteSpace,
    value::{Atomic, Text, Value},
};
use xsd_schema::XmlTypeCode;

/// What a built-in type is.
pub(super) struct Builtin {
    pub(super) atomic: Atomic,
    pub(super) space: WhiteSpace,
    pub(super) bounds: Option<(&'static str, &'static str)>,
    pub(super) ids: Ids,
}

/// What a value is to the document as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ids {
    /// Nothing.
    None,
    /// A name that no other may have.
    Id,
    /// A name that some other must have.
    Idref,
    /// A name of an unparsed entity, which a document without a DTD has not.
    Entity,
}

/// The atomic type of this code; none for lists and for what is no simple type.
pub(super) fn atomic(code: XmlTypeCode) -> Option<Builtin> {
    use XmlTypeCode as Code;
    let mut ids = Ids::None;
    let mut space = WhiteSpace::Collapse;
    let mut bounds = None;
    let atomic = match code {
        Code::String => {
            space = WhiteSpace::Preserve;
            Atomic::Text(Text::Any)
        }
        Code::NormalizedString => {
            space = WhiteSpace::Replace;
            Atomic::Text(Text::Any)
        }
        Code::Token => Atomic::Text(Text::Any),
        Code::Language => Atomic::Text(Text::Language),
        Code::NmToken => Atomic::Text(Text::NmToken),
        Code::Name => Atomic::Text(Text::Name),
        Code::NCName => Atomic::Text(Text::NcName),
        Code::Id => {
            ids = Ids::Id;
            Atomic::Text(Text::NcName)
        }
        Code::IdRef => {
            ids = Ids::Idref;
            Atomic::Text(Text::NcName)
        }
        Code::Entity => {
            ids = Ids::Entity;
            Atomic::Text(Text::NcName)
        }
        Code::Boolean => Atomic::Boolean,
        Code::Decimal => Atomic::Decimal,
        Code::Float => Atomic::Float,
        Code::Double => Atomic::Double,
        Code::Duration | Code::YearMonthDuration | Code::DayTimeDuration => Atomic::Duration,
        Code::DateTime | Code::DateTimeStamp => Atomic::Moment(MomentKind::DateTime),
        Code::Time => Atomic::Moment(MomentKind::Time),
        Code::Date => Atomic::Moment(MomentKind::Date),
        Code::GYearMonth => Atomic::Moment(MomentKind::YearMonth),
        Code::GYear => Atomic::Moment(MomentKind::Year),
        Code::GMonthDay => Atomic::Moment(MomentKind::MonthDay),
        Code::GDay => Atomic::Moment(MomentKind::Day),
        Code::GMonth => Atomic::Moment(MomentKind::Month),
        Code::HexBinary => Atomic::Hex,
        Code::Base64Binary => Atomic::Base64,
        Code::AnyUri => Atomic::Uri,
        Code::QName => Atomic::Name,
        Code::Notation => Atomic::Notation,
        code => {
            bounds = Some(integer_bounds(code)?);
            Atomic::Integer
        }
    };
    Some(Builtin { atomic, space, bounds, ids })
}

/// Least and greatest value, empty where there is none.
fn integer_bounds(code: XmlTypeCode) -> Option<(&'static str, &'static str)> {
    use XmlTypeCode as Code;
    Some(match code {
        Code::Integer => ("", ""),
        Code::NonPositiveInteger => ("", "0"),
        Code::NegativeInteger => ("", "-1"),
        Code::NonNegativeInteger => ("0", ""),
        Code::PositiveInteger => ("1", ""),
        Code::Long => ("-9223372036854775808", "9223372036854775807"),
        Code::Int => ("-2147483648", "2147483647"),
        Code::Short => ("-32768", "32767"),
        Code::Byte => ("-128", "127"),
        Code::UnsignedLong => ("0", "18446744073709551615"),
        Code::UnsignedInt => ("0", "4294967295"),
        Code::UnsignedShort => ("0", "65535"),
        Code::UnsignedByte => ("0", "255"),
        _ => return None,
    })
}

impl Builtin {
    /// The bounds as facets.
    pub(super) fn facets(&self) -> Facets {
        let bound = |text: &str| {
            let value = Digits::parse_integer(text)?;
            Some(Bound { value: Value::Decimal(value.to_decimal()), shown: text.into() })
        };
        let (least, greatest) = self.bounds.unwrap_or(("", ""));
        Facets { min_inclusive: bound(least), max_inclusive: bound(greatest), ..Facets::default() }
    }
}
