//! Wildcards: which namespaces they let in, and what is done with what they let in.

/// What is done with an element or attribute that a wildcard lets in (XML Schema Part 1, section 3.10.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Process {
    /// It must be declared, and is judged.
    Strict,
    /// It is judged where it is declared.
    Lax,
    /// It is not judged.
    Skip,
}

/// The namespaces that a wildcard lets in, as numbers; 0 stands for no namespace.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Namespaces {
    /// All.
    Any,
    /// These; sorted.
    In(Box<[u32]>),
    /// All but these; sorted.
    Not(Box<[u32]>),
}

/// A wildcard.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Wildcard {
    pub(crate) namespaces: Namespaces,
    pub(crate) process: Process,
}

impl Wildcard {
    /// Whether a name in a namespace is let in; the schema need not know the namespace.
    pub(crate) fn lets_in(&self, namespace: u32) -> bool {
        match &self.namespaces {
            Namespaces::Any => true,
            Namespaces::In(list) => list.contains(&namespace),
            Namespaces::Not(list) => !list.contains(&namespace),
        }
    }
}

impl Namespaces {
    /// These namespaces.
    pub(crate) fn these(list: impl IntoIterator<Item = u32>) -> Self {
        Self::In(sorted(list))
    }

    /// All but these.
    pub(crate) fn all_but(list: impl IntoIterator<Item = u32>) -> Self {
        Self::Not(sorted(list))
    }

    /// Attribute Wildcard Intersection (XML Schema Part 1, section 3.10.6).
    pub(crate) fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Any, all) | (all, Self::Any) => all.clone(),
            (Self::In(one), Self::In(two)) => {
                Self::these(one.iter().copied().filter(|each| two.contains(each)))
            }
            (Self::In(list), Self::Not(out)) | (Self::Not(out), Self::In(list)) => {
                Self::these(list.iter().copied().filter(|each| !out.contains(each)))
            }
            (Self::Not(one), Self::Not(two)) => Self::all_but(one.iter().chain(two).copied()),
        }
    }

    /// Attribute Wildcard Union (ibid.).
    pub(crate) fn or(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => Self::Any,
            (Self::In(one), Self::In(two)) => Self::these(one.iter().chain(two).copied()),
            (Self::In(list), Self::Not(out)) | (Self::Not(out), Self::In(list)) => {
                Self::all_but(out.iter().copied().filter(|each| !list.contains(each)))
            }
            (Self::Not(one), Self::Not(two)) => {
                Self::all_but(one.iter().copied().filter(|each| two.contains(each)))
            }
        }
    }
}

fn sorted(list: impl IntoIterator<Item = u32>) -> Box<[u32]> {
    let mut list: Vec<u32> = list.into_iter().collect();
    list.sort_unstable();
    list.dedup();
    list.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_and_meets_as_sets_do() {
        let sets = [
            Namespaces::Any,
            Namespaces::these([0, 2]),
            Namespaces::these([2, 3]),
            Namespaces::all_but([0, 2]),
            Namespaces::all_but([3]),
        ];
        let lets_in = |set: &Namespaces, namespace| {
            Wildcard { namespaces: set.clone(), process: Process::Lax }.lets_in(namespace)
        };
        for (one, two) in sets.iter().flat_map(|one| sets.iter().map(move |two| (one, two))) {
            for namespace in 0..5 {
                let (first, second) = (lets_in(one, namespace), lets_in(two, namespace));
                assert_eq!(lets_in(&one.and(two), namespace), first && second);
                assert_eq!(lets_in(&one.or(two), namespace), first || second);
            }
        }
    }
}
