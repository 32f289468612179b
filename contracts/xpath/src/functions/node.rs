//! Functions on nodes (Functions and Operators, sections 2 and 14).

use super::name::node_or_here;
use super::{Builtin, Gives, argument};
use crate::eval::Run;
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
    Builtin::new("lang", 1, 2, Gives::Boolean, |run, arguments, focus| {
        let wanted = run.text_argument(arguments, 0, focus)?.to_lowercase();
        let node = match arguments.get(1) {
            Some(argument) => run.one_node(*argument, focus)?.ok_or(super::TYPE)?,
            None => run.here_node(focus)?,
        };
        let language = language(run, node).to_lowercase();
        let rest = language.strip_prefix(&wanted);
        Ok(Seq::boolean(rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))))
    }),
    Builtin::new("has-children", 0, 1, Gives::Boolean, |run, arguments, focus| {
        let node = node_or_here(run, arguments, focus)?;
        Ok(Seq::boolean(node.is_some_and(|node| run.document.first_child(node).is_some())))
    }),
];

fn language<'a>(run: &Run<'a>, node: NodeId) -> &'a str {
    let mut at = Some(node);
    while let Some(each) = at {
        if let Some(language) = run.document.attribute(each, XML_NAMESPACE, "lang") {
            return language;
        }
        at = run.document.parent(each);
    }
    ""
}
