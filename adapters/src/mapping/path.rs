//! Paths of a mapping: where a value stands in a tree, read in one direction and written in the other.
//!
//! ```text
//! NAD/C082/3039                    names, from the group that the section stands in
//! /UNB/S002/0004                   from the root of the unit
//! S01[SEQ/1245='1']/NAD/C082/3039  only the group in which this stands; written with it
//! S14[CIN]/DTM                     only the group that has this; nothing is written for it
//! RFF[C506/1154!='_']/C506/1154    only the group in which this does not stand; nothing is written for it
//! cbc:ID/@schemeID                 an attribute
//! Telephone[2]                     the second of them
//! .                                the group itself
//! [list='SFU']                     the group itself, if this stands in it
//! [kind!='0001']/address           what stands in the group, if this does not stand in it too
//! ```

use std::{fmt, str::FromStr};

/// The name of a step that leads nowhere else: `[kind='P']` asks of the group itself.
pub(super) const HERE: &str = ".";

/// Most steps of a path.
const STEPS_MAX: usize = 100;

/// Highest position: those before it may have to be made.
const POSITION_MAX: u32 = 1_000;

/// A path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Whether it starts at the root of the unit.
    pub from_root: bool,
    /// Its steps; none for the group itself.
    pub steps: Vec<Step>,
}

/// One step down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The name of the group, field or attribute.
    pub name: String,
    /// Whether it is an attribute.
    pub is_attribute: bool,
    /// What must stand below it: paths, and values where the path alone does not do.
    pub tests: Vec<Test>,
    /// Which of those that fit, from 1.
    pub position: Option<u32>,
}

/// What must stand below a step: a path, and what of its value.
pub(super) type Test = (Vec<Step>, Value);

/// What a test asks of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// It is this. It is written with the step.
    Is(String),
    /// It is not this, or there is none.
    IsNot(String),
    /// It is there.
    Stands,
}

impl Value {
    /// Whether the values that a test's path leads to pass it.
    pub(crate) fn passes<'v>(&self, mut values: impl Iterator<Item = Option<&'v str>>) -> bool {
        match self {
            Self::Is(wanted) => values.any(|value| value == Some(wanted)),
            Self::IsNot(unwanted) => !values.any(|value| value == Some(unwanted)),
            Self::Stands => values.next().is_some(),
        }
    }
}

/// A text that is no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPath {
    /// A step has no name.
    #[error("a path is names with `/` between them: a step has no name")]
    Nameless,
    /// What stands in brackets is neither a number nor a path.
    #[error(
        "in brackets stands a number from 1 to {POSITION_MAX}, a path, or a path and its value, as in [SEQ/1245='1']"
    )]
    Test,
    /// An attribute has steps below it.
    #[error("an attribute is the last step of a path")]
    BelowAttribute,
    /// It is longer than anything that is meant.
    #[error("a path has at most {STEPS_MAX} steps")]
    TooLong,
}

impl Path {
    /// The group that the path starts from.
    pub fn here() -> Self {
        Self { from_root: false, steps: Vec::new() }
    }
}

impl Step {
    /// Whether it leads to the group itself: a path that begins with a bracket says more of where it starts from.
    pub fn is_here(&self) -> bool {
        self.name == HERE
    }
}

impl FromStr for Path {
    type Err = NoPath;

    fn from_str(text: &str) -> Result<Self, NoPath> {
        if text == "." {
            return Ok(Self::here());
        }
        if text.starts_with('[') {
            let (tests, position, after) = brackets(text)?;
            let here = Step { name: HERE.to_owned(), is_attribute: false, tests, position };
            let below = match after.strip_prefix('/') {
                _ if position.is_some() => return Err(NoPath::Test),
                Some(below) => steps(below)?,
                None if after.is_empty() => Vec::new(),
                None => return Err(NoPath::Test),
            };
            return Ok(Self { from_root: false, steps: [vec![here], below].concat() });
        }
        let below = text.strip_prefix('/');
        let steps = steps(below.unwrap_or(text))?;
        Ok(Self { from_root: below.is_some(), steps })
    }
}

fn steps(text: &str) -> Result<Vec<Step>, NoPath> {
    let (mut steps, mut rest) = (Vec::new(), text);
    loop {
        let end = rest.find(['/', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (tests, position, after) = brackets(after)?;
        let plain = name.strip_prefix('@');
        let name = plain.unwrap_or(name);
        if name.is_empty() || name.contains([']', '\'', '=']) {
            return Err(NoPath::Nameless);
        }
        let step = Step { name: name.to_owned(), is_attribute: plain.is_some(), tests, position };
        steps.push(step);
        if steps.len() > STEPS_MAX {
            return Err(NoPath::TooLong);
        }
        rest = match after.strip_prefix('/') {
            Some(_) if plain.is_some() => return Err(NoPath::BelowAttribute),
            Some(rest) => rest,
            None if after.is_empty() => return Ok(steps),
            None => return Err(NoPath::Test),
        };
    }
}

type Brackets<'t> = (Vec<Test>, Option<u32>, &'t str);

/// What stands in brackets after a name, and what follows them.
fn brackets(mut rest: &str) -> Result<Brackets<'_>, NoPath> {
    let (mut tests, mut position) = (Vec::new(), None);
    while let Some(inside) = rest.strip_prefix('[') {
        if let Some((number, after)) = inside.split_once(']')
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
        {
            let number: u32 = number.parse().map_err(|_| NoPath::Test)?;
            if position.replace(number).is_some() || !(1..=POSITION_MAX).contains(&number) {
                return Err(NoPath::Test);
            }
            rest = after;
            continue;
        }
        let end = inside.find(['=', '!', ']']).ok_or(NoPath::Test)?;
        let (path, after) = inside.split_at(end);
        if path.contains('[') {
            return Err(NoPath::Test);
        }
        let (is, is_not) = (after.strip_prefix("='"), after.strip_prefix("!='"));
        let (value, after) = match is.or(is_not) {
            Some(after) => {
                let (value, after) = after.split_once("']").ok_or(NoPath::Test)?;
                let value = value.to_owned();
                (if is.is_some() { Value::Is(value) } else { Value::IsNot(value) }, after)
            }
            None => (Value::Stands, after.strip_prefix(']').ok_or(NoPath::Test)?),
        };
        tests.push((steps(path)?, value));
        rest = after;
    }
    Ok((tests, position, rest))
}

impl fmt::Display for Path {
    /// As a mapping writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from_root, self.steps.is_empty()) {
            (false, true) => f.write_str("."),
            (true, _) => write!(f, "/{}", shown(&self.steps)),
            (false, false) => f.write_str(&shown(&self.steps)),
        }
    }
}

fn shown(steps: &[Step]) -> String {
    let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
    steps.join("/")
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.name == HERE { "" } else { &self.name };
        write!(f, "{}{name}", if self.is_attribute { "@" } else { "" })?;
        for (path, value) in &self.tests {
            match value {
                Value::Is(value) => write!(f, "[{}='{value}']", shown(path))?,
                Value::IsNot(value) => write!(f, "[{}!='{value}']", shown(path))?,
                Value::Stands => write!(f, "[{}]", shown(path))?,
            }
        }
        match self.position {
            Some(position) => write!(f, "[{position}]"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_they_are_read() {
        for text in [
            ".",
            "NAD/C082/3039",
            "/UNB/S002/0004",
            "S01[SEQ/1245='1']/NAD/C082/3039",
            "cbc:ID/@schemeID",
            "cac:Party[cbc:ID/@schemeID='DK:CVR'][cbc:ID='a/b]c'][2]/cbc:Name",
            "[a='b'][c]",
            "[a/b!='c']/d/@e",
            "S14[CIN][FTX/4451='NC'][FTX/4453!='P00']/DTM",
        ] {
            let path: Path = text.parse().unwrap();
            assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_path_says_why() {
        let told: Vec<String> =
            ["", "a//b", "a/", "@a/b", "a[", "a[0]", "a[1][2]", "a[b=c]", "a[b='c]", "a[b='c']d"]
                .iter()
                .map(|text| format!("{text}: {}", text.parse::<Path>().unwrap_err()))
                .collect();
        insta::assert_snapshot!(told.join("\n"));
        assert_eq!("a/".repeat(101).parse::<Path>(), Err(NoPath::TooLong));
    }
}
