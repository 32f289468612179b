//! A start tag, taken apart: a scan has found where it ends, and checked nothing inside.

use crate::fault::{Fault, FaultKind};
use crate::limits::Limits;
use crate::names::{is_space, name_len};
use crate::reference::resolve;

/// An attribute as written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'t> {
    pub(crate) name: &'t str,
    /// Between the quotes.
    pub(crate) value: &'t str,
    /// Offset of the name in the document.
    pub(crate) name_offset: usize,
    /// Offset of the value in the document.
    pub(crate) value_offset: usize,
    /// Whether the value is known to be as written; else it is still to be looked through.
    pub(crate) is_plain: bool,
}

/// The name in a start tag, and its attributes put into `attributes`.
///
/// `inner` is what stands between `<` and `>` or `/>`; `offset` is that of its first byte.
pub(crate) fn read<'t>(
    inner: &'t str,
    offset: usize,
    limits: &Limits,
    attributes: &mut Vec<Written<'t>>,
) -> Result<&'t str, Fault> {
    attributes.clear();
    let mut cursor = Cursor { text: inner, at: 0, offset };
    let name = cursor.name(limits)?;
    loop {
        let spaced = cursor.skip_space();
        if cursor.rest().is_empty() {
            return Ok(name);
        }
        if !spaced {
            return Err(cursor.fault("white space must stand before an attribute"));
        }
        if attributes.len() >= limits.attributes_max {
            return Err(Fault::new(FaultKind::TooManyAttributes, cursor.place()));
        }
        attributes.push(cursor.attribute(limits)?);
    }
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
    offset: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn place(&self) -> usize {
        self.offset + self.at
    }

    fn fault(&self, sentence: &'static str) -> Fault {
        Fault::form(sentence, self.place())
    }

    fn skip_space(&mut self) -> bool {
        let rest = self.rest();
        let space = rest.bytes().position(|byte| !is_space(byte)).unwrap_or(rest.len());
        self.at += space;
        space > 0
    }

    fn name(&mut self, limits: &Limits) -> Result<&'t str, Fault> {
        let name = self.rest().get(..name_len(self.rest())).unwrap_or_default();
        if name.is_empty() {
            return Err(self.fault("a name must stand here"));
        }
        if name.len() > limits.name_bytes_max {
            return Err(Fault::new(FaultKind::NameTooLong, self.place()));
        }
        self.at += name.len();
        Ok(name)
    }

    fn attribute(&mut self, limits: &Limits) -> Result<Written<'t>, Fault> {
        let name_offset = self.place();
        let name = self.name(limits)?;
        self.skip_space();
        if !self.rest().starts_with('=') {
            return Err(self.fault("an attribute must have a value"));
        }
        self.at += 1;
        self.skip_space();
        let quote = self.rest().bytes().next().filter(|byte| matches!(byte, b'"' | b'\''));
        let Some(quote) = quote else {
            return Err(self.fault("an attribute's value must stand in quotes"));
        };
        self.at += 1;
        let rest = self.rest();
        let Some(end) = memchr::memchr(quote, rest.as_bytes()) else {
            return Err(self.fault("an attribute's value is not closed"));
        };
        let value = rest.get(..end).unwrap_or_default();
        let value_offset = self.place();
        self.at += end + 1;
        Ok(Written { name, value, name_offset, value_offset, is_plain: false })
    }
}

/// Appends an attribute's value as section 3.3.3 of XML 1.0 has it: references resolved, each white
/// space character a space.
pub(crate) fn push_value(value: &str, offset: usize, out: &mut String) -> Result<(), Fault> {
    let special = |byte: &u8| matches!(byte, b'<' | b'&' | b'\t' | b'\n' | b'\r');
    let mut at = 0;
    while let Some(found) = value.as_bytes().iter().skip(at).position(special) {
        let stop = at + found;
        out.push_str(value.get(at..stop).unwrap_or_default());
        let rest = value.get(stop..).unwrap_or_default();
        at = stop
            + match rest.as_bytes() {
                [b'<', ..] => {
                    return Err(Fault::form(
                        "'<' may not stand in an attribute's value",
                        offset + stop,
                    ));
                }
                [b'&', ..] => push_reference(rest, offset + stop, out)?,
                [b'\r', b'\n', ..] => {
                    out.push(' ');
                    2
                }
                _ => {
                    out.push(' ');
                    1
                }
            };
    }
    out.push_str(value.get(at..).unwrap_or_default());
    Ok(())
}

/// Resolves the reference that `rest` begins with; gives its length.
fn push_reference(rest: &str, offset: usize, out: &mut String) -> Result<usize, Fault> {
    let Some(end) = memchr::memchr(b';', rest.as_bytes()) else {
        return Err(Fault::form("'&' begins no reference", offset));
    };
    out.push(resolve(rest.get(1..end).unwrap_or_default(), offset)?);
    Ok(end + 1)
}
