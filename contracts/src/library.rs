//! The contracts that ship with Sluse: manifests of published standards, without their files.
//!
//! A manifest says in our own words and by facts alone how documents of a standard are known and
//! what routing reads from them, and which of the publisher's files judge them. Those files have
//! licences of their own and come from the publisher: `sluse contract import` adds them. Until then
//! a shipped contract knows and routes its documents, and judges them for form.
//!
//! Nothing is in force by being here. An operator puts contracts in force by register, by id, by
//! the start of an id, or with a version: where two versions know the same documents, only one of
//! them can be meant, and no order is guessed.

use crate::{
    ContractId, Finding, Version,
    files::ContractFiles,
    manifest::{self, FILE, Manifest},
};

/// One shipped contract.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    /// Its id.
    pub id: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Its `contract.toml`.
    pub text: &'static str,
}

impl Shipped {
    /// The contract's files, to load it from: its manifest.
    pub fn files(&self) -> ContractFiles {
        let mut files = ContractFiles::new(format!("library/{}/{}", self.id, self.version));
        files.add(FILE, self.text.as_bytes());
        files
    }

    /// What its manifest says, and what is wrong with it (nothing, as the tests see to).
    pub fn manifest(&self) -> (Option<Manifest>, Vec<Finding>) {
        let mut findings = Vec::new();
        let manifest = manifest::read(&self.files(), &mut findings);
        (manifest, findings)
    }

    /// Whether an operator's word means this contract: a register that it belongs to, its id, the
    /// start of its id up to a `/`, or any but a register with `@` and its version.
    pub fn is_meant_by(&self, word: &str, manifest: &Manifest) -> bool {
        let (name, version) = match word.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (word, None),
        };
        let rest = self.id.strip_prefix(name);
        let by_id = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        match version {
            Some(version) => by_id && version == self.version,
            None => by_id || manifest.registers.iter().any(|register| register == name),
        }
    }
}

/// The shipped contract of this id and version.
pub fn find(id: &ContractId, version: Version) -> Option<&'static Shipped> {
    let version = version.to_string();
    ALL.iter().find(|shipped| shipped.id == id.as_str() && shipped.version == version)
}

/// The shipped contracts that a word means, by register, id, start of an id, or id with version.
pub fn meant_by(word: &str) -> Vec<&'static Shipped> {
    let meant = |shipped: &&Shipped| {
        shipped.manifest().0.is_some_and(|manifest| shipped.is_meant_by(word, &manifest))
    };
    ALL.iter().filter(meant).collect()
}

macro_rules! shipped {
    ($($id:literal $version:literal;)*) => {
        /// Every shipped contract, sorted by id and version.
        pub const ALL: &[Shipped] = &[
            $(Shipped {
                id: $id,
                version: $version,
                text: include_str!(concat!("../library/", $id, "/", $version, "/contract.toml")),
            },)*
        ];
    };
}

shipped! {
    "dk.nemhandel/billing-invoice" "3.0.0";
    "dk.nemkonto/payment" "2.0.0";
    "dk.nemkonto/private-payer-request" "1.0.0";
    "dk.nemkonto/private-payer-response" "1.0.0";
    "dk.nemkonto/receipt-0" "2.0.0";
    "dk.nemkonto/receipt-1" "2.0.0";
    "dk.nemkonto/response-2" "2.0.0";
    "dk.nemkonto/response-5" "2.0.0";
    "dk.nemkonto/response-7" "2.0.0";
    "dk.nemkonto/response-8" "2.0.0";
    "dk.nemkonto/response-9" "2.0.0";
    "dk.oioubl/application-response" "2.0.2";
    "dk.oioubl/application-response" "2.1.0";
    "dk.oioubl/catalogue" "2.0.2";
    "dk.oioubl/catalogue" "2.1.0";
    "dk.oioubl/catalogue-deletion" "2.0.2";
    "dk.oioubl/catalogue-deletion" "2.1.0";
    "dk.oioubl/catalogue-item-specification-update" "2.0.2";
    "dk.oioubl/catalogue-item-specification-update" "2.1.0";
    "dk.oioubl/catalogue-pricing-update" "2.0.2";
    "dk.oioubl/catalogue-pricing-update" "2.1.0";
    "dk.oioubl/catalogue-request" "2.0.2";
    "dk.oioubl/catalogue-request" "2.1.0";
    "dk.oioubl/credit-note" "2.0.2";
    "dk.oioubl/credit-note" "2.1.0";
    "dk.oioubl/invoice" "2.0.2";
    "dk.oioubl/invoice" "2.1.0";
    "dk.oioubl/order" "2.0.2";
    "dk.oioubl/order" "2.1.0";
    "dk.oioubl/order-cancellation" "2.0.2";
    "dk.oioubl/order-cancellation" "2.1.0";
    "dk.oioubl/order-change" "2.0.2";
    "dk.oioubl/order-change" "2.1.0";
    "dk.oioubl/order-response" "2.0.2";
    "dk.oioubl/order-response" "2.1.0";
    "dk.oioubl/order-response-simple" "2.0.2";
    "dk.oioubl/order-response-simple" "2.1.0";
    "dk.oioubl/reminder" "2.0.2";
    "dk.oioubl/reminder" "2.1.0";
    "dk.oioubl/statement" "2.0.2";
    "dk.oioubl/statement" "2.1.0";
    "dk.oioubl/utility-statement" "2.0.2";
    "dk.oioubl/utility-statement" "2.1.0";
    "dk.oioxml/credit-note" "0.7.0";
    "dk.oioxml/credit-note-with-image" "0.7.0";
    "dk.oioxml/invoice" "0.7.0";
    "dk.oioxml/invoice-with-image" "0.7.0";
    "eu.en16931/credit-note" "2017.0.0";
    "eu.en16931/cross-industry-invoice" "2017.0.0";
    "eu.en16931/invoice" "2017.0.0";
    "eu.peppol.billing/credit-note" "3.0.0";
    "eu.peppol.billing/cross-industry-invoice" "3.0.0";
    "eu.peppol.billing/invoice" "3.0.0";
    "eu.peppol.bis2/application-response-1a" "2.0.0";
    "eu.peppol.bis2/catalogue-1a" "4.0.0";
    "eu.peppol.bis2/credit-note-5a" "2.0.0";
    "eu.peppol.bis2/despatch-advice-30a" "1.0.0";
    "eu.peppol.bis2/invoice-4a" "2.0.0";
    "eu.peppol.bis2/invoice-5a" "2.0.0";
    "eu.peppol.bis2/order-3a" "2.0.0";
    "org.unece.sbdh/standard-business-document" "1.3.0";
    "org.unece.sbdh/standard-business-document-header" "1.3.0";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, path::Path};

    fn folders(below: &Path, at: &str, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(below.join(at)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders(below, &format!("{at}{name}/"), found);
            } else if name == FILE {
                found.insert(at.trim_end_matches('/').to_owned());
            }
        }
    }

    #[test]
    fn every_manifest_of_the_folder_is_listed_in_order() {
        let mut found = BTreeSet::new();
        folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("library"), "", &mut found);
        let listed: Vec<String> =
            ALL.iter().map(|each| format!("{}/{}", each.id, each.version)).collect();
        let in_order =
            ALL.windows(2).all(|two| (two[0].id, two[0].version) < (two[1].id, two[1].version));
        assert!(in_order, "the list is sorted");
        assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), found);
    }

    #[test]
    fn every_manifest_reads_without_fault_and_follows_its_folder() {
        for shipped in ALL {
            let (manifest, findings) = shipped.manifest();
            assert_eq!(findings, [], "{}", shipped.id);
            let manifest = manifest.unwrap();
            assert_eq!(
                (manifest.id.as_str(), &*manifest.version.to_string()),
                (shipped.id, shipped.version)
            );
            assert!(
                manifest.select.is_some() && manifest.keys.receiver.is_some(),
                "{}",
                shipped.id
            );
        }
    }

    #[test]
    fn a_register_means_its_document_types_and_no_others() {
        assert_eq!(meant_by("dk.nemhandel").len(), 36);
        let both = meant_by("dk.oioubl/invoice");
        assert_eq!(both.iter().map(|each| each.version).collect::<Vec<_>>(), ["2.0.2", "2.1.0"]);
        assert_eq!(meant_by("dk.oioubl/invoice@2.1.0").len(), 1);
        assert_eq!(meant_by("dk.oioubl@2.1.0").len(), 16);
        assert_eq!(meant_by("dk.oio").len(), 0);
        let id = "eu.peppol.billing/invoice".parse().unwrap();
        assert!(find(&id, "3.0.0".parse().unwrap()).is_some());
    }
}
