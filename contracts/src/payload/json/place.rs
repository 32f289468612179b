//! Where in the text the values of a tree stand: places are made only when there is something to say.
//!
//! Reading keeps of each value where it begins and which value follows its last part. By that the way along a pointer is
//! found without reading the text again: names of members are looked at on that way alone.

use super::lexer::Lexer;
use crate::settings::{LineIndex, Place};
use std::{borrow::Cow, cmp::Ordering, ops::Range};

/// Where a value stands. Values are numbered in the order of the text, what holds others before these.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// The byte offset of a member's name, and of any other value itself.
    at: u32,
    /// The number of the value behind it and all its parts.
    end: u32,
}

impl Spot {
    /// A value at a byte offset; so many were read before it.
    pub(super) fn new(at: usize, number: usize) -> Self {
        let end = saturate(number).saturating_add(1);
        Self { at: saturate(at), end }
    }

    /// Says that so many values were read when it was whole.
    pub(super) fn close(&mut self, n_values: usize) {
        self.end = saturate(n_values);
    }
}

/// Beyond 32 bits nothing is found: no text in memory is that long.
fn saturate(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The places of JSON Pointers: a member's name, an item's value, the document's start.
pub(super) fn places(text: &str, spots: &[Spot], pointers: &[&str]) -> Vec<Option<Place>> {
    let mut asked: Vec<Asked<'_>> =
        pointers.iter().enumerate().map(|(by, pointer)| Asked { rest: pointer, by }).collect();
    let mut search = Search { text, spots, offsets: vec![None; pointers.len()] };
    search.descend(&mut asked);
    let last = search.offsets.iter().flatten().max().copied().unwrap_or(0);
    LineIndex::new(text.get(..last).unwrap_or(text)).places(&search.offsets)
}

/// A step of a JSON Pointer as it is (RFC 6901, section 4).
pub(super) fn unescape(step: &str) -> Cow<'_, str> {
    if step.contains('~') {
        Cow::Owned(step.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(step)
    }
}

/// What is left of a pointer, and who asks for it.
#[derive(Debug, Clone, Copy)]
struct Asked<'p> {
    rest: &'p str,
    by: usize,
}

impl<'p> Asked<'p> {
    /// The next step, as it is written, and what is left behind it; nothing where the pointer ends.
    fn step(&self) -> Option<(&'p str, &'p str)> {
        let rest = self.rest.strip_prefix('/')?;
        let end = memchr::memchr(b'/', rest.as_bytes()).unwrap_or(rest.len());
        Some(rest.split_at(end))
    }
}

/// Those of the pointers that lead through one part, which they name, and the value's number where there is one.
struct Part<'p> {
    name: Cow<'p, str>,
    asked: Range<usize>,
    found: Option<usize>,
}

struct Search<'t> {
    text: &'t str,
    spots: &'t [Spot],
    offsets: Vec<Option<usize>>,
}

impl Search<'_> {
    /// Goes the way of all pointers at once, each value on it once.
    fn descend(&mut self, asked: &mut [Asked<'_>]) {
        asked.sort_unstable_by(|one, other| by_steps(one.rest, other.rest));
        let mut open = vec![(0, 0..asked.len())];
        while let Some((number, range)) = open.pop() {
            let Some(asked) = asked.get_mut(range.clone()) else { continue };
            let Some(spot) = self.spots.get(number) else { continue };
            let mut parts = self.take_step(spot.at as usize, asked);
            for part in &mut parts {
                part.asked.start += range.start;
                part.asked.end += range.start;
            }
            self.find(number, &mut parts);
            for part in parts {
                if let Some(found) = part.found {
                    open.push((found, part.asked));
                }
            }
        }
    }

    /// Notes the offset for pointers that end here, and takes a step off the others: which parts they name, in order.
    fn take_step<'p>(&mut self, offset: usize, asked: &mut [Asked<'p>]) -> Vec<Part<'p>> {
        let mut parts: Vec<Part<'p>> = Vec::new();
        let mut before = None;
        for (at, each) in asked.iter_mut().enumerate() {
            let Some((step, rest)) = each.step() else {
                if let Some(slot) = self.offsets.get_mut(each.by).filter(|_| each.rest.is_empty()) {
                    *slot = Some(offset);
                }
                continue;
            };
            each.rest = rest;
            match parts.last_mut() {
                Some(part) if before == Some(step) => part.asked.end = at + 1,
                _ => parts.push(Part { name: unescape(step), asked: at..at + 1, found: None }),
            }
            before = Some(step);
        }
        parts
    }

    /// Finds parts of a value.
    fn find(&self, number: usize, parts: &mut [Part<'_>]) {
        let Some(end) = self.spots.get(number).map(|spot| spot.end as usize) else { return };
        let first = self.spots.get(number + 1).filter(|_| !parts.is_empty() && number + 1 < end);
        match first {
            // A text that a colon follows is a name.
            Some(first) if self.name(first).is_some() => self.find_members(number + 1..end, parts),
            Some(_) => self.find_items(number + 1..end, parts),
            None => {}
        }
    }

    /// Of members of one name the last counts, as in the tree.
    fn find_members(&self, mut inside: Range<usize>, parts: &mut [Part<'_>]) {
        parts.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        while let Some(spot) = self.spots.get(inside.start).filter(|_| !inside.is_empty()) {
            let name = self.name(spot).unwrap_or_default();
            if let Ok(at) = parts.binary_search_by(|part| (*part.name).cmp(&name))
                && let Some(part) = parts.get_mut(at)
            {
                part.found = Some(inside.start);
            }
            inside.start = spot.end as usize;
        }
    }

    fn find_items(&self, mut inside: Range<usize>, parts: &mut [Part<'_>]) {
        let nth = |part: &Part<'_>| part.name.parse().unwrap_or(usize::MAX);
        parts.sort_unstable_by_key(nth);
        let mut passed = 0;
        for part in parts {
            let wanted = nth(part);
            while let Some(spot) = self.spots.get(inside.start)
                && passed < wanted
                && !inside.is_empty()
            {
                inside.start = spot.end as usize;
                passed += 1;
            }
            part.found = Some(inside.start).filter(|_| !inside.is_empty());
        }
    }

    /// The name that stands at a spot.
    fn name(&self, spot: &Spot) -> Option<Cow<'_, str>> {
        let text = self.text.get(spot.at as usize..)?;
        let quoted = text.strip_prefix('"')?;
        let end = memchr::memchr2(b'"', b'\\', quoted.as_bytes())?;
        let (name, rest) = match quoted.as_bytes().get(end) {
            Some(b'"') => (Cow::Borrowed(quoted.get(..end)?), quoted.get(end + 1..)?),
            _ => {
                let mut lexer = Lexer::new(text);
                (lexer.string().ok()?, text.get(lexer.offset()..)?)
            }
        };
        Lexer::new(rest).take(b':').then_some(name)
    }
}

/// The order of pointers step by step: those that lead through one value stand side by side.
fn by_steps(one: &str, other: &str) -> Ordering {
    let rank = |byte: u8| if byte == b'/' { 0 } else { u16::from(byte) + 1 };
    one.bytes().map(rank).cmp(other.bytes().map(rank))
}
