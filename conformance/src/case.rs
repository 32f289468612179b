//! One case: a sentence, the clause it tests, what is sent, what must come back.
//!
//! The reader is strict. A key that is ignored in a test is an expectation that nobody checks, so
//! unknown keys, impossible combinations and codes that do not exist are faults, all told at once.

use sluse_contracts::{
    Code, ContractRef, Finding, MediaType, Outcome, code,
    id::NameFault,
    message::Direction,
    settings::{Settings, Table},
};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// The name of a case, unique in its suite: letters, digits, `-`, `_` and `.`, at most 100 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseId(String);

/// Longest id of a case, in bytes.
pub const ID_BYTES_MAX: usize = 100;

impl CaseId {
    /// The id as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CaseId {
    type Err = NameFault;
    fn from_str(text: &str) -> Result<Self, NameFault> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
        if begins && text.len() <= ID_BYTES_MAX && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameFault("a case's id is letters, digits, '-', '_' and '.', at most 100 bytes"))
        }
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whose system is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The subsystem that asks.
    Consumer,
    /// The subsystem that answers.
    Provider,
}

/// The words of roles, as files write them.
pub(crate) const ROLES: &[(&str, Role)] =
    &[("consumer", Role::Consumer), ("provider", Role::Provider)];

/// The words of directions.
pub(crate) const DIRECTIONS: &[(&str, Direction)] =
    &[("request", Direction::Request), ("response", Direction::Response)];

/// The words of outcomes.
pub(crate) const OUTCOMES: &[(&str, Outcome)] = &[
    ("accepted", Outcome::Accepted),
    ("rejected", Outcome::Rejected),
    ("malformed", Outcome::Malformed),
    ("unknown-contract", Outcome::UnknownContract),
];

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// In the case itself.
    Text(String),
    /// In a file of the suite, by its path from the case's folder.
    File(String),
    /// Nothing at all.
    None,
}

/// How a request is addressed, where that is part of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method, in upper case.
    pub method: String,
    /// Path and query, from the service's root.
    pub path: String,
    /// Headers, names in lower case.
    pub headers: BTreeMap<String, String>,
}

/// A violation that the verdict must have. What is not given may be anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedViolation {
    /// The code.
    pub code: Code,
    /// The published rule's id.
    pub rule: Option<String>,
    /// The path, exactly.
    pub path: Option<String>,
}

/// What the provider must answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedAnswer {
    /// The statuses that will do.
    pub statuses: Vec<u16>,
    /// The media type, without parameters.
    pub media_type: Option<MediaType>,
    /// Headers that must be there, names in lower case.
    pub headers: Vec<String>,
    /// The verdict on the answer under the contract.
    pub verdict: Option<Outcome>,
}

/// What must come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// The verdict on the message under the contract.
    pub verdict: Outcome,
    /// Violations that it must have; it may have others.
    pub violations: Vec<ExpectedViolation>,
    /// What the provider must answer, where the message is a request to it.
    pub answer: Option<ExpectedAnswer>,
}

/// One conformance case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its name.
    pub id: CaseId,
    /// What it shows, in one sentence.
    pub sentence: String,
    /// The clause of the contract that it tests.
    pub clause: String,
    /// Whose system is tested.
    pub role: Role,
    /// The contract that the clause belongs to.
    pub contract: ContractRef,
    /// Which way the message goes.
    pub direction: Direction,
    /// The message's media type.
    pub media_type: MediaType,
    /// What it says.
    pub body: Body,
    /// How it is addressed; only for requests.
    pub request: Option<Request>,
    /// What must come of it.
    pub expect: Expectation,
}

impl Case {
    /// Reads a case. Where anything is wrong, every fault is added to `findings` and nothing is given.
    pub fn read(file: &str, bytes: &[u8], findings: &mut Vec<Finding>) -> Option<Self> {
        let settings = Settings::parse_bytes(file, bytes, findings)?;
        let case = read_case(settings.root());
        let faults = settings.into_findings();
        let sound = !faults.iter().any(Finding::is_error);
        findings.extend(faults);
        case.filter(|_| sound)
    }

    /// The case as a file; reading it gives the same case.
    pub fn to_toml(&self) -> String {
        crate::write::case(self)
    }
}

fn read_case(mut root: Table<'_>) -> Option<Case> {
    let id = root.name("id");
    let sentence = one_line(&mut root, "sentence");
    let clause = not_empty(&mut root, "clause");
    let role = root.required_choice("role", ROLES);
    let contract = root.name("contract");
    let message = root.table("message").and_then(read_message);
    let expect = root.table("expect").and_then(read_expectation);
    let parts = message.zip(expect);
    if let Some((message, expect)) = &parts {
        check_together(&root, role, message, expect);
    }
    root.finish();
    let (message, expect) = parts?;
    Some(Case {
        id: id?,
        sentence: sentence?,
        clause: clause?,
        role: role?,
        contract: contract?,
        direction: message.direction,
        media_type: message.media_type,
        body: message.body,
        request: message.request,
        expect,
    })
}

/// The part of a case that is sent.
struct Sent {
    direction: Direction,
    media_type: MediaType,
    body: Body,
    request: Option<Request>,
}

fn read_message(mut table: Table<'_>) -> Option<Sent> {
    let direction = table.required_choice("direction", DIRECTIONS);
    let media_type = table.name("media-type");
    let body = read_body(&mut table);
    let request = read_request(&mut table);
    table.finish();
    Some(Sent { direction: direction?, media_type: media_type?, body: body?, request: request? })
}

fn read_body(table: &mut Table<'_>) -> Option<Body> {
    match (table.optional_text("body"), table.optional_placed_text("file")) {
        (Some(_), Some(_)) => {
            table.report("file", code::VALUE_WRONG, "give `body` or `file`, not both");
            None
        }
        (Some(text), None) => Some(Body::Text(text)),
        (None, Some(file)) if is_inside(&file.value) => Some(Body::File(file.value)),
        (None, Some(_)) => {
            let sentence = "`file` is a path below the case's folder, parted by /";
            table.report("file", code::VALUE_WRONG, sentence);
            None
        }
        // A key of a wrong type is reported already, and must not pass for an absent one.
        (None, None) if table.has("body") || table.has("file") => None,
        (None, None) => Some(Body::None),
    }
}

/// Nothing where the request is wrong; `Some(None)` where there is none.
#[expect(clippy::option_option, reason = "wrong, absent and present are three answers")]
fn read_request(table: &mut Table<'_>) -> Option<Option<Request>> {
    if !table.has("request") {
        return Some(None);
    }
    let mut request = table.optional_table("request")?;
    let method = request.text("method");
    let path = request.text("path");
    let headers: BTreeMap<String, String> = request
        .text_entries("headers")
        .into_iter()
        .map(|(name, value)| (name.value.to_ascii_lowercase(), value))
        .collect();
    let is_method =
        |method: &String| !method.is_empty() && method.bytes().all(|b| b.is_ascii_uppercase());
    if method.as_ref().is_some_and(|method| !is_method(method)) {
        request.report("method", code::VALUE_WRONG, "`method` is a word in upper case, as in POST");
    }
    if path.as_ref().is_some_and(|path| !path.starts_with('/')) {
        request.report("path", code::VALUE_WRONG, "`path` begins with /");
    }
    if headers.keys().any(|name| !is_header_name(name)) {
        request.report("headers", code::VALUE_WRONG, "a name in `headers` is not one of HTTP");
    }
    request.finish();
    Some(Some(Request { method: method?, path: path?, headers }))
}

fn read_expectation(mut table: Table<'_>) -> Option<Expectation> {
    let verdict = table.required_choice("verdict", OUTCOMES);
    let violations: Vec<_> =
        table.tables("violation").into_iter().map(read_expected_violation).collect();
    let has_answer = table.has("answer");
    let answer = table.optional_table("answer").and_then(read_expected_answer);
    table.finish();
    let violations = violations.into_iter().collect::<Option<Vec<_>>>();
    let answer = if has_answer { Some(answer?) } else { None };
    Some(Expectation { verdict: verdict?, violations: violations?, answer })
}

fn read_expected_violation(mut table: Table<'_>) -> Option<ExpectedViolation> {
    let name = table.placed_text("code");
    let rule = table.optional_text("rule");
    let path = table.optional_text("path");
    let known = name.as_ref().and_then(|name| {
        let entry = code::entry(&name.value)?;
        entry.code.as_str().starts_with('V').then_some(entry.code)
    });
    if name.is_some() && known.is_none() {
        let sentence = "`code` is the code of a violation, as in V0301";
        table.report("code", code::VALUE_WRONG, sentence);
    }
    table.finish();
    Some(ExpectedViolation { code: known?, rule, path })
}

fn read_expected_answer(mut table: Table<'_>) -> Option<ExpectedAnswer> {
    let value = table.value("status");
    if value.is_none() {
        table.report_missing("status");
    }
    let wanted = 100..=599;
    let statuses: Vec<Option<u64>> = match &value {
        Some(value) if value.is_list() => {
            value.list().iter().map(|status| status.whole(wanted.clone())).collect()
        }
        Some(value) => vec![value.whole(wanted)],
        None => Vec::new(),
    };
    let media_type = table.optional_name("media-type");
    let names = table.texts("headers");
    let headers: Vec<String> = names.iter().map(|name| name.value.to_ascii_lowercase()).collect();
    if headers.iter().any(|name| !is_header_name(name)) {
        table.report("headers", code::VALUE_WRONG, "a name in `headers` is not one of HTTP");
    }
    let verdict = table.choice("verdict", OUTCOMES);
    if value.as_ref().is_some_and(|value| value.is_list() && value.list().is_empty()) {
        table.report("status", code::VALUE_WRONG, "`status` is one status, or a list of some");
    }
    table.finish();
    let statuses: Option<Vec<u16>> =
        statuses.into_iter().map(|status| u16::try_from(status?).ok()).collect();
    Some(ExpectedAnswer { statuses: statuses?, media_type, headers, verdict })
}

/// What only the parts together can get wrong.
fn check_together(root: &Table<'_>, role: Option<Role>, sent: &Sent, expect: &Expectation) {
    let is_request = sent.direction == Direction::Request;
    if sent.request.is_some() && !is_request {
        root.report("message", code::VALUE_WRONG, "only a request has a method and a path");
    }
    if expect.answer.is_some() && !(is_request && role == Some(Role::Provider)) {
        let sentence = "an answer is expected only of a provider that is sent a request";
        root.report("expect", code::VALUE_WRONG, sentence);
    }
    if expect.verdict == Outcome::UnknownContract && expect.violations.len() > 1 {
        let sentence = "a document of no contract has one violation";
        root.report("expect", code::VALUE_WRONG, sentence);
    }
}

fn one_line(table: &mut Table<'_>, key: &'static str) -> Option<String> {
    let text = not_empty(table, key)?;
    if text.contains('\n') {
        table.report(key, code::VALUE_WRONG, format!("`{key}` is one line"));
        return None;
    }
    Some(text)
}

fn not_empty(table: &mut Table<'_>, key: &'static str) -> Option<String> {
    let text = table.text(key)?;
    if text.trim().is_empty() {
        table.report(key, code::VALUE_WRONG, format!("`{key}` is empty"));
        return None;
    }
    Some(text)
}

fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.contains('\\')
        && path.split('/').all(|step| !step.is_empty() && !step.starts_with('.'))
}

/// A token of RFC 9110, section 5.6.2, in lower case.
fn is_header_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(allowed)
}

#[cfg(test)]
#[path = "case_tests.rs"]
mod tests;
