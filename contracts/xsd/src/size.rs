//! How large a schema becomes once groups are written out and repetitions unrolled, told from its text
//! before the front end sees it: a few lines can ask for more work than there is time.

use crate::fault::{Budget, SchemaFault};
use sluse_xml::{Document, Limits, NodeId, NodeKind};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// How deep definitions may refer to each other.
const DEPTH_MAX: usize = 2_000;

/// Repetitions up to this are unrolled by the front end, others are counted.
const UNROLLED_MAX: u64 = 16;

/// A definition: a document by its place, and a node.
type At = (usize, NodeId);

/// Refuses a schema that would be larger than its budget.
pub(crate) fn check(
    documents: &BTreeMap<String, Arc<str>>,
    budget: &Budget,
) -> Result<(), SchemaFault> {
    let limits = Limits::default();
    // What cannot be read is told by the front end, with the same place.
    let trees = documents.iter().filter_map(|(path, text)| {
        Some((path.as_str(), Document::parse_text(text, &limits).ok()?))
    });
    let trees: Vec<(&str, Document)> = trees.collect();
    let mut sizes = Sizes::of(&trees);
    let (mut particles, mut pairs) = (0_u64, 0_u64);
    for at in sizes.types() {
        let size = sizes.definition(at, 0);
        particles = particles.saturating_add(size);
        pairs = pairs.saturating_add(size.saturating_mul(size));
        if particles > budget.particles_max as u64 || pairs > budget.pairs_max as u64 {
            return Err(sizes.fault(at));
        }
    }
    Ok(())
}

/// Sizes of definitions, each found once.
struct Sizes<'d> {
    trees: &'d [(&'d str, Document)],
    /// Definitions by kind, namespace and local name.
    named: HashMap<(&'d str, &'d str, &'d str), Vec<At>>,
    /// `None` while a size is being found.
    known: HashMap<At, Option<u64>>,
}

impl<'d> Sizes<'d> {
    fn of(trees: &'d [(&'d str, Document)]) -> Self {
        let mut sizes = Self { trees, named: HashMap::new(), known: HashMap::new() };
        for (at, (_, tree)) in trees.iter().enumerate() {
            let target = tree.attribute(tree.document_element(), "", "targetNamespace");
            let target = target.map_or("", str::trim);
            for node in tree.descendants(tree.root()).filter(|node| is_schema(tree, *node)) {
                let kind = tree.local(node);
                if matches!(kind, "group" | "attributeGroup" | "complexType")
                    && let Some(name) = tree.attribute(node, "", "name")
                {
                    sizes.named.entry((kind, target, name.trim())).or_default().push((at, node));
                }
            }
        }
        sizes
    }

    /// All complex types.
    fn types(&self) -> Vec<At> {
        let trees = self.trees.iter().enumerate();
        let types = trees.flat_map(|(at, (_, tree))| {
            let nodes = tree.descendants(tree.root());
            let types =
                nodes.filter(|node| is_schema(tree, *node) && tree.local(*node) == "complexType");
            types.map(move |node| (at, node))
        });
        types.collect()
    }

    /// The size of a definition with all that it refers to.
    fn definition(&mut self, at: At, depth: usize) -> u64 {
        match self.known.get(&at) {
            Some(Some(size)) => return *size,
            // It refers to itself, which the front end tells or which a redefinition may do.
            Some(None) => return 0,
            None => {}
        }
        if depth > DEPTH_MAX {
            return u64::MAX;
        }
        self.known.insert(at, None);
        let size = self.inside(at, depth + 1);
        self.known.insert(at, Some(size));
        size
    }

    /// The size of all that stands in a node.
    fn inside(&mut self, (document, node): At, depth: usize) -> u64 {
        let Some((_, tree)) = self.trees.get(document) else { return 0 };
        let children: Vec<NodeId> =
            tree.children(node).filter(|child| is_schema(tree, *child)).collect();
        let sizes = children.into_iter().map(|child| self.part(tree, (document, child), depth));
        sizes.fold(0, u64::saturating_add)
    }

    /// The size of one part of a content model, or of what leads to one.
    fn part(&mut self, tree: &'d Document, at: At, depth: usize) -> u64 {
        if depth > DEPTH_MAX {
            return u64::MAX;
        }
        let node = at.1;
        let kind = tree.local(node);
        let once = match kind {
            "element" | "any" | "attribute" => 1,
            "group" | "attributeGroup" => {
                self.referred(kind, tree, node, "ref", depth).saturating_add(1)
            }
            "sequence" | "choice" | "all" => self.inside(at, depth + 1).saturating_add(1),
            "complexContent" | "simpleContent" | "restriction" => self.inside(at, depth + 1),
            "extension" => {
                let base = self.referred("complexType", tree, node, "base", depth);
                self.inside(at, depth + 1).saturating_add(base)
            }
            _ => 0,
        };
        once.saturating_mul(copies(tree, node))
    }

    /// The size of what an attribute names. A document without target namespace may be included in
    /// one that has any.
    fn referred(
        &mut self,
        kind: &'d str,
        tree: &'d Document,
        node: NodeId,
        attribute: &str,
        depth: usize,
    ) -> u64 {
        let Some(name) = tree.attribute(node, "", attribute).map(str::trim) else { return 0 };
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let namespace = tree.namespace_for_prefix(node, prefix).unwrap_or_default();
        let mut namespaces = vec![namespace, ""];
        namespaces.dedup();
        let found = namespaces.into_iter().flat_map(|namespace| {
            self.named.get(&(kind, namespace, local)).cloned().unwrap_or_default()
        });
        let found: Vec<At> = found.collect();
        let sizes = found.into_iter().map(|at| self.definition(at, depth + 1));
        sizes.fold(0, u64::saturating_add)
    }

    fn fault(&self, (document, node): At) -> SchemaFault {
        let tree = self.trees.get(document);
        let (line, column) = tree.map_or((0, 0), |(_, tree)| tree.place(node));
        let file = tree.map_or("", |(path, _)| path).to_owned();
        let sentence = "the content models of the schema are larger than the limit, \
                        groups and repetitions written out";
        SchemaFault {
            file,
            line,
            column,
            constraint: String::new(),
            sentence: sentence.to_owned(),
            over_budget: true,
        }
    }
}

fn is_schema(tree: &Document, node: NodeId) -> bool {
    tree.kind(node) == NodeKind::Element && tree.namespace(node) == XS
}

/// How many copies of a particle the front end makes.
fn copies(tree: &Document, node: NodeId) -> u64 {
    let number = |name| tree.attribute(node, "", name).map(|text| text.trim().parse::<u64>().ok());
    // What is no number is as large as can be, or wrong, which the front end tells.
    let min = number("minOccurs").map_or(1, |min| min.unwrap_or(u64::MAX));
    let max = number("maxOccurs").unwrap_or(Some(1));
    match max {
        Some(max) if max <= UNROLLED_MAX => max.max(1),
        Some(_) | None if min == 0 => 1,
        Some(_) | None if min <= UNROLLED_MAX => min + 1,
        Some(_) => 1,
        None => 2,
    }
}
