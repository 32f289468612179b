//! A description of 1,000 paths, and the requests that are looked up in it.

use super::{
    ours,
    table::{self, Measuring, Row},
};
use crate::{Fault, setup};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

const CONTRACT: &str = r#"id         = "bench.services/registers"
version    = "1.0.0"
status     = "in-force"
title      = { en = "Registers of the bench" }
steward    = "bench.provider"
data-class = "open"
openapi    = "openapi.json"
"#;

/// Registers, of so many paths each as there are templates.
const REGISTERS: usize = 50;

/// What follows a register's own path, with the methods that are there: of all depths, with words and parameters that
/// compete for the same segment.
const TEMPLATES: [(&str, &str); 20] = [
    ("", "get post"),
    ("/search", "get post"),
    ("/{id}", "get put delete"),
    ("/{id}.pdf", "get"),
    ("/{from}..{to}", "get"),
    ("/changes", "get"),
    ("/changes/{since}", "get"),
    ("/{id}/history", "get"),
    ("/{id}/history/{version}", "get"),
    ("/{id}/documents", "get post"),
    ("/{id}/documents/latest", "get"),
    ("/{id}/documents/{document}", "get put delete"),
    ("/{id}/documents/{document}/pages", "get"),
    ("/{id}/documents/{document}/pages/{page}", "get"),
    ("/{id}/documents/{document}/pages/{page}/marks/{mark}", "get put"),
    ("/{id}/relations/{kind}", "get"),
    ("/{id}/relations/{kind}/{other}", "put delete"),
    ("/by-number/{number}", "get"),
    ("/by-number/{number}/documents", "get"),
    ("/{id}/access/consumers/{consumer}/grants/{grant}", "get delete"),
];

/// How many operations are looked up in all.
const LOOKUPS: u64 = 4_000_000;

/// Measures the lookup of an operation.
pub(super) fn run() -> Result<Vec<Row>, Fault> {
    let folder = tempfile::tempdir()?;
    let contract = folder.path().join("contract");
    setup::write(&contract.join("contract.toml"), CONTRACT)?;
    setup::write(&contract.join("openapi.json"), &description().to_string())?;
    let mut rows = Vec::new();
    for (work, base) in [("path alone", ""), ("path with server's", "/registers/v2")] {
        let path = folder.path().join("requests.txt");
        setup::write(&path, &requests(base))?;
        let ways: [Measuring<'_>; 1] = [(
            "Sluse",
            LOOKUPS,
            Box::new(|| ours::in_process("operations", &contract, &path, LOOKUPS)),
        )];
        rows.extend(table::measure(work, 0, &ways)?);
    }
    Ok(rows)
}

fn register(at: usize) -> String {
    const NAMES: [&str; 5] = ["permits", "vehicles", "parcels", "companies", "schools"];
    format!("{}-{}", NAMES.get(at % NAMES.len()).copied().unwrap_or_default(), at / NAMES.len())
}

fn name(method: &str, register: usize, template: usize) -> String {
    format!("{method}-{register}-{template}")
}

fn description() -> Value {
    let mut paths = Map::new();
    for at in 0..REGISTERS {
        for (number, (template, methods)) in TEMPLATES.iter().enumerate() {
            let mut operations = Map::new();
            let parameters: Vec<Value> = template
                .split('{')
                .skip(1)
                .filter_map(|piece| piece.split_once('}'))
                .map(|(name, _)| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
                .collect();
            for method in methods.split(' ') {
                let operation = json!({
                    "operationId": name(method, at, number),
                    "parameters": parameters,
                    "responses": { "200": { "description": "done" } },
                });
                operations.insert(method.to_owned(), operation);
            }
            paths.insert(format!("/{}{template}", register(at)), Value::Object(operations));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Registers", "version": "2" },
        "servers": [{ "url": "https://registers.example/registers/v2" }],
        "paths": paths,
    })
}

/// A request for each operation, and some that are for none; each beside the operation that is meant.
fn requests(base: &str) -> String {
    let mut lines = Vec::new();
    for at in 0..REGISTERS {
        for (number, (template, methods)) in TEMPLATES.iter().enumerate() {
            let path = filled(template, at * TEMPLATES.len() + number);
            let path = format!("{base}/{}{path}", register(at));
            for method in methods.split(' ') {
                lines.push(format!(
                    "{} {path} {}",
                    method.to_uppercase(),
                    name(method, at, number)
                ));
            }
            if number % 5 == 0 {
                lines.push(format!("PATCH {path}"));
                lines.push(format!("GET {path}/and/more/than/there/is/of/it"));
            }
        }
    }
    // In an order in which no two neighbours are alike.
    (0..lines.len()).filter_map(|at| lines.get(at * 997 % lines.len())).fold(
        String::new(),
        |mut text, line| {
            let _ = writeln!(text, "{line}");
            text
        },
    )
}

/// A template's path with values for its parameters.
fn filled(template: &str, seed: usize) -> String {
    let mut path = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let _ = write!(path, "{before}{}", 4_700_000_000_usize + seed * 7_919);
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    path + rest
}
