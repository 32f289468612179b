//! A group with all that stands in it, carried over as it is.
//!
//! Where both sides have the same names below a place, rows for each value would say nothing that one row does not say.
//! What such a row must not carry over stands in `but`, and is left to other rows:
//!
//! ```toml
//! { from = "M_INVOIC", to = "M_INVOIC", whole = true, but = "S_UNH/C_S009/D_0110" }
//! ```
//!
//! Lists become what comes again, as everywhere in a mapping: the other side's description knows which names are lists.

use super::{
    outcome::Carried,
    plan::{PlannedPath, PlannedRow},
    run::Unit,
    written::ROOT,
};
use crate::tree::{Kind, NameId, NodeId};
use sluse_contracts::code;
use std::collections::{HashMap, HashSet};

/// What is still to be carried over, the next one last: a node, and the group that it goes into.
type Ahead = Vec<(NodeId, usize)>;

/// One group under way.
struct Copying<'r> {
    row: &'r PlannedRow,
    but: HashSet<NodeId>,
    /// The numbers of names, as what is written has them.
    names: HashMap<NameId, usize>,
    ahead: Ahead,
}

impl Unit<'_> {
    /// Carries over each group that a row leads to, with all that stands in it.
    pub(super) fn whole(&mut self, row: &PlannedRow, source: NodeId, target: usize) {
        let ([from], [to]) = (row.from.as_slice(), row.to.as_slice()) else { return };
        let target = if to.from_root { ROOT } else { target };
        for (number, group) in self.find(from, source).into_iter().enumerate() {
            let place = self.source.place(group);
            let into = self.written.reach(target, &to.steps, number > 0, place);
            let mut copying = Copying {
                row,
                but: self.left_out(row, group),
                names: HashMap::new(),
                ahead: Vec::new(),
            };
            match self.source.kind(group).has_children() {
                true => self.ahead_of(group, into, &mut copying),
                false => self.copy_value(group, into, &copying),
            }
            while let Some((node, into)) = copying.ahead.pop() {
                self.steps += 1;
                self.copy(node, into, &mut copying);
            }
        }
    }

    /// What of a group is left to other rows. That it was looked for takes nothing along.
    fn left_out(&mut self, row: &PlannedRow, group: NodeId) -> HashSet<NodeId> {
        let takes = std::mem::replace(&mut self.takes, false);
        let found = row.but.iter().flat_map(|path| self.find(path, group)).collect();
        self.takes = takes;
        found
    }

    fn ahead_of(&self, group: NodeId, into: usize, copying: &mut Copying<'_>) {
        let first = copying.ahead.len();
        let children = self.source.children(group);
        let children = children.filter(|child| !copying.but.contains(child));
        copying.ahead.extend(children.map(|child| (child, into)));
        copying.ahead.get_mut(first..).unwrap_or_default().reverse();
    }

    fn copy(&mut self, node: NodeId, into: usize, copying: &mut Copying<'_>) {
        let (source, place) = (self.source, self.source.place(node));
        let kind = source.kind(node);
        if kind == Kind::Text {
            self.take(node);
            return self.written.add_text(into, source.value(node).unwrap_or_default(), place);
        }
        let is_list = |node| source.kind(node) == Kind::List;
        if is_list(node) {
            return self.ahead_of(node, into, copying);
        }
        // The members of a list go by its name.
        let mut named = node;
        while let Some(list) = source.parent(named).filter(|parent| is_list(*parent)) {
            named = list;
        }
        let Some(id) = source.name_id(named) else { return };
        let name = self.written_name(id, named, copying);
        match kind {
            Kind::Attribute => {
                let made = self.written.attribute(into, name, place);
                self.copy_value(node, made, copying);
            }
            Kind::Group => {
                let made = self.written.element(into, name, place);
                self.ahead_of(node, made, copying);
            }
            _ => {
                let made = self.written.element(into, name, place);
                self.copy_value(node, made, copying);
            }
        }
    }

    fn copy_value(&mut self, node: NodeId, made: usize, copying: &Copying<'_>) {
        self.take(node);
        let Some(value) = self.source.value(node) else { return };
        if !self.written.set(made, value) {
            let sentence = "the mapping writes two values to one place";
            let place = self.source.place(node);
            return self.fault(code::VALUE_TWICE, sentence, place, copying.row);
        }
        let (Some(carried), row) = (&mut self.carried, copying.row) else { return };
        let text = |paths: &[PlannedPath]| paths.first().map(|path| path.text.clone());
        let carry = Carried {
            from: text(&row.from),
            to: text(&row.to).unwrap_or_default(),
            source: Some(self.source.place(node)),
            file: row.file.clone(),
            row: row.place,
            node: 0,
        };
        carried.push((carry, made));
    }

    /// The number of a name as what is written has it: the plan's, where it is one of its names.
    fn written_name(&mut self, id: NameId, node: NodeId, copying: &mut Copying<'_>) -> usize {
        if let Some(name) = copying.names.get(&id) {
            return *name;
        }
        let of_plan = self.names.iter().position(|known| *known == Some(id));
        let name = of_plan
            .unwrap_or_else(|| self.written.name(self.source.name(node), self.plan.names.len()));
        copying.names.insert(id, name);
        name
    }
}
