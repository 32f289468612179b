//! The lists of one contract: each name with its versions.

use super::{CodeList, Validity};
use crate::{
    Code, Finding, Manifest, SchemaCache, code,
    files::{ContractFiles, resolve},
    manifest::{CheckRule, CodeListCheck, CodeListRule, FILE},
    settings::{Place, nearest},
};
use std::{collections::BTreeMap, sync::Arc};

/// The code lists of a contract.
#[derive(Debug, Default)]
pub struct CodeLists {
    lists: BTreeMap<String, Vec<Arc<ListVersion>>>,
}

/// One version of a list, in a contract.
#[derive(Debug)]
pub struct ListVersion {
    /// What the contract calls the list.
    pub name: String,
    /// The version that the contract names.
    pub version: String,
    /// What documents call this version beside its number, where the contract or the file says.
    pub uri: Option<String>,
    /// The days on which this version holds.
    pub validity: Validity,
    /// Its codes.
    pub list: Arc<CodeList>,
}

impl ListVersion {
    /// Whether a document that says so means this version: its version, or what it is called beside it.
    pub fn is_called(&self, word: &str) -> bool {
        self.version == word || self.uri.as_deref() == Some(word)
    }

    /// Whether the day decides if the version, or one of its codes, holds.
    pub fn has_days(&self) -> bool {
        let codes = self.list.codes().iter().map(|each| each.validity);
        codes.chain([self.validity]).any(|each| each.from.is_some() || each.until.is_some())
    }
}

impl CodeLists {
    /// Reads the lists that a manifest names. Gives those that are sound; findings name files as the
    /// contract's folder does.
    pub(crate) fn load(
        manifest: &Manifest,
        files: &ContractFiles,
        cache: &SchemaCache,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let mut lists: BTreeMap<String, Vec<Arc<ListVersion>>> = BTreeMap::new();
        let mut told: Vec<Finding> = Vec::new();
        for rule in &manifest.code_lists {
            let Some(path) = resolve("", &rule.file.value) else { continue };
            let (list, found) = cache.lists().read(&path, files, &rule.reading);
            told.extend(found);
            let Some(list) = list else { continue };
            findings.extend(other_version(rule, &list, files));
            let version = ListVersion {
                name: rule.name.value.clone(),
                version: rule.version.clone(),
                uri: rule.uri.clone().or_else(|| list.about().version_uri.clone()),
                validity: rule.validity,
                list,
            };
            lists.entry(rule.name.value.clone()).or_default().push(Arc::new(version));
        }
        told.dedup();
        findings.extend(bindings(manifest, files));
        findings.extend(told.into_iter().map(|mut finding| {
            finding.file = files.shown(&finding.file);
            finding
        }));
        Self { lists }
    }

    /// The versions of a list, in the order of the manifest; none where there is no such list.
    pub fn versions(&self, name: &str) -> &[Arc<ListVersion>] {
        self.lists.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every version of every list, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &ListVersion> {
        self.lists.values().flatten().map(|version| &**version)
    }
}

/// The fault of a file that is of another version than the contract names.
fn other_version(rule: &CodeListRule, list: &CodeList, files: &ContractFiles) -> Option<Finding> {
    let stated = list.about().version.as_ref().filter(|stated| **stated != rule.version)?;
    let (named, file) = (&rule.version, &rule.file.value);
    let sentence = format!("`{file}` says that it is version `{stated}`, not `{named}`");
    let hint = "bring in the file of that version, or name the version that the file is of";
    let finding = files.finding(FILE, code::CODE_LIST_VERSION, sentence).hint(hint);
    Some(finding.at(rule.file.place.line, rule.file.place.column))
}

/// Checks that name a list or a version that is not there, and lists that no check names.
fn bindings(manifest: &Manifest, files: &ContractFiles) -> Vec<Finding> {
    let finding = |place: Place, code: Code, sentence: String, hint: String| {
        files.finding(FILE, code, sentence).hint(hint).at(place.line, place.column)
    };
    let checks: Vec<&CodeListCheck> = manifest
        .checks
        .iter()
        .filter_map(|check| match &check.rule {
            CheckRule::CodeList(rule) => Some(rule),
            _ => None,
        })
        .collect();
    let mut findings = Vec::new();
    for check in &checks {
        let of_name = manifest.code_lists.iter().filter(|each| each.name.value == check.list.value);
        let versions: Vec<&str> = of_name.map(|each| each.version.as_str()).collect();
        if versions.is_empty() {
            let names: Vec<&str> =
                manifest.code_lists.iter().map(|each| each.name.value.as_str()).collect();
            let hint = match nearest(&check.list.value, &names) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "a `[[code-list]]` brings it in".to_owned(),
            };
            let sentence = format!("the contract has no code list `{}`", check.list.value);
            findings.push(finding(check.list.place, code::VALUE_WRONG, sentence, hint));
        } else if let Some(version) =
            check.version.as_ref().filter(|version| !versions.contains(&version.value.as_str()))
        {
            let (list, wanted) = (&check.list.value, &version.value);
            let sentence =
                format!("the contract has no version `{wanted}` of the code list `{list}`");
            let hint = format!("versions: {}", versions.join(", "));
            findings.push(finding(version.place, code::VALUE_WRONG, sentence, hint));
        }
    }
    let is_unused =
        |list: &&CodeListRule| !checks.iter().any(|check| check.list.value == list.name.value);
    findings.extend(manifest.code_lists.iter().filter(is_unused).map(|list| {
        let sentence = format!("no check uses the code list `{}`", list.name.value);
        let hint = format!("a check binds it: `code-list = \"{}\"`", list.name.value);
        finding(list.name.place, code::CODE_LIST_UNUSED, sentence, hint).warning()
    }));
    findings
}
