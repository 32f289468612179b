//! From a segment to its group in the tree: elements and components by their position, held to the directory.

use super::{
    grammar::{CodeList, Composite, Content, ElementRule, Misfit, SegmentRule, Simple, check_date},
    problem::{Kind, Problem},
    repertoire::Repertoire,
    segment::{Component, Element, Segment},
};
use crate::tree::{Kind as NodeKind, NameId, OverLimit, Place, Tree};

/// What reading the fields of a segment needs beside the segment and its rule.
pub(super) struct Fields<'r> {
    pub(super) tree: &'r mut Tree,
    pub(super) problems: &'r mut Vec<Problem>,
    pub(super) repertoire: Repertoire,
    /// The decimal mark in force.
    pub(super) decimal: u8,
    /// The code lists of the message, and its association assigned code.
    pub(super) lists: &'r [CodeList],
    pub(super) association: &'r str,
    /// Where texts are put together that do not stand in the segment as they are.
    pub(super) scratch: &'r mut String,
}

/// The place of what is being read, for faults.
#[derive(Clone, Copy)]
struct At<'r> {
    rule: &'r SegmentRule,
    place: Place,
    element: u32,
    component: u32,
}

impl At<'_> {
    fn problem(self, kind: Kind, names: &[&str]) -> Problem {
        let tag = String::from_utf8_lossy(&self.rule.tag).into_owned();
        let field = names.iter().fold(tag, |path, name| format!("{path}/{name}"));
        Problem::new(kind, self.place).in_segment(self.rule.tag).in_element(
            self.element,
            self.component,
            field,
        )
    }
}

impl Fields<'_> {
    /// Adds the segment as a group to the one that is open.
    pub(super) fn read(
        &mut self,
        segment: &Segment<'_>,
        rule: &SegmentRule,
    ) -> Result<(), OverLimit> {
        let place = segment.place();
        let mut seen = 0_u64;
        self.tree.open(NodeKind::Group, rule.name, place)?;
        for element in segment.elements() {
            let at = At { rule, place, element: element.position(), component: 0 };
            let index = element.position() as usize - 1;
            let Some(of) = rule.elements.get(index) else {
                if !element.is_empty() {
                    self.problems.push(at.problem(Kind::TooMany, &[]));
                }
                continue;
            };
            if element.repetition() >= of.repeats_max {
                self.problems.push(at.problem(Kind::Repeats, &[&of.label]));
            } else if self.element(&element, of, at)? {
                seen |= 1 << index;
            }
        }
        self.tree.close();
        let absent = rule.required & !seen;
        if absent != 0 {
            let index = absent.trailing_zeros();
            let at = At { rule, place, element: index + 1, component: 0 };
            let name = rule.elements.get(index as usize).map_or("", |of| &*of.label);
            self.problems.push(at.problem(Kind::Required, &[name]));
        }
        Ok(())
    }

    /// Adds an element; whether it has content.
    fn element(
        &mut self,
        element: &Element<'_>,
        of: &ElementRule,
        at: At<'_>,
    ) -> Result<bool, OverLimit> {
        match &of.content {
            Content::Composite(composite) => self.composite(element, of, composite, at),
            Content::Simple(simple) => {
                let mut components = element.components();
                let first = components.next().filter(|component| !component.is_empty());
                if let Some(component) = first {
                    let at = At { place: Place { offset: component.offset(), ..at.place }, ..at };
                    let misfit = self.field(&component, of.name, simple, at.place)?;
                    self.problems.extend(misfit.map(|kind| at.problem(kind, &[&of.label])));
                }
                if components.any(|component| !component.is_empty()) {
                    let at = At { component: 2, ..at };
                    self.problems.push(at.problem(Kind::TooMany, &[&of.label]));
                }
                Ok(first.is_some())
            }
        }
    }

    fn composite(
        &mut self,
        element: &Element<'_>,
        of: &ElementRule,
        composite: &Composite,
        at: At<'_>,
    ) -> Result<bool, OverLimit> {
        let mut seen = 0_u64;
        for (index, component) in element.components().enumerate() {
            if component.is_empty() {
                continue;
            }
            let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
            let place = Place { offset: component.offset(), ..at.place };
            let at = At { component: number, place, ..at };
            let Some(rule) = composite.components.get(index) else {
                self.problems.push(at.problem(Kind::TooMany, &[&of.label]));
                break;
            };
            if seen == 0 {
                self.tree.open(NodeKind::Group, of.name, place)?;
            }
            seen |= 1 << index;
            let misfit = self.field(&component, rule.name, &rule.simple, at.place)?;
            self.problems.extend(misfit.map(|kind| at.problem(kind, &[&of.label, &rule.label])));
        }
        if seen == 0 {
            return Ok(false);
        }
        self.check_date(element, composite, of, at);
        self.tree.close();
        let absent = composite.required & !seen;
        if absent != 0 {
            let index = absent.trailing_zeros();
            let name = composite.components.get(index as usize).map_or("", |rule| &*rule.label);
            let at = At { component: index + 1, ..at };
            self.problems.push(at.problem(Kind::Required, &[&of.label, name]));
        }
        Ok(true)
    }

    fn field(
        &mut self,
        component: &Component<'_>,
        name: NameId,
        simple: &Simple,
        place: Place,
    ) -> Result<Option<Kind>, OverLimit> {
        let text = component.text(self.repertoire, self.scratch);
        self.tree.field(name, text, place)?;
        if let Err(misfit) = simple.form.check(text, self.decimal) {
            return Ok(Some(Kind::Form(misfit)));
        }
        let lists = simple.lists.iter().filter_map(|list| self.lists.get(*list));
        let mut lists = lists.filter(|list| list.is_for(self.association));
        let unlisted = lists.any(|list| !list.values.contains(text));
        Ok(unlisted.then_some(Kind::NotListed))
    }

    fn check_date(
        &mut self,
        element: &Element<'_>,
        composite: &Composite,
        of: &ElementRule,
        at: At<'_>,
    ) {
        let Some((value, format)) = composite.date else { return };
        let component = |index: usize| element.components().nth(index);
        let Some((stated, format)) = component(value).zip(component(format)) else { return };
        let mut other = String::new();
        let format = format.text(self.repertoire, &mut other);
        if check_date(stated.text(self.repertoire, self.scratch), format).is_err() {
            let offset = stated.offset();
            let number = u32::try_from(value + 1).unwrap_or(u32::MAX);
            let at = At { component: number, place: Place { offset, ..at.place }, ..at };
            let name = composite.components.get(value).map_or("", |rule| &*rule.label);
            self.problems.push(at.problem(Kind::Form(Misfit::Date), &[&of.label, name]));
        }
    }
}
