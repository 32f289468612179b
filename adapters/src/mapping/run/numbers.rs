//! The names of a plan as a tree numbers them: looked up once, and not for each unit.

use crate::tree::{NameId, Names, Tree};
use std::sync::Arc;

/// The number of each name of a plan in trees over the same table of names.
#[derive(Debug, Default)]
pub(in crate::mapping) struct Numbers {
    /// The table that they are of; nothing before the first tree.
    names: Option<Arc<Names>>,
    numbers: Vec<Option<NameId>>,
    /// Whether they are those of the table: a name that it lacks has another number in each tree that has it.
    is_of_table: bool,
}

impl Numbers {
    /// The numbers in a tree.
    pub(in crate::mapping) fn of(&mut self, names: &[String], tree: &Tree) -> &[Option<NameId>] {
        let is_known = self.names.as_ref().is_some_and(|known| Arc::ptr_eq(known, tree.names()));
        let is_of_table = !tree.has_own_names();
        if !is_known || !is_of_table || !self.is_of_table {
            self.numbers.clear();
            self.numbers.extend(names.iter().map(|name| tree.find_name(name)));
            self.is_of_table = is_of_table
                || self
                    .numbers
                    .iter()
                    .all(|number| number.is_some_and(|number| tree.names().text(number).is_some()));
        }
        if !is_known {
            self.names = Some(tree.names().clone());
        }
        &self.numbers
    }
}
