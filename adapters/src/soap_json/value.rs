//! Values of simple types in JSON: no digit is lost, and each value has one form.

use super::{names, namespaces::Namespaces};
use serde_json::{Number, Value};
use sluse_xsd::{Primitive, Shapes, SimpleId, Variety};

/// The largest whole number that every reader of JSON holds exactly (RFC 8259, section 6).
const EXACT_MAX: i64 = (1 << 53) - 1;
/// Longest run of digits that a whole number is written out to.
const DIGITS_MAX: usize = 20;
/// What JSON has no numbers for.
const NO_NUMBERS: [&str; 3] = ["INF", "-INF", "NaN"];

/// How values of a type are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    /// `true` or `false`.
    Truth,
    /// A number without a fraction.
    Whole,
    /// A number, or one of [`NO_NUMBERS`].
    Float,
    /// A string without white space.
    Base64,
    /// `{namespace}name`.
    Name,
    /// A string.
    Text,
    /// An array.
    List(SimpleId),
    /// As one of these.
    Union(Vec<SimpleId>),
}

/// Why JSON is not the form of a value: a sentence that tells no value.
pub(super) type Misfit = &'static str;

/// How values of a type are written.
pub(super) fn written(shapes: Shapes<'_>, id: SimpleId) -> Written {
    match shapes.variety(id) {
        Variety::Any => Written::Text,
        Variety::List(item) => Written::List(item),
        Variety::Union(members) => Written::Union(members),
        Variety::Atomic(Primitive::PrefixedName) => Written::Name,
        // A pattern restricts the spelling, which a number or truth value would lose.
        Variety::Atomic(_) if shapes.has_patterns(id) => Written::Text,
        Variety::Atomic(Primitive::Boolean) => Written::Truth,
        Variety::Atomic(Primitive::Float | Primitive::Double) => Written::Float,
        Variety::Atomic(Primitive::Base64) => Written::Base64,
        Variety::Atomic(Primitive::Integer) if is_exact(shapes, id) => Written::Whole,
        Variety::Atomic(_) => Written::Text,
    }
}

fn is_exact(shapes: Shapes<'_>, id: SimpleId) -> bool {
    let bounds = shapes.whole_bounds(id);
    bounds.is_some_and(|(least, greatest)| least >= -EXACT_MAX && greatest <= EXACT_MAX)
}

/// The value of a text; nothing where it is none of the type.
pub(super) fn read<'n>(
    shapes: Shapes<'_>,
    id: SimpleId,
    text: &str,
    prefixes: &dyn Fn(&str) -> Option<&'n str>,
) -> Option<Value> {
    let id = shapes.active(id, text, prefixes)?;
    let normal = shapes.normalized(id, text);
    Some(match written(shapes, id) {
        Written::Truth => Value::Bool(matches!(&*normal, "true" | "1")),
        Written::Whole | Written::Float if NO_NUMBERS.contains(&&*normal) => {
            Value::String(normal.into_owned())
        }
        Written::Whole | Written::Float => Value::Number(number(&normal)?),
        Written::Base64 => Value::String(normal.replace(' ', "")),
        Written::Name => {
            let (prefix, local) = normal.split_once(':').unwrap_or(("", &normal));
            match prefixes(prefix) {
                Some(namespace) if !namespace.is_empty() => {
                    Value::String(names::braced(namespace, local))
                }
                _ => Value::String(local.to_owned()),
            }
        }
        Written::List(item) => {
            let items = normal.split(' ').filter(|item| !item.is_empty());
            let items = items.map(|text| read(shapes, item, text, prefixes));
            Value::Array(items.collect::<Option<_>>()?)
        }
        Written::Text | Written::Union(_) => Value::String(normal.into_owned()),
    })
}

/// A number of XML Schema as one of JSON, which has neither `+` nor leading zeros, and digits around a point.
fn number(text: &str) -> Option<Number> {
    let (sign, text) = match text.strip_prefix(['+', '-']) {
        Some(rest) if text.starts_with('-') => ("-", rest),
        Some(rest) => ("", rest),
        None => ("", text),
    };
    let (digits, exponent) = match text.find(['e', 'E']) {
        Some(at) => text.split_at_checked(at)?,
        None => (text, ""),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    let is_zero = whole == "0" && fraction.is_empty() && exponent.is_empty();
    let sign = if is_zero { "" } else { sign };
    // Reading a number anew would write its exponent in another way.
    Some(Number::from_string_unchecked(format!("{sign}{whole}{point}{fraction}{exponent}")))
}

/// The text of a value.
///
/// # Errors
/// Where JSON has not the form of a value of the type. Whether it is one, the schema says.
pub(super) fn write(
    shapes: Shapes<'_>,
    id: SimpleId,
    value: &Value,
    namespaces: &mut Namespaces,
) -> Result<String, Misfit> {
    match (written(shapes, id), value) {
        (Written::Truth, Value::Bool(truth)) => Ok(truth.to_string()),
        (Written::Truth, _) => Err("`true` or `false` must stand here"),
        (Written::Whole, Value::Number(number)) => {
            whole_digits(&number.to_string()).ok_or("a whole number must stand here")
        }
        (Written::Whole, _) => Err("a whole number must stand here"),
        (Written::Float, Value::Number(number)) => Ok(number.to_string()),
        (Written::Float, Value::String(text)) if NO_NUMBERS.contains(&text.as_str()) => {
            Ok(text.clone())
        }
        (Written::Float, _) => Err("a number must stand here"),
        (Written::Base64, Value::String(text)) if text.contains(char::is_whitespace) => {
            Err("base64 has no white space here")
        }
        (Written::Name, Value::String(text)) => name(text, namespaces),
        (Written::Base64 | Written::Text, Value::String(text)) => plain(shapes, id, text),
        (Written::Base64 | Written::Name | Written::Text, _) => Err("a string must stand here"),
        (Written::List(item), Value::Array(items)) => list(shapes, item, items, namespaces),
        (Written::List(_), _) => Err("an array of the list's items must stand here"),
        (Written::Union(members), value) => union(shapes, id, &members, value, namespaces),
    }
}

/// A name with the prefix of its namespace. A prefix of the sender's own would mean nothing here, or something else.
fn name(text: &str, namespaces: &mut Namespaces) -> Result<String, Misfit> {
    match names::unbraced(text) {
        Some((namespace, local)) if is_namespace(namespace) && !namespace.is_empty() => {
            Ok(namespaces.written(namespace, local))
        }
        None if !text.contains(['{', '}', ':']) && text.chars().all(is_of_xml) => {
            Ok(text.to_owned())
        }
        _ => Err("a name must stand here, as `{namespace}name`, or `name` in no namespace"),
    }
}

/// Whether a prefix can be bound to a namespace (Namespaces in XML 1.0, section 3), or none is needed.
pub(super) fn is_namespace(namespace: &str) -> bool {
    namespace != sluse_xml::XMLNS_NAMESPACE && namespace.chars().all(is_of_xml)
}

fn plain(shapes: Shapes<'_>, id: SimpleId, text: &str) -> Result<String, Misfit> {
    if !text.chars().all(is_of_xml) {
        return Err("a character stands here that XML cannot hold");
    }
    if *shapes.normalized(id, text) != *text {
        return Err("white space stands here that the type takes away");
    }
    Ok(text.to_owned())
}

/// Whether XML has a character (XML 1.0, section 2.2).
pub(super) fn is_of_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

fn list(
    shapes: Shapes<'_>,
    item: SimpleId,
    items: &[Value],
    namespaces: &mut Namespaces,
) -> Result<String, Misfit> {
    let mut text = String::new();
    for value in items {
        let written = write(shapes, item, value, namespaces)?;
        if written.is_empty() || written.contains([' ', '\t', '\n', '\r']) {
            return Err("an item of a list is neither empty nor has white space");
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&written);
    }
    Ok(text)
}

/// A value of a union has the form of the first type that takes its text, so that it has but one.
fn union(
    shapes: Shapes<'_>,
    id: SimpleId,
    members: &[SimpleId],
    value: &Value,
    namespaces: &mut Namespaces,
) -> Result<String, Misfit> {
    let mut refused = None;
    let mut misfit = "the value has the form of none of the union's types";
    for member in members {
        let Ok(text) = write(shapes, *member, value, namespaces) else { continue };
        let active = |id| shapes.active(id, &text, &|prefix| namespaces.find(prefix));
        match active(id) {
            None => refused = refused.or(Some(text)),
            taken if taken == active(*member) => return Ok(text),
            Some(_) => {
                misfit = "the value is written as the first of the union's types that takes it";
            }
        }
    }
    refused.ok_or(misfit)
}

/// The digits of a number of JSON that is whole, however it is written: `7`, `7.0`, `7e0`.
fn whole_digits(text: &str) -> Option<String> {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    if significant.is_empty() {
        return Some("0".to_owned());
    }
    let trailing = significant.trim_end_matches('0');
    let zeros = i64::try_from(significant.len() - trailing.len()).ok()?;
    let exponent: i64 = exponent.parse().ok()?;
    let fraction = i64::try_from(fraction.len()).ok()?;
    let zeros = zeros.checked_add(exponent)?.checked_sub(fraction)?;
    let zeros = usize::try_from(zeros).ok()?;
    let fits = trailing.len().checked_add(zeros)? <= DIGITS_MAX;
    fits.then(|| format!("{sign}{trailing}{}", "0".repeat(zeros)))
}
