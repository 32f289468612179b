//! `deep-equal` (Functions and Operators, section 15.3.1): without recursion over the tree.

use crate::ast::Comparison;
use crate::cast;
use crate::compare;
use crate::eval::Run;
use crate::fault::Outcome;
use crate::value::{Atomic, Item, Seq};
use sluse_xml::{NodeId, NodeKind};

/// Whether two sequences are equal item by item, nodes by their content.
pub(crate) fn sequences<'a>(run: &mut Run<'a>, a: &Seq<'a>, b: &Seq<'a>) -> Outcome<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (left, right) in a.items().iter().zip(b.items()) {
        let equal = match (left, right) {
            (Item::Atom(left), Item::Atom(right)) => atoms(left, right),
            (Item::Node(left), Item::Node(right)) => nodes(run, *left, *right)?,
            _ => false,
        };
        if !equal {
            return Ok(false);
        }
    }
    Ok(true)
}

fn atoms(a: &Atomic<'_>, b: &Atomic<'_>) -> bool {
    let nan = |atom: &Atomic<'_>| atom.is_numeric() && cast::double(atom).is_ok_and(f64::is_nan);
    (nan(a) && nan(b)) || matches!(compare::value(Comparison::Equal, a, b), Ok(true))
}

fn nodes(run: &mut Run<'_>, a: NodeId, b: NodeId) -> Outcome<bool> {
    let mut open = vec![(a, b)];
    while let Some((a, b)) = open.pop() {
        run.spend(1)?;
        let document = run.document;
        let kind = document.kind(a);
        if kind != document.kind(b) || document.name(a) != document.name(b) {
            return Ok(false);
        }
        match kind {
            NodeKind::Element if !attributes(run, a, b)? || !children(run, a, b, &mut open)? => {
                return Ok(false);
            }
            NodeKind::Document if !children(run, a, b, &mut open)? => return Ok(false),
            NodeKind::Element | NodeKind::Document => {}
            _ if document.text(a) != document.text(b) => return Ok(false),
            _ => {}
        }
    }
    Ok(true)
}

fn attributes(run: &mut Run<'_>, a: NodeId, b: NodeId) -> Outcome<bool> {
    let document = run.document;
    let of =
        |node| document.attributes(node).map(|each| (document.name(each), document.text(each)));
    let mut left: Vec<_> = of(a).collect();
    let mut right: Vec<_> = of(b).collect();
    run.spend(left.len() + right.len())?;
    left.sort_unstable();
    right.sort_unstable();
    Ok(left == right)
}

fn children(
    run: &mut Run<'_>,
    a: NodeId,
    b: NodeId,
    open: &mut Vec<(NodeId, NodeId)>,
) -> Outcome<bool> {
    let document = run.document;
    let counts = |node: &NodeId| matches!(document.kind(*node), NodeKind::Element | NodeKind::Text);
    let mut left = document.children(a).filter(counts);
    let mut right = document.children(b).filter(counts);
    loop {
        run.spend(1)?;
        match (left.next(), right.next()) {
            (None, None) => return Ok(true),
            (Some(a), Some(b)) => open.push((a, b)),
            _ => return Ok(false),
        }
    }
}
