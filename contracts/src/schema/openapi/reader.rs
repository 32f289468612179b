//! Parts of a description, how references lead from one to the next, and every fault at its place.

use super::ALIAS;
use crate::{Code, Finding, code, files::resolve, payload::escape_step, schema::json::Documents};
use serde_json::Value;

/// Most references from one to the next.
const REFERENCES_MAX: usize = 100;

/// A part of the description: its file, its JSON Pointer there, and what it says.
#[derive(Debug, Clone)]
pub(super) struct At<'d> {
    pub(super) file: String,
    pub(super) pointer: String,
    pub(super) value: &'d Value,
}

impl<'d> At<'d> {
    /// A member.
    pub(super) fn member(&self, name: &str) -> Option<Self> {
        let pointer = format!("{}/{}", self.pointer, escape_step(name));
        Some(Self { file: self.file.clone(), pointer, value: self.value.get(name)? })
    }

    /// All members, or none where it is no object.
    pub(super) fn members(&self) -> Vec<(&'d str, Self)> {
        let members = self.value.as_object().into_iter().flatten();
        members.filter_map(|(name, _)| Some((name.as_str(), self.member(name)?))).collect()
    }

    /// The members of a member, but those that extensions add (`x-`).
    pub(super) fn members_of(&self, name: &str) -> Vec<(&'d str, Self)> {
        let mut members = self.member(name).map(|member| member.members()).unwrap_or_default();
        members.retain(|(name, _)| !name.starts_with("x-"));
        members
    }

    /// The items of a member that is a list.
    pub(super) fn items_of(&self, name: &str) -> Vec<Self> {
        self.member(name).map(|list| list.items()).unwrap_or_default()
    }

    /// All items, or none where it is no list.
    pub(super) fn items(&self) -> Vec<Self> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        let at = |(at, value)| Self {
            file: self.file.clone(),
            pointer: format!("{}/{at}", self.pointer),
            value,
        };
        items.map(at).collect()
    }

    /// A member that is a text.
    pub(super) fn text(&self, name: &str) -> Option<&'d str> {
        self.value.get(name)?.as_str()
    }

    /// Whether a member is `true`.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.value.get(name) == Some(&Value::Bool(true))
    }
}

/// Reads a description's parts and gathers its faults.
pub(super) struct Reader<'d> {
    documents: &'d Documents,
    entry: String,
    pub(super) findings: Vec<Finding>,
}

impl<'d> Reader<'d> {
    pub(super) fn new(documents: &'d Documents, entry: &str) -> Self {
        Self { documents, entry: entry.to_owned(), findings: Vec::new() }
    }

    /// The files that are read.
    pub(super) fn documents(&self) -> &'d Documents {
        self.documents
    }

    /// The description itself, where it can be read.
    pub(super) fn root(&self) -> Option<At<'d>> {
        let value = &self.documents.get(&self.entry)?.as_ref().ok()?.value;
        Some(At { file: self.entry.clone(), pointer: String::new(), value })
    }

    /// Whether the version's table of styles parts values of the style `label` by `.` (3.0.3 and 3.1.0, "Style Examples").
    pub(super) fn prints_dots(&self) -> bool {
        let version = self.root().and_then(|root| root.text("openapi")).unwrap_or_default();
        ["3.0.0", "3.0.1", "3.0.2", "3.0.3", "3.1.0"].contains(&version)
    }

    /// How a verdict names a part: whatever the description's file is called, it is `openapi`.
    pub(super) fn place(&self, at: &At<'_>) -> String {
        let file = if at.file == self.entry { ALIAS } else { at.file.as_str() };
        format!("{file}#{}", at.pointer)
    }

    /// What a reference leads to, from one to the next; a fault where it leads nowhere.
    pub(super) fn follow(&mut self, from: &At<'d>) -> Option<At<'d>> {
        let mut at = from.clone();
        for _ in 0..REFERENCES_MAX {
            let Some(reference) = at.value.get("$ref").and_then(Value::as_str) else {
                return Some(at);
            };
            at = match self.resolve(&at, reference) {
                Some(target) => target,
                None => {
                    self.report_reference(&at, reference);
                    return None;
                }
            };
        }
        self.report(from, "a reference leads back to itself, or through too many others");
        None
    }

    /// What a reference leads to in one step.
    pub(super) fn resolve(&self, from: &At<'d>, reference: &str) -> Option<At<'d>> {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let file = match file {
            "" => from.file.clone(),
            address if address.contains("://") => self.documents.path_of(address)?.to_owned(),
            file => resolve(&from.file, &crate::percent::decode(file))?,
        };
        let root = self.documents.get(&file)?.as_ref().ok()?;
        let pointer = crate::percent::decode(pointer).into_owned();
        let value = root.value.pointer(&pointer)?;
        Some(At { file, pointer, value })
    }

    /// Reports a reference that leads nowhere.
    pub(super) fn check_reference(&mut self, at: &At<'d>, reference: &str) {
        if self.resolve(at, reference).is_none() {
            self.report_reference(at, reference);
        }
    }

    fn report_reference(&mut self, at: &At<'d>, reference: &str) {
        let sentence = format!("the reference {reference} leads nowhere in the contract's files");
        let (code, hint) = if reference.contains("://") {
            (
                code::REFERENCE_OUTSIDE,
                "nothing is fetched: copy the file in, and name its folder under [json.addresses]",
            )
        } else if reference.starts_with('#') {
            (code::IMPORT_UNRESOLVED, "the pointer after `#` must lead to something in this file")
        } else {
            (code::IMPORT_UNRESOLVED, "copy the file in, and look at the pointer after `#`")
        };
        self.add(at, Finding::in_file(&*at.file, code, sentence).hint(hint));
    }

    /// Reports that a part is not as OpenAPI demands: it cannot be judged by.
    pub(super) fn report(&mut self, at: &At<'d>, sentence: impl Into<String>) {
        self.add(at, Finding::in_file(&*at.file, code::SCHEMA_BROKEN, sentence));
    }

    /// Reports members that are `true` or `false` and say something else: read as neither, they would count for nothing.
    pub(super) fn check_flags(&mut self, at: &At<'d>, names: &[&str]) {
        for name in names {
            let Some(member) = at.member(name).filter(|member| !member.value.is_boolean()) else {
                continue;
            };
            let sentence = format!("`{name}` is `true` or `false`");
            let finding = Finding::in_file(&*at.file, code::SCHEMA_BROKEN, sentence);
            let hint = "YAML 1.2 reads `yes`, `no`, `on` and `off` as texts";
            self.add(&member, if member.value.is_string() { finding.hint(hint) } else { finding });
        }
    }

    /// Reports a fault that judging does not suffer from.
    pub(super) fn warn(&mut self, at: &At<'d>, code: Code, sentence: impl Into<String>) {
        self.add(at, Finding::in_file(&*at.file, code, sentence).warning());
    }

    /// Adds a finding at the place of a part, or of the nearest part around it.
    pub(super) fn add(&mut self, at: &At<'d>, finding: Finding) {
        let tree = self.documents.get(&at.file).and_then(|tree| tree.as_ref().ok());
        let finding = match tree.and_then(|tree| tree.nearest_place(&at.pointer)) {
            Some(place) => finding.at(place.line, place.column),
            None => finding,
        };
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}
