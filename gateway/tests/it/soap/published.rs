//! Descriptions as public bodies publish them: `init` makes a folder of each, or says why not and what to do.

use crate::{cli::sluse, route::shared};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What stands in the way of a description, by the end of its path.
const FAULTS: &[(&str, &str)] = &[
    // Port types, messages or policies alone: another description imports them and binds them.
    ("aktoer/v2/v2.wsdl", "C0232"),
    ("tjenester/person/person.wsdl", "C0232"),
    ("person/v2/person.wsdl", "C0232"),
    ("person/v3/person.wsdl", "C0232"),
    ("sykmelding/v1/sykmelding.wsdl", "C0232"),
    ("utbetaling/v1/utbetaling.wsdl", "C0232"),
    ("FaultMessage_1.wsdl", "C0232"),
    ("/policies.wsdl", "C0232"),
    ("policies/OIOIDWS.wsdl", "C0232"),
    // A schema that it imports was not published with it.
    ("xroad-monitoring/00_2017-02-07-fb2728c4/monitoring.wsdl", "C0204"),
];

fn descriptions(root: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "wsdl") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Makes a folder of each of these descriptions; gives how many were made.
fn check(descriptions: &[PathBuf]) -> usize {
    let mut made = 0;
    for path in descriptions {
        let folder = tempfile::tempdir().unwrap();
        let shown = path.display().to_string();
        let from = ["init", "conf", "--from", &shown];
        let mut said = sluse(folder.path(), &from);
        if said.contains("hint: say where the service is reached: --upstream URL") {
            // What its publisher states is to be replaced: nothing is written for it.
            assert!(
                said.starts_with("exit: 2\n") && !folder.path().join("conf").exists(),
                "{said}"
            );
            let upstream = ["--upstream", "http://127.0.0.1:1"];
            said = sluse(folder.path(), &[&from[..], &upstream].concat());
        }
        if let Some((_, code)) = FAULTS.iter().find(|(end, _)| shown.ends_with(end)) {
            assert!(said.starts_with("exit: 1\n") && said.contains(code), "{shown} {said}");
            assert!(said.contains("hint: ") && !folder.path().join("conf").exists(), "{said}");
            continue;
        }
        assert!(said.starts_with("exit: 0\n") && said.contains("leads to http"), "{shown} {said}");
        assert!(!said.contains("leads to http://localhost:8080"), "{shown} {said}");
        let checked = sluse(folder.path(), &["check", "--config", "conf"]);
        assert!(
            checked.contains("no faults") && checked.contains("1 service, "),
            "{shown} {checked}"
        );
        made += 1;
    }
    made
}

#[test]
fn every_description_of_serviceplatformen_becomes_a_folder_or_says_why_not() {
    let Some(root) = shared("corpora/serviceplatformen") else { return };
    for (part, least) in [("online-service-contract", 2), ("sf1600", 2), ("sf2900", 4)] {
        assert!(check(&descriptions(&root.join(part))) >= least, "{part}");
    }
}

#[test]
fn descriptions_of_organisations_from_a_to_k_become_folders_or_say_why_not() {
    let Some(root) = shared("corpora/serviceplatformen/sf1500-v6") else { return };
    let all = descriptions(&root);
    assert!(check(&all[..all.len() / 2]) >= 7);
}

#[test]
fn descriptions_of_organisations_from_m_on_become_folders_or_say_why_not() {
    let Some(root) = shared("corpora/serviceplatformen/sf1500-v6") else { return };
    let all = descriptions(&root);
    assert!(check(&all[all.len() / 2..]) >= 7);
}

#[test]
fn descriptions_of_norway_and_of_x_road_become_folders_or_say_why_not() {
    let Some(archive) = shared("suites/contracts.tar.gz") else { return };
    let folder = tempfile::tempdir().unwrap();
    let tar = Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(folder.path()).status();
    assert!(tar.unwrap().success());
    assert!(check(&descriptions(&folder.path().join("contracts/wsdl"))) >= 20);
}
