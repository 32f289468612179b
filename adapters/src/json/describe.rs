//! Reading a description of JSON: every fault of it at once, with its place.
//!
//! | key of the file | says |
//! |---|---|
//! | `array` | the path to the list whose members are units; `.` where it is the document |
//! | `lines` | whether each line is a unit |
//! | `after-units` | what becomes of what stands behind the list of units: `refused` (default), `ignored` |
//! | `lists` | paths of members that are written as lists |
//! | `numbers`, `booleans` | paths of members that are written as numbers, as `true` or `false` |
//! | `indent` | blanks for each level, where what is written is to have lines |
//! | `names` | further names that faults may say |
//!
//! A path is names with `/` between them; lists on the way are no steps of their own.

use super::{
    form::{Form, JsonPath, Scalar},
    layout::{JsonLayout, Units},
};
use crate::{layout::Layout, tree::Names};
use sluse_contracts::{code, settings::Table};
use std::sync::Arc;

/// Most blanks for one level.
const INDENT_MAX: u64 = 16;

/// Reads the table of a description; nothing where a fault was reported.
pub(crate) fn describe(root: &mut Table<'_>) -> Option<Arc<dyn Layout>> {
    let (mut names, mut form) = (Names::default(), Form::default());
    let array: Option<JsonPath> = root.optional_name("array");
    let lines = root.flag("lines").unwrap_or(false);
    let after = [("refused", false), ("ignored", true)];
    let ignores_after_units = root.choice("after-units", &after).unwrap_or(false);
    let indent =
        root.whole("indent", 0..=INDENT_MAX).and_then(|blanks| usize::try_from(blanks).ok());
    if lines && array.is_some() {
        root.report("lines", code::VALUE_WRONG, "units are lines, or members of an `array`");
    }
    if lines && indent.is_some() {
        let sentence = "a unit that is a line has no lines of its own";
        root.report("indent", code::VALUE_WRONG, sentence);
    }
    mark(root, "lists", &mut form, &mut names, |member| {
        !std::mem::replace(&mut member.is_list, true)
    });
    let scalar = |scalar: Scalar| move |member: &mut Form| member.scalar.replace(scalar).is_none();
    mark(root, "numbers", &mut form, &mut names, scalar(Scalar::Number));
    mark(root, "booleans", &mut form, &mut names, scalar(Scalar::Boolean));
    root.names::<JsonPath>("names").iter().for_each(|path| add(&path.value.0, &mut names));
    let units = match (array, lines) {
        (Some(JsonPath(path)), _) => {
            add(&path, &mut names);
            Units::Array(path)
        }
        (None, true) => Units::Lines,
        (None, false) => Units::Document,
    };
    Some(Arc::new(JsonLayout { names: Arc::new(names), units, ignores_after_units, form, indent }))
}

/// Says something of members. `say` gives false where it, or something against it, was said already.
fn mark(
    root: &mut Table<'_>,
    key: &'static str,
    form: &mut Form,
    names: &mut Names,
    say: impl Fn(&mut Form) -> bool,
) {
    for path in root.names::<JsonPath>(key) {
        let JsonPath(steps) = &path.value;
        add(steps, names);
        if steps.is_empty() || !say(form.at(steps)) {
            let sentence = "the path leads to no member, or it is said already what stands there";
            root.settings().report(path.place, code::VALUE_WRONG, sentence);
        }
    }
}

fn add(path: &[String], names: &mut Names) {
    for name in path {
        names.add(name);
    }
}
