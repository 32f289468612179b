//! The cases so far: each with an id of its own, and how dear it is to leave one out.

use super::{
    draft::Draft,
    sound::{Deriving, Sound},
};
use crate::case::{Case, CaseId, Expect, ID_BYTES_MAX, Kind, Play, Purpose, Role, Step};
use sluse_contracts::clauses::{Clauses, Level, Target};
use std::collections::{BTreeMap, BTreeSet};

/// The rank of what is left out first.
pub(crate) const RANK_MAX: u8 = 4;

/// Whether a case is one of those that stand for each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Group {
    /// It is not.
    #[default]
    None,
    /// One value at a bound.
    One,
    /// The same value at the same bound as in an operation before.
    Again,
    /// Several values at bounds together.
    Together,
}

/// A case, before it is known what it needs.
#[derive(Debug)]
pub(crate) struct Sketch {
    /// What follows the operation's name in its id.
    pub(crate) id: String,
    /// What it shows.
    pub(crate) sentence: String,
    pub(crate) kind: Kind,
    /// The place that cites its clause.
    pub(crate) place: String,
    /// The constraint that it stands at.
    pub(crate) constraint: Option<String>,
    /// Whether no published rule demands it in so many words.
    pub(crate) is_should: bool,
    pub(crate) expect: Expect,
    /// The higher, the sooner it is left out where there are too many.
    pub(crate) rank: u8,
    /// What it stands for.
    pub(crate) group: Group,
}

/// A case, and what leaving it out would save.
#[derive(Debug)]
pub(crate) struct Ranked {
    pub(crate) case: Case,
    pub(crate) rank: u8,
    pub(crate) group: Group,
    pub(crate) n_requests: usize,
}

/// What is known of a constraint.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The cases that keep to it at its bound.
    pub(crate) kept_by: BTreeSet<CaseId>,
    pub(crate) reason: Option<String>,
}

/// The cases so far.
#[derive(Debug, Default)]
pub(crate) struct Cases {
    pub(crate) found: Vec<Ranked>,
    pub(crate) known: BTreeMap<String, Known>,
    ids: BTreeSet<String>,
    /// What this operation has cases of already.
    keys: BTreeSet<String>,
    /// What must be taken and is sent already, and in which case.
    sent: BTreeMap<String, CaseId>,
    /// Where the cases of this operation begin.
    of_operation: usize,
    /// Constraints that every good request of this operation keeps to.
    plain: BTreeSet<String>,
    /// Values at bounds that are sent one by one.
    bounds: BTreeSet<String>,
    /// Places that cases of operations before break.
    broken_before: BTreeSet<String>,
    broken_now: BTreeSet<String>,
}

impl Cases {
    /// Begins with another operation.
    pub(crate) fn next_operation(&mut self) {
        self.end_operation();
        self.keys.clear();
        self.sent.clear();
        self.broken_before.append(&mut self.broken_now);
    }

    /// What every good request of the operation keeps to is kept by the first of them.
    pub(crate) fn end_operation(&mut self) {
        let of = self.found.iter().skip(self.of_operation).map(|each| &each.case);
        let first = of.into_iter().find(|case| case.kind == Kind::Positive);
        let first = first.map(|case| case.id.clone());
        self.of_operation = self.found.len();
        for place in std::mem::take(&mut self.plain) {
            self.kept_by(&place, first.as_ref());
        }
    }

    /// Whether there is no case of this kind yet; there is one afterwards.
    pub(crate) fn is_new(&mut self, key: &str) -> bool {
        self.keys.insert(key.to_owned())
    }

    /// Whether there is a case of this kind.
    pub(crate) fn is_known(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// A constraint is kept by every good request of the operation.
    pub(crate) fn kept(&mut self, place: &str) {
        self.plain.insert(place.to_owned());
    }

    /// A constraint is kept at its bound by a case, where there is one.
    pub(crate) fn kept_by(&mut self, place: &str, id: Option<&CaseId>) {
        self.known.entry(place.to_owned()).or_default().kept_by.extend(id.cloned());
    }

    /// Whether a value at a bound is sent for the first time, or was in an operation before.
    pub(crate) fn group_of(&mut self, bound: String) -> Group {
        if self.bounds.insert(bound) { Group::One } else { Group::Again }
    }

    /// A constraint was not broken, and why.
    pub(crate) fn missed(&mut self, place: &str, reason: &str) {
        let known = self.known.entry(place.to_owned()).or_default();
        known.reason.get_or_insert_with(|| reason.to_owned());
    }

    /// What breaks a constraint for the first time is dearer than what does it again in another operation, and that dearer
    /// than what does it in yet another way there.
    pub(crate) fn rank_of(&mut self, place: &str) -> u8 {
        let is_first = self.broken_now.insert(place.to_owned());
        match self.broken_before.contains(place) {
            false => 1,
            true if is_first => 3,
            true => RANK_MAX,
        }
    }

    /// An id that no other case has: what it cannot have is written as it can.
    pub(crate) fn id(&mut self, wanted: &str) -> Option<CaseId> {
        let mut plain = String::new();
        for c in wanted.chars() {
            match c {
                'æ' => plain.push_str("ae"),
                'ø' => plain.push_str("oe"),
                'å' => plain.push_str("aa"),
                c if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') => plain.push(c),
                _ if !plain.ends_with('-') => plain.push('-'),
                _ => {}
            }
        }
        let plain = plain.replace("..", ".");
        let plain = plain.trim_start_matches(['-', '_', '.']);
        let plain: String = plain.chars().take(ID_BYTES_MAX - 6).collect();
        let mut id = plain.clone();
        let mut n = 1;
        while !self.ids.insert(id.clone()) {
            n += 1;
            id = format!("{plain}-{n}");
        }
        id.parse().ok()
    }
}

/// The clause that a place cites, and how binding it is; nothing where it binds the consumer alone.
pub(crate) fn clause(clauses: &Clauses, place: &str, role: Role) -> Option<(String, Level)> {
    let cited = clauses.cite(place);
    let found = clauses.all().iter().find(|clause| Some(&clause.id) == cited.as_ref());
    match found {
        Some(clause) => {
            let other = match role {
                Role::Provider => Target::Consumer,
                Role::Consumer => Target::Provider,
            };
            (clause.target != other).then(|| (clause.id.clone(), clause.level))
        }
        None => Some((place.to_owned(), Level::Must)),
    }
}

impl Deriving<'_, '_> {
    /// Adds a case: what it needs first, then its one request. Gives its name, or that of the case before that sends the
    /// same.
    pub(crate) fn add(
        &self,
        sound: &Sound<'_, '_>,
        draft: &Draft,
        sketch: Sketch,
        cases: &mut Cases,
    ) -> Option<CaseId> {
        let role = Role::Provider;
        let (clause, level) = clause(self.contract.clauses(), &sketch.place, role)?;
        let name = &sound.operation.name;
        let request = draft.request();
        let is_together = sketch.group == Group::Together;
        let key = (sketch.kind == Kind::Positive).then(|| format!("{is_together} {request:?}"));
        if let Some(before) = key.as_ref().and_then(|key| cases.sent.get(key)) {
            return Some(before.clone());
        }
        let id = cases.id(&format!("{name}.{}", sketch.id))?;
        cases.sent.extend(key.map(|key| (key, id.clone())));
        let mut steps = self.prepare(&request);
        steps.push(Step {
            name: "test".into(),
            purpose: Purpose::Test,
            requests: vec![request],
            expect: sketch.expect,
            captures: Vec::new(),
            left: Vec::new(),
            wait_ms: 0,
            clause: None,
            walk: None,
        });
        let n_requests = steps.len() + self.n_after(&sketch.kind, name) + self.n_removed(&steps);
        let level = if sketch.is_should && level == Level::Must { Level::Should } else { level };
        let case = Case {
            id: id.clone(),
            sentence: format!("{name}: {}.", sketch.sentence),
            clause,
            level,
            role,
            kind: sketch.kind,
            operation: Some(name.clone()),
            constraint: sketch.constraint,
            alone: false,
            play: Play::Call(steps),
        };
        cases.found.push(Ranked { case, rank: sketch.rank, group: sketch.group, n_requests });
        Some(id)
    }

    /// How many requests remove again what the steps make.
    fn n_removed(&self, steps: &[Step]) -> usize {
        let resources = || self.suite.iter().flat_map(|suite| &suite.resources);
        let is_removed = |step: &&Step| {
            let made = |name: &str| step.name.strip_prefix("create-") == Some(name);
            resources().any(|each| each.remove.is_some() && made(&each.name))
        };
        steps.iter().filter(is_removed).count()
    }

    /// How many requests follow what is tested: what was made or changed is read back, and what was made is removed.
    fn n_after(&self, kind: &Kind, operation: &str) -> usize {
        let Some(suite) = self.suite.filter(|_| *kind == Kind::Positive) else { return 0 };
        let makes = suite.resources.iter().find(|each| each.create == operation);
        let changes = || {
            let mut of = suite.preconditions.iter();
            let of = of.find(|each| each.change.iter().any(|name| name == operation));
            suite.resource(&of?.resource)
        };
        let read = makes.or_else(changes).filter(|resource| resource.read.is_some());
        let removed = makes.filter(|resource| read.is_some() && resource.remove.is_some());
        usize::from(read.is_some()) + usize::from(removed.is_some())
    }
}
