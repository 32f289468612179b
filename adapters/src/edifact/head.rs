//! What the headers of an interchange and of a message say, as acknowledgements and journals need it.

use super::segment::Segment;

/// One side of an interchange (S002, S003).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Side {
    /// The identification.
    pub id: String,
    /// What kind of identification it is (0007), such as `14` for a GLN.
    pub qualifier: String,
}

/// The header of an interchange (`UNB`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InterchangeHead {
    /// The syntax identifier, such as `UNOC`.
    pub syntax: String,
    /// The syntax version, such as `3`.
    pub version: String,
    /// Who sends it.
    pub sender: Side,
    /// Who receives it.
    pub recipient: Side,
    /// The control reference (0020).
    pub reference: String,
    /// Whether an acknowledgement is asked for (0031).
    pub wants_acknowledgement: bool,
    /// Whether it is a test (0035).
    pub is_test: bool,
}

impl InterchangeHead {
    pub(super) fn of(unb: &Segment<'_>) -> Self {
        let side = |element| Side { id: unb.ascii(element, 1), qualifier: unb.ascii(element, 2) };
        Self {
            syntax: unb.ascii(1, 1),
            version: unb.ascii(1, 2),
            sender: side(2),
            recipient: side(3),
            reference: unb.ascii(5, 1),
            wants_acknowledgement: unb.ascii(9, 1) == "1",
            is_test: unb.ascii(11, 1) == "1",
        }
    }
}

/// The header of a message (`UNH`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageHead {
    /// The message reference (0062).
    pub reference: String,
    /// Type, version, release, agency and association assigned code (S009).
    pub identifier: [String; 5],
    /// The common access reference (0068).
    pub access: String,
}

impl MessageHead {
    pub(super) fn of(unh: &Segment<'_>) -> Self {
        Self {
            reference: unh.ascii(1, 1),
            identifier: [1, 2, 3, 4, 5].map(|component| unh.ascii(2, component)),
            access: unh.ascii(3, 1),
        }
    }
}
