//! From text to tree: one pass over quick-xml's events, without recursion.
//!
//! quick-xml finds where each piece of markup begins and ends. What is inside, and whether the pieces
//! make a document, is checked here and in the modules beside, so that every fault has its place.

use crate::decode::decode;
use crate::fault::{Fault, FaultKind, XmlFault};
use crate::limits::Limits;
use crate::names::{first_forbidden, is_ncname, is_space, split};
use crate::place::Lines;
use crate::reference::resolve;
use crate::scope::{Binding, InForce, Scopes};
use crate::start::{self, Written};
use crate::tree::{Document, NODE_BYTES, NONE, NodeId, NodeKind, Nodes};
use crate::{XML_NAMESPACE, XMLNS_NAMESPACE, prolog};
use indexmap::IndexSet;
use quick_xml::{Reader, events::Event};
use std::sync::OnceLock;

/// What a string interned for the first time costs beside its bytes, and a name or a binding.
const STRING_BYTES: usize = 48;

impl Document {
    /// Reads a message. `charset` is the one that its media type states, if it does.
    ///
    /// # Errors
    /// The first fault, with its place.
    pub fn parse(bytes: &[u8], charset: Option<&str>, limits: &Limits) -> Result<Self, XmlFault> {
        let text = decode(bytes, charset)?;
        Self::parse_text(&text, limits)
    }

    /// Reads a text that is already decoded; an encoding that it declares is not looked at.
    ///
    /// # Errors
    /// The first fault, with its place.
    pub fn parse_text(text: &str, limits: &Limits) -> Result<Self, XmlFault> {
        Build::new(text, limits)
            .and_then(Build::run)
            .map_err(|fault| XmlFault::at(fault.kind, text, fault.offset))
    }
}

/// An element that is open.
struct Open<'t> {
    node: u32,
    name: &'t str,
    /// The last child so far.
    last: u32,
    /// Its scope of declarations, an index.
    scope: u32,
    /// What to undo when it closes.
    mark: usize,
}

struct Build<'t> {
    text: &'t str,
    limits: &'t Limits,
    /// Offset of the first character that XML does not allow, or the text's end.
    forbidden: usize,
    nodes: Nodes,
    texts: String,
    other: String,
    strings: IndexSet<Box<str>>,
    names: IndexSet<(u32, u32)>,
    scopes: Scopes,
    in_force: InForce,
    open: Vec<Open<'t>>,
    /// The element that last had an attribute of a name: finds duplicates in constant time.
    seen_names: Vec<u32>,
    seen_prefixes: Vec<u32>,
    document_element: Option<u32>,
    /// Bytes of interned strings and bindings.
    interned_bytes: usize,
}

/// Indices of the strings that are always there.
const EMPTY: u32 = 0;
const XML: u32 = 1;
const XMLNS: u32 = 2;
const XML_URI: u32 = 3;
const XMLNS_URI: u32 = 4;

impl<'t> Build<'t> {
    fn new(text: &'t str, limits: &'t Limits) -> Result<Self, Fault> {
        if text.trim_start_matches([' ', '\t', '\n', '\r']).is_empty() {
            return Err(Fault::new(FaultKind::Empty, 0));
        }
        if text.len() >= NONE as usize || text.len() > limits.tree_bytes_max {
            return Err(Fault::new(FaultKind::TreeTooLarge, 0));
        }
        let strings = ["", "xml", "xmlns", XML_NAMESPACE, XMLNS_NAMESPACE];
        let mut build = Self {
            text,
            limits,
            forbidden: first_forbidden(text).unwrap_or(text.len()),
            nodes: Nodes::default(),
            texts: String::new(),
            other: String::new(),
            strings: strings.into_iter().map(Box::from).collect(),
            names: IndexSet::new(),
            scopes: Scopes::default(),
            in_force: InForce::default(),
            open: Vec::new(),
            seen_names: Vec::new(),
            seen_prefixes: Vec::new(),
            document_element: None,
            interned_bytes: 0,
        };
        build.in_force.declare(Binding { prefix: EMPTY, namespace: EMPTY });
        build.in_force.declare(Binding { prefix: XML, namespace: XML_URI });
        let root = build.push(NodeKind::Document, NONE, EMPTY, 0)?;
        build.open.push(Open { node: root, name: "", last: NONE, scope: NONE, mark: 0 });
        Ok(build)
    }

    fn run(mut self) -> Result<Document, Fault> {
        if self.text.starts_with('\u{FEFF}') {
            return Err(Fault::form("a byte order mark may stand once, at the beginning", 0));
        }
        let mut reader = Reader::from_str(self.text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        loop {
            let from = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            if self.text.get(from..).is_some_and(|rest| rest.starts_with("<!")) {
                self.check_declaration(from)?;
            }
            let event = reader.read_event();
            let to = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            if self.forbidden < to {
                return Err(Fault::form(
                    "a character stands here that XML does not allow",
                    self.forbidden,
                ));
            }
            let raw = self.text.get(from..to).unwrap_or_default();
            match event {
                Ok(Event::Eof) => return self.finish(),
                Ok(event) => self.take(&event, raw, from)?,
                Err(_) => return Err(self.broken(from)),
            }
        }
    }

    fn take(&mut self, event: &Event<'_>, raw: &'t str, from: usize) -> Result<(), Fault> {
        match event {
            Event::Start(_) => self.start(strip(raw, "<", ">", from)?, from, false),
            Event::Empty(_) => self.start(strip(raw, "<", "/>", from)?, from, true),
            Event::End(_) => self.end(strip(raw, "</", ">", from)?, from),
            Event::Text(_) => self.character_data(raw, from),
            Event::GeneralRef(_) => {
                let c = resolve(strip(raw, "&", ";", from)?, from)?;
                let mut buffer = [0; 4];
                self.push_text(c.encode_utf8(&mut buffer), from, false)
            }
            Event::CData(_) => self.push_text(strip(raw, "<![CDATA[", "]]>", from)?, from, true),
            Event::Comment(_) => self.comment(strip(raw, "<!--", "-->", from)?, from),
            Event::Decl(_) | Event::PI(_) => self.instruction(raw, from),
            Event::DocType(_) | Event::Eof => Err(self.broken(from)),
        }
    }

    /// What quick-xml could not make out, from its first character.
    fn broken(&self, from: usize) -> Fault {
        let rest = self.text.get(from..).unwrap_or_default();
        let sentence = [
            ("&", "'&' begins no reference"),
            ("<!--", "a comment is not closed"),
            ("<![CDATA[", "a CDATA section is not closed"),
            ("<!", "'<!' begins no markup that may stand here"),
            ("<?", "a processing instruction is not closed"),
        ];
        let found = sentence.iter().find(|(begin, _)| rest.starts_with(begin));
        Fault::form(found.map_or("a tag is not closed", |(_, sentence)| sentence), from)
    }

    /// A document type declaration is refused before any of it is read.
    fn check_declaration(&self, from: usize) -> Result<(), Fault> {
        let rest = self.text.get(from..).unwrap_or_default();
        let prolog = self.open.len() == 1 && self.document_element.is_none();
        if prolog && rest.starts_with("<!DOCTYPE") {
            return Err(Fault::new(FaultKind::Dtd, from));
        }
        let known = rest.starts_with("<!--") || rest.starts_with("<![CDATA[");
        if known { Ok(()) } else { Err(self.broken(from)) }
    }

    fn finish(mut self) -> Result<Document, Fault> {
        if self.open.len() > 1 {
            return Err(Fault::form("an element is not closed", self.text.len()));
        }
        let Some(document_element) = self.document_element else {
            return Err(Fault::form("there is no element", self.text.len()));
        };
        self.close_node(NodeId::ROOT.0);
        self.texts.shrink_to_fit();
        self.other.shrink_to_fit();
        Ok(Document {
            nodes: self.nodes,
            text: self.texts,
            other: self.other,
            strings: self.strings,
            names: self.names,
            scopes: self.scopes,
            lines: Lines::of(self.text),
            document_element: NodeId(document_element),
            positions: OnceLock::new(),
        })
    }
}

/// Elements.
impl<'t> Build<'t> {
    fn start(&mut self, inner: &'t str, from: usize, empty: bool) -> Result<(), Fault> {
        if self.open.len() == 1 && self.document_element.is_some() {
            return Err(Fault::form("a document has one element at its top", from));
        }
        if self.open.len() > self.limits.depth_max {
            return Err(Fault::new(FaultKind::TooDeep, from));
        }
        let mut attributes = Vec::new();
        let name = start::read(inner, from + 1, self.limits, &mut attributes)?;
        let (prefix, local) = split_at(name, from + 1)?;
        let mark = self.in_force.mark();
        let node = self.push(NodeKind::Element, NONE, EMPTY, from)?;
        let scope = self.declare(node, &attributes)?;
        let (name_id, prefix) = self.resolve_name(prefix, local, true, from + 1)?;
        self.set_name(node, name_id, prefix);
        for attribute in &attributes {
            self.attribute(node, attribute)?;
        }
        self.document_element.get_or_insert(node);
        self.open.push(Open { node, name, last: NONE, scope, mark });
        if empty {
            self.close();
        }
        Ok(())
    }

    fn end(&mut self, inner: &'t str, from: usize) -> Result<(), Fault> {
        let name = inner.trim_end_matches([' ', '\t', '\n', '\r']);
        if self.open.len() == 1 {
            return Err(Fault::form("an end tag stands where no element is open", from));
        }
        if self.open.last().is_some_and(|open| open.name == name) {
            self.close();
            Ok(())
        } else {
            Err(Fault::form("an end tag does not close the element that is open", from))
        }
    }

    fn close(&mut self) {
        if let Some(open) = self.open.pop() {
            self.in_force.undo(open.mark);
            self.close_node(open.node);
        }
    }

    fn close_node(&mut self, node: u32) {
        let end = self.next_node();
        let to = length(&self.texts);
        if let Some(slot) = self.nodes.end.get_mut(node as usize) {
            *slot = end;
        }
        if let Some(slot) = self.nodes.to.get_mut(node as usize) {
            *slot = to;
        }
    }

    /// Puts an element's namespace declarations in force; gives the scope that its content stands in.
    fn declare(&mut self, node: u32, attributes: &[Written<'t>]) -> Result<u32, Fault> {
        let outer = self.open.last().map_or(NONE, |open| open.scope);
        let mut bindings = Vec::new();
        for attribute in attributes {
            let prefix = match attribute.name {
                "xmlns" => "",
                name => match name.strip_prefix("xmlns:") {
                    Some(prefix) if is_ncname(prefix) => prefix,
                    _ => continue,
                },
            };
            let binding = self.binding(prefix, attribute)?;
            if mark_seen(&mut self.seen_prefixes, binding.prefix, node) {
                return Err(Fault::form(
                    "an element has one attribute twice",
                    attribute.name_offset,
                ));
            }
            self.in_force.declare(binding);
            bindings.push(binding);
        }
        self.interned_bytes += bindings.len() * 2 * size_of::<Binding>();
        if bindings.is_empty() {
            return Ok(outer);
        }
        Ok(self.scopes.push(node, outer, &mut bindings))
    }

    /// Namespaces in XML 1.0, sections 3 and 5, and its reserved prefixes.
    fn binding(&mut self, prefix: &str, attribute: &Written<'t>) -> Result<Binding, Fault> {
        let mut namespace = String::new();
        start::push_value(attribute.value, attribute.value_offset, &mut namespace)?;
        let fault = |sentence| Err(Fault::form(sentence, attribute.name_offset));
        let prefix = self.intern(prefix, attribute.name_offset)?;
        let namespace = self.intern(&namespace, attribute.value_offset)?;
        match (prefix, namespace) {
            (XMLNS, _) => fault("the prefix xmlns may not be declared"),
            (XML, XML_URI) => Ok(Binding { prefix, namespace }),
            (XML, _) => fault("the prefix xml stands for its own namespace only"),
            (_, XML_URI) => fault("the namespace of the prefix xml may have no other prefix"),
            (_, XMLNS_URI) => fault("the namespace of declarations may not be declared"),
            (EMPTY, _) => Ok(Binding { prefix, namespace }),
            (_, EMPTY) => fault("a prefix may not be declared for no namespace"),
            _ => Ok(Binding { prefix, namespace }),
        }
    }

    fn attribute(&mut self, element: u32, attribute: &Written<'t>) -> Result<(), Fault> {
        let (prefix, local) = split_at(attribute.name, attribute.name_offset)?;
        if prefix == "xmlns" || (prefix.is_empty() && local == "xmlns") {
            return Ok(());
        }
        let (name, prefix) = self.resolve_name(prefix, local, false, attribute.name_offset)?;
        if mark_seen(&mut self.seen_names, name, element) {
            return Err(Fault::form("an element has one attribute twice", attribute.name_offset));
        }
        let node = self.push(NodeKind::Attribute, name, prefix, attribute.name_offset)?;
        start::push_value(attribute.value, attribute.value_offset, &mut self.other)?;
        self.end_other(node);
        Ok(())
    }

    /// The expanded name, and the prefix, both as indices.
    fn resolve_name(
        &mut self,
        prefix: &str,
        local: &str,
        element: bool,
        offset: usize,
    ) -> Result<(u32, u32), Fault> {
        let prefix = self.intern(prefix, offset)?;
        let namespace = match prefix {
            EMPTY if !element => EMPTY,
            XMLNS => return Err(Fault::form("the prefix xmlns may not be used in names", offset)),
            _ => {
                self.in_force.get(prefix).ok_or(Fault::new(FaultKind::PrefixNotDeclared, offset))?
            }
        };
        Ok((self.intern_name(namespace, local, offset)?, prefix))
    }
}

/// Text, comments, instructions.
impl<'t> Build<'t> {
    fn character_data(&mut self, raw: &'t str, from: usize) -> Result<(), Fault> {
        if self.open.len() == 1 {
            return match raw.bytes().position(|byte| !is_space(byte)) {
                Some(at) => Err(Fault::form("text stands outside the element", from + at)),
                None => Ok(()),
            };
        }
        if let Some(at) = memchr::memmem::find(raw.as_bytes(), b"]]>") {
            return Err(Fault::form("']]>' may not stand in text", from + at));
        }
        self.push_text(raw, from, true)
    }

    fn push_text(&mut self, piece: &str, from: usize, literal: bool) -> Result<(), Fault> {
        if self.open.len() == 1 {
            return Err(Fault::form("text stands outside the element", from));
        }
        if piece.is_empty() {
            return Ok(());
        }
        let last = self.open.last().map_or(NONE, |open| open.last);
        let extends = self.nodes.kind.get(last as usize) == Some(&NodeKind::Text);
        let node = if extends { last } else { self.push(NodeKind::Text, NONE, EMPTY, from)? };
        if literal {
            push_lines(piece, &mut self.texts);
        } else {
            self.texts.push_str(piece);
        }
        let to = length(&self.texts);
        if let Some(slot) = self.nodes.to.get_mut(node as usize) {
            *slot = to;
        }
        self.check_memory(from)
    }

    fn comment(&mut self, inner: &str, from: usize) -> Result<(), Fault> {
        let hyphens = memchr::memmem::find(inner.as_bytes(), b"--");
        let hyphens = hyphens.or_else(|| inner.ends_with('-').then(|| inner.len() - 1));
        if let Some(at) = hyphens {
            return Err(Fault::form("'--' may not stand in a comment", from + 4 + at));
        }
        let node = self.push(NodeKind::Comment, NONE, EMPTY, from)?;
        push_lines(inner, &mut self.other);
        self.end_other(node);
        Ok(())
    }

    fn instruction(&mut self, raw: &str, from: usize) -> Result<(), Fault> {
        if prolog::begins(raw) {
            if from == 0 {
                return prolog::read(raw).map(drop);
            }
            return Err(Fault::form("an XML declaration may stand only at the beginning", from));
        }
        let inner = strip(raw, "<?", "?>", from)?;
        let end = inner.bytes().position(is_space).unwrap_or(inner.len());
        let (target, rest) = inner.split_at_checked(end).unwrap_or((inner, ""));
        if !is_ncname(target) {
            return Err(Fault::form("an instruction's target is not a name", from + 2));
        }
        if target.eq_ignore_ascii_case("xml") {
            return Err(Fault::form("the target xml is reserved", from + 2));
        }
        if target.len() > self.limits.name_bytes_max {
            return Err(Fault::new(FaultKind::NameTooLong, from + 2));
        }
        let name = self.intern_name(EMPTY, target, from)?;
        let node = self.push(NodeKind::Instruction, name, EMPTY, from)?;
        push_lines(rest.trim_start_matches([' ', '\t', '\n', '\r']), &mut self.other);
        self.end_other(node);
        Ok(())
    }
}

/// Nodes and names.
impl Build<'_> {
    fn next_node(&self) -> u32 {
        u32::try_from(self.nodes.kind.len()).unwrap_or(NONE)
    }

    /// Adds a node under the element that is open, its text empty and from here.
    fn push(
        &mut self,
        kind: NodeKind,
        name: u32,
        prefix: u32,
        offset: usize,
    ) -> Result<u32, Fault> {
        self.check_memory(offset)?;
        let node = self.next_node();
        let attribute = kind == NodeKind::Attribute;
        let from = match kind {
            NodeKind::Document | NodeKind::Element | NodeKind::Text => length(&self.texts),
            NodeKind::Attribute | NodeKind::Comment | NodeKind::Instruction => length(&self.other),
        };
        let (parent, previous) = match self.open.last_mut() {
            // An attribute is read before its element counts as open.
            Some(_) if attribute => (self.element_of_attributes(), NONE),
            Some(open) => (open.node, std::mem::replace(&mut open.last, node)),
            None => (NONE, NONE),
        };
        let nodes = &mut self.nodes;
        nodes.kind.push(kind);
        nodes.name.push(name);
        nodes.prefix.push(prefix);
        nodes.parent.push(parent);
        nodes.previous.push(previous);
        nodes.end.push(node + 1);
        nodes.from.push(from);
        nodes.to.push(from);
        nodes.offset.push(u32::try_from(offset).unwrap_or(NONE));
        Ok(node)
    }

    /// The element whose attributes are being read: the last child of what is open.
    fn element_of_attributes(&self) -> u32 {
        self.open.last().map_or(NONE, |open| open.last)
    }

    fn set_name(&mut self, node: u32, name: u32, prefix: u32) {
        if let Some(slot) = self.nodes.name.get_mut(node as usize) {
            *slot = name;
        }
        if let Some(slot) = self.nodes.prefix.get_mut(node as usize) {
            *slot = prefix;
        }
    }

    fn end_other(&mut self, node: u32) {
        let to = length(&self.other);
        if let Some(slot) = self.nodes.to.get_mut(node as usize) {
            *slot = to;
        }
    }

    fn intern(&mut self, text: &str, offset: usize) -> Result<u32, Fault> {
        let at = match self.strings.get_index_of(text) {
            Some(at) => at,
            None => {
                self.interned_bytes += text.len() + STRING_BYTES;
                self.check_memory(offset)?;
                self.strings.insert_full(text.into()).0
            }
        };
        u32::try_from(at).map_err(|_| Fault::new(FaultKind::TreeTooLarge, offset))
    }

    fn intern_name(&mut self, namespace: u32, local: &str, offset: usize) -> Result<u32, Fault> {
        let local = self.intern(local, offset)?;
        let (at, new) = self.names.insert_full((namespace, local));
        self.interned_bytes += if new { STRING_BYTES } else { 0 };
        u32::try_from(at).map_err(|_| Fault::new(FaultKind::TreeTooLarge, offset))
    }

    fn check_memory(&self, offset: usize) -> Result<(), Fault> {
        let taken = (self.nodes.kind.len() + 1) * NODE_BYTES
            + self.texts.len()
            + self.other.len()
            + self.interned_bytes;
        if taken > self.limits.tree_bytes_max {
            return Err(Fault::new(FaultKind::TreeTooLarge, offset));
        }
        Ok(())
    }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(NONE)
}

/// Whether `owner` has been marked at `at` before; marks it.
fn mark_seen(seen: &mut Vec<u32>, at: u32, owner: u32) -> bool {
    let at = at as usize;
    if seen.len() <= at {
        seen.resize(at + 1, NONE);
    }
    seen.get_mut(at).is_some_and(|slot| std::mem::replace(slot, owner) == owner)
}

fn split_at(name: &str, offset: usize) -> Result<(&str, &str), Fault> {
    split(name).ok_or(Fault::form("a name is not as XML has it", offset))
}

fn strip<'t>(raw: &'t str, begin: &str, end: &str, from: usize) -> Result<&'t str, Fault> {
    raw.strip_prefix(begin)
        .and_then(|rest| rest.strip_suffix(end))
        .ok_or(Fault::form("a piece of markup is not as XML has it", from))
}

/// Appends text with its line ends made LF (XML 1.0, section 2.11).
fn push_lines(piece: &str, out: &mut String) {
    let mut rest = piece;
    while let Some((before, after)) = rest.split_once('\r') {
        out.push_str(before);
        out.push('\n');
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    out.push_str(rest);
}
