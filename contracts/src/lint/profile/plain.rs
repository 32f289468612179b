//! What holds in every profile: a contract and the descriptions that it is made of state one version.
//!
//! A description's version is its contract's. That of an XML Schema is only where nothing else judges: a contract that adds rules
//! to a published schema has a version of its own.

use super::{Subject, no::version};
use crate::{
    Finding, code,
    files::ContractFile,
    manifest::{FILE, Language, Manifest},
    schema::{published, read_xsd},
    settings::Placed,
};

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(manifest) = subject.manifest else { return Vec::new() };
    let of_description =
        manifest.openapi.as_ref().and_then(|file| description(subject, manifest, file));
    of_description.into_iter().chain(schema(subject, manifest)).collect()
}

/// The version of an OpenAPI description (`info.version`).
fn description(
    subject: &Subject<'_>,
    manifest: &Manifest,
    file: &Placed<String>,
) -> Option<Finding> {
    let bytes = &subject.files.get(&file.value)?.bytes;
    let stated = published(&file.value, bytes)?.version;
    let own = manifest.version.to_string();
    if agree(&stated, &own) {
        return None;
    }
    let sentence = format!("the contract's version is {own}, and its description's is {stated}");
    let finding = subject.files.finding(FILE, code::VERSIONS_DIFFER, sentence).warning();
    Some(finding.at(file.place.line, file.place.column))
}

/// The major version in the namespace of the one XML Schema that a contract is.
fn schema(subject: &Subject<'_>, manifest: &Manifest) -> Option<Finding> {
    let mut steps = subject.judged.iter().flatten();
    let first = steps.next().filter(|step| step.language == Language::Xsd)?;
    if steps.any(|step| step.file.value != first.file.value) {
        return None;
    }
    let file: &ContractFile = subject.files.get(&first.file.value)?;
    let (_, document) = read_xsd(&file.bytes).ok()?;
    let root = document.document_element();
    let namespace = document.attribute(root, "", "targetNamespace")?;
    let stated = version(namespace, &['/', ':'])?;
    let own = manifest.version.to_string();
    if own.split('.').next()?.parse() == Ok(stated) {
        return None;
    }
    let sentence = format!(
        "the contract's version is {own}, and the schema's namespace `{namespace}` says v{stated}"
    );
    let finding = subject.files.finding(FILE, code::VERSIONS_DIFFER, sentence).warning();
    Some(finding.at(first.file.place.line, first.file.place.column))
}

/// Whether a published version is the contract's, as far as it is written out; one that is no number is taken for what its
/// publisher likes.
fn agree(stated: &str, own: &str) -> bool {
    let stated = stated.trim().trim_start_matches(['v', 'V']);
    let end = stated.find(['-', '+']).unwrap_or(stated.len());
    let (numbers, label) = stated.split_at(end);
    let numbers: Option<Vec<u64>> = numbers.split('.').map(|part| part.parse().ok()).collect();
    let Some(numbers) = numbers else { return true };
    let (own, own_label) = own.split_at(own.find(['-', '+']).unwrap_or(own.len()));
    let own: Vec<u64> = own.split('.').filter_map(|part| part.parse().ok()).collect();
    let same = numbers.iter().zip(&own).all(|(a, b)| a == b);
    same && (label == own_label || label.is_empty() || label.starts_with('+'))
}
