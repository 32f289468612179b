//! Whether a document is of a contract: what it is first, then patterns on its values.

use crate::{
    Manifest, Payload,
    manifest::SelectBy,
    path::{DocumentPath, PathCompiler, Pointer},
};

/// The conditions of one contract, compiled.
#[derive(Debug)]
pub(crate) struct Selector {
    member: Option<Pointer>,
    conditions: Vec<(DocumentPath, regex::Regex)>,
}

impl Selector {
    /// Nothing where the manifest selects no documents, or a path of it cannot be read.
    pub(crate) fn compile(manifest: &Manifest, paths: &mut PathCompiler<'_>) -> Option<Self> {
        let select = manifest.select.as_ref()?;
        let compiled = select.conditions.iter().map(|condition| {
            let path = paths.compile(&condition.path)?;
            Some((path, condition.matches.clone()))
        });
        let compiled: Vec<_> = compiled.collect();
        let member = match &select.by {
            SelectBy::Member(member) => Some(Pointer::compile(member)?),
            SelectBy::Root(_) => None,
        };
        Some(Self { member, conditions: compiled.into_iter().collect::<Option<_>>()? })
    }

    /// Whether what must hold besides the root element does.
    pub(crate) fn fits(&self, payload: &Payload) -> bool {
        let member = match (&self.member, payload) {
            (Some(member), Payload::Json(json)) => member.find(json).is_some(),
            (Some(_), _) => false,
            (None, _) => true,
        };
        member
            && self.conditions.iter().all(|(path, pattern)| {
                path.text(payload).is_some_and(|text| pattern.is_match(&text))
            })
    }
}
