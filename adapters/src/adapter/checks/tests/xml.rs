//! Sides of XML against their schemas: of a file of the folder, and of a contract.

use crate::adapter::Adapter;
use sluse_contracts::{Contract, ContractFiles, ContractRef, Finding, SchemaCache};
use std::sync::Arc;

const ROWS: &str = "format = 'fixed'\ncharacter-set = 'utf-8'\nline-ends = 'lf'\n[[record]]\nname = 'row'\n\
    field = [{ name = 'number', position = 1, length = 10, kind = 'digits' }, { name = 'state', position = 11, length = 1 }, \
    { name = 'name', position = 12, length = 30 }, { name = 'sum', position = 42, length = 9, kind = 'number', decimals = 2 }, \
    { name = 'phone', position = 51, length = 12 }]\n";

const DOCUMENT: &str = "format = 'xml'\nroot = 'b:Batch'\nunit = 'b:Person'\n\
    [namespaces]\nb = 'urn:batch'\nc = 'urn:common'\n";

/// A person has an id of ten digits, a state of two, a sum with a currency, phones or a reason why there are none.
const SCHEMA: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:batch" xmlns:c="urn:common"
    targetNamespace="urn:batch" elementFormDefault="qualified">
  <xs:import namespace="urn:common" schemaLocation="common.xsd"/>
  <xs:element name="Batch"><xs:complexType><xs:sequence>
    <xs:element name="Made" type="xs:date" minOccurs="0"/>
    <xs:element name="Person" maxOccurs="unbounded"><xs:complexType><xs:sequence>
      <xs:element ref="c:Id"/>
      <xs:element name="State" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string">
        <xs:enumeration value="active"/><xs:enumeration value="gone"/></xs:restriction></xs:simpleType></xs:element>
      <xs:element name="Name" minOccurs="0" maxOccurs="2"><xs:simpleType><xs:restriction base="xs:string">
        <xs:maxLength value="20"/></xs:restriction></xs:simpleType></xs:element>
      <xs:element name="Sum"><xs:complexType><xs:simpleContent><xs:extension base="xs:decimal">
        <xs:attribute name="currency" type="xs:string" use="required"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
      <xs:choice><xs:element name="Phone" maxOccurs="unbounded" type="xs:string"/><xs:element name="Why" type="xs:string"/></xs:choice>
      <xs:element name="More" minOccurs="0"><xs:complexType><xs:sequence><xs:any processContents="lax"/></xs:sequence></xs:complexType></xs:element>
      <xs:element name="Part" minOccurs="0" type="Part"/>
    </xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
  <xs:complexType name="Part"><xs:sequence><xs:element name="Part" minOccurs="0" type="Part"/>
    <xs:element name="Title" type="xs:string"/></xs:sequence></xs:complexType>
</xs:schema>"#;

const COMMON: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:common">
  <xs:element name="Id"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="[0-9]{8}"/></xs:restriction></xs:simpleType></xs:element>
</xs:schema>"#;

const GOOD: &str = "code-table = [{ name = 's', rows = [['A', 'active'], ['B', 'gone']] }]\n\
    section = [{ name = 'row', from = 'row', to = 'b:Batch/b:Person', row = [\n\
    { from = 'state', to = 'b:State', convert = 'code s' },\n\
    { to = 'b:Name[2]', constant = 'x', only = 'forward' },\n\
    { from = 'sum', to = 'b:Sum' },\n\
    { to = 'b:Sum/@currency', constant = 'DKK' },\n\
    { from = 'phone', to = 'b:Phone', default = '-' },\n\
    { to = 'b:Part/b:Part/b:Title', constant = 'x', only = 'forward' },\n\
    { to = 'b:Part/b:Title', constant = 'x', only = 'forward' },\n\
    { to = 'b:More/b:Anything/at/all', constant = 'x', only = 'forward' },\n";

fn files(mapping: &str, keys: &str) -> ContractFiles {
    let mut files = ContractFiles::new("");
    let manifest = format!(
        "title = 't'\nlegacy = 'rows.toml'\ncontract-side = 'document.toml'\n{keys}\n[[mapping]]\nfile = 'm.toml'\n"
    );
    let own = [
        ("adapter.toml", &*manifest),
        ("rows.toml", ROWS),
        ("document.toml", DOCUMENT),
        ("m.toml", mapping),
        ("batch.xsd", SCHEMA),
        ("common.xsd", COMMON),
    ];
    for (path, text) in own {
        files.add(path, text.as_bytes().to_vec());
    }
    files
}

fn told(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

fn findings(mapping: &str) -> String {
    let mut findings = Vec::new();
    Adapter::read("a", &files(mapping, "contract-schema = 'batch.xsd'"), &mut findings);
    told(&findings)
}

#[test]
fn a_mapping_that_fits_the_schema_has_no_fault() {
    let good =
        format!("{GOOD}{{ from = 'number', to = 'c:Id', convert = 'strip-prefix 00' }} ] }}]");
    assert_eq!(findings(&good), "");
}

#[test]
fn what_does_not_fit_the_schema_is_told_at_its_row() {
    let bad = "code-table = [{ name = 's', rows = [['A', 'active'], ['B', 'dead']] }]\n\
        section = [{ name = 'row', from = 'row', to = 'b:Batch/b:Person', row = [\n\
        { from = 'number', to = 'c:Id', only = 'forward' },\n\
        { from = 'state', to = 'b:State', convert = 'code s', only = 'forward' },\n\
        { from = 'name', to = 'b:Name[3]', only = 'forward' },\n\
        { from = 'sum', to = 'b:Total', only = 'forward' },\n\
        { from = 'phone', to = 'b:Part/b:Part', only = 'forward' },\n\
        { to = 'b:Sum', constant = 'much', only = 'forward' },\n\
        ] }]";
    insta::assert_snapshot!(findings(bad), @r#"
    m.toml:3:1 C0613 the value has 10 characters at least, and there is room for 8
    m.toml:3:1 C0612 `b:Batch/b:Person/b:Sum/@currency` must have a value, and no row writes it forward
      hint: add a row with `to = "b:Batch/b:Person/b:Sum/@currency"`, or a `constant` there
    m.toml:3:1 C0612 `b:Batch/b:Person/b:Part/b:Part/b:Title` must have a value, and no row writes it forward
      hint: add a row with `to = "b:Batch/b:Person/b:Part/b:Part/b:Title"`, or a `constant` there
    m.toml:3:1 C0612 `b:Batch/b:Person/b:Part/b:Title` must have a value, and no row writes it forward
      hint: add a row with `to = "b:Batch/b:Person/b:Part/b:Title"`, or a `constant` there
    m.toml:4:1 C0614 the code table makes `dead`, which may not stand there
    m.toml:5:1 C0611 `to`: `b:Name` stands in `b:Person` 2 times at most
    m.toml:6:1 C0611 `to`: no `b:Total` can stand in `b:Person`
      hint: there are: c:Id, b:State, b:Name, b:Sum, b:Phone, b:Why, b:Part, b:More
    m.toml:7:1 C0611 `to`: `b:Part/b:Part` is a group, which has no value of its own
    m.toml:8:1 C0613 the constant is no decimal number, and one must stand there
    "#);
}

#[test]
fn a_schema_that_is_broken_missing_or_of_another_side_is_told() {
    let read = |keys: &str, more: &[(&str, &str)]| {
        let mut files = files("row = [{ from = 'row', dropped = 'x' }]", keys);
        for (path, text) in more {
            files.add(path, text.as_bytes().to_vec());
        }
        let mut findings = Vec::new();
        assert!(Adapter::read("a", &files, &mut findings).is_none());
        told(&findings)
    };
    insta::assert_snapshot!(read("contract-schema = 'none.xsd'", &[]), @"adapter.toml:4:19 C0106 there is no file `none.xsd` in the adapter's folder");
    insta::assert_snapshot!(read("contract-schema = 'x.xsd'", &[("x.xsd", "<a/>")]), @"x.xsd:1:1 C0203 the schema cannot be compiled: Root element must be xs:schema, found 'a' (sch-props-correct)");
    insta::assert_snapshot!(read("legacy-schema = 'batch.xsd'", &[]), @"adapter.toml:4:17 C0105 the schema is one of XML, and the side is written otherwise");
    insta::assert_snapshot!(read("contract-schema = 'no id'", &[]), @"adapter.toml:4:19 C0105 a schema is a file `.json` or `.xsd` of the folder, or the id of a contract");
}

#[test]
fn a_contract_is_named_by_its_id() {
    let mut contract = ContractFiles::new("contract");
    let manifest = "id = \"dk.example/batch\"\nversion = \"1.0.0\"\nstatus = \"in-force\"\ntitle = { en = \"x\" }\n\
        steward = \"dk.example\"\n[[operation]]\nname = \"deliver\"\nkind = \"one-way\"\n\
        request = { media-type = \"application/xml\", judge = [{ xsd = \"batch.xsd\" }] }\n";
    for (path, text) in [("contract.toml", manifest), ("batch.xsd", SCHEMA), ("common.xsd", COMMON)]
    {
        contract.add(path, text.as_bytes().to_vec());
    }
    let (contract, faults) = Contract::load(&contract, &SchemaCache::default());
    let contract = contract.unwrap_or_else(|| panic!("{faults:?}"));
    let found = |asked: &ContractRef| -> Option<Arc<Contract>> {
        (asked.id.to_string() == "dk.example/batch").then(|| contract.clone())
    };
    let mapping = "row = [{ from = 'row/name', to = 'b:Batch/b:Persons', only = 'forward' }]";
    let read = |asked: &str| {
        let files = files(mapping, &format!("contract-schema = '{asked}'"));
        let mut findings = Vec::new();
        Adapter::read_among("a", &files, &found, &mut findings);
        told(&findings)
    };
    insta::assert_snapshot!(read("dk.example/batch@^1.0"), @"
    m.toml:1:8 C0611 `to`: no `b:Persons` can stand in `b:Batch`
      hint: did you mean `b:Person`?
    ");
    insta::assert_snapshot!(read("dk.example/other"), @"adapter.toml:4:19 C0301 no contract fits this id and version");
    // Where no contracts are at hand nothing is said of the side.
    let mut findings = Vec::new();
    let files = files(mapping, "contract-schema = 'dk.example/batch@^1.0'");
    assert!(Adapter::read("a", &files, &mut findings).is_some(), "{findings:?}");
}
