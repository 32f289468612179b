//! Published schemas: plans end, and each case is what it says.

use crate::derive::{
    corpora::{below, files, name, shared},
    xsd::documents,
};
use sluse_contracts::{Contract, SchemaCache};

#[test]
fn the_schema_of_an_invoice_of_ubl() {
    let Some(folder) = shared("corpora/oioubl-2.1/xsd") else { return };
    let all = below(&folder);
    let entry = all.iter().find(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("UBL-Invoice-2") && name.ends_with(".xsd")
    });
    let manifest = format!(
        "id = 'test/invoice'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = {{ en = 'Test' }}\n\
         [namespaces]\ni = 'urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'\n[select]\nroot = 'i:Invoice'\n\
         [[operation]]\nname = 'send'\nkind = 'one-way'\n\
         request = {{ media-type = 'application/xml', judge = [{{ xsd = 'schemas/{}' }}] }}\n",
        name(entry.unwrap(), &folder)
    );
    let files = files(manifest, &folder, "schemas/");
    let (contract, findings) = Contract::load(&files, &SchemaCache::new());
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    let plan = documents(&contract, &files, None);
    super::page(&contract, &plan);
    let broken = plan.constraints.iter().filter(|each| each.broken).count();
    println!(
        "{} cases, {broken} of {} constraints broken",
        plan.cases.len(),
        plan.constraints.len()
    );
    assert!(broken > 500, "{broken} of {}", plan.constraints.len());
}
