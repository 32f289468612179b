//! Where each piece of markup begins and ends, in a text of which there may be more to come.
//!
//! Whoever reads a whole document and whoever reads a stream of it look at the same pieces; what is inside
//! them, and whether they make a document, is checked by the modules beside.

use crate::fault::{Fault, FaultKind};

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Characters up to markup or a reference.
    Text,
    /// `&name;`
    Reference,
    /// `<![CDATA[…]]>`
    CData,
    /// `<!--…-->`
    Comment,
    /// `<?…?>`, the XML declaration included.
    Instruction,
    /// `<name …>`
    Start,
    /// `<name …/>`
    Empty,
    /// `</name>`
    End,
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) kind: Kind,
    /// Where it ends in the window.
    pub(crate) end: usize,
}

/// What text a scan looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'t> {
    pub(crate) text: &'t str,
    /// Whether the document ends where the text does.
    pub(crate) is_last: bool,
    /// Whether no element has begun yet.
    pub(crate) in_prolog: bool,
}

const CDATA: &str = "<![CDATA[";
const DOCTYPE: &str = "<!DOCTYPE";

impl Window<'_> {
    /// The piece that begins at `from`; none where more text is needed to tell, or where there is none left.
    pub(crate) fn piece(self, from: usize) -> Result<Option<Piece>, Fault> {
        let rest = self.text.get(from..).unwrap_or_default();
        let found = match rest.as_bytes() {
            [] => return Ok(None),
            [b'<', b'/', ..] => end_after(rest, "</", Kind::End, ">"),
            [b'<', b'!', ..] => return self.declaration(rest, from),
            [b'<', b'?', ..] => end_after(rest, "<?", Kind::Instruction, "?>"),
            [b'<', ..] => tag(rest),
            [b'&', ..] => reference(rest).ok_or_else(|| broken(rest, from))?,
            _ => return Ok(self.characters(rest, from)),
        };
        self.found(found, rest, from)
    }

    fn found(
        self,
        found: Option<(Kind, usize)>,
        rest: &str,
        from: usize,
    ) -> Result<Option<Piece>, Fault> {
        match found {
            Some((kind, length)) => Ok(Some(Piece { kind, end: from + length })),
            None if self.is_last => Err(broken(rest, from)),
            None => Ok(None),
        }
    }

    /// A document type declaration is refused before any of it is read.
    fn declaration(self, rest: &str, from: usize) -> Result<Option<Piece>, Fault> {
        let found = if rest.starts_with("<!--") {
            end_after(rest, "<!--", Kind::Comment, "-->")
        } else if rest.starts_with(CDATA) {
            end_after(rest, CDATA, Kind::CData, "]]>")
        } else if self.in_prolog && rest.starts_with(DOCTYPE) {
            return Err(Fault::new(FaultKind::Dtd, from));
        } else if !self.is_last
            && [CDATA, DOCTYPE, "<!--"].iter().any(|begin| begin.starts_with(rest))
        {
            None
        } else {
            return Err(broken(rest, from));
        };
        self.found(found, rest, from)
    }

    /// Text goes out as far as it goes; what may be the beginning of `]]>` or of CR LF waits for more.
    fn characters(self, rest: &str, from: usize) -> Option<Piece> {
        let kind = Kind::Text;
        if let Some(at) = memchr::memchr2(b'<', b'&', rest.as_bytes()) {
            return Some(Piece { kind, end: from + at });
        }
        let held = if self.is_last { "" } else { held_back(rest) };
        let length = rest.len() - held.len();
        (length > 0).then_some(Piece { kind, end: from + length })
    }
}

fn held_back(text: &str) -> &str {
    let held = ["]]", "]", "\r"].into_iter().find(|end| text.ends_with(end)).unwrap_or_default();
    text.get(text.len() - held.len()..).unwrap_or_default()
}

fn end_after(rest: &str, begin: &str, kind: Kind, end: &str) -> Option<(Kind, usize)> {
    let inner = rest.as_bytes().get(begin.len()..)?;
    let at = match end.as_bytes() {
        [one] => memchr::memchr(*one, inner),
        more => memchr::memmem::find(inner, more),
    };
    Some((kind, begin.len() + at? + end.len()))
}

/// A start tag ends at the first `>` outside of quotes.
fn tag(rest: &str) -> Option<(Kind, usize)> {
    let bytes = rest.as_bytes();
    let mut at = 1;
    loop {
        let found = at + memchr::memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
        match bytes.get(found)? {
            b'>' => {
                let empty = bytes.get(found.checked_sub(1)?) == Some(&b'/');
                return Some((if empty { Kind::Empty } else { Kind::Start }, found + 1));
            }
            quote => at = found + 1 + memchr::memchr(*quote, bytes.get(found + 1..)?)? + 1,
        }
    }
}

/// A reference ends at `;`; none where something else ends it first.
#[expect(
    clippy::option_option,
    reason = "no reference, one that goes on, and a whole one are three things"
)]
fn reference(rest: &str) -> Option<Option<(Kind, usize)>> {
    let inner = rest.as_bytes().get(1..)?;
    match memchr::memchr3(b';', b'<', b'&', inner) {
        Some(at) if inner.get(at) == Some(&b';') => Some(Some((Kind::Reference, at + 2))),
        Some(_) => None,
        None => Some(None),
    }
}

/// What cannot be made out, from its first character.
fn broken(rest: &str, from: usize) -> Fault {
    let sentences = [
        ("&", "'&' begins no reference"),
        ("<!--", "a comment is not closed"),
        (CDATA, "a CDATA section is not closed"),
        ("<!", "'<!' begins no markup that may stand here"),
        ("<?", "a processing instruction is not closed"),
    ];
    let found = sentences.iter().find(|(begin, _)| rest.starts_with(begin));
    Fault::form(found.map_or("a tag is not closed", |(_, sentence)| sentence), from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str, is_last: bool) -> Vec<(Kind, &str)> {
        let (mut at, mut found) = (0, Vec::new());
        let window = Window { text, is_last, in_prolog: false };
        while let Ok(Some(piece)) = window.piece(at) {
            found.push((piece.kind, &text[at..piece.end]));
            at = piece.end;
        }
        found
    }

    #[test]
    fn finds_where_pieces_end() {
        use Kind::{CData, Comment, Empty, End, Instruction, Reference, Start, Text};
        let text = "<?x ??><a b='>' c=\"'>\">t]&amp;<!--->--><![CDATA[]]]]><b/></a >x";
        let wanted = [
            (Instruction, "<?x ??>"),
            (Start, "<a b='>' c=\"'>\">"),
            (Text, "t]"),
            (Reference, "&amp;"),
            (Comment, "<!--->-->"),
            (CData, "<![CDATA[]]]]>"),
            (Empty, "<b/>"),
            (End, "</a >"),
            (Text, "x"),
        ];
        assert_eq!(pieces(text, true), wanted);
    }

    #[test]
    fn waits_for_what_may_come() {
        for text in
            ["<", "<a b='>", "<!", "<!-", "<![CD", "<!--x--", "<?x ?", "&am", "]]", "\r", "</a"]
        {
            assert_eq!(pieces(text, false), [], "{text}");
        }
        assert_eq!(pieces("ab]]", false), [(Kind::Text, "ab")]);
        assert_eq!(pieces("ab]]", true), [(Kind::Text, "ab]]")]);
    }
}
