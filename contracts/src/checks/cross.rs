//! What the checks that compare several places have in common: in which elements they look.

use super::told::{Told, Wrong};
use crate::{
    Code,
    manifest::SidesRule,
    path::{Allowance, DocumentPath, PathCompiler, Spot, Unevaluated, Visit},
};

/// Two sides that are compared, in each element that a check names.
#[derive(Debug)]
pub(super) struct Sides {
    /// The path of the other side.
    pub(super) other: DocumentPath,
    within: Option<DocumentPath>,
}

impl Sides {
    /// Nothing where a path cannot be read, which is reported.
    pub(super) fn compile(rule: &SidesRule, paths: &mut PathCompiler<'_>) -> Option<Self> {
        let other = paths.compile(&rule.other);
        let within = rule.within.as_ref().map(|within| paths.compile(within));
        Some(Self { other: other?, within: within.map_or(Some(None), |within| within.map(Some))? })
    }

    /// Calls `visit` for each element in which both sides are looked for: the document, where the check names none.
    pub(super) fn each_within<'p>(
        &self,
        document: &Spot<'p>,
        allowance: &mut Allowance,
        visit: Visit<'_, 'p>,
    ) -> Result<(), Unevaluated> {
        match &self.within {
            Some(within) => within.each(document, allowance, visit),
            None => visit(document, allowance).map(|_| ()),
        }
    }
}

/// Tells what is wrong, in words that the check's own may replace.
pub(super) fn tell<'p>(
    told: &mut Told<'_, 'p>,
    code: Code,
    sentence: &str,
    spot: &Spot<'p>,
) -> bool {
    told.tell(&Wrong { code, sentence, severity: None }, spot)
}
