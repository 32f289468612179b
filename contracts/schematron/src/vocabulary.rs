//! Which elements and attributes Schematron has: a misspelt one would be a check that never fires, and say nothing.
//!
//! ISO/IEC 19757-3:2016, annex A, with what the editions of 2020 and 2025 and Schematron 1.5 have besides. Elements of
//! other namespaces, and attributes in one, may stand anywhere.

use crate::fault::{RuleSetFault, RuleSetFaultKind};
use crate::source::{Element, Language};

/// An element: its name, where it may stand (empty: in any), its attributes.
type Row = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Attributes that a hint for people or a link may have, on whatever element they stand.
const ANYWHERE: [&str; 7] = ["id", "icon", "see", "fpi", "role", "subject", "class"];

const ELEMENTS: [Row; 27] = [
    ("active", &["phase"], &["pattern", "test", "when"]),
    ("assert", &["rule"], &["test", "flag", "diagnostics", "properties", "severity"]),
    ("diagnostic", &["diagnostics"], &["languages"]),
    ("diagnostics", &["schema", "library"], &[]),
    ("dir", &[], &["value"]),
    ("emph", &[], &[]),
    ("extends", &["rule", "schema", "pattern", "group", "library"], &["rule", "href"]),
    ("group", &["schema", "library"], &["abstract", "is-a", "documents"]),
    ("include", &[], &["href"]),
    ("key", &["rule", "schema"], &["name", "path", "match", "use"]),
    ("let", &["schema", "phase", "pattern", "group", "rule", "library"], &["name", "value", "as"]),
    (
        "library",
        &[],
        &["schemaVersion", "defaultPhase", "queryBinding", "title", "schematronEdition"],
    ),
    ("name", &[], &["path"]),
    ("ns", &["schema", "library"], &["prefix", "uri"]),
    ("p", &[], &[]),
    ("param", &["pattern", "group", "schema", "phase", "library"], &["name", "value", "as"]),
    ("pattern", &["schema", "library"], &["abstract", "is-a", "documents", "name"]),
    ("phase", &["schema", "library"], &["when", "from"]),
    ("properties", &["schema", "library"], &[]),
    ("property", &["properties"], &["scheme"]),
    ("report", &["rule"], &["test", "flag", "diagnostics", "properties", "severity"]),
    (
        "rule",
        &["pattern", "group", "rules"],
        &["context", "abstract", "flag", "visit-each", "name"],
    ),
    ("rules", &["schema", "library"], &[]),
    (
        "schema",
        &[],
        &[
            "schemaVersion",
            "defaultPhase",
            "queryBinding",
            "title",
            "version",
            "ns",
            "schematronEdition",
        ],
    ),
    ("span", &[], &[]),
    ("title", &[], &[]),
    ("value-of", &[], &["select"]),
];

/// Notes elements and attributes of Schematron that it does not have, and elements where they say nothing.
pub(crate) fn check(schema: &Element, faults: &mut Vec<RuleSetFault>) {
    let mut waiting = vec![(schema, None)];
    while let Some((element, parent)) = waiting.pop() {
        if element.language == Language::Schematron {
            check_one(element, parent, faults);
        }
        let children = element.elements().map(|child| (child, Some(element)));
        waiting.extend(children.collect::<Vec<_>>().into_iter().rev());
    }
}

fn check_one(element: &Element, parent: Option<&Element>, faults: &mut Vec<RuleSetFault>) {
    let local = element.local.as_str();
    let Some((_, parents, attributes)) = ELEMENTS.iter().find(|(name, ..)| *name == local) else {
        let sentence = unknown("element", local, ELEMENTS.iter().map(|(name, ..)| *name));
        faults.push(element.place.fault(RuleSetFaultKind::Broken, sentence));
        return;
    };
    let parent = parent.filter(|parent| parent.language == Language::Schematron);
    if let Some(parent) = parent.filter(|parent| {
        !parents.is_empty() && !parents.contains(&parent.local.as_str()) && is_known(parent)
    }) {
        let (within, places) = (&parent.local, parents.join("`, `"));
        let sentence =
            format!("The element `{local}` says nothing in `{within}`: it stands in `{places}`.");
        faults.push(element.place.fault(RuleSetFaultKind::SaysNothing, sentence));
    }
    for (name, _) in &element.attributes {
        let known = attributes.iter().chain(&ANYWHERE).copied();
        if !known.clone().any(|each| each == name) {
            let sentence = unknown("attribute", name, known);
            faults.push(element.place.fault(RuleSetFaultKind::SaysNothing, sentence));
        }
    }
}

fn is_known(element: &Element) -> bool {
    ELEMENTS.iter().any(|(name, ..)| *name == element.local)
}

/// What is said of a name; the nearest one that there is, where one is near.
fn unknown(what: &str, name: &str, known: impl Iterator<Item = &'static str>) -> String {
    let distance = |each: &str| strsim::damerau_levenshtein(&name.to_ascii_lowercase(), each);
    let nearest = known.map(|each| (distance(each), each)).min();
    let sentence = format!("Schematron has no {what} `{name}`");
    match nearest {
        Some((distance, nearest)) if distance <= 2 => format!("{sentence}; `{nearest}` is meant?"),
        _ => format!("{sentence}."),
    }
}
