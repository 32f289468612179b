//! What a contract still lacks: published files that are to judge it, or any schema at all.

use super::Subject;
use crate::{Finding, code, manifest::FILE};

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let (Some(manifest), files) = (subject.manifest, subject.files) else { return Vec::new() };
    let parts = manifest.operations.iter().flat_map(|each| [&each.request, &each.response]);
    let mut findings = Vec::new();
    for want in parts.flat_map(|part| part.still_wanted()) {
        let file = &want.file.value;
        let sentence = format!("`{file}` is still to be brought in: messages are not judged by it");
        let hint = format!("`sluse contract import PATH --as {}`", manifest.id);
        let finding = files.finding(FILE, code::SCHEMA_MISSING, sentence).hint(hint).warning();
        findings.push(finding.at(want.file.place.line, want.file.place.column));
    }
    if subject.contract.is_some_and(|contract| !contract.has_schema()) {
        let sentence = "no schema judges the contract's messages: they are judged for form alone";
        findings.push(files.finding(FILE, code::NO_SCHEMA, sentence).warning());
    }
    findings
}
