//! Requests of a system, judged: what breaks the contract, and the first request that shows it.

use super::{Received, exchanged};
use crate::{
    case::{Case, Level},
    result::{CaseResult, CaseVerdict, Difference, Exchanged},
    run::{payload, untested},
    suite::{Security, Suite},
};
use sluse_contracts::{
    Contract, JudgeOptions, MediaType, Occasion, Severity, Verdict, Violation, judge::RequestHead,
};

/// Most kinds of breaches of one operation that are kept.
const DIFFERENCES_MAX: usize = 100;

/// What was seen of one case.
#[derive(Debug, Default)]
pub(super) struct Keeps {
    n_seen: usize,
    differences: Vec<Difference>,
    exchanges: Vec<Exchanged>,
}

impl Keeps {
    pub(super) fn n_seen(&self) -> usize {
        self.n_seen
    }

    /// A request of the operation, and what is wrong with it: one breach of one constraint is told once.
    pub(super) fn note<'v>(
        &mut self,
        violations: impl Iterator<Item = &'v Violation>,
        request: &Received,
    ) {
        self.n_seen += 1;
        let step = format!("request {}", self.n_seen);
        let mut is_new = false;
        for violation in violations {
            let found = difference(&step, violation);
            let alike = |each: &Difference| each.what == found.what && each.path == found.path;
            if self.differences.len() < DIFFERENCES_MAX && !self.differences.iter().any(alike) {
                self.differences.push(found);
                is_new = true;
            }
        }
        if is_new {
            self.exchanges.push(exchanged(&step, request, None));
        }
    }

    /// A request for anything.
    pub(super) fn note_unknown(&mut self, operation: Option<&str>, request: &Received) {
        self.n_seen += 1;
        if operation.is_some() || self.differences.len() >= DIFFERENCES_MAX {
            return;
        }
        let step = format!("request {}", self.n_seen);
        self.differences.push(Difference {
            expected: "a method and a path of the contract".to_owned(),
            actual: format!("{} {}", request.method, request.path_alone()),
            ..named(&step, "operation")
        });
        self.exchanges.push(exchanged(&step, request, None));
    }

    /// A request that needs a token. Gives whether it shows one (RFC 6750, section 2.1).
    pub(super) fn note_token(&mut self, request: &Received) -> bool {
        self.n_seen += 1;
        let shown = request.header("authorization").and_then(|value| value.split_once(' '));
        let actual = match shown {
            Some((scheme, token))
                if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() =>
            {
                return true;
            }
            Some(_) => "another scheme",
            None => "no token",
        };
        let step = format!("request {}", self.n_seen);
        let found = Difference {
            expected: "a token in `Authorization: Bearer`".to_owned(),
            actual: actual.to_owned(),
            ..named(&step, "header authorization")
        };
        if !self.differences.iter().any(|each| each.actual == found.actual) {
            self.differences.push(found);
            self.exchanges.push(exchanged(&step, request, None));
        }
        false
    }

    pub(super) fn result(&self, case: &Case) -> CaseResult {
        let (verdict, reason) = match (self.n_seen, self.differences.is_empty()) {
            (0, _) => (CaseVerdict::NotTested, Some("no such request came".to_owned())),
            (_, true) => (CaseVerdict::Passed, None),
            (_, false) if case.level == Level::Must => (CaseVerdict::Failed, None),
            _ => (CaseVerdict::Warning, None),
        };
        CaseResult {
            reason,
            differences: self.differences.clone(),
            exchanges: self.exchanges.clone(),
            ..untested(case, verdict)
        }
    }
}

/// Whether requests of an operation need a token.
pub(super) fn asks_for_token(suite: &Suite, operation: &str) -> bool {
    let of = |bound: &Security| {
        bound.operations.is_empty() || bound.operations.iter().any(|each| each == operation)
    };
    suite.security.as_ref().is_some_and(of)
}

/// What is wrong with a request of an operation.
pub(super) fn judge(contract: &Contract, operation: &str, request: &Received) -> Vec<Violation> {
    let stated = request.header("content-type").and_then(|text| text.parse::<MediaType>().ok());
    let media_type = stated.clone().unwrap_or_else(MediaType::octet_stream);
    let said = (!request.body.is_empty())
        .then(|| payload(&request.headers, &request.body, &media_type, contract));
    let verdict = match said.transpose() {
        Err(violation) => Verdict::malformed(violation),
        Ok(payload) => {
            let query = request.path.split_once('?').map(|(_, query)| query);
            let headers: Vec<(&str, &str)> = request
                .headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let (method, path) = (request.method.as_str(), request.path_alone());
            let head = RequestHead { method, path, query, headers: &headers };
            let mut occasion = Occasion::request(operation).with_request(head);
            occasion.media_type = stated.as_ref();
            let options = JudgeOptions { show_values: true, ..JudgeOptions::default() };
            contract.judge(payload.as_ref(), &occasion, &options)
        }
    };
    let is_error = |violation: &Violation| violation.severity == Severity::Error;
    verdict.violations.into_iter().filter(is_error).collect()
}

fn difference(step: &str, violation: &Violation) -> Difference {
    let rule = violation.rule.as_ref();
    let what =
        rule.map_or_else(|| violation.code.to_string(), |it| format!("{it} ({})", violation.code));
    Difference {
        expected: violation.message.clone(),
        actual: violation.value.clone().unwrap_or_default(),
        path: Some(violation.path.clone()).filter(|path| !path.is_empty()),
        line: violation.line,
        column: violation.column,
        clause: violation.clause.clone(),
        constraint: violation.clause.clone().filter(|clause| clause.contains('#')),
        ..named(step, &what)
    }
}

/// A difference without anything but its name.
pub(super) fn named(step: &str, what: &str) -> Difference {
    Difference {
        step: step.to_owned(),
        what: what.to_owned(),
        expected: String::new(),
        actual: String::new(),
        path: None,
        line: None,
        column: None,
        constraint: None,
        clause: None,
        hint: None,
    }
}
