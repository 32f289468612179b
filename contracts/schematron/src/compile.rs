//! From the tree of elements to a compiled rule set: one program for all expressions, rules indexed by name.

use crate::expand::{self, Extensions};
use crate::fault::{RuleSetFault, RuleSetFaultKind};
use crate::instruction;
use crate::keys;
use crate::rules::{Elsewhere, Rule, RuleSet, Rules};
use crate::scopes::Scopes;
use crate::source::{self, Element, Files, Language};
use crate::stylesheet;
use crate::vocabulary;
use sluse_xpath::Trails;
use std::collections::HashSet;

/// Faults of one rule set that are reported.
const FAULTS_MAX: usize = 1_000;

/// Elements of XSLT that a rule set cannot be judged without.
const NEEDS_XSLT: [&str; 5] = ["accumulator", "import", "include", "template", "use-package"];

/// What a rule set is compiled for.
#[derive(Debug, Clone, Default)]
pub struct CompileOptions {
    /// The phase whose patterns are judged. `None`: the schema's default, or all. `#ALL`: all.
    pub phase: Option<String>,
}

/// Compiles a rule set; every fault found is reported, and any that is no warning leaves no rule set.
pub(crate) fn compile(
    entry: &str,
    files: Files<'_>,
    options: &CompileOptions,
) -> (Option<RuleSet>, Vec<RuleSetFault>) {
    let mut faults = Vec::new();
    let schema = source::load(entry, files, &mut faults);
    let rule_set = schema.and_then(|mut schema| {
        if stylesheet::is_stylesheet(&schema) {
            schema = stylesheet::schema(&schema, &mut faults);
        }
        if !schema.is(Language::Schematron, "schema") {
            let sentence = "The file holds no Schematron schema: its document element is not `schema` in the namespace `http://purl.oclc.org/dsdl/schematron`.";
            faults.push(schema.place.fault(RuleSetFaultKind::Broken, sentence));
            return None;
        }
        vocabulary::check(&schema, &mut faults);
        Some(schema_rules(&schema, options, &mut faults))
    });
    let sound = faults.iter().all(RuleSetFault::is_warning);
    faults.truncate(FAULTS_MAX);
    (rule_set.filter(|_| sound), faults)
}

/// The rules, their expressions read as the binding says. Where none is stated ISO Schematron (section 6.4) has `xslt`, which is XPath
/// 1.0; but published sets that state none are written for XPath 2.0: what only that can read decides.
fn schema_rules(
    schema: &Element,
    options: &CompileOptions,
    faults: &mut Vec<RuleSetFault>,
) -> RuleSet {
    check_binding(schema, faults);
    let binding = schema.attribute("queryBinding").map(str::to_ascii_lowercase);
    let Some(binding) = binding else {
        let before = faults.len();
        let (rule_set, newer) = rules_as(schema, options, false, faults);
        if newer {
            return rule_set;
        }
        faults.truncate(before);
        return rules_as(schema, options, true, faults).0;
    };
    rules_as(schema, options, is_of_xpath_1(&binding), faults).0
}

/// Whether expressions are of XPath 1.0 by what the schema states.
pub(crate) fn is_compatible(schema: &Element) -> bool {
    let binding = schema.attribute("queryBinding").map(str::to_ascii_lowercase);
    binding.is_some_and(|binding| is_of_xpath_1(&binding))
}

fn is_of_xpath_1(binding: &str) -> bool {
    matches!(binding, "xslt" | "xslt1" | "xpath" | "xpath1" | "exslt")
}

/// The rules, and whether they are of XPath 2.0 alone; `compatible`: read as XPath 1.0.
fn rules_as(
    schema: &Element,
    options: &CompileOptions,
    compatible: bool,
    faults: &mut Vec<RuleSetFault>,
) -> (RuleSet, bool) {
    let phase = phase(schema, options, faults);
    let active = active_patterns(schema, phase, faults);
    let all = expand::patterns(schema, faults);
    let mut scopes = Scopes::new(schema, compatible, faults);
    functions(schema, &mut scopes);
    scopes.globals(schema, phase, &all);
    let mut extensions = Extensions::new(schema, &all);
    let mut rules = Vec::new();
    let mut elsewhere = Vec::new();
    let mut count = 0;
    for (number, pattern) in all.iter().enumerate() {
        let is_active = active
            .as_ref()
            .is_none_or(|active| pattern.attribute("id").is_some_and(|id| active.contains(id)));
        if !is_active {
            continue;
        }
        count += 1;
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        match pattern.attribute("documents") {
            None => pattern_rules(pattern, number, &mut scopes, &mut extensions, &mut rules),
            Some(documents) => {
                let mut own_rules = Vec::new();
                pattern_rules(pattern, number, &mut scopes, &mut extensions, &mut own_rules);
                let documents = scopes.documents(pattern, documents);
                elsewhere.extend(documents.map(|(root, own)| (root, own, own_rules)));
            }
        }
    }
    let owners = std::iter::once(schema).chain(phase).chain(&all);
    scopes.circles(owners.flat_map(Element::elements));
    let newer = scopes.builder.is_newer();
    let program = scopes.builder.finish();
    let mut accounts = 0;
    let mut settled = |mut rules: Vec<Rule>| {
        for rule in &mut rules {
            rule.settle(&program);
            rule.account = accounts;
            accounts += 1 + rule.checks.len();
        }
        Rules::new(rules)
    };
    let rules = settled(rules);
    let elsewhere = elsewhere
        .into_iter()
        .map(|(documents, own, rules)| Elsewhere { documents, own, rules: settled(rules) })
        .collect();
    (RuleSet { program, rules, elsewhere, patterns: count, accounts }, newer)
}

fn pattern_rules<'s>(
    pattern: &'s Element,
    number: u32,
    scopes: &mut Scopes<'_, '_>,
    extensions: &mut Extensions<'s>,
    rules: &mut Vec<Rule>,
) {
    scopes.enter_pattern(pattern);
    for rule in pattern.schematron("rule").filter(|rule| rule.attribute("abstract") != Some("true"))
    {
        let context = match instruction::required(rule, "context") {
            Ok(context) => context,
            Err(fault) => {
                scopes.faults.push(fault);
                continue;
            }
        };
        let body = extensions.body(rule, scopes.faults);
        let checks = scopes.checks(rule, &body);
        if let Some(context) = scopes.context(rule, context) {
            let trails = Trails::default();
            rules.push(Rule { pattern: number, context, checks, trails, account: 0 });
        }
    }
    scopes.leave_pattern();
}

fn check_binding(schema: &Element, faults: &mut Vec<RuleSetFault>) {
    let binding = schema.attribute("queryBinding").unwrap_or("xslt").to_ascii_lowercase();
    let known = [
        "xslt", "xslt1", "xslt2", "xslt3", "xpath", "xpath1", "xpath2", "xpath3", "xpath31",
        "exslt",
    ];
    if !known.contains(&binding.as_str()) {
        let sentence = format!("The query language binding `{binding}` is not supported.");
        faults.push(schema.place.fault(RuleSetFaultKind::Unsupported, sentence));
    }
    for element in schema.elements().filter(|element| element.language == Language::Xsl) {
        if NEEDS_XSLT.contains(&element.local.as_str()) {
            let sentence = format!("xsl:{} is not supported.", element.local);
            faults.push(element.place.fault(RuleSetFaultKind::Unsupported, sentence));
        }
    }
}

/// The phase that is asked for; `None` stands for all patterns.
pub(crate) fn phase<'s>(
    schema: &'s Element,
    options: &CompileOptions,
    faults: &mut Vec<RuleSetFault>,
) -> Option<&'s Element> {
    let asked = options.phase.as_deref().filter(|phase| *phase != "#DEFAULT");
    let name = asked.or_else(|| schema.attribute("defaultPhase"))?;
    if name == "#ALL" {
        return None;
    }
    let phase = schema.schematron("phase").find(|phase| phase.attribute("id") == Some(name));
    if phase.is_none() {
        let phases = schema.schematron("phase").filter_map(|phase| phase.attribute("id"));
        let known: Vec<String> = phases.take(20).map(|id| format!("`{id}`")).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let sentence = format!("There is no phase `{name}`; the rule set has {known}.");
        faults.push(schema.place.fault(RuleSetFaultKind::ReferenceMissing, sentence));
    }
    phase
}

/// The patterns of a phase; `None` where all are judged. A reference that leads nowhere is a fault in any phase.
pub(crate) fn active_patterns<'s>(
    schema: &'s Element,
    phase: Option<&'s Element>,
    faults: &mut Vec<RuleSetFault>,
) -> Option<HashSet<&'s str>> {
    let known: HashSet<&str> =
        schema.schematron("pattern").filter_map(|pattern| pattern.attribute("id")).collect();
    for active in schema.schematron("phase").flat_map(|phase| phase.schematron("active")) {
        let id = active.attribute("pattern").unwrap_or("");
        if !known.contains(id) {
            let sentence = format!("There is no pattern `{id}`.");
            faults.push(active.place.fault(RuleSetFaultKind::PhasePatternMissing, sentence));
        }
    }
    let phase = phase?;
    let chosen: HashSet<&str> =
        phase.schematron("active").filter_map(|active| active.attribute("pattern")).collect();
    if !chosen.is_empty() && chosen.is_disjoint(&known) {
        let sentence = "None of the phase's patterns exists.";
        faults.push(phase.place.fault(RuleSetFaultKind::ReferenceMissing, sentence));
    }
    Some(chosen)
}

/// Functions, those of keys as well, are made known before any of them is compiled: they call each other.
pub(crate) fn functions(schema: &Element, scopes: &mut Scopes<'_, '_>) {
    let mut read = Vec::new();
    for element in schema.elements().filter(|each| each.is(Language::Xsl, "function")) {
        match instruction::function(element) {
            Ok(function) => {
                let declared = scopes.builder.declare_function(&function, &scopes.global);
                scopes.note(element, "as", declared);
                read.push((element.place.clone(), function));
            }
            Err(fault) => scopes.faults.push(fault),
        }
    }
    for (place, function) in keys::functions(schema, scopes) {
        // It has no types that could be wrong.
        let _ = scopes.builder.declare_function(&function, &scopes.global);
        read.push((place, function));
    }
    scopes.functions = read;
}
