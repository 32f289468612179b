//! Judges parameters and headers.

use super::{
    build::{Answered, Input},
    judge::Judging,
    parameters::In,
    written::{Coding, Given, Pair, Writing, pairs},
};
use crate::{
    Layer, Severity, Violation, code,
    judge::Violations,
    payload::{JsonPayload, Limits},
    schema::json::{self, steps, steps_used_up},
};
use bytes::Bytes;
use serde_json::Value;
use std::borrow::Cow;

/// Everything of a request that parameters are read from.
struct Sent<'s> {
    in_path: Vec<(&'s str, &'s str)>,
    in_query: Vec<Pair<'s>>,
    in_cookies: Vec<Pair<'s>>,
    headers: &'s [(&'s str, &'s str)],
}

/// A parameter or header where it stands. Its words are made where there is something to tell.
struct Standing<'i> {
    input: &'i Input,
    /// The path of the part that it is a header of; absent: of the message itself.
    part: Option<&'i str>,
}

impl Standing<'_> {
    /// What sentences call it.
    fn named(&self) -> String {
        match self.part {
            Some(_) => format!("the header `{}` of the part", self.input.name),
            None => format!("the {} `{}`", kind(self.input.place), self.input.name),
        }
    }

    fn path(&self) -> String {
        self.part.map_or_else(|| path(self.input), ToOwned::to_owned)
    }
}

impl Judging<'_> {
    /// Judges the parameters of a request.
    pub(super) fn parameters(&self, violations: &mut Violations<'_>) {
        let Some(head) = self.occasion.request else { return };
        let cookies = joined(head.headers, "cookie", "; ").unwrap_or_default();
        let sent = Sent {
            in_path: self.description.values(self.operation, head.path),
            in_query: head.query.map(|query| pairs(query, '&')).unwrap_or_default(),
            in_cookies: pairs(&cookies, ';'),
            headers: head.headers,
        };
        for input in &self.operation.inputs {
            let given = given(input, &sent);
            self.input(&Standing { input, part: None }, given, violations);
        }
    }

    /// Judges the headers of an answer.
    pub(super) fn headers(&self, answer: &Answered, violations: &mut Violations<'_>) {
        let Some(head) = self.occasion.response else { return };
        for input in &answer.headers {
            let text = joined(head.headers, &input.name, ",");
            let given = text.map_or(Given::Absent, |text| of_text(input, &text, Coding::Plain));
            self.input(&Standing { input, part: None }, given, violations);
        }
    }

    /// Judges one header of a part of a form; `path` is that of the part.
    pub(super) fn part_header(
        &self,
        input: &Input,
        (text, path): (Option<&str>, &str),
        violations: &mut Violations<'_>,
    ) {
        let given = text.map_or(Given::Absent, |text| of_text(input, text, Coding::Plain));
        self.input(&Standing { input, part: Some(path) }, given, violations);
    }

    fn input(&self, standing: &Standing<'_>, given: Given, violations: &mut Violations<'_>) {
        let input = standing.input;
        match given {
            Given::Absent if input.required => {
                let sentence = format!("{} is missing", standing.named());
                self.wrong(standing, "required", sentence, violations);
            }
            Given::Absent => {}
            Given::Value(Value::String(text), _) if text.is_empty() && input.may_be_empty => {}
            Given::Value(value, others) => self.value(standing, &value, &others, violations),
            Given::Wrong(why) => {
                let rule = match input.written.style {
                    _ if input.is_json => "content",
                    _ => "style",
                };
                self.wrong(standing, rule, format!("{}: {why}", standing.named()), violations);
            }
        }
    }

    fn wrong(
        &self,
        standing: &Standing<'_>,
        rule: &str,
        sentence: String,
        violations: &mut Violations<'_>,
    ) {
        let violation = Violation::new(code::PARAMETER, Layer::Openapi, Severity::Error, sentence)
            .with_rule(rule)
            .at_path(standing.path());
        violations.push_at(violation, &[&standing.input.constraint, &self.operation.place]);
    }

    fn value(
        &self,
        standing: &Standing<'_>,
        value: &Value,
        others: &[Value],
        violations: &mut Violations<'_>,
    ) {
        let input = standing.input;
        let Some(rule) = &input.rule else { return };
        // A text that may stand for values of several types is good where one of them is.
        let above = [input.constraint.as_str(), &self.operation.place];
        let is_valid = || rule.is_valid(value) || others.iter().any(|other| rule.is_valid(other));
        let Some(is_valid) = steps::judging(0, is_valid) else {
            return violations.push_at(steps_used_up(), &above);
        };
        if is_valid {
            return;
        }
        let (named, path) = (standing.named(), standing.path());
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
            let mut violation = found.violation;
            violation.code = code::PARAMETER;
            violation.layer = Layer::Openapi;
            violation.message = format!("{named}: {}", violation.message);
            violation.path = format!("{path}{}", violation.path);
            violations
                .push_at(violation, &[&found.place, &input.constraint, &self.operation.place]);
        }
    }
}

fn given(input: &Input, sent: &Sent<'_>) -> Given {
    match input.place {
        In::Path => {
            let mut values = sent.in_path.iter().filter(|(name, _)| *name == input.name);
            let text = values.next().map(|(_, text)| *text);
            text.map_or(Given::Absent, |text| of_text(input, text, Coding::Percent))
        }
        In::Header => joined(sent.headers, &input.name, ",")
            .map_or(Given::Absent, |text| of_text(input, &text, Coding::Plain)),
        In::Query => {
            let coding = if input.written.reserved { Coding::Percent } else { Coding::Form };
            of_pairs(input, &sent.in_query, coding)
        }
        In::Cookie => of_pairs(input, &sent.in_cookies, Coding::Percent),
    }
}

fn of_text(input: &Input, text: &str, coding: Coding) -> Given {
    if input.is_json { json(&coding.decode(text)) } else { writing(input, coding).of_text(text) }
}

fn of_pairs(input: &Input, pairs: &[Pair<'_>], coding: Coding) -> Given {
    if !input.is_json {
        return writing(input, coding).of_pairs(pairs);
    }
    let mut values = pairs.iter().filter(|(name, _)| *name == input.name);
    match (values.next(), values.next()) {
        (None, _) => Given::Absent,
        (Some((_, text)), None) => json(&coding.decode(text)),
        (Some(_), Some(_)) => Given::Wrong("it stands more than once, and takes one value"),
    }
}

fn writing(input: &Input, coding: Coding) -> Writing<'_> {
    Writing { name: &input.name, written: input.written, coding, shape: &input.shape }
}

/// A text that is JSON.
fn json(text: &str) -> Given {
    let bytes = Bytes::copy_from_slice(text.as_bytes());
    match JsonPayload::parse(&bytes, None, &Limits::default()) {
        Ok(payload) => Given::Value(payload.value().clone(), Vec::new()),
        Err(_) => Given::Wrong("the text is not well-formed JSON"),
    }
}

/// The lines of one header as one (RFC 9110, section 5.3).
fn joined<'h>(headers: &[(&str, &'h str)], name: &str, between: &str) -> Option<Cow<'h, str>> {
    let mut lines = headers.iter().filter(|(each, _)| each.eq_ignore_ascii_case(name));
    let first = lines.next()?.1.trim();
    let mut text = Cow::Borrowed(first);
    for (_, line) in lines {
        let text = text.to_mut();
        text.push_str(between);
        text.push_str(line.trim());
    }
    Some(text)
}

fn path(input: &Input) -> String {
    format!("{}/{}", word(input.place), input.name)
}

fn word(place: In) -> &'static str {
    match place {
        In::Path => "path",
        In::Query => "query",
        In::Header => "header",
        In::Cookie => "cookie",
    }
}

fn kind(place: In) -> &'static str {
    match place {
        In::Path => "path parameter",
        In::Query => "query parameter",
        In::Header => "header",
        In::Cookie => "cookie",
    }
}
