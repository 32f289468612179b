//! Cases of a service whose messages JSON Schema judges: from an OpenAPI description, or from the manifest's own operations.

mod cases;
mod draft;
mod expect;
mod explored;
mod parameters;
mod protocol;
mod sound;
mod values;
mod write;

pub(crate) use cases::{Cases, Group, RANK_MAX, Ranked, clause};
pub(crate) use expect::taken;
pub(crate) use explored::explored;
pub(crate) use sound::{Deriving, Sound, concrete, of_json};

pub(crate) use write::write;

use crate::suite::Refusal;
use serde_json::Value;
use sound::{of_form, of_parts};
use values::{Place, Sends};

/// Bodies that an operation takes besides, and that no case sends.
fn not_made(sound: &Sound<'_, '_>, cases: &mut Cases) {
    let Some(body) = &sound.operation.body else { return };
    for content in body.contents.iter().map(|content| content.media_type.as_str()) {
        if !(of_json(content) || of_form(content) || of_parts(content)) {
            let step = content.replace('~', "~0").replace('/', "~1");
            let place = format!("{}/content/{step}", body.constraint);
            cases.missed(&place, &format!("bodies of `{content}` are judged, but not made"));
        }
    }
}

impl Deriving<'_, '_> {
    /// Adds the cases of every operation.
    pub(crate) fn cases(&self, cases: &mut Cases) {
        for sound in &self.sounds {
            cases.next_operation();
            if let Some(fault) = &sound.fault {
                self.unreached(sound, fault, cases);
                continue;
            }
            self.of_operation(sound, cases);
        }
        self.unknown_path(cases);
    }

    /// Nothing is sent to an operation that no good request is known for.
    fn unreached(&self, sound: &Sound<'_, '_>, fault: &str, cases: &mut Cases) {
        let place = &sound.operation.place;
        cases.missed(place, &format!("nothing is sent to `{}`: {fault}", sound.operation.name));
    }

    fn of_operation(&self, sound: &Sound<'_, '_>, cases: &mut Cases) {
        self.plain(sound, cases);
        self.parameters(sound, cases);
        self.body_cases(sound, cases);
        self.protocol(sound, cases);
        not_made(sound, cases);
    }

    fn body_cases(&self, sound: &Sound<'_, '_>, cases: &mut Cases) {
        let Some((content, root)) = &sound.content else { return };
        let media_type = concrete(&content.media_type);
        let put = |value: &Value| {
            let mut draft = sound.draft.clone();
            draft.body = self.body(sound.operation, &media_type, value)?;
            Some(draft)
        };
        let fresh = |pointer: &str, value: &Value| self.renewed(sound, pointer, value);
        let place = Place {
            id: "body".into(),
            words: "the body".into(),
            whole: ("full", "has everything that may be there"),
            root: root.clone(),
            refusal: Refusal::Schema,
            also: &[],
            put: &put,
            keeps: Sends::All,
            bound: self.bound_texts(sound.operation).into_iter().map(|(at, ..)| at).collect(),
            fresh: &fresh,
        };
        self.values(sound, &place, &sound.variants, cases);
        self.examples(sound, &place, content, cases);
    }

    /// A value for a place in which a suite wants a new one each time, as long as the one that was thought of; nothing where
    /// a new one cannot be so.
    fn renewed(&self, sound: &Sound<'_, '_>, pointer: &str, value: &Value) -> Option<Value> {
        let Some((before, stands)) = self.bound_text(sound.operation, pointer) else {
            return Some(value.clone());
        };
        let text = value.as_str().filter(|text| text.is_ascii())?;
        if text == format!("{before}{stands}") {
            return Some(value.clone());
        }
        let fill = text.chars().count().checked_sub(before.chars().count() + stands.len())?;
        Some(Value::String(format!("{before}{}{stands}", "x".repeat(fill))))
    }
}
