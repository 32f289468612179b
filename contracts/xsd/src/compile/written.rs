//! The prefixes in force where a component is written: the front end forgets them, and a fixed or default
//! value that is a name has a meaning only with them.

use super::source::MEMORY;
use crate::types::Scope;
use sluse_xml::{Document, Limits, NodeId, NodeKind};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;
use xsd_schema::SchemaSet;
use xsd_schema::parser::location::SourceRef;

/// The documents of a schema, each read again where it is asked for.
pub(super) struct Written<'s> {
    set: &'s SchemaSet,
    documents: &'s BTreeMap<String, Arc<str>>,
    read: RefCell<HashMap<String, Option<Rc<Read>>>>,
}

struct Read {
    document: Document,
    /// Its elements by line and column.
    elements: HashMap<(u32, u32), NodeId>,
}

/// An element of a schema's document; none where it was not found.
pub(super) struct Place(Option<(Rc<Read>, NodeId)>);

impl<'s> Written<'s> {
    pub(super) fn of(set: &'s SchemaSet, documents: &'s BTreeMap<String, Arc<str>>) -> Self {
        Self { set, documents, read: RefCell::default() }
    }

    /// Where a component is written.
    pub(super) fn place(&self, source: Option<&SourceRef>) -> Place {
        let find = || {
            let at = self.set.source_maps.locate(source?)?;
            let read = self.read(at.base_uri.strip_prefix(MEMORY)?)?;
            let place = (u32::try_from(at.line).ok()?, u32::try_from(at.column).ok()?);
            let node = *read.elements.get(&place)?;
            Some((read, node))
        };
        Place(find())
    }

    fn read(&self, path: &str) -> Option<Rc<Read>> {
        if let Some(known) = self.read.borrow().get(path) {
            return known.clone();
        }
        let read = self.documents.get(path).and_then(|text| {
            let document = Document::parse_text(text, &Limits::default()).ok()?;
            let nodes = document.descendants(document.root());
            let elements = nodes.filter(|node| document.kind(*node) == NodeKind::Element);
            let elements = elements.map(|node| (document.place(node), node)).collect();
            Some(Rc::new(Read { document, elements }))
        });
        self.read.borrow_mut().insert(path.to_owned(), read.clone());
        read
    }
}

impl Scope for Place {
    fn namespace(&self, prefix: &str) -> Option<&str> {
        let (read, node) = self.0.as_ref()?;
        read.document.namespace_for_prefix(*node, prefix)
    }
}
