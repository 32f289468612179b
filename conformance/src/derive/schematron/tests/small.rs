//! A rule set of a page: each assert with the change that breaks it.

use crate::derive::xsd::documents;
use sluse_contracts::{Contract, ContractFiles, SchemaCache};

const MANIFEST: &str = "id = 'test/order'\nversion = '1.0.0'\nstatus = 'in-force'\ntitle = { en = 'Test' }\n\
    [[operation]]\nname = 'send'\nkind = 'one-way'\n\
    request = { media-type = 'application/xml', judge = [{ schematron = 'schemas/order.sch' }] }\n";

#[test]
fn each_assert_is_broken_alone_where_that_can_be() {
    let rules = "<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xslt2'>\
        <ns prefix='o' uri='urn:o'/><let name='codes' value=\"' DK NO SE '\"/><pattern>\
        <rule context='o:Order'>\
        <assert id='R-1' test=\"normalize-space(o:Id) != ''\">an id</assert>\
        <assert id='R-2' test=\"contains($codes, concat(' ', o:Country, ' '))\">a country</assert>\
        <assert id='R-3' test='number(o:Total) = sum(o:Line/o:Amount)'>a total</assert>\
        <assert id='R-4' test='not(o:Discount) or o:Reason'>a reason for a discount</assert>\
        <assert id='R-5' test='count(o:Line) &lt;= 2'>two lines at most</assert>\
        <assert id='R-6' test='true()' >always</assert>\
        <assert id='R-7' flag='warning' test='o:Note'>a note</assert></rule>\
        <rule context='o:Line'><assert id='R-8' test='xs:decimal(o:Amount) &lt;= 100'>at most 100</assert>\
        <report test=\"@unit = 'OLD'\">the unit is no longer in use</report></rule>\
        <rule context='o:Party'><assert id='R-9' test='o:Name'>a name</assert></rule></pattern></schema>";
    let example = "<Order xmlns='urn:o'><Id>1</Id><Country>DK</Country><Total>30</Total>\
        <Line unit='KGM'><Amount>10</Amount></Line><Line><Amount>20</Amount></Line></Order>";
    let mut files = ContractFiles::new("");
    files.add("contract.toml", MANIFEST.as_bytes().to_vec());
    files.add("schemas/order.sch", rules.as_bytes().to_vec());
    files.add("examples/valid/order.xml", example.as_bytes().to_vec());
    let (contract, findings) = Contract::load(&files, &SchemaCache::new());
    let contract = contract.unwrap_or_else(|| panic!("{findings:?}"));
    let plan = documents(&contract, &files, None);
    assert_eq!(plan, documents(&contract, &files, None), "the same contract gives the same plan");
    let mut page: Vec<String> = plan
        .cases
        .iter()
        .filter(|case| !case.constraint.as_deref().unwrap_or("").starts_with("xml#"))
        .map(|case| format!("{} | {}", case.id, case.sentence))
        .collect();
    page.extend(plan.notes.clone());
    let of_rules = plan.constraints.iter().filter(|each| each.place.contains(".sch#"));
    page.extend(of_rules.map(|each| {
        format!(
            "{} {} {} {}",
            each.place,
            each.kept,
            each.broken,
            each.reason.as_deref().unwrap_or("")
        )
    }));
    insta::assert_snapshot!(page.join("\n"));
}
