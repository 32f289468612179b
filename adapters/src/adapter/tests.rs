//! Messages in, messages out: adapters of fixed width and CSV, tried both ways.

use super::*;
use crate::fault::Fault;
use proptest::prelude::*;
use sluse_contracts::files::ContractFiles;

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

const ROWS: &str = r#"
format        = "csv"
character-set = "utf-8"
row           = "citizen"
line-ends     = "lf"
field = [{ name = "id" }, { name = "name" }, { name = "status" }, { name = "as-of" }]
"#;

const MAPPING: &str = r#"
code-table = [{ name = "states", rows = [["1", "active"], ["9", "gone"]] }]
row = [
    { from = "person/number", to = "citizen/id" },
    { from = "person/name", to = "citizen/name" },
    { from = "person/state", to = "citizen/status", convert = "code states" },
    { from = "/start/made", to = "citizen/as-of" },
    { from = "/end", dropped = "counts are made anew" },
]
"#;

const MANIFEST_TEXT: &str = "title = 'Extract'\nlegacy = 'extract.toml'\ncontract-side = 'rows.toml'\nloss = 'refuse'\n\
                             [[mapping]]\nfile = 'mapping.toml'\nwhen = 'person'\nreverse-when = 'citizen'\n";

const GOOD: &str = "0020261130\n100001Ada       1  \n100002Bo        9  \n990002\n";
const GOOD_ROWS: &str =
    "id,name,status,as-of\n0001,Ada,active,2026-11-30\n0002,Bo,gone,2026-11-30\n";

fn files(of: &[(&str, &str)]) -> ContractFiles {
    let mut files = ContractFiles::new("adapters/extract");
    for (path, text) in of {
        files.add(path, text.as_bytes().to_vec());
    }
    files
}

fn adapter_of(manifest: &str) -> Adapter {
    let files = files(&[
        ("adapter.toml", manifest),
        ("extract.toml", EXTRACT),
        ("rows.toml", ROWS),
        ("mapping.toml", MAPPING),
    ]);
    let mut findings = Vec::new();
    let adapter = Adapter::read("extract", &files, &mut findings);
    adapter.unwrap_or_else(|| panic!("{findings:?}"))
}

fn adapter() -> Adapter {
    adapter_of(MANIFEST_TEXT)
}

fn told(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("{} {fault}\n", fault.code)).collect()
}

/// What is written, and what is told of units that are not.
fn translated(plans: &Plans, options: Options, bytes: &[u8], piece: usize) -> (String, String) {
    let mut translation = plans.begin(options);
    let (mut pieces, mut out, mut told_of) = (bytes.chunks(piece), Vec::new(), String::new());
    loop {
        match translation.next(&mut out) {
            Step::Unit(unit) => {
                for lost in &unit.outcome.lost {
                    told_of.push_str(&format!("unit {} lost {lost}\n", unit.number));
                }
                if options.apart {
                    out.extend_from_slice(b"--\n");
                }
            }
            Step::Refused(faults) => told_of.push_str(&format!("refused\n{}", told(&faults))),
            Step::Around(outcome) => {
                outcome.lost.iter().for_each(|lost| told_of.push_str(&format!("lost {lost}\n")));
            }
            Step::Broken(faults) => {
                told_of.push_str(&format!("broken\n{}", told(&faults)));
                break;
            }
            Step::Hungry => match pieces.next() {
                Some(piece) => translation.feed(piece),
                None => translation.finish(),
            },
            Step::End => break,
        }
    }
    (String::from_utf8_lossy(&out).into_owned(), told_of)
}

fn forward(manifest: &str, text: &str) -> (String, String) {
    let plans = adapter_of(manifest).plans(Way::Forward).unwrap();
    translated(&plans, Options::default(), text.as_bytes(), 7)
}

#[test]
fn a_message_is_translated_there_and_back() {
    let (rows, told) = forward(MANIFEST_TEXT, GOOD);
    assert_eq!((rows.as_str(), told.as_str()), (GOOD_ROWS, ""));
    let plans = adapter().plans(Way::Reverse).unwrap();
    let (back, told) = translated(&plans, Options::default(), rows.as_bytes(), 1_000);
    assert_eq!((back.as_str(), told.as_str()), (GOOD, ""));
}

#[test]
fn a_unit_with_a_fault_is_refused_alone_and_names_its_place() {
    let text = GOOD
        .replace("100001Ada       1", "100001Ada       5")
        .replace("990002", "100003Cy        9 x\n1000x4Di        9  \n990004");
    let (rows, told) = forward(MANIFEST_TEXT, &text);
    assert_eq!(rows, "id,name,status,as-of\n0002,Bo,gone,2026-11-30\n");
    insta::assert_snapshot!(told, @r"
refused
V0951 the code table of the mapping does not have the code (record 2, byte 27, person/state)
refused
V0955 no row of the mapping carries the value over, and the adapter refuses loss (record 4, byte 68, person/rest)
refused
V0906 the field holds a character that is no digit (record 5, byte 75, person/number)
");
}

#[test]
fn what_is_lost_is_told_where_that_is_enough() {
    let report = MANIFEST_TEXT.replace("'refuse'", "'report'");
    let text = GOOD.replace("Ada       1  ", "Ada       1 x");
    let (rows, told) = forward(&report, &text);
    assert_eq!(rows, GOOD_ROWS);
    insta::assert_snapshot!(told, @r"unit 1 lost person/rest (record 2, byte 28)");
}

#[test]
fn a_message_that_does_not_add_up_is_broken_as_a_whole() {
    for (text, code) in
        [(GOOD.replace("990002", "990003"), "V0905"), (GOOD.replace("990002\n", ""), "V0901")]
    {
        let (_, told) = forward(MANIFEST_TEXT, &text);
        assert!(told.starts_with("broken\n") && told.contains(code), "{told}");
    }
}

#[test]
fn units_stand_apart_as_whole_messages() {
    let plans = adapter().plans(Way::Reverse).unwrap();
    let apart = Options { apart: true, ..Options::default() };
    let rows = GOOD_ROWS.replace("Bo,gone,2026-11-30", "Bo,gone,2026-12-01");
    let (files, told) = translated(&plans, apart, rows.as_bytes(), 3);
    assert_eq!(told, "");
    let first = "0020261130\n100001Ada       1\u{20}\u{20}\n990001\n--\n";
    let second = "0020261201\n100002Bo        9\u{20}\u{20}\n990001\n--\n";
    assert_eq!(files, format!("{first}{second}"));
    // In one file they contradict each other.
    let (_, told) = translated(&plans, Options::default(), rows.as_bytes(), 3);
    insta::assert_snapshot!(told, @r"
refused
V0957 the unit says otherwise than the first of what stands once, before all units (row 3, byte 48, start)
");
}

#[test]
fn without_a_mapping_every_unit_is_written_as_it_was_read() {
    let files = files(&[
        ("adapter.toml", "title = 'Other set'\nlegacy = 'a.toml'\ncontract-side = 'b.toml'"),
        ("a.toml", EXTRACT),
        ("b.toml", &EXTRACT.replace("iso-8859-1", "ibm277").replace("\"lf\"", "\"nel\"")),
    ]);
    let adapter = Adapter::read("other", &files, &mut Vec::new()).unwrap();
    for options in [Options::default(), Options { apart: true, ..Options::default() }] {
        let there = adapter.plans(Way::Forward).unwrap();
        let mut translation = there.begin(options);
        let (mut ebcdic, mut n_units) = (Vec::new(), 0);
        translation.feed(GOOD.as_bytes());
        translation.finish();
        while let Step::Unit(_) = translation.next(&mut ebcdic) {
            n_units += 1;
        }
        assert_eq!(n_units, 2);
        assert!(ebcdic.starts_with(&[0xF0, 0xF0, 0xF2]), "{ebcdic:02x?}");
        if !options.apart {
            let back = adapter.plans(Way::Reverse).unwrap();
            assert_eq!(translated(&back, options, &ebcdic, 5).0, GOOD);
        }
    }
}

#[test]
fn units_that_no_mapping_is_for_are_refused() {
    let other = MANIFEST_TEXT.replace("when = 'person'", "when = 'person[state=\\'9\\']'");
    let other = other.replace("'person[state=\\'9\\']'", "\"person[state='9']\"");
    let (rows, told) = forward(&other, GOOD);
    assert_eq!(rows, "id,name,status,as-of\n0002,Bo,gone,2026-11-30\n");
    insta::assert_snapshot!(told, @r"
refused
V0956 the adapter has no mapping for such a unit (record 2, byte 11)
");
}

#[test]
fn an_explanation_leads_from_each_value_to_its_place() {
    let plans = adapter().plans(Way::Forward).unwrap();
    let mut translation = plans.begin(Options { explain: true, ..Options::default() });
    translation.feed(GOOD.as_bytes());
    translation.finish();
    let Step::Unit(unit) = translation.next(&mut Vec::new()) else { panic!("a unit") };
    let lines: Vec<String> = translation
        .explained(&unit)
        .map(|each| {
            let (row, place) = (each.row.unwrap(), each.place.unwrap());
            let from = each.from.unwrap_or("-");
            format!(
                "{} = {} from {from}, byte {}, line {}",
                each.to, each.value, place.offset, row.line
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
citizen/id = 0001 from person/number, byte 13, line 4
citizen/name = Ada from person/name, byte 17, line 5
citizen/status = active from person/state, byte 27, line 6
citizen/as-of = 2026-11-30 from /start/made, byte 2, line 7
");
}

#[test]
fn every_fault_of_an_adapter_is_told_at_once() {
    let manifest = "title = 1\nlegacy = '../extract.toml'\ncontract-side = 'rows.toml'\nloss = 'refused'\n\
                    [[mapping]]\nfile = 'none.toml'\nwhen = 'a['\n\
                    [[mapping]]\nfile = 'mapping.toml'\n\
                    [[mapping]]\nfile = 'broken.toml'\nwen = 'a'\n\
                    [[mapping]]\nfile = 'mapping.toml'\nwhen = 'b'\nreverse-when = 'b'\n";
    let files = files(&[
        ("adapter.toml", manifest),
        ("rows.toml", &ROWS.replace("utf-8", "utf8")),
        ("mapping.toml", MAPPING),
        ("broken.toml", "row = [{ from = 'a' }]"),
    ]);
    let mut findings = Vec::new();
    assert!(Adapter::read("extract", &files, &mut findings).is_none());
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
adapters/extract/adapter.toml:1:9 C0103 `title` takes a text, not a whole number
adapters/extract/adapter.toml:2:10 C0215 a file of the adapter's folder is named
adapters/extract/adapter.toml:4:8 C0105 `loss` takes one of: refuse, report
  hint: did you mean "refuse"?
adapters/extract/adapter.toml:6:8 C0106 there is no file `none.toml` in the adapter's folder
adapters/extract/adapter.toml:7:8 C0105 `when`: in brackets stands a number from 1 to 1000, a path, or a path and its value, as in [SEQ/1245='1']
adapters/extract/adapter.toml:12:1 C0102 there is no key `wen` here
  hint: did you mean `when`?
adapters/extract/adapter.toml:13:1 C0105 a mapping before this one takes the same units (`when`)
  hint: say with `when` which units each is for; the first that fits is taken
adapters/extract/adapter.toml:13:1 C0105 a mapping before this one takes the same units (`reverse-when`)
  hint: say with `reverse-when` which units each is for; the first that fits is taken
adapters/extract/rows.toml:3:17 C0105 `character-set`: a character set is one of utf-8, iso-8859-1, iso-8859-15, windows-1252, cp850, cp865, ibm277, ibm1142
adapters/extract/broken.toml:1:8 C0105 a row says `from` and `to`, or a `constant`, or why it is `dropped`
"#);
}

#[test]
fn examples_are_translated_when_the_adapter_is_read() {
    let read = |rows: &str, more: &str| {
        let manifest = format!(
            "{MANIFEST_TEXT}[[example]]\nlegacy = 'good.txt'\ncontract-side = 'good.csv'\n{more}"
        );
        let files = files(&[
            ("adapter.toml", &manifest),
            ("extract.toml", EXTRACT),
            ("rows.toml", ROWS),
            ("mapping.toml", MAPPING),
            ("good.txt", GOOD),
            ("good.csv", rows),
        ]);
        let mut findings = Vec::new();
        Adapter::read("extract", &files, &mut findings);
        findings.iter().map(|finding| format!("{finding}\n")).collect::<String>()
    };
    assert_eq!(read(GOOD_ROWS, ""), "");
    insta::assert_snapshot!(read(&GOOD_ROWS.replace("gone", "left"), ""), @r"
adapters/extract/adapter.toml:9:1 C0615 translated forward, `good.txt` differs in line 3 (byte 56) from `good.csv`
adapters/extract/adapter.toml:9:1 C0615 translated in reverse, `good.csv` is refused, V0951 the code table of the mapping does not have the code (row 3, byte 56, citizen/status): it is not `good.txt`
");
    assert_eq!(read(&GOOD_ROWS.replace("0002", "002"), "only = 'reverse'").lines().count(), 1);
    insta::assert_snapshot!(read(GOOD_ROWS, "[[example]]\nlegacy = 'none.txt'\ncontract-side = '../x'"), @r"
adapters/extract/adapter.toml:13:10 C0106 there is no file `none.txt` in the adapter's folder
adapters/extract/adapter.toml:14:17 C0106 there is no file `../x` in the adapter's folder
");
}

#[test]
fn a_folder_without_manifest_says_what_is_missing() {
    let mut findings = Vec::new();
    assert!(Adapter::read("x", &files(&[]), &mut findings).is_none());
    insta::assert_snapshot!(findings[0].to_string(), @r"adapters/extract/adapter.toml C0106 there is no `adapter.toml` in the folder of the adapter");
}

proptest! {
    /// However the bytes are cut, and wherever they are cut off, the same comes of them and nothing panics.
    #[test]
    fn pieces_change_nothing(piece in 1_usize..40, cut in 0_usize..60, at in 0_usize..60, byte in any::<u8>()) {
        let mut bytes = GOOD.as_bytes().to_vec();
        bytes.truncate(bytes.len() - cut.min(bytes.len()));
        if let Some(slot) = bytes.get_mut(at) {
            *slot = byte;
        }
        let plans = adapter().plans(Way::Forward).unwrap();
        let whole = translated(&plans, Options::default(), &bytes, 1_000);
        prop_assert_eq!(translated(&plans, Options::default(), &bytes, piece), whole);
    }
}

/// That there is nothing to write follows from what was refused, and is not told again.
#[test]
fn where_each_unit_is_refused_nothing_more_is_told() {
    for contract_side in ["format = 'json'", "format = 'xml'\nroot = 'citizen'"] {
        let files = files(&[
            (
                "adapter.toml",
                "title = 'One'\nlegacy = 'extract.toml'\ncontract-side = 'one.toml'\n[[mapping]]\nfile = 'mapping.toml'\n",
            ),
            ("extract.toml", EXTRACT),
            ("one.toml", contract_side),
            ("mapping.toml", &MAPPING.replace("only = \"forward\"", "")),
        ]);
        let mut findings = Vec::new();
        let adapter = Adapter::read("one", &files, &mut findings);
        let adapter = adapter.unwrap_or_else(|| panic!("{findings:?}"));
        let plans = adapter.plans(Way::Forward).unwrap();
        let bad = "0020261130\n1000x1Ada       1  \n990001\n";
        let (_, told) = translated(&plans, Options::default(), bad.as_bytes(), 7);
        assert!(told.starts_with("refused\nV0906") && told.ends_with("broken\n"), "{told}");
        let empty = b"0020261130\n990000\n";
        let (_, told) = translated(&plans, Options::default(), empty, 7);
        assert!(told.starts_with("broken\nV0955") && told.contains("start/made"), "{told}");
        let plans = plans.with_loss(Loss::Report);
        let (_, told) = translated(&plans, Options::default(), empty, 7);
        assert!(told.starts_with("lost start/made"), "{told}");
        assert!(told.contains("V0109 there is nothing to write"), "{told}");
    }
}
