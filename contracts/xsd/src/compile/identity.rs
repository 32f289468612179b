//! Identity constraints: their restricted XPath as steps of symbols (XML Schema Part 1, section 3.11).

use super::Compiler;
use crate::fault::{SchemaFault, beyond};
use crate::identity::{Constraint, Kind, Path, STEPS_MAX, Test};
use crate::names::NONE;
use xsd_schema::NameId;
use xsd_schema::arenas::IdentityConstraintData;
use xsd_schema::namespace::context::NamespaceContextSnapshot;
use xsd_schema::parser::frames::{IdentityKind, QNameRef};
use xsd_schema::parser::location::SourceRef;

impl Compiler<'_> {
    pub(super) fn identity_constraints(&mut self) -> Result<(), SchemaFault> {
        for data in self.set.arenas.identity_constraints.values() {
            let constraint = self.constraint(data)?;
            self.constraints.push(constraint);
        }
        Ok(())
    }

    fn constraint(&mut self, data: &IdentityConstraintData) -> Result<Constraint, SchemaFault> {
        let source = data.selector.source.as_ref().or(data.source.as_ref());
        let selector =
            self.paths(&data.selector.xpath, &data.selector.ns_snapshot, false, source)?;
        let mut fields = Vec::new();
        for field in &data.fields {
            let source = field.source.as_ref().or(data.source.as_ref());
            fields.push(self.paths(&field.xpath, &field.ns_snapshot, true, source)?);
        }
        let refers_to = match (data.kind, &data.refer) {
            (IdentityKind::Keyref, Some(name)) => self.referred(name),
            _ => NONE,
        };
        let kind = match data.kind {
            IdentityKind::Key => Kind::Key,
            IdentityKind::Keyref => Kind::Keyref,
            IdentityKind::Unique => Kind::Unique,
        };
        Ok(Constraint {
            kind,
            name: self.text(data.name).into(),
            selector,
            fields: fields.into(),
            refers_to,
        })
    }

    /// The key or unique constraint that a keyref names, by name and target namespace.
    fn referred(&self, name: &QNameRef) -> u32 {
        let constraints = self.set.arenas.identity_constraints.iter();
        let mut found = constraints.filter(|(_, each)| {
            let document = each.source.as_ref().and_then(|at| {
                usize::try_from(at.doc_id).ok().and_then(|at| self.set.documents.get(at))
            });
            each.kind != IdentityKind::Keyref
                && each.name == name.local_name
                && document.and_then(|each| each.target_namespace) == name.namespace
        });
        found.next().and_then(|(key, _)| self.constraint_ids.get(&key).copied()).unwrap_or(NONE)
    }

    fn paths(
        &mut self,
        text: &str,
        scope: &NamespaceContextSnapshot,
        field: bool,
        source: Option<&SourceRef>,
    ) -> Result<Box<[Path]>, SchemaFault> {
        let constraint = if field { "c-fields-xpaths" } else { "c-selector-xpath" };
        let paths: Option<Vec<Path>> =
            text.split('|').map(|path| self.path(path, scope, field)).collect();
        let sentence = "an identity constraint's path is not of the form that XML Schema allows";
        match paths {
            Some(paths) if !paths.iter().any(|path| path.steps.len() > STEPS_MAX) => {
                Ok(paths.into())
            }
            Some(_) => {
                let what = "an identity constraint's path has too many steps";
                let sentence = beyond(what, "path-steps-max", STEPS_MAX as u64);
                Err(self.sources.over_budget(source, &sentence))
            }
            None => Err(self.sources.fault(source, constraint, sentence)),
        }
    }

    fn path(&mut self, text: &str, scope: &NamespaceContextSnapshot, field: bool) -> Option<Path> {
        // White space may stand between all tokens, and names have none.
        let text: String = text.split_ascii_whitespace().collect();
        let (below, text) = match text.strip_prefix(".//") {
            Some(rest) => (true, rest),
            None => (false, text.as_str()),
        };
        let mut path = Path { below, steps: Vec::new(), attribute: None };
        for step in text.split('/') {
            if path.attribute.is_some() {
                return None;
            }
            let attribute = step.strip_prefix('@').or_else(|| step.strip_prefix("attribute::"));
            match attribute {
                Some(name) if field => path.attribute = Some(self.test(name, scope)?),
                Some(_) => return None,
                None if step == "." => {}
                None => {
                    let name = step.strip_prefix("child::").unwrap_or(step);
                    path.steps.push(self.test(name, scope)?);
                }
            }
        }
        Some(path)
    }

    fn test(&mut self, name: &str, scope: &NamespaceContextSnapshot) -> Option<Test> {
        if name == "*" {
            return Some(Test::Any);
        }
        let (namespace, local) = match name.split_once(':') {
            Some((prefix, local)) => (self.bound(prefix, scope)?, local),
            None => (String::new(), name),
        };
        if local == "*" {
            return Some(Test::Namespace(self.names.add_namespace(&namespace)));
        }
        let named = !local.is_empty() && !local.contains([':', '(', '[', '$', '@', '*']);
        named.then(|| Test::Name(self.names.add(&namespace, local)))
    }

    fn bound(&self, prefix: &str, scope: &NamespaceContextSnapshot) -> Option<String> {
        let id = self.set.name_table.get(prefix)?;
        let namespace: NameId = scope.resolve_prefix(id)?;
        Some(self.text(namespace).to_owned())
    }
}
