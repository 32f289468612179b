//! Which nodes an expression can meet in documents of a known shape: for those who look for rules that never fire.
//!
//! Everything errs to the side of more. A step that is told as dead leads nowhere by the declarations alone: from
//! elements that the shape knows to a name of a namespace that it knows.

mod axes;
mod cover;
mod places;
mod walk;

pub use places::{Places, Shape};

use crate::match_pattern::ContextPattern;
use crate::program::{Builder, Root};
use walk::Walk;

/// Steps of looking at one rule set: elements looked at.
const STEPS_MAX: u64 = 200_000_000;
/// Declarations that a dead step names as those that it leads from.
const WITHIN_MAX: usize = 3;

/// A step that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeadStep {
    /// Namespace and local name that it asks for.
    pub name: (String, String),
    /// Whether it asks for an attribute.
    pub attribute: bool,
    /// The words that XPath has for the axis.
    pub axis: &'static str,
    /// Elements that it leads from, some of them; empty where it leads from the document or from anywhere.
    pub within: Vec<(String, String)>,
    /// Whether the shape declares no element of the name at all.
    pub undeclared: bool,
}

/// Looks at expressions that a [`Builder`] has compiled, before it is finished.
pub struct Reach<'r> {
    builder: &'r Builder,
    shape: &'r dyn Shape,
    around: axes::Around,
    steps_left: u64,
}

impl<'r> Reach<'r> {
    /// Looks at what this builder has compiled.
    pub fn new(builder: &'r Builder, shape: &'r dyn Shape) -> Self {
        Self { builder, shape, around: axes::Around::of(shape), steps_left: STEPS_MAX }
    }

    /// The nodes that a rule's context can meet, and its dead steps.
    pub fn context(&mut self, pattern: &ContextPattern) -> (Places, Vec<DeadStep>) {
        let mut walk = Walk::new(&self.builder.program, self.shape, &self.around, self.steps_left);
        let places = walk.pattern(pattern);
        self.steps_left = walk.steps_left;
        (places, walk.into_dead())
    }

    /// The dead steps of an expression that is evaluated at these nodes.
    pub fn expression(&mut self, root: Root, places: &Places) -> Vec<DeadStep> {
        let mut walk = Walk::new(&self.builder.program, self.shape, &self.around, self.steps_left);
        walk.at(root, places);
        self.steps_left = walk.steps_left;
        walk.into_dead()
    }

    /// The document's root, where what belongs to no rule is evaluated.
    pub fn document(&self) -> Places {
        Places::document(self.shape.count())
    }
}

impl std::fmt::Debug for Reach<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reach")
    }
}

#[cfg(test)]
mod tests;
