//! What a consumer does after one of its requests was answered by what real life brings.

use super::{Received, Reply, cases::word_of, exchanged, keeps::named};
use crate::{
    case::{Case, Inject, Level, Reaction},
    result::{CaseResult, CaseVerdict, Difference, Exchanged},
    run::untested,
};

/// Most exchanges that are kept of one watch.
const EXCHANGES_MAX: usize = 20;
/// How long after a late answer an impatient consumer may still be heard, in milliseconds.
const LATE_MS: u64 = 200;

/// One answer that is brought about once for an operation, and all that is looked at then.
#[derive(Debug)]
pub(super) struct Watch<'p> {
    operation: &'p str,
    inject: Inject,
    within_ms: u64,
    cases: Vec<(&'p Case, Reaction)>,
    begun: Option<Begun>,
}

/// From the moment at which it was brought about.
#[derive(Debug)]
struct Begun {
    request: Received,
    key: Option<String>,
    /// The version that a later read told, and whether there was one.
    read: Option<Option<String>>,
    /// When the same was sent again, in milliseconds from the start of the run.
    tries: Vec<u64>,
    differences: Vec<(Reaction, Difference)>,
    exchanges: Vec<Exchanged>,
    /// Whether the next answer is the one to this watch's last request.
    awaits: bool,
}

/// What a request is to a watch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// It is the same as the one that was answered so, sent again.
    pub(super) again: bool,
    /// It is answered so once more.
    pub(super) goes_on: bool,
}

impl<'p> Watch<'p> {
    pub(super) fn new(operation: &'p str, inject: Inject) -> Self {
        Self { operation, inject, within_ms: 0, cases: Vec::new(), begun: None }
    }

    pub(super) fn is_of(&self, operation: &str, inject: Inject) -> bool {
        self.operation == operation && self.inject == inject
    }

    pub(super) fn add(&mut self, case: &'p Case, must: Reaction, within_ms: u64) {
        self.within_ms = self.within_ms.max(within_ms);
        self.cases.push((case, must));
    }

    /// Whether this request is one to answer so.
    pub(super) fn waits_for(&self, operation: &str, request: &Received) -> bool {
        let fits = self.inject != Inject::Stale || request.header("if-match").is_some();
        self.begun.is_none() && self.operation == operation && fits
    }

    pub(super) fn inject(&self) -> Inject {
        self.inject
    }

    /// The request is answered so now.
    pub(super) fn begin(&mut self, request: &Received, key: Option<String>) -> Inject {
        self.begun = Some(Begun {
            request: request.clone(),
            key,
            read: None,
            tries: Vec::new(),
            differences: Vec::new(),
            exchanges: Vec::new(),
            awaits: true,
        });
        self.inject
    }

    /// Looks at a request that came after.
    pub(super) fn see(
        &mut self,
        operation: Option<&str>,
        request: &Received,
        key: Option<&str>,
    ) -> Seen {
        let (inject, own, is_over) = (self.inject, self.operation, self.is_repeated());
        let Some(begun) = &mut self.begun else { return Seen::default() };
        let same_path = request.path_alone() == begun.request.path_alone();
        if inject == Inject::Stale && same_path && request.method == "GET" {
            begun.awaits = true;
            begun.read = Some(None);
            return Seen::default();
        }
        let again = operation == Some(own)
            && same_path
            && (request.body == begun.request.body || inject == Inject::Stale);
        if !again || is_over {
            return Seen { again, goes_on: false };
        }
        begun.awaits = true;
        begun.tries.push(request.at_ms);
        let found = [same_key(begun, key), in_time(inject, begun, request), anew(begun, request)];
        for each in found.into_iter().flatten() {
            if !begun.differences.contains(&each) {
                begun.differences.push(each);
            }
        }
        Seen { again, goes_on: !self.is_repeated() }
    }

    /// The answer that a request got: kept where this watch looks at the request, and read where it tells a version.
    pub(super) fn answered(&mut self, reply: &Reply, request: &Received) {
        let inject = self.inject;
        let Some(begun) = &mut self.begun else { return };
        if !std::mem::take(&mut begun.awaits) {
            return;
        }
        if begun.read == Some(None) && request.method == "GET" {
            let etag = reply.headers.iter().find(|(name, _)| name == "etag");
            begun.read = Some(etag.map(|(_, value)| value.clone()));
        }
        if begun.exchanges.len() < EXCHANGES_MAX {
            begun.exchanges.push(exchanged(word_of(inject), request, Some(reply)));
        }
    }

    /// How often the same must come again until all was seen.
    fn tries_wanted(&self) -> usize {
        match self.inject {
            // The first failure is no try of the same again, and the last try succeeds.
            Inject::Failing(times) => usize::try_from(times).unwrap_or(usize::MAX),
            _ => 1,
        }
    }

    fn is_repeated(&self) -> bool {
        self.begun.as_ref().is_some_and(|begun| begun.tries.len() >= self.tries_wanted())
    }

    /// Until when something is looked for, in milliseconds from the start of the run.
    fn until_ms(&self) -> Option<u64> {
        let began_ms = self.begun.as_ref()?.request.at_ms;
        Some(match self.inject {
            Inject::Slow(delay_ms) => began_ms + delay_ms + LATE_MS,
            _ => began_ms + self.within_ms,
        })
    }

    /// Whether nothing more is waited for.
    pub(super) fn is_done(&self, now_ms: u64) -> bool {
        self.is_repeated() || self.until_ms().is_some_and(|until_ms| now_ms >= until_ms)
    }

    /// What is waited for, in words.
    pub(super) fn waited_for(&self, now_ms: u64) -> Option<String> {
        let (operation, when) = (self.operation, word_of(self.inject));
        match &self.begun {
            None => Some(format!("one more request of `{operation}`, to be answered `{when}`")),
            Some(_) if !self.is_done(now_ms) => {
                Some(format!("what the consumer does after `{when}` to `{operation}`"))
            }
            Some(_) => None,
        }
    }

    pub(super) fn results(&self, ended_ms: u64) -> Vec<CaseResult> {
        self.cases.iter().map(|(case, must)| self.result(case, *must, ended_ms)).collect()
    }

    fn result(&self, case: &Case, must: Reaction, ended_ms: u64) -> CaseResult {
        let Some(begun) = &self.begun else {
            let reason =
                format!("no request of `{}` came that could be answered so", self.operation);
            return CaseResult { reason: Some(reason), ..untested(case, CaseVerdict::NotTested) };
        };
        let of_it = begun.differences.iter().filter(|(reaction, _)| *reaction == must);
        let mut differences: Vec<Difference> = of_it.map(|(_, it)| it.clone()).collect();
        let is_over = self.until_ms().is_some_and(|until_ms| ended_ms >= until_ms);
        if must == Reaction::Retries && begun.tries.is_empty() && is_over {
            differences.push(gave_up(self.within_ms));
        }
        if let Reaction::BacksOff(spread_ms) = must
            && self.is_repeated()
        {
            differences.extend(in_a_row(begun, spread_ms));
        }
        let exchanges = begun.exchanges.clone();
        let (verdict, reason) = match (differences.is_empty(), self.untested_for(must, is_over)) {
            (false, _) => (broken(case), None),
            (true, None) => (CaseVerdict::Passed, None),
            (true, Some(why)) => (CaseVerdict::NotTested, Some(why)),
        };
        CaseResult { reason, differences, exchanges, ..untested(case, verdict) }
    }

    /// Why what came does not suffice to say that it was done.
    fn untested_for(&self, must: Reaction, is_over: bool) -> Option<String> {
        let begun = self.begun.as_ref()?;
        let enough = match must {
            Reaction::BacksOff(_) => self.is_repeated(),
            _ => !begun.tries.is_empty(),
        };
        // Who waits for a late answer has nothing to send again.
        let waited = matches!(self.inject, Inject::Slow(_)) && is_over;
        if enough || waited {
            return None;
        }
        let why = match is_over {
            true => "it was not sent again",
            false => "the run ended before it was known whether it is sent again",
        };
        Some(why.to_owned())
    }
}

/// What a case that does not hold is called.
pub(super) fn broken(case: &Case) -> CaseVerdict {
    match case.level {
        Level::Must => CaseVerdict::Failed,
        Level::Should | Level::May => CaseVerdict::Warning,
    }
}

fn gave_up(within_ms: u64) -> Difference {
    let hint = "keep what is to be sent until it is known what came of it, and send it again";
    Difference {
        expected: format!("the same request again, within {} s", within_ms / 1_000),
        actual: "none".to_owned(),
        hint: Some(hint.to_owned()),
        ..named("again", "request")
    }
}

fn in_a_row(begun: &Begun, spread_ms: u64) -> Option<Difference> {
    let last_ms = *begun.tries.last()?;
    let took_ms = last_ms.saturating_sub(begun.request.at_ms);
    let hint = "wait longer after each failure, twice as long each time, and a little by chance";
    (took_ms < spread_ms).then(|| Difference {
        expected: format!("{} tries in {spread_ms} ms at least", begun.tries.len()),
        actual: format!("{} tries in {took_ms} ms", begun.tries.len()),
        hint: Some(hint.to_owned()),
        ..named("again", "time")
    })
}

fn same_key(begun: &Begun, key: Option<&str>) -> Option<(Reaction, Difference)> {
    (begun.key.as_deref() != key).then(|| {
        let hint = "keep the key with what is to be sent, and send it again with each try";
        let difference = Difference {
            expected: "the key of the first request".to_owned(),
            actual: if key.is_some() { "another key" } else { "no key" }.to_owned(),
            hint: Some(hint.to_owned()),
            ..named("again", "key")
        };
        (Reaction::SameKey, difference)
    })
}

fn in_time(inject: Inject, begun: &Begun, request: &Received) -> Option<(Reaction, Difference)> {
    let (Inject::Unavailable(seconds) | Inject::TooMany(seconds)) = inject else { return None };
    let waited_ms = request.at_ms.saturating_sub(begun.request.at_ms);
    (waited_ms < seconds * 1_000).then(|| {
        let difference = Difference {
            expected: format!("nothing before {seconds} s, as Retry-After says"),
            actual: format!("the same request after {waited_ms} ms"),
            hint: Some(
                "read Retry-After, and wait at least so long (RFC 9110, section 10.2.3)".to_owned(),
            ),
            ..named("again", "time")
        };
        (Reaction::Waits, difference)
    })
}

fn anew(begun: &Begun, request: &Received) -> Option<(Reaction, Difference)> {
    let told = |actual: &str| {
        let difference = Difference {
            expected: "the resource is read, and its version named in If-Match".to_owned(),
            actual: actual.to_owned(),
            ..named("again", "header if-match")
        };
        Some((Reaction::ReadsAnew, difference))
    };
    match (&begun.read, request.header("if-match")) {
        (None, _) => told("it was not read before it was changed"),
        (Some(_), None) => told("no version is named"),
        (Some(Some(version)), Some(named)) if named != version => told("another version is named"),
        _ => None,
    }
}
