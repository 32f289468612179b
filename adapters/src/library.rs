//! The adapters that ship with Sluse: folders as people write them, carried in the program.
//!
//! They are read as any other is, and nothing is in force by being here: a service or route names its adapter. One of
//! the same name in a configuration folder goes before.

use crate::adapter::Adapter;
use sluse_contracts::{Finding, files::ContractFiles};

/// One shipped adapter.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    /// Its name.
    pub name: &'static str,
    /// Its files, by path below its folder.
    pub paths: &'static [(&'static str, &'static [u8])],
}

impl Shipped {
    /// Its files, to read it from.
    pub fn files(&self) -> ContractFiles {
        let mut files = ContractFiles::new(format!("library/{}", self.name));
        for (path, bytes) in self.paths {
            files.add(path, *bytes);
        }
        files
    }

    /// The adapter, and what is wrong with it (nothing, as the tests see to).
    pub fn read(&self) -> (Option<Adapter>, Vec<Finding>) {
        let mut findings = Vec::new();
        let adapter = Adapter::read(self.name, &self.files(), &mut findings);
        (adapter, findings)
    }
}

/// The shipped adapter of this name.
pub fn find(name: &str) -> Option<&'static Shipped> {
    ALL.iter().find(|shipped| shipped.name == name)
}

macro_rules! shipped {
    ($($name:literal: $($path:literal)*;)*) => {
        /// Every shipped adapter, sorted by name.
        pub const ALL: &[Shipped] = &[
            $(Shipped {
                name: $name,
                paths: &[
                    $(($path, include_bytes!(concat!("../library/", $name, "/", $path))),)*
                ],
            },)*
        ];
    };
}

shipped! {
    "eformidling-sbd":
        "adapter.toml" "examples/arkivmelding.json" "examples/arkivmelding.xml" "mapping.toml" "sbd-json.toml"
        "sbd-xml.toml";
    "en16931-invoic":
        "adapter.toml" "edifact.toml" "examples/invoice.edi" "examples/invoice.xml" "invoic.toml" "object.toml" "xml.toml";
    "medcom":
        "adapter.toml" "bin01.toml" "contrl.toml" "ctl01.toml" "ctl02.toml" "ctl03.toml" "dis01.toml" "dis02.toml"
        "dis03.toml" "dis05.toml" "dis06.toml" "dis07.toml" "dis08.toml" "dis13.toml" "dis14.toml" "dis17.toml"
        "dis20.toml" "dis90.toml" "dis91.toml" "edifact.toml" "examples/clinical-email.edi"
        "examples/clinical-email.xml" "meddis.toml" "medref.toml" "medreq.toml" "medrpt.toml" "ref01.toml"
        "ref02.toml" "ref06.toml" "ref07.toml" "req01.toml" "req02.toml" "req03.toml" "rpt01.toml" "shared.toml"
        "xml.toml";
    "medcom-prescriptions":
        "adapter.toml" "edifact.toml" "examples/prescription.edi" "examples/prescription.xml" "medpre.toml"
        "pre01.toml" "pre60.toml" "shared.toml" "xml.toml";
    "medcom-vans":
        "adapter.toml" "envelope.toml" "examples/clinical-email.vans.xml" "examples/clinical-email.xml"
        "letter-in-envelope.toml" "letter.toml";
    "oioxml-invoice":
        "adapter.toml" "examples/credit-note.oioubl.xml" "examples/credit-note.oioxml.xml"
        "examples/invoice.oioubl.xml" "examples/invoice.oioxml.xml" "mapping.toml" "oioubl.toml" "oioxml.toml";
    "peppol-sbdh":
        "adapter.toml" "binary.toml" "document-in-sbdh.toml" "document.toml" "examples/binary.sbd.xml"
        "examples/invoice.sbd.xml" "examples/invoice.xml" "examples/note.txt" "sbdh.toml" "text.toml";
    "person-register":
        "adapter.toml" "examples/back.txt" "examples/three-persons.json" "examples/three-persons.txt" "extract.toml" "mapping.toml"
        "persons.schema.json" "persons.toml";
    "tax-accounts":
        "accounts.schema.json" "accounts.toml" "adapter.toml" "examples/two-accounts.json" "examples/two-accounts.txt"
        "mapping.toml" "records.toml";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{adapter::MANIFEST, mapping::Way};
    use std::{collections::BTreeSet, fs, path::Path};

    fn files(folder: &Path, below: &str, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name().to_string_lossy().into_owned();
            match entry.path().is_dir() {
                true => files(&entry.path(), &format!("{below}{name}/"), found),
                false if name.starts_with('.') => {}
                false => _ = found.insert(format!("{below}{name}")),
            }
        }
    }

    #[test]
    fn every_adapter_of_the_library_ships_whole_and_does_what_its_examples_say() {
        let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("library");
        let folders = fs::read_dir(&library).unwrap().map(|entry| entry.unwrap().path());
        let folders = folders.filter(|folder| folder.join(MANIFEST).exists());
        let names =
            folders.map(|folder| folder.file_name().unwrap().to_string_lossy().into_owned());
        let names: BTreeSet<String> = names.collect();
        let listed: BTreeSet<String> = ALL.iter().map(|shipped| shipped.name.to_owned()).collect();
        assert_eq!(names, listed);
        for shipped in ALL {
            let mut found = BTreeSet::new();
            files(&library.join(shipped.name), "", &mut found);
            let listed: Vec<&str> = shipped.paths.iter().map(|(path, _)| *path).collect();
            assert_eq!(found.iter().collect::<Vec<_>>(), listed, "{}", shipped.name);
            let (adapter, findings) = shipped.read();
            assert!(findings.is_empty(), "{findings:?}");
            assert!(adapter.unwrap().plans(Way::Reverse).is_ok(), "{} leads back", shipped.name);
            assert!(found.iter().any(|path| path.starts_with("examples/")), "{}", shipped.name);
        }
    }
}
