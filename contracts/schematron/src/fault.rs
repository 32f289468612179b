//! What is wrong with a rule set, with its place.

use std::fmt;

/// The kind of a fault in a rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleSetFaultKind {
    /// A file is not well-formed, or no Schematron schema.
    Broken,
    /// A file that is included is not there.
    FileMissing,
    /// A reference leads outside of the files given.
    ReferenceOutside,
    /// An expression cannot be compiled.
    Expression,
    /// Something that is not supported.
    Unsupported,
    /// A rule extends a rule that does not exist: a warning, what is there is judged.
    ExtendsMissing,
    /// A prefix has no namespace.
    NamespaceMissing,
    /// A reference to a phase, abstract pattern or diagnostic leads nowhere.
    ReferenceMissing,
    /// A phase names a pattern that does not exist: a warning, the others are judged.
    PhasePatternMissing,
    /// An attribute that Schematron has not, or an element where it says nothing: a warning, the rest is judged.
    SaysNothing,
    /// The rule set takes more steps to compile than the limit.
    OverBudget,
}

/// A fault in a rule set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSetFault {
    /// The file, as the caller named it.
    pub file: String,
    /// Line, from 1; 0 for the file as a whole.
    pub line: u32,
    /// Column in characters, from 1; 0 for the file as a whole.
    pub column: u32,
    /// The kind.
    pub kind: RuleSetFaultKind,
    /// What is wrong, one sentence.
    pub sentence: String,
}

impl RuleSetFault {
    /// Whether the rule set is used all the same.
    pub fn is_warning(&self) -> bool {
        matches!(
            self.kind,
            RuleSetFaultKind::ExtendsMissing
                | RuleSetFaultKind::PhasePatternMissing
                | RuleSetFaultKind::SaysNothing
        )
    }
}

impl fmt::Display for RuleSetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{} {}", self.file, self.line, self.column, self.sentence)
    }
}
