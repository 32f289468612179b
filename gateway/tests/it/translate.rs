//! `sluse translate` and `sluse adapter`, as a person types them.

use crate::{cli::sluse, route::shared};
use std::{fs, path::Path};

const EXTRACT: &str = r#"
format        = "fixed"
character-set = "iso-8859-1"
line-ends     = "lf"
type          = { position = 1, length = 2 }

[[record]]
name  = "start"
type  = "00"
role  = "start"
field = [{ name = "made", position = 3, length = 8, kind = "date", form = "yyyyMMdd" }]

[[record]]
name  = "person"
type  = "10"
field = [
    { name = "number", position = 3, length = 4, kind = "digits", required = true },
    { name = "name", position = 7, length = 10 },
    { name = "state", position = 17, length = 1 },
    { name = "rest", position = 18, length = 2 },
]

[[record]]
name  = "end"
type  = "99"
role  = "trailer"
field = [{ name = "persons", position = 3, length = 4, kind = "count", of = ["person"] }]
"#;

const ROWS: &str = "format = 'csv'\ncharacter-set = 'utf-8'\nrow = 'citizen'\nline-ends = 'lf'\n\
                    field = [{ name = 'id' }, { name = 'name' }, { name = 'status' }, { name = 'as-of' }]\n";

const MAPPING: &str = r#"
code-table = [{ name = "states", rows = [["1", "active"], ["9", "gone"]] }]
row = [
    { from = "person/number", to = "citizen/id" },
    { from = "person/name", to = "citizen/name", convert = "trim", only = "forward" },
    { from = "person/name", to = "citizen/name", only = "reverse" },
    { from = "person/state", to = "citizen/status", convert = "code states" },
    { from = "/start/made", to = "citizen/as-of" },
    { from = "/end", dropped = "counts are made anew" },
]
"#;

const MANIFEST: &str = "title = 'Extract of persons'\nlegacy = 'extract.toml'\ncontract-side = 'rows.toml'\n\
                        [[mapping]]\nfile = 'mapping.toml'\nwhen = 'person'\nreverse-when = 'citizen'\n";

const GOOD: &str = "0020261130\n100001Ada       1  \n100002Bo        9  \n990002\n";
const BAD: &str = "0020261130\n100001Ada       5  \n100002Bo        9  \n100003Cy        9 x\n1000x4Di        9  \n990004\n";

/// A configuration folder with one adapter, and two extracts beside it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let place = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    place("conf/adapters/extract/adapter.toml", MANIFEST);
    place("conf/adapters/extract/extract.toml", EXTRACT);
    place("conf/adapters/extract/rows.toml", ROWS);
    place("conf/adapters/extract/mapping.toml", MAPPING);
    place("good.txt", GOOD);
    place("bad.txt", BAD);
    folder
}

fn translate(folder: &Path, more: &[&str]) -> String {
    let with = ["--adapter", "extract", "--config", "conf"];
    sluse(folder, &[&["translate"], more, &with].concat())
}

#[test]
fn a_file_is_translated_there_and_back() {
    let folder = folder();
    insta::assert_snapshot!(translate(folder.path(), &["good.txt", "--output", "rows.csv"]));
    let rows = fs::read_to_string(folder.path().join("rows.csv")).unwrap();
    insta::assert_snapshot!(rows, @r"
id,name,status,as-of
0001,Ada,active,2026-11-30
0002,Bo,gone,2026-11-30
");
    let back = translate(folder.path(), &["rows.csv", "--reverse"]);
    assert!(back.contains(&format!("--- stdout\n{GOOD}--- stderr\n")), "{back}");
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().collect();
    assert_eq!(names.len(), 4, "nothing is left beside what was asked for: {names:?}");
}

#[test]
fn nothing_is_written_of_a_file_with_refused_units_unless_they_are_to_be_skipped() {
    let folder = folder();
    let target = folder.path().join("rows.csv");
    fs::write(&target, "before").unwrap();
    insta::assert_snapshot!(translate(folder.path(), &["bad.txt", "--output", "rows.csv"]));
    assert_eq!(fs::read_to_string(&target).unwrap(), "before");
    insta::assert_snapshot!(translate(
        folder.path(),
        &["bad.txt", "--skip-refused", "--loss", "report"]
    ));
    fs::write(folder.path().join("cut.txt"), &GOOD[..50]).unwrap();
    insta::assert_snapshot!(translate(folder.path(), &["cut.txt", "--skip-refused"]));
}

#[test]
fn an_explanation_shows_values_only_where_that_is_asked_for() {
    let folder = folder();
    let told = translate(folder.path(), &["good.txt", "--explain", "--output", "/dev/null"]);
    assert!(!told.contains("Ada") && !told.contains("active"), "{told}");
    let more = ["good.txt", "--explain", "--show-values", "--output", "/dev/null"];
    insta::assert_snapshot!(translate(folder.path(), &more));
}

#[test]
fn programs_read_what_is_told() {
    let folder = folder();
    let told = translate(folder.path(), &["bad.txt", "--format", "json", "--explain"]);
    insta::assert_snapshot!(told);
}

/// One whose interchange is wrong behind its message, which has been translated by then; one whose message is; and one that a row cannot read.
/// What each says of all fifteen, and where, is a test of the adapters.
#[test]
fn of_a_broken_interchange_of_medcom_no_file_is_left() {
    let Some(corpus) = shared("corpora/medcom-edifact/negative") else { return };
    let folder = tempfile::tempdir().unwrap();
    for (name, code) in [("UNZ1", "V0758"), ("ENC0", "V0102"), ("XSL1", "V0764")] {
        let file = corpus.join(format!("DIS20_ERROR_{name}.edi"));
        let file = file.to_str().unwrap();
        let to_file = ["translate", file, "--adapter", "medcom", "--output", "letter.xml"];
        let told = sluse(folder.path(), &to_file);
        assert!(told.starts_with("exit: 1\n--- stdout\n--- stderr\n"), "{told}");
        assert!(told.contains(code) && told.contains("nothing is written"), "{told}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{name}");
    }
}

#[test]
fn what_cannot_be_done_is_status_2() {
    let folder = folder();
    insta::assert_snapshot!(translate(folder.path(), &["none.txt"]));
    insta::assert_snapshot!(sluse(
        folder.path(),
        &["translate", "good.txt", "--adapter", "extrct", "--config", "conf"]
    ));
    let mapping = MAPPING.replace(", only = \"forward\"", "");
    fs::write(folder.path().join("conf/adapters/extract/mapping.toml"), mapping).unwrap();
    insta::assert_snapshot!(translate(folder.path(), &["good.txt", "--reverse"]));
    fs::write(folder.path().join("conf/adapters/extract/rows.toml"), "format = 'csv'\nfield = []")
        .unwrap();
    insta::assert_snapshot!(translate(folder.path(), &["good.txt"]));
}

#[test]
fn adapters_are_listed_explained_and_checked() {
    let folder = folder();
    let run = |arguments: &[&str]| sluse(folder.path(), arguments);
    let list = run(&["adapter", "list", "--config", "conf"]);
    assert!(list.contains("folder    extract"), "{list}");
    insta::assert_snapshot!(run(&["adapter", "explain", "extract", "--config", "conf"]));
    insta::assert_snapshot!(run(&["adapter", "check", "--config", "conf"]));
    fs::write(folder.path().join("conf/adapters/extract/mapping.toml"), "row = [{ from = 'a' }]")
        .unwrap();
    insta::assert_snapshot!(run(&["adapter", "check", "extract", "--config", "conf"]));
}

#[test]
fn a_draft_of_a_sample_is_an_adapter_that_reads_it_and_leads_back() {
    let folder = folder();
    let run = |arguments: &[&str]| sluse(folder.path(), arguments);
    insta::assert_snapshot!(run(&[
        "adapter", "new", "draft", "--from", "good.txt", "--config", "conf"
    ]));
    let check = run(&["adapter", "check", "draft", "--config", "conf"]);
    assert!(check.starts_with("exit: 0"), "{check}");
    let with = ["--adapter", "draft", "--config", "conf", "--output"];
    for arguments in
        [["translate", "good.txt"].as_slice(), &["translate", "lines.json", "--reverse"]]
    {
        let target = if arguments.contains(&"--reverse") { "back.txt" } else { "lines.json" };
        let told = run(&[arguments, &with, &[target]].concat());
        assert!(told.starts_with("exit: 0"), "{told}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("back.txt")).unwrap(), GOOD);
    let again = run(&["adapter", "new", "draft", "--from", "good.txt", "--config", "conf"]);
    insta::assert_snapshot!(again);
    fs::write(folder.path().join("page.xml"), "<a/>").unwrap();
    insta::assert_snapshot!(run(&["adapter", "new", "page", "--from", "page.xml"]));
}
