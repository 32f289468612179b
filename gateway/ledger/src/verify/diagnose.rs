//! What may have happened to a batch of leaves that does not fit its checkpoint.
//!
//! Each guess is tried against the signed root; only one that fits it is told as a fact.

use super::{
    BATCH_LEAVES_MAX, Boundary, Found, Frontier, Hash, Kind, Leaf, Source, StoredLeaf, Verifying,
    last, moved, said,
};
use std::ops::Range;

/// Largest batch in which swapped, moved and inserted leaves are searched for one by one: the search is cubic.
const GUESSED_LEAVES_MAX: usize = 64;
/// Most leaves put in or taken out, with the others moved, that are searched for.
const SHIFT_MAX: i64 = 8;

/// A leaf as verification keeps it.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) hash: Hash,
    pub(super) stored: Option<Hash>,
    pub(super) leaf: Option<Leaf>,
}

impl Row {
    pub(super) fn new(stored: &StoredLeaf) -> Self {
        let leaf = Leaf::read(&stored.bytes).ok();
        Self { hash: Hash::of_leaf(&stored.bytes), stored: stored.hash, leaf }
    }
}

/// A guess that fits the signed root.
enum Guess {
    Swapped(u64, u64),
    Moved { from: u64, to: u64 },
}

impl<S: Source> Verifying<'_, S> {
    /// Says what became of the leaves of `range`, which do not fold to the root of `to`.
    pub(super) fn diagnose(
        &mut self,
        start: &Frontier,
        range: &Range<u64>,
        found: &Found,
        to: &Boundary,
        next: Option<&Boundary>,
    ) -> Result<(), S::Fault> {
        if !found.missing.is_empty() {
            return self.tell_missing(range, found);
        }
        if found.count > BATCH_LEAVES_MAX {
            let text = format!("{} not what was recorded", said(range));
            self.damaged(Kind::Mismatch, range.clone(), text);
            return Ok(());
        }
        let root = to.checkpoint.root;
        if let Some(changed) = changed(start, range, found, root) {
            for index in &changed {
                let text = format!("leaf {index} was changed after it was recorded");
                self.report.add(Kind::Changed, *index..index + 1, text);
            }
            self.accept(range, found, &changed);
            return Ok(());
        }
        if let Some(guess) = reordered(start, range, found, root) {
            self.tell_reordered(range, &guess);
            return Ok(());
        }
        if let Some(index) = self.inserted(start, range, found, root)? {
            let text = format!(
                "leaf {index} was never recorded: it was put in, and the leaves after it moved down by one"
            );
            self.followed.damage(range.clone());
            self.report.add(Kind::OutOfPlace, index..index + 1, text);
            self.shift += 1;
            return Ok(());
        }
        self.tell_shifted(range, to, next)
    }

    fn tell_missing(&mut self, range: &Range<u64>, found: &Found) -> Result<(), S::Fault> {
        self.followed.damage(range.clone());
        for gap in &found.missing {
            let recorded = moved(gap.start, -self.shift)..moved(gap.end, -self.shift);
            let ends_here = self.source.leaves(gap.end, 1)?.is_empty()
                && gap.end >= moved(range.end, self.shift);
            if ends_here {
                let text = if self.shift == 0 {
                    format!(
                        "the ledger ends before leaf {}, and a checkpoint covers {} leaves",
                        recorded.start, range.end
                    )
                } else {
                    format!(
                        "the ledger has fewer leaves than the {} that a checkpoint covers",
                        range.end
                    )
                };
                self.report.add(Kind::TailCut, recorded, text);
            } else {
                let text = format!("{} missing", said(&recorded));
                self.report.add(Kind::Missing, recorded, text);
            }
        }
        for (index, row) in (range.start..).zip(&found.rows) {
            if found.missing.len() == 1
                && moved(index, self.shift) < found.missing.first().map_or(0, |gap| gap.start)
                && row.stored.is_some_and(|stored| stored != row.hash)
            {
                let text = format!("leaf {index} does not fit the hash kept beside it");
                self.report.add(Kind::Changed, index..index + 1, text);
            }
        }
        Ok(())
    }

    fn tell_reordered(&mut self, range: &Range<u64>, guess: &Guess) {
        self.followed.damage(range.clone());
        match *guess {
            Guess::Swapped(one, other) => {
                let text = format!("leaves {one} and {other} stand in each other's place");
                self.report.add(Kind::OutOfPlace, one..one + 1, text.clone());
                self.report.add(Kind::OutOfPlace, other..other + 1, text);
            }
            Guess::Moved { from, to } => {
                let text = format!("leaf {to} was recorded as leaf {from}");
                self.report.add(Kind::OutOfPlace, to..to + 1, text);
            }
        }
    }

    /// The place of one leaf without which the batch, with the leaf after it, folds to the root.
    fn inserted(
        &mut self,
        start: &Frontier,
        range: &Range<u64>,
        found: &Found,
        root: Hash,
    ) -> Result<Option<u64>, S::Fault> {
        if found.rows.len() > GUESSED_LEAVES_MAX {
            return Ok(None);
        }
        let after = moved(range.end, self.shift);
        let extra = self.source.leaves(after, 1)?;
        let Some(extra) = extra.first().filter(|leaf| leaf.index == after) else { return Ok(None) };
        let mut hashes: Vec<Hash> = found.rows.iter().map(|row| row.hash).collect();
        hashes.push(Hash::of_leaf(&extra.bytes));
        let place = (0..hashes.len()).find(|left_out| {
            let others = hashes.iter().enumerate().filter(|(at, _)| at != left_out);
            folds(start, others.map(|(_, hash)| *hash), root)
        });
        Ok(place.map(|place| moved(range.start + place as u64, self.shift)))
    }

    /// No guess explains the batch. Where the next one stands says whether leaves were taken out or put in.
    fn tell_shifted(
        &mut self,
        range: &Range<u64>,
        to: &Boundary,
        next: Option<&Boundary>,
    ) -> Result<(), S::Fault> {
        let before = self.shift;
        if let (Some(start), Some(next)) = (&to.frontier, next) {
            for step in (1..=SHIFT_MAX).flat_map(|step| [-step, step]) {
                self.shift = before + step;
                let then = self.find(start, range.end..next.checkpoint.size)?;
                if then.missing.is_empty() && then.tree.root() == next.checkpoint.root {
                    self.tell_shift(range, step);
                    return Ok(());
                }
            }
            self.shift = before;
        } else if next.is_none() && !self.source.leaves(moved(range.end, before), 1)?.is_empty() {
            let text = format!(
                "among leaves {} and after, some were put in that were never recorded",
                range.start
            );
            self.damaged(Kind::OutOfPlace, range.clone(), text);
            return Ok(());
        }
        let text = format!(
            "{} not what was recorded: they do not give the signed root. Which of them was changed cannot be known",
            said(range)
        );
        self.damaged(Kind::Mismatch, range.clone(), text);
        Ok(())
    }

    fn tell_shift(&mut self, range: &Range<u64>, step: i64) {
        let (first, last) = (range.start, last(range));
        if step < 0 {
            let text = format!(
                "{} of the leaves {first} to {last} are missing, and the leaves after them moved up",
                -step
            );
            self.damaged(Kind::Missing, range.clone(), text);
        } else {
            let text = format!(
                "among leaves {first} to {last}, {step} were put in that were never recorded, and the leaves after them moved down"
            );
            self.damaged(Kind::OutOfPlace, range.clone(), text);
        }
    }
}

/// Where the kept hashes fold to the root they are proved: what does not fit them was changed.
fn changed(start: &Frontier, range: &Range<u64>, found: &Found, root: Hash) -> Option<Vec<u64>> {
    let kept: Option<Vec<Hash>> = found.rows.iter().map(|row| row.stored).collect();
    if !folds(start, kept?.into_iter(), root) {
        return None;
    }
    let rows = (range.start..).zip(&found.rows);
    Some(rows.filter(|(_, row)| row.stored != Some(row.hash)).map(|(index, _)| index).collect())
}

/// Two leaves that were swapped, or one that was moved, so that undoing it folds to the root.
fn reordered(start: &Frontier, range: &Range<u64>, found: &Found, root: Hash) -> Option<Guess> {
    let hashes: Vec<Hash> = found.rows.iter().map(|row| row.hash).collect();
    if hashes.len() > GUESSED_LEAVES_MAX {
        return None;
    }
    let index = |place: usize| range.start + place as u64;
    for one in 0..hashes.len() {
        for other in 0..hashes.len() {
            if one < other {
                let mut tried = hashes.clone();
                tried.swap(one, other);
                if folds(start, tried.into_iter(), root) {
                    return Some(Guess::Swapped(index(one), index(other)));
                }
            }
            if one != other {
                let mut tried = hashes.clone();
                let leaf = tried.remove(one);
                tried.insert(other, leaf);
                if folds(start, tried.into_iter(), root) {
                    return Some(Guess::Moved { from: index(other), to: index(one) });
                }
            }
        }
    }
    None
}

fn folds(start: &Frontier, hashes: impl Iterator<Item = Hash>, root: Hash) -> bool {
    let mut tree = start.clone();
    tree.extend(hashes);
    tree.root() == root
}
