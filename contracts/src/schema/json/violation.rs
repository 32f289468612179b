//! From the validator's errors to violations: in the schema's words, without a value.

use super::{Names, branch, exact, told};
use crate::{
    Code, Layer, Severity, Violation, code,
    payload::{escape_step, is_huge, unescape_step},
};
use jsonschema::{
    ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::Value;
use std::fmt::Write as _;

/// Longest value shown, in characters.
const VALUE_CHARS_MAX: usize = 200;

/// Most words of an enumeration that a message lists.
const LISTED_MAX: usize = 20;

/// A violation, the true pointer to look its place up with, and the place of its constraint.
#[derive(Debug)]
pub(crate) struct Located {
    pub(crate) violation: Violation,
    pub(crate) pointer: String,
    pub(crate) place: String,
}

/// What of a document may be shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'s> {
    pub(crate) names: &'s Names,
    pub(crate) show_values: bool,
}

impl Shown<'_> {
    /// A pointer in which names that the contract does not declare are `*`.
    pub(crate) fn path(&self, root: &Value, pointer: &str) -> String {
        let mut path = String::with_capacity(pointer.len());
        let mut value = Some(root);
        let mut rest = pointer.strip_prefix('/');
        while let Some(steps) = rest {
            let (step, after) = match memchr::memchr(b'/', steps.as_bytes()) {
                Some(at) => (steps.get(..at).unwrap_or_default(), steps.get(at + 1..)),
                None => (steps, None),
            };
            let name = unescape_step(step);
            let is_item = matches!(value, Some(Value::Array(_)));
            path.push('/');
            path.push_str(if is_item || self.shows(&name) { step } else { "*" });
            // Of the last step nothing is asked but its name.
            value = value.filter(|_| after.is_some()).and_then(|value| match value {
                Value::Object(members) => members.get(&*name),
                Value::Array(items) => items.get(name.parse::<usize>().ok()?),
                _ => None,
            });
            rest = after;
        }
        path
    }

    /// Whether a name may be shown.
    pub(crate) fn shows(&self, name: &str) -> bool {
        self.show_values || self.names.contains(name)
    }

    fn value(&self, value: &Value) -> Option<String> {
        self.show_values.then(|| value.to_string().chars().take(VALUE_CHARS_MAX).collect())
    }
}

/// Most values of a document of which every violation is told. The validator gathers all of them
/// before it gives the first, at some hundred bytes each: beyond this only one is asked for.
pub(super) const VALUES_FOR_ALL_MAX: usize = 100_000;

/// The violations of a value, at most `violations_max`; where that is 1 the validator stops at the
/// first. `place` names the constraint at an address. Also whether all were told: where the engine would gather too many, or
/// copy too much of the value to tell about alternatives, the first is.
pub(crate) fn violations(
    validator: &Validator,
    value: &Value,
    shown: &Shown<'_>,
    violations_max: usize,
    place: &dyn Fn(&str) -> String,
) -> (Vec<Located>, bool) {
    let gathered = |most| branch::within(|| gather(validator, value, shown, most, place));
    let all = (violations_max > 1).then(|| told::within(|| gathered(violations_max)));
    if let Some(Some(Ok(found))) = all {
        return (found, true);
    }
    match gathered(1) {
        Ok(found) => (found, all.is_none()),
        Err(none) => (vec![fits_none(&none, value, shown, place)], false),
    }
}

/// That a value fits no alternative, which the engine was stopped from telling.
fn fits_none(
    none: &branch::FitsNone,
    root: &Value,
    shown: &Shown<'_>,
    place: &dyn Fn(&str) -> String,
) -> Located {
    let pointer = none.pointer(root).unwrap_or_default();
    let sentence = match none.keyword() {
        "anyOf" => "the value fits none of the schema's alternatives",
        _ => "the value fits none of the schema's alternatives, or more than one",
    };
    let mut violation =
        Violation::new(code::JSON_COMBINATION, Layer::JsonSchema, Severity::Error, sentence)
            .with_rule(none.keyword())
            .at_path(shown.path(root, &pointer));
    violation.value = root.pointer(&pointer).and_then(|value| shown.value(value));
    let place = exact::place(place(none.place()));
    Located { violation, pointer, place }
}

fn gather(
    validator: &Validator,
    value: &Value,
    shown: &Shown<'_>,
    violations_max: usize,
    place: &dyn Fn(&str) -> String,
) -> Vec<Located> {
    let first = (violations_max <= 1).then(|| validator.validate(value).err());
    let all = first.is_none().then(|| validator.iter_errors(value));
    let n_told = all.as_ref().map_or(1, |all| all.size_hint().0);
    let mut found: Vec<Located> = Vec::with_capacity(n_told.min(violations_max));
    for error in first.flatten().into_iter().chain(all.into_iter().flatten()) {
        if found.len() >= violations_max {
            break;
        }
        let pointer = error.instance_path().as_str().to_owned();
        let place = match error.absolute_keyword_location() {
            Some(uri) => place(uri.as_str()),
            None => place(&format!("#{}", error.schema_path().as_str())),
        };
        let place = exact::place(place);
        match error.kind() {
            // Ours stands beside the engine's, which may have told it.
            Kind::Custom { .. }
                if found.iter().any(|each| each.pointer == pointer && each.place == place) => {}
            Kind::AdditionalProperties { unexpected }
            | Kind::UnevaluatedProperties { unexpected } => {
                for name in unexpected.iter().take(violations_max - found.len()) {
                    let pointer = format!("{pointer}/{}", escape_step(name));
                    let member = error.instance().get(name).unwrap_or(&Value::Null);
                    found.push(located(&error, value, shown, pointer, place.clone(), member));
                }
            }
            _ => found.push(located(&error, value, shown, pointer, place, error.instance())),
        }
    }
    found
}

fn located(
    error: &ValidationError<'_>,
    root: &Value,
    shown: &Shown<'_>,
    pointer: String,
    place: String,
    value: &Value,
) -> Located {
    let (code, sentence) = describe(error.kind());
    let mut violation = Violation::new(code, Layer::JsonSchema, Severity::Error, sentence)
        .with_rule(exact::published(error.kind().keyword()))
        .at_path(shown.path(root, &pointer));
    violation.value = shown.value(value);
    Located { violation, pointer, place }
}

/// Code and sentence, in words of the schema alone.
fn describe(kind: &Kind) -> (Code, String) {
    match kind {
        Kind::Type { kind } => (code::JSON_TYPE, format!("the value must be {}", types(kind))),
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            (code::JSON_REQUIRED, format!("the member `{name}` is missing"))
        }
        Kind::Enum { options } => (code::JSON_ENUM, listed(options)),
        Kind::Custom { keyword, message } => (exact::code(keyword), message.clone()),
        Kind::Constant { expected_value } => {
            (code::JSON_ENUM, format!("the value must be {expected_value}"))
        }
        Kind::AdditionalItems { .. } | Kind::UnevaluatedItems { .. } => {
            (code::JSON_ADDITIONAL, "the list has items that the schema does not allow".into())
        }
        Kind::AdditionalProperties { .. } | Kind::UnevaluatedProperties { .. } => {
            (code::JSON_ADDITIONAL, "the schema does not allow this member".into())
        }
        Kind::FalseSchema => (code::JSON_ADDITIONAL, "the schema allows no value here".into()),
        Kind::PropertyNames { .. } => {
            (code::JSON_ADDITIONAL, "a member's name is not as the schema demands".into())
        }
        Kind::Format { format } => {
            (code::JSON_FORMAT, format!("the text does not have the format `{format}`"))
        }
        Kind::Pattern { pattern } => {
            (code::JSON_FORMAT, format!("the text does not match the pattern {pattern}"))
        }
        Kind::ContentEncoding { content_encoding } => {
            (code::JSON_FORMAT, format!("the text is not encoded as `{content_encoding}`"))
        }
        Kind::ContentMediaType { content_media_type } => {
            (code::JSON_FORMAT, format!("the text is not of the media type `{content_media_type}`"))
        }
        Kind::FromUtf8 { .. } => (code::JSON_FORMAT, "the encoded text is not UTF-8".into()),
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            (code::JSON_PATTERN_LIMIT, "matching a pattern took more steps than the limit".into())
        }
        _ => describe_sizes(kind),
    }
}

fn describe_sizes(kind: &Kind) -> (Code, String) {
    match kind {
        Kind::Minimum { limit } => {
            (code::JSON_BOUNDS, format!("the number must be at least {limit}"))
        }
        Kind::Maximum { limit } => {
            (code::JSON_BOUNDS, format!("the number must be at most {limit}"))
        }
        Kind::ExclusiveMinimum { limit } => {
            (code::JSON_BOUNDS, format!("the number must be more than {limit}"))
        }
        Kind::ExclusiveMaximum { limit } => {
            (code::JSON_BOUNDS, format!("the number must be less than {limit}"))
        }
        Kind::MultipleOf { multiple_of } => {
            (code::JSON_BOUNDS, format!("the number must be a multiple of {multiple_of}"))
        }
        Kind::MinLength { limit } => (
            code::JSON_LENGTH,
            format!("the text must have at least {}", counted(*limit, "character")),
        ),
        Kind::MaxLength { limit } => (
            code::JSON_LENGTH,
            format!("the text must have at most {}", counted(*limit, "character")),
        ),
        Kind::MinItems { limit } => {
            (code::JSON_LENGTH, format!("the list must have at least {}", counted(*limit, "item")))
        }
        Kind::MaxItems { limit } => {
            (code::JSON_LENGTH, format!("the list must have at most {}", counted(*limit, "item")))
        }
        Kind::MinProperties { limit } => (
            code::JSON_LENGTH,
            format!("the object must have at least {}", counted(*limit, "member")),
        ),
        Kind::MaxProperties { limit } => (
            code::JSON_LENGTH,
            format!("the object must have at most {}", counted(*limit, "member")),
        ),
        Kind::UniqueItems => (code::JSON_OTHER, "two items of the list are the same".into()),
        Kind::Contains => (code::JSON_OTHER, "no item of the list is of the kind demanded".into()),
        _ => describe_combinations(kind),
    }
}

/// A count and its noun: `1 character`, `2 characters`.
fn counted(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

fn describe_combinations(kind: &Kind) -> (Code, String) {
    match kind {
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            (code::JSON_COMBINATION, "the value fits none of the schema's alternatives".into())
        }
        Kind::OneOfMultipleValid { .. } => (
            code::JSON_COMBINATION,
            "the value fits more than one of the schema's alternatives".into(),
        ),
        Kind::Not { .. } => {
            (code::JSON_COMBINATION, "the value fits what the schema rules out".into())
        }
        _ => (code::JSON_OTHER, "a constraint of the schema is broken".into()),
    }
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => format!("of type {one}"),
        TypeKind::Multiple(several) => {
            let names: Vec<String> = several.iter().map(|each| each.to_string()).collect();
            format!("of type {}", names.join(" or "))
        }
    }
}

fn listed(options: &Value) -> String {
    match options {
        Value::Array(options) => listing(options),
        _ => "the value is not one of those listed".into(),
    }
}

/// The options of `enum`, as many as a sentence holds.
pub(super) fn listing(options: &[Value]) -> String {
    let mut sentence = "the value must be one of ".to_owned();
    for (at, option) in options.iter().take(LISTED_MAX).enumerate() {
        let between = if at > 0 { ", " } else { "" };
        sentence.push_str(between);
        match option {
            Value::String(text) if !text.bytes().any(is_escaped) => {
                sentence.push('"');
                sentence.push_str(text);
                sentence.push('"');
            }
            option => {
                // Writing to a text never fails.
                let _ = write!(sentence, "{option}");
            }
        }
    }
    if options.len() > LISTED_MAX {
        sentence.push_str(", …");
    }
    sentence
}

/// Whether a byte of a text is written otherwise in JSON (RFC 8259, section 7).
fn is_escaped(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Pointers of numbers whose exponents have more digits than can be compared.
pub(crate) fn huge_numbers(root: &Value, numbers_max: usize) -> Vec<String> {
    let mut found = Vec::new();
    gather_huge(root, &mut String::new(), numbers_max, &mut found);
    found.sort();
    found
}

/// Goes no deeper than documents are nested, and keeps the pointer of one value at a time.
fn gather_huge(value: &Value, pointer: &mut String, numbers_max: usize, found: &mut Vec<String>) {
    let end = pointer.len();
    match value {
        Value::Number(number) if is_huge(number.as_str()) && found.len() < numbers_max => {
            found.push(pointer.clone());
        }
        Value::Object(members) => {
            for (name, value) in members {
                pointer.push('/');
                pointer.push_str(&escape_step(name));
                gather_huge(value, pointer, numbers_max, found);
                pointer.truncate(end);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                pointer.push('/');
                pointer.push_str(&at.to_string());
                gather_huge(value, pointer, numbers_max, found);
                pointer.truncate(end);
            }
        }
        _ => {}
    }
}
