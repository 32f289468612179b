//! Members that say which schema judges an object (`discriminator` of OpenAPI): a good value names one.
//!
//! Where schemas build on the one that has it, a value that names none of them is taken by the judge, since a schema may
//! give itself another name (OpenAPI 3.0.3, section 4.7.24.1). What such a message means nobody knows, so it is never
//! sent as a good one: a system may refuse it.

use super::{
    make::{Maker, below},
    spot::{Part, Spot, listed},
};
use serde_json::Value;
use sluse_contracts::schema::described::SchemaAt;

/// Most objects of one document that are made to name a schema.
pub(crate) const NAMING_MAX: usize = 20;

/// An object that names no schema.
#[derive(Debug)]
pub(crate) struct Unnamed {
    /// Where it stands, as a JSON Pointer.
    pub(crate) pointer: String,
    /// The conditions, of which one holds where a schema is named.
    pub(crate) conditions: Vec<SchemaAt>,
}

/// What a look through a document tells.
#[derive(Debug, Default)]
pub(crate) struct Naming {
    /// Whether there is a member that says which schema judges.
    pub(crate) is_asked: bool,
    /// The first object that names none.
    pub(crate) unnamed: Option<Unnamed>,
}

/// Looks through a document.
pub(crate) fn naming(maker: &Maker<'_, '_>, root: &SchemaAt, value: &Value) -> Naming {
    let mut naming = Naming::default();
    look(maker, &[Part::of(root.clone())], "", value, &mut naming);
    naming
}

fn look(maker: &Maker<'_, '_>, starts: &[Part], pointer: &str, value: &Value, naming: &mut Naming) {
    if naming.unnamed.is_some() || !(value.is_object() || value.is_array()) {
        return;
    }
    let spot = maker.gather(starts, pointer, Some(value));
    here(maker, &spot, value, naming);
    for (name, member) in value.as_object().into_iter().flatten() {
        look(maker, &spot.member(maker.schemas, name), &below(pointer, name), member, naming);
    }
    for (position, item) in value.as_array().into_iter().flatten().enumerate() {
        let starts = spot.item(maker.schemas, position);
        look(maker, &starts, &below(pointer, &position.to_string()), item, naming);
    }
}

fn here(maker: &Maker<'_, '_>, spot: &Spot, value: &Value, naming: &mut Naming) {
    for part in &spot.parts {
        let schema = maker.schemas.value(&part.at);
        let Some(member) = schema.get("discriminator").and_then(member) else { continue };
        let decides = |at: &SchemaAt| maker.schemas.value(at).get("if").is_some();
        let branches = listed(&part.at, schema, "allOf").into_iter().filter(decides);
        let conditions: Vec<SchemaAt> = branches.map(|at| at.below("if")).collect();
        if conditions.is_empty() || value.get(member).is_none() {
            continue;
        }
        naming.is_asked = true;
        if !conditions.iter().any(|at| maker.schemas.takes(at, value) == Some(true)) {
            naming.unnamed = Some(Unnamed { pointer: spot.pointer.clone(), conditions });
            return;
        }
    }
}

/// The member's name; in Swagger 2.0 it is all that stands there.
fn member(stated: &Value) -> Option<&str> {
    stated.as_str().or_else(|| stated.get("propertyName")?.as_str())
}
