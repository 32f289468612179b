//! Bytes of JSON to tokens, in pieces of any length.
//!
//! A token is read once all of it is there; what tokens are is decided by the same code as for whole documents.

use crate::{fault::Fault, tree::Place};
use memchr::{memchr, memchr3};
use sluse_contracts::{Code, code, payload::JsonLexer, payload::Limits};
use std::{borrow::Cow, fmt};

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    BeginObject,
    EndObject,
    BeginList,
    EndList,
    Colon,
    Comma,
    /// Its text is [`Tokens::text`].
    String,
    /// Its digits are [`Tokens::text`].
    Number,
    True,
    False,
    Null,
}

/// What comes next.
pub(super) enum Next {
    Token(Token, Place),
    /// All that was fed is read.
    Hungry,
    End(Place),
}

/// Reads tokens.
pub(super) struct Tokens {
    bytes: Vec<u8>,
    /// Up to where `bytes` is read.
    at: usize,
    /// Up to where a text that goes on has been looked through.
    looked: usize,
    /// Bytes of the message before `bytes`.
    before: u64,
    line: u32,
    text: String,
    has_begun: bool,
    has_ended: bool,
    string_bytes_max: usize,
    number_bytes_max: usize,
}

/// The longest of `true`, `false` and `null`.
const WORD_BYTES_MAX: usize = 5;
const MARK: &[u8] = b"\xef\xbb\xbf";

impl Tokens {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            bytes: Vec::new(),
            at: 0,
            looked: 0,
            before: 0,
            line: 1,
            text: String::new(),
            has_begun: false,
            has_ended: false,
            string_bytes_max: limits.tree_bytes_max,
            number_bytes_max: limits.number_bytes_max,
        }
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        if self.at > 0 {
            self.bytes.drain(..self.at);
            self.before += self.at as u64;
            self.looked = self.looked.saturating_sub(self.at);
            self.at = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn finish(&mut self) {
        self.has_ended = true;
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.bytes.capacity() + self.text.capacity()
    }

    /// What the last string or number says.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where the next byte stands.
    pub(super) fn place(&self) -> Place {
        Place { offset: self.before + self.at as u64, line: self.line, record: 0 }
    }

    pub(super) fn next(&mut self) -> Result<Next, Fault> {
        if !self.has_begun && !self.begin()? {
            return Ok(Next::Hungry);
        }
        self.pass_space();
        let place = self.place();
        let Some(first) = self.bytes.get(self.at) else {
            return Ok(if self.has_ended { Next::End(place) } else { Next::Hungry });
        };
        let mark = match first {
            b'{' => Token::BeginObject,
            b'}' => Token::EndObject,
            b'[' => Token::BeginList,
            b']' => Token::EndList,
            b':' => Token::Colon,
            b',' => Token::Comma,
            b'"' => return self.string(place),
            b'-' | b'0'..=b'9' => return self.number(place),
            _ => return self.word(place),
        };
        self.at += 1;
        Ok(Next::Token(mark, place))
    }

    /// Passes the rest of the line; false where it goes on.
    pub(super) fn pass_line(&mut self) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let end = memchr(b'\n', rest);
        self.at += end.map_or(rest.len(), |end| end + 1);
        self.looked = self.at;
        self.line = self.line.saturating_add(u32::from(end.is_some()));
        end.is_some() || self.has_ended
    }

    /// Passes a byte order mark, once there are enough bytes to know; false where there are not. Other encodings are
    /// refused.
    fn begin(&mut self) -> Result<bool, Fault> {
        if self.bytes.len() < 4 && !self.has_ended {
            return Ok(false);
        }
        self.has_begun = true;
        if matches!(&*self.bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, ..] | [_, 0, ..]) {
            let sentence = "the text is UTF-16 or UTF-32; JSON is exchanged as UTF-8";
            return Err(Fault::new(code::ENCODING, sentence, self.place()).of_message());
        }
        if self.bytes.starts_with(MARK) {
            self.at = MARK.len();
        }
        Ok(true)
    }

    fn pass_space(&mut self) {
        while let Some(byte @ (b' ' | b'\n' | b'\t' | b'\r')) = self.bytes.get(self.at) {
            self.line = self.line.saturating_add(u32::from(*byte == b'\n'));
            self.at += 1;
        }
        self.looked = self.looked.max(self.at);
    }

    fn string(&mut self, place: Place) -> Result<Next, Fault> {
        let Some(end) = self.string_end() else {
            if self.bytes.len() - self.at > self.string_bytes_max {
                let sentence = "the document takes more memory than the limit";
                return Err(Fault::new(code::TREE_TOO_LARGE, sentence, place));
            }
            return self.cut_off(place, "a string does not end");
        };
        let bytes = self.bytes.get(self.at..end).unwrap_or_default();
        let text = std::str::from_utf8(bytes).map_err(|fault| {
            let offset = place.offset + fault.valid_up_to() as u64;
            let place = Place { offset, ..place };
            Fault::new(code::ENCODING, "the bytes are not UTF-8", place)
        })?;
        let mut lexer = JsonLexer::new(text);
        let found = lexer.string();
        let found = found.map_err(|rule| ill_formed(rule, place, lexer.offset()))?;
        self.text.clear();
        self.text.push_str(&found);
        self.at = end;
        self.looked = end;
        Ok(Next::Token(Token::String, place))
    }

    /// One past the closing quotation mark, or past a line end.
    fn string_end(&mut self) -> Option<usize> {
        let mut at = self.looked.max(self.at + 1);
        loop {
            let rest = self.bytes.get(at..)?;
            let Some(found) = memchr3(b'"', b'\\', b'\n', rest) else {
                self.looked = self.bytes.len();
                return None;
            };
            at += found;
            // No string has a line end: what is wrong with it is told by who reads it.
            if self.bytes.get(at) != Some(&b'\\') {
                return Some(at + 1);
            }
            // An escape that is cut off is looked at again.
            self.looked = at;
            self.bytes.get(at + 1)?;
            at += 2;
        }
    }

    fn number(&mut self, place: Place) -> Result<Next, Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let of_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let end = rest.iter().position(|byte| !of_number(byte));
        if end.unwrap_or(rest.len()) > self.number_bytes_max {
            let sentence = "a number is longer than the limit";
            return Err(Fault::new(code::NUMBER_TOO_LONG, sentence, place));
        }
        let Some(end) = end.or(self.has_ended.then_some(rest.len())) else {
            return Ok(Next::Hungry);
        };
        let digits = std::str::from_utf8(rest.get(..end).unwrap_or_default()).unwrap_or_default();
        let mut lexer = JsonLexer::new(digits);
        let found = lexer.number();
        let found = found.map_err(|rule| ill_formed(rule, place, lexer.offset()))?;
        self.text.clear();
        self.text.push_str(found);
        // What follows is told as what it is.
        self.at += found.len();
        Ok(Next::Token(Token::Number, place))
    }

    fn word(&mut self, place: Place) -> Result<Next, Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let words = [("true", Token::True), ("false", Token::False), ("null", Token::Null)];
        if let Some((word, token)) =
            words.iter().find(|(word, _)| rest.starts_with(word.as_bytes()))
        {
            self.at += word.len();
            return Ok(Next::Token(*token, place));
        }
        let may_come = words.iter().any(|(word, _)| word.as_bytes().starts_with(rest));
        if may_come && rest.len() < WORD_BYTES_MAX {
            return self.cut_off(place, "expected a value");
        }
        Err(ill_formed("expected a value", place, 0))
    }

    /// A token that goes on in bytes that are to come, or never.
    fn cut_off(&self, place: Place, rule: &'static str) -> Result<Next, Fault> {
        match self.has_ended {
            true => Err(ill_formed(rule, place, 0)),
            false => Ok(Next::Hungry),
        }
    }
}

/// A rule of JSON that is broken so many bytes behind a place.
pub(super) fn ill_formed(rule: impl Into<Cow<'static, str>>, place: Place, after: usize) -> Fault {
    let place = Place { offset: place.offset + after as u64, ..place };
    coded(code::JSON_NOT_WELL_FORMED, rule, place)
}

pub(super) fn coded(code: Code, sentence: impl Into<Cow<'static, str>>, place: Place) -> Fault {
    Fault::new(code, sentence, place)
}

impl fmt::Debug for Tokens {
    /// Never what the message says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({} bytes)", self.bytes.len())
    }
}
