//! Substitution groups: how many elements may stand for one (Part 1, section 3.3.6).
//!
//! Members are counted from the last of a chain up to its head, each element once, so that three thousand in
//! one chain cost no more than three thousand for one head.

use super::{Name, Place, Scales};
use std::collections::HashMap;

/// Elements by number, and for each what it says to stand for.
#[derive(Default)]
struct Chains {
    numbers: HashMap<Name, usize>,
    heads: Vec<Option<usize>>,
}

impl Scales<'_> {
    /// How many names an element may have: its own, and those of all that may stand for it.
    pub(super) fn names(&self, place: Place) -> u64 {
        let Some(name) = self.attribute(place, "ref") else { return 1 };
        let names = self.meant(place, name, "element");
        names
            .iter()
            .filter_map(|name| self.members.get(name))
            .fold(1, |sum, each| sum.max(each + 1))
    }

    /// Counts for each head of a substitution group what stands for it.
    pub(super) fn count_members(&self) -> HashMap<Name, u64> {
        let chains = self.chains();
        let counts = count(&chains.heads);
        let counted = chains.numbers.into_iter().filter_map(|(name, at)| {
            counts.get(at).filter(|count| **count > 0).map(|count| (name, *count))
        });
        counted.collect()
    }

    /// Every element that documents declare for all to refer to.
    fn chains(&self) -> Chains {
        let mut chains = Chains::default();
        let mut stands = Vec::new();
        for at in 0..self.documents.len() {
            let root = self.documents.get(at).map(|(_, _, document)| document.document_element());
            let Some(root) = root.map(|root| (at, root)) else { continue };
            let namespace = self.target_namespace(root);
            for place in self.children(root) {
                if self.kind(place) != "element" {
                    continue;
                }
                let Some(local) = self.attribute(place, "name") else { continue };
                let next = chains.numbers.len();
                let name = ("element", namespace.clone(), local.trim().to_owned());
                let number = *chains.numbers.entry(name).or_insert(next);
                if let Some(head) = self.attribute(place, "substitutionGroup") {
                    stands.push((number, self.meant(place, head, "element")));
                }
            }
        }
        chains.heads = vec![None; chains.numbers.len()];
        for (number, meant) in stands {
            let head = meant.iter().find_map(|name| chains.numbers.get(name));
            if let (Some(head), Some(slot)) = (head, chains.heads.get_mut(number)) {
                *slot = Some(*head);
            }
        }
        chains
    }
}

/// How many stand for each, itself not counted: who has nobody left to wait for tells its head. Those that stand for
/// themselves in a circle wait for ever; the front end refuses them.
fn count(heads: &[Option<usize>]) -> Vec<u64> {
    let mut counts = vec![0_u64; heads.len()];
    let mut waiting = vec![0_usize; heads.len()];
    for head in heads.iter().flatten() {
        if let Some(waiting) = waiting.get_mut(*head) {
            *waiting += 1;
        }
    }
    let free = waiting.iter().enumerate().filter(|(_, waiting)| **waiting == 0);
    let mut ready: Vec<usize> = free.map(|(at, _)| at).collect();
    while let Some(at) = ready.pop() {
        let below = counts.get(at).map_or(0, |count| count + 1);
        let Some(head) = heads.get(at).copied().flatten() else { continue };
        if let (Some(count), Some(waiting)) = (counts.get_mut(head), waiting.get_mut(head)) {
            *count += below;
            *waiting -= 1;
            if *waiting == 0 {
                ready.push(head);
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn counts_all_that_stand_for_an_element_however_they_do() {
        // 1 and 2 stand for 0, 3 for 2; 4 and 5 for each other; 6 alone.
        let heads = [None, Some(0), Some(0), Some(2), Some(5), Some(4), None];
        assert_eq!(count(&heads), [3, 0, 1, 0, 0, 0, 0]);
    }

    #[test]
    fn a_chain_is_counted_to_its_head() {
        let heads: Vec<Option<usize>> = (0..100_000_usize).map(|at| at.checked_sub(1)).collect();
        assert_eq!(count(&heads).first(), Some(&99_999));
    }
}
