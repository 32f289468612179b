//! Code tables: one word for another, in both directions.

use std::collections::HashMap;

/// A table of two columns. A code stands once in the first; in the second a word may stand for several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeTable {
    forward: HashMap<Box<str>, Box<str>>,
    /// The first code of each word.
    backward: HashMap<Box<str>, Box<str>>,
}

impl CodeTable {
    /// Adds a row; false where its first column has the code already.
    pub fn add(&mut self, code: &str, word: &str) -> bool {
        if self.forward.contains_key(code) {
            return false;
        }
        self.forward.insert(code.into(), word.into());
        self.backward.entry(word.into()).or_insert_with(|| code.into());
        true
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.forward.len()
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.forward.is_empty()
    }

    /// Whether no two codes have one word, so that a word leads back to its code.
    pub fn is_one_to_one(&self) -> bool {
        self.forward.len() == self.backward.len()
    }

    /// What stands beside a code.
    pub fn forward(&self, code: &str) -> Option<&str> {
        self.forward.get(code).map(|word| &**word)
    }

    /// The code of a word.
    pub fn backward(&self, word: &str) -> Option<&str> {
        self.backward.get(word).map(|code| &**code)
    }
}
