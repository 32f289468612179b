//! Elements: start and end tags, attributes, and the namespaces that they declare.

use super::nodes::length;
use super::{Build, EMPTY, Open, XMLNS};
use crate::fault::{Fault, FaultKind};
use crate::names::split;
use crate::scope::Binding;
use crate::start::{self, Written};
use crate::tree::{NONE, NodeKind};
use crate::{XML_NAMESPACE, XMLNS_NAMESPACE};

impl<'t> Build<'t> {
    pub(super) fn start(&mut self, inner: &'t str, from: usize, empty: bool) -> Result<(), Fault> {
        if self.open.len() == 1 && self.document_element.is_some() {
            return Err(Fault::form("a document has one element at its top", from));
        }
        self.check_depth(from)?;
        let name = start::read(inner, from + 1, self.limits, &mut self.attributes)?;
        self.started(name, from, empty)
    }

    pub(super) fn check_depth(&self, from: usize) -> Result<(), Fault> {
        if self.open.len() > self.limits.depth_max {
            return Err(Fault::new(FaultKind::TooDeep, from));
        }
        Ok(())
    }

    /// Begins the element whose attributes have been read.
    pub(super) fn started(&mut self, name: &'t str, from: usize, empty: bool) -> Result<(), Fault> {
        let attributes = std::mem::take(&mut self.attributes);
        let mark = self.in_force.mark();
        let node = self.push(NodeKind::Element, NONE, EMPTY, from)?;
        let scope = self.declare(node, &attributes)?;
        let (name_id, prefix) = self.element_name(name, from + 1)?;
        self.set_name(node, name_id, prefix);
        for attribute in &attributes {
            self.attribute(node, attribute)?;
        }
        self.attributes = attributes;
        self.document_element.get_or_insert(node);
        self.open.push(Open { node, name, last: NONE, scope, mark });
        if empty {
            self.close();
        }
        Ok(())
    }

    pub(super) fn end(&mut self, inner: &'t str, from: usize) -> Result<(), Fault> {
        let name = inner.trim_end_matches([' ', '\t', '\n', '\r']);
        if self.open.len() == 1 {
            return Err(Fault::form("an end tag stands where no element is open", from));
        }
        if self.open.last().is_some_and(|open| open.name == name) {
            self.close();
            Ok(())
        } else {
            Err(Fault::form("an end tag does not close the element that is open", from))
        }
    }

    pub(super) fn close(&mut self) {
        if let Some(open) = self.open.pop() {
            if self.in_force.mark() > open.mark {
                self.in_force.undo(open.mark);
                self.known.forget();
            }
            self.close_node(open.node);
        }
    }

    pub(super) fn close_node(&mut self, node: u32) {
        let end = self.next_node();
        let to = length(&self.texts);
        if let Some(slot) = self.nodes.end.get_mut(node as usize) {
            *slot = end;
        }
        if let Some(slot) = self.nodes.to.get_mut(node as usize) {
            *slot = to;
        }
    }

    /// Puts an element's namespace declarations in force; gives the scope that its content stands in.
    pub(super) fn declare(&mut self, node: u32, attributes: &[Written<'t>]) -> Result<u32, Fault> {
        let outer = self.open.last().map_or(NONE, |open| open.scope);
        if !attributes.iter().any(|attribute| attribute.name.starts_with("xmlns")) {
            return Ok(outer);
        }
        let mut bindings = Vec::new();
        for attribute in attributes {
            let prefix = match attribute.name {
                "xmlns" => "",
                name if name.starts_with("xmlns:") => split_at(name, attribute.name_offset)?.1,
                _ => continue,
            };
            let (binding, bytes) = self.binding(prefix, attribute)?;
            if mark_seen(&mut self.seen_prefixes, binding.prefix, node) {
                return Err(Fault::form(
                    "an element has one attribute twice",
                    attribute.name_offset,
                ));
            }
            self.in_force.declare(binding, bytes);
            if self.in_force.bytes() > self.limits.piece_bytes_max {
                return Err(Fault::new(FaultKind::PieceTooLong, attribute.name_offset));
            }
            bindings.push(binding);
        }
        self.interned_bytes += bindings.len() * 2 * size_of::<Binding>();
        if bindings.is_empty() {
            return Ok(outer);
        }
        self.known.forget();
        Ok(self.scopes.push(node, outer, &mut bindings))
    }

    /// A declaration and its length (Namespaces in XML 1.0, sections 3 and 5, and its reserved prefixes).
    pub(super) fn binding(
        &mut self,
        prefix: &str,
        attribute: &Written<'t>,
    ) -> Result<(Binding, usize), Fault> {
        let mut namespace = String::new();
        start::push_value(attribute.value, attribute.value_offset, &mut namespace)?;
        check_binding(prefix, &namespace)
            .map_err(|sentence| Fault::form(sentence, attribute.name_offset))?;
        let bytes = prefix.len() + namespace.len();
        let prefix = self.intern(prefix, attribute.name_offset)?;
        let namespace = self.intern(&namespace, attribute.value_offset)?;
        Ok((Binding { prefix, namespace }, bytes))
    }

    pub(super) fn attribute(&mut self, element: u32, attribute: &Written<'t>) -> Result<(), Fault> {
        if is_declaration(attribute.name) {
            return split_at(attribute.name, attribute.name_offset).map(drop);
        }
        let (name, prefix) = self.attribute_name(attribute.name, attribute.name_offset)?;
        if mark_seen(&mut self.seen_names, name, element) {
            return Err(Fault::form("an element has one attribute twice", attribute.name_offset));
        }
        let node = self.push(NodeKind::Attribute, name, prefix, attribute.name_offset)?;
        if attribute.is_plain {
            self.other.push_str(attribute.value);
        } else {
            start::push_value(attribute.value, attribute.value_offset, &mut self.other)?;
        }
        self.end_other(node);
        Ok(())
    }

    fn element_name(&mut self, name: &'t str, offset: usize) -> Result<(u32, u32), Fault> {
        if let Some(known) = self.known.element(name) {
            return Ok(known);
        }
        let (prefix, local) = split_at(name, offset)?;
        let found = self.resolve_name(prefix, local, true, offset)?;
        self.known.keep_element(name, found);
        Ok(found)
    }

    fn attribute_name(&mut self, name: &'t str, offset: usize) -> Result<(u32, u32), Fault> {
        if let Some(known) = self.known.attribute(name) {
            return Ok(known);
        }
        let (prefix, local) = split_at(name, offset)?;
        let found = self.resolve_name(prefix, local, false, offset)?;
        self.known.keep_attribute(name, found);
        Ok(found)
    }

    /// The expanded name, and the prefix, both as indices.
    pub(super) fn resolve_name(
        &mut self,
        prefix: &str,
        local: &str,
        element: bool,
        offset: usize,
    ) -> Result<(u32, u32), Fault> {
        let prefix = self.intern(prefix, offset)?;
        let namespace = match prefix {
            EMPTY if !element => EMPTY,
            XMLNS => return Err(Fault::form("the prefix xmlns may not be used in names", offset)),
            _ => {
                self.in_force.get(prefix).ok_or(Fault::new(FaultKind::PrefixNotDeclared, offset))?
            }
        };
        Ok((self.intern_name(namespace, local, offset)?, prefix))
    }
}

fn mark_seen(seen: &mut Vec<u32>, at: u32, owner: u32) -> bool {
    let at = at as usize;
    if seen.len() <= at {
        seen.resize(at + 1, NONE);
    }
    seen.get_mut(at).is_some_and(|slot| std::mem::replace(slot, owner) == owner)
}

/// Whether a prefix may be declared for a namespace (Namespaces in XML 1.0, section 3).
pub(crate) fn check_binding(prefix: &str, namespace: &str) -> Result<(), &'static str> {
    match (prefix, namespace) {
        ("xmlns", _) => Err("the prefix xmlns may not be declared"),
        ("xml", XML_NAMESPACE) => Ok(()),
        ("xml", _) => Err("the prefix xml stands for its own namespace only"),
        (_, XML_NAMESPACE) => Err("the namespace of the prefix xml may have no other prefix"),
        (_, XMLNS_NAMESPACE) => Err("the namespace of declarations may not be declared"),
        ("", _) => Ok(()),
        (_, "") => Err("a prefix may not be declared for no namespace"),
        _ => Ok(()),
    }
}

pub(crate) fn is_declaration(name: &str) -> bool {
    name.strip_prefix("xmlns").is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

pub(crate) fn split_at(name: &str, offset: usize) -> Result<(&str, &str), Fault> {
    split(name).ok_or(Fault::form("a name is not as XML has it", offset))
}
