//! What an architect should know of a contract, or of schemas that are to become one, beyond whether they load.
//!
//! The visible list of what is looked for is `CHECKS`: one file for each kind. A check says only what is
//! proved of the files it is given; where something cannot be known, it says nothing.

mod checks;
mod entries;
mod examples;
mod json;
mod operations;
mod profile;
mod rules;
mod wanted;

pub use entries::{Entry, entries};

use crate::{
    Contract, ContractFiles, Finding, Manifest, SchemaCache,
    manifest::{self, JudgeStep, Language, Profile},
    settings::Placed,
};
use std::sync::Arc;

/// A kind of finding: what looks for it.
type Check = fn(&Subject<'_>) -> Vec<Finding>;

/// All kinds of findings, beside those of loading.
const CHECKS: &[Check] = &[
    wanted::find,
    operations::find,
    profile::find,
    rules::find,
    checks::find,
    json::find,
    examples::find,
];

/// What is looked through.
struct Subject<'a> {
    files: &'a ContractFiles,
    schemas: &'a SchemaCache,
    /// The schemas that judge a message together, of each kind of message.
    judged: Vec<Vec<JudgeStep>>,
    /// What its manifest says, where it is a contract.
    manifest: Option<&'a Manifest>,
    /// The contract, where it loads.
    contract: Option<&'a Contract>,
    profile: Profile,
    /// The moment for which examples are judged.
    now_unix_seconds: Option<i64>,
}

/// What is asked of looking through a contract.
#[derive(Debug, Clone, Copy, Default)]
pub struct LintOptions {
    /// The profile, in place of the one that the manifest says.
    pub profile: Option<Profile>,
    /// The moment for which examples are judged, in seconds since 1970-01-01T00:00:00Z: codes hold on some days alone. Where it is
    /// absent, what asks for today cannot be decided, and says so.
    pub now_unix_seconds: Option<i64>,
}

/// Loads a contract and looks through all of it. Gives every finding, loading's own first.
pub fn lint(
    files: &ContractFiles,
    schemas: &SchemaCache,
    options: &LintOptions,
) -> (Option<Arc<Contract>>, Vec<Finding>) {
    let (contract, mut findings) = Contract::load(files, schemas);
    let manifest = manifest::read(files, &mut Vec::new());
    let judged = manifest.as_ref().map(judged).unwrap_or_default();
    let stated = manifest.as_ref().and_then(|manifest| manifest.profile);
    let subject = Subject {
        files,
        schemas,
        judged,
        manifest: manifest.as_ref(),
        contract: contract.as_deref(),
        profile: options.profile.or(stated).unwrap_or_default(),
        now_unix_seconds: options.now_unix_seconds,
    };
    findings.extend(look(&subject));
    (contract, findings)
}

/// Looks through an entry file that is of no contract, with the files that it refers to.
pub fn lint_entry(entry: &Entry, schemas: &SchemaCache, profile: Profile) -> Vec<Finding> {
    let files = &entry.files;
    let compiled = schemas.compile(&entry.step, files);
    let mut findings = compiled.findings;
    for finding in &mut findings {
        finding.file = files.shown(&finding.file);
    }
    let judged = vec![vec![entry.step.clone()]];
    findings.extend(look(&Subject {
        files,
        schemas,
        judged,
        manifest: None,
        contract: None,
        profile,
        now_unix_seconds: None,
    }));
    findings
}

/// The schemas of each kind of message.
fn judged(manifest: &Manifest) -> Vec<Vec<JudgeStep>> {
    let parts = manifest.operations.iter().flat_map(|each| [&each.request, &each.response]);
    let mut judged: Vec<Vec<JudgeStep>> =
        parts.map(|part| part.judge.clone()).filter(|steps| !steps.is_empty()).collect();
    let described = |language, file: &Placed<String>| {
        vec![JudgeStep { json: manifest.json.clone(), ..JudgeStep::new(language, file.clone()) }]
    };
    judged.extend(manifest.openapi.iter().map(|file| described(Language::Openapi, file)));
    judged.extend(manifest.wsdl.iter().map(|file| described(Language::Wsdl, file)));
    judged
}

/// What all checks say, each thing once.
fn look(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for finding in CHECKS.iter().flat_map(|check| check(subject)) {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

#[cfg(test)]
mod tests;
