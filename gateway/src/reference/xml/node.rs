//! Elements, and how they are written: in all the ways of the switches.

use super::benign::{Variant, Variants};
use sluse_xml::{Document, NodeId, NodeKind};

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The namespace of `xml:lang`.
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// What stands in an element, apart from other elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Text {
    Words(String),
    /// A qualified name: a namespace and a local part, and what a dot adds to it.
    Name(String, String),
}

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) namespace: String,
    pub(super) local: String,
    /// Namespace, local name, value.
    pub(super) attributes: Vec<(String, String, String)>,
    pub(super) children: Vec<Self>,
    pub(super) text: Text,
}

impl Node {
    pub(super) fn new(namespace: &str, local: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            local: local.to_owned(),
            attributes: Vec::new(),
            children: Vec::new(),
            text: Text::Words(String::new()),
        }
    }

    pub(super) fn text(namespace: &str, local: &str, text: &str) -> Self {
        Self { text: Text::Words(text.to_owned()), ..Self::new(namespace, local) }
    }

    pub(super) fn with(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    pub(super) fn attribute(mut self, local: &str, value: &str) -> Self {
        self.attributes.push((String::new(), local.to_owned(), value.to_owned()));
        self
    }

    /// An attribute `xml:lang`.
    pub(super) fn lang(mut self, value: &str) -> Self {
        self.attributes.push((XML.to_owned(), "lang".to_owned(), value.to_owned()));
        self
    }

    /// The root element of a document.
    pub(super) fn read(document: &Document) -> Self {
        Self::read_node(document, document.document_element())
    }

    fn read_node(document: &Document, node: NodeId) -> Self {
        let mut read = Self::new(document.namespace(node), document.local(node));
        read.attributes = document
            .attributes(node)
            .map(|it| (document.namespace(it), document.local(it), document.text(it)))
            .map(|(namespace, local, text)| (namespace.into(), local.into(), text.into()))
            .collect();
        let mut text = String::new();
        for child in document.children(node) {
            match document.kind(child) {
                NodeKind::Element => read.children.push(Self::read_node(document, child)),
                NodeKind::Text => text.push_str(document.text(child)),
                _ => {}
            }
        }
        read.text = Text::Words(if read.children.is_empty() { text } else { String::new() });
        read
    }

    /// Its own words.
    pub(super) fn words(&self) -> &str {
        match &self.text {
            Text::Words(text) => text,
            Text::Name(_, local) => local,
        }
    }

    /// The first element below, itself included, of a local name.
    pub(super) fn find(&self, local: &str) -> Option<&Self> {
        if self.local == local {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(local))
    }

    /// Changes each element below, itself first.
    pub(super) fn each(&mut self, change: &mut impl FnMut(&mut Self)) {
        change(self);
        self.children.iter_mut().for_each(|child| child.each(change));
    }

    /// The document as bytes.
    pub(super) fn document(&self, variants: &Variants) -> Vec<u8> {
        let has = |variant| variants.contains(&variant);
        let encoding = match () {
            () if has(Variant::Utf16) => "UTF-16",
            () if has(Variant::Latin1) => "ISO-8859-1",
            () => "UTF-8",
        };
        let mut text = String::new();
        if !has(Variant::NoDeclaration) || encoding != "UTF-8" {
            text.push_str(&format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>"));
        }
        if has(Variant::Comments) {
            text.push_str("<!-- an answer --><?answered yes?>");
        }
        Writer { variants, text: &mut text }.element(self, &Scope::default(), 0);
        match encoding {
            "UTF-16" => std::iter::once(0xfeff)
                .chain(text.encode_utf16())
                .flat_map(u16::to_le_bytes)
                .collect(),
            "ISO-8859-1" => latin_1(&text),
            _ if has(Variant::Mark) => format!("\u{feff}{text}").into_bytes(),
            _ => text.into_bytes(),
        }
    }
}

/// ISO 8859-1, other letters as references. Names and markup of these documents are ASCII.
pub(super) fn latin_1(text: &str) -> Vec<u8> {
    let byte = |c: char| match u8::try_from(u32::from(c)) {
        Ok(byte) => vec![byte],
        Err(_) => format!("&#{};", u32::from(c)).into_bytes(),
    };
    text.chars().flat_map(byte).collect()
}

/// Namespaces in force: prefix and namespace, the innermost last.
#[derive(Debug, Clone, Default)]
struct Scope(Vec<(String, String)>);

impl Scope {
    fn namespace(&self, prefix: &str) -> &str {
        let mut all = self.0.iter().rev();
        all.find(|(each, _)| each == prefix).map_or("", |(_, namespace)| namespace)
    }

    /// A prefix that stands for a namespace here.
    fn prefix(&self, namespace: &str) -> Option<String> {
        let mut all = self.0.iter().rev();
        let found = all.find(|(prefix, each)| {
            !prefix.is_empty() && each == namespace && self.namespace(prefix) == namespace
        });
        found.map(|(prefix, _)| prefix.clone())
    }
}

struct Writer<'w> {
    variants: &'w Variants,
    text: &'w mut String,
}

impl Writer<'_> {
    fn has(&self, variant: Variant) -> bool {
        self.variants.contains(&variant)
    }

    fn element(&mut self, node: &Node, outer: &Scope, depth: usize) {
        let mut scope = outer.clone();
        let mut declared = Vec::new();
        let name = self.name(node, &mut scope, &mut declared);
        let mut written = Vec::new();
        for (namespace, local, value) in &node.attributes {
            let name = match namespace.as_str() {
                "" => local.clone(),
                XML => format!("xml:{local}"),
                namespace => {
                    format!("{}:{local}", self.prefix(namespace, &mut scope, &mut declared))
                }
            };
            written.push((name, self.lexical(value)));
        }
        if depth == 0 && self.has(Variant::SchemaLocation) {
            let prefix = self.prefix(XSI, &mut scope, &mut declared);
            let value = format!("{} elsewhere.xsd", node.namespace);
            written.push((format!("{prefix}:schemaLocation"), value));
        }
        let text = self.content(node, &mut scope, &mut declared);
        if self.has(Variant::AttributeOrder) {
            written.reverse();
        }
        declared.extend(written);
        let quote = if self.has(Variant::SingleQuotes) { '\'' } else { '"' };
        self.text.push_str(&format!("<{name}"));
        for (name, value) in &declared {
            let value = self.escaped(value);
            self.text.push_str(&format!(" {name}={quote}{value}{quote}"));
        }
        if node.children.is_empty() && text.is_empty() && !self.has(Variant::LongEmpty) {
            return self.text.push_str("/>");
        }
        self.text.push_str(&format!(">{text}"));
        for child in &node.children {
            self.between(depth + 1);
            self.element(child, &scope, depth + 1);
        }
        if !node.children.is_empty() {
            self.between(depth);
        }
        self.text.push_str(&format!("</{name}>"));
    }

    fn between(&mut self, depth: usize) {
        if self.has(Variant::Comments) {
            self.text.push_str("<!-- - -->");
        }
        if self.has(Variant::WhiteSpace) {
            self.text.push_str(&format!("\r\n{}", "\t".repeat(depth)));
        }
    }

    fn name(&self, node: &Node, scope: &mut Scope, declared: &mut Vec<(String, String)>) -> String {
        let (namespace, local) = (&node.namespace, &node.local);
        if namespace.is_empty() || self.has(Variant::DefaultNamespaces) {
            if scope.namespace("") != namespace {
                declared.push(("xmlns".to_owned(), namespace.clone()));
                scope.0.push((String::new(), namespace.clone()));
            }
            return local.clone();
        }
        format!("{}:{local}", self.prefix(namespace, scope, declared))
    }

    fn prefix(
        &self,
        namespace: &str,
        scope: &mut Scope,
        declared: &mut Vec<(String, String)>,
    ) -> String {
        scope.prefix(namespace).unwrap_or_else(|| {
            let stem = if self.has(Variant::OtherPrefixes) { "et-andet-ord-" } else { "n" };
            let prefix = format!("{stem}{}", scope.0.len());
            declared.push((format!("xmlns:{prefix}"), namespace.to_owned()));
            scope.0.push((prefix.clone(), namespace.to_owned()));
            prefix
        })
    }

    fn content(
        &self,
        node: &Node,
        scope: &mut Scope,
        declared: &mut Vec<(String, String)>,
    ) -> String {
        match &node.text {
            Text::Name(namespace, local) => {
                format!("{}:{local}", self.prefix(namespace, scope, declared))
            }
            Text::Words(text) if text.is_empty() => String::new(),
            Text::Words(text) if self.has(Variant::Sections) && !text.contains("]]>") => {
                format!("<![CDATA[{text}]]>")
            }
            Text::Words(text) => self.escaped(text),
        }
    }

    /// Booleans of these documents are attributes.
    fn lexical(&self, value: &str) -> String {
        match value {
            "true" if self.has(Variant::OtherLexicalForms) => "1".to_owned(),
            "false" if self.has(Variant::OtherLexicalForms) => "0".to_owned(),
            value => value.to_owned(),
        }
    }

    fn escaped(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                '\n' | '\r' | '\t' => out.push_str(&format!("&#{};", u32::from(c))),
                c if !c.is_ascii() && self.has(Variant::References) => {
                    out.push_str(&format!("&#x{:X};", u32::from(c)));
                }
                c => out.push(c),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_writing_says_the_same() {
        let soap = "urn:soap";
        let code = Node {
            text: Text::Name(soap.to_owned(), "Client".to_owned()),
            ..Node::new("", "faultcode")
        };
        let text = Node::text("urn:a", "Text", "Å < & \"'").attribute("more", "x").lang("da");
        let tree = Node::new(soap, "Envelope").with(code).with(text).with(Node::new("urn:a", "E"));
        for variant in Variant::ALL {
            let bytes = tree.document(&[*variant].into_iter().collect());
            let document = Document::parse(&bytes, None, &sluse_xml::Limits::default())
                .unwrap_or_else(|fault| panic!("{}: {fault}", variant.word()));
            let mut read = Node::read(&document);
            read.attributes.retain(|(namespace, ..)| namespace != XSI);
            assert_eq!(read.children[1].words(), "Å < & \"'", "{}", variant.word());
            let (prefix, local) = read.children[0].words().split_once(':').expect("a prefix");
            assert_eq!(local, "Client");
            let here = document.children(document.document_element()).find(|it| {
                document.kind(*it) == NodeKind::Element && document.local(*it) == "faultcode"
            });
            assert_eq!(document.namespace_for_prefix(here.unwrap(), prefix), Some(soap));
            assert_eq!(read.children[0].namespace, "");
        }
    }
}
