//! A resource of its own for each case: how it is made, named in paths, and removed.

use super::{About, Packs, Requests, edit};
use crate::{
    case::{Capture, Case, Check, Kind, Must, Purpose, Source, Step},
    suite::{Resource, Suite},
    template::{Slot, Template},
};

/// Deepest that making a resource may ask for another one.
const DEPTH_MAX: usize = 4;

/// The steps that make what the path of an operation names, and those that remove it again.
///
/// The id of each resource is captured under the resource's name, its version under `NAME-etag`.
pub fn preparation(
    suite: &Suite,
    requests: &dyn Requests,
    operation: &str,
) -> (Vec<Step>, Vec<Step>) {
    let mut making = Vec::new();
    let mut removing = Vec::new();
    for parameter in requests.path_parameters(operation) {
        if let Some(resource) = suite.resource_of(&parameter) {
            make(suite, requests, resource, &mut (&mut making, &mut removing), 0);
        }
    }
    (making, removing)
}

fn make(
    suite: &Suite,
    requests: &dyn Requests,
    resource: &Resource,
    steps: &mut (&mut Vec<Step>, &mut Vec<Step>),
    depth: usize,
) {
    let name = format!("create-{}", resource.name);
    if depth > DEPTH_MAX || steps.0.iter().any(|step| step.name == name) {
        return;
    }
    for parameter in requests.path_parameters(&resource.create) {
        if let Some(above) = suite.resource_of(&parameter) {
            make(suite, requests, above, steps, depth + 1);
        }
    }
    let Some(request) = requests.valid(&resource.create) else { return };
    let statuses = requests.success(&resource.create);
    let expect = crate::case::Expect { statuses, ..Default::default() };
    let mut step = Step::new(&name, Purpose::Prepare, request, expect);
    step.captures = captures(resource, "");
    steps.0.push(step);
    if let Some(step) = removal(requests, resource) {
        steps.1.insert(0, step);
    }
}

/// What is taken from the answer that made a resource; the suffix tells several of one case apart.
pub(super) fn captures(resource: &Resource, suffix: &str) -> Vec<Capture> {
    let name = format!("{}{suffix}", resource.name);
    let is_address = resource.id == Source::Header("location".to_owned());
    let mut captures =
        vec![Capture { name: name.clone(), from: resource.id.clone(), last_segment: is_address }];
    if let Some(etag) = &resource.etag {
        let name = format!("{name}-etag");
        captures.push(Capture { name, from: etag.clone(), last_segment: false });
    }
    captures
}

/// The step that removes a resource, where the suite says how.
pub(super) fn removal(requests: &dyn Requests, resource: &Resource) -> Option<Step> {
    let request = requests.valid(resource.remove.as_deref()?)?;
    let name = format!("remove-{}", resource.name);
    Some(Step::new(&name, Purpose::Restore, request, crate::case::Expect::default()))
}

/// Cases of the resources themselves: read where the answer says, as it was sent, and gone when removed.
pub(super) fn cases(packs: &Packs<'_>) -> Vec<Case> {
    let of =
        |resource| [location(packs, resource), as_sent(packs, resource), gone(packs, resource)];
    packs.suite.resources.iter().flat_map(of).flatten().collect()
}

fn location(packs: &Packs<'_>, resource: &Resource) -> Option<Case> {
    let wanted = resource.clauses.contains_key("location");
    let is_address = resource.id == Source::Header("location".to_owned());
    if !wanted && !is_address {
        return None;
    }
    let (mut steps, restore) = packs.made(resource)?;
    let from = Source::Header("location".to_owned());
    let made = steps.last_mut()?;
    made.expect.checks.push(Check::Value { at: from.clone(), must: Must::BePresent });
    made.purpose = Purpose::Test;
    made.captures.push(Capture { name: "location".to_owned(), from, last_segment: false });
    let mut read = packs.requests.valid(resource.read.as_deref()?)?;
    read.path = Template::slot(Slot::Captured("location".to_owned()));
    steps.push(packs.step("read", Purpose::Test, read));
    steps.extend(restore);
    let sentence =
        format!("The {} that was made is read at once where Location says.", resource.name);
    packs.case(&packs.about(resource, "location", sentence), steps)
}

fn as_sent(packs: &Packs<'_>, resource: &Resource) -> Option<Case> {
    let (mut steps, restore) = packs.made(resource)?;
    let made = steps.last()?;
    let (name, request) = (made.name.clone(), made.requests.first()?.clone());
    steps.push(super::read_back(packs.requests, resource, &name, &request)?);
    steps.extend(restore);
    let sentence = format!("The {} is read back as it was sent.", resource.name);
    packs.case(&packs.about(resource, "read-back", sentence), steps)
}

fn gone(packs: &Packs<'_>, resource: &Resource) -> Option<Case> {
    let (mut steps, _) = packs.made(resource)?;
    let remove = packs.requests.valid(resource.remove.as_deref()?)?;
    steps.push(packs.step("remove", Purpose::Test, remove));
    let read = packs.requests.valid(resource.read.as_deref()?)?;
    let statuses = [404, 410].map(crate::case::Statuses::only);
    steps.push(Step::new("read", Purpose::Test, read, super::refusal(&statuses)));
    let sentence = format!("The {} that was removed can no longer be read.", resource.name);
    packs.case(&packs.about(resource, "gone", sentence), steps)
}

impl Packs<'_> {
    /// The steps that make a resource, the last of which is its own making; and those that remove it.
    pub(super) fn made(&self, resource: &Resource) -> Option<(Vec<Step>, Vec<Step>)> {
        let (mut making, mut removing) = (Vec::new(), Vec::new());
        make(self.suite, self.requests, resource, &mut (&mut making, &mut removing), 0);
        let name = format!("create-{}", resource.name);
        let own = making.last().is_some_and(|step| step.name == name);
        own.then_some((making, removing))
    }

    /// The making of one more of the same, with new values; its captures have the suffix `-N`.
    pub(super) fn one_more(&self, resource: &Resource, number: usize) -> Option<Step> {
        let request = edit::renumbered(&self.requests.valid(&resource.create)?, number);
        let name = format!("create-{}-{number}", resource.name);
        let mut step = self.step(&name, Purpose::Prepare, request);
        step.captures = captures(resource, &format!("-{number}"));
        Some(step)
    }

    /// The removal of each resource of this kind that the steps make.
    pub(super) fn removals(&self, resource: &Resource, steps: &[Step]) -> Vec<Step> {
        let captured = steps.iter().flat_map(|step| &step.captures);
        let made = captured.filter(|capture| capture.from == resource.id);
        let remove = |capture: &Capture| {
            let mut step = removal(self.requests, resource)?;
            step.name = format!("remove-{}", capture.name);
            let rename = |request| edit::recapture(request, &resource.name, &capture.name);
            step.requests.iter_mut().for_each(rename);
            Some(step)
        };
        made.filter_map(remove).collect()
    }

    fn about<'a>(&self, resource: &'a Resource, word: &'a str, sentence: String) -> About<'a> {
        let (kind, operation, clauses) = (Kind::ReadBack, &*resource.create, &resource.clauses);
        About { kind, operation, word, clauses, sentence }
    }
}
