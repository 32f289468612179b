//! From text to tree: one pass over the pieces of a text, without recursion.
//!
//! What is inside a piece, and whether the pieces make a document, is checked here and in the modules
//! beside, so that every fault has its place.

pub(crate) mod content;
pub(crate) mod elements;
mod known;
mod nodes;
mod usual;

use crate::decode::decode_up_to;
use crate::fault::{Fault, FaultKind, XmlFault};
use crate::limits::Limits;
use crate::names::first_forbidden;
use crate::place::Lines;
use crate::reference::resolve;
use crate::scan::{CDATA, Kind, Window};
use crate::scope::{Binding, InForce, Scopes};
use crate::seed::Seed;
use crate::start::Written;
use crate::tree::{Document, NONE, NodeId, NodeKind, Nodes};
use crate::{XML_NAMESPACE, XMLNS_NAMESPACE};
use content::{forbidden_at, forbidden_in};
use indexmap::IndexSet;
use known::KnownNames;
use std::sync::OnceLock;

impl Document {
    /// Reads a message. `charset` is the one that its media type states, if it does.
    ///
    /// # Errors
    /// The first fault, with its place.
    pub fn parse(bytes: &[u8], charset: Option<&str>, limits: &Limits) -> Result<Self, XmlFault> {
        let (text, broken) = decode_up_to(bytes, charset)?;
        Self::read(&text, broken, limits)
    }

    /// Reads a text that is already decoded; an encoding that it declares is not looked at.
    ///
    /// # Errors
    /// The first fault, with its place.
    pub fn parse_text(text: &str, limits: &Limits) -> Result<Self, XmlFault> {
        Self::read(text, None, limits)
    }

    /// Reads a text. Where it is cut off by bytes that are no text, its own faults go before theirs.
    fn read(text: &str, cut_off: Option<XmlFault>, limits: &Limits) -> Result<Self, XmlFault> {
        let placed = |fault: Fault| XmlFault::at(fault.kind, text, fault.offset);
        let mut build = Build::new(text, cut_off.is_none(), limits).map_err(placed)?;
        build.pieces().map_err(placed)?;
        match cut_off {
            Some(fault) => Err(fault),
            None => build.finish().map_err(placed),
        }
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
    /// Whether the document ends where the text does.
    is_whole: bool,
    limits: &'t Limits,
    /// Offset of the first character that XML does not allow, or the text's end.
    forbidden: usize,
    nodes: Nodes,
    texts: String,
    other: String,
    strings: IndexSet<Box<str>, Seed>,
    names: IndexSet<(u32, u32), Seed>,
    scopes: Scopes,
    in_force: InForce,
    open: Vec<Open<'t>>,
    /// The element that last had an attribute of a name: finds duplicates in constant time.
    seen_names: Vec<u32>,
    seen_prefixes: Vec<u32>,
    document_element: Option<u32>,
    /// Bytes of interned strings and bindings.
    interned_bytes: usize,
    known: KnownNames<'t>,
    /// The attributes of the element that is being read.
    attributes: Vec<Written<'t>>,
    usual_attributes: Vec<crate::usual::Attribute>,
}

/// Indices of the strings that are always there.
const EMPTY: u32 = 0;
const XML: u32 = 1;
const XMLNS: u32 = 2;
const XML_URI: u32 = 3;

/// A node takes at least about so many bytes of a usual document.
const BYTES_PER_NODE: usize = 16;
/// Room made for so many nodes at most, before any of them is there.
const RESERVED_NODES_MAX: usize = 10_000;

impl<'t> Build<'t> {
    fn new(text: &'t str, is_whole: bool, limits: &'t Limits) -> Result<Self, Fault> {
        if is_whole && text.trim_start_matches([' ', '\t', '\n', '\r']).is_empty() {
            return Err(Fault::new(FaultKind::Empty, 0));
        }
        if text.len() >= NONE as usize || text.len() > limits.tree_bytes_max {
            return Err(Fault::new(FaultKind::TreeTooLarge, 0));
        }
        let seed = Seed::default();
        let strings = ["", "xml", "xmlns", XML_NAMESPACE, XMLNS_NAMESPACE];
        let mut build = Self {
            text,
            is_whole,
            limits,
            forbidden: first_forbidden(text).unwrap_or(text.len()),
            nodes: Nodes::with_capacity((text.len() / BYTES_PER_NODE).min(RESERVED_NODES_MAX)),
            texts: String::new(),
            other: String::new(),
            strings: IndexSet::with_capacity_and_hasher(128, seed),
            names: IndexSet::with_capacity_and_hasher(64, seed),
            scopes: Scopes::default(),
            in_force: InForce::default(),
            open: Vec::new(),
            seen_names: Vec::new(),
            seen_prefixes: Vec::new(),
            document_element: None,
            interned_bytes: 0,
            known: KnownNames::default(),
            attributes: Vec::new(),
            usual_attributes: Vec::new(),
        };
        build.strings.extend(strings.map(Box::from));
        build.in_force.declare(Binding { prefix: EMPTY, namespace: EMPTY }, 0);
        build.in_force.declare(Binding { prefix: XML, namespace: XML_URI }, 0);
        let root = build.push(NodeKind::Document, NONE, EMPTY, 0)?;
        build.open.push(Open { node: root, name: "", last: NONE, scope: NONE, mark: 0 });
        Ok(build)
    }

    /// All pieces of the text, as far as it is whole.
    fn pieces(&mut self) -> Result<(), Fault> {
        if self.text.starts_with('\u{FEFF}') {
            return Err(Fault::form("a byte order mark may stand once, at the beginning", 0));
        }
        let mut from = 0;
        loop {
            while let Some(to) = self.usual(from)? {
                from = to;
            }
            let outside = self.open.len() == 1;
            let window = Window {
                text: self.text,
                is_last: self.is_whole,
                in_prolog: outside && self.document_element.is_none(),
                in_element: !outside,
                in_cdata: false,
                piece_bytes_max: self.limits.piece_bytes_max,
            };
            let piece = window.piece(from).map_err(|fault| self.unreadable(fault, outside))?;
            let Some(piece) = piece else { return Ok(()) };
            let to = piece.end;
            if self.forbidden < to {
                let head = self.text.get(from..self.forbidden).unwrap_or_default();
                return Err(forbidden_in(piece.kind, head, from, outside));
            }
            if matches!(piece.kind, Kind::CData { ends: false, .. }) {
                return Ok(());
            }
            let raw = self.text.get(from..to).unwrap_or_default();
            self.take(piece.kind, raw, from)?;
            from = to;
        }
    }

    /// The fault of a piece that cannot be made out: a CDATA section is read before it is known that it never ends.
    fn unreadable(&self, fault: Fault, outside: bool) -> Fault {
        let rest = self.text.get(fault.offset..).unwrap_or_default();
        let read = !outside && rest.starts_with(CDATA) && self.forbidden < self.text.len();
        if read { forbidden_at(self.forbidden) } else { fault }
    }

    fn take(&mut self, kind: Kind, raw: &'t str, from: usize) -> Result<(), Fault> {
        match kind {
            Kind::Start => self.start(strip(raw, "<", ">", from)?, from, false),
            Kind::Empty => self.start(strip(raw, "<", "/>", from)?, from, true),
            Kind::End => self.end(strip(raw, "</", ">", from)?, from),
            Kind::Text => self.character_data(raw, from),
            Kind::Reference => {
                let c = resolve(strip(raw, "&", ";", from)?, from)?;
                let mut buffer = [0; 4];
                self.push_text(c.encode_utf8(&mut buffer), from, false)
            }
            Kind::CData { .. } => self.push_text(strip(raw, "<![CDATA[", "]]>", from)?, from, true),
            Kind::Comment => self.comment(strip(raw, "<!--", "-->", from)?, from),
            Kind::Instruction => self.instruction(raw, from),
        }
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
            qualified: OnceLock::new(),
        })
    }
}

pub(crate) fn strip<'t>(
    raw: &'t str,
    begin: &str,
    end: &str,
    from: usize,
) -> Result<&'t str, Fault> {
    raw.strip_prefix(begin)
        .and_then(|rest| rest.strip_suffix(end))
        .ok_or(Fault::form("a piece of markup is not as XML has it", from))
}
