//! Functions on nodes (Functions and Operators, sections 2 and 14).

use super::name::node_or_here;
use super::{Builtin, Gives, argument};
use crate::ast::ExprId;
use crate::eval::{Focus, Run};
use crate::fault::Outcome;
use crate::value::{Atomic, Item, Seq};
use sluse_xml::{NodeId, NodeKind};

const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

pub(super) const TABLE: &[Builtin] = &[
    Builtin::new("root", 0, 1, Gives::Node, |run, arguments, focus| {
        let node = node_or_here(run, arguments, focus)?;
        Ok(node.map_or(Seq::Empty, |_| Seq::One(Item::Node(run.document.root()))))
    }),
    Builtin::new("nilled", 1, 1, Gives::Text, |run, arguments, focus| {
        let node = run.one_node(argument(arguments, 0)?, focus)?;
        let element = node.filter(|node| run.document.kind(*node) == NodeKind::Element);
        // A tree without a schema knows no nilled elements.
        Ok(element.map(|_| Atomic::Boolean(false)).into())
    }),
    Builtin::new("base-uri", 0, 1, Gives::Text, |run, arguments, focus| {
        let _ = node_or_here(run, arguments, focus)?;
        Ok(Seq::Empty)
    }),
    Builtin::new("document-uri", 1, 1, Gives::Text, |run, arguments, focus| {
        let _ = node_or_here(run, arguments, focus)?;
        Ok(Seq::Empty)
    }),
    Builtin::new("static-base-uri", 0, 0, Gives::Text, |_, _, _| Ok(Seq::Empty)),
    Builtin::new("in-scope-prefixes", 1, 1, Gives::Texts, |run, arguments, focus| {
        let element = run.element_argument(arguments, 0, focus)?;
        in_scope_prefixes(run, element)
    }),
    Builtin::new("lang", 1, 2, Gives::Boolean, |run, arguments, focus| {
        let wanted = run.text_argument(arguments, 0, focus)?.to_lowercase();
        let node = match arguments.get(1) {
            Some(argument) => run.one_node(*argument, focus)?.ok_or(super::TYPE)?,
            None => run.here_node(focus)?,
        };
        let Some(language) = language(run, node) else { return Ok(Seq::boolean(false)) };
        let language = language.to_lowercase();
        let rest = language.strip_prefix(&wanted);
        Ok(Seq::boolean(rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))))
    }),
    Builtin::new("has-children", 0, 1, Gives::Boolean, |run, arguments, focus| {
        let node = node_or_here(run, arguments, focus)?;
        Ok(Seq::boolean(node.is_some_and(|node| run.document.first_child(node).is_some())))
    }),
];

fn in_scope_prefixes<'a>(run: &mut Run<'a>, element: NodeId) -> Outcome<Seq<'a>> {
    let document = run.document;
    let mut seen = std::collections::HashMap::from([("xml", XML_NAMESPACE)]);
    let mut at = Some(element);
    while let Some(each) = at {
        for (prefix, namespace) in document.declarations(each) {
            run.spend(1)?;
            seen.entry(prefix).or_insert(namespace);
        }
        at = document.parent(each);
    }
    let mut prefixes: Vec<&'a str> = seen
        .into_iter()
        .filter(|(_, namespace)| !namespace.is_empty())
        .map(|(prefix, _)| prefix)
        .collect();
    prefixes.sort_unstable();
    Ok(prefixes
        .into_iter()
        .map(|prefix| Item::Atom(Atomic::string(prefix)))
        .collect::<Vec<_>>()
        .into())
}

fn language<'a>(run: &Run<'a>, node: NodeId) -> Option<&'a str> {
    let mut at = Some(node);
    while let Some(each) = at {
        if let Some(language) = run.document.attribute(each, XML_NAMESPACE, "lang") {
            return Some(language);
        }
        at = run.document.parent(each);
    }
    None
}

impl<'a> Run<'a> {
    /// An argument of type `element()`.
    pub(super) fn element_argument(
        &mut self,
        arguments: &[ExprId],
        at: usize,
        focus: &Focus<'a>,
    ) -> Outcome<NodeId> {
        let node = self.one_node(argument(arguments, at)?, focus)?;
        node.filter(|node| self.document.kind(*node) == NodeKind::Element).ok_or(super::TYPE)
    }
}
