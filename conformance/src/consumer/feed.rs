//! What a consumer does with events that come twice, or in another order than theirs.
//!
//! It is seen to act on an event by a request that is about the event's subject. So that nothing else can be the reason
//! for that request, the subjects are made up for the run: nobody made them, and nothing else tells of them.

use super::{
    Received, Reply, answer::Event, cases::word_of, exchanged, keeps::named, watch::broken,
};
use crate::{
    case::{Case, Inject, Reaction},
    result::{CaseResult, CaseVerdict, Difference, Exchanged},
    run::untested,
};

/// Most exchanges that are kept of one feed.
const EXCHANGES_MAX: usize = 20;
/// How long after the last act another may still come, in milliseconds.
const QUIET_MS: u64 = 1_000;

/// Events that are told once in this way, and all that is looked at then.
#[derive(Debug)]
pub(super) struct Feed<'p> {
    operation: &'p str,
    inject: Inject,
    acts: &'p [String],
    within_ms: u64,
    cases: Vec<(&'p Case, Reaction)>,
    told: Option<Told>,
}

/// From the moment at which they were told.
#[derive(Debug)]
struct Told {
    at_ms: u64,
    /// The subjects, in the order of their events.
    subjects: Vec<String>,
    /// Each act: the place of its subject, and when, in milliseconds from the start of the run.
    acts: Vec<(usize, u64)>,
    exchanges: Vec<Exchanged>,
}

impl<'p> Feed<'p> {
    pub(super) fn new(operation: &'p str, inject: Inject, acts: &'p [String]) -> Self {
        Self { operation, inject, acts, within_ms: 0, cases: Vec::new(), told: None }
    }

    pub(super) fn is_of(&self, operation: &str, inject: Inject) -> bool {
        self.operation == operation && self.inject == inject
    }

    pub(super) fn add(&mut self, case: &'p Case, must: Reaction, within_ms: u64) {
        self.within_ms = self.within_ms.max(within_ms);
        self.cases.push((case, must));
    }

    pub(super) fn waits_for(&self, operation: &str) -> bool {
        self.told.is_none() && self.operation == operation
    }

    /// The events as they are told now: those before, then two new ones in this feed's way.
    pub(super) fn tell(
        &mut self,
        request: &Received,
        new: [&Event; 2],
        before: &[Event],
    ) -> Vec<Event> {
        let [first, second] = new.map(Clone::clone);
        let subjects = vec![first.subject.clone(), second.subject.clone()];
        let (acts, exchanges) = (Vec::new(), Vec::new());
        self.told = Some(Told { at_ms: request.at_ms, subjects, acts, exchanges });
        let mut told = before.to_vec();
        match self.inject {
            Inject::OutOfOrder => told.extend([second, first]),
            _ => told.extend([first.clone(), second, first]),
        }
        told
    }

    /// The answer that told them.
    pub(super) fn answered(&mut self, request: &Received, reply: &Reply) {
        let step = word_of(self.inject);
        if let Some(told) = &mut self.told {
            told.exchanges.push(exchanged(step, request, Some(reply)));
        }
    }

    /// Looks at a request that came after.
    pub(super) fn see(&mut self, operation: Option<&str>, request: &Received) {
        let is_act = operation.is_some_and(|name| self.acts.iter().any(|each| each == name));
        let Some(told) = self.told.as_mut().filter(|_| is_act) else { return };
        let last = request.path_alone().trim_end_matches('/').rsplit('/').next();
        let Some(at) = told.subjects.iter().position(|each| Some(each.as_str()) == last) else {
            return;
        };
        told.acts.push((at, request.at_ms));
        if told.exchanges.len() < EXCHANGES_MAX {
            told.exchanges.push(exchanged(word_of(self.inject), request, None));
        }
    }

    /// Until when something is looked for, in milliseconds from the start of the run.
    fn until_ms(&self) -> Option<u64> {
        let told = self.told.as_ref()?;
        let all = (0..told.subjects.len()).all(|at| told.acts.iter().any(|(each, _)| *each == at));
        let last_ms = told.acts.last().filter(|_| all).map(|(_, at_ms)| at_ms + QUIET_MS);
        Some(last_ms.unwrap_or(told.at_ms + self.within_ms))
    }

    pub(super) fn is_done(&self, now_ms: u64) -> bool {
        self.until_ms().is_some_and(|until_ms| now_ms >= until_ms)
    }

    /// What is waited for, in words.
    pub(super) fn waited_for(&self, now_ms: u64) -> Option<String> {
        let (operation, when) = (self.operation, word_of(self.inject));
        match &self.told {
            None => Some(format!("one more request of `{operation}`, to be answered `{when}`")),
            Some(_) if !self.is_done(now_ms) => {
                Some(format!("what the consumer does with the events of `{operation}` ({when})"))
            }
            Some(_) => None,
        }
    }

    pub(super) fn results(&self, ended_ms: u64) -> Vec<CaseResult> {
        self.cases.iter().map(|(case, must)| self.result(case, *must, ended_ms)).collect()
    }

    fn result(&self, case: &Case, must: Reaction, ended_ms: u64) -> CaseResult {
        let not_tested = |why: String| CaseResult {
            reason: Some(why),
            ..untested(case, CaseVerdict::NotTested)
        };
        let Some(told) = &self.told else {
            return not_tested(format!(
                "no request of `{}` came that could be answered so",
                self.operation
            ));
        };
        let difference = match must {
            Reaction::ActsOnce => twice(told),
            Reaction::InOrder => disordered(told),
            _ => None,
        };
        let exchanges = told.exchanges.clone();
        if let Some(difference) = difference {
            let differences = vec![difference];
            return CaseResult { differences, exchanges, ..untested(case, broken(case)) };
        }
        let acted = |at: usize| told.acts.iter().any(|(each, _)| *each == at);
        if !(0..told.subjects.len()).all(acted) {
            let acts = self.acts.join("`, `");
            return not_tested(format!("not every event was followed by a request of `{acts}`"));
        }
        if !self.is_done(ended_ms) {
            return not_tested("the run ended before it was known whether more is done".to_owned());
        }
        CaseResult { exchanges, ..untested(case, CaseVerdict::Passed) }
    }
}

fn twice(told: &Told) -> Option<Difference> {
    let count = |at: usize| told.acts.iter().filter(|(each, _)| *each == at).count();
    let most = (0..told.subjects.len()).map(count).max()?;
    let hint = "keep the ids of the events that were acted on, in the same step as the act";
    (most > 1).then(|| Difference {
        expected: "one act for each event, by its id".to_owned(),
        actual: format!("{most} acts for one event"),
        hint: Some(hint.to_owned()),
        ..named("events", "acts")
    })
}

fn disordered(told: &Told) -> Option<Difference> {
    let first = |at: usize| told.acts.iter().position(|(each, _)| *each == at);
    let (earlier, later) = (first(0), first(1)?);
    let hint = "sort events by what tells their order before they are acted on";
    earlier.is_none_or(|earlier| later < earlier).then(|| Difference {
        expected: "the earlier event first, by what tells the order".to_owned(),
        actual: "the later event first".to_owned(),
        hint: Some(hint.to_owned()),
        ..named("events", "order")
    })
}
