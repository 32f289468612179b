//! Linting of every published schema, description and rule set: the faults that are there, and no others.
//!
//! `lint.tsv` has a line for each fault, with its place, and one for each kind of warning, with how often. A new line is a
//! new finding, to be read by hand: it is right or the check is wrong.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail, and says what it skips"
)]

use bytes::Bytes;
use sluse_contracts::{
    ContractFiles, Finding, SchemaCache,
    lint::{LintOptions, entries, lint, lint_entry},
    manifest::Profile,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// What is found where: `what<tab>finding<tab>how often`.
const EXPECTED: &str = include_str!("lint.tsv");

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

/// All files below a folder that may be schemas, by path.
fn files(root: &Path) -> BTreeMap<String, Bytes> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
            let is_schema = ending.is_some_and(|ending| {
                ["xsd", "wsdl", "sch", "xsl", "json", "yaml", "xml"].contains(&&*ending)
            });
            if path.is_dir() {
                folders.push(path);
            } else if is_schema {
                let below = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                found.insert(below, fs::read(&path).unwrap().into());
            }
        }
    }
    found
}

/// What a finding is told as in the table: a fault with its place, a warning as its kind.
fn line(finding: &Finding) -> String {
    if finding.is_error() {
        format!("{}:{} {}", finding.file, finding.line, finding.code)
    } else {
        finding.code.to_string()
    }
}

/// Compares findings with the table's lines.
fn check(what: &str, findings: &[Finding]) {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        *found.entry(line(finding)).or_default() += 1;
    }
    let expected: BTreeMap<String, usize> = EXPECTED
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let of_this = cells.next()? == what;
            let (finding, count) = (cells.next()?.to_owned(), cells.next()?.parse().ok()?);
            of_this.then_some((finding, count))
        })
        .collect();
    if found != expected {
        for finding in findings {
            println!("{finding}");
        }
        let lines: Vec<String> =
            found.iter().map(|(finding, count)| format!("{what}\t{finding}\t{count}")).collect();
        assert_eq!(found, expected, "found:\n{}", lines.join("\n"));
    }
}

/// Lints the entries below a folder that are wanted.
fn lint_folder(what: &str, root: &Path, profile: Profile, wanted: impl Fn(&str) -> bool) {
    let mut given = files(root);
    given.retain(|path, _| wanted(path));
    let schemas = SchemaCache::new();
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    let entries = entries("", &given);
    assert!(!entries.is_empty(), "{what}");
    for entry in &entries {
        for finding in lint_entry(entry, &schemas, profile) {
            if seen.insert(finding.to_string()) {
                findings.push(finding);
            }
        }
    }
    println!("{what}: {} entries, {} findings", entries.len(), findings.len());
    check(what, &findings);
}

fn lint_corpus(name: &str) {
    lint_corpus_as(name, name, Profile::Plain);
}

fn lint_corpus_as(what: &str, name: &str, profile: Profile) {
    if let Some(root) = shared(&format!("corpora/{name}")) {
        lint_folder(what, &root, profile, |_| true);
    }
}

#[test]
fn schemas_of_fiks_arkiv() {
    lint_corpus("fiks-arkiv");
}

#[test]
fn schemas_of_fiks_arkiv_under_the_norwegian_profile() {
    lint_corpus_as("fiks-arkiv, no", "fiks-arkiv", Profile::No);
}

#[test]
fn schemas_of_medcom() {
    lint_corpus("medcom-edifact");
}

#[test]
fn schemas_of_medcom_under_the_danish_profile() {
    lint_corpus_as("medcom-edifact, oio", "medcom-edifact", Profile::Oio);
}

#[test]
fn schemas_and_descriptions_of_serviceplatformen() {
    lint_corpus("serviceplatformen");
}

#[test]
fn schemas_of_serviceplatformen_under_the_danish_profile() {
    lint_corpus_as("serviceplatformen, oio", "serviceplatformen", Profile::Oio);
}

#[test]
fn schemas_and_descriptions_of_eformidling() {
    lint_corpus("eformidling");
}

#[test]
fn schemas_of_sbdh() {
    lint_corpus("sbdh-1.3");
}

#[test]
fn schemas_and_rules_of_oioxml() {
    lint_corpus("oioxml-0.7");
}

#[test]
fn schemas_and_rules_of_en_16931() {
    lint_corpus("en16931");
}

#[test]
fn rules_of_peppol() {
    lint_corpus("peppol-bis-billing3");
}

/// Lints the published contracts of one kind that are wanted.
fn lint_suite(kind: &str, profile: Profile, what: &str, wanted: impl Fn(&str) -> bool) {
    let Some(archive) = shared("suites/contracts.tar.gz") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut tar = std::process::Command::new("tar");
    let unpack = tar.arg("xzf").arg(archive).arg("-C").arg(folder.path()).status();
    assert!(unpack.unwrap().success());
    lint_folder(what, &folder.path().join("contracts").join(kind), profile, wanted);
}

#[test]
fn published_schemas_of_the_suite() {
    lint_suite("xsd", Profile::No, "suite xsd, no", |_| true);
}

#[test]
fn published_wsdl_descriptions_of_the_suite() {
    lint_suite("wsdl", Profile::Plain, "suite wsdl", |_| true);
}

/// The first version of each.
#[test]
fn published_openapi_descriptions_of_the_suite() {
    lint_suite("openapi", Profile::Plain, "suite openapi", |path| path.contains("/00_"));
}

/// All later versions of the services whose names begin so.
fn lint_versions(service: &str) {
    let what = format!("suite openapi, later {service}");
    let wanted = |path: &str| path.starts_with(service) && !path.contains("/00_");
    lint_suite("openapi", Profile::Plain, &what, wanted);
}

#[test]
fn later_versions_of_descriptions_of_persons() {
    lint_versions("brp-");
}

#[test]
fn later_versions_of_descriptions_of_letters() {
    lint_versions("digdir-");
}

#[test]
fn later_versions_of_descriptions_of_cases() {
    lint_versions("sundsvall-");
}

#[test]
fn later_versions_of_descriptions_of_rights() {
    lint_versions("vng-autorisaties");
}

#[test]
fn later_versions_of_descriptions_of_documents() {
    lint_versions("vng-documenten");
}

#[test]
fn later_versions_of_descriptions_of_customers() {
    lint_versions("vng-klanten");
}

#[test]
fn later_versions_of_descriptions_of_requests() {
    lint_versions("vng-verzoeken");
}

/// Lints a contract of one operation that these files judge, in this order; the corpora are its folders.
fn lint_together(folders: &[&str], judge: &[&str]) -> Option<Vec<Finding>> {
    let corpora = shared("corpora")?;
    let mut all = ContractFiles::new("");
    for folder in folders {
        for (path, bytes) in files(&corpora.join(folder)) {
            all.add(&format!("{folder}/{path}"), bytes);
        }
    }
    let steps: Vec<String> = judge
        .iter()
        .map(|path| {
            let language = if path.ends_with(".xsd") { "xsd" } else { "schematron" };
            format!("{{ {language} = '{path}' }}")
        })
        .collect();
    let manifest = format!(
        "id = 'test/rules'\nversion = '1.0.0'\nstatus = 'draft'\ntitle = {{ en = 'Test' }}\n\
         [[operation]]\nname = 'send'\nkind = 'one-way'\nrequest = {{ judge = [{}] }}\n",
        steps.join(", ")
    );
    all.add("contract.toml", manifest);
    let (contract, findings) = lint(&all, &SchemaCache::new(), &LintOptions::default());
    assert!(contract.is_some(), "{judge:?}: {findings:?}");
    Some(findings)
}

const UBL: &str = "oioubl-2.1/xsd/UBL_v2.1";

/// Lints rule sets against each of these documents of UBL.
fn against_ubl(what: &str, folder: &str, documents: &[&str], rules: &dyn Fn(&str) -> Vec<String>) {
    let mut all: Vec<Finding> = Vec::new();
    for document in documents {
        let mut judge = vec![format!("{UBL}/maindoc/UBL-{document}-2.1.xsd")];
        judge.extend(rules(document));
        let judge: Vec<&str> = judge.iter().map(String::as_str).collect();
        let Some(found) = lint_together(&[UBL, folder], &judge) else { return };
        for finding in found {
            if !all.contains(&finding) {
                all.push(finding);
            }
        }
    }
    check(what, &all);
}

#[test]
fn rules_of_oioubl_against_its_schemas() {
    let documents = [
        "ApplicationResponse",
        "Catalogue",
        "CatalogueDeletion",
        "CatalogueItemSpecificationUpdate",
        "CataloguePricingUpdate",
        "CatalogueRequest",
        "CreditNote",
        "Invoice",
        "Order",
        "OrderCancellation",
        "OrderChange",
        "OrderResponse",
        "OrderResponseSimple",
        "Reminder",
        "Statement",
        "UtilityStatement",
    ];
    let rules = |document: &str| vec![format!("oioubl-2.1/sch/OIOUBL_{document}_Schematron.xml")];
    against_ubl("oioubl-2.1, rules against schemas", "oioubl-2.1/sch", &documents, &rules);
}

#[test]
fn rules_of_en_16931_against_ubl() {
    let rules = |_: &str| vec!["en16931/ubl/EN16931-UBL-validation-preprocessed.sch".to_owned()];
    against_ubl("en16931, rules against UBL", "en16931/ubl", &["Invoice", "CreditNote"], &rules);
}

#[test]
fn rules_of_peppol_against_ubl() {
    let rules = |_: &str| {
        let folder = "peppol-bis-billing3/sch";
        ["CEN", "PEPPOL"].map(|set| format!("{folder}/{set}-EN16931-UBL.sch")).to_vec()
    };
    let folder = "peppol-bis-billing3/sch";
    against_ubl("peppol, rules against UBL", folder, &["Invoice", "CreditNote"], &rules);
}

#[test]
fn rules_of_en_16931_and_peppol_against_cii() {
    let folder = "en16931/cii";
    let schema = format!(
        "{folder}/schema/D16B SCRDM (Subset)/uncoupled clm/CII/uncefact/data/standard/CrossIndustryInvoice_100pD16B.xsd"
    );
    let judge = [
        schema.as_str(),
        "en16931/cii/EN16931-CII-validation-preprocessed.sch",
        "peppol-bis-billing3/sch/PEPPOL-EN16931-CII.sch",
    ];
    let found = lint_together(&[folder, "peppol-bis-billing3/sch"], &judge);
    check("en16931 and peppol, rules against CII", &found.unwrap_or_default());
}

#[test]
fn rules_of_oioxml_against_its_schemas() {
    let judge = ["oioxml-0.7/xsd/pieStrict.xsd", "oioxml-0.7/schematron-xslt1/ublinvoice.xsl"];
    let found = lint_together(&["oioxml-0.7"], &judge);
    check("oioxml-0.7, rules against schemas", &found.unwrap_or_default());
}
