//! Cases about one value of a request, the body or a parameter: at every bound, and with one violation each.

use super::{
    cases::{Cases, Group, Sketch},
    draft::Draft,
    expect,
    sound::{Deriving, Sound},
};
use crate::{
    case::{CaseId, Expect, Kind},
    derive::{
        json::{
            breaks::{Break, breaks},
            keeps::{Keep, at_bounds, keeps},
            make::{self, Fullness, Maker},
            naming::naming,
            spot::{Fork, Part},
            variants::Variant,
        },
        proof::Miss,
    },
    suite::Refusal,
};
use serde_json::Value;
use sluse_contracts::schema::described::SchemaAt;
use std::collections::BTreeSet;

/// Most values that are tried to break one constraint.
const CANDIDATES_MAX: usize = 400;

/// Most documents that hold values at bounds together.
const ROUNDS_MAX: usize = 60;

/// Keywords with a bound: only a value that stands at it keeps to them there.
const BOUNDED: &[&str] = &[
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];

/// Most optional members that are each sent alone.
const ALONE_MAX: usize = 12;

/// Which good values of a place are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sends {
    /// Those at bounds too.
    All,
    /// The one that the operation's plain request has.
    AsItIs,
    /// None.
    Nothing,
}

/// A value of a request, and how it is put in.
pub(crate) struct Place<'v> {
    /// How ids of its cases go on, such as `body` or `query.limit`.
    pub(crate) id: String,
    /// What it is in a sentence, such as `the body` or `the query parameter \`limit\``.
    pub(crate) words: String,
    /// A word for the usual value, and what it is.
    pub(crate) whole: (&'static str, &'static str),
    /// The schema.
    pub(crate) root: SchemaAt,
    /// What a refusal is for.
    pub(crate) refusal: Refusal,
    /// Statuses that a refusal may have besides.
    pub(crate) also: &'static [u16],
    /// Puts a value in the request; nothing where it cannot be written.
    pub(crate) put: &'v dyn Fn(&Value) -> Option<Draft>,
    /// Which good values are sent.
    pub(crate) keeps: Sends,
    /// Where a suite puts values, as JSON Pointers.
    pub(crate) bound: Vec<String>,
    /// Puts a value where a suite wants a new one each time; nothing where it cannot be of that kind.
    pub(crate) fresh: &'v dyn Fn(&str, &Value) -> Option<Value>,
}

impl Deriving<'_, '_> {
    /// Adds the cases about one value.
    pub(crate) fn values(
        &self,
        sound: &Sound<'_, '_>,
        place: &Place<'_>,
        variants: &[Variant<'_, '_>],
        cases: &mut Cases,
    ) {
        let starts = [Part::of(place.root.clone())];
        let of = |variant: &Variant<'_, '_>| breaks(&variant.maker, &starts, &variant.value);
        let ways: Vec<Vec<Break>> = variants.iter().map(of).collect();
        // What applies to a document that is sent is kept by it.
        let mut kept = variants.iter().zip(&ways).map(|(variant, ways)| kept(variant, place, ways));
        match place.keeps {
            Sends::All => self.positives(sound, place, variants, &kept.collect::<Vec<_>>(), cases),
            Sends::AsItIs => kept.next().unwrap_or_default().iter().for_each(|at| cases.kept(at)),
            Sends::Nothing => {}
        }
        for (variant, ways) in variants.iter().zip(&ways) {
            for broken in ways {
                self.negative(sound, place, variant, broken, cases);
            }
        }
    }

    fn expect_taken(&self, sound: &Sound<'_, '_>) -> Expect {
        expect::taken(sound.operation, sound.may_be_missing)
    }

    fn positives(
        &self,
        sound: &Sound<'_, '_>,
        place: &Place<'_>,
        variants: &[Variant<'_, '_>],
        kept: &[BTreeSet<String>],
        cases: &mut Cases,
    ) {
        let mut sent: Vec<Value> = Vec::new();
        for (variant, kept) in variants.iter().zip(kept) {
            let (label, words) = match &variant.fork {
                None => (place.whole.0.to_owned(), place.whole.1.to_owned()),
                Some((fork, branch)) => alternative(place, fork, *branch),
            };
            let rank = if variant.fork.is_none() { 0 } else { 2 };
            let id = self.positive(sound, place, (&label, &words), &variant.value, rank, cases);
            kept.iter().for_each(|at| cases.kept_by(at, id.as_ref()));
            sent.push(variant.value.clone());
        }
        let Some(first) = variants.first() else { return };
        self.least(sound, place, first, &mut sent, cases);
        for variant in variants {
            let starts = [Part::of(place.root.clone())];
            let mut taken: Vec<Keep> = Vec::new();
            for keep in keeps(&variant.maker, &starts, &variant.value) {
                taken.extend(self.bound_kept(sound, place, variant, keep, cases));
            }
            self.together(sound, place, variant, taken, cases);
        }
    }

    /// Values at bounds, several in one document: as few documents as there are values for one place.
    fn together(
        &self,
        sound: &Sound<'_, '_>,
        place: &Place<'_>,
        variant: &Variant<'_, '_>,
        mut left: Vec<Keep>,
        cases: &mut Cases,
    ) {
        for round in 1..=ROUNDS_MAX {
            let mut whole = variant.value.clone();
            let mut taken: Vec<Keep> = Vec::new();
            let mut later = Vec::new();
            for keep in left {
                let is_apart = taken.iter().all(|other| apart(&other.pointer, &keep.pointer));
                let changed =
                    is_apart.then(|| put(&whole, &keep.pointer, keep.value.clone())).flatten();
                match changed.filter(|changed| self.is_taken(place, changed)) {
                    Some(changed) => {
                        whole = changed;
                        taken.push(keep);
                    }
                    None => later.push(keep),
                }
            }
            let Some(draft) = (place.put)(&whole).filter(|_| !taken.is_empty()) else { return };
            let what: Vec<String> = taken
                .iter()
                .map(|keep| format!("{}.{}", steps(&keep.pointer), keep.about))
                .collect();
            let sketch = Sketch {
                id: format!("{}.together.{round}", place.id),
                sentence: format!(
                    "{} has values at bounds together ({}), and is accepted",
                    place.words,
                    what.join(", ")
                ),
                kind: Kind::Positive,
                place: sound.operation.place.clone(),
                constraint: None,
                is_should: false,
                expect: self.expect_taken(sound),
                rank: 1,
                group: Group::Together,
            };
            let id = self.add(sound, &draft, sketch, cases);
            for kept in taken.iter().flat_map(|keep| &keep.places) {
                cases.kept_by(kept, id.as_ref());
            }
            left = later;
            if left.is_empty() {
                return;
            }
        }
    }

    fn is_taken(&self, place: &Place<'_>, value: &Value) -> bool {
        (place.put)(value).is_some_and(|draft| self.prover.keeps(&draft.request()))
    }

    /// What must be there alone, and with each thing that need not.
    fn least(
        &self,
        sound: &Sound<'_, '_>,
        place: &Place<'_>,
        first: &Variant<'_, '_>,
        sent: &mut Vec<Value>,
        cases: &mut Cases,
    ) {
        let Some(least) = first.maker.value(&place.root, None, Fullness::Least) else { return };
        let least = self.rebound(place, first, least);
        if !sent.contains(&least) {
            let words = ("least", "has what must be there and nothing else");
            self.positive(sound, place, words, &least, 0, cases);
            sent.push(least.clone());
        }
        let (Some(all), Some(few)) = (first.value.as_object(), least.as_object()) else { return };
        let optional = all.iter().filter(|(name, _)| !few.contains_key(*name));
        for (name, value) in optional.take(ALONE_MAX) {
            let mut one = few.clone();
            one.insert(name.clone(), value.clone());
            let one = Value::Object(one);
            if !sent.contains(&one) {
                let label = format!("{name}.alone");
                let words = format!("has `{name}` as the only member that need not be there");
                self.positive(sound, place, (&label, &words), &one, 4, cases);
                sent.push(one);
            }
        }
    }

    /// A document with the values in it that a suite wants there.
    fn rebound(&self, place: &Place<'_>, first: &Variant<'_, '_>, mut value: Value) -> Value {
        for pointer in &place.bound {
            if let (Some(was), Some(here)) =
                (first.value.pointer(pointer), value.pointer_mut(pointer))
            {
                *here = was.clone();
            }
        }
        value
    }

    fn positive(
        &self,
        sound: &Sound<'_, '_>,
        place: &Place<'_>,
        (label, words): (&str, &str),
        value: &Value,
        rank: u8,
        cases: &mut Cases,
    ) -> Option<CaseId> {
        let draft = (place.put)(value)?;
        if !self.prover.keeps(&draft.request()) {
            return None;
        }
        let sketch = Sketch {
            id: format!("{}.{label}", place.id),
            sentence: format!("{} {words}, and is accepted", place.words),
            kind: Kind::Positive,
            place: sound.operation.place.clone(),
            constraint: None,
            is_should: false,
            expect: self.expect_taken(sound),
            rank,
            group: Group::None,
        };
        self.add(sound, &draft, sketch, cases)
    }

    /// Adds a case about a value at a bound; gives the value as it is sent.
    fn bound_kept(
        &self,
        sound: &Sound<'_, '_>,
        place: &Place<'_>,
        variant: &Variant<'_, '_>,
        keep: Keep,
        cases: &mut Cases,
    ) -> Option<Keep> {
        let key = format!("{}{} {} {}", place.id, steps(&keep.pointer), keep.about, keep.label);
        if !cases.is_new(&key) {
            return None;
        }
        let value = (place.fresh)(&keep.pointer, &keep.value)?;
        let whole = put(&variant.value, &keep.pointer, value.clone())?;
        if variant.is_named && naming(&variant.maker, &place.root, &whole).unnamed.is_some() {
            return None;
        }
        let draft = (place.put)(&whole)?;
        if !self.prover.keeps(&draft.request()) {
            return None;
        }
        let sketch = Sketch {
            id: format!("{}{}.{}.{}", place.id, dotted(&keep.pointer), keep.about, keep.label),
            sentence: format!("{} {}, and is accepted", named(place, &keep.pointer), keep.words),
            kind: Kind::Positive,
            place: keep.places.first().unwrap_or(&sound.operation.place).clone(),
            constraint: keep.places.first().cloned(),
            is_should: false,
            expect: self.expect_taken(sound),
            rank: if keep.places.is_empty() { 3 } else { 2 },
            group: cases.group_of(format!("{key} {:?}", keep.places)),
        };
        let id = self.add(sound, &draft, sketch, cases);
        for kept in &keep.places {
            cases.kept_by(kept, id.as_ref());
        }
        Some(Keep { value, ..keep })
    }

    fn negative(
        &self,
        sound: &Sound<'_, '_>,
        place: &Place<'_>,
        variant: &Variant<'_, '_>,
        broken: &Break,
        cases: &mut Cases,
    ) {
        let member = broken.member.as_deref().unwrap_or_default();
        let key = format!("{} {} {member} {}", place.id, broken.place, broken.label);
        if cases.is_known(&key) {
            return;
        }
        if let Some(reason) = broken.reason {
            return cases.missed(&broken.place, reason);
        }
        let draft = match self.prove(place, &variant.maker, &variant.value, broken) {
            Ok(draft) => draft,
            Err(_) if broken.is_more => return,
            Err(reason) => return cases.missed(&broken.place, &reason),
        };
        cases.is_new(&key);
        let at = broken.member.iter().filter(|_| broken.label == "missing");
        let pointer = at.fold(broken.pointer.clone(), |pointer, name| make::below(&pointer, name));
        let id = match broken.label.as_str() {
            "missing" => format!("{}{}.missing", place.id, dotted(&pointer)),
            label => format!("{}{}.{}.{label}", place.id, dotted(&pointer), broken.keyword),
        };
        let sketch = Sketch {
            id,
            sentence: format!("{} {}, and is refused", named(place, &broken.pointer), broken.words),
            kind: Kind::Negative,
            place: broken.place.clone(),
            constraint: Some(broken.place.clone()),
            is_should: false,
            expect: expect::refused(
                sound.operation,
                place.refusal,
                self.suite,
                &self.also(sound, place),
            ),
            rank: if broken.is_more { 4 } else { cases.rank_of(&broken.place) },
            group: Group::None,
        };
        self.add(sound, &draft, sketch, cases);
    }

    /// What may be said besides: where nobody has made what the path names, that it is not there.
    pub(crate) fn also(&self, sound: &Sound<'_, '_>, place: &Place<'_>) -> Vec<u16> {
        let missing = sound.may_be_missing.then_some(404);
        place.also.iter().copied().chain(missing).collect()
    }

    /// A request that breaks a constraint and nothing else, or why there is none.
    fn prove(
        &self,
        place: &Place<'_>,
        maker: &Maker<'_, '_>,
        value: &Value,
        broken: &Break,
    ) -> Result<Draft, String> {
        let outer = broken.above.first().map_or(broken.told_at(), |above| &above.place);
        let mut miss: Option<Miss> = None;
        let mut written = false;
        for candidate in broken.candidates.iter().take(CANDIDATES_MAX) {
            let Some(whole) = put(value, &broken.pointer, candidate.clone()) else { continue };
            let Some(draft) = (place.put)(&whole) else { continue };
            written = true;
            match self.prover.breaks(&draft.request(), outer) {
                Ok(()) if is_alone(maker, broken, &whole) => return Ok(draft),
                Ok(()) => {}
                Err(found) => miss = miss.or(Some(found)),
            }
        }
        Err(match miss {
            Some(Miss::Others(rules)) => {
                format!("what breaks it breaks {} as well", listed(&rules, broken.keyword))
            }
            Some(Miss::Accepted) => "what was tried is taken all the same".into(),
            None if written => "what breaks it breaks the alternative in other ways as well".into(),
            None if broken.candidates.is_empty() => "no value was found that breaks it".into(),
            None => "what breaks it cannot be written there".into(),
        })
    }
}

/// The places of constraints that a document keeps to: at the bound, where they have one.
fn kept(variant: &Variant<'_, '_>, place: &Place<'_>, ways: &[Break]) -> BTreeSet<String> {
    let starts = [Part::of(place.root.clone())];
    let unbounded = ways.iter().filter(|broken| !BOUNDED.contains(&broken.keyword));
    let mut kept: BTreeSet<String> = unbounded.map(|broken| broken.place.clone()).collect();
    kept.extend(at_bounds(&variant.maker, &starts, &variant.value));
    kept
}

/// The names of the other rules that are broken; of one's own, where only that is, another place of it.
fn listed(rules: &[String], own: &str) -> String {
    let others = rules.iter().filter(|rule| rule.as_str() != own);
    let mut names: Vec<String> = others.map(|rule| format!("`{rule}`")).collect();
    if names.is_empty() {
        return format!("another `{own}`");
    }
    names.sort();
    names.dedup();
    names.truncate(3);
    names.join(", ")
}

/// Whether a value breaks one constraint alone of each alternative that leads to it.
fn is_alone(maker: &Maker<'_, '_>, broken: &Break, whole: &Value) -> bool {
    broken.above.iter().enumerate().all(|(at, above)| {
        let wanted = broken.above.get(at + 1).map_or(broken.told_at(), |next| &next.place);
        let found = whole.pointer(&above.pointer);
        let told = found.and_then(|value| maker.schemas.broken(&above.branch, value));
        told.is_some_and(|told| matches!(told.as_slice(), [only] if only.place == *wanted))
    })
}

/// A value with another in the place that a pointer leads to.
fn put(whole: &Value, pointer: &str, new: Value) -> Option<Value> {
    if pointer.is_empty() { Some(new) } else { make::with(whole, pointer, new) }
}

/// How a place is named in a sentence.
fn named(place: &Place<'_>, pointer: &str) -> String {
    if pointer.is_empty() {
        place.words.clone()
    } else {
        format!("`{}` of {}", steps(pointer), place.words)
    }
}

/// A pointer as a path of names: `applicant.name`; items of lists are `items`.
pub(crate) fn steps(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1).map(|step| {
        let is_number = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { "items".into() } else { sluse_contracts::payload::unescape_step(step) }
    });
    steps.collect::<Vec<_>>().join(".")
}

/// A word for an alternative, and what a document that takes it does.
fn alternative(place: &Place<'_>, fork: &Fork, branch: usize) -> (String, String) {
    let (at, of) = (steps(&fork.pointer), named(place, &fork.pointer));
    let prefix = if at.is_empty() { String::new() } else { format!("{at}.") };
    match (fork.keyword, branch) {
        ("if", 1) => (format!("{prefix}if.holds"), format!("is so that the `if` of {of} holds")),
        ("if", _) => {
            (format!("{prefix}if.fails"), format!("is so that the `if` of {of} does not hold"))
        }
        (keyword, branch) => {
            let number = branch + 1;
            let words = format!("takes alternative {number} of the `{keyword}` of {of}");
            (format!("{prefix}{keyword}.{number}"), words)
        }
    }
}

/// Whether neither of two places is within the other.
fn apart(one: &str, other: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    !within(one, other) && !within(other, one)
}

fn dotted(pointer: &str) -> String {
    let steps = steps(pointer);
    if steps.is_empty() { steps } else { format!(".{steps}") }
}
