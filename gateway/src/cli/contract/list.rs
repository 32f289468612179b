//! `sluse contract list`: which contracts there are, and which are in force.

use super::stands::{self, Standing};
use crate::cli::{Exit, Output, Style, plural};
use serde::Serialize;
use sluse_contracts::{
    Manifest,
    manifest::{Language, Status},
};
use std::{collections::BTreeMap, path::PathBuf};

/// List contracts: those of a configuration folder, and those that ship with Sluse
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    sluse contract list --config conf\n  \
    sluse contract list dk.oioubl\n  \
    sluse contract list dk.nemhandel --format json | jq -r .contract\n\n\
    `known` means that the gateway knows the contract: it stands in contracts/, or `library` in\n\
    [contracts] of sluse.toml names it.")]
pub(super) struct Args {
    /// Only those of this register, id or beginning of ids
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// The configuration folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    config: PathBuf,
}

/// One contract, as programs read it.
#[derive(Debug, Serialize)]
struct Line<'m> {
    contract: String,
    title: BTreeMap<&'m str, &'m str>,
    status: Status,
    /// `folder` or `shipped`.
    source: &'static str,
    known: bool,
    register: &'m [String],
    judge: Vec<String>,
    missing: Vec<String>,
}

pub(super) fn run(args: &Args, output: &mut Output) -> Exit {
    let all = stands::all(&args.config, output);
    let shown: Vec<&Standing> = all
        .iter()
        .filter(|each| args.names.is_empty() || args.names.iter().any(|name| is_meant(name, each)))
        .collect();
    let width = shown.iter().map(|each| name(each).len()).max().unwrap_or(0);
    for each in &shown {
        if output.is_json() {
            output.json(&line(each));
        } else {
            tell(each, width, output);
        }
    }
    let known = shown.iter().filter(|each| each.known).count();
    let count = plural(shown.len(), "contract");
    output.note(format_args!("{count}, {known} of them known to the gateway"));
    if shown.is_empty() {
        output.hint("`sluse contract list` without a name lists all");
        return Exit::Found;
    }
    Exit::Fine
}

fn is_meant(word: &str, standing: &Standing) -> bool {
    let id = standing.manifest.id.as_str();
    let below = id.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    below
        || word == name(standing)
        || standing.manifest.registers.iter().any(|register| register == word)
}

fn name(standing: &Standing) -> String {
    format!("{}@{}", standing.manifest.id, standing.manifest.version)
}

fn tell(standing: &Standing, width: usize, output: &mut Output) {
    let manifest = &standing.manifest;
    let known = if standing.known { "known" } else { "-    " };
    let source = if standing.own { "folder " } else { "shipped" };
    let status = word(manifest.status);
    let mut title = manifest.title("en").to_owned();
    if let Some(own) = manifest.title.get("da").filter(|own| **own != title) {
        title = format!("{title} / {own}");
    }
    let name = output.paint(Style::Bold, format_args!("{:width$}", name(standing)));
    let judge = plural(judged_by(standing).len(), "schema");
    output.line(format_args!("{known}  {source}  {status:10}  {name}  {judge:10}  {title}"));
}

fn line(standing: &Standing) -> Line<'_> {
    let manifest = &standing.manifest;
    Line {
        contract: name(standing),
        title: titles(manifest),
        status: manifest.status,
        source: if standing.own { "folder" } else { "shipped" },
        known: standing.known,
        register: &manifest.registers,
        judge: judged_by(standing),
        missing: missing(standing),
    }
}

/// What people call it, by language.
pub(super) fn titles(manifest: &Manifest) -> BTreeMap<&str, &str> {
    manifest.title.iter().map(|(language, title)| (language.as_str(), title.as_str())).collect()
}

/// The status as manifests write it.
pub(super) fn word(status: Status) -> &'static str {
    match status {
        Status::Draft => "draft",
        Status::Candidate => "candidate",
        Status::InForce => "in-force",
        Status::Deprecated => "deprecated",
        Status::Retired => "retired",
    }
}

/// The schemas that judge messages now.
pub(super) fn judged_by(standing: &Standing) -> Vec<String> {
    let manifest = &standing.manifest;
    let parts = manifest.operations.iter().flat_map(|each| [&each.request, &each.response]);
    let steps = parts.flat_map(|part| &part.judge).map(|step| step.file.value.clone());
    steps
        .chain(manifest.openapi.iter().chain(&manifest.wsdl).map(|file| file.value.clone()))
        .collect()
}

/// Published files that the contract wants and does not have.
pub(super) fn missing(standing: &Standing) -> Vec<String> {
    let file = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let there: Vec<(Language, String)> = standing
        .manifest
        .operations
        .iter()
        .flat_map(|each| &each.request.judge)
        .map(|step| (step.language, file(&step.file.value)))
        .collect();
    let wants = standing.manifest.operations.iter().flat_map(|each| &each.request.wants);
    wants
        .filter(|want| !there.contains(&(want.language, file(&want.file.value))))
        .map(|want| want.file.value.clone())
        .collect()
}
