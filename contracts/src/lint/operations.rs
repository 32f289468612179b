//! Operations of a manifest whose messages nothing judges, beside others that are judged.

use super::Subject;
use crate::{
    Finding, code,
    manifest::{FILE, OperationKind, Part},
};

pub(super) fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(manifest) = subject.manifest else { return Vec::new() };
    if subject.judged.is_empty() {
        // That nothing is judged at all is told once, of the whole contract.
        return Vec::new();
    }
    let mut findings = Vec::new();
    for operation in &manifest.operations {
        let answer =
            (operation.kind == OperationKind::TwoWay).then_some(("answers", &operation.response));
        let parts = std::iter::once(("requests", &operation.request)).chain(answer);
        let lacks = |part: &Part| part.judge.is_empty() && part.wants.is_empty();
        for (words, _) in parts.filter(|(_, part)| lacks(part)) {
            let sentence = format!(
                "no schema judges the {words} of the operation `{}`: they are judged for form alone",
                operation.name
            );
            findings
                .push(subject.files.finding(FILE, code::PART_WITHOUT_SCHEMA, sentence).warning());
        }
    }
    findings
}
