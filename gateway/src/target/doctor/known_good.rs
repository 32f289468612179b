//! One known-good exchange: a case that a system that works at all must hold, sent before the others.

use super::Patient;
use crate::target::{HttpTarget, http::reading};
use sluse_conformance::{
    Case, Kind, Target,
    result::{CaseResult, CaseVerdict, Exchanged},
    run::{RunOptions, Runner},
    target::Answer,
};
use std::collections::BTreeSet;

/// Most operations that are tried: one that fails may be broken, three of three are not found.
const TRIED_MAX: usize = 3;

/// What came of it.
#[derive(Debug)]
pub(super) struct Exchange {
    /// The answer that tells most; nothing where there is none.
    pub(super) answer: Option<Seen>,
    /// Why there is no answer.
    pub(super) silence: Option<String>,
    /// Whether a system that works answers so.
    pub(super) good: bool,
    /// What was asked, such as `GET /permits`.
    pub(super) asked: String,
}

/// An answer as a result keeps it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Seen {
    /// The first header of this name, in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
    }

    /// Whether it is a page for people.
    pub(super) fn is_page(&self) -> bool {
        let stated = self.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let start = self.body.trim_start().get(..15).unwrap_or_default().to_ascii_lowercase();
        stated.starts_with("text/html")
            || start.starts_with("<!doctype html")
            || start.starts_with("<html")
    }

    /// As an answer, for who asks for its headers.
    pub(super) fn as_answer(&self) -> Answer {
        Answer { status: self.status, headers: self.headers.clone(), body: Vec::new(), micros: 0 }
    }

    fn of(exchanged: &Exchanged) -> Option<Self> {
        let kept = exchanged.answer.as_ref()?;
        Some(Self {
            status: kept.start.parse().ok()?,
            headers: kept.headers.clone(),
            body: kept.body.clone().unwrap_or_default(),
        })
    }
}

/// Sends the cases that disturb least until one is answered as by a system that works.
pub(super) fn exchange(patient: &Patient<'_>, target: &HttpTarget) -> Exchange {
    let options = RunOptions {
        keep_all: true,
        now_unix_seconds: Some(patient.now_seconds()),
        ..RunOptions::default()
    };
    let runner = Runner::new(patient.contract, target, &options);
    let mut worst = None;
    for case in candidates(patient) {
        let result = runner.run(case);
        let exchange = told(&result);
        if exchange.good || exchange.silence.is_some() {
            return exchange;
        }
        worst = worst.or(Some(exchange));
    }
    worst.unwrap_or_else(|| plain(target))
}

/// Cases of different operations: those that change nothing first, then the shortest.
fn candidates<'a>(patient: &Patient<'a>) -> Vec<&'a Case> {
    let weight = |case: &&Case| {
        let steps = case.play.calls();
        let unsafe_ones = steps.iter().flat_map(|step| &step.requests);
        let unsafe_ones = unsafe_ones.filter(|it| !matches!(it.method.as_str(), "GET" | "HEAD"));
        (unsafe_ones.count(), steps.len())
    };
    let calls = |case: &&Case| {
        let steps = case.play.calls();
        !steps.is_empty() && steps.iter().all(|step| step.walk.is_none())
    };
    let positives = patient.plan.cases.iter().filter(|case| case.kind == Kind::Positive);
    let mut positives: Vec<&Case> = positives.filter(calls).collect();
    positives.sort_by_key(weight);
    let mut seen = BTreeSet::new();
    positives.retain(|case| seen.insert(case.operation.as_deref()));
    positives.truncate(TRIED_MAX);
    positives
}

fn told(result: &CaseResult) -> Exchange {
    let last = result.exchanges.iter().rev().find(|each| each.step != "restore");
    let first_bad = result
        .exchanges
        .iter()
        .find(|each| each.answer.as_ref().is_none_or(|kept| !kept.start.starts_with('2')));
    let told = first_bad.or(last);
    let answer = told.and_then(Seen::of);
    // Another good status than the contract's breaks a clause, which the cases tell: the system works.
    let succeeds = answer.as_ref().is_some_and(|answer| (200..300).contains(&answer.status));
    let status_holds = succeeds || !result.differences.iter().any(|each| each.what == "status");
    let reached = !matches!(result.verdict, CaseVerdict::SetUp | CaseVerdict::NotTested);
    let page = answer.as_ref().is_some_and(Seen::is_page);
    let silent = told.and_then(|each| each.no_answer.clone());
    Exchange {
        good: reached && status_holds && silent.is_none() && !page,
        silence: silent.or_else(|| result.reason.clone().filter(|_| told.is_none())),
        asked: told.map(|each| each.request.start.clone()).unwrap_or_default(),
        answer,
    }
}

/// No case can be sent: whatever the system says at its address.
fn plain(target: &HttpTarget) -> Exchange {
    let asked = "GET /".to_owned();
    match target.send(&reading("/")) {
        Ok(answer) => {
            let secrets = target.secrets();
            let headers = answer.headers.iter();
            let seen = Seen {
                status: answer.status,
                headers: headers.map(|(n, v)| (n.clone(), secrets.hide_text(v))).collect(),
                body: secrets.hide_text(&String::from_utf8_lossy(&answer.body)),
            };
            let good = !matches!(seen.status, 401 | 403 | 407 | 429 | 500..);
            Exchange { good, silence: None, asked, answer: Some(seen) }
        }
        Err(why) => Exchange { good: false, silence: Some(why.to_string()), asked, answer: None },
    }
}
