//! The names of a schema as numbers.
//!
//! A document's names are looked up and never stored: names that a sender makes up cost no memory.
//! Everything behind this table compares numbers.

use sluse_xml::Seed;

/// Stands for "none" in all tables of numbers.
pub(crate) const NONE: u32 = u32::MAX;

/// The namespace of `xsi:type` and its like.
pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// [`XSI`], as a number; no namespace is 0.
pub(crate) const XSI_NUMBER: u32 = 1;

/// A name of a document as the schema knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    /// The expanded name, or [`NONE`].
    pub(crate) symbol: u32,
    /// The namespace, or [`NONE`].
    pub(crate) namespace: u32,
}

impl Known {
    /// A name that the schema has no part of.
    pub(crate) const UNKNOWN: Self = Self { symbol: NONE, namespace: NONE };
}

/// All namespaces, expanded names and local names of a schema.
#[derive(Debug)]
pub(crate) struct Names {
    namespaces: Table,
    locals: Table,
    /// Namespace and local name of each symbol.
    symbols: Vec<(u32, u32)>,
    /// Symbols by namespace and local name: a power of two of slots, at most half of them taken.
    slots: Vec<u32>,
    seed: Seed,
    /// Whether an element or attribute is so called; others are names of types alone.
    shown: Vec<bool>,
}

impl Names {
    pub(crate) fn new() -> Self {
        let mut names = Self {
            namespaces: Table::default(),
            locals: Table::default(),
            symbols: Vec::new(),
            slots: vec![NONE; 64],
            seed: Seed::default(),
            shown: Vec::new(),
        };
        names.namespaces.add("");
        names.namespaces.add(XSI);
        names
    }

    /// The number of a namespace of the schema.
    pub(crate) fn add_namespace(&mut self, namespace: &str) -> u32 {
        self.namespaces.add(namespace)
    }

    /// The symbol of a name of the schema.
    pub(crate) fn add(&mut self, namespace: &str, local: &str) -> u32 {
        let pair = (self.namespaces.add(namespace), self.locals.add(local));
        self.shown.resize(self.locals.texts.len(), false);
        if let Some(symbol) = self.find(pair.0, local) {
            return symbol;
        }
        let symbol = number(self.symbols.len());
        self.symbols.push(pair);
        if self.symbols.len() * 2 > self.slots.len() {
            self.slots = vec![NONE; self.slots.len() * 2];
            for at in 0..self.symbols.len() {
                self.put(number(at));
            }
        } else {
            self.put(symbol);
        }
        symbol
    }

    /// Notes that an element or attribute has this name, so that it may be shown.
    pub(crate) fn show(&mut self, symbol: u32) {
        let local = self.symbols.get(symbol as usize).map_or(NONE, |pair| pair.1);
        if let Some(slot) = self.shown.get_mut(local as usize) {
            *slot = true;
        }
    }

    /// How many symbols there are.
    pub(crate) fn len(&self) -> usize {
        self.symbols.len()
    }

    /// A name of a document.
    pub(crate) fn known(&self, namespace: &str, local: &str) -> Known {
        match self.namespace(namespace) {
            NONE => Known::UNKNOWN,
            namespace => self.known_in(namespace, local),
        }
    }

    /// A name of a document in a namespace that the schema knows, by its number.
    pub(crate) fn known_in(&self, namespace: u32, local: &str) -> Known {
        Known { symbol: self.find(namespace, local).unwrap_or(NONE), namespace }
    }

    /// The number of a namespace, or [`NONE`].
    pub(crate) fn namespace(&self, namespace: &str) -> u32 {
        self.namespaces.get(namespace).unwrap_or(NONE)
    }

    /// The number of a local name that an element or attribute of the schema has.
    pub(crate) fn shown_local(&self, local: &str) -> Option<u32> {
        let local = self.locals.get(local)?;
        self.shown.get(local as usize).copied().unwrap_or(false).then_some(local)
    }

    /// Whether an element or attribute is so called.
    pub(crate) fn is_shown(&self, symbol: u32) -> bool {
        let local = self.symbols.get(symbol as usize).map_or(NONE, |pair| pair.1);
        self.shown.get(local as usize).copied().unwrap_or(false)
    }

    /// The symbol of a name, where the schema has it.
    pub(crate) fn symbol(&self, namespace: &str, local: &str) -> Option<u32> {
        self.find(self.namespaces.get(namespace)?, local)
    }

    /// The local name of a symbol.
    pub(crate) fn local(&self, symbol: u32) -> &str {
        self.symbols.get(symbol as usize).map_or("", |pair| self.locals.text(pair.1))
    }

    /// Namespace and local name of a symbol.
    pub(crate) fn texts(&self, symbol: u32) -> (&str, &str) {
        let pair = self.symbols.get(symbol as usize);
        pair.map_or(("", ""), |pair| (self.namespaces.text(pair.0), self.locals.text(pair.1)))
    }

    /// A namespace by its number.
    pub(crate) fn namespace_text(&self, namespace: u32) -> &str {
        self.namespaces.text(namespace)
    }

    /// The number of the namespace of a symbol.
    pub(crate) fn namespace_of(&self, symbol: u32) -> u32 {
        self.symbols.get(symbol as usize).map_or(NONE, |pair| pair.0)
    }

    /// Bytes in memory, about.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.namespaces.memory_bytes()
            + self.locals.memory_bytes()
            + self.symbols.len() * 8
            + self.slots.len() * 4
    }

    fn put(&mut self, symbol: u32) {
        let Some(pair) = self.symbols.get(symbol as usize) else { return };
        let mask = self.slots.len() - 1;
        let mut at = self.hash(pair.0, self.locals.text(pair.1)) & mask;
        while self.slots.get(at).is_some_and(|slot| *slot != NONE) {
            at = (at + 1) & mask;
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = symbol;
        }
    }

    fn find(&self, namespace: u32, local: &str) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut at = self.hash(namespace, local) & mask;
        loop {
            let symbol = *self.slots.get(at)?;
            let pair = self.symbols.get(symbol as usize)?;
            if pair.0 == namespace && self.locals.text(pair.1).as_bytes() == local.as_bytes() {
                return Some(symbol);
            }
            at = (at + 1) & mask;
        }
    }

    fn hash(&self, namespace: u32, local: &str) -> usize {
        slot(self.seed.hash(namespace, local))
    }
}

/// Texts by number and back. Its hash is seeded, so that no schema can be made to collide.
#[derive(Debug)]
struct Table {
    texts: Vec<Box<str>>,
    slots: Vec<u32>,
    seed: Seed,
}

impl Default for Table {
    fn default() -> Self {
        Self { texts: Vec::new(), slots: vec![NONE; 64], seed: Seed::default() }
    }
}

impl Table {
    fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", |text| text)
    }

    fn get(&self, text: &str) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut at = slot(self.seed.hash(0, text)) & mask;
        loop {
            let number = *self.slots.get(at)?;
            if self.texts.get(number as usize)?.as_bytes() == text.as_bytes() {
                return Some(number);
            }
            at = (at + 1) & mask;
        }
    }

    fn add(&mut self, text: &str) -> u32 {
        if let Some(number) = self.get(text) {
            return number;
        }
        let added = number(self.texts.len());
        self.texts.push(text.into());
        let grown = self.texts.len() * 2 > self.slots.len();
        if grown {
            self.slots = vec![NONE; self.slots.len() * 2];
        }
        for at in if grown { 0..=added } else { added..=added } {
            self.put(at);
        }
        added
    }

    fn put(&mut self, number: u32) {
        let mask = self.slots.len() - 1;
        let mut at = slot(self.seed.hash(0, self.text(number))) & mask;
        while self.slots.get(at).is_some_and(|slot| *slot != NONE) {
            at = (at + 1) & mask;
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = number;
        }
    }

    fn memory_bytes(&self) -> usize {
        self.texts.iter().map(|text| text.len() + 16).sum::<usize>() + self.slots.len() * 4
    }
}

/// Where to begin to look in a table.
fn slot(hash: u64) -> usize {
    usize::try_from(hash >> 32).unwrap_or(0)
}

/// A length as a number of a table; no table comes near to the end of the range.
pub(crate) fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_names_of_the_schema_and_no_others() {
        let mut names = Names::new();
        let many: Vec<u32> = (0..5_000).map(|at| names.add("urn:a", &format!("n{at}"))).collect();
        let other = names.add("", "n7");
        names.show(other);
        let known = |namespace, local| names.known_in(names.namespace(namespace), local).symbol;
        assert_eq!(known("urn:a", "n4999"), many[4_999]);
        assert_eq!((known("", "n7"), known("", "n8")), (other, NONE));
        assert_eq!(names.namespace("urn:b"), NONE);
        assert!(names.shown_local("n7").is_some() && names.shown_local("n8").is_none());
        assert_eq!((names.local(other), names.namespace_of(other)), ("n7", 0));
    }
}
