//! Judges one request or one answer by its operation.

use super::{
    Openapi, accept,
    build::{Answered, Content, Contents, Operation},
    convert, form,
};
use crate::{
    Code, Layer, Payload, Severity, Violation, code,
    judge::{JudgeOptions, Occasion, Violations},
    payload::{JsonPayload, unescape_step},
    schema::{
        json::{self, Shown, steps, steps_used_up},
        listed,
    },
};
use bytes::Bytes;
use jsonschema::Validator;
use serde_json::Value;
use std::collections::BTreeSet;

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
        self.accepted(violations);
        match (&self.operation.body, payload) {
            (Some(contents), Some(payload)) => self.content(contents, payload, violations),
            (Some(contents), None) if contents.required => {
                let sentence = "the operation requires a body";
                self.push(code::BODY_MISSING, sentence, &contents.constraint, violations);
            }
            (None, Some(_)) => {
                let sentence = "the operation declares no body";
                self.push(code::CONTENT_NOT_DECLARED, sentence, &self.operation.place, violations);
            }
            (_, None) => {}
        }
    }

    /// Judges whether the answer can be in a media type that the request accepts (RFC 9110, section 12.5.1).
    fn accepted(&self, violations: &mut Violations<'_>) {
        let headers = self.occasion.request.map(|head| head.headers).unwrap_or_default();
        let accepts = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("accept"));
        let accepts: Vec<&str> = accepts.map(|(_, value)| *value).collect();
        let answers = self.operation.answers.iter();
        let good = answers.filter(|answer| !answer.status.starts_with(['4', '5']));
        let mut ranges = good.flat_map(|answer| &answer.contents.by_range).peekable();
        if accepts.is_empty() || ranges.peek().is_none() {
            return;
        }
        if !ranges.clone().any(|content| accept::takes(&accepts, &content.range)) {
            let declared = listed("it answers in", ranges.map(|content| content.range.to_string()));
            let sentence = "the operation answers in no media type that the request accepts";
            let sentence = format!("{sentence}{declared}");
            let violation = Violation::new(
                code::ANSWER_NOT_ACCEPTABLE,
                Layer::Openapi,
                Severity::Error,
                sentence,
            );
            let violation = violation.at_path("header/accept");
            violations.push_at(violation, &[&self.operation.place]);
        }
    }

    pub(super) fn response(&self, payload: Option<&Payload>, violations: &mut Violations<'_>) {
        let Some(answer) = self.answer() else {
            let declared = self.operation.answers.iter().map(|answer| answer.status.clone());
            let sentence = "the operation declares no answer of this status";
            let sentence = format!("{sentence}{}", listed("it declares", declared));
            let place = format!("{}/responses", self.operation.place);
            return self.push(code::STATUS_NOT_DECLARED, &sentence, &place, violations);
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
            None if !contents.by_range.is_empty() && self.may_have_body() => {
                let sentence = "the answer has no body, and one is declared";
                self.push(code::BODY_MISSING, sentence, &contents.constraint, violations);
            }
            None => {}
        }
    }

    /// Whether HTTP lets the answer have a body (RFC 9110, section 6.4.1).
    fn may_have_body(&self) -> bool {
        let status = self.occasion.response.map_or(200, |head| head.status);
        self.operation.method != "HEAD" && status >= 200 && status != 204 && status != 304
    }

    /// The answer of a status: exact, by its first digit, or `default`. Where no status is known,
    /// the first that means success.
    fn answer(&self) -> Option<&Answered> {
        let find = |status: &str| {
            self.operation.answers.iter().find(|each| each.status.eq_ignore_ascii_case(status))
        };
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
        let constraint = &contents.constraint;
        let Some(content) = self.closest(contents, payload) else {
            let declared = contents.by_range.iter().map(|content| content.range.to_string());
            let sentence = "the operation declares no content of this media type";
            let sentence = format!("{sentence}{}", listed("it declares", declared));
            return self.push(code::CONTENT_NOT_DECLARED, &sentence, constraint, violations);
        };
        match payload {
            Payload::Json(json) => {
                if let Some(rule) = &content.rule {
                    self.body(rule, json, constraint, violations);
                }
            }
            Payload::Other(bytes) => self.other(content, bytes.as_ref(), constraint, violations),
            Payload::Xml(document) => self.xml(content, document, constraint, violations),
            Payload::Multipart(_) => {}
        }
    }

    /// The content of a media type: the closest range. Where the type is not known, by how the
    /// payload is written.
    fn closest<'c>(&self, contents: &'c Contents, payload: &Payload) -> Option<&'c Content> {
        let contents = &contents.by_range;
        let Some(media_type) = self.occasion.media_type else {
            let is_json = matches!(payload, Payload::Json(_));
            let mut all = contents.iter();
            return all.find(|each| each.range.is_json() == is_json).or_else(|| contents.first());
        };
        let fitting = contents.iter().filter_map(|each| Some((each.range.fit(media_type)?, each)));
        fitting.max_by_key(|(rank, _)| *rank).map(|(_, content)| content)
    }

    /// A body that is neither JSON nor XML: a form, a text, or bytes that nothing is said of.
    fn other(
        &self,
        content: &Content,
        bytes: Option<&Bytes>,
        constraint: &str,
        violations: &mut Violations<'_>,
    ) {
        let (Some(rule), Some(media_type)) = (&content.rule, self.occasion.media_type) else {
            return;
        };
        let essence = media_type.essence();
        let (is_fields, is_parts, is_text) = (
            essence == "application/x-www-form-urlencoded",
            essence.starts_with("multipart/"),
            essence.starts_with("text/"),
        );
        if !(is_fields || is_parts || is_text) {
            return;
        }
        let Some(bytes) = bytes else {
            let sentence = "the document takes more memory as a tree than the limit";
            return violations.malformed(Violation::syntax(code::TREE_TOO_LARGE, sentence));
        };
        if is_fields {
            self.fields(content, bytes, constraint, violations);
        } else if is_parts {
            self.parts(content, (bytes, media_type), constraint, violations);
        } else {
            match form::plain(content, bytes, media_type) {
                Ok(Some(value)) => {
                    self.members(rule, (&value, &BTreeSet::new()), constraint, violations);
                }
                Ok(None) => {}
                Err(violation) => violations.malformed(violation),
            }
        }
    }

    /// Judges a value that is not JSON as it stands in the message, so has no line there.
    ///
    /// Of members that could not be read, which stand as `null`, nothing more is told.
    pub(super) fn members(
        &self,
        rule: &Validator,
        (value, unread): (&Value, &BTreeSet<String>),
        constraint: &str,
        violations: &mut Violations<'_>,
    ) {
        let above = [constraint, self.operation.place.as_str()];
        let judged = steps::judging(0, || rule.is_valid(value));
        let Some(is_valid) = judged else { return violations.push_at(steps_used_up(), &above) };
        if is_valid {
            return;
        }
        let is_unread = |pointer: &str| {
            let name = pointer.split('/').nth(1).unwrap_or_default();
            unread.contains(&*unescape_step(name))
        };
        let shown = self.shown();
        let room = violations.room().saturating_add(1);
        let place = |uri: &str| self.description.place(uri);
        let found = steps::telling(0, || json::violations(rule, value, &shown, room, &place));
        let Some((found, is_all)) = found else {
            return violations.push_at(steps_used_up(), &above);
        };
        if !is_all {
            violations.cut_short();
        }
        for found in found {
            if is_unread(&found.pointer) {
                continue;
            }
            let places = [found.place.as_str(), constraint, self.operation.place.as_str()];
            violations.push_at(found.violation, &places);
        }
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
        let judged = steps::judging(json.n_values(), || rule.is_valid(json.value()));
        let Some(is_valid) = judged else { return violations.push_at(steps_used_up(), &above) };
        if !is_valid {
            let place = |uri: &str| self.description.place(uri);
            let Some(found) = json::found(rule, json, &shown, &place, violations) else {
                return violations.push_at(steps_used_up(), &above);
            };
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
        let marked =
            steps::telling(json.n_values(), || convert::marked(rule, json.value(), keyword));
        let Some(marked) = marked else { return violations.cut_short() };
        let pointers: Vec<&str> = marked.iter().map(String::as_str).collect();
        for (pointer, place) in pointers.iter().zip(json.places(&pointers)) {
            let mut violation =
                convert::foreign_member(keyword).at_path(self.shown().path(json.value(), pointer));
            if let Some(place) = place {
                violation = violation.at(place.line, place.column);
            }
            violations.push_at(violation, above);
        }
    }

    fn push(&self, code: Code, sentence: &str, constraint: &str, violations: &mut Violations<'_>) {
        let violation = Violation::new(code, Layer::Openapi, Severity::Error, sentence);
        violations.push_at(violation, &[constraint, &self.operation.place]);
    }

    pub(super) fn shown(&self) -> Shown<'_> {
        Shown { names: &self.description.names, show_values: self.options.show_values }
    }
}
