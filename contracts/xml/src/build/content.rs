//! What stands in elements: text, comments, instructions.

use super::nodes::length;
use super::{Build, EMPTY, strip};
use crate::fault::{Fault, FaultKind};
use crate::limits::Limits;
use crate::names::{is_ncname, is_space};
use crate::prolog;
use crate::scan::Kind;
use crate::tree::{NONE, NodeKind};

impl<'t> Build<'t> {
    pub(super) fn character_data(&mut self, raw: &'t str, from: usize) -> Result<(), Fault> {
        if self.open.len() == 1 {
            return check_outside(raw, from);
        }
        check_text(raw, from)?;
        self.push_text(raw, from, true)
    }

    pub(super) fn push_text(
        &mut self,
        piece: &str,
        from: usize,
        literal: bool,
    ) -> Result<(), Fault> {
        if self.open.len() == 1 {
            return Err(Fault::form(OUTSIDE, from));
        }
        if piece.is_empty() {
            return Ok(());
        }
        let last = self.open.last().map_or(NONE, |open| open.last);
        let extends = self.nodes.kind.get(last as usize) == Some(&NodeKind::Text);
        let node = if extends { last } else { self.push(NodeKind::Text, NONE, EMPTY, from)? };
        if literal {
            push_lines(piece, &mut self.texts);
        } else {
            self.texts.push_str(piece);
        }
        let to = length(&self.texts);
        if let Some(slot) = self.nodes.to.get_mut(node as usize) {
            *slot = to;
        }
        self.check_memory(from)
    }

    pub(super) fn comment(&mut self, inner: &str, from: usize) -> Result<(), Fault> {
        check_comment(inner, from)?;
        let node = self.push(NodeKind::Comment, NONE, EMPTY, from)?;
        push_lines(inner, &mut self.other);
        self.end_other(node);
        Ok(())
    }

    pub(super) fn instruction(&mut self, raw: &str, from: usize) -> Result<(), Fault> {
        if prolog::begins(raw) {
            if from == 0 {
                return prolog::read(raw).map(drop);
            }
            return Err(late_declaration(from));
        }
        let (target, rest) = split_instruction(raw, from, self.limits)?;
        let name = self.intern_name(EMPTY, target, from)?;
        let node = self.push(NodeKind::Instruction, name, EMPTY, from)?;
        push_lines(rest, &mut self.other);
        self.end_other(node);
        Ok(())
    }
}

/// The fault of an XML declaration elsewhere.
pub(crate) fn late_declaration(from: usize) -> Fault {
    Fault::form("an XML declaration may stand only at the beginning", from)
}

/// Target and content of an instruction.
pub(crate) fn split_instruction<'t>(
    raw: &'t str,
    from: usize,
    limits: &Limits,
) -> Result<(&'t str, &'t str), Fault> {
    let inner = strip(raw, "<?", "?>", from)?;
    let end = inner.bytes().position(is_space).unwrap_or(inner.len());
    let (target, rest) = inner.split_at_checked(end).unwrap_or((inner, ""));
    if !is_ncname(target) {
        return Err(Fault::form("an instruction's target is not a name", from + 2));
    }
    if target.eq_ignore_ascii_case("xml") {
        return Err(Fault::form("the target xml is reserved", from + 2));
    }
    if target.len() > limits.name_bytes_max {
        return Err(Fault::new(FaultKind::NameTooLong, from + 2));
    }
    Ok((target, rest.trim_start_matches([' ', '\t', '\n', '\r'])))
}

/// What is said of text where no element is open.
pub(crate) const OUTSIDE: &str = "text stands outside the element";

/// White space alone may stand outside the element.
pub(crate) fn check_outside(raw: &str, from: usize) -> Result<(), Fault> {
    match raw.bytes().position(|byte| !is_space(byte)) {
        Some(at) => Err(Fault::form(OUTSIDE, from + at)),
        None => Ok(()),
    }
}

/// The fault of a character that XML does not allow (XML 1.0, section 2.2).
pub(crate) fn forbidden_at(at: usize) -> Fault {
    Fault::form("a character stands here that XML does not allow", at)
}

/// The fault of a piece with such a character, `head` before it: text is at fault in the order of reading.
pub(crate) fn forbidden_in(kind: Kind, head: &str, from: usize, outside: bool) -> Fault {
    let before = match kind {
        Kind::Text if outside => check_outside(head, from),
        Kind::Text => check_text(head, from),
        _ => Ok(()),
    };
    before.err().unwrap_or_else(|| forbidden_at(from + head.len()))
}

/// `]]>` may not stand in text (XML 1.0, section 2.4).
pub(crate) fn check_text(raw: &str, from: usize) -> Result<(), Fault> {
    let bytes = raw.as_bytes();
    if !holds(bytes, b']') {
        return Ok(());
    }
    let ends = |at: &usize| bytes.get(*at..at + 3) == Some(b"]]>");
    match memchr::memchr_iter(b']', bytes).find(ends) {
        Some(at) => Err(Fault::form("']]>' may not stand in text", from + at)),
        None => Ok(()),
    }
}

/// `--` may not stand in a comment (XML 1.0, section 2.5).
pub(crate) fn check_comment(inner: &str, from: usize) -> Result<(), Fault> {
    let hyphens = memchr::memmem::find(inner.as_bytes(), b"--");
    let hyphens = hyphens.or_else(|| inner.ends_with('-').then(|| inner.len() - 1));
    match hyphens {
        Some(at) => Err(Fault::form("'--' may not stand in a comment", from + 4 + at)),
        None => Ok(()),
    }
}

/// Whether a byte is there at all: for short texts quicker than to look for where.
pub(crate) fn holds(bytes: &[u8], wanted: u8) -> bool {
    bytes.iter().fold(false, |any, byte| any | (*byte == wanted))
}

/// Text with its line ends as XML 1.0, section 2.11 has them.
pub(crate) fn push_lines(piece: &str, out: &mut String) {
    if !holds(piece.as_bytes(), b'\r') {
        return out.push_str(piece);
    }
    let mut rest = piece;
    while let Some(at) = memchr::memchr(b'\r', rest.as_bytes()) {
        out.push_str(rest.get(..at).unwrap_or_default());
        out.push('\n');
        let after = rest.get(at + 1..).unwrap_or_default();
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    out.push_str(rest);
}
