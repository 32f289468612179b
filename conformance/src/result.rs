//! What a run found: one value, from which every report is made and which a bundle signs.
//!
//! Its JSON is the run's result file; the JSON Schema of that is published beside it. Nothing in it
//! is a secret, and what messages said stands only in the exchanges of cases, where masking reaches.

use crate::{
    case::{CaseId, Kind, Role, Source},
    settle::Leave,
};
use serde::{Deserialize, Serialize};
use sluse_contracts::clauses::Level;
use std::collections::BTreeMap;

/// The form of the file, in its member `form`.
pub const FORM: &str = "sluse-conformance-result/1";

/// One run of a suite against a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunResult {
    /// [`FORM`].
    pub form: String,
    /// Name and version of the tool.
    pub tool: Named,
    /// The contract, and the digest of its files.
    pub contract: Digested,
    /// The suite: the digest of what the cases were derived from and of the cases themselves.
    pub suite: Digested,
    /// The system, as the supplier's file names it.
    pub system: Named,
    /// Whose system is tested.
    pub role: Role,
    /// The part of the contract that it was tested by, by its name in the suite; absent: the whole. An outcome `conforms` says
    /// no more than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The address that was called, or that we listened on; without credentials.
    pub address: String,
    /// When it began and ended (RFC 3339, UTC).
    pub began: String,
    /// See `began`.
    pub ended: String,
    /// What was asked for, where that was not all: such a run never conforms.
    pub filter: Option<String>,
    /// The outcome.
    pub outcome: RunOutcome,
    /// Why the outcome is not `conforms`, in a sentence each.
    pub reasons: Vec<String>,
    /// What `doctor` found before the first case.
    pub set_up: Vec<SetUp>,
    /// One entry for each case of the plan, in its order.
    pub cases: Vec<CaseResult>,
    /// One entry for each clause that the plan tests or cannot test, in the order of the contract.
    pub clauses: Vec<ClauseResult>,
    /// Failures with one cause are one defect.
    pub defects: Vec<Defect>,
    /// What was exercised.
    pub coverage: Coverage,
    /// Leave that the system had, as its supplier's file says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Leave>,
    /// All that a consumer sent, where it was kept: by it the run is judged again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<Heard>,
}

/// What a consumer sent in a run, in the order in which it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Heard {
    /// The number of which the ids in our answers were made, in hexadecimal.
    pub seed: String,
    /// When the run ended, in milliseconds from its start.
    pub ended_ms: u64,
    /// Whether all was kept.
    pub is_whole: bool,
    /// Each request.
    pub requests: Vec<HeardRequest>,
}

/// One request of a consumer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct HeardRequest {
    /// When it came, in milliseconds from the start of the run.
    pub at_ms: u64,
    /// The request; its secrets are put away.
    pub request: Kept,
    /// The status that it was answered with.
    pub status: u16,
}

/// A name and a version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The version, where it has one.
    pub version: Option<String>,
}

/// Something whose bytes are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digested {
    /// `id@version`, or a name.
    pub name: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// The outcome of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunOutcome {
    /// Every MUST clause of the role that can be tested was tested and passed.
    Conforms,
    /// A MUST clause failed.
    Breaches,
    /// Neither: nothing tested, only a part, or the set-up is at fault.
    NoVerdict,
}

impl RunOutcome {
    /// The exit status of `sluse conformance run`.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Conforms => 0,
            Self::Breaches => 1,
            Self::NoVerdict => 3,
        }
    }
}

/// A fault of the set-up: never a failed clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SetUp {
    /// What was checked: `address`, `tls`, `clock`, `token`, …
    pub check: String,
    /// Whether it is in order.
    pub ok: bool,
    /// What was found, in a sentence.
    pub sentence: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// The verdict on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseVerdict {
    /// It holds.
    Passed,
    /// It does not hold, and the clause is a MUST.
    Failed,
    /// It does not hold, and the clause is a SHOULD.
    Warning,
    /// It could not be tested: the set-up is at fault.
    SetUp,
    /// It was not tested; the reason says why.
    NotTested,
    /// It does not hold, and there is leave for that until a day.
    Waived,
    /// It does not apply to this system.
    NotApplicable,
}

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CaseResult {
    /// The case's id.
    pub id: CaseId,
    /// Its sentence.
    pub sentence: String,
    /// Its clause.
    pub clause: String,
    /// What it is about.
    pub kind: Kind,
    /// Its operation, where it has one.
    pub operation: Option<String>,
    /// The constraint at which it stands.
    pub constraint: Option<String>,
    /// The verdict.
    pub verdict: CaseVerdict,
    /// Why it was not tested, or until when it is waived and why.
    pub reason: Option<String>,
    /// How what came differs from what must come; empty unless it does not hold.
    pub differences: Vec<Difference>,
    /// What was sent and what came, in order; kept for cases that do not hold, and for all where asked for.
    pub exchanges: Vec<Exchanged>,
    /// What another run of it finds otherwise: new values, and what answers tell. Kept where the exchanges are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renewed: Vec<Renewed>,
    /// How long it took, in microseconds.
    pub micros: u64,
}

impl CaseResult {
    /// What is told of it, without what was sent and what came, which may be long.
    #[must_use]
    pub fn brief(&self) -> Self {
        Self {
            id: self.id.clone(),
            sentence: self.sentence.clone(),
            clause: self.clause.clone(),
            kind: self.kind,
            operation: self.operation.clone(),
            constraint: self.constraint.clone(),
            verdict: self.verdict,
            reason: self.reason.clone(),
            differences: self.differences.clone(),
            exchanges: Vec::new(),
            renewed: Vec::new(),
            micros: self.micros,
        }
    }
}

/// A value in the requests of a case that another run of it finds otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Renewed {
    /// A word for it, such as `key` or `permit`.
    pub name: String,
    /// What it was in this run.
    pub value: String,
    /// The step whose answer told it; none where it was made up.
    pub step: Option<String>,
    /// Where in that answer.
    pub from: Option<Source>,
}

/// One difference between what must be and what came, side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Difference {
    /// The step, by its name.
    pub step: String,
    /// What differs: `status`, `header etag`, `body`, a rule of the contract.
    pub what: String,
    /// What must be, in words of the contract.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// The place in the answer, as a JSON Pointer or a path.
    pub path: Option<String>,
    /// Line and column in the answer's body, from 1.
    pub line: Option<u32>,
    /// See `line`.
    pub column: Option<u32>,
    /// The place of the broken constraint in the contract.
    pub constraint: Option<String>,
    /// The clause that the constraint cites.
    pub clause: Option<String>,
    /// What to look at first.
    pub hint: Option<String>,
}

/// A request that was sent and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Exchanged {
    /// The step, by its name.
    pub step: String,
    /// The request; secrets stand in it as `{{secret:NAME}}`.
    pub request: Kept,
    /// The answer, where one came.
    pub answer: Option<Kept>,
    /// Why there is no answer.
    pub no_answer: Option<String>,
    /// How long it took, in microseconds.
    pub micros: u64,
}

/// A message as it is kept in a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Kept {
    /// `POST /permits?draft=1` of a request, `422` of an answer.
    pub start: String,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text, where it is UTF-8.
    pub body: Option<String>,
    /// The body in base64, where it is not.
    pub body_base64: Option<String>,
    /// The body's length in bytes, before it was cut to what is kept.
    pub body_bytes: u64,
}

/// What came of one clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ClauseResult {
    /// Its id, or the place of a constraint.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// Its words, by language.
    pub text: BTreeMap<String, String>,
    /// Where it is published.
    pub url: Option<String>,
    /// The worst verdict among its cases; not tested where it has none.
    pub verdict: CaseVerdict,
    /// Why it was not tested.
    pub reason: Option<String>,
    /// Numbers of its cases by verdict: passed, failed, warning, set-up, not-tested, waived, not-applicable.
    pub cases: BTreeMap<String, u32>,
}

/// One defect of the system: failures with one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Defect {
    /// What is wrong, in a sentence.
    pub sentence: String,
    /// The clauses that it breaks.
    pub clauses: Vec<String>,
    /// Its cases; the first shows it best.
    pub cases: Vec<CaseId>,
    /// What to look at first.
    pub hint: Option<String>,
}

/// What a run exercised.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Coverage {
    /// Constraints of the contract that bind what a provider is sent; cases keep and break them.
    pub constraints: u32,
    /// Those that a case kept at the bound.
    pub kept: u32,
    /// Those that a case broke.
    pub broken: u32,
    /// Answers that the contract describes (`operation status`), seen or not.
    pub answers: Vec<(String, bool)>,
    /// Constraints of the contract that bind what the system sends: a provider's answers, a consumer's requests.
    #[serde(default)]
    pub sent_constraints: u32,
    /// Those that bind a message that came, and so was judged by them.
    #[serde(default)]
    pub sent_judged: u32,
    /// MUST clauses of the role.
    pub must_clauses: u32,
    /// Those that were tested and passed.
    pub must_verified: u32,
    /// What was not exercised, with the reason.
    pub missing: Vec<(String, String)>,
}
