//! What of a broken schema or description can be looked through all the same: faults of loading keep nothing back but what
//! they are about.

use super::parts::Part;
use crate::{Finding, schema::tree::Tree};
use serde_json::Value;
use std::collections::HashSet;

/// Those of the parts of a file of which loading says nothing: what a keyword means that is broken is not known, nor what
/// those beside it are to mean.
pub(super) fn keep<'v>(
    parts: Vec<Part<'v>>,
    path: &str,
    tree: &Tree,
    faults: &[Finding],
) -> Vec<Part<'v>> {
    let of_file = faults.iter().filter(|fault| fault.file == path);
    let broken: HashSet<(u32, u32)> = of_file.map(|fault| (fault.line, fault.column)).collect();
    if broken.is_empty() {
        return parts;
    }
    let pointers: Vec<(usize, String)> =
        parts.iter().enumerate().flat_map(|(at, part)| inside(at, part)).collect();
    let asked: Vec<&str> = pointers.iter().map(|(_, pointer)| pointer.as_str()).collect();
    let places = pointers.iter().zip(tree.places(&asked));
    let unsound = places.filter_map(|((at, _), place)| {
        place.filter(|place| broken.contains(&(place.line, place.column))).map(|_| *at)
    });
    let unsound: HashSet<usize> = unsound.collect();
    let parts = parts.into_iter().enumerate();
    parts.filter(|(at, _)| !unsound.contains(at)).map(|(_, part)| part).collect()
}

/// The places that a fault of a part itself may have: the part, its keywords, and the items of their lists.
fn inside(at: usize, part: &Part<'_>) -> Vec<(usize, String)> {
    let mut pointers = vec![(at, part.pointer.clone())];
    for (keyword, value) in part.members {
        let pointer = part.at(keyword);
        if let Value::Array(items) = value {
            let items = items.iter().enumerate().filter(|(_, item)| !item.is_object());
            pointers.extend(items.map(|(number, _)| (at, format!("{pointer}/{number}"))));
        }
        pointers.push((at, pointer));
    }
    pointers
}
