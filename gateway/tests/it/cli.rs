//! Commands as snapshots: exit status, standard output and standard error in one text.

use std::{path::Path, process::Command};

/// Runs `sluse` in `folder` and gives everything it said as one text.
pub(crate) fn sluse(folder: &Path, arguments: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_sluse"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .output()
        .expect("sluse runs");
    let status = done.status.code().map_or("none".to_owned(), |code| code.to_string());
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    format!("exit: {status}\n--- stdout\n{out}--- stderr\n{err}")
}

fn here(arguments: &[&str]) -> String {
    sluse(Path::new("."), arguments)
}

#[test]
fn explains_a_code_and_lists_all() {
    let page = here(&["explain", "v0101"]);
    assert!(page.starts_with("exit: 0\n--- stdout\n# V0101:"), "{page}");
    let list = here(&["explain", "--format", "json"]);
    let first = r#"{"code":"C0101","title":"The file is not TOML."}"#;
    assert_eq!(list.lines().nth(2), Some(first));
}

#[test]
fn hints_at_the_nearest_codes() {
    insta::assert_snapshot!(here(&["explain", "V9999"]));
    insta::assert_snapshot!(here(&["explain", "C0211x"]));
    insta::assert_snapshot!(here(&["explain", "duplicate"]));
}

#[test]
fn refuses_bad_usage_with_status_2() {
    insta::assert_snapshot!(here(&["explian", "V0101"]));
    insta::assert_snapshot!(here(&["explain", "--format", "xml"]));
}

#[test]
fn init_writes_a_folder_that_check_finds_clean() {
    let folder = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(sluse(folder.path(), &["init", "conf"]));
    insta::assert_snapshot!(sluse(folder.path(), &["check", "--config", "conf"]));
    let mode = |path: &str| {
        let path = folder.path().join("conf").join(path);
        std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions()) & 0o777
    };
    for key in
        ["signing.pem", "storage.key", "pseudonym.key", "ca.pem", "server.pem", "consumer.pem"]
    {
        assert_eq!(mode(&format!("keys/{key}")), 0o600, "{key}");
    }
    insta::assert_snapshot!(sluse(folder.path(), &["init", "conf"]));
    insta::assert_snapshot!(sluse(folder.path(), &["init", "other", "--format", "json"]), @r#"
    exit: 0
    --- stdout
    {"folder":"other","next":["sluse check --config other","sluse serve --config other","sluse validate other/contracts/example.city/cases/1.0.0/examples/broken/four-faults.json --contract example.city/cases --config other"]}
    --- stderr
    "#);
}

#[test]
fn serve_tells_whose_address_is_taken_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    sluse(folder.path(), &["init", "conf"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let path = folder.path().join("conf/sluse.toml");
    let text = std::fs::read_to_string(&path).unwrap().replace("127.0.0.1:8080", &address);
    let line = 1 + text.lines().position(|line| line.contains(&address)).unwrap();
    std::fs::write(&path, text).unwrap();
    let said = sluse(folder.path(), &["serve", "--config", "conf"]);
    assert!(said.starts_with("exit: 2\n"), "{said}");
    assert!(said.contains(&format!("sluse.toml:{line}:1 C0501 {address} cannot be")), "{said}");
    assert!(said.contains("hint: another process has the port"), "{said}");
}

#[test]
fn check_tells_faults_and_exits_1() {
    let folder = tempfile::tempdir().unwrap();
    sluse(folder.path(), &["init", "conf"]);
    let path = folder.path().join("conf/services/cases.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("upstream ", "upstreem ").replace("agency", "x")).unwrap();
    insta::assert_snapshot!(sluse(folder.path(), &["check", "--config", "conf"]));
    insta::assert_snapshot!(sluse(
        folder.path(),
        &["check", "--config", "conf", "--format", "json"]
    ));
    insta::assert_snapshot!(sluse(folder.path(), &["check", "--config", "absent"]));
}
