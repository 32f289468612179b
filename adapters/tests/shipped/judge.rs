//! Published schemas and rules, as one contract.

use sluse_contracts::{
    Contract, ContractFiles, JudgeOptions, MediaType, Message, Occasion, Payload, SchemaCache,
    payload::Limits,
};
use std::{fs, path::Path, sync::Arc};

/// A contract of the files of a folder, judged in this order by schema and rule set.
pub(crate) struct Judge(Arc<Contract>);

impl Judge {
    /// Of files of a folder, by their paths in it; `judge` is the list that a manifest has.
    pub(crate) fn of(folder: &Path, paths: &[&str], judge: &str) -> Self {
        let mut files = ContractFiles::new("contract");
        for path in paths {
            files.add(path, fs::read(folder.join(path)).unwrap());
        }
        let manifest = format!(
            "id = \"eu.example/judge\"\nversion = \"1.0.0\"\nstatus = \"in-force\"\ntitle = {{ en = \"x\" }}\n\
             steward = \"eu.example\"\n[[operation]]\nname = \"deliver\"\nkind = \"one-way\"\n\
             request = {{ media-type = \"application/xml\", judge = {judge} }}\n"
        );
        files.add("contract.toml", manifest.into_bytes());
        let (contract, findings) = Contract::load(&files, &SchemaCache::default());
        Self(contract.unwrap_or_else(|| panic!("{findings:#?}")))
    }

    /// Every violation of a document, warnings too.
    pub(crate) fn violations(&self, document: &[u8]) -> Vec<String> {
        let message = Message::new(MediaType::xml(), document.to_vec());
        let payload = match Payload::parse(&message, &Limits::default()) {
            Ok(payload) => payload,
            Err(violation) => return vec![violation.message.to_string()],
        };
        let occasion = Occasion::request("deliver");
        let verdict = self.0.judge(Some(&payload), &occasion, &JudgeOptions::default());
        let told = |violation: &sluse_contracts::Violation| {
            let rule = violation.rule.as_deref().unwrap_or_default();
            format!("{rule} {} {}", violation.path, violation.message)
        };
        verdict.violations.iter().map(told).collect()
    }
}
