use crate::{Contract, ContractFiles, SchemaCache};

/// Every fault of a manifest, as printed, and whether the contract can be used.
fn check(text: &str) -> String {
    let mut files = ContractFiles::new("c/1");
    files.add("contract.toml", text.as_bytes().to_vec());
    files.add("schemas/a.json", &b"{}"[..]);
    let (contract, findings) = Contract::load(&files, &SchemaCache::new());
    let printed: String = findings.iter().map(|finding| format!("{finding}\n")).collect();
    format!("{printed}{}", if contract.is_some() { "loaded" } else { "not loaded" })
}

#[test]
fn reads_everything_a_manifest_may_say() {
    let text = r##"
id = "dk.test/invoice"
version = "2.1.0"
status = "in-force"
title = { en = "Invoice", da = "Faktura" }
steward = "dk.test"
legal-basis = "https://example.org/law"
data-class = "individual"
register = ["dk.nemhandel"]
source = { name = "Test", url = "https://example.org", licence = "MIT", version = "7" }
[dates]
observe-from = 2026-01-01
enforce-from = 2026-03-01
retire-on = 2029-07-01
[namespaces]
i = "urn:i"
c = "urn:c"
[select]
root = "i:Invoice"
where = [{ path = "c:Version", matches = '^2\.' }]
[keys]
receiver = { path = "c:To", scheme = "@schemeID" }
sender = { path = "//c:From[1]", scheme-value = "GLN" }
document = { path = "c:ID" }
profile = { value = "basic" }
subject = ["c:Person/c:Number"]
schemes = { "GLN" = "0088", "DK:CVR" = "0184", "SE:ORG" = { scheme = "0007", prefix = "" } }
[[operation]]
name = "deliver"
kind = "one-way"
request = { media-type = ["application/json", "text/json"], judge = [{ json-schema = "schemas/a.json" }] }
[severity]
flag = { hint = "info" }
role = { Hint = "info" }
id-prefix = { "W-" = "warning" }
[digests]
"schemas/a.json" = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
"##;
    assert_eq!(check(text), "loaded");
}

#[test]
fn tells_every_fault_of_a_manifest_at_once() {
    let text = r##"id = "dk test"
version = "2.1"
status = "inforce"
titel = { en = "Invoice" }
[dates]
observe-from = 2026-04-01
enforce-from = 2026-03-01
[namespaces]
c = "urn:c"
[select]
root = "i:Invoice"
where = [{ path = "c:Version", matches = '(?=x)' }, { matches = "x" }]
[keys]
receiver = { path = "c:To", value = "x" }
document = {}
[[operation]]
name = "deliver"
kind = "oneway"
response = { judge = [{ xsd = "a.xsd", schematron = "a.sch" }, { xsd = "a.xsd", phase = "x" }] }
[severity]
flag = { hint = "hint" }
prefix = { "W-" = "warning" }
[digests]
"schemas/a.json" = "00"
"##;
    insta::assert_snapshot!(check(text), @r##"
    c/1/contract.toml:1:1 C0104 `title` is missing
    c/1/contract.toml:1:6 C0105 `id`: a contract id is one to four segments of letters, digits, '-', '_' and '.', parted by '/'
    c/1/contract.toml:2:11 C0105 `version`: a version is three numbers: major.minor.patch
    c/1/contract.toml:3:10 C0105 `status` takes one of: draft, candidate, in-force, deprecated, retired
      hint: did you mean "in-force"?
    c/1/contract.toml:4:1 C0102 there is no key `titel` here
      hint: did you mean `title`?
    c/1/contract.toml:7:1 C0105 `enforce-from` lies before `observe-from`
    c/1/contract.toml:11:8 C0207 the prefix `i` is not declared
      hint: add `i = "…"` under [namespaces]
    c/1/contract.toml:12:42 C0105 `matches` is not a pattern that can be read (look-around and back-references are not taken)
    c/1/contract.toml:12:53 C0104 `path` is missing
    c/1/contract.toml:14:29 C0105 give `path` or `value`, not both
    c/1/contract.toml:15:12 C0104 `path` is missing
    c/1/contract.toml:18:8 C0105 `kind` takes one of: one-way, two-way
      hint: did you mean "one-way"?
    c/1/contract.toml:19:23 C0105 a step of `judge` names one file: `xsd`, `schematron` or `json-schema`
    c/1/contract.toml:19:81 C0105 `phase` goes with `schematron`
    c/1/contract.toml:21:17 C0105 a severity is `error`, `warning` or `info`
    c/1/contract.toml:22:1 C0102 there is no key `prefix` here
      hint: did you mean `id-prefix`?
    c/1/contract.toml:24:20 C0105 a digest is SHA-256 in 64 lower-case hexadecimal digits
    not loaded
    "##);
}

#[test]
fn tells_what_of_a_readable_manifest_cannot_be_used() {
    let text = r##"id = "dk.test/invoice"
version = "2.1.0"
status = "draft"
title = { en = "Invoice" }
openapi = "../api.yaml"
[namespaces]
c = "urn:c"
[select]
root = "c:Invoice"
[keys]
receiver = { path = "d:To/c:X", scheme = "@schemeID" }
sender = { path = "c:From[", scheme = "count(d:x)" }
document = { path = "nosuch(c:ID)" }
[[operation]]
name = "deliver"
kind = "one-way"
request = { judge = [{ json-schema = "schemas/b.json" }] }
[[operation]]
name = "deliver"
kind = "two-way"
[digests]
"schemas/a.json" = "00136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
"schemas/c.json" = "00136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
"##;
    insta::assert_snapshot!(check(text), @r##"
    c/1/contract.toml:5:11 C0215 the path leaves the contract's folder
    c/1/contract.toml:11:21 C0207 the prefix `d` is not declared
      hint: add `d = "…"` under [namespaces]
    c/1/contract.toml:12:19 C0206 an expression is expected here
      hint: paths are XPath 2.0, relative to the root element
    c/1/contract.toml:12:39 C0207 no namespace is declared for the prefix `d`
      hint: declare it under [namespaces]
    c/1/contract.toml:13:21 C0206 there is no function nosuch()
      hint: paths are XPath 2.0, relative to the root element
    c/1/contract.toml:14:3 C0105 operations come from a description, or from [[operation]], not from both
    c/1/contract.toml:17:38 C0202 there is no file `schemas/b.json` in the contract
      hint: copy it there, or bring in the published files with `sluse contract import`
    c/1/contract.toml:19:1 C0208 two operations are called `deliver`
    c/1/contract.toml:22:1 C0214 `schemas/a.json` is not the file that the digest names
    c/1/contract.toml:23:1 C0202 there is no file `schemas/c.json` in the contract
      hint: copy it there, or bring in the published files with `sluse contract import`
    not loaded
    "##);
}

#[test]
fn says_when_there_is_no_manifest() {
    let (contract, findings) = Contract::load(&ContractFiles::new("c/1"), &SchemaCache::new());
    assert!(contract.is_none());
    assert_eq!(
        findings[0].to_string(),
        "c/1/contract.toml C0202 the contract has no contract.toml"
    );
}
