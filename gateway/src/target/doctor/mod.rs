//! What is at fault before any case: the address, TLS, clocks, tokens, test data.
//!
//! Most failures of certification are faults of the set-up that are told as breaches of the contract. So a run begins
//! here, and what is found here is never a failed clause. All of it takes less than [`TIME_MAX`], whatever the system does.

mod answers;
mod files;
mod known_good;
mod network;

use super::{
    Credentials, HttpTarget, Supplier,
    credentials::Environment,
    settings::{OWN, VersionAt},
    token,
};
use crate::clock::Clock;
use sluse_conformance::{Plan, Suite, result::SetUp};
use sluse_contracts::Contract;
use std::time::{Duration, Instant};

/// Longest that the doctor takes.
pub const TIME_MAX: Duration = Duration::from_millis(4_500);
/// Longest wait for a name, a connection, or a handshake.
const STEP_TIME_MAX: Duration = Duration::from_millis(1_200);
/// How much clocks may differ, in seconds.
pub const CLOCK_SKEW_SECONDS_MAX: i64 = 60;

/// What the doctor looks at.
#[derive(Clone, Copy)]
pub struct Patient<'a> {
    /// What the supplier says.
    pub supplier: &'a Supplier,
    /// The contract.
    pub contract: &'a Contract,
    /// Its suite.
    pub suite: &'a Suite,
    /// The cases that would run.
    pub plan: &'a Plan,
    /// Where variables are looked up.
    pub environment: Environment<'a>,
    /// What time it is.
    pub clock: &'a dyn Clock,
}

impl std::fmt::Debug for Patient<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Patient({})", self.supplier.address)
    }
}

impl Patient<'_> {
    fn now_seconds(&self) -> i64 {
        i64::try_from(self.clock.now_ms() / 1_000).unwrap_or(i64::MAX)
    }
}

/// What the doctor found.
#[derive(Debug)]
pub struct Examined {
    /// One entry for each thing that was looked at, in order.
    pub checks: Vec<SetUp>,
    /// The system, where it can be called at all.
    pub target: Option<HttpTarget>,
    /// The header that names the contract's version, and what it says now.
    pub version: Option<(String, String)>,
    /// Which version of the contract the system says that it keeps to.
    pub said: Option<String>,
}

impl Examined {
    /// Whether a run may begin.
    pub fn is_sound(&self) -> bool {
        self.target.is_some() && self.checks.iter().all(|check| check.ok)
    }
}

/// Looks at everything, in the order in which one thing needs the other.
pub fn examine(patient: &Patient<'_>) -> Examined {
    let began = Instant::now();
    let mut examined = Examined { checks: Vec::new(), target: None, version: None, said: None };
    let credentials = Credentials::read(patient.supplier, patient.environment);
    examined.checks.extend(files::own_certificate(patient));
    examined.checks.push(files::tokens(patient, &credentials));
    examined.checks.push(files::test_data(patient));
    // Without them nothing can be asked; with a certificate that has ended no handshake says more.
    let has_own = credentials.troubles.iter().all(|trouble| trouble.name != OWN);
    let own_sound = examined.checks.iter().all(|it| it.ok || it.check != "own-certificate");
    let files_sound = examined.checks.iter().all(|check| check.ok);
    let reached = match HttpTarget::new(patient.supplier, credentials, patient.suite.clone()) {
        Ok(target) => {
            let mut found = target.runtime().block_on(network::check(patient));
            found.retain(|check| check.ok || own_sound || check.check != "tls");
            let sound = own_sound && found.iter().all(|check| check.ok);
            examined.checks.splice(0..0, found);
            examined.target = Some(target);
            sound
        }
        Err(fault) => {
            if files_sound {
                examined
                    .checks
                    .insert(0, fault_of("tls", fault.to_string(), "see [tls] of the file"));
            }
            false
        }
    };
    if reached
        && has_own
        && let Some(target) = &mut examined.target
    {
        target.end_within(Some(TIME_MAX.saturating_sub(began.elapsed())));
        let faults = target.acquire(patient.supplier);
        if let Some(fault) = faults.into_iter().next() {
            let hint = "see `token-url`, `client-id` and `client-secret`";
            examined.checks.push(fault_of("token", fault, hint));
        }
        let (found, said) = answers::check(patient, target);
        merge(&mut examined.checks, found);
        clocks_first(&mut examined.checks);
        let header = match &patient.supplier.contract_version {
            Some(VersionAt::Header(name)) => Some(name.clone()),
            _ => None,
        };
        examined.version = header.zip(said.clone());
        examined.said = said;
        target.end_within(None);
    }
    examined
}

/// Where clocks differ, what a token says of its times is no fault of its own.
fn clocks_first(checks: &mut [SetUp]) {
    let differ = checks.iter().any(|check| check.check == "clock" && !check.ok);
    let of_time = |check: &&mut SetUp| {
        let said = ["it begins in", "it ended"].iter().any(|word| check.sentence.contains(word));
        check.check == "token" && !check.ok && said
    };
    if let Some(token) = checks.iter_mut().find(of_time).filter(|_| differ) {
        *token = sound("token", "its times cannot be told while clocks differ");
    }
}

/// Of two entries for one thing, the one that is at fault stays.
fn merge(checks: &mut Vec<SetUp>, found: Vec<SetUp>) {
    for check in found {
        match checks.iter_mut().find(|known| known.check == check.check) {
            Some(known) if known.ok => *known = check,
            Some(_) => {}
            None => checks.push(check),
        }
    }
}

/// Something that is in order.
fn sound(check: &str, sentence: impl Into<String>) -> SetUp {
    SetUp { check: check.to_owned(), ok: true, sentence: sentence.into(), hint: None }
}

/// Something that is at fault, and what to do.
fn fault_of(check: &str, sentence: impl Into<String>, hint: impl Into<String>) -> SetUp {
    let (sentence, hint) = (sentence.into(), Some(hint.into()));
    SetUp { check: check.to_owned(), ok: false, sentence, hint }
}
