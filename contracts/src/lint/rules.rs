//! Rules that can never fire, and names that no document of the schema beside them has.
//!
//! A rule set is held against the XML Schema of the same list of schemas: what judges a message together.

use super::Subject;
use crate::{
    Code, Finding, code,
    files::ContractFiles,
    manifest::{JudgeStep, Language},
};
use sluse_schematron::{CompileOptions, Remark, RemarkKind, RuleSet};
use sluse_xpath::Shape;
use sluse_xsd::Outline;
use std::{collections::HashSet, sync::Arc};

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: HashSet<(Vec<&str>, &str, Option<&str>)> = HashSet::new();
    for steps in &subject.judged {
        let of = |language| steps.iter().filter(move |step| step.language == language);
        let schemas: Vec<&str> = of(Language::Xsd).map(|step| step.file.value.as_str()).collect();
        let mut declared = None;
        for step in of(Language::Schematron) {
            let key = (schemas.clone(), step.file.value.as_str(), step.phase.as_deref());
            if !seen.insert(key) || subject.schemas.compile(step, subject.files).schema.is_none() {
                continue;
            }
            let declared = declared.get_or_insert_with(|| {
                of(Language::Xsd).find_map(|xsd| Declared::of(subject, xsd))
            });
            let shape = declared.as_ref().map(|declared| declared as &dyn Shape);
            findings.extend(remarks(subject.files, step, shape).into_iter().map(|remark| {
                let kind = code_of(remark.kind);
                let finding = subject.files.finding(&remark.file, kind, remark.sentence).warning();
                finding.at(remark.line, remark.column)
            }));
        }
    }
    findings
}

fn remarks(files: &ContractFiles, step: &JudgeStep, shape: Option<&dyn Shape>) -> Vec<Remark> {
    let read = |path: &str| files.get(path).map(|file| Arc::from(&*file.bytes));
    let options = CompileOptions { phase: step.phase.clone() };
    RuleSet::lint(&step.file.value, &read, &options, shape)
}

fn code_of(kind: RemarkKind) -> Code {
    match kind {
        RemarkKind::NeverFires => code::RULE_NEVER_FIRES,
        RemarkKind::NameUnknown => code::RULE_NAME_UNKNOWN,
        RemarkKind::Unused => code::RULE_PART_UNUSED,
        RemarkKind::Duplicate => code::DUPLICATE,
        RemarkKind::Position => code::RULE_POSITION,
    }
}

/// What an XML Schema declares, as those who look at expressions ask for it.
pub(super) struct Declared {
    outline: Outline,
    namespaces: HashSet<Box<str>>,
}

impl Declared {
    pub(super) fn of(subject: &Subject<'_>, step: &JudgeStep) -> Option<Self> {
        let outline = subject.schemas.compile(step, subject.files).schema?.outline()?;
        let namespaces = outline.names.iter().map(|(namespace, _)| namespace.clone()).collect();
        Some(Self { outline, namespaces })
    }
}

/// Attributes that an element may have whatever is declared for it (XML Schema Part 1, section 3.2.7).
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

impl Shape for Declared {
    fn count(&self) -> u32 {
        u32::try_from(self.outline.names.len()).unwrap_or(u32::MAX)
    }

    fn name(&self, element: u32) -> (&str, &str) {
        let name = self.outline.names.get(element as usize);
        name.map_or(("", ""), |(namespace, local)| (namespace, local))
    }

    fn roots(&self) -> &[u32] {
        &self.outline.roots
    }

    fn children(&self, element: u32) -> &[u32] {
        self.outline.inside.get(element as usize).map_or(&[], |inside| &inside.children)
    }

    fn is_open(&self, element: u32) -> bool {
        self.outline.inside.get(element as usize).is_none_or(|inside| inside.is_open)
    }

    fn may_have_attribute(&self, element: u32, name: Option<(&str, &str)>) -> bool {
        let Some(inside) = self.outline.inside.get(element as usize) else { return true };
        let Some((namespace, local)) = name else { return true };
        inside.has_open_attributes
            || namespace == XSI
            || inside.attributes.iter().any(|(ns, name)| **ns == *namespace && **name == *local)
    }

    fn knows(&self, namespace: &str) -> bool {
        self.namespaces.contains(namespace)
    }
}
