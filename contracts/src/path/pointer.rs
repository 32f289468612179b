//! JSON Pointers (RFC 6901), compiled.

use crate::payload::{JsonPayload, unescape_step};
use serde_json::Value;
use std::borrow::Cow;

/// A JSON Pointer, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointer {
    steps: Vec<String>,
}

impl Pointer {
    /// The step that leads to every item of a list, where a path may lead to several places.
    pub(crate) const EVERY_ITEM: &'static str = "*";

    /// Its steps, unescaped.
    pub(super) fn steps(&self) -> &[String] {
        &self.steps
    }

    /// Nothing where the text is no pointer.
    pub(crate) fn compile(text: &str) -> Option<Self> {
        if !text.is_empty() && !text.starts_with('/') {
            return None;
        }
        let steps = text.split('/').skip(1).map(|step| unescape_step(step).into_owned());
        Some(Self { steps: steps.collect() })
    }

    /// The value it leads to.
    pub(crate) fn find<'p>(&self, payload: &'p JsonPayload) -> Option<&'p Value> {
        let mut value = payload.value();
        for step in &self.steps {
            value = match value {
                Value::Object(members) => members.get(step)?,
                Value::Array(items) => items.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(value)
    }

    /// The text it leads to: a string, or a number as written.
    pub(crate) fn text<'p>(&self, payload: &'p JsonPayload) -> Option<Cow<'p, str>> {
        match self.find(payload)? {
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Number(number) => Some(Cow::Borrowed(number.as_str())),
            Value::Bool(_) | Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}
