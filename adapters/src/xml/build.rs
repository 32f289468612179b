//! From events to a tree: an element with text alone is a field, any other a group.
//!
//! Which of the two an element is shows only behind its start tag, and a tree grows at its end alone: so an element
//! without attributes waits here until what comes next has shown it.

use crate::tree::{Kind, NameId, OverLimit, Place, Tree};

/// Adds what events say to a tree.
#[derive(Debug, Default)]
pub(super) struct Builder {
    /// An element that has begun and shown nothing else yet.
    waiting: Option<(NameId, Place)>,
    /// Text since the last tag, and where it begins.
    text: String,
    text_place: Place,
    /// Whether the last tag was a start tag.
    begins: bool,
    keeps_white_space: bool,
}

/// An attribute, its name as the tree is to have it.
pub(super) struct Attribute<'a> {
    pub(super) name: NameId,
    pub(super) value: &'a str,
    pub(super) place: Place,
}

impl Builder {
    pub(super) fn new(keeps_white_space: bool) -> Self {
        Self { keeps_white_space, ..Self::default() }
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.text.capacity()
    }

    /// Forgets what is under way.
    pub(super) fn clear(&mut self) {
        self.waiting = None;
        self.text.clear();
        self.begins = false;
    }

    pub(super) fn start(
        &mut self,
        tree: &mut Tree,
        name: NameId,
        place: Place,
    ) -> Result<(), OverLimit> {
        self.before_element(tree)?;
        self.waiting = Some((name, place));
        self.begins = true;
        Ok(())
    }

    /// An attribute of the element that began last.
    pub(super) fn attribute(
        &mut self,
        tree: &mut Tree,
        attribute: &Attribute<'_>,
    ) -> Result<(), OverLimit> {
        self.open(tree)?;
        tree.leaf(Kind::Attribute, attribute.name, attribute.value, attribute.place).map(drop)
    }

    /// Text, perhaps a piece of it.
    pub(super) fn text(&mut self, tree: &Tree, text: &str, place: Place) -> Result<(), OverLimit> {
        if self.text.is_empty() {
            self.text_place = place;
        }
        if tree.bytes() + self.text.len() + text.len() > tree.bytes_max() {
            return Err(OverLimit::Bytes);
        }
        self.text.push_str(text);
        Ok(())
    }

    pub(super) fn end(&mut self, tree: &mut Tree) -> Result<(), OverLimit> {
        // A blank text that is all that an element holds is what it says.
        let is_alone = std::mem::take(&mut self.begins);
        if let Some((name, place)) = self.waiting.take_if(|_| !self.text.is_empty()) {
            tree.field(name, &self.text, place)?;
            self.text.clear();
            return Ok(());
        }
        self.open(tree)?;
        self.put_text(tree, is_alone)?;
        tree.close();
        Ok(())
    }

    /// What must stand in the tree before a child of the element that is open.
    pub(super) fn before_element(&mut self, tree: &mut Tree) -> Result<(), OverLimit> {
        self.begins = false;
        self.open(tree)?;
        self.put_text(tree, false)
    }

    /// Makes a group of the element that waits.
    fn open(&mut self, tree: &mut Tree) -> Result<(), OverLimit> {
        match self.waiting.take() {
            Some((name, place)) => tree.open(Kind::Group, name, place).map(drop),
            None => Ok(()),
        }
    }

    fn put_text(&mut self, tree: &mut Tree, blank_counts: bool) -> Result<(), OverLimit> {
        let is_blank = self.text.bytes().all(|byte| byte.is_ascii_whitespace());
        if !self.text.is_empty() && (!is_blank || blank_counts || self.keeps_white_space) {
            let nameless = tree.nameless();
            tree.leaf(Kind::Text, nameless, &self.text, self.text_place)?;
        }
        self.text.clear();
        Ok(())
    }
}
