//! The contracts that ship with the suite: our own, invented, and whole.
//!
//! The demonstration's provider keeps to them, the reference systems of the bench break them one clause at a
//! time, and who wants to see what a suite looks like finds one here.

use sluse_contracts::ContractFiles;

/// A contract with all its files.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    /// Its id.
    pub id: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Paths below its folder, and what stands there.
    pub texts: &'static [(&'static str, &'static str)],
}

impl Shipped {
    /// Its files, to load it from.
    pub fn files(&self) -> ContractFiles {
        let mut files = ContractFiles::new(format!("library/{}/{}", self.id, self.version));
        for (path, text) in self.texts {
            files.add(path, text.as_bytes());
        }
        files
    }
}

/// The shipped contract that `ID` or `ID@VERSION` means.
pub fn find(word: &str) -> Option<&'static Shipped> {
    let (id, version) = word.split_once('@').map_or((word, None), |(id, v)| (id, Some(v)));
    let fits = |each: &&Shipped| each.id == id && version.is_none_or(|asked| asked == each.version);
    ALL.iter().find(fits)
}

macro_rules! shipped {
    ($($id:literal $version:literal [$($path:literal)*];)*) => {
        /// Every shipped contract.
        pub const ALL: &[Shipped] = &[
            $(Shipped {
                id: $id,
                version: $version,
                texts: &[
                    $(($path, include_str!(concat!("../library/", $id, "/", $version, "/", $path))),)*
                ],
            },)*
        ];
    };
}

shipped! {
    "example.city/permits" "1.0.0" [
        "contract.toml" "openapi.yaml" "clauses.toml" "suite/suite.toml"
    ];
    "example.city/case-documents" "1.0.0" [
        "contract.toml" "clauses.toml" "suite/suite.toml"
        "schemas/case-document.xsd" "schemas/case-document.sch" "schemas/receipt.xsd"
        "examples/valid/decision.xml" "examples/valid/letter.xml"
    ];
    "example.city/businesses" "1.0.0" [
        "contract.toml" "businesses.wsdl" "clauses.toml" "suite/suite.toml"
        "schemas/asked.xsd" "schemas/answered.xsd"
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite;
    use sluse_contracts::{Contract, SchemaCache};

    #[test]
    fn every_shipped_contract_and_its_suite_load_without_a_finding() {
        for shipped in ALL {
            let files = shipped.files();
            let (contract, findings) = Contract::load(&files, &SchemaCache::default());
            assert_eq!(findings, [], "{}", shipped.id);
            let (suite, findings) = suite::read(&files, &contract.unwrap());
            assert_eq!(findings, [], "{}", shipped.id);
            assert!(suite.version.is_some(), "{}", shipped.id);
        }
    }

    #[test]
    fn a_contract_is_found_by_id_and_by_version() {
        assert!(find("example.city/permits").is_some());
        assert!(find("example.city/permits@1.0.0").is_some());
        assert!(find("example.city/permits@2.0.0").is_none());
    }
}
