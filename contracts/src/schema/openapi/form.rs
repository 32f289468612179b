//! Judges forms: fields of a URL (WHATWG, application/x-www-form-urlencoded) and parts of a multipart body (RFC 7578),
//! each as a member of one object (OpenAPI 3.1, sections 4.8.14 and 4.8.15).

use super::{
    build::{Content, Field},
    contents::MediaRange,
    judge::Judging,
    parameters::{Style, Written},
    shape::{Kind, Shape},
    written::{Coding, Given, Pair, Writing, pairs, primitives},
};
use crate::{
    Layer, MediaType, Severity, Violation, code,
    judge::Violations,
    payload::{JsonPayload, Limits, PARTS_MAX, Part, charset_of_form, escape_step, parts, text},
    schema::listed,
};
use bytes::Bytes;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// How the members of a form are written where nothing is stated.
const DEFAULT: Written = Written { style: Style::Form, explode: true, reserved: false };

impl Judging<'_> {
    /// Judges the fields of a form that is written as a query is.
    pub(super) fn fields(
        &self,
        content: &Content,
        bytes: &Bytes,
        constraint: &str,
        violations: &mut Violations<'_>,
    ) {
        let Ok(text) = std::str::from_utf8(bytes) else {
            let sentence = "the fields of the form are not UTF-8 text";
            return violations.malformed(Violation::syntax(code::ENCODING, sentence));
        };
        if text.bytes().filter(|byte| *byte == b'&').count() >= PARTS_MAX {
            let sentence = "the form has more fields than the limit";
            return violations.malformed(Violation::syntax(code::MULTIPART_TOO_LARGE, sentence));
        }
        let pairs = pairs(text, '&');
        let (mut members, mut unread) = (Map::new(), BTreeSet::new());
        let mut taken: BTreeSet<&str> = BTreeSet::new();
        for (name, shape) in &content.shape.members {
            taken.insert(name);
            match field(name, shape, content.fields.get(name), &pairs) {
                Given::Absent => {}
                Given::Value(value, _) => {
                    members.insert(name.clone(), value);
                }
                Given::Wrong(why) => {
                    self.wrong_field(name, why, constraint, violations);
                    members.insert(name.clone(), Value::Null);
                    unread.insert(name.clone());
                }
            }
        }
        for (name, value) in &pairs {
            let is_deep = name.split('[').next().is_some_and(|name| taken.contains(name));
            if !taken.contains(name.as_ref()) && !is_deep {
                let value = Value::String(Coding::Form.decode(value).into_owned());
                members.entry(name.clone().into_owned()).or_insert(value);
            }
        }
        if let Some(rule) = &content.rule {
            let members = Value::Object(members);
            self.members(rule, (&members, &unread), constraint, violations);
        }
    }

    /// Judges the parts of a multipart body.
    pub(super) fn parts(
        &self,
        content: &Content,
        (bytes, media_type): (&Bytes, &MediaType),
        constraint: &str,
        violations: &mut Violations<'_>,
    ) {
        let parts = match parts(bytes, media_type) {
            Ok(parts) => parts,
            Err(violation) => return violations.malformed(violation),
        };
        let is_form = media_type.essence() == "multipart/form-data";
        if is_form && let Some(at) = parts.iter().position(|part| part.name().is_none()) {
            let sentence =
                format!("part {} of the form does not say, once, which field it is of", at + 1);
            return violations.malformed(Violation::syntax(code::MULTIPART_BROKEN, sentence));
        }
        let charset = charset_of_form(&parts);
        let (mut members, mut unread) = (Map::new(), BTreeSet::new());
        for part in &parts {
            let name = part.name().unwrap_or_default();
            let shape = content.shape.member(&name);
            let of_list = shape.is_list() && !shape.is_primitive();
            let item = if of_list { shape.item() } else { shape };
            let before = members.get(&name).and_then(Value::as_array).map_or(0, Vec::len);
            let path = || match of_list {
                true => format!("{}/{before}", self.field_path(&name)),
                false => self.field_path(&name),
            };
            let field = content.fields.get(&name);
            for header in field.map(|field| field.headers.as_slice()).unwrap_or_default() {
                self.part_header(header, (part.header(&header.name), &path()), violations);
            }
            let value = match read_part(part, &item, field, charset.as_deref()) {
                Ok(value) => value,
                Err(violation) => {
                    violations
                        .push_at(violation.at_path(path()), &[constraint, &self.operation.place]);
                    unread.insert(name.clone());
                    Value::Null
                }
            };
            match members.get_mut(&name) {
                Some(Value::Array(items)) if of_list => items.push(value),
                Some(_) => {
                    let why = "the part stands more than once, and takes one value";
                    self.wrong_field(&name, why, constraint, violations);
                }
                None if of_list => {
                    members.insert(name, Value::Array(vec![value]));
                }
                None => {
                    members.insert(name, value);
                }
            }
        }
        if let Some(rule) = &content.rule {
            let members = Value::Object(members);
            self.members(rule, (&members, &unread), constraint, violations);
        }
    }

    fn wrong_field(
        &self,
        name: &str,
        why: &str,
        constraint: &str,
        violations: &mut Violations<'_>,
    ) {
        let sentence = match why.strip_prefix("it ") {
            Some(why) => format!("the field {why}"),
            None => why.to_owned(),
        };
        let violation = Violation::new(code::FORM_FIELD, Layer::Openapi, Severity::Error, sentence);
        let violation = violation.at_path(self.field_path(name));
        violations.push_at(violation, &[constraint, &self.operation.place]);
    }

    /// A field as a member: its name where the contract declares it.
    fn field_path(&self, name: &str) -> String {
        let root = Value::Object(Map::from_iter([(name.to_owned(), Value::Null)]));
        self.shown().path(&root, &format!("/{}", escape_step(name)))
    }
}

/// The value of one part.
fn read_part(
    part: &Part,
    shape: &Shape,
    field: Option<&Field>,
    charset: Option<&str>,
) -> Result<Value, Violation> {
    if part.is_coded() {
        let sentence = "the part is in a content coding, which is not read";
        return Err(Violation::syntax(code::MULTIPART_CODED, sentence));
    }
    let stated = part.media_type()?;
    let is_object = shape.is_object() && !shape.is_primitive();
    let default = if is_object { MediaType::json() } else { MediaType::text() };
    let (is_stated, found) = (stated.is_some(), stated.unwrap_or(default));
    let wanted = field.map(|field| field.media_types.as_slice()).unwrap_or_default();
    if !wanted.is_empty() && !wanted.iter().any(|range| range.fit(&found).is_some()) {
        return Err(other_type(wanted, (!is_stated).then_some(&found)));
    }
    let placeless = |fault: Violation| Violation { line: None, column: None, ..fault };
    if found.kind() == crate::message::Kind::Json && !shape.is_binary {
        let payload = JsonPayload::parse(&part.body, found.charset(), &Limits::default());
        return payload.map(|payload| payload.value().clone()).map_err(placeless);
    }
    if shape.is_binary || !found.essence().starts_with("text/") {
        return Ok(first(&String::from_utf8_lossy(&part.body), shape));
    }
    let text = text(&part.body, found.charset().or(charset)).map_err(placeless)?;
    Ok(first(&text, shape))
}

/// That a part is of another media type than those that it may be of; `default` is the one that stating none means.
fn other_type(wanted: &[MediaRange], default: Option<&MediaType>) -> Violation {
    let sentence = match default {
        Some(default) => {
            format!("the part states no media type, which means {}", default.essence())
        }
        None => "the part is of another media type than declared".to_owned(),
    };
    let takes = listed("it takes", wanted.iter().map(MediaRange::to_string));
    let sentence = format!("{sentence}{takes}");
    let violation = Violation::new(code::FORM_FIELD, Layer::Openapi, Severity::Error, sentence);
    violation.with_rule("contentType")
}

/// One field of a form that is written as a query is. An object is JSON unless a style is stated.
fn field(name: &str, shape: &Shape, field: Option<&Field>, pairs: &[Pair<'_>]) -> Given {
    let stated = field.and_then(|field| field.written);
    let is_object = shape.is_object() && !shape.is_primitive();
    let is_json = field.is_some_and(|field| field.media_types.iter().any(|range| range.is_json()));
    if stated.is_none() && (is_object || is_json) {
        let mut values = pairs.iter().filter(|(each, _)| each == name);
        let Some((_, text)) = values.next() else { return Given::Absent };
        let text = Bytes::from(Coding::Form.decode(text).into_owned());
        return match JsonPayload::parse(&text, None, &Limits::default()) {
            Ok(payload) => Given::Value(payload.value().clone(), Vec::new()),
            Err(_) => Given::Wrong("the field is not well-formed JSON"),
        };
    }
    let writing = Writing { name, written: stated.unwrap_or(DEFAULT), coding: Coding::Form, shape };
    writing.of_pairs(pairs)
}

fn first(text: &str, shape: &Shape) -> Value {
    if shape.is_binary {
        return Value::String(text.to_owned());
    }
    primitives(text, shape).into_iter().next().unwrap_or(Value::Null)
}

/// The value of a body that is plain text; nothing where its schema says of no text what it is.
///
/// # Errors
/// V0102 where it is not text of its charset.
pub(super) fn plain(
    content: &Content,
    bytes: &Bytes,
    media_type: &MediaType,
) -> Result<Option<Value>, Violation> {
    let is_text = content.shape.is_primitive() && !content.shape.is_binary;
    let is_known = !content.shape.kinds.is_empty() && !content.shape.is(Kind::Null);
    if !(is_text && is_known) {
        return Ok(None);
    }
    let text = text(bytes, media_type.charset())?;
    Ok(Some(first(&text, &content.shape)))
}
