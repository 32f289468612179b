//! Patterns and rules as they are judged: abstract patterns with their parameters filled in, abstract rules in the
//! place of `extends`.

use crate::fault::{RuleSetFault, RuleSetFaultKind};
use crate::source::{Child, Element, Language};
use std::collections::HashMap;

/// Rules that extend rules.
const EXTENDS_DEPTH_MAX: usize = 50;
/// Elements of all rules' bodies, with what they extend.
const BODY_MAX: usize = 500_000;

/// The patterns that stand for themselves, abstract ones filled in.
pub(crate) fn patterns(schema: &Element, faults: &mut Vec<RuleSetFault>) -> Vec<Element> {
    let mut abstracts: HashMap<&str, &Element> = HashMap::new();
    for pattern in
        schema.schematron("pattern").filter(|each| each.attribute("abstract") == Some("true"))
    {
        if let Some(id) = pattern.attribute("id") {
            abstracts.insert(id, pattern);
        }
    }
    let mut patterns = Vec::new();
    for pattern in schema.schematron("pattern") {
        match (pattern.attribute("abstract"), pattern.attribute("is-a")) {
            (Some("true"), _) => {}
            (_, None) => patterns.push(pattern.clone()),
            (_, Some(of)) => match abstracts.get(of) {
                Some(template) => patterns.push(fill(template, pattern)),
                None => {
                    let sentence = format!("There is no abstract pattern `{of}`.");
                    faults.push(pattern.place.fault(RuleSetFaultKind::ReferenceMissing, sentence));
                }
            },
        }
    }
    patterns
}

fn fill(template: &Element, instance: &Element) -> Element {
    let mut parameters: Vec<(&str, &str)> = instance
        .schematron("param")
        .chain(instance.schematron("with-param"))
        .filter_map(|param| Some((param.attribute("name")?, param.attribute("value")?)))
        .collect();
    for default in template.schematron("param") {
        if let (Some(name), Some(value)) = (default.attribute("name"), default.attribute("value"))
            && !parameters.iter().any(|(given, _)| *given == name)
        {
            parameters.push((name, value));
        }
    }
    parameters.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let mut filled = template.clone();
    substitute(&mut filled, &parameters);
    filled.attributes.retain(|(name, _)| !matches!(name.as_str(), "abstract" | "id"));
    if let Some(id) = instance.attribute("id") {
        filled.attributes.push(("id".to_owned(), id.to_owned()));
    }
    filled
}

fn substitute(element: &mut Element, parameters: &[(&str, &str)]) {
    for (_, value) in &mut element.attributes {
        *value = substituted(value, parameters);
    }
    for child in &mut element.children {
        match child {
            Child::Text(text) => *text = substituted(text, parameters),
            Child::Element(child) => substitute(child, parameters),
        }
    }
}

/// `$name` replaced by the parameter's value, where the name ends there.
fn substituted(text: &str, parameters: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let after = from.strip_prefix('$').unwrap_or("");
        let found = parameters.iter().find_map(|(name, value)| {
            let tail = after.strip_prefix(name)?;
            let ends =
                !tail.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
            ends.then_some((tail, value))
        });
        match found {
            Some((tail, value)) => {
                out.push_str(value);
                rest = tail;
            }
            None => {
                out.push('$');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The rules that others extend, by id.
pub(crate) struct Extensions<'s> {
    rules: HashMap<&'s str, &'s Element>,
    count: usize,
}

impl<'s> Extensions<'s> {
    pub(crate) fn new(schema: &'s Element, patterns: &'s [Element]) -> Self {
        let mut rules = HashMap::new();
        let all = schema.schematron("pattern").chain(patterns);
        let loose = schema
            .schematron("rule")
            .chain(schema.schematron("rules").flat_map(|e| e.schematron("rule")));
        for rule in all.flat_map(|pattern| pattern.schematron("rule")).chain(loose) {
            if let Some(id) = rule.attribute("id") {
                rules.entry(id).or_insert(rule);
            }
        }
        Self { rules, count: 0 }
    }

    /// What stands in a rule, with what the rules that it extends say, in order.
    pub(crate) fn body(
        &mut self,
        rule: &'s Element,
        faults: &mut Vec<RuleSetFault>,
    ) -> Vec<&'s Element> {
        let mut body = Vec::new();
        let mut stack = Vec::new();
        self.collect(rule, &mut body, &mut stack, faults);
        body
    }

    fn collect(
        &mut self,
        rule: &'s Element,
        body: &mut Vec<&'s Element>,
        stack: &mut Vec<*const Element>,
        faults: &mut Vec<RuleSetFault>,
    ) {
        stack.push(std::ptr::from_ref(rule));
        for element in rule.elements() {
            self.count += 1;
            if self.count > BODY_MAX {
                if self.count == BODY_MAX + 1 {
                    let sentence = "The rules with what they extend are more than the limit.";
                    faults.push(element.place.fault(RuleSetFaultKind::OverBudget, sentence));
                }
                break;
            }
            if !element.is(Language::Schematron, "extends") {
                body.push(element);
                continue;
            }
            let name = element.attribute("rule").unwrap_or("");
            match self.rules.get(name).copied() {
                Some(base)
                    if stack.contains(&std::ptr::from_ref(base))
                        || stack.len() > EXTENDS_DEPTH_MAX =>
                {
                    let sentence = format!("The rule `{name}` extends itself.");
                    faults.push(element.place.fault(RuleSetFaultKind::Broken, sentence));
                }
                Some(base) => self.collect(base, body, stack, faults),
                None => {
                    let sentence = format!("There is no rule `{name}` to extend.");
                    faults.push(element.place.fault(RuleSetFaultKind::ExtendsMissing, sentence));
                }
            }
        }
        stack.pop();
    }
}
