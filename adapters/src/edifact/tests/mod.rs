//! Documents in, verdicts out.

mod acknowledging;
mod corpora;
mod hostile;
mod round_trip;
mod scanning;

use super::{
    grammar::{BUILTIN, Grammar},
    reader::{EdifactReader, ReadOptions},
};
use crate::{
    fault::Faults,
    layout::{Step, UnitReader},
    tree::Tree,
};
use sluse_contracts::payload::Limits;
use std::sync::{Arc, LazyLock};

/// A grammar that comes with the product, read once.
pub(super) fn grammar(name: &str) -> Arc<Grammar> {
    static READ: LazyLock<Vec<(&str, Arc<Grammar>)>> = LazyLock::new(|| {
        let read = |name| Grammar::builtin(name).unwrap_or_else(|findings| panic!("{findings:?}"));
        BUILTIN.iter().map(|(name, _)| (*name, Arc::new(read(name)))).collect()
    });
    READ.iter().find(|(known, _)| *known == name).unwrap().1.clone()
}

/// What becomes of an interchange that comes in pieces: its steps, and its faults in a line each.
pub(super) fn steps(
    grammar: &Arc<Grammar>,
    bytes: &[u8],
    piece: usize,
) -> (Vec<Step>, Vec<String>) {
    steps_with(grammar, ReadOptions::default(), bytes, piece)
}

pub(super) fn steps_with(
    grammar: &Arc<Grammar>,
    options: ReadOptions,
    bytes: &[u8],
    piece: usize,
) -> (Vec<Step>, Vec<String>) {
    let limits = Limits::default();
    let mut tree = Tree::new(grammar.names().clone(), &limits);
    let mut faults = Faults::new(1_000);
    let mut reader = EdifactReader::new(grammar.clone(), options);
    let (mut pieces, mut steps) = (bytes.chunks(piece), Vec::new());
    loop {
        match reader.next(&mut tree, &mut faults) {
            Step::Hungry => match pieces.next() {
                Some(piece) => reader.feed(piece),
                None => reader.finish(),
            },
            step => {
                steps.push(step);
                if matches!(step, Step::End | Step::Broken) {
                    break;
                }
            }
        }
    }
    let faults = faults.take().into_iter();
    (steps, faults.map(|fault| format!("{} {fault}", fault.code)).collect())
}
