//! Following the paths of a mapping through what may stand on a side.

use crate::{
    mapping::{Path, Step, Value},
    shape::{Part, ValueShape, What},
};
use sluse_contracts::settings::nearest;
use std::collections::HashSet;

/// Most names that a hint lists.
const NAMES_MAX: usize = 12;

/// One side, and what of it is written.
pub(super) struct Side<'s> {
    parts: Option<&'s [Part]>,
    /// Parts that are written, and the groups that they stand in, by address.
    written: HashSet<*const Part>,
}

/// Where a path leads.
#[derive(Clone)]
pub(super) struct Reached<'s> {
    /// The parts from the root on; none at the root.
    way: Vec<&'s Part>,
    is_known: bool,
}

/// Why a path leads nowhere.
pub(super) struct Nowhere {
    pub(super) sentence: String,
    pub(super) hint: Option<String>,
}

impl<'s> Side<'s> {
    pub(super) fn new(parts: Option<&'s [Part]>) -> Self {
        Self { parts, written: HashSet::new() }
    }

    pub(super) fn root(&self) -> Reached<'s> {
        Reached { way: Vec::new(), is_known: self.parts.is_some() }
    }

    /// Follows a path from a place on this side.
    pub(super) fn follow(&self, from: &Reached<'s>, path: &Path) -> Result<Reached<'s>, Nowhere> {
        let from = if path.from_root { self.root() } else { from.clone() };
        self.steps(from, &path.steps)
    }

    fn steps(&self, mut at: Reached<'s>, steps: &[Step]) -> Result<Reached<'s>, Nowhere> {
        for step in steps {
            let is_any = at.way.last().is_some_and(|part| part.what == What::Any);
            if is_any || !at.is_known {
                // What is written above is known all the same.
                return Ok(Reached { is_known: false, ..at });
            }
            if !step.is_here() {
                let part = self.step(&at, step)?;
                at.way.push(part);
            }
            for (test, _) in &step.tests {
                self.steps(at.clone(), test)?;
            }
        }
        Ok(at)
    }

    fn step(&self, at: &Reached<'s>, step: &Step) -> Result<&'s Part, Nowhere> {
        let parts = match at.way.last() {
            Some(part) => part.parts(),
            None => self.parts.unwrap_or_default(),
        };
        let fits = |part: &&Part| part.name == step.name && part.is_attribute == step.is_attribute;
        let here = match at.way.last() {
            Some(part) => format!("in `{}`", part.name),
            None => "in a unit".to_owned(),
        };
        let Some(part) = parts.iter().find(fits) else {
            let names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
            let near = nearest(&step.name, &names).map(|near| format!("did you mean `{near}`?"));
            let listed = || {
                let shown = names.get(..NAMES_MAX).unwrap_or(&names);
                (!names.is_empty()).then(|| format!("there are: {}", shown.join(", ")))
            };
            let sentence = format!("no `{}` can stand {here}", step.name);
            return Err(Nowhere { sentence, hint: near.or_else(listed) });
        };
        if step.position.is_some_and(|position| u64::from(position) > part.most) {
            let sentence = format!("`{}` stands {here} {} times at most", step.name, part.most);
            return Err(Nowhere { sentence, hint: None });
        }
        Ok(part)
    }

    /// Says that a row writes there.
    pub(super) fn write(&mut self, end: &Reached<'s>) {
        self.written.extend(end.way.iter().map(|part| std::ptr::from_ref(*part)));
    }

    /// Says that a row writes there, and whatever stands below: a text, in a form of its own.
    pub(super) fn write_whole(&mut self, end: &Reached<'s>) {
        let mut below: Vec<&'s Part> = end.way.last().copied().into_iter().collect();
        while let Some(part) = below.pop() {
            self.written.insert(std::ptr::from_ref(part));
            below.extend(part.parts());
        }
    }

    /// Says that what the tests of a path ask for is written with it.
    pub(super) fn write_tested(&mut self, from: &Reached<'s>, path: &Path) {
        let mut at = if path.from_root { self.root() } else { from.clone() };
        for step in &path.steps {
            let alone = Step { tests: Vec::new(), ..step.clone() };
            let Ok(reached) = self.steps(at, &[alone]) else { return };
            at = reached;
            for (test, _) in step.tests.iter().filter(|(_, asks)| matches!(asks, Value::Is(_))) {
                if let Ok(end) = self.steps(at.clone(), test) {
                    self.write(&end);
                }
            }
        }
    }

    /// Paths of values that must be there in what is written, and are not.
    pub(super) fn unwritten(&self) -> Vec<String> {
        let mut found = Vec::new();
        let parts = self.parts.unwrap_or_default();
        self.unwritten_of(parts, "", false, &mut found);
        found
    }

    fn unwritten_of(&self, parts: &[Part], above: &str, is_whole: bool, found: &mut Vec<String>) {
        let is_written = |part: &Part| self.written.contains(&std::ptr::from_ref(part));
        let any = is_whole || parts.iter().any(is_written);
        for part in parts.iter().filter(|_| any) {
            let path = if above.is_empty() { part.to_string() } else { format!("{above}/{part}") };
            match &part.what {
                What::Value(shape) if part.least > 0 && !shape.is_made && !is_written(part) => {
                    found.push(path);
                }
                What::Any if part.least > 0 && !is_written(part) => found.push(path),
                What::Value(_) | What::Any => {}
                What::Group(parts) | What::Both(_, parts) if is_written(part) => {
                    self.unwritten_of(parts, &path, true, found);
                }
                // All of a group that must be there is missing: it is named once.
                What::Group(parts) if part.least > 0 && needs_value(parts) => found.push(path),
                What::Both(shape, _) if part.least > 0 && !shape.is_made => found.push(path),
                What::Group(_) | What::Both(..) => {}
            }
        }
    }
}

/// Whether a value must be there that is not made.
fn needs_value(parts: &[Part]) -> bool {
    parts.iter().filter(|part| part.least > 0).any(|part| match &part.what {
        What::Value(shape) | What::Both(shape, _) => !shape.is_made,
        What::Group(parts) => needs_value(parts),
        What::Any => true,
    })
}

impl<'s> Reached<'s> {
    /// A place of which nothing is known.
    pub(super) fn unknown() -> Self {
        Self { way: Vec::new(), is_known: false }
    }

    /// What may stand there, where that is a value.
    pub(super) fn value(&self) -> Option<&'s ValueShape> {
        if !self.is_known {
            return None;
        }
        match &self.way.last()?.what {
            What::Value(shape) | What::Both(shape, _) => Some(shape),
            What::Group(_) | What::Any => None,
        }
    }

    pub(super) fn is_group(&self) -> bool {
        self.is_known && self.way.last().is_some_and(|part| matches!(part.what, What::Group(_)))
    }
}
