//! The member names that a contract declares. Any other name may be personal data, and is shown as `*`.

use serde_json::Value;
use std::collections::HashSet;

/// Names that schemas declare as members.
#[derive(Debug, Default)]
pub(crate) struct Names(HashSet<String>);

impl Names {
    /// The names declared anywhere in these schemas.
    pub(crate) fn of<'v>(schemas: impl Iterator<Item = &'v Value>) -> Self {
        let mut names = HashSet::new();
        let mut open: Vec<&Value> = schemas.collect();
        while let Some(value) = open.pop() {
            match value {
                Value::Array(items) => open.extend(items),
                Value::Object(members) => {
                    for (keyword, value) in members {
                        collect(keyword, value, &mut names);
                        open.push(value);
                    }
                }
                _ => {}
            }
        }
        Self(names)
    }

    /// Whether the contract declares this name.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

fn collect(keyword: &str, value: &Value, names: &mut HashSet<String>) {
    match (keyword, value) {
        (
            "properties" | "dependentRequired" | "dependentSchemas" | "dependencies",
            Value::Object(members),
        ) => {
            names.extend(members.keys().cloned());
        }
        ("required", Value::Array(items)) => {
            names.extend(items.iter().filter_map(Value::as_str).map(str::to_owned));
        }
        _ => {}
    }
}
