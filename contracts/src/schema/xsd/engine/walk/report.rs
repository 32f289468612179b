//! Faults of the engine as violations: code, rule, path, place, and words of the schema.

use super::Walk;
use crate::schema::xsd::engine::{Found, MEMORY, words};
use crate::{Code, Layer, Severity, Violation, code};
use sluse_xml::NodeId;
use xsd_schema::{TypeKey, parser::location::SourceLocation, validation::ValidationError};

impl Walk<'_> {
    pub(super) fn take(&self) -> Vec<ValidationError> {
        std::mem::take(&mut *self.reported.0.borrow_mut())
    }

    pub(super) fn report(
        &mut self,
        error: &ValidationError,
        node: NodeId,
        type_key: Option<TypeKey>,
    ) {
        self.report_at(error, node, type_key, node);
    }

    /// Reports a fault of `node`, standing at `place`.
    pub(super) fn report_at(
        &mut self,
        error: &ValidationError,
        node: NodeId,
        type_key: Option<TypeKey>,
        place: NodeId,
    ) {
        // Never true of a document that is well-formed: undeclared names look alike to the engine.
        if error.constraint == "cvc-complex-type.3" {
            return;
        }
        let set = &self.judging.engine.set;
        let (kind, rule) = words::kind(error.constraint);
        let declaration = self.frames.last().and_then(|frame| frame.declaration);
        let message = words::message(set, error.constraint, type_key, declaration);
        self.push(kind, rule, message, node, Some(place));
    }

    pub(super) fn push(
        &mut self,
        kind: Code,
        rule: &str,
        message: String,
        node: NodeId,
        place: Option<NodeId>,
    ) {
        if self.found.len() >= self.asked.violations_max {
            return;
        }
        let (line, column) = self.document.place(place.unwrap_or(node));
        let shown: Vec<NodeId> =
            std::iter::successors(Some(node), |node| self.document.parent(*node))
                .filter(|node| self.asked.show_values || self.name(*node).declared)
                .collect();
        // Both go from the node up.
        let path =
            self.document.path_with(node, |step| shown.binary_search_by(|at| step.cmp(at)).is_ok());
        let mut violation = Violation::new(kind, Layer::Xsd, Severity::Error, message)
            .with_rule(rule)
            .at_path(path)
            .at(line, column);
        if self.asked.show_values
            && matches!(kind, code::VALUE_NOT_ALLOWED | code::IDENTITY_CONSTRAINT)
        {
            violation.value = Some(self.document.string_value(node).into_owned());
        }
        // The engine finds no place for an abstract element in the content either: that is one fault.
        let same = |found: &mut Found| {
            let (before, now) = (&found.violation, &violation);
            let content =
                before.rule.as_ref().is_some_and(|rule| rule.starts_with("cvc-complex-type.2.4"));
            content
                && (&before.path, before.line, before.column) == (&now.path, now.line, now.column)
        };
        if rule == "cvc-elt.2" {
            self.found.pop_if(same);
        }
        self.found.push(Found { violation, declared_in: self.declared_in() });
    }

    /// The place in the contract of the declaration of the element that is open.
    pub(super) fn declared_in(&self) -> Option<String> {
        let set = &self.judging.engine.set;
        let declaration = set.arenas.elements.get(self.frames.last()?.declaration?)?;
        let at = set.source_maps.locate(declaration.source.as_ref()?)?;
        let path = at.base_uri.strip_prefix(MEMORY)?;
        let name = declaration.name.map(|name| words::name(set, name)).unwrap_or_default();
        Some(format!("{path}#/{name}"))
    }

    pub(super) fn locate(&mut self, node: NodeId) {
        // The engine keeps it until the end, where it reports references that lead nowhere.
        let location = SourceLocation { base_uri: String::new(), line: node.index(), column: 0 };
        self.runtime.set_location(location);
    }
}
