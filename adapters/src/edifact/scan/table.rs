//! What each byte is: text, a service character, a line end, or none of the repertoire.

use crate::edifact::{repertoire::Repertoire, segment::Ends, service::Service};

/// What a byte does in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Text,
    Ends(Ends),
    Release,
    LineEnd,
    Wrong,
}

/// A class for every byte.
pub(super) struct Table([Class; 256]);

impl Table {
    /// With a repertoire, its bytes are text; without, all that are no control characters.
    pub(super) fn new(service: &Service, repertoire: Option<Repertoire>) -> Self {
        let class = |byte: u8| match byte {
            byte if byte == service.component => Class::Ends(Ends::Component),
            byte if byte == service.element => Class::Ends(Ends::Element),
            byte if byte == service.terminator => Class::Ends(Ends::Segment),
            byte if service.repetition == Some(byte) => Class::Ends(Ends::Repetition),
            byte if service.release == Some(byte) => Class::Release,
            b'\r' | b'\n' => Class::LineEnd,
            byte if repertoire.is_some_and(|repertoire| !repertoire.allows(byte)) => Class::Wrong,
            _ => Class::Text,
        };
        let mut table = [Class::Text; 256];
        for (byte, place) in (0..=u8::MAX).zip(&mut table) {
            *place = class(byte);
        }
        Self(table)
    }

    #[inline]
    pub(super) fn class(&self, byte: u8) -> Class {
        #[expect(clippy::indexing_slicing, reason = "there is a class for each of the 256 bytes")]
        self.0[usize::from(byte)]
    }
}
