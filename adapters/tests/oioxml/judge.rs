//! The published schemas and rules.

use bytes::Bytes;
use sluse_contracts::{
    Contract, ContractFiles, JudgeOptions, MediaType, Message, Occasion, Payload, SchemaCache,
    import::{Asked, import},
    library,
    payload::Limits,
};
use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

/// The contracts of a family of documents, by the names of their root elements.
pub(crate) struct Contracts(BTreeMap<String, Arc<Contract>>);

fn files(folder: &Path, at: &str, found: &mut BTreeMap<String, Bytes>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = format!("{at}/{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), &path, found);
        } else {
            found.insert(path, fs::read(entry.path()).unwrap().into());
        }
    }
}

impl Contracts {
    /// Invoices and credit notes of OIOUBL.
    pub(crate) fn oioubl(folder: &Path) -> Self {
        // The other documents would take as long again, each.
        let is_needed = |path: &str| {
            let parts =
                ["/xsd/UBL_v2.1/common/", "_Common_", "_Codelist_", "Invoice", "CreditNote"];
            let other = ["/examples/", "/scenarios-2.02/", "/mutants/", "SelfBilled", "Freight"];
            parts.iter().any(|part| path.contains(part))
                && !other.iter().any(|part| path.contains(part))
        };
        Self::of(folder, "dk.oioubl", &["invoice", "credit-note"], is_needed)
    }

    /// Invoices and credit notes of OIOXML.
    pub(crate) fn oioxml(folder: &Path) -> Self {
        Self::of(folder, "dk.oioxml", &["invoice", "credit-note"], |_| true)
    }

    /// Those of a folder of published files that have one of these names.
    fn of(folder: &Path, family: &str, names: &[&str], is_needed: impl Fn(&str) -> bool) -> Self {
        let (mut given, cache) = (BTreeMap::new(), SchemaCache::default());
        files(folder, "given", &mut given);
        given.retain(|path, _| is_needed(path));
        let asked = Asked { given: &given, existing: &BTreeMap::new(), name: family };
        let import = import(&asked, library::ALL, &cache, &mut |_, _| {});
        let mut contracts = BTreeMap::new();
        for each in &import.contracts {
            let id = each.id.to_string();
            let name = id.rsplit('/').next().unwrap_or_default().to_owned();
            if !names.contains(&&*name) {
                continue;
            }
            let folder = format!("{id}/{}/", each.version);
            let mut files = ContractFiles::new(&*folder);
            for (path, bytes) in &import.writes {
                if let Some(path) = path.strip_prefix(&folder) {
                    files.add(path, bytes.clone());
                }
            }
            let (contract, findings) = Contract::load(&files, &cache);
            contracts.insert(name, contract.unwrap_or_else(|| panic!("{findings:#?}")));
        }
        assert_eq!(contracts.len(), names.len(), "{family}");
        Self(contracts)
    }

    /// What the contract of a name says against a document: every violation, warnings too.
    pub(crate) fn violations(&self, name: &str, document: &[u8]) -> Vec<String> {
        let message = Message::new(MediaType::xml(), document.to_vec());
        let payload = match Payload::parse(&message, &Limits::default()) {
            Ok(payload) => payload,
            Err(violation) => return vec![violation.message.to_string()],
        };
        let contract = &self.0[name];
        let occasion = Occasion::request("deliver");
        let verdict = contract.judge(Some(&payload), &occasion, &JudgeOptions::default());
        let told = |violation: &sluse_contracts::Violation| {
            let rule = violation.rule.as_deref().unwrap_or_default();
            format!("{rule} {} {}", violation.path, violation.message)
        };
        verdict.violations.iter().map(told).collect()
    }
}
