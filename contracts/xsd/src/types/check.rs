//! Whether a text is a value of a type, and which.

use super::{
    Broken, Ids, Scope, Shape, TypeId, Types, Value,
    decimal::Digits,
    duration::Duration,
    facets::Facets,
    moment::{Moment, MomentKind},
    space::{WhiteSpace, items},
    text,
    uri::is_uri,
    value::{Atomic, Text},
};
use crate::limits;

const LEXICAL: &str = "cvc-datatype-valid.1.2.1";
const ITEM: &str = "cvc-datatype-valid.1.2.2";
const MEMBER: &str = "cvc-datatype-valid.1.2.3";

/// What a text was found to be.
struct Read {
    /// Its value, where it was asked for.
    value: Option<Value>,
    /// What is done to white space by the type that it was read as; of a union, by its member.
    space: WhiteSpace,
}

impl Types {
    /// Whether a text is a value of a type, white space as it stands in the document.
    ///
    /// # Errors
    /// The constraint that is broken, and what was expected in words of the schema.
    #[inline]
    pub(crate) fn check(&self, id: TypeId, raw: &str, scope: &dyn Scope) -> Result<(), Broken> {
        let this = self.get(id);
        match &this.shape {
            Shape::Any => Ok(()),
            Shape::Atomic(atomic, _) => {
                let text = this.space.normalize(raw);
                check_atomic(*atomic, &text, this.facets.as_deref(), scope)
            }
            Shape::List(_) | Shape::Union(_) | Shape::Missing => {
                self.read(id, raw, scope, false).map(drop)
            }
        }
    }

    /// The value of a text; none where it is none of the type.
    pub(crate) fn value(&self, id: TypeId, raw: &str, scope: &dyn Scope) -> Option<Value> {
        self.read(id, raw, scope, true).ok()?.value
    }

    /// Each part of a list or union is read once, whatever stands on it: verdict and value together.
    fn read(&self, id: TypeId, raw: &str, scope: &dyn Scope, wanted: bool) -> Result<Read, Broken> {
        let this = self.get(id);
        let facets = this.facets.as_deref();
        match &this.shape {
            Shape::Any => {
                Ok(Read { value: wanted.then(|| Value::Text(raw.into())), space: this.space })
            }
            Shape::Missing => Err(Broken::new("src-resolve", "a type that the schema has not")),
            Shape::Atomic(atomic, _) => {
                let text = this.space.normalize(raw);
                check_atomic(*atomic, &text, facets, scope)?;
                let value = if wanted { atomic_value(*atomic, &text, scope) } else { None };
                Ok(Read { value, space: this.space })
            }
            Shape::List(item) => {
                let valued = wanted || facets.is_some_and(Facets::needs_value);
                let (count, value) = self.read_items(*item, raw, scope, valued)?;
                if let Some(facets) = facets {
                    facets.check_length(count, "items")?;
                }
                let read = Read { value, space: this.space };
                check_whole(facets, &read, raw, scope)?;
                Ok(read)
            }
            Shape::Union(members) => {
                let valued = wanted || facets.is_some_and(Facets::needs_value);
                let read = self.read_member(members, raw, scope, valued)?;
                check_whole(facets, &read, raw, scope)?;
                Ok(read)
            }
        }
    }

    /// How many items there are, and their values where they were asked for.
    fn read_items(
        &self,
        item: TypeId,
        raw: &str,
        scope: &dyn Scope,
        valued: bool,
    ) -> Result<(usize, Option<Value>), Broken> {
        let (mut count, mut values) = (0, Vec::new());
        for each in items(raw) {
            let read = self.read(item, each, scope, valued).map_err(|broken| {
                let constraint =
                    if broken.constraint == LEXICAL { ITEM } else { broken.constraint };
                Broken::new(constraint, format!("a list, each item {}", broken.expected))
            })?;
            values.extend(read.value);
            count += 1;
        }
        Ok((count, valued.then(|| Value::List(values.into()))))
    }

    /// What the first member makes of it that takes it (section 2.5.1.3).
    fn read_member(
        &self,
        members: &[TypeId],
        raw: &str,
        scope: &dyn Scope,
        valued: bool,
    ) -> Result<Read, Broken> {
        for member in members {
            match self.read(*member, raw, scope, valued) {
                Err(broken) if broken.constraint != limits::PATTERN_STEPS => {}
                decided => return decided,
            }
        }
        Err(self.no_member(members))
    }

    fn no_member(&self, members: &[TypeId]) -> Broken {
        Broken::new(MEMBER, self.members_words(members, 0))
    }

    fn member(&self, members: &[TypeId], raw: &str, scope: &dyn Scope) -> Option<TypeId> {
        members.iter().copied().find(|member| self.check(*member, raw, scope).is_ok())
    }

    /// Gives each name in a value that is an ID, refers to one, or is an entity.
    pub(crate) fn each_id(
        &self,
        id: TypeId,
        raw: &str,
        scope: &dyn Scope,
        give: &mut dyn FnMut(Ids, &str),
    ) {
        let this = self.get(id);
        if !this.holds_ids {
            return;
        }
        match &this.shape {
            Shape::Atomic(_, ids) => give(*ids, &this.space.normalize(raw)),
            Shape::List(item) => items(raw).for_each(|each| self.each_id(*item, each, scope, give)),
            Shape::Union(members) => {
                if let Some(member) = self.member(members, raw, scope) {
                    self.each_id(member, raw, scope, give);
                }
            }
            Shape::Any | Shape::Missing => {}
        }
    }
}

/// Facets of a list or union that look at the whole.
fn check_whole(
    facets: Option<&Facets>,
    read: &Read,
    raw: &str,
    scope: &dyn Scope,
) -> Result<(), Broken> {
    let Some(facets) = facets else { return Ok(()) };
    facets.check_patterns(&read.space.normalize(raw), scope)?;
    read.value.as_ref().map_or(Ok(()), |value| facets.check_value_listed(value))
}

fn check_atomic(
    atomic: Atomic,
    text: &str,
    facets: Option<&Facets>,
    scope: &dyn Scope,
) -> Result<(), Broken> {
    let wrong = || Broken::new(LEXICAL, words(atomic));
    match atomic {
        Atomic::Decimal | Atomic::Integer => {
            let digits = read_digits(atomic, text).ok_or_else(wrong)?;
            let Some(facets) = facets else { return Ok(()) };
            facets.check_patterns(text, scope)?;
            if facets.has_digits() {
                facets.check_digits(digits.total(), digits.fraction())?;
            }
            facets.check_bounds(|bound| match bound {
                Value::Decimal(bound) => Some(digits.compare(bound.digits())),
                _ => None,
            })?;
            if facets.enumeration.is_some() {
                facets.check_value_listed(&Value::Decimal(digits.to_decimal()))?;
            }
            Ok(())
        }
        Atomic::Text(kind) => {
            if !is_text(kind, text) {
                return Err(wrong());
            }
            facets.map_or(Ok(()), |facets| check_text(facets, text, scope))
        }
        Atomic::Uri if !is_uri(text) => Err(wrong()),
        Atomic::Uri => facets.map_or(Ok(()), |facets| check_text(facets, text, scope)),
        Atomic::Hex => {
            let length = text::hex_length(text).ok_or_else(wrong)?;
            check_bytes(atomic, length, text, facets, scope)
        }
        Atomic::Base64 => {
            let length = text::base64_length(text).ok_or_else(wrong)?;
            check_bytes(atomic, length, text, facets, scope)
        }
        Atomic::Boolean if text::boolean(text).is_none() => Err(wrong()),
        Atomic::Boolean => facets.map_or(Ok(()), |facets| facets.check_patterns(text, scope)),
        Atomic::Float
        | Atomic::Double
        | Atomic::Duration
        | Atomic::Moment(_)
        | Atomic::Name
        | Atomic::Notation => {
            let value = atomic_value(atomic, text, scope).ok_or_else(wrong)?;
            let Some(facets) = facets else { return Ok(()) };
            facets.check_patterns(text, scope)?;
            facets.check_bounds(|bound| value.compare(bound))?;
            facets.check_value_listed(&value)
        }
    }
}

fn check_text(facets: &Facets, text: &str, scope: &dyn Scope) -> Result<(), Broken> {
    if facets.has_length() {
        let length = if text.is_ascii() { text.len() } else { text.chars().count() };
        facets.check_length(length, "characters")?;
    }
    facets.check_text_listed(text)?;
    facets.check_patterns(text, scope)
}

fn check_bytes(
    atomic: Atomic,
    length: usize,
    text: &str,
    facets: Option<&Facets>,
    scope: &dyn Scope,
) -> Result<(), Broken> {
    let Some(facets) = facets else { return Ok(()) };
    facets.check_length(length, "bytes")?;
    facets.check_patterns(text, scope)?;
    match &facets.enumeration {
        Some(_) => {
            let value = atomic_value(atomic, text, scope);
            value.map_or(Ok(()), |value| facets.check_value_listed(&value))
        }
        None => Ok(()),
    }
}

/// The value of a text of which white space is normalized.
fn atomic_value(atomic: Atomic, text: &str, scope: &dyn Scope) -> Option<Value> {
    Some(match atomic {
        Atomic::Text(kind) if !is_text(kind, text) => return None,
        Atomic::Text(_) => Value::Text(text.into()),
        Atomic::Boolean => Value::Boolean(text::boolean(text)?),
        Atomic::Decimal | Atomic::Integer => {
            Value::Decimal(read_digits(atomic, text)?.to_decimal())
        }
        Atomic::Float => Value::Float(text::float32(text)?.to_bits()),
        Atomic::Double => Value::Double(text::float64(text)?.to_bits()),
        Atomic::Duration => Value::Duration(Duration::parse(text)?),
        Atomic::Moment(kind) => Value::Moment(Moment::parse(kind, text)?),
        Atomic::Hex => {
            text::hex_length(text)?;
            Value::Hex(text::hex_bytes(text))
        }
        Atomic::Base64 => {
            text::base64_length(text)?;
            Value::Base64(text::base64_bytes(text))
        }
        Atomic::Uri => Value::Uri(is_uri(text).then(|| text.into())?),
        Atomic::Name | Atomic::Notation => {
            let (prefix, local) = text::split_name(text)?;
            let namespace = match scope.namespace(prefix) {
                Some(namespace) => namespace,
                None if prefix.is_empty() => "",
                None => return None,
            };
            let (namespace, local) = (namespace.into(), local.into());
            if atomic == Atomic::Name {
                Value::Name(namespace, local)
            } else {
                Value::Notation(namespace, local)
            }
        }
    })
}

fn read_digits(atomic: Atomic, text: &str) -> Option<Digits<'_>> {
    if atomic == Atomic::Integer { Digits::parse_integer(text) } else { Digits::parse(text) }
}

fn is_text(kind: Text, text: &str) -> bool {
    match kind {
        Text::Any => true,
        Text::Language => text::is_language(text),
        Text::NmToken => text::is_nm_token(text),
        Text::Name => text::is_name(text),
        Text::NcName => text::is_nc_name(text),
    }
}

/// What a text must be, in words.
fn words(atomic: Atomic) -> &'static str {
    match atomic {
        Atomic::Text(Text::Any) => "a text",
        Atomic::Uri => "an address (URI) such as `urn:a:b` or `https://example.org/a`",
        Atomic::Text(Text::Language) => "a language code such as `da-DK`",
        Atomic::Text(Text::NmToken) => "name characters without spaces",
        Atomic::Text(Text::Name) => "a name",
        Atomic::Text(Text::NcName) => "a name without a colon",
        Atomic::Boolean => "`true`, `false`, `1` or `0`",
        Atomic::Decimal => "a decimal number such as `12.50`",
        Atomic::Integer => "a whole number",
        Atomic::Float | Atomic::Double => "a number, `INF`, `-INF` or `NaN`",
        Atomic::Duration => "a duration such as `P1Y2M`",
        Atomic::Hex => "pairs of hexadecimal digits",
        Atomic::Base64 => "base64",
        Atomic::Name => "a name whose prefix is declared",
        Atomic::Notation => "the name of a notation",
        Atomic::Moment(kind) => match kind {
            MomentKind::DateTime => "a date and time such as `2024-02-29T13:20:00Z`",
            MomentKind::Time => "a time such as `13:20:00`",
            MomentKind::Date => "a date such as `2024-02-29`",
            MomentKind::YearMonth => "a year and month such as `2024-02`",
            MomentKind::Year => "a year such as `2024`",
            MomentKind::MonthDay => "a month and day such as `--02-29`",
            MomentKind::Day => "a day of the month such as `---29`",
            MomentKind::Month => "a month such as `--02`",
        },
    }
}
