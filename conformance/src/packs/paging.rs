//! A walk over the pages of a list to its end: each entry once, also where one is added on the way.

use super::{About, Packs, edit};
use crate::{
    case::{Case, Kind, Purpose, Request, Step},
    derive::told_of,
    suite::{Paging, Resource},
    template::{Slot, Template},
    walk::{Walk, Wider},
};

/// So many are made before a walk in pages of [`PAGE`], so that there are several pages.
const MADE: usize = 3;

/// The size of a page that a walk asks for.
const PAGE: u64 = 2;

/// So many pages of [`PAGE`] are read; of a longer list, all is read in the largest pages that the contract allows of
/// [`WIDE`], from its first page.
const NARROW_PAGES_MAX: u64 = 10;

/// Sizes of large pages.
const WIDE: [u64; 7] = [1_000, 500, 200, 100, 50, 20, 10];

pub(super) fn cases(packs: &Packs<'_>) -> Vec<Case> {
    let of = |bound| {
        let of = Of { packs, bound };
        [of.walk(), of.insert(), of.size()]
    };
    packs.suite.paging.iter().flat_map(of).flatten().collect()
}

/// One list that comes in pages.
struct Of<'p> {
    packs: &'p Packs<'p>,
    bound: &'p Paging,
}

impl Of<'_> {
    fn walk(&self) -> Option<Case> {
        let (mut steps, meet) = self.made()?;
        steps.push(self.step(self.walking(meet), true)?);
        self.case("walk", "Who follows the pages to the end meets each entry once.", steps)
    }

    fn insert(&self) -> Option<Case> {
        let resource = self.resource()?;
        let (mut steps, meet) = self.made()?;
        let request = self.packs.requests.valid(&resource.create)?;
        let mut walk = self.walking(meet);
        walk.between.push(edit::renumbered(&request, MADE + 1));
        if let Some(wider) = &mut walk.wider {
            wider.between.push(edit::renumbered(&request, MADE + 2));
        }
        steps.push(self.step(walk, true)?);
        let sentence = "An entry that is made during a walk neither hides nor repeats another.";
        self.case("insert", sentence, steps)
    }

    fn size(&self) -> Option<Case> {
        self.bound.size.as_ref()?;
        let (mut steps, _) = self.made().unwrap_or_default();
        let mut walk = self.walking(Vec::new());
        walk.pages_max = 2;
        walk.wider = None;
        steps.push(self.step(walk, true)?);
        self.case("size", "A page has no more entries than were asked for.", steps)
    }

    fn resource(&self) -> Option<&Resource> {
        self.packs.suite.resource(self.bound.resource.as_deref()?)
    }

    /// Steps that make entries, and the ids that a walk must meet.
    fn made(&self) -> Option<(Vec<Step>, Vec<Template>)> {
        let Some(resource) = self.resource() else { return Some(Default::default()) };
        let (mut steps, _) = self.packs.made(resource)?;
        let mut meet = vec![Template::slot(Slot::Captured(resource.name.clone()))];
        for number in 2..=MADE {
            steps.push(self.packs.one_more(resource, number)?);
            let name = format!("{}-{number}", resource.name);
            meet.push(Template::slot(Slot::Captured(name)));
        }
        Some((steps, meet))
    }

    fn walking(&self, meet: Vec<Template>) -> Walk {
        let wider = self.wider();
        let pages_max = self.bound.pages_max;
        Walk {
            entries: self.bound.entries.clone(),
            id: self.bound.id.clone(),
            subject: None,
            order: None,
            next: self.bound.next.clone(),
            size: self.bound.size.as_ref().map(|_| PAGE),
            pages_max: if wider.is_some() { pages_max.min(NARROW_PAGES_MAX) } else { pages_max },
            meet,
            between: Vec::new(),
            left: Vec::new(),
            wider,
            within_ms: 0,
            again: None,
        }
    }

    /// The largest pages that the contract allows.
    fn wider(&self) -> Option<Wider> {
        let parameter = self.bound.size.clone()?;
        let valid = self.packs.requests.valid(&self.bound.operation)?;
        let is_allowed = |size: &u64| {
            let mut request = valid.clone();
            edit::set_query(&mut request, &parameter, &Template::literal(size.to_string()));
            !told_of(self.packs.contract, &request).iter().any(|told| told.is_error)
        };
        let size = WIDE.into_iter().find(is_allowed)?;
        let pages_max = self.bound.pages_max;
        Some(Wider { parameter, size, pages_max, between: Vec::new(), left: Vec::new() })
    }

    fn step(&self, walk: Walk, in_pages: bool) -> Option<Step> {
        let mut request: Request = self.packs.requests.valid(&self.bound.operation)?;
        if let (Some(size), true) = (&self.bound.size, in_pages) {
            edit::set_query(&mut request, size, &Template::literal(PAGE.to_string()));
        }
        let mut step = self.packs.step("walk", Purpose::Test, request);
        step.walk = Some(walk);
        Some(step)
    }

    fn case(&self, word: &str, sentence: &str, mut steps: Vec<Step>) -> Option<Case> {
        if let Some(resource) = self.resource() {
            steps.extend(self.packs.removals(resource, &steps));
        }
        let (kind, operation) = (Kind::Paging, &*self.bound.operation);
        let clauses = &self.bound.clauses;
        let about = About { kind, operation, word, clauses, sentence: sentence.to_owned() };
        self.packs.case(&about, steps)
    }
}
