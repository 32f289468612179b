//! Values that a schema takes: whole ones, and the least.

use super::{
    leaf::{self, Kind},
    spot::{Choices, Gatherer, Part, Spot},
};
use serde_json::{Map, Value};
use sluse_contracts::schema::described::{SchemaAt, Schemas};
use std::cell::Cell;

/// Deepest nesting of a value that is made.
const DEPTH_MAX: usize = 14;

/// Deepest nesting at which members are added that need not be there.
const OPTIONAL_DEPTH_MAX: usize = 7;

/// Most values that one document is made of.
const VALUES_MAX: usize = 4_000;

/// Most items of a list that is made.
pub(crate) const ITEMS_MAX: usize = 1_000;

/// Most times that a document is put right.
const REPAIRS_MAX: usize = 40;

/// How much of what need not be there is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fullness {
    /// All members that are declared, one item in each list.
    Full,
    /// What must be there.
    Least,
}

/// Makes values.
#[derive(Debug)]
pub(crate) struct Maker<'m, 'd> {
    pub(crate) schemas: &'m Schemas<'d>,
    pub(crate) choices: Choices,
    /// Whether members that are marked with this are left out: `readOnly` in requests.
    pub(crate) foreign: &'static str,
    left: Cell<usize>,
}

/// What a value is made from.
#[derive(Clone, Copy)]
struct Wish<'w> {
    hint: Option<&'w Value>,
    fullness: Fullness,
    depth: usize,
    above: &'w [SchemaAt],
}

impl<'m, 'd> Maker<'m, 'd> {
    /// A maker that takes these alternatives.
    pub(crate) fn new(schemas: &'m Schemas<'d>, choices: Choices, foreign: &'static str) -> Self {
        Self { schemas, choices, foreign, left: Cell::new(VALUES_MAX) }
    }

    /// What applies at a pointer.
    pub(crate) fn gather(&self, starts: &[Part], pointer: &str, value: Option<&Value>) -> Spot {
        Gatherer { schemas: self.schemas, choices: &self.choices }.gather(starts, pointer, value)
    }

    /// A value that the schema takes; like the hint, as far as there is one.
    pub(crate) fn value(
        &self,
        root: &SchemaAt,
        hint: Option<&Value>,
        fullness: Fullness,
    ) -> Option<Value> {
        self.left.set(VALUES_MAX);
        let starts = [Part::of(root.clone())];
        let wish = Wish { hint, fullness, depth: 0, above: &[] };
        let made = self.make(&starts, "", wish);
        let made = made.and_then(|made| self.repaired(root, made));
        made.or_else(|| {
            (fullness == Fullness::Full).then(|| self.value(root, hint, Fullness::Least))?
        })
    }

    /// A value for a place in a document.
    pub(crate) fn at(&self, starts: &[Part], pointer: &str, fullness: Fullness) -> Option<Value> {
        self.left.set(VALUES_MAX);
        let depth = pointer.matches('/').count();
        self.make(starts, pointer, Wish { hint: None, fullness, depth, above: &[] })
    }

    /// Takes out what the schema does not want, as long as that helps.
    fn repaired(&self, root: &SchemaAt, mut value: Value) -> Option<Value> {
        let holds = |value: &Value| {
            let heads = self.gather(&[Part::of(root.clone())], "", Some(value)).heads;
            heads.iter().all(|at| self.schemas.takes(at, value) == Some(true))
        };
        for _ in 0..REPAIRS_MAX {
            let broken = self.schemas.broken(root, &value)?;
            if broken.is_empty() {
                break;
            }
            let n = broken.len();
            let places = broken.iter().flat_map(|each| removals(&value, &each.pointer));
            let better = places.filter_map(|pointer| without(&value, &pointer)).find(|less| {
                self.schemas.broken(root, less).is_some_and(|broken| broken.len() < n)
            });
            value = better?;
        }
        holds(&value).then_some(value)
    }

    fn make(&self, starts: &[Part], pointer: &str, wish: Wish<'_>) -> Option<Value> {
        self.left.set(self.left.get().checked_sub(1)?);
        if wish.depth > DEPTH_MAX {
            return None;
        }
        let mut spot = self.gather(starts, pointer, None);
        let mut made: Option<Value> = None;
        // Which conditions hold is known once there is a value.
        for _ in 0..4 {
            let hint = made.as_ref().or(wish.hint);
            let next = self.of_spot(&spot, Wish { hint, ..wish })?;
            let after = self.gather(starts, pointer, Some(&next));
            let is_settled = after.parts == spot.parts;
            (spot, made) = (after, Some(next));
            if is_settled {
                break;
            }
        }
        made
    }

    fn of_spot(&self, spot: &Spot, wish: Wish<'_>) -> Option<Value> {
        if spot.is_closed {
            return None;
        }
        if let Some(listed) = leaf::listed(spot, self.schemas) {
            let hint = wish.hint.filter(|hint| listed.contains(hint));
            let all = hint.into_iter().chain(listed.iter().copied());
            return all
                .clone()
                .find(|value| self.fits(spot, value))
                .or_else(|| all.clone().next())
                .cloned();
        }
        let hint = wish.hint.filter(|hint| !hint.is_null());
        let given = leaf::given(spot, self.schemas);
        let kinds = leaf::kinds(spot, self.schemas);
        let kind = hint.and_then(|hint| kinds.iter().find(|kind| is_of(hint, **kind)));
        match kind.or_else(|| kinds.first())? {
            Kind::Object => {
                let hint = hint.or_else(|| given.iter().find(|each| each.is_object()).copied());
                self.object(spot, Wish { hint, ..wish })
            }
            Kind::Array => {
                let hint = hint.or_else(|| given.iter().find(|each| each.is_array()).copied());
                self.array(spot, Wish { hint, ..wish })
            }
            _ => self.values(spot, hint, 1).into_iter().next(),
        }
    }

    /// Whether everything that applies takes a value.
    pub(crate) fn fits(&self, spot: &Spot, value: &Value) -> bool {
        spot.heads.iter().all(|at| self.schemas.takes(at, value) == Some(true))
    }

    /// Texts, numbers and the like that the place takes, so many where there are; the plainest first.
    pub(crate) fn values(&self, spot: &Spot, hint: Option<&Value>, n: usize) -> Vec<Value> {
        let mut found: Vec<Value> = Vec::new();
        let mut tried: Vec<Value> = hint.into_iter().cloned().collect();
        tried.extend(leaf::listed(spot, self.schemas).into_iter().flatten().cloned());
        tried.extend(leaf::given(spot, self.schemas).into_iter().cloned());
        for kind in leaf::kinds(spot, self.schemas) {
            match kind {
                Kind::String => {
                    let texts = leaf::texts(spot, self.schemas, None);
                    let plain = texts.last().cloned();
                    tried.extend(texts.into_iter().map(Value::String));
                    if n > 1 {
                        let numbered = |text: String| {
                            (1..=n).map(move |at| Value::String(format!("{text}{at}")))
                        };
                        tried.extend(plain.into_iter().flat_map(numbered));
                    }
                }
                Kind::Integer => tried.extend(leaf::numbers(spot, self.schemas, true)),
                Kind::Number => tried.extend(leaf::numbers(spot, self.schemas, false)),
                Kind::Boolean => tried.extend([Value::Bool(true), Value::Bool(false)]),
                Kind::Null => tried.push(Value::Null),
                Kind::Object | Kind::Array => {}
            }
        }
        if n > 8 {
            tried.extend((1..=n).map(Value::from));
        }
        for value in tried {
            if found.len() >= n {
                break;
            }
            if !found.contains(&value) && self.fits(spot, &value) {
                found.push(value);
            }
        }
        found
    }

    fn object(&self, spot: &Spot, wish: Wish<'_>) -> Option<Value> {
        let schemas = self.schemas;
        let required = spot.required(schemas);
        let mut names: Vec<&str> = spot.declared(schemas);
        names.extend(
            required.iter().filter(|name| !names.contains(name)).copied().collect::<Vec<_>>(),
        );
        let most = spot.at_most(schemas, "maxProperties").unwrap_or(usize::MAX);
        let hints = wish.hint.and_then(Value::as_object);
        let mut members = Map::new();
        let mut room = most.saturating_sub(required.len());
        for name in names {
            let is_required = required.contains(&name);
            let hint = hints.and_then(|hints| hints.get(name));
            if !is_required && (room == 0 || !self.wants(spot, name, hint.is_some(), wish)) {
                continue;
            }
            match self.member(spot, name, Wish { hint, ..wish }) {
                Some(value) => {
                    members.insert(name.to_owned(), value);
                    room = room.saturating_sub(usize::from(!is_required));
                }
                None if is_required => return None,
                None => {}
            }
        }
        self.add_dependents(spot, &mut members, wish);
        self.add_others(spot, &mut members, wish);
        Some(Value::Object(members))
    }

    /// Whether a member that need not be there is wanted.
    fn wants(&self, spot: &Spot, name: &str, is_hinted: bool, wish: Wish<'_>) -> bool {
        if wish.fullness == Fullness::Least || wish.depth >= OPTIONAL_DEPTH_MAX {
            return false;
        }
        let starts = spot.member(self.schemas, name);
        let pointer = below(&spot.pointer, name);
        let inner = self.gather(&starts, &pointer, None);
        let is_foreign =
            inner.each(self.schemas, self.foreign).any(|(_, mark)| *mark == Value::Bool(true));
        let is_deprecated =
            inner.each(self.schemas, "deprecated").any(|(_, mark)| *mark == Value::Bool(true));
        let comes_back = inner.parts.iter().any(|part| wish.above.contains(&part.at));
        !is_foreign && !inner.is_closed && !comes_back && (is_hinted || !is_deprecated)
    }

    /// The value of a member.
    fn member(&self, spot: &Spot, name: &str, wish: Wish<'_>) -> Option<Value> {
        let starts = spot.member(self.schemas, name);
        self.below(spot, &starts, name, wish)
    }

    fn below(&self, spot: &Spot, starts: &[Part], step: &str, wish: Wish<'_>) -> Option<Value> {
        let mut above = wish.above.to_vec();
        above.extend(spot.parts.iter().map(|part| part.at.clone()));
        let wish = Wish { depth: wish.depth + 1, above: &above, ..wish };
        self.make(starts, &below(&spot.pointer, step), wish)
    }

    fn add_dependents(&self, spot: &Spot, members: &mut Map<String, Value>, wish: Wish<'_>) {
        for keyword in ["dependentRequired", "dependencies"] {
            for (_, named) in spot.each(self.schemas, keyword) {
                for (name, wanted) in named.as_object().into_iter().flatten() {
                    if !members.contains_key(name) {
                        continue;
                    }
                    for wanted in wanted.as_array().into_iter().flatten().filter_map(Value::as_str)
                    {
                        if !members.contains_key(wanted)
                            && let Some(value) =
                                self.member(spot, wanted, Wish { hint: None, ..wish })
                        {
                            members.insert(wanted.to_owned(), value);
                        }
                    }
                }
            }
        }
    }

    /// Members that are not declared, where there must be more than are.
    fn add_others(&self, spot: &Spot, members: &mut Map<String, Value>, wish: Wish<'_>) {
        let least = spot.at_least(self.schemas, "minProperties").unwrap_or_default();
        let declared = spot.declared(self.schemas);
        for name in declared {
            if members.len() >= least {
                return;
            }
            if !members.contains_key(name)
                && let Some(value) = self.member(spot, name, Wish { hint: None, ..wish })
            {
                members.insert(name.to_owned(), value);
            }
        }
        let lacking = least.saturating_sub(members.len()).min(ITEMS_MAX);
        let wanted = lacking.max(usize::from(self.wants_other(spot, members.len(), wish)));
        for name in self.other_names(spot, wanted) {
            if let Some(value) = self.member(spot, &name, Wish { hint: None, ..wish }) {
                members.insert(name, value);
            }
        }
    }

    /// Whether a member that is not declared is wanted: where the schemas say something of such.
    fn wants_other(&self, spot: &Spot, n_members: usize, wish: Wish<'_>) -> bool {
        let says = |keyword: &str| {
            spot.each(self.schemas, keyword)
                .any(|(_, said)| said.as_object().is_some_and(|said| !said.is_empty()))
        };
        let most = spot.at_most(self.schemas, "maxProperties").unwrap_or(usize::MAX);
        wish.fullness == Fullness::Full
            && wish.depth + 2 < OPTIONAL_DEPTH_MAX
            && n_members < most
            && (says("additionalProperties") || says("patternProperties"))
    }

    /// Names of members that are not declared and that the schemas take.
    pub(crate) fn other_names(&self, spot: &Spot, n: usize) -> Vec<String> {
        let mut names = Vec::new();
        for (_, named) in spot.each(self.schemas, "patternProperties") {
            for (pattern, _) in named.as_object().into_iter().flatten() {
                names.extend(super::pattern::texts(pattern, &[4, 6]));
            }
        }
        for (_, rule) in spot.each(self.schemas, "propertyNames") {
            let pattern = rule.get("pattern").and_then(Value::as_str);
            names.extend(pattern.into_iter().flat_map(|p| super::pattern::texts(p, &[4, 6, 8])));
            let listed = rule.get("enum").and_then(Value::as_array).into_iter().flatten();
            names.extend(listed.filter_map(Value::as_str).map(str::to_owned));
        }
        names.extend((1..=n).map(|at| format!("extra{at}")));
        let taken = |name: &String| {
            let starts = spot.member(self.schemas, name);
            let closed =
                starts.iter().any(|part| *self.schemas.value(&part.at) == Value::Bool(false));
            let named = spot.each(self.schemas, "propertyNames").all(|(part, _)| {
                let at = part.at.below("propertyNames");
                self.schemas.takes(&at, &Value::String(name.clone())) == Some(true)
            });
            !closed && named
        };
        let mut found: Vec<String> = Vec::new();
        for name in names.into_iter().filter(taken) {
            if found.len() < n && !found.contains(&name) {
                found.push(name);
            }
        }
        found
    }

    fn array(&self, spot: &Spot, wish: Wish<'_>) -> Option<Value> {
        let least = spot.at_least(self.schemas, "minItems").unwrap_or_default();
        let least = least.max(self.contained(spot));
        let most = spot.at_most(self.schemas, "maxItems").unwrap_or(usize::MAX);
        let hints = wish.hint.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let wanted = match wish.fullness {
            Fullness::Full if wish.depth < OPTIONAL_DEPTH_MAX => hints.len().clamp(1, 3),
            _ => 0,
        };
        let tuple = if wanted > 0 { self.n_tuple(spot) } else { 0 };
        let n = wanted.max(tuple).min(most).max(least);
        if n > ITEMS_MAX {
            return None;
        }
        let items = self.items(spot, n, hints, wish);
        (items.len() >= least).then_some(Value::Array(items))
    }

    /// How many items have schemas of their own.
    fn n_tuple(&self, spot: &Spot) -> usize {
        let lists = ["prefixItems", "items"].into_iter();
        let lists =
            lists.flat_map(|keyword| spot.each(self.schemas, keyword).map(|(_, list)| list));
        lists.filter_map(Value::as_array).map(Vec::len).max().unwrap_or_default()
    }

    /// How many items `contains` demands.
    fn contained(&self, spot: &Spot) -> usize {
        let demanded = spot.each(self.schemas, "contains").map(|(part, _)| {
            let least = self.schemas.keyword(&part.at, "minContains");
            least.and_then(super::spot::count).unwrap_or(1)
        });
        demanded.max().unwrap_or_default()
    }

    /// So many items, each other than the rest where the schemas demand it.
    pub(crate) fn items_of(&self, spot: &Spot, n: usize) -> Vec<Value> {
        let depth = spot.pointer.matches('/').count();
        let wish = Wish { hint: None, fullness: Fullness::Least, depth, above: &[] };
        self.left.set(VALUES_MAX);
        self.items(spot, n, &[], wish)
    }

    fn items(&self, spot: &Spot, n: usize, hints: &[Value], wish: Wish<'_>) -> Vec<Value> {
        let is_unique =
            spot.each(self.schemas, "uniqueItems").any(|(_, on)| *on == Value::Bool(true));
        let n_contained = self.contained(spot);
        let contained: Vec<Part> = spot
            .each(self.schemas, "contains")
            .map(|(part, _)| Part { at: part.at.below("contains"), ..part.clone() })
            .collect();
        let mut items: Vec<Value> = Vec::new();
        let mut spare: Option<Vec<Value>> = None;
        for position in 0..n {
            let mut starts = spot.item(self.schemas, position);
            if position < n_contained {
                starts.extend(contained.iter().cloned());
            }
            let hint = hints.get(position).or_else(|| hints.first());
            let step = position.to_string();
            let made = self.below(spot, &starts, &step, Wish { hint, ..wish });
            let made = made.filter(|made| !is_unique || !items.contains(made));
            let made = made.or_else(|| {
                let spare = spare.get_or_insert_with(|| {
                    let inner = self.gather(&starts, &below(&spot.pointer, &step), None);
                    let mut others = self.others(&inner, n, wish);
                    others.reverse();
                    others
                });
                std::iter::from_fn(|| spare.pop()).find(|other| !items.contains(other))
            });
            match made {
                Some(made) => items.push(made),
                None => break,
            }
        }
        items
    }

    /// Values for one place that differ from each other: texts and numbers, or objects and lists that differ in one.
    fn others(&self, spot: &Spot, n: usize, wish: Wish<'_>) -> Vec<Value> {
        let plain = self.values(spot, None, n + 1);
        if !plain.is_empty() {
            return plain;
        }
        let Some(Value::Object(members)) = self.of_spot(spot, Wish { hint: None, ..wish }) else {
            return Vec::new();
        };
        for name in members.keys() {
            let starts = spot.member(self.schemas, name);
            let inner = self.gather(&starts, &below(&spot.pointer, name), None);
            let values = self.values(&inner, None, n + 1);
            if values.len() > n {
                let with = |value: Value| {
                    let mut members = members.clone();
                    members.insert(name.clone(), value);
                    Value::Object(members)
                };
                return values.into_iter().map(with).collect();
            }
        }
        Vec::new()
    }
}

fn is_of(value: &Value, kind: Kind) -> bool {
    match value {
        Value::Object(_) => kind == Kind::Object,
        Value::Array(_) => kind == Kind::Array,
        Value::String(_) => kind == Kind::String,
        Value::Number(_) => matches!(kind, Kind::Integer | Kind::Number),
        Value::Bool(_) => kind == Kind::Boolean,
        Value::Null => kind == Kind::Null,
    }
}

/// The pointer of a member or an item.
pub(crate) fn below(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", sluse_contracts::payload::escape_step(step))
}

/// The places that may be left out to put a value right: where it is wrong, around it, and the members there.
fn removals(value: &Value, pointer: &str) -> Vec<String> {
    let mut places = vec![pointer.to_owned()];
    match value.pointer(pointer) {
        Some(Value::Object(members)) => {
            places.extend(members.keys().rev().map(|name| below(pointer, name)));
        }
        Some(Value::Array(items)) if !items.is_empty() => {
            places.push(below(pointer, &(items.len() - 1).to_string()));
        }
        _ => {}
    }
    let mut around = pointer;
    while let Some((outer, _)) = around.rsplit_once('/') {
        places.push(outer.to_owned());
        around = outer;
    }
    places.retain(|place| !place.is_empty());
    places
}

/// A value without what stands at a pointer.
pub(crate) fn without(value: &Value, pointer: &str) -> Option<Value> {
    let (around, step) = pointer.rsplit_once('/')?;
    let mut less = value.clone();
    match less.pointer_mut(around)? {
        Value::Object(members) => {
            members.shift_remove(&*sluse_contracts::payload::unescape_step(step))?;
        }
        Value::Array(items) => {
            let position: usize = step.parse().ok()?;
            if position >= items.len() {
                return None;
            }
            items.remove(position);
        }
        _ => return None,
    }
    Some(less)
}

/// A value with another in the place that a pointer leads to.
pub(crate) fn with(value: &Value, pointer: &str, new: Value) -> Option<Value> {
    let mut changed = value.clone();
    *changed.pointer_mut(pointer)? = new;
    Some(changed)
}
