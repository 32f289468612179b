//! What the reference system keeps: permits, keys that were used, and what happened.

use super::faults::{Fault, Faults};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Most permits that are kept: enough for a run, and an end for a loop.
const PERMITS_MAX: usize = 200_000;
/// How late an event is where [`Fault::EventLate`] is set, in milliseconds.
const EVENT_LATE_MS: u64 = 6_000;

/// What is taken though it breaks a rule at a place: a JSON Pointer, and a keyword or `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Takes {
    pub(super) path: &'static str,
    pub(super) rule: &'static str,
}

/// One permit.
#[derive(Debug, Clone)]
pub(super) struct Permit {
    pub(super) id: String,
    owner: String,
    pub(super) version: u64,
    created_ms: u64,
    pub(super) withdrawn: bool,
    application: Value,
}

/// Something that happened.
#[derive(Debug, Clone)]
struct Happened {
    id: String,
    kind: &'static str,
    permit: String,
    owner: String,
    at_ms: u64,
}

/// The answer that a key got.
#[derive(Debug, Clone)]
struct Used {
    application: Value,
    /// The permit as it was then.
    answer: Value,
}

/// The whole state.
#[derive(Debug, Default)]
pub(super) struct Registry {
    permits: Vec<Permit>,
    places: BTreeMap<String, usize>,
    keys: BTreeMap<(String, String), Used>,
    events: Vec<Happened>,
}

/// What came of making one.
#[derive(Debug, Clone)]
pub(super) enum Made {
    /// A permit.
    New(Value),
    /// What the key got before.
    Again(Value),
    /// The key was used for another application.
    Conflict,
    /// There is no room.
    Full,
}

/// A piece of a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) size: usize,
    /// Entries up to this one are left out.
    pub(super) after: usize,
    pub(super) status: Option<&'a str>,
}

impl Registry {
    /// What the key stands for, where it was used.
    pub(super) fn used(
        &self,
        owner: &str,
        key: &str,
        application: &Value,
        faults: &Faults,
    ) -> Option<Made> {
        let used = self.keys.get(&(owner.to_owned(), key.to_owned()))?;
        if used.application != *application && !faults.has(Fault::TakesConflict) {
            return Some(Made::Conflict);
        }
        let mut answer = used.answer.clone();
        if faults.has(Fault::ReplaysNewer)
            && let Some(answer) = answer.as_object_mut()
        {
            answer.insert("created".to_owned(), json!("2030-01-01T00:00:00Z"));
        }
        (!faults.has(Fault::MakesAnother)).then_some(Made::Again(answer))
    }

    /// Makes a permit.
    pub(super) fn make(
        &mut self,
        owner: &str,
        key: Option<&str>,
        application: &Value,
        now: Now<'_>,
    ) -> Made {
        if self.permits.len() >= PERMITS_MAX {
            return Made::Full;
        }
        let permit = Permit {
            id: (now.fresh_id)(),
            owner: owner.to_owned(),
            version: 1,
            created_ms: now.ms,
            withdrawn: false,
            application: kept(application, now.faults),
        };
        self.places.insert(permit.id.clone(), self.permits.len());
        let answer = permit.shown(now.write_time);
        if let Some(key) = key {
            let used = Used { application: application.clone(), answer: answer.clone() };
            self.keys.insert((owner.to_owned(), key.to_owned()), used);
        }
        if !now.faults.has(Fault::NoEvent) {
            self.happened("created", &permit, now);
        }
        self.permits.push(permit);
        Made::New(answer)
    }

    /// The permit of this id, where the consumer may see it.
    pub(super) fn find(
        &self,
        id: &str,
        owner: &str,
        sees_others: bool,
        faults: &Faults,
    ) -> Option<&Permit> {
        let permit = self.places.get(id).and_then(|at| self.permits.get(*at))?;
        let is_there = !permit.withdrawn || faults.has(Fault::StillRead);
        ((permit.owner == owner || sees_others) && is_there).then_some(permit)
    }

    /// Replaces the application of a permit that was found.
    pub(super) fn replace(
        &mut self,
        id: &str,
        application: &Value,
        now: Now<'_>,
    ) -> Option<Permit> {
        let permit = self.permits.get_mut(*self.places.get(id)?)?;
        permit.application = kept(application, now.faults);
        if !now.faults.has(Fault::SameVersion) {
            permit.version += 1;
        }
        let permit = permit.clone();
        self.happened("replaced", &permit, now);
        Some(permit)
    }

    /// Withdraws a permit that was found.
    pub(super) fn withdraw(&mut self, id: &str, now: Now<'_>) -> Option<()> {
        let permit = self.permits.get_mut(*self.places.get(id)?)?;
        permit.withdrawn = true;
        let permit = permit.clone();
        self.happened("withdrawn", &permit, now);
        Some(())
    }

    /// Permits of a consumer that are not withdrawn, the oldest first, and where the next page begins.
    pub(super) fn list(
        &self,
        owner: &str,
        asked: Asked<'_>,
        now: Now<'_>,
    ) -> (Vec<Value>, Option<usize>) {
        let fits = |permit: &&Permit| {
            permit.owner == owner
                && !permit.withdrawn
                && asked.status.is_none_or(|status| status == "received")
        };
        let mut found: Vec<(usize, &Permit)> =
            self.permits.iter().filter(fits).enumerate().map(|(at, it)| (at + 1, it)).collect();
        if now.faults.has(Fault::InsertShifts) {
            found.reverse();
            found.iter_mut().enumerate().for_each(|(at, entry)| entry.0 = at + 1);
        } else {
            // A place in the whole list, which no later permit and no withdrawal changes.
            for (place, permit) in &mut found {
                *place = self.places.get(&permit.id).map_or(0, |at| at + 1);
            }
        }
        let (page, next) = page(&found, asked, now.faults);
        (page.into_iter().map(|permit| permit.shown(now.write_time)).collect(), next)
    }

    /// What happened to a consumer's permits, the oldest first, and where the next page begins.
    pub(super) fn told(
        &self,
        owner: &str,
        asked: Asked<'_>,
        now: Now<'_>,
    ) -> (Vec<Value>, Option<usize>) {
        let late = if now.faults.has(Fault::EventLate) { EVENT_LATE_MS } else { 0 };
        let fits =
            |(_, event): &(usize, &Happened)| event.owner == owner && event.at_ms + late <= now.ms;
        let mut found: Vec<(usize, &Happened)> =
            self.events.iter().enumerate().map(|(at, it)| (at + 1, it)).filter(fits).collect();
        if now.faults.has(Fault::EventsBackwards) {
            found.reverse();
        }
        let mut left = found.iter().filter(|(at, _)| *at > asked.after);
        let page: Vec<&(usize, &Happened)> = left.by_ref().take(asked.size).collect();
        let next = page.last().map(|(at, _)| *at).filter(|_| left.next().is_some());
        let shown = |(at, event): &&(usize, &Happened)| {
            let id =
                if now.faults.has(Fault::EventNewId) { (now.fresh_id)() } else { event.id.clone() };
            json!({
                "id": id, "sequence": at, "time": (now.write_time)(event.at_ms),
                "kind": event.kind, "permit": event.permit,
            })
        };
        (page.iter().map(shown).collect(), next)
    }

    fn happened(&mut self, kind: &'static str, permit: &Permit, now: Now<'_>) {
        self.events.push(Happened {
            id: (now.fresh_id)(),
            kind,
            permit: permit.id.clone(),
            owner: permit.owner.clone(),
            at_ms: now.ms,
        });
    }
}

/// The moment, and how things are written at it.
#[derive(Clone, Copy)]
pub(super) struct Now<'a> {
    pub(super) ms: u64,
    pub(super) faults: &'a Faults,
    pub(super) fresh_id: &'a dyn Fn() -> String,
    pub(super) write_time: &'a dyn Fn(u64) -> String,
}

impl Permit {
    /// As answers show it.
    pub(super) fn shown(&self, write_time: &dyn Fn(u64) -> String) -> Value {
        let mut shown = Map::new();
        shown.insert("id".to_owned(), json!(self.id));
        shown.insert("status".to_owned(), json!("received"));
        shown.insert("version".to_owned(), json!(self.version));
        shown.insert("created".to_owned(), json!(write_time(self.created_ms)));
        if let Some(application) = self.application.as_object() {
            shown.extend(application.clone());
        }
        Value::Object(shown)
    }
}

fn page<'p>(
    found: &[(usize, &'p Permit)],
    asked: Asked<'_>,
    faults: &Faults,
) -> (Vec<&'p Permit>, Option<usize>) {
    let mut after = asked.after;
    if after > 0 && faults.has(Fault::RepeatsEntry) {
        after -= 1;
    }
    let size = match faults {
        _ if faults.has(Fault::PageTooLarge) => asked.size + 1,
        _ if faults.has(Fault::IgnoresSize) => 20,
        _ => asked.size,
    };
    let skipped = usize::from(asked.after > 0 && faults.has(Fault::LosesEntry));
    let mut left = found.iter().filter(|(at, _)| *at > after).skip(skipped);
    let page: Vec<&(usize, &Permit)> = left.by_ref().take(size).collect();
    let next = page.last().map(|(at, _)| *at).filter(|_| left.next().is_some());
    (page.into_iter().map(|(_, permit)| *permit).collect(), next)
}

/// An application as it is kept.
fn kept(application: &Value, faults: &Faults) -> Value {
    let mut kept = application.clone();
    let Some(members) = kept.as_object_mut() else { return kept };
    if faults.has(Fault::DropsContact) {
        members.remove("contact");
    }
    if faults.has(Fault::DropsNull) {
        members.retain(|_, value| !value.is_null());
    }
    let mut change = |name: &str, change: &dyn Fn(&mut Value)| {
        if let Some(value) = members.get_mut(name) {
            change(value);
        }
    };
    if faults.has(Fault::CutsNote) {
        change("note", &|note| *note = text(note, |it| it.chars().take(100).collect()));
    }
    if faults.has(Fault::SortsNeighbours) {
        change("neighbours", &|list| {
            if let Some(list) = list.as_array_mut() {
                list.sort_by_key(ToString::to_string);
            }
        });
    }
    if faults.has(Fault::RoundsNumbers) {
        change("caseNumber", &|number| {
            if let Some(whole) = number.as_u64().filter(|whole| *whole > 1 << 53) {
                *number = json!(whole & !1);
            }
        });
    }
    if faults.has(Fault::ShiftsInspection) {
        change("inspection", &|time| *time = text(time, an_hour_later));
    }
    if faults.has(Fault::LosesDanish) {
        every_text(&mut kept, &|it| it.replace(['æ', 'ø', 'å', 'Æ', 'Ø', 'Å'], "?"));
    }
    if faults.has(Fault::Composes) {
        every_text(&mut kept, &|it| it.replace(|c| ('\u{300}'..='\u{36f}').contains(&c), ""));
    }
    kept
}

fn text(value: &Value, change: impl Fn(&str) -> String) -> Value {
    value.as_str().map_or_else(|| value.clone(), |text| json!(change(text)))
}

/// The hour of a time, one more: a mistake with summer time.
fn an_hour_later(time: &str) -> String {
    let hour = time.get(11..13).and_then(|hour| hour.parse::<u8>().ok()).filter(|hour| *hour < 24);
    match (time.get(..11), hour, time.get(13..)) {
        (Some(day), Some(hour), Some(rest)) => format!("{day}{:02}{rest}", (hour + 1) % 24),
        _ => time.to_owned(),
    }
}

fn every_text(value: &mut Value, change: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(list) => list.iter_mut().for_each(|each| every_text(each, change)),
        Value::Object(members) => members.values_mut().for_each(|each| every_text(each, change)),
        _ => {}
    }
}
