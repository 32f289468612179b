//! Events in the form that nearly all have: read in one pass, with names that are remembered.

use super::event::{AttributeAt, NameAt};
use super::known::{Kind, Known, NONE};
use super::{Found, Reader};
use crate::usual::{self, Span};
use std::io::Read;

/// Attributes of more than so many are looked up.
const COMPARED_MAX: usize = 12;

impl<R: Read> Reader<R> {
    /// The next event, where it is in the usual form and the window has all of it.
    pub(super) fn usual(&mut self) -> Option<Found> {
        let open = self.open.last()?;
        if self.cdata.is_some() || self.window.forbidden().is_some() {
            return None;
        }
        let from = self.window.from();
        let text = self.window.text().as_bytes();
        let (found, end) = match text.get(from..)? {
            [b'<', b'/', ..] => {
                let name = self.open_names.as_bytes().get(open.name..)?;
                let end = usual::end_tag(text, from, name)?;
                if end - from > self.limits.piece_bytes_max {
                    return None;
                }
                self.close();
                (Found::End, end)
            }
            [] | [b'<', b'!' | b'?', ..] | [b'&', ..] => return None,
            [b'<', ..] => self.usual_start(from)?,
            _ => {
                let Span { from, to } = usual::characters(text, from)?;
                (Found::Text(from..to), to)
            }
        };
        self.at = from;
        self.window.advance(end);
        Some(found)
    }

    fn usual_start(&mut self, from: usize) -> Option<(Found, usize)> {
        if self.open.len() >= self.limits.depth_max {
            return None;
        }
        let text = self.window.text().as_bytes();
        let tag = usual::start_tag(text, from, &self.limits, &mut self.written)?;
        for at in 0..self.written.len() {
            let each = self.written.get(at).copied().filter(|each| each.is_plain)?;
            let name = self.name(Kind::Attribute, each.name)?;
            let value = each.value.from..each.value.to;
            self.tag.attributes.push(AttributeAt { name, value, as_written: true });
        }
        if !self.are_unique() {
            return None;
        }
        self.tag.name = self.name(Kind::Element, tag.name)?;
        self.open(from, tag.is_empty, self.bindings.count());
        Some((Found::Start, tag.end))
    }

    /// A name, its namespace found; none where it is at fault, or declares a prefix.
    fn name(&mut self, kind: Kind, at: Span) -> Option<NameAt> {
        let name = self.window.text().as_bytes().get(at.from..at.to)?;
        let known = match self.known.find(kind, name, self.bindings.last()) {
            Some(known) => known,
            None => self.learn(kind, at)?,
        };
        Some(NameAt {
            at: at.from..at.to,
            local: at.from + known.local as usize,
            binding: (known.binding != NONE).then_some(known.binding as usize),
            number: Some(known.number),
        })
    }

    fn learn(&mut self, kind: Kind, at: Span) -> Option<Known> {
        let name = self.window.text().get(at.from..at.to)?;
        let found = match kind {
            Kind::Element => self.bindings.element(name, at.from).ok()?,
            Kind::Attribute => self.bindings.attribute(name, at.from).ok()??,
        };
        let number = |at: usize| u32::try_from(at).unwrap_or(NONE);
        let binding = found.binding.map_or(NONE, number);
        let known = Known { local: number(found.local - at.from), binding, number: 0 };
        let number = self.known.keep(kind, name.as_bytes(), self.bindings.last(), known);
        Some(Known { number, ..known })
    }

    /// Whether it is sure that no attribute is there twice.
    fn are_unique(&self) -> bool {
        let text = self.window.text();
        let differ = |one: &NameAt, other: &NameAt| {
            let prefixed = one.binding.is_some() && other.binding.is_some();
            one.number != other.number && !(prefixed && one.local(text) == other.local(text))
        };
        let mut later = self.tag.attributes.iter().enumerate();
        self.tag.attributes.len() <= COMPARED_MAX
            && later.all(|(at, one)| {
                let mut before = self.tag.attributes.iter().take(at);
                before.all(|other| differ(&one.name, &other.name))
            })
    }
}
