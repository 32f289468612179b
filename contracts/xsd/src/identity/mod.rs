//! Identity constraints: unique, key and keyref (XML Schema Part 1, section 3.11).
//!
//! They are checked along the same pass as all else: a path is a row of bits that moves on with each
//! element, and the values found go into hash tables, so that a million entries take linear time.

mod scopes;
mod tables;

pub(crate) use scopes::{Found, Scopes, Shape};
pub(crate) use tables::{Fingerprint, Fingerprints};

use crate::names::Known;

/// Most steps of one path: a path's progress is a row of as many bits.
pub(crate) const STEPS_MAX: usize = 60;

/// Which of the three it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Unique,
    Key,
    Keyref,
}

/// An identity constraint.
#[derive(Debug)]
pub(crate) struct Constraint {
    pub(crate) kind: Kind,
    pub(crate) name: Box<str>,
    pub(crate) selector: Box<[Path]>,
    pub(crate) fields: Box<[Box<[Path]>]>,
    /// What a keyref refers to, an index into the constraints.
    pub(crate) refers_to: u32,
}

/// A path of the restricted XPath.
#[derive(Debug)]
pub(crate) struct Path {
    /// Whether it begins with `.//`.
    pub(crate) below: bool,
    pub(crate) steps: Vec<Test>,
    pub(crate) attribute: Option<Test>,
}

/// A test of a name.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Test {
    Any,
    Namespace(u32),
    Name(u32),
}

impl Test {
    fn meets(self, name: Known) -> bool {
        match self {
            Self::Any => true,
            Self::Namespace(namespace) => namespace == name.namespace,
            Self::Name(symbol) => symbol == name.symbol,
        }
    }
}

/// How far a path has come: bit `n` says that `n` steps are done.
#[derive(Debug, Clone, Copy, Default)]
struct Progress(u64);

impl Progress {
    const BEGUN: Self = Self(1);

    /// Goes on to a child.
    fn step(self, path: &Path, name: Known) -> Self {
        let mut next = if path.below { 1 } else { 0 };
        for (at, test) in path.steps.iter().enumerate() {
            if self.0 & 1 << at != 0 && test.meets(name) {
                next |= 1 << (at + 1);
            }
        }
        Self(next)
    }

    fn arrived(self, path: &Path) -> bool {
        self.0 & 1 << path.steps.len() != 0
    }
}
