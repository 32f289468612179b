//! What a document says, looked up by local names alone: no namespace, no prefix, no mapping.

use sluse_contracts::payload::Limits;
use sluse_xml::{Document, NodeId, NodeKind};
use std::collections::BTreeMap;

/// Values by their paths, with how often each stands there.
pub(crate) type Values = BTreeMap<(String, String), usize>;

/// A document to look things up in.
pub(crate) struct Fields(Document);

/// An element of it.
#[derive(Clone, Copy)]
pub(crate) struct Element<'f> {
    document: &'f Document,
    node: NodeId,
}

impl Fields {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let limits = sluse_contracts::payload::xml_limits(&Limits::default());
        Self(Document::parse(bytes, None, &limits).unwrap())
    }

    pub(crate) fn root(&self) -> Element<'_> {
        Element { document: &self.0, node: self.0.document_element() }
    }

    /// Each value by its path, with how often it stands there; elements that hold others have none.
    pub(crate) fn values(&self) -> Values {
        let mut values = BTreeMap::new();
        for node in self.0.descendants(self.0.root()) {
            if self.0.kind(node) != NodeKind::Element {
                continue;
            }
            let element = Element { document: &self.0, node };
            let path = element.path();
            if !element.text().trim().is_empty() {
                let value = element.text().split_whitespace().collect::<String>();
                *values.entry((path.clone(), value)).or_insert(0) += 1;
            }
            for attribute in self.0.attributes(node) {
                let path = format!("{path}/@{}", self.0.local(attribute));
                *values.entry((path, self.0.text(attribute).to_owned())).or_insert(0) += 1;
            }
        }
        values
    }
}

impl<'f> Element<'f> {
    pub(crate) fn name(&self) -> &'f str {
        self.document.local(self.node)
    }

    /// All elements that names with `/` between them lead to.
    pub(crate) fn all(self, path: &str) -> Vec<Self> {
        let mut found = vec![self];
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let below = |element: Self| {
                let document = element.document;
                let children = document.children(element.node);
                let named = children.filter(move |node| {
                    document.kind(*node) == NodeKind::Element && document.local(*node) == name
                });
                named.map(move |node| Self { document, node }).collect::<Vec<_>>()
            };
            found = found.into_iter().flat_map(below).collect();
        }
        found
    }

    /// The text of the first of them; empty where there is none. After `@` stands the name of an attribute.
    pub(crate) fn get(self, path: &str) -> String {
        let (path, attribute) = path.split_once('@').unwrap_or((path, ""));
        let Some(first) = self.all(path).into_iter().next() else { return String::new() };
        match attribute {
            "" => first.text(),
            name => self.document.attribute(first.node, "", name).unwrap_or_default().to_owned(),
        }
    }

    fn text(self) -> String {
        let children = self.document.children(self.node);
        let texts = children.filter(|node| self.document.kind(*node) == NodeKind::Text);
        texts.map(|node| self.document.text(node)).collect()
    }

    fn path(self) -> String {
        let parent = self.document.parent(self.node);
        let parent = parent.filter(|node| self.document.kind(*node) == NodeKind::Element);
        let above = parent.map(|node| Self { node, ..self }.path()).unwrap_or_default();
        format!("{above}/{}", self.name())
    }
}

/// What the one says and the other does not.
pub(crate) fn differences(one: &Values, other: &Values) -> Vec<String> {
    let beyond = |here: &Values, there: &Values, mark: &str| {
        let more = here.iter().filter(|(value, count)| there.get(*value) != Some(*count));
        more.map(|((path, value), _)| format!("{mark} {path} {value}")).collect::<Vec<_>>()
    };
    [beyond(one, other, "+"), beyond(other, one, "-")].concat()
}

/// A decimal in hundredths, which is exact for amounts.
pub(crate) fn hundredths(text: &str) -> i64 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let decimals = format!("{decimals:0<2}");
    assert!(decimals.trim_end_matches('0').len() <= 2, "{text}");
    sign * format!("{whole}{}", &decimals[..2]).parse::<i64>().unwrap()
}
