//! Follows exchanges from their opening leaf to their closing one.

use super::{Kind, Leaf, Report, diagnose::Row};
use std::{collections::BTreeMap, ops::Range};

/// What is known of the exchanges so far.
#[derive(Debug, Default)]
pub(super) struct Followed {
    /// Index of the opening leaf → the exchange.
    open: BTreeMap<u64, String>,
    /// A bit for each index whose opening leaf was closed.
    closed: Vec<u64>,
    damaged: Vec<Range<u64>>,
}

impl Followed {
    /// Leaves that say nothing any more: what refers to them cannot be judged.
    pub(super) fn damage(&mut self, range: Range<u64>) {
        self.damaged.push(range);
    }

    /// Takes a leaf that was proved.
    pub(super) fn take(&mut self, index: u64, row: &Row, report: &mut Report) {
        let at = index..index + 1;
        match &row.leaf {
            None => report.add(
                Kind::Changed,
                at,
                format!("leaf {index} is not the canonical form of any leaf, though a signed root covers it"),
            ),
            Some(Leaf::Opening(opening)) => {
                report.openings += 1;
                self.open.insert(index, opening.exchange.clone());
            }
            Some(Leaf::Closing(closing)) => {
                report.closings += 1;
                if let Some(wrong) = self.close(closing.opening, &closing.exchange) {
                    let text = format!("leaf {index} closes exchange {}, {wrong}", closing.exchange);
                    report.add(Kind::OutOfPlace, at, text);
                }
            }
        }
    }

    /// Says what is wrong with a closing.
    fn close(&mut self, opening: u64, exchange: &str) -> Option<String> {
        match self.open.get(&opening) {
            Some(opened) if opened == exchange => {
                self.open.remove(&opening);
                self.mark(opening);
                None
            }
            Some(_) => Some(format!("and leaf {opening}, which it names, opened another exchange")),
            None if self.is_marked(opening) => Some("which was closed before".to_owned()),
            None if self.damaged.iter().any(|range| range.contains(&opening)) => None,
            None => {
                Some(format!("and leaf {opening}, which it names, opened no exchange before it"))
            }
        }
    }

    fn mark(&mut self, index: u64) {
        let Ok(word) = usize::try_from(index / 64) else { return };
        if self.closed.len() <= word {
            self.closed.resize(word + 1, 0);
        }
        if let Some(bits) = self.closed.get_mut(word) {
            *bits |= 1 << (index % 64);
        }
    }

    fn is_marked(&self, index: u64) -> bool {
        let word = usize::try_from(index / 64).ok().and_then(|word| self.closed.get(word));
        word.is_some_and(|bits| bits >> (index % 64) & 1 == 1)
    }

    /// Tells what is still open. Where leaves are damaged the closing may be among them, so nothing is said.
    pub(super) fn finish(self, report: &mut Report) {
        if !self.damaged.is_empty() {
            return;
        }
        for (index, exchange) in self.open {
            let text = format!("exchange {exchange}, opened by leaf {index}, is not closed");
            report.warn(Kind::Open, index..index + 1, text);
        }
    }
}
