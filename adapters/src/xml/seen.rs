//! Names that a document has shown: it says the same few again and again, and spelling each anew would cost more than all
//! else that is done for it.

use crate::tree::{NameId, OverLimit, Tree};
use std::borrow::Cow;

/// Places for names. Two that fall on one place take turns.
const SLOTS: usize = 256;

/// Names of the description, by the numbers that the reader of XML gives them.
#[derive(Debug)]
pub(super) struct SeenNames {
    slots: Box<[Option<(u64, NameId)>]>,
}

impl SeenNames {
    pub(super) fn new() -> Self {
        Self { slots: vec![None; SLOTS].into() }
    }

    /// The number of a name in a tree; it is spelled where it has not been seen.
    pub(super) fn name<'n>(
        &mut self,
        number: Option<u64>,
        tree: &mut Tree,
        spell: impl FnOnce() -> Cow<'n, str>,
    ) -> Result<NameId, OverLimit> {
        let at = |number: u64| usize::try_from(number).unwrap_or(0) % SLOTS;
        let slot = number.and_then(|number| Some((number, self.slots.get_mut(at(number))?)));
        let Some((number, slot)) = slot else { return tree.name_for(&spell()) };
        match *slot {
            Some((seen, name)) if seen == number => Ok(name),
            _ => {
                let spelled = spell();
                // A name that the description does not declare has another number in each tree.
                match tree.names().find(&spelled) {
                    Some(name) => {
                        *slot = Some((number, name));
                        Ok(name)
                    }
                    None => tree.name_for(&spelled),
                }
            }
        }
    }
}
