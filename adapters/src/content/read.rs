//! Reading: the bytes, and what is looked for in them.

use super::Content;
use crate::{
    fault::{Fault, Faults},
    layout::{Step, UnitReader},
    tree::{OverLimit, Place, Tree},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sluse_contracts::{code, payload::Limits};
use std::{fmt, sync::Arc};

/// Reads one message.
pub(super) struct ContentReader {
    content: Arc<Content>,
    limits: Limits,
    bytes: Vec<u8>,
    is_too_long: bool,
    is_whole: bool,
    over: Option<Step>,
}

impl ContentReader {
    pub(super) fn new(content: Arc<Content>, limits: &Limits) -> Self {
        Self {
            content,
            limits: *limits,
            bytes: Vec::new(),
            is_too_long: false,
            is_whole: false,
            over: None,
        }
    }

    fn unit(&mut self, tree: &mut Tree, faults: &mut Faults) -> Result<Step, Fault> {
        let of_message = |limit| Fault::over_limit(limit, Place::default()).of_message();
        if self.is_too_long {
            return Err(of_message(OverLimit::Bytes));
        }
        let bytes = std::mem::take(&mut self.bytes);
        if bytes.is_empty() {
            let sentence = "the message is empty";
            return Err(Fault::new(code::EMPTY_MESSAGE, sentence, Place::default()).of_message());
        }
        tree.clear();
        if !self.look_inside(&bytes, tree, faults) {
            return Ok(Step::Broken);
        }
        let name = tree.name_for(&self.content.field).map_err(of_message)?;
        let place = Place { offset: 0, line: 1, record: 0 };
        tree.field(name, &STANDARD.encode(&bytes), place).map_err(of_message)?;
        Ok(Step::Unit)
    }

    /// Reads the message to its end; the tree is that of its first unit. Whether it is sound: else its faults were told.
    fn look_inside(&self, bytes: &[u8], tree: &mut Tree, faults: &mut Faults) -> bool {
        let Some(inside) = &self.content.inside else { return true };
        let mut others = Tree::new(inside.names().clone(), &self.limits);
        let mut reader = inside.clone().reader(&self.limits);
        reader.feed(bytes);
        reader.finish();
        let mut is_first = true;
        loop {
            let into = if is_first { &mut *tree } else { &mut others };
            match reader.next(into, faults) {
                Step::Unit => is_first = false,
                Step::End => return true,
                Step::Refused | Step::Broken | Step::Hungry => return false,
            }
        }
    }
}

impl UnitReader for ContentReader {
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

impl fmt::Debug for ContentReader {
    /// How far it has come; nothing of what the message says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentReader({} bytes)", self.bytes.len())
    }
}
