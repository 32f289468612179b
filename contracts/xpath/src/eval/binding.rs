//! Variables, functions of the rule set, and constructors of text.

use super::{Flow, Focus, GO_ON, LazyState, Run, STOP, Sink};
use crate::ast::ExprId;
use crate::cast;
use crate::fault::{Code, Fault, Outcome};
use crate::held::Held;
use crate::value::{Atomic, Item, Seq, Text};
use sluse_xml::NodeId;

/// Bytes of a group of one item, with its place in the table of keys.
const GROUP_BYTES: usize = 400;

impl<'a> Run<'a> {
    pub(super) fn local(&self, slot: u32) -> Seq<'a> {
        self.locals.get(self.base + slot as usize).cloned().unwrap_or(Seq::Empty)
    }

    pub(super) fn set_local(&mut self, slot: u32, value: Seq<'a>) {
        if let Some(place) = self.locals.get_mut(self.base + slot as usize) {
            *place = value;
        }
    }

    /// The value of a variable of the rule set, evaluated when it is first asked for.
    pub(super) fn lazy(&mut self, index: u32) -> Outcome<Seq<'a>> {
        let at = index as usize;
        match self.lazies.get(at) {
            Some(LazyState::Known(value)) => return value.clone(),
            Some(LazyState::Open) => {}
            Some(LazyState::UnderWay) => {
                return Err(Fault::new(Code::Circular, "A variable refers to itself."));
            }
            None => return Ok(Seq::Empty),
        }
        let Some(lazy) = self.program.lazies.get(at).copied() else { return Ok(Seq::Empty) };
        let Some(root) = lazy.root else {
            return Err(Fault::new(Code::Xpst0008, "A variable has no value."));
        };
        self.set_lazy(at, LazyState::UnderWay);
        let value = if lazy.per_rule {
            self.lazies_of_rule.push(index);
            let focus = Focus { item: self.current.clone(), position: 1, size: 1 };
            self.root(root, &focus)
        } else {
            let root_node = self.document.root();
            let is_rooted = std::mem::replace(&mut self.is_rooted, true);
            let current = self.current.replace(Item::Node(root_node));
            let value = self.root(root, &Focus::node(root_node));
            self.current = current;
            self.is_rooted = is_rooted;
            value
        };
        self.set_lazy(at, LazyState::Known(value.clone()));
        value
    }

    /// The value of a variable for another document: nodes of this one mean nothing there.
    pub(crate) fn bequeathed(&mut self, index: u32) -> Outcome<Seq<'a>> {
        let value = self.lazy(index)?;
        if value.items().iter().any(|item| matches!(item, Item::Node(_))) {
            let sentence = "A variable holds nodes of another document.";
            return Err(Fault::new(Code::Unsupported, sentence));
        }
        Ok(value)
    }

    pub(crate) fn inherit(&mut self, at: usize, value: Outcome<Seq<'a>>) {
        self.set_lazy(at, LazyState::Known(value));
    }

    fn set_lazy(&mut self, at: usize, state: LazyState<'a>) {
        if let Some(place) = self.lazies.get_mut(at) {
            *place = state;
        }
    }

    /// Turns to a node that a rule met: its variables are evaluated anew.
    pub(crate) fn turn_to(&mut self, node: NodeId) {
        self.current = Some(Item::Node(node));
        while let Some(index) = self.lazies_of_rule.pop() {
            self.set_lazy(index as usize, LazyState::Open);
        }
    }

    pub(super) fn call_user(
        &mut self,
        index: u32,
        arguments: &[ExprId],
        focus: &Focus<'a>,
    ) -> Outcome<Seq<'a>> {
        let Some(function) = self.program.functions.get(index as usize) else {
            return Ok(Seq::Empty);
        };
        let Some(body) = function.body else {
            return Err(Fault::new(Code::Xpst0017, "A function has no body."));
        };
        let mut values = Vec::with_capacity(arguments.len());
        for (argument, seq_type) in arguments.iter().zip(&function.parameters) {
            let value = self.eval(*argument, focus)?;
            values.push(self.convert(value, *seq_type)?);
        }
        let group = self.group.take();
        let value = self.framed(body.slots, |run| {
            for (slot, value) in values.into_iter().enumerate() {
                run.set_local(u32::try_from(slot).unwrap_or(u32::MAX), value);
            }
            run.eval(body.expr, &Focus::absent())
        });
        self.group = group;
        self.convert(value?, function.result)
    }

    pub(super) fn visit_each(
        &mut self,
        domain: ExprId,
        body: ExprId,
        focus: &Focus<'a>,
        sink: Sink<'_, 'a>,
    ) -> Outcome<Flow> {
        let value = self.eval(domain, focus)?;
        for (at, item) in value.items().iter().enumerate() {
            let focus = Focus::item(item.clone(), at + 1, value.len());
            let current = self.current.replace(item.clone());
            let flow = self.visit(body, &focus, sink);
            self.current = current;
            if flow?.is_break() {
                return Ok(STOP);
            }
        }
        Ok(GO_ON)
    }

    pub(super) fn value_of(
        &mut self,
        select: ExprId,
        separator: &str,
        focus: &Focus<'a>,
    ) -> Outcome<Seq<'a>> {
        let text = self.joined(select, separator, focus)?;
        Ok(Seq::atom(Atomic::Untyped(text.into())))
    }

    /// The string values of an expression's items, joined.
    pub(crate) fn joined(
        &mut self,
        select: ExprId,
        separator: &str,
        focus: &Focus<'a>,
    ) -> Outcome<String> {
        self.joined_as(select, separator, focus, |item| Ok(cast::to_text(item)))
    }

    /// Texts joined; a value of another type is a type error.
    pub(crate) fn joined_texts(
        &mut self,
        select: ExprId,
        separator: &str,
        focus: &Focus<'a>,
    ) -> Outcome<String> {
        self.joined_as(select, separator, focus, |item| match item {
            Atomic::String(text, _) | Atomic::Untyped(text) | Atomic::AnyUri(text) => Ok(text),
            _ => Err(Fault::new(Code::Xpty0004, "Texts are taken here.")),
        })
    }

    /// What each item is as a text, joined.
    fn joined_as(
        &mut self,
        select: ExprId,
        separator: &str,
        focus: &Focus<'a>,
        as_text: impl Fn(Atomic<'a>) -> Outcome<Text<'a>>,
    ) -> Outcome<String> {
        let mut text = String::new();
        let mut held = Held::default();
        let mut first = true;
        let _ = self.visit(select, focus, &mut |run, item| {
            let part = as_text(run.atomize(item)?)?;
            if !first {
                run.spend_part(&text, separator.len())?;
                text.push_str(separator);
            }
            first = false;
            run.spend_part(&text, part.len())?;
            held.add(part.len() + separator.len());
            text.push_str(&part);
            Ok(GO_ON)
        })?;
        Ok(text)
    }

    pub(super) fn content(&mut self, parts: &[ExprId], focus: &Focus<'a>) -> Outcome<Seq<'a>> {
        let mut text = String::new();
        let mut held = Held::default();
        for part in parts {
            let part = self.joined(*part, "", focus)?;
            self.spend_part(&text, part.len())?;
            held.add(part.len());
            text.push_str(&part);
        }
        Ok(Seq::atom(Atomic::Untyped(text.into())))
    }

    /// Groups items by the text of a key, in the order of first appearance, and evaluates the body for each group.
    pub(super) fn for_each_group(
        &mut self,
        select: ExprId,
        key: ExprId,
        body: ExprId,
        focus: &Focus<'a>,
    ) -> Outcome<Seq<'a>> {
        let groups = self.groups(select, key, focus)?;
        let size = groups.len();
        let mut found = Vec::new();
        let mut held = Held::default();
        for (at, (key, items)) in groups.into_iter().enumerate() {
            let Some(first) = items.first().cloned() else { continue };
            let outer = self.group.replace((items.into(), key));
            let current = self.current.replace(first.clone());
            let value = self.eval(body, &Focus::item(first, at + 1, size));
            self.current = current;
            self.group = outer;
            for item in value?.items() {
                self.grow_by(&mut held, found.len(), item)?;
                found.push(item.clone());
            }
        }
        Ok(found.into())
    }

    fn groups(
        &mut self,
        select: ExprId,
        key: ExprId,
        focus: &Focus<'a>,
    ) -> Outcome<Vec<(Seq<'a>, Vec<Item<'a>>)>> {
        let population = self.eval(select, focus)?;
        let mut places = std::collections::HashMap::<String, usize>::new();
        let mut groups: Vec<(Seq<'a>, Vec<Item<'a>>)> = Vec::new();
        let mut held = Held::default();
        for (at, item) in population.items().iter().enumerate() {
            let value = self.eval(key, &Focus::item(item.clone(), at + 1, population.len()))?;
            let keys = self.atomize_all(value.items())?;
            for key in keys.items() {
                let Item::Atom(atom) = key else { continue };
                let text = cast::to_text(atom.clone()).to_string();
                held.add(text.len() + GROUP_BYTES);
                self.grow_by(&mut held, groups.len(), key)?;
                let place = *places.entry(text).or_insert(groups.len());
                if place == groups.len() {
                    groups.push((Seq::One(key.clone()), Vec::new()));
                }
                if let Some((_, items)) = groups.get_mut(place) {
                    items.push(item.clone());
                }
            }
        }
        Ok(groups)
    }
}
