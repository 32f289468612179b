//! A ledger that someone with a hand on the store, and without the key, tampers with.

use super::*;
use crate::{
    key::SigningKey,
    leaf::tests::{closing, opening},
};
use proptest::prelude::*;
use std::convert::Infallible;

/// A ledger in memory, as a store would keep it.
#[derive(Debug, Clone)]
struct Kept {
    key: std::sync::Arc<SigningKey>,
    leaves: Vec<StoredLeaf>,
    checkpoints: Vec<StoredCheckpoint>,
}

impl Source for Kept {
    type Fault = Infallible;

    fn leaves(&mut self, from: u64, most: usize) -> Result<Vec<StoredLeaf>, Infallible> {
        Ok(self.leaves.iter().filter(|leaf| leaf.index >= from).take(most).cloned().collect())
    }

    fn checkpoints(
        &mut self,
        after: u64,
        most: usize,
    ) -> Result<Vec<StoredCheckpoint>, Infallible> {
        let later = self.checkpoints.iter().filter(|checkpoint| checkpoint.size > after);
        Ok(later.take(most).cloned().collect())
    }
}

impl Kept {
    /// Batches of these sizes; leaves alternate between opening and closing.
    fn new(batches: &[usize]) -> Self {
        let key = std::sync::Arc::new(SigningKey::generate("dk.example/ledger").unwrap());
        let mut kept = Self { key, leaves: Vec::new(), checkpoints: Vec::new() };
        let mut tree = Frontier::default();
        for batch in batches {
            for _ in 0..*batch {
                let at = tree.size();
                let exchange = format!("x{}", at / 2);
                let leaf = if at.is_multiple_of(2) {
                    opening(&exchange, at)
                } else {
                    closing(&exchange, at - 1, at)
                };
                let bytes = leaf.to_bytes().unwrap();
                let hash = Hash::of_leaf(&bytes);
                tree.append(hash);
                kept.leaves.push(StoredLeaf { index: at, bytes, hash: Some(hash) });
            }
            kept.checkpoints.push(kept.checkpoint(&tree));
        }
        kept
    }

    fn checkpoint(&self, tree: &Frontier) -> StoredCheckpoint {
        let origin = self.key.verifier().origin().to_owned();
        let made = Checkpoint { origin, size: tree.size(), root: tree.root() };
        StoredCheckpoint {
            size: tree.size(),
            note: made.sign(&self.key),
            frontier: tree.to_bytes(),
        }
    }

    fn renumber(&mut self) {
        for (index, leaf) in (0..).zip(&mut self.leaves) {
            leaf.index = index;
        }
    }

    fn rehash(&mut self) {
        for leaf in &mut self.leaves {
            leaf.hash = Some(Hash::of_leaf(&leaf.bytes));
        }
    }

    fn report(&self, earlier: Option<&Checkpoint>) -> Report {
        let key = self.key.verifier();
        let options = Options { key: Some(key), earlier };
        verify(&mut self.clone(), options, &mut |_| {}).unwrap()
    }

    /// What breaks the evidence, each as its code and first leaf.
    fn found(&self) -> Vec<(&'static str, Range<u64>)> {
        let findings = self.report(None).findings;
        let broken = findings.into_iter().filter(|finding| !finding.is_warning);
        broken.map(|finding| (finding.kind.code(), finding.leaves)).collect()
    }

    fn newest(&self) -> Checkpoint {
        Checkpoint::read_unchecked(&self.checkpoints.last().unwrap().note).unwrap()
    }
}

fn altered(bytes: &[u8]) -> Vec<u8> {
    String::from_utf8(bytes.to_vec())
        .unwrap()
        .replace("dk.example/desk", "dk.example/disk")
        .into_bytes()
}

#[test]
fn a_whole_ledger_holds() {
    let kept = Kept::new(&[1, 3, 8, 20, 2]);
    let report = kept.report(Some(&kept.newest()));
    assert_eq!(report.findings, []);
    assert_eq!(
        (report.leaves, report.openings, report.closings, report.checkpoints),
        (34, 17, 17, 5)
    );
    assert_eq!(report.newest, Some(kept.newest()));
    assert_eq!(Kept::new(&[]).report(None).findings, []);
}

#[test]
fn finds_a_changed_leaf_and_only_that() {
    let mut kept = Kept::new(&[4, 8, 8]);
    kept.leaves[6].bytes = altered(&kept.leaves[6].bytes);
    assert_eq!(kept.found(), [("F0401", 6..7)]);
    // With the hash beside it made to fit, the batch is known, and the others still hold.
    kept.rehash();
    assert_eq!(kept.found(), [("F0408", 4..12)]);
    assert_eq!(kept.report(None).leaves, 12);
    // With the frontier beside the next checkpoint made to fit too, all after it is in doubt.
    let tree: Frontier = kept.leaves[..12].iter().map(|leaf| leaf.hash.unwrap()).collect();
    kept.checkpoints[1].frontier = tree.to_bytes();
    assert_eq!(kept.found(), [("F0408", 4..12), ("F0408", 12..20)]);
}

#[test]
fn finds_a_removed_leaf() {
    let mut kept = Kept::new(&[4, 8, 8]);
    kept.leaves.remove(6);
    assert_eq!(kept.found(), [("F0402", 6..7)]);
    kept.renumber();
    assert_eq!(kept.found(), [("F0402", 4..12)]);
    let mut kept = Kept::new(&[4, 8, 8]);
    kept.leaves.pop();
    assert_eq!(kept.found(), [("F0404", 19..20)]);
    kept.checkpoints.pop();
    assert_eq!(kept.found(), [("F0403", 12..19)]);
}

#[test]
fn finds_leaves_in_another_order() {
    for rehash in [false, true] {
        let mut kept = Kept::new(&[4, 8, 8]);
        kept.leaves.swap(6, 9);
        kept.renumber();
        if rehash {
            kept.rehash();
        }
        assert_eq!(kept.found(), [("F0403", 6..7), ("F0403", 9..10)]);
        let mut kept = Kept::new(&[4, 8, 8]);
        let leaf = kept.leaves.remove(10);
        kept.leaves.insert(5, leaf);
        kept.renumber();
        assert_eq!(kept.found(), [("F0403", 5..6)]);
    }
    let mut kept = Kept::new(&[4, 8, 8]);
    kept.leaves.swap(2, 15);
    kept.renumber();
    assert_eq!(kept.found(), [("F0408", 0..4), ("F0408", 12..20)]);
}

#[test]
fn finds_an_inserted_leaf() {
    for at in [0, 4, 7, 11, 12, 19, 20] {
        let mut kept = Kept::new(&[4, 8, 8]);
        let bytes = opening("forged", 7).to_bytes().unwrap();
        let hash = Some(Hash::of_leaf(&bytes));
        kept.leaves.insert(at, StoredLeaf { index: 0, bytes, hash });
        kept.renumber();
        let at = at as u64;
        assert_eq!(kept.found(), [("F0403", at..at + 1)], "{at}");
        // A forged checkpoint does not help whoever lacks the key.
        let tree: Frontier = kept.leaves.iter().map(|leaf| leaf.hash.unwrap()).collect();
        let other =
            Kept { key: SigningKey::generate("dk.example/ledger").unwrap().into(), ..kept.clone() };
        kept.checkpoints = vec![other.checkpoint(&tree)];
        let codes: Vec<_> = kept.found().into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, ["F0405", "F0403"]);
    }
}

#[test]
fn an_earlier_checkpoint_finds_a_cut_tail_and_a_rewritten_history() {
    let whole = Kept::new(&[4, 8, 8]);
    let earlier = whole.newest();
    let mut cut = whole.clone();
    cut.leaves.truncate(12);
    cut.checkpoints.pop();
    assert!(cut.report(None).holds(), "without the earlier checkpoint nothing is amiss");
    let report = cut.report(Some(&earlier));
    assert_eq!(report.findings[0].kind, Kind::TailCut);
    assert_eq!(report.findings[0].leaves, 12..20);

    // Whoever has the key can write another history, and is found by the checkpoint that was given away.
    let rewritten = Kept { key: std::sync::Arc::clone(&whole.key), ..Kept::new(&[]) };
    let mut rewritten = Kept { leaves: whole.leaves.clone(), ..rewritten };
    rewritten.leaves[3].bytes = closing("x1", 2, 77).to_bytes().unwrap();
    rewritten.rehash();
    let tree: Frontier = rewritten.leaves.iter().map(|leaf| leaf.hash.unwrap()).collect();
    rewritten.checkpoints.push(rewritten.checkpoint(&tree));
    assert!(rewritten.report(None).holds());
    for size in [3_u64, 4, 12, 20] {
        let tree: Frontier = whole
            .leaves
            .iter()
            .take(size.try_into().unwrap())
            .map(|leaf| leaf.hash.unwrap())
            .collect();
        let earlier = Checkpoint { size, root: tree.root(), ..earlier.clone() };
        assert!(whole.report(Some(&earlier)).holds(), "{size}");
        assert_eq!(rewritten.report(Some(&earlier)).holds(), size == 3, "{size}");
    }
}

#[test]
fn finds_checkpoints_that_were_altered() {
    let mut kept = Kept::new(&[4, 8, 8]);
    kept.checkpoints[1].note = kept.checkpoints[1].note.replacen("\n12\n", "\n11\n", 1);
    assert_eq!(kept.found(), [("F0405", 0..0)]);
    assert_eq!(kept.report(None).leaves, 20);
    for (part, other) in
        [("dk.example/ledger\n12", "dk.exempla/ledger\n12"), ("\n12\n", "\ntwelve\n")]
    {
        let mut kept = Kept::new(&[4, 8, 8]);
        kept.checkpoints[1].note = kept.checkpoints[1].note.replacen(part, other, 1);
        assert_eq!(kept.found(), [("F0405", 0..0)], "{other}");
    }
    let mut kept = Kept::new(&[4, 8, 8]);
    kept.checkpoints[0].note = kept.checkpoints[1].note.clone();
    assert_eq!(kept.found(), [("F0408", 0..0)]);
    let mut kept = Kept::new(&[4, 8, 8]);
    kept.checkpoints[1].frontier.clear();
    kept.leaves[2].hash = None;
    let report = kept.report(None);
    assert!(report.holds());
    assert_eq!(report.findings.len(), 1);
}

#[test]
fn follows_exchanges_from_opening_to_closing() {
    let mut kept = Kept::new(&[]);
    let leaves = [
        opening("a", 0),
        opening("b", 0),
        closing("a", 0, 1),
        closing("a", 0, 2),
        closing("b", 0, 1),
        closing("c", 9, 1),
        closing("b", 2, 1),
        opening("d", 0),
    ];
    let mut tree = Frontier::default();
    for leaf in leaves {
        let bytes = leaf.to_bytes().unwrap();
        let hash = Hash::of_leaf(&bytes);
        kept.leaves.push(StoredLeaf { index: tree.size(), bytes, hash: Some(hash) });
        tree.append(hash);
    }
    kept.checkpoints.push(kept.checkpoint(&tree));
    let report = kept.report(None);
    let said: Vec<&str> = report.findings.iter().map(|finding| finding.sentence.as_str()).collect();
    assert_eq!(
        said,
        [
            "leaf 3 closes exchange a, which was closed before",
            "leaf 4 closes exchange b, which was closed before",
            "leaf 5 closes exchange c, and leaf 9, which it names, opened no exchange before it",
            "leaf 6 closes exchange b, and leaf 2, which it names, opened no exchange before it",
            "exchange b, opened by leaf 1, is not closed",
            "exchange d, opened by leaf 7, is not closed",
        ]
    );
    assert!(!report.holds());
}

#[derive(Debug, Clone)]
enum Tampering {
    Change(prop::sample::Index),
    Remove(prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
    Insert(prop::sample::Index),
    Cut(usize),
}

fn any_tampering() -> impl Strategy<Value = Tampering> {
    let place = any::<prop::sample::Index>;
    prop_oneof![
        place().prop_map(Tampering::Change),
        place().prop_map(Tampering::Remove),
        (place(), place()).prop_map(|(one, other)| Tampering::Swap(one, other)),
        place().prop_map(Tampering::Insert),
        (1_usize..9).prop_map(Tampering::Cut),
    ]
}

proptest! {
    #[test]
    fn receipts_verify_after_any_sequence_and_no_tampering_passes(
        batches in proptest::collection::vec(1_usize..12, 1..8),
        tampering in proptest::collection::vec(any_tampering(), 1..3),
        renumber in any::<bool>(), rehash in any::<bool>(), refrontier in any::<bool>(),
    ) {
        let whole = Kept::new(&batches);
        prop_assert!(whole.report(Some(&whole.newest())).holds());
        let mut kept = whole.clone();
        for each in &tampering {
            let length = kept.leaves.len();
            match each {
                Tampering::Change(at) if length > 0 => {
                    let bytes = &mut kept.leaves[at.index(length)].bytes;
                    *bytes = [altered(bytes), b" ".to_vec()].concat();
                }
                Tampering::Remove(at) if length > 0 => drop(kept.leaves.remove(at.index(length))),
                Tampering::Swap(one, other) if length > 0 => kept.leaves.swap(one.index(length), other.index(length)),
                Tampering::Insert(at) => {
                    let bytes = opening("forged", 3).to_bytes().unwrap();
                    let hash = Some(Hash::of_leaf(&bytes));
                    kept.leaves.insert(at.index(length + 1), StoredLeaf { index: 0, bytes, hash });
                }
                Tampering::Cut(n) => kept.leaves.truncate(length.saturating_sub(*n)),
                _ => {}
            }
        }
        let indexes: Vec<u64> = kept.leaves.iter().map(|leaf| leaf.index).collect();
        if renumber || !indexes.is_sorted_by(|one, other| one < other) {
            kept.renumber();
        }
        if rehash {
            kept.rehash();
        }
        if refrontier {
            for at in 0..kept.checkpoints.len() {
                let size = usize::try_from(kept.checkpoints[at].size).unwrap().min(kept.leaves.len());
                let tree: Frontier = kept.leaves[..size].iter().map(|leaf| leaf.hash.unwrap()).collect();
                kept.checkpoints[at].frontier = tree.to_bytes();
            }
        }
        let untouched = kept.leaves.iter().map(|leaf| &leaf.bytes).eq(whole.leaves.iter().map(|leaf| &leaf.bytes));
        prop_assert_eq!(kept.report(None).holds(), untouched);
        // With its checkpoints gone the ledger says less, and the one given away says it all.
        kept.checkpoints.clear();
        prop_assert_eq!(kept.report(Some(&whole.newest())).holds(), false);
    }
}
