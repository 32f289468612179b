//! Values that are one for a document: evaluated when they are first asked for, and kept.

use super::{Focus, Run};
use crate::ast::ExprId;
use crate::fault::Outcome;
use crate::value::Seq;

/// Items of the values that one evaluation keeps, of 48 bytes each; what is beyond is evaluated again.
const KEPT_ITEMS_MAX: usize = 1_000_000;

/// What is known of one expression.
#[derive(Default)]
struct Known<'a> {
    truth: Option<Outcome<bool>>,
    value: Option<Outcome<Seq<'a>>>,
}

/// What is known so far; most expressions of a program are never asked for.
pub(crate) struct Memos<'a> {
    /// By slot: one more than the place in `known`, or 0.
    places: Vec<u32>,
    known: Vec<Known<'a>>,
    /// Items of all values that are kept.
    items: usize,
}

impl<'a> Memos<'a> {
    pub(super) fn new(slots: u32) -> Self {
        Self { places: vec![0; slots as usize], known: Vec::new(), items: 0 }
    }

    fn get(&self, slot: u32) -> Option<&Known<'a>> {
        let place = self.places.get(slot as usize)?.checked_sub(1)?;
        self.known.get(place as usize)
    }

    fn entry(&mut self, slot: u32) -> Option<&mut Known<'a>> {
        let place = self.places.get_mut(slot as usize)?;
        if *place == 0 {
            self.known.push(Known::default());
            *place = u32::try_from(self.known.len()).unwrap_or(0);
        }
        self.known.get_mut((*place).checked_sub(1)? as usize)
    }
}

impl<'a> Run<'a> {
    pub(super) fn memo_value(
        &mut self,
        slot: u32,
        inner: ExprId,
        focus: &Focus<'a>,
    ) -> Outcome<Seq<'a>> {
        if let Some(Known { value: Some(value), .. }) = self.memos.get(slot) {
            return value.clone();
        }
        let value = self.eval_inner(inner, focus);
        // A limit depends on where the expression stands.
        let is_kept = !value.as_ref().is_err_and(crate::Fault::is_limit);
        let items = value.as_ref().map_or(0, Seq::len);
        if is_kept
            && self.memos.items + items <= KEPT_ITEMS_MAX
            && let Some(known) = self.memos.entry(slot)
        {
            known.value = Some(value.clone());
            self.memos.items += items;
        }
        value
    }

    pub(super) fn memo_truth(
        &mut self,
        slot: u32,
        inner: ExprId,
        focus: &Focus<'a>,
    ) -> Outcome<bool> {
        if let Some(Known { truth: Some(truth), .. }) = self.memos.get(slot) {
            return *truth;
        }
        let truth = self.truth_inner(inner, focus);
        let is_kept = !truth.as_ref().is_err_and(crate::Fault::is_limit);
        if is_kept && let Some(known) = self.memos.entry(slot) {
            known.truth = Some(truth);
        }
        truth
    }
}
