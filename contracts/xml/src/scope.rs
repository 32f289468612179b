//! Which prefix stands for which namespace, while reading and afterwards.
//!
//! While reading, a table by prefix holds what is in force, with a log to undo it: constant time
//! however many prefixes there are. Afterwards the declarations of each element are kept, sorted.

use crate::tree::NONE;

/// A prefix bound to a namespace, both as indices of strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Binding {
    pub(crate) prefix: u32,
    pub(crate) namespace: u32,
}

/// The declarations of one element.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    pub(crate) node: u32,
    /// The scope around this one, an index.
    outer: u32,
    from: u32,
    to: u32,
}

/// The declarations of a whole document.
#[derive(Debug, Default)]
pub(crate) struct Scopes {
    /// In document order.
    scopes: Vec<Scope>,
    bindings: Vec<Binding>,
}

impl Scopes {
    /// Keeps the declarations of an element that stands in scope `outer`; gives the new scope's index.
    pub(crate) fn push(&mut self, node: u32, outer: u32, bindings: &mut [Binding]) -> u32 {
        bindings.sort_unstable();
        let count = |length: usize| u32::try_from(length).unwrap_or(NONE);
        let from = count(self.bindings.len());
        self.bindings.extend_from_slice(bindings);
        let to = count(self.bindings.len());
        self.scopes.push(Scope { node, outer, from, to });
        count(self.scopes.len() - 1)
    }

    /// The scope of an element that has declarations itself.
    pub(crate) fn of(&self, node: u32) -> Option<Scope> {
        let at = self.scopes.binary_search_by_key(&node, |scope| scope.node).ok()?;
        self.scopes.get(at).copied()
    }

    /// The elements that declare anything.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = u32> + '_ {
        self.scopes.iter().map(|scope| scope.node)
    }

    /// The innermost scope that a node stands in; `end_of` gives where a scope's element ends.
    pub(crate) fn around(&self, node: u32, end_of: impl Fn(Scope) -> u32) -> Option<Scope> {
        let at = self.scopes.partition_point(|scope| scope.node <= node).checked_sub(1)?;
        let mut scope = self.scopes.get(at).copied()?;
        while end_of(scope) <= node {
            scope = self.outer(scope)?;
        }
        Some(scope)
    }

    /// The scope around another one.
    pub(crate) fn outer(&self, scope: Scope) -> Option<Scope> {
        self.scopes.get(scope.outer as usize).copied()
    }

    /// What an element declares.
    pub(crate) fn bindings(&self, scope: Scope) -> &[Binding] {
        self.bindings.get(scope.from as usize..scope.to as usize).unwrap_or_default()
    }

    /// The namespace that an element itself declares for a prefix.
    pub(crate) fn lookup(&self, scope: Scope, prefix: u32) -> Option<u32> {
        let bindings = self.bindings(scope);
        let at = bindings.binary_search_by_key(&prefix, |binding| binding.prefix).ok()?;
        bindings.get(at).map(|binding| binding.namespace)
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.scopes.capacity() * size_of::<Scope>()
            + self.bindings.capacity() * size_of::<Binding>()
    }
}

/// What is in force while reading.
#[derive(Debug, Default)]
pub(crate) struct InForce {
    /// Namespace by prefix; [`NONE`] where undeclared.
    by_prefix: Vec<u32>,
    /// What each declaration replaced, and how many bytes it has itself.
    replaced: Vec<(Binding, usize)>,
    /// Bytes of all that is in force.
    bytes: usize,
}

impl InForce {
    /// How many declarations are in force, to be given to [`InForce::undo`].
    pub(crate) fn mark(&self) -> usize {
        self.replaced.len()
    }

    /// The namespace of a prefix.
    pub(crate) fn get(&self, prefix: u32) -> Option<u32> {
        self.by_prefix.get(prefix as usize).copied().filter(|namespace| *namespace != NONE)
    }

    /// Bytes of all prefixes and namespaces in force.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Declares a prefix; `bytes` is how long it and its namespace are.
    pub(crate) fn declare(&mut self, binding: Binding, bytes: usize) {
        let at = binding.prefix as usize;
        if self.by_prefix.len() <= at {
            self.by_prefix.resize(at + 1, NONE);
        }
        if let Some(slot) = self.by_prefix.get_mut(at) {
            let replaced = Binding { prefix: binding.prefix, namespace: *slot };
            self.replaced.push((replaced, bytes));
            self.bytes += bytes;
            *slot = binding.namespace;
        }
    }

    /// Forgets what was declared since `mark`.
    pub(crate) fn undo(&mut self, mark: usize) {
        for (binding, bytes) in self.replaced.drain(mark.min(self.replaced.len())..).rev() {
            self.bytes -= bytes;
            if let Some(slot) = self.by_prefix.get_mut(binding.prefix as usize) {
                *slot = binding.namespace;
            }
        }
    }
}
