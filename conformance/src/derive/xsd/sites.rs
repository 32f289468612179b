//! A document beside its schema: by which declaration and type each element is judged.

use super::tree::{At, Element, Name, XSI};
use sluse_xsd::{AnyType, Choice, Content, ElementId, Shapes};

/// What an element of a document is declared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Declared {
    /// By an element declaration.
    Element(ElementId),
    /// By a type alone, whatever it is called.
    Type(AnyType),
}

/// An element of a document, as its schema sees it.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) at: At,
    pub(crate) declared: Declared,
    /// The type that it is judged by.
    pub(crate) of_type: AnyType,
    /// By what each of its children is let in, where they are of a model.
    pub(crate) word: Vec<Choice>,
    /// Local names from the first element that the schema judges to this one.
    pub(crate) trail: Vec<String>,
}

impl Site {
    /// Its declaration, where it has one.
    pub(crate) fn element(&self) -> Option<ElementId> {
        match self.declared {
            Declared::Element(id) => Some(id),
            Declared::Type(_) => None,
        }
    }
}

/// The elements below a place that are declared, the outer before the inner.
pub(crate) fn sites(shapes: &Shapes<'_>, root: &Element, roots: &[(At, Declared)]) -> Vec<Site> {
    let mut found = Vec::new();
    for (at, declared) in roots {
        let Some(element) = root.at(at) else { continue };
        let mut scope = scope_of(root, at);
        let mut place = Place { at: at.clone(), trail: Vec::new() };
        visit(shapes, element, *declared, &mut place, &mut scope, &mut found);
    }
    found
}

struct Place {
    at: At,
    trail: Vec<String>,
}

type Scope = Vec<(String, String)>;

fn scope_of(root: &Element, at: &[usize]) -> Scope {
    let mut scope = Vec::new();
    let mut element = Some(root);
    for index in at {
        let Some(here) = element else { break };
        scope.extend(here.declarations.iter().cloned());
        element = here.elements().nth(*index);
    }
    scope
}

fn visit(
    shapes: &Shapes<'_>,
    element: &Element,
    declared: Declared,
    place: &mut Place,
    scope: &mut Scope,
    found: &mut Vec<Site>,
) {
    let of_type = match declared {
        Declared::Element(id) => shapes.element(id).map(|each| each.of_type),
        Declared::Type(of_type) => Some(of_type),
    };
    let Some(of_type) = of_type else { return };
    let outer = scope.len();
    scope.extend(element.declarations.iter().cloned());
    place.trail.push(element.name.local.clone());
    let of_type = stated(shapes, element, scope).unwrap_or(of_type);
    let (word, children) = word_of(shapes, element, of_type);
    found.push(Site { at: place.at.clone(), declared, of_type, word, trail: place.trail.clone() });
    for (index, declared) in children {
        let Some(child) = element.elements().nth(index) else { continue };
        place.at.push(index);
        visit(shapes, child, Declared::Element(declared), place, scope, found);
        place.at.pop();
    }
    place.trail.pop();
    scope.truncate(outer);
}

/// The type that an element names itself.
fn stated(shapes: &Shapes<'_>, element: &Element, scope: &Scope) -> Option<AnyType> {
    let text = element.attribute(&Name::new(XSI, "type"))?.trim();
    let (prefix, local) = text.split_once(':').unwrap_or(("", text));
    let found = scope.iter().rev().find(|(each, _)| each == prefix);
    let namespace = found.map_or("", |(_, namespace)| namespace);
    shapes.named_type(namespace, local)
}

/// By what the children of an element are let in, and the declarations of those that have one.
fn word_of(
    shapes: &Shapes<'_>,
    element: &Element,
    of_type: AnyType,
) -> (Vec<Choice>, Vec<(usize, ElementId)>) {
    let (mut word, mut declared) = (Vec::new(), Vec::new());
    let AnyType::Complex(complex) = of_type else { return (word, declared) };
    let Content::Elements { model, .. } = shapes.content(complex) else { return (word, declared) };
    let mut walk = shapes.walk(model);
    for (index, child) in element.elements().enumerate() {
        let (namespace, local) = (&child.name.namespace, &child.name.local);
        let Some(choice) = shapes.step(&mut walk, namespace, local) else { break };
        word.push(choice);
        match choice {
            Choice::Element(id) => declared.push((index, id)),
            Choice::Wildcard(id) if shapes.judges(id) => {
                let global = shapes.global_element(namespace, local);
                declared.extend(global.map(|id| (index, id)));
            }
            Choice::Wildcard(_) => {}
        }
    }
    (word, declared)
}
