//! Documents of JSON and their schema, and who judges them.

use super::{
    ours,
    peers::Peers,
    table::{self, Measuring, Row},
};
use crate::{Fault, setup};
use serde_json::{Value, json};
use std::{fs, path::Path};

/// The schema's file in the folder of the contract.
pub(super) const SCHEMA: &str = "schema.json";

const CONTRACT: &str = r#"id         = "bench.services/cases"
version    = "1.0.0"
status     = "in-force"
title      = { en = "Cases of the bench" }
steward    = "bench.provider"
data-class = "open"

[[operation]]
name     = "submit"
kind     = "one-way"
request  = { media-type = "application/json", judge = [{ json-schema = "schema.json" }] }
"#;

/// Bytes of all documents that one way judges at one size, about.
const VOLUME_BYTES: u64 = 20_000_000;

/// Measures all ways at both sizes, of a document that is valid and one that is not.
pub(super) fn run() -> Result<Vec<Row>, Fault> {
    let folder = tempfile::tempdir()?;
    let contract = folder.path().join("contract");
    setup::write(&contract.join("contract.toml"), CONTRACT)?;
    setup::write(&contract.join(SCHEMA), &format!("{:#}", schema()))?;
    let peers = Peers::prepare(folder.path());
    let mut rows = Vec::new();
    for (size, name) in [(2_000, "2 KB"), (500_000, "500 KB")] {
        for is_valid in [true, false] {
            let path = folder.path().join("document.json");
            fs::write(&path, document(size, is_valid).to_string())?;
            let work = format!("{name}, {}", if is_valid { "valid" } else { "invalid" });
            rows.extend(ways(&work, &contract, &path, &peers)?);
        }
    }
    Ok(rows)
}

fn ways(work: &str, contract: &Path, path: &Path, peers: &Peers) -> Result<Vec<Row>, Fault> {
    let bytes = fs::metadata(path)?.len();
    let count = (VOLUME_BYTES / bytes).max(2);
    let few = (count / 4).max(2);
    let ours = |way: &'static str, count: u64| move || ours::in_process(way, contract, path, count);
    let schema = contract.join(SCHEMA);
    let ways: [Measuring<'_>; 5] = [
        ("Sluse", count, Box::new(ours("json", count))),
        ("jsonschema, all errors", count, Box::new(ours("crate-errors", count))),
        ("jsonschema, yes or no", count, Box::new(ours("crate-is-valid", count))),
        ("ajv", few, Box::new(|| peers.ajv(&schema, path, few))),
        ("jsonschema-rs (Python)", few, Box::new(|| peers.python(&schema, path, few))),
    ];
    table::measure(work, bytes, &ways)
}

/// Cases of a register: of each kind of keyword that is common, some.
#[expect(clippy::too_many_lines, reason = "a table")]
fn schema() -> Value {
    let text = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    let sized =
        |least: u32, most: u32| json!({ "type": "string", "minLength": least, "maxLength": most });
    let format = |format: &str| json!({ "type": "string", "format": format });
    let object = |required: &[&str], properties: Value| json!({ "type": "object", "required": required, "additionalProperties": false, "properties": properties });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["sender", "sent", "cases"],
        "additionalProperties": false,
        "properties": {
            "sender": { "$ref": "#/$defs/unit" },
            "sent": format("date-time"),
            "cases": { "type": "array", "minItems": 1, "maxItems": 10_000, "items": { "$ref": "#/$defs/case" } },
        },
        "$defs": {
            "unit": text("^[a-z]{2,8}\\.[a-z]{2,20}/[a-z]{2,20}$"),
            "case": object(
                &["id", "state", "opened", "priority", "urgent", "applicant", "tags", "lines"],
                json!({
                    "id": format("uuid"),
                    "state": { "enum": ["draft", "open", "waiting", "closed"] },
                    "opened": format("date"),
                    "closed": { "type": ["string", "null"], "format": "date" },
                    "priority": { "type": "integer", "minimum": 1, "maximum": 5 },
                    "urgent": { "type": "boolean" },
                    "applicant": { "oneOf": [{ "$ref": "#/$defs/person" }, { "$ref": "#/$defs/company" }] },
                    "tags": { "type": "array", "uniqueItems": true, "maxItems": 20, "items": sized(1, 30) },
                    "source": format("uri"),
                    "lines": { "type": "array", "minItems": 1, "maxItems": 500, "items": { "$ref": "#/$defs/line" } },
                }),
            ),
            "person": object(
                &["kind", "name", "email", "address"],
                json!({
                    "kind": { "const": "person" },
                    "name": sized(1, 200),
                    "email": format("email"),
                    "address": { "$ref": "#/$defs/address" },
                }),
            ),
            "company": object(
                &["kind", "number", "name", "address"],
                json!({
                    "kind": { "const": "company" },
                    "number": text("^[0-9]{8}$"),
                    "name": sized(1, 200),
                    "address": { "$ref": "#/$defs/address" },
                }),
            ),
            "address": object(
                &["street", "house", "postcode", "country"],
                json!({
                    "street": sized(1, 100),
                    "house": text("^[0-9]{1,3}[A-Z]?$"),
                    "postcode": text("^[0-9]{4}$"),
                    "country": { "enum": ["DK", "NO", "SE", "FI", "IS"] },
                }),
            ),
            "line": object(
                &["number", "text", "amount", "unit"],
                json!({
                    "number": { "type": "integer", "minimum": 1 },
                    "text": sized(1, 200),
                    "amount": { "type": "number", "minimum": 0, "exclusiveMaximum": 1_000_000_000 },
                    "unit": text("^[A-Z0-9]{2,3}$"),
                    "note": sized(0, 500),
                }),
            ),
        },
    })
}

fn document(size: usize, is_valid: bool) -> Value {
    let mut cases: Vec<Value> = vec![case(0)];
    let mut length = 100;
    while length < size {
        let next = case(cases.len());
        length += next.to_string().len();
        cases.push(next);
    }
    if cases.len() > 2 {
        cases.pop();
    }
    if !is_valid {
        for (case, member, value) in [
            (0, "/state", json!("forgotten")),
            (0, "/lines/0/amount", json!(-1)),
            (0, "/applicant/inspector", json!("nobody")),
            (cases.len() - 1, "/opened", json!("2026-02-30")),
            (cases.len() - 1, "/lines/1/number", json!("two")),
        ] {
            replace(cases.get_mut(case), member, value);
        }
    }
    json!({ "sender": "dk.permits/intake", "sent": "2026-03-02T08:15:30Z", "cases": cases })
}

/// Gives an object a member, whether it had one of this name or not.
fn replace(value: Option<&mut Value>, pointer: &str, with: Value) {
    let Some((above, name)) = pointer.rsplit_once('/') else { return };
    if let Some(Value::Object(members)) = value.and_then(|value| value.pointer_mut(above)) {
        members.insert(name.to_owned(), with);
    }
}

fn case(at: usize) -> Value {
    let address = json!({
        "street": format!("Invented Road of the {at}. Case"),
        "house": format!("{}B", at % 200 + 1),
        "postcode": format!("{:04}", 1000 + at % 9000),
        "country": "DK",
    });
    let applicant = if at.is_multiple_of(2) {
        json!({ "kind": "person", "name": "Ærlig Opfundet", "email": format!("person{at}@mail.example"), "address": address })
    } else {
        json!({ "kind": "company", "number": format!("{:08}", 10_000_000 + at), "name": "Opfundet & Co \"Nord\"", "address": address })
    };
    let lines: Vec<Value> = (1..=4)
        .map(|number| {
            json!({
                "number": number,
                "text": "Line of an invented case, long enough to weigh something",
                "amount": (number * 100 + at) as f64 + 0.5,
                "unit": "H87",
            })
        })
        .collect();
    json!({
        "id": format!("b1946ac9-2492-4f3b-8f5e-{at:012x}"),
        "state": "open",
        "opened": "2026-03-02",
        "closed": null,
        "priority": at % 5 + 1,
        "urgent": at.is_multiple_of(3),
        "applicant": applicant,
        "tags": ["building", "shore", "heritage"],
        "source": format!("https://intake.example/cases/{at}"),
        "lines": lines,
    })
}
