//! What a consumer does after one of its requests was answered by what real life brings.

use super::{Received, Reply, cases::word_of, exchanged, keeps::named};
use crate::{
    case::{Case, Inject, Level, Reaction},
    result::{CaseResult, CaseVerdict, Difference, Exchanged},
    run::untested,
};

/// Most exchanges that are kept of one watch.
const EXCHANGES_MAX: usize = 20;

/// One answer that is brought about once for an operation, and all that is looked at then.
#[derive(Debug)]
pub(super) struct Watch<'p> {
    operation: &'p str,
    inject: Inject,
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
    /// Whether the same was sent again.
    repeated: bool,
    differences: Vec<(Reaction, Difference)>,
    exchanges: Vec<Exchanged>,
    /// Whether the next answer is the one to this watch's last request.
    awaits: bool,
}

impl<'p> Watch<'p> {
    pub(super) fn new(operation: &'p str, inject: Inject, case: &'p Case, must: Reaction) -> Self {
        Self { operation, inject, cases: vec![(case, must)], begun: None }
    }

    pub(super) fn is_of(&self, operation: &str, inject: Inject) -> bool {
        self.operation == operation && self.inject == inject
    }

    pub(super) fn add(&mut self, case: &'p Case, must: Reaction) {
        self.cases.push((case, must));
    }

    /// Whether this request is one to answer so.
    pub(super) fn waits_for(&self, operation: &str, request: &Received) -> bool {
        let fits = self.inject != Inject::Stale || request.header("if-match").is_some();
        self.begun.is_none() && self.operation == operation && fits
    }

    /// The request is answered so now.
    pub(super) fn begin(&mut self, request: &Received, key: Option<String>) -> Inject {
        self.begun = Some(Begun {
            request: request.clone(),
            key,
            read: None,
            repeated: false,
            differences: Vec::new(),
            exchanges: Vec::new(),
            awaits: true,
        });
        self.inject
    }

    /// Looks at a request that came after. Gives whether it is the same as the one that was answered so, sent again.
    pub(super) fn see(
        &mut self,
        operation: Option<&str>,
        request: &Received,
        key: Option<&str>,
    ) -> bool {
        let (inject, own) = (self.inject, self.operation);
        let Some(begun) = &mut self.begun else { return false };
        let same_path = request.path_alone() == begun.request.path_alone();
        if inject == Inject::Stale && same_path && request.method == "GET" {
            begun.awaits = true;
            begun.read = Some(None);
            return false;
        }
        let again = operation == Some(own)
            && same_path
            && (request.body == begun.request.body || inject == Inject::Stale);
        if !again || begun.repeated {
            return again;
        }
        (begun.repeated, begun.awaits) = (true, true);
        let found = [same_key(begun, key), in_time(inject, begun, request), anew(begun, request)];
        begun.differences.extend(found.into_iter().flatten());
        true
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

    /// Whether nothing more is waited for.
    pub(super) fn is_done(&self) -> bool {
        self.begun.as_ref().is_some_and(|begun| begun.repeated)
    }

    /// What is waited for, in words.
    pub(super) fn waited_for(&self) -> Option<String> {
        let (operation, when) = (self.operation, word_of(self.inject));
        match &self.begun {
            None => Some(format!("one more request of `{operation}`, to be answered `{when}`")),
            Some(begun) if !begun.repeated => {
                Some(format!("what the consumer does after `{when}` to `{operation}`"))
            }
            Some(_) => None,
        }
    }

    pub(super) fn results(&self) -> Vec<CaseResult> {
        self.cases.iter().map(|(case, must)| self.result(case, *must)).collect()
    }

    fn result(&self, case: &Case, must: Reaction) -> CaseResult {
        let Some(begun) = &self.begun else {
            let reason =
                format!("no request of `{}` came that could be answered so", self.operation);
            return CaseResult { reason: Some(reason), ..untested(case, CaseVerdict::NotTested) };
        };
        let of_it = begun.differences.iter().filter(|(reaction, _)| *reaction == must);
        let mut differences: Vec<Difference> = of_it.map(|(_, it)| it.clone()).collect();
        if must == Reaction::Retries && !begun.repeated {
            let expected = "the same request again".to_owned();
            let actual = "none before the end of the run".to_owned();
            differences.push(Difference { expected, actual, ..named("again", "request") });
        }
        let failed = match case.level {
            Level::Must => CaseVerdict::Failed,
            Level::Should | Level::May => CaseVerdict::Warning,
        };
        let (verdict, reason) = match (differences.is_empty(), begun.repeated) {
            (false, _) => (failed, None),
            (true, true) => (CaseVerdict::Passed, None),
            (true, false) => {
                (CaseVerdict::NotTested, Some("it was not sent again before the end".to_owned()))
            }
        };
        let exchanges = begun.exchanges.clone();
        CaseResult { reason, differences, exchanges, ..untested(case, verdict) }
    }
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
