//! Schemas of a description by their names and places, whichever of its files they stand in.

use crate::{
    payload::{escape_step, unescape_step},
    percent::decode,
    schema::json::Documents,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// Most references that may follow each other before there is a schema.
const REFERENCES_MAX: usize = 100;

/// The objects of a description whose members are schemas with names (OpenAPI 3.0.3 and 3.1, "Components Object"; Swagger
/// 2.0, "Definitions Object").
const FOLDERS: [&str; 2] = ["/components/schemas", "/definitions"];

/// Where a schema stands: its file, and the JSON Pointer in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) pointer: String,
}

impl Place {
    /// The place of a member.
    pub(super) fn below(&self, name: &str) -> Self {
        let pointer = format!("{}/{}", self.pointer, escape_step(name));
        Self { file: self.file.clone(), pointer }
    }
}

/// The schemas of a description.
pub(super) struct Schemas<'d> {
    documents: &'d Documents,
    /// Names, and the places where what they name stands, behind references that say nothing else.
    named: Vec<(String, Place)>,
    /// Those that build on others, and on which.
    building: Vec<(Place, Vec<Place>)>,
}

impl<'d> Schemas<'d> {
    /// Those of the description in a file, and of the files that it refers to.
    pub(super) fn of(documents: &'d Documents, entry: &str) -> Self {
        let mut schemas = Self { documents, named: Vec::new(), building: Vec::new() };
        let files = documents.reachable(entry);
        for (file, tree) in &files {
            for (name, pointer) in schemas_of_description(&tree.value) {
                schemas.add(file, name, pointer);
            }
        }
        for (file, tree) in &files {
            for (name, pointer) in schemas_of_file(file, &tree.value) {
                let place = Place { file: (*file).to_owned(), pointer: pointer.clone() };
                // The name that a description gives goes before.
                if !schemas.named.iter().any(|(_, each)| *each == place) {
                    schemas.add(file, name, pointer);
                }
            }
        }
        let mut seen = BTreeSet::new();
        let building = schemas.named.iter().filter_map(|(_, place)| {
            let schema = schemas.get(place).filter(|_| seen.insert(place))?;
            let bases: Vec<Place> = schemas.bases(place, schema).collect();
            (!bases.is_empty()).then(|| (place.clone(), bases))
        });
        schemas.building = building.collect();
        schemas
    }

    fn add(&mut self, file: &str, name: String, pointer: String) {
        if let Some(place) = self.behind(Place { file: file.to_owned(), pointer }) {
            self.named.push((name, place));
        }
    }

    /// The schema at a place.
    pub(super) fn get(&self, place: &Place) -> Option<&'d Value> {
        let tree = self.documents.get(&place.file)?.as_ref().ok()?;
        tree.value.pointer(&place.pointer)
    }

    /// The place of the schema that a reference in a file leads to, behind references that say nothing else.
    pub(super) fn place(&self, from: &str, reference: &str) -> Option<Place> {
        let (_, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let file = self.documents.file_of(from, reference)?.to_owned();
        self.behind(Place { file, pointer: decode(pointer).into_owned() })
    }

    fn behind(&self, mut place: Place) -> Option<Place> {
        for _ in 0..REFERENCES_MAX {
            let schema = self.get(&place)?;
            let alone = schema.as_object().filter(|members| members.len() == 1);
            let Some(reference) = alone.and_then(|members| members.get("$ref")?.as_str()) else {
                return Some(place);
            };
            let (_, pointer) = reference.split_once('#').unwrap_or((reference, ""));
            let file = self.documents.file_of(&place.file, reference)?.to_owned();
            place = Place { file, pointer: decode(pointer).into_owned() };
        }
        None
    }

    /// The names of the schema at a place: those of the description, else the last step of the place, or the file's
    /// own name.
    pub(super) fn names(&self, place: &Place) -> Vec<String> {
        let named = self.named.iter().filter(|(_, each)| each == place);
        let names: BTreeSet<String> = named.map(|(name, _)| name.clone()).collect();
        if !names.is_empty() {
            return names.into_iter().collect();
        }
        let step = place.pointer.rsplit('/').next().unwrap_or_default();
        let name = if step.is_empty() { stem(&place.file) } else { &unescape_step(step) };
        vec![name.to_owned()]
    }

    /// The schemas that build on the one at a place, and on those, the nearest first.
    pub(super) fn family(&self, parent: &Place) -> Vec<(Place, &'d Value)> {
        let mut family: Vec<(Place, &Value)> = Vec::new();
        let mut known = BTreeSet::from([parent.clone()]);
        loop {
            let mut found: Vec<(Place, &Value)> = Vec::new();
            for (place, bases) in &self.building {
                if !known.contains(place)
                    && bases.iter().any(|base| known.contains(base))
                    && let Some(schema) = self.get(place)
                {
                    found.push((place.clone(), schema));
                }
            }
            if found.is_empty() {
                return family;
            }
            known.extend(found.iter().map(|(place, _)| place.clone()));
            family.extend(found);
        }
    }

    /// The schemas that a schema builds on.
    fn bases<'s>(&'s self, place: &'s Place, schema: &'s Value) -> impl Iterator<Item = Place> {
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let references = parts.filter_map(|part| part.get("$ref")?.as_str());
        references.filter_map(|reference| self.place(&place.file, reference))
    }
}

/// The names of the schemas of a description, and where they stand.
fn schemas_of_description(value: &Value) -> Vec<(String, String)> {
    let of = |folder: &'static str| {
        let all = value.pointer(folder).and_then(Value::as_object).into_iter().flatten();
        all.map(move |(name, _)| (name.clone(), format!("{folder}/{}", escape_step(name))))
    };
    FOLDERS.into_iter().flat_map(of).collect()
}

/// The schemas of a file that is no description, and their names: the file itself, or its members, where they build on
/// others.
fn schemas_of_file(file: &str, value: &Value) -> Vec<(String, String)> {
    let Value::Object(members) = value else { return Vec::new() };
    if FOLDERS.iter().any(|folder| value.pointer(folder).is_some()) {
        return Vec::new();
    }
    if members.contains_key("allOf") {
        return vec![(stem(file).to_owned(), String::new())];
    }
    let building = members.iter().filter(|(_, member)| member.get("allOf").is_some());
    building.map(|(name, _)| (name.clone(), format!("/{}", escape_step(name)))).collect()
}

/// A file's name without its folder and ending.
fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}
