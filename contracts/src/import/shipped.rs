//! Which given files the manifests of the library want.

use super::{Name, Plan, PlannedStep, Step, closure::Given, scan::Kind};
use crate::{
    Finding, code,
    files::ContractFiles,
    library::Shipped,
    manifest::{self, FILE, JudgeStep, Language, Manifest, SelectBy},
};
use bytes::Bytes;
use std::collections::BTreeMap;

/// A manifest that may be completed: the library's, or the one that stands in the folder already.
#[derive(Debug)]
pub(super) struct Candidate {
    manifest: Manifest,
    text: String,
}

/// The library's manifests that the name means: of that id, of that family, or of that register.
pub(super) fn candidates(
    name: &Name,
    library: &[Shipped],
    existing: &BTreeMap<String, Bytes>,
) -> Vec<Candidate> {
    let read = |shipped: &Shipped| {
        let folder = format!("{}/{}", shipped.id, shipped.version);
        let there = existing.get(&format!("{folder}/{FILE}"));
        let text = match there {
            Some(bytes) => std::str::from_utf8(bytes).ok()?,
            None => shipped.text,
        };
        let mut files = ContractFiles::new(folder);
        files.add(FILE, text.as_bytes().to_vec());
        let manifest = manifest::read(&files, &mut Vec::new())?;
        Some(Candidate { manifest, text: text.to_owned() })
    };
    let read: Vec<Candidate> = library.iter().filter_map(read).collect();
    let meant = |candidate: &Candidate| {
        let manifest = &candidate.manifest;
        let named = name.covers(manifest.id.as_str())
            || manifest.registers.iter().any(|register| register == name.id.as_str());
        named && name.version.is_none_or(|version| version == manifest.version)
    };
    read.into_iter().filter(meant).collect()
}

/// The best version of each contract, with the files that were given for it.
pub(super) fn plans<'g>(
    candidates: Vec<Candidate>,
    given: &Given<'g>,
    existing: &BTreeMap<String, Bytes>,
    findings: &mut Vec<Finding>,
) -> Vec<Plan<'g>> {
    let mut best: BTreeMap<String, Fit<'g>> = BTreeMap::new();
    for candidate in candidates {
        let Some(fit) = Fit::of(candidate, given, existing) else { continue };
        match best.get(fit.candidate.manifest.id.as_str()) {
            Some(before) if before.rank() >= fit.rank() => {}
            _ => drop(best.insert(fit.candidate.manifest.id.to_string(), fit)),
        }
    }
    best.into_values().map(|fit| fit.plan(given, findings)).collect()
}

/// How well the given files fit a manifest.
#[derive(Debug)]
struct Fit<'g> {
    candidate: Candidate,
    wants: Vec<(JudgeStep, Found<'g>)>,
    there: Vec<Step>,
}

/// What came of one wanted file.
#[derive(Debug)]
enum Found<'g> {
    /// Given now; several where more than one file could be meant.
    Given(Vec<&'g str>),
    /// In the contract already.
    There(Step),
    Missing,
}

impl<'g> Fit<'g> {
    /// Nothing where none of the wanted files was given.
    fn of(
        candidate: Candidate,
        given: &Given<'g>,
        existing: &BTreeMap<String, Bytes>,
    ) -> Option<Self> {
        let manifest = &candidate.manifest;
        let folder = format!("{}/{}", manifest.id, manifest.version);
        let request = &manifest.operations.first()?.request;
        let there: Vec<Step> = request
            .judge
            .iter()
            .filter(|step| existing.contains_key(&format!("{folder}/{}", step.file.value)))
            .map(|step| Step { language: step.language, file: step.file.value.clone() })
            .collect();
        let find = |want: &JudgeStep| {
            let found = wanted(want, manifest, given);
            let name = file_name(&want.file.value);
            let kept = there
                .iter()
                .find(|step| step.language == want.language && file_name(&step.file) == name);
            match (found.is_empty(), kept) {
                (false, _) => Found::Given(found),
                (true, Some(step)) => Found::There(step.clone()),
                (true, None) => Found::Missing,
            }
        };
        let wants: Vec<_> = request.wants.iter().map(|want| (want.clone(), find(want))).collect();
        let any = wants.iter().any(|(_, found)| matches!(found, Found::Given(_)));
        any.then_some(Self { candidate, wants, there })
    }

    /// Higher is better: the part of the wanted files that is there, in thousandths, then the version.
    fn rank(&self) -> (usize, crate::Version) {
        let met = self.wants.iter().filter(|(_, found)| !matches!(found, Found::Missing)).count();
        (met * 1000 / self.wants.len().max(1), self.candidate.manifest.version)
    }

    fn plan(self, given: &Given<'g>, findings: &mut Vec<Finding>) -> Plan<'g> {
        let Candidate { manifest, text } = self.candidate;
        let mut steps = Vec::new();
        let mut missing = Vec::new();
        let mut taken: Vec<Step> = Vec::new();
        for (want, found) in self.wants {
            match found {
                Found::Given(files) => {
                    report_ambiguous(&files, given, findings);
                    let name = file_name(&want.file.value);
                    taken.extend(
                        self.there.iter().filter(|step| file_name(&step.file) == name).cloned(),
                    );
                    steps.extend(files.first().map(|file| PlannedStep::Given(want.language, file)));
                }
                Found::There(step) => {
                    taken.push(step.clone());
                    steps.push(PlannedStep::There(step));
                }
                Found::Missing => missing.push(want.file.value),
            }
        }
        let own = self.there.into_iter().filter(|step| !taken.contains(step));
        steps.extend(own.map(PlannedStep::There));
        let shown = format!("contracts/{}/{}/{FILE}", manifest.id, manifest.version);
        for file in &missing {
            let sentence =
                format!("`{file}` is still to be brought in: messages are not judged by it");
            findings.push(Finding::in_file(&*shown, code::SCHEMA_MISSING, sentence).warning());
        }
        Plan { id: manifest.id, version: manifest.version, text, steps, missing }
    }
}

/// Given files that are the wanted one: by path from the end, else by name. Of several, those that
/// declare the contract's root element come first.
fn wanted<'g>(want: &JudgeStep, manifest: &Manifest, given: &Given<'g>) -> Vec<&'g str> {
    let of_kind = |kind: &Kind| match want.language {
        Language::Xsd => matches!(kind, Kind::Xsd(_)),
        Language::Schematron => matches!(kind, Kind::Rules),
        Language::JsonSchema => matches!(kind, Kind::Json(_)),
        Language::Openapi | Language::Wsdl => false,
    };
    let files: Vec<&'g str> = given
        .iter()
        .filter(|(_, file)| of_kind(&file.scanned.kind))
        .map(|(path, _)| path)
        .collect();
    let ending = |end: &str| -> Vec<&'g str> {
        let ends = |path: &&&str| {
            path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        files.iter().filter(ends).copied().collect()
    };
    let mut found = ending(&want.file.value);
    if found.is_empty() {
        found = ending(file_name(&want.file.value));
    }
    let root = match manifest.select.as_ref().map(|select| &select.by) {
        Some(SelectBy::Root(name)) if found.len() > 1 => name,
        _ => return found,
    };
    let declares = |path: &str| {
        given.get(path).is_some_and(|file| file.scanned.declares(&root.namespace, &root.local))
    };
    if found.iter().any(|path| declares(path)) {
        found.retain(|path| declares(path));
    }
    found
}

fn report_ambiguous(files: &[&str], given: &Given<'_>, findings: &mut Vec<Finding>) {
    let [first, others @ ..] = files else { return };
    let bytes = |path: &str| given.get(path).map(|file| file.bytes);
    if let Some(other) = others.iter().find(|other| bytes(other) != bytes(first)) {
        let sentence = format!("`{other}` could be meant as well, and differs");
        let hint = "give only the folder that holds the right one";
        findings.push(Finding::in_file(*first, code::DUPLICATE, sentence).hint(hint).warning());
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
