//! Who changes something says which version he has seen (RFC 9110, section 13; RFC 6585, section 3).

use super::{About, Packs, edit, refusal};
use crate::{
    case::{Case, Check, Expect, Kind, Must, Purpose, Request, Source, Statuses, Step},
    suite::{Preconditions, Resource},
    template::{Slot, Template},
};

pub(super) fn cases(packs: &Packs<'_>) -> Vec<Case> {
    let mut cases = Vec::new();
    for bound in &packs.suite.preconditions {
        let Some(resource) = packs.suite.resource(&bound.resource) else { continue };
        let Some(etag) = &resource.etag else { continue };
        let of = Of { packs, bound, resource, etag };
        for change in &bound.change {
            let all =
                [of.matched(change), of.stale(change), of.missing(change), of.changes(change)];
            cases.extend(all.into_iter().flatten());
        }
        cases.extend(of.not_modified());
    }
    cases
}

/// One resource with versions.
struct Of<'p> {
    packs: &'p Packs<'p>,
    bound: &'p Preconditions,
    resource: &'p Resource,
    etag: &'p Source,
}

impl Of<'_> {
    fn matched(&self, change: &str) -> Option<Case> {
        let request = self.change(change, true)?;
        let read = super::read_back(self.packs.requests, self.resource, "change", &request);
        let mut steps = vec![self.packs.step("change", Purpose::Test, request)];
        steps.extend(read);
        let sentence = "A change of the version that is in force is made, and read back.";
        self.case(change, "match", sentence, steps)
    }

    /// A change of a version that another change has made old, and proof that nothing was changed by it.
    fn stale(&self, change: &str) -> Option<Case> {
        let first = self.packs.step("change", Purpose::Prepare, self.change(change, true)?);
        let read = self.packs.requests.valid(self.resource.read.as_deref()?)?;
        let before = self.packs.step("before", Purpose::Prepare, read.clone());
        let mut stale = self.packs.requests.valid(change)?;
        edit::set_header(&mut stale, "if-match", self.version());
        let stale = Step::new("stale", Purpose::Test, stale, refusal(&[Statuses::only(412)]));
        let mut after = self.packs.step("after", Purpose::Test, read);
        after.expect.checks.push(Check::SameAs("before".to_owned()));
        let sentence = "A change of an older version is refused, and nothing is changed.";
        self.case(change, "stale", sentence, vec![first, before, stale, after])
    }

    fn missing(&self, change: &str) -> Option<Case> {
        if !self.bound.required {
            return None;
        }
        let request = self.change(change, false)?;
        let step = Step::new("without", Purpose::Test, request, refusal(&[Statuses::only(428)]));
        self.case(change, "missing", "A change without a version is refused.", vec![step])
    }

    fn changes(&self, change: &str) -> Option<Case> {
        let mut step = self.packs.step("change", Purpose::Test, self.change(change, true)?);
        let must = Must::Differ(self.version());
        step.expect.checks.push(Check::Value { at: self.etag.clone(), must });
        self.case(change, "changes", "A change gives a new version.", vec![step])
    }

    fn not_modified(&self) -> Option<Case> {
        let operation = self.resource.read.as_deref().filter(|_| self.bound.not_modified)?;
        let mut request = self.packs.requests.valid(operation)?;
        edit::set_header(&mut request, "if-none-match", self.version());
        let statuses = vec![Statuses::only(304)];
        let expect = Expect { statuses, judged: true, ..Expect::default() };
        let step = Step::new("read", Purpose::Test, request, expect);
        let sentence = "Who reads the version that he has is told that it has not changed.";
        self.case(operation, "not-modified", sentence, vec![step])
    }

    /// A change that says another thing than the resource was made with, with or without the version.
    fn change(&self, operation: &str, with_version: bool) -> Option<Request> {
        let mut request = self.packs.requests.other(operation)?;
        edit::remove_header(&mut request, "if-match");
        if with_version {
            edit::set_header(&mut request, "if-match", self.version());
        }
        Some(request)
    }

    /// The version that the answer told which made the resource.
    fn version(&self) -> Template {
        Template::slot(Slot::Captured(format!("{}-etag", self.resource.name)))
    }

    fn case(&self, operation: &str, word: &str, sentence: &str, steps: Vec<Step>) -> Option<Case> {
        let (mut all, restore) = self.packs.made(self.resource)?;
        all.extend(steps);
        all.extend(restore);
        let (kind, clauses) = (Kind::Preconditions, &self.bound.clauses);
        let about = About { kind, operation, word, clauses, sentence: sentence.to_owned() };
        self.packs.case(&about, all)
    }
}
