//! What is declared and nothing refers to, and ids that two things have.
//!
//! Of files that are included nothing is told: other rule sets may include them too.

use super::{Remark, RemarkKind, all};
use crate::source::{Child, Element, Language};
use std::collections::{HashMap, HashSet};

/// Elements whose ids others refer to, or that verdicts name.
const WITH_IDS: [&str; 6] = ["pattern", "rule", "assert", "report", "phase", "diagnostic"];

pub(super) fn find(entry: &str, schema: &Element) -> Vec<Remark> {
    let all = all(schema);
    let mut remarks = duplicates(&all);
    let used = Used::of(&all);
    for element in all.iter().filter(|each| &*each.place.file == entry) {
        let sentence = used.unused(element);
        remarks.extend(sentence.map(|sentence| element.place.remark(RemarkKind::Unused, sentence)));
    }
    remarks
}

/// What a rule set refers to.
struct Used<'s> {
    patterns: HashSet<&'s str>,
    rules: HashSet<&'s str>,
    diagnostics: HashSet<&'s str>,
    variables: HashSet<&'s str>,
}

impl<'s> Used<'s> {
    fn of(all: &[&'s Element]) -> Self {
        let mut used = Self {
            patterns: HashSet::new(),
            rules: HashSet::new(),
            diagnostics: HashSet::new(),
            variables: HashSet::new(),
        };
        for element in all {
            used.patterns.extend(element.attribute("is-a"));
            if element.local == "extends" {
                used.rules.extend(element.attribute("rule"));
            }
            let diagnostics = element.attribute("diagnostics").unwrap_or_default();
            used.diagnostics.extend(diagnostics.split_whitespace());
            element.attributes.iter().for_each(|(_, value)| used.note(value));
            for child in &element.children {
                if let Child::Text(text) = child {
                    used.note(text);
                }
            }
        }
        used
    }

    /// Every name that follows a `$`, with or without a prefix.
    fn note(&mut self, text: &'s str) {
        for after in text.split('$').skip(1) {
            let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
            let after = after.trim_start();
            let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
            let name = after.get(..end).unwrap_or_default();
            self.variables.insert(name);
            self.variables.extend(name.split(':'));
            // A name may end in a full stop or a colon that is not its own.
            self.variables.insert(name.trim_end_matches(['.', ':', '-']));
        }
    }

    fn unused(&self, element: &Element) -> Option<String> {
        let is = |local: &str| element.is(Language::Schematron, local);
        let is_abstract = element.attribute("abstract") == Some("true");
        let id = element.attribute("id");
        if is("pattern") && is_abstract {
            let id = id.filter(|id| !self.patterns.contains(id))?;
            return Some(format!("no pattern is made of the abstract pattern `{id}`"));
        }
        if is("rule") && is_abstract {
            let id = id.filter(|id| !self.rules.contains(id))?;
            return Some(format!("no rule extends the abstract rule `{id}`"));
        }
        if is("diagnostic") {
            let id = id.filter(|id| !self.diagnostics.contains(id))?;
            return Some(format!("no check names the diagnostic `{id}`"));
        }
        if is("let") {
            let name = element.attribute("name").filter(|name| !self.variables.contains(name))?;
            return Some(format!("nothing uses the variable `{name}`"));
        }
        None
    }
}

/// Ids that stand twice in one file (XML 1.0, section 3.3.1, validity constraint "ID").
fn duplicates(all: &[&Element]) -> Vec<Remark> {
    let mut first: HashMap<(&str, &str), &Element> = HashMap::new();
    let mut remarks = Vec::new();
    for element in all.iter().filter(|each| each.language == Language::Schematron) {
        let Some(id) = element.attribute("id") else { continue };
        if !WITH_IDS.contains(&element.local.as_str()) {
            continue;
        }
        let key = (&*element.place.file, id);
        match first.get(&key) {
            None => {
                first.insert(key, element);
            }
            // A file that is included twice stands twice.
            Some(other)
                if other.place.line == element.place.line
                    && other.place.column == element.place.column => {}
            Some(other) => {
                let sentence = format!(
                    "the id `{id}` is that of the {} in line {} too",
                    other.local, other.place.line
                );
                remarks.push(element.place.remark(RemarkKind::Duplicate, sentence));
            }
        }
    }
    remarks
}
