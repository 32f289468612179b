//! What is wrong with an interchange: the kinds of faults, their codes and sentences, and where each stands.
//!
//! A [`Problem`] knows more of its place than a [`Fault`] needs, because an acknowledgement names segment, element
//! and component by their positions.

use super::{grammar::Misfit, scan::ScanFault, service::AdviceFault};
use crate::{
    fault::{Fault, Numbered},
    tree::{OverLimit, Place},
};
use sluse_contracts::{Code, code};
use std::borrow::Cow;

/// The kind of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Segments cannot be told apart.
    Scan(ScanFault),
    /// A byte that is none of the repertoire's.
    WrongByte,
    /// The syntax identifier or version is not one that is read here.
    Syntax,
    /// A service segment stands where it may not.
    OutOfPlace,
    /// A service segment is missing.
    Absent(&'static str),
    /// A trailer counts otherwise than there is.
    Count,
    /// A trailer refers to another header than its own.
    Reference,
    /// A reference stands twice.
    ReferenceTwice,
    /// An element or component is missing.
    Required,
    /// There are more elements or components than the directory has.
    TooMany,
    /// An element repeats more often than it may.
    Repeats,
    /// The text of an element is not of its representation.
    Form(Misfit),
    /// The code is in no list that holds for it.
    NotListed,
    /// There is no grammar for the message.
    NoGrammar,
    /// The message's grammar has no such segment.
    Unknown,
    /// The segment may not stand here.
    Misplaced,
    /// The segment or its group stands too often.
    TooOften,
    /// A segment or group is missing before this place; which, and in what group.
    Missing(Box<str>, Box<str>),
    /// A binary object is not as long as its header says.
    ObjectLength,
    /// A binary object is longer than the limit.
    ObjectTooLong,
    /// A limit of the tree.
    Limit(OverLimit),
}

/// A fault with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: Kind,
    /// The segment, or the byte where that is known better.
    pub place: Place,
    /// The segment's number in its message, from 1; 0 outside messages.
    pub segment: u32,
    /// The segment's tag.
    pub tag: [u8; 3],
    /// The element's position in the segment, the tag being 1 as acknowledgements count; 0 for the segment.
    pub element: u32,
    /// The component's position, from 1; 0 for the element.
    pub component: u32,
    /// The path of the element, as the directory names it.
    pub field: Option<String>,
    /// Whether it makes the whole interchange unusable.
    pub of_interchange: bool,
}

impl Problem {
    /// A fault of a segment.
    pub fn new(kind: Kind, place: Place) -> Self {
        Self {
            kind,
            place,
            segment: 0,
            tag: *b"   ",
            element: 0,
            component: 0,
            field: None,
            of_interchange: false,
        }
    }

    /// Names the segment.
    #[must_use]
    pub fn in_segment(mut self, tag: [u8; 3]) -> Self {
        self.tag = tag;
        if self.field.is_none() && tag.iter().all(u8::is_ascii_alphanumeric) {
            self.field = Some(String::from_utf8_lossy(&tag).into_owned());
        }
        self
    }

    /// Names the element, by its position among the elements, from 1, and its path.
    #[must_use]
    pub fn in_element(mut self, element: u32, component: u32, field: String) -> Self {
        (self.element, self.component) = (element.saturating_add(1), component);
        self.field = Some(field);
        self
    }

    /// Makes it one of the whole interchange.
    #[must_use]
    pub fn of_interchange(mut self) -> Self {
        self.of_interchange = true;
        self
    }

    /// The fault as all formats tell it.
    pub fn fault(&self) -> Fault {
        let (code, sentence) = self.kind.told();
        let fault = Fault::new(code, sentence, self.place).counted_in(Numbered::Segment);
        let fault = if self.of_interchange { fault.of_message() } else { fault };
        match &self.field {
            Some(field) => fault.in_field(field.clone()),
            None => fault,
        }
    }
}

impl Kind {
    /// The code and a sentence, which says the rule and never a value.
    fn told(&self) -> (Code, Cow<'static, str>) {
        let (code, sentence) = match self {
            Self::Scan(fault) => scan(*fault),
            Self::WrongByte => {
                (code::ENCODING, "the byte is no character of the interchange's repertoire")
            }
            Self::Syntax => (code::SYNTAX_UNKNOWN, "the syntax is not one that is read here"),
            Self::OutOfPlace => (code::ENVELOPE_ORDER, "the service segment may not stand here"),
            Self::Absent(tag) => {
                return (
                    code::ENVELOPE_MISSING,
                    format!("{tag} is missing before this place").into(),
                );
            }
            Self::Count => {
                (code::CONTROL_COUNT, "the control count is not the number that there is")
            }
            Self::Reference => (code::CONTROL_REFERENCE, "the reference is not that of the header"),
            Self::ReferenceTwice => (code::REFERENCE_TWICE, "the reference has stood before"),
            Self::Required => (code::PART_REQUIRED, "what must be there is missing"),
            Self::TooMany => (code::PART_UNEXPECTED, "there is more than the directory has"),
            Self::Repeats => (code::PART_UNEXPECTED, "the element repeats more often than it may"),
            Self::Form(misfit) => (code::PART_FORM, form(*misfit)),
            Self::NotListed => (code::PART_CODE, "the code is none of those that are known here"),
            Self::NoGrammar => (code::MESSAGE_UNKNOWN, "no grammar describes the message"),
            Self::Unknown => (code::SEGMENT_UNEXPECTED, "the message has no such segment"),
            Self::Misplaced => (code::SEGMENT_UNEXPECTED, "the segment may not stand here"),
            Self::TooOften => {
                (code::SEGMENT_TOO_OFTEN, "the segment or its group stands too often")
            }
            Self::Missing(name, group) => {
                let sentence = format!("`{name}` of `{group}` is missing before this place");
                return (code::SEGMENT_MISSING, sentence.into());
            }
            Self::ObjectLength => (code::OBJECT_LENGTH, "the binary object is not of its length"),
            Self::ObjectTooLong => {
                (code::OBJECT_TOO_LONG, "the binary object is longer than the limit")
            }
            Self::Limit(limit) => return (limit.code(), limit.to_string().into()),
        };
        (code, sentence.into())
    }

    /// The syntax error code of an acknowledgement (data element 0085 of ISO 9735-4).
    pub fn syntax_error(&self) -> u8 {
        match self {
            Self::Syntax => 2,
            Self::Form(Misfit::Date) | Self::NotListed => 12,
            Self::Required | Self::Absent(_) | Self::Missing(..) => 13,
            Self::NoGrammar => 14,
            Self::Unknown | Self::Misplaced => 15,
            Self::TooMany => 16,
            Self::Scan(ScanFault::Advice(_)) => 20,
            Self::WrongByte => 21,
            Self::ReferenceTwice => 26,
            Self::Reference => 28,
            Self::Count => 29,
            Self::OutOfPlace => 33,
            Self::Repeats | Self::TooOften => 35,
            Self::Form(Misfit::Characters) => 37,
            Self::Form(Misfit::TooLong) => 39,
            Self::Form(Misfit::TooShort) => 40,
            Self::Scan(_) | Self::ObjectLength | Self::ObjectTooLong | Self::Limit(_) => 18,
        }
    }
}

fn scan(fault: ScanFault) -> (Code, &'static str) {
    match fault {
        ScanFault::Advice(AdviceFault::Twice(_)) => {
            (code::SERVICE_ADVICE, "a service character stands for two things")
        }
        ScanFault::Advice(AdviceFault::Unusable(_)) => {
            (code::SERVICE_ADVICE, "a service character is none that can be one")
        }
        ScanFault::NoTag => (code::NO_SEGMENT, "no segment begins here"),
        ScanFault::TooLong => (code::SEGMENT_TOO_LONG, "the segment is longer than the limit"),
        ScanFault::GapTooLong => {
            (code::SEGMENT_TOO_LONG, "more white space than the limit stands between segments")
        }
        ScanFault::NotTerminated => (code::SEGMENT_CUT_OFF, "the segment has no end"),
        ScanFault::ObjectCutOff => (code::SEGMENT_CUT_OFF, "the binary object is cut off"),
    }
}

fn form(misfit: Misfit) -> &'static str {
    match misfit {
        Misfit::TooLong => "the text is longer than its representation allows",
        Misfit::TooShort => "the text is shorter than its representation allows",
        Misfit::Characters => "the text is of other characters than its representation allows",
        Misfit::Date => "the value is not a date or time of the format that is stated",
    }
}
