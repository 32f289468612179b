//! A fault found in what people write for Sluse: configuration, contracts, adapters, waivers.

use crate::{Code, Severity};
use serde::Serialize;
use std::fmt;

/// One fault, with its place and what to do about it.
///
/// Printed as `file:line:column code sentence`, with the hint on a line of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file, relative to the folder that was checked.
    pub file: String,
    /// Line, from 1; 0 where the fault is about the file as a whole.
    pub line: u32,
    /// Column in characters, from 1; 0 where the fault is about the file as a whole.
    pub column: u32,
    /// The stable code, with a page of its own.
    pub code: Code,
    /// Error: not served. Warning: served.
    pub severity: Severity,
    /// What is wrong, one sentence.
    #[serde(rename = "message")]
    pub sentence: String,
    /// How to put it right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Finding {
    /// A fault in the file as a whole.
    pub fn in_file(file: impl Into<String>, code: Code, sentence: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: 0,
            column: 0,
            code,
            severity: Severity::Error,
            sentence: sentence.into(),
            hint: None,
        }
    }

    /// Adds line and column, both from 1.
    #[must_use]
    pub fn at(mut self, line: u32, column: u32) -> Self {
        self.line = line;
        self.column = column;
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Makes it a warning: the configuration is served all the same.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Whether the configuration cannot be served with it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        write!(f, " {} ", self.code)?;
        if self.severity != Severity::Error {
            f.write_str("warning: ")?;
        }
        f.write_str(&self.sentence)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}
