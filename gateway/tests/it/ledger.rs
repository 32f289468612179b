//! A ledger's file as its owner, an auditor and a forger see it.

use crate::cli::sluse;
use rusqlite::Connection;
use serde_json::Value;
use sluse::store::{
    Begin, Begun, Embedded, Finish, Salt, StorageKey, Store, embedded::EmbeddedLimits,
};
use sluse_ledger::{
    Closing, Hash, Opening, SigningKey,
    leaf::{Ending, MessageDigest, VerdictSummary},
};
use std::{path::Path, path::PathBuf, process::Command};

const ORIGIN: &str = "gateway.example.city/ledger";
const SQLITE: &str = "conf/data/sluse.sqlite";

struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    /// A configuration folder and a ledger of 11 leaves: four answered exchanges, a refusal (leaves 6 and 7), one
    /// that is open (leaf 10); checkpoints of sizes 4, 8 and 11.
    fn new() -> Self {
        let case = Self { folder: tempfile::tempdir().unwrap() };
        let made = case.run(&["init", "conf"]);
        assert!(made.starts_with("exit: 0"), "{made}");
        case.record(0..6);
        // As if the leaves between had come at the same time.
        case.edit("DELETE FROM checkpoint WHERE size NOT IN (4, 8, 11)");
        case
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn store(&self) -> Embedded {
        let pem = std::fs::read_to_string(self.path("conf/keys/signing.pem")).unwrap();
        let storage = std::fs::read_to_string(self.path("conf/keys/storage.key")).unwrap();
        Embedded::open(
            &self.path(SQLITE),
            SigningKey::from_pem(ORIGIN, &pem).unwrap(),
            StorageKey::from_text(&storage).unwrap(),
            EmbeddedLimits::default(),
        )
        .unwrap()
    }

    fn record(&self, numbers: std::ops::Range<u64>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let store = self.store();
            for number in numbers {
                exchange(&store, number).await;
            }
            store.close().await.unwrap();
        });
    }

    fn run(&self, arguments: &[&str]) -> String {
        sluse(self.folder.path(), arguments)
    }

    fn verify(&self) -> String {
        self.run(&["ledger", "verify", "--config", "conf"])
    }

    /// Codes that verification tells, warnings aside.
    fn codes(&self, more: &[&str]) -> Vec<String> {
        let mut arguments = vec!["ledger", "verify", "--config", "conf", "--format", "json"];
        arguments.extend(more);
        let said = self.run(&arguments);
        let lines = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let broken: Vec<String> = lines
            .filter(|line| line["severity"] == "error")
            .map(|line| format!("{} {}", line["code"].as_str().unwrap(), line["leaves"]))
            .collect();
        let expected = if broken.is_empty() { "exit: 0" } else { "exit: 1" };
        assert!(said.starts_with(expected), "{said}");
        broken
    }

    fn edit(&self, text: &str) {
        Connection::open(self.path(SQLITE)).unwrap().execute_batch(text).unwrap();
    }

    /// Makes the hash beside each leaf fit it again: a forger knows SHA-256 too.
    fn rehash(&self) {
        let connection = Connection::open(self.path(SQLITE)).unwrap();
        let mut read = connection.prepare("SELECT idx, content FROM leaf").unwrap();
        let rows: Vec<(i64, String)> = read
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        for (index, content) in rows {
            let hash = Hash::of_leaf(content.as_bytes()).0;
            let values = rusqlite::params![index, hash];
            connection.execute("UPDATE leaf SET hash = ?2 WHERE idx = ?1", values).unwrap();
        }
    }
}

fn id(number: u64) -> String {
    format!("00000000-0000-7000-8000-{number:012}")
}

async fn exchange(store: &Embedded, number: u64) {
    let id = id(number);
    let message =
        MessageDigest { digest: "ab".repeat(32), bytes: 20, media_type: "application/json".into() };
    let broken = [("V0402 required".to_owned(), 2)].into_iter().collect();
    let opening = Opening {
        parent: None,
        translated: Vec::new(),
        exchange: id.clone(),
        at_ms: 1_782_864_000_000 + number * 3_600_000,
        consumer: if number.is_multiple_of(2) {
            "example.city/desk".into()
        } else {
            "example.agency/desk".into()
        },
        service: Some("example.agency/cases/open".into()),
        operation: Some("openCase".into()),
        contract: Some("example.city/cases@1.0.0".into()),
        enforcement: Some("enforce".into()),
        request: message.clone(),
        verdict: (number == 3).then_some(VerdictSummary {
            outcome: "rejected".into(),
            broken,
            waivers: Vec::new(),
        }),
        snapshot: "11".repeat(32),
    };
    let mut closing = Closing {
        translated: Vec::new(),
        exchange: id,
        opening: 0,
        at_ms: opening.at_ms + 20,
        ending: Ending::Answered,
        fault: None,
        status: Some(201),
        response: Some(message),
        verdict: None,
        attempts: 1,
    };
    let begin = Begin { opening, salt: Salt([7; 32]), outbox: None, idempotency: None };
    if number == 3 {
        closing.ending = Ending::Refused;
        closing.fault = Some("F0108".into());
        closing.status = Some(422);
        store.refuse(begin, closing).await.unwrap();
        return;
    }
    let Begun::Opened(index) = store.begin(begin).await.unwrap() else { panic!("it opens") };
    closing.opening = index;
    if number != 5 {
        store.finish(Finish { closing, answer: None }).await.unwrap();
    }
}

/// Root, key and folder differ from run to run.
fn steady(text: &str) -> String {
    text.lines()
        .map(|line| match line.split_whitespace().next() {
            Some(name @ ("key" | "root" | "hash")) => format!("{name} …\n"),
            _ => format!("{line}\n"),
        })
        .collect()
}

#[test]
fn a_whole_ledger_holds_and_is_found_and_shown() {
    let case = Case::new();
    insta::assert_snapshot!(steady(&case.verify()));
    assert_eq!(case.codes(&[]), [""; 0]);
    insta::assert_snapshot!(case.run(&["ledger", "find", "--config", "conf"]));
    let ids = |more: &[&str]| {
        let mut arguments = vec!["ledger", "find", "--ledger", SQLITE, "--format", "json"];
        arguments.extend(more);
        let said = case.run(&arguments);
        let lines = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let last = |line: Value| line["exchange"].as_str().unwrap().chars().last().unwrap();
        lines.map(last).collect::<String>()
    };
    assert_eq!(ids(&["--open"]), "5");
    assert_eq!(ids(&["--code", "f0108"]), "3");
    assert_eq!(ids(&["--code", "V0402"]), "3");
    assert_eq!(ids(&["--code", "required"]), "3");
    assert_eq!(ids(&["--consumer", "example.city"]), "024");
    assert_eq!(ids(&["--consumer", "example.agency/desk"]), "135");
    assert_eq!(ids(&["--contract", "example.city/cases"]), "012345");
    assert_eq!(ids(&["--contract", "example.city/cases@2.0.0"]), "");
    assert_eq!(ids(&["--service", "example.agency/cases/open", "--most", "2"]), "01");
    assert_eq!(ids(&["--since", "2026-07-01T02:00", "--until", "2026-07-01T04:00:00Z"]), "23");
    assert_eq!(ids(&["--exchange", "00000000-0000-7000-8000-000000000004"]), "4");
    let shown =
        case.run(&["ledger", "show", "--config", "conf", "00000000-0000-7000-8000-000000000003"]);
    insta::assert_snapshot!(steady(&shown));
    assert!(case.run(&["ledger", "show", "--config", "conf", "none"]).starts_with("exit: 2"));
    assert!(case.run(&["ledger", "show", "--config", "conf", "999"]).starts_with("exit: 2"));
}

#[test]
fn an_index_that_hides_an_exchange_is_told_and_does_not_hide_it() {
    let case = Case::new();
    let id = "00000000-0000-7000-8000-000000000001";
    for edit in ["DELETE FROM exchange WHERE id = ", "UPDATE exchange SET opening = 9 WHERE id = "]
    {
        case.edit(&format!("{edit}'{id}'"));
        let said = case.verify();
        assert!(said.contains("does not lead to") && said.starts_with("exit: 0"), "{said}");
        let found = case.run(&["ledger", "find", "--config", "conf", "--exchange", id]);
        assert!(found.contains("1 exchange\n"), "{found}");
        let shown = case.run(&["ledger", "show", "--config", "conf", id]);
        assert!(shown.contains("leaf 2: opening") && shown.contains("leaf 3: closing"), "{shown}");
        case.edit(&format!("INSERT OR IGNORE INTO exchange VALUES ('{id}', 2, 3)"));
    }
}

#[test]
fn an_auditor_needs_the_file_and_the_public_key_alone() {
    let case = Case::new();
    let public = case.run(&["key", "public", "--config", "conf"]);
    let line = public.lines().find(|line| line.starts_with(ORIGIN)).unwrap();
    std::fs::write(case.path("ledger.pub"), format!("{line}\n")).unwrap();
    std::fs::copy(case.path(SQLITE), case.path("copy.sqlite")).unwrap();
    std::fs::remove_dir_all(case.path("conf")).unwrap();
    for key in [line, "ledger.pub"] {
        let said = case.run(&["ledger", "verify", "--ledger", "copy.sqlite", "--key", key]);
        assert!(said.starts_with("exit: 0") && !said.contains("hint"), "{said}");
    }
    let said = case.run(&["ledger", "verify", "--ledger", "copy.sqlite"]);
    assert!(said.starts_with("exit: 0") && said.contains("taken from the ledger itself"), "{said}");
    let other = SigningKey::generate(ORIGIN).unwrap().verifier().to_string();
    let said = case.run(&["ledger", "verify", "--ledger", "copy.sqlite", "--key", &other]);
    assert!(said.starts_with("exit: 1") && said.contains("F0405"), "{said}");
    for wrong in ["none", "ledger.pub2", "a+b+c"] {
        let said = case.run(&["ledger", "verify", "--ledger", "copy.sqlite", "--key", wrong]);
        assert!(said.starts_with("exit: 2"), "{said}");
    }
    // A copy that cannot be written, in a folder that cannot be written.
    let mode = |mode| std::os::unix::fs::PermissionsExt::from_mode(mode);
    std::fs::create_dir(case.path("sealed")).unwrap();
    std::fs::copy(case.path("copy.sqlite"), case.path("sealed/copy.sqlite")).unwrap();
    std::fs::set_permissions(case.path("sealed"), mode(0o500)).unwrap();
    let said = case.run(&["ledger", "verify", "--ledger", "sealed/copy.sqlite", "--key", line]);
    std::fs::set_permissions(case.path("sealed"), mode(0o700)).unwrap();
    assert!(said.starts_with("exit: 0"), "{said}");
}

#[test]
fn tampering_with_the_file_is_found_and_where() {
    let move_down = |from: u64| {
        format!(
            "UPDATE leaf SET idx = -idx - 2 WHERE idx >= {from}; UPDATE leaf SET idx = -idx - 1 WHERE idx < 0;"
        )
    };
    let move_up = |from: u64| {
        format!(
            "UPDATE leaf SET idx = -idx WHERE idx >= {from}; UPDATE leaf SET idx = -idx - 1 WHERE idx < 0;"
        )
    };
    let change = "UPDATE leaf SET content = replace(content, 'example.city/desk', 'example.city/disk') WHERE idx = 0";
    let swap = "UPDATE leaf SET idx = -9 WHERE idx = 1; UPDATE leaf SET idx = 1 WHERE idx = 2; UPDATE leaf SET idx = 2 WHERE idx = -9";
    let forged = "INSERT INTO leaf SELECT 3, replace(content, '000000000000', '000000000077'), hash FROM leaf WHERE idx = 0";
    let tail = "DELETE FROM leaf WHERE idx >= 8; DELETE FROM checkpoint WHERE size > 8";
    let all = [
        ("a changed leaf", change.to_owned()),
        ("a removed leaf", "DELETE FROM leaf WHERE idx = 3".to_owned()),
        (
            "a removed leaf, the others moved up",
            format!("DELETE FROM leaf WHERE idx = 3; {}", move_up(4)),
        ),
        ("two leaves swapped", swap.to_owned()),
        ("a leaf put in", format!("{} {forged}", move_down(3))),
        (
            "a leaf added",
            "INSERT INTO leaf SELECT 11, content, hash FROM leaf WHERE idx = 0".to_owned(),
        ),
        (
            "a leaf below zero",
            "INSERT INTO leaf SELECT -1, content, hash FROM leaf WHERE idx = 0".to_owned(),
        ),
        ("the tail cut", "DELETE FROM leaf WHERE idx >= 9".to_owned()),
        ("the tail cut with its checkpoints", tail.to_owned()),
        ("no checkpoints", "DELETE FROM checkpoint".to_owned()),
        (
            "a checkpoint altered",
            "UPDATE checkpoint SET note = replace(note, 'example', 'exempla')".to_owned(),
        ),
    ];
    let whole = Case::new();
    let kept = whole.run(&["ledger", "show", "--checkpoint", "--config", "conf"]);
    let kept = kept.split_once("--- stdout\n").unwrap().1.split("--- stderr").next().unwrap();
    let bytes = std::fs::read(whole.path(SQLITE)).unwrap();
    std::fs::write(whole.path("kept.txt"), kept).unwrap();
    assert_eq!(whole.codes(&["--checkpoint", "kept.txt"]), [""; 0]);
    let mut told = String::new();
    for (what, edit) in all {
        for rehash in [false, true] {
            std::fs::write(whole.path(SQLITE), &bytes).unwrap();
            whole.edit(&edit);
            if rehash {
                whole.rehash();
            }
            let found = whole.codes(&[]);
            let with_earlier = whole.codes(&["--checkpoint", "kept.txt"]);
            assert!(!with_earlier.is_empty(), "{what}");
            let rehash = if rehash { " (hashes made to fit)" } else { "" };
            told += &format!("{what}{rehash}: {found:?}\n");
            if found != with_earlier {
                told += &format!("    with the checkpoint: {with_earlier:?}\n");
            }
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn verification_reads_a_ledger_that_a_gateway_is_writing() {
    let case = Case::new();
    let store = case.store();
    let said = case.verify();
    assert!(said.starts_with("exit: 0"), "{said}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        exchange(&store, 9).await;
        let said = case.verify();
        assert!(said.starts_with("exit: 0") && said.contains("13 proved"), "{said}");
        store.close().await.unwrap();
    });
}

#[test]
fn says_why_a_ledger_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| sluse(folder.path(), arguments);
    std::fs::write(folder.path().join("letter"), "no database at all, but a letter".repeat(99))
        .unwrap();
    std::fs::write(folder.path().join("empty"), "").unwrap();
    Connection::open(folder.path().join("other"))
        .unwrap()
        .execute_batch("CREATE TABLE a (b)")
        .unwrap();
    let mut told = String::new();
    for file in ["absent", "letter", "empty", "other"] {
        told += &run(&["ledger", "verify", "--ledger", file]);
    }
    told += &run(&["ledger", "find", "--config", "absent"]);
    told += &run(&["ledger", "show", "--ledger", "absent"]);
    insta::assert_snapshot!(told);
}

#[test]
fn keys_are_made_for_their_owner_alone_and_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| sluse(folder.path(), arguments);
    let made = run(&["key", "new", "signing", "--origin", "example/ledger"]);
    assert!(made.starts_with("exit: 0\n--- stdout\nexample/ledger+"), "{made}");
    let path = folder.path().join("keys/signing.pem");
    let mode = |path: &Path| {
        std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions()) & 0o777
    };
    assert_eq!(mode(&path), 0o600);
    let before = std::fs::read(&path).unwrap();
    let again = run(&["key", "new", "signing", "--origin", "example/ledger"]);
    assert_eq!(
        again,
        "exit: 2\n--- stdout\n--- stderr\nerror: `./keys/signing.pem` is there already; a key is never written over\n"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let shown = run(&["key", "public", "signing", "--origin", "example/ledger"]);
    assert_eq!(made.lines().nth(2), shown.lines().nth(2));
    let pem = run(&["key", "public", "signing", "--origin", "example/ledger", "--pem"]);
    assert!(pem.contains("BEGIN PUBLIC KEY"), "{pem}");
    if let Ok(theirs) = Command::new("openssl").args(["pkey", "-pubout", "-in"]).arg(&path).output()
    {
        let theirs = String::from_utf8(theirs.stdout).unwrap();
        assert!(pem.contains(&theirs), "{theirs}");
    }
    assert!(run(&["key", "new", "storage", "--secret"]).starts_with("exit: 0"));
    assert_eq!(mode(&folder.path().join("keys/storage.key")), 0o600);
    for name in ["", "../escape", ".hidden", "a/b"] {
        assert!(run(&["key", "new", name, "--secret"]).starts_with("exit: 2"), "{name}");
    }
    assert!(run(&["key", "new", "other"]).starts_with("exit: 2"));
}

/// The opening of an exchange, perhaps of a message of a file.
fn begin(number: u64, parent: Option<u64>) -> Begin {
    let request = MessageDigest { digest: "ab".repeat(32), bytes: 2, media_type: String::new() };
    let opening = Opening {
        parent: parent.map(id),
        translated: Vec::new(),
        exchange: id(number),
        at_ms: 1_782_900_000_000,
        consumer: "example.city/desk".into(),
        service: None,
        operation: None,
        contract: None,
        enforcement: None,
        request,
        verdict: None,
        snapshot: "11".repeat(32),
    };
    Begin { opening, salt: Salt([7; 32]), outbox: None, idempotency: None }
}

fn closing(number: u64, opening: u64) -> Closing {
    Closing {
        translated: Vec::new(),
        exchange: id(number),
        opening,
        at_ms: 1_782_900_000_020,
        ending: Ending::Answered,
        fault: None,
        status: Some(202),
        response: None,
        verdict: None,
        attempts: 0,
    }
}

#[test]
fn the_messages_of_a_file_are_found_from_it_and_it_from_them() {
    let case = Case::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let store = case.store();
        store.begin(begin(70, None)).await.unwrap();
        store.begin(begin(71, Some(70))).await.unwrap();
        store.begin(begin(80, None)).await.unwrap();
        store.refuse(begin(72, Some(70)), closing(72, 0)).await.unwrap();
        store.finish(Finish { closing: closing(70, 11), answer: None }).await.unwrap();
        store.close().await.unwrap();
    });
    let find =
        case.run(&["ledger", "find", "--config", "conf", "--parent", &id(70), "--format", "json"]);
    let lines: Vec<Value> =
        find.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let found: Vec<&Value> = lines.iter().map(|line| &line["exchange"]).collect();
    assert_eq!(found, [&id(71), &id(72)], "{find}");
    assert!(lines.iter().all(|line| line["parent"] == id(70)));

    // The index is no evidence: without it, too, the leaves say what there is.
    for _ in 0..2 {
        let shown = case.run(&["ledger", "show", &id(70), "--config", "conf"]);
        let told = format!(
            "2 messages of this file\n  leaf 12      {}\n  leaf 14      {}\n",
            id(71),
            id(72)
        );
        assert!(shown.contains(&told), "{shown}");
        case.edit("DROP INDEX IF EXISTS leaf_parent");
    }
    let shown = case.run(&["ledger", "show", &id(70), "--config", "conf", "--format", "json"]);
    assert!(shown.contains(&format!("{{\"child\":\"{}\",\"opening\":14}}", id(72))), "{shown}");
    let shown = case.run(&["ledger", "show", &id(72), "--config", "conf"]);
    assert!(shown.contains(&format!("parent       {}", id(70))), "{shown}");
    assert!(!shown.contains("of this file"), "{shown}");
    // A gateway makes the index anew where it is missing.
    runtime.block_on(async {
        let store = case.store();
        let children = store.children(id(70), 12, 10).await.unwrap();
        assert_eq!(children.len(), 1);
        store.close().await.unwrap();
    });
    assert!(case.verify().starts_with("exit: 0"));
}
