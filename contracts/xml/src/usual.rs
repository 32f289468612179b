//! Tags and text in the form that nearly all have, found in one pass over their bytes.
//!
//! Nothing is refused here: what is not in that form, or not whole yet, is left to the modules beside, which
//! know every case and every fault. So a document reads the same with this module and without it.

use crate::limits::Limits;
use crate::names::{is_space, name_bytes};

/// Up to so many times eight bytes a text is short.
const SHORT_WORDS: usize = 8;

/// A part of a text: where it begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// An attribute in a start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// Made of characters of names and colons, in ASCII.
    pub(crate) name: Span,
    /// Between the quotes.
    pub(crate) value: Span,
    /// Whether the value is as written: it has no reference, tab or line end.
    pub(crate) is_plain: bool,
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag {
    /// Whatever stands before white space, `/` or `>`: whether it is a name is not looked at.
    pub(crate) name: Span,
    /// Where the tag ends.
    pub(crate) end: usize,
    pub(crate) is_empty: bool,
}

/// The start tag that begins at `from`, its attributes put into `attributes`.
pub(crate) fn start_tag(
    text: &[u8],
    from: usize,
    limits: &Limits,
    attributes: &mut Vec<Attribute>,
) -> Option<Tag> {
    attributes.clear();
    let name = from + 1;
    let mut at = name + memchr::memchr3(b'>', b' ', b'/', text.get(name..)?)?;
    let name = Span { from: name, to: at };
    if name.to == name.from || name.to - name.from > limits.name_bytes_max {
        return None;
    }
    loop {
        let (end, is_empty) = match text.get(at)? {
            b'>' => (at + 1, false),
            b'/' if text.get(at + 1) == Some(&b'>') => (at + 2, true),
            byte if is_space(*byte) => {
                at += 1;
                continue;
            }
            _ if text.get(at - 1).is_some_and(|before| is_space(*before)) => {
                let attribute = attribute(text, at, limits)?;
                at = attribute.value.to + 1;
                if attributes.len() >= limits.attributes_max {
                    return None;
                }
                attributes.push(attribute);
                continue;
            }
            _ => return None,
        };
        let is_short = end - from <= limits.piece_bytes_max;
        return is_short.then_some(Tag { name, end, is_empty });
    }
}

fn attribute(text: &[u8], from: usize, limits: &Limits) -> Option<Attribute> {
    let rest = text.get(from..)?;
    let length = name_bytes(rest);
    let [b'=', quote @ (b'"' | b'\''), rest @ ..] = rest.get(length..)? else { return None };
    if length == 0 || length > limits.name_bytes_max {
        return None;
    }
    let value = rest.get(..memchr::memchr(*quote, rest)?)?;
    let is_plain =
        !any_word(value, |word| equals(word, b'<') | equals(word, b'&') | below(word, b' '));
    if !is_plain && memchr::memchr(b'<', value).is_some() {
        return None;
    }
    let begin = from + length + 2;
    Some(Attribute {
        name: Span { from, to: from + length },
        value: Span { from: begin, to: begin + value.len() },
        is_plain,
    })
}

/// Whether an end tag of this name begins at `from`: gives where it ends.
pub(crate) fn end_tag(text: &[u8], from: usize, name: &[u8]) -> Option<usize> {
    let end = from + 2 + name.len();
    let closes = text.get(from + 2..end)? == name && text.get(end)? == &b'>';
    closes.then_some(end + 1)
}

/// The text that begins at `from` and ends where markup or a reference begins: where its characters are, line
/// ends as XML 1.0, section 2.11 has them.
pub(crate) fn characters(text: &[u8], from: usize) -> Option<Span> {
    let rest = text.get(from..)?;
    // Most line ends begin a text: what is left out of CR LF is then no gap in it.
    let skipped = usize::from(rest.starts_with(b"\r\n"));
    let shown = rest.get(skipped..)?;
    for (at, chunk) in shown.as_chunks::<8>().0.iter().take(SHORT_WORDS).enumerate() {
        let word = u64::from_le_bytes(*chunk);
        let ends = equals(word, b'<') | equals(word, b'&');
        let unusual = equals(word, b']') | equals(word, b'\r');
        if ends | unusual != 0 {
            // The lowest bit that is set is that of the first such byte, whatever those above it are.
            let length = at * 8 + (ends | unusual).trailing_zeros() as usize / 8;
            let is_usual = length > 0 && ends.trailing_zeros() < unusual.trailing_zeros();
            let from = from + skipped;
            return is_usual.then_some(Span { from, to: from + length });
        }
    }
    let length = skipped + memchr::memchr2(b'<', b'&', shown)?;
    let shown = rest.get(skipped..length)?;
    let is_usual =
        !shown.is_empty() && !any_word(shown, |word| equals(word, b']') | equals(word, b'\r'));
    is_usual.then_some(Span { from: from + skipped, to: from + length })
}

/// One in each of the eight bytes of a word.
const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = u64::from_le_bytes([0x80; 8]);

/// Not zero where one of the eight bytes is this one.
#[inline]
fn equals(word: u64, byte: u8) -> u64 {
    below(word ^ (ONES * u64::from(byte)), 1)
}

/// Not zero where one of the eight bytes is below a bound, which is 128 at most.
#[inline]
fn below(word: u64, bound: u8) -> u64 {
    word.wrapping_sub(ONES * u64::from(bound)) & !word & HIGH
}

/// Whether a test is not zero for any eight bytes: most texts are too short for anything larger to be quicker.
#[inline]
fn any_word(bytes: &[u8], test: impl Fn(u64) -> u64) -> bool {
    match bytes.last_chunk::<8>() {
        // The last eight bytes may have been looked at in part before, which does no harm.
        Some(last) => {
            let found = |chunk: &[u8; 8]| test(u64::from_le_bytes(*chunk)) != 0;
            bytes.as_chunks::<8>().0.iter().any(found) || found(last)
        }
        None => {
            let filler = ONES * u64::from(b'a');
            test(bytes.iter().fold(filler, |word, byte| word << 8 | u64::from(*byte))) != 0
        }
    }
}

/// How many slots a table of names has. A power of two.
pub(crate) const SLOTS: usize = 256;

/// Where in such a table a name is looked for: by its length and the bytes at both ends.
#[inline]
pub(crate) fn slot_of(name: &[u8]) -> usize {
    let word = |bytes: Option<&[u8; 8]>| bytes.map(|bytes| u64::from_le_bytes(*bytes));
    let mixed = match (word(name.first_chunk()), word(name.last_chunk())) {
        (Some(first), Some(last)) => first.rotate_left(29) ^ last,
        _ => name.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    // An odd number with bits all over (2^64 by the golden ratio); the product's highest byte depends on all bits.
    let mixed = (mixed ^ name.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56;
    usize::try_from(mixed).unwrap_or(0) % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Name, value, and whether it is plain.
    type Own = (String, String, bool);

    fn tag(text: &str) -> Option<(String, Vec<Own>, bool)> {
        let mut attributes = Vec::new();
        let tag = start_tag(text.as_bytes(), 0, &Limits::default(), &mut attributes)?;
        assert_eq!(tag.end, text.len());
        let part = |span: Span| text[span.from..span.to].to_owned();
        let attributes = attributes.iter();
        let attributes = attributes.map(|each| (part(each.name), part(each.value), each.is_plain));
        Some((part(tag.name), attributes.collect(), tag.is_empty))
    }

    #[test]
    fn takes_tags_apart() {
        let own = |name: &str, value: &str, plain| (name.to_owned(), value.to_owned(), plain);
        let wanted = vec![own("b", "1>", true), own("c:d", "\t'", false), own("e", "&lt;", false)];
        let text = "<a:b b='1>' \r\n c:d=\"\t'\"  e='&lt;' />";
        assert_eq!(tag(text), Some(("a:b".to_owned(), wanted, true)));
        assert_eq!(tag("<a>"), Some(("a".to_owned(), Vec::new(), false)));
        assert_eq!(tag("<a />").map(|tag| tag.2), Some(true));
    }

    #[test]
    fn leaves_what_is_not_usual() {
        for text in [
            "<a",
            "<a ",
            "<>",
            "< a>",
            "<a/ >",
            "<a b>",
            "<a b=1>",
            "<a b ='1'>",
            "<a b='1'c='2'>",
            "<a b='<'>",
            "<a b='1",
            "<a ='1'>",
            "<a æ='1'>",
            "</a>",
        ] {
            assert_eq!(tag(text), None, "{text}");
        }
    }

    #[test]
    fn finds_end_tags_and_text() {
        assert_eq!(end_tag(b"</a>x", 0, b"a"), Some(4));
        for text in ["</a >", "</ab>", "</a", "</b>"] {
            assert_eq!(end_tag(text.as_bytes(), 0, b"a"), None, "{text}");
        }
        let part = |text: &'static str| {
            characters(text.as_bytes(), 0).map(|span| &text[span.from..span.to])
        };
        assert_eq!(part("a b<"), Some("a b"));
        assert_eq!(part("\r\n  &"), Some("\n  "));
        assert_eq!(part("\n<"), Some("\n"));
        for text in ["a", "a\r\n<", "\r<", "a]]>b<", "\r\n\r\n<"] {
            assert_eq!(part(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn words_tell_what_bytes_do(text in "[]\r\n\u{1f} !a\u{e1}\u{fffd}]{0,40}") {
            let bytes = text.as_bytes();
            let found = bytes.iter().any(|byte| matches!(byte, b']' | b'\r'));
            prop_assert_eq!(any_word(bytes, |word| equals(word, b']') | equals(word, b'\r')), found);
            prop_assert_eq!(any_word(bytes, |word| below(word, b' ')), bytes.iter().any(|byte| *byte < b' '));
        }
    }
}
