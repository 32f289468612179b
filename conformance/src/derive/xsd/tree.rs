//! An XML document that can be changed: names, attributes, order and text, written again with its prefixes.

use sluse_xml::{Document, NodeId, NodeKind};
use std::fmt::Write as _;

/// The namespace of `xsi:type` and `xsi:nil`.
pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// An expanded name; no namespace is empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name {
    pub(crate) namespace: String,
    pub(crate) local: String,
}

impl Name {
    pub(crate) fn new(namespace: &str, local: &str) -> Self {
        Self { namespace: namespace.to_owned(), local: local.to_owned() }
    }
}

/// Where an element stands: from the root, the number of each child element, from 0.
pub(crate) type At = Vec<usize>;

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Attribute {
    pub(crate) name: Name,
    pub(crate) prefix: String,
    pub(crate) value: String,
}

/// What stands in an element.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Child {
    Element(Element),
    Text(String),
}

/// An element.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Element {
    pub(crate) name: Name,
    /// The prefix that it is written with where that stands for its namespace.
    pub(crate) prefix: String,
    /// Prefixes that it declares, the empty one among them.
    pub(crate) declarations: Vec<(String, String)>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) children: Vec<Child>,
}

impl Element {
    /// An empty element.
    pub(crate) fn new(name: Name) -> Self {
        Self {
            name,
            prefix: String::new(),
            declarations: Vec::new(),
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    /// The root element of a document; comments and processing instructions are left out.
    pub(crate) fn read(document: &Document) -> Self {
        Self::read_node(document, document.document_element())
    }

    fn read_node(document: &Document, node: NodeId) -> Self {
        let name = |node| Name::new(document.namespace(node), document.local(node));
        let prefix = |node| document.prefix(node).to_owned();
        let attributes = document.attributes(node).map(|each| Attribute {
            name: name(each),
            prefix: prefix(each),
            value: document.text(each).to_owned(),
        });
        let children = document.children(node).filter_map(|child| match document.kind(child) {
            NodeKind::Element => Some(Child::Element(Self::read_node(document, child))),
            NodeKind::Text => Some(Child::Text(document.text(child).to_owned())),
            _ => None,
        });
        let declared = document.declarations(node);
        Self {
            name: name(node),
            prefix: prefix(node),
            declarations: declared.map(|(p, n)| (p.to_owned(), n.to_owned())).collect(),
            attributes: attributes.collect(),
            children: children.collect(),
        }
    }

    /// Its child elements.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        })
    }

    /// How many child elements it has.
    pub(crate) fn element_count(&self) -> usize {
        self.elements().count()
    }

    /// The element at a place below.
    pub(crate) fn at(&self, at: &[usize]) -> Option<&Self> {
        match at.split_first() {
            None => Some(self),
            Some((first, rest)) => self.elements().nth(*first)?.at(rest),
        }
    }

    /// The element at a place below, to be changed.
    pub(crate) fn at_mut(&mut self, at: &[usize]) -> Option<&mut Self> {
        let Some((first, rest)) = at.split_first() else { return Some(self) };
        let mut elements = self.children.iter_mut().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        });
        elements.nth(*first)?.at_mut(rest)
    }

    /// Its own text.
    pub(crate) fn text(&self) -> String {
        let texts = self.children.iter().filter_map(|child| match child {
            Child::Text(text) => Some(text.as_str()),
            Child::Element(_) => None,
        });
        texts.collect()
    }

    /// Makes a text of all that stands in it.
    pub(crate) fn set_text(&mut self, text: &str) {
        self.children = match text {
            "" => Vec::new(),
            text => vec![Child::Text(text.to_owned())],
        };
    }

    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &Name) -> Option<&str> {
        let mut all = self.attributes.iter();
        all.find(|each| each.name == *name).map(|each| each.value.as_str())
    }

    /// Gives an attribute a value.
    pub(crate) fn set_attribute(&mut self, name: &Name, value: &str) {
        match self.attributes.iter_mut().find(|each| each.name == *name) {
            Some(found) => value.clone_into(&mut found.value),
            None => self.attributes.push(Attribute {
                name: name.clone(),
                prefix: String::new(),
                value: value.to_owned(),
            }),
        }
    }

    /// Takes an attribute away.
    pub(crate) fn remove_attribute(&mut self, name: &Name) {
        self.attributes.retain(|each| each.name != *name);
    }

    /// Where the child element of a number stands among all children; of one more than there are, the end.
    fn position(&self, index: usize) -> usize {
        let mut elements = self.children.iter().enumerate();
        let mut elements = elements.by_ref().filter(|(_, each)| matches!(each, Child::Element(_)));
        elements.nth(index).map_or(self.children.len(), |(at, _)| at)
    }

    /// Puts an element before the child element of a number.
    pub(crate) fn insert(&mut self, index: usize, element: Self) {
        let at = self.position(index);
        self.children.insert(at, Child::Element(element));
    }

    /// Takes the child element of a number out.
    pub(crate) fn remove(&mut self, index: usize) -> Option<Self> {
        let at = self.position(index);
        if at >= self.children.len() {
            return None;
        }
        match self.children.remove(at) {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        }
    }

    /// The document: a declaration and the element.
    pub(crate) fn document(&self) -> String {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.write(&mut text, &mut Scope::default());
        text
    }

    /// The element without a declaration of XML before it.
    pub(crate) fn written(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, &mut Scope::default());
        text
    }

    fn write(&self, text: &mut String, scope: &mut Scope) {
        let outer = scope.0.len();
        let mut declared: Vec<(String, String)> = self.declarations.clone();
        scope.0.extend(declared.iter().cloned());
        let element = scope.prefix(&self.name.namespace, &self.prefix, false, &mut declared);
        let attributes: Vec<String> = self
            .attributes
            .iter()
            .map(|each| scope.prefix(&each.name.namespace, &each.prefix, true, &mut declared))
            .collect();
        text.push('<');
        push_name(text, &element, &self.name.local);
        for (prefix, namespace) in &declared {
            let name = if prefix.is_empty() { "xmlns" } else { "xmlns:" };
            let _ = write!(text, " {name}{prefix}=\"{}\"", escaped(namespace));
        }
        for (each, prefix) in self.attributes.iter().zip(&attributes) {
            text.push(' ');
            push_name(text, prefix, &each.name.local);
            let _ = write!(text, "=\"{}\"", escaped(&each.value));
        }
        if self.children.is_empty() {
            text.push_str("/>");
        } else {
            text.push('>');
            for child in &self.children {
                match child {
                    Child::Element(child) => child.write(text, scope),
                    Child::Text(each) => text.push_str(&escaped(each)),
                }
            }
            text.push_str("</");
            push_name(text, &element, &self.name.local);
            text.push('>');
        }
        scope.0.truncate(outer);
    }
}

/// The prefixes that are declared so far, the innermost last.
#[derive(Default)]
struct Scope(Vec<(String, String)>);

impl Scope {
    fn namespace(&self, prefix: &str) -> &str {
        let mut all = self.0.iter().rev();
        all.find(|(each, _)| each == prefix).map_or("", |(_, namespace)| namespace)
    }

    /// The prefix for a name, declared where nothing stands for its namespace yet.
    fn prefix(
        &mut self,
        namespace: &str,
        wanted: &str,
        is_attribute: bool,
        declared: &mut Vec<(String, String)>,
    ) -> String {
        if namespace == sluse_xml::XML_NAMESPACE {
            return "xml".to_owned();
        }
        if namespace.is_empty() {
            if !is_attribute && !self.namespace("").is_empty() {
                self.declare(String::new(), String::new(), declared);
            }
            return String::new();
        }
        let usable = |prefix: &str| !(is_attribute && prefix.is_empty());
        if usable(wanted) && self.namespace(wanted) == namespace {
            return wanted.to_owned();
        }
        let found = self.0.iter().rev().find(|(prefix, each)| {
            each == namespace && usable(prefix) && self.namespace(prefix) == namespace
        });
        if let Some((prefix, _)) = found {
            return prefix.clone();
        }
        let prefix = match namespace {
            XSI => "xsi".to_owned(),
            _ if usable(wanted) && !wanted.is_empty() && self.namespace(wanted).is_empty() => {
                wanted.to_owned()
            }
            _ => format!("n{}", self.0.len() + 1),
        };
        self.declare(prefix.clone(), namespace.to_owned(), declared);
        prefix
    }

    fn declare(&mut self, prefix: String, namespace: String, declared: &mut Vec<(String, String)>) {
        declared.retain(|(each, _)| *each != prefix);
        declared.push((prefix.clone(), namespace.clone()));
        self.0.push((prefix, namespace));
    }
}

fn push_name(text: &mut String, prefix: &str, local: &str) {
    text.push_str(prefix);
    if !prefix.is_empty() {
        text.push(':');
    }
    text.push_str(local);
}

/// Text as it stands in content and between quotes: line ends survive being read.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            c => out.push(c),
        }
    }
    out
}

/// The node of a document at a place.
pub(crate) fn node_at(document: &Document, at: &[usize]) -> Option<NodeId> {
    let mut node = document.document_element();
    for index in at {
        let children = document.children(node);
        let mut elements = children.filter(|child| document.kind(*child) == NodeKind::Element);
        node = elements.nth(*index)?;
    }
    Some(node)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluse_xml::Limits;

    fn parse(text: &str) -> Document {
        Document::parse(text.as_bytes(), None, &Limits::default()).unwrap()
    }

    #[test]
    fn what_is_written_says_what_was_read() {
        for text in [
            "<a/>",
            "<a xmlns='urn:a' x='1'>t<b xmlns=''/>&amp;<p:c xmlns:p='urn:p' p:y='&lt;&#13;'/></a>",
            "<p:a xmlns:p='urn:1'><p:a xmlns:p='urn:2'><p:b/></p:a></p:a>",
            "<a xml:lang='da'>æ &quot;</a>",
        ] {
            let read = Element::read(&parse(text));
            let again = Element::read(&parse(&read.document()));
            assert_eq!(read, again, "{}", read.document());
        }
    }

    #[test]
    fn a_new_element_declares_what_it_needs() {
        let mut root = Element::read(&parse("<a xmlns='urn:a'><b/></a>"));
        let mut added = Element::new(Name::new("urn:b", "c"));
        added.set_attribute(&Name::new(XSI, "nil"), "true");
        added.insert(0, Element::new(Name::new("", "d")));
        root.insert(1, added);
        assert_eq!(
            root.written(),
            "<a xmlns=\"urn:a\"><b/><n2:c xmlns:n2=\"urn:b\" xmlns:xsi=\
             \"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"><d xmlns=\"\"/></n2:c></a>"
        );
        let document = parse(&root.document());
        let node = node_at(&document, &[1, 0]).unwrap();
        assert_eq!(document.path(node), "/a[1]/n2:c[1]/d[1]");
    }
}
