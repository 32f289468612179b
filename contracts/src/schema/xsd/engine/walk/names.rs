//! Names of a document as the engine may see them, and the declarations in scope.

use super::Walk;
use crate::schema::xsd::engine::declared::{NO_TYPE, Name, XSI};
use sluse_xml::{NodeId, NodeKind};
use xsd_schema::{NameId, namespace::NamespaceContextSnapshot};

/// How many names with a prefix one value may hold, for a list of them.
const TOKENS_MAX: usize = 100;

impl<'w> Walk<'w> {
    pub(super) fn name(&mut self, node: NodeId) -> Name {
        let engine = self.judging.engine;
        let make = || {
            let (namespace, local) = (self.document.namespace(node), self.document.local(node));
            engine.declared.name(&engine.set, namespace, local)
        };
        match self.document.name(node).and_then(|name| self.names.get_mut(name.index())) {
            Some(Some(name)) => *name,
            Some(slot) => *slot.insert(make()),
            None => make(),
        }
    }

    /// `xsi:type` as the engine may see it: a type that is not defined has one name for all.
    pub(super) fn type_name(&self, node: NodeId) -> Option<&'w str> {
        let value = self.document.attribute(node, XSI, "type")?.trim_ascii();
        let local = value.split_once(':').map_or(value, |(_, local)| local);
        let engine = self.judging.engine;
        Some(if engine.declared.has(&engine.set, local) { value } else { NO_TYPE })
    }

    pub(super) fn default_namespace(&self, node: NodeId) -> Option<NameId> {
        let engine = self.judging.engine;
        let own = self.document.declarations(node).find(|(prefix, _)| prefix.is_empty());
        match (own, self.frames.last()) {
            (Some((_, namespace)), _) => engine.declared.namespace(&engine.set, namespace),
            (None, outer) => outer.and_then(|frame| frame.default_namespace),
        }
    }

    /// The declarations in scope, of prefixes that the element's own values begin with.
    ///
    /// Handing in all of them for each element would take quadratic time over many prefixes.
    pub(super) fn scope(
        &self,
        node: NodeId,
        default_ns: Option<NameId>,
    ) -> NamespaceContextSnapshot {
        let engine = self.judging.engine;
        let texts = self
            .document
            .children(node)
            .take(1)
            .filter(|child| self.document.kind(*child) == NodeKind::Text);
        let values = self.document.attributes(node).chain(texts);
        let mut bindings: Vec<(NameId, NameId)> = Vec::new();
        for value in values.map(|node| self.document.text(node)) {
            for token in value.split_ascii_whitespace().take(TOKENS_MAX) {
                let Some((prefix, _)) = token.split_once(':') else { continue };
                let Some(namespace) = self.document.namespace_for_prefix(node, prefix) else {
                    continue;
                };
                let prefix = engine.set.name_table.add(prefix);
                let namespace = engine.declared.namespace(&engine.set, namespace);
                if let Some(namespace) = namespace
                    && !bindings.iter().any(|(known, _)| *known == prefix)
                {
                    bindings.push((prefix, namespace));
                }
            }
        }
        NamespaceContextSnapshot { default_ns, bindings }
    }
}
