//! Published schemas: plans end, and each case is what it says.

use crate::derive::xsd::documents;
use sluse_contracts::{Contract, ContractFiles, SchemaCache};
use std::{
    fs,
    path::{Path, PathBuf},
};

fn shared(part: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("SLUSE_SHARED").map_or_else(beside, PathBuf::from).join(part);
    if folder.exists() {
        return Some(folder);
    }
    println!(
        "SKIPPED: no `{part}`; set SLUSE_SHARED to the folder that holds corpora/ and suites/"
    );
    None
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

#[test]
fn the_schema_of_an_invoice_of_ubl() {
    let Some(folder) = shared("corpora/oioubl-2.1/xsd") else { return };
    let all = below(&folder);
    let entry = all.iter().find(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("UBL-Invoice-2") && name.ends_with(".xsd")
    });
    let name = |path: &Path| path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
    let manifest = format!(
        "id = 'test/invoice'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = {{ en = 'Test' }}\n\
         [namespaces]\ni = 'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'\n[select]\nroot = 'i:Invoice'\n\
         [[operation]]\nname = 'send'\nkind = 'one-way'\n\
         request = {{ media-type = 'application/xml', judge = [{{ xsd = 'schemas/{}' }}] }}\n",
        name(entry.unwrap())
    );
    let mut files = ContractFiles::new("");
    files.add("contract.toml", manifest.into_bytes());
    for path in &all {
        files.add(&format!("schemas/{}", name(path)), fs::read(path).unwrap());
    }
    let (contract, findings) = Contract::load(&files, &SchemaCache::new());
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    let plan = documents(&contract, &files);
    super::page(&contract, &plan);
    let broken = plan.constraints.iter().filter(|each| each.broken).count();
    println!(
        "{} cases, {broken} of {} constraints broken",
        plan.cases.len(),
        plan.constraints.len()
    );
    assert!(broken > 500, "{broken} of {}", plan.constraints.len());
}
