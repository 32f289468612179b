//! Content models as automata.

use super::Compiler;
use super::hubs::{Hubs, TooManyWays, WAY_STEPS_MAX};
use crate::automaton::{
    Accept, All, AllParticle, Counted, CountedEdge, CountedHub, Edge, Model, Reads,
};
use crate::fault::{SchemaFault, beyond};
use crate::names::{NONE, number};
use crate::tables::Governing;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use xsd_schema::arenas::ComplexTypeDefData;
use xsd_schema::compiler::{
    AllGroupModel, ContentModelMatcher, MaxOccurs, NfaTable, NfaTerm, compile_content_model_matcher,
};

/// Which limit was reached.
enum Over {
    Ways,
    Edges,
}

impl From<TooManyWays> for Over {
    fn from(_: TooManyWays) -> Self {
        Self::Ways
    }
}

/// What a state reads: names with their declarations, or a wildcard.
#[derive(Clone)]
enum Term {
    Names(Rc<[(u32, u32)]>),
    Wildcard(u32),
}

/// A state of the deterministic automaton: the states of the machine that may read next, and whether
/// the content may end.
type Key = (Rc<[u32]>, bool);

/// The edges of one state, before they are put into the tables.
#[derive(Default)]
struct Edges {
    names: BTreeMap<u32, (Next, u32)>,
    wildcards: BTreeMap<u32, Next>,
}

/// The hubs that follow: nearly always one.
struct Next {
    one: u32,
    others: BTreeSet<u32>,
}

impl Next {
    fn to(hub: u32) -> Self {
        Self { one: hub, others: BTreeSet::new() }
    }

    fn add(&mut self, hub: u32) {
        if hub != self.one {
            self.others.insert(hub);
        }
    }
}

impl Compiler<'_> {
    /// The content model of a type, an index.
    pub(super) fn model(&mut self, data: &ComplexTypeDefData) -> Result<u32, SchemaFault> {
        let matcher = compile_content_model_matcher(self.set, data)
            .map_err(|fault| self.sources.fault(fault.location(), "", fault.to_string()))?;
        let nothing = NfaTable::new(Vec::new(), 0, 0);
        let model = match &matcher {
            ContentModelMatcher::AllGroup(all) => self.all(all, data),
            ContentModelMatcher::Nfa(nfa) | ContentModelMatcher::WithOpenContent { nfa, .. } => {
                self.automaton(if nfa.states.is_empty() { &nothing } else { nfa }, data)?
            }
        };
        self.automata.models.push(model);
        Ok(number(self.automata.models.len() - 1))
    }

    fn term(&mut self, term: &NfaTerm, data: &ComplexTypeDefData) -> Term {
        match term {
            NfaTerm::Element { element_key: Some(key), .. } => {
                // The name may differ from the declaration's, by the form that its document asks for.
                let group = self.group(*key);
                let NfaTerm::Element { name, namespace, .. } = term else {
                    return Term::Names(group);
                };
                let symbol = self.shown_symbol(*namespace, *name);
                match group.first() {
                    Some((first, id)) if *first != symbol => Term::Names([(symbol, *id)].into()),
                    _ => Term::Names(group),
                }
            }
            NfaTerm::Element { name, namespace, resolved_type, .. } => {
                let symbol = self.shown_symbol(*namespace, *name);
                let governing: Governing = self.governing(*resolved_type);
                Term::Names([(symbol, self.made_up(symbol, governing))].into())
            }
            NfaTerm::Wildcard { namespace_constraint, process_contents, .. } => {
                let target = data.target_namespace;
                Term::Wildcard(self.wildcard(namespace_constraint, *process_contents, target))
            }
        }
    }

    fn all(&mut self, all: &AllGroupModel, data: &ComplexTypeDefData) -> Model {
        let (mut names, mut required) = (Vec::new(), Vec::new());
        for each in &all.particles {
            if each.max_occurs == MaxOccurs::Bounded(0) {
                continue;
            }
            let Term::Names(group) = self.term(&each.term, data) else { continue };
            let particle = number(required.len());
            required.push(each.min_occurs > 0);
            let group = group.iter();
            names.extend(group.map(|(symbol, element)| AllParticle {
                symbol: *symbol,
                element: *element,
                particle,
            }));
        }
        Model::All(Box::new(All::new(names, required, all.outer_optional)))
    }

    fn automaton(
        &mut self,
        nfa: &NfaTable,
        data: &ComplexTypeDefData,
    ) -> Result<Model, SchemaFault> {
        let mut terms: HashMap<u32, Term> = HashMap::new();
        for (at, state) in nfa.states.iter().enumerate() {
            if let Some(term) = &state.term {
                terms.insert(number(at), self.term(term, data));
            }
        }
        let made = if nfa.has_counters() {
            self.counted(nfa, &terms)
        } else {
            self.deterministic(nfa, &terms)
        };
        made.map_err(|over| {
            let sentence = match over {
                Over::Ways => {
                    let what =
                        "finding what may follow what in a content model takes too many steps";
                    beyond(what, "way-steps-max", WAY_STEPS_MAX)
                }
                Over::Edges => {
                    let what = "the content models have too many ways from one place to the next";
                    beyond(what, "edges-max", self.budget.edges_max as u64)
                }
            };
            self.sources.over_budget(data.source.as_ref(), &sentence)
        })
    }

    /// The deterministic automaton of a machine without counters.
    fn deterministic(&mut self, nfa: &NfaTable, terms: &HashMap<u32, Term>) -> Result<Model, Over> {
        let mut hubs = Hubs::of(nfa);
        let start = hubs.start();
        let first = number(self.automata.states.len());
        let mut building =
            Building { hubs, known: HashMap::new(), of_hub: HashMap::new(), waiting: Vec::new() };
        building.state(Next::to(start))?;
        let mut at = 0;
        while let Some(key) = building.waiting.get(at).cloned() {
            at += 1;
            building.hubs.spend(key.0.len())?;
            let edges = building.edges(&key.0, terms);
            let mut names = Vec::with_capacity(edges.names.len());
            for (symbol, (next, what)) in edges.names {
                names.push((symbol, Edge { next: first + building.state(next)?, what }));
            }
            let mut wildcards = Vec::with_capacity(edges.wildcards.len());
            for (what, next) in edges.wildcards {
                wildcards.push(Edge { next: first + building.state(next)?, what });
            }
            self.automata.states.push(&names, &wildcards, key.1);
            if self.automata.states.edge_count() + self.automata.states.len()
                > self.budget.edges_max
            {
                return Err(Over::Edges);
            }
        }
        Ok(Model::States { start: first, range: first..number(self.automata.states.len()) })
    }

    /// The automaton of a machine with counters.
    fn counted(&mut self, nfa: &NfaTable, terms: &HashMap<u32, Term>) -> Result<Model, Over> {
        let mut hubs = Hubs::of(nfa);
        let mut counted = Counted { counters: hubs.counters(), ..Counted::default() };
        counted.start = hubs.start();
        let mut edges = 0;
        while counted.hubs.len() < hubs.len() {
            let mut hub = CountedHub::default();
            for way in hubs.ways(number(counted.hubs.len()))? {
                let Some(state) = way.reads else {
                    hub.accepts.push(Accept(way.ops.into()));
                    continue;
                };
                let next = hubs.after(state).ok_or(Over::Ways)?;
                let edge = |reads, element| CountedEdge {
                    reads,
                    ops: way.ops.clone().into(),
                    next,
                    element,
                };
                match terms.get(&state).ok_or(Over::Ways)? {
                    Term::Names(names) => hub
                        .edges
                        .extend(names.iter().map(|(symbol, id)| edge(Reads::Symbol(*symbol), *id))),
                    Term::Wildcard(id) => hub.edges.push(edge(Reads::Wildcard(*id), NONE)),
                }
            }
            hub.edges.sort_by_key(|edge| edge.reads);
            edges += hub.edges.len();
            counted.hubs.push(hub);
            if edges > self.budget.edges_max {
                return Err(Over::Edges);
            }
        }
        Ok(Model::Counted(Box::new(counted)))
    }
}

/// A deterministic automaton in the making.
struct Building<'n> {
    hubs: Hubs<'n>,
    known: HashMap<Key, u32>,
    /// The states that stand for being at one hub alone.
    of_hub: HashMap<u32, u32>,
    /// All states in the order of their numbers.
    waiting: Vec<Key>,
}

impl Building<'_> {
    /// The state that stands for being at any of these hubs.
    fn state(&mut self, mut hubs: Next) -> Result<u32, TooManyWays> {
        let alone = hubs.others.is_empty().then_some(hubs.one);
        if let Some(known) = alone.and_then(|hub| self.of_hub.get(&hub)) {
            return Ok(*known);
        }
        hubs.others.insert(hubs.one);
        let (mut reads, mut accepts) = (BTreeSet::new(), false);
        for hub in hubs.others {
            let from = self.hubs.reads(hub)?;
            self.hubs.spend(from.states.len())?;
            reads.extend(from.states.iter().copied());
            accepts |= from.accepts;
        }
        let key: Key = (reads.into_iter().collect(), accepts);
        let next = number(self.waiting.len());
        let number = *self.known.entry(key.clone()).or_insert(next);
        if number == next {
            self.waiting.push(key);
        }
        self.of_hub.extend(alone.map(|hub| (hub, number)));
        Ok(number)
    }

    fn edges(&mut self, states: &[u32], terms: &HashMap<u32, Term>) -> Edges {
        let mut edges = Edges::default();
        for state in states {
            let (Some(term), Some(hub)) = (terms.get(state), self.hubs.after(*state)) else {
                continue;
            };
            match term {
                Term::Names(names) => {
                    for (symbol, id) in names.iter() {
                        let edge = edges.names.entry(*symbol);
                        edge.or_insert_with(|| (Next::to(hub), *id)).0.add(hub);
                    }
                }
                Term::Wildcard(id) => {
                    edges.wildcards.entry(*id).or_insert_with(|| Next::to(hub)).add(hub);
                }
            }
        }
        edges
    }
}
