//! Names of nodes, and qualified names (Functions and Operators, sections 11 and 14.1).

use super::{Builtin, Gives, argument};
use crate::ast::ExprId;
use crate::eval::{Focus, Run};
use crate::fault::{Code, Fault, Outcome};
use crate::lex;
use crate::types::AtomType;
use crate::value::{Atomic, Item, QName, Seq};
use sluse_xml::{NodeId, NodeKind};

const NOT_A_NAME: Fault = Fault::new(Code::Foca0002, "The text is not a name.");

pub(super) const TABLE: &[Builtin] = &[
    Builtin::new("name", 0, 1, Gives::Text, |run, arguments, focus| {
        let Some(node) = node_or_here(run, arguments, focus)? else { return Ok(Seq::string("")) };
        let (prefix, local) = (run.document.prefix(node), local_name(run, node));
        if prefix.is_empty() {
            return Ok(Seq::string(local));
        }
        run.spend_text(prefix.len() + local.len())?;
        Ok(Seq::string(format!("{prefix}:{local}")))
    }),
    Builtin::new("local-name", 0, 1, Gives::Text, |run, arguments, focus| {
        let node = node_or_here(run, arguments, focus)?;
        Ok(Seq::string(node.map_or("", |node| local_name(run, node))))
    }),
    Builtin::new("namespace-uri", 0, 1, Gives::Text, |run, arguments, focus| {
        let node = node_or_here(run, arguments, focus)?;
        let document = run.document;
        let namespace =
            node.filter(|node| is_named(run, *node)).map_or("", |node| document.namespace(node));
        Ok(Seq::atom(Atomic::AnyUri(namespace.into())))
    }),
    Builtin::new("node-name", 1, 1, Gives::Text, |run, arguments, focus| {
        let node = run.one_node(argument(arguments, 0)?, focus)?;
        let Some(node) = node.filter(|node| run.document.name(*node).is_some()) else {
            return Ok(Seq::Empty);
        };
        let document = run.document;
        Ok(Seq::atom(Atomic::QName(
            QName {
                prefix: document.prefix(node).to_owned(),
                namespace: document.namespace(node).to_owned(),
                local: local_name(run, node).to_owned(),
            }
            .into(),
        )))
    }),
    Builtin::new("QName", 2, 2, Gives::Text, |run, arguments, focus| {
        let namespace = run.text_argument(arguments, 0, focus)?.to_string();
        let text = run.required_text(arguments, 1, focus)?;
        let (prefix, local) = lex::qname(&text).ok_or(NOT_A_NAME)?;
        if !prefix.is_empty() && namespace.is_empty() {
            return Err(NOT_A_NAME);
        }
        let name = QName { prefix: prefix.to_owned(), namespace, local: local.to_owned() };
        Ok(Seq::atom(Atomic::QName(name.into())))
    }),
    Builtin::new("local-name-from-QName", 1, 1, Gives::Text, |run, arguments, focus| {
        let name = qname(run, arguments, focus)?;
        Ok(name.map(|name| Atomic::String(name.local.clone().into(), AtomType::Ncname)).into())
    }),
    Builtin::new("prefix-from-QName", 1, 1, Gives::Text, |run, arguments, focus| {
        let name = qname(run, arguments, focus)?.filter(|name| !name.prefix.is_empty());
        Ok(name.map(|name| Atomic::String(name.prefix.clone().into(), AtomType::Ncname)).into())
    }),
    Builtin::new("namespace-uri-from-QName", 1, 1, Gives::Text, |run, arguments, focus| {
        let name = qname(run, arguments, focus)?;
        Ok(name.map(|name| Atomic::AnyUri(name.namespace.clone().into())).into())
    }),
    Builtin::new("namespace-uri-for-prefix", 2, 2, Gives::Text, |run, arguments, focus| {
        let prefix = run.text_argument(arguments, 0, focus)?;
        let element = run.element_argument(arguments, 1, focus)?;
        let namespace =
            run.document.namespace_for_prefix(element, &prefix).filter(|uri| !uri.is_empty());
        Ok(namespace.map(|uri| Atomic::AnyUri(uri.into())).into())
    }),
    Builtin::new("resolve-QName", 2, 2, Gives::Text, |run, arguments, focus| {
        let text = run.text_or_none(arguments, 0, focus)?;
        let element = run.element_argument(arguments, 1, focus)?;
        let Some(text) = text else { return Ok(Seq::Empty) };
        let (prefix, local) = lex::qname(crate::cast::trim(&text)).ok_or(NOT_A_NAME)?;
        let namespace = run.document.namespace_for_prefix(element, prefix).unwrap_or("");
        if namespace.is_empty() && !prefix.is_empty() {
            return Err(Fault::new(Code::Fons0004, "The prefix has no namespace."));
        }
        let name = QName {
            prefix: prefix.to_owned(),
            namespace: namespace.to_owned(),
            local: local.to_owned(),
        };
        Ok(Seq::atom(Atomic::QName(name.into())))
    }),
];

/// The argument's node, or the context item, which must be one.
pub(super) fn node_or_here<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
) -> Outcome<Option<NodeId>> {
    match arguments.first() {
        Some(argument) => run.one_node(*argument, focus),
        None => match run.here(focus)? {
            Item::Node(node) => Ok(Some(node)),
            Item::Atom(_) => Err(super::TYPE),
        },
    }
}

fn is_named(run: &Run<'_>, node: NodeId) -> bool {
    matches!(run.document.kind(node), NodeKind::Element | NodeKind::Attribute)
}

fn local_name<'a>(run: &Run<'a>, node: NodeId) -> &'a str {
    match run.document.kind(node) {
        NodeKind::Element | NodeKind::Attribute | NodeKind::Instruction => run.document.local(node),
        _ => "",
    }
}

fn qname<'a>(
    run: &mut Run<'a>,
    arguments: &'a [ExprId],
    focus: &Focus<'a>,
) -> Outcome<Option<std::sync::Arc<QName>>> {
    match run.atom(argument(arguments, 0)?, focus)? {
        None => Ok(None),
        Some(Atomic::QName(name)) => Ok(Some(name)),
        Some(_) => Err(super::TYPE),
    }
}
