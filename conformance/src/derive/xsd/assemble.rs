//! Cases and constraints of one operation: what was derived, with its request, what must come of it, and its clause.

use super::bound::Bounds;
use super::change::Change;
use super::explore::{Explored, Known};
use super::forms::{Due, Form};
use super::keep::Keep;
use super::proof::{Proof, Way};
use super::tree::Element;
use crate::{
    Case, CaseId, Kind, Plan, Role, Template,
    case::{Body, Credentials, Expect, ID_BYTES_MAX, Play, Purpose, Request, Step},
    plan::Constraint,
};
use sluse_contracts::{
    Direction, Outcome,
    clauses::{Level, Target},
};
use std::collections::{BTreeMap, HashSet};

/// What must come of the messages of one operation.
#[derive(Debug, Clone)]
pub(crate) struct Outcomes {
    /// Of one that keeps to the contract.
    pub(crate) taken: Expect,
    /// Of one that breaks it.
    pub(crate) refused: Expect,
    /// Of one that cannot be read at all.
    pub(crate) unreadable: Expect,
}

/// Makes the cases of one operation.
pub(crate) struct Assembler<'a> {
    pub(crate) proof: &'a Proof<'a>,
    pub(crate) due: Outcomes,
    /// The first part of each id.
    pub(crate) prefix: String,
    /// The place that is cited where no clause covers a nearer one: the schema's entry, or the operation.
    pub(crate) entry: String,
    /// The place as the contract's files have it.
    pub(crate) real: &'a dyn Fn(&str) -> String,
    pub(crate) ids: &'a mut HashSet<String>,
    pub(crate) plan: &'a mut Plan,
    /// What a suite binds.
    pub(crate) bounds: Bounds,
    /// The documents that must be taken and are sent already.
    pub(crate) sent: HashSet<String>,
}

/// A case before it has its clause and request.
pub(crate) struct Draft<'d> {
    pub(crate) id: &'d str,
    pub(crate) sentence: String,
    pub(crate) kind: Kind,
    pub(crate) place: String,
    /// A level of its own, where the rule is not the contract's.
    pub(crate) level: Option<Level>,
    /// Headers in the place of the operation's own.
    pub(crate) headers: Option<Vec<(String, String)>>,
    pub(crate) body: Body,
    pub(crate) expect: Expect,
}

impl Assembler<'_> {
    /// Adds all that exploring found.
    pub(crate) fn explored(&mut self, found: Explored) {
        for keep in &found.keeps {
            self.keep(keep);
        }
        for change in &found.changes {
            self.change(change);
        }
        self.constraints(found.constraints, found.left_out);
    }

    fn keep(&mut self, keep: &Keep) {
        // What differs in a bound value alone is one document.
        let document = self.bounds.marked(&keep.tree, true).document();
        if !self.sent.insert(document) {
            return;
        }
        let place = keep.places.first().cloned().unwrap_or_else(|| self.entry.clone());
        self.add(Draft {
            id: &keep.id,
            sentence: format!("Takes {}.", keep.what),
            kind: Kind::Positive,
            place,
            level: None,
            headers: None,
            body: self.text(Kind::Positive, &keep.tree),
            expect: self.due.taken.clone(),
        });
    }

    fn change(&mut self, change: &Change) {
        self.add(Draft {
            id: &change.id,
            sentence: format!("Refuses {}.", change.what),
            kind: Kind::Negative,
            place: change.place.clone(),
            level: None,
            headers: None,
            body: self.text(Kind::Negative, &change.tree),
            expect: self.due.refused.clone(),
        });
    }

    /// Adds the forms of which the judge says the same.
    pub(crate) fn forms(&mut self, forms: Vec<Form>) {
        for form in forms {
            let is_refused = form.due == Due::Refused;
            let text = self.bounds.filled(&form.text);
            let bytes = form.coding.map_or_else(|| text.as_bytes().to_vec(), |it| it.encode(&text));
            let Some(judged) = self.proof.bytes(&bytes) else { continue };
            let agrees = match form.due {
                Due::Refused => judged.outcome == Outcome::Malformed,
                Due::Taken | Due::ShouldBeTaken => judged.outcome == Outcome::Accepted,
            };
            let mut known = Known { tried: true, ..Known::default() };
            if agrees {
                // Every message that is taken keeps to what this one breaks.
                (known.kept, known.broken) = (true, is_refused);
                let due = if is_refused { &self.due.unreadable } else { &self.due.taken };
                let level =
                    if form.due == Due::ShouldBeTaken { Level::Should } else { Level::Must };
                let expect = due.clone();
                let text = self.bounds.template(&form.text);
                let body = match form.coding {
                    Some(coding) => Body::Coded(coding, text),
                    None => Body::Text(text),
                };
                self.add(Draft {
                    id: form.id,
                    sentence: format!(
                        "{} {}.",
                        if is_refused { "Refuses" } else { "Takes" },
                        form.what
                    ),
                    kind: if is_refused { Kind::Negative } else { Kind::Positive },
                    place: form.place.to_owned(),
                    level: Some(level),
                    headers: None,
                    body,
                    expect,
                });
            } else {
                known.why = Some(format!("the judge does not say so of {}", form.what));
            }
            self.constraint(form.place, &known);
        }
    }

    /// The body of a document, with slots for what the suite binds.
    pub(crate) fn text(&self, kind: Kind, tree: &Element) -> Body {
        let marked = self.bounds.marked(tree, kind == Kind::Positive);
        Body::Text(self.bounds.template(&marked.document()))
    }

    /// Adds a case.
    pub(crate) fn add(&mut self, draft: Draft<'_>) {
        let Some(id) = self.id(draft.id) else { return };
        let place = (self.real)(&draft.place);
        let (clause, level) = self.clause(&place);
        let mut way = self.proof.way().clone();
        way.headers = draft.headers.unwrap_or(way.headers);
        self.plan.cases.push(Case {
            id,
            sentence: draft.sentence,
            clause,
            level: draft.level.unwrap_or(level),
            role: Role::Provider,
            kind: draft.kind,
            operation: Some(self.proof.way().operation.clone()),
            constraint: Some(place),
            alone: false,
            play: Play::Call(vec![step(&way, draft.body, draft.expect)]),
        });
    }

    /// Adds a case under a clause that a suite names; none where that does not bind providers, or may be left.
    pub(crate) fn add_under(&mut self, clause: Option<&String>, draft: Draft<'_>) {
        let all = self.proof.contract().clauses().all();
        let named = clause.and_then(|id| all.iter().find(|each| each.id == *id));
        if named.is_some_and(|it| it.target == Target::Consumer || it.level == Level::May) {
            return;
        }
        let place = draft.place.clone();
        let n_before = self.plan.cases.len();
        self.add(draft);
        for case in self.plan.cases.iter_mut().skip(n_before) {
            case.clause = named.map_or_else(|| place.clone(), |it| it.id.clone());
            case.level = named.map_or(Level::Must, |it| it.level);
        }
    }

    /// The clause that the constraint at a place cites, and how binding it is.
    fn clause(&self, place: &str) -> (String, Level) {
        let clauses = self.proof.contract().clauses();
        let cited = [place, &self.entry].into_iter().find_map(|place| clauses.cite(place));
        let Some(id) = cited else { return (place.to_owned(), Level::Must) };
        let found = clauses.all().iter().find(|clause| clause.id == id);
        let level = found.map_or(Level::Must, |clause| clause.level);
        (id, level)
    }

    /// An id of letters, digits, `-`, `_` and `.` that no other case has.
    fn id(&mut self, of: &str) -> Option<CaseId> {
        let full = readable(&format!("{}.{of}", self.prefix));
        let mut unique = full.clone();
        let mut n = 1;
        while !self.ids.insert(unique.clone()) {
            n += 1;
            unique = format!("{full}-{n}");
        }
        unique.parse().ok()
    }

    pub(crate) fn constraints(
        &mut self,
        constraints: BTreeMap<String, Known>,
        left_out: Vec<(String, String)>,
    ) {
        // What was kept and leaves nothing to break, such as that something may be left out, is no constraint.
        let binds = |known: &Known| known.tried || known.why.is_some() || !known.kept;
        for (place, known) in constraints.into_iter().filter(|(_, known)| binds(known)) {
            self.constraint(&place, &known);
        }
        for (place, why) in left_out {
            self.constraint(&place, &Known { tried: true, why: Some(why), ..Known::default() });
        }
    }

    /// Adds a constraint, or what is new about it.
    pub(crate) fn constraint(&mut self, place: &str, known: &Known) {
        let place = (self.real)(place);
        let reason = reason(known);
        let mut all = self.plan.constraints.iter_mut();
        match all.find(|each| each.place == place && each.direction == Direction::Request) {
            Some(found) => {
                found.kept |= known.kept;
                found.broken |= known.broken;
                if found.kept && found.broken {
                    found.reason = None;
                } else {
                    found.reason = found.reason.take().or(reason);
                }
            }
            None => self.plan.constraints.push(Constraint {
                place,
                direction: Direction::Request,
                kept: known.kept,
                broken: known.broken,
                reason: reason.filter(|_| !(known.kept && known.broken)),
                kept_by: Vec::new(),
            }),
        }
    }
}

/// Why a constraint is not kept or not broken.
fn reason(known: &Known) -> Option<String> {
    let broken = match (known.broken, known.tried, &known.why) {
        (true, ..) => None,
        (false, _, Some(why)) => Some(format!("not broken: {why}")),
        (false, true, None) => {
            Some("not broken: no change that breaks it alone was found".to_owned())
        }
        (false, false, None) => {
            Some("not broken: it leaves a choice, which nothing breaks".to_owned())
        }
    };
    let kept = match (known.kept, &known.why_not_kept) {
        (true, _) | (false, None) => None,
        (false, Some(why)) => Some(format!("not kept at its bound: {why}")),
    };
    match (broken, kept) {
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => Some(one),
        (Some(one), Some(other)) => Some(format!("{one}; {other}")),
    }
}

fn step(way: &Way, body: Body, expect: Expect) -> Step {
    Step::new("test", Purpose::Test, request(way, body), expect)
}

/// A request that goes this way.
pub(crate) fn request(way: &Way, body: Body) -> Request {
    let headers = way.headers.iter().map(|(name, value)| (name.clone(), Template::literal(value)));
    Request {
        operation: Some(way.operation.clone()),
        method: way.method.clone(),
        path: Template::literal(&way.path),
        headers: headers.collect(),
        body,
        credentials: Credentials::Own,
    }
}

/// A text as an id may have it: other characters are `_`, and a long one is cut in its middle, where a number stands for what
/// is left out (FNV-1a, 32 bits).
pub(crate) fn readable(text: &str) -> String {
    const ROOM: usize = ID_BYTES_MAX - 30;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut plain: String = text.chars().map(|c| if allowed(c) { c } else { '_' }).collect();
    if !plain.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        plain.insert(0, 'x');
    }
    if plain.len() <= ROOM {
        return plain;
    }
    let hash = plain
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let (head, tail) = (plain.get(..ROOM / 2), plain.get(plain.len() - ROOM / 2..));
    format!("{}-{hash:08x}-{}", head.unwrap_or_default(), tail.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn ids_are_of_letters_and_bounded() {
        assert_eq!(readable("send.Ordre.Beløb.over"), "send.Ordre.Bel_b.over");
        assert_eq!(readable("æ"), "x_");
        let long = readable(&"a.".repeat(300));
        assert!(long.len() < 200 && long != readable(&"a.".repeat(301)), "{long}");
    }
}
