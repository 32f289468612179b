//! Paths into XML, held against what XML Schemas declare.

use super::{Asked, Leads};
use crate::{
    lint::{Subject, rules::Declared},
    manifest::{JudgeStep, Language, Manifest},
};
use sluse_xpath::{Builder, Reach, StaticScope};
use std::collections::HashMap;

/// What a fault of SOAP 1.1 has, which no schema of a contract declares.
const OF_FAULTS: [&str; 4] = ["detail", "faultactor", "faultcode", "faultstring"];

/// What the schemas declare that were asked for so far, by file.
#[derive(Default)]
pub(super) struct Known {
    of_file: HashMap<String, Option<Declared>>,
}

impl Known {
    /// Where a path leads from the root element of a schema's documents; in SOAP, from the first element of the body.
    pub(super) fn leads(
        &mut self,
        subject: &Subject<'_>,
        step: &JudgeStep,
        manifest: &Manifest,
        asked: &Asked<'_>,
    ) -> Leads {
        let file = step.file.value.clone();
        let declared = self.of_file.entry(file).or_insert_with(|| Declared::of(subject, step));
        let Some(declared) = declared else { return Leads::Somewhere };
        let steps = asked.before.iter().copied().chain([asked.path.value.as_str()]);
        let text = steps.fold("*".to_owned(), |text, step| format!("{text}/({step})"));
        let mut builder = Builder::new();
        let scope = StaticScope::with_namespaces(manifest.namespaces.clone());
        // What cannot be compiled is told where the contract is loaded.
        let Ok(root) = builder.expression(&text, &scope) else { return Leads::Somewhere };
        let mut reach = Reach::new(&builder, declared);
        let document = reach.document();
        let is_of_fault =
            |local: &str| step.language == Language::Wsdl && OF_FAULTS.contains(&local);
        let dead = reach.expression(root, &document);
        match dead.into_iter().find(|dead| !is_of_fault(&dead.name.1)) {
            Some(dead) => Leads::Nowhere(dead.name.1, None),
            None => Leads::Somewhere,
        }
    }
}
