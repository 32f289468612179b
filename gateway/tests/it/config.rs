//! Configuration folders: what is refused and how that is said, what is taken, what a change does.
//!
//! `config/bad/NAME.toml` holds files to lay over a sound folder, each after a line `#--- path`; a
//! path with ` (absent)` is taken away. `NAME.err` is everything that `check` then prints.

use sluse::{
    clock::FixedClock,
    config::{LIMIT_KEYS, Loaded, OUTBOX_KEYS, load},
};
use sluse_ledger::key::SigningKey;
use std::{fmt::Write, fs, os::unix::fs::PermissionsExt, path::Path};
use tempfile::TempDir;

/// 2026-06-15T12:00:00Z.
pub(crate) const NOW_MS: u64 = 1_781_524_800_000;

const SOUND: &str = include_str!("config/sound.toml");

/// Lays files over a folder.
pub(crate) fn lay(folder: &Path, files: &str) {
    for part in files.split("#--- ").skip(1) {
        let (head, text) = part.split_once('\n').unwrap_or((part, ""));
        if let Some(path) = head.strip_suffix(" (absent)") {
            fs::remove_file(folder.join(path)).unwrap();
            continue;
        }
        let (path, mode) = head.split_once(" mode ").unwrap_or((head, "600"));
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let mode = u32::from_str_radix(mode, 8).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
}

pub(crate) fn sound() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    lay(folder.path(), SOUND);
    let key = SigningKey::generate("origin").unwrap().to_pem().unwrap();
    lay(folder.path(), &format!("#--- keys/signing.pem\n{key}"));
    folder
}

fn environment(name: &str) -> Option<String> {
    (name == "PORT").then(|| "8101".to_owned())
}

pub(crate) fn load_at_noon(folder: &Path) -> Loaded {
    load(folder, &FixedClock::at(NOW_MS), &environment)
}

fn printed(loaded: &Loaded) -> String {
    let mut text = String::new();
    for finding in &loaded.findings {
        writeln!(text, "{finding}").unwrap();
    }
    text
}

#[test]
fn takes_a_sound_folder() {
    let folder = sound();
    let loaded = load_at_noon(folder.path());
    assert_eq!(printed(&loaded), "");
    let snapshot = loaded.snapshot.unwrap();
    let paths: Vec<&str> = snapshot.routes.iter().map(|route| route.path.as_str()).collect();
    assert_eq!(paths, ["/v1/persons/", "/v1", "/"]);
    let service = snapshot.receivers.service("0184:12345678").unwrap();
    assert_eq!(service.as_str(), "dk.cpr/register/persons");
    let upstream = &snapshot.services[service].upstream;
    assert_eq!(upstream[0].to_string(), "http://10.0.0.7:8101/persons");
    assert_eq!(snapshot.digest.len(), 64);
}

#[test]
fn tells_every_fault_of_bad_folders_as_expected() {
    let bad = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/config/bad");
    let mut names: Vec<_> =
        fs::read_dir(&bad).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    names.sort();
    assert!(!names.is_empty());
    let mut wrong = Vec::new();
    for path in names {
        let folder = sound();
        lay(folder.path(), &fs::read_to_string(&path).unwrap());
        let loaded = load_at_noon(folder.path());
        let text = printed(&loaded);
        let refused = loaded.findings.iter().any(sluse_contracts::Finding::is_error);
        assert_eq!(loaded.snapshot.is_none(), refused, "{}", path.display());
        let expected = path.with_extension("err");
        if !expected.exists() {
            fs::write(&expected, &text).unwrap();
            wrong.push(format!("{}: was not there; written now, to be read", expected.display()));
        } else if fs::read_to_string(&expected).unwrap() != text {
            wrong.push(format!("{}:\n{text}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn reads_a_table_of_100_000_receivers() {
    let folder = sound();
    let mut table = String::from("key,service\n");
    for number in 0..100_000_u32 {
        writeln!(table, "0184:{:08},dk.cpr/register/persons", 20_000_000 + number).unwrap();
    }
    fs::create_dir_all(folder.path().join("receivers")).unwrap();
    fs::write(folder.path().join("receivers/large.csv"), table).unwrap();
    let loaded = load_at_noon(folder.path());
    assert_eq!(printed(&loaded), "");
    let receivers = loaded.snapshot.unwrap().receivers;
    assert!(receivers.len() > 100_000);
    assert!(receivers.service("0184:20099999").is_some());
    assert!(receivers.service("0184:20100000").is_none());
}

#[test]
fn the_digest_covers_every_file() {
    let folder = sound();
    let before = load_at_noon(folder.path()).snapshot.unwrap().digest;
    assert_eq!(load_at_noon(folder.path()).snapshot.unwrap().digest, before);
    lay(folder.path(), "#--- receivers/more.csv\n0184:87654321,dk.cpr/register/persons\n");
    assert_ne!(load_at_noon(folder.path()).snapshot.unwrap().digest, before);
}

/// The reference of `sluse.toml`, with the keys that it shows in comments put in force.
fn reference(commented: bool) -> String {
    let text = include_str!("../../../deploy/sluse.toml");
    let lines = text.lines().map(|line| match line.strip_prefix('#') {
        Some(key) if commented && !key.is_empty() && !key.starts_with(' ') => key,
        _ => line,
    });
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_reference_of_settings_shows_every_key_with_its_default() {
    let folder = sound();
    let listener = "[[listener]]\naddress = \"127.0.0.1:8080\"\nconsumer = \"dk.example/office\"\n";
    lay(folder.path(), &format!("#--- sluse.toml\n{listener}"));
    let absent = load_at_noon(folder.path()).snapshot.unwrap().settings;
    let shown = reference(false).replace("[[listener]]\n", listener);
    lay(folder.path(), &format!("#--- sluse.toml\n{shown}"));
    let loaded = load_at_noon(folder.path());
    assert_eq!(printed(&loaded), "");
    assert_eq!(loaded.snapshot.unwrap().settings, absent);
    for limit in LIMIT_KEYS.iter().chain(OUTBOX_KEYS) {
        assert!(shown.contains(&format!("\n{} ", limit.key)), "{}", limit.key);
    }
    assert_eq!(keys_missing_from(&reference(true)), "");
}

/// Asks the reader which keys it knows, by a key that nobody knows in each table.
fn keys_missing_from(text: &str) -> String {
    let folder = sound();
    let odd = "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqq = 0\n";
    let mut asked = odd.to_owned();
    for line in text.lines() {
        asked.push_str(line);
        asked.push('\n');
        if line.starts_with('[') {
            asked.push_str(odd);
        }
    }
    lay(folder.path(), &format!("#--- sluse.toml\n{asked}"));
    let loaded = load_at_noon(folder.path());
    let hints = loaded.findings.iter().filter(|finding| finding.sentence.contains("qqqq"));
    let known = hints.filter_map(|finding| finding.hint.as_deref()?.strip_prefix("keys here: "));
    let known: Vec<&str> = known.flat_map(|keys| keys.split(", ")).collect();
    assert!(known.len() > 30, "{known:?}");
    let shown = |key: &str| {
        text.lines().any(|line| {
            let name = line.split(['=', '#']).next().unwrap_or_default();
            name.trim_matches(|c: char| "[] ".contains(c)).rsplit('.').next() == Some(key)
        })
    };
    known.into_iter().filter(|key| !shown(key)).collect::<Vec<_>>().join(", ")
}

#[test]
fn warns_of_a_members_certificate_that_has_expired() {
    let folder = tempfile::tempdir().unwrap();
    let made = crate::cli::sluse(folder.path(), &["init", "conf"]);
    assert!(made.starts_with("exit: 0"), "{made}");
    let conf = folder.path().join("conf");
    let in_ten_years = FixedClock::at(NOW_MS + 10 * 365 * 86_400_000);
    let later = load(&conf, &in_ten_years, &environment);
    let text = printed(&later);
    assert!(
        text.starts_with(
            "members/example.toml:14:17 C0402 warning: the certificate's last day was"
        ),
        "{text}"
    );
    assert!(later.snapshot.is_some());
}

#[test]
fn tells_a_key_that_is_not_its_certificates() {
    let folder = tempfile::tempdir().unwrap();
    crate::cli::sluse(folder.path(), &["init", "conf"]);
    let conf = folder.path().join("conf");
    let path = conf.join("sluse.toml");
    let listener = "[[listener]]\naddress = \"0.0.0.0:8443\"\n[listener.tls]\n\
        certificate = \"certificates/server.pem\"\nkey = \"keys/server.pem\"\nclient-ca = \"certificates/ca.pem\"\n";
    fs::write(&path, listener).unwrap();
    assert_eq!(printed(&load_at_noon(&conf)), "");
    fs::write(&path, listener.replace("keys/server", "keys/consumer")).unwrap();
    let text = printed(&load_at_noon(&conf));
    assert!(text.starts_with("sluse.toml:4:1 C0402 TLS cannot be set up: "), "{text}");
}

fn with_library(library: &str) -> TempDir {
    let folder = sound();
    let settings = folder.path().join("sluse.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, format!("{text}[contracts]\nlibrary = {library}\n")).unwrap();
    folder
}

#[test]
fn reads_the_36_contracts_of_a_register_at_once() {
    let folder = with_library(r#"["dk.nemhandel"]"#);
    let loaded = load_at_noon(folder.path());
    assert_eq!(printed(&loaded), "");
    assert_eq!(loaded.snapshot.unwrap().registry.contracts().len(), 36);
}
