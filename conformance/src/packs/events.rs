//! What happened is told: in time, in order, and with the same id each time it is read.

use super::{About, Packs};
use crate::{
    case::{Case, Kind, Purpose, Step},
    suite::{Events, Resource},
    template::{Slot, Template},
    walk::Walk,
};

/// Most pages of a feed that are read.
const PAGES_MAX: u64 = 1_000;

pub(super) fn cases(packs: &Packs<'_>) -> Vec<Case> {
    let mut cases = Vec::new();
    for bound in &packs.suite.events {
        let Some(resource) = packs.suite.resource(&bound.resource) else { continue };
        let of = Of { packs, bound, resource };
        cases.extend([of.told(), of.order(), of.again()].into_iter().flatten());
    }
    cases
}

/// One feed.
struct Of<'p> {
    packs: &'p Packs<'p>,
    bound: &'p Events,
    resource: &'p Resource,
}

impl Of<'_> {
    fn told(&self) -> Option<Case> {
        let (mut steps, _) = self.packs.made(self.resource)?;
        steps.push(self.read("read", self.walk())?);
        let delay = self.bound.delay_ms;
        let sentence = format!("What was made is told in the events within {delay} ms.");
        self.case("told", sentence, steps)
    }

    fn order(&self) -> Option<Case> {
        let order = self.bound.order.clone()?;
        let (mut steps, _) = self.packs.made(self.resource)?;
        steps.push(self.packs.one_more(self.resource, 2)?);
        let mut walk = self.walk();
        walk.order = Some(order);
        steps.push(self.read("read", walk)?);
        self.case("order", "Events come in the order in which they happened.".to_owned(), steps)
    }

    fn again(&self) -> Option<Case> {
        let (mut steps, _) = self.packs.made(self.resource)?;
        let mut first = self.read("read", self.walk())?;
        first.purpose = Purpose::Prepare;
        steps.push(first);
        let mut walk = self.walk();
        walk.again = Some("read".to_owned());
        steps.push(self.read("again", walk)?);
        self.case("again", "An event has the same id each time it is read.".to_owned(), steps)
    }

    fn walk(&self) -> Walk {
        Walk {
            entries: self.bound.entries.clone(),
            id: self.bound.id.clone(),
            subject: Some(self.bound.subject.clone()),
            order: None,
            next: self.bound.next.clone(),
            size: None,
            pages_max: PAGES_MAX,
            meet: vec![Template::slot(Slot::Captured(self.resource.name.clone()))],
            between: Vec::new(),
            left: Vec::new(),
            wider: None,
            within_ms: self.bound.delay_ms,
            again: None,
        }
    }

    fn read(&self, name: &str, walk: Walk) -> Option<Step> {
        let request = self.packs.requests.valid(&self.bound.operation)?;
        let mut step = self.packs.step(name, Purpose::Test, request);
        step.walk = Some(walk);
        Some(step)
    }

    fn case(&self, word: &str, sentence: String, mut steps: Vec<Step>) -> Option<Case> {
        steps.extend(self.packs.removals(self.resource, &steps));
        let (kind, operation) = (Kind::Events, &*self.bound.operation);
        let clauses = &self.bound.clauses;
        self.packs.case(&About { kind, operation, word, clauses, sentence }, steps)
    }
}
