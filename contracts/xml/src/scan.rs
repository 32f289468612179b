//! Where each piece of markup begins and ends, in a text of which there may be more to come.
//!
//! Whoever reads a whole document and whoever reads a stream of it look at the same pieces; what is inside
//! them, and whether they make a document, is checked by the modules beside.

use crate::build::content::OUTSIDE;
use crate::fault::{Fault, FaultKind};

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Characters up to markup or a reference.
    Text,
    /// `&name;`
    Reference,
    /// `<![CDATA[…]]>`, or as much of it as there is: whether it begins here, and whether it ends.
    CData { begins: bool, ends: bool },
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
    /// Whether an element is open.
    pub(crate) in_element: bool,
    /// Whether a CDATA section goes on where the scan begins.
    pub(crate) in_cdata: bool,
    /// How long a piece of markup may be, in bytes.
    pub(crate) piece_bytes_max: usize,
}

pub(crate) const CDATA: &str = "<![CDATA[";
pub(crate) const CDATA_END: &str = "]]>";
pub(crate) const CDATA_NOT_CLOSED: &str = "a CDATA section is not closed";
const DOCTYPE: &str = "<!DOCTYPE";

impl Window<'_> {
    /// The piece that begins at `from`; none where more text is needed to tell, or where there is none left.
    pub(crate) fn piece(self, from: usize) -> Result<Option<Piece>, Fault> {
        let rest = self.text.get(from..).unwrap_or_default();
        if self.in_cdata {
            return self.cdata(rest, from, false);
        }
        let found = match rest.as_bytes() {
            [] => return Ok(None),
            [b'<', b'/', ..] => end_after(rest, "</", Kind::End, ">"),
            [b'<', b'!', ..] => return self.declaration(rest, from),
            [b'<', b'?', ..] => end_after(rest, "<?", Kind::Instruction, "?>"),
            [b'<', ..] => tag(rest),
            [b'&', ..] => self.reference(rest, from)?,
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
        let length = found.map_or(rest.len(), |(_, length)| length);
        if length > self.piece_bytes_max {
            return Err(Fault::new(FaultKind::PieceTooLong, from));
        }
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
            if !self.in_element {
                return Err(Fault::form(OUTSIDE, from));
            }
            return self.cdata(rest, from, true);
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

    /// A CDATA section goes out as far as it goes.
    fn cdata(self, rest: &str, from: usize, begins: bool) -> Result<Option<Piece>, Fault> {
        let begin = if begins { CDATA.len() } else { 0 };
        let inner = rest.get(begin..).unwrap_or_default();
        let piece = |length: usize, ends| {
            let kind = Kind::CData { begins, ends };
            Ok(Some(Piece { kind, end: from + begin + length }))
        };
        if let Some(at) = memchr::memmem::find(inner.as_bytes(), CDATA_END.as_bytes()) {
            return piece(at + CDATA_END.len(), true);
        }
        if self.is_last {
            return Err(Fault::form(CDATA_NOT_CLOSED, from));
        }
        match inner.len() - held_back(inner).len() {
            0 => Ok(None),
            length => piece(length, false),
        }
    }

    /// A reference ends at `;`, and is none where other markup begins first.
    fn reference(self, rest: &str, from: usize) -> Result<Option<(Kind, usize)>, Fault> {
        let inner = rest.as_bytes().get(1..).unwrap_or_default();
        match memchr::memchr3(b';', b'<', b'&', inner) {
            Some(at) if inner.get(at) == Some(&b';') => Ok(Some((Kind::Reference, at + 2))),
            Some(at) if at >= self.piece_bytes_max => {
                Err(Fault::new(FaultKind::PieceTooLong, from))
            }
            Some(_) => Err(broken(rest, from)),
            None => Ok(None),
        }
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

/// What cannot be made out, from its first character.
fn broken(rest: &str, from: usize) -> Fault {
    let sentences = [
        ("&", "'&' begins no reference"),
        ("<!--", "a comment is not closed"),
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
        let mut window = Window {
            text,
            is_last,
            in_prolog: false,
            in_element: true,
            in_cdata: false,
            piece_bytes_max: 30,
        };
        while let Ok(Some(piece)) = window.piece(at) {
            found.push((piece.kind, &text[at..piece.end]));
            at = piece.end;
            window.in_cdata = matches!(piece.kind, Kind::CData { ends: false, .. });
        }
        found
    }

    #[test]
    fn finds_where_pieces_end() {
        use Kind::{Comment, Empty, End, Instruction, Reference, Start, Text};
        let text = "<?x ??><a b='>' c=\"'>\">t]&amp;<!--->--><![CDATA[]]]]><b/></a >x";
        let wanted = [
            (Instruction, "<?x ??>"),
            (Start, "<a b='>' c=\"'>\">"),
            (Text, "t]"),
            (Reference, "&amp;"),
            (Comment, "<!--->-->"),
            (Kind::CData { begins: true, ends: true }, "<![CDATA[]]]]>"),
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
        for text in ["<![CDATA[", "<![CDATA[]]", "<![CDATA[\r"] {
            assert_eq!(pieces(text, false), [], "{text}");
        }
        let begins = Kind::CData { begins: true, ends: false };
        assert_eq!(pieces("<![CDATA[a]]", false), [(begins, "<![CDATA[a")]);
    }

    #[test]
    fn markup_is_of_bounded_length_and_text_is_not() {
        let long = "x".repeat(40);
        for text in ["<", "</", "<!--", "<?", "&"].map(|begin| format!("{begin}{long}")) {
            for end in ["", ">", "-->", "?>", ";", "<", "&"] {
                let text = format!("{text}{end}");
                for is_last in [false, true] {
                    assert_eq!(pieces(&text, is_last), [], "{text}");
                }
            }
        }
        let text = format!("{long}<![CDATA[{long}]]>");
        assert_eq!(pieces(&text, false).len(), 2);
    }
}
