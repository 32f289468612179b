//! Variables of a rule set at their levels, and the compiling of what sees them.
//!
//! A rule sees its own variables, then its pattern's, then the schema's. Published rule sets also use one pattern's variables in
//! another (code lists kept in a pattern of their own): those are seen last.

use crate::fault::{RuleSetFault, RuleSetFaultKind};
use crate::instruction;
use crate::message::{self, Part, Piece};
use crate::rule_id;
use crate::rules::{Check, Test};
use crate::severity::{Severities, Stated};
use crate::source::{Child, Element, Language, Place};
use sluse_xpath::{
    Builder, Code, ContextPattern, Function, Instruction, InstructionKind, Root, StaticFault,
    StaticScope, Variable, VariableId,
};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

pub(crate) struct Scopes<'f, 's> {
    pub(crate) builder: Builder,
    pub(crate) faults: &'f mut Vec<RuleSetFault>,
    pub(crate) global: Arc<StaticScope>,
    pub(crate) functions: Vec<(Place, Function)>,
    pattern: Option<Arc<StaticScope>>,
    lets: HashMap<*const Element, VariableId>,
    diagnostics: HashMap<&'s str, &'s Element>,
}

fn is_let(element: &Element) -> bool {
    element.is(Language::Schematron, "let")
        || element.is(Language::Xsl, "variable")
        || element.is(Language::Xsl, "param")
}

impl<'f, 's> Scopes<'f, 's> {
    pub(crate) fn new(
        schema: &'s Element,
        compatible: bool,
        faults: &'f mut Vec<RuleSetFault>,
    ) -> Self {
        let mut global = StaticScope::with_namespaces(schema.namespaces.iter());
        global.compatible = compatible;
        // Engines of XPath 3 run the rule sets of the field, whatever binding those state.
        global.xpath_3 = true;
        for ns in schema.schematron("ns") {
            if let (Some(prefix), Some(uri)) = (ns.attribute("prefix"), ns.attribute("uri")) {
                global.namespaces.insert(prefix.to_owned(), uri.to_owned());
            }
        }
        let mut diagnostics = HashMap::new();
        for diagnostic in
            schema.schematron("diagnostics").flat_map(|all| all.schematron("diagnostic"))
        {
            if let Some(id) = diagnostic.attribute("id") {
                diagnostics.insert(id, diagnostic);
            }
        }
        Self {
            builder: Builder::new(),
            faults,
            global: Arc::new(global),
            functions: Vec::new(),
            pattern: None,
            lets: HashMap::new(),
            diagnostics,
        }
    }

    /// Declares the variables of the schema, the phase and all patterns, then compiles them and the functions.
    pub(crate) fn globals(
        &mut self,
        schema: &'s Element,
        phase: Option<&'s Element>,
        patterns: &[Element],
    ) {
        let in_schema = schema.elements().filter(|each| is_let(each));
        let in_phase = phase.into_iter().flat_map(Element::elements).filter(|each| is_let(each));
        let mut seen = HashSet::new();
        for element in in_schema.clone() {
            self.declare_global(element, true, &mut seen);
        }
        // A phase's variable hides the schema's of the same name.
        let mut in_phase_seen = HashSet::new();
        for element in in_phase.clone() {
            self.declare_global(element, true, &mut in_phase_seen);
        }
        for pattern in patterns {
            let mut seen = seen.clone();
            for element in pattern.elements().filter(|each| is_let(each)) {
                self.declare_global(element, false, &mut seen);
            }
        }
        let scope = Arc::clone(&self.global);
        for element in in_schema.chain(in_phase) {
            self.define(element, &scope);
        }
        for (place, function) in std::mem::take(&mut self.functions) {
            if let Err((at, fault)) = self.builder.define_function(&function, &self.global) {
                let place = at_instruction(&place, at);
                self.faults.push(expression_fault(&place, &function.name.1, &fault));
            }
        }
    }

    /// Declares a variable for all rules; `hides`: also where the name is known. A name that its own level, or the schema, has
    /// already is a fault (ISO Schematron, section 5.4.5).
    fn declare_global(
        &mut self,
        element: &Element,
        hides: bool,
        seen: &mut HashSet<(String, String)>,
    ) {
        let variable = self.builder.declare(false);
        self.lets.insert(std::ptr::from_ref(element), variable);
        let Some(name) = self.variable_name(element) else { return };
        if !seen.insert(name.clone()) {
            let sentence = format!("The variable `{}` is defined twice.", name.1);
            self.faults.push(element.place.fault(RuleSetFaultKind::Broken, sentence));
        }
        let variables = &mut Arc::make_mut(&mut self.global).variables;
        if hides {
            variables.insert(name, variable);
        } else {
            variables.entry(name).or_insert(variable);
        }
    }

    pub(crate) fn enter_pattern(&mut self, pattern: &Element) {
        let lets: Vec<&Element> = pattern.elements().filter(|each| is_let(each)).collect();
        if lets.is_empty() {
            return;
        }
        let mut scope = StaticScope::clone(&self.global);
        for element in &lets {
            let known = self.lets.get(&std::ptr::from_ref(*element)).copied();
            if let (Some(variable), Some(name)) = (known, self.variable_name(element)) {
                scope.variables.insert(name, variable);
            }
        }
        for element in lets {
            self.define(element, &scope);
        }
        self.pattern = Some(Arc::new(scope));
    }

    /// What a pattern asks for other documents with, and its own variables.
    pub(crate) fn documents(
        &mut self,
        pattern: &Element,
        documents: &str,
    ) -> Option<(Root, Vec<VariableId>)> {
        let scope = Arc::clone(&self.global);
        let compiled = self.builder.expression(documents, &scope);
        let root = self.note(pattern, "documents", compiled)?;
        let lets = pattern.elements().filter(|each| is_let(each));
        let own = lets.filter_map(|each| self.lets.get(&std::ptr::from_ref(each)).copied());
        Some((root, own.collect()))
    }

    /// Notes the variables of schema, phase and patterns whose values ask for themselves.
    pub(crate) fn circles<'e>(&mut self, elements: impl Iterator<Item = &'e Element>) {
        let circular = self.builder.circular();
        if circular.is_empty() {
            return;
        }
        for element in elements {
            let variable = self.lets.get(&std::ptr::from_ref(element));
            if variable.is_some_and(|variable| circular.contains(variable)) {
                let name = element.attribute("name").unwrap_or("");
                let sentence = format!("The value of the variable `{name}` asks for itself.");
                self.faults.push(element.place.fault(RuleSetFaultKind::Expression, sentence));
            }
        }
    }

    pub(crate) fn leave_pattern(&mut self) {
        self.pattern = None;
    }

    fn define(&mut self, element: &Element, scope: &StaticScope) {
        let Some(variable) = self.lets.get(&std::ptr::from_ref(element)).copied() else { return };
        if let Some(root) = self.let_value(element, scope) {
            self.builder.define(variable, root);
        }
    }

    fn variable_name(&mut self, element: &Element) -> Option<(String, String)> {
        match instruction::required(element, "name") {
            Ok(name) => match name.split_once(':') {
                None => Some((String::new(), name.to_owned())),
                Some((prefix, local)) => {
                    let namespace = self.global.namespace(prefix)?.to_owned();
                    Some((namespace, local.to_owned()))
                }
            },
            Err(fault) => {
                self.faults.push(fault);
                None
            }
        }
    }

    fn let_value(&mut self, element: &Element, scope: &StaticScope) -> Option<Root> {
        let variable = if element.language == Language::Xsl {
            instruction::variable(element)
        } else {
            instruction::content(&element.children).map(|content| Variable {
                name: element.attribute("name").unwrap_or("").to_owned(),
                as_type: element.attribute("as").map(str::to_owned),
                select: element.attribute("value").map(str::to_owned),
                content,
            })
        };
        let variable = match variable {
            Ok(variable) => variable,
            Err(fault) => {
                self.faults.push(fault);
                return None;
            }
        };
        let place = (element.place.line, element.place.column);
        match self.builder.variable(&variable, place, scope) {
            Ok(root) => Some(root),
            Err((at, fault)) => {
                self.faults.push(expression_fault(
                    &at_instruction(&element.place, at),
                    "value",
                    &fault,
                ));
                None
            }
        }
    }

    /// Notes a fault of an expression in an attribute.
    pub(crate) fn note<T>(
        &mut self,
        element: &Element,
        attribute: &str,
        result: Result<T, StaticFault>,
    ) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(fault) => {
                self.faults.push(expression_fault(&element.place, attribute, &fault));
                None
            }
        }
    }

    /// Notes where an attribute is no pattern of nodes.
    pub(crate) fn is_context(&mut self, element: &Element, attribute: &str, text: &str) {
        let compiled = self.builder.context(text, &Arc::clone(&self.global));
        self.note(element, attribute, compiled);
    }

    /// Notes where an attribute is no expression.
    pub(crate) fn is_expression(&mut self, element: &Element, attribute: &str, text: &str) {
        let compiled = self.builder.expression(text, &Arc::clone(&self.global));
        self.note(element, attribute, compiled);
    }

    pub(crate) fn context(&mut self, rule: &Element, context: &str) -> Option<ContextPattern> {
        let scope = self.pattern.as_ref().unwrap_or(&self.global);
        let compiled = self.builder.context(context, scope);
        self.note(rule, "context", compiled)
    }

    /// The checks of a rule, from its own body and what it extends.
    pub(crate) fn checks(&mut self, rule: &Element, body: &[&Element]) -> Vec<Check> {
        let mut checks = Vec::new();
        self.each(body, &mut |scopes, element, found| {
            if let Found::Check(scope) = found {
                checks.extend(scopes.check(rule, element, scope));
            }
        });
        checks.shrink_to_fit();
        checks
    }

    /// The variables and the tests of a rule, compiled to be looked at.
    pub(crate) fn seen<'e>(&mut self, body: &[&'e Element]) -> Vec<Seen<'e>> {
        let mut seen = Vec::new();
        self.each(body, &mut |scopes, element, found| {
            let (root, fires_where) = match found {
                Found::Variable(root) => (root, None),
                Found::Check(scope) => {
                    let fires_where = match (element.language, element.local.as_str()) {
                        (Language::Schematron, "assert") => false,
                        (Language::Schematron, "report") => true,
                        _ => return,
                    };
                    let test = element.attribute("test").unwrap_or_default();
                    let compiled = scopes.builder.expression(test, scope);
                    (scopes.note(element, "test", compiled), Some(fires_where))
                }
            };
            seen.extend(root.map(|root| Seen { element, root, fires_where }));
        });
        seen
    }

    /// Each part of a rule's body, with what it sees.
    fn each<'e>(
        &mut self,
        body: &[&'e Element],
        take: &mut dyn FnMut(&mut Self, &'e Element, Found<'_>),
    ) {
        let outer = Arc::clone(self.pattern.as_ref().unwrap_or(&self.global));
        let mut own = body.iter().any(|each| is_let(each)).then(|| self.rule_scopes(&outer, body));
        for element in body {
            if is_let(element) {
                if let Some(own) = own.as_mut() {
                    let root = self.rule_variable(element, own);
                    take(self, element, Found::Variable(root));
                }
                continue;
            }
            let scope = own.as_ref().map_or(&*outer, |own| &own.all);
            take(self, element, Found::Check(scope));
        }
    }

    fn rule_scopes(&mut self, outer: &StaticScope, body: &[&Element]) -> RuleScopes {
        let mut scopes =
            RuleScopes { before: outer.clone(), all: outer.clone(), declared: VecDeque::new() };
        let mut names = HashSet::new();
        for element in body.iter().filter(|each| is_let(each)) {
            let Some(name) = self.variable_name(element) else { continue };
            let variable = self.builder.declare(true);
            if names.insert(name.clone()) {
                scopes.all.variables.insert(name.clone(), variable);
            }
            scopes.declared.push_back((name, variable));
        }
        scopes
    }

    /// A rule's variable sees those before it; the checks after it see it.
    fn rule_variable(&mut self, element: &Element, own: &mut RuleScopes) -> Option<Root> {
        let (name, variable) = own.declared.pop_front()?;
        let root = self.let_value(element, &own.before);
        if let Some(root) = root {
            self.builder.define(variable, root);
        }
        own.before.variables.insert(name.clone(), variable);
        own.all.variables.insert(name, variable);
        root
    }

    fn check(&mut self, rule: &Element, element: &Element, scope: &StaticScope) -> Option<Check> {
        let is_report = match (element.language, element.local.as_str()) {
            (Language::Schematron, "assert") => false,
            (Language::Schematron, "report") => true,
            (Language::Xsl, _) => return self.instructions(rule, element, scope),
            _ => return None,
        };
        let test = match instruction::required(element, "test") {
            Ok(test) => test,
            Err(fault) => {
                self.faults.push(fault);
                return None;
            }
        };
        let compiled = self.builder.expression(test, scope);
        let test = self.note(element, "test", compiled);
        let mut parts = self.parts(element, scope);
        parts.shrink_to_fit();
        let diagnostics = self.diagnostics(element, scope);
        let head = message::head(element);
        let from_text = rule_id::from_text(&head);
        let id = element.attribute("id").or(from_text).map(Arc::from);
        let stated = Stated::of(element, rule, from_text);
        let severity = Severities::default().of(&stated);
        let test = if is_report { Test::Report(test?) } else { Test::Assert(test?) };
        Some(Check { id, severity, stated, test, parts, diagnostics })
    }

    /// Instructions that stand where asserts do: they fire where they would write something.
    fn instructions(
        &mut self,
        rule: &Element,
        element: &Element,
        scope: &StaticScope,
    ) -> Option<Check> {
        let content = match instruction::content(&[Child::Element(element.clone())]) {
            Ok(content) => content,
            Err(fault) => {
                self.faults.push(fault);
                return None;
            }
        };
        if !writes(&content) {
            return None;
        }
        let root = match self.builder.content(&content, scope) {
            Ok(root) => root,
            Err((at, fault)) => {
                self.faults.push(expression_fault(
                    &at_instruction(&element.place, at),
                    &element.local,
                    &fault,
                ));
                return None;
            }
        };
        let text = element.text();
        let head = text.split('[').nth(1).map(|rest| format!("[{rest}")).unwrap_or_default();
        let from_text = rule_id::from_text(&head);
        let stated = Stated::of(element, rule, from_text);
        let severity = Severities::default().of(&stated);
        let id = from_text.map(Arc::from);
        let (test, parts) = (Test::Writes(root), vec![Part::Text(head)]);
        Some(Check { id, severity, stated, test, parts, diagnostics: Vec::new() })
    }

    fn diagnostics(&mut self, element: &Element, scope: &StaticScope) -> Vec<Part> {
        let mut parts = Vec::new();
        let diagnostics = element.attribute("diagnostics").unwrap_or("");
        for id in diagnostics.split_whitespace() {
            match self.diagnostics.get(id).copied() {
                Some(diagnostic) => {
                    parts.push(Part::Text(" ".to_owned()));
                    parts.extend(self.parts(diagnostic, scope));
                }
                None => {
                    let sentence = format!("There is no diagnostic `{id}`.");
                    self.faults
                        .push(element.place.fault(RuleSetFaultKind::ReferenceMissing, sentence));
                }
            }
        }
        parts
    }

    fn parts(&mut self, element: &Element, scope: &StaticScope) -> Vec<Part> {
        let mut pieces = Vec::new();
        message::pieces(element, &mut pieces);
        let mut parts = Vec::new();
        for piece in pieces {
            parts.extend(match piece {
                Piece::Text(text) => Some(Part::Text(text.to_owned())),
                Piece::Name(_, None) => Some(Part::Name(None)),
                Piece::Name(at, Some(path)) => {
                    let compiled = self.builder.expression(path, scope);
                    self.note(at, "path", compiled).map(|root| Part::Name(Some(root)))
                }
                Piece::Value(at, select) => {
                    let compiled = self.builder.shown(select, scope);
                    self.note(at, "select", compiled).map(Part::Value)
                }
            });
        }
        parts
    }
}

/// A part of a rule's body.
enum Found<'f> {
    /// A variable and its value.
    Variable(Option<Root>),
    /// A check, and what it sees.
    Check(&'f StaticScope),
}

/// A part of a rule that is looked at.
pub(crate) struct Seen<'e> {
    pub(crate) element: &'e Element,
    pub(crate) root: Root,
    /// The truth at which it fires, where it is a check.
    pub(crate) fires_where: Option<bool>,
}

/// The scopes of a rule with variables: of those so far, and with those that come later.
struct RuleScopes {
    before: StaticScope,
    all: StaticScope,
    declared: VecDeque<((String, String), VariableId)>,
}

/// Whether instructions write an element somewhere.
fn writes(content: &[Instruction]) -> bool {
    content.iter().any(|instruction| match &instruction.kind {
        InstructionKind::Element(_) => true,
        InstructionKind::Choose { when, otherwise } => {
            when.iter().any(|(_, body)| writes(body)) || writes(otherwise)
        }
        InstructionKind::ForEach { body, .. } | InstructionKind::ForEachGroup { body, .. } => {
            writes(body)
        }
        _ => false,
    })
}

fn at_instruction(place: &Place, (line, column): (u32, u32)) -> Place {
    if line == 0 { place.clone() } else { Place { line, column, ..place.clone() } }
}

fn expression_fault(place: &Place, attribute: &str, fault: &StaticFault) -> RuleSetFault {
    let kind = match fault.code {
        Code::Unsupported => RuleSetFaultKind::Unsupported,
        Code::TooLarge | Code::TooDeep => RuleSetFaultKind::OverBudget,
        Code::Xpst0081 => RuleSetFaultKind::NamespaceMissing,
        _ => RuleSetFaultKind::Expression,
    };
    let sentence =
        format!("{} ({}, `{attribute}`, byte {})", fault.sentence, fault.code, fault.offset);
    place.fault(kind, sentence)
}
