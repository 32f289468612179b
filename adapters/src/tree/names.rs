//! Names of groups and fields, kept once for a description.

use std::{collections::HashMap, fmt, sync::Arc};

/// A name by its number: of a description's table, or, from the table's length on, of one tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(pub(super) u32);

impl NameId {
    /// Its number: a place in a list that has one for each name of the table.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The names that a description declares.
///
/// Made with the description and not changed after, so that any number of trees share it. What a
/// message names and the description does not, such as the members of foreign JSON, is kept in the
/// tree and goes with it: names that never repeat cannot make the table grow.
#[derive(Default, Clone)]
pub struct Names {
    texts: Vec<Arc<str>>,
    ids: HashMap<Arc<str>, u32>,
}

impl Names {
    /// Adds a name, or finds it.
    pub fn add(&mut self, name: &str) -> NameId {
        if let Some(id) = self.ids.get(name) {
            return NameId(*id);
        }
        // A description has a limit in bytes far below this number of names.
        let id = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let text: Arc<str> = name.into();
        self.texts.push(text.clone());
        self.ids.insert(text, id);
        NameId(id)
    }

    /// The same names with the same numbers, and more.
    #[must_use]
    pub fn with(&self, more: &mut dyn Iterator<Item = &str>) -> Self {
        let mut names = self.clone();
        more.for_each(|name| _ = names.add(name));
        names
    }

    /// The number of a name that the description declares.
    pub fn find(&self, name: &str) -> Option<NameId> {
        self.ids.get(name).map(|id| NameId(*id))
    }

    /// The name of a number; nothing where the number is of one tree alone.
    pub fn text(&self, id: NameId) -> Option<&str> {
        self.texts.get(id.0 as usize).map(|text| &**text)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Names({})", self.len())
    }
}
