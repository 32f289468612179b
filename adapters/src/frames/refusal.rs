//! What a program says where it cannot translate a message: a word, and a place.

use std::fmt;

/// Most bytes of a word, and of a field.
const WORD_BYTES_MAX: usize = 100;
const FIELD_BYTES_MAX: usize = 500;

/// Why a program cannot translate a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal<'b> {
    /// A word that the adapter declares with its sentence: small letters, digits and `-`.
    pub word: &'b str,
    /// Bytes of the message before what is wrong.
    pub offset: Option<u64>,
    /// Where it stands: names with `/` between them.
    pub field: Option<&'b str>,
}

impl<'b> Refusal<'b> {
    /// Reads `word`, `word offset` or `word offset field`; nothing where it is none of them.
    pub(super) fn read(text: &'b str) -> Option<Self> {
        let mut parts = text.splitn(3, ' ');
        let word = parts.next().filter(|word| is_word(word))?;
        let offset = parts
            .next()
            .map(|digits| digits.parse::<u64>().ok())
            .map_or(Some(None), |read| read.map(Some))?;
        let field = match parts.next() {
            Some(field) if is_field(field) => Some(field),
            Some(_) => return None,
            None => None,
        };
        Some(Self { word, offset, field })
    }
}

/// Whether it is a word that an adapter may declare.
pub(crate) fn is_word(word: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !word.is_empty() && word.len() <= WORD_BYTES_MAX && word.bytes().all(fits)
}

fn is_field(field: &str) -> bool {
    let fits =
        |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/' | '@' | '[' | ']');
    !field.is_empty() && field.len() <= FIELD_BYTES_MAX && field.chars().all(fits)
}

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word)?;
        let Some(offset) = self.offset else { return Ok(()) };
        write!(f, " {offset}")?;
        match self.field {
            Some(field) => write!(f, " {field}"),
            None => Ok(()),
        }
    }
}
