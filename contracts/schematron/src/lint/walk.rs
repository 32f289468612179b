//! Rules that no node can meet or that come too late, checks that are decided beforehand, steps that lead nowhere.

use super::{Remark, RemarkKind};
use crate::CompileOptions;
use crate::compile;
use crate::expand::{self, Extensions};
use crate::fault::RuleSetFault;
use crate::scopes::{Scopes, Seen};
use crate::source::{Element, Place};
use sluse_xpath::{ContextPattern, DeadStep, Places, Program, Reach, Shape};
use std::collections::BTreeMap;

/// Contexts that are compared with those before them in their patterns.
const COMPARED_MAX: usize = 4_000_000;

/// A rule as it is looked at.
struct Looked<'e> {
    element: &'e Element,
    context: ContextPattern,
    /// Its checks and variables.
    seen: Vec<Seen<'e>>,
    /// Its pattern, and whether that judges the document itself.
    pattern: usize,
    is_here: bool,
}

/// Where something stands, for what is told of all its uses.
type At<'e> = (&'e str, u32, u32, &'e str);

pub(super) fn find(
    schema: &Element,
    options: &CompileOptions,
    shape: Option<&dyn Shape>,
) -> Vec<Remark> {
    let mut faults = Vec::new();
    let all = expand::patterns(schema, &mut faults);
    let phase = compile::phase(schema, options, &mut faults);
    let mut scopes = Scopes::new(schema, compile::is_compatible(schema), &mut faults);
    compile::functions(schema, &mut scopes);
    scopes.globals(schema, phase, &all);
    let mut extensions = Extensions::new(schema, &all);
    let mut rules = Vec::new();
    for (number, pattern) in all.iter().enumerate() {
        rules.extend(looked(number, pattern, &mut scopes, &mut extensions));
    }
    let prefixes = Prefixes::of(&scopes.global.namespaces);
    let builder = scopes.builder;
    if !faults.iter().all(RuleSetFault::is_warning) {
        return Vec::new();
    }
    let mut remarks = shadowed(&rules);
    if let Some(shape) = shape {
        let mut reach = Reach::new(&builder, shape);
        remarks.extend(dead(&rules, &mut reach, &prefixes));
    }
    let program = builder.finish();
    remarks.extend(unmet(&rules, &program));
    remarks.extend(decided(&rules, &program));
    remarks.extend(positions(&rules, &program));
    remarks
}

fn looked<'e>(
    number: usize,
    pattern: &'e Element,
    scopes: &mut Scopes<'_, '_>,
    extensions: &mut Extensions<'e>,
) -> Vec<Looked<'e>> {
    scopes.enter_pattern(pattern);
    let mut rules = Vec::new();
    let concrete = |rule: &&Element| rule.attribute("abstract") != Some("true");
    for element in pattern.schematron("rule").filter(concrete) {
        let Some(context) = element.attribute("context") else { continue };
        let body = extensions.body(element, scopes.faults);
        let seen = scopes.seen(&body);
        if let Some(context) = scopes.context(element, context) {
            let is_here = pattern.attribute("documents").is_none();
            rules.push(Looked { element, context, seen, pattern: number, is_here });
        }
    }
    scopes.leave_pattern();
    rules
}

/// Rules that come after one of their pattern which meets all that they meet (ISO/IEC 19757-3, section 6.5: of a pattern the
/// first rule that meets a node is the one).
fn shadowed(rules: &[Looked<'_>]) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut left = COMPARED_MAX;
    for (at, rule) in rules.iter().enumerate() {
        let before = rules.get(..at).unwrap_or_default().iter().rev();
        let mut before = before.take_while(|each| each.pattern == rule.pattern);
        let wider = before.find(|each| {
            left = left.saturating_sub(1);
            left > 0 && each.context.covers(&rule.context)
        });
        if let Some(wider) = wider {
            let sentence = format!(
                "the rule never fires: that in line {} of its pattern meets all of its nodes first",
                wider.element.place.line
            );
            remarks.push(rule.element.place.remark(RemarkKind::NeverFires, sentence));
        }
    }
    remarks
}

/// Checks whose tests are the same for every document. That one always fires is said plainly by `false()` and `true()`.
fn decided(rules: &[Looked<'_>], program: &Program) -> Vec<Remark> {
    let mut uses: BTreeMap<At<'_>, (&Place, Vec<Option<bool>>, bool)> = BTreeMap::new();
    for seen in rules.iter().flat_map(|rule| &rule.seen) {
        let Some(fires_where) = seen.fires_where else { continue };
        let fires = program.constant_truth(seen.root).map(|truth| truth == fires_where);
        let test = seen.element.attribute("test").unwrap_or_default().trim();
        let is_plain = matches!(test, "false()" | "true()");
        let entry =
            uses.entry(at(seen.element)).or_insert((&seen.element.place, Vec::new(), is_plain));
        entry.1.push(fires);
    }
    let mut remarks = Vec::new();
    for (place, fires, is_plain) in uses.into_values() {
        let all = |wanted: bool| fires.iter().all(|each| *each == Some(wanted));
        if all(false) {
            let sentence = "the check never fires: its test is the same for every document";
            remarks.push(place.remark(RemarkKind::NeverFires, sentence));
        } else if all(true) && !is_plain {
            let sentence = "the check always fires where its rule does: its test is the same for every document";
            remarks.push(place.remark(RemarkKind::NeverFires, sentence));
        }
    }
    remarks
}

/// Tests and variables that ask at which position the node of their rule stands. ISO/IEC 19757-3 gives a rule one node and no list
/// of nodes, so it is the first of one.
fn positions(rules: &[Looked<'_>], program: &Program) -> Vec<Remark> {
    let seen = rules.iter().flat_map(|rule| &rule.seen);
    let asking = seen.filter(|seen| program.asks_position(seen.root));
    let sentence = "`position()` and `last()` outside of a predicate are 1 here";
    asking.map(|seen| seen.element.place.remark(RemarkKind::Position, sentence)).collect()
}

/// Rules whose context is empty before any document is seen.
fn unmet(rules: &[Looked<'_>], program: &Program) -> Vec<Remark> {
    let mut uses: BTreeMap<At<'_>, (&Place, bool)> = BTreeMap::new();
    for rule in rules {
        let (_, never) = uses.entry(at(rule.element)).or_insert((&rule.element.place, true));
        *never &= program.never_matches(&rule.context);
    }
    let told = uses.into_values().filter(|(_, never)| *never).map(|(place, _)| {
        let sentence = "the rule never fires: a condition of its context is false for every node";
        place.remark(RemarkKind::NeverFires, sentence)
    });
    told.collect()
}

fn at(element: &Element) -> At<'_> {
    (&element.place.file, element.place.line, element.place.column, &element.local)
}

/// What documents of a shape cannot have.
fn dead(rules: &[Looked<'_>], reach: &mut Reach<'_>, prefixes: &Prefixes) -> Vec<Remark> {
    let mut uses: BTreeMap<At<'_>, (&Place, Vec<Vec<DeadStep>>)> = BTreeMap::new();
    let mut unmet: BTreeMap<At<'_>, (&Place, Vec<bool>)> = BTreeMap::new();
    let mut add = |element, steps| {
        let (_, all) = uses.entry(at(element)).or_insert((&element.place, Vec::new()));
        all.push(steps);
    };
    for rule in rules.iter().filter(|rule| rule.is_here) {
        let (places, steps): (Places, _) = reach.context(&rule.context);
        let (_, all) = unmet.entry(at(rule.element)).or_insert((&rule.element.place, Vec::new()));
        all.push(places.is_empty());
        add(rule.element, steps);
        if places.is_empty() {
            continue;
        }
        for seen in &rule.seen {
            add(seen.element, reach.expression(seen.root, &places));
        }
    }
    let mut remarks = Vec::new();
    for (place, all) in unmet.into_values() {
        if all.iter().all(|unmet| *unmet) {
            let sentence =
                "the rule never fires: no document of the schema has a node that it meets";
            remarks.push(place.remark(RemarkKind::NeverFires, sentence));
        }
    }
    for (place, all) in uses.into_values() {
        let Some((first, others)) = all.split_first() else { continue };
        let same =
            |one: &DeadStep, other: &DeadStep| (&one.name, one.axis) == (&other.name, other.axis);
        let in_all =
            |step: &&DeadStep| others.iter().all(|other| other.iter().any(|each| same(each, step)));
        for step in first.iter().filter(in_all) {
            remarks.push(place.remark(RemarkKind::NameUnknown, prefixes.sentence(step)));
        }
    }
    remarks
}

/// The prefixes of namespaces.
struct Prefixes(BTreeMap<String, String>);

impl Prefixes {
    fn of(namespaces: &std::collections::HashMap<String, String>) -> Self {
        let mut pairs: Vec<_> = namespaces.iter().collect();
        pairs.sort_unstable();
        let mut prefixes = BTreeMap::new();
        for (prefix, namespace) in pairs {
            prefixes.entry(namespace.clone()).or_insert_with(|| prefix.clone());
        }
        Self(prefixes)
    }

    fn name(&self, (namespace, local): &(String, String)) -> String {
        match self.0.get(namespace) {
            Some(prefix) if !prefix.is_empty() => format!("{prefix}:{local}"),
            _ => local.clone(),
        }
    }

    fn sentence(&self, step: &DeadStep) -> String {
        let name = self.name(&step.name);
        let within: Vec<String> =
            step.within.iter().map(|name| format!("`{}`", self.name(name))).collect();
        let within = within.join(", ");
        match (step.attribute, step.undeclared, within.is_empty()) {
            (_, true, _) => format!("the schema declares no element `{name}`"),
            (true, _, true) => format!("the schema declares no attribute `{name}` here"),
            (true, _, false) => format!("the schema declares no attribute `{name}` of {within}"),
            (_, _, true) => format!("by the schema there is no `{name}` here (axis {})", step.axis),
            _ if step.axis == "child" => {
                format!("by the schema there is no `{name}` in {within}")
            }
            _ => format!("by the schema there is no `{name}` from {within} (axis {})", step.axis),
        }
    }
}
