//! Every list of the shared corpora, counted by other means beside.

use super::{super::*, columns};
use crate::shared::shared;
use std::{collections::BTreeSet, fs};

#[test]
fn every_list_of_openpeppol_is_read_with_every_code() {
    let Some(folder) = shared("corpora/peppol-bis-billing3/codelist") else { return };
    let (mut lists, mut codes) = (0, 0);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&path).unwrap();
        let (list, findings) = read(&file, &bytes, &Reading::default());
        assert_eq!(findings, [], "{file}");
        let list = list.unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let between = |open: &str, close: &str| {
            let parts = text.split(open).skip(1);
            let texts = parts.map(|part| part.split(close).next().unwrap().trim().to_owned());
            texts.collect::<Vec<String>>()
        };
        let ids: BTreeSet<String> = between("<Id>", "</Id>").into_iter().collect();
        let read: BTreeSet<String> =
            list.codes().iter().map(|each| each.code.to_string()).collect();
        assert_eq!(read, ids, "{file}");
        assert!(list.codes().iter().all(|each| each.names.len() == 1), "{file}");
        assert_eq!(list.about().version, between("<Version>", "</Version>").first().cloned());
        (lists, codes) = (lists + 1, codes + ids.len());
    }
    assert!(lists >= 17 && codes >= 4_341, "{lists} lists, {codes} codes");
}

#[test]
fn the_rule_ids_of_oioubl_are_read_from_their_table() {
    let Some(path) = shared("corpora/oioubl-2.1/ID_Error_List.csv") else { return };
    let bytes = fs::read(path).unwrap();
    let reading = Reading {
        columns: Columns {
            names: vec![("en".to_owned(), "Konstrurede beskrivelse".to_owned())],
            ..columns("FejlId")
        },
        csv: CsvForm { delimiter: Some(b';'), ..CsvForm::default() },
        ..Reading::default()
    };
    let (list, findings) = read("ID_Error_List.csv", &bytes, &reading);
    let list = list.unwrap();
    assert!(findings.iter().all(|finding| finding.code == crate::code::CODE_TWICE));
    let text = String::from_utf8(bytes).unwrap();
    // A row may go on behind a line end in quotes; each begins with the name of a rule set.
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("OIOUBL")).collect();
    assert_eq!(list.codes().len(), rows.len());
    let ids: BTreeSet<&str> = rows.iter().filter_map(|line| line.split(';').nth(2)).collect();
    assert_eq!(list.code_count(), ids.len());
    assert_eq!(
        list.find("[F-APR001]")[0].name("en"),
        Some("[F-APR001] Root element must be ApplicationResponse")
    );
}

#[test]
fn the_turtle_of_dcat_is_read_and_what_is_no_list_is_told() {
    let Some(folder) = shared("corpora/dcat-ap-no") else { return };
    let turtle = Reading { format: Some(ListFormat::Turtle), ..Reading::default() };
    let concept = fs::read(folder.join("examples/begrepIkkeHostet")).unwrap();
    let (list, findings) = read("begrep", &concept, &turtle);
    assert_eq!(findings, []);
    let list = list.unwrap();
    assert_eq!(
        (&*list.codes()[0].code, list.codes()[0].name("nb")),
        ("begrepIkkeHostet", Some("ikke høstet"))
    );
    let shapes = fs::read(folder.join("shacl/DCAT-AP-NO-shacl_shapes_2.00.ttl")).unwrap();
    let (list, findings) = read("shapes.ttl", &shapes, &turtle);
    assert!(list.is_none() && findings.len() == 1, "{findings:?}");
    assert!(findings[0].to_string().starts_with("shapes.ttl C0241 the list has no codes"));
}

#[test]
fn every_list_of_fiks_arkiv_is_read() {
    let Some(folder) = shared("corpora/fiks-arkiv") else { return };
    let (mut open, mut n_lists) = (vec![folder], 0);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let is_list = path.to_string_lossy().contains("/kodelister/");
            if !is_list || path.extension().is_none_or(|end| end != "json") {
                continue;
            }
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let bytes = fs::read(&path).unwrap();
            let (list, findings) = read(&name, &bytes, &Reading::default());
            assert!(findings.is_empty(), "{name} {findings:?}");
            let list = list.unwrap();
            let text = String::from_utf8(bytes).unwrap();
            assert_eq!(list.codes().len(), text.matches("\"kodeverdi\"").count(), "{name}");
            assert!(list.about().title.is_some() && list.about().version.is_some(), "{name}");
            n_lists += 1;
        }
    }
    assert!(n_lists > 20, "{n_lists}");
}
