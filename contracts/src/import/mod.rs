//! Brings published schemas into contracts.
//!
//! Publishers ship schemas in packages of hundreds of files. An architect names the package and a
//! contract (or a family of them); what is found here is which file judges which contract, what
//! else that file needs, and where all of it must stand so that its references stay valid. Where
//! the library ships a manifest, only the files are added; else a manifest is begun, with comments
//! that say what to fill in. Nothing is altered, nothing is fetched, and doing it again completes:
//! schemas today, rule sets tomorrow.
//!
//! Pure: files come in as a map and go out as a map.

mod closure;
mod edit;
mod fresh;
mod json;
mod lists;
mod scan;
mod shipped;

use crate::id::NameFault;
use crate::{
    Contract, ContractId, Finding, Version, code,
    files::{ContractFiles, FileDigest},
    library::Shipped,
    manifest::{FILE, Language},
    schema::SchemaCache,
};
use bytes::Bytes;
use closure::lay;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) use closure::Given;
pub(crate) use scan::Kind;

/// Contracts that one import may write.
pub const CONTRACTS_MAX: usize = 500;

/// Where the files of a contract's schemas stand in its folder.
const SCHEMAS: &str = "schemas";
/// Where its code lists stand.
const LISTS: &str = "codelists";

/// What was asked to be brought in.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The files given, by path. Findings name them so.
    pub given: &'a BTreeMap<String, Bytes>,
    /// The files below `contracts/` that are there already, by path relative to it.
    pub existing: &'a BTreeMap<String, Bytes>,
    /// A contract's id, the start of one, or a register; with `@version` to fix the version.
    pub name: &'a str,
}

/// What comes of it.
#[derive(Debug, Default)]
pub struct Import {
    /// Files to write below `contracts/`, by path relative to it. Only those that change.
    pub writes: BTreeMap<String, Bytes>,
    /// The contracts made, completed, or found complete.
    pub contracts: Vec<Imported>,
    /// Every fault found. A contract with a fault of its own is not written.
    pub findings: Vec<Finding>,
    /// Given files that are schemas and that no contract took.
    pub unused: usize,
}

/// A contract that files were brought into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Its id.
    pub id: ContractId,
    /// Its version.
    pub version: Version,
    /// What was done.
    pub action: Action,
    /// The schemas that judge its messages now, in order, relative to its folder.
    pub judge: Vec<String>,
    /// Files that the contract wants and nobody has given yet.
    pub missing: Vec<String>,
    /// Files below `schemas/` now.
    pub files: usize,
    /// Their size.
    pub bytes: usize,
}

/// What was done with a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It was not there.
    Made,
    /// It was there, and is more complete or newer now.
    Completed,
    /// Everything was there already.
    Unchanged,
}

/// One schema that judges, before the manifest names it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    language: Language,
    file: String,
}

/// A contract as it is to become.
#[derive(Debug)]
struct Plan<'g> {
    id: ContractId,
    version: Version,
    /// The manifest to start from.
    text: String,
    /// Schemas that were given, with the part of the name below `schemas/`.
    steps: Vec<PlannedStep<'g>>,
    missing: Vec<String>,
}

/// A schema that was given, or one that the contract has already.
#[derive(Debug)]
enum PlannedStep<'g> {
    Given(Language, &'g str),
    There(Step),
}

/// What a file is.
pub(crate) fn kind(path: &str, bytes: &Bytes) -> Kind {
    scan::scan(path, bytes).kind
}

/// Finds out what the given files are, and which contracts they complete.
///
/// `progress` hears how many contracts are done, and of how many.
pub fn import(
    asked: &Asked<'_>,
    library: &[Shipped],
    schemas: &SchemaCache,
    progress: &mut dyn FnMut(usize, usize),
) -> Import {
    let mut import = Import::default();
    let Some(name) = Name::read(asked.name, &mut import.findings) else { return import };
    let given = Given::new(asked.given);
    report_broken(&given, &mut import.findings);
    let candidates = shipped::candidates(&name, library, asked.existing);
    let plans = if candidates.is_empty() {
        fresh::plans(&name, &given, asked.existing, &mut import.findings)
    } else {
        shipped::plans(candidates, &given, asked.existing, &mut import.findings)
    };
    let lists = lists::given(asked);
    if plans.is_empty()
        && lists.is_empty()
        && import.findings.iter().all(|finding| !finding.is_error())
    {
        let sentence = format!("none of the given files is an entry schema for `{}`", asked.name);
        let hint = "`sluse contract show ID` names the files that a shipped contract wants";
        import.findings.push(Finding::in_file(asked.name, code::NO_ENTRY, sentence).hint(hint));
    }
    let mut used = BTreeSet::new();
    let total = plans.len().min(CONTRACTS_MAX);
    for (done, plan) in plans.into_iter().take(CONTRACTS_MAX).enumerate() {
        progress(done, total);
        carry_out(plan, &given, asked, schemas, &mut used, &mut import);
    }
    lists::bring(&lists, &name, asked, schemas, &mut import);
    import.unused = given
        .iter()
        .filter(|(path, file)| file.scanned.is_schema() && !used.contains(path))
        .count();
    dedup(&mut import.findings);
    import
}

/// Whether contracts can be looked for by this name.
///
/// # Errors
/// Where it is neither an id nor the beginning of one, with or without a version.
pub fn check_name(name: &str) -> Result<(), NameFault> {
    Name::parse(name).map(drop)
}

/// A name that contracts are looked for by.
#[derive(Debug, PartialEq, Eq)]
struct Name {
    id: ContractId,
    version: Option<Version>,
}

impl Name {
    fn parse(text: &str) -> Result<Self, NameFault> {
        let (id, version) = match text.split_once('@') {
            Some((id, version)) => (id, Some(version.parse())),
            None => (text, None),
        };
        Ok(Self { id: id.parse()?, version: version.transpose()? })
    }

    fn read(text: &str, findings: &mut Vec<Finding>) -> Option<Self> {
        let name = Self::parse(text);
        name.map_err(|fault| {
            findings.push(Finding::in_file(text, code::VALUE_WRONG, fault.to_string()));
        })
        .ok()
    }

    /// Whether the id is the name, or of its family.
    fn covers(&self, id: &str) -> bool {
        let name = self.id.as_str();
        id.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Lays the files of a plan, writes its manifest, and loads it: a contract that has a fault is
/// told of and not written.
fn carry_out<'g>(
    plan: Plan<'g>,
    given: &Given<'g>,
    asked: &Asked<'_>,
    schemas: &SchemaCache,
    used: &mut BTreeSet<&'g str>,
    import: &mut Import,
) {
    let folder = format!("{}/{}", plan.id, plan.version);
    let prefix = format!("{folder}/");
    let there = |path: &str| asked.existing.get(&format!("{prefix}{path}"));
    let mut files: BTreeMap<String, Bytes> = asked
        .existing
        .range(prefix.clone()..)
        .take_while(|(path, _)| path.starts_with(&prefix))
        .filter_map(|(path, bytes)| Some((path.strip_prefix(&prefix)?.to_owned(), bytes.clone())))
        .collect();
    let made = !files.contains_key(FILE);
    let mut findings = Vec::new();
    let judge = lay_steps(&plan.steps, given, used, &mut files, &mut findings);
    let laid = || files.iter().filter(|(path, _)| path.starts_with(SCHEMAS));
    let listed = files.iter().filter(|(path, _)| path.starts_with(LISTS));
    let digests = laid().chain(listed);
    let digests =
        digests.map(|(path, bytes)| (path.clone(), FileDigest::of(bytes).to_string())).collect();
    let (count, size) = (laid().count(), laid().map(|(_, bytes)| bytes.len()).sum());
    match edit::complete(&plan.text, &judge, &digests) {
        Some(text) => drop(files.insert(FILE.to_owned(), text.into())),
        None => {
            let sentence = "the manifest declares no operation that schemas could judge";
            findings.push(Finding::in_file(format!("{prefix}{FILE}"), code::KEY_MISSING, sentence));
        }
    }
    if findings.iter().all(|finding| !finding.is_error()) {
        findings.extend(load(&folder, &files, schemas));
    }
    let broken = findings.iter().any(Finding::is_error);
    import.findings.append(&mut findings);
    if broken {
        return;
    }
    files.retain(|path, bytes| there(path) != Some(bytes));
    let action = match (made, files.is_empty()) {
        (true, _) => Action::Made,
        (false, false) => Action::Completed,
        (false, true) => Action::Unchanged,
    };
    import.writes.extend(files.into_iter().map(|(path, bytes)| (format!("{prefix}{path}"), bytes)));
    let judge = judge.into_iter().map(|step| step.file).collect();
    import.contracts.push(Imported {
        id: plan.id,
        version: plan.version,
        action,
        judge,
        missing: plan.missing,
        files: count,
        bytes: size,
    });
}

/// Adds the closure of each given schema to the contract's files; gives the steps of `judge`.
fn lay_steps<'g>(
    steps: &[PlannedStep<'g>],
    given: &Given<'g>,
    used: &mut BTreeSet<&'g str>,
    files: &mut BTreeMap<String, Bytes>,
    findings: &mut Vec<Finding>,
) -> Vec<Step> {
    let mut judge: Vec<Step> = Vec::new();
    let mut placed: BTreeMap<String, &'g str> = BTreeMap::new();
    for step in steps {
        let step = match step {
            PlannedStep::There(step) => step.clone(),
            PlannedStep::Given(language, entry) => {
                let mut closure = given.closure(entry);
                findings.append(&mut closure.findings);
                used.extend(closure.files.values());
                let (laid, file) = lay(&closure, entry, &format!("{SCHEMAS}/{}", language.key()));
                for (path, source) in laid {
                    let Some(file) = given.get(source) else { continue };
                    if let Some(other) = placed.insert(path.clone(), source)
                        && given.get(other).map(|other| other.bytes) != Some(file.bytes)
                    {
                        let sentence = format!("`{source}` and `{other}` would stand in one place");
                        findings.push(Finding::in_file(source, code::DUPLICATE, sentence));
                    }
                    files.insert(path, file.bytes.clone());
                }
                Step { language: *language, file }
            }
        };
        if !judge.contains(&step) {
            judge.push(step);
        }
    }
    judge
}

/// What loading the contract as it would stand finds.
fn load(folder: &str, files: &BTreeMap<String, Bytes>, schemas: &SchemaCache) -> Vec<Finding> {
    let mut contract = ContractFiles::new(format!("contracts/{folder}"));
    for (path, bytes) in files {
        contract.add(path, bytes.clone());
    }
    Contract::load(&contract, schemas).1
}

fn report_broken(given: &Given<'_>, findings: &mut Vec<Finding>) {
    for (path, file) in given.iter() {
        if let Kind::Broken(why) = file.scanned.kind {
            findings.push(Finding::in_file(path, code::SCHEMA_BROKEN, why).warning());
        }
    }
}

/// Contracts of a family share files, so that one fault is found once for each of them.
fn dedup(findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    findings.retain(|finding| {
        seen.insert((
            finding.file.clone(),
            finding.line,
            finding.column,
            finding.code,
            finding.sentence.clone(),
        ))
    });
}

#[cfg(test)]
mod tests;
