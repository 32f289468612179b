//! Elements made from their declarations: as little as they may hold, with ordinary values.

use super::tree::{Attribute, Child, Element, Name, XSI};
use super::values::Values;
use super::words;
use sluse_xsd::{
    AnyType, Choice, ComplexId, Content, ElementId, ModelId, Processing, Shapes, WildcardId,
};
use std::{collections::HashMap, rc::Rc};

/// Deepest nesting of what is made.
const DEPTH_MAX: usize = 60;
/// Most elements that are made for one document.
pub(crate) const ELEMENTS_MAX: usize = 5_000;

/// The namespace of elements and attributes that no schema knows.
pub(crate) const FOREIGN: &str = "urn:sluse:conformance:foreign";

/// Makes elements.
#[derive(Debug)]
pub(crate) struct Grower<'s> {
    pub(crate) shapes: Shapes<'s>,
    pub(crate) values: Values<'s>,
    /// The place below which elements are named that are of a type alone.
    pub(crate) origin: String,
    /// Whether elements are made with all their attributes: keys may need what the declaration leaves open.
    pub(crate) is_rich: bool,
    /// Counts values, so that they differ.
    n: u32,
    /// Elements that may still be made.
    left: usize,
    words: HashMap<ModelId, Rc<[Choice]>>,
    /// Elements that cannot be made: their content never ends.
    endless: Vec<ElementId>,
}

impl<'s> Grower<'s> {
    pub(crate) fn new(shapes: Shapes<'s>) -> Self {
        Self {
            shapes,
            values: Values { shapes },
            origin: String::new(),
            is_rich: false,
            n: 0,
            left: ELEMENTS_MAX,
            words: HashMap::new(),
            endless: Vec::new(),
        }
    }

    /// Begins another document.
    pub(crate) fn begin(&mut self, n: u32) {
        (self.n, self.left) = (n, ELEMENTS_MAX);
    }

    /// An element with what it must have; nothing where it cannot be made.
    pub(crate) fn element(&mut self, id: ElementId) -> Option<Element> {
        self.declared(id, &mut Vec::new())
    }

    /// An element of a type, whatever it is called.
    pub(crate) fn typed(&mut self, name: Name, of_type: AnyType) -> Option<Element> {
        let mut element = Element::new(name);
        self.fill(&mut element, of_type, &mut Vec::new())?;
        Some(element)
    }

    fn declared(&mut self, id: ElementId, within: &mut Vec<ElementId>) -> Option<Element> {
        if within.len() >= DEPTH_MAX || self.endless.contains(&id) || within.contains(&id) {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        let declared = self.shapes.element(id).filter(|each| !each.is_abstract)?;
        let mut element = Element::new(Name::new(declared.namespace, declared.local));
        within.push(id);
        let filled = match (declared.given, declared.of_type) {
            (Some(given), AnyType::Simple(_)) if given.is_fixed => {
                element.set_text(given.text);
                Some(())
            }
            (_, of_type) => self.fill(&mut element, of_type, within),
        };
        within.pop();
        if filled.is_none() && within.is_empty() {
            self.endless.push(id);
        }
        filled.map(|()| element)
    }

    /// Puts into an element what its type demands.
    fn fill(
        &mut self,
        element: &mut Element,
        of_type: AnyType,
        within: &mut Vec<ElementId>,
    ) -> Option<()> {
        let complex = match of_type {
            AnyType::Simple(simple) => {
                self.n += 1;
                element.set_text(&self.values.ordinary(simple, self.n)?);
                return Some(());
            }
            AnyType::Complex(complex) if self.shapes.is_anything(complex) => return Some(()),
            AnyType::Complex(complex) if self.shapes.is_abstract(complex) => {
                let (name, derived) = self.derived(complex).into_iter().next()?;
                set_type(element, &name);
                derived
            }
            AnyType::Complex(complex) => complex,
        };
        self.attributes(element, complex, self.is_rich)?;
        match self.shapes.content(complex) {
            Content::Empty => {}
            Content::Value(simple) => {
                self.n += 1;
                element.set_text(&self.values.ordinary(simple, self.n)?);
            }
            Content::Elements { model, .. } => {
                let word = self.word(model, within)?;
                for choice in word.iter() {
                    let child = self.child(*choice, within)?;
                    element.children.push(Child::Element(child));
                }
            }
        }
        Some(())
    }

    /// Gives an element the attributes of its type: those it must have, or all that are declared.
    pub(crate) fn attributes(
        &mut self,
        element: &mut Element,
        complex: ComplexId,
        all: bool,
    ) -> Option<()> {
        for each in self.shapes.attributes(complex) {
            let name = Name::new(each.namespace, each.local);
            if !(each.is_required || all) || element.attribute(&name).is_some() {
                continue;
            }
            self.n += 1;
            let fixed = each.given.filter(|given| given.is_fixed);
            let value = match fixed {
                Some(given) => Some(given.text.to_owned()),
                None => self.values.ordinary(each.of_type, self.n),
            };
            match value {
                Some(value) => {
                    let prefix = String::new();
                    element.attributes.push(Attribute { name, prefix, value });
                }
                None if each.is_required => return None,
                None => {}
            }
        }
        Some(())
    }

    /// What a choice of a model stands for, made.
    pub(crate) fn child(&mut self, choice: Choice, within: &mut Vec<ElementId>) -> Option<Element> {
        match choice {
            Choice::Element(id) => self.declared(id, within),
            Choice::Wildcard(id) => self.let_in(id, within),
        }
    }

    /// An element that a wildcard lets in.
    fn let_in(&mut self, id: WildcardId, within: &mut Vec<ElementId>) -> Option<Element> {
        if self.shapes.processing(id) != Processing::Strict {
            for namespace in [FOREIGN, ""] {
                if self.shapes.lets_in(id, namespace) {
                    return Some(Element::new(Name::new(namespace, "anything")));
                }
            }
        }
        let mut globals = self.shapes.global_elements();
        let name = |id: &ElementId| {
            self.shapes.element(*id).map(|each| (each.namespace, each.local)).unwrap_or_default()
        };
        globals.retain(|each| {
            self.shapes.element(*each).is_some_and(|declared| {
                !declared.is_abstract && self.shapes.lets_in(id, declared.namespace)
            })
        });
        globals.sort_by_key(name);
        let is_simple = |id: &ElementId| {
            let of_type = self.shapes.element(*id).map(|each| each.of_type);
            matches!(of_type, Some(AnyType::Simple(_)))
        };
        globals.sort_by_key(|id| !is_simple(id));
        globals.into_iter().take(50).find_map(|id| self.declared(id, within))
    }

    /// The shortest word of a model whose elements can all be made.
    fn word(&mut self, model: ModelId, within: &[ElementId]) -> Option<Rc<[Choice]>> {
        let is_open = |choice: Choice| match choice {
            Choice::Element(id) => within.contains(&id),
            Choice::Wildcard(_) => false,
        };
        if let Some(known) = self.words.get(&model)
            && !known.iter().any(|choice| is_open(*choice))
        {
            return Some(Rc::clone(known));
        }
        let mut barred: Vec<Choice> = Vec::new();
        loop {
            let shapes = self.shapes;
            let allowed = |choice: Choice| {
                !barred.contains(&choice) && !is_open(choice) && is_there(&shapes, choice)
            };
            let word: Rc<[Choice]> = words::shortest(&shapes, model, &allowed)?.into();
            let mut makes = word.iter().copied().collect::<Vec<_>>();
            makes.dedup();
            let (n, left) = (self.n, self.left);
            let bad = makes.into_iter().find(|choice| {
                let mut within = within.to_vec();
                self.child(*choice, &mut within).is_none()
            });
            (self.n, self.left) = (n, left);
            match bad {
                Some(bad) => barred.push(bad),
                None => {
                    self.words.insert(model, Rc::clone(&word));
                    return Some(word);
                }
            }
        }
    }

    /// The types that may stand for a complex type by way of `xsi:type`, not abstract, by name.
    pub(crate) fn derived(&self, complex: ComplexId) -> Vec<(Name, ComplexId)> {
        let declared = AnyType::Complex(complex);
        let all = self.shapes.named_types().filter_map(|(namespace, local, of_type)| {
            let AnyType::Complex(id) = of_type else { return None };
            let fits = id != complex
                && !self.shapes.is_abstract(id)
                && !self.shapes.is_anything(id)
                && self.shapes.may_stand_for(of_type, declared);
            fits.then(|| (Name::new(namespace, local), id))
        });
        let mut all: Vec<_> = all.collect();
        all.sort();
        all
    }
}

/// Whether a choice is one that documents can have.
pub(crate) fn is_there(shapes: &Shapes<'_>, choice: Choice) -> bool {
    match choice {
        Choice::Element(id) => shapes.element(id).is_some_and(|each| !each.is_abstract),
        Choice::Wildcard(_) => true,
    }
}

/// Says by `xsi:type` of which type an element is.
pub(crate) fn set_type(element: &mut Element, name: &Name) {
    let mut prefix = "t".to_owned();
    while element.declarations.iter().any(|(each, _)| *each == prefix) {
        prefix.push('t');
    }
    let value = if name.namespace.is_empty() {
        name.local.clone()
    } else {
        element.declarations.push((prefix.clone(), name.namespace.clone()));
        format!("{prefix}:{}", name.local)
    };
    element.set_attribute(&Name::new(XSI, "type"), &value);
}
