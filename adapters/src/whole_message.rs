//! Reading formats whose messages are in memory as a whole: what a message says is known at its end alone.

use crate::{
    fault::{Fault, Faults},
    layout::{Step, UnitReader},
    tree::{OverLimit, Place, Tree},
};
use sluse_contracts::payload::Limits;
use std::fmt;

/// How a whole message becomes its one unit.
pub(crate) trait ReadWhole: Send {
    /// Reads the message into the tree: `Unit`, or `Broken` where its faults were told.
    ///
    /// # Errors
    /// A fault of the message that was not told.
    fn read(
        &self,
        bytes: &[u8],
        limits: &Limits,
        tree: &mut Tree,
        faults: &mut Faults,
    ) -> Result<Step, Fault>;
}

/// Reads one message, once all of it is there.
pub(crate) struct WholeReader<R> {
    how: R,
    limits: Limits,
    bytes: Vec<u8>,
    is_too_long: bool,
    is_whole: bool,
    over: Option<Step>,
}

impl<R: ReadWhole> WholeReader<R> {
    /// A reader for one message, which `tree_bytes_max` bounds.
    pub(crate) fn new(how: R, limits: &Limits) -> Self {
        let bytes = Vec::new();
        Self { how, limits: *limits, bytes, is_too_long: false, is_whole: false, over: None }
    }

    fn unit(&mut self, tree: &mut Tree, faults: &mut Faults) -> Result<Step, Fault> {
        if self.is_too_long {
            return Err(over_limit(OverLimit::Bytes));
        }
        let bytes = std::mem::take(&mut self.bytes);
        self.how.read(&bytes, &self.limits, tree, faults)
    }
}

/// The fault of a message over a limit.
pub(crate) fn over_limit(limit: OverLimit) -> Fault {
    Fault::over_limit(limit, Place::default()).of_message()
}

impl<R: ReadWhole> UnitReader for WholeReader<R> {
    fn feed(&mut self, bytes: &[u8]) {
        self.is_too_long |= self.bytes.len() + bytes.len() > self.limits.tree_bytes_max;
        match self.is_too_long {
            true => self.bytes.clear(),
            false => self.bytes.extend_from_slice(bytes),
        }
    }

    fn finish(&mut self) {
        self.is_whole = true;
    }

    fn next(&mut self, tree: &mut Tree, faults: &mut Faults) -> Step {
        if let Some(step) = self.over {
            return step;
        }
        if !self.is_whole && !self.is_too_long {
            return Step::Hungry;
        }
        let step = self.unit(tree, faults).unwrap_or_else(|fault| {
            faults.push(fault);
            Step::Broken
        });
        self.over = Some(if step == Step::Unit { Step::End } else { step });
        step
    }

    fn held_bytes(&self) -> usize {
        self.bytes.capacity()
    }
}

impl<R> fmt::Debug for WholeReader<R> {
    /// How far it has come; nothing of what the message says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WholeReader({} bytes)", self.bytes.len())
    }
}
