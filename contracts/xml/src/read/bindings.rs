//! Which prefix stands for which namespace, while a stream is read: kept for as long as it is in force.

use super::{event::NameAt, name_at};
use crate::XML_NAMESPACE;
use crate::build::elements::{check_binding, is_declaration, split_at};
use crate::fault::{Fault, FaultKind};
use crate::start::{self, Written};
use std::collections::HashMap;

/// A declaration.
#[derive(Debug)]
struct Binding {
    prefix: Box<str>,
    namespace: Box<str>,
    serial: u64,
    /// The declaration of the same prefix around it, where prefixes are looked up.
    outer: Option<usize>,
}

/// The declarations that are in force, the innermost last.
#[derive(Debug)]
pub(crate) struct Bindings {
    list: Vec<Binding>,
    /// The innermost declaration of each prefix, once there are many.
    innermost: HashMap<Box<str>, usize>,
    declared: u64,
    /// Bytes of all prefixes and namespaces in force.
    bytes: usize,
}

/// Up to so many declarations are looked through one by one.
const LINEAR_MAX: usize = 16;

impl Bindings {
    pub(super) fn new() -> Self {
        let xml = Binding {
            prefix: "xml".into(),
            namespace: XML_NAMESPACE.into(),
            serial: 0,
            outer: None,
        };
        Self { list: vec![xml], innermost: HashMap::new(), declared: 0, bytes: 0 }
    }

    /// How many are in force, to be given to [`Bindings::undo`].
    pub(super) fn count(&self) -> usize {
        self.list.len()
    }

    pub(super) fn namespace(&self, at: usize) -> &str {
        self.list.get(at).map_or("", |binding| &binding.namespace)
    }

    pub(super) fn serial(&self, at: usize) -> u64 {
        self.list.get(at).map_or(0, |binding| binding.serial)
    }

    /// A number of the last declaration in force: the same one means that the same ones are in force.
    pub(super) fn last(&self) -> u64 {
        self.list.last().map_or(0, |binding| binding.serial)
    }

    /// The declaration that is in force for a prefix.
    pub(super) fn find(&self, prefix: &str) -> Option<usize> {
        if self.list.len() <= LINEAR_MAX {
            return self.list.iter().rposition(|binding| &*binding.prefix == prefix);
        }
        self.innermost.get(prefix).copied()
    }

    /// The namespace that a prefix stands for without the declarations from `own` on; none where none of those is of it.
    pub(super) fn outer(&self, prefix: &str, own: usize) -> Option<&str> {
        let found = self.find(prefix).filter(|found| *found >= own)?;
        let outer = self.list.get(found)?.outer;
        Some(outer.map_or("", |outer| self.namespace(outer)))
    }

    /// Puts an element's declarations in force, all of them together within `bytes_max`.
    pub(super) fn declare(
        &mut self,
        written: &[Written<'_>],
        bytes_max: usize,
    ) -> Result<(), Fault> {
        let own = self.list.len();
        for attribute in written.iter().filter(|each| each.name.starts_with("xmlns")) {
            if !is_declaration(attribute.name) {
                continue;
            }
            let prefix = match split_at(attribute.name, attribute.name_offset)? {
                ("", _) => "",
                (_, prefix) => prefix,
            };
            let mut namespace = String::new();
            start::push_value(attribute.value, attribute.value_offset, &mut namespace)?;
            let fault = |sentence| Fault::form(sentence, attribute.name_offset);
            check_binding(prefix, &namespace).map_err(fault)?;
            if self.find(prefix).is_some_and(|found| found >= own) {
                return Err(fault("an element has one attribute twice"));
            }
            self.push(prefix, namespace);
            if self.bytes > bytes_max {
                return Err(Fault::new(FaultKind::PieceTooLong, attribute.name_offset));
            }
        }
        Ok(())
    }

    fn push(&mut self, prefix: &str, namespace: String) {
        let at = self.list.len();
        let outer = self.find(prefix);
        self.declared += 1;
        self.bytes += prefix.len() + namespace.len();
        let (prefix, namespace) = (Box::from(prefix), namespace.into());
        self.list.push(Binding { prefix, namespace, serial: self.declared, outer });
        if at == LINEAR_MAX {
            // Later ones overwrite earlier ones of the same prefix.
            let all = self.list.iter().enumerate();
            self.innermost = all.map(|(at, binding)| (binding.prefix.clone(), at)).collect();
        } else if let (true, Some(binding)) = (at > LINEAR_MAX, self.list.last()) {
            self.innermost.insert(binding.prefix.clone(), at);
        }
    }

    /// Forgets all but the first `count`.
    pub(super) fn undo(&mut self, count: usize) {
        while self.list.len() > count.max(1) {
            let Some(binding) = self.list.pop() else { return };
            self.bytes -= binding.prefix.len() + binding.namespace.len();
            if self.list.len() < LINEAR_MAX {
                self.innermost.clear();
            } else if let Some(outer) = binding.outer {
                self.innermost.insert(binding.prefix, outer);
            } else {
                self.innermost.remove(&binding.prefix);
            }
        }
    }

    /// The name of an element, its namespace found.
    pub(super) fn element(&self, name: &str, offset: usize) -> Result<NameAt, Fault> {
        let (prefix, at) = name_at(name, offset)?;
        match (self.used(prefix, offset)?, prefix) {
            (None, "") => Ok(at),
            (None, _) => Err(Fault::new(FaultKind::PrefixNotDeclared, offset)),
            (binding, _) => Ok(NameAt { binding, ..at }),
        }
    }

    /// The name of an attribute, its namespace found; none of a declaration.
    pub(super) fn attribute(&self, name: &str, offset: usize) -> Result<Option<NameAt>, Fault> {
        let (prefix, at) = name_at(name, offset)?;
        if is_declaration(name) {
            return Ok(None);
        }
        if prefix.is_empty() {
            return Ok(Some(at));
        }
        let binding = self.used(prefix, offset)?;
        let binding = binding.ok_or(Fault::new(FaultKind::PrefixNotDeclared, offset))?;
        Ok(Some(NameAt { binding: Some(binding), ..at }))
    }

    /// The declaration of a prefix, unless it says that there is no namespace.
    fn used(&self, prefix: &str, offset: usize) -> Result<Option<usize>, Fault> {
        if prefix == "xmlns" {
            return Err(Fault::form("the prefix xmlns may not be used in names", offset));
        }
        Ok(self.find(prefix).filter(|found| !self.namespace(*found).is_empty()))
    }
}
