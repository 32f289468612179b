//! Writing: the head once, then unit by unit; or a whole document.
//!
//! A tree is as a reader gives it. What the description has no place or name for is a fault, so nothing is lost unseen.

use super::{
    escape, layout::XmlLayout, order::Unlisted, spelling::NAMESPACE, written_names::WrittenNames,
};
use crate::{
    charset::CharacterSet,
    fault::Fault,
    layout::UnitWriter,
    tree::{Kind, NodeId, Place, Tree, Walk},
};
use sluse_contracts::code;
use std::{fmt, sync::Arc};

/// Writes one document.
pub(super) struct XmlWriter {
    layout: Arc<XmlLayout>,
    /// The head as it was written, without what every document has.
    begun: Option<String>,
    /// What is being written; its memory is used again.
    text: String,
    names: WrittenNames,
    /// An element taken apart, and what is still to be written; their memory is used again.
    parts: Parts,
    ahead: Vec<Ahead>,
}

/// What is still to be written, the next one last.
#[derive(Clone, Copy)]
enum Ahead {
    /// A node, and its level where it begins a line.
    Node(NodeId, usize, bool),
    /// The children of an element in the order in which they stand, attributes apart.
    Children(Walk, usize, bool),
    /// The end tag of an element, on a line of its own where it has one.
    End(NodeId, Option<usize>),
}

/// An element taken apart.
#[derive(Default)]
struct Parts {
    attributes: Vec<NodeId>,
    /// Elements and texts, in the order of writing.
    content: Vec<NodeId>,
    has_text: bool,
}

impl XmlWriter {
    pub(super) fn new(layout: Arc<XmlLayout>) -> Self {
        Self {
            layout,
            begun: None,
            text: String::new(),
            names: WrittenNames::default(),
            parts: Parts::default(),
            ahead: Vec::new(),
        }
    }
}

impl UnitWriter for XmlWriter {
    fn write(&mut self, unit: &Tree, out: &mut Vec<u8>) -> Result<(), Fault> {
        self.text.clear();
        self.names.of(unit);
        if self.layout.unit.is_empty() {
            self.document(unit)?;
            self.begun.get_or_insert_default();
        } else {
            let begun = self.units(unit)?;
            self.begun = self.begun.take().or(begun);
        }
        escape::encode(&self.text, self.layout.set, out);
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        self.text.clear();
        let layout = self.layout.clone();
        match (&self.begun, layout.roots.as_slice()) {
            (None, [root]) if !layout.unit.is_empty() => self.empty(root),
            (None, _) => {
                let sentence = "there is nothing to write: a document has an element";
                return Err(Fault::new(code::EMPTY_MESSAGE, sentence, Place::default()));
            }
            (Some(_), _) if layout.unit.is_empty() => {}
            (Some(head), _) => {
                // The head begins with the name of the document element.
                let root = head.get(..head.find([' ', '>']).unwrap_or(head.len()));
                let root = root.unwrap_or_default().to_owned();
                self.end_tags(&root);
            }
        }
        if layout.indent.is_some() {
            self.text.push('\n');
        }
        escape::encode(&self.text, layout.set, out);
        Ok(())
    }
}

impl XmlWriter {
    /// A document without units.
    fn empty(&mut self, root: &str) {
        self.declaration();
        self.text.push('<');
        self.text.push_str(root);
        self.of_every_document(None, |_| false);
        self.text.push_str("/>");
    }

    /// The end tags of what units stand in.
    fn end_tags(&mut self, root: &str) {
        let layout = self.layout.clone();
        let below = layout.unit.iter().rev().skip(1).map(String::as_str);
        for (at, name) in below.chain([root]).enumerate() {
            self.line(layout.unit.len() - 1 - at);
            self.text.push_str("</");
            self.text.push_str(name);
            self.text.push('>');
        }
    }

    /// A whole document.
    fn document(&mut self, unit: &Tree) -> Result<(), Fault> {
        let root = self.root(unit)?;
        if self.begun.is_some() {
            let sentence = "the description has no `unit`: each unit is a document of its own";
            return Err(unknown(unit, root, sentence));
        }
        self.declaration();
        self.element(unit, root, 0)
    }

    /// The units of a tree, after the head where they are the first. Gives the head, where it was written.
    fn units(&mut self, unit: &Tree) -> Result<Option<String>, Fault> {
        let (head, around) = match self.way_alone(unit) {
            Some(around) => (None, around),
            None => {
                let (head, says_head, around) = self.head(unit)?;
                match &self.begun {
                    Some(begun) if says_head && *begun != head => {
                        let sentence = "the head is not that of the units before";
                        let place = unit.place(around);
                        return Err(Fault::new(code::RECORD_OUT_OF_PLACE, sentence, place));
                    }
                    Some(_) => self.text.clear(),
                    None => {}
                }
                (Some(head), around)
            }
        };
        let layout = self.layout.clone();
        let Some(name) = layout.unit.last() else { return Ok(head) };
        for child in unit.children(around).filter(|child| unit.name(*child) == name) {
            self.element(unit, child, layout.unit.len())?;
        }
        Ok(head)
    }

    /// The group that the units stand in, where a head was written and this tree says nothing of one. Nothing where it may
    /// say something.
    fn way_alone(&self, unit: &Tree) -> Option<NodeId> {
        let one_default = self.begun.is_some() && self.layout.spelling.defaults.len() < 2;
        let mut around = self.root(unit).ok().filter(|_| one_default)?;
        for (level, next) in self.layout.unit.iter().enumerate() {
            let mut children = unit.walk(around);
            let mut below = None;
            while let Some((child, kind)) = unit.next_child(&mut children) {
                let is_next = unit.name(child) == *next && kind != Kind::Attribute;
                let is_last = level + 1 == self.layout.unit.len();
                let fits = is_last || (below.is_none() && kind == Kind::Group);
                below = Some(child).filter(|_| is_next && fits);
                below?;
            }
            if level + 1 == self.layout.unit.len() {
                break;
            }
            around = below?;
        }
        Some(around)
    }

    /// Writes what stands before the units. Gives it without what every document has, whether it says more than what
    /// units stand in, and the group that the units of the tree stand in.
    fn head(&mut self, unit: &Tree) -> Result<(String, bool, NodeId), Fault> {
        let layout = self.layout.clone();
        let mut around = self.root(unit)?;
        self.declaration();
        // After the `<` of the document element.
        let begins = self.text.len() + 1;
        let mut says_head = false;
        for (level, next) in layout.unit.iter().enumerate() {
            let mut parts = Parts::default();
            self.take_apart(unit, around, &mut parts)?;
            if level > 0 {
                self.line(level);
            }
            self.start_tag(unit, around, &parts.attributes, level)?;
            self.text.push('>');
            let is_next = |child: &&NodeId| unit.name(**child) == *next;
            let beside = parts.content.iter().filter(|child| !is_next(child));
            says_head |= !parts.attributes.is_empty();
            for child in beside {
                says_head = true;
                self.content(unit, *child, level + 1, parts.has_text)?;
            }
            let mut nexts = parts.content.iter().filter(is_next);
            if level + 1 == layout.unit.len() {
                break;
            }
            let below = nexts.next().copied().filter(|next| unit.kind(*next) == Kind::Group);
            around = match (below, nexts.next()) {
                (Some(below), None) => below,
                (_, other) => {
                    let sentence = "what the units stand in is there once, as a group";
                    return Err(unknown(unit, other.copied().unwrap_or(around), sentence));
                }
            };
        }
        let head = self.text.get(begins..).unwrap_or_default().to_owned();
        Ok((head, says_head, around))
    }

    /// The document element.
    fn root(&self, unit: &Tree) -> Result<NodeId, Fault> {
        let mut children = unit.children(unit.root());
        let Some(first) = children.next() else {
            let sentence = "there is nothing to write: a document has an element";
            return Err(Fault::new(code::EMPTY_MESSAGE, sentence, Place::default()));
        };
        if !self.layout.roots.iter().any(|root| root == unit.name(first)) {
            return Err(unknown(unit, first, "the description has no such document element"));
        }
        match children.next() {
            Some(second) => Err(unknown(unit, second, "a document has one element at its top")),
            None => Ok(first),
        }
    }

    fn declaration(&mut self) {
        let set = match self.layout.set {
            CharacterSet::Utf8 => "UTF-8",
            set => set.name(),
        };
        self.text.push_str("<?xml version=\"1.0\" encoding=\"");
        self.text.push_str(set);
        self.text.push_str("\"?>\n");
    }

    /// An element with all that stands in it. No recursion: what is open stands on a list.
    fn element(&mut self, unit: &Tree, element: NodeId, level: usize) -> Result<(), Fault> {
        let mut ahead = std::mem::take(&mut self.ahead);
        ahead.clear();
        ahead.push(Ahead::Node(element, level, level > 0));
        let mut written = Ok(());
        while let (Some(next), Ok(())) = (ahead.pop(), &written) {
            written = self.next(unit, next, &mut ahead);
        }
        self.ahead = ahead;
        written
    }

    fn next(&mut self, unit: &Tree, next: Ahead, ahead: &mut Vec<Ahead>) -> Result<(), Fault> {
        match next {
            Ahead::End(node, line) => {
                if let Some(level) = line {
                    self.line(level);
                }
                self.end_tag(unit, node);
            }
            Ahead::Children(mut walk, level, begins_line) => {
                let Some((child, kind)) = unit.next_child(&mut walk) else { return Ok(()) };
                ahead.push(Ahead::Children(walk, level, begins_line));
                if kind != Kind::Attribute {
                    return self.next(unit, Ahead::Node(child, level, begins_line), ahead);
                }
            }
            Ahead::Node(node, ..) if unit.kind(node) == Kind::Text => {
                self.characters(unit, node)?;
            }
            Ahead::Node(node, level, begins_line) => {
                if begins_line {
                    self.line(level);
                }
                self.begin(unit, node, level, ahead)?;
            }
        }
        Ok(())
    }

    /// A text or element among others.
    fn content(
        &mut self,
        unit: &Tree,
        node: NodeId,
        level: usize,
        in_text: bool,
    ) -> Result<(), Fault> {
        if unit.kind(node) == Kind::Text {
            return self.characters(unit, node);
        }
        self.element(unit, node, if in_text { 0 } else { level })
    }

    /// The start tag of an element; its content goes ahead.
    fn begin(
        &mut self,
        unit: &Tree,
        node: NodeId,
        level: usize,
        ahead: &mut Vec<Ahead>,
    ) -> Result<(), Fault> {
        if let Some(value) = unit.value(node) {
            self.start_tag(unit, node, &[], level)?;
            if value.is_empty() {
                self.text.push_str("/>");
                return Ok(());
            }
            self.text.push('>');
            self.characters(unit, node)?;
            self.end_tag(unit, node);
            return Ok(());
        }
        let mut parts = std::mem::take(&mut self.parts);
        let begun = self.group(unit, node, level, &mut parts, ahead);
        self.parts = parts;
        begun
    }

    fn group(
        &mut self,
        unit: &Tree,
        node: NodeId,
        level: usize,
        parts: &mut Parts,
        ahead: &mut Vec<Ahead>,
    ) -> Result<(), Fault> {
        let is_ordered = self.take_apart(unit, node, parts)?;
        self.start_tag(unit, node, &parts.attributes, level)?;
        if parts.content.is_empty() {
            self.text.push_str("/>");
            return Ok(());
        }
        self.text.push('>');
        let in_lines = !parts.has_text && self.layout.indent.is_some();
        ahead.push(Ahead::End(node, in_lines.then_some(level)));
        if is_ordered {
            let content = parts.content.iter().rev();
            ahead.extend(content.map(|child| Ahead::Node(*child, level + 1, !parts.has_text)));
        } else {
            ahead.push(Ahead::Children(unit.walk(node), level + 1, !parts.has_text));
        }
        Ok(())
    }

    /// Takes an element apart: its attributes, and its content in order. Whether that is another order than that in which it
    /// stands.
    fn take_apart(
        &mut self,
        unit: &Tree,
        element: NodeId,
        parts: &mut Parts,
    ) -> Result<bool, Fault> {
        if !matches!(unit.kind(element), Kind::Group) {
            return Err(unknown(unit, element, "XML has no lists and no `null`"));
        }
        parts.attributes.clear();
        parts.content.clear();
        parts.has_text = false;
        let mut walk = unit.walk(element);
        while let Some((child, kind)) = unit.next_child(&mut walk) {
            parts.has_text |= kind == Kind::Text;
            match kind {
                Kind::Attribute => parts.attributes.push(child),
                _ => parts.content.push(child),
            }
        }
        if parts.has_text || !self.names.may_be_ordered(&self.layout, unit, element) {
            return Ok(false);
        }
        let sorted = self.layout.order.sort(unit, element, &mut parts.content);
        sorted.map_err(|Unlisted(child)| {
            unknown(unit, child, "the order of the description does not have the element")
        })?;
        Ok(true)
    }

    fn start_tag(
        &mut self,
        unit: &Tree,
        node: NodeId,
        attributes: &[NodeId],
        level: usize,
    ) -> Result<(), Fault> {
        self.text.push('<');
        self.name(unit, node)?;
        if level > 0 && attributes.is_empty() {
            return Ok(());
        }
        let is_root = level == 0 && unit.parent(node) == Some(unit.root());
        let says_namespace = is_root && self.layout.spelling.defaults.len() > 1;
        if is_root {
            let default =
                attributes.iter().find(|at| says_namespace && unit.name(**at) == NAMESPACE);
            self.of_every_document(self.default(unit, node, default)?, |name| {
                attributes.iter().any(|attribute| unit.name(*attribute) == name)
            });
        }
        for (at, attribute) in attributes.iter().enumerate() {
            let name = unit.name(*attribute);
            if says_namespace && name == NAMESPACE {
                continue;
            }
            if attributes.iter().take(at).any(|before| unit.name(*before) == name) {
                return Err(unknown(unit, *attribute, "an element has one attribute twice"));
            }
            self.text.push(' ');
            self.name(unit, *attribute)?;
            escape::value(allowed(unit, *attribute)?, &mut self.text);
        }
        Ok(())
    }

    /// The default namespace of a document. Where there are several, its element has to say which.
    fn default(
        &self,
        unit: &Tree,
        root: NodeId,
        said: Option<&NodeId>,
    ) -> Result<Option<usize>, Fault> {
        let spelling = &self.layout.spelling;
        let said = said.map(|attribute| unit.value(*attribute).unwrap_or_default());
        match said.map(|namespace| spelling.default_of(namespace)) {
            Some(Some(default)) => Ok(Some(default)),
            None if spelling.defaults.len() < 2 => Ok((!spelling.defaults.is_empty()).then_some(0)),
            _ => {
                let sentence =
                    "`xmlns` does not say which of the description's namespaces it is in";
                Err(unknown(unit, root, sentence))
            }
        }
    }

    /// Namespaces, and attributes that every document has where this one does not say another.
    fn of_every_document(&mut self, default: Option<usize>, is_there: impl Fn(&str) -> bool) {
        let layout = self.layout.clone();
        if let Some(default) = layout.spelling.defaults.get(default.unwrap_or(0)) {
            self.text.push_str(" xmlns");
            escape::value(default, &mut self.text);
        }
        for (prefix, namespace) in &layout.spelling.prefixes {
            self.text.push_str(" xmlns:");
            self.text.push_str(prefix);
            escape::value(namespace, &mut self.text);
        }
        for (name, value) in &layout.root_attributes {
            if !is_there(name) {
                self.text.push(' ');
                self.text.push_str(name);
                escape::value(value, &mut self.text);
            }
        }
    }

    /// A name, which the description must be able to spell.
    fn name(&mut self, unit: &Tree, node: NodeId) -> Result<(), Fault> {
        let (id, name) = unit.named(node);
        if self.names.is_sound(id) {
            self.text.push_str(name);
            return Ok(());
        }
        if !self.layout.spelling.knows(name) {
            let sentence = "the name is none of XML, or the description does not have its prefix";
            return Err(unknown(unit, node, sentence));
        }
        if self.layout.set.lacks(name).is_some() {
            let sentence = "the character set lacks a character of the name";
            let fault = Fault::new(code::CHARACTER_LACKING, sentence, unit.place(node));
            return Err(fault.in_field(unit.path(node)));
        }
        self.names.found_sound(id);
        self.text.push_str(name);
        Ok(())
    }

    fn characters(&mut self, unit: &Tree, node: NodeId) -> Result<(), Fault> {
        let value = unit.value(node).unwrap_or_default();
        match escape::is_plain(value) {
            true => self.text.push_str(value),
            false => escape::text(allowed(unit, node)?, &mut self.text),
        }
        Ok(())
    }

    fn end_tag(&mut self, unit: &Tree, node: NodeId) {
        self.text.push_str("</");
        self.text.push_str(unit.name(node));
        self.text.push('>');
    }

    /// A new line, where there are lines.
    fn line(&mut self, level: usize) {
        let Some(blanks) = self.layout.indent else { return };
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n(' ', blanks * level));
    }
}

/// A value of characters that XML can hold.
fn allowed(unit: &Tree, node: NodeId) -> Result<&str, Fault> {
    let value = unit.value(node).unwrap_or_default();
    let Some(at) = sluse_xml::first_forbidden(value) else { return Ok(value) };
    let number = value.get(..at).unwrap_or_default().chars().count() + 1;
    let sentence = format!("XML cannot hold character {number} of the value");
    let fault = Fault::new(code::CHARACTER_LACKING, sentence, unit.place(node));
    Err(fault.in_field(unit.path(node)))
}

fn unknown(unit: &Tree, node: NodeId, sentence: &'static str) -> Fault {
    let fault = Fault::new(code::FIELD_UNKNOWN, sentence, unit.place(node));
    fault.in_field(unit.path(node))
}

impl fmt::Debug for XmlWriter {
    /// Whether it has begun; nothing of what it wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "XmlWriter(begun: {})", self.begun.is_some())
    }
}
