//! From text to tree: one pass over quick-xml's events, without recursion.
//!
//! quick-xml finds where each piece of markup begins and ends. What is inside, and whether the pieces
//! make a document, is checked here and in the modules beside, so that every fault has its place.

mod content;
mod elements;
mod nodes;

use crate::decode::decode;
use crate::fault::{Fault, FaultKind, XmlFault};
use crate::limits::Limits;
use crate::names::first_forbidden;
use crate::place::Lines;
use crate::reference::resolve;
use crate::scope::{Binding, InForce, Scopes};
use crate::tree::{Document, NONE, NodeId, NodeKind, Nodes};
use crate::{XML_NAMESPACE, XMLNS_NAMESPACE};
use indexmap::IndexSet;
use quick_xml::{Reader, events::Event};
use std::sync::OnceLock;

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

fn strip<'t>(raw: &'t str, begin: &str, end: &str, from: usize) -> Result<&'t str, Fault> {
    raw.strip_prefix(begin)
        .and_then(|rest| rest.strip_suffix(end))
        .ok_or(Fault::form("a piece of markup is not as XML has it", from))
}
