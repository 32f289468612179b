//! The constraints that are open while a document is read.

use super::tables::{Fingerprint, Fingerprints, Keys};
use super::{Constraint, Kind, Progress};
use crate::limits::{self, CHOSEN_MAX, KEYS_MAX, OPEN_CONSTRAINTS_MAX};
use crate::names::{Known, NONE};
use crate::run::Mark;
use crate::types::Value;

/// A fault of identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// The constraint of the recommendation.
    pub(crate) rule: &'static str,
    /// The identity constraint of the schema, an index.
    pub(crate) constraint: u32,
    /// The node at fault.
    pub(crate) at: Mark,
}

/// A constraint of an element that is open.
#[derive(Debug)]
struct Scope {
    constraint: u32,
    /// Depth of the element.
    depth: u32,
    /// Progress of the selector's paths, for each depth from the element's on.
    selector: Vec<Progress>,
    keys: Keys,
    /// Of a keyref: all references, and the keys that they may refer to.
    references: Vec<(Fingerprint, Mark)>,
    referred: Keys,
}

/// A node that a selector chose, and is open.
#[derive(Debug)]
struct Chosen {
    scope: usize,
    depth: u32,
    at: Mark,
    fields: Vec<Field>,
    /// A fault was found: it gives no key.
    broken: bool,
    /// A fault of its values was told.
    told: bool,
}

#[derive(Debug)]
struct Field {
    progress: Vec<Progress>,
    value: Option<Value>,
    /// Whether a node was met, with a value or not.
    met: bool,
    /// Depth of the element whose value is awaited, or [`NONE`].
    awaits: u32,
}

/// All constraints that are open.
#[derive(Debug, Default)]
pub(crate) struct Scopes {
    open: Vec<Scope>,
    chosen: Vec<Chosen>,
    entries: usize,
    /// The limit that was reached: nothing is said about identity after that.
    over: Option<&'static str>,
    prints: Fingerprints,
}

impl Scopes {
    /// Whether nothing is open, which is so for most schemas at all times.
    pub(crate) fn is_idle(&self) -> bool {
        self.open.is_empty()
    }

    /// The rule of the limit that was reached.
    pub(crate) fn over(&self) -> Option<&'static str> {
        self.over
    }

    /// Goes on to an element: `depth` is 1 for the document's. `mark` gives its place when needed.
    /// Returns whether its value is awaited by a field.
    pub(crate) fn enter(
        &mut self,
        all: &[Constraint],
        depth: u32,
        name: Known,
        mark: &mut dyn FnMut() -> Mark,
        faults: &mut Vec<Found>,
    ) -> bool {
        let mut awaited = false;
        for chosen in &mut self.chosen {
            let Some(scope) = self.open.get(chosen.scope) else { continue };
            let Some(constraint) = all.get(scope.constraint as usize) else { continue };
            for (field, paths) in chosen.fields.iter_mut().zip(&constraint.fields) {
                let outer = field.progress.len() - paths.len();
                let mut arrived = false;
                for (at, path) in paths.iter().enumerate() {
                    let before = field.progress.get(outer + at).copied().unwrap_or_default();
                    let next = before.step(path, name);
                    arrived |= path.attribute.is_none() && next.arrived(path);
                    field.progress.push(next);
                }
                if arrived {
                    awaited = true;
                    if !field.meet(depth) && !std::mem::replace(&mut chosen.broken, true) {
                        faults.push(twice(scope.constraint, chosen.at));
                    }
                }
            }
        }
        for at in 0..self.open.len() {
            awaited |= self.select(all, at, depth, name, mark);
        }
        awaited
    }

    /// Moves the selector of a scope; a node that it chooses is opened.
    fn select(
        &mut self,
        all: &[Constraint],
        at: usize,
        depth: u32,
        name: Known,
        mark: &mut dyn FnMut() -> Mark,
    ) -> bool {
        let Some(scope) = self.open.get_mut(at) else { return false };
        let Some(constraint) = all.get(scope.constraint as usize) else { return false };
        let paths = &constraint.selector;
        let outer = scope.selector.len() - paths.len();
        let mut chosen = false;
        for (each, path) in paths.iter().enumerate() {
            let next =
                scope.selector.get(outer + each).copied().unwrap_or_default().step(path, name);
            chosen |= next.arrived(path);
            scope.selector.push(next);
        }
        chosen && self.choose(constraint, at, depth, mark())
    }

    fn choose(&mut self, constraint: &Constraint, scope: usize, depth: u32, at: Mark) -> bool {
        if self.chosen.len() >= CHOSEN_MAX {
            self.over = Some(limits::OPEN_CONSTRAINTS);
            return false;
        }
        let mut awaited = false;
        let fields = constraint.fields.iter().map(|paths| {
            let mut field = Field {
                progress: vec![Progress::BEGUN; paths.len()],
                value: None,
                met: false,
                awaits: NONE,
            };
            if paths.iter().any(|path| path.attribute.is_none() && path.steps.is_empty()) {
                awaited = true;
                field.meet(depth);
            }
            field
        });
        let fields = fields.collect();
        self.chosen.push(Chosen { scope, depth, at, fields, broken: false, told: false });
        awaited
    }

    /// Opens the constraints of an element. Comes before [`Scopes::enter`] of its children, and after
    /// its own.
    pub(crate) fn open(
        &mut self,
        all: &[Constraint],
        ids: &[u32],
        depth: u32,
        mark: &mut dyn FnMut() -> Mark,
    ) -> bool {
        let mut awaited = false;
        for id in ids {
            let Some(constraint) = all.get(*id as usize) else { continue };
            if self.open.len() >= OPEN_CONSTRAINTS_MAX {
                self.over = Some(limits::OPEN_CONSTRAINTS);
                return awaited;
            }
            self.open.push(Scope {
                constraint: *id,
                depth,
                selector: vec![Progress::BEGUN; constraint.selector.len()],
                keys: Keys::default(),
                references: Vec::new(),
                referred: Keys::default(),
            });
            // `.` chooses the element itself, `.//` with no step as well.
            if constraint.selector.iter().any(|path| path.steps.is_empty()) {
                awaited |= self.choose(constraint, self.open.len() - 1, depth, mark());
            }
        }
        awaited
    }

    /// Whether any field asks for attributes of the element that was entered last.
    pub(crate) fn wants_attributes(&self) -> bool {
        !self.chosen.is_empty()
    }

    /// Sees an attribute of the element that was entered last.
    pub(crate) fn attribute(
        &mut self,
        all: &[Constraint],
        name: Known,
        value: &mut dyn FnMut() -> Option<Value>,
        faults: &mut Vec<Found>,
    ) {
        for chosen in &mut self.chosen {
            let Some(scope) = self.open.get(chosen.scope) else { continue };
            let Some(constraint) = all.get(scope.constraint as usize) else { continue };
            for (field, paths) in chosen.fields.iter_mut().zip(&constraint.fields) {
                let outer = field.progress.len() - paths.len();
                let meets = paths.iter().enumerate().any(|(at, path)| {
                    let progress = field.progress.get(outer + at).copied().unwrap_or_default();
                    path.attribute.is_some_and(|test| test.meets(name)) && progress.arrived(path)
                });
                if meets {
                    let again = std::mem::replace(&mut field.met, true);
                    if again && !std::mem::replace(&mut chosen.broken, true) {
                        faults.push(twice(scope.constraint, chosen.at));
                    }
                    field.value = value();
                }
            }
        }
    }

    /// Takes the value of the element that is about to be left, where one is awaited.
    ///
    /// `value` is `None` where it has none that is valid; `simple` says whether it may have one at
    /// all, and `nillable` whether its declaration lets it be nil.
    pub(crate) fn value(
        &mut self,
        all: &[Constraint],
        depth: u32,
        value: Option<&Value>,
        shape: Shape,
        faults: &mut Vec<Found>,
    ) {
        for chosen in &mut self.chosen {
            let Some(scope) = self.open.get(chosen.scope) else { continue };
            let key = all.get(scope.constraint as usize).is_some_and(|each| each.kind == Kind::Key);
            for field in &mut chosen.fields {
                if field.awaits != depth {
                    continue;
                }
                field.awaits = NONE;
                field.value = value.cloned();
                let rule = match shape {
                    Shape::Complex => "cvc-identity-constraint.3",
                    Shape::Nillable if key => "cvc-identity-constraint.4.2.3",
                    Shape::Invalid => {
                        chosen.broken = true;
                        continue;
                    }
                    Shape::Nillable | Shape::Simple => continue,
                };
                if !std::mem::replace(&mut chosen.told, true) && !chosen.broken {
                    faults.push(Found { rule, constraint: scope.constraint, at: chosen.at });
                }
                // What may be nil has a value all the same, which must be unique.
                chosen.broken |= shape == Shape::Complex;
            }
        }
    }

    /// Leaves an element: nodes chosen give their keys, constraints of the element are decided.
    pub(crate) fn leave(&mut self, all: &[Constraint], depth: u32, faults: &mut Vec<Found>) {
        while self.chosen.last().is_some_and(|chosen| chosen.depth == depth) {
            if let Some(chosen) = self.chosen.pop() {
                self.give(all, chosen, faults);
            }
        }
        for chosen in &mut self.chosen {
            let scope = self.open.get(chosen.scope);
            let Some(constraint) = scope.and_then(|s| all.get(s.constraint as usize)) else {
                continue;
            };
            for (field, paths) in chosen.fields.iter_mut().zip(&constraint.fields) {
                field.progress.truncate(field.progress.len() - paths.len());
            }
        }
        let from = self.open.partition_point(|scope| scope.depth < depth);
        let closing = self.open.split_off(from);
        for scope in &mut self.open {
            let paths = all.get(scope.constraint as usize).map_or(0, |each| each.selector.len());
            scope.selector.truncate(scope.selector.len() - paths);
        }
        self.close(all, closing, faults);
    }

    /// The key of a chosen node.
    fn give(&mut self, all: &[Constraint], chosen: Chosen, faults: &mut Vec<Found>) {
        let Some(scope) = self.open.get_mut(chosen.scope) else { return };
        let Some(constraint) = all.get(scope.constraint as usize) else { return };
        if chosen.broken || self.over.is_some() {
            return;
        }
        let found = |rule| Found { rule, constraint: scope.constraint, at: chosen.at };
        if chosen.fields.iter().any(|field| field.met && field.value.is_none()) {
            return;
        }
        let values: Option<Vec<Value>> =
            chosen.fields.into_iter().map(|field| field.value).collect();
        let Some(values) = values else {
            if constraint.kind == Kind::Key {
                faults.push(found("cvc-identity-constraint.4.2.1"));
            }
            return;
        };
        self.entries += 1;
        if self.entries > KEYS_MAX {
            self.over = Some(limits::KEYS);
            return;
        }
        let key = self.prints.of(&values);
        match constraint.kind {
            Kind::Keyref => scope.references.push((key, chosen.at)),
            Kind::Key | Kind::Unique => {
                let rule = if constraint.kind == Kind::Key {
                    "cvc-identity-constraint.4.2.2"
                } else {
                    "cvc-identity-constraint.4.1"
                };
                let fault = found(rule);
                if !scope.keys.add(key, chosen.at) {
                    faults.push(fault);
                }
            }
        }
    }

    /// Decides the constraints of an element that is left: keys first, for references may be to them.
    fn close(&mut self, all: &[Constraint], closing: Vec<Scope>, faults: &mut Vec<Found>) {
        let kind = |scope: &Scope| all.get(scope.constraint as usize).map(|each| each.kind);
        let (mut keyrefs, keys): (Vec<_>, Vec<_>) =
            closing.into_iter().partition(|scope| kind(scope) == Some(Kind::Keyref));
        let refers = |scope: &Scope, to: u32| {
            all.get(scope.constraint as usize).is_some_and(|each| each.refers_to == to)
        };
        for scope in keys {
            let mut outer = self.open.iter_mut().filter(|each| refers(each, scope.constraint));
            let mut own = keyrefs.iter_mut().filter(|each| refers(each, scope.constraint));
            // The last that takes the keys has them without a copy.
            let (last_outer, last_own) = (outer.next(), own.next());
            outer.for_each(|each| each.referred.take_below(scope.keys.copy()));
            own.for_each(|each| each.referred.take_own(scope.keys.copy()));
            match (last_outer, last_own) {
                (Some(outer), Some(own)) => {
                    outer.referred.take_below(scope.keys.copy());
                    own.referred.take_own(scope.keys);
                }
                (Some(outer), None) => outer.referred.take_below(scope.keys),
                (None, Some(own)) => own.referred.take_own(scope.keys),
                (None, None) => {}
            }
        }
        for scope in keyrefs {
            for (key, at) in &scope.references {
                if self.over.is_none() && !scope.referred.has(*key) {
                    let rule = "cvc-identity-constraint.4.3";
                    faults.push(Found { rule, constraint: scope.constraint, at: *at });
                }
            }
        }
    }
}

impl Field {
    /// Meets the element of a depth. `false` where it had met a node before.
    fn meet(&mut self, depth: u32) -> bool {
        self.awaits = depth;
        !std::mem::replace(&mut self.met, true)
    }
}

/// What kind of value an element has that a field meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A value.
    Simple,
    /// A value that may be nil.
    Nillable,
    /// Elements.
    Complex,
    /// A value that is not valid, which is told elsewhere.
    Invalid,
}

/// A field leads to more than one node.
fn twice(constraint: u32, at: Mark) -> Found {
    Found { rule: "cvc-identity-constraint.3", constraint, at }
}
