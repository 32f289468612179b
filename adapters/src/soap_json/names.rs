//! Names in JSON: local names, and `{namespace}name` where a local name alone does not say which is meant.

use sluse_xsd::{AnyType, Shapes};
use std::collections::HashMap;

/// A name with its namespace: `{namespace}name`.
pub(super) fn braced(namespace: &str, local: &str) -> String {
    format!("{{{namespace}}}{local}")
}

/// Namespace and local name of `{namespace}name`.
pub(super) fn unbraced(name: &str) -> Option<(&str, &str)> {
    let (namespace, local) = name.strip_prefix('{')?.rsplit_once('}')?;
    (!local.is_empty()).then_some((namespace, local))
}

/// Names for things that stand beside each other: the local name, unless another one has it too.
pub(super) fn beside<'n>(names: impl Iterator<Item = (&'n str, &'n str)> + Clone) -> Vec<String> {
    let mut met: HashMap<&str, usize> = HashMap::new();
    for (_, local) in names.clone() {
        *met.entry(local).or_default() += 1;
    }
    let name = |(namespace, local): (&str, &str)| match met.get(local) {
        Some(1) => local.to_owned(),
        _ => braced(namespace, local),
    };
    names.map(name).collect()
}

/// What types are called in `$type`.
#[derive(Debug, Default)]
pub(super) struct TypeNames {
    types: HashMap<String, AnyType>,
    names: HashMap<AnyType, TypeName>,
}

/// A type's name, in JSON and in XML.
#[derive(Debug, Clone)]
pub(super) struct TypeName {
    pub(super) json: String,
    pub(super) namespace: String,
    pub(super) local: String,
}

impl TypeNames {
    pub(super) fn of(shapes: Shapes<'_>) -> Self {
        let all: Vec<_> = shapes.named_types().collect();
        let names = beside(all.iter().map(|(namespace, local, _)| (*namespace, *local)));
        let mut known = Self::default();
        for (name, (namespace, local, of_type)) in names.into_iter().zip(all) {
            known.types.insert(name.clone(), of_type);
            let made =
                TypeName { json: name, namespace: namespace.to_owned(), local: local.to_owned() };
            known.names.insert(of_type, made);
        }
        known
    }

    pub(super) fn find(&self, name: &str) -> Option<AnyType> {
        self.types.get(name).copied()
    }

    pub(super) fn name(&self, of_type: AnyType) -> Option<&TypeName> {
        self.names.get(&of_type)
    }

    /// All types that have a name, by it.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, AnyType)> {
        self.types.iter().map(|(name, of_type)| (name.as_str(), *of_type))
    }
}
