//! Casts between atomic types, and the canonical text of values (Functions and Operators, section 17).

use crate::decimal::Decimal;
use crate::fault::{Code, Fault, Outcome};
use crate::lex;
use crate::moment::{Duration, Moment, MomentKind};
use crate::types::AtomType;
use crate::value::{Atomic, Text};
use std::borrow::Cow;

/// White space of XML.
pub(crate) const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

const FORM: Fault = Fault::new(Code::Forg0001, "The text is not of the lexical form of the type.");
const FAR_YEAR: Fault = Fault::new(Code::Fodt0001, "The year is farther than the limit.");
const TYPE: Fault = Fault::new(Code::Xpty0004, "A value of this type cannot be cast to that type.");

/// Casts a value. The type is not an abstract one.
pub(crate) fn cast<'a>(atom: Atomic<'a>, target: AtomType) -> Outcome<Atomic<'a>> {
    match target.primitive() {
        AtomType::UntypedAtomic => Ok(Atomic::Untyped(to_text(atom))),
        AtomType::String => string(to_text(atom), target),
        AtomType::Boolean => boolean(&atom).map(Atomic::Boolean),
        AtomType::Integer => integer(&atom, target),
        AtomType::Decimal => decimal(&atom).map(Atomic::Decimal),
        AtomType::Double => double(&atom).map(Atomic::Double),
        AtomType::Float => float(&atom).map(Atomic::Float),
        AtomType::AnyUri => match atom {
            Atomic::AnyUri(text) => Ok(Atomic::AnyUri(text)),
            Atomic::String(text, _) | Atomic::Untyped(text) => Ok(Atomic::AnyUri(collapse(text))),
            _ => Err(TYPE),
        },
        AtomType::QName => match atom {
            Atomic::QName(name) => Ok(Atomic::QName(name)),
            _ => Err(TYPE),
        },
        AtomType::Duration | AtomType::YearMonthDuration | AtomType::DayTimeDuration => {
            duration(&atom, target).map(Atomic::Duration)
        }
        AtomType::HexBinary | AtomType::Base64Binary => crate::binary::cast(&atom, target),
        other => match MomentKind::of(other) {
            Some(kind) => moment(&atom, kind).map(Atomic::Moment),
            None => Err(TYPE),
        },
    }
}

/// The text that a value is cast to.
pub(crate) fn to_text(atom: Atomic<'_>) -> Text<'_> {
    match atom {
        Atomic::Untyped(text) | Atomic::String(text, _) | Atomic::AnyUri(text) => text,
        Atomic::Boolean(value) => Text::Borrowed(if value { "true" } else { "false" }),
        Atomic::Integer(value, _) => Text::from(value.to_string()),
        Atomic::Decimal(value) => Text::from(value.to_string()),
        Atomic::Double(value) => {
            Text::from(double_text(value, value.to_string(), &format!("{value:E}")))
        }
        Atomic::Float(value) => {
            Text::from(double_text(f64::from(value), value.to_string(), &format!("{value:E}")))
        }
        Atomic::Moment(moment) => Text::from(moment.to_string()),
        Atomic::Duration(duration) => Text::from(duration.to_string()),
        Atomic::QName(name) if name.prefix.is_empty() => Text::from(name.local.clone()),
        Atomic::QName(name) => Text::from(format!("{}:{}", name.prefix, name.local)),
        Atomic::Binary(bytes, kind) => Text::from(crate::binary::to_text(&bytes, kind)),
    }
}

fn double_text(value: f64, plain: String, scientific: &str) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "INF" } else { "-INF" }.to_owned();
    }
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-6..1e6).contains(&magnitude) {
        return plain;
    }
    match scientific.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        _ => scientific.to_owned(),
    }
}

/// White space trimmed at both ends and each run inside made one space.
pub(crate) fn normalize_space(text: &str) -> Cow<'_, str> {
    let trimmed = trim(text);
    let mut before = b'x';
    let clean = trimmed.bytes().all(|byte| {
        let fits = byte > b' ' || (byte == b' ' && before != b' ') || !is_space(byte);
        before = byte;
        fits
    });
    if clean {
        return Cow::Borrowed(trimmed);
    }
    let mut out = String::with_capacity(trimmed.len());
    for word in trimmed.split(SPACE).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    Cow::Owned(out)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The text without white space around it.
pub(crate) fn trim(text: &str) -> &str {
    let start = text.bytes().take_while(|byte| is_space(*byte)).count();
    let rest = text.get(start..).unwrap_or_default();
    let end = rest.bytes().rev().take_while(|byte| is_space(*byte)).count();
    rest.get(..rest.len() - end).unwrap_or_default()
}

fn collapse(text: Text<'_>) -> Text<'_> {
    match &text {
        Text::Borrowed(borrowed) => Text::from(normalize_space(borrowed)),
        shared => match normalize_space(shared) {
            Cow::Borrowed(same) if same.len() == shared.len() => text,
            changed => Text::from(changed.into_owned()),
        },
    }
}

fn string(text: Text<'_>, target: AtomType) -> Outcome<Atomic<'_>> {
    let text = match target {
        AtomType::String => text,
        AtomType::NormalizedString if text.contains(['\t', '\n', '\r']) => {
            Text::from(text.replace(['\t', '\n', '\r'], " "))
        }
        AtomType::NormalizedString => text,
        _ => collapse(text),
    };
    let fits = match target {
        AtomType::Language => is_language(&text),
        AtomType::Nmtoken => {
            !text.is_empty() && text.chars().all(|c| c == ':' || lex::is_name_char(c))
        }
        AtomType::Name => {
            let is_start = |c| c == ':' || lex::is_name_start(c);
            text.starts_with(is_start) && text.chars().all(|c| c == ':' || lex::is_name_char(c))
        }
        AtomType::Ncname | AtomType::Id | AtomType::Idref | AtomType::Entity => {
            lex::is_ncname(&text)
        }
        _ => true,
    };
    if fits { Ok(Atomic::String(text, target)) } else { Err(FORM) }
}

fn is_language(text: &str) -> bool {
    text.split('-').enumerate().all(|(at, part)| {
        (1..=8).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphabetic() || (at > 0 && b.is_ascii_digit()))
    })
}

fn boolean(atom: &Atomic<'_>) -> Outcome<bool> {
    match atom {
        Atomic::Boolean(value) => Ok(*value),
        Atomic::Untyped(text) | Atomic::String(text, _) => match trim(text) {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(FORM),
        },
        Atomic::Integer(value, _) => Ok(*value != 0),
        Atomic::Decimal(value) => Ok(!value.is_zero()),
        Atomic::Double(value) => Ok(!value.is_nan() && *value != 0.0),
        Atomic::Float(value) => Ok(!value.is_nan() && *value != 0.0),
        _ => Err(TYPE),
    }
}

fn integer<'a>(atom: &Atomic<'_>, target: AtomType) -> Outcome<Atomic<'a>> {
    const LARGE: Fault = Fault::new(Code::Foca0003, "The value is too large for an integer.");
    const OUTSIDE: Fault =
        Fault::new(Code::Forg0001, "The number is out of the range of the type.");
    let (low, high) = target.bounds();
    // What is too large for an integer is outside of a type with a bound there.
    let too_large = |negative: bool| {
        let bounded = if negative { low > i128::MIN } else { high < i128::MAX };
        if bounded { OUTSIDE } else { LARGE }
    };
    let value = match atom {
        Atomic::Untyped(text) | Atomic::String(text, _) => {
            let text = trim(text);
            if text.contains('.') {
                return Err(FORM);
            }
            let decimal = Decimal::parse(text).ok_or(FORM)?;
            let decimal = decimal.map_err(|_| too_large(text.starts_with('-')))?;
            decimal.as_integer().ok_or(FORM)?
        }
        Atomic::Integer(value, _) => *value,
        Atomic::Boolean(value) => i128::from(*value),
        Atomic::Decimal(value) => value.truncate(),
        Atomic::Double(_) | Atomic::Float(_) => {
            let value = double(atom)?;
            let decimal = Decimal::from_f64(value.trunc());
            let decimal =
                decimal.ok_or(Fault::new(Code::Foca0002, "Not a number cannot be an integer."))?;
            decimal.map_err(|_| too_large(value < 0.0))?.truncate()
        }
        _ => return Err(TYPE),
    };
    if value < low || value > high {
        return Err(OUTSIDE);
    }
    Ok(Atomic::Integer(value, target))
}

pub(crate) fn decimal(atom: &Atomic<'_>) -> Outcome<Decimal> {
    const DIGITS: Fault = Fault::new(Code::Foca0006, "The number has too many digits.");
    match atom {
        Atomic::Untyped(text) | Atomic::String(text, _) => {
            Decimal::parse(trim(text)).ok_or(FORM)?.map_err(|_| DIGITS)
        }
        Atomic::Integer(value, _) => Ok(Decimal::from(*value)),
        Atomic::Decimal(value) => Ok(*value),
        Atomic::Boolean(value) => Ok(Decimal::from(i128::from(*value))),
        Atomic::Double(_) | Atomic::Float(_) => Decimal::from_f64(double(atom)?)
            .ok_or(Fault::new(Code::Foca0002, "Not a number cannot be a decimal."))?
            .map_err(|_| Fault::new(Code::Foca0001, "The value is too large for a decimal.")),
        _ => Err(TYPE),
    }
}

pub(crate) fn double(atom: &Atomic<'_>) -> Outcome<f64> {
    match atom {
        Atomic::Untyped(text) | Atomic::String(text, _) => parse_double(text).ok_or(FORM),
        Atomic::Double(value) => Ok(*value),
        Atomic::Float(value) => Ok(f64::from(*value)),
        Atomic::Boolean(value) => Ok(f64::from(u8::from(*value))),
        Atomic::Integer(value, _) => Ok(Decimal::from(*value).to_f64()),
        Atomic::Decimal(value) => Ok(value.to_f64()),
        _ => Err(TYPE),
    }
}

pub(crate) fn float(atom: &Atomic<'_>) -> Outcome<f32> {
    match atom {
        Atomic::Float(value) => Ok(*value),
        Atomic::Untyped(text) | Atomic::String(text, _) => {
            parse_double(text).ok_or(FORM)?;
            let text = trim(text);
            Ok(match text {
                "INF" => f32::INFINITY,
                "-INF" => f32::NEG_INFINITY,
                "NaN" => f32::NAN,
                number => number.parse().map_err(|_| FORM)?,
            })
        }
        Atomic::Decimal(value) => value.to_string().parse().map_err(|_| FORM),
        Atomic::Integer(value, _) => value.to_string().parse().map_err(|_| FORM),
        #[expect(clippy::cast_possible_truncation, reason = "a cast to float rounds")]
        other => double(other).map(|value| value as f32),
    }
}

/// Reads the lexical form of `xs:double`, white space around it allowed.
pub(crate) fn parse_double(text: &str) -> Option<f64> {
    match trim(text) {
        "INF" => Some(f64::INFINITY),
        "-INF" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        number => {
            let is_form =
                |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-');
            if !number.bytes().all(is_form) {
                return None;
            }
            number.parse().ok()
        }
    }
}

fn moment(atom: &Atomic<'_>, kind: MomentKind) -> Outcome<Moment> {
    match atom {
        Atomic::Untyped(text) | Atomic::String(text, _) => {
            let text = trim(text);
            Moment::parse(text, kind).ok_or_else(|| far_year(text, kind))
        }
        Atomic::Moment(moment) if moment.kind == kind => Ok(*moment),
        Atomic::Moment(moment) => match (moment.kind, kind) {
            (MomentKind::DateTime, _) => Ok(moment.to_kind(kind)),
            (MomentKind::Date, MomentKind::Time) => Err(TYPE),
            (MomentKind::Date, _) => Ok(moment.to_kind(kind)),
            _ => Err(TYPE),
        },
        _ => Err(TYPE),
    }
}

/// The fault of a text that is no moment: that of its form, unless it is right but for a year of more digits than are supported.
fn far_year(text: &str, kind: MomentKind) -> Fault {
    let year = text.strip_prefix('-').unwrap_or(text);
    let digits = year.bytes().take_while(u8::is_ascii_digit).count();
    let nearer = format!("2000{}", year.get(digits..).unwrap_or(""));
    let is_far = digits > 9 && !year.starts_with('0') && Moment::parse(&nearer, kind).is_some();
    if is_far { FAR_YEAR } else { FORM }
}

fn duration(atom: &Atomic<'_>, kind: AtomType) -> Outcome<Duration> {
    match atom {
        Atomic::Untyped(text) | Atomic::String(text, _) => {
            Duration::parse(trim(text), kind).ok_or(FORM)
        }
        Atomic::Duration(duration) => Ok(match kind {
            AtomType::YearMonthDuration => Duration::months(duration.months),
            AtomType::DayTimeDuration => Duration::nanos(duration.nanos),
            _ => Duration { kind, ..*duration },
        }),
        _ => Err(TYPE),
    }
}
