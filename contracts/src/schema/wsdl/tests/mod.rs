//! Descriptions and messages in tables, then published ones.

mod descriptions;
mod generate;
mod instances;
mod messages;
mod ports;
mod published;

use super::super::{Compiled, FileReader};
use crate::files::ContractFiles;
use std::path::Path;

fn compile(entry: &str, files: &ContractFiles) -> Compiled {
    super::compile(entry, &FileReader::new(files))
}

/// All descriptions and schemas below a folder.
fn files_below(root: &Path) -> ContractFiles {
    let mut files = ContractFiles::new("");
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "xsd" || end == "wsdl") {
                let relative = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.add(&relative, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}
