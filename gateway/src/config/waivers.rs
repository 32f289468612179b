//! Reads `waivers/*.toml`: recorded, dated leave for a subsystem to break one rule.

use super::{Files, Origin, Waiver};
use sluse_contracts::{
    ContractRef, Finding, code,
    id::SubsystemId,
    settings::{Settings as Toml, Table},
};

const FOLDER: &str = "waivers";

/// A waiver and where its parts stand.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) waiver: Waiver,
    pub(super) id: Origin,
    pub(super) subsystem: Origin,
    pub(super) contract: Origin,
    pub(super) rule: Origin,
    pub(super) until: Origin,
}

/// Reads all files of the folder.
pub(super) fn read(files: &Files, findings: &mut Vec<Finding>) -> Vec<Read> {
    let mut waivers = Vec::new();
    for (path, bytes) in files.below(FOLDER) {
        if path.ends_with(".md") {
            continue;
        }
        if !path.ends_with(".toml") {
            let sentence = "the folder holds `*.toml`";
            findings.push(Finding::in_file(path, code::FILE_UNEXPECTED, sentence));
            continue;
        }
        if let Some(toml) = Toml::parse_bytes(path, bytes, findings) {
            let mut root = toml.root();
            let tables = root.tables("waiver").into_iter();
            waivers.extend(tables.filter_map(|table| waiver(&toml, table)));
            root.finish();
            findings.extend(toml.into_findings());
        }
    }
    waivers
}

fn waiver(toml: &Toml<'_>, mut table: Table<'_>) -> Option<Read> {
    let [id_at, subsystem_at, contract_at, rule_at, until_at] =
        ["id", "subsystem", "contract", "rule", "until"]
            .map(|key| Origin::new(toml.file(), table.place_of(key)));
    let id = text(toml, &mut table, "id");
    let subsystem: Option<SubsystemId> = table.name("subsystem");
    let contract: Option<ContractRef> = table.name("contract");
    let rule = text(toml, &mut table, "rule");
    let path = table.optional_placed_text("path");
    let reason = text(toml, &mut table, "reason");
    let approver = text(toml, &mut table, "approver");
    let until = table.required_day("until");
    table.finish();
    let path = match path {
        Some(path) if !path.value.starts_with('/') || path.value.contains('[') => {
            let sentence = "`path` is a path without positions, as in /Invoice/cac:Party";
            toml.report(path.place, code::VALUE_WRONG, sentence);
            return None;
        }
        path => path.map(|path| path.value),
    };
    let waiver = Waiver {
        id: id?,
        subsystem: subsystem?,
        contract: contract?,
        rule: rule?,
        path,
        reason: reason?,
        approver: approver?,
        until_day: until?.days(),
    };
    Some(Read {
        waiver,
        id: id_at,
        subsystem: subsystem_at,
        contract: contract_at,
        rule: rule_at,
        until: until_at,
    })
}

/// A required text that says something.
fn text(toml: &Toml<'_>, table: &mut Table<'_>, key: &'static str) -> Option<String> {
    let text = table.placed_text(key)?;
    if text.value.trim().is_empty() {
        toml.report(text.place, code::VALUE_WRONG, format!("`{key}` is empty"));
        return None;
    }
    Some(text.value)
}
