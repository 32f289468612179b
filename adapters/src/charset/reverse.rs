//! From characters to bytes.

use super::tables::FREE;
use std::fmt;

/// The byte of each character of a set: direct for the first 256 code points, searched beyond.
pub(super) struct Reverse {
    low: [Option<u8>; 256],
    high: Vec<(u16, u8)>,
}

impl Reverse {
    pub(super) fn new(points: &[u16; 256]) -> Self {
        let (mut low, mut high) = ([None; 256], Vec::new());
        for (byte, point) in (0..=u8::MAX).zip(points) {
            match low.get_mut(usize::from(*point)) {
                Some(place) => *place = Some(byte),
                None if *point == FREE => {}
                None => high.push((*point, byte)),
            }
        }
        high.sort_unstable();
        Self { low, high }
    }

    pub(super) fn byte(&self, character: char) -> Option<u8> {
        let point = u16::try_from(u32::from(character)).ok()?;
        if let Some(byte) = self.low.get(usize::from(point)) {
            return *byte;
        }
        let at = self.high.binary_search_by_key(&point, |(point, _)| *point).ok()?;
        self.high.get(at).map(|(_, byte)| *byte)
    }
}

impl fmt::Debug for Reverse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reverse")
    }
}
