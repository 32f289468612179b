//! The memory that values hold: counted as they come and go on this thread, so that an evaluation can be asked for what it keeps.
//!
//! Steps bound what an evaluation makes in all; this bounds what is there of it at one time.

use crate::value::{Atomic, Item};
use std::cell::Cell;

/// Bytes of one item of a sequence.
const ITEM_BYTES: usize = size_of::<Item<'static>>();

thread_local! {
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

/// The bytes that are held on this thread. Only differences mean something: values may be dropped on another thread.
pub(crate) fn bytes() -> usize {
    BYTES.get()
}

/// So many bytes, held until it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Held(usize);

impl Held {
    pub(crate) fn new(bytes: usize) -> Self {
        let mut held = Self::default();
        held.add(bytes);
        held
    }

    /// Of the items of a sequence.
    pub(crate) fn of(items: &[Item<'_>]) -> Self {
        Self::new(items.iter().map(item_bytes).sum())
    }

    pub(crate) fn add(&mut self, bytes: usize) {
        self.0 += bytes;
        BYTES.set(BYTES.get().wrapping_add(bytes));
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        BYTES.set(BYTES.get().wrapping_sub(self.0));
    }
}

/// An item with its text, where the text is its own; a long one is counted by itself.
pub(crate) fn item_bytes(item: &Item<'_>) -> usize {
    match item {
        Item::Atom(Atomic::String(text, _) | Atomic::Untyped(text) | Atomic::AnyUri(text)) => {
            ITEM_BYTES + text.shared_bytes()
        }
        _ => ITEM_BYTES,
    }
}
