//! What is said about a fault: words of the schema alone, never of the document.

use crate::automaton::Expected;
use crate::tables::Tables;
use crate::types::{Broken, TypeId, Types};
use std::collections::HashSet;

/// Most names of a schema that one sentence lists.
const LISTED_MAX: usize = 10;

pub(super) const NIL_NOT_EMPTY: &str = "an element with xsi:nil=\"true\" must be empty";

/// The names of elements that may come next; what wildcards let in is told where nothing else may.
pub(super) fn expected(tables: &Tables, expected: &[Expected]) -> String {
    let mut seen = HashSet::new();
    let mut names = Vec::new();
    for each in expected {
        if let Expected::Symbol(symbol) = each {
            let name = tables.names.local(*symbol);
            if seen.insert(name) && seen.len() <= LISTED_MAX {
                names.push(name);
            }
        }
    }
    if names.is_empty() {
        return "an element of another namespace".to_owned();
    }
    let mut text = names.join(", ");
    if seen.len() > names.len() {
        text.push_str(&format!(" and {} more", seen.len() - names.len()));
    }
    text
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
            format!("a field of '{name}' must lead to one value at most")
        }
        "cvc-identity-constraint.4.1" => format!("the values of '{name}' must be unique"),
        "cvc-identity-constraint.4.2.1" => format!("the key '{name}' must be there"),
        "cvc-identity-constraint.4.2.2" => format!("the key '{name}' must be unique"),
        "cvc-identity-constraint.4.2.3" => format!("the key '{name}' may not be nillable"),
        _ => format!("the reference '{name}' leads to no key"),
    }
}
