//! The provider that we play where the system is a consumer: what it sends is judged and answered, and what real life
//! brings is brought about.
//!
//! The system calls when its owner makes it; so cases here are not sent but looked for. [`Played`]
//! takes each request with the moment at which it came and says what to answer. It knows no network
//! and no clock: the same requests at the same moments give the same results.

mod answer;
mod cases;
mod feed;
mod heard;
mod keeps;
#[cfg(test)]
mod tests;
mod watch;

pub use answer::{Answers, Reply};
pub use cases::cases;
pub use heard::HEARD_BYTES_MAX;
pub(crate) use heard::{again, is_recorded};

use crate::{
    case::{Case, Inject, Listen, Play},
    result::{CaseResult, Exchanged, Heard},
    run::kept,
    secrets::Secrets,
    suite::Suite,
};
use answer::Store;
use feed::Feed;
use heard::Record;
use keeps::Keeps;
use sluse_contracts::Contract;
use std::fmt;
use watch::{Seen, Watch};

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
    feeds: Vec<Feed<'p>>,
    record: Record,
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
        cases: impl IntoIterator<Item = &'p Case>,
        answers: &'p dyn Answers,
        unique: u128,
    ) -> Self {
        let store = Store::new(contract, suite, answers, unique);
        let (keeps, watches, feeds) = (Vec::new(), Vec::new(), Vec::new());
        let record = Record::new(unique);
        let mut played =
            Self { contract, suite, store, keeps, watches, feeds, record, n_received: 0 };
        cases.into_iter().for_each(|case| played.look_for(case));
        played
    }

    fn look_for(&mut self, case: &'p Case) {
        let Play::Listen(listen) = &case.play else { return };
        let Listen::After { inject, must, within_ms, acts } = listen else {
            return self.keeps.push((case, Keeps::default()));
        };
        let operation = case.operation.as_deref().unwrap_or_default();
        if matches!(inject, Inject::Duplicate | Inject::OutOfOrder) {
            if !self.feeds.iter().any(|feed| feed.is_of(operation, *inject)) {
                self.feeds.push(Feed::new(operation, *inject, acts));
            }
            let feed = self.feeds.iter_mut().find(|feed| feed.is_of(operation, *inject));
            return feed.into_iter().for_each(|feed| feed.add(case, *must, *within_ms));
        }
        if !self.watches.iter().any(|watch| watch.is_of(operation, *inject)) {
            self.watches.push(Watch::new(operation, *inject));
        }
        let watch = self.watches.iter_mut().find(|watch| watch.is_of(operation, *inject));
        watch.into_iter().for_each(|watch| watch.add(case, *must, *within_ms));
    }

    /// Takes a request and says what to answer.
    pub fn receive(&mut self, request: &Received) -> Reply {
        self.n_received += 1;
        if self.n_received > REQUESTS_MAX {
            return Reply::status(503);
        }
        let reply = self.reply(request);
        self.record.add(request, &reply);
        reply
    }

    fn reply(&mut self, request: &Received) -> Reply {
        let asked = self.contract.operation_asked(&request.method, request.path_alone());
        let operation = asked.map(|operation| operation.name.to_owned());
        let refused = self.look(operation.as_deref(), request);
        let key = operation.as_deref().and_then(|it| self.key(it, request));
        let mut again = false;
        let mut goes_on = None;
        for watch in &mut self.watches {
            let seen: Seen = watch.see(operation.as_deref(), request, key.as_deref());
            again |= seen.again;
            goes_on = goes_on.or(seen.goes_on.then(|| watch.inject()));
        }
        self.feeds.iter_mut().for_each(|feed| feed.see(operation.as_deref(), request));
        let Some(operation) = operation else { return self.store.unknown(request) };
        if let Some(statuses) = refused {
            return self.store.refusal(&operation, statuses);
        }
        again |= self.store.is_known(&operation, request, key.as_deref());
        let reply = match goes_on {
            Some(inject) => self.injected(inject, &operation, request, key.as_deref()),
            None => self.first_or_good(&operation, request, key.as_deref(), again),
        };
        for watch in &mut self.watches {
            watch.answered(&reply, request);
        }
        reply
    }

    /// What a watch or a feed waits for is brought about; all else is answered well.
    fn first_or_good(
        &mut self,
        operation: &str,
        request: &Received,
        key: Option<&str>,
        again: bool,
    ) -> Reply {
        let mut watches = self.watches.iter_mut();
        let watch = watches.find(|watch| !again && watch.waits_for(operation, request));
        if let Some(watch) = watch {
            let inject = watch.begin(request, key.map(str::to_owned));
            return self.injected(inject, operation, request, key);
        }
        if let Some(feed) = self.feeds.iter_mut().find(|feed| feed.waits_for(operation))
            && let Some(reply) = self.store.told(operation, feed, request)
        {
            feed.answered(request, &reply);
            return reply;
        }
        self.store.good(operation, request, key)
    }

    /// Whether nothing more needs to be seen: each operation was asked for, and all that was to be brought about was.
    /// `now_ms` is counted from the start of the run.
    pub fn is_done(&self, now_ms: u64) -> bool {
        self.unseen().next().is_none()
            && self.watches.iter().all(|watch| watch.is_done(now_ms))
            && self.feeds.iter().all(|feed| feed.is_done(now_ms))
    }

    /// What is still waited for, in words for the person who drives the system.
    pub fn waited_for(&self, now_ms: u64) -> Vec<String> {
        let unseen = self.unseen().map(|name| format!("a request of `{name}`"));
        let watched = self.watches.iter().filter_map(|watch| watch.waited_for(now_ms));
        let fed = self.feeds.iter().filter_map(|feed| feed.waited_for(now_ms));
        unseen.chain(watched).chain(fed).collect()
    }

    /// Operations that are looked for and were not asked for yet.
    fn unseen(&self) -> impl Iterator<Item = &str> {
        let unseen = self.keeps.iter().filter(|(_, keeps)| keeps.n_seen() == 0);
        let of_operation = unseen.filter(|(case, _)| case.play == Play::Listen(Listen::Keeps));
        of_operation.filter_map(|(case, _)| case.operation.as_deref())
    }

    /// What came of each case, in the order in which they were given. `ended_ms` is counted from the start of the run.
    pub fn results<'c>(
        &self,
        cases: impl IntoIterator<Item = &'c Case>,
        ended_ms: u64,
    ) -> Vec<CaseResult> {
        let kept = self.keeps.iter().map(|(case, keeps)| keeps.result(case));
        let watched = self.watches.iter().flat_map(|watch| watch.results(ended_ms));
        let fed = self.feeds.iter().flat_map(|feed| feed.results(ended_ms));
        let mut found: Vec<CaseResult> = kept.chain(watched).chain(fed).collect();
        let cases: Vec<&Case> = cases.into_iter().collect();
        let place = |id: &crate::CaseId| cases.iter().position(|case| case.id == *id);
        found.sort_by_key(|result| place(&result.id));
        found
    }

    /// All that came, so that it can be judged again.
    pub fn heard(self, ended_ms: u64) -> Heard {
        self.record.heard(ended_ms)
    }

    /// Judges a request and keeps what was found. Gives the statuses that it must be refused with, where it must.
    fn look(&mut self, operation: Option<&str>, request: &Received) -> Option<&'static [u16]> {
        let judged = operation.map(|name| keeps::judge(self.contract, name, request));
        let asks = operation.is_some_and(|name| keeps::asks_for_token(self.suite, name));
        let mut shows = true;
        for (case, keeps) in &mut self.keeps {
            match &case.play {
                Play::Listen(Listen::Known) => keeps.note_unknown(operation, request),
                Play::Listen(Listen::Shows) if asks => shows &= keeps.note_token(request),
                Play::Listen(Listen::Keeps) if case.operation.as_deref() == operation => {
                    keeps.note(judged.iter().flatten(), request);
                }
                _ => {}
            }
        }
        let broken = judged.is_some_and(|found| !found.is_empty());
        match (shows, broken) {
            (false, _) => Some(&[401]),
            (true, true) => Some(&[400, 422]),
            (true, false) => None,
        }
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
            Inject::Failing(_) => self.store.refusal(operation, &[503]).without("retry-after"),
            Inject::TooMany(seconds) => later(self.store.refusal(operation, &[429]), seconds),
            Inject::LostAnswer => Reply { lost: true, ..self.store.good(operation, request, key) },
            Inject::Slow(delay_ms) => {
                Reply { delay_ms, ..self.store.good(operation, request, key) }
            }
            Inject::Stale => {
                self.store.changed_by_another(operation, request);
                self.store.refusal(operation, &[412])
            }
            // Feeds tell events; no watch brings them about.
            Inject::Duplicate | Inject::OutOfOrder => self.store.good(operation, request, key),
        }
    }
}

/// Headers whose values are the system's secrets.
const SECRET: &[&str] = &["authorization", "cookie", "proxy-authorization", "x-api-key"];
/// Schemes of `Authorization` (RFC 9110, section 11.4) that stay to be seen beside what is put away.
const SCHEMES: &[&str] = &["Bearer", "Basic", "Digest", "DPoP", "Negotiate"];

/// Headers without the system's secrets: of these only the scheme stays.
fn hidden(headers: &[(String, String)]) -> Vec<(String, String)> {
    let hide = |(name, value): &(String, String)| {
        if !SECRET.contains(&name.as_str()) {
            return (name.clone(), value.clone());
        }
        let scheme = value.split_once(' ').map(|(scheme, _)| scheme);
        let known =
            SCHEMES.iter().find(|each| scheme.is_some_and(|it| it.eq_ignore_ascii_case(each)));
        let shown = known.map_or_else(|| "***".to_owned(), |scheme| format!("{scheme} ***"));
        (name.clone(), shown)
    };
    headers.iter().map(hide).collect()
}

/// A request and its answer, as a result keeps them.
fn exchanged(step: &str, request: &Received, reply: Option<&Reply>) -> Exchanged {
    let none = Secrets::default();
    let start = format!("{} {}", request.method, request.path);
    let answer =
        |reply: &Reply| kept(&reply.status.to_string(), &reply.headers, &reply.body, &none);
    Exchanged {
        step: step.to_owned(),
        request: kept(&start, &hidden(&request.headers), &request.body, &none),
        answer: reply.map(answer),
        no_answer: reply.filter(|it| it.lost).map(|_| "the answer was lost on purpose".to_owned()),
        micros: 0,
    }
}
