//! Patterns and rules as they are judged: abstract patterns with their parameters filled in, abstract rules in the
//! place of `extends`.

use crate::fault::{RuleSetFault, RuleSetFaultKind};
use crate::source::{Child, ELEMENTS_MAX, Element, Language};
use std::collections::HashMap;
use std::sync::Arc;

/// Rules that extend rules.
const EXTENDS_DEPTH_MAX: usize = 50;
/// Elements of all rules, with what they extend: each is compiled anew where it is extended.
pub(crate) const EXTENDED_MAX: usize = 25_000;
/// Bytes of all attributes and texts that parameters of abstract patterns are filled into.
pub(crate) const FILLED_BYTES_MAX: usize = 16 << 20;

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
    let mut left = Left { elements: ELEMENTS_MAX, bytes: FILLED_BYTES_MAX };
    for pattern in schema.schematron("pattern") {
        match (pattern.attribute("abstract"), pattern.attribute("is-a")) {
            (Some("true"), _) => {}
            (_, None) => patterns.push(pattern.clone()),
            (_, Some(of)) => match abstracts.get(of) {
                Some(template) => {
                    let Some(filled) = fill(template, pattern, &mut left) else {
                        let sentence = "The abstract patterns, filled in, are larger than the limit filled-bytes-max.";
                        faults.push(pattern.place.fault(RuleSetFaultKind::OverBudget, sentence));
                        break;
                    };
                    patterns.push(filled);
                }
                None => {
                    let sentence = format!("There is no abstract pattern `{of}`.");
                    faults.push(pattern.place.fault(RuleSetFaultKind::ReferenceMissing, sentence));
                }
            },
        }
    }
    patterns
}

/// What may still be filled in.
struct Left {
    elements: usize,
    bytes: usize,
}

/// A pattern of an abstract one; none where it is too much.
fn fill(template: &Element, instance: &Element, left: &mut Left) -> Option<Element> {
    let given = instance.schematron("param").chain(instance.schematron("with-param"));
    let mut parameters: HashMap<&str, &str> = HashMap::new();
    // The instance's go before the template's, and the first before others of its name.
    for param in given.chain(template.schematron("param")) {
        if let (Some(name), Some(value)) = (param.attribute("name"), param.attribute("value")) {
            parameters.entry(name).or_insert(value);
        }
    }
    let mut filled = filled(template, &parameters, left)?;
    filled.attributes.retain(|(name, _)| !matches!(name.as_str(), "abstract" | "id"));
    if let Some(id) = instance.attribute("id") {
        filled.attributes.push(("id".to_owned(), id.to_owned()));
    }
    Some(filled)
}

fn filled(element: &Element, parameters: &HashMap<&str, &str>, left: &mut Left) -> Option<Element> {
    left.elements = left.elements.checked_sub(1)?;
    let attributes = element.attributes.iter();
    let attributes = attributes
        .map(|(name, value)| Some((name.clone(), substituted(value, parameters, &mut left.bytes)?)))
        .collect::<Option<_>>()?;
    let children = element.children.iter().map(|child| {
        Some(match child {
            Child::Text(text) => Child::Text(substituted(text, parameters, &mut left.bytes)?),
            Child::Element(child) => Child::Element(filled(child, parameters, left)?),
        })
    });
    let children = children.collect::<Option<_>>()?;
    Some(Element {
        attributes,
        children,
        local: element.local.clone(),
        place: element.place.clone(),
        namespaces: Arc::clone(&element.namespaces),
        language: element.language,
    })
}

/// `$name` replaced by the parameter's value, where the name ends there; none where it is longer than is left.
fn substituted(text: &str, parameters: &HashMap<&str, &str>, left: &mut usize) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let after = from.strip_prefix('$').unwrap_or("");
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
        let (name, tail) = after.split_at(end);
        let found = parameters.get(name).map(|value| (tail, value));
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
        if out.len() > *left {
            return None;
        }
    }
    out.push_str(rest);
    *left = left.checked_sub(out.len())?;
    Some(out)
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
            if self.count > EXTENDED_MAX {
                if self.count == EXTENDED_MAX + 1 {
                    let sentence =
                        "The rules with what they extend are more than the limit extended-max.";
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
