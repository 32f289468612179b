//! Finding each segment's place in a message grammar, from the tags alone and without going back.
//!
//! Segments of a message are told apart by their place (ISO 9735:1988, section 8): from where the last one stood,
//! the first place ahead that takes the tag is the one; where there is none in a group, the group may begin again,
//! or the search goes on after it.

use super::{Item, MessageGrammar, Tag, What};
use crate::tree::NameId;

/// How many groups may be open within each other, and so the deepest a grammar may be.
pub(crate) const DEPTH_MAX: usize = 20;

/// Where the search stands in one level.
#[derive(Debug, Clone, Copy)]
struct Frame {
    level: usize,
    /// The place of the last segment or group, and how often it has stood there.
    item: usize,
    count: u32,
}

/// What has to be done so that the segment is in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// How many groups end before it.
    pub(crate) n_closed: usize,
    /// The group that begins with it.
    pub(crate) opened: Option<NameId>,
    pub(crate) what: What,
}

/// Why a segment has no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mismatch {
    /// The message has no such segment anywhere.
    Unknown,
    /// It may not stand here.
    Misplaced,
    /// It may, or its group may, but not as often.
    TooOften,
}

/// Something that must stand before the segment and does not: its name and that of its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    pub(crate) name: Box<str>,
    pub(crate) group: Box<str>,
}

/// Goes through a message, segment by segment.
#[derive(Debug, Default)]
pub(crate) struct Matcher {
    frames: Vec<Frame>,
}

impl Matcher {
    /// Begins a message.
    pub(crate) fn begin(&mut self) {
        self.frames.clear();
        self.frames.push(Frame { level: 0, item: 0, count: 0 });
    }

    /// How many groups are open.
    pub(crate) fn depth(&self) -> usize {
        self.frames.len().saturating_sub(1)
    }

    /// Goes on to the place of the next segment. What is missing before it is added to `missing`.
    pub(crate) fn step(
        &mut self,
        grammar: &MessageGrammar,
        tag: Tag,
        missing: &mut Vec<Missing>,
    ) -> Result<Found, Mismatch> {
        let mut was_full = false;
        for n_closed in 0..self.frames.len() {
            let at = self.frames.len() - 1 - n_closed;
            let Some(frame) = self.frames.get(at).copied() else { break };
            let Some(place) = place_of(grammar, frame, tag, &mut was_full) else { continue };
            self.leave(grammar, n_closed, missing);
            return Ok(self.enter(grammar, place, n_closed, missing));
        }
        match grammar.knows(tag) {
            true if was_full => Err(Mismatch::TooOften),
            true => Err(Mismatch::Misplaced),
            false => Err(Mismatch::Unknown),
        }
    }

    /// Ends the message: what is missing at its end is added to `missing`.
    pub(crate) fn end(&mut self, grammar: &MessageGrammar, missing: &mut Vec<Missing>) {
        let n_open = self.depth();
        self.leave(grammar, n_open + 1, missing);
    }

    /// Leaves groups, the innermost first.
    fn leave(&mut self, grammar: &MessageGrammar, n_closed: usize, missing: &mut Vec<Missing>) {
        for _ in 0..n_closed {
            if let Some(frame) = self.frames.pop() {
                tell_missing(grammar, frame, usize::MAX, missing);
            }
        }
    }

    /// Takes the place in the level that is innermost now.
    fn enter(
        &mut self,
        grammar: &MessageGrammar,
        place: usize,
        n_closed: usize,
        missing: &mut Vec<Missing>,
    ) -> Found {
        let mut found = Found { n_closed, opened: None, what: What::Object };
        let Some(frame) = self.frames.last_mut() else { return found };
        if frame.item == place {
            frame.count += 1;
        } else {
            tell_missing(grammar, *frame, place, missing);
            (frame.item, frame.count) = (place, 1);
        }
        let Some(item) = item(grammar, frame.level, place) else { return found };
        found.what = item.what;
        if let What::Group(level) = item.what {
            found.opened = Some(item.name);
            self.frames.push(Frame { level, item: 0, count: 1 });
            if let Some(first) = grammar.levels.get(level).and_then(|level| level.items.first()) {
                found.what = first.what;
            }
        }
        found
    }
}

fn item(grammar: &MessageGrammar, level: usize, place: usize) -> Option<&Item> {
    grammar.levels.get(level)?.items.get(place)
}

/// The first place in a level, from where the search stands, that takes the tag.
fn place_of(
    grammar: &MessageGrammar,
    frame: Frame,
    tag: Tag,
    was_full: &mut bool,
) -> Option<usize> {
    let items = &grammar.levels.get(frame.level)?.items;
    let ahead = items.iter().enumerate().skip(frame.item);
    for (place, _) in ahead.filter(|(_, item)| item.trigger == tag) {
        let count = if place == frame.item { frame.count } else { 0 };
        if items.get(place).is_some_and(|item| count < item.max) {
            return Some(place);
        }
        // The first segment of a group stands there once: another begins the group anew, one level up.
        *was_full |= frame.level == 0 || place > 0;
    }
    None
}

/// Adds what must stand between where the search stands in a level and a place ahead, and does not.
fn tell_missing(grammar: &MessageGrammar, frame: Frame, until: usize, missing: &mut Vec<Missing>) {
    let Some(level) = grammar.levels.get(frame.level) else { return };
    let passed = level.items.iter().enumerate().take(until).skip(frame.item);
    for (place, item) in passed {
        let count = if place == frame.item { frame.count } else { 0 };
        if count < item.min {
            missing.push(Missing { name: item.label.clone(), group: level.label.clone() });
        }
    }
}
