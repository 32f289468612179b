//! What telling about alternatives may copy.
//!
//! Where a value fits no alternative of `anyOf` or `oneOf`, the engine gathers what each has against it, and copies the value
//! into each of these: a large object before a few alternatives takes several times its memory, for words that nobody reads.
//! Before the first alternative of each list stands a keyword of ours, which counts what would be copied. Judging does not ask it, telling
//! does; beyond a limit it unwinds to whoever tells, as the steps do, and knows the value and the alternatives.

use super::{
    exact,
    looking::{Look, Looking},
};
use jsonschema::{Keyword, ValidationError, paths::Location};
use serde_json::{Value, json};
use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

/// What copies of values may take while violations are told, in bytes.
const COPIED_BYTES_MAX: usize = 64 << 20;

/// Copies that an alternative has of its value, about: one for each keyword that it breaks.
const COPIES: usize = 4;

/// The keyword that counts.
pub(super) const KEYWORD: &str = "x-branch";

/// Keywords whose alternatives are told about.
const ALTERNATIVES: [&str; 2] = ["anyOf", "oneOf"];

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// A value that fits no alternative: what unwinds.
#[derive(Debug)]
pub(super) struct FitsNone {
    /// Where the value is in memory.
    address: usize,
    /// The address of the keyword before the first alternative.
    location: String,
}

impl FitsNone {
    /// The pointer to the value.
    pub(super) fn pointer(&self, root: &Value) -> Option<String> {
        let mut pointer = String::new();
        find(root, self.address, &mut pointer).then_some(pointer)
    }

    /// The keyword that has the alternatives.
    pub(super) fn keyword(&self) -> &str {
        self.place().rsplit('/').next().unwrap_or_default()
    }

    /// The address of that keyword.
    pub(super) fn place(&self) -> &str {
        self.location.rsplitn(5, '/').last().unwrap_or_default()
    }
}

/// Goes no deeper than documents are nested.
fn find(value: &Value, address: usize, pointer: &mut String) -> bool {
    if std::ptr::from_ref(value).addr() == address {
        return true;
    }
    let end = pointer.len();
    let mut is_below = |step: &str, value: &Value| {
        pointer.push('/');
        pointer.push_str(step);
        let found = find(value, address, pointer);
        if !found {
            pointer.truncate(end);
        }
        found
    };
    match value {
        Value::Array(items) => {
            items.iter().enumerate().any(|(at, item)| is_below(&at.to_string(), item))
        }
        Value::Object(members) => members
            .iter()
            .any(|(name, member)| is_below(&crate::payload::escape_step(name), member)),
        _ => false,
    }
}

/// Tells, as long as not too much is copied for it.
pub(super) fn within<T>(work: impl FnOnce() -> T) -> Result<T, FitsNone> {
    LEFT.set(COPIED_BYTES_MAX);
    let done = catch_unwind(AssertUnwindSafe(work));
    LEFT.set(usize::MAX);
    done.or_else(|cause| match cause.downcast::<FitsNone>() {
        Ok(none) => Err(*none),
        Err(cause) => resume_unwind(cause),
    })
}

struct Branch {
    /// Its address.
    location: String,
    /// How many copies of a value telling about all alternatives makes.
    copies: usize,
}

impl Look for Branch {
    fn look(&self, value: &Value) {
        let most = LEFT.get();
        let copied = bytes(value, most / self.copies + 1).saturating_mul(self.copies);
        match most.checked_sub(copied) {
            Some(left) => LEFT.set(left),
            None => resume_unwind(Box::new(FitsNone {
                address: std::ptr::from_ref(value).addr(),
                location: self.location.clone(),
            })),
        }
    }
}

/// The keyword, at a place of the schema: how many alternatives there are, and the address of the document.
pub(super) fn keyword<'a>(
    stated: &Value,
    place: &Location,
) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
    let number = stated.get(0).and_then(Value::as_u64);
    let number = number.and_then(|number| usize::try_from(number).ok());
    let address = stated.get(1).and_then(Value::as_str).unwrap_or_default();
    let copies = number.unwrap_or(1).max(1).saturating_mul(COPIES);
    let location = format!("{address}#{}", place.as_str());
    Ok(Box::new(Looking(Branch { location, copies })))
}

/// What a copy of a value takes, about; no further than `most`.
fn bytes(value: &Value, most: usize) -> usize {
    let mut taken = size_of::<Value>();
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => taken += 32 + number.as_str().len(),
        Value::String(text) => taken += 32 + text.len(),
        Value::Array(items) => {
            for item in items {
                if taken >= most {
                    break;
                }
                taken += bytes(item, most - taken);
            }
        }
        Value::Object(members) => {
            taken += 64;
            for (name, member) in members {
                if taken >= most {
                    break;
                }
                taken += 80 + name.len() + bytes(member, most.saturating_sub(taken));
            }
        }
    }
    taken
}

/// Where an alternative is within what stands in its place.
const WITHIN: &str = "/allOf/1";

/// Puts the first alternative of each list behind a schema with the keyword, since an engine gathers in the order of `allOf` and takes
/// keywords of others last; that counts beside a `$ref` too, where up to draft 7 nothing does. References into it lead on.
pub(super) fn mark(value: &mut Value, address: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|each| mark(each, address)),
        Value::Object(members) => {
            exact::below(members, &mut |each| mark(each, address));
            for keyword in ["$ref", "$dynamicRef"] {
                if let Some(Value::String(reference)) = members.get_mut(keyword)
                    && let Some((address, pointer)) = reference.split_once('#')
                {
                    *reference = format!("{address}#{}", counted_pointer(pointer));
                }
            }
            for keyword in ALTERNATIVES {
                let Some(Value::Array(alternatives)) = members.get_mut(keyword) else { continue };
                let count = json!({ KEYWORD: [alternatives.len(), address] });
                if let Some(first) = alternatives.first_mut()
                    && (first.is_object() || first.is_boolean())
                {
                    *first = json!({ "allOf": [count, first.take()] });
                }
            }
        }
        _ => {}
    }
}

/// The pointer of what stands at a pointer, once the keyword is put in.
pub(crate) fn counted_pointer(pointer: &str) -> String {
    let mut counted = String::with_capacity(pointer.len());
    let mut steps = pointer.split('/').peekable();
    let mut before = ["", ""];
    while let Some(step) = steps.next() {
        counted.push_str(step);
        before = [before[1], step];
        if steps.peek().is_some() {
            if before[1] == "0" && ALTERNATIVES.contains(&before[0]) {
                counted.push_str(WITHIN);
            }
            counted.push('/');
        }
    }
    counted
}

/// The same the other way: the pointer in the schema as it was published.
pub(super) fn published(pointer: String) -> String {
    if !pointer.contains(WITHIN) {
        return pointer;
    }
    ALTERNATIVES.iter().fold(pointer, |pointer, keyword| {
        pointer.replace(&format!("/{keyword}/0{WITHIN}"), &format!("/{keyword}/0"))
    })
}
