//! Text, filled up to its field's width.

use super::Wrong;

/// At which end a text begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Filled up at its end.
    #[default]
    Left,
    /// Filled up at its start.
    Right,
}

/// How a text is filled up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// At which end the text begins.
    pub align: Align,
    /// What fills it up, where something does.
    pub pad: Option<char>,
}

impl Default for Form {
    fn default() -> Self {
        Self { align: Align::Left, pad: Some(' ') }
    }
}

impl Form {
    /// The text without what fills it up.
    pub(super) fn read<'a>(&self, raw: &'a str) -> &'a str {
        match (self.align, self.pad) {
            (_, None) => raw,
            // The common case, at the speed of bytes.
            (Align::Left, Some(pad)) if pad.is_ascii() => {
                let is_pad = |byte: &u8| char::from(*byte) == pad;
                let n_pad = raw.as_bytes().iter().rev().take_while(|byte| is_pad(byte)).count();
                raw.get(..raw.len() - n_pad).unwrap_or(raw)
            }
            (Align::Left, Some(pad)) => raw.trim_end_matches(pad),
            (Align::Right, Some(pad)) => raw.trim_start_matches(pad),
        }
    }

    pub(super) fn write(
        &self,
        value: &str,
        width: Option<usize>,
        raw: &mut String,
    ) -> Result<(), Wrong> {
        if self.read(value).len() != value.len() {
            return Err(Wrong::fit("the value ends in what fills the field up, and would lose it"));
        }
        let Some(width) = width else {
            raw.push_str(value);
            return Ok(());
        };
        let n_pad = width
            .checked_sub(value.chars().count())
            .ok_or(Wrong::fit("the value is longer than the field"))?;
        let pad = std::iter::repeat_n(self.pad.unwrap_or(' '), n_pad);
        match self.align {
            Align::Left => {
                raw.push_str(value);
                raw.extend(pad);
            }
            Align::Right => {
                raw.extend(pad);
                raw.push_str(value);
            }
        }
        Ok(())
    }
}
