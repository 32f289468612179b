//! Unique Particle Attribution (XML Schema Part 1, section 3.8.6): which particle takes an element must be told
//! by the element's name alone.
//!
//! What may come next is the same after each alternative of a choice that is repeated: it is looked at once for
//! all of them, and not at all where no two particles of the whole model share a name. So a choice of five
//! thousand names is told as fast as it is read.

use super::Compiler;
use super::hubs::{Hubs, TooManyWays};
use crate::fault::{SchemaFault, beyond};
use crate::front::is_last;
use std::collections::HashMap;
use std::hash::Hash;
use xsd_schema::NameId;
use xsd_schema::arenas::ComplexTypeDefData;
use xsd_schema::compiler::{
    ContentModelMatcher, NfaTable, NfaTerm, SubstitutionGroupMap, build_substitution_group_map,
    compile_content_model_for_upa,
};
use xsd_schema::parser::frames::ComplexContentResult;
use xsd_schema::parser::location::SourceRef;
use xsd_schema::types::complex::NamespaceConstraint;

/// The limit of the steps that telling particles apart takes, all content models together.
pub(crate) const FOLLOW_STEPS: &str = "follow-steps-max";

/// A particle as far as it competes with others.
#[derive(Clone, Copy)]
struct Particle<'n> {
    term: &'n NfaTerm,
    source: Option<&'n SourceRef>,
}

/// Two particles that may take the same element.
type Pair<'n> = (Particle<'n>, Particle<'n>);

/// The name of an element.
type Name = (NameId, Option<NameId>);

/// How a check ends before it finds that all is well.
enum Ends<'n> {
    Conflict(Pair<'n>),
    TooLong,
}

impl From<TooManyWays> for Ends<'_> {
    fn from(_: TooManyWays) -> Self {
        Self::TooLong
    }
}

/// What checks spend, and what they all need.
struct Check {
    substitutes: SubstitutionGroupMap,
    left: u64,
}

impl Compiler<'_> {
    /// Checks the content models of all types, and tells all that are ambiguous. One that takes too many steps is the
    /// last: nothing is left for those after it.
    pub(super) fn particles_apart(&self) -> Result<(), Vec<SchemaFault>> {
        let set = self.set;
        let types = set.arenas.complex_types.values();
        // A type without a place is of the recommendation itself.
        let own = types.filter(|each| each.source.is_some() && has_particle(each));
        let own = own.filter(|each| !is_last(set, each.target_namespace));
        let own: Vec<&ComplexTypeDefData> = own.collect();
        if own.is_empty() {
            return Ok(());
        }
        let substitutes = build_substitution_group_map(set);
        let mut check = Check { substitutes, left: self.budget.follow_steps_max };
        let mut faults: Vec<SchemaFault> = Vec::new();
        for data in own {
            match self.particles_of(data, &mut check) {
                Ok(()) => {}
                Err(fault) => faults.push(fault),
            }
            if faults.last().is_some_and(|fault| fault.over_budget) {
                break;
            }
        }
        // A type that extends an ambiguous one has its particles, and is told where that is.
        let place = |fault: &SchemaFault| (fault.file.clone(), fault.line, fault.column);
        faults.sort_by_key(place);
        faults.dedup_by_key(|fault| place(fault));
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn particles_of(
        &self,
        data: &ComplexTypeDefData,
        check: &mut Check,
    ) -> Result<(), SchemaFault> {
        let matcher = compile_content_model_for_upa(self.set, data).map_err(|fault| {
            let source = fault.location().or(data.source.as_ref());
            self.sources.fault(source, "", fault.to_string())
        })?;
        let ended = match &matcher {
            ContentModelMatcher::AllGroup(all) => {
                let particles = all.particles.iter();
                let particles = particles
                    .map(|each| Particle { term: &each.term, source: each.source.as_ref() });
                check.together(&particles.collect::<Vec<_>>(), data.target_namespace)
            }
            ContentModelMatcher::Nfa(nfa) | ContentModelMatcher::WithOpenContent { nfa, .. } => {
                check.machine(nfa, data.target_namespace)
            }
        };
        match ended {
            Ok(()) => Ok(()),
            Err(Ends::Conflict(pair)) => Err(self.ambiguous(&pair, data)),
            Err(Ends::TooLong) => {
                let what = "telling apart what may follow what in the content models takes too many steps; too much is optional or repeated within each other";
                let sentence = beyond(what, FOLLOW_STEPS, self.budget.follow_steps_max);
                Err(self.sources.over_budget(data.source.as_ref(), &sentence))
            }
        }
    }

    fn ambiguous(&self, pair: &Pair<'_>, data: &ComplexTypeDefData) -> SchemaFault {
        let place = |particle: &Particle<'_>| {
            let fault = self.sources.fault(particle.source, "", "");
            (fault.file, fault.line, fault.column)
        };
        let (first, second) =
            if place(&pair.1) < place(&pair.0) { (&pair.1, &pair.0) } else { (&pair.0, &pair.1) };
        let other = self.sources.fault(second.source, "", "");
        let other = match (second.source, &other.file, other.line) {
            (Some(_), file, line) if line > 0 => format!(" (the other one: {file}:{line})"),
            _ => String::new(),
        };
        let sentence = match (first.term, second.term) {
            (NfaTerm::Element { name, .. }, NfaTerm::Element { name: two, .. }) if name != two => {
                let (one, two) = (self.text(*name), self.text(*two));
                format!(
                    "elements that may stand for `{one}` may stand for `{two}` as well: which particle takes them cannot be told{other}"
                )
            }
            (NfaTerm::Element { name, .. }, NfaTerm::Element { .. }) => format!(
                "`{}` could be taken by two particles of the content model{other}",
                self.text(*name)
            ),
            (NfaTerm::Element { name, .. }, _) | (_, NfaTerm::Element { name, .. }) => format!(
                "`{}` could be taken by its own particle or by a wildcard{other}",
                self.text(*name)
            ),
            _ => format!("an element could be taken by two wildcards{other}"),
        };
        self.sources.fault(first.source.or(data.source.as_ref()), "cos-nonambig", sentence)
    }
}

fn has_particle(data: &ComplexTypeDefData) -> bool {
    match &data.content {
        ComplexContentResult::Complex(content) => content.particle.is_some(),
        ComplexContentResult::Empty | ComplexContentResult::Simple(_) => false,
    }
}

impl Check {
    /// A machine: where two of all its particles compete, what may be read from each of its places.
    fn machine<'n>(&mut self, nfa: &'n NfaTable, target: Option<NameId>) -> Result<(), Ends<'n>> {
        let particle = |state: u32| {
            let state = nfa.get_state(state)?;
            Some(Particle { term: state.term.as_ref()?, source: state.origin.as_ref() })
        };
        let all: Vec<Particle<'_>> =
            (0..nfa.state_count()).filter_map(|at| particle(crate::names::number(at))).collect();
        match self.together(&all, target) {
            Err(Ends::Conflict(_)) => {}
            ended => return ended,
        }
        let mut hubs = Hubs::within(nfa, self.left);
        let mut at = hubs.start();
        while (at as usize) < hubs.len() {
            let reads = hubs.reads(at)?;
            let next: Vec<Particle<'_>> =
                reads.states.iter().filter_map(|state| particle(*state)).collect();
            self.left = hubs.left();
            self.together(&next, target)?;
            hubs.spend(usize::try_from(hubs.left() - self.left).unwrap_or(usize::MAX))?;
            for state in &reads.states {
                hubs.after(*state);
            }
            at += 1;
        }
        self.left = hubs.left();
        Ok(())
    }

    /// Particles that may all take the next element.
    fn together<'n>(
        &mut self,
        particles: &[Particle<'n>],
        target: Option<NameId>,
    ) -> Result<(), Ends<'n>> {
        let (elements, wildcards): (Vec<Particle<'n>>, Vec<Particle<'n>>) = particles
            .iter()
            .copied()
            .partition(|each| matches!(each.term, NfaTerm::Element { .. }));
        let (mut own, mut taken) = (Firsts::default(), Firsts::default());
        for element in &elements {
            let NfaTerm::Element { name, namespace, element_key, .. } = element.term else {
                continue;
            };
            let name = (*name, *namespace);
            // A head that is abstract competes by its name, and may not be among what stands for it.
            own.add(name, *element)?;
            let substitutes = element_key.and_then(|key| self.substitutes.get(&key));
            let names: Vec<Name> =
                substitutes.map_or_else(|| vec![name], |names| names.iter().copied().collect());
            self.left = self.left.checked_sub(2 + names.len() as u64).ok_or(Ends::TooLong)?;
            for name in &names {
                taken.add(*name, *element)?;
            }
            let against = (names.len() * wildcards.len()) as u64;
            self.left = self.left.checked_sub(against).ok_or(Ends::TooLong)?;
            for wildcard in &wildcards {
                let lets_in = |name: &Name| lets_in(wildcard, name.1, target);
                if !is_same(element, wildcard) && names.iter().any(lets_in) {
                    return Err(Ends::Conflict((*element, *wildcard)));
                }
            }
        }
        self.wildcards(&wildcards, target)
    }

    fn wildcards<'n>(
        &mut self,
        wildcards: &[Particle<'n>],
        target: Option<NameId>,
    ) -> Result<(), Ends<'n>> {
        let lists: Vec<Option<Vec<Option<NameId>>>> =
            wildcards.iter().map(|each| listed(each, target)).collect();
        let all = || wildcards.iter().zip(&lists);
        for (at, one) in all().enumerate() {
            self.left = self.left.checked_sub(1 + at as u64).ok_or(Ends::TooLong)?;
            let other = all()
                .take(at)
                .find(|(other, list)| !is_same(one.0, other) && meet(one, (other, list), target));
            if let Some((other, _)) = other {
                return Err(Ends::Conflict((*other, *one.0)));
            }
        }
        Ok(())
    }
}

/// The first particle that takes each name.
struct Firsts<'n, K>(HashMap<K, Particle<'n>>);

impl<K> Default for Firsts<'_, K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<'n, K: Eq + Hash> Firsts<'n, K> {
    fn add(&mut self, key: K, particle: Particle<'n>) -> Result<(), Ends<'n>> {
        let first = *self.0.entry(key).or_insert(particle);
        let itself = std::ptr::eq(first.term, particle.term);
        if itself || is_same(&first, &particle) {
            Ok(())
        } else {
            Err(Ends::Conflict((first, particle)))
        }
    }
}

/// Whether two are copies of one particle, as where a repetition is written out.
fn is_same(one: &Particle<'_>, two: &Particle<'_>) -> bool {
    match (one.source, two.source) {
        (Some(one), Some(two)) => one.doc_id == two.doc_id && one.span == two.span,
        _ => false,
    }
}

/// Whether a wildcard lets in names of a namespace.
fn lets_in(wildcard: &Particle<'_>, namespace: Option<NameId>, target: Option<NameId>) -> bool {
    match wildcard.term {
        NfaTerm::Wildcard { namespace_constraint, .. } => {
            namespace_constraint.matches(namespace, target)
        }
        NfaTerm::Element { .. } => false,
    }
}

/// A wildcard, and the namespaces that it lets in where these are counted.
type Counted<'p, 'n> = (&'p Particle<'n>, &'p Option<Vec<Option<NameId>>>);

/// Whether two wildcards let in names of one namespace.
fn meet(one: Counted<'_, '_>, two: Counted<'_, '_>, target: Option<NameId>) -> bool {
    match (one.1, two.1) {
        (Some(list), _) => list.iter().any(|namespace| lets_in(two.0, *namespace, target)),
        (_, Some(list)) => list.iter().any(|namespace| lets_in(one.0, *namespace, target)),
        // All but a few, twice, is always something.
        (None, None) => true,
    }
}

/// The namespaces of a wildcard, where they are counted.
fn listed(wildcard: &Particle<'_>, target: Option<NameId>) -> Option<Vec<Option<NameId>>> {
    let NfaTerm::Wildcard { namespace_constraint, .. } = wildcard.term else { return None };
    match namespace_constraint {
        NamespaceConstraint::TargetNamespace => Some(vec![target]),
        NamespaceConstraint::Local => Some(vec![None]),
        NamespaceConstraint::List(list) => Some(list.clone()),
        NamespaceConstraint::Any | NamespaceConstraint::Other | NamespaceConstraint::Not(_) => None,
    }
}
