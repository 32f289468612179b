//! Small changes of a document, in the order in which they are tried.

use crate::derive::xsd::tree::{At, Element, Name};

/// One step of a change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// An element is taken away.
    Remove(At),
    /// An element stands twice.
    Twice(At),
    /// An element's text is another.
    Text(At, String),
    /// An attribute is another, or is taken away.
    Attribute(At, Name, Option<String>),
    /// An element is put into another, before its child of this number.
    Insert(At, usize, Box<Element>),
}

impl Step {
    /// The element that is changed, or that something is put into.
    pub(crate) fn at(&self) -> &At {
        match self {
            Self::Remove(at)
            | Self::Twice(at)
            | Self::Text(at, _)
            | Self::Attribute(at, ..)
            | Self::Insert(at, ..) => at,
        }
    }

    fn apply(&self, tree: &mut Element) -> Option<()> {
        match self {
            Self::Remove(at) => {
                let (index, parent) = at.split_last()?;
                tree.at_mut(parent)?.remove(*index).map(drop)
            }
            Self::Twice(at) => {
                let (index, parent) = at.split_last()?;
                let copy = tree.at(at)?.clone();
                tree.at_mut(parent)?.insert(index + 1, copy);
                Some(())
            }
            Self::Text(at, text) => {
                let element = tree.at_mut(at)?;
                (element.element_count() == 0).then(|| element.set_text(text))
            }
            Self::Attribute(at, name, Some(value)) => {
                tree.at_mut(at)?.set_attribute(name, value);
                Some(())
            }
            Self::Attribute(at, name, None) => {
                let element = tree.at_mut(at)?;
                element.attribute(name)?;
                element.remove_attribute(name);
                Some(())
            }
            Self::Insert(at, index, element) => {
                tree.at_mut(at)?.insert(*index, (**element).clone());
                Some(())
            }
        }
    }

    /// What it does, in words; paths are of the document before it.
    fn words(&self, tree: &Element) -> String {
        let path = |at: &At| format!("`{}`", path(tree, at));
        let value = |text: &str| crate::derive::xsd::values::shown(text);
        match self {
            Self::Remove(at) => format!("without {}", path(at)),
            Self::Twice(at) => format!("with {} twice", path(at)),
            Self::Text(at, text) if text.is_empty() => format!("with nothing in {}", path(at)),
            Self::Text(at, text) => format!("with {} in {}", value(text), path(at)),
            Self::Attribute(at, name, Some(text)) => {
                format!("with {} in `@{}` of {}", value(text), name.local, path(at))
            }
            Self::Attribute(at, name, None) => {
                format!("without `@{}` of {}", name.local, path(at))
            }
            Self::Insert(at, _, element) if element.element_count() == 0 => {
                format!(
                    "with `{}` of {} in {}",
                    element.name.local,
                    value(&element.text()),
                    path(at)
                )
            }
            Self::Insert(at, _, element) => {
                format!("with a `{}` more in {}", element.name.local, path(at))
            }
        }
    }
}

/// A change of one of the examples.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Edit {
    /// The number of the example.
    pub(crate) example: usize,
    pub(crate) steps: Vec<Step>,
}

impl Edit {
    pub(crate) fn one(example: usize, step: Step) -> Self {
        Self { example, steps: vec![step] }
    }

    /// The change with one more step after it.
    pub(crate) fn and(&self, step: Step) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { example: self.example, steps }
    }

    /// The document, changed; nothing where a step does not apply.
    pub(crate) fn apply(&self, examples: &[(String, Element)]) -> Option<Element> {
        let (_, tree) = examples.get(self.example)?;
        let mut changed = tree.clone();
        self.steps.iter().try_for_each(|step| step.apply(&mut changed))?;
        (changed != *tree).then_some(changed)
    }

    /// What it does, in words.
    pub(crate) fn words(&self, examples: &[(String, Element)]) -> String {
        let Some((name, tree)) = examples.get(self.example) else { return String::new() };
        let mut before = tree.clone();
        let mut all = Vec::new();
        for step in &self.steps {
            all.push(step.words(&before));
            if step.apply(&mut before).is_none() {
                break;
            }
        }
        format!("the example `{name}` {}", all.join(" and "))
    }
}

/// The way to an element, by local names.
fn path(tree: &Element, at: &At) -> String {
    let mut path = format!("/{}", tree.name.local);
    let mut element = tree;
    for index in at {
        let Some(child) = element.elements().nth(*index) else { break };
        path.push('/');
        path.push_str(&child.name.local);
        element = child;
    }
    path
}

/// All elements of a document with their places, the outer before the inner.
pub(crate) fn all(tree: &Element) -> Vec<(At, &Element)> {
    let mut found = Vec::new();
    let mut open = vec![(At::new(), tree)];
    while let Some((at, element)) = open.pop() {
        let children: Vec<_> = element
            .elements()
            .enumerate()
            .map(|(index, child)| {
                let mut place = at.clone();
                place.push(index);
                (place, child)
            })
            .collect();
        found.push((at, element));
        open.extend(children.into_iter().rev());
    }
    found
}
