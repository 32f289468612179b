//! A change on disk: taken up in one step when it is sound, refused with all its faults when it is not.

use crate::config::{NOW_MS, lay, load_at_noon, sound};
use sluse::{
    clock::FixedClock,
    config::{Followed, Reloaded},
};
use std::{fs, path::Path, sync::Arc, time::Duration};
use tokio::{sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;

fn followed(folder: &Path) -> Followed {
    let snapshot = load_at_noon(folder).snapshot.unwrap();
    Followed::new(folder, snapshot, Arc::new(FixedClock::at(NOW_MS)))
}

fn environment(name: &str) -> Option<String> {
    (name == "PORT").then(|| "8101".to_owned())
}

const MORE: &str = "#--- receivers/more.csv\n0184:87654321,dk.cpr/register/persons\n";

#[test]
fn a_sound_change_is_in_force_and_a_faulty_one_leaves_the_old() {
    let folder = sound();
    let followed = followed(folder.path());
    let first = followed.snapshot.load_full();
    assert_eq!(followed.reload(&environment), Reloaded::Unchanged);

    lay(folder.path(), MORE);
    let reloaded = followed.reload(&environment);
    assert!(
        matches!(&reloaded, Reloaded::Swapped { at_next_start, .. } if at_next_start.is_empty()),
        "{reloaded:?}"
    );
    let second = followed.snapshot.load_full();
    assert!(second.receivers.service("0184:87654321").is_some());
    // An exchange that began before keeps what it took.
    assert!(first.receivers.service("0184:87654321").is_none());

    lay(folder.path(), "#--- services/b.toml\nid = 1\n#--- services/c.toml\nid = 2\n");
    let Reloaded::Refused(findings) = followed.reload(&environment) else {
        panic!("a faulty change is refused")
    };
    let files: Vec<&str> = findings.iter().map(|finding| finding.file.as_str()).collect();
    assert!(files.contains(&"services/b.toml") && files.contains(&"services/c.toml"), "{files:?}");
    assert!(Arc::ptr_eq(&followed.snapshot.load_full(), &second));
}

/// A contract of two schemas; a change of the second.
const NOTES: &str = r##"#--- contracts/dk.cpr/notes/1.0.0/contract.toml
id = "dk.cpr/notes"
version = "1.0.0"
status = "in-force"
title = { en = "Notes" }
[[operation]]
name = "note"
kind = "one-way"
request = { judge = [{ json-schema = "schemas/a.json" }, { json-schema = "schemas/b.json" }] }
#--- contracts/dk.cpr/notes/1.0.0/schemas/a.json
{ "type": "object" }
#--- contracts/dk.cpr/notes/1.0.0/schemas/b.json
{ "required": ["text"] }
"##;
const NOTES_CHANGED: &str = r##"#--- contracts/dk.cpr/notes/1.0.0/schemas/b.json
{ "required": ["text", "day"] }
"##;
const NOTES_FAULTY: &str = r##"#--- contracts/dk.cpr/notes/1.0.0/schemas/b.json
{ "required": "text" }
"##;

#[test]
fn schemas_go_from_snapshot_to_snapshot_and_those_that_nobody_uses_are_forgotten() {
    let folder = sound();
    lay(folder.path(), NOTES);
    let followed = followed(folder.path());
    let schemas = Arc::clone(&followed.snapshot.load().schemas);
    assert_eq!(schemas.len(), 2);

    for (change, swapped) in [(NOTES_CHANGED, true), (MORE, true), (NOTES_FAULTY, false)] {
        lay(folder.path(), change);
        let reloaded = followed.reload(&environment);
        assert_eq!(matches!(reloaded, Reloaded::Swapped { .. }), swapped, "{reloaded:?}");
        assert!(Arc::ptr_eq(&followed.snapshot.load().schemas, &schemas));
        assert_eq!(schemas.len(), 2, "{change}");
    }
}

#[test]
fn tells_what_is_taken_up_at_the_next_start_only() {
    let folder = sound();
    let followed = followed(folder.path());
    let path = folder.path().join("sluse.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace(":8080", ":8081")).unwrap();
    let Reloaded::Swapped { at_next_start, .. } = followed.reload(&environment) else {
        panic!("the change is sound")
    };
    assert_eq!(at_next_start, ["listener"]);
}

#[tokio::test]
async fn follows_changes_on_disk_in_folders_old_and_new() {
    let folder = sound();
    // The process's own environment is asked here.
    let service = folder.path().join("services/persons.toml");
    let text = fs::read_to_string(&service).unwrap().replace("${PORT}", "8101");
    fs::write(&service, &text).unwrap();
    let followed = followed(folder.path());
    let (tell, mut told) = mpsc::unbounded_channel();
    let stop = CancellationToken::new();
    let (following, stopping) = (followed.clone(), stop.clone());
    let task = async move {
        let told = move |reloaded: &Reloaded| {
            let kind = match reloaded {
                Reloaded::Unchanged => "unchanged",
                Reloaded::Swapped { .. } => "swapped",
                Reloaded::Refused(_) => "refused",
            };
            tell.send(kind).unwrap();
        };
        following.follow(stopping, told).await;
    };
    let changes = async {
        let mut next = async || timeout(Duration::from_secs(20), told.recv()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        lay(folder.path(), MORE);
        assert_eq!(next().await, Some("swapped"));
        lay(folder.path(), "#--- receivers/more.csv\nnonsense\n");
        assert_eq!(next().await, Some("refused"));
        assert!(followed.snapshot.load().receivers.service("0184:87654321").is_some());
        fs::remove_file(folder.path().join("receivers/more.csv")).unwrap();
        assert_eq!(next().await, Some("swapped"));
        assert!(followed.snapshot.load().receivers.service("0184:87654321").is_none());
        stop.cancel();
    };
    tokio::join!(task, changes);
}
