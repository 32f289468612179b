//! Text and end tags: values, and whether an element is complete (XML Schema Part 1, sections 3.3.4
//! and 3.4.4).

use super::report::At;
use super::{Frame, KEPT_BYTES_MAX, Mode, Run, words};
use crate::identity::Shape;
use crate::limits::{self, VALUE_BYTES_MAX};
use crate::names::number;
use crate::tables::{Constrained, Content, Governing};
use crate::types::{Scope, TypeId, Whole, fold_base64};

/// A long value is looked at in pieces of so many bytes at most.
const PIECE_BYTES_MAX: usize = 64 << 10;

impl Run<'_> {
    /// Text; it may come in several pieces. `site` is its place.
    pub(crate) fn text(&mut self, text: &str, site: u64) {
        if self.skipped > 0 {
            return;
        }
        let Some(frame) = self.frames.last_mut() else { return };
        match frame.mode {
            Mode::Simple => {
                if self.text.len() - frame.text + text.len() <= KEPT_BYTES_MAX {
                    self.text.push_str(text);
                } else {
                    self.long_value(text, site);
                }
            }
            Mode::Elements { mixed: true, .. } => {
                // What is fixed or given by default is compared with all text.
                let declaration = self.tables.element(frame.element);
                let compared = declaration.is_some_and(|each| each.constrained.is_some());
                if compared && self.text.len() - frame.text + text.len() <= VALUE_BYTES_MAX {
                    self.text.push_str(text);
                }
            }
            Mode::Elements { .. } | Mode::Empty | Mode::Nil => self.stray_text(text, site),
        }
    }

    /// A long value, piece by piece: what need not be judged as a whole is forgotten, the rest has a limit.
    #[cold]
    fn long_value(&mut self, text: &str, site: u64) {
        let Some(frame) = self.frames.last().copied() else { return };
        let whole = self.value_type(frame.governing).map_or(Whole::Needed, |simple| {
            let constrained =
                self.tables.element(frame.element).is_some_and(|e| e.constrained.is_some());
            let needed = constrained || frame.awaited;
            if needed { Whole::Needed } else { self.tables.types.whole(simple) }
        });
        for piece in pieces(text) {
            if self.frames.last().is_none_or(|frame| frame.text_faulty) {
                return self.text.truncate(frame.text);
            }
            self.text.push_str(piece);
            if self.text.len() - frame.text <= KEPT_BYTES_MAX {
                continue;
            }
            match whole {
                Whole::Any => self.text.truncate(frame.text),
                Whole::Base64 => fold_base64(&mut self.text, frame.text),
                Whole::Needed => self.check_length(frame.text, site),
            }
        }
    }

    /// Tells of a value that is longer than the limit, once.
    fn check_length(&mut self, from: usize, site: u64) {
        if self.text.len() - from > VALUE_BYTES_MAX
            && let Some(frame) = self.frames.last_mut()
        {
            frame.text_faulty = true;
            let sentence = "a value that is judged as a whole is longer than the limit";
            self.report(limits::VALUE_BYTES, sentence, At::Text(site));
        }
    }

    /// Text where there may be none, or white space alone.
    fn stray_text(&mut self, text: &str, site: u64) {
        let Some(frame) = self.frames.last_mut() else { return };
        if text.is_empty() || frame.text_faulty {
            return;
        }
        let (constraint, sentence) = match frame.mode {
            Mode::Empty => ("cvc-complex-type.2.1", "the element must be empty"),
            Mode::Nil => ("cvc-elt.3.2.1", words::NIL_NOT_EMPTY),
            _ if is_blank(text) => return,
            _ => {
                let sentence = "text may not stand here: the type allows elements alone";
                ("cvc-complex-type.2.3", sentence)
            }
        };
        frame.text_faulty = true;
        self.report(constraint, sentence, At::Text(site));
    }

    /// An end tag. `scope` resolves the prefixes of the element's value.
    pub(crate) fn end(&mut self, scope: &dyn Scope) {
        if self.skipped > 1 {
            self.skipped -= 1;
            return;
        }
        if self.skipped == 1 {
            // The element that is not judged was entered, and has no frame.
            self.skipped = 0;
            return self.trail.leave();
        }
        let Some(frame) = self.frames.last().copied() else { return };
        match frame.mode {
            Mode::Simple => self.end_value(&frame, scope),
            Mode::Elements { model, mixed } => self.end_elements(&frame, model, mixed),
            Mode::Empty | Mode::Nil => {}
        }
        if !self.scopes.is_idle() {
            self.leave_scopes(&frame, scope);
        }
        self.text.truncate(frame.text);
        self.stack.truncate(frame.stack as usize);
        self.frames.pop();
        self.trail.leave();
    }

    fn end_elements(&mut self, frame: &Frame, model: u32, mixed: bool) {
        let automata = &self.tables.automata;
        let constrained = self.tables.element(frame.element).and_then(|e| e.constrained.as_deref());
        let text_is_empty = self.text.len() == frame.text;
        if let Some(constrained) = constrained.filter(|_| mixed) {
            // The default of a mixed element is text, which its content may be.
            if !frame.has_children && text_is_empty {
                return;
            }
            self.fixed_mixed(frame, constrained);
        }
        if !frame.derailed && !automata.accepts(model, frame.state, &self.stack) {
            let expected = automata.expected(model, frame.state, &self.stack);
            let sentence = if expected.is_empty() {
                "the element can never be complete".to_owned()
            } else {
                let names = words::expected(self.tables, &expected, None);
                format!("the element is not complete; expected: {names}")
            };
            self.report("cvc-complex-type.2.4.b", sentence, At::Element);
        }
    }

    fn fixed_mixed(&mut self, frame: &Frame, constrained: &Constrained) {
        if !constrained.fixed {
            return;
        }
        if frame.has_children {
            let sentence = "an element with a fixed value may have no elements";
            return self.report("cvc-elt.5.2.2.1", sentence, At::Element);
        }
        let text = self.text.get(frame.text..).unwrap_or_default();
        if *text != *constrained.text {
            let text = text.to_owned();
            self.report_fixed("cvc-elt.5.2.2.2.1", At::Element, &text);
        }
    }

    /// The simple type of an element's value.
    fn value_type(&self, governing: Governing) -> Option<TypeId> {
        match governing {
            Governing::Simple(simple) => Some(simple),
            Governing::Complex(id) => match self.tables.complex(id)?.content {
                Content::Simple(simple) => Some(simple),
                Content::Empty | Content::Elements { .. } => None,
            },
        }
    }

    fn end_value(&mut self, frame: &Frame, scope: &dyn Scope) {
        if frame.derailed || frame.text_faulty {
            return;
        }
        let Some(simple) = self.value_type(frame.governing) else { return };
        let constrained = self.tables.element(frame.element).and_then(|e| e.constrained.as_deref());
        // The buffer is lent to the check, so that nothing is copied.
        let buffer = std::mem::take(&mut self.text);
        let written = buffer.get(frame.text..).unwrap_or_default();
        let text = match constrained {
            Some(constrained) if written.is_empty() => &constrained.text,
            _ => written,
        };
        let types = &self.tables.types;
        // A default was judged with the schema; only xsi:type makes the element one of another type.
        let declared = self.tables.element(frame.element).map(|each| each.governing);
        let given = written.is_empty() && constrained.is_some();
        let is_sound = given && declared == Some(frame.governing);
        let checked =
            if is_sound { Ok(()) } else { types.check(simple, text, &self.counted(scope)) };
        if let Err(broken) = checked {
            if let Some(frame) = self.frames.last_mut() {
                frame.text_faulty = true;
            }
            if given {
                let sentence = words::default(types, &broken, simple);
                self.report("cvc-elt.5.1.1", sentence, At::Element);
            } else {
                self.report_value(&broken, simple, At::Element, text);
            }
        } else {
            if let Some(constrained) = constrained.filter(|each| each.fixed && !written.is_empty())
            {
                let same = match &constrained.value {
                    Some(fixed) => {
                        types.value(simple, text, &self.counted(scope)).as_ref() == Some(fixed)
                    }
                    None => *text == *constrained.text,
                };
                if !same {
                    self.report_fixed("cvc-elt.5.2.2.2.2", At::Element, text);
                }
            }
            if types.holds_ids(simple) {
                self.take_ids(simple, text, scope, None);
            }
        }
        self.text = buffer;
    }

    /// Tells identity constraints that the element is left, and its value where it is awaited.
    fn leave_scopes(&mut self, frame: &Frame, scope: &dyn Scope) {
        let depth = number(self.frames.len());
        let all = &self.tables.constraints;
        if frame.awaited {
            let faulty = self.frames.last().is_some_and(|each| each.text_faulty || each.derailed);
            let declaration = self.tables.element(frame.element);
            let simple = self.value_type(frame.governing);
            let shape = match simple {
                None => Shape::Complex,
                Some(_) if faulty => Shape::Invalid,
                Some(_) if declaration.is_some_and(|each| each.nillable) => Shape::Nillable,
                Some(_) => Shape::Simple,
            };
            let written = self.text.get(frame.text..).unwrap_or_default();
            let given = declaration.and_then(|each| each.constrained.as_deref());
            let given = given.filter(|_| written.is_empty());
            let value = simple.filter(|_| !faulty && frame.mode != Mode::Nil).and_then(|simple| {
                let read = || self.tables.types.value(simple, written, &self.counted(scope));
                given.map_or_else(read, |constrained| constrained.value.clone())
            });
            self.scopes.value(all, depth, value.as_ref(), shape, &mut self.identity);
        }
        self.scopes.leave(all, depth, &mut self.identity);
        self.tell_identity();
    }
}

/// A text in pieces of bounded length.
fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let length = text.floor_char_boundary(PIECE_BYTES_MAX);
        let (piece, rest) = text.split_at_checked(length)?;
        text = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Whether a text is white space alone: XML has no other characters up to the space. Eight bytes at a time.
fn is_blank(text: &str) -> bool {
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    const ABOVE: u64 = u64::from_le_bytes([0x7f - b' '; 8]);
    let is_above = |word: u64| (((word & !HIGH) + ABOVE) | word) & HIGH != 0;
    let bytes = text.as_bytes();
    match bytes.last_chunk::<8>() {
        // The last eight bytes may have been looked at in part before, which does no harm.
        Some(last) => {
            let is_above = |chunk: &[u8; 8]| is_above(u64::from_le_bytes(*chunk));
            !is_above(last) && !bytes.as_chunks::<8>().0.iter().any(is_above)
        }
        None => bytes.iter().all(|byte| *byte <= b' '),
    }
}

#[cfg(test)]
mod tests {
    use super::is_blank;

    #[test]
    fn tells_white_space() {
        for text in ["", " ", "\r\n \t", "\n               \t\r  "] {
            assert!(is_blank(text), "{text:?}");
            for other in ["!", "a", "~", "\u{80}", "\u{a0}", "\u{3000}", "\u{10000}"] {
                for at in 0..=text.len() {
                    let text = format!("{}{other}{}", &text[..at], &text[at..]);
                    assert!(!is_blank(&text), "{text:?}");
                }
            }
        }
    }
}
