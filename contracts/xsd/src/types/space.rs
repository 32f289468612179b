//! White space, as a type wants it (XML Schema Part 2, section 4.3.6).

use std::borrow::Cow;

/// What is done to white space before a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhiteSpace {
    /// Nothing.
    Preserve,
    /// Tabs and line ends become spaces.
    Replace,
    /// As `Replace`; then runs of spaces become one, and none stands at the ends.
    Collapse,
}

impl WhiteSpace {
    /// The text as it is read; the same where nothing needs to change, which is nearly always.
    #[inline]
    pub(crate) fn normalize(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Preserve => Cow::Borrowed(text),
            Self::Replace if text.bytes().any(|byte| matches!(byte, b'\t' | b'\n' | b'\r')) => {
                Cow::Owned(text.replace(['\t', '\n', '\r'], " "))
            }
            Self::Replace => Cow::Borrowed(text),
            Self::Collapse => collapse(text),
        }
    }
}

/// The parts of a list, without the space between them.
pub(super) fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\t', '\n', '\r']).filter(|item| !item.is_empty())
}

fn collapse(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim_matches([' ', '\t', '\n', '\r']);
    let mut space = true;
    let changes = |byte: u8| {
        let twice = byte == b' ' && space;
        space = byte == b' ';
        twice || matches!(byte, b'\t' | b'\n' | b'\r')
    };
    if !trimmed.bytes().any(changes) {
        return Cow::Borrowed(trimmed);
    }
    let mut out = String::with_capacity(trimmed.len());
    for item in items(trimmed) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(item);
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalizes_as_the_type_wants() {
        let text = " a\t\nb  c ";
        assert_eq!(WhiteSpace::Preserve.normalize(text), text);
        assert_eq!(WhiteSpace::Replace.normalize(text), " a  b  c ");
        assert_eq!(WhiteSpace::Collapse.normalize(text), "a b c");
        assert!(matches!(WhiteSpace::Collapse.normalize(" a b "), Cow::Borrowed("a b")));
        assert_eq!(WhiteSpace::Collapse.normalize("a\u{a0} b"), "a\u{a0} b");
    }
}
