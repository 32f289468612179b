//! The demonstration's configuration folder: embedded, and written out with the ports of this run.

use crate::embedded::embedded;
use std::{fs, io, net::SocketAddr, path::Path};

/// Path below the folder, and what stands there.
const FILES: &[(&str, &str)] = embedded! { "demo":
    "contracts/demo.archive/journal-note/1.0.0/clauses.toml"
    "contracts/demo.archive/journal-note/1.0.0/contract.toml"
    "contracts/demo.archive/journal-note/1.0.0/examples/broken/attachments-miscounted.xml"
    "contracts/demo.archive/journal-note/1.0.0/examples/broken/closed-before-opened.xml"
    "contracts/demo.archive/journal-note/1.0.0/examples/broken/id-not-as-demanded.xml"
    "contracts/demo.archive/journal-note/1.0.0/examples/valid/closed-case.xml"
    "contracts/demo.archive/journal-note/1.0.0/schemas/journal-note.sch"
    "contracts/demo.archive/journal-note/1.0.0/schemas/journal-note.xsd"
    "contracts/demo.city/permits/1.0.0/clauses.toml"
    "contracts/demo.city/permits/1.0.0/contract.toml"
    "contracts/demo.city/permits/1.0.0/openapi.yaml"
    "contracts/demo.registry/persons/1.0.0/clauses.toml"
    "contracts/demo.registry/persons/1.0.0/contract.toml"
    "contracts/demo.registry/persons/1.0.0/openapi.yaml"
    "contracts/demo.registry/persons/1.0.0/persons.schema.json"
    "members/demo.toml"
    "services/archive.toml"
    "services/permits.toml"
    "services/persons.toml"
    "sluse.toml"
    "waivers/archive.toml"
};

/// Addresses of one run, in place of those that the files name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Addresses {
    pub(super) gateway: SocketAddr,
    pub(super) operators: SocketAddr,
    pub(super) register: SocketAddr,
    pub(super) archive: SocketAddr,
    pub(super) mainframe: SocketAddr,
}

/// The origin that the folder's `sluse.toml` gives the ledger.
pub(super) const ORIGIN: &str = "gateway.demo.example/ledger";

/// What the files call the addresses.
const GATEWAY: &str = "127.0.0.1:8100";
const REGISTER: &str = "127.0.0.1:8101";
const ARCHIVE: &str = "127.0.0.1:8102";
const MAINFRAME: &str = "127.0.0.1:8103";
const OPERATORS: &str = "127.0.0.1:8109";

/// The file at `path` of the folder.
pub(super) fn file(path: &str) -> &'static str {
    FILES.iter().find(|(name, _)| *name == path).map_or("", |(_, text)| text)
}

/// Writes the folder to `target`.
pub(super) fn write(target: &Path, addresses: Addresses) -> io::Result<()> {
    for (path, text) in FILES {
        let file = target.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let text = text
            .replace(GATEWAY, &addresses.gateway.to_string())
            .replace(REGISTER, &addresses.register.to_string())
            .replace(ARCHIVE, &addresses.archive.to_string())
            .replace(MAINFRAME, &addresses.mainframe.to_string())
            .replace(OPERATORS, &addresses.operators.to_string());
        fs::write(file, text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_embedded() {
        crate::embedded::assert_whole("demo", FILES, &[]);
    }

    #[test]
    fn the_contract_of_persons_is_that_of_the_adapter_which_ships() {
        let shipped = sluse_adapters::library::find("person-register").unwrap();
        let schema = shipped.paths.iter().find(|(path, _)| *path == "persons.schema.json");
        let own = file("contracts/demo.registry/persons/1.0.0/persons.schema.json");
        assert_eq!(schema.unwrap().1, own.as_bytes());
    }

    #[test]
    fn the_files_name_each_address() {
        let all: String = FILES.iter().map(|(_, text)| *text).collect();
        for address in [GATEWAY, REGISTER, ARCHIVE, MAINFRAME, OPERATORS] {
            assert!(all.contains(address), "{address}");
        }
    }
}
