//! The prefixes of a document that is written: one for each namespace, all declared at its first element.

use std::{collections::HashMap, fmt::Write as _};

/// The namespace of `xsi:type` and its like.
pub(super) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Namespaces by the order in which they are met.
#[derive(Debug, Default)]
pub(super) struct Namespaces {
    met: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Namespaces {
    /// A name as it is written, with the prefix of its namespace.
    pub(super) fn written(&mut self, namespace: &str, local: &str) -> String {
        if namespace.is_empty() {
            return local.to_owned();
        }
        if namespace == sluse_xml::XML_NAMESPACE {
            return format!("xml:{local}");
        }
        let number = match self.numbers.get(namespace) {
            Some(number) => *number,
            None => {
                self.met.push(namespace.to_owned());
                self.numbers.insert(namespace.to_owned(), self.met.len());
                self.met.len()
            }
        };
        format!("n{number}:{local}")
    }

    /// What a prefix stands for.
    pub(super) fn find(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(sluse_xml::XML_NAMESPACE);
        }
        let number: usize = prefix.strip_prefix('n')?.parse().ok()?;
        self.met.get(number.checked_sub(1)?).map(String::as_str)
    }

    /// The declarations of all of them.
    pub(super) fn declarations(&self) -> String {
        let mut text = String::new();
        for (namespace, number) in self.met.iter().zip(1..) {
            // Writing to a text cannot fail.
            let _ = write!(text, " xmlns:n{number}=\"");
            escape(namespace, &mut text);
            text.push('"');
        }
        text
    }
}

/// A text between quotes or tags. White space that reading would change is written by number.
pub(super) fn escape(value: &str, text: &mut String) {
    for c in value.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\t' => text.push_str("&#9;"),
            '\n' => text.push_str("&#10;"),
            '\r' => text.push_str("&#13;"),
            c => text.push(c),
        }
    }
}
