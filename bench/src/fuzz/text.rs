//! Changes that know nothing of what a text means: its marks, its bytes, its encoding, its depth.

use crate::mutants::Chance;

/// What markup is made of: put in where bytes alone would seldom meet.
const PIECES: &[&str] = &[
    "<",
    ">",
    "/>",
    "</",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "&",
    ";",
    "&#x0;",
    "&#xD800;",
    "&#1114112;",
    "&lt;",
    "&unknown;",
    "'",
    "\"",
    "=",
    ":",
    " xmlns=''",
    " xmlns:a=''",
    " xmlns:xml='u'",
    " xmlns:a='http://www.w3.org/2000/xmlns/'",
    " a='1' a='1'",
    " xml:space='preserve'",
    " xsi:type='a:b'",
    "\r",
    "\n",
    "\u{feff}",
    "\u{fffe}",
    "\u{1d11e}",
    "\0",
    "\u{85}",
    "<!DOCTYPE a>",
    "<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;&b;'>]>",
    "<!DOCTYPE a SYSTEM 'http://example/a.dtd'>",
    "<?xml version='1.0' encoding='UTF-16'?>",
    "<?xml version='1.1'?>",
    "<?xml-stylesheet href='a'?>",
];

/// Bytes that a repeated mark may have together.
const REPEATED_BYTES_MAX: usize = 2 << 20;

/// Cuts a text into tags and what stands between them.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = if rest.starts_with('<') {
            rest.find('>').map(|at| at + 1)
        } else {
            rest.find('<').filter(|at| *at > 0)
        };
        let (token, after) = rest.split_at(end.unwrap_or(rest.len()));
        tokens.push(token);
        rest = after;
    }
    tokens
}

/// Changes one to three marks of a text.
pub(super) fn marks(text: &str, chance: &mut Chance) -> (&'static str, String) {
    let mut all: Vec<String> = tokens(text).into_iter().map(str::to_owned).collect();
    let mut done = "nothing";
    for _ in 0..=chance.below(3) {
        let (at, other) = (chance.below(all.len()), chance.below(all.len()));
        if all.is_empty() {
            break;
        }
        match chance.below(6) {
            0 => {
                all.remove(at);
                done = "left out";
            }
            1 => {
                all.swap(at, other);
                done = "exchanged";
            }
            2 => {
                if let Some(token) = all.get(other).cloned() {
                    all.insert(at, token);
                }
                done = "copied";
            }
            3 => {
                let token = all.get(at).cloned().unwrap_or_default();
                let times = chance.below(2_000).min(REPEATED_BYTES_MAX / token.len().max(1));
                all.insert(at, token.repeat(times));
                done = "repeated";
            }
            4 => {
                let piece = chance.pick(PIECES).copied().unwrap_or_default();
                all.insert(at, piece.to_owned());
                done = "put between";
            }
            _ => {
                let piece = chance.pick(PIECES).copied().unwrap_or_default();
                if let Some(token) = all.get_mut(at) {
                    let places: Vec<usize> = token.char_indices().map(|(at, _)| at).collect();
                    token.insert_str(chance.pick(&places).copied().unwrap_or(0), piece);
                }
                done = "put into";
            }
        }
    }
    (done, all.concat())
}

/// Changes a few bytes.
pub(super) fn bytes(bytes: &mut Vec<u8>, chance: &mut Chance) -> &'static str {
    let mut done = "nothing";
    for _ in 0..=chance.below(4) {
        if bytes.is_empty() {
            break;
        }
        let at = chance.below(bytes.len());
        let end = (at + chance.below(9)).min(bytes.len());
        done = match chance.below(7) {
            0 => {
                bytes.drain(at..end);
                "left out"
            }
            1 if chance.one_in(4) => {
                bytes.truncate(at);
                "cut off"
            }
            2 => {
                let copy: Vec<u8> = bytes.iter().skip(at).take(end - at).copied().collect();
                let to = chance.below(bytes.len());
                bytes.splice(to..to, copy);
                "copied"
            }
            3 => {
                let new = chance.next().to_le_bytes()[0];
                bytes.get_mut(at).into_iter().for_each(|byte| *byte = new);
                "other"
            }
            4 => {
                let bit = 1 << chance.below(8);
                bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= bit);
                "a bit"
            }
            5 => {
                // A letter for a letter: what is made of it is often still XML.
                let new = b'a' + u8::try_from(chance.below(26)).unwrap_or(0);
                let letters = bytes.iter_mut().skip(at).find(|byte| byte.is_ascii_alphanumeric());
                letters.into_iter().for_each(|byte| *byte = new);
                "a letter"
            }
            _ => {
                let piece = chance.pick(PIECES).copied().unwrap_or_default();
                bytes.splice(at..at, piece.bytes());
                "put between"
            }
        };
    }
    done
}

/// The text in another encoding, which it states, hides or lies about.
pub(super) fn recoded(text: &str, chance: &mut Chance) -> (&'static str, Vec<u8>) {
    let wide = |order: fn(u16) -> [u8; 2], mark: bool| -> Vec<u8> {
        let mark = mark.then_some(0xfeff);
        mark.into_iter().chain(text.encode_utf16()).flat_map(order).collect()
    };
    let narrow = |name: &str| -> Vec<u8> {
        let head = format!("<?xml version='1.0' encoding='{name}'?>").into_bytes();
        let signs = text.chars().map(|sign| u8::try_from(u32::from(sign)).unwrap_or(b'?'));
        head.into_iter().chain(signs).collect()
    };
    match chance.below(8) {
        0 => ("UTF-16, little end first", wide(u16::to_le_bytes, true)),
        1 => ("UTF-16, big end first", wide(u16::to_be_bytes, true)),
        2 => ("UTF-16 without a mark", wide(u16::to_le_bytes, false)),
        3 => ("UTF-8 with a mark", format!("\u{feff}{text}").into_bytes()),
        4 => ("ISO-8859-1", narrow("ISO-8859-1")),
        5 => ("windows-1252", narrow("windows-1252")),
        6 => ("one that nobody knows", narrow("x-unknown")),
        _ => ("another than it states", narrow("UTF-8")),
    }
}

/// Elements within each other, around one of its tags.
pub(super) fn deep(text: &str, chance: &mut Chance) -> String {
    let mut all: Vec<String> = tokens(text).into_iter().map(str::to_owned).collect();
    let depth = *chance.pick(&[10, 500, 990, 1_100, 20_000, 200_000]).unwrap_or(&10);
    let tags: Vec<usize> = (1..all.len())
        .filter(|at| all.get(*at).is_some_and(|tag| tag.starts_with('<') && !tag.ends_with("/>")))
        .collect();
    let at = chance.pick(&tags).copied().unwrap_or(0);
    let name = chance.pick(&["x", "same"]).copied().unwrap_or("x");
    let (name, extra) = match all.get(at).and_then(|tag| tag.strip_prefix('<')) {
        Some(tag) if name == "same" && !tag.starts_with(['/', '?', '!']) => {
            let end = tag.find([' ', '>']).unwrap_or(tag.len());
            (tag.get(..end).unwrap_or("x").to_owned(), "")
        }
        _ => ("x".to_owned(), " xmlns:q='urn:q'"),
    };
    let open = format!("<{name}{extra}>").repeat(depth);
    let close = if chance.one_in(4) { String::new() } else { format!("</{name}>").repeat(depth) };
    all.insert(at, open + &close);
    all.concat()
}
