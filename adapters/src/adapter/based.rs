//! An adapter that is another one, but for how its files are written: its mapping stays where it is, and is kept right there.

use super::{Adapter, Loss, MANIFEST, describe::Folder, examples};
use crate::{
    charset::SETS,
    library,
    mapping::{Included, Way},
};
use sluse_contracts::{
    Finding, code,
    settings::{Settings, Table, nearest},
};

/// The key that names the other adapter, one of those that ship.
pub(super) const BASE: &str = "based-on";

/// Keys of a description that may say otherwise, with the words that they take.
const KEYS: [(&str, &[&str]); 3] = [
    ("character-set", &[]),
    ("line-ends", &["lf", "crlf", "nel"]),
    ("trailing-blanks", &["kept", "stripped"]),
];

/// What the descriptions of an adapter are to say otherwise than their files do: keys and texts.
#[derive(Debug, Default)]
pub(super) struct Otherwise {
    legacy: Vec<(&'static str, String)>,
    contract_side: Vec<(&'static str, String)>,
}

impl Otherwise {
    /// Of the side that a way starts from.
    pub(super) fn of(&self, way: Way) -> &[(&'static str, String)] {
        match way {
            Way::Forward => &self.legacy,
            Way::Reverse => &self.contract_side,
        }
    }

    fn read(root: &mut Table<'_>) -> Self {
        let mut side = |key: &'static str| root.optional_table(key).map_or_else(Vec::new, keys);
        Self { legacy: side("legacy"), contract_side: side("contract-side") }
    }
}

/// The keys of one side.
fn keys(mut table: Table<'_>) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (key, words) in KEYS {
        let sets = || SETS.iter().map(|(name, _)| *name).collect();
        let words: Vec<&str> = if words.is_empty() { sets() } else { words.to_vec() };
        let words: Vec<(&str, &str)> = words.into_iter().map(|word| (word, word)).collect();
        found.extend(table.choice(key, &words).map(|word| (key, word.to_owned())));
    }
    table.finish();
    found
}

impl Folder<'_> {
    /// Reads a manifest that names another adapter.
    pub(super) fn based(&mut self, name: &str, settings: &Settings<'_>) -> Option<Adapter> {
        let mut root = settings.root();
        let title = root.optional_text("title");
        let base = root.placed_text(BASE);
        let otherwise = Otherwise::read(&mut root);
        let losses = [("refuse", Loss::Refuse), ("report", Loss::Report)];
        let loss = root.choice("loss", &losses);
        let examples = examples::read(&mut root);
        root.finish();
        let base = base?;
        let Some(shipped) = library::find(&base.value) else {
            let names: Vec<&str> = library::ALL.iter().map(|shipped| shipped.name).collect();
            let hint = match nearest(&base.value, &names) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("these ship: {}", names.join(", ")),
            };
            let sentence = "no adapter of this name ships";
            settings.report_with_hint(base.place, code::VALUE_WRONG, sentence, hint);
            return None;
        };
        let files = shipped.files();
        let manifest = files.get(MANIFEST)?;
        let mut folder = Folder {
            files: &files,
            contracts: self.contracts,
            findings: Vec::new(),
            otherwise: Some(otherwise),
            included: Included::default(),
        };
        let shown = files.shown(MANIFEST);
        let shipped = Settings::parse_bytes(&shown, &manifest.bytes, &mut self.findings)?;
        let adapter = folder.adapter(name, &shipped);
        self.findings.append(&mut folder.findings);
        self.findings.extend(shipped.into_findings());
        let mut adapter = adapter.filter(|_| !self.findings.iter().any(Finding::is_error))?;
        adapter.title = title.unwrap_or(adapter.title);
        adapter.loss = loss.unwrap_or(adapter.loss);
        self.findings.extend(examples::check(&adapter, &examples, self.files, settings.file()));
        Some(adapter)
    }
}
