//! Rules of the repository that a machine can keep, each with its reason in the message.

use serde_json::Value;
use sluse_contracts::code::{self, ENTRIES};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("gateway is in the workspace").into()
}

/// Every text file that is kept, by its path from the root.
static FILES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let read = |path: String| Some((path.clone(), fs::read_to_string(root().join(path)).ok()?));
    kept_files().into_iter().filter_map(read).collect()
});

/// What version control keeps, and what is new and not ignored; in an unpacked archive, every file.
fn kept_files() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    match listed {
        Ok(listed) if listed.status.success() => {
            String::from_utf8_lossy(&listed.stdout).lines().map(str::to_owned).collect()
        }
        _ => files_below(&root(), ""),
    }
}

fn files_below(folder: &Path, prefix: &str) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder that can be read").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if ["target", ".git", ".sluse"].contains(&name.as_str()) {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            files.extend(files_below(&entry.path(), &format!("{path}/")));
        } else {
            files.push(path);
        }
    }
    files
}

fn sources() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES
        .iter()
        .filter(|(path, _)| path.ends_with(".rs"))
        .map(|(path, text)| (path.as_str(), text.as_str()))
}

/// The part of a source file that is not tests.
fn without_tests(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("tests.rs")
}

#[track_caller]
fn assert_none(faults: &[String], rule: &str) {
    assert!(faults.is_empty(), "{rule}:\n  {}", faults.join("\n  "));
}

/// Packages that each package of the workspace is built from on Linux, development tools left out.
fn built_from() -> BTreeMap<String, BTreeSet<String>> {
    let told = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let metadata: Value = serde_json::from_slice(&told.stdout).expect("cargo metadata is JSON");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let names: BTreeMap<String, String> = list(&metadata["packages"])
        .iter()
        .map(|package| (text(&package["id"]), text(&package["name"])))
        .collect();
    let uses = |node: &Value| -> Vec<String> {
        let shipped =
            |dep: &&Value| list(&dep["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
        list(&node["deps"]).iter().filter(shipped).map(|dep| text(&dep["pkg"])).collect()
    };
    let edges: BTreeMap<String, Vec<String>> = list(&metadata["resolve"]["nodes"])
        .iter()
        .map(|node| (text(&node["id"]), uses(node)))
        .collect();
    let below = |id: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![id.to_owned()]);
        while let Some(id) = open.pop() {
            if seen.insert(id.clone()) {
                open.extend(edges.get(&id).into_iter().flatten().cloned());
            }
        }
        seen.iter().filter(|other| *other != id).map(|id| names[id].clone()).collect()
    };
    list(&metadata["workspace_members"])
        .iter()
        .map(|id| (names[&text(id)].clone(), below(&text(id))))
        .collect()
}

#[test]
fn crates_know_only_what_is_below_them() {
    let outside = ["tokio", "hyper", "rustls", "tracing", "axum", "rusqlite"];
    let forbidden: &[(&str, &[&str])] = &[
        ("sluse-xml", &["sluse-xpath", "sluse-contracts"]),
        ("sluse-xpath", &["sluse-schematron", "sluse-contracts"]),
        ("sluse-schematron", &["sluse-contracts"]),
        ("sluse-contracts", &["sluse-adapters", "sluse-ledger"]),
        ("sluse-adapters", &["sluse-conformance", "sluse-ledger"]),
        ("sluse-conformance", &["sluse"]),
        ("sluse-ledger", &["sluse-contracts"]),
    ];
    let built_from = built_from();
    let mut faults = Vec::new();
    for (package, above) in forbidden {
        let below = &built_from[*package];
        for name in outside.iter().chain(*above).filter(|name| below.contains(**name)) {
            faults.push(format!("{package} is built from {name}"));
        }
    }
    assert_none(&faults, "these crates are pure and know nothing above them (ARCHITECTURE.md)");
}

/// Not from `cargo metadata`: that counts optional packages that no feature asks for.
#[test]
fn one_provider_of_cryptography_is_built_in() {
    let told = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "--edges", "normal,build", "--prefix", "none", "--locked"])
        .args(["--target", "x86_64-unknown-linux-gnu", "--format", "{p}"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let tree = String::from_utf8_lossy(&told.stdout);
    let built: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(built.contains("aws-lc-rs"), "the tree is not what it was: {built:?}");
    let others = ["ring", "openssl", "openssl-sys", "native-tls", "rustls-openssl"];
    let faults: Vec<String> =
        others.iter().filter(|name| built.contains(*name)).map(ToString::to_string).collect();
    assert_none(&faults, "aws-lc-rs is the one provider (DECISIONS.md)");
}

#[test]
fn files_stay_short_enough_to_read() {
    const LINES_MAX: usize = 600;
    let faults: Vec<String> = sources()
        .filter(|(path, _)| !is_test(path))
        .map(|(path, text)| (path, without_tests(text).lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(path, lines)| format!("{path} has {lines} lines"))
        .collect();
    assert_none(&faults, "a file has at most 600 lines without tests: part it by subject");
}

#[test]
fn every_code_has_a_whole_page() {
    let sections = ["## What", "## Why", "## How to put it right", "## Example"];
    let mut faults = Vec::new();
    for entry in ENTRIES {
        let headings: Vec<&str> =
            entry.page.lines().filter(|line| line.starts_with("## ")).collect();
        let title = format!("# {}: {}", entry.code, entry.title);
        if entry.page.lines().next() != Some(title.as_str()) {
            faults.push(format!("{}.md does not begin with: {title}", entry.code));
        }
        if headings != sections {
            faults.push(format!("{}.md does not have the sections {sections:?}", entry.code));
        }
        if entry.page.split("\n## ").skip(1).any(|part| part.trim().lines().count() < 2) {
            faults.push(format!("{}.md has an empty section", entry.code));
        }
        if !(15..=45).contains(&entry.page.lines().count()) {
            faults.push(format!("{}.md is too short or too long", entry.code));
        }
    }
    let pages = FILES.keys().filter_map(|path| path.strip_prefix("contracts/src/codes/"));
    for page in pages.filter_map(|page| page.strip_suffix(".md")) {
        if code::entry(page).is_none() {
            faults.push(format!("{page}.md is the page of no code"));
        }
    }
    assert_none(&faults, "a code is explained by its page (contracts/src/codes)");
}

/// Codes, or how they begin, that stand for what is described and not built yet, with the reason.
const NOT_RAISED_YET: &[(&str, &str)] = &[("F0112", "there are no quotas yet")];

#[test]
fn every_code_is_raised_somewhere() {
    // A name in the table, as `    NAME = "V0101" "…";`.
    let names: BTreeMap<&str, &str> = FILES["contracts/src/code.rs"]
        .lines()
        .filter_map(|line| line.trim().split_once(" = \""))
        .filter_map(|(name, rest)| Some((rest.get(..5)?, name)))
        .collect();
    let shipped: Vec<&str> = sources()
        .filter(|(path, _)| !is_test(path) && *path != "contracts/src/code.rs")
        .map(|(_, text)| without_tests(text))
        .collect();
    let is_raised = |code: &str| {
        // By its name, or as a text where the ledger, which knows no contracts, says it.
        let (name, text) = (format!("code::{}", names[code]), format!("\"{code}"));
        shipped.iter().any(|source| has_word(source, &name) || has_word(source, &text))
    };
    let waits = |code: &str| NOT_RAISED_YET.iter().any(|(each, _)| code.starts_with(each));
    let faults: Vec<String> = ENTRIES
        .iter()
        .filter(|entry| !is_raised(entry.code.as_str()) && !waits(entry.code.as_str()))
        .map(|entry| format!("{} ({})", entry.code, entry.title))
        .collect();
    assert_none(&faults, "a code that nothing raises explains nothing");
}

/// Whether the text has the word, and not only a longer one that begins with it.
fn has_word(text: &str, word: &str) -> bool {
    let goes_on = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| !text[at + word.len()..].starts_with(goes_on))
}

#[test]
fn types_are_named_in_the_words_of_the_field() {
    let avoided = [
        "Manager",
        "Handler",
        "Processor",
        "Helper",
        "Util",
        "Utils",
        "Common",
        "Core",
        "Base",
        "Engine",
        "Context",
        "Ctx",
        "Data",
        "Info",
        "Backend",
        "Policy",
        "Tenant",
        "Partner",
        "Agency",
        "Validator",
        "Converter",
    ];
    let mut faults = Vec::new();
    for (path, text) in sources() {
        for name in text.lines().filter_map(type_name) {
            let words = camel_words(name);
            let noun = words.last().copied().unwrap_or_default();
            if avoided.contains(&noun) {
                faults.push(format!("{path}: {name}"));
            } else if words.len() > 1 && noun == "Service" {
                faults.push(format!("{path}: {name} (tower owns Service as an ending)"));
            }
        }
    }
    assert_none(&faults, "these words say nothing of the field (CONTRIBUTING.md)");
}

/// The name that a line of source declares a type by.
fn type_name(line: &str) -> Option<&str> {
    if line.starts_with(' ') && line.trim_start().starts_with("type ") {
        // An associated type has the name that its trait gives it.
        return None;
    }
    let line = line.trim_start();
    let line = line.strip_prefix("pub").map_or(line, |rest| match rest.strip_prefix('(') {
        Some(scope) => scope.split_once(')').map_or(rest, |(_, rest)| rest),
        None => rest,
    });
    let (kind, rest) = line.trim_start().split_once(' ')?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let name = rest.get(..end)?;
    let declares = ["struct", "enum", "trait", "type", "union"].contains(&kind);
    (declares && name.starts_with(|c: char| c.is_ascii_uppercase())).then_some(name)
}

fn camel_words(name: &str) -> Vec<&str> {
    let starts = name.char_indices().filter(|(_, c)| c.is_ascii_uppercase()).map(|(at, _)| at);
    let starts: Vec<usize> = starts.collect();
    let ends = starts.iter().skip(1).copied().chain([name.len()]);
    starts.iter().zip(ends).map(|(start, end)| &name[*start..end]).collect()
}

#[test]
fn nothing_is_left_for_later_and_no_machine_is_named() {
    // Written in two halves, so that this file does not hold what it looks for.
    let words = [
        (concat!("TO", "DO"), "do it, or leave it out"),
        (concat!("FIX", "ME"), "do it, or leave it out"),
        (concat!("todo", "!("), "no stubs"),
        (concat!("unimple", "mented!("), "no stubs"),
        (concat!("/ro", "ot/"), "a path of one machine"),
        (concat!("/wo", "rk/"), "a path of one machine"),
        (concat!("/ho", "me/"), "a path of one machine"),
        (concat!("#[ig", "nore"), "a test that never runs decides nothing"),
    ];
    let mut faults = Vec::new();
    for (path, text) in FILES.iter().filter(|(path, _)| !path.ends_with("Cargo.lock")) {
        for (number, line) in text.lines().enumerate() {
            for (word, why) in words.iter().filter(|(word, _)| line.contains(word)) {
                faults.push(format!("{path}:{} has `{word}`: {why}", number + 1));
            }
        }
    }
    assert_none(&faults, "what is kept is finished, and holds on every machine");
}

#[test]
fn packages_come_from_the_public_registry() {
    let faults: Vec<String> = FILES["Cargo.lock"]
        .lines()
        .filter(|line| line.starts_with("source = "))
        .filter(|line| {
            *line != "source = \"registry+https://github.com/rust-lang/crates.io-index\""
        })
        .map(str::to_owned)
        .collect();
    assert_none(&faults, "another source would not be there for a stranger");
    assert!(!FILES.keys().any(|path| path.starts_with(".cargo/")), "no registry is configured");
}

#[test]
fn nothing_new_stands_in_the_root() {
    let known = [
        ".ci",
        ".config",
        ".gitattributes",
        ".gitignore",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "Cargo.lock",
        "Cargo.toml",
        "DECISIONS.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "SECURITY.md",
        "adapters",
        "bench",
        "clippy.toml",
        "conformance",
        "contracts",
        "deny.toml",
        "deploy",
        "gateway",
        "rust-toolchain.toml",
        "rustfmt.toml",
    ];
    let found: BTreeSet<&str> = FILES.keys().filter_map(|path| path.split('/').next()).collect();
    let faults: Vec<String> =
        found.iter().filter(|name| !known.contains(name)).map(|name| (*name).to_owned()).collect();
    assert_none(&faults, "the root is the map: put it into the folder that it belongs to");
}

#[test]
fn the_architecture_names_tests_that_exist() {
    let table = FILES["ARCHITECTURE.md"].lines().filter(|line| line.starts_with("| "));
    let words = table.flat_map(|line| line.split('`').skip(1).step_by(2));
    let is_test_name = |word: &&str| {
        word.matches('_').count() >= 3 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    let named: Vec<&str> = words.filter(is_test_name).collect();
    assert!(named.len() >= 10, "the table of invariants names tests: {named:?}");
    let faults: Vec<String> = named
        .iter()
        .filter(|name| !sources().any(|(_, text)| text.contains(&format!("fn {name}("))))
        .map(ToString::to_string)
        .collect();
    assert_none(&faults, "ARCHITECTURE.md names tests that do not exist");
}

#[test]
fn the_manual_names_every_limit_with_its_default() {
    let (mut table, mut faults, mut n_limits) = ("", Vec::new(), 0);
    for line in FILES["deploy/sluse.toml"].lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            table = name;
        }
        let Some((key, rest)) = line.split_once('=') else { continue };
        if !["limits", "outbox"].contains(&table) || line.starts_with('#') {
            continue;
        }
        let default = rest.split('#').next().unwrap_or_default().trim();
        let row = format!("| `{}` |", key.trim());
        let mut rows =
            FILES["gateway/docs/limits.md"].lines().filter(|line| line.starts_with(&row));
        n_limits += 1;
        if !rows.any(|row| row.contains(&format!("| {default} |"))) {
            faults.push(format!("{} = {default}", key.trim()));
        }
    }
    assert!(n_limits > 10, "deploy/sluse.toml has limits");
    assert_none(&faults, "gateway/docs/limits.md does not have these");
}

/// Where each library of the outside world, or of one language, may be known: files, or folders that are one subject.
const KNOWN_IN: [(&str, &[&str]); 26] = [
    ("axum", &["gateway/src/admin/mod.rs"]),
    ("csv", &["contracts/src/codelist/table.rs", "gateway/src/config/receivers.rs"]),
    ("encoding_rs", &["contracts/xml/src/decode.rs", "contracts/xml/src/read/input.rs"]),
    ("flate2", &["conformance/src/certificate/status.rs"]),
    ("indicatif", &["gateway/src/cli/progress.rs"]),
    ("jsonschema", &["contracts/src/schema/json/", "contracts/src/schema/openapi/"]),
    ("notify", &["gateway/src/config/reload.rs"]),
    ("opentelemetry", &["gateway/src/telemetry/otlp.rs", "gateway/src/telemetry/propagate.rs"]),
    ("opentelemetry_otlp", &["gateway/src/telemetry/otlp.rs"]),
    ("opentelemetry_sdk", &["gateway/src/telemetry/otlp.rs"]),
    ("oxiri", &["contracts/src/codelist/rdf_xml.rs"]),
    ("oxrdf", &["contracts/src/codelist/turtle.rs"]),
    ("oxttl", &["contracts/src/codelist/turtle.rs"]),
    ("prometheus_client", &["gateway/src/telemetry/metrics.rs"]),
    ("quick_xml", &["contracts/src/import/scan.rs"]),
    ("rcgen", &["gateway/src/config/fresh.rs", "gateway/src/cli/init/certificates.rs"]),
    ("regex_automata", &["contracts/xpath/src/pattern/", "contracts/xsd/src/types/pattern.rs"]),
    ("regex_syntax", &["contracts/src/overlap.rs", "conformance/src/derive/json/pattern.rs"]),
    ("rusqlite", &["gateway/src/store/"]),
    ("rustls_native_certs", &["gateway/src/upstream/connect.rs"]),
    ("serde_saphyr", &["contracts/src/schema/tree.rs"]),
    ("toml_edit", &["contracts/src/import/edit.rs"]),
    ("unicode_normalization", &["contracts/xpath/src/normal_form.rs"]),
    ("x509_parser", &["gateway/src/config/certificate.rs"]),
    (
        "xsd_schema",
        &[
            "contracts/xsd/src/compile/",
            "contracts/xsd/src/types/",
            "contracts/xsd/src/front.rs",
            "contracts/xsd/src/unplaced.rs",
        ],
    ),
    ("zip", &["gateway/src/cli/contract/given.rs"]),
];

/// Product sources, without their tests and the benches.
fn product() -> impl Iterator<Item = (&'static str, &'static str)> {
    let kept = |path: &str| !path.contains("tests") && !path.starts_with("bench/");
    sources().filter(move |(path, _)| kept(path)).map(|(path, text)| (path, without_tests(text)))
}

#[test]
fn a_library_is_known_in_one_place() {
    let mut faults = Vec::new();
    for (library, places) in KNOWN_IN {
        let used = |text: &str| {
            let path = format!("{library}::");
            text.match_indices(&path).any(|(at, _)| {
                !text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
            })
        };
        let users: Vec<&str> =
            product().filter(|(_, text)| used(text)).map(|(path, _)| path).collect();
        assert!(!users.is_empty(), "{library} is used nowhere: take it out of the list");
        let strays = users.iter().filter(|user| !places.iter().any(|at| user.starts_with(at)));
        faults.extend(strays.map(|user| format!("{user} knows {library}")));
    }
    assert_none(&faults, "one file, or one folder of one subject, knows a library");
}

#[test]
fn on_the_line_only_forward_and_record_touch_the_outside() {
    /// What reaches a provider, the store, a file or the network, and the stages that may. A body that arrives is
    /// received, and where it is large spooled, by `listen::body`, which `decode` asks.
    const OUTSIDE: [(&str, &[&str]); 9] = [
        (".upstreams()", &["forward"]),
        (".store()", &["record", "look_up"]),
        ("hyper::", &["forward"]),
        ("std::fs", &[]),
        ("tokio::fs", &[]),
        ("File::", &[]),
        ("TcpStream", &[]),
        ("Command::", &[]),
        ("SystemTime", &[]),
    ];
    let mut faults = Vec::new();
    for (path, text) in product().filter(|(path, _)| path.starts_with("gateway/src/pipeline/")) {
        let stage = path.trim_start_matches("gateway/src/pipeline/").trim_end_matches(".rs");
        let touched =
            OUTSIDE.iter().filter(|(word, may)| text.contains(word) && !may.contains(&stage));
        faults.extend(touched.map(|(word, _)| format!("{path} has `{word}`")));
    }
    assert_none(&faults, "on the line only forward and record touch the outside");
}
