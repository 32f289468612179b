//! What must hold between the parts of a description: fields within their record and apart from
//! each other, types that tell records apart, nesting that leads somewhere.

use super::{
    Content, Record, Role,
    describe::{Described, Draft},
};
use sluse_contracts::{
    Finding, code,
    settings::{Place, Table},
};

/// The records, with what they say of each other resolved; nothing where a fault was reported.
pub(super) fn records(
    described: &Described,
    root: &Table<'_>,
    mut drafts: Vec<Draft>,
) -> Option<Vec<Record>> {
    let mut told = Told { root, sound: true };
    if described.record_length.is_none() {
        for draft in &mut drafts {
            let ends = draft.record.slots.iter().map(|slot| slot.start + slot.length * slot.times);
            draft.record.length = ends.max().unwrap_or(0);
        }
    }
    for draft in &drafts {
        told.fields(draft, described.type_at);
        told.type_of(described, draft);
    }
    told.names(&drafts);
    told.types(&drafts);
    told.roles(&drafts);
    told.counts(&mut drafts);
    told.nesting(&mut drafts);
    if described.type_at.is_none() {
        told.several(&drafts);
    }
    for draft in &mut drafts {
        draft.record.slots.sort_by_key(|slot| slot.start);
    }
    told.sound.then(|| drafts.into_iter().map(|draft| draft.record).collect())
}

struct Told<'t, 'd> {
    root: &'t Table<'d>,
    sound: bool,
}

impl Told<'_, '_> {
    fn fault(&mut self, place: Place, code: sluse_contracts::Code, sentence: String, hint: &str) {
        self.sound = false;
        self.root.settings().report_with_hint(place, code, sentence, hint);
    }

    /// Fields lie within the record and apart from each other; what lies between them is a warning.
    fn fields(&mut self, draft: &Draft, type_at: Option<(usize, usize)>) {
        let record = &draft.record;
        let mut order: Vec<_> = record.slots.iter().zip(&draft.slots).collect();
        order.sort_by_key(|(slot, _)| slot.start);
        let (mut end, mut before) = (0, "");
        for (slot, (place, _)) in order {
            let slot_end = slot.start + slot.length * slot.times;
            if slot.start < end {
                let (name, position) = (&slot.title, slot.start + 1);
                let sentence =
                    format!("`{name}` begins at position {position}, where `{before}` still is");
                let hint = "each position belongs to one field: check positions and lengths";
                self.fault(*place, code::FIELDS_OVERLAP, sentence, hint);
            } else if slot.start > end {
                self.gap(*place, end, slot.start, type_at);
            }
            if slot_end > record.length {
                let (name, length) = (&slot.title, record.length);
                let sentence =
                    format!("`{name}` ends at position {slot_end} of a record of {length}");
                let hint = "check `position`, `length` and `times` against `record-length`";
                self.fault(*place, code::FIELD_OUTSIDE, sentence, hint);
            }
            (end, before) = (end.max(slot_end), &slot.title);
        }
        if end < record.length {
            self.gap(draft.place, end, record.length, type_at);
        }
        let mut names: Vec<_> = record.slots.iter().zip(&draft.slots).collect();
        names.retain(|(slot, _)| slot.is_in_tree());
        for (at, (slot, (place, _))) in names.iter().enumerate() {
            if names.iter().take(at).any(|(other, _)| other.name == slot.name) {
                let sentence =
                    format!("two fields of `{}` are named `{}`", record.title, slot.title);
                self.fault(*place, code::DUPLICATE, sentence, "a repeated field takes `times`");
            }
        }
    }

    /// Warns of positions that belong to nothing; the type may have its own without a field.
    fn gap(&self, place: Place, start: usize, end: usize, type_at: Option<(usize, usize)>) {
        if let Some((type_start, length)) = type_at
            && start <= type_start
            && type_start + length <= end
        {
            self.gap(place, start, type_start, None);
            return self.gap(place, type_start + length, end, None);
        }
        let sentence = match end.saturating_sub(start) {
            0 => return,
            1 => format!("position {end} belongs to no field"),
            _ => format!("positions {} to {end} belong to no field", start + 1),
        };
        let hint =
            "it is read over and written as blanks: say `kind = \"filler\"` or `\"ignored\"`";
        let settings = self.root.settings();
        let finding = Finding::in_file(settings.file(), code::FIELDS_APART, sentence);
        settings.add(finding.at(place.line, place.column).hint(hint).warning());
    }

    /// A record says its type, of the right length, where the description has types.
    fn type_of(&mut self, described: &Described, draft: &Draft) {
        let record = &draft.record;
        match (&described.type_at, &record.type_text) {
            (Some((start, length)), Some(text)) => {
                let n_characters = text.chars().count();
                if n_characters != *length {
                    let sentence =
                        format!("`type` of `{}` is not {length} characters long", record.title);
                    let hint = "write the blanks of the type too";
                    self.fault(draft.place, code::VALUE_WRONG, sentence, hint);
                } else if start + length > record.length {
                    let sentence = format!("the type lies beyond the end of `{}`", record.title);
                    let hint = "check `type` against the length of the record";
                    self.fault(draft.place, code::FIELD_OUTSIDE, sentence, hint);
                }
            }
            (Some(_), None) => {
                let sentence = format!("`{}` does not say its `type`", record.title);
                self.fault(
                    draft.place,
                    code::KEY_MISSING,
                    sentence,
                    "records are told apart by it",
                );
            }
            (None, Some(_)) => {
                let sentence = "`type` of a record takes a `type` of the file".to_owned();
                let hint = "say where it stands, as in type = { position = 1, length = 3 }";
                self.fault(draft.place, code::KEY_MISSING, sentence, hint);
            }
            (None, None) => {}
        }
    }

    fn names(&mut self, drafts: &[Draft]) {
        for (at, draft) in drafts.iter().enumerate() {
            if drafts.iter().take(at).any(|other| other.record.name == draft.record.name) {
                let sentence = format!("two records are named `{}`", draft.record.title);
                let hint = "the name is that of the group in the tree: give each its own";
                self.fault(draft.place, code::DUPLICATE, sentence, hint);
            }
        }
    }

    /// No two records look the same.
    fn types(&mut self, drafts: &[Draft]) {
        for (at, draft) in drafts.iter().enumerate() {
            let text = &draft.record.type_text;
            let same = |other: &&Draft| text.is_some() && other.record.type_text == *text;
            if let Some(other) = drafts.iter().take(at).find(same) {
                let (name, other) = (&draft.record.title, &other.record.title);
                let sentence = format!("`{name}` has the type of `{other}`");
                let hint = "records are told apart by their type";
                self.fault(draft.place, code::RECORDS_ALIKE, sentence, hint);
            }
        }
    }

    /// Without types there is one record.
    fn several(&mut self, drafts: &[Draft]) {
        if let Some(draft) = drafts.get(1) {
            let sentence = "there are several records and nothing tells them apart".to_owned();
            let hint = "say where the type stands, as in type = { position = 1, length = 3 }";
            self.fault(draft.place, code::RECORDS_ALIKE, sentence, hint);
        }
    }

    fn roles(&mut self, drafts: &[Draft]) {
        for role in [Role::Start, Role::Trailer] {
            let of_role: Vec<_> = drafts.iter().filter(|draft| draft.record.role == role).collect();
            if let Some(draft) = of_role.get(1) {
                let sentence = format!("`{}` is a second record of its role", draft.record.title);
                let hint = "a file has one start record and one trailer at most";
                self.fault(draft.place, code::DUPLICATE, sentence, hint);
            }
        }
    }

    /// Counts name records that there are.
    fn counts(&mut self, drafts: &mut [Draft]) {
        let titles: Vec<_> = drafts.iter().map(|draft| draft.record.title.clone()).collect();
        for draft in drafts {
            for (slot, (_, named)) in draft.record.slots.iter_mut().zip(&draft.slots) {
                let (Content::Count { of, .. }, Some(named)) = (&mut slot.content, named) else {
                    continue;
                };
                let mut found = Vec::new();
                for name in named {
                    match titles.iter().position(|title| *title == name.value) {
                        Some(at) => found.push(at),
                        None => {
                            let sentence = format!("there is no record `{}`", name.value);
                            let hint = format!("records here: {}", titles.join(", "));
                            self.fault(name.place, code::NESTING_WRONG, sentence, &hint);
                        }
                    }
                }
                *of = Some(found);
            }
        }
    }

    /// What a record stands in is there, is of the body, and leads out of itself.
    fn nesting(&mut self, drafts: &mut [Draft]) {
        let titles: Vec<_> = drafts.iter().map(|draft| draft.record.title.clone()).collect();
        for at in 0..drafts.len() {
            let Some(draft) = drafts.get(at) else { continue };
            let Some(named) = draft.inside.clone() else {
                self.keyless(draft);
                continue;
            };
            let parent = titles.iter().position(|title| *title == named.value);
            let of_body = |at: usize| drafts.get(at).is_some_and(|of| of.record.role == Role::Body);
            match parent {
                Some(parent) if of_body(parent) && of_body(at) => {
                    self.key(draft, drafts.get(parent));
                    if let Some(draft) = drafts.get_mut(at) {
                        draft.record.inside = Some(parent);
                    }
                    if let Some(draft) = drafts.get_mut(parent) {
                        draft.record.is_parent = true;
                    }
                }
                Some(_) => {
                    let sentence = "start records and trailers stand in nothing and hold nothing";
                    let hint = "take `inside` or `role` out";
                    self.fault(named.place, code::NESTING_WRONG, sentence.to_owned(), hint);
                }
                None => {
                    let sentence = format!("there is no record `{}`", named.value);
                    let hint = format!("records here: {}", titles.join(", "));
                    self.fault(named.place, code::NESTING_WRONG, sentence, &hint);
                }
            }
        }
        self.circles(drafts);
    }

    fn keyless(&mut self, draft: &Draft) {
        if !draft.record.key.is_empty() {
            let sentence = format!("`{}` has a `key` and stands in no record", draft.record.title);
            let hint = "say the record that it stands in with `inside`";
            self.fault(draft.place, code::NESTING_WRONG, sentence, hint);
        }
    }

    /// Both records have the fields of the key.
    fn key(&mut self, draft: &Draft, parent: Option<&Draft>) {
        let has = |record: &Record, name| {
            record.slots.iter().any(|slot| slot.name == name && slot.is_in_tree())
        };
        let missing = draft.record.key.iter().any(|name| {
            !has(&draft.record, *name) || parent.is_none_or(|parent| !has(&parent.record, *name))
        });
        if missing {
            let sentence = format!("a field of the `key` of `{}` is missing", draft.record.title);
            let hint = "the record and the one that it stands in both have fields of these names";
            self.fault(draft.place, code::NESTING_WRONG, sentence, hint);
        }
    }

    fn circles(&mut self, drafts: &[Draft]) {
        for (at, draft) in drafts.iter().enumerate() {
            let mut above = draft.record.inside;
            for _ in 0..drafts.len() {
                above = above.and_then(|above| drafts.get(above)?.record.inside);
                if above == Some(at) {
                    break;
                }
            }
            let itself = above == Some(at) || draft.record.inside == Some(at);
            if itself {
                let sentence = format!("`{}` stands in itself", draft.record.title);
                let hint = "one of the records around it stands in no other";
                self.fault(draft.place, code::NESTING_WRONG, sentence, hint);
            }
        }
    }
}
