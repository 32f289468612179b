//! What may stand in the trees of an interchange.

use super::grammar::{Content, ElementRule, Grammar, MessageGrammar, SegmentRule, Simple, What};
use crate::{
    shape::{Part, ValueShape},
    tree::{NameId, Names},
};

/// The header of the interchange, that of a group, and one message or object.
pub(super) fn of(grammar: &Grammar, makes_trailers: bool) -> Vec<Part> {
    let shapes = Shapes { names: grammar.names(), makes_trailers };
    let service = &grammar.service;
    let mut parts = vec![
        shapes.segment(service.unb.name, &service.unb, (1, 1), None),
        shapes.segment(service.ung.name, &service.ung, (0, 1), None),
    ];
    for message in &grammar.messages {
        let mut within = vec![shapes.segment(service.unh.name, &service.unh, (1, 1), None)];
        within.extend(shapes.level(grammar, message, 0));
        let least = u64::from(!makes_trailers);
        within.push(shapes.segment(service.unt.name, &service.unt, (least, 1), None));
        parts.push(Part::group(shapes.name(message.name), (0, 1), within));
    }
    parts.push(shapes.object(grammar, (0, 1)));
    parts
}

struct Shapes<'g> {
    names: &'g Names,
    makes_trailers: bool,
}

impl Shapes<'_> {
    fn level(&self, grammar: &Grammar, message: &MessageGrammar, level: usize) -> Vec<Part> {
        let items = message.levels.get(level).into_iter().flat_map(|level| &level.items);
        let part = |item: &super::grammar::Item| {
            let times = (u64::from(item.min), u64::from(item.max));
            match item.what {
                What::Segment(rule) => {
                    let rule = message.rules.get(rule)?;
                    Some(self.segment(item.name, rule, times, Some(message)))
                }
                What::Group(level) => {
                    let parts = self.level(grammar, message, level);
                    Some(Part::group(self.name(item.name), times, parts))
                }
                What::Object => Some(self.object(grammar, times)),
            }
        };
        items.filter_map(part).collect()
    }

    fn object(&self, grammar: &Grammar, times: (u64, u64)) -> Part {
        let service = &grammar.service;
        let parts = vec![
            self.segment(service.uno.name, &service.uno, (1, 1), None),
            Part::value(self.name(service.data), (1, 1), ValueShape::default()),
            self.segment(service.unp.name, &service.unp, (0, 1), None),
        ];
        Part::group(self.name(service.object), times, parts)
    }

    fn segment(
        &self,
        name: NameId,
        rule: &SegmentRule,
        times: (u64, u64),
        message: Option<&MessageGrammar>,
    ) -> Part {
        let is_made = self.makes_trailers && matches!(&rule.tag, b"UNT" | b"UNP");
        let elements = rule.elements.iter().enumerate().map(|(at, element)| {
            let least = u64::from(rule.required & (1 << at) != 0 && !is_made);
            self.element(element, least, is_made, message)
        });
        Part::group(self.name(name), times, elements.collect())
    }

    fn element(
        &self,
        element: &ElementRule,
        least: u64,
        is_made: bool,
        message: Option<&MessageGrammar>,
    ) -> Part {
        let (name, times) = (self.name(element.name), (least, u64::from(element.repeats_max)));
        match &element.content {
            Content::Simple(simple) => Part::value(name, times, value(simple, is_made, message)),
            Content::Composite(composite) => {
                let components = composite.components.iter().enumerate().map(|(at, component)| {
                    let least = u64::from(composite.required & (1 << at) != 0 && !is_made);
                    let shape = value(&component.simple, is_made, message);
                    Part::value(self.name(component.name), (least, 1), shape)
                });
                Part::group(name, times, components.collect())
            }
        }
    }

    fn name(&self, name: NameId) -> &str {
        self.names.text(name).unwrap_or_default()
    }
}

fn value(simple: &Simple, is_made: bool, message: Option<&MessageGrammar>) -> ValueShape {
    let mut shape = ValueShape { is_made, ..simple.form.shape() };
    let lists = simple.lists.iter().filter_map(|list| message?.lists.get(*list));
    // A list that holds for some associations alone says nothing of the others.
    for list in lists.filter(|list| list.associations.is_empty()) {
        shape.codes.extend(list.values.iter().cloned());
        shape.codes.sort();
    }
    shape
}
