//! Lines and columns from byte offsets.
//!
//! A tree keeps one offset for each node and not the text it came from. So that columns can count
//! characters all the same, a text that is not all ASCII leaves one bit for each of its bytes here.

/// How many 64-bit words of the bit map share one running count.
const WORDS_PER_RANK: usize = 32;

/// Where lines begin, and which bytes do not begin a character.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// Offsets at which lines after the first begin.
    starts: Vec<u32>,
    /// A bit for each byte that continues a character; empty for ASCII.
    continuing: Vec<u64>,
    /// Bits set before each block of [`WORDS_PER_RANK`] words.
    ranks: Vec<u32>,
    /// Lines and columns that are known beforehand, by number in place of an offset.
    given: Vec<(u32, u32)>,
}

impl Lines {
    /// Reads a text. It must be shorter than 4 GiB.
    pub(crate) fn of(text: &str) -> Self {
        let starts =
            line_starts(text.as_bytes()).filter_map(|start| u32::try_from(start).ok()).collect();
        let mut lines = Self { starts, ..Self::default() };
        if !text.is_ascii() {
            lines.mark_continuing(text.as_bytes());
        }
        lines
    }

    /// Lines and columns that are known beforehand.
    pub(crate) fn given(places: Vec<(u32, u32)>) -> Self {
        Self { given: places, ..Self::default() }
    }

    fn mark_continuing(&mut self, bytes: &[u8]) {
        let word = |chunk: &[u8]| {
            if chunk.is_ascii() {
                return 0;
            }
            chunk.iter().rev().fold(0_u64, |word, byte| word << 1 | u64::from(byte & 0xC0 == 0x80))
        };
        self.continuing = bytes.chunks(64).map(word).collect();
        let mut before = 0;
        for block in self.continuing.chunks(WORDS_PER_RANK) {
            self.ranks.push(before);
            before += block.iter().map(|word| word.count_ones()).sum::<u32>();
        }
    }

    /// How many of the bytes before `offset` continue a character.
    fn continuing_before(&self, offset: u32) -> u32 {
        let word = offset as usize / 64;
        let block = word / WORDS_PER_RANK;
        let whole = self.continuing.get(block * WORDS_PER_RANK..word).unwrap_or_default();
        let part = self.continuing.get(word).map_or(0, |w| w & ((1 << (offset % 64)) - 1));
        self.ranks.get(block).copied().unwrap_or(0)
            + whole.iter().map(|w| w.count_ones()).sum::<u32>()
            + part.count_ones()
    }

    /// Line and column, both from 1, of a byte offset.
    pub(crate) fn place(&self, offset: u32) -> (u32, u32) {
        if let Some(place) = self.given.get(offset as usize) {
            return *place;
        }
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|at| self.starts.get(at)).copied().unwrap_or(0);
        let characters = if self.continuing.is_empty() {
            offset - start
        } else {
            offset - start - (self.continuing_before(offset) - self.continuing_before(start))
        };
        (u32::try_from(line).unwrap_or(u32::MAX).saturating_add(1), characters.saturating_add(1))
    }

    /// Memory taken, in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        (self.starts.capacity() + self.ranks.capacity()) * 4
            + (self.continuing.capacity() + self.given.capacity()) * 8
    }
}

/// Line and column of an offset, read from the text itself: for a fault, of which there is one.
pub(crate) fn place_in(text: &str, offset: usize) -> (u32, u32) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let bytes = text.as_bytes();
    let (mut line, mut start) = (1_u32, 0);
    for next in line_starts(bytes).take_while(|start| *start <= offset) {
        line = line.saturating_add(1);
        start = next;
    }
    let characters = text.get(start..offset).unwrap_or_default().chars().count();
    (line, u32::try_from(characters).unwrap_or(u32::MAX).saturating_add(1))
}

/// Offsets after each line end: CR LF, CR or LF (XML 1.0, section 2.11).
pub(crate) fn line_starts(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    memchr::memchr2_iter(b'\n', b'\r', bytes).filter_map(|at| {
        let broken = bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n');
        (!broken).then_some(at + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_characters_and_all_three_line_ends() {
        let text = "aæ\r\nb\rc\n€x";
        let wanted = [
            (0, (1, 1)),
            (1, (1, 2)),
            (3, (1, 3)),
            (5, (2, 1)),
            (7, (3, 1)),
            (9, (4, 1)),
            (12, (4, 2)),
        ];
        let lines = Lines::of(text);
        for (offset, place) in wanted {
            assert_eq!(place_in(text, offset), place, "{offset}");
            assert_eq!(lines.place(u32::try_from(offset).unwrap()), place, "{offset}");
        }
    }

    proptest! {
        #[test]
        fn both_ways_to_a_place_agree(text in "[a\n\ræ€𝄞]{0,300}") {
            let text = text.repeat(10);
            let lines = Lines::of(&text);
            for (offset, _) in text.char_indices().step_by(7) {
                prop_assert_eq!(lines.place(u32::try_from(offset).unwrap()), place_in(&text, offset));
            }
        }
    }
}
