//! Sets of bytes, for looks at every byte of a value.

/// A set: one for each byte in it, else nothing.
pub(crate) struct ByteSet([u8; 256]);

impl ByteSet {
    /// The set of these bytes and of all control characters below a blank.
    pub(crate) const fn new(bytes: &[u8]) -> Self {
        let mut set = [0; 256];
        let mut at = 0;
        while at < 256 {
            #[expect(clippy::indexing_slicing, reason = "it is below the length")]
            if at < 0x20 {
                set[at] = 1;
            }
            at += 1;
        }
        let mut rest = bytes;
        while let [byte, more @ ..] = rest {
            #[expect(clippy::indexing_slicing, reason = "there is a place for each byte")]
            {
                set[*byte as usize] = 1;
            }
            rest = more;
        }
        Self(set)
    }

    /// One where the byte is in the set.
    #[inline]
    pub(crate) fn of(&self, byte: u8) -> u8 {
        #[expect(clippy::indexing_slicing, reason = "there is a place for each byte")]
        self.0[usize::from(byte)]
    }
}

#[cfg(test)]
mod tests {
    use super::ByteSet;

    #[test]
    fn control_characters_and_those_that_are_named_are_in_a_set() {
        let set = ByteSet::new(b"<\xEF");
        let members: Vec<u8> = (0..=u8::MAX).filter(|byte| set.of(*byte) == 1).collect();
        let expected: Vec<u8> = (0..0x20).chain(*b"<\xEF").collect();
        assert_eq!(members, expected);
    }
}
