//! Where in the files a thing stands, for faults that are found after reading.

use sluse_contracts::{Code, Finding, settings::Place};
use std::{fmt, sync::Arc};

/// A file and a place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file, relative to the configuration folder.
    pub file: Arc<str>,
    /// The place.
    pub place: Place,
}

impl Origin {
    /// A place in a file.
    pub fn new(file: impl Into<Arc<str>>, place: Place) -> Self {
        Self { file: file.into(), place }
    }

    /// A fault at this place.
    pub fn finding(&self, code: Code, sentence: impl Into<String>) -> Finding {
        Finding::in_file(&*self.file, code, sentence).at(self.place.line, self.place.column)
    }
}

impl fmt::Display for Origin {
    /// `file:line`, as explanations name a place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.place.line)
    }
}
