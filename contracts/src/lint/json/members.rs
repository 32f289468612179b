//! Members that an object must have and may not have.

use super::{Dialect, Told, parts::Part};
use crate::code;
use serde_json::Value;

pub(super) fn find(part: &Part<'_>, dialect: Dialect, told: &mut Vec<Told>) {
    if part.has("$ref") && dialect.refs_stand_alone() {
        return;
    }
    let Some(Value::Array(required)) = part.members.get("required") else { return };
    let closed = part.members.get("additionalProperties") == Some(&Value::Bool(false));
    // What `patternProperties` lets in is not worked out here.
    let closed = closed && !part.has("patternProperties");
    let properties = part.members.get("properties").and_then(Value::as_object);
    for (at, name) in required.iter().enumerate() {
        let Some(name) = name.as_str() else { continue };
        let declared = properties.and_then(|properties| properties.get(name));
        let sentence = match declared {
            None if closed => format!(
                "`{name}` is required, and `additionalProperties` is false without it: no object keeps to both"
            ),
            Some(Value::Bool(false)) => {
                format!("`{name}` is required, and its schema is false: no object keeps to both")
            }
            _ => continue,
        };
        let pointer = format!("{}/{at}", part.at("required"));
        let hint = format!("declare `{name}` under `properties`, or look how it is spelt there");
        told.push(Told::new(pointer, code::SCHEMA_NEVER_HOLDS, sentence).hint(hint));
    }
}
