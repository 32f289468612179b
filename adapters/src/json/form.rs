//! What a description says of members: which are lists, numbers, `true` or `false`.

use std::str::FromStr;

/// What is said of a member, and of those below it.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    pub(super) is_list: bool,
    pub(super) scalar: Option<Scalar>,
    /// Sorted by their names.
    below: Vec<(Box<str>, Self)>,
}

/// What a value without members is, where it is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Number,
    Boolean,
}

impl Form {
    /// What is said of a member.
    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        if self.below.len() <= COMPARED_MAX {
            return self.below.iter().find(|(known, _)| **known == *name).map(|(_, form)| form);
        }
        let at = self.below.binary_search_by(|(known, _)| (**known).cmp(name)).ok()?;
        self.below.get(at).map(|(_, form)| form)
    }

    /// The place where something of a path is said.
    pub(super) fn at(&mut self, path: &[String]) -> &mut Self {
        let Some((name, path)) = path.split_first() else { return self };
        let found = self.below.binary_search_by(|(known, _)| (**known).cmp(name));
        let at = found.unwrap_or_else(|at| {
            self.below.insert(at, (name.as_str().into(), Self::default()));
            at
        });
        #[expect(clippy::indexing_slicing, reason = "it was found or inserted there")]
        self.below[at].1.at(path)
    }
}

/// Up to so many names are compared one by one, which is quicker than halving for a few.
const COMPARED_MAX: usize = 8;

/// Names of members with `/` between them; none for `.`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JsonPath(pub(super) Vec<String>);

/// A text that is no such path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a path is names of members with `/` between them, or `.`")]
pub(super) struct NoJsonPath;

impl FromStr for JsonPath {
    type Err = NoJsonPath;

    fn from_str(text: &str) -> Result<Self, NoJsonPath> {
        if text == "." {
            return Ok(Self(Vec::new()));
        }
        let names: Vec<String> = text.split('/').map(str::to_owned).collect();
        let sound = text.len() <= 1_000 && names.iter().all(|name| !name.is_empty());
        sound.then_some(Self(names)).ok_or(NoJsonPath)
    }
}
