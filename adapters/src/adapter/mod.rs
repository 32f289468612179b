//! Adapters: how one system speaks. A description of each side, and the mappings between them.
//!
//! An adapter is a folder of files that people write and read; no code of ours knows any format or mapping by name:
//!
//! ```toml
//! # adapter.toml
//! title         = "Extract of the person register"
//! legacy        = "extract.toml"      # how the legacy system writes: fixed width, CSV, EDIFACT, XML, JSON
//! contract-side = "person.toml"       # how the contract's messages are written
//! contract-schema = "person.json"     # JSON Schema or XML Schema of them, for checks alone; or the contract's id
//! legacy-schema = "old.xsd"            # the same of the legacy side
//! loss          = "refuse"            # what is to be done with values that no row carries: refuse, report
//!
//! [[mapping]]
//! file         = "person-mapping.toml"
//! when         = "person"             # for which units: a path that leads somewhere in them
//! reverse-when = "id"                 # the same, of the contract's side
//!
//! [[example]]                         # translated when the adapter is checked
//! legacy        = "examples/two.txt"
//! contract-side = "examples/two.json"
//! ```
//!
//! *Forward* is from the legacy side to the contract's. Units that no mapping is for are refused: nothing passes
//! unseen. Without any mapping both sides have the same names, and every unit is written as it was read.
//!
//! An adapter may be another one whose files are written otherwise. It is `based-on` one that ships, and says of either side
//! what its description would have to say; nothing is copied, so what is put right in the one is right in the other:
//!
//! ```toml
//! title    = "Accounts, from the mainframe"
//! based-on = "tax-accounts"
//! legacy   = { character-set = "ibm277", line-ends = "crlf" }
//! loss     = "report"                  # left out, as the other says
//! ```
//!
//! What stands once around the units of a message, such as a start record, is seen from each of them: a mapping reads
//! it as `/start/date`, and writes it so too. It must then come out the same for every unit. What stands after them
//! can only be dropped by a mapping, since every unit has gone on when it comes; written, it is that of the last unit.
//!
//! A [`Translation`] is the work on one message: pieces of bytes in, pieces of bytes out, one unit in memory.

mod based;
mod checks;
mod describe;
mod examples;
mod explain;
mod frame;
mod schemas;
mod translation;

pub use explain::Explained;
pub use schemas::Contracts;
pub use translation::{Options, Step, Translated, Translation};

use crate::{
    layout::Layout,
    mapping::{Irreversible, Mapping, Path, Plan, Way},
};
use sluse_contracts::{Finding, files::ContractFiles};
use std::sync::Arc;

/// The file that makes a folder an adapter.
pub const MANIFEST: &str = "adapter.toml";

/// How one system speaks: checked, shared, immutable.
#[derive(Debug)]
pub struct Adapter {
    name: String,
    title: String,
    legacy: Arc<dyn Layout>,
    contract_side: Arc<dyn Layout>,
    loss: Loss,
    mappings: Vec<Mapped>,
}

/// What is done with values that no row of a mapping carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Loss {
    /// The unit is refused.
    #[default]
    Refuse,
    /// They are told, and the unit goes on.
    Report,
}

/// A mapping and the units that it is for.
#[derive(Debug)]
pub struct Mapped {
    /// Its file, relative to the adapter's folder.
    pub file: String,
    /// The mapping.
    pub mapping: Mapping,
    /// Units of the legacy side that it is for; all where absent.
    pub when: Option<Path>,
    /// Units of the contract's side that it is for; all where absent.
    pub reverse_when: Option<Path>,
}

impl Adapter {
    /// Reads an adapter from the files of its folder. Every fault of every file is added to `findings`; there is an
    /// adapter where none is an error.
    pub fn read(name: &str, files: &ContractFiles, findings: &mut Vec<Finding>) -> Option<Self> {
        describe::read(name, files, None, findings)
    }

    /// Reads an adapter that may name contracts by their ids, which `contracts` finds.
    pub fn read_among(
        name: &str,
        files: &ContractFiles,
        contracts: Contracts<'_>,
        findings: &mut Vec<Finding>,
    ) -> Option<Self> {
        describe::read(name, files, Some(contracts), findings)
    }

    /// What configuration calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What people call it.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// How messages are written on the side that a translation starts from.
    pub fn from(&self, way: Way) -> &Arc<dyn Layout> {
        match way {
            Way::Forward => &self.legacy,
            Way::Reverse => &self.contract_side,
        }
    }

    /// How messages are written on the other side.
    pub fn to(&self, way: Way) -> &Arc<dyn Layout> {
        self.from(way.back())
    }

    /// What is done with values that no row carries.
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// Its mappings, in the order in which they are tried.
    pub fn mappings(&self) -> &[Mapped] {
        &self.mappings
    }

    /// What it takes to translate one way; the same every time.
    ///
    /// # Errors
    /// Every row that cannot be read that way, with the reason.
    pub fn plans(&self, way: Way) -> Result<Plans, Vec<Irreversible>> {
        let (mut plans, mut faults) = (Vec::new(), Vec::new());
        for mapped in &self.mappings {
            match mapped.mapping.plan(way) {
                Ok(plan) => plans.push(Planned { plan: Arc::new(plan), when: mapped.when(way) }),
                Err(wrong) => faults.extend(wrong),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let names = || plans.iter().flat_map(|planned| planned.plan.names());
        let knowing = |side: &Arc<dyn Layout>| match plans.is_empty() {
            true => side.clone(),
            false => side.knowing(&mut names()).unwrap_or_else(|| side.clone()),
        };
        let (from, to) = (knowing(self.from(way)), knowing(self.to(way)));
        Ok(Plans { way, from, to, loss: self.loss, plans: plans.into() })
    }
}

impl Mapped {
    /// The units that it is for when they come from one side.
    fn when(&self, way: Way) -> Option<Path> {
        match way {
            Way::Forward => self.when.clone(),
            Way::Reverse => self.reverse_when.clone(),
        }
    }
}

/// All that translating in one direction takes: shared by every message that goes that way.
#[derive(Debug, Clone)]
pub struct Plans {
    way: Way,
    from: Arc<dyn Layout>,
    to: Arc<dyn Layout>,
    loss: Loss,
    plans: Arc<[Planned]>,
}

/// A mapping turned one way.
#[derive(Debug)]
struct Planned {
    plan: Arc<Plan>,
    when: Option<Path>,
}

impl Plans {
    /// Which way it is.
    pub fn way(&self) -> Way {
        self.way
    }

    /// How the messages that come are written.
    pub fn from(&self) -> &Arc<dyn Layout> {
        &self.from
    }

    /// How those that come of them are written.
    pub fn to(&self) -> &Arc<dyn Layout> {
        &self.to
    }

    /// The same, but for what is done with values that no row carries.
    #[must_use]
    pub fn with_loss(mut self, loss: Loss) -> Self {
        self.loss = loss;
        self
    }

    /// Begins to translate a message.
    pub fn begin(&self, options: Options) -> Translation {
        Translation::new(self.clone(), options)
    }
}

#[cfg(test)]
mod tests;
