//! The provider that we play where the system is a consumer: what it sends is judged and answered, and what real life
//! brings is brought about.
//!
//! The system calls when its owner makes it; so cases here are not sent but looked for. [`Played`]
//! takes each request with the moment at which it came and says what to answer. It knows no network
//! and no clock: the same requests at the same moments give the same results.

mod answer;
mod cases;
mod keeps;
#[cfg(test)]
mod tests;
mod watch;

pub use answer::{Answers, Reply};
pub use cases::cases;

use crate::{
    case::{Case, Inject, Listen, Play},
    result::{CaseResult, Exchanged},
    run::kept,
    secrets::Secrets,
    suite::Suite,
};
use answer::Store;
use keeps::Keeps;
use sluse_contracts::Contract;
use std::fmt;
use watch::Watch;

/// Most requests of a system that are looked at; later ones are answered with 503.
pub const REQUESTS_MAX: usize = 100_000;

/// A request of the system, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The method, in upper case.
    pub method: String,
    /// Path and query below the address that we listen at.
    pub path: String,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// When it came, in milliseconds from the start of the run.
    pub at_ms: u64,
}

impl Received {
    /// The first header of this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
    }

    /// The path without the query.
    pub fn path_alone(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }
}

/// A provider that is played for one run.
pub struct Played<'p> {
    contract: &'p Contract,
    suite: &'p Suite,
    store: Store<'p>,
    keeps: Vec<(&'p Case, Keeps)>,
    watches: Vec<Watch<'p>>,
    n_received: usize,
}

impl fmt::Debug for Played<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Played({} requests)", self.n_received)
    }
}

impl<'p> Played<'p> {
    /// Before the first request. `unique` makes ids: a number that was not used in another run.
    pub fn new(
        contract: &'p Contract,
        suite: &'p Suite,
        cases: &'p [Case],
        answers: &'p dyn Answers,
        unique: u128,
    ) -> Self {
        let mut keeps = Vec::new();
        let mut watches: Vec<Watch<'p>> = Vec::new();
        for case in cases {
            match &case.play {
                Play::Listen(Listen::Keeps | Listen::Known) => keeps.push((case, Keeps::default())),
                Play::Listen(Listen::After { inject, must }) => {
                    let operation = case.operation.as_deref().unwrap_or_default();
                    let fits = |watch: &&mut Watch<'_>| watch.is_of(operation, *inject);
                    match watches.iter_mut().find(fits) {
                        Some(watch) => watch.add(case, *must),
                        None => watches.push(Watch::new(operation, *inject, case, *must)),
                    }
                }
                Play::Call(_) => {}
            }
        }
        let store = Store::new(contract, suite, answers, unique);
        Self { contract, suite, store, keeps, watches, n_received: 0 }
    }

    /// Takes a request and says what to answer.
    pub fn receive(&mut self, request: &Received) -> Reply {
        self.n_received += 1;
        if self.n_received > REQUESTS_MAX {
            return Reply::status(503);
        }
        let asked = self.contract.operation_asked(&request.method, request.path_alone());
        let operation = asked.map(|operation| operation.name.to_owned());
        let broken = self.look(operation.as_deref(), request);
        let key = operation.as_deref().and_then(|it| self.key(it, request));
        let mut again = false;
        for watch in &mut self.watches {
            again |= watch.see(operation.as_deref(), request, key.as_deref());
        }
        let Some(operation) = operation else { return self.store.unknown(request) };
        if broken {
            return self.store.refusal(&operation, &[400, 422]);
        }
        again |= self.store.is_known(&operation, request, key.as_deref());
        let watch =
            self.watches.iter_mut().find(|watch| !again && watch.waits_for(&operation, request));
        let reply = match watch {
            Some(watch) => {
                let inject = watch.begin(request, key.clone());
                self.injected(inject, &operation, request, key.as_deref())
            }
            None => self.store.good(&operation, request, key.as_deref()),
        };
        for watch in &mut self.watches {
            watch.answered(&reply, request);
        }
        reply
    }

    /// Whether nothing more needs to be seen: each operation was asked for, and all that was to be brought about was.
    pub fn is_done(&self) -> bool {
        let seen = |(case, keeps): &(&Case, Keeps)| {
            keeps.n_seen() > 0 || matches!(case.play, Play::Listen(Listen::Known))
        };
        self.keeps.iter().all(seen) && self.watches.iter().all(Watch::is_done)
    }

    /// What is still waited for, in words for the person who drives the system.
    pub fn waited_for(&self) -> Vec<String> {
        let unseen = self.keeps.iter().filter(|(case, keeps)| {
            keeps.n_seen() == 0 && !matches!(case.play, Play::Listen(Listen::Known))
        });
        let unseen = unseen.filter_map(|(case, _)| case.operation.clone());
        let watched = self.watches.iter().filter_map(Watch::waited_for);
        unseen.map(|name| format!("a request of `{name}`")).chain(watched).collect()
    }

    /// What came of each case, in the order in which they were given.
    pub fn results(&self, cases: &[Case]) -> Vec<CaseResult> {
        let kept = self.keeps.iter().map(|(case, keeps)| keeps.result(case));
        let watched = self.watches.iter().flat_map(Watch::results);
        let mut found: Vec<CaseResult> = kept.chain(watched).collect();
        let place = |id: &crate::CaseId| cases.iter().position(|case| case.id == *id);
        found.sort_by_key(|result| place(&result.id));
        found
    }

    /// Judges a request and keeps what was found. Gives whether it must be refused.
    fn look(&mut self, operation: Option<&str>, request: &Received) -> bool {
        let judged = operation.map(|name| keeps::judge(self.contract, name, request));
        for (case, keeps) in &mut self.keeps {
            match &case.play {
                Play::Listen(Listen::Known) => keeps.note_unknown(operation, request),
                _ if case.operation.as_deref() == operation => {
                    keeps.note(judged.iter().flatten(), request);
                }
                _ => {}
            }
        }
        judged.is_some_and(|found| !found.is_empty())
    }

    /// The key that makes a request safe to repeat.
    fn key(&self, operation: &str, request: &Received) -> Option<String> {
        let of = |name: &String| name == operation;
        let bound = self.suite.idempotency.iter().find(|each| each.operations.iter().any(of))?;
        answer::value_at(&bound.key, request)
    }

    fn injected(
        &mut self,
        inject: Inject,
        operation: &str,
        request: &Received,
        key: Option<&str>,
    ) -> Reply {
        let later =
            |reply: Reply, seconds: u64| reply.with_header("retry-after", &seconds.to_string());
        match inject {
            Inject::Unavailable(seconds) => later(self.store.refusal(operation, &[503]), seconds),
            Inject::TooMany(seconds) => later(self.store.refusal(operation, &[429]), seconds),
            Inject::LostAnswer => Reply { lost: true, ..self.store.good(operation, request, key) },
            Inject::Slow(delay_ms) => {
                Reply { delay_ms, ..self.store.good(operation, request, key) }
            }
            Inject::Stale => {
                self.store.changed_by_another(operation, request);
                self.store.refusal(operation, &[412])
            }
        }
    }
}

/// Headers whose values are the system's secrets.
const SECRET: &[&str] = &["authorization", "cookie", "proxy-authorization", "x-api-key"];

/// A request and its answer, as a result keeps them.
fn exchanged(step: &str, request: &Received, reply: Option<&Reply>) -> Exchanged {
    let none = Secrets::default();
    let start = format!("{} {}", request.method, request.path);
    let hidden = |(name, value): &(String, String)| {
        let is_secret = SECRET.contains(&name.as_str());
        (name.clone(), if is_secret { "***".to_owned() } else { value.clone() })
    };
    let headers: Vec<(String, String)> = request.headers.iter().map(hidden).collect();
    let answer =
        |reply: &Reply| kept(&reply.status.to_string(), &reply.headers, &reply.body, &none);
    Exchanged {
        step: step.to_owned(),
        request: kept(&start, &headers, &request.body, &none),
        answer: reply.map(answer),
        no_answer: reply.filter(|it| it.lost).map(|_| "the answer was lost on purpose".to_owned()),
        micros: 0,
    }
}
