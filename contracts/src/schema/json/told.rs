//! How many violations telling may gather.
//!
//! The engine gathers every violation before it gives the first. Of a value that one schema judges that is as many as keywords
//! can be broken; schemas laid over each other (`allOf`, a `$ref` beside others) multiply it: fifty of them for one list take
//! gigabytes for a message of some kilobytes. Where schemas are laid over each other, those with members or items have a
//! keyword of ours, which counts what the values below may break before they are looked at. Judging does not ask it, telling
//! does; beyond a limit it unwinds to whoever tells, who then asks for the first violation alone.

use super::{
    Documents, exact,
    looking::{Look, Looking},
    steps,
};
use jsonschema::{Keyword, ValidationError};
use serde_json::{Map, Value};
use std::{
    cell::Cell,
    collections::{HashMap, HashSet},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

/// Most violations that the values of a document may have, where some hundred bytes are taken for each.
const VIOLATIONS_MAX: u64 = 500_000;

/// Most schemas that one violation is counted through: references lead from one to the next.
const DEPTH_MAX: usize = 100;

/// The keyword that counts.
pub(super) const KEYWORD: &str = "x-told";

/// Keywords that lay schemas over each other, beside a `$ref` that has other keywords beside it.
const LAID_OVER: [&str; 5] = ["allOf", "then", "else", "dependentSchemas", "dependencies"];

/// Keywords with schemas of which one judges a value below.
const ONE_OF_THEM: [&str; 2] = ["properties", "prefixItems"];
/// Keywords with schemas that judge values below beside those.
const BESIDE: [&str; 7] = [
    "items",
    "additionalItems",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
];

thread_local! {
    /// Nothing counts outside of `within`.
    static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// What unwinds when there may be too many.
struct TooMany;

/// Tells, as long as there are not too many; nothing where there may be.
pub(super) fn within<T>(work: impl FnOnce() -> T) -> Option<T> {
    LEFT.set(VIOLATIONS_MAX);
    let done = catch_unwind(AssertUnwindSafe(work));
    LEFT.set(u64::MAX);
    match done {
        Ok(done) => Some(done),
        Err(cause) if cause.is::<TooMany>() => None,
        Err(cause) => resume_unwind(cause),
    }
}

/// Counts how many violations values below may have, of so many each.
struct Told(u64);

impl Look for Told {
    fn look(&self, value: &Value) {
        let n_values = match value {
            Value::Array(items) => items.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        };
        let violations = u64::try_from(n_values).unwrap_or(u64::MAX).saturating_mul(self.0);
        match LEFT.get().checked_sub(violations) {
            Some(left) => LEFT.set(left),
            None => resume_unwind(Box::new(TooMany)),
        }
    }
}

/// The keyword.
pub(super) fn keyword<'a>(
    stated: &Value,
) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
    Ok(Box::new(Looking(Told(stated.as_u64().unwrap_or(1)))))
}

/// How many violations a value below a schema may have, by the schema's place in memory; nothing where no schemas are laid
/// over each other.
pub(super) fn weights(documents: &Documents) -> HashMap<usize, u64> {
    let mut counting = Counting { documents, known: HashMap::new(), open: HashSet::new() };
    let mut weights = HashMap::new();
    let mut is_laid_over = false;
    for (path, tree) in documents.readable() {
        let mut open = vec![&tree.value];
        while let Some(value) = open.pop() {
            match value {
                Value::Array(items) => open.extend(items),
                Value::Object(members) => {
                    is_laid_over |= lays_over(members);
                    let weight = counting.below(path, members);
                    if weight > 0 {
                        weights.insert(std::ptr::from_ref(value).addr(), weight);
                    }
                    open.extend(exact::parts(members));
                }
                _ => {}
            }
        }
    }
    if is_laid_over { weights } else { HashMap::new() }
}

fn lays_over(members: &Map<String, Value>) -> bool {
    let has = |name: &&str| members.get(*name).is_some_and(|value| !counts_steps(value));
    LAID_OVER.iter().any(has)
        || has(&"$ref") && (ONE_OF_THEM.iter().any(has) || BESIDE.iter().any(has))
}

/// Whether a list of schemas is ours, put beside alternatives to count steps.
fn counts_steps(value: &Value) -> bool {
    let [Value::Object(only)] = value.as_array().map(Vec::as_slice).unwrap_or_default() else {
        return false;
    };
    only.len() == 1 && only.contains_key(steps::KEYWORD)
}

/// Puts the keyword into schemas, by their places in memory: the inner first, since an object's members move when one is added.
pub(super) fn mark(value: &mut Value, weights: &HashMap<usize, u64>) {
    let weight = weights.get(&std::ptr::from_ref(value).addr()).copied();
    match value {
        Value::Array(items) => items.iter_mut().for_each(|each| mark(each, weights)),
        Value::Object(members) => {
            exact::below(members, &mut |each| mark(each, weights));
            if let Some(weight) = weight {
                members.insert(KEYWORD.to_owned(), weight.into());
            }
        }
        _ => {}
    }
}

struct Counting<'d> {
    documents: &'d Documents,
    /// By a schema's place in memory.
    known: HashMap<usize, u64>,
    /// Those that are being counted.
    open: HashSet<usize>,
}

impl Counting<'_> {
    /// How many violations a value directly below a schema may have.
    fn below(&mut self, path: &str, members: &Map<String, Value>) -> u64 {
        let mut most: u64 = 0;
        for each in schemas(members, &ONE_OF_THEM) {
            most = most.max(self.of(path, each));
        }
        for each in schemas(members, &BESIDE) {
            most = most.saturating_add(self.of(path, each));
        }
        most
    }

    /// How many violations a value may have of a schema, those of values below it left out.
    fn of(&mut self, path: &str, schema: &Value) -> u64 {
        let Value::Object(members) = schema else { return 1 };
        let address = std::ptr::from_ref(schema).addr();
        if let Some(known) = self.known.get(&address) {
            return *known;
        }
        if self.open.len() == DEPTH_MAX || !self.open.insert(address) {
            return 1;
        }
        let named = members.get("required").and_then(Value::as_array).map_or(0, Vec::len);
        let mut sum = u64::try_from(members.len() + named).unwrap_or(u64::MAX);
        for each in schemas(members, &LAID_OVER) {
            sum = sum.saturating_add(self.of(path, each));
        }
        if let Some(reference) = members.get("$ref").and_then(Value::as_str)
            && let Some(file) = self.documents.file_of(path, reference)
            && let Some((root, pointer)) = self.documents.target(path, reference)
            && let Some(target) = root.pointer(&pointer)
        {
            sum = sum.saturating_add(self.of(file, target));
        }
        self.open.remove(&address);
        self.known.insert(address, sum);
        sum
    }
}

/// The schemas that these keywords of a schema have.
fn schemas<'v>(members: &'v Map<String, Value>, keywords: &[&str]) -> Vec<&'v Value> {
    let mut schemas = Vec::new();
    for keyword in keywords {
        match members.get(*keyword) {
            Some(Value::Array(items)) => schemas.extend(items),
            Some(Value::Object(named)) if exact::NAMED.contains(keyword) => {
                schemas.extend(named.values());
            }
            one => schemas.extend(one),
        }
    }
    schemas
}
