//! Proofs (RFC 9162, sections 2.1.3 and 2.1.4): that a leaf is in a tree, and that a tree grew out of a smaller one.
//!
//! A proof is made of the roots of a few subtrees. Which ones is arithmetic and stands here; their
//! hashes come from whoever has the leaves, read as a stream ([`crate::Frontier`] over each range).

use crate::tree::Hash;
use std::ops::Range;

/// The largest power of two smaller than `n`, for `n` of at least two.
fn split(n: u64) -> u64 {
    1_u64 << (n.saturating_sub(1).max(1)).ilog2()
}

/// The subtrees whose roots prove that leaf `index` is in a tree of `size` leaves, in the order of the proof
/// (PATH of section 2.1.3.1). `None` where there is no such leaf.
pub fn inclusion(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let (mut start, mut end) = (0, size);
    let mut ranges = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
        }
    }
    ranges.reverse();
    Some(ranges)
}

/// The subtrees whose roots prove that a tree of `new` leaves grew out of one of `old` leaves, in the order of the
/// proof (PROOF of section 2.1.4.1). Empty where both are the same or the older is empty; `None` where it is larger.
pub fn consistency(old: u64, new: u64) -> Option<Vec<Range<u64>>> {
    if old > new {
        return None;
    }
    let mut ranges = Vec::new();
    if old == 0 {
        return Some(ranges);
    }
    let (mut start, mut end) = (0, new);
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
        }
    }
    if start > 0 {
        ranges.push(start..end);
    }
    ranges.reverse();
    Some(ranges)
}

/// Whether `proof` shows that `leaf` stands at `index` in the tree of `size` leaves with this `root` (section 2.1.3.2).
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, proof: &[Hash], root: Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for step in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = Hash::of_node(*step, hash);
            skip_missing(&mut at, &mut last);
        } else {
            hash = Hash::of_node(hash, *step);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// Whether `proof` shows that the tree of `new` leaves grew out of the tree of `old` leaves (section 2.1.4.2).
pub fn verify_consistency(old: (u64, Hash), new: (u64, Hash), proof: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size > new_size {
        return false;
    }
    if old_size == new_size || old_size == 0 {
        return proof.is_empty() && (old_size == 0 || old_root == new_root);
    }
    let first = old_size.is_power_of_two().then_some(old_root);
    let mut steps = first.into_iter().chain(proof.iter().copied());
    let Some(start) = steps.next() else { return false };
    let (mut at, mut last) = (old_size - 1, new_size - 1);
    let shift = at.trailing_ones();
    at >>= shift;
    last >>= shift;
    let (mut before, mut after) = (start, start);
    for step in steps {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            before = Hash::of_node(step, before);
            after = Hash::of_node(step, after);
            skip_missing(&mut at, &mut last);
        } else {
            after = Hash::of_node(after, step);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && before == old_root && after == new_root
}

/// Goes up to where the node is a right child: above the right edge there are no siblings.
fn skip_missing(at: &mut u64, last: &mut u64) {
    if *at & 1 == 0 {
        let shift = if *at == 0 { 63 } else { at.trailing_zeros() };
        *at >>= shift;
        *last >>= shift;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::{leaves, mth};
    use proptest::prelude::*;

    /// PATH of RFC 9162, section 2.1.3.1, word for word.
    fn path(m: usize, d: &[Hash]) -> Vec<Hash> {
        if d.len() <= 1 {
            return Vec::new();
        }
        let k = d.len().next_power_of_two() / 2;
        let (mut proof, rest) = if m < k {
            (path(m, &d[..k]), mth(&d[k..]))
        } else {
            (path(m - k, &d[k..]), mth(&d[..k]))
        };
        proof.push(rest);
        proof
    }

    /// SUBPROOF of RFC 9162, section 2.1.4.1, word for word.
    fn subproof(m: usize, d: &[Hash], whole: bool) -> Vec<Hash> {
        if m == d.len() {
            return if whole { Vec::new() } else { vec![mth(d)] };
        }
        let k = d.len().next_power_of_two() / 2;
        let (mut proof, rest) = if m <= k {
            (subproof(m, &d[..k], whole), mth(&d[k..]))
        } else {
            (subproof(m - k, &d[k..], false), mth(&d[..k]))
        };
        proof.push(rest);
        proof
    }

    fn hashed(ranges: Vec<Range<u64>>, leaves: &[Hash]) -> Vec<Hash> {
        let place = |at: u64| usize::try_from(at).unwrap();
        ranges.into_iter().map(|range| mth(&leaves[place(range.start)..place(range.end)])).collect()
    }

    #[test]
    fn every_proof_of_small_trees_is_the_one_of_the_rfc_and_holds() {
        for n in 1_usize..40 {
            let leaves = leaves(n);
            let (size, root) = (n as u64, mth(&leaves));
            for m in 0..n {
                let proof = hashed(inclusion(m as u64, size).unwrap(), &leaves);
                assert_eq!(proof, path(m, &leaves), "{m} of {n}");
                assert!(verify_inclusion(leaves[m], m as u64, size, &proof, root), "{m} of {n}");
                for other in (0..n).filter(|other| *other != m) {
                    assert!(!verify_inclusion(leaves[m], other as u64, size, &proof, root));
                }
            }
            for m in 1..=n {
                let proof = hashed(consistency(m as u64, size).unwrap(), &leaves);
                assert_eq!(proof, subproof(m, &leaves, true), "{m} to {n}");
                let old = (m as u64, mth(&leaves[..m]));
                assert!(verify_consistency(old, (size, root), &proof), "{m} to {n}");
                let rewritten = (m as u64, Hash::of_leaf(b"other"));
                assert!(!verify_consistency(rewritten, (size, root), &proof), "{m} to {n}");
            }
        }
        assert_eq!(inclusion(3, 3), None);
        assert_eq!(consistency(4, 3), None);
    }

    proptest! {
        #[test]
        fn a_proof_that_was_altered_does_not_hold(
            n in 2_usize..600, at in any::<prop::sample::Index>(), old in any::<prop::sample::Index>(),
            step in any::<prop::sample::Index>(), bit in 0_usize..256,
        ) {
            let leaves = leaves(n);
            let (size, root) = (n as u64, mth(&leaves));
            let m = at.index(n);
            let mut proof = path(m, &leaves);
            prop_assert!(verify_inclusion(leaves[m], m as u64, size, &proof, root));
            let altered = step.index(proof.len());
            proof[altered].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!verify_inclusion(leaves[m], m as u64, size, &proof, root));

            let m = 1 + old.index(n - 1);
            let mut proof = subproof(m, &leaves, true);
            let (before, after) = ((m as u64, mth(&leaves[..m])), (size, root));
            prop_assert!(verify_consistency(before, after, &proof));
            let altered = step.index(proof.len());
            proof[altered].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!verify_consistency(before, after, &proof));
            proof.pop();
            prop_assert!(!verify_consistency(before, after, &proof));
        }

        #[test]
        fn any_sizes_are_answered_without_a_panic(index in any::<u64>(), size in any::<u64>()) {
            if let Some(ranges) = inclusion(index, size) {
                prop_assert!(ranges.len() <= 64);
                let proof = vec![Hash([0; 32]); ranges.len()];
                prop_assert!(!verify_inclusion(Hash([0; 32]), index, size, &proof, Hash([0; 32])));
            }
            if let Some(ranges) = consistency(index, size) {
                prop_assert!(ranges.len() <= 65);
            }
        }
    }
}
