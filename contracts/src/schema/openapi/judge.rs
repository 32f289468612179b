//! Judges one request or one answer by its operation.

use super::{
    Openapi,
    build::{Answered, Contents, Input, Operation},
    convert,
    description::In,
};
use crate::{
    Code, Layer, Payload, Severity, Violation, code,
    judge::{JudgeOptions, Occasion, Violations},
    payload::JsonPayload,
    percent::decode,
    schema::json::{self, Shown},
};
use jsonschema::Validator;
use serde_json::Value;
use std::{borrow::Cow, collections::BTreeSet};

/// What is judged, and by what.
pub(super) struct Judging<'j> {
    pub(super) description: &'j Openapi,
    pub(super) operation: &'j Operation,
    pub(super) occasion: &'j Occasion<'j>,
    pub(super) options: &'j JudgeOptions,
}

impl Judging<'_> {
    pub(super) fn request(&self, payload: Option<&Payload>, violations: &mut Violations<'_>) {
        self.parameters(violations);
        match (&self.operation.body, payload) {
            (Some(contents), Some(payload)) => self.content(contents, payload, violations),
            (Some(contents), None) if contents.required => {
                self.push(
                    code::BODY_MISSING,
                    "the operation requires a body",
                    &contents.constraint,
                    violations,
                );
            }
            (None, Some(_)) => {
                let sentence = "the operation declares no body";
                self.push(code::CONTENT_NOT_DECLARED, sentence, &self.operation.place, violations);
            }
            (_, None) => {}
        }
    }

    pub(super) fn response(&self, payload: Option<&Payload>, violations: &mut Violations<'_>) {
        let Some(answer) = self.answer() else {
            let sentence = "the operation declares no answer of this status";
            return self.push(
                code::STATUS_NOT_DECLARED,
                sentence,
                &self.operation.place,
                violations,
            );
        };
        self.headers(answer, violations);
        let contents = &answer.contents;
        match payload {
            Some(payload) if !contents.by_range.is_empty() => {
                self.content(contents, payload, violations);
            }
            Some(_) => {
                let sentence = "the answer declares no body";
                self.push(code::CONTENT_NOT_DECLARED, sentence, &contents.constraint, violations);
            }
            None if !contents.by_range.is_empty() && self.operation.method != "HEAD" => {
                let sentence = "the answer has no body, and one is declared";
                self.push(code::BODY_MISSING, sentence, &contents.constraint, violations);
            }
            None => {}
        }
    }

    /// The answer of a status: exact, by its first digit, or `default`. Where no status is known,
    /// the first that means success.
    fn answer(&self) -> Option<&Answered> {
        let find = |status: &str| self.operation.answers.iter().find(|each| each.status == status);
        match self.occasion.response.map(|head| head.status) {
            Some(status) => find(&status.to_string())
                .or_else(|| find(&format!("{}XX", status / 100)))
                .or_else(|| find("default")),
            None => {
                let mut answers = self.operation.answers.iter();
                answers.find(|each| each.status.starts_with('2')).or_else(|| find("default"))
            }
        }
    }

    fn content(&self, contents: &Contents, payload: &Payload, violations: &mut Violations<'_>) {
        let Some((_, rule)) = self.range(contents, payload) else {
            let sentence = "the operation declares no content of this media type";
            return self.push(
                code::CONTENT_NOT_DECLARED,
                sentence,
                &contents.constraint,
                violations,
            );
        };
        if let (Some(rule), Payload::Json(json)) = (rule, payload) {
            self.body(rule, json, &contents.constraint, violations);
        }
    }

    /// The content of a media type: exact, then by main type, then any. Where the type is not
    /// known, by how the payload is written.
    fn range<'c>(
        &self,
        contents: &'c Contents,
        payload: &Payload,
    ) -> Option<&'c (String, Option<std::sync::Arc<Validator>>)> {
        let ranges = &contents.by_range;
        let Some(media_type) = self.occasion.media_type else {
            let json = |range: &str| range.ends_with("/json") || range.ends_with("+json");
            let is_json = matches!(payload, Payload::Json(_));
            return ranges
                .iter()
                .find(|(range, _)| json(range) == is_json)
                .or_else(|| ranges.first());
        };
        let essence = media_type.essence();
        let main = essence.split('/').next().unwrap_or_default();
        let find = |wanted: &str| ranges.iter().find(|(range, _)| range == wanted);
        find(essence).or_else(|| find(&format!("{main}/*"))).or_else(|| find("*/*"))
    }

    fn body(
        &self,
        rule: &Validator,
        json: &JsonPayload,
        constraint: &str,
        violations: &mut Violations<'_>,
    ) {
        let shown = self.shown();
        let above = [constraint, self.operation.place.as_str()];
        if !rule.is_valid(json.value()) {
            let found = json::found(rule, json, &shown, &self.description.addresses, violations);
            json::push(found, json, &above, violations);
        }
        json::push_huge_numbers(json, &shown, violations);
        if self.description.has_directions {
            self.foreign(rule, json, &above, violations);
        }
    }

    /// Members that do not belong in this direction: a warning each.
    fn foreign(
        &self,
        rule: &Validator,
        json: &JsonPayload,
        above: &[&str],
        violations: &mut Violations<'_>,
    ) {
        if !json::tells_all(json) {
            return violations.cut_short();
        }
        let keyword = convert::foreign(self.occasion.direction);
        let evaluation = rule.evaluate(json.value());
        let marked = evaluation
            .iter_annotations()
            .filter(|entry| entry.annotations.value().get(keyword) == Some(&Value::Bool(true)));
        let pointers: BTreeSet<&str> =
            marked.map(|entry| entry.instance_location.as_str()).collect();
        let pointers: Vec<&str> = pointers.into_iter().filter(|each| !each.is_empty()).collect();
        for (pointer, place) in pointers.iter().zip(json.places(&pointers)) {
            let sentence = match keyword {
                "readOnly" => "a read-only member stands in a request",
                _ => "a write-only member stands in an answer",
            };
            let mut violation =
                Violation::new(code::READ_WRITE_ONLY, Layer::Openapi, Severity::Warning, sentence)
                    .with_rule(keyword)
                    .at_path(self.shown().path(json.value(), pointer));
            if let Some(place) = place {
                violation = violation.at(place.line, place.column);
            }
            violations.push_at(violation, above);
        }
    }

    fn parameters(&self, violations: &mut Violations<'_>) {
        let Some(head) = self.occasion.request else { return };
        let in_path = self.description.fit(&self.operation.template, head.path).unwrap_or_default();
        let in_query = head.query.map(query).unwrap_or_default();
        for input in &self.operation.inputs {
            let texts: Vec<Cow<'_, str>> = match input.place {
                In::Path => named(&in_path, &input.name),
                In::Query => named(&in_query, &input.name),
                In::Header => header(head.headers, &input.name),
            };
            self.input(input, &texts, violations);
        }
    }

    fn headers(&self, answer: &Answered, violations: &mut Violations<'_>) {
        let Some(head) = self.occasion.response else { return };
        for input in &answer.headers {
            self.input(input, &header(head.headers, &input.name), violations);
        }
    }

    fn input(&self, input: &Input, texts: &[Cow<'_, str>], violations: &mut Violations<'_>) {
        let path = format!("{}/{}", word(input.place), input.name);
        if texts.is_empty() {
            if input.required {
                let sentence = format!("the {} `{}` is missing", kind(input.place), input.name);
                let violation =
                    Violation::new(code::PARAMETER, Layer::Openapi, Severity::Error, sentence);
                let violation = violation.with_rule("required").at_path(path);
                violations.push_at(violation, &[&input.constraint, &self.operation.place]);
            }
            return;
        }
        let (Some(rule), Some(value)) = (&input.rule, value(input, texts)) else { return };
        if rule.is_valid(&value) {
            return;
        }
        let shown = self.shown();
        let room = violations.room().saturating_add(1);
        let place = |uri: &str| self.description.addresses.place(uri);
        for found in json::violations(rule, &value, &shown, room, &place) {
            let mut violation = found.violation;
            violation.code = code::PARAMETER;
            violation.layer = Layer::Openapi;
            violation.message =
                format!("the {} `{}`: {}", kind(input.place), input.name, violation.message);
            violation.path = format!("{path}{}", violation.path);
            violations
                .push_at(violation, &[&found.place, &input.constraint, &self.operation.place]);
        }
    }

    fn push(&self, code: Code, sentence: &str, constraint: &str, violations: &mut Violations<'_>) {
        let violation = Violation::new(code, Layer::Openapi, Severity::Error, sentence);
        violations.push_at(violation, &[constraint, &self.operation.place]);
    }

    fn shown(&self) -> Shown<'_> {
        Shown { names: &self.description.names, show_values: self.options.show_values }
    }
}

fn word(place: In) -> &'static str {
    match place {
        In::Path => "path",
        In::Query => "query",
        In::Header => "header",
    }
}

fn kind(place: In) -> &'static str {
    match place {
        In::Path => "path parameter",
        In::Query => "query parameter",
        In::Header => "header",
    }
}

fn named<'v>(values: &[(&str, Cow<'v, str>)], name: &str) -> Vec<Cow<'v, str>> {
    values.iter().filter(|(each, _)| *each == name).map(|(_, value)| value.clone()).collect()
}

fn header<'h>(headers: &[(&str, &'h str)], name: &str) -> Vec<Cow<'h, str>> {
    let named = headers.iter().filter(|(each, _)| each.eq_ignore_ascii_case(name));
    named.map(|(_, value)| Cow::Borrowed(value.trim())).collect()
}

/// Names and values of a query (WHATWG URL, application/x-www-form-urlencoded).
fn query(query: &str) -> Vec<(&str, Cow<'_, str>)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if value.contains('+') {
                (name, Cow::Owned(decode(&value.replace('+', " ")).into_owned()))
            } else {
                (name, decode(value))
            }
        })
        .collect()
}

/// A parameter's texts as the JSON value that its schema speaks about; nothing for objects, whose
/// many ways of writing are not judged.
fn value(input: &Input, texts: &[Cow<'_, str>]) -> Option<Value> {
    let is = |kind: &str| input.kinds.iter().any(|each| each == kind);
    if is("object") {
        return None;
    }
    if !is("array") {
        return texts.first().map(|text| primitive(text, &input.kinds));
    }
    let items = texts.iter().flat_map(|text| {
        let parts: Vec<&str> = if input.explode { vec![text] } else { text.split(',').collect() };
        parts.into_iter().map(|part| primitive(part.trim(), &input.item_kinds)).collect::<Vec<_>>()
    });
    Some(Value::Array(items.collect()))
}

fn primitive(text: &str, kinds: &[String]) -> Value {
    let is = |kind: &str| kinds.iter().any(|each| each == kind);
    if (is("integer") || is("number"))
        && text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && let Ok(number) = text.parse::<serde_json::Number>()
        && number.as_f64().is_some()
    {
        return Value::Number(number);
    }
    match text {
        "true" if is("boolean") => Value::Bool(true),
        "false" if is("boolean") => Value::Bool(false),
        _ => Value::String(text.to_owned()),
    }
}
