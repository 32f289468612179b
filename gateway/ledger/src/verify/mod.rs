//! Verification: reads a stored ledger from first to last, and says what it can know.
//!
//! Trust comes from signed checkpoints alone. A checkpoint proves its root; the frontier kept beside
//! it is proved by folding to that root, so each batch of leaves between two checkpoints is verified on
//! its own, and one that was damaged does not hide the next. Inside a damaged batch the hashes kept
//! beside the leaves are guesses: where they fold to the signed root they are proved, and the leaf that
//! does not fit its own is the changed one. Else other guesses are tried against the root: two leaves
//! swapped, one moved, one put in. What no guess explains is told as a range.

mod diagnose;
mod follow;

use crate::{
    checkpoint::Checkpoint,
    key::VerifierKey,
    leaf::Leaf,
    tree::{Frontier, Hash},
};
use diagnose::Row;
use follow::Followed;
use std::ops::Range;

/// Most findings that are kept; the rest are counted.
pub const FINDINGS_MAX: usize = 1_000;
/// Leaves read at once.
const PAGE_LEAVES: usize = 1_024;
/// Checkpoints read at once.
const PAGE_CHECKPOINTS: usize = 256;
/// Most leaves between two checkpoints that are looked at one by one.
pub const BATCH_LEAVES_MAX: u64 = 1_000_000;

/// A leaf as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLeaf {
    /// Its place, as stored.
    pub index: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The hash kept beside it.
    pub hash: Option<Hash>,
}

/// A checkpoint as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// Its size, as stored.
    pub size: u64,
    /// The signed note.
    pub note: String,
    /// The frontier kept beside it.
    pub frontier: Vec<u8>,
}

/// Where leaves and checkpoints are read from.
pub trait Source {
    /// Why it cannot be read.
    type Fault;

    /// Up to `most` leaves from index `from` on, by index.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn leaves(&mut self, from: u64, most: usize) -> Result<Vec<StoredLeaf>, Self::Fault>;

    /// Up to `most` checkpoints of a larger size than `after`, by size.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn checkpoints(
        &mut self,
        after: u64,
        most: usize,
    ) -> Result<Vec<StoredCheckpoint>, Self::Fault>;
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A leaf is not what was recorded.
    Changed,
    /// A leaf is missing.
    Missing,
    /// A leaf is not in the place it was recorded in, or was never recorded.
    OutOfPlace,
    /// The ledger is shorter than a checkpoint says.
    TailCut,
    /// A checkpoint is not signed by the ledger's key.
    NotSigned,
    /// An exchange is open.
    Open,
    /// A checkpoint does not fit the leaves.
    Mismatch,
}

impl Kind {
    /// The code, with a page of its own.
    pub fn code(self) -> &'static str {
        match self {
            Self::Changed => "F0401",
            Self::Missing => "F0402",
            Self::OutOfPlace => "F0403",
            Self::TailCut => "F0404",
            Self::NotSigned => "F0405",
            Self::Open => "F0407",
            Self::Mismatch => "F0408",
        }
    }
}

/// One thing found, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// The leaves concerned, by index; empty where it is about a checkpoint alone.
    pub leaves: Range<u64>,
    /// In words; nothing that a leaf says but an exchange's id.
    pub sentence: String,
    /// Whether it leaves the evidence whole.
    pub is_warning: bool,
}

/// What was verified, and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Leaves that a signed root proves.
    pub leaves: u64,
    /// Exchanges that opened.
    pub openings: u64,
    /// Exchanges that closed.
    pub closings: u64,
    /// Checkpoints that hold.
    pub checkpoints: u64,
    /// The newest checkpoint that holds.
    pub newest: Option<Checkpoint>,
    /// What was found, up to [`FINDINGS_MAX`].
    pub findings: Vec<Finding>,
    /// How many more there were.
    pub findings_left_out: u64,
}

impl Report {
    /// Whether the evidence is whole.
    pub fn holds(&self) -> bool {
        self.findings.iter().all(|finding| finding.is_warning)
    }

    fn add(&mut self, kind: Kind, leaves: Range<u64>, sentence: impl Into<String>) {
        self.push(Finding { kind, leaves, sentence: sentence.into(), is_warning: false });
    }

    fn warn(&mut self, kind: Kind, leaves: Range<u64>, sentence: impl Into<String>) {
        self.push(Finding { kind, leaves, sentence: sentence.into(), is_warning: true });
    }

    fn push(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        } else if finding.is_warning {
            self.findings_left_out += 1;
        } else {
            // A warning never takes the place of what breaks the evidence.
            self.findings_left_out += 1;
            if let Some(warning) = self.findings.iter_mut().rfind(|kept| kept.is_warning) {
                *warning = finding;
            }
        }
    }
}

/// What to verify against.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// The ledger's key; without it signatures are not checked, and whoever can write can forge.
    pub key: Option<&'a VerifierKey>,
    /// A checkpoint kept from earlier, its signature checked: the ledger must still contain what it covers.
    pub earlier: Option<&'a Checkpoint>,
}

/// Verifies a ledger. `progress` is told after each batch how many leaves were read.
///
/// # Errors
/// Where the source cannot be read.
pub fn verify<S: Source>(
    source: &mut S,
    options: Options<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<Report, S::Fault> {
    let mut verifying = Verifying {
        source,
        options,
        report: Report::default(),
        followed: Followed::default(),
        frontier: Some(Frontier::default()),
        at: 0,
        shift: 0,
        earlier_seen: false,
    };
    verifying.all(progress)?;
    Ok(verifying.report)
}

/// A checkpoint that holds in itself, with the frontier beside it where that folds to its root.
#[derive(Debug, Clone)]
struct Boundary {
    checkpoint: Checkpoint,
    frontier: Option<Frontier>,
}

struct Verifying<'a, S> {
    source: &'a mut S,
    options: Options<'a>,
    report: Report,
    followed: Followed,
    /// The tree at `at`, where it is known.
    frontier: Option<Frontier>,
    /// Size of the tree that was settled.
    at: u64,
    /// How far leaves stand after the place they were recorded in: leaves put in less leaves taken out.
    shift: i64,
    earlier_seen: bool,
}

/// The leaves between two checkpoints, as found.
#[derive(Debug, Default)]
struct Found {
    rows: Vec<Row>,
    /// How many there were, kept or not.
    count: u64,
    tree: Frontier,
    missing: Vec<Range<u64>>,
    /// Root of the tree at the earlier checkpoint's size, where it lies in between.
    earlier: Option<Hash>,
}

impl<S: Source> Verifying<'_, S> {
    fn all(&mut self, progress: &mut dyn FnMut(u64)) -> Result<(), S::Fault> {
        let mut after = 0;
        let mut waiting: Option<Boundary> = None;
        loop {
            let page = self.source.checkpoints(after, PAGE_CHECKPOINTS)?;
            let Some(last) = page.last() else { break };
            after = last.size;
            for stored in page {
                let Some(boundary) = self.read(&stored) else { continue };
                if let Some(previous) = waiting.replace(boundary.clone()) {
                    self.batch(&previous, Some(&boundary))?;
                    progress(self.at);
                }
            }
        }
        if let Some(last) = waiting {
            self.batch(&last, None)?;
            progress(self.at);
        }
        self.earlier_beyond()?;
        self.rest()?;
        std::mem::take(&mut self.followed).finish(&mut self.report);
        Ok(())
    }

    /// Reads a checkpoint; none where it does not hold in itself.
    fn read(&mut self, stored: &StoredCheckpoint) -> Option<Boundary> {
        let size = stored.size;
        let read = match self.options.key {
            Some(key) => Checkpoint::read(&stored.note, key),
            None => Checkpoint::read_unchecked(&stored.note),
        };
        let checkpoint = match read {
            Ok(checkpoint) => checkpoint,
            Err(fault) => {
                // Whatever is wrong with it: it is none that the ledger's key signed.
                let sentence = format!("checkpoint of size {size}: {fault}");
                self.report.add(Kind::NotSigned, 0..0, sentence);
                return None;
            }
        };
        if checkpoint.size != size {
            let text = format!(
                "the checkpoint kept as that of size {size} is of size {}",
                checkpoint.size
            );
            self.report.add(Kind::Mismatch, 0..0, text);
            return None;
        }
        let frontier = Frontier::from_bytes(size, &stored.frontier)
            .filter(|frontier| frontier.root() == checkpoint.root);
        if frontier.is_none() {
            let text =
                format!("the frontier kept beside the checkpoint of size {size} was changed");
            self.report.warn(Kind::Mismatch, 0..0, text);
        }
        Some(Boundary { checkpoint, frontier })
    }

    /// Settles the leaves up to a checkpoint.
    fn batch(&mut self, to: &Boundary, next: Option<&Boundary>) -> Result<(), S::Fault> {
        let range = self.at..to.checkpoint.size;
        let Some(start) = self.frontier.clone() else {
            let text = format!(
                "leaves {} to {} cannot be checked: what is kept beside the checkpoint before them was changed too",
                range.start,
                last(&range)
            );
            self.damaged(Kind::Mismatch, range, text);
            self.settle(to, None);
            return Ok(());
        };
        let found = self.find(&start, range.clone())?;
        if found.missing.is_empty() && found.tree.root() == to.checkpoint.root {
            self.check_earlier(found.earlier);
            self.accept(&range, &found, &[]);
            self.settle(to, Some(found.tree));
            return Ok(());
        }
        self.diagnose(&start, &range, &found, to, next)?;
        self.settle(to, to.frontier.clone());
        Ok(())
    }

    fn settle(&mut self, to: &Boundary, tree: Option<Frontier>) {
        self.at = to.checkpoint.size;
        self.frontier = tree;
        self.report.checkpoints += 1;
        self.report.newest = Some(to.checkpoint.clone());
    }

    /// Reads the leaves of a range, moved by the shift.
    fn find(&mut self, start: &Frontier, range: Range<u64>) -> Result<Found, S::Fault> {
        let earlier = self.options.earlier.map(|earlier| earlier.size);
        let mut found = Found { tree: start.clone(), ..Found::default() };
        let mut expected = moved(range.start, self.shift);
        let end = moved(range.end, self.shift);
        while expected < end {
            let most = usize::try_from(end - expected).unwrap_or(PAGE_LEAVES).min(PAGE_LEAVES);
            let page = self.source.leaves(expected, most)?;
            if page.is_empty() {
                break;
            }
            for leaf in page.into_iter().take_while(|leaf| leaf.index < end) {
                if leaf.index > expected {
                    found.missing.push(expected..leaf.index);
                }
                expected = leaf.index.saturating_add(1);
                let row = Row::new(&leaf);
                found.tree.append(row.hash);
                found.count += 1;
                if Some(found.tree.size()) == earlier {
                    found.earlier = Some(found.tree.root());
                }
                if found.count <= BATCH_LEAVES_MAX {
                    found.rows.push(row);
                }
            }
            if found.missing.last().is_some_and(|gap| gap.end >= end) {
                break;
            }
            if self.source.leaves(expected, 1)?.first().is_none_or(|leaf| leaf.index >= end) {
                break;
            }
        }
        if expected < end {
            found.missing.push(expected..end);
        }
        Ok(found)
    }

    /// Takes leaves that a signed root proves, but for some places.
    fn accept(&mut self, range: &Range<u64>, found: &Found, except: &[u64]) {
        self.report.leaves += found.count - except.len() as u64;
        if found.count > BATCH_LEAVES_MAX {
            self.followed.damage(range.clone());
            let text = format!(
                "more than {BATCH_LEAVES_MAX} leaves stand between two checkpoints: they are proved, and their exchanges were not followed"
            );
            self.report.warn(Kind::Mismatch, range.clone(), text);
            return;
        }
        for (index, row) in (range.start..).zip(&found.rows) {
            if except.contains(&index) {
                self.followed.damage(index..index + 1);
                continue;
            }
            if row.stored.is_some_and(|stored| stored != row.hash) {
                let text = format!(
                    "the hash kept beside leaf {index} was changed; the leaf itself is as recorded"
                );
                self.report.warn(Kind::Changed, index..index + 1, text);
            }
            self.followed.take(index, row, &mut self.report);
        }
    }

    fn damaged(&mut self, kind: Kind, range: Range<u64>, text: String) {
        self.followed.damage(range.clone());
        self.report.add(kind, range, text);
    }

    fn check_earlier(&mut self, root: Option<Hash>) {
        if let (Some(earlier), Some(root)) = (self.options.earlier, root) {
            self.earlier_seen = true;
            if earlier.root != root {
                let text = format!(
                    "the checkpoint kept from earlier, of size {}, has another root: leaves before it were rewritten since",
                    earlier.size
                );
                self.report.add(Kind::Mismatch, 0..earlier.size, text);
            }
        }
    }

    /// An earlier checkpoint that is newer than all that the ledger has.
    fn earlier_beyond(&mut self) -> Result<(), S::Fault> {
        let Some(earlier) = self.options.earlier else { return Ok(()) };
        if self.earlier_seen || earlier.size <= self.at {
            return Ok(());
        }
        let text = format!(
            "the ledger's newest checkpoint is of size {}, and the one kept from earlier of size {}",
            self.at, earlier.size
        );
        self.report.add(Kind::TailCut, self.at..earlier.size, text);
        let Some(start) = self.frontier.clone() else { return Ok(()) };
        let range = self.at..earlier.size;
        let found = self.find(&start, range.clone())?;
        if found.missing.is_empty() && found.tree.root() == earlier.root {
            self.accept(&range, &found, &[]);
            self.at = earlier.size;
        }
        Ok(())
    }

    /// Leaves after the last checkpoint: none was ever recorded without one.
    fn rest(&mut self) -> Result<(), S::Fault> {
        let from = moved(self.at, self.shift);
        let Some(first) = self.source.leaves(from, 1)?.first().map(|leaf| leaf.index) else {
            return Ok(());
        };
        let mut end = first;
        loop {
            let page = self.source.leaves(end, PAGE_LEAVES)?;
            let Some(last) = page.last() else { break };
            end = last.index.saturating_add(1);
        }
        let text = format!(
            "{} under no checkpoint: never recorded, or the checkpoint was removed",
            said(&(first..end))
        );
        self.report.add(Kind::OutOfPlace, first..end, text);
        Ok(())
    }
}

fn last(range: &Range<u64>) -> u64 {
    range.end.saturating_sub(1)
}

/// Leaves in words, with their verb.
fn said(range: &Range<u64>) -> String {
    if range.end.saturating_sub(range.start) == 1 {
        format!("leaf {} is", range.start)
    } else {
        format!("leaves {} to {} are", range.start, last(range))
    }
}

fn moved(index: u64, shift: i64) -> u64 {
    index.saturating_add_signed(shift)
}

#[cfg(test)]
mod tests;
