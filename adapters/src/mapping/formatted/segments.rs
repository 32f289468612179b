//! From segments to the mixed content of an element.

use super::{
    Form, LINES_MAX, PlannedText,
    paragraphs::{BLANK, Font, GOES_ON, Style},
};
use crate::{mapping::written::Written, tree::Place};

/// An element whose content is being written.
pub(super) struct Element<'t> {
    text: &'t PlannedText,
    element: usize,
    /// Where text goes now: the element itself, or one for a mark in it.
    inner: usize,
    place: Place,
    style: Style,
    /// Text that no other node follows yet.
    pending: String,
    /// Whether the segment before may go on in the next.
    was_full: bool,
    /// Whether nothing stood in its place.
    was_free: bool,
}

impl<'t> Element<'t> {
    pub(super) fn new(text: &'t PlannedText, element: usize, place: Place) -> Self {
        let (pending, style) = (String::new(), Style::default());
        Self {
            text,
            element,
            inner: element,
            place,
            style,
            pending,
            was_full: false,
            was_free: true,
        }
    }

    /// Adds a segment.
    pub(super) fn segment(&mut self, written: &mut Written, style: Style, lines: &[String]) {
        let goes_on = style == self.style && (self.was_full || style == Style::default());
        if !goes_on {
            self.set(written, style);
        }
        for line in lines {
            self.line(written, line);
        }
        let last_goes_on = lines.last().is_some_and(|line| line.ends_with(GOES_ON));
        self.was_full = lines.len() == LINES_MAX || last_goes_on;
    }

    fn line(&mut self, written: &mut Written, line: &str) {
        if let Some(line) = line.strip_suffix(GOES_ON) {
            return self.pending.push_str(line);
        }
        if line != BLANK {
            self.pending.push_str(line);
        }
        if matches!(self.text.form, Form::Formatted | Form::Lines) {
            self.flush(written);
            written.element(self.inner, self.text.line_break, self.place);
        }
    }

    /// Begins what is set in another way.
    fn set(&mut self, written: &mut Written, style: Style) {
        self.flush(written);
        (self.style, self.inner) = (style, self.element);
        if style.font == Font::Fixed {
            self.inner = written.element(self.inner, self.text.fixed, self.place);
        }
        let marks = self.text.marks.iter();
        let name =
            marks.filter(|(mark, _)| Some(*mark) == style.mark).map(|(_, name)| *name).next();
        if let Some(name) = name {
            self.inner = written.element(self.inner, name, self.place);
        }
    }

    fn flush(&mut self, written: &mut Written) {
        if !self.pending.is_empty() {
            written.add_text(self.inner, &self.pending, self.place);
            self.pending.clear();
        }
    }

    /// Writes what is left; whether the element's place was free.
    pub(super) fn end(mut self, written: &mut Written) -> bool {
        match self.text.form {
            Form::Formatted | Form::Lines => self.flush(written),
            Form::Plain | Form::Bare | Form::Rest if self.pending.is_empty() => {}
            Form::Plain | Form::Bare | Form::Rest => {
                self.was_free = written.set(self.element, &self.pending);
            }
        }
        self.was_free
    }
}
