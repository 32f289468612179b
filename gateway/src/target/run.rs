//! A whole run: the doctor first, then the cases, then what came of it, as one value.

use super::{
    HttpTarget, Supplier,
    credentials::Environment,
    doctor::{Patient, examine},
    settings::VersionAt,
    subject::Subject,
};
use crate::clock::Clock;
use sluse_conformance::{
    Case, CaseId, Role, RunResult,
    derive::described_answers,
    result::{CaseResult, CaseVerdict, Digested, FORM, Named, SetUp},
    run::{RunOptions, Runner},
    settle::{self, Settled, Settling, settle},
};
use sluse_contracts::Day;
use std::{
    collections::{BTreeSet, HashMap},
    net::SocketAddr,
};

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// What is asked of a run.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Which cases, and in words what was asked for; nothing: all.
    pub only: Option<(BTreeSet<String>, String)>,
    /// Whether exchanges of cases that hold are kept too: for evidence that can be judged again.
    pub keep_all: bool,
}

/// What happens, as it happens.
#[derive(Debug)]
pub enum Told<'a> {
    /// The doctor found this.
    SetUp(&'a SetUp),
    /// The system may call here from now on.
    Listens(SocketAddr),
    /// So many cases will run.
    Begins(usize),
    /// A case is done.
    Case(&'a CaseResult),
    /// What is still waited for, where the system calls us.
    Waits(&'a [String]),
}

/// Who runs, with what.
#[derive(Clone, Copy)]
pub struct Bench<'a> {
    /// What the supplier says.
    pub supplier: &'a Supplier,
    /// The contract and its cases.
    pub subject: &'a Subject,
    /// Where variables are looked up.
    pub environment: Environment<'a>,
    /// What time it is.
    pub clock: &'a dyn Clock,
}

impl std::fmt::Debug for Bench<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bench({})", self.supplier.address)
    }
}

impl Bench<'_> {
    /// What the doctor looks at.
    pub fn patient(&self) -> Patient<'_> {
        Patient {
            supplier: self.supplier,
            contract: &self.subject.contract,
            suite: &self.subject.suite,
            plan: &self.subject.plan,
            environment: self.environment,
            clock: self.clock,
        }
    }

    /// Runs the cases that are asked for, and says what came of it.
    pub fn run(&self, asked: &Asked, tell: &(dyn Fn(Told<'_>) + Sync)) -> RunResult {
        let began_ms = self.clock.now_ms();
        let mut examined = examine(&self.patient());
        examined.checks.iter().for_each(|check| tell(Told::SetUp(check)));
        let mut found = Vec::new();
        if examined.is_sound()
            && let Some(target) = &examined.target
        {
            let cases = self.cases(asked);
            tell(Told::Begins(cases.len()));
            let options = RunOptions {
                threads: self.supplier.limits.threads,
                keep_all: true,
                now_unix_seconds: i64::try_from(began_ms / 1_000).ok(),
                version: examined.version.clone(),
            };
            let runner = Runner::new(&self.subject.contract, target, &options);
            let run = self.so_far(began_ms);
            let settling = Settling::new(&run);
            found = runner.run_all(&cases, &|result| tell(Told::Case(&settling.case(result))));
            examined.checks.extend(self.changed(target, examined.said.as_deref()));
        }
        self.result(asked, began_ms, examined.checks, found)
    }

    /// What is known of a run before its first case.
    pub(super) fn so_far(&self, began_ms: u64) -> settle::Run<'_> {
        settle::Run {
            plan: &self.subject.plan,
            contract: Some(&self.subject.contract),
            role: self.supplier.role,
            filter: None,
            set_up: &[],
            leave: &self.supplier.waivers,
            answers: &[],
            today: Day::from_days(i64::try_from(began_ms / DAY_MS).unwrap_or_default()),
        }
    }

    /// The cases that are asked for, in the order of the plan.
    pub fn cases(&self, asked: &Asked) -> Vec<&Case> {
        let wanted = |case: &&Case| {
            asked.only.as_ref().is_none_or(|(ids, _)| ids.contains(case.id.as_str()))
        };
        self.subject.plan.cases.iter().filter(wanted).collect()
    }

    /// Whether the system says after the run that it keeps to another version than before.
    fn changed(&self, target: &HttpTarget, before: Option<&str>) -> Option<SetUp> {
        let at = self.supplier.contract_version.as_ref()?;
        if !matches!(at, VersionAt::Document { .. }) {
            return None;
        }
        let before = before?;
        let now = target.contract_version(at, None).ok()?;
        (now != before).then(|| SetUp {
            check: "contract-version".to_owned(),
            ok: false,
            sentence: format!(
                "the system was changed during the run: it said `{before}` and says `{now}` now"
            ),
            hint: Some("run again when the system stays as it is".to_owned()),
        })
    }

    pub(super) fn result(
        &self,
        asked: &Asked,
        began_ms: u64,
        set_up: Vec<SetUp>,
        found: Vec<CaseResult>,
    ) -> RunResult {
        let Bench { supplier, subject, .. } = self;
        let answers = answers(subject, supplier.role, &found);
        let filter = asked.only.as_ref().map(|(_, words)| words.clone());
        let Settled { cases, clauses, defects, coverage, outcome, reasons } = settle(
            &settle::Run {
                filter: filter.as_deref(),
                set_up: &set_up,
                answers: &answers,
                ..self.so_far(began_ms)
            },
            found,
        );
        let manifest = subject.contract.manifest();
        let name = format!("{}@{}", manifest.id, manifest.version);
        let kept = |mut case: CaseResult| {
            if case.verdict == CaseVerdict::Passed && !asked.keep_all {
                case.exchanges.clear();
                case.renewed.clear();
            }
            case
        };
        let version = Some(env!("CARGO_PKG_VERSION").to_owned());
        RunResult {
            form: FORM.to_owned(),
            tool: Named { name: "sluse".to_owned(), version },
            contract: Digested {
                name: name.clone(),
                sha256: subject.contract.digest().to_string(),
            },
            suite: Digested { name, sha256: subject.digest.clone() },
            system: Named { name: supplier.name.clone(), version: supplier.version.clone() },
            role: supplier.role,
            profile: subject.plan.profile.as_ref().map(|it| it.name.clone()),
            address: supplier.address.to_string().trim_end_matches('/').to_owned(),
            began: moment(began_ms),
            ended: moment(self.clock.now_ms()),
            filter,
            outcome,
            reasons,
            set_up,
            cases: cases.into_iter().map(kept).collect(),
            clauses,
            defects,
            coverage,
            waivers: supplier.waivers.clone(),
            heard: None,
        }
    }
}

/// The answers that the contract describes, and whether each was seen; a consumer gives none.
fn answers(subject: &Subject, role: Role, found: &[CaseResult]) -> Vec<(String, bool)> {
    if role == Role::Consumer {
        return Vec::new();
    }
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let cases: HashMap<&CaseId, &Case> =
        subject.plan.cases.iter().map(|case| (&case.id, case)).collect();
    for result in found {
        let steps = cases.get(&result.id).map(|case| case.play.calls()).unwrap_or_default();
        for exchange in &result.exchanges {
            let step = steps.iter().find(|step| step.name == exchange.step);
            let operation = step.and_then(|step| step.requests.first()?.operation.as_deref());
            let status = exchange.answer.as_ref().map(|kept| kept.start.as_str());
            if let (Some(operation), Some(status)) = (operation, status) {
                seen.insert(format!("{operation} {status}"));
            }
        }
    }
    let described = described_answers(&subject.contract).into_iter();
    described.map(|answer| (answer.clone(), seen.contains(&answer))).collect()
}

/// A moment (RFC 3339, UTC).
fn moment(at_ms: u64) -> String {
    let days = i64::try_from(at_ms / DAY_MS).unwrap_or_default();
    let (year, month, day) = Day::from_days(days).date();
    let ms = at_ms % DAY_MS;
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1_000)
}

/// Whose system a run tests, as a word.
pub fn word_of(role: Role) -> &'static str {
    match role {
        Role::Provider => "provider",
        Role::Consumer => "consumer",
    }
}
