//! Which names a schema declares: only these are shown, and only these are handed to the engine,
//! which never forgets a name.

use super::super::closure::XS;
use std::collections::HashSet;
use xsd_schema::{NameId, SchemaSet};

/// Stands for every local name that the schema does not declare. No XML name has a space.
const UNDECLARED: &str = "undeclared name";
/// Stands for every namespace that the schema does not know.
const UNKNOWN: &str = "unknown namespace";
/// Stands for every type that the schema does not define, in an `xsi:type`.
pub(super) const NO_TYPE: &str = "sluse-undefined-type";

/// The namespace of `xsi:type` and its like.
pub(super) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What a schema declares.
pub(super) struct Declared {
    locals: HashSet<NameId>,
    /// All names that the compiled schema has: namespaces are among them.
    names: usize,
    undeclared: NameId,
    unknown: NameId,
}

/// A name as it is handed to the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) local: NameId,
    pub(super) namespace: Option<NameId>,
    /// Whether the schema has it.
    pub(super) declared: bool,
}

impl Declared {
    pub(super) fn of(set: &SchemaSet) -> Self {
        let elements = set.arenas.elements.values().filter_map(|element| element.name);
        let attributes = set.arenas.attributes.values().filter_map(|attribute| attribute.name);
        let mut locals: HashSet<NameId> = elements.chain(attributes).collect();
        // Attributes that are declared where they are used stand in their types.
        let types = set.arenas.complex_types.values();
        locals.extend(
            types.flat_map(|each| each.attributes.iter().filter_map(|each| each.attribute.name)),
        );
        let groups = set.arenas.attribute_groups.values();
        locals.extend(
            groups.flat_map(|each| each.attributes.iter().filter_map(|each| each.attribute.name)),
        );
        for name in ["type", "nil", "schemaLocation", "noNamespaceSchemaLocation"] {
            locals.insert(set.name_table.add(name));
        }
        for name in [XS, XSI, sluse_xml::XML_NAMESPACE, NO_TYPE] {
            set.name_table.add(name);
        }
        let undeclared = set.name_table.add(UNDECLARED);
        let unknown = set.name_table.add(UNKNOWN);
        Self { locals, names: set.name_table.len(), undeclared, unknown }
    }

    /// How the engine is to know a name of a document.
    pub(super) fn name(&self, set: &SchemaSet, namespace: &str, local: &str) -> Name {
        let found = set.name_table.get(local).filter(|local| self.locals.contains(local));
        let namespace = self.namespace(set, namespace);
        Name {
            local: found.unwrap_or(self.undeclared),
            namespace,
            declared: found.is_some() && namespace != Some(self.unknown),
        }
    }

    /// How the engine is to know a namespace.
    pub(super) fn namespace(&self, set: &SchemaSet, namespace: &str) -> Option<NameId> {
        if namespace.is_empty() {
            return None;
        }
        let known = set.name_table.get(namespace).filter(|id| self.is_of_schema(*id));
        Some(known.unwrap_or(self.unknown))
    }

    /// Whether a name was there before any message was judged.
    fn is_of_schema(&self, name: NameId) -> bool {
        (name.0 as usize) < self.names
    }

    /// Whether a local name is one that the compiled schema has, of whatever kind.
    pub(super) fn has(&self, set: &SchemaSet, local: &str) -> bool {
        set.name_table.get(local).is_some_and(|id| self.is_of_schema(id))
    }
}
