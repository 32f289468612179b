//! Looking at the bytes of one segment, each of them once, however they arrive.

use super::table::{Class, Table};
use crate::edifact::segment::{Ends, Mark};

/// What has been seen of a segment.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// How many bytes.
    pub(super) looked: usize,
    /// Where its components end.
    pub(super) marks: Vec<Mark>,
    /// The first byte that is none of the repertoire's.
    pub(super) wrong: Option<u32>,
    /// Whether it is written otherwise than it would be here.
    pub(super) irregular: bool,
    /// Whether it holds line ends.
    pub(super) has_line_ends: bool,
    /// Where the component begins that is being looked at.
    start: usize,
    /// Whether that component holds a release character or a line end.
    mixed: bool,
    /// Whether the byte before was a release character.
    released: bool,
}

impl Look {
    /// Makes ready for the next segment.
    pub(super) fn clear(&mut self) {
        let mut marks = std::mem::take(&mut self.marks);
        marks.clear();
        *self = Self { marks, ..Self::default() };
    }

    /// Goes on in a segment of which these bytes are there so far; whether its end is among them. Then as many
    /// bytes have been looked at as stand before its terminator.
    pub(super) fn look(&mut self, bytes: &[u8], table: &Table) -> bool {
        while let Some(rest) = bytes.get(self.looked..) {
            let stands_out = |byte: &u8| table.class(*byte) != Class::Text;
            let n_text = rest.iter().position(stands_out);
            if self.released && n_text.unwrap_or(rest.len()) > 0 {
                (self.released, self.irregular) = (false, true);
            }
            let Some(byte) = n_text.and_then(|n_text| rest.get(n_text)) else {
                self.looked = bytes.len();
                return false;
            };
            self.looked += n_text.unwrap_or(0);
            if self.see(table.class(*byte)) {
                return true;
            }
            self.looked += 1;
        }
        false
    }

    /// Looks at one byte that is not text; whether it ends the segment.
    fn see(&mut self, class: Class) -> bool {
        match class {
            Class::LineEnd => {
                (self.mixed, self.irregular, self.has_line_ends) = (true, true, true);
            }
            Class::Wrong => {
                self.wrong = self.wrong.or(Some(small(self.looked)));
                self.irregular |= std::mem::take(&mut self.released);
            }
            Class::Release | Class::Ends(_) if self.released => self.released = false,
            Class::Release => (self.mixed, self.released) = (true, true),
            Class::Ends(ends) => {
                self.end_component(ends);
                return ends == Ends::Segment;
            }
            Class::Text => self.released = false,
        }
        false
    }

    fn end_component(&mut self, ends: Ends) {
        let before = self.marks.last().map(|mark| mark.ends);
        self.irregular |= self.looked == self.start
            && match before {
                Some(Ends::Component) => ends != Ends::Component,
                Some(Ends::Element | Ends::Repetition) => ends == Ends::Segment,
                _ => false,
            };
        self.marks.push(Mark { at: small(self.looked), ends, mixed: self.mixed });
        self.start = self.looked + 1;
        self.mixed = false;
    }
}

/// A segment's limit keeps every number within 32 bits.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
