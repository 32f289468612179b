//! What a case made is removed again, whatever came of it: otherwise a system that is tested often fills up, and
//! each run finds another system than the one before.
//!
//! A case cannot know what a faulty system makes: the request that must be refused and is taken makes a resource too.
//! So each request that could make one gets a removal, which is sent only where an answer told what was made.

use super::{Requests, edit, prepare::removal};
use crate::{
    case::{Capture, Case, Credentials, Play, Purpose, Request, Source, Step},
    suite::{Resource, Suite},
    template::Slot,
};

/// Adds to each case the steps that remove what it makes, where the suite says how. Where they are there, nothing is added.
pub fn add_removal(cases: &mut [Case], suite: &Suite, requests: &dyn Requests) {
    for case in cases {
        let Play::Call(steps) = &mut case.play else { continue };
        let restores = |step: &Step| step.purpose == Purpose::Restore;
        let mut added = Vec::new();
        for at in 0..steps.len() {
            let (before, from_here) = steps.split_at_mut(at);
            let Some((step, after)) = from_here.split_first_mut() else { continue };
            if restores(step) {
                continue;
            }
            for made in made_by(step, suite) {
                let removed = before.iter().chain(after.iter()).any(|each| made.is_gone(each));
                let Some(step) = made.removal(requests, suite).filter(|_| !removed) else {
                    continue;
                };
                added.insert(0, step);
            }
        }
        let end = steps.iter().position(restores).unwrap_or(steps.len());
        steps.splice(end..end, added);
    }
}

/// What a step may make.
struct Made<'s> {
    resource: &'s Resource,
    /// The slot that its id fills.
    name: String,
    /// Who made it.
    credentials: Credentials,
}

/// What a step may make; what its answers tell of it is captured from now on.
fn made_by<'s>(step: &mut Step, suite: &'s Suite) -> Vec<Made<'s>> {
    let mut all = Vec::new();
    for resource in suite.resources.iter().filter(|each| each.remove.is_some()) {
        let creates = |request: &&Request| request.operation.as_ref() == Some(&resource.create);
        if let Some(walk) = &mut step.walk {
            let wider = walk.wider.iter_mut().map(|wider| (&wider.between, &mut wider.left));
            let both = std::iter::once((&walk.between, &mut walk.left)).chain(wider);
            for (at, (between, left)) in both.enumerate() {
                let Some(request) = between.iter().find(creates) else { continue };
                let name = numbered(&format!("{}-left-between", resource.name), at);
                leave(left, resource, &name);
                all.push(Made { resource, name, credentials: request.credentials.clone() });
            }
        }
        let made: Vec<&Request> = step.requests.iter().filter(creates).collect();
        if made.is_empty() {
            continue;
        }
        let named = step.captures.iter().find(|capture| capture.from == resource.id);
        let name = named.map_or_else(
            || format!("{}-left-{}", resource.name, step.name),
            |capture| capture.name.clone(),
        );
        for (at, request) in made.into_iter().enumerate() {
            let name = numbered(&name, at);
            all.push(Made { resource, name, credentials: request.credentials.clone() });
        }
        leave(&mut step.left, resource, &name);
    }
    all
}

/// The name of what the answer at a place in a step tells.
pub(crate) fn numbered(name: &str, at: usize) -> String {
    if at == 0 { name.to_owned() } else { format!("{name}-{}", at + 1) }
}

fn leave(left: &mut Vec<Capture>, resource: &Resource, name: &str) {
    let id = (name.to_owned(), Some(&resource.id));
    let version = (version_of(name), resource.etag.as_ref());
    for (name, from) in [id, version] {
        let Some(from) = from.cloned() else { continue };
        let last_segment = from == Source::Header("location".to_owned());
        left.push(Capture { name, from, last_segment });
    }
}

fn version_of(name: &str) -> String {
    format!("{name}-etag")
}

impl Made<'_> {
    /// Whether a step removes it.
    fn is_gone(&self, step: &Step) -> bool {
        let removes = |request: &Request| {
            request.operation == self.resource.remove
                && request.path.slots().any(|slot| *slot == Slot::Captured(self.name.clone()))
        };
        step.requests.iter().any(removes)
    }

    fn removal(&self, requests: &dyn Requests, suite: &Suite) -> Option<Step> {
        let mut step = removal(requests, self.resource)?;
        step.name = format!("remove-{}", self.name);
        let other = suite.security.as_ref().and_then(|security| security.other.as_ref());
        let is_other = matches!(&self.credentials, Credentials::Named(name) if Some(name) == other);
        for request in &mut step.requests {
            edit::recapture(request, &self.resource.name, &self.name);
            let (from, to) = (version_of(&self.resource.name), version_of(&self.name));
            edit::recapture(request, &from, &to);
            if is_other {
                request.credentials = self.credentials.clone();
            }
        }
        Some(step)
    }
}
