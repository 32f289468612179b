//! Reading: the bytes, and what is looked for in them.

use super::Content;
use crate::{
    fault::{Fault, Faults},
    layout::Step,
    tree::{Place, Tree},
    whole_message::{ReadWhole, over_limit},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sluse_contracts::{code, payload::Limits};
use std::sync::Arc;

/// How a message is read.
pub(super) struct ReadContent(pub(super) Arc<Content>);

impl ReadWhole for ReadContent {
    fn read(
        &self,
        bytes: &[u8],
        limits: &Limits,
        tree: &mut Tree,
        faults: &mut Faults,
    ) -> Result<Step, Fault> {
        if bytes.is_empty() {
            let sentence = "the message is empty";
            return Err(Fault::new(code::EMPTY_MESSAGE, sentence, Place::default()).of_message());
        }
        tree.clear();
        if !self.look_inside(bytes, limits, tree, faults) {
            return Ok(Step::Broken);
        }
        let name = tree.name_for(&self.0.field).map_err(over_limit)?;
        let place = Place { offset: 0, line: 1, record: 0 };
        tree.field(name, &STANDARD.encode(bytes), place).map_err(over_limit)?;
        Ok(Step::Unit)
    }
}

impl ReadContent {
    /// Reads the message to its end; the tree is that of its first unit. Whether it is sound: else its faults were told.
    fn look_inside(
        &self,
        bytes: &[u8],
        limits: &Limits,
        tree: &mut Tree,
        faults: &mut Faults,
    ) -> bool {
        let Some(inside) = &self.0.inside else { return true };
        let mut others = Tree::new(inside.names().clone(), limits);
        let mut reader = inside.clone().reader(limits);
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
