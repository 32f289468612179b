//! Code tables: one word for another, in both directions.

use std::collections::HashMap;

/// A table of two columns. A code stands once in the first; in the second a word may stand for several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeTable {
    forward: HashMap<Box<str>, Box<str>>,
    /// The first code of each word.
    backward: HashMap<Box<str>, Box<str>>,
    /// Codes and words that are read and never written.
    n_also: usize,
    n_also_reverse: usize,
}

impl CodeTable {
    /// Adds a row; false where its first column has the code already. A word that is nothing leads back to nothing.
    pub fn add(&mut self, code: &str, word: &str) -> bool {
        if self.forward.contains_key(code) {
            return false;
        }
        self.forward.insert(code.into(), word.into());
        if word.is_empty() {
            self.n_also += 1;
            return true;
        }
        self.backward.entry(word.into()).or_insert_with(|| code.into());
        true
    }

    /// Adds a code that is read as a word, which leads back to another code; false where there is one already, or none
    /// that the word leads back to.
    pub fn add_also(&mut self, code: &str, word: &str) -> bool {
        if self.forward.contains_key(code) || !self.backward.contains_key(word) {
            return false;
        }
        self.forward.insert(code.into(), word.into());
        self.n_also += 1;
        true
    }

    /// Adds a word that is read as a code, which leads back to another word; false where there is one already, or none
    /// that the code leads back to. With a code that is nothing, nothing is written for the word.
    pub fn add_also_reverse(&mut self, code: &str, word: &str) -> bool {
        let is_code = code.is_empty() || self.forward.contains_key(code);
        if self.backward.contains_key(word) || !is_code {
            return false;
        }
        self.backward.insert(word.into(), code.into());
        self.n_also_reverse += 1;
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
        self.forward.len() - self.n_also == self.backward.len() - self.n_also_reverse
    }

    /// What is read in the first column and what becomes of it, sorted.
    pub fn forward_rows(&self) -> Vec<(&str, &str)> {
        sorted(&self.forward)
    }

    /// What is read in the second column and what becomes of it, sorted.
    pub fn backward_rows(&self) -> Vec<(&str, &str)> {
        sorted(&self.backward)
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

fn sorted(column: &HashMap<Box<str>, Box<str>>) -> Vec<(&str, &str)> {
    let mut rows: Vec<_> = column.iter().map(|(from, to)| (&**from, &**to)).collect();
    rows.sort_unstable();
    rows
}
