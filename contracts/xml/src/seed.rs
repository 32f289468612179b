//! A quick hash of names, with a seed of its own: no sender knows which names would collide.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A seed, and the hash that it makes.
#[derive(Debug, Clone, Copy)]
pub struct Seed(u64);

/// An odd number with bits all over (2^64 by the golden ratio).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

impl Default for Seed {
    /// One that cannot be guessed.
    fn default() -> Self {
        Self::near(RandomState::new().hash_one(0_u8))
    }
}

impl Seed {
    /// The next seed from here that is fit to multiply by: one of nearly all ones or zeros spreads nothing.
    fn near(mut number: u64) -> Self {
        while !(24..=40).contains(&number.count_ones()) {
            number = number.wrapping_add(SPREAD);
        }
        Self(number)
    }

    /// The hash of a text in a space of names that has this number. All bits are good.
    #[inline]
    pub fn hash(self, space: u32, text: &str) -> u64 {
        let state = self.0 ^ u64::from(space).wrapping_mul(SPREAD);
        self.bytes(state, text.as_bytes())
    }

    /// Eight bytes at a time.
    #[inline]
    fn bytes(self, state: u64, bytes: &[u8]) -> u64 {
        let mut state = state ^ (bytes.len() as u64).wrapping_mul(SPREAD);
        let state = if let Some(last) = bytes.last_chunk::<8>() {
            // The last eight bytes may have been read in part before, which does no harm.
            for word in bytes.as_chunks::<8>().0 {
                state = self.fold(state, u64::from_le_bytes(*word));
            }
            self.fold(state, u64::from_le_bytes(*last))
        } else {
            let word = bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
            self.fold(state, word)
        };
        // Not every seed spreads as well as this number does.
        halves(state, SPREAD)
    }

    #[inline]
    fn fold(self, state: u64, word: u64) -> u64 {
        halves(state ^ word, self.0 | 1) ^ SPREAD
    }
}

/// Both halves of a product in one.
#[inline]
fn halves(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    #[expect(clippy::cast_possible_truncation, reason = "both halves are wanted, one by one")]
    let (low, high) = (product as u64, (product >> 64) as u64);
    low ^ high
}

/// A hash in the making, for tables of the standard kind.
#[derive(Debug)]
pub struct SeededHasher {
    seed: Seed,
    state: u64,
}

impl BuildHasher for Seed {
    type Hasher = SeededHasher;

    #[inline]
    fn build_hasher(&self) -> SeededHasher {
        SeededHasher { seed: *self, state: self.0 }
    }
}

impl Hasher for SeededHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.state = self.seed.bytes(self.state, bytes);
    }

    #[inline]
    fn write_u8(&mut self, number: u8) {
        // What the standard library ends a text with; its length counts already.
        self.state ^= u64::from(number);
    }

    #[inline]
    fn write_u32(&mut self, number: u32) {
        self.state = self.seed.fold(self.state, u64::from(number));
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_that_differ_little_differ_in_all_bits() {
        let names: Vec<String> = (0..4_096).map(|at| format!("urn:name:{at}")).collect();
        let seeds = (0..256).map(|at| Seed::near(SPREAD.wrapping_mul(at)));
        let poor = [0, 1, u64::MAX, u64::MAX - 1, 1 << 63, u64::MAX << 32].map(Seed::near);
        for seed in seeds.chain(poor) {
            for shift in [0, 20, 40, 52] {
                let found: HashSet<u64> =
                    names.iter().map(|name| seed.hash(0, name) >> shift & 0xFFF).collect();
                // 4,096 balls into as many boxes leave about 1,507 empty.
                assert!(found.len() > 2_450, "{seed:?} {shift}: {}", found.len());
            }
        }
    }

    #[test]
    fn seeds_spaces_and_order_matter() {
        let seed = Seed::default();
        assert_ne!(seed.hash(0, "a"), seed.hash(1, "a"));
        assert_ne!(seed.hash_one((1_u32, 2_u32)), seed.hash_one((2_u32, 1_u32)));
        assert_ne!(seed.hash(0, "a"), Seed::default().hash(0, "a"));
    }
}
