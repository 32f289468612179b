//! Why a schema cannot be used, and what is found in a document.

use std::sync::Arc;

/// A fault of a schema, in words of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaFault {
    /// The path of the document.
    pub file: String,
    /// Line, from 1; 0 where it is not known.
    pub line: u32,
    /// Column in characters, from 1; 0 where it is not known.
    pub column: u32,
    /// The constraint of the recommendation that is broken, such as `cos-nonambig`; empty where none is.
    pub constraint: String,
    /// One sentence.
    pub sentence: String,
    /// Whether it is a limit that was reached, rather than a rule that is broken.
    pub over_budget: bool,
}

impl SchemaFault {
    /// A fault of a schema as a whole.
    pub(crate) fn of(entries: &[&str], sentence: &str) -> Self {
        Self {
            file: entries.first().copied().unwrap_or_default().to_owned(),
            line: 0,
            column: 0,
            constraint: String::new(),
            sentence: sentence.to_owned(),
            over_budget: false,
        }
    }
}

/// What is said where a limit is reached: its name, which the manual and the code's page have, and its value.
pub(crate) fn beyond(what: &str, limit: &str, most: u64) -> String {
    format!("{what}: the limit {limit} is {most}")
}

/// A fault of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The constraint of the recommendation, such as `cvc-complex-type.2.4.a`.
    pub constraint: &'static str,
    /// One sentence in words of the schema.
    pub sentence: String,
    /// Where, as an XPath with the document's prefixes; names that the schema has not are `*`.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// The declaration of the element: `schemas/a.xsd#/Name`.
    pub declared_in: Option<Arc<str>>,
    /// The value at fault, where it was asked for.
    pub value: Option<String>,
}

/// What is asked of judging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Whether values and names of the document may be shown: for a person's own file alone.
    pub show_values: bool,
    /// After how many violations to stop.
    pub violations_max: usize,
}

/// How much work a schema may be to compile. None of these depends on the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Particles of all content models together, groups and base types written out.
    pub particles_max: usize,
    /// Particles of one content model, groups, base types and small numeric bounds written out, and whatever else
    /// is repeated twice.
    pub model_particles_max: usize,
    /// Steps of telling apart what may follow what in all content models together, and as many of gathering what may
    /// stand for their elements.
    pub follow_steps_max: u64,
    /// Steps of telling whether content models restrict those of their bases, all together.
    pub restriction_steps_max: u64,
    /// States and edges of all automata together.
    pub edges_max: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            particles_max: 500_000,
            model_particles_max: 40_000,
            follow_steps_max: 7_000_000,
            restriction_steps_max: 5_000_000,
            edges_max: 2_000_000,
        }
    }
}
