//! The Merkle tree over leaves (RFC 9162, section 2.1), grown one leaf at a time.
//!
//! Only the frontier is kept: the roots of the full subtrees that the tree falls into, largest
//! first. It grows in O(log n) and is all that a signed root needs.

use aws_lc_rs::digest::{Context, SHA256};
use std::fmt;

/// A SHA-256 hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of a leaf: SHA-256 of 0x00 and the leaf's bytes.
    pub fn of_leaf(bytes: &[u8]) -> Self {
        Self::of(&[&[0x00], bytes])
    }

    /// The hash of a node: SHA-256 of 0x01 and the hashes of its two children.
    pub fn of_node(left: Self, right: Self) -> Self {
        Self::of(&[&[0x01], &left.0, &right.0])
    }

    /// Reads 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn of(parts: &[&[u8]]) -> Self {
        let mut context = Context::new(&SHA256);
        for part in parts {
            context.update(part);
        }
        let mut hash = [0; 32];
        for (to, from) in hash.iter_mut().zip(context.finish().as_ref()) {
            *to = *from;
        }
        Self(hash)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The roots of a tree's full subtrees, largest (leftmost) first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Reads what [`Frontier::to_bytes`] wrote for a tree of `size` leaves. Whether it is the frontier of a
    /// certain tree shows when its root is compared.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        let peaks: Vec<Hash> = hashes.iter().map(|hash| Hash(*hash)).collect();
        let fits = rest.is_empty() && peaks.len() == size.count_ones() as usize;
        fits.then_some(Self { size, peaks })
    }

    /// The hashes one after the other, the largest subtree's first.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.peaks.iter().flat_map(|peak| peak.0).collect()
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf.
    pub fn append(&mut self, leaf: Hash) {
        let mut grown = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                grown = Hash::of_node(left, grown);
            }
        }
        self.peaks.push(grown);
        self.size += 1;
    }

    /// The tree's root; of a tree without leaves it is SHA-256 of nothing.
    pub fn root(&self) -> Hash {
        let folded =
            self.peaks.iter().rev().copied().reduce(|right, left| Hash::of_node(left, right));
        folded.unwrap_or_else(|| Hash::of(&[]))
    }
}

impl Extend<Hash> for Frontier {
    fn extend<T: IntoIterator<Item = Hash>>(&mut self, leaves: T) {
        leaves.into_iter().for_each(|leaf| self.append(leaf));
    }
}

impl FromIterator<Hash> for Frontier {
    fn from_iter<T: IntoIterator<Item = Hash>>(leaves: T) -> Self {
        let mut frontier = Self::default();
        frontier.extend(leaves);
        frontier
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// MTH of RFC 9162, section 2.1.1, word for word.
    pub(crate) fn mth(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Hash::of(&[]),
            [leaf] => *leaf,
            _ => {
                let k = leaves.len().next_power_of_two() / 2;
                Hash::of_node(mth(&leaves[..k]), mth(&leaves[k..]))
            }
        }
    }

    pub(crate) fn leaves(n: usize) -> Vec<Hash> {
        (0..n).map(|n| Hash::of_leaf(&n.to_be_bytes())).collect()
    }

    #[test]
    fn hashes_as_certificate_transparency_does() {
        // Published vectors: the empty tree, the leaf of no bytes, and a tree of eight.
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Frontier::default().root().to_string(), empty);
        let first = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(Hash::of_leaf(b"").to_string(), first);
        let hex = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        let tree: Frontier = hex
            .iter()
            .map(|hex| {
                let pairs = (0..hex.len()).step_by(2);
                let bytes: Vec<u8> =
                    pairs.map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
                Hash::of_leaf(&bytes)
            })
            .collect();
        let root = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";
        assert_eq!(tree.root().to_string(), root);
    }

    proptest! {
        #[test]
        fn grows_to_the_root_that_the_rfc_defines(n in 0_usize..300) {
            let leaves = leaves(n);
            let grown: Frontier = leaves.iter().copied().collect();
            prop_assert_eq!(grown.root(), mth(&leaves));
            let kept = Frontier::from_bytes(grown.size(), &grown.to_bytes()).unwrap();
            prop_assert_eq!(&kept, &grown);
            prop_assert!(Frontier::from_bytes(grown.size() * 2 + 1, &grown.to_bytes()).is_none());
        }
    }
}
