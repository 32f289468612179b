//! Names as a description writes them, and what they are in a document.

use sluse_xml::{XML_NAMESPACE, is_ncname};
use std::{borrow::Cow, str::FromStr};

/// The attribute by which a document element says which of several default namespaces it is in.
pub(super) const NAMESPACE: &str = "xmlns";

/// Which prefix of a description stands for which namespace.
#[derive(Debug, Clone, Default)]
pub(super) struct Spelling {
    /// Prefixes and namespaces, in the order of the description.
    pub(super) prefixes: Vec<(String, String)>,
    /// The namespace of elements without prefix. Where there are several, the document element says which by its
    /// [`NAMESPACE`], and all elements of one document have the same.
    pub(super) defaults: Vec<String>,
}

impl Spelling {
    /// The default namespace of a document whose element is in this one: which of several it is, by number.
    pub(super) fn default_of(&self, namespace: &str) -> Option<usize> {
        self.defaults.iter().position(|default| default == namespace)
    }

    /// The name of an element as the description writes it, in a document of a default namespace.
    pub(super) fn element<'n>(
        &self,
        namespace: &str,
        local: &'n str,
        default: Option<usize>,
    ) -> Cow<'n, str> {
        let default = default.and_then(|at| self.defaults.get(at));
        match (default, namespace) {
            (None, "") if self.defaults.is_empty() => Cow::Borrowed(local),
            (Some(default), _) if default == namespace => Cow::Borrowed(local),
            _ => self.prefixed(namespace, local),
        }
    }

    /// The name of an attribute as the description writes it: without prefix it has no namespace.
    pub(super) fn attribute<'n>(&self, namespace: &str, local: &'n str) -> Cow<'n, str> {
        match namespace {
            "" => Cow::Borrowed(local),
            _ => self.prefixed(namespace, local),
        }
    }

    fn prefixed<'n>(&self, namespace: &str, local: &'n str) -> Cow<'n, str> {
        if namespace == XML_NAMESPACE {
            return Cow::Owned(format!("xml:{local}"));
        }
        let known = self.prefixes.iter().find(|(_, known)| known == namespace);
        Cow::Owned(match known {
            Some((prefix, _)) => format!("{prefix}:{local}"),
            None => format!("{{{namespace}}}{local}"),
        })
    }

    /// Whether a name can be written: its prefix is one of the description's.
    pub(super) fn knows(&self, name: &str) -> bool {
        match name.split_once(':') {
            None => is_ncname(name),
            Some((prefix, local)) => {
                let known = || self.prefixes.iter().any(|(known, _)| known == prefix);
                (prefix == "xml" || known()) && is_ncname(local)
            }
        }
    }
}

/// The name of an element or attribute in a description, with or without prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct XmlName(pub(super) String);

/// A text that is no such name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name is letters, digits, `-`, `.` and `_`, perhaps with a prefix and `:` before them")]
pub(super) struct NoXmlName;

impl FromStr for XmlName {
    type Err = NoXmlName;

    fn from_str(text: &str) -> Result<Self, NoXmlName> {
        let (prefix, local) = text.split_once(':').unwrap_or(("x", text));
        let sound = text.len() <= 1_000 && is_ncname(prefix) && is_ncname(local);
        sound.then(|| Self(text.to_owned())).ok_or(NoXmlName)
    }
}

/// Names of elements with `/` between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct XmlPath(pub(super) Vec<String>);

impl FromStr for XmlPath {
    type Err = NoXmlName;

    fn from_str(text: &str) -> Result<Self, NoXmlName> {
        let names = text.split('/').map(|name| name.parse().map(|XmlName(name)| name));
        names.collect::<Result<_, _>>().map(Self)
    }
}
