//! One document through the mapping.

use sluse_adapters::{
    fault::{Fault, Faults},
    layout::{Layout, Step, describe},
    mapping::{Mapping, Plan, Way},
    tree::Tree,
};
use sluse_contracts::payload::Limits;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The adapter's parts.
pub(crate) struct Translation {
    legacy: Arc<dyn Layout>,
    contract_side: Arc<dyn Layout>,
    forward: Plan,
    reverse: Plan,
}

/// What came of a document.
pub(crate) struct Translated {
    pub(crate) bytes: Vec<u8>,
    /// Values that nothing carried, with their places.
    pub(crate) lost: Vec<String>,
}

/// A folder of the shared data; where there is none the test says so and passes.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration to read it in")]
    let root = std::env::var("SLUSE_SHARED").map(PathBuf::from);
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let found = root.unwrap_or_else(|_| default()).join(path);
    if !found.exists() {
        println!("SKIPPED: {path} is not there; set SLUSE_SHARED");
        return None;
    }
    Some(found)
}

fn read(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("library/oioxml-invoice");
    fs::read_to_string(folder.join(name)).unwrap()
}

fn layout(name: &str) -> Arc<dyn Layout> {
    let mut findings = Vec::new();
    let layout = describe(name, &read(name), &mut findings);
    layout.unwrap_or_else(|| panic!("{findings:#?}"))
}

impl Translation {
    pub(crate) fn shipped() -> Self {
        let mut findings = Vec::new();
        let mapping = Mapping::read("mapping.toml", &read("mapping.toml"), &mut findings);
        let mapping = mapping.unwrap_or_else(|| panic!("{findings:#?}"));
        let plan = |way: Way| mapping.plan(way).unwrap_or_else(|wrong| panic!("{wrong:#?}"));
        Self {
            legacy: layout("oioxml.toml"),
            contract_side: layout("oioubl.toml"),
            forward: plan(Way::Forward),
            reverse: plan(Way::Reverse),
        }
    }

    /// Translates a document; where it cannot be, the first fault.
    pub(crate) fn run(&self, way: Way, bytes: &[u8]) -> Result<Translated, String> {
        let (from, to, plan) = match way {
            Way::Forward => (&self.legacy, &self.contract_side, &self.forward),
            Way::Reverse => (&self.contract_side, &self.legacy, &self.reverse),
        };
        let limits = Limits::default();
        let mut faults = Faults::new(100);
        let mut source = Tree::new(from.names().clone(), &limits);
        let mut target = Tree::new(to.names().clone(), &limits);
        let told = |fault: &Fault| format!("{} {fault}", fault.code);
        let first = |faults: &Faults| faults.kept().first().map(told).unwrap_or_default();
        let mut reader = from.clone().reader(&limits);
        reader.feed(bytes);
        reader.finish();
        if reader.next(&mut source, &mut faults) != Step::Unit {
            return Err(first(&faults));
        }
        let outcome = plan.translator(false).translate(&source, &mut target, &mut faults);
        let outcome = outcome.ok_or_else(|| first(&faults))?;
        let lost = outcome.lost.iter().map(ToString::to_string).collect();
        let (mut writer, mut out) = (to.clone().writer(), Vec::new());
        writer.write(&target, &mut out).map_err(|fault| told(&fault))?;
        writer.finish(&mut out).map_err(|fault| told(&fault))?;
        Ok(Translated { bytes: out, lost })
    }
}
