//! The tokens of JSON (RFC 8259): read for the tree, and names again where places are asked for.

use std::borrow::Cow;

/// Why a text is not JSON. Says the rule, never the text.
pub(super) type Rule = &'static str;

/// A reader over a text, at a byte offset.
#[derive(Debug)]
pub struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
}

impl<'t> Lexer<'t> {
    /// A reader at the beginning of a text.
    pub fn new(text: &'t str) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0 }
    }

    /// The offset of the next byte.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// The next byte that is no white space; stays before it.
    pub fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\t' | b'\r') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    /// Passes the next byte that is no white space where it is this one.
    pub fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// A string, from its opening quotation mark.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn string(&mut self) -> Result<Cow<'t, str>, &'static str> {
        if !self.take(b'"') {
            return Err("expected a string");
        }
        let start = self.at;
        self.pass_plain();
        if self.bytes.get(self.at) == Some(&b'"') {
            let plain = self.slice(start);
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        let mut decoded = self.slice(start).to_owned();
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(decoded));
                }
                Some(b'\\') => decoded.push(self.escape()?),
                Some(_) => return Err("a control character stands in a string"),
                None => return Err("a string does not end"),
            }
            let start = self.at;
            self.pass_plain();
            decoded.push_str(self.slice(start));
        }
    }

    /// A number, as written.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn number(&mut self) -> Result<&'t str, &'static str> {
        let start = self.at;
        self.pass_byte(b"-");
        match self.bytes.get(self.at) {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => {
                self.pass_digits();
            }
            _ => return Err("a number begins with a digit"),
        }
        if self.pass_byte(b".") && !self.pass_digits() {
            return Err("digits follow a decimal point");
        }
        if self.pass_byte(b"eE") {
            self.pass_byte(b"+-");
            if !self.pass_digits() {
                return Err("digits follow an exponent");
            }
        }
        Ok(self.slice(start))
    }

    /// Passes a word such as `true` where it stands here.
    pub fn word(&mut self, word: &str) -> bool {
        let rest = self.bytes.get(self.at..);
        let found = rest.is_some_and(|rest| rest.starts_with(word.as_bytes()));
        if found {
            self.at += word.len();
        }
        found
    }

    fn slice(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn pass_plain(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let (eights, few) = rest.as_chunks::<8>();
        for eight in eights {
            let found = not_plain(u64::from_le_bytes(*eight));
            if found != 0 {
                self.at += found.trailing_zeros() as usize / 8;
                return;
            }
            self.at += 8;
        }
        let plain = few.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
        self.at += plain.unwrap_or(few.len());
    }

    fn pass_byte(&mut self, any: &[u8]) -> bool {
        let found = self.bytes.get(self.at).is_some_and(|byte| any.contains(byte));
        self.at += usize::from(found);
        found
    }

    fn pass_digits(&mut self) -> bool {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        self.at > start
    }

    fn escape(&mut self) -> Result<char, Rule> {
        self.at += 1;
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        Ok(match byte {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err("no such escape in a string"),
        })
    }

    /// After `\u`: four hexadecimal digits, twice for a surrogate pair.
    fn unicode_escape(&mut self) -> Result<char, Rule> {
        let half = "an escape is half of a surrogate pair";
        let first = self.hex4()?;
        if !(0xd800..0xe000).contains(&first) {
            return char::from_u32(first).ok_or(half);
        }
        if first >= 0xdc00 || !self.word("\\u") {
            return Err(half);
        }
        let second = self.hex4()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(half);
        }
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or(half)
    }

    fn hex4(&mut self) -> Result<u32, Rule> {
        let digits = self.bytes.get(self.at..self.at + 4);
        let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let text = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        self.at += 4;
        text.and_then(|text| u32::from_str_radix(text, 16).ok())
            .ok_or("four hexadecimal digits follow \\u")
    }
}

/// Marks, in eight bytes of a text, the highest bit of each that ends what is plain in a string: a quotation mark, a
/// backslash, a control character. Above the lowest mark others may be wrong.
fn not_plain(eight: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let below = |word: u64, bound: u8| word.wrapping_sub(ONES * u64::from(bound)) & !word;
    let is = |byte: u8| below(eight ^ (ONES * u64::from(byte)), 1);
    (is(b'"') | is(b'\\') | below(eight, 0x20)) & HIGH
}
