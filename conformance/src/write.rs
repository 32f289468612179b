//! Writes a case as the file that a person would have written.

use crate::case::{
    Body, Case, DIRECTIONS, Expectation, ExpectedAnswer, ExpectedViolation, OUTCOMES, ROLES,
    Request,
};
use std::fmt::Write;

pub(crate) fn case(case: &Case) -> String {
    let mut text = String::new();
    line(&mut text, "id", &quoted(case.id.as_str()));
    line(&mut text, "sentence", &quoted(&case.sentence));
    line(&mut text, "clause", &quoted(&case.clause));
    line(&mut text, "role", &quoted(word(ROLES, case.role)));
    line(&mut text, "contract", &quoted(&case.contract.to_string()));
    text.push_str("\n[message]\n");
    line(&mut text, "direction", &quoted(word(DIRECTIONS, case.direction)));
    line(&mut text, "media-type", &quoted(&case.media_type.to_string()));
    match &case.body {
        Body::Text(body) => line(&mut text, "body", &long(body)),
        Body::File(file) => line(&mut text, "file", &quoted(file)),
        Body::None => {}
    }
    if let Some(each) = &case.request {
        request(&mut text, each);
    }
    expectation(&mut text, &case.expect);
    text
}

fn request(text: &mut String, request: &Request) {
    text.push_str("\n[message.request]\n");
    line(text, "method", &quoted(&request.method));
    line(text, "path", &quoted(&request.path));
    if !request.headers.is_empty() {
        text.push_str("\n[message.request.headers]\n");
        for (name, value) in &request.headers {
            line(text, &quoted(name), &quoted(value));
        }
    }
}

fn expectation(text: &mut String, expect: &Expectation) {
    text.push_str("\n[expect]\n");
    line(text, "verdict", &quoted(word(OUTCOMES, expect.verdict)));
    for each in &expect.violations {
        violation(text, each);
    }
    if let Some(each) = &expect.answer {
        answer(text, each);
    }
}

fn violation(text: &mut String, violation: &ExpectedViolation) {
    text.push_str("\n[[expect.violation]]\n");
    line(text, "code", &quoted(violation.code.as_str()));
    if let Some(rule) = &violation.rule {
        line(text, "rule", &quoted(rule));
    }
    if let Some(path) = &violation.path {
        line(text, "path", &quoted(path));
    }
}

fn answer(text: &mut String, answer: &ExpectedAnswer) {
    text.push_str("\n[expect.answer]\n");
    let statuses: Vec<String> = answer.statuses.iter().map(ToString::to_string).collect();
    match statuses.as_slice() {
        [one] => line(text, "status", one),
        some => line(text, "status", &format!("[{}]", some.join(", "))),
    }
    if let Some(media_type) = &answer.media_type {
        line(text, "media-type", &quoted(&media_type.to_string()));
    }
    if !answer.headers.is_empty() {
        let names: Vec<String> = answer.headers.iter().map(|name| quoted(name)).collect();
        line(text, "headers", &format!("[{}]", names.join(", ")));
    }
    if let Some(verdict) = answer.verdict {
        line(text, "verdict", &quoted(word(OUTCOMES, verdict)));
    }
}

fn line(text: &mut String, key: &str, value: &str) {
    text.push_str(key);
    text.push_str(" = ");
    text.push_str(value);
    text.push('\n');
}

fn word<T: PartialEq + Copy>(words: &[(&'static str, T)], wanted: T) -> &'static str {
    words.iter().find(|(_, each)| *each == wanted).map_or("", |(word, _)| word)
}

/// A text of several lines stands as it is where TOML allows it, else like any other.
fn long(text: &str) -> String {
    let plain = text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control());
    if plain && text.contains('\n') && !text.contains("'''") && !text.ends_with('\'') {
        format!("'''\n{text}'''")
    } else {
        quoted(text)
    }
}

/// A basic string of TOML 1.0.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
