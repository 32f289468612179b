//! A binary object while its bytes come: kept in base64, as trees hold nothing but text.

use crate::{
    edifact::{
        problem::{Kind, Problem},
        segment::Segment,
    },
    tree::Place,
};
use base64::{Engine, engine::general_purpose::STANDARD};

/// What is known of a binary object between its `UNO` and its `UNP`.
#[derive(Default)]
pub(super) struct Object {
    /// Whether one has begun and its `UNP` has not come.
    pub(super) is_open: bool,
    /// Whether its bytes are kept: not where it is too long, or its message is refused anyway.
    pub(super) is_kept: bool,
    pub(super) place: Place,
    length: u64,
    reference: String,
    /// In base64, but for the last one or two bytes.
    text: String,
    rest: Vec<u8>,
}

impl Object {
    /// Begins an object; its length in bytes.
    ///
    /// # Errors
    /// Where it has no length: then nothing tells where it ends.
    pub(super) fn begin(&mut self, uno: &Segment<'_>) -> Result<u64, Problem> {
        let length = uno.component(4, 1);
        let told = uno.ascii(4, 1);
        let Ok(bytes) = told.parse() else {
            let kind = if told.is_empty() { Kind::Required } else { Kind::ObjectLength };
            let offset = length.map_or(uno.place().offset, |length| length.offset());
            let problem = Problem::new(kind, Place { offset, ..uno.place() }).in_segment(*b"UNO");
            let problem = problem.in_element(4, 1, "UNO/S022/0810".to_owned());
            return Err(problem.of_interchange());
        };
        let offset = uno.place().offset + uno.bytes().len() as u64 + 1;
        self.place = Place { offset, ..uno.place() };
        (self.is_open, self.length, self.reference) = (true, bytes, uno.ascii(1, 1));
        self.text.clear();
        self.rest.clear();
        Ok(bytes)
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if !self.is_kept {
            return;
        }
        let n_missing = (3 - self.rest.len() % 3) % 3;
        let (first, bytes) = bytes.split_at(n_missing.min(bytes.len()));
        self.rest.extend_from_slice(first);
        if !self.rest.len().is_multiple_of(3) {
            return;
        }
        STANDARD.encode_string(&self.rest, &mut self.text);
        self.rest.clear();
        let (whole, rest) = bytes.split_at(bytes.len() - bytes.len() % 3);
        STANDARD.encode_string(whole, &mut self.text);
        self.rest.extend_from_slice(rest);
    }

    /// Ends the object with its trailer; what it says in base64.
    pub(super) fn end(&mut self, unp: &Segment<'_>, problems: &mut Vec<Problem>) -> &str {
        self.is_open = false;
        STANDARD.encode_string(&self.rest, &mut self.text);
        let problem = |kind, element, field: &str| {
            let problem = Problem::new(kind, unp.place()).in_segment(*b"UNP");
            problem.in_element(element, 0, field.to_owned())
        };
        if unp.ascii(1, 1).parse() != Ok(self.length) {
            problems.push(problem(Kind::Count, 1, "UNP/0810"));
        }
        if unp.ascii(2, 1) != self.reference {
            problems.push(problem(Kind::Reference, 2, "UNP/0800"));
        }
        &self.text
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.text.capacity() + self.rest.capacity()
    }
}
