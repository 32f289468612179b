//! Violations: the place, in words of the schema.

use super::{LATER, Mark, Named, Run, words};
use crate::fault::Violation;
use crate::limits;
use crate::names::NONE;
use crate::types::{Broken, TypeId};
use std::sync::Arc;

/// What a violation is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum At<'a> {
    /// The element that is open, or about to be.
    Element,
    /// Its text; the path is the element's, the place is this.
    Text(u64),
    /// An attribute of it.
    Attribute(Named<'a>),
    /// A node that was remembered.
    Marked(Mark),
}

impl Run<'_> {
    /// Adds a violation.
    pub(super) fn report(
        &mut self,
        constraint: &'static str,
        sentence: impl Into<String>,
        at: At<'_>,
    ) {
        self.push(constraint, sentence.into(), at, None);
    }

    /// Adds a violation by a value that does not fit its type.
    pub(super) fn report_value(
        &mut self,
        broken: &Broken,
        simple: TypeId,
        at: At<'_>,
        value: &str,
    ) {
        let sentence = words::value(&self.tables.types, broken, simple);
        self.push(broken.constraint, sentence, at, Some(value));
    }

    /// Adds a violation by a value that is not the fixed one.
    pub(super) fn report_fixed(&mut self, constraint: &'static str, at: At<'_>, value: &str) {
        let sentence = "the value is not the one that the schema fixes".to_owned();
        self.push(constraint, sentence, at, Some(value));
    }

    /// Adds what identity constraints found.
    pub(super) fn tell_identity(&mut self) {
        if let Some(rule) = self.scopes.over()
            && !std::mem::replace(&mut self.identity_over, true)
        {
            let sentence = if rule == limits::KEYS {
                "the document has more keys and references than the limit"
            } else {
                "more identity constraints are open at once than the limit"
            };
            self.report(rule, sentence, At::Element);
        }
        if self.identity.is_empty() {
            return;
        }
        for found in std::mem::take(&mut self.identity) {
            let name = self.tables.constraints.get(found.constraint as usize);
            let name = name.map_or("", |each| &each.name);
            let sentence = words::identity(found.rule, name);
            self.report(found.rule, sentence, At::Marked(found.at));
        }
    }

    fn push(
        &mut self,
        constraint: &'static str,
        sentence: String,
        at: At<'_>,
        value: Option<&str>,
    ) {
        if self.is_full() {
            return;
        }
        let (path, site) = match at {
            At::Element => (self.trail.path(), self.trail.site()),
            At::Text(site) => (self.trail.path(), site),
            At::Attribute(named) => {
                let step = self.attribute_step(&named);
                (format!("{}/{step}", self.trail.path()), named.site)
            }
            At::Marked(mark) => self.trail.marked(mark),
        };
        if site >= LATER {
            self.unplaced.push((self.found.len(), site));
        }
        let (line, column) = self.place(site);
        let value = value.filter(|_| self.asked.show_values).map(str::to_owned);
        let declared_in = self.declared_in();
        self.found.push(Violation { constraint, sentence, path, line, column, declared_in, value });
    }

    /// The step of a path to an attribute.
    pub(super) fn attribute_step(&self, attribute: &Named<'_>) -> String {
        let (names, name) = (&self.tables.names, attribute.name);
        let shown = self.asked.show_values
            || (name.symbol != NONE && names.is_shown(name.symbol))
            || (name.namespace != NONE && names.shown_local(attribute.local).is_some());
        match (shown, attribute.prefix) {
            (false, _) => "@*".to_owned(),
            (true, "") => format!("@{}", attribute.local),
            (true, prefix) => format!("@{prefix}:{}", attribute.local),
        }
    }

    fn place(&self, site: u64) -> (u32, u32) {
        let low = |number: u64| u32::try_from(number & u64::from(u32::MAX)).unwrap_or(0);
        match self.document {
            Some(document) => {
                let node = usize::try_from(site).ok().and_then(|at| document.node(at));
                node.map_or((1, 1), |node| document.place(node))
            }
            None => (low(site >> 32), low(site)),
        }
    }

    /// The declaration of the element that is open, or of the nearest around it that has one.
    fn declared_in(&self) -> Option<Arc<str>> {
        let mut elements = self.frames.iter().rev().filter_map(|f| self.tables.element(f.element));
        // Of what is told at the end of the document, or of its element, that element's.
        let element = elements.next().or_else(|| self.tables.element(self.root))?;
        let file = self.tables.files.get(element.file as usize)?;
        let name = self.tables.names.local(element.symbol);
        Some(format!("{file}#/{name}").into())
    }
}
