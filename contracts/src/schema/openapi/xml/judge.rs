//! Judges an XML body by its content's schema.

use super::{
    super::{build::Content, convert, judge::Judging},
    Plan,
    read::{Misfit, Read, Unread, read},
};
use crate::{
    Layer, Severity, Violation, code,
    judge::Violations,
    schema::json::{self, huge_numbers, steps, tells_all_of},
};
use sluse_xml::{Document, NodeId};

impl Judging<'_> {
    /// Judges an XML body.
    pub(in super::super) fn xml(
        &self,
        content: &Content,
        document: &Document,
        constraint: &str,
        violations: &mut Violations<'_>,
    ) {
        let root = document.document_element();
        let Some((rule, plan)) = content.rule.as_ref().zip(content.xml.as_deref()) else {
            return self.form_alone("the description states no schema", constraint, violations);
        };
        if let Some(why) = plan.unclear {
            return self.form_alone(why, constraint, violations);
        }
        let xml = Xml { judging: self, plan, document, constraint };
        if plan.root_names.is_empty() {
            let sentence =
                "the description does not say how the root element is called, so any name is taken";
            let violation =
                Violation::new(code::XML_UNJUDGED, Layer::Openapi, Severity::Warning, sentence);
            xml.push(violation, root, violations);
        }
        let read = match read(plan, document, violations.room().saturating_add(1)) {
            Ok(read) => read,
            Err(why) => return violations.malformed(unread(why)),
        };
        for misfit in &read.misfits {
            xml.misfit(misfit, violations);
        }
        let Some(is_valid) = steps::judging(read.n_values, || rule.is_valid(&read.value)) else {
            return violations.push(json::steps_used_up());
        };
        if !is_valid && xml.rules(rule, &read, violations).is_none() {
            return violations.push(json::steps_used_up());
        }
        xml.huge(&read, violations);
        if self.description.has_directions {
            xml.foreign(rule, &read, violations);
        }
    }

    fn form_alone(&self, why: &str, constraint: &str, violations: &mut Violations<'_>) {
        let sentence = format!("the XML body was judged for form alone: {why}");
        let violation =
            Violation::new(code::XML_UNJUDGED, Layer::Openapi, Severity::Warning, sentence);
        violations.push_at(violation, &[constraint, &self.operation.place]);
    }
}

fn unread(why: Unread) -> Violation {
    match why {
        Unread::TooDeep => {
            let sentence =
                "elements are nested deeper than the limit of bodies that a description judges";
            Violation::syntax(code::TOO_DEEP, sentence)
        }
        Unread::TooLarge => {
            let sentence = "the body has more elements and attributes than the limit of bodies that a description judges";
            Violation::syntax(code::TREE_TOO_LARGE, sentence)
        }
    }
}

/// A body under judgement.
struct Xml<'x, 'j> {
    judging: &'x Judging<'j>,
    plan: &'x Plan,
    document: &'x Document,
    constraint: &'x str,
}

impl Xml<'_, '_> {
    fn above(&self) -> [&str; 2] {
        [self.constraint, &self.judging.operation.place]
    }

    /// The path of a node: names that the description does not declare are `*`.
    fn path(&self, node: NodeId) -> String {
        self.document.path_with(node, |step| {
            let local = self.document.local(step);
            self.judging.shown().shows(local) || self.plan.names.contains(local)
        })
    }

    fn placed(&self, violation: Violation, node: NodeId) -> Violation {
        let (line, column) = self.document.place(node);
        violation.at_path(self.path(node)).at(line, column)
    }

    fn push(&self, violation: Violation, node: NodeId, violations: &mut Violations<'_>) {
        violations.push_at(self.placed(violation, node), &self.above());
    }

    fn misfit(&self, misfit: &Misfit, violations: &mut Violations<'_>) {
        let (code, severity) = match misfit.contradicts {
            true => (code::XML_BODY, Severity::Error),
            false => (code::XML_UNJUDGED, Severity::Warning),
        };
        let violation = Violation::new(code, Layer::Openapi, severity, misfit.sentence);
        self.push(violation, misfit.node, violations);
    }

    /// Tells what the values break; nothing where the steps for telling are used up.
    fn rules(
        &self,
        rule: &jsonschema::Validator,
        read: &Read,
        violations: &mut Violations<'_>,
    ) -> Option<()> {
        let tells_all = tells_all_of(read.n_values);
        let found_max = if tells_all { violations.room().saturating_add(1) } else { 1 };
        let place = |uri: &str| self.judging.description.place(uri);
        let shown = self.judging.shown();
        let (found, is_all) = steps::telling(read.n_values, || {
            json::violations(rule, &read.value, &shown, found_max, &place)
        })?;
        if !is_all || !tells_all && !found.is_empty() {
            violations.cut_short();
        }
        let mut found: Vec<_> =
            found.into_iter().map(|each| (read.places.find(&each.pointer), each)).collect();
        found.sort_by_key(|(node, _)| *node);
        for (node, each) in found {
            let [constraint, operation] = self.above();
            let violation = self.placed(each.violation, node);
            violations.push_at(violation, &[&each.place, constraint, operation]);
        }
        Some(())
    }

    /// Numbers that cannot be compared with a schema's bounds.
    fn huge(&self, read: &Read, violations: &mut Violations<'_>) {
        for pointer in huge_numbers(&read.value, violations.room().saturating_add(1)) {
            let sentence = "the number is larger than can be compared";
            let violation =
                Violation::new(code::JSON_BOUNDS, Layer::JsonSchema, Severity::Error, sentence);
            self.push(violation, read.places.find(&pointer), violations);
        }
    }

    /// Members that do not belong in this direction: a warning each.
    fn foreign(&self, rule: &jsonschema::Validator, read: &Read, violations: &mut Violations<'_>) {
        if !tells_all_of(read.n_values) {
            return violations.cut_short();
        }
        let keyword = convert::foreign(self.judging.occasion.direction);
        let marked = || convert::marked(rule, &read.value, keyword);
        let Some(marked) = steps::telling(read.n_values, marked) else {
            return violations.cut_short();
        };
        for pointer in marked {
            let violation = convert::foreign_member(keyword);
            self.push(violation, read.places.find(&pointer), violations);
        }
    }
}
