//! Drafts: what a description might look like, found from a sample of what a system writes.
//!
//! A draft is where a person begins, not where one ends. It is written as a description with a comment, `# ?`, at each
//! place where the sample leaves something open; it reads its own sample, and what the sample does not show it cannot
//! know. Nothing here runs when messages are exchanged.

mod edifact;
mod fixed;
mod rows;
mod set;
mod verify;

use std::fmt;

/// Longest sample.
pub const SAMPLE_BYTES_MAX: usize = 16 << 20;

/// How a comment begins that marks a doubtful place.
pub const DOUBT: &str = "# ?";

/// A description that somebody may begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The format.
    pub format: &'static str,
    /// The description, with comments at doubtful places.
    pub description: String,
    /// How many doubtful places there are.
    pub n_doubts: usize,
    /// Why the sample is not read by it as a whole: the first fault.
    pub unread: Option<String>,
}

/// What the person who asks knows already.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known {
    /// The format.
    pub format: Option<DraftFormat>,
    /// Characters of each record, where records have no line ends.
    pub record_length: Option<usize>,
}

/// A format of which a draft can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftFormat {
    /// Rows of cells.
    Csv,
    /// An interchange.
    Edifact,
    /// Records of fixed width.
    Fixed,
}

/// Why no draft can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoDraft {
    /// There is nothing to look at.
    #[error("the sample is empty")]
    Empty,
    /// There is too much.
    #[error(
        "the sample is longer than {SAMPLE_BYTES_MAX} bytes: a part of it will do, cut at the end of a record"
    )]
    TooLong,
    /// It is XML or JSON, which say themselves what they hold.
    #[error("the sample is XML or JSON: it needs no description of fields")]
    SaysItself,
    /// It is none of the formats.
    #[error(
        "no records can be told apart in the sample; where they have no line ends, say how long they are"
    )]
    Unknown,
    /// It is not of the format that was said.
    #[error("the sample is not of this format")]
    Otherwise,
}

/// Makes a draft of a sample.
///
/// # Errors
/// Where nothing can be made of it.
pub fn of(sample: &[u8], known: Known) -> Result<Draft, NoDraft> {
    if sample.iter().all(u8::is_ascii_whitespace) {
        return Err(NoDraft::Empty);
    }
    if sample.len() > SAMPLE_BYTES_MAX {
        return Err(NoDraft::TooLong);
    }
    let format = match known.format {
        Some(format) => format,
        None if edifact::is_one(sample) => DraftFormat::Edifact,
        None if says_itself(sample) => return Err(NoDraft::SaysItself),
        None if known.record_length.is_none() && rows::is_one(sample) => DraftFormat::Csv,
        None => DraftFormat::Fixed,
    };
    let candidates = match format {
        DraftFormat::Csv => rows::drafts(sample).ok_or(NoDraft::Otherwise)?,
        DraftFormat::Edifact => edifact::drafts(sample).ok_or(NoDraft::Otherwise)?,
        DraftFormat::Fixed => fixed::drafts(sample, known.record_length).ok_or(NoDraft::Unknown)?,
    };
    verify::first_that_reads(format, candidates, sample).ok_or(NoDraft::Unknown)
}

/// Whether it begins as XML or JSON do.
fn says_itself(sample: &[u8]) -> bool {
    let bytes = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample).trim_ascii_start();
    match bytes.first() {
        Some(b'<') => {
            bytes.get(1).is_some_and(|next| next.is_ascii_alphabetic() || b"?!".contains(next))
        }
        Some(b'{') => bytes.get(1..).is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\"")),
        Some(b'[') => bytes.get(1..).is_some_and(|rest| {
            rest.trim_ascii_start().first().is_some_and(|next| b"{[\"".contains(next))
        }),
        _ => false,
    }
}

impl DraftFormat {
    /// As descriptions write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Edifact => "edifact",
            Self::Fixed => "fixed",
        }
    }
}

impl fmt::Display for DraftFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A name for a field that a person would have chosen, of letters and digits.
fn name_of(text: &str) -> String {
    let mut name = String::new();
    for c in text.trim().chars().take(60) {
        match c {
            c if c.is_alphanumeric() => name.extend(c.to_lowercase()),
            _ if name.is_empty() || name.ends_with('-') => {}
            _ => name.push('-'),
        }
    }
    name.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests;
