//! Code lists that a person names: each stands in the contract's folder, and the manifest names it with its version.
//!
//! Packages of schemas hold many lists that nobody asked for, so that a list is brought in only where its own file is given.

use super::{Action, Asked, Import, Imported, LISTS, Name, edit, load, scan};
use crate::{
    Finding, Version, code,
    codelist::{ListFormat, Reading, format_of, read},
    files::{ContractFiles, FileDigest},
    manifest::{self, FILE},
    schema::SchemaCache,
};
use bytes::Bytes;
use std::collections::BTreeMap;

/// A list as the manifest is to name it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) file: String,
}

/// The files among those given that are lists.
pub(super) fn given<'a>(asked: &Asked<'a>) -> Vec<(&'a str, &'a Bytes)> {
    let is_list = |path: &str, bytes: &Bytes| match format_of(path, bytes) {
        None => false,
        // Much is JSON: what is a list of codes is known from reading it.
        Some(ListFormat::Json) => {
            matches!(scan::scan(path, bytes).kind, scan::Kind::Other)
                && read(path, bytes, &Reading::default()).0.is_some()
        }
        Some(_) => true,
    };
    let named = asked.given.iter().filter(|(path, _)| !path.contains('/'));
    let lists = named.filter(|(path, bytes)| is_list(path, bytes));
    lists.map(|(path, bytes)| (path.as_str(), bytes)).collect()
}

/// Brings lists into the one contract that the name means; it may have been made just now.
pub(super) fn bring(
    lists: &[(&str, &Bytes)],
    name: &Name,
    asked: &Asked<'_>,
    schemas: &SchemaCache,
    import: &mut Import,
) {
    if lists.is_empty() {
        return;
    }
    let Some(version) = version(name, asked, import) else {
        let sentence =
            format!("there is no contract `{}` that code lists could go into", asked.name);
        let hint = "give its schemas first, or with them";
        import.findings.push(Finding::in_file(asked.name, code::NO_ENTRY, sentence).hint(hint));
        return;
    };
    let folder = format!("{}/{version}", name.id);
    let prefix = format!("{folder}/");
    let mut files = BTreeMap::new();
    for all in [asked.existing, &import.writes] {
        let below = all.range(prefix.clone()..).take_while(|(path, _)| path.starts_with(&prefix));
        files.extend(below.filter_map(|(path, bytes)| {
            Some((path.strip_prefix(&prefix)?.to_owned(), bytes.clone()))
        }));
    }
    let mut findings = Vec::new();
    lay(lists, &folder, &mut files, &mut findings);
    if findings.iter().all(|finding| !finding.is_error()) {
        findings.extend(load(&folder, &files, schemas));
    }
    let broken = findings.iter().any(Finding::is_error);
    import.findings.append(&mut findings);
    if !broken {
        tell(name, version, &files, import);
        let changed = files.into_iter().map(|(path, bytes)| (format!("{prefix}{path}"), bytes));
        let changed = changed.filter(|(path, bytes)| asked.existing.get(path) != Some(bytes));
        import.writes.extend(changed);
    }
}

/// The newest version of the contract, or the one that the name says.
fn version(name: &Name, asked: &Asked<'_>, import: &Import) -> Option<Version> {
    let all = asked.existing.keys().chain(import.writes.keys());
    let versions = all.filter_map(|path| {
        let rest = path.strip_prefix(name.id.as_str())?.strip_prefix('/')?;
        rest.strip_suffix(FILE)?.strip_suffix('/')?.parse::<Version>().ok()
    });
    versions.filter(|found| name.version.is_none_or(|wanted| wanted == *found)).max()
}

/// Lays the lists among the contract's files, and has the manifest name those that it does not name yet.
fn lay(
    lists: &[(&str, &Bytes)],
    folder: &str,
    files: &mut BTreeMap<String, Bytes>,
    findings: &mut Vec<Finding>,
) {
    let Some(text) = files.get(FILE).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    else {
        return;
    };
    let mut contract = ContractFiles::new(format!("contracts/{folder}"));
    contract.add(FILE, text.clone());
    let stated = manifest::read(&contract, &mut Vec::new());
    let stated = stated.map(|manifest| manifest.code_lists).unwrap_or_default();
    let mut listed = Vec::new();
    for (path, bytes) in lists {
        let known = stated.iter().find(|each| each.file.value.rsplit('/').next() == Some(*path));
        let file = known.map_or_else(|| format!("{LISTS}/{path}"), |each| each.file.value.clone());
        files.insert(file.clone(), (*bytes).clone());
        if known.is_some() {
            continue;
        }
        let (list, mut found) = read(path, bytes, &Reading::default());
        findings.append(&mut found);
        let Some(list) = list else { continue };
        let version = list.about().version.clone().unwrap_or_else(|| {
            let sentence = "the list does not say its version: the manifest calls it 1";
            let hint = "put the publisher's own version, or the day of the list, in its place";
            let finding = Finding::in_file(*path, code::CODE_LIST_VERSION, sentence).hint(hint);
            findings.push(finding.warning());
            "1".to_owned()
        });
        listed.push(Listed { name: stem(path), version, file });
    }
    let digests = files.iter().filter(|(path, _)| path.starts_with(LISTS));
    let digests = digests.map(|(path, bytes)| (path.clone(), FileDigest::of(bytes).to_string()));
    if let Some(text) = edit::list(&text, &listed, digests.collect()) {
        files.insert(FILE.to_owned(), text.into());
    }
}

/// Says what became of the contract: once, also where it was made in the same turn.
fn tell(name: &Name, version: Version, files: &BTreeMap<String, Bytes>, import: &mut Import) {
    let lists = || files.iter().filter(|(path, _)| path.starts_with(LISTS));
    let (n_files, bytes) = (lists().count(), lists().map(|(_, bytes)| bytes.len()).sum::<usize>());
    let mut made = import.contracts.iter_mut();
    let is_this = |each: &&mut Imported| each.id == name.id && each.version == version;
    if let Some(contract) = made.find(is_this) {
        contract.files += n_files;
        contract.bytes += bytes;
        return;
    }
    import.contracts.push(Imported {
        id: name.id.clone(),
        version,
        action: Action::Completed,
        judge: Vec::new(),
        missing: Vec::new(),
        files: n_files,
        bytes,
    });
}

/// What checks call a list: its file's name without the ending, in lower case.
fn stem(path: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let word = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    stem.chars().map(word).collect()
}
