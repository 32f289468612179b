//! XML by a description: elements and attributes as a tree of named groups and fields, and back.
//!
//! XML says itself what it holds, so the [`super::Xml`] format needs no description to carry it. A mapping does: its paths
//! write names with prefixes, which mean something only where somebody says what. A description says that, and what a
//! tree cannot know when a document is made of it: in which order the schema wants the children of an element.
//!
//! ```toml
//! format    = "xml"
//! root      = "b:Batch"                 # or a list of names
//! unit      = "b:Invoice"               # the repeated element below it that is one unit
//! indent    = 2
//!
//! [namespaces]
//! b = "urn:example:batch"
//! c = "urn:example:common"
//!
//! [order]
//! "b:Invoice" = ["c:ID", "c:Date", "b:Line"]
//! ```
//!
//! Schemas of several years may differ in their namespace alone: `default-namespace` may be a list of those that a
//! document is in, and the document element has the one that it is as its attribute `xmlns`, read and written.
//!
//! An element with text alone is a field; any other is a group, in which attributes come first and text between
//! elements has no name. Names are the description's, whatever prefixes the document uses; a name whose namespace the
//! description does not have is written `{namespace}name`, so it equals none of the description's. Comments and
//! processing instructions say nothing to a mapping and are not in the tree; neither is white space between elements,
//! unless `white-space = "kept"`.
//!
//! **Units.** With `unit` a document of any length is read unit by unit: the tree of each is that of a document which
//! had it alone. What stands before the first unit, the attributes and elements of a head, is in each of these trees at
//! its place, and is written once. What stands between or behind the units could be in none of them: it is refused,
//! unless `after-units = "ignored"`. Without `unit` a document is one unit, and given once it was read to its end.

use super::{order::Order, read::XmlReader, spelling::Spelling, write::XmlWriter};
use crate::{
    charset::CharacterSet,
    layout::{Layout, UnitReader, UnitWriter, XmlNames},
    tree::Names,
};
use sluse_contracts::{MediaType, payload::Limits};
use std::{borrow::Cow, sync::Arc};

/// A checked description of documents.
#[derive(Debug, Clone)]
pub(super) struct XmlLayout {
    pub(super) names: Arc<Names>,
    pub(super) spelling: Spelling,
    /// The names that the document element may have.
    pub(super) roots: Vec<String>,
    /// The names from below the document element to the unit; none where the document is the unit.
    pub(super) unit: Vec<String>,
    /// Whether what stands between or behind the units is read over.
    pub(super) ignores_after_units: bool,
    pub(super) keeps_white_space: bool,
    pub(super) order: Order,
    /// Blanks for each level, where lines are made.
    pub(super) indent: Option<usize>,
    pub(super) set: CharacterSet,
    /// Attributes that every document element has, and what they say.
    pub(super) root_attributes: Vec<(String, String)>,
}

impl Layout for XmlLayout {
    fn format(&self) -> &'static str {
        "xml"
    }

    fn media_type(&self) -> MediaType {
        MediaType::xml()
    }

    fn names(&self) -> &Arc<Names> {
        &self.names
    }

    fn knowing(&self, names: &mut dyn Iterator<Item = &str>) -> Option<Arc<dyn Layout>> {
        Some(Arc::new(Self { names: Arc::new(self.names.with(names)), ..self.clone() }))
    }

    fn xml_names(&self) -> Option<&dyn XmlNames> {
        Some(self)
    }

    fn reader(self: Arc<Self>, limits: &Limits) -> Box<dyn UnitReader> {
        Box::new(XmlReader::new(self, limits))
    }

    fn writer(self: Arc<Self>) -> Box<dyn UnitWriter> {
        Box::new(XmlWriter::new(self))
    }
}

impl XmlNames for XmlLayout {
    fn roots(&self) -> Vec<(&str, &str, Option<usize>)> {
        let mut roots = Vec::new();
        for root in &self.roots {
            match root.split_once(':') {
                Some((prefix, local)) => {
                    let known = self.spelling.prefixes.iter().find(|(known, _)| known == prefix);
                    roots.extend(known.map(|(_, namespace)| {
                        (namespace.as_str(), local, self.spelling.default_of(namespace))
                    }));
                }
                None if self.spelling.defaults.is_empty() => {
                    roots.push(("", root.as_str(), None));
                }
                None => {
                    let defaults = self.spelling.defaults.iter().enumerate();
                    roots.extend(
                        defaults.map(|(at, default)| (default.as_str(), root.as_str(), Some(at))),
                    );
                }
            }
        }
        roots
    }

    fn element<'n>(&self, namespace: &str, local: &'n str, default: Option<usize>) -> Cow<'n, str> {
        self.spelling.element(namespace, local, default)
    }

    fn attribute<'n>(&self, namespace: &str, local: &'n str) -> Cow<'n, str> {
        self.spelling.attribute(namespace, local)
    }
}
