//! What schemas say of a side, for checks alone: JSON Schema or XML Schema in the adapter's folder, or a contract's own.

use super::{checks, describe::Folder};
use crate::{layout::Layout, shape::Part};
use serde_json::Value;
use sluse_contracts::{
    Contract, ContractRef, Finding, code,
    files::resolve,
    schema::xml_schema,
    settings::{Placed, Table},
};
use std::{collections::HashSet, sync::Arc};

/// Finds a contract by its id and perhaps a version.
pub type Contracts<'c> = &'c dyn Fn(&ContractRef) -> Option<Arc<Contract>>;

/// The schema of a side.
pub(super) enum SideSchema {
    /// There is none.
    None,
    Json(Value),
    Xml(Box<sluse_xsd::Schema>),
    Contract(Arc<Contract>),
}

/// Reads the schema that a manifest names under a key, for a side; nothing where a fault was reported.
pub(super) fn read(
    folder: &mut Folder<'_>,
    root: &mut Table<'_>,
    key: &'static str,
    side: Option<&dyn Layout>,
) -> Option<SideSchema> {
    let Some(named) = root.optional_placed_text(key) else {
        return (!root.has(key)).then_some(SideSchema::None);
    };
    let schema = match named.value.rsplit_once('.') {
        Some((_, "xsd")) => of_xml(folder, root, &named)?,
        Some((_, "json")) => of_json(folder, root, &named)?,
        _ => of_contract(folder, root, &named)?,
    };
    let is_xml = side.is_none_or(|side| side.xml_names().is_some());
    let fits = match &schema {
        SideSchema::Xml(_) => is_xml,
        _ => true,
    };
    if !fits {
        let sentence = "the schema is one of XML, and the side is written otherwise";
        root.settings().report(named.place, code::VALUE_WRONG, sentence);
    }
    fits.then_some(schema)
}

fn of_xml(folder: &mut Folder<'_>, root: &Table<'_>, named: &Placed<String>) -> Option<SideSchema> {
    let Some(path) = resolve("", &named.value).filter(|path| folder.files.get(path).is_some())
    else {
        // Told as for any other file.
        folder.text(root, named);
        return None;
    };
    let (schema, findings) = xml_schema(&path, folder.files);
    folder.findings.extend(findings);
    schema.map(|schema| SideSchema::Xml(Box::new(schema)))
}

fn of_json(
    folder: &mut Folder<'_>,
    root: &Table<'_>,
    named: &Placed<String>,
) -> Option<SideSchema> {
    let (name, text) = folder.text(root, named)?;
    match serde_json::from_str(&text) {
        Ok(schema) => Some(SideSchema::Json(schema)),
        Err(fault) => {
            let place = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            let (line, column) = (place(fault.line()), place(fault.column()));
            let finding = Finding::in_file(name, code::SCHEMA_BROKEN, "the schema is no JSON");
            folder.findings.push(finding.at(line, column));
            None
        }
    }
}

/// Where no contracts are at hand, as when an adapter is looked at without a configuration, nothing is said of the side.
fn of_contract(
    folder: &Folder<'_>,
    root: &Table<'_>,
    named: &Placed<String>,
) -> Option<SideSchema> {
    let Ok(wanted) = named.value.parse::<ContractRef>() else {
        let sentence =
            "a schema is a file `.json` or `.xsd` of the folder, or the id of a contract";
        root.settings().report(named.place, code::VALUE_WRONG, sentence);
        return None;
    };
    let Some(contracts) = folder.contracts else { return Some(SideSchema::None) };
    let found = contracts(&wanted);
    if found.is_none() {
        let sentence = "no contract fits this id and version";
        root.settings().report(named.place, code::CONTRACT_NOT_FOUND, sentence);
    }
    found.map(SideSchema::Contract)
}

impl SideSchema {
    /// What may stand on the side; nothing where the schema does not say so plainly.
    pub(super) fn parts(&self, side: &dyn Layout, named: &HashSet<String>) -> Option<Vec<Part>> {
        match self {
            Self::None => None,
            Self::Json(schema) => checks::parts_of_schema(schema),
            Self::Xml(schema) => {
                checks::parts_of_xml_schema(schema.shapes(), side.xml_names()?, named)
            }
            Self::Contract(contract) => contract.schemas().find_map(|schema| {
                match (schema.json(), schema.xsd(), side.xml_names()) {
                    (Some(schema), _, None) => checks::parts_of_schema(&schema),
                    (_, Some(schema), Some(names)) => {
                        checks::parts_of_xml_schema(schema.shapes(), names, named)
                    }
                    _ => None,
                }
            }),
        }
    }
}
