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
    pub(crate) is_kept: bool,
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
    /// Places that cases of operations before break.
    broken_before: BTreeSet<String>,
    broken_now: BTreeSet<String>,
}

impl Cases {
    /// Begins with another operation.
    pub(crate) fn next_operation(&mut self) {
        self.keys.clear();
        self.broken_before.append(&mut self.broken_now);
    }

    /// Whether there is no case of this kind yet; there is one afterwards.
    pub(crate) fn is_new(&mut self, key: &str) -> bool {
        self.keys.insert(key.to_owned())
    }

    /// Whether there is a case of this kind.
    pub(crate) fn is_known(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// A constraint is kept by what is sent.
    pub(crate) fn kept(&mut self, place: &str) {
        self.known.entry(place.to_owned()).or_default().is_kept = true;
    }

    /// A constraint was not broken, and why.
    pub(crate) fn missed(&mut self, place: &str, reason: &str) {
        let known = self.known.entry(place.to_owned()).or_default();
        known.reason.get_or_insert_with(|| reason.to_owned());
    }

    /// What breaks a constraint for the first time is dearer than what does it again in another operation.
    pub(crate) fn rank_of(&mut self, place: &str) -> u8 {
        self.broken_now.insert(place.to_owned());
        if self.broken_before.contains(place) { 3 } else { 1 }
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
    /// Adds a case: what it needs first, then its one request.
    pub(crate) fn add(
        &self,
        sound: &Sound<'_, '_>,
        draft: &Draft,
        sketch: Sketch,
        cases: &mut Cases,
    ) {
        let role = Role::Provider;
        let Some((clause, level)) = clause(self.contract.clauses(), &sketch.place, role) else {
            return;
        };
        let name = &sound.operation.name;
        let request = draft.request();
        if sketch.kind == Kind::Positive
            && !cases.is_new(&format!("{:?} {request:?}", sketch.group))
        {
            return;
        }
        let Some(id) = cases.id(&format!("{name}.{}", sketch.id)) else { return };
        let mut steps = self.prepare(&request);
        steps.push(Step {
            name: "test".into(),
            purpose: Purpose::Test,
            requests: vec![request],
            expect: sketch.expect,
            captures: Vec::new(),
            wait_ms: 0,
            clause: None,
            walk: None,
        });
        let n_requests = steps.len();
        let level = if sketch.is_should && level == Level::Must { Level::Should } else { level };
        let case = Case {
            id,
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
    }
}
