//! Whether a draft reads the sample that it was made from.

use super::{DOUBT, Draft, DraftFormat};
use crate::{
    fault::{Fault, Faults},
    layout::{Layout, Step, describe},
    tree::Tree,
};
use sluse_contracts::payload::Limits;
use std::sync::Arc;

/// The first of several descriptions, the most telling one first, that reads the sample; else the last, with its first
/// fault. Nothing where none is a description at all.
pub(super) fn first_that_reads(
    format: DraftFormat,
    descriptions: Vec<String>,
    sample: &[u8],
) -> Option<Draft> {
    let mut best = None;
    for description in descriptions {
        let Some(layout) = describe("draft", &description, &mut Vec::new()) else { continue };
        let fault = read(&layout, sample);
        let n_doubts = description.matches(DOUBT).count();
        let unread = fault.map(|fault| format!("{} {fault}", fault.code));
        let is_read = unread.is_none();
        best = Some(Draft { format: format.name(), description, n_doubts, unread });
        if is_read {
            break;
        }
    }
    best
}

/// The first fault of a message.
fn read(layout: &Arc<dyn Layout>, sample: &[u8]) -> Option<Fault> {
    let limits = Limits::default();
    let mut tree = Tree::new(layout.names().clone(), &limits);
    let mut faults = Faults::new(1);
    let mut reader = layout.clone().reader(&limits);
    reader.feed(sample);
    loop {
        match reader.next(&mut tree, &mut faults) {
            Step::Unit => {}
            Step::Hungry => reader.finish(),
            Step::End => return None,
            Step::Refused | Step::Broken => return faults.take().into_iter().next(),
        }
    }
}
