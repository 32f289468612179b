//! What a description says of members: which are lists, numbers, `true` or `false`.

use std::{collections::HashMap, str::FromStr};

/// What is said of a member, and of those below it.
#[derive(Debug, Default)]
pub(super) struct Form {
    pub(super) is_list: bool,
    pub(super) scalar: Option<Scalar>,
    below: HashMap<String, Self>,
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
        self.below.get(name)
    }

    /// The place where something of a path is said.
    pub(super) fn at(&mut self, path: &[String]) -> &mut Self {
        path.iter().fold(self, |form, name| form.below.entry(name.clone()).or_default())
    }
}

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
