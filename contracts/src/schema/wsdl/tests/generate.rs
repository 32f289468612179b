//! Valid instances from schema documents, by a reading of their own: nothing here asks the engine.

use regex::Regex;
use sluse_xml::{Document, Limits, NodeId, NodeKind};
use std::{
    cell::Cell,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

const XS: &str = "http://www.w3.org/2001/XMLSchema";
/// The namespace of `xsi:type`, whose value here is a namespace and a name with a space between.
pub(super) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// Deeper than this no optional element is written.
const DEPTH_MAX: usize = 5;

pub(super) type Name = (String, String);

/// An element that is written, and what is known of its declaration.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) name: Name,
    pub(super) attributes: Vec<Attribute>,
    pub(super) content: Content,
    /// Whether it must stand where it does.
    pub(super) required: bool,
    /// Whether its type has no wildcard for elements, and none for attributes.
    pub(super) closed: (bool, bool),
}

#[derive(Debug, Clone)]
pub(super) struct Attribute {
    pub(super) name: Name,
    pub(super) value: String,
    pub(super) required: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    /// A value, and one that does not fit where there is any.
    Value(String, Option<String>),
    Elements(Vec<Element>),
    /// Anything: `xs:anyType` and mixed content.
    Anything(Vec<Element>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    document: usize,
    node: NodeId,
}

/// Schema documents, by what they declare.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    documents: Vec<Document>,
    /// Declarations by kind and name.
    found: HashMap<(&'static str, Name), At>,
    /// Whether optional parts are written.
    pub(super) full: bool,
    ids: Cell<u32>,
}

/// What is known of a simple type along its chain of restrictions.
#[derive(Debug, Default, Clone)]
struct Facets {
    base: String,
    enumeration: Vec<String>,
    patterns: Vec<Vec<String>>,
    numbers: HashMap<&'static str, i64>,
}

const KINDS: [&str; 6] =
    ["element", "attribute", "complexType", "simpleType", "group", "attributeGroup"];
const NUMBERS: [&str; 9] = [
    "length",
    "minLength",
    "maxLength",
    "totalDigits",
    "fractionDigits",
    "minInclusive",
    "maxInclusive",
    "minExclusive",
    "maxExclusive",
];

impl Schemas {
    pub(super) fn read(texts: &BTreeMap<String, Arc<str>>) -> Self {
        let mut schemas = Self::default();
        for text in texts.values() {
            let document = Document::parse_text(text, &Limits::default()).unwrap();
            let at = schemas.documents.len();
            let root = document.document_element();
            let target = document.attribute(root, "", "targetNamespace").unwrap_or_default();
            for node in document.children(root) {
                let local = document.local(node);
                let kind = KINDS.into_iter().find(|kind| *kind == local);
                let name = document.attribute(node, "", "name");
                if let (Some(kind), Some(name)) = (kind, name) {
                    let name = (target.to_owned(), name.to_owned());
                    schemas.found.entry((kind, name)).or_insert(At { document: at, node });
                }
            }
            schemas.documents.push(document);
        }
        schemas
    }

    /// An instance of a declaration at the top.
    pub(super) fn instance(&self, namespace: &str, local: &str) -> Element {
        let at = self.find("element", &(namespace.to_owned(), local.to_owned()));
        self.element(at.unwrap_or_else(|| panic!("{namespace} {local}")), 0)
    }

    fn find(&self, kind: &'static str, name: &Name) -> Option<At> {
        self.found.get(&(kind, name.clone())).copied()
    }

    fn document(&self, at: At) -> &Document {
        &self.documents[at.document]
    }

    fn attribute(&self, at: At, local: &str) -> Option<&str> {
        self.document(at).attribute(at.node, "", local)
    }

    fn local(&self, at: At) -> &str {
        self.document(at).local(at.node)
    }

    fn children(&self, at: At) -> Vec<At> {
        let document = self.document(at);
        let elements = document
            .children(at.node)
            .filter(|node| document.kind(*node) == NodeKind::Element)
            .filter(|node| document.local(*node) != "annotation");
        elements.map(|node| At { node, ..at }).collect()
    }

    fn child(&self, at: At, local: &str) -> Option<At> {
        self.children(at).into_iter().find(|child| self.local(*child) == local)
    }

    /// The name that an attribute refers to.
    fn reference(&self, at: At, local: &str) -> Option<Name> {
        self.name_of(at, self.attribute(at, local)?)
    }

    fn name_of(&self, at: At, text: &str) -> Option<Name> {
        let (prefix, name) = text.split_once(':').unwrap_or(("", text));
        let namespace = self.document(at).namespace_for_prefix(at.node, prefix);
        Some((namespace.unwrap_or_default().to_owned(), name.to_owned()))
    }

    fn target(&self, at: At) -> &str {
        let document = self.document(at);
        document.attribute(document.document_element(), "", "targetNamespace").unwrap_or_default()
    }

    /// Whether a declaration inside a type has the namespace of its schema.
    fn is_qualified(&self, at: At, default: &str) -> bool {
        let document = self.document(at);
        let of_schema = document.attribute(document.document_element(), "", default);
        self.attribute(at, "form").or(of_schema) == Some("qualified")
    }

    fn name(&self, at: At, default: &str) -> Name {
        let local = self.attribute(at, "name").unwrap().to_owned();
        let is_global =
            self.document(at).parent(at.node) == Some(self.document(at).document_element());
        let has_namespace = is_global || self.is_qualified(at, default);
        (if has_namespace { self.target(at).to_owned() } else { String::new() }, local)
    }

    fn element(&self, at: At, depth: usize) -> Element {
        let required = self.attribute(at, "minOccurs") != Some("0");
        if let Some(name) = self.reference(at, "ref") {
            let declared = self.find("element", &name).unwrap_or_else(|| panic!("{name:?}"));
            return Element { required, ..self.element(declared, depth) };
        }
        let mut element = Element {
            name: self.name(at, "elementFormDefault"),
            attributes: Vec::new(),
            content: Content::Anything(Vec::new()),
            required,
            closed: (true, true),
        };
        if let Some(fixed) = self.attribute(at, "fixed") {
            element.content = Content::Value(fixed.to_owned(), None);
        } else if let Some(name) = self.reference(at, "type") {
            self.named_type(&name, &mut element, depth);
        } else if let Some(inner) = self.child(at, "complexType") {
            self.complex(inner, &mut element, depth);
        } else if let Some(inner) = self.child(at, "simpleType") {
            element.content = self.value(&self.simple(inner));
        }
        element
    }

    fn named_type(&self, name: &Name, element: &mut Element, depth: usize) {
        if let Some(complex) = self.find("complexType", name) {
            self.complex(complex, element, depth);
        } else if name.0 == XS && name.1 == "anyType" {
            element.closed = (false, false);
        } else {
            element.content = self.value(&self.simple_named(name));
        }
    }

    fn complex(&self, at: At, element: &mut Element, depth: usize) {
        if self.attribute(at, "abstract") == Some("true") {
            let (name, concrete) = self.derived(at);
            let value = format!("{} {}", name.0, name.1);
            let xsi = (XSI.to_owned(), "type".to_owned());
            element.attributes.push(Attribute { name: xsi, value, required: false });
            return self.complex(concrete, element, depth);
        }
        let mut elements = Vec::new();
        if let Some(simple) = self.child(at, "simpleContent") {
            let inner = self.children(simple)[0];
            let base = self.reference(inner, "base").unwrap();
            self.named_type(&base, element, depth);
            self.attributes(inner, element);
            return;
        }
        self.contents(at, &mut elements, element, depth);
        let mixed = self.attribute(at, "mixed") == Some("true");
        element.content =
            if mixed { Content::Anything(elements) } else { Content::Elements(elements) };
    }

    /// A type that is derived from an abstract one.
    fn derived(&self, at: At) -> (Name, At) {
        let name = self.name(at, "elementFormDefault");
        let mut all: Vec<_> =
            self.found.iter().filter(|((kind, _), _)| *kind == "complexType").collect();
        all.sort_by_key(|((_, name), _)| name.clone());
        let is_derived = |found: At| {
            let content = self.child(found, "complexContent");
            let inner = content.map(|content| self.children(content)[0]);
            inner.and_then(|inner| self.reference(inner, "base")) == Some(name.clone())
        };
        let (key, found) = all.into_iter().find(|(_, found)| is_derived(**found)).unwrap();
        (key.1.clone(), *found)
    }

    /// The particles and attributes of a complex type, those it inherits first.
    fn contents(&self, at: At, elements: &mut Vec<Element>, element: &mut Element, depth: usize) {
        for child in self.children(at) {
            match self.local(child) {
                "complexContent" => {
                    let inner = self.children(child)[0];
                    let base = self.reference(inner, "base").unwrap();
                    if let Some(base) = self.find("complexType", &base) {
                        if self.local(inner) == "extension" {
                            self.contents(base, elements, element, depth);
                        } else {
                            self.attributes(base, element);
                        }
                    }
                    self.contents(inner, elements, element, depth);
                    return;
                }
                "sequence" | "all" | "choice" | "group" => {
                    self.particle(child, elements, element, depth, true);
                }
                _ => {}
            }
        }
        self.attributes(at, element);
    }

    fn particle(
        &self,
        at: At,
        elements: &mut Vec<Element>,
        parent: &mut Element,
        depth: usize,
        surely: bool,
    ) {
        let occurs: usize = self.attribute(at, "minOccurs").map_or(1, |text| text.parse().unwrap());
        let max = self.attribute(at, "maxOccurs");
        let surely = surely && occurs > 0;
        if self.local(at) == "any" {
            parent.closed.0 = false;
        }
        let times = if occurs == 0 && self.full && depth < DEPTH_MAX { 1 } else { occurs };
        if max == Some("0") {
            return;
        }
        for _ in 0..times {
            match self.local(at) {
                "element" => {
                    let written = self.element(at, depth + 1);
                    let required = surely && occurs == 1 && times == 1;
                    elements.push(Element { required, ..written });
                }
                "sequence" | "all" => {
                    for child in self.children(at) {
                        self.particle(child, elements, parent, depth, surely);
                    }
                }
                "choice" => {
                    // What follows is the same whichever is chosen; wildcards of all count.
                    let children = self.children(at);
                    if children.iter().any(|child| self.local(*child) == "any") {
                        parent.closed.0 = false;
                    }
                    let first = children.iter().find(|child| self.local(**child) != "any");
                    if let Some(first) = first {
                        self.particle(*first, elements, parent, depth, false);
                    }
                }
                "group" => {
                    let name = self.reference(at, "ref").unwrap();
                    let group = self.find("group", &name).unwrap();
                    for child in self.children(group) {
                        self.particle(child, elements, parent, depth, surely);
                    }
                }
                "any" if self.attribute(at, "processContents").is_none_or(|p| p == "strict") => {
                    let any = self.any_declared(at);
                    assert!(any.is_some() || occurs == 0);
                    elements.extend(any.map(|any| Element { required: false, ..any }));
                }
                "any" if occurs > 0 => {
                    elements.push(Element {
                        name: ("urn:anything".into(), "any".into()),
                        attributes: Vec::new(),
                        content: Content::Anything(Vec::new()),
                        required: false,
                        closed: (false, false),
                    });
                }
                _ => {}
            }
        }
    }

    /// An element that a wildcard lets in: declared at the top, of a type of XML Schema itself.
    fn any_declared(&self, wildcard: At) -> Option<Element> {
        let target = self.target(wildcard);
        let barred = |name: &Name| {
            self.attribute(wildcard, "namespace") == Some("##other") && name.0 == target
        };
        let mut all: Vec<_> =
            self.found.iter().filter(|((kind, _), _)| *kind == "element").collect();
        all.sort_by_key(|((_, name), _)| name.clone());
        let is_plain = |at: At| self.reference(at, "type").is_some_and(|name| name.0 == XS);
        let found = all.into_iter().find(|((_, name), at)| is_plain(**at) && !barred(name));
        found.map(|(_, at)| self.element(*at, DEPTH_MAX))
    }

    fn attributes(&self, at: At, element: &mut Element) {
        for child in self.children(at) {
            match self.local(child) {
                "attribute" => {
                    let required = self.attribute(child, "use") == Some("required");
                    let prohibited = self.attribute(child, "use") == Some("prohibited");
                    let declared = self.reference(child, "ref");
                    let declared =
                        declared.map_or(Some(child), |name| self.find("attribute", &name));
                    let Some(declared) = declared else { continue };
                    if prohibited || !(required || self.full) {
                        continue;
                    }
                    let name = self.name(declared, "attributeFormDefault");
                    let value = match self.attribute(declared, "fixed") {
                        Some(fixed) => fixed.to_owned(),
                        None => self.attribute_value(declared),
                    };
                    element.attributes.retain(|each| each.name != name);
                    element.attributes.push(Attribute { name, value, required });
                }
                "attributeGroup" => {
                    let name = self.reference(child, "ref").unwrap();
                    let group = self.find("attributeGroup", &name);
                    if let Some(group) = group {
                        self.attributes(group, element);
                    }
                }
                "anyAttribute" => element.closed.1 = false,
                "complexContent" | "extension" => self.attributes(child, element),
                _ => {}
            }
        }
    }

    fn attribute_value(&self, at: At) -> String {
        let facets = match (self.reference(at, "type"), self.child(at, "simpleType")) {
            (Some(name), _) => self.simple_named(&name),
            (None, Some(inner)) => self.simple(inner),
            (None, None) => Facets::of("string"),
        };
        match self.value(&facets) {
            Content::Value(value, _) => value,
            other => panic!("{other:?}"),
        }
    }

    fn simple_named(&self, name: &Name) -> Facets {
        if name.0 == XS {
            return Facets::of(&name.1);
        }
        let at = self.find("simpleType", name).unwrap_or_else(|| panic!("{name:?}"));
        self.simple(at)
    }

    fn simple(&self, at: At) -> Facets {
        let Some(restriction) = self.child(at, "restriction") else {
            // The first member of a union, or one item of a list.
            let inner = self.children(at)[0];
            let member = ["memberTypes", "itemType"]
                .into_iter()
                .find_map(|local| self.attribute(inner, local))
                .and_then(|text| self.name_of(inner, text.split_whitespace().next()?));
            let mut facets = match member {
                Some(name) => self.simple_named(&name),
                None => self.simple(self.child(inner, "simpleType").unwrap()),
            };
            facets.base = format!("{}?", facets.base);
            return facets;
        };
        let base = self.reference(restriction, "base");
        let mut facets = match base {
            Some(name) => self.simple_named(&name),
            None => self.simple(self.child(restriction, "simpleType").unwrap()),
        };
        let mut patterns = Vec::new();
        let mut enumeration = Vec::new();
        for facet in self.children(restriction) {
            let value = self.attribute(facet, "value").unwrap_or_default().to_owned();
            match self.local(facet) {
                "enumeration" => enumeration.push(value),
                "pattern" => patterns.push(value),
                local => {
                    let known = NUMBERS.into_iter().find(|each| *each == local);
                    if let (Some(known), Ok(number)) = (known, value.parse()) {
                        facets.numbers.insert(known, number);
                    }
                }
            }
        }
        if !patterns.is_empty() {
            facets.patterns.push(patterns);
        }
        if !enumeration.is_empty() {
            facets.enumeration = enumeration;
        }
        facets
    }

    fn value(&self, facets: &Facets) -> Content {
        let id = self.ids.get() + 1;
        self.ids.set(id);
        let valid = facets.valid(id);
        let invalid = facets.invalid();
        Content::Value(valid, invalid)
    }
}

impl Facets {
    fn of(base: &str) -> Self {
        Self { base: base.to_owned(), ..Self::default() }
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.numbers.get(name).copied()
    }

    fn valid(&self, id: u32) -> String {
        if let Some(first) = self.enumeration.first() {
            return first.clone();
        }
        let fits = |text: &String| self.fits(text);
        if let Some(found) = self.samples(id).into_iter().find(fits) {
            return found;
        }
        for pattern in self.patterns.iter().flatten() {
            if let Some(found) = from_pattern(pattern).into_iter().find(fits) {
                return found;
            }
        }
        panic!("nothing fits {self:?}")
    }

    fn samples(&self, id: u32) -> Vec<String> {
        let word: &[&str] = match self.base.trim_end_matches('?') {
            "boolean" => &["true"],
            "date" => &["2024-02-29"],
            "dateTime" => &["2024-02-29T12:00:00Z"],
            "time" => &["12:00:00"],
            "gYear" => &["2024"],
            "gYearMonth" => &["2024-02"],
            "gMonthDay" => &["--02-29"],
            "gDay" => &["---29"],
            "gMonth" => &["--02"],
            "duration" => &["P1D"],
            "base64Binary" => &["YWJj"],
            "hexBinary" => &["0aff"],
            "anyURI" => &["urn:uuid:5b6dd9a0-0a3f-4a4c-8f5e-0d9c7f0f8c11", "urn:a"],
            "language" => &["da"],
            "QName" => &["a"],
            "ID" | "IDREF" | "NCName" => return vec![format!("i{id}")],
            "string" | "normalizedString" | "token" | "anySimpleType" | "Name" | "NMTOKEN" => {
                let length = ["length", "minLength"].iter().find_map(|each| self.number(each));
                let length = length.map_or(3, |length| usize::try_from(length).unwrap());
                let word =
                    ["5b6dd9a0-0a3f-4a4c-8f5e-0d9c7f0f8c11", "2024-02-29", "a@b.dk", "1", "DK"];
                let mut all = vec!["x".repeat(length), "1".repeat(length), "x".into()];
                all.extend(word.map(str::to_owned));
                return all;
            }
            _ => {
                let least =
                    ["minInclusive", "minExclusive"].iter().find_map(|each| self.number(each));
                let least = least.map_or(1, |least| least + 1);
                return [least, 1, 0, 10, 100, 1000].iter().map(|n| format!("{n}")).collect();
            }
        };
        word.iter().map(|text| (*text).to_owned()).collect()
    }

    /// As far as samples need it.
    fn fits(&self, text: &str) -> bool {
        let length = i64::try_from(text.chars().count()).unwrap();
        let is_text = self.base.contains("tring") || self.base == "token" || self.base == "anyURI";
        let lengths = !is_text
            || (self.number("length").is_none_or(|n| n == length)
                && self.number("minLength").is_none_or(|n| n <= length)
                && self.number("maxLength").is_none_or(|n| n >= length));
        let number: Option<i64> = text.parse().ok();
        let bounds = is_text
            || number.is_none_or(|number| {
                self.number("minInclusive").is_none_or(|n| n <= number)
                    && self.number("maxInclusive").is_none_or(|n| n >= number)
                    && self.number("maxExclusive").is_none_or(|n| n > number)
            });
        let matches = |all: &Vec<String>| all.iter().any(|each| anchored(each).is_match(text));
        lengths && bounds && self.patterns.iter().all(matches)
    }

    /// A value that no reading of the type takes, where one is known.
    fn invalid(&self) -> Option<String> {
        const STRANGE: &str = "¤¤";
        let is_free = matches!(
            self.base.as_str(),
            "string" | "normalizedString" | "token" | "anyURI" | "anySimpleType"
        );
        if self.base.ends_with('?') || self.base == "ID" || self.base == "IDREF" {
            return None;
        }
        if !self.enumeration.is_empty() || !is_free {
            return Some(STRANGE.to_owned());
        }
        if let Some(max) = self.number("maxLength").or(self.number("length")) {
            return Some("x".repeat(usize::try_from(max).unwrap() + 1))
                .filter(|_| self.base != "anyURI");
        }
        let refuses = |all: &Vec<String>| all.iter().all(|each| !anchored(each).is_match(STRANGE));
        self.patterns.iter().any(refuses).then(|| STRANGE.to_owned())
    }
}

/// A pattern of XML Schema as one of the crate `regex`, as far as published schemas here need it.
fn plain(pattern: &str) -> String {
    pattern.replace("\\i", "[A-Za-z_:]").replace("\\c", "[A-Za-z0-9._:-]").replace("\\d", "[0-9]")
}

fn anchored(pattern: &str) -> Regex {
    Regex::new(&format!("^(?:{})$", plain(pattern))).unwrap_or_else(|e| panic!("{pattern} {e}"))
}

fn from_pattern(pattern: &str) -> Vec<String> {
    use proptest::{
        strategy::{Strategy, ValueTree},
        test_runner::TestRunner,
    };
    let strategy = proptest::string::string_regex(&plain(pattern)).unwrap();
    let mut runner = TestRunner::deterministic();
    let mut made = || strategy.new_tree(&mut runner).unwrap().current();
    let is_plain = |text: &String| text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    (0..2_000).map(|_| made()).filter(is_plain).collect()
}
