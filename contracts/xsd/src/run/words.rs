//! What is said about a fault: words of the schema alone, never of the document.

use crate::automaton::Expected;
use crate::tables::Tables;
use crate::types::{Broken, TypeId, Types};
use crate::wildcard::Namespaces;
use std::collections::{HashMap, HashSet};

/// Most names of a schema that one sentence lists.
const LISTED_MAX: usize = 10;

pub(super) const NIL_NOT_EMPTY: &str = "an element with xsi:nil=\"true\" must be empty";

/// What may come next: the elements that may stand there themselves, and what wildcards let in. `met` is the local
/// name of the element that stands there instead: where one is expected that is called so, its namespace is what matters.
pub(super) fn expected(tables: &Tables, expected: &[Expected], met: Option<&str>) -> String {
    let elements = elements(tables, expected);
    let mut locals: HashMap<&str, HashSet<&str>> = HashMap::new();
    for (namespace, local) in &elements {
        locals.entry(local).or_default().insert(namespace);
    }
    let told = |(namespace, local): &(&str, &str)| {
        let others = locals.get(local).is_some_and(|namespaces| namespaces.len() > 1);
        match (others || met == Some(local), *namespace) {
            (false, _) => (*local).to_owned(),
            (true, "") => format!("{local} (no namespace)"),
            (true, namespace) => format!("{local} (namespace {namespace})"),
        }
    };
    let mut names: Vec<String> = elements.iter().take(LISTED_MAX).map(told).collect();
    if elements.len() > LISTED_MAX {
        let more = elements.len() - LISTED_MAX;
        if let Some(last) = names.last_mut() {
            last.push_str(&format!(" and {more} more"));
        }
    }
    let mut seen = HashSet::new();
    let wildcards = expected.iter().filter_map(|each| match each {
        Expected::Wildcard(id) => tables.automata.wildcards.get(*id as usize),
        Expected::Element(..) => None,
    });
    let let_in = wildcards.map(|each| let_in(tables, &each.namespaces));
    let let_in: Vec<String> = let_in.filter(|each| seen.insert(each.clone())).collect();
    match (names.is_empty(), let_in.is_empty()) {
        (_, true) => names.join(", "),
        (true, false) => let_in.join(" or "),
        (false, false) => format!("{}, or {}", names.join(", "), let_in.join(" or ")),
    }
}

/// Namespaces and local names of the elements that may come next, each once. An abstract one never stands anywhere
/// itself: it is told only where nothing may stand for it.
fn elements<'t>(tables: &'t Tables, expected: &[Expected]) -> Vec<(&'t str, &'t str)> {
    let all = || {
        expected.iter().filter_map(|each| match each {
            Expected::Element(symbol, element) => Some((*symbol, *element)),
            Expected::Wildcard(_) => None,
        })
    };
    let is_abstract = |id: u32| tables.element(id).is_some_and(|element| element.is_abstract);
    let only_abstract = all().all(|(_, element)| is_abstract(element));
    let told = all().filter(|(_, element)| only_abstract || !is_abstract(*element));
    let mut seen = HashSet::new();
    let names = told.map(|(symbol, _)| tables.names.texts(symbol));
    names.filter(|name| seen.insert(*name)).collect()
}

/// What a wildcard lets in.
fn let_in(tables: &Tables, namespaces: &Namespaces) -> String {
    let words = |list: &[u32]| {
        let listed = list.iter().take(LISTED_MAX).map(|namespace| {
            let text = tables.names.namespace_text(*namespace);
            if text.is_empty() {
                "no namespace".to_owned()
            } else {
                format!("the namespace {text}")
            }
        });
        let mut listed = listed.collect::<Vec<_>>().join(" or ");
        if list.len() > LISTED_MAX {
            listed.push_str(&format!(" and {} more", list.len() - LISTED_MAX));
        }
        listed
    };
    match namespaces {
        Namespaces::Any => "any element".to_owned(),
        Namespaces::In(list) => format!("an element of {}", words(list)),
        Namespaces::Not(list) => {
            let but: Vec<u32> = list.iter().copied().filter(|namespace| *namespace != 0).collect();
            match but.as_slice() {
                [] => "an element of a namespace".to_owned(),
                but => format!(
                    "an element of a namespace that is not {}",
                    words(but).replace("the namespace ", "")
                ),
            }
        }
    }
}

/// A value that does not fit.
pub(super) fn value(types: &Types, broken: &Broken, simple: TypeId) -> String {
    format!("the value must be {}; the type is {}", broken.expected, types.words(simple))
}

/// A default that does not fit the type that an element names.
pub(super) fn default(types: &Types, broken: &Broken, simple: TypeId) -> String {
    let words = types.words(simple);
    format!("the default value of the element must be {}; the type is {words}", broken.expected)
}

/// A fault of identity.
pub(super) fn identity(rule: &str, name: &str) -> String {
    match rule {
        "cvc-identity-constraint.3" => {
            format!("a field of '{name}' must lead to one node at most, and to a value")
        }
        "cvc-identity-constraint.4.1" => format!("the values of '{name}' must be unique"),
        "cvc-identity-constraint.4.2.1" => {
            format!("a field of the key '{name}' is missing: each must have a value")
        }
        "cvc-identity-constraint.4.2.2" => format!("the key '{name}' must be unique"),
        "cvc-identity-constraint.4.2.3" => format!("the key '{name}' may not be nillable"),
        _ => format!("the reference '{name}' leads to no key"),
    }
}
