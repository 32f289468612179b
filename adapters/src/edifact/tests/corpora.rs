//! The published interchanges: sound ones are read, each broken one gives its fault at its place.

use super::{grammar, steps, steps_with};
use crate::{
    edifact::{
        grammar::Grammar,
        reader::{EdifactReader, ReadOptions},
        writer::{EdifactWriter, WriteOptions},
    },
    fault::Faults,
    layout::{Step, UnitReader},
    shared::shared,
    tree::Tree,
};
use sluse_contracts::payload::Limits;
use std::{fs, sync::Arc};

/// The broken interchanges of the MedCom corpus: whether the fault is the interchange's, and what is told.
const BROKEN: [(&str, Step, &str); 15] = [
    (
        "ENC0",
        Step::Refused,
        "V0102 the byte is no character of the interchange's repertoire (segment 12, byte 388, NAD)",
    ),
    ("UNB0", Step::Broken, "V0761 what must be there is missing (segment 1, byte 11, UNB/0020)"),
    ("UNB1", Step::Broken, "V0757 UNB is missing before this place (segment 1, byte 11, UNH)"),
    (
        "UNB3",
        Step::Broken,
        "V0756 the service segment may not stand here (segment 29, byte 640, UNB)",
    ),
    ("UNH0", Step::Broken, "V0761 what must be there is missing (segment 2, byte 85, UNH/0062)"),
    (
        "UNH2",
        Step::Refused,
        "V0759 the reference is not that of the header (segment 27, byte 611, UNT/0062)",
    ),
    (
        "UNT0",
        Step::Refused,
        "V0758 the control count is not the number that there is (segment 27, byte 608, UNT/0074)",
    ),
    ("UNT1", Step::Refused, "V0757 UNT is missing before this place (segment 27, byte 604, UNZ)"),
    ("UNT2", Step::Refused, "V0761 what must be there is missing (segment 27, byte 604, UNT/0074)"),
    (
        "UNZ1",
        Step::Broken,
        "V0758 the control count is not the number that there is (segment 28, byte 626, UNZ/0036)",
    ),
    ("UNZ2", Step::Broken, "V0761 what must be there is missing (segment 28, byte 622, UNZ/0020)"),
    ("UNZ3", Step::Broken, "V0757 UNZ is missing before this place (segment 27, byte 622)"),
    (
        "XSL0",
        Step::Refused,
        "V0763 the text is longer than its representation allows (segment 6, byte 187, NAD/3035)",
    ),
    (
        "XSL1",
        Step::Refused,
        "V0764 the code is none of those that are known here (segment 26, byte 599, PAS/status)",
    ),
    (
        "XSL2",
        Step::Refused,
        "V0763 the value is not a date or time of the format that is stated (segment 25, byte 576, DTM/C507/2380)",
    ),
];

#[test]
fn each_broken_interchange_of_medcom_gives_its_fault_at_its_place() {
    let Some(folder) = shared("corpora/medcom-edifact/negative") else { return };
    let medcom = grammar("medcom");
    let mut wrong = Vec::new();
    for (name, expected, sentence) in BROKEN {
        let bytes = fs::read(folder.join(format!("DIS20_ERROR_{name}.edi"))).unwrap();
        let (found, faults) = steps(&medcom, &bytes, 512);
        let first = if expected == Step::Refused { 0 } else { found.len() - 1 };
        if found[first] != expected || faults.first().map(String::as_str) != Some(sentence) {
            wrong.push(format!("{name}: {found:?} {faults:#?}"));
        }
        let n_units = found.iter().filter(|step| **step == Step::Unit).count();
        assert!(expected == Step::Broken || n_units == 0, "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_sound_interchange_of_medcom_is_read() {
    let Some(folder) = shared("corpora/medcom-edifact") else { return };
    let (medcom, medpre) = (grammar("medcom"), grammar("medpre"));
    let mut paths: Vec<_> =
        fs::read_dir(folder.join("edi")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.extend(["ok", "ok_UNA"].map(|name| folder.join(format!("negative/DIS20_{name}.edi"))));
    let mut wrong = Vec::new();
    for path in &paths {
        let is_pre = path.file_name().unwrap().to_str().unwrap().starts_with("PRE");
        let bytes = fs::read(path).unwrap();
        let (found, faults) = steps(if is_pre { &medpre } else { &medcom }, &bytes, 4_096);
        if found != [Step::Unit, Step::End] {
            wrong.push(format!("{}: {found:?} {faults:#?}", path.display()));
        }
    }
    assert!(paths.len() >= 20 && wrong.is_empty(), "{}", wrong.join("\n"));
}

/// As published, their trailers count or refer wrongly.
#[test]
fn each_invoice_of_en16931_is_read_where_trailers_are_not_checked() {
    let Some(folder) = shared("corpora/en16931/edifact/examples") else { return };
    let invoic = grammar("invoic-d14b");
    let options = ReadOptions { checks_trailers: false, ..ReadOptions::default() };
    let mut wrong = Vec::new();
    for (number, n_units) in [(0, 1), (2, 2), (3, 1), (4, 1), (5, 2)] {
        let bytes = fs::read(folder.join(format!("EDIFACT_EXAMPLE{number}.TXT"))).unwrap();
        let (found, faults) = steps_with(&invoic, options, &bytes, 700);
        if found.len() != n_units + 1 || !faults.is_empty() || found.last() != Some(&Step::End) {
            wrong.push(format!("{number}: {found:?} {faults:#?}"));
        }
        let (_, faults) = steps(&invoic, &bytes, 700);
        assert!(!faults.is_empty(), "{number}: its trailers are not right");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the writer makes of what the reader gave, in the manner that was read.
fn written_again(grammar: &Arc<Grammar>, checks_trailers: bool, bytes: &[u8]) -> Vec<u8> {
    let read = ReadOptions { checks_trailers, keeps_manner: true, ..ReadOptions::default() };
    let write = WriteOptions { makes_trailers: checks_trailers, ..WriteOptions::default() };
    let mut tree = Tree::new(grammar.names().clone(), &Limits::default());
    let mut faults = Faults::new(10);
    let mut reader = EdifactReader::new(grammar.clone(), read);
    let mut writer = EdifactWriter::new(grammar.clone(), write);
    let mut out = Vec::new();
    reader.feed(bytes);
    reader.finish();
    loop {
        match reader.next(&mut tree, &mut faults) {
            Step::Unit => writer.write_as(&tree, &reader.take_manner(), &mut out).unwrap(),
            Step::End => break writer.finish_as(&reader.take_manner(), &mut out).unwrap(),
            step => panic!("{step:?} {faults:?}"),
        }
    }
    out
}

#[test]
fn what_is_read_is_written_with_the_same_bytes() {
    let Some(folder) = shared("corpora") else { return };
    let folders = [("medcom-edifact/edi", "edi"), ("en16931/edifact/examples", "TXT")];
    let mut n_files = 0;
    for (below, extension) in folders {
        for entry in fs::read_dir(folder.join(below)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|found| found != extension) {
                continue;
            }
            let name = path.file_name().unwrap().to_str().unwrap();
            let grammar = grammar(match name.get(..3).unwrap() {
                "PRE" => "medpre",
                "EDI" => "invoic-d14b",
                _ => "medcom",
            });
            let bytes = fs::read(&path).unwrap();
            let found = written_again(&grammar, extension == "edi", &bytes);
            let differs = found.iter().zip(&bytes).position(|(found, read)| found != read);
            let around = differs.map(|at| &found[at.saturating_sub(30)..found.len().min(at + 30)]);
            assert!(
                found == bytes,
                "{name} at {differs:?}: {:?}",
                around.map(String::from_utf8_lossy)
            );
            n_files += 1;
        }
    }
    assert!(n_files >= 25);
}
