//! One case: a sentence, the clause it tests, what is sent or served, and what must come of it.
//!
//! Cases are derived from a contract (module `derive`), from its bindings (`packs`) or from its
//! scenarios, never written by hand one by one. A case is data: it can be listed, run, replayed and
//! judged again years later from the same files.

use crate::{template::Template, walk::Walk};
use serde::{Deserialize, Serialize};
pub use sluse_contracts::clauses::Level;

use sluse_contracts::Direction;
use std::{fmt, str::FromStr};

/// Longest id of a case, in bytes.
pub const ID_BYTES_MAX: usize = 200;

/// The name of a case: the same for the same contract in each run and on each machine, unique in its plan.
///
/// It says what the case is about, from the whole to the part, such as
/// `createPermit.body.applicant.name.maxLength.over`: letters, digits, `-`, `_` and `.`, at most
/// [`ID_BYTES_MAX`] bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseId(String);

impl CaseId {
    /// The id as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An id of what is written, in which other characters become `-` and what is too long is cut; nothing where it does
    /// not begin with a letter or digit.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let text = text.chars().map(|c| if allowed(c) { c } else { '-' });
        text.take(ID_BYTES_MAX).collect::<String>().parse().ok()
    }
}

/// Text that is no id of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseIdFault;

impl fmt::Display for CaseIdFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a case's id is letters, digits, '-', '_' and '.', at most {ID_BYTES_MAX} bytes")
    }
}

impl std::error::Error for CaseIdFault {}

impl FromStr for CaseId {
    type Err = CaseIdFault;
    fn from_str(text: &str) -> Result<Self, CaseIdFault> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
        let fits = begins && text.len() <= ID_BYTES_MAX && text.bytes().all(allowed);
        if fits { Ok(Self(text.to_owned())) } else { Err(CaseIdFault) }
    }
}

impl TryFrom<String> for CaseId {
    type Error = CaseIdFault;
    fn try_from(text: String) -> Result<Self, CaseIdFault> {
        text.parse()
    }
}

impl From<CaseId> for String {
    fn from(id: CaseId) -> Self {
        id.0
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whose system is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The subsystem that asks.
    Consumer,
    /// The subsystem that answers.
    Provider,
}

/// What a case is about; also what a report groups by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A message that keeps to the contract is taken, and its answer keeps to it too.
    Positive,
    /// A message with exactly one violation is refused.
    Negative,
    /// The same key again: replay, conflict, both at once.
    Idempotency,
    /// `If-Match`, `If-None-Match`, `ETag` (RFC 9110, section 13).
    Preconditions,
    /// A walk over pages to the end.
    Paging,
    /// What was accepted is read back as it was sent.
    ReadBack,
    /// Events: order, retry with the same id, delay.
    Events,
    /// Who may: no token, expired, another's object.
    Security,
    /// Transport Layer Security.
    Tls,
    /// A workflow of the suite.
    Scenario,
    /// What the system as a consumer does with what real life brings.
    Behaviour,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Case {
    /// Its name.
    pub id: CaseId,
    /// What it shows, in one sentence for a person who knows the contract.
    pub sentence: String,
    /// The clause that it tests: an id of `clauses.toml`, else the place of a constraint.
    pub clause: String,
    /// How binding the clause is.
    pub level: Level,
    /// Whose system is tested.
    pub role: Role,
    /// What it is about.
    pub kind: Kind,
    /// The operation that it tests, where it tests one.
    pub operation: Option<String>,
    /// The place of the constraint at whose bound it stands, or that it breaks, such as
    /// `openapi#/components/schemas/Permit/properties/name/maxLength`.
    pub constraint: Option<String>,
    /// Whether no other case may run beside it, because it looks at what all of them leave behind.
    #[serde(default)]
    pub alone: bool,
    /// What is done.
    pub play: Play,
}

/// What is done in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Play {
    /// We call the system: it is a provider.
    Call(Vec<Step>),
    /// The system calls us: it is a consumer.
    Listen(Listen),
    /// A connection is tried, and nothing of the contract's sent.
    Shake(Shake),
}

/// How a connection is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shake {
    /// With TLS as every consumer begins it: the certificate's chain, name and dates are looked at.
    Certificate,
    /// With TLS 1.0 alone, which is not to be used (RFC 8996, section 4).
    Tls10,
    /// With TLS 1.1 alone, which is not to be used (RFC 8996, section 5).
    Tls11,
    /// Without TLS, at the same port.
    Plain,
}

/// What is looked at where the system calls us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Listen {
    /// Each request of the case's operation keeps to the contract.
    Keeps,
    /// Nothing is asked for that the contract does not have.
    Known,
    /// Each request that needs a token shows one.
    Shows,
    /// What the consumer does after one of its requests was answered so.
    After {
        /// The answer.
        inject: Inject,
        /// What must be done then.
        must: Reaction,
        /// How long is looked, in milliseconds from the answer.
        within_ms: u64,
        /// Operations by which the consumer is seen to act on an event: its subject is the last segment of their path.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        acts: Vec<String>,
    },
}

/// What real life brings in place of a good answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inject {
    /// 503 with `Retry-After` of so many seconds, and nothing done.
    Unavailable(u64),
    /// 429 with `Retry-After` of so many seconds, and nothing done.
    TooMany(u64),
    /// What was asked is done, and the connection closed without an answer.
    LostAnswer,
    /// What was asked is done, and answered after so many milliseconds.
    Slow(u64),
    /// 412: another has changed what the consumer wanted to change.
    Stale,
    /// 503 without a word of when it will be over, so many times in a row, and nothing done.
    Failing(u64),
    /// A list of events has one of them twice.
    Duplicate,
    /// A list of events has two of them in another order than theirs.
    OutOfOrder,
}

/// What a consumer must do after an answer that is not the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reaction {
    /// Send the same request again.
    Retries,
    /// Where it sends the same again: with the same key.
    SameKey,
    /// Where it sends the same again: not before the time in `Retry-After`.
    Waits,
    /// Where it changes the same again: read it first, and name the version that was read.
    ReadsAnew,
    /// Where it fails again and again: spread the tries over so many milliseconds at least, from the first failure to the
    /// last try.
    BacksOff(u64),
    /// Act once on an event, however often that comes.
    ActsOnce,
    /// Act on events in their order, whatever the order in which they come.
    InOrder,
}

impl Play {
    /// The steps in which we call the system.
    pub fn calls(&self) -> &[Step] {
        match self {
            Self::Call(steps) => steps,
            Self::Listen(_) | Self::Shake(_) => &[],
        }
    }

    /// Whether all that we send only reads (safe methods: RFC 9110, section 9.2.1).
    pub fn only_reads(&self) -> bool {
        let added = self.calls().iter().filter_map(|step| step.walk.as_ref());
        let added = added.flat_map(Walk::all_between);
        let mut sent = self.calls().iter().flat_map(|step| &step.requests).chain(added);
        matches!(self, Self::Call(_))
            && sent.all(|request| matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS"))
    }
}

/// Why a step is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To have what the test needs, such as a resource of its own: where it fails, the case was not tested.
    Prepare,
    /// The test: where it fails, the case failed.
    Test,
    /// To leave the system as it was; its outcome is not judged.
    Restore,
}

/// One step: a request, or several at once, and what must come of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Step {
    /// A word for it, unique in its case: `create`, `test`, `again`.
    pub name: String,
    /// Why it is there.
    pub purpose: Purpose,
    /// What is sent; more than one are sent together, each on a connection of its own.
    pub requests: Vec<Request>,
    /// What each answer must be, and all of them together.
    pub expect: Expect,
    /// What later steps need: of the first answer with a status of 2xx, else of the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub captures: Vec<Capture>,
    /// What is taken of each answer with a status of 2xx, where it is there, whatever else is wrong with the answer: it is
    /// what removes again what was made. Of the second answer and those after it the names end in `-2`, `-3`, ….
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Capture>,
    /// How long to wait before it, in milliseconds.
    #[serde(default)]
    pub wait_ms: u64,
    /// The clause that it tests, where that is not the case's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Where the answer is the first page of several: the walk over all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub walk: Option<Walk>,
}

impl Step {
    /// A step of one request.
    pub fn new(name: &str, purpose: Purpose, request: Request, expect: Expect) -> Self {
        Self {
            name: name.to_owned(),
            purpose,
            requests: vec![request],
            expect,
            captures: Vec::new(),
            left: Vec::new(),
            wait_ms: 0,
            clause: None,
            walk: None,
        }
    }
}

/// One request, with slots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Request {
    /// The contract's operation that it is for; none where it is for what the contract lacks.
    pub operation: Option<String>,
    /// The method, in upper case.
    pub method: String,
    /// Path and query below the service's address, percent-encoded, beginning with `/`; empty for the address itself.
    pub path: Template,
    /// Headers in order, names in lower case. Credentials are not among them unless the case is about them.
    pub headers: Vec<(String, Template)>,
    /// The body.
    pub body: Body,
    /// Whose credentials it carries.
    #[serde(default)]
    pub credentials: Credentials,
}

/// What a request carries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// Nothing.
    #[default]
    None,
    /// Text in UTF-8 with slots.
    Text(Template),
    /// Text in another encoding, with slots.
    Coded(Coding, Template),
    /// Bytes as they are, in base64 where written down.
    Bytes(#[serde(with = "base64_bytes")] Vec<u8>),
}

impl Body {
    /// Its text, where it is one.
    pub fn template(&self) -> Option<&Template> {
        match self {
            Self::Text(text) | Self::Coded(_, text) => Some(text),
            Self::None | Self::Bytes(_) => None,
        }
    }
}

/// An encoding of a text that is not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coding {
    /// UTF-16, little end first, with a byte order mark (RFC 2781, section 3.2).
    Utf16Little,
    /// UTF-16, big end first, with a byte order mark.
    Utf16Big,
    /// ISO 8859-1; what it does not have is `?`.
    Latin1,
}

impl Coding {
    /// A text in this encoding.
    pub fn encode(self, text: &str) -> Vec<u8> {
        let units = || std::iter::once(0xfeff_u16).chain(text.encode_utf16());
        match self {
            Self::Utf16Little => units().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Big => units().flat_map(u16::to_be_bytes).collect(),
            Self::Latin1 => {
                text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
            }
        }
    }
}

/// Whose credentials a request carries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Credentials {
    /// The supplier's own, as his file says.
    #[default]
    Own,
    /// None at all.
    None,
    /// Those of this name in the bindings: `expired`, `other`, …
    Named(String),
}

/// What an answer must be. What is not said may be anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Expect {
    /// The statuses that will do; empty: any.
    pub statuses: Vec<Statuses>,
    /// Whether the answer is judged under the contract, as an answer of the request's operation.
    pub judged: bool,
    /// Of the statuses that will do, those that are no breach though the operation does not declare them: HTTP itself gives
    /// them to such a request (RFC 9110, section 15). An answer with one of them is judged only where it is declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undeclared: Vec<u16>,
    /// What else must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
}

impl Expect {
    /// Whether it asks for just this status, not for a range that holds it.
    pub fn names(&self, status: u16) -> bool {
        self.statuses.contains(&Statuses::only(status))
    }
}

/// A range of statuses, both ends in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Statuses {
    /// The first.
    pub from: u16,
    /// The last.
    pub to: u16,
}

impl Statuses {
    /// One status alone.
    pub const fn only(status: u16) -> Self {
        Self { from: status, to: status }
    }

    /// All of a class: 2 for 200 to 299.
    pub const fn class(class: u16) -> Self {
        Self { from: class * 100, to: class * 100 + 99 }
    }

    /// Whether this status is in it.
    pub fn holds(self, status: u16) -> bool {
        (self.from..=self.to).contains(&status)
    }
}

/// Something that must hold of an answer, or of the answers of a step together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Of a value of the answer.
    Value {
        /// Where it is.
        at: Source,
        /// What it must be.
        must: Must,
    },
    /// Status and body are those of the (first) answer of an earlier step; JSON and XML are compared by what they say.
    SameAs(String),
    /// The body says what the (first) request of an earlier step said, as documents of XML.
    AsSent(String),
    /// Just so many of the step's answers have a status in the range.
    Count {
        /// The range.
        statuses: Statuses,
        /// At least so many.
        least: usize,
        /// At most so many.
        most: usize,
    },
    /// All of the step's answers with a status in the range say the same; at least one has such a status.
    Alike(Statuses),
}

/// Where a value stands in an answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A header, by its name in lower case.
    Header(String),
    /// A member of a JSON body, by JSON Pointer (RFC 6901).
    Json(String),
    /// The text of an element of an XML body: a path of local names from the root, `/Order/Id`.
    Xml(String),
}

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Must {
    /// There.
    BePresent,
    /// Not there.
    BeAbsent,
    /// This. Of a JSON member the text is JSON, or the text of a string without its quotes; numbers, times and JSON are
    /// compared by what they say.
    Equal(Template),
    /// Anything else.
    Differ(Template),
    /// A text that begins with this.
    Begin(Template),
    /// A qualified name of XML whose local part is this; a dot and what follows it do not count (SOAP 1.1, section 4.4.1).
    BeNamed(Template),
}

/// What later steps need of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Capture {
    /// The slot that it fills, [`crate::template::Slot::Captured`].
    pub name: String,
    /// Where it stands.
    pub from: Source,
    /// Whether the value is an address whose last segment is meant.
    #[serde(default)]
    pub last_segment: bool,
}

/// Which way the message goes that a case of this role is about.
pub fn direction_of(role: Role) -> Direction {
    match role {
        Role::Provider => Direction::Response,
        Role::Consumer => Direction::Request,
    }
}

/// Bytes in base64 (RFC 4648, section 4).
mod base64_bytes {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(from)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Coding;

    #[test]
    fn a_text_is_written_in_each_encoding() {
        for (coding, bytes) in [
            (Coding::Utf16Little, &b"\xff\xfe\xe5\x00\x3c\xd8\x4e\xdf"[..]),
            (Coding::Utf16Big, b"\xfe\xff\x00\xe5\xd8\x3c\xdf\x4e"),
            (Coding::Latin1, b"\xe5?"),
        ] {
            assert_eq!(coding.encode("\u{e5}\u{1f34e}"), bytes, "{coding:?}");
        }
    }
}
