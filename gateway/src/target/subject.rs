//! What a run is about: a contract with its suite, and all cases that come of both.

use crate::config::{Files, bundle, reason};
use sluse_conformance::{
    Plan, Role, Suite, consumer,
    derive::{self, ValidRequests},
    library as shipped, packs, scenario,
    suite::{self, WHOLE},
    verify,
};
use sluse_contracts::{Contract, ContractFiles, Finding, SchemaCache, code, library};
use std::{fs::File, io::Read, path::Path, sync::Arc};

/// A contract, its suite and its cases.
#[derive(Debug)]
pub struct Subject {
    /// The contract.
    pub contract: Arc<Contract>,
    /// What it demands that its schemas cannot say.
    pub suite: Suite,
    /// Its cases for one role.
    pub plan: Plan,
    /// The digest of the cases.
    pub digest: String,
}

/// Why there is no subject.
#[derive(Debug)]
pub enum SubjectFault {
    /// Nothing is called so: neither a folder, nor a file, nor in the library.
    Unknown,
    /// The contract or its suite has faults.
    Faulty(Vec<Finding>),
}

impl Subject {
    /// Loads what a word means: a contract folder, a bundle file, or `ID[@VERSION]` of the library.
    ///
    /// # Errors
    /// Where there is none, or it has faults: all of them.
    pub fn load(word: &str, role: Role) -> Result<Self, SubjectFault> {
        Self::of(&files(word)?, role)
    }

    /// The part of it that a profile of the suite names; all where none is named.
    ///
    /// # Errors
    /// The names that there are, where there is none of this one.
    pub fn of_profile(mut self, name: Option<&str>) -> Result<Self, Vec<String>> {
        let Some(name) = name.filter(|name| *name != WHOLE) else { return Ok(self) };
        let profiles = &self.suite.profiles;
        let Some(profile) = profiles.iter().find(|each| each.name == name) else {
            let names = profiles.iter().map(|each| each.name.clone());
            return Err(std::iter::once(WHOLE.to_owned()).chain(names).collect());
        };
        self.plan.restrict(profile, &self.contract);
        self.digest = verify::suite_digest(&self.plan);
        Ok(self)
    }

    /// Loads a contract from its files.
    ///
    /// # Errors
    /// All faults of the contract and of its suite.
    pub fn of(files: &ContractFiles, role: Role) -> Result<Self, SubjectFault> {
        let (contract, findings) = Contract::load(files, &SchemaCache::default());
        let Some(contract) = contract else { return Err(SubjectFault::Faulty(findings)) };
        let (suite, findings) = suite::read(files, &contract);
        if findings.iter().any(Finding::is_error) {
            return Err(SubjectFault::Faulty(findings));
        }
        let (plan, findings) = plan(files, &contract, &suite, role);
        if findings.iter().any(Finding::is_error) {
            return Err(SubjectFault::Faulty(findings));
        }
        let digest = verify::suite_digest(&plan);
        Ok(Self { contract, suite, plan, digest })
    }
}

/// All cases, and what is wrong with the suite's workflows: for a provider those of the schemas, of the suite's packs and of
/// its workflows, for a consumer what it must keep to.
pub fn plan(
    files: &ContractFiles,
    contract: &Contract,
    suite: &Suite,
    role: Role,
) -> (Plan, Vec<Finding>) {
    let options =
        derive::Options { suite: Some(suite), files: Some(files), ..derive::Options::default() };
    if role == Role::Consumer {
        let mut plan = derive::plan(contract, role, &options);
        plan.cases.extend(consumer::cases(contract, suite));
        return (plan, Vec::new());
    }
    let requests = ValidRequests::of(contract, Some(suite));
    let requests = requests.with_documents(contract, files, Some(suite));
    let mut others = packs::cases(contract, suite, &requests);
    let (workflows, findings) = scenario::read(files, contract, &requests);
    others.extend(workflows.into_iter().filter(|case| case.role == role));
    packs::add_removal(&mut others, suite, &requests);
    let requests_besides = derive::n_requests(&others);
    let options = derive::Options { requests_besides, ..options };
    let mut plan = derive::plan(contract, role, &options);
    packs::add_read_back(&mut plan.cases, suite, &requests);
    packs::add_removal(&mut plan.cases, suite, &requests);
    plan.cases.extend(others);
    (plan, findings)
}

/// The files of the contract that a word means.
///
/// # Errors
/// Where there is none, or its folder cannot be read.
pub fn files(word: &str) -> Result<ContractFiles, SubjectFault> {
    let folder = Path::new(word);
    if folder.join("contract.toml").is_file() {
        return folder_files(folder);
    }
    if folder.is_file() {
        return bundled(folder).map_err(|finding| SubjectFault::Faulty(vec![finding]));
    }
    if let Some(found) = shipped::find(word) {
        return Ok(found.files());
    }
    let found = library::meant_by(word).into_iter().next();
    found.map(library::Shipped::files).ok_or(SubjectFault::Unknown)
}

fn bundled(file: &Path) -> Result<ContractFiles, Finding> {
    let shown = file.display().to_string();
    let unreadable = |sentence: String| Finding::in_file(&shown, code::FILE_UNREADABLE, sentence);
    let mut bytes = Vec::new();
    let read = File::open(file)
        .and_then(|open| open.take(bundle::BUNDLE_BYTES_MAX + 1).read_to_end(&mut bytes));
    read.map_err(|fault| unreadable(format!("it cannot be read: {}", reason(&fault))))?;
    if bytes.len() as u64 > bundle::BUNDLE_BYTES_MAX {
        let sentence = format!("it is larger than {} bytes", bundle::BUNDLE_BYTES_MAX);
        return Err(Finding::in_file(&shown, code::FILE_TOO_LARGE, sentence));
    }
    if !bundle::is_bundle(&bytes) {
        let sentence = "it is neither a contract's folder nor a bundle";
        return Err(unreadable(sentence.to_owned()).hint(
            "`sluse contract bundle` makes one; of a folder, name the one that holds contract.toml",
        ));
    }
    let mut files = ContractFiles::new(shown.clone());
    for (path, bytes) in bundle::unpack(&shown, &bytes.into())? {
        files.add(&path, bytes);
    }
    Ok(files)
}

fn folder_files(folder: &Path) -> Result<ContractFiles, SubjectFault> {
    let mut findings = Vec::new();
    let read = Files::read_all(folder, &mut findings);
    if findings.iter().any(Finding::is_error) {
        return Err(SubjectFault::Faulty(findings));
    }
    let mut files = ContractFiles::new(folder.display().to_string());
    for (path, bytes) in read.iter() {
        files.add(path, bytes.clone());
    }
    Ok(files)
}
