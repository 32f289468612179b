//! How an interchange is written, apart from what it says: line ends, service characters, separators that need not
//! be.
//!
//! A tree holds what is said. So that an interchange that is read and not changed can be written with the same bytes,
//! a reader may keep the manner of each segment beside the tree.

use super::{segment::Segment, service::Service};

/// The manner of one segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SegmentManner {
    /// What stands between it and the segment before.
    pub(super) gap: Vec<u8>,
    /// Where it is written otherwise than it would be here: how it would be, and how it is.
    pub(super) irregular: Option<(Vec<u8>, Vec<u8>)>,
}

/// The manner of the segments since the last unit: what stands around the message, and the message.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Manner {
    /// The service characters, and whether they are stated, where the interchange begins here.
    pub(super) service: Option<(Service, bool)>,
    pub(super) segments: Vec<SegmentManner>,
    /// What stands at the end, where the interchange ends here.
    pub(super) tail: Vec<u8>,
    /// The trailer of the interchange as it is.
    pub(super) trailer: Option<Vec<u8>>,
}

impl std::fmt::Debug for Manner {
    /// How many segments; nothing of what they say.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Manner({} segments)", self.segments.len())
    }
}

impl Manner {
    pub(super) fn push(&mut self, segment: &Segment<'_>, service: &Service) {
        let irregular =
            segment.irregular().then(|| (regular(segment, service), segment.bytes().to_vec()));
        if segment.tag() == b"UNZ" {
            self.trailer = Some(segment.bytes().to_vec());
        }
        self.segments.push(SegmentManner { gap: segment.gap().to_vec(), irregular });
    }
}

/// A segment as it would be written here.
fn regular(segment: &Segment<'_>, service: &Service) -> Vec<u8> {
    let mut written = Written::new(segment.tag(), service);
    for element in segment.elements() {
        written.element(element.repetition() > 0);
        for component in element.components() {
            written.component();
            component.meant().for_each(|byte| written.byte(byte));
        }
    }
    written.bytes
}

/// A segment while it is written: separators come with the content behind them, so none stands at an end.
pub(super) struct Written<'s> {
    pub(super) bytes: Vec<u8>,
    service: &'s Service,
    /// Separators that are due before the next content.
    due: Vec<u8>,
    /// Components of this element so far.
    n_components: usize,
}

impl<'s> Written<'s> {
    pub(super) fn new(tag: &[u8], service: &'s Service) -> Self {
        Self { bytes: tag.to_vec(), service, due: Vec::new(), n_components: 0 }
    }

    /// Begins an element, or another repetition of it.
    pub(super) fn element(&mut self, repeats: bool) {
        let component = self.service.component;
        let n_trailing = self.due.iter().rev().take_while(|byte| **byte == component).count();
        self.due.truncate(self.due.len() - n_trailing);
        self.due.push(match (repeats, self.service.repetition) {
            (true, Some(repetition)) => repetition,
            _ => self.service.element,
        });
        self.n_components = 0;
    }

    /// Begins a component.
    pub(super) fn component(&mut self) {
        if self.n_components > 0 {
            self.due.push(self.service.component);
        }
        self.n_components += 1;
    }

    /// Adds a byte of text; released where it would part something.
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.append(&mut self.due);
        if self.service.contains(byte) {
            self.bytes.extend(self.service.release);
        }
        self.bytes.push(byte);
    }

    /// Adds bytes of text, none of which need be released.
    pub(super) fn plain(&mut self, bytes: &[u8]) {
        self.bytes.append(&mut self.due);
        self.bytes.extend_from_slice(bytes);
    }
}
