//! Which characters make a name (XML 1.0 fifth edition, section 2.3; Namespaces in XML 1.0, section 4).

/// White space, production 3.
pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Production 2: characters that a document may hold at all.
pub(crate) fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Offset of the first character that XML does not allow.
pub fn first_forbidden(text: &str) -> Option<usize> {
    let control = |byte: &u8| *byte < 0x20 && !is_space(*byte);
    let bytes = text.as_bytes();
    // Whole blocks first, without a branch for each byte.
    let mut from = 0;
    for block in bytes.chunks(256) {
        let suspect = block.iter().fold(false, |any, byte| any | control(byte) | (*byte == 0xEF));
        if suspect && let Some(at) = first_in_block(bytes, from, block) {
            return Some(at);
        }
        from += block.len();
    }
    None
}

fn first_in_block(bytes: &[u8], from: usize, block: &[u8]) -> Option<usize> {
    block.iter().enumerate().find_map(|(at, byte)| {
        let at = from + at;
        let tail = || bytes.get(at + 1..at + 3);
        let noncharacter = *byte == 0xEF && matches!(tail(), Some([0xBF, 0xBE | 0xBF]));
        (noncharacter || (*byte < 0x20 && !is_space(*byte))).then_some(at)
    })
}

fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | 'a'..='z' | '_'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// What an ASCII character is in names: bit 0 a name character or colon, bit 1 one that may begin a name, bit 2 a
/// name character.
const ASCII: [u8; 256] = {
    let mut table = [0; 256];
    let mut at = 0_u8;
    while at < 128 {
        let begins = at.is_ascii_alphabetic() || at == b'_';
        let goes_on = begins || at.is_ascii_digit() || matches!(at, b'-' | b'.' | b':');
        #[expect(clippy::indexing_slicing, reason = "the loop ends at the array's length")]
        {
            table[at as usize] =
                goes_on as u8 | (begins as u8) << 1 | ((goes_on && at != b':') as u8) << 2;
        }
        at += 1;
    }
    table
};

/// Length of the longest beginning made of name characters in ASCII and colons.
#[inline]
pub(crate) fn name_bytes(text: &[u8]) -> usize {
    text.iter().position(|byte| in_ascii(*byte) == 0).unwrap_or(text.len())
}

#[inline]
fn in_ascii(byte: u8) -> u8 {
    ASCII.get(byte as usize).copied().unwrap_or(0)
}

/// Length in bytes of the longest beginning of `text` made of name characters and colons.
pub(crate) fn name_len(text: &str) -> usize {
    let ascii = name_bytes(text.as_bytes());
    match text.as_bytes().get(ascii) {
        Some(byte) if !byte.is_ascii() => {
            text.find(|c: char| c != ':' && !is_name_char(c)).unwrap_or(text.len())
        }
        _ => ascii,
    }
}

/// Whether `text` is a name without colon.
pub fn is_ncname(text: &str) -> bool {
    let Some(first) = text.bytes().next() else { return false };
    if in_ascii(first) & 2 != 0 && text.bytes().all(|byte| in_ascii(byte) != 0 && byte != b':') {
        return true;
    }
    let mut chars = text.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

/// Length of the longest beginning that is a name in ASCII without colon.
fn ncname_bytes(text: &[u8]) -> usize {
    if text.first().is_none_or(|first| in_ascii(*first) & 2 == 0) {
        return 0;
    }
    text.iter().position(|byte| in_ascii(*byte) & 4 == 0).unwrap_or(text.len())
}

/// Splits a qualified name, production 7 of Namespaces in XML, into prefix (may be empty) and local name.
pub(crate) fn split(name: &str) -> Option<(&str, &str)> {
    // In ASCII, as nearly all names are.
    let bytes = name.as_bytes();
    let prefix = ncname_bytes(bytes);
    match bytes.get(prefix..) {
        Some([]) if prefix > 0 => return Some(("", name)),
        Some([b':', local @ ..])
            if prefix > 0 && !local.is_empty() && ncname_bytes(local) == local.len() =>
        {
            return name.get(..prefix).zip(name.get(prefix + 1..));
        }
        _ => {}
    }
    match memchr::memchr(b':', name.as_bytes()) {
        None => is_ncname(name).then_some(("", name)),
        Some(_) => {
            let (prefix, local) = name.split_once(':')?;
            (is_ncname(prefix) && is_ncname(local)).then_some((prefix, local))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_qualified_names_and_nothing_else() {
        assert_eq!(split("a:b-1.x"), Some(("a", "b-1.x")));
        assert_eq!(split("øl"), Some(("", "øl")));
        for bad in ["", ":", ":a", "a:", "a:b:c", "1a", "a:1", "-a", "a b", "×", "a\u{2190}"] {
            assert_eq!(split(bad), None, "{bad}");
        }
        assert_eq!(name_len("aæ:b x"), 5);
        assert_eq!(name_len("a=1"), 1);
    }

    #[test]
    fn finds_the_first_forbidden_character() {
        let clean = "æ\u{FFFD}\u{FF01}\t\r\n".repeat(200);
        assert_eq!(first_forbidden(&clean), None);
        for bad in ["\0", "\u{1F}", "\u{FFFE}", "\u{FFFF}", "\u{B}"] {
            assert_eq!(first_forbidden(&format!("{clean}{bad}{bad}")), Some(clean.len()));
        }
    }
}
