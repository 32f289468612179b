//! What is in the form that nearly all has: read in one pass.

use super::Build;
use crate::fault::Fault;
use crate::names::split;
use crate::start::Written;
use crate::usual::{self, Span};

impl<'t> Build<'t> {
    /// Takes what begins at `from`, where it is in the usual form and whole; gives where it ends.
    pub(super) fn usual(&mut self, from: usize) -> Result<Option<usize>, Fault> {
        let text = self.text.as_bytes();
        let Some(open) = self.open.last().filter(|_| self.open.len() > 1) else { return Ok(None) };
        match text.get(from..).unwrap_or_default() {
            [] | [b'<', b'!' | b'?', ..] | [b'&', ..] => Ok(None),
            [b'<', b'/', ..] => {
                let end = usual::end_tag(text, from, open.name.as_bytes());
                let end = end.filter(|end| end - from <= self.limits.piece_bytes_max);
                if end.is_some_and(|end| end <= self.forbidden) {
                    self.close();
                    return Ok(end);
                }
                Ok(None)
            }
            [b'<', ..] => self.usual_start(from),
            _ => match usual::characters(text, from) {
                Some(Span { from: begin, to }) if to <= self.forbidden => {
                    let piece = self.text.get(begin..to).unwrap_or_default();
                    self.push_text(piece, from, false)?;
                    Ok(Some(to))
                }
                _ => Ok(None),
            },
        }
    }

    fn usual_start(&mut self, from: usize) -> Result<Option<usize>, Fault> {
        let tag =
            usual::start_tag(self.text.as_bytes(), from, self.limits, &mut self.usual_attributes);
        let Some(tag) = tag.filter(|tag| tag.end <= self.forbidden) else { return Ok(None) };
        let part = |span: Span| self.text.get(span.from..span.to).unwrap_or_default();
        let name = part(tag.name);
        if self.known.element(name).is_none() && split(name).is_none() {
            return Ok(None);
        }
        self.check_depth(from)?;
        self.attributes.clear();
        self.attributes.extend(self.usual_attributes.iter().map(|each| Written {
            name: part(each.name),
            value: part(each.value),
            name_offset: each.name.from,
            value_offset: each.value.from,
            is_plain: each.is_plain,
        }));
        self.started(name, from, tag.is_empty)?;
        Ok(Some(tag.end))
    }
}
