//! The nodes of a document by name, so that a step to a name costs what it finds and not what it passes.

use sluse_xml::{Document, NameId, NodeId};

/// Nodes by name, in document order, and by name and parent.
pub(crate) struct NameRuns {
    /// Where the nodes of each name begin.
    starts: Vec<u32>,
    in_order: Vec<NodeId>,
    /// The same nodes, those of one parent together.
    by_parent: Vec<NodeId>,
    /// Their parents.
    parents: Vec<NodeId>,
}

impl NameRuns {
    pub(super) fn of(document: &Document) -> Self {
        let all = || (0..document.node_count()).filter_map(|at| document.node(at));
        let mut starts = vec![0u32; document.name_count() + 1];
        for name in all().filter_map(|node| document.name(node)) {
            if let Some(count) = starts.get_mut(name.index() + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut in_order = vec![NodeId::ROOT; sum as usize];
        for node in all() {
            if let Some(name) = document.name(node)
                && let Some(at) = next.get_mut(name.index())
            {
                if let Some(place) = in_order.get_mut(*at as usize) {
                    *place = node;
                }
                *at += 1;
            }
        }
        let by_parent = grouped(document, &starts, in_order.clone());
        let parent = |node: &NodeId| document.parent(*node).unwrap_or(NodeId::ROOT);
        let parents = by_parent.iter().map(parent).collect();
        Self { starts, in_order, by_parent, parents }
    }

    fn run<'r>(&self, nodes: &'r [NodeId], name: NameId) -> &'r [NodeId] {
        run(&self.starts, nodes, name.index())
    }

    /// The nodes of a name below a node, its own attributes with them.
    pub(super) fn below(&self, document: &Document, name: NameId, node: NodeId) -> &[NodeId] {
        let nodes = self.run(&self.in_order, name);
        let end = document.subtree_end(node);
        let from = nodes.partition_point(|each| *each <= node);
        let to = nodes.partition_point(|each| *each < end);
        nodes.get(from..to).unwrap_or(&[])
    }

    /// The nodes of a name before a node, those that it stands in with them, and those after its end.
    pub(super) fn around(
        &self,
        document: &Document,
        name: NameId,
        node: NodeId,
    ) -> (&[NodeId], &[NodeId]) {
        let nodes = self.run(&self.in_order, name);
        let end = document.subtree_end(node);
        let before = nodes.partition_point(|each| *each < node);
        let after = nodes.partition_point(|each| *each < end);
        (nodes.get(..before).unwrap_or(&[]), nodes.get(after..).unwrap_or(&[]))
    }

    /// The siblings of a name before a node and after it.
    pub(super) fn siblings(
        &self,
        document: &Document,
        name: NameId,
        node: NodeId,
    ) -> (&[NodeId], &[NodeId]) {
        let Some(parent) = document.parent(node) else { return (&[], &[]) };
        let nodes = self.children(name, parent);
        let before = nodes.partition_point(|each| *each < node);
        let after = nodes.partition_point(|each| *each <= node);
        (nodes.get(..before).unwrap_or(&[]), nodes.get(after..).unwrap_or(&[]))
    }

    /// The children, and attributes, of a name.
    pub(super) fn children(&self, name: NameId, node: NodeId) -> &[NodeId] {
        let nodes = self.run(&self.by_parent, name);
        let parents = self.run(&self.parents, name);
        let from = if parents.len() < 8 {
            parents.iter().take_while(|parent| **parent < node).count()
        } else {
            parents.partition_point(|parent| *parent < node)
        };
        let rest = parents.get(from..).unwrap_or(&[]);
        // A few as a rule: they are passed, not searched.
        let mut count = rest.iter().take(8).take_while(|parent| **parent == node).count();
        if count == 8 {
            count = rest.partition_point(|parent| *parent == node);
        }
        nodes.get(from..from + count).unwrap_or(&[])
    }
}

fn run<'r>(starts: &[u32], nodes: &'r [NodeId], name: usize) -> &'r [NodeId] {
    let at = |place: usize| starts.get(place).map_or(0, |start| *start as usize);
    nodes.get(at(name)..at(name + 1)).unwrap_or(&[])
}

fn grouped(document: &Document, starts: &[u32], mut nodes: Vec<NodeId>) -> Vec<NodeId> {
    let parent = |node: &NodeId| document.parent(*node);
    for pair in starts.windows(2) {
        let [from, to] = pair else { continue };
        if let Some(run) = nodes.get_mut(*from as usize..*to as usize)
            && !run.is_sorted_by_key(parent)
        {
            run.sort_by_key(parent);
        }
    }
    nodes
}
