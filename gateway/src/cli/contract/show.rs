//! `sluse contract show`: one contract, as its manifest has it.

use super::{
    list::{judged_by, missing, titles, word},
    stands::{self, Standing},
};
use crate::cli::{Exit, Output, Style};
use serde_json::{Value, json};
use sluse_contracts::{
    ContractRef,
    manifest::{Check, CodeListRule, KeyRule, KeySource, SchemeRule, SelectBy},
};
use std::path::PathBuf;

/// Show one contract: how its documents are known, what is read from them, what judges them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse contract show dk.oioubl/invoice\n  \
    sluse contract show dk.oioubl/invoice@2.0.2 --config conf\n  \
    sluse contract show dk.oioubl/invoice --format json | jq .missing\n\n\
    The newest version is shown where none is named; one of the configuration folder goes before a\n\
    shipped one of the same version.")]
pub(super) struct Args {
    /// The contract, with its version where another than the newest is meant
    #[arg(value_name = "ID[@VERSION]")]
    contract: String,
    /// The configuration folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    config: PathBuf,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let wanted: ContractRef = match args.contract.parse() {
        Ok(wanted) => wanted,
        Err(fault) => return output.error(format_args!("`{}`: {fault}", args.contract)),
    };
    let all = stands::all(&args.config, output);
    let mut fitting: Vec<&Standing> = all
        .iter()
        .filter(|each| {
            each.manifest.id == wanted.id && wanted.range.contains(each.manifest.version)
        })
        .collect();
    fitting.sort_by_key(|each| (each.manifest.version, each.own));
    let Some((newest, others)) = fitting.split_last() else {
        return unknown(&wanted, &all, output);
    };
    if output.is_json() {
        output.json(&whole(newest));
    } else {
        tell(newest, output);
    }
    let others: Vec<String> = others.iter().map(|each| each.manifest.version.to_string()).collect();
    if !others.is_empty() {
        output.note(format_args!("other versions: {}", others.join(", ")));
    }
    Exit::Fine
}

fn unknown(wanted: &ContractRef, all: &[Standing], output: &mut Output) -> Exit {
    let exit = output.error(format_args!("there is no contract `{wanted}`"));
    let near = all
        .iter()
        .map(|each| each.manifest.id.as_str())
        .map(|id| (strsim::damerau_levenshtein(id, wanted.id.as_str()), id))
        .filter(|(distance, id)| *distance <= 2 + id.len() / 6)
        .min();
    match near {
        Some((_, near)) => output.hint(format_args!("did you mean `{near}`?")),
        None => output.hint("`sluse contract list` lists them all"),
    }
    exit
}

fn tell(standing: &Standing, output: &mut Output) {
    let manifest = &standing.manifest;
    let source = if standing.own { "in the configuration folder" } else { "shipped" };
    let known = if standing.known { "known to the gateway" } else { "not in force here" };
    let name = output.paint(Style::Bold, format_args!("{}@{}", manifest.id, manifest.version));
    output.line(format_args!("{name}  {} ({source}, {known})", word(manifest.status)));
    for title in manifest.title.values() {
        output.line(format_args!("  {title}"));
    }
    let mut rows: Vec<(&str, String)> = Vec::new();
    rows.extend(manifest.steward.iter().map(|steward| ("steward", steward.clone())));
    rows.extend(manifest.registers.iter().map(|register| ("register", register.clone())));
    rows.extend(select(standing).into_iter().map(|row| ("known by", row)));
    let keys = &manifest.keys;
    for (name, rule) in [
        ("receiver", &keys.receiver),
        ("sender", &keys.sender),
        ("document", &keys.document),
        ("profile", &keys.profile),
    ] {
        rows.extend(rule.iter().map(|rule| (name, key(rule))));
    }
    rows.extend(judged_by(standing).into_iter().map(|file| ("judged by", file)));
    rows.extend(manifest.code_lists.iter().map(|each| ("code list", code_list(each))));
    rows.extend(manifest.checks.iter().map(|each| ("check", check(each))));
    rows.extend(missing(standing).into_iter().map(|file| ("missing", file)));
    for (label, row) in rows {
        let label = output.paint(Style::Dim, format_args!("{label:10}"));
        output.line(format_args!("  {label} {row}"));
    }
    if !missing(standing).is_empty() {
        output.hint(format_args!(
            "`sluse contract import PATH --as {}` brings in what is missing",
            manifest.id
        ));
    }
}

fn select(standing: &Standing) -> Vec<String> {
    let Some(select) = &standing.manifest.select else { return Vec::new() };
    let first = match &select.by {
        SelectBy::Root(name) if name.namespace.is_empty() => format!("root element {}", name.local),
        SelectBy::Root(name) => format!("root element {} in {}", name.local, name.namespace),
        SelectBy::Member(member) => format!("JSON member {member}"),
    };
    let conditions = select.conditions.iter();
    let rest =
        conditions.map(|each| format!("{} matches {:?}", each.path.value, each.matches.as_str()));
    std::iter::once(first).chain(rest).collect()
}

fn key(rule: &KeyRule) -> String {
    let source = match &rule.source {
        KeySource::Path(path) => path.value.clone(),
        KeySource::Constant(value) => format!("{value:?}"),
    };
    match &rule.scheme {
        Some(SchemeRule::Path(path)) => format!("{source}, scheme {}", path.value),
        Some(SchemeRule::Constant(scheme)) => format!("{source}, scheme {scheme:?}"),
        None => source,
    }
}

/// A check as `OR-4 sum-equals at /lines/*/amount`.
fn check(check: &Check) -> String {
    let paths: Vec<&str> = check.paths.iter().map(|path| path.value.as_str()).collect();
    format!("{} {} at {}", check.id, check.rule.key(), paths.join(", "))
}

/// A version of a list as `unit 11e, codelists/units.gc, from 2026-01-01`.
fn code_list(list: &CodeListRule) -> String {
    let validity = list.validity.to_string();
    let parts =
        [format!("{} {}", list.name.value, list.version), list.file.value.clone(), validity];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

fn whole(standing: &Standing) -> Value {
    let manifest = &standing.manifest;
    let rules = |rule: &Option<KeyRule>| rule.as_ref().map(key);
    json!({
        "contract": format!("{}@{}", manifest.id, manifest.version),
        "title": titles(manifest),
        "status": manifest.status,
        "source": if standing.own { "folder" } else { "shipped" },
        "known": standing.known,
        "steward": manifest.steward,
        "register": manifest.registers,
        "select": select(standing),
        "keys": {
            "receiver": rules(&manifest.keys.receiver),
            "sender": rules(&manifest.keys.sender),
            "document": rules(&manifest.keys.document),
            "profile": rules(&manifest.keys.profile),
        },
        "judge": judged_by(standing),
        "code-lists": manifest.code_lists.iter().map(code_list).collect::<Vec<_>>(),
        "checks": manifest.checks.iter().map(check).collect::<Vec<_>>(),
        "missing": missing(standing),
        "manifest": standing.text,
    })
}
