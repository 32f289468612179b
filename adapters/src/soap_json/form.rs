//! The JSON form of each complex type, worked out once from the schema.

use super::{names, order};
use sluse_xsd::{Choice, ComplexId, Content, ElementId, ModelId, ModelShape, Shapes, SimpleId};
use std::{collections::HashMap, sync::OnceLock};

/// How an element of a complex type is written.
#[derive(Debug)]
pub(super) struct Form {
    /// Its attributes, by the names of their members.
    pub(super) attributes: Vec<AttributeForm>,
    /// Whether it may have others.
    pub(super) has_open_attributes: bool,
    pub(super) content: ContentForm,
}

/// An attribute.
#[derive(Debug)]
pub(super) struct AttributeForm {
    /// The member: `@name`.
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) local: String,
    pub(super) of_type: SimpleId,
    pub(super) is_required: bool,
    /// The only value that it may have.
    pub(super) fixed: Option<String>,
}

/// What stands in an element.
#[derive(Debug)]
pub(super) enum ContentForm {
    Empty,
    Value(SimpleId),
    /// A member for each name, in the order of the content.
    Members(Children),
    /// An array in `$content`.
    Items {
        children: Children,
        mixed: bool,
    },
}

/// The children that an element may have.
#[derive(Debug)]
pub(super) struct Children {
    pub(super) model: ModelId,
    pub(super) all: Vec<Child>,
    /// Whether they may stand in any order.
    pub(super) in_any_order: bool,
    by_name: HashMap<String, usize>,
    by_element: HashMap<ElementId, usize>,
}

/// Children of one name, or all that wildcards let in.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) name: String,
    pub(super) what: What,
    pub(super) repeats: bool,
}

/// What a child is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// An element so declared.
    Element(ElementId),
    /// What wildcards let in.
    Any,
}

/// The member that holds what wildcards let in.
pub(super) const ANY: &str = "$any";

impl Children {
    pub(super) fn find(&self, name: &str) -> Option<&Child> {
        self.all.get(*self.by_name.get(name)?)
    }

    /// The child that a step through the model has met.
    pub(super) fn met(&self, choice: Choice) -> Option<&Child> {
        match choice {
            Choice::Element(id) => self.all.get(*self.by_element.get(&id)?),
            Choice::Wildcard(_) => self.find(ANY),
        }
    }
}

impl Form {
    /// Whether a value of the type is an object, rather than the value alone.
    pub(super) fn is_object(&self) -> bool {
        let has_attributes = !self.attributes.is_empty() || self.has_open_attributes;
        has_attributes || !matches!(self.content, ContentForm::Value(_))
    }

    fn of(shapes: Shapes<'_>, id: ComplexId) -> Self {
        let declared: Vec<_> = shapes.attributes(id).collect();
        let called = names::beside(declared.iter().map(|each| (each.namespace, each.local)));
        let attributes = declared.iter().zip(called).map(|(each, name)| AttributeForm {
            name: format!("@{name}"),
            namespace: each.namespace.to_owned(),
            local: each.local.to_owned(),
            of_type: each.of_type,
            is_required: each.is_required,
            fixed: each.given.filter(|given| given.is_fixed).map(|given| given.text.to_owned()),
        });
        let content = match shapes.content(id) {
            Content::Empty => ContentForm::Empty,
            Content::Value(simple) => ContentForm::Value(simple),
            Content::Elements { model, mixed } => children(shapes, model, mixed),
        };
        Self {
            attributes: attributes.collect(),
            has_open_attributes: shapes.has_open_attributes(id),
            content,
        }
    }
}

/// The form of content that is made of elements.
fn children(shapes: Shapes<'_>, model: ModelId, mixed: bool) -> ContentForm {
    let shape = shapes.model(model);
    let met = Met::of(shapes, &shape);
    let (order, repeats, in_any_order) = match &shape {
        ModelShape::AnyOrder { .. } => {
            (Some((0..met.names.len()).collect()), vec![false; met.names.len()], true)
        }
        ModelShape::Ordered { states, .. } => {
            let edges = states.iter().map(|edges| {
                let number = |(choice, next): &(Choice, usize)| Some((met.number(*choice)?, *next));
                edges.iter().filter_map(number).collect()
            });
            let found = order::find(&edges.collect::<Vec<_>>(), met.names.len());
            (found.order, found.repeats, false)
        }
    };
    let has_order = order.is_some();
    let order: Vec<usize> = order.unwrap_or_else(|| (0..met.names.len()).collect());
    let children = met.children(model, &order, &repeats, in_any_order);
    if has_order && !mixed {
        ContentForm::Members(children)
    } else {
        ContentForm::Items { children, mixed }
    }
}

/// The names that a model has, numbered as they are met; all wildcards are one.
struct Met<'s> {
    names: Vec<Option<(&'s str, &'s str)>>,
    what: Vec<What>,
    elements: HashMap<ElementId, usize>,
    any: Option<usize>,
}

impl<'s> Met<'s> {
    fn of(shapes: Shapes<'s>, shape: &ModelShape) -> Self {
        let mut met =
            Self { names: Vec::new(), what: Vec::new(), elements: HashMap::new(), any: None };
        let mut by_name = HashMap::new();
        match shape {
            ModelShape::AnyOrder { elements, .. } => {
                for (id, ..) in elements {
                    met.element(shapes, *id, &mut by_name);
                }
            }
            ModelShape::Ordered { start, states } => {
                for at in order::breadth_first(*start, states) {
                    for (choice, _) in states.get(at).into_iter().flatten() {
                        match choice {
                            Choice::Element(id) => met.element(shapes, *id, &mut by_name),
                            Choice::Wildcard(_) => met.wildcard(),
                        }
                    }
                }
            }
        }
        met
    }

    fn element(
        &mut self,
        shapes: Shapes<'s>,
        id: ElementId,
        by_name: &mut HashMap<(&'s str, &'s str), usize>,
    ) {
        // An abstract head never stands itself.
        let declared = shapes.element(id).filter(|declared| !declared.is_abstract);
        let Some(declared) = declared else { return };
        let name = (declared.namespace, declared.local);
        let at = *by_name.entry(name).or_insert_with(|| {
            self.names.push(Some(name));
            self.what.push(What::Element(id));
            self.names.len() - 1
        });
        self.elements.insert(id, at);
    }

    fn wildcard(&mut self) {
        if self.any.is_none() {
            self.any = Some(self.names.len());
            self.names.push(None);
            self.what.push(What::Any);
        }
    }

    fn number(&self, choice: Choice) -> Option<usize> {
        match choice {
            Choice::Element(id) => self.elements.get(&id).copied(),
            Choice::Wildcard(_) => self.any,
        }
    }

    fn children(
        &self,
        model: ModelId,
        order: &[usize],
        repeats: &[bool],
        in_any_order: bool,
    ) -> Children {
        let mut called = names::beside(self.names.iter().flatten().copied()).into_iter();
        let called = self.names.iter().map(|name| match name {
            Some(_) => called.next().unwrap_or_default(),
            None => ANY.to_owned(),
        });
        let called: Vec<String> = called.collect();
        let child = |at: &usize| {
            Some(Child {
                name: called.get(*at)?.clone(),
                what: *self.what.get(*at)?,
                repeats: repeats.get(*at).copied().unwrap_or(false),
            })
        };
        let all: Vec<Child> = order.iter().filter_map(child).collect();
        let by_name = all.iter().enumerate().map(|(at, each)| (each.name.clone(), at)).collect();
        let placed: HashMap<usize, usize> = order.iter().copied().zip(0..).collect();
        let place = |(id, at): (&ElementId, &usize)| Some((*id, *placed.get(at)?));
        let by_element = self.elements.iter().filter_map(place).collect();
        Children { model, all, in_any_order, by_name, by_element }
    }
}

/// The forms of all complex types of a schema, each made when it is first asked for.
#[derive(Debug)]
pub(super) struct Forms {
    made: Box<[OnceLock<Form>]>,
    pub(super) types: names::TypeNames,
}

impl Forms {
    pub(super) fn of(shapes: Shapes<'_>) -> Self {
        let made = (0..shapes.n_complex()).map(|_| OnceLock::new()).collect();
        Self { made, types: names::TypeNames::of(shapes) }
    }

    pub(super) fn get(&self, shapes: Shapes<'_>, id: ComplexId) -> Option<&Form> {
        let slot = self.made.get(id.index())?;
        Some(slot.get_or_init(|| Form::of(shapes, id)))
    }
}
