//! What a report says to paste: it does again what the case did.

use super::{options, reference, run};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sluse::{
    reference::{CONTRACT, Options, Reference, faults::Fault, tokens},
    target::{run::Asked, subject::Subject},
};
use sluse_conformance::{
    Role,
    report::{command::curl, pasted as pasted_of},
    result::{CaseResult, CaseVerdict, Exchanged},
};
use std::{collections::BTreeSet, io::Write as _, process::Command};

/// Faults that show in one request each, with bodies of all sorts; all at once in one system.
const FAULTS: &[Fault] = &[
    Fault::TakesLongNote,
    Fault::TakesAnyDate,
    Fault::TakesUnknownMember,
    Fault::TakesAnyType,
    Fault::TakesDuplicateMember,
    Fault::CrashesOnSyntax,
    Fault::RefusesEmoji,
    Fault::TokenNotNeeded,
    Fault::KeyNotNeeded,
];

fn failed(system: &Reference) -> Vec<CaseResult> {
    let subject = Subject::load(CONTRACT, Role::Provider).expect("the contract loads");
    let cases = run(system, &subject, &Asked::default()).cases.into_iter();
    cases
        .filter(|case| matches!(case.verdict, CaseVerdict::Failed | CaseVerdict::Warning))
        .collect()
}

/// The status that a line gives in a POSIX shell, with the secrets that it names set.
fn pasted(line: &str, system: &Reference) -> Option<String> {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{line} --silent --max-time 20")]);
    with_secrets(&mut shell, system);
    let output = shell.output().expect("a shell");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let status = said.lines().rfind(|line| line.starts_with("HTTP/1.1 "))?;
    status.split(' ').nth(1).map(str::to_owned)
}

#[test]
fn a_curl_line_gives_the_answer_that_failed_the_case() {
    if Command::new("curl").arg("--version").output().is_err() {
        std::io::stderr().write_all(b"SKIPPED: this machine has no curl\n").expect("stderr");
        return;
    }
    let mut n_pasted = 0;
    let system = reference(Options { faults: FAULTS.iter().copied().collect(), ..options() });
    for case in failed(&system) {
        let [only] = case.exchanges.as_slice() else { continue };
        let answer = only.answer.as_ref().expect("the system answers");
        let line = curl(&system.url("127.0.0.1"), &only.request).expect("the body was kept");
        assert!(!line.contains(&system.token("own")), "{line}");
        assert_eq!(pasted(&line, &system).as_ref(), Some(&answer.start), "{}: {line}", case.id);
        n_pasted += 1;
    }
    assert!(n_pasted >= FAULTS.len(), "{n_pasted}");
}

/// A shell's environment with the secrets that lines name.
fn with_secrets(shell: &mut Command, system: &Reference) {
    for name in tokens::NAMES {
        let variable =
            if name == "own" { "TOKEN".into() } else { name.to_uppercase().replace('-', "_") };
        shell.env(variable, system.token(name));
    }
}

/// The variables that the first line of a `.hurl` file gives when a shell reads it; each has a value.
fn given(file: &str, system: &Reference) -> BTreeSet<String> {
    let first = file.lines().next().expect("a line");
    let arguments = first.strip_prefix("# hurl ").and_then(|rest| rest.strip_suffix(" FILE.hurl"));
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("printf '%s\n' {}", arguments.expect("how to call hurl"))]);
    with_secrets(&mut shell, system);
    let output = shell.output().expect("a shell");
    let said = String::from_utf8(output.stdout).expect("text");
    let given = said.lines().filter(|line| *line != "--variable");
    let name = |line: &str| {
        let (name, value) = line.split_once('=').expect("a variable");
        assert!(!value.is_empty(), "{name}");
        name.to_owned()
    };
    given.map(name).collect()
}

/// The variables that a `.hurl` file needs: those that it does not capture itself.
fn needed(file: &str) -> BTreeSet<String> {
    let named = file.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0));
    let is_captured = |name: &&str| file.lines().any(|line| line.starts_with(&format!("{name}: ")));
    named.filter(|name| !is_captured(name)).map(str::to_owned).collect()
}

/// Faults that show only after something was made.
const LATER: &[Fault] = &[Fault::TakesStale, Fault::ShowsOthers];

#[test]
fn lines_of_several_requests_give_the_answer_that_failed_the_case_though_all_of_it_is_gone() {
    if Command::new("curl").arg("--version").output().is_err() {
        std::io::stderr().write_all(b"SKIPPED: this machine has no curl\n").expect("stderr");
        return;
    }
    let system = reference(Options { faults: LATER.iter().copied().collect(), ..options() });
    let mut n_pasted = 0;
    for case in failed(&system) {
        let step = &case.differences.first().expect("it differs").step;
        let shown = case.exchanges.iter().rfind(|each| each.step == *step).expect("it is kept");
        let answer = shown.answer.as_ref().expect("the system answers");
        let (line, file) = pasted_of(&system.url("127.0.0.1"), &case).expect("it was sent");
        assert_eq!(given(&file, &system), needed(&file), "{file}");
        let line = line.expect("the bodies were kept");
        assert!(!line.contains(&system.token("own")), "{line}");
        for renewed in &case.renewed {
            let is_whole = renewed.value.len() > 8;
            assert!(!is_whole || !line.contains(&renewed.value), "{}: {line}", renewed.name);
        }
        assert_eq!(pasted(&line, &system).as_ref(), Some(&answer.start), "{}: {line}", case.id);
        n_pasted += 1;
    }
    assert!(n_pasted >= LATER.len(), "{n_pasted}");
}

/// How a file takes something from an answer.
const CAPTURES: [&str; 3] = [": header \"", ": jsonpath \"", ": xpath \""];

/// A line of a `.hurl` file, as <https://hurl.dev/docs/grammar.html> has it.
fn kind(line: &str) -> Option<&'static str> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_!#$%&'*+.^|~".contains(&b))
    };
    match line {
        "" => Some("empty"),
        "HTTP *" => Some("response"),
        comment if comment.starts_with('#') => Some("comment"),
        body if body.starts_with("base64,") && body.ends_with(';') => Some("body"),
        body if body.starts_with('`') && body.ends_with('`') && body.len() > 1 => Some("body"),
        "[Captures]" => Some("captures"),
        capture if CAPTURES.iter().any(|how| capture.contains(how)) => Some("capture"),
        line => match line.split_once(' ')? {
            (method, url) if method.bytes().all(|b| b.is_ascii_uppercase()) => {
                url.starts_with("http").then_some("request")
            }
            (name, value) if name.ends_with(':') && !value.contains('#') => {
                is_name(name.trim_end_matches(':')).then_some("header")
            }
            _ => None,
        },
    }
}

/// Checks that a file is entries of a request, headers, perhaps a body, what must come, and perhaps what is taken of it; gives
/// the bodies.
fn entries(file: &str) -> Vec<Option<Sent>> {
    let mut found = Vec::new();
    let mut before = "response";
    for line in file.lines() {
        let kind = kind(line).unwrap_or_else(|| panic!("no line of a .hurl file: {line}"));
        let may_follow: &[&str] = match kind {
            "request" => &["response", "capture"],
            "header" => &["request", "header"],
            "body" => &["request", "header"],
            "response" => &["request", "header", "body"],
            "captures" => &["response"],
            "capture" => &["captures", "capture"],
            _ => continue,
        };
        assert!(may_follow.contains(&before), "{kind} after {before}: {line}");
        before = kind;
        if kind == "request" {
            found.push(None);
        }
        if let ("body", Some(last)) = (kind, found.last_mut()) {
            *last = Some(Sent::of(line));
        }
    }
    assert!(["response", "capture"].contains(&before), "{before}");
    found
}

/// A body as a file has it.
enum Sent {
    Bytes(Vec<u8>),
    /// What stands around variables.
    Around(Vec<String>),
}

impl Sent {
    fn of(line: &str) -> Self {
        if let Some(base64) = line.strip_prefix("base64,").and_then(|rest| rest.strip_suffix(';')) {
            return Self::Bytes(STANDARD.decode(base64).expect("base64"));
        }
        let mut plain = line.trim_matches('`').to_owned();
        for (escape, sign) in [("\\u{7b}", "{"), ("\\u{7d}", "}"), ("\\u{60}", "`"), ("\\#", "#")] {
            // Braces of variables are not written so.
            plain = plain.replace(escape, &format!("\u{1}{sign}"));
        }
        let mut around: Vec<String> = Vec::new();
        for part in plain.split("{{") {
            let after = if around.is_empty() {
                Some(part)
            } else {
                Some(part.split_once("}}").expect("a variable").1)
            };
            around.extend(after.map(|text| text.replace('\u{1}', "").replace("\\\\", "\\")));
        }
        Self::Around(around)
    }

    /// Whether this is what was sent, whatever stood where the variables are.
    fn is(&self, sent: &[u8]) -> bool {
        match self {
            Self::Bytes(bytes) => bytes == sent,
            Self::Around(around) => {
                let mut rest = std::str::from_utf8(sent).expect("text");
                let (first, later) = around.split_first().expect("a text");
                let (last, middle) = later.split_last().expect("a variable");
                let Some(after) = rest.strip_prefix(first.as_str()) else { return false };
                rest = after;
                for part in middle {
                    let Some((_, after)) = rest.split_once(part.as_str()) else { return false };
                    rest = after;
                }
                rest.ends_with(last.as_str())
            }
        }
    }
}

fn body(exchange: &Exchanged) -> Option<Vec<u8>> {
    let request = &exchange.request;
    let base64 = request.body_base64.as_ref().map(|it| STANDARD.decode(it).expect("base64"));
    base64.or_else(|| request.body.clone().map(String::into_bytes))
}

#[test]
fn a_hurl_file_is_one_and_sends_the_bodies_that_were_sent() {
    let faults = FAULTS.iter().chain(LATER).copied().collect();
    let system = reference(Options { faults, ..options() });
    let failed = failed(&system);
    assert!(failed.len() >= FAULTS.len(), "{}", failed.len());
    for case in failed {
        let Some((_, file)) = pasted_of(&system.url("127.0.0.1"), &case) else { continue };
        let entries = entries(&file);
        assert_eq!(entries.len(), case.exchanges.len(), "{}: {file}", case.id);
        for (entry, exchange) in entries.iter().zip(&case.exchanges) {
            let same = match (entry, body(exchange)) {
                (None, None) => true,
                (Some(entry), Some(sent)) => entry.is(&sent),
                _ => false,
            };
            assert!(same, "{}: {}: {file}", case.id, exchange.step);
        }
    }
}
