//! Documents that are invented by a schema, where its publisher gives none.
//!
//! What is made follows the schema's words, not all of its rules: whether it is valid is for validators to say.

use super::{
    Chance,
    tree::{Element, Node},
    values,
};
use sluse_xml::{Document, Limits, NodeId, NodeKind};
use std::{collections::HashMap, sync::Arc};

pub(super) const XS: &str = "http://www.w3.org/2001/XMLSchema";
/// Deeper than this what is optional is left out.
const DEPTH_WHOLE: usize = 7;
/// Deeper than this nothing is made.
const DEPTH_MAX: usize = 40;

/// A part of one of the documents.
pub(super) type Place = (usize, NodeId);

/// The documents of a schema, by what they define.
pub(crate) struct Inventor {
    documents: Vec<Document>,
    /// By kind, namespace and local name.
    defined: HashMap<(String, String, String), Place>,
}

impl Inventor {
    pub(crate) fn new<'t>(texts: impl Iterator<Item = &'t Arc<str>>) -> Self {
        let read = |text: &Arc<str>| Document::parse_text(text, &Limits::default()).ok();
        let mut inventor =
            Self { documents: texts.filter_map(read).collect(), defined: HashMap::new() };
        for at in 0..inventor.documents.len() {
            let Some(document) = inventor.documents.get(at) else { continue };
            let root = (at, document.document_element());
            let namespace = inventor.attribute(root, "targetNamespace").unwrap_or("").to_owned();
            for child in inventor.children(root) {
                if let Some(name) = inventor.attribute(child, "name") {
                    let kind = inventor.kind(child).to_owned();
                    let kind = if kind.ends_with("Type") { "type".to_owned() } else { kind };
                    let key = (kind, namespace.clone(), name.to_owned());
                    inventor.defined.entry(key).or_insert(child);
                }
            }
        }
        inventor
    }

    /// A document whose element is this one; none where the schema declares no such.
    pub(crate) fn document(&self, root: &str, chance: &mut Chance) -> Option<Element> {
        let mut found: Vec<_> =
            self.defined.iter().filter(|(key, _)| key.0 == "element" && key.2 == root).collect();
        found.sort();
        self.element(*found.first()?.1, 0, chance)
    }

    /// The local name of an element of XML Schema; empty for all else.
    pub(super) fn kind(&self, (at, node): Place) -> &str {
        let Some(document) = self.documents.get(at) else { return "" };
        let is_schema = document.kind(node) == NodeKind::Element && document.namespace(node) == XS;
        if is_schema { document.local(node) } else { "" }
    }

    pub(super) fn attribute(&self, (at, node): Place, name: &str) -> Option<&str> {
        self.documents.get(at)?.attribute(node, "", name)
    }

    pub(super) fn children(&self, (at, node): Place) -> Vec<Place> {
        let document = self.documents.get(at);
        let children = document.into_iter().flat_map(|document| document.children(node));
        children.map(|node| (at, node)).collect()
    }

    pub(super) fn child(&self, place: Place, kinds: &[&str]) -> Option<Place> {
        self.children(place).into_iter().find(|child| kinds.contains(&self.kind(*child)))
    }

    /// Namespace and local name of what an attribute names.
    pub(super) fn named(&self, place: Place, attribute: &str) -> Option<(String, String)> {
        let name = self.attribute(place, attribute)?.trim();
        Some(self.resolved(place, name))
    }

    pub(super) fn resolved(&self, place: Place, name: &str) -> (String, String) {
        let (prefix, local) = name.rsplit_once(':').unwrap_or(("", name));
        let document = self.documents.get(place.0);
        let namespace = document.and_then(|it| it.namespace_for_prefix(place.1, prefix));
        (namespace.unwrap_or_default().to_owned(), local.to_owned())
    }

    /// What is defined by a name; in a document without a namespace also what takes it into another's.
    pub(super) fn definition(
        &self,
        kind: &str,
        (namespace, local): &(String, String),
    ) -> Option<Place> {
        let key = |namespace: &str| (kind.to_owned(), namespace.to_owned(), local.clone());
        self.defined.get(&key(namespace)).or_else(|| self.defined.get(&key(""))).copied()
    }

    fn target_namespace(&self, (at, _): Place) -> &str {
        let root = self.documents.get(at).map(|document| (at, document.document_element()));
        root.and_then(|root| self.attribute(root, "targetNamespace")).unwrap_or_default()
    }

    fn is_qualified(&self, place: Place) -> bool {
        let root =
            self.documents.get(place.0).map(|document| (place.0, document.document_element()));
        let of_document = root.and_then(|root| self.attribute(root, "elementFormDefault"));
        let is_global = root.is_some_and(|root| self.children(root).contains(&place));
        is_global || self.attribute(place, "form").or(of_document) == Some("qualified")
    }

    /// An element by its declaration or reference.
    fn element(&self, place: Place, depth: usize, chance: &mut Chance) -> Option<Element> {
        if depth > DEPTH_MAX {
            return None;
        }
        if let Some(name) = self.named(place, "ref") {
            return self.element(self.definition("element", &name)?, depth, chance);
        }
        if self.attribute(place, "abstract") == Some("true") {
            return self.element(self.stands_for(place)?, depth, chance);
        }
        let namespace = if self.is_qualified(place) { self.target_namespace(place) } else { "" };
        let mut made = Element {
            name: self.attribute(place, "name")?.to_owned(),
            attributes: vec![("xmlns".to_owned(), namespace.to_owned())],
            children: Vec::new(),
        };
        if let Some(fixed) = self.attribute(place, "fixed") {
            made.children.push(Node::Text(fixed.to_owned()));
            return Some(made);
        }
        let own = self.child(place, &["complexType", "simpleType"]);
        match (own, self.named(place, "type")) {
            (Some(own), _) => self.fill(own, &mut made, depth, chance),
            (None, Some(name)) if name.0 == XS => made.value(values::built_in(&name.1, chance)),
            (None, Some(name)) => {
                let found = self.definition("type", &name)?;
                self.fill(found, &mut made, depth, chance);
            }
            (None, None) => {}
        }
        Some(made)
    }

    /// An element that may stand for an abstract one.
    fn stands_for(&self, head: Place) -> Option<Place> {
        let wanted =
            (self.target_namespace(head).to_owned(), self.attribute(head, "name")?.to_owned());
        let mut members: Vec<Place> = self
            .defined
            .iter()
            .filter(|(key, place)| {
                key.0 == "element"
                    && self.named(**place, "substitutionGroup") == Some(wanted.clone())
            })
            .map(|(_, place)| *place)
            .collect();
        members.sort();
        members.first().copied()
    }

    /// Content and attributes by a type.
    fn fill(&self, of: Place, made: &mut Element, depth: usize, chance: &mut Chance) {
        if depth > DEPTH_MAX {
            return;
        }
        if self.kind(of) == "simpleType" {
            return made.value(values::of_type(self, of, chance));
        }
        for child in self.children(of) {
            match self.kind(child) {
                "complexContent" | "simpleContent" => {
                    let Some(derived) = self.child(child, &["extension", "restriction"]) else {
                        continue;
                    };
                    let extends = self.kind(derived) == "extension";
                    let simple = self.kind(child) == "simpleContent";
                    match self.named(derived, "base") {
                        Some(base) if base.0 == XS && simple => {
                            made.value(values::built_in(&base.1, chance));
                        }
                        Some(base) if extends || simple => {
                            if let Some(base) = self.definition("type", &base) {
                                self.fill(base, made, depth + 1, chance);
                            }
                        }
                        _ => {}
                    }
                    self.fill(derived, made, depth + 1, chance);
                }
                "sequence" | "choice" | "all" | "group" => {
                    self.particle(child, made, depth, chance);
                }
                "attribute" => self.put_attribute(child, made, chance),
                "attributeGroup" => {
                    let group = self.named(child, "ref");
                    if let Some(group) =
                        group.and_then(|name| self.definition("attributeGroup", &name))
                    {
                        self.fill(group, made, depth + 1, chance);
                    }
                }
                _ => {}
            }
        }
    }

    fn particle(&self, place: Place, made: &mut Element, depth: usize, chance: &mut Chance) {
        if depth > DEPTH_MAX {
            return;
        }
        for _ in 0..self.times(place, depth, chance) {
            match self.kind(place) {
                "element" => {
                    let element = self.element(place, depth + 1, chance);
                    made.children.extend(element.map(Node::Element));
                }
                "group" => {
                    let group = self.named(place, "ref");
                    let group = group.and_then(|name| self.definition("group", &name));
                    for child in group.map(|group| self.children(group)).unwrap_or_default() {
                        self.particle(child, made, depth + 1, chance);
                    }
                }
                "choice" => {
                    let ways = ["element", "group", "sequence", "choice"];
                    let mut ways_here = self.children(place);
                    ways_here.retain(|child| ways.contains(&self.kind(*child)));
                    if let Some(way) = chance.pick(&ways_here) {
                        self.particle(*way, made, depth, chance);
                    }
                }
                "sequence" | "all" => {
                    for child in self.children(place) {
                        self.particle(child, made, depth, chance);
                    }
                }
                _ => {}
            }
        }
    }

    fn times(&self, place: Place, depth: usize, chance: &mut Chance) -> usize {
        let number = |name| self.attribute(place, name).map(|text| text.trim().parse::<usize>());
        let least = number("minOccurs").and_then(Result::ok).unwrap_or(1);
        let most = match number("maxOccurs") {
            None => 1.max(least),
            Some(most) => most.unwrap_or(usize::MAX),
        };
        let wanted = if depth > DEPTH_WHOLE || chance.one_in(3) { 0 } else { 1 + chance.below(2) };
        wanted.clamp(least.min(20), most.max(least.min(20)))
    }

    fn put_attribute(&self, place: Place, made: &mut Element, chance: &mut Chance) {
        let used = self.attribute(place, "use");
        if used == Some("prohibited") || (used != Some("required") && chance.one_in(2)) {
            return;
        }
        // Attributes of other schemas are those of XML itself, which are optional.
        let Some(name) = self.attribute(place, "name") else { return };
        let value = match (self.attribute(place, "fixed"), self.named(place, "type")) {
            (Some(fixed), _) => fixed.to_owned(),
            (None, Some(name)) => values::of_name(self, &name, chance),
            (None, None) => match self.child(place, &["simpleType"]) {
                Some(own) => values::of_type(self, own, chance),
                None => "text".to_owned(),
            },
        };
        if made.attributes.iter().all(|(known, _)| known != name) {
            made.attributes.push((name.to_owned(), value));
        }
    }
}

impl Element {
    fn value(&mut self, value: String) {
        self.children = vec![Node::Text(value)];
    }
}
