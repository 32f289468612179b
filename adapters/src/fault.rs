//! What is wrong with a message in a legacy format, or why a tree cannot be written in one.
//!
//! One type for all formats: where it is (byte offset, line, record or segment, field), what is
//! wrong, and how far it reaches. Field names are those of the description; a value is never said.
//! What is wrong with a description itself is a `sluse_contracts::Finding` with its place in the file.

use crate::tree::{OverLimit, Place, Tree};
use sluse_contracts::{Code, Violation};
use std::{borrow::Cow, fmt};

/// How much of a message a fault makes unusable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// The unit that it stands in: others may be used.
    Unit,
    /// The whole message: its parts cannot be told apart, or do not add up.
    Message,
}

/// What a format numbers, for the sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Numbered {
    /// Records of fixed width.
    Record,
    /// Rows of a table.
    Row,
    /// Segments of an interchange.
    Segment,
}

impl fmt::Display for Numbered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Record => "record",
            Self::Row => "row",
            Self::Segment => "segment",
        })
    }
}

/// One fault of a message in a legacy format. Each is an error of layer `syntax`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The stable code, with a page of its own.
    pub code: Code,
    /// What is wrong, in the words of the description; never a value.
    pub sentence: Cow<'static, str>,
    /// Where it is.
    pub place: Place,
    /// What `place.record` counts.
    pub numbered: Numbered,
    /// The field, as the description names it; groups around it before it, parted by `/`.
    pub field: Option<String>,
    /// How far it reaches.
    pub reach: Reach,
}

impl Fault {
    /// A fault of one unit, in no field.
    pub fn new(code: Code, sentence: impl Into<Cow<'static, str>>, place: Place) -> Self {
        Self {
            code,
            sentence: sentence.into(),
            place,
            numbered: Numbered::Record,
            field: None,
            reach: Reach::Unit,
        }
    }

    /// A limit of the tree that a unit would break.
    pub fn over_limit(limit: OverLimit, place: Place) -> Self {
        Self::new(limit.code(), limit.to_string(), place)
    }

    /// Adds the field, as the description names it.
    #[must_use]
    pub fn in_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Adds the unit, by its number, and what of it was open where its message cannot be read further.
    #[must_use]
    pub(crate) fn in_unit(self, record: u32, unit: &Tree) -> Self {
        let place = Place { record, ..self.place };
        let field = self.field.clone().or_else(|| unit.open_path());
        Self { place, field, ..self }
    }

    /// Says what is numbered.
    #[must_use]
    pub fn counted_in(mut self, numbered: Numbered) -> Self {
        self.numbered = numbered;
        self
    }

    /// Makes it one of the whole message.
    #[must_use]
    pub fn of_message(mut self) -> Self {
        self.reach = Reach::Message;
        self
    }

    /// The fault as a violation: the field is its path, the place is also in the sentence.
    pub fn into_violation(self) -> Violation {
        let mut violation = Violation::syntax(self.code, self.to_string());
        violation.path = self.field.map(|field| format!("/{field}")).unwrap_or_default();
        violation.line = (self.place.line > 0).then_some(self.place.line);
        violation.record = (self.place.record > 0).then_some(self.place.record);
        violation.offset = Some(self.place.offset);
        violation
    }
}

impl fmt::Display for Fault {
    /// The sentence, then the place: `the field holds no number (record 2, byte 880, CPRNR)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (", self.sentence)?;
        if self.place.record > 0 {
            write!(f, "{} {}, ", self.numbered, self.place.record)?;
        }
        write!(f, "byte {}", self.place.offset)?;
        match &self.field {
            Some(field) => write!(f, ", {field})"),
            None => f.write_str(")"),
        }
    }
}

/// The faults of a message, the first of them kept and all of them counted.
#[derive(Debug, Clone)]
pub struct Faults {
    kept: Vec<Fault>,
    found: u64,
    kept_max: usize,
}

impl Faults {
    /// Keeps the first `kept_max`.
    pub fn new(kept_max: usize) -> Self {
        Self { kept: Vec::new(), found: 0, kept_max }
    }

    /// Adds a fault.
    pub fn push(&mut self, fault: Fault) {
        self.found = self.found.saturating_add(1);
        if self.kept.len() < self.kept_max {
            self.kept.push(fault);
        }
    }

    /// Those that were kept, in the order of the message.
    pub fn kept(&self) -> &[Fault] {
        &self.kept
    }

    /// How many were found, kept or not.
    pub fn found(&self) -> u64 {
        self.found
    }

    /// Takes out what was kept and starts anew.
    pub fn take(&mut self) -> Vec<Fault> {
        self.found = 0;
        std::mem::take(&mut self.kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluse_contracts::code;

    #[test]
    fn a_fault_names_its_place_in_sentence_and_violation() {
        let place = Place { offset: 880, line: 2, record: 2 };
        let fault = Fault::new(code::ENCODING, "the field is no text", place);
        assert_eq!(fault.to_string(), "the field is no text (record 2, byte 880)");
        let fault = fault.in_field("2253/CPRNR").counted_in(Numbered::Row);
        let violation = serde_json::to_string(&fault.into_violation()).unwrap();
        insta::assert_snapshot!(violation, @r#"{"code":"V0102","rule":null,"layer":"syntax","severity":"error","message":"the field is no text (row 2, byte 880, 2253/CPRNR)","path":"/2253/CPRNR","line":2,"column":null,"offset":880,"record":2,"clause":null}"#);
    }

    #[test]
    fn faults_are_kept_up_to_a_number_and_counted_beyond() {
        let mut faults = Faults::new(2);
        for limit in [OverLimit::Bytes, OverLimit::Depth, OverLimit::Bytes] {
            faults.push(Fault::over_limit(limit, Place::default()));
        }
        assert_eq!((faults.kept().len(), faults.found()), (2, 3));
        assert_eq!(faults.take().len(), 2);
        assert_eq!((faults.kept().len(), faults.found()), (0, 0));
    }
}
