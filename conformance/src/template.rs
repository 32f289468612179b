//! Text with slots: what a case sends, before the run knows its keys, tokens and the resource it made.
//!
//! A case is derived once and sent many times. What must differ each time, what an earlier answer
//! told and what is secret stands in it as a slot; the run fills it in, and nothing else. Written
//! down, a slot is `{{kind:name}}`, so a secret is never part of a case, a result or a report.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// Longest name of a slot, in bytes.
pub const SLOT_NAME_BYTES_MAX: usize = 100;

/// What is filled in when a case runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// A value that nobody has sent before: the same in all steps of one case's run. The name is that of a binding.
    Fresh(String),
    /// What a step before took from its answer, by the name of the capture.
    Captured(String),
    /// A token or another secret of the supplier, by its name in his file.
    Secret(String),
    /// A value that the supplier provides as test data, by its name in his file.
    Given(String),
}

/// One piece of a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Part {
    /// As it stands.
    Literal(String),
    /// Filled in by the run.
    Slot(Slot),
}

/// Text with slots. Bytes that are not UTF-8 cannot stand in one; see [`crate::case::Body`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Template(Vec<Part>);

impl Template {
    /// Text without slots, whatever it holds: `{{` in it is text.
    pub fn literal(text: impl Into<String>) -> Self {
        let text = text.into();
        Self(if text.is_empty() { Vec::new() } else { vec![Part::Literal(text)] })
    }

    /// One slot alone.
    pub fn slot(slot: Slot) -> Self {
        Self(vec![Part::Slot(slot)])
    }

    /// Adds text.
    pub fn push_text(&mut self, text: &str) {
        if let Some(Part::Literal(last)) = self.0.last_mut() {
            last.push_str(text);
        } else if !text.is_empty() {
            self.0.push(Part::Literal(text.to_owned()));
        }
    }

    /// Adds a slot.
    pub fn push_slot(&mut self, slot: Slot) {
        self.0.push(Part::Slot(slot));
    }

    /// Adds another template.
    pub fn push(&mut self, other: &Self) {
        for part in &other.0 {
            match part {
                Part::Literal(text) => self.push_text(text),
                Part::Slot(slot) => self.push_slot(slot.clone()),
            }
        }
    }

    /// Its pieces in order; no two literals stand side by side.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// Its slots in order.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.0.iter().filter_map(|part| match part {
            Part::Slot(slot) => Some(slot),
            Part::Literal(_) => None,
        })
    }

    /// Its text, where it has no slot.
    pub fn as_literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The text with each slot filled in.
    ///
    /// # Errors
    ///
    /// The first slot that nothing is known for.
    pub fn fill(&self, value: impl Fn(&Slot) -> Option<String>) -> Result<String, Slot> {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Slot(slot) => text.push_str(&value(slot).ok_or_else(|| slot.clone())?),
            }
        }
        Ok(text)
    }

    /// Reads what [`fmt::Display`] writes.
    ///
    /// # Errors
    ///
    /// `{{` that begins no slot.
    pub fn parse(written: &str) -> Result<Self, TemplateFault> {
        let mut template = Self::default();
        let mut rest = written;
        while let Some(at) = rest.find("{{") {
            template.push_text(rest.get(..at).unwrap_or_default());
            rest = rest.get(at + 2..).unwrap_or_default();
            if let Some(after) = rest.strip_prefix("{}}") {
                template.push_text("{");
                rest = after;
                continue;
            }
            let (inside, after) = rest.split_once("}}").ok_or(TemplateFault)?;
            template.push_slot(slot(inside).ok_or(TemplateFault)?);
            rest = after;
        }
        template.push_text(rest);
        Ok(template)
    }
}

/// Text that is no template: `{{` begins no `{{fresh:NAME}}`, `{{captured:NAME}}`, `{{secret:NAME}}` or
/// `{{given:NAME}}`; a brace before another, or before a slot, is written `{{{}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplateFault;

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "`{{` begins none of {{fresh:NAME}}, {{captured:NAME}}, {{secret:NAME}} and {{given:NAME}}",
        )
    }
}

impl std::error::Error for TemplateFault {}

fn slot(inside: &str) -> Option<Slot> {
    let (kind, name) = inside.split_once(':')?;
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let fits = !name.is_empty() && name.len() <= SLOT_NAME_BYTES_MAX && name.bytes().all(allowed);
    let name = fits.then(|| name.to_owned())?;
    match kind {
        "fresh" => Some(Slot::Fresh(name)),
        "captured" => Some(Slot::Captured(name)),
        "secret" => Some(Slot::Secret(name)),
        "given" => Some(Slot::Given(name)),
        _ => None,
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, name) = match self {
            Self::Fresh(name) => ("fresh", name),
            Self::Captured(name) => ("captured", name),
            Self::Secret(name) => ("secret", name),
            Self::Given(name) => ("given", name),
        };
        write!(f, "{{{{{kind}:{name}}}}}")
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            match part {
                Part::Literal(text) => write_literal(text, f)?,
                Part::Slot(slot) => write!(f, "{slot}")?,
            }
        }
        Ok(())
    }
}

/// A brace that could be taken for the start of a slot is written as `{{{}}`.
fn write_literal(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, after) = rest.split_at(at);
        rest = after.get(1..).unwrap_or_default();
        let brace = if rest.is_empty() || rest.starts_with('{') { "{{{}}" } else { "{" };
        write!(f, "{before}{brace}")?;
    }
    f.write_str(rest)
}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = String::deserialize(deserializer)?;
        Self::parse(&written).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fills_in_what_is_known_and_names_what_is_not() {
        let template = Template::parse("/permits/{{captured:id}}?key={{fresh:key}}").unwrap();
        let known = |slot: &Slot| (*slot == Slot::Captured("id".into())).then(|| "17".to_owned());
        assert_eq!(template.fill(known), Err(Slot::Fresh("key".into())));
        assert_eq!(template.fill(|_| Some("x".into())).unwrap(), "/permits/x?key=x");
    }

    #[test]
    fn braces_that_begin_no_slot_are_a_fault() {
        for text in ["{{", "{{id}}", "{{fresh:}}", "{{fresh:a b}}", "{{token:a}}", "a{{fresh:a"] {
            assert_eq!(Template::parse(text), Err(TemplateFault), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(texts in prop::collection::vec("[{}a:é]{0,6}", 0..4)) {
            let mut template = Template::default();
            for text in &texts {
                template.push_text(text);
                template.push_slot(Slot::Fresh("key".into()));
            }
            prop_assert_eq!(Template::parse(&template.to_string()), Ok(template));
        }
    }
}
