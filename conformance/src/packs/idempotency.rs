//! A key makes an operation safe to repeat: replay, conflict, both at once, no key, another's key.

use super::{About, Packs, edit, preparation, refusal};
use crate::{
    case::{
        Case, Check, Credentials, Expect, Kind, Must, Purpose, Request, Source, Statuses, Step,
    },
    suite::{Idempotency, Refusal},
    template::{Slot, Template},
};

pub(super) fn cases(packs: &Packs<'_>) -> Vec<Case> {
    let mut cases = Vec::new();
    for bound in &packs.suite.idempotency {
        for operation in &bound.operations {
            let of = Of { packs, bound, operation };
            let all = [of.replay(), of.conflict(), of.at_once(), of.missing(), of.other_consumer()];
            cases.extend(all.into_iter().flatten());
        }
    }
    cases
}

/// One operation with a key.
struct Of<'p> {
    packs: &'p Packs<'p>,
    bound: &'p Idempotency,
    operation: &'p str,
}

impl Of<'_> {
    fn replay(&self) -> Option<Case> {
        let request = self.request()?;
        let mut again = self.packs.step("again", Purpose::Test, request.clone());
        again.expect.checks.push(Check::SameAs("first".to_owned()));
        let first = self.packs.step("first", Purpose::Prepare, request);
        let sentence = "The same request with the same key gets the first answer again.";
        self.case("replay", sentence, vec![first, again])
    }

    fn conflict(&self) -> Option<Case> {
        let first = self.packs.step("first", Purpose::Prepare, self.request()?);
        let other = self.packs.requests.other(self.operation)?;
        let other = Step::new("other", Purpose::Test, other, refusal(&self.bound.conflict));
        let sentence = "Another request with a key that was used is refused.";
        self.case("conflict", sentence, vec![first, other])
    }

    fn at_once(&self) -> Option<Case> {
        let request = self.request()?;
        let success = self.packs.requests.success(self.operation);
        let mut statuses = success.clone();
        statuses.extend(&self.bound.under_way);
        let alike = success.iter().copied().map(Check::Alike);
        let checks = alike.take(1).collect();
        let expect = Expect { statuses, judged: true, checks, ..Expect::default() };
        let mut step = Step::new("both", Purpose::Test, request.clone(), expect);
        step.requests.push(request);
        let sentence = "Two requests with one key at the same time are taken once.";
        self.case("at-once", sentence, vec![step])
    }

    fn missing(&self) -> Option<Case> {
        let mut request = self.bound.required.then(|| self.request()).flatten()?;
        if !edit::remove(&mut request, &self.bound.key) {
            return None;
        }
        let default = vec![Statuses::only(400), Statuses::only(422)];
        let statuses = self.packs.suite.refusals.get(&Refusal::Schema).unwrap_or(&default);
        let step = Step::new("without", Purpose::Test, request, refusal(statuses));
        self.case("missing", "A request without a key is refused.", vec![step])
    }

    fn other_consumer(&self) -> Option<Case> {
        let other = self.packs.suite.security.as_ref()?.other.clone()?;
        let resource =
            self.packs.suite.resources.iter().find(|each| each.create == self.operation)?;
        let request = self.request()?;
        let first = self.packs.step("first", Purpose::Prepare, request.clone());
        let mut theirs = self.packs.step("theirs", Purpose::Test, request);
        theirs
            .requests
            .iter_mut()
            .for_each(|it| it.credentials = Credentials::Named(other.clone()));
        if let Source::Json(_) = &resource.id {
            let own = Template::slot(Slot::Captured(resource.name.clone()));
            let must = Must::Differ(own);
            theirs.expect.checks.push(Check::Value { at: resource.id.clone(), must });
        }
        let sentence = "A key of one consumer means nothing for another.";
        self.case("other-consumer", sentence, vec![first, theirs])
    }

    fn request(&self) -> Option<Request> {
        self.packs.requests.valid(self.operation)
    }

    fn case(&self, word: &str, sentence: &str, steps: Vec<Step>) -> Option<Case> {
        let (mut all, restore) = preparation(self.packs.suite, self.packs.requests, self.operation);
        all.extend(steps);
        all.extend(restore);
        let (kind, operation) = (Kind::Idempotency, self.operation);
        let clauses = &self.bound.clauses;
        let about = About { kind, operation, word, clauses, sentence: sentence.to_owned() };
        self.packs.case(&about, all)
    }
}
