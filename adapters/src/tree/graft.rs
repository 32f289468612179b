//! Copying a part of one tree into another: headers that stand once are seen from every unit.

use super::{Kind, NodeId, OverLimit, Tree};

impl Tree {
    /// Adds a node of another tree, with all below it, to the group that is open.
    ///
    /// # Errors
    /// Where it would break a limit; what was added before stays, and every group is closed.
    pub fn graft(&mut self, from: &Self, node: NodeId) -> Result<(), OverLimit> {
        let depth = self.depth();
        let grafted = self.add_all(from, node, depth);
        while self.depth() > depth {
            self.close();
        }
        grafted
    }

    /// Copies a tree into an empty one so that lists are no groups of their own: their members have their name, as what
    /// comes again has in formats that know no lists. What says that there is no value is left out.
    ///
    /// # Errors
    /// Where it would break a limit.
    pub fn copy_without_lists(&self, into: &mut Self) -> Result<(), OverLimit> {
        // Groups that are open, lists among them, each with the name that its members without one have.
        let mut open: Vec<(NodeId, bool, &str)> = Vec::new();
        for node in self.descendants(self.root()).skip(1) {
            while open.last().is_some_and(|(group, ..)| self.parent(node) != Some(*group)) {
                if open.pop().is_some_and(|(_, is_list, _)| !is_list) {
                    into.close();
                }
            }
            let own = self.name(node);
            let of_list = open.last().filter(|(_, is_list, _)| *is_list).map(|(.., name)| *name);
            let name = if own.is_empty() { of_list.unwrap_or_default() } else { own };
            let (kind, place) = (self.kind(node), self.place(node));
            if kind == Kind::List {
                open.push((node, true, name));
                continue;
            }
            let id = if name.is_empty() { into.nameless() } else { into.name_for(name)? };
            match kind {
                Kind::Group => {
                    into.open(kind, id, place)?;
                    open.push((node, false, ""));
                }
                Kind::Null => {}
                _ => _ = into.leaf(kind, id, self.value(node).unwrap_or_default(), place)?,
            }
        }
        while into.depth() > 0 {
            into.close();
        }
        Ok(())
    }

    /// The node of this number; nothing where there is none.
    pub fn node_at(&self, index: usize) -> Option<NodeId> {
        let index = u32::try_from(index).ok()?;
        ((index as usize) < self.node_count()).then_some(NodeId(index))
    }

    fn add_all(&mut self, from: &Self, node: NodeId, depth: usize) -> Result<(), OverLimit> {
        let mut open: Vec<NodeId> = Vec::new();
        for each in from.descendants(node) {
            while open.last().is_some_and(|group| from.parent(each) != Some(*group)) {
                open.pop();
            }
            while self.depth() > depth + open.len() {
                self.close();
            }
            let name = match from.name(each) {
                "" => self.nameless(),
                name => self.name_for(name)?,
            };
            let (kind, place) = (from.kind(each), from.place(each));
            match kind {
                Kind::Group | Kind::List => {
                    self.open(kind, name, place)?;
                    open.push(each);
                }
                _ => {
                    self.leaf(kind, name, from.value(each).unwrap_or_default(), place)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::tree::{Kind, Names, Place, Tree};
    use sluse_contracts::payload::Limits;
    use std::sync::Arc;

    #[test]
    fn a_graft_is_what_it_was_and_more_may_follow() {
        let limits = Limits::default();
        let mut names = Names::default();
        let start = names.add("start");
        let names = Arc::new(names);
        let mut from = Tree::new(names.clone(), &limits);
        let place = Place { offset: 7, line: 1, record: 1 };
        for (kind, name) in [(Kind::Group, "start"), (Kind::List, "own"), (Kind::Group, "deep")] {
            let name = from.name_for(name).unwrap();
            from.open(kind, name, place).unwrap();
        }
        let nameless = from.nameless();
        from.leaf(Kind::Text, nameless, "text", place).unwrap();
        from.close();
        from.close();
        from.leaf(Kind::Null, nameless, "", place).unwrap();
        from.close();

        let mut to = Tree::new(names, &limits);
        let other = to.name_for("other").unwrap();
        to.field(other, "x", place).unwrap();
        let node = from.child(from.root(), start).unwrap();
        to.graft(&from, node).unwrap();
        to.field(other, "y", place).unwrap();
        let expected = "other: x\nstart\n  own[]\n    deep\n      -: text\n  - = null\nother: y\n";
        assert_eq!(to.outline(), expected);
        assert_eq!(to.place(to.node_at(2).unwrap()), place);
        assert!(to.node_at(to.node_count()).is_none());
    }

    #[test]
    fn lists_are_what_comes_again() {
        let limits = Limits::default();
        let mut from = Tree::new(Arc::default(), &limits);
        let (list, field) = (from.name_for("list").unwrap(), from.name_for("field").unwrap());
        let (place, nameless) = (Place::default(), from.nameless());
        from.open(Kind::List, list, place).unwrap();
        from.open(Kind::Group, nameless, place).unwrap();
        from.field(field, "1", place).unwrap();
        from.close();
        from.open(Kind::List, nameless, place).unwrap();
        from.leaf(Kind::Number, nameless, "2", place).unwrap();
        from.close();
        from.leaf(Kind::Null, nameless, "", place).unwrap();
        from.close();
        from.field(field, "3", place).unwrap();
        let mut to = Tree::new(Arc::default(), &limits);
        from.copy_without_lists(&mut to).unwrap();
        assert_eq!(to.outline(), "list\n  field: 1\nlist = 2\nfield: 3\n");
    }

    #[test]
    fn a_graft_that_breaks_a_limit_leaves_no_group_open() {
        let limits = Limits { depth_max: 2, ..Limits::default() };
        let mut from = Tree::new(Arc::default(), &limits);
        let name = from.name_for("a").unwrap();
        from.open(Kind::Group, name, Place::default()).unwrap();
        from.open(Kind::Group, name, Place::default()).unwrap();
        let mut to = Tree::new(Arc::default(), &limits);
        let name = to.name_for("a").unwrap();
        to.open(Kind::Group, name, Place::default()).unwrap();
        let root = from.descendants(from.root()).nth(1).unwrap();
        assert!(to.graft(&from, root).is_err());
        assert_eq!(to.depth(), 1);
    }
}
