//! The static scope of an expression: what its prefixes, variables and functions stand for.

use std::collections::HashMap;

/// The namespace of the types of XML Schema.
pub const XS_NAMESPACE: &str = "http://www.w3.org/2001/XMLSchema";
/// The namespace of the functions of XPath.
pub const FN_NAMESPACE: &str = "http://www.w3.org/2005/xpath-functions";

/// The namespace of functions that stand for keys of XSLT: `key('n', v)` calls the function `n` of it with `v`.
pub const KEY_NAMESPACE: &str = "urn:sluse:key";

/// A variable of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VariableId(pub(crate) u32);

/// What names in an expression stand for.
#[derive(Debug, Clone, Default)]
pub struct StaticScope {
    /// Prefix to namespace. `xs`, `fn` and `xml` are known without.
    pub namespaces: HashMap<String, String>,
    /// The namespace of element names without a prefix; `""` is none.
    pub default_element_namespace: String,
    /// Variables by namespace and local name.
    pub variables: HashMap<(String, String), VariableId>,
    /// XPath 1.0 compatibility mode (XPath 2.0, section 2.1.1): first items, numbers and comparisons as XPath 1.0 has them.
    pub compatible: bool,
    /// Whether what XPath 3.0 adds to functions and regular expressions of XPath 2.0 is taken: two arguments of `round`, one of
    /// `string-join`, `head`, `tail`, `has-children`, the flag `q`, groups that do not capture.
    pub xpath_3: bool,
}

impl StaticScope {
    /// A scope with these prefixes.
    pub fn with_namespaces<P: Into<String>, N: Into<String>>(
        namespaces: impl IntoIterator<Item = (P, N)>,
    ) -> Self {
        let namespaces = namespaces.into_iter().map(|(p, n)| (p.into(), n.into())).collect();
        Self { namespaces, ..Self::default() }
    }

    /// The namespace of a prefix.
    pub fn namespace(&self, prefix: &str) -> Option<&str> {
        if let Some(namespace) = self.namespaces.get(prefix) {
            return Some(namespace);
        }
        match prefix {
            "xs" => Some(XS_NAMESPACE),
            "fn" => Some(FN_NAMESPACE),
            "xml" => Some("http://www.w3.org/XML/1998/namespace"),
            _ => None,
        }
    }
}
