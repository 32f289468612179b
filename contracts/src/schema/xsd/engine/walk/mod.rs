//! A document's tree as the engine's events, and the engine's faults as violations.
//!
//! The walk goes once through the nodes in order, with a stack of its own and no recursion.

mod names;
mod report;

use super::declared::{Name, XSI};
use super::words::{self, Lexical};
use super::{Asked, Found, Judging};
use crate::code;
use sluse_xml::{Document, NodeId, NodeKind};
use std::{cell::RefCell, rc::Rc};
use xsd_schema::{
    ElementKey, NameId, TypeKey,
    validation::{
        ExpectedElement, ValidationError, ValidationRuntime, ValidationSink, ValidationWarning,
    },
};

/// Longest number that is read, in bytes: the engine takes quadratic time over it.
const NUMBER_BYTES_MAX: usize = 10_000;

/// Judges a document. With `explain`, what is expected at each place is asked for, which takes time.
pub(super) fn judge(
    judging: &Judging<'_>,
    document: &Document,
    asked: Asked,
    explain: bool,
) -> Vec<Found> {
    let reported = Reported::default();
    let mut walk = Walk {
        judging,
        document,
        asked,
        explain,
        runtime: judging.validator.start_run(reported.clone()),
        reported,
        names: vec![None; document.name_count()],
        frames: Vec::new(),
        found: Vec::new(),
    };
    walk.run();
    walk.found
}

/// What the engine reports, until the walk takes it.
#[derive(Clone, Default)]
struct Reported(Rc<RefCell<Vec<ValidationError>>>);

impl ValidationSink for Reported {
    fn on_error(&mut self, error: ValidationError) {
        self.0.borrow_mut().push(error);
    }

    fn on_warning(&mut self, _warning: ValidationWarning) {}
}

/// An element that is open.
struct Frame {
    node: NodeId,
    end: NodeId,
    type_key: Option<TypeKey>,
    declaration: Option<ElementKey>,
    default_namespace: Option<NameId>,
    lexical: Lexical,
    /// Whether a child stood where it may not: what follows would be faults of the same fault.
    derailed: bool,
    /// Whether a fault of its text was reported.
    text_faulty: bool,
}

struct Walk<'w> {
    judging: &'w Judging<'w>,
    document: &'w Document,
    asked: Asked,
    explain: bool,
    runtime: ValidationRuntime<'w, Reported>,
    reported: Reported,
    names: Vec<Option<Name>>,
    frames: Vec<Frame>,
    found: Vec<Found>,
}

impl Walk<'_> {
    fn run(&mut self) {
        for node in (1..self.document.node_count()).filter_map(|at| self.document.node(at)) {
            while self.frames.last().is_some_and(|frame| frame.end <= node) {
                self.close();
            }
            match self.document.kind(node) {
                NodeKind::Element => self.open(node),
                NodeKind::Text => self.text(node),
                NodeKind::Document
                | NodeKind::Attribute
                | NodeKind::Comment
                | NodeKind::Instruction => {}
            }
            if self.found.len() >= self.asked.violations_max {
                return;
            }
        }
        while !self.frames.is_empty() {
            self.close();
        }
        let ended = self.runtime.end_validation();
        let errors = self.take().into_iter().chain(ended.err());
        for error in errors.collect::<Vec<_>>() {
            let line = error.location.as_ref().map_or(0, |location| location.line);
            let node = self.document.node(line).filter(|node| node.index() > 0);
            self.report(&error, node.unwrap_or_else(|| self.document.document_element()), None);
        }
    }

    fn open(&mut self, node: NodeId) {
        let name = self.name(node);
        let outer = self.frames.last();
        let expected = match outer {
            Some(frame) if self.explain && !frame.derailed => self.runtime.get_expected_elements(),
            _ => Vec::new(),
        };
        let default_namespace = self.default_namespace(node);
        let type_name = self.type_name(node);
        let nil = self.document.attribute(node, XSI, "nil");
        let scope = self.scope(node, default_namespace);
        self.locate(node);
        let info =
            self.runtime.validate_element_by_id(name.local, name.namespace, type_name, nil, &scope);
        for error in self.take() {
            self.open_fault(&error, node, &expected);
        }
        let set = &self.judging.engine.set;
        self.frames.push(Frame {
            node,
            end: self.document.subtree_end(node),
            type_key: info.schema_type,
            declaration: info.element_decl,
            default_namespace,
            lexical: info.schema_type.map_or(Lexical::Other, |key| words::lexical(set, key)),
            derailed: false,
            text_faulty: false,
        });
        self.attributes(node, type_name);
    }

    /// A fault found when an element begins: of its parent's content, or of itself.
    fn open_fault(&mut self, error: &ValidationError, node: NodeId, expected: &[ExpectedElement]) {
        let set = &self.judging.engine.set;
        let Some(outer) = self.frames.last_mut() else { return self.report(error, node, None) };
        match error.constraint {
            "cvc-complex-type.2.4" if outer.derailed => {}
            "cvc-complex-type.2.4" => {
                outer.derailed = true;
                let simple = matches!(outer.type_key, Some(TypeKey::Simple(_)));
                let (kind, rule, message) = if simple {
                    let message = "no element may stand here: the type is simple".to_owned();
                    (code::CONTENT_NOT_ALLOWED, "cvc-type.3.1.2", message)
                } else if expected.is_empty() {
                    let message = "no element may stand here".to_owned();
                    (code::ELEMENT_NOT_ALLOWED, "cvc-complex-type.2.4.d", message)
                } else {
                    let names = words::expected(set, expected);
                    let message = format!("the element may not stand here; expected: {names}");
                    (code::ELEMENT_NOT_ALLOWED, "cvc-complex-type.2.4.a", message)
                };
                self.push(kind, rule, message, node, None);
            }
            // It has no declaration because it may not stand here.
            "cvc-elt.1" if outer.derailed => {}
            _ => self.report(error, node, None),
        }
    }

    fn attributes(&mut self, node: NodeId, type_name: Option<&str>) {
        // Undeclared attributes of one namespace are all judged alike: by the wildcard.
        let mut undeclared: Vec<(Option<NameId>, Vec<ValidationError>)> = Vec::new();
        for attribute in self.document.attributes(node) {
            let name = self.name(attribute);
            let instance = self.document.namespace(attribute) == XSI;
            let value = match self.document.local(attribute) {
                // Hints, of whatever form, are no faults.
                "schemaLocation" | "noNamespaceSchemaLocation" if instance => continue,
                "type" if instance => type_name.unwrap_or_default(),
                _ => self.document.text(attribute),
            };
            self.locate(attribute);
            if let Some((_, errors)) = undeclared.iter().find(|each| each.0 == name.namespace)
                && !name.declared
            {
                for error in errors.clone() {
                    self.report(&error, attribute, None);
                }
                continue;
            }
            if value.len() > NUMBER_BYTES_MAX && value.bytes().all(words::is_of_number) {
                self.too_long(attribute);
                // It is there all the same; whatever is found wrong with this value is not so.
                self.runtime.validate_attribute_by_id(name.local, name.namespace, "0");
                self.take();
                continue;
            }
            let info = self.runtime.validate_attribute_by_id(name.local, name.namespace, value);
            let errors = self.take();
            for error in &errors {
                let set = &self.judging.engine.set;
                let spaced = info.schema_type.is_some_and(|key| {
                    words::lexical(set, key) == Lexical::Base64 && words::is_spaced_base64(value)
                });
                if !(spaced && error.constraint.starts_with("cvc-datatype-valid")) {
                    self.report(error, attribute, info.schema_type);
                }
            }
            if !name.declared {
                undeclared.push((name.namespace, errors));
            }
        }
        self.locate(node);
        self.runtime.validate_end_of_attributes_novalue();
        let (missing, others): (Vec<_>, Vec<_>) =
            self.take().into_iter().partition(|error| error.constraint == "cvc-complex-type.4");
        for error in others {
            self.report(&error, node, None);
        }
        if !missing.is_empty() {
            self.missing_attributes(node);
        }
    }

    fn missing_attributes(&mut self, node: NodeId) {
        let present: Vec<Name> =
            self.document.attributes(node).map(|attribute| self.name(attribute)).collect();
        let set = &self.judging.engine.set;
        let required = self.runtime.get_expected_attributes().into_iter().filter(|attribute| {
            let is_it = |name: &Name| {
                name.local == attribute.local_name && name.namespace == attribute.namespace
            };
            attribute.required && !present.iter().any(is_it)
        });
        let names: Vec<String> =
            required.map(|attribute| words::name(set, attribute.local_name)).collect();
        for name in names {
            let message = format!("the attribute '{name}' is required");
            self.push(code::ATTRIBUTE_MISSING, "cvc-complex-type.4", message, node, None);
        }
    }

    fn text(&mut self, node: NodeId) {
        let Some(frame) = self.frames.last() else { return };
        let (lexical, element) = (frame.lexical, frame.node);
        let text = self.document.text(node);
        self.locate(node);
        if text.bytes().all(|byte| byte.is_ascii_whitespace()) {
            self.runtime.validate_whitespace(text);
        } else if lexical == Lexical::Base64 {
            let packed: String = text.split_ascii_whitespace().collect();
            self.runtime.validate_text(&packed);
        } else if lexical == Lexical::Number && text.len() > NUMBER_BYTES_MAX {
            self.too_long(element);
            self.mark_text_faulty();
            // Something that is a number, so that nothing else is found wrong with it.
            self.runtime.validate_text("0");
        } else {
            self.runtime.validate_text(text);
        }
        for error in self.take() {
            if self.frames.last().is_some_and(|frame| !frame.text_faulty) {
                self.report_at(&error, element, None, node);
            }
            self.mark_text_faulty();
        }
    }

    fn mark_text_faulty(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.text_faulty = true;
        }
    }

    fn close(&mut self) {
        let Some(frame) = self.frames.last() else { return };
        let node = frame.node;
        let expected = if self.explain && !frame.derailed {
            self.runtime.get_expected_elements()
        } else {
            Vec::new()
        };
        self.locate(node);
        self.runtime.validate_end_element_novalue();
        let errors = self.take();
        for error in errors {
            self.close_fault(&error, &expected);
        }
        self.frames.pop();
    }

    fn close_fault(&mut self, error: &ValidationError, expected: &[ExpectedElement]) {
        let Some(frame) = self.frames.last() else { return };
        let (node, type_key) = (frame.node, frame.type_key);
        let of_value = !error.constraint.starts_with("cvc-id");
        match error.constraint {
            "cvc-complex-type.2.4" if frame.derailed => {}
            "cvc-complex-type.2.4" => {
                let names = words::expected(&self.judging.engine.set, expected);
                let message = format!("the element is not complete; expected: {names}");
                self.push(code::ELEMENT_MISSING, "cvc-complex-type.2.4.b", message, node, None);
            }
            _ if of_value && (frame.derailed || frame.text_faulty) => {}
            _ => self.report(error, node, type_key),
        }
    }

    fn too_long(&mut self, node: NodeId) {
        let message = format!("a number of more than {NUMBER_BYTES_MAX} bytes is not read");
        self.push(code::VALUE_NOT_ALLOWED, "cvc-datatype-valid.1.2.1", message, node, None);
    }
}
