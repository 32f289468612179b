//! A document's tree as start tags, text and end tags.

use crate::fault::{Asked, Violation};
use crate::names::{Known, NONE, Names};
use crate::part::Part;
use crate::run::{Attribute, Run, Tag};
use crate::tables::{Governing, Tables};
use crate::types::Scope;
use sluse_xml::{Document, NameId, NodeId, NodeKind};
use std::cell::Cell;

/// Judges a document: goes once through its nodes in order, without recursion.
pub(crate) fn judge(tables: &Tables, document: &Document, asked: Asked) -> Vec<Violation> {
    let part = Part::of(document.document_element());
    judge_nodes(tables, document, &part, None, 1..document.node_count(), asked)
}

/// Judges an element and what is in it: by its declaration, or by a type where one is given.
pub(crate) fn judge_part(
    tables: &Tables,
    document: &Document,
    part: &Part<'_>,
    governing: Option<Governing>,
    asked: Asked,
) -> Vec<Violation> {
    let nodes = part.element.index()..document.subtree_end(part.element).index();
    judge_nodes(tables, document, part, governing, nodes, asked)
}

fn judge_nodes(
    tables: &Tables,
    document: &Document,
    part: &Part<'_>,
    mut governing: Option<Governing>,
    nodes: std::ops::Range<usize>,
    asked: Asked,
) -> Vec<Violation> {
    let known = KnownNames::of(document);
    let mut run = Run::new(tables, asked, Some(document));
    let mut open: Vec<(NodeId, NodeId)> = Vec::with_capacity(32);
    let element = |node| {
        let passed_over = if node == part.element { part.passed_over } else { &[] };
        Element { document, node, known: &known, passed_over }
    };
    let mut stood_for = NodeId::ROOT;
    for node in nodes.filter_map(|at| document.node(at)) {
        let kind = document.kind(node);
        if kind == NodeKind::Attribute || node < stood_for {
            continue;
        }
        while let Some((left, _)) = open.pop_if(|(_, end)| *end <= node) {
            run.end(&element(left));
        }
        match kind {
            NodeKind::Element => {
                if let Some(text) = part.stand_in.and_then(|stand_in| stand_in(node)) {
                    run.text(&text, site(node));
                    stood_for = document.subtree_end(node);
                    continue;
                }
                match governing.take() {
                    Some(governing) => run.start_typed(&element(node), governing),
                    None => run.start(&element(node)),
                }
                open.push((node, document.subtree_end(node)));
            }
            NodeKind::Text => run.text(document.text(node), site(node)),
            _ => {}
        }
        if run.is_full() {
            return run.finish();
        }
    }
    while let Some((left, _)) = open.pop() {
        run.end(&element(left));
    }
    run.finish()
}

/// The names of a document as the schema knows them: each is looked up once, when it is met.
#[derive(Debug)]
struct KnownNames {
    names: Vec<Cell<Option<Known>>>,
    /// Namespaces met last, by where their text stands: a tree keeps each text once.
    spaces: [Cell<(usize, usize, u32)>; 8],
}

impl KnownNames {
    fn of(document: &Document) -> Self {
        Self { names: vec![Cell::new(None); document.name_count()], spaces: Default::default() }
    }

    fn namespace(&self, names: &Names, text: &str) -> u32 {
        let at = text.as_ptr().addr();
        let Some(slot) = self.spaces.get(at / 16 % self.spaces.len()) else { return NONE };
        let (known_at, length, number) = slot.get();
        if known_at == at && length == text.len() {
            return number;
        }
        let number = names.namespace(text);
        slot.set((at, text.len(), number));
        number
    }

    fn get(&self, names: &Names, document: &Document, node: NodeId) -> Known {
        let look_up = || match self.namespace(names, document.namespace(node)) {
            NONE => Known::UNKNOWN,
            namespace => names.known_in(namespace, document.local(node)),
        };
        let Some(cell) = document.name(node).and_then(|name| self.names.get(name.index())) else {
            return look_up();
        };
        cell.get().unwrap_or_else(|| {
            let known = look_up();
            cell.set(Some(known));
            known
        })
    }
}

/// An element of the tree.
#[derive(Debug)]
struct Element<'d> {
    document: &'d Document,
    node: NodeId,
    known: &'d KnownNames,
    /// Names of attributes that are not judged.
    passed_over: &'d [NameId],
}

impl Scope for Element<'_> {
    fn namespace(&self, prefix: &str) -> Option<&str> {
        self.document.namespace_for_prefix(self.node, prefix)
    }
}

impl Tag for Element<'_> {
    fn prefix(&self) -> &str {
        self.document.prefix(self.node)
    }

    fn local(&self) -> &str {
        self.document.local(self.node)
    }

    fn namespace_name(&self) -> &str {
        Document::namespace(self.document, self.node)
    }

    fn redeclares(&self) -> Option<&str> {
        self.document.redeclares(self.node)
    }

    fn site(&self) -> u64 {
        site(self.node)
    }

    fn attributes(&self) -> impl Iterator<Item = Attribute<'_>> {
        let document = self.document;
        let judged = |node: &NodeId| {
            self.passed_over.is_empty()
                || document.name(*node).is_none_or(|name| !self.passed_over.contains(&name))
        };
        let attributes = document.attributes(self.node).filter(judged);
        attributes.map(move |node| Attribute { value: document.text(node), site: site(node) })
    }

    fn written(&self, attribute: &Attribute<'_>) -> (&str, &str) {
        let document = self.document;
        let node = document.node(usize::try_from(attribute.site).unwrap_or(0));
        node.map_or(("", ""), |node| (document.prefix(node), document.local(node)))
    }

    fn known(&self, names: &Names) -> Known {
        self.known.get(names, self.document, self.node)
    }

    fn known_attribute(&self, names: &Names, attribute: &Attribute<'_>) -> Known {
        match self.document.node(usize::try_from(attribute.site).unwrap_or(0)) {
            Some(node) => self.known.get(names, self.document, node),
            None => Known::UNKNOWN,
        }
    }
}

fn site(node: NodeId) -> u64 {
    node.index() as u64
}
