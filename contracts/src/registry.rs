//! The contracts in force right now, in memory: found by id, or by what a document says.

use crate::{
    Contract, ContractRef, Day, Payload, Violation, code,
    manifest::{SelectBy, Status},
};
use std::{collections::HashMap, sync::Arc};

/// The contracts of a library, found by id or by what a document says.
#[derive(Debug, Default)]
pub struct Registry {
    contracts: Vec<Arc<Contract>>,
    by_id: HashMap<String, Vec<usize>>,
    /// Local name of the root element → namespace and contract.
    by_root: HashMap<String, Vec<(String, usize)>>,
    by_member: Vec<usize>,
}

/// What is known about the contract of a document.
#[derive(Debug, Clone)]
pub enum Selection {
    /// This one.
    One(Arc<Contract>),
    /// No contract in force knows it.
    None,
    /// Several do: none is guessed.
    Several(Vec<Arc<Contract>>),
    /// Only a retired one does.
    Retired(Arc<Contract>),
}

impl Selection {
    /// The contract, where there is exactly one.
    pub fn one(&self) -> Option<&Arc<Contract>> {
        match self {
            Self::One(contract) => Some(contract),
            Self::None | Self::Several(_) | Self::Retired(_) => None,
        }
    }

    /// Why there is not exactly one contract.
    pub fn violation(&self) -> Option<Violation> {
        match self {
            Self::One(_) => None,
            Self::None => {
                let sentence = "no contract in force knows this document";
                Some(Violation::syntax(code::CONTRACT_UNKNOWN, sentence))
            }
            Self::Several(contracts) => {
                let names: Vec<String> = contracts.iter().map(ToString::to_string).collect();
                let sentence =
                    format!("several contracts know this document: {}", names.join(", "));
                Some(Violation::syntax(code::CONTRACT_AMBIGUOUS, sentence))
            }
            Self::Retired(contract) => {
                let sentence = format!("{contract} is retired");
                Some(Violation::syntax(code::CONTRACT_RETIRED, sentence))
            }
        }
    }
}

impl Registry {
    /// A registry of these contracts.
    pub fn new(contracts: Vec<Arc<Contract>>) -> Self {
        let mut registry = Self { contracts, ..Self::default() };
        for (at, contract) in registry.contracts.iter().enumerate() {
            let manifest = contract.manifest();
            registry.by_id.entry(manifest.id.as_str().to_owned()).or_default().push(at);
            match manifest.select.as_ref().map(|select| &select.by) {
                Some(SelectBy::Root(root)) => {
                    let roots = registry.by_root.entry(root.local.clone()).or_default();
                    roots.push((root.namespace.clone(), at));
                }
                Some(SelectBy::Member(_)) => registry.by_member.push(at),
                None => {}
            }
        }
        registry
    }

    /// All contracts, in the order given.
    pub fn contracts(&self) -> &[Arc<Contract>] {
        &self.contracts
    }

    /// The contract asked for: of those that fit, one in force before one on trial, one on trial
    /// before a draft, and a retired one last; of equals the newest.
    pub fn find(&self, wanted: &ContractRef) -> Option<&Arc<Contract>> {
        let all = self.by_id.get(wanted.id.as_str())?;
        let all = all.iter().filter_map(|at| self.contracts.get(*at));
        all.filter(|contract| wanted.range.contains(contract.manifest().version))
            .max_by_key(|contract| (rank(contract.manifest().status), contract.manifest().version))
    }

    /// The contract of a document, on a day. Contracts on trial count where none is in force;
    /// drafts never do.
    pub fn select(&self, payload: &Payload, today: Day) -> Selection {
        let fitting: Vec<&Arc<Contract>> =
            self.candidates(payload).filter(|contract| contract.fits(payload)).collect();
        let of_rank = |wanted: u8| {
            let live = fitting.iter().filter(move |contract| {
                !contract.is_retired(today) && rank(contract.manifest().status) == wanted
            });
            live.map(|contract| Arc::clone(contract)).collect::<Vec<_>>()
        };
        let mut found = of_rank(IN_FORCE);
        if found.is_empty() {
            found = of_rank(ON_TRIAL);
        }
        match found.len() {
            0 => match fitting.iter().find(|contract| contract.is_retired(today)) {
                Some(contract) => Selection::Retired(Arc::clone(contract)),
                None => Selection::None,
            },
            1 => found.pop().map_or(Selection::None, Selection::One),
            _ => Selection::Several(found),
        }
    }

    fn candidates(&self, payload: &Payload) -> impl Iterator<Item = &Arc<Contract>> {
        let found: Vec<usize> = match payload {
            Payload::Json(_) => self.by_member.clone(),
            Payload::Xml(document) => {
                let root = document.document_element();
                let named = self.by_root.get(document.local(root)).into_iter().flatten();
                let namespace = document.namespace(root);
                named.filter(|(each, _)| each == namespace).map(|(_, at)| *at).collect()
            }
            Payload::Other => Vec::new(),
        };
        found.into_iter().filter_map(|at| self.contracts.get(at))
    }
}

const IN_FORCE: u8 = 3;
const ON_TRIAL: u8 = 2;

fn rank(status: Status) -> u8 {
    match status {
        Status::InForce | Status::Deprecated => IN_FORCE,
        Status::Candidate => ON_TRIAL,
        Status::Draft => 1,
        Status::Retired => 0,
    }
}
