//! A walk over pages: each is an answer like any other, and all together are the list.

use super::{
    attempt::{Attempt, Ended, missing},
    shown,
};
use crate::{
    case::{Purpose, Request, Statuses, Step},
    target::Sent,
    walk::{Next, Walk, WalkFault, Walking, with_parameter},
};
use std::time::Duration;

/// What exchanges during a walk are called in a result.
pub(crate) const BETWEEN: &str = "between";

/// Pause between two walks where what is to be met may come late, in milliseconds.
const PAUSE_MS: u64 = 100;

/// What was not met may be on a page that was not read.
fn too_long(walk: &Walk) -> Ended {
    let pages = walk.pages_max;
    Ended::NotTested(format!(
        "the list has more than {pages} pages, and what was made is on none of those"
    ))
}

impl Attempt<'_> {
    /// Walks on from the first page, whose answer is there, until all that must be met is met.
    pub(super) fn walk(&mut self, step: &Step, walk: &Walk, first: &Sent) -> Ended {
        let mut meet = Vec::new();
        for template in &walk.meet {
            match self.filled(template) {
                Ok(id) => meet.push(id),
                Err(slot) => return missing(&slot),
            }
        }
        let mut waited_ms = 0;
        let mut between = walk.between.as_slice();
        loop {
            let mut walking = Walking::new(walk);
            match self.pages(step, walk, &mut walking, first, between) {
                Ok(()) => {}
                Err(ended) => return ended,
            }
            between = &[];
            let earlier = walk.again.as_ref().and_then(|name| self.met.get(name));
            match walking.finish(&meet, earlier) {
                Ok(()) if walking.is_cut_short() && walk.wider.is_some() => {
                    return self.walk_wider(step, walk, first);
                }
                Ok(()) => {
                    self.met.insert(step.name.clone(), walking.met());
                    return Ended::Held;
                }
                Err(_) if walking.is_cut_short() => return self.walk_wider(step, walk, first),
                Err(fault) if waited_ms >= walk.within_ms => return self.faulty(step, fault),
                Err(_) => {
                    self.runner.target.wait(Duration::from_millis(PAUSE_MS));
                    waited_ms += PAUSE_MS;
                }
            }
            let again = self.exchange(step, std::slice::from_ref(first));
            if !matches!(again, Ended::Held | Ended::Warned(_)) {
                return again;
            }
        }
    }

    /// Walks once more from the first page, in larger pages; where that cannot be, the list is too long.
    fn walk_wider(&mut self, step: &Step, walk: &Walk, first: &Sent) -> Ended {
        let (Some(wider), Some(walk)) = (&walk.wider, walk.widened()) else {
            return too_long(walk);
        };
        let mut first = first.clone();
        first.path = with_parameter(&first.path, &wider.parameter, &wider.size.to_string());
        let ended = self.exchange(step, std::slice::from_ref(&first));
        match ended {
            // A walk that is no wider ends.
            Ended::Held | Ended::Warned(_) => self.walk(step, &walk, &first),
            ended => ended,
        }
    }

    /// Takes the page that came, and those that follow.
    fn pages(
        &mut self,
        step: &Step,
        walk: &Walk,
        walking: &mut Walking<'_>,
        first: &Sent,
        between: &[Request],
    ) -> Result<(), Ended> {
        let mut here = first.clone();
        let mut between = between.iter();
        loop {
            let answer = self.earlier.get(&step.name).map(|read| read.answer.clone());
            let Some(answer) = answer else { return Ok(()) };
            let next = walking.take(&here.path, &answer);
            let next = next.map_err(|fault| self.faulty(step, fault))?;
            for request in between.by_ref() {
                self.between(step, walk, request)?;
            }
            let Some(next) = next else { return Ok(()) };
            here.path = match &walk.next {
                Next::Cursor { .. } => next,
                Next::Link | Next::Address(_) => self.address(step, &here.path, &next)?,
            };
            let ended = self.exchange(step, std::slice::from_ref(&here));
            if !matches!(ended, Ended::Held | Ended::Warned(_)) {
                return Err(ended);
            }
        }
    }

    /// Where a page says that the next one is, below the service's address.
    fn address(&self, step: &Step, here: &str, next: &str) -> Result<String, Ended> {
        if next.starts_with('?') {
            let path = here.split('?').next().unwrap_or_default();
            return Ok(format!("{path}{next}"));
        }
        self.runner.target.below(next).ok_or_else(|| {
            let expected = "the address of the next page, at this service".to_owned();
            self.faulty(
                step,
                WalkFault { expected, actual: "another address".to_owned(), path: None },
            )
        })
    }

    /// Sends what is to happen during the walk.
    fn between(&mut self, step: &Step, walk: &Walk, request: &Request) -> Result<(), Ended> {
        let sent = self.fill(request).map_err(|slot| missing(&slot))?;
        let mut during = Step::new(BETWEEN, Purpose::Prepare, request.clone(), step.expect.clone());
        during.expect.statuses = vec![Statuses::class(2)];
        during.expect.checks.clear();
        during.left.clone_from(&walk.left);
        match self.exchange(&during, std::slice::from_ref(&sent)) {
            Ended::Held | Ended::Warned(_) => Ok(()),
            Ended::Differs(_) => {
                let why = "what was to be made during the walk could not be made";
                Err(Ended::NotTested(why.to_owned()))
            }
            ended => Err(ended),
        }
    }

    fn faulty(&self, step: &Step, fault: WalkFault) -> Ended {
        let difference = shown::list(step, fault);
        Ended::Differs(vec![shown::hidden(difference, self.runner.target.secrets())])
    }
}
