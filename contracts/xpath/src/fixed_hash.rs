//! Hashing for tables that are filled when a program is compiled and only looked into after that.
//!
//! Who sends a document cannot fill them, so that nothing is lost by a hash that is fast and not secret.

use std::hash::{BuildHasherDefault, Hasher};

/// Builds [`FixedHasher`]s.
pub(crate) type FixedHash = BuildHasherDefault<FixedHasher>;

/// Multiplies words of eight bytes into one.
#[derive(Default)]
pub(crate) struct FixedHasher(u64);

impl FixedHasher {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

impl Hasher for FixedHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.add(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            let mut last = [0; 8];
            last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            self.add(u64::from_le_bytes(last));
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(byte.into());
    }
}
