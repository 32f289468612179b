//! Published descriptions: each loads, or its fault is real and named here.

use super::{compile, files_below};
use crate::{Finding, files::ContractFiles, shared};
use std::collections::BTreeMap;

/// What stands in the way of a description, by the end of its path.
const FAULTS: &[(&str, &str, &str)] = &[
    // Port types, messages or policies alone: another description imports them and binds them.
    ("aktoer/v2/v2.wsdl", "C0232", ""),
    ("tjenester/person/person.wsdl", "C0232", ""),
    ("virksomhet/person/v2/person.wsdl", "C0232", ""),
    ("virksomhet/person/v3/person.wsdl", "C0232", ""),
    ("virksomhet/sykmelding/v1/sykmelding.wsdl", "C0232", ""),
    ("virksomhet/utbetaling/v1/utbetaling.wsdl", "C0232", ""),
    ("FaultMessage_1.wsdl", "C0232", ""),
    ("/policies.wsdl", "C0232", ""),
    ("policies/OIOIDWS.wsdl", "C0232", ""),
    // `xroad.xsd` imports `identifiers.xsd`, which was not published with it.
    ("xroad-monitoring/00_2017-02-07-fb2728c4/monitoring.wsdl", "C0204", "xroad.xsd:9:16"),
];

/// Warnings that are right, by the end of a description's path: a rule, and how often.
const WARNED: &[(&str, &str, usize)] = &[
    // Both operations of the binding have `soap:operation` without `soapAction`.
    ("aktoer/v1/Aktoer.wsdl", "WSDL 1.1, section 3.4", 2),
    // `PersonBaseDataExtendedServiceTypes.xsd` uses the prefix `cpr` without importing its namespace.
    ("PersonBaseDataExtendedService.wsdl", "XML Schema Part 1, src-resolve.4.2", 1),
    // Two of the schemas use the namespace of identifiers, one of them also `xml:lang`, without importing.
    ("op-monitoring.wsdl", "XML Schema Part 1, src-resolve.4.2", 3),
];

fn descriptions(files: &ContractFiles) -> Vec<&str> {
    files.iter().map(|(path, _)| path).filter(|path| path.ends_with(".wsdl")).collect()
}

fn check(files: &ContractFiles, least: usize) {
    let mut loaded = 0;
    let mut warned: BTreeMap<(String, String), usize> = BTreeMap::new();
    for entry in descriptions(files) {
        let compiled = compile(entry, files);
        let errors: Vec<&Finding> =
            compiled.findings.iter().filter(|each| each.is_error()).collect();
        let known = FAULTS.iter().find(|(end, ..)| entry.ends_with(end));
        let Some((_, code, place)) = known else {
            assert!(errors.is_empty() && compiled.schema.is_some(), "{entry} {errors:?}");
            loaded += 1;
            for finding in &compiled.findings {
                let text = finding.to_string();
                let rule = text.rsplit_once('(').map_or("", |(_, rule)| rule).to_owned();
                *warned.entry((entry.to_owned(), rule)).or_default() += 1;
            }
            continue;
        };
        assert!(compiled.schema.is_none(), "{entry} loads after all");
        let first = errors.first().unwrap().to_string();
        assert!(first.contains(code) && first.contains(place), "{entry} {first}");
    }
    assert!(loaded >= least, "{loaded}");
    for ((entry, rule), n) in &warned {
        let known =
            WARNED.iter().find(|(end, due, _)| entry.ends_with(end) && rule.starts_with(due));
        assert_eq!(known.map(|each| each.2), Some(*n), "{entry} {rule}");
    }
}

#[test]
fn every_version_of_the_published_contracts_loads_or_its_fault_is_real() {
    let Some(root) = shared::unpack("suites/contracts.tar.gz") else { return };
    check(&files_below(root.path()), 20);
}

#[test]
fn every_description_of_serviceplatformen_loads_or_its_fault_is_real() {
    let Some(root) = shared::shared("corpora/serviceplatformen") else { return };
    check(&files_below(&root), 26);
}
