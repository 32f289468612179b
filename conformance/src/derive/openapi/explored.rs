//! A document by chance as a case: accepted or refused, as the judge says.

use super::{
    cases::{Cases, Group, Sketch},
    expect,
    sound::{Deriving, Sound},
};
use crate::{case::Kind, suite::Refusal};
use serde_json::Value;

/// Adds a document that was made by chance as a case.
pub(crate) fn explored(
    deriving: &Deriving<'_, '_>,
    sound: &Sound<'_, '_>,
    (seed, number): (u64, usize),
    mut document: Value,
    cases: &mut Cases,
) {
    for (pointer, before, stands) in deriving.bound_texts(sound.operation) {
        if let Some(member) = document.pointer_mut(&pointer).filter(|member| member.is_string()) {
            *member = Value::String(format!("{before}{stands}"));
        }
    }
    let mut draft = sound.draft.clone();
    let media_type = draft.media_type.clone().unwrap_or_default();
    let Some(body) = deriving.body(sound.operation, &media_type, &document) else { return };
    draft.body = body;
    let told = deriving.prover.told(&draft.request());
    let is_good = !told.iter().any(|told| told.is_error);
    let (kind, words, expect) = if is_good {
        (Kind::Positive, "accepted", expect::taken(sound.operation, sound.may_be_missing))
    } else {
        let missing: Vec<u16> = sound.may_be_missing.then_some(404).into_iter().collect();
        let refused = expect::refused(sound.operation, Refusal::Schema, deriving.suite, &missing);
        (Kind::Negative, "refused", refused)
    };
    let only = match told.as_slice() {
        [only] if only.is_error => Some(only.place.clone()),
        _ => None,
    };
    let sketch = Sketch {
        id: format!("explore.{seed}.{number}"),
        sentence: format!("document {number} of seed {seed} is {words}, as the judge says"),
        kind,
        place: only.clone().unwrap_or_else(|| sound.operation.place.clone()),
        constraint: only,
        is_should: false,
        expect,
        rank: 0,
        group: Group::None,
    };
    deriving.add(sound, &draft, sketch, cases);
}
