//! All that a consumer sent, kept so that the run can be judged again without it.
//!
//! The provider that we play is a function of the requests, of the moments at which they came and of one number; so what
//! it saw comes out again from these, verdict for verdict.

use super::{Played, Received, Reply, hidden};
use crate::{
    case::Case,
    derive::SampleAnswers,
    report::command::is_whole,
    result::{CaseResult, Heard, HeardRequest, Kept},
    run::kept,
    secrets::Secrets,
    suite::Suite,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sluse_contracts::Contract;

/// Most bytes of a consumer's bodies that a result keeps; of a run in which it sends more, nothing that passed can be judged again.
pub const HEARD_BYTES_MAX: usize = 64 << 20;

/// What is kept as it comes.
#[derive(Debug)]
pub(super) struct Record {
    seed: u128,
    n_bytes: usize,
    is_whole: bool,
    requests: Vec<HeardRequest>,
}

impl Record {
    pub(super) fn new(seed: u128) -> Self {
        Self { seed, n_bytes: 0, is_whole: true, requests: Vec::new() }
    }

    pub(super) fn add(&mut self, request: &Received, reply: &Reply) {
        self.n_bytes = self.n_bytes.saturating_add(request.body.len() + request.path.len());
        if self.n_bytes > HEARD_BYTES_MAX {
            self.is_whole = false;
            return;
        }
        let start = format!("{} {}", request.method, request.path);
        let request_kept =
            kept(&start, &hidden(&request.headers), &request.body, &Secrets::default());
        let whole = is_whole(&request_kept) && request_kept.headers.len() == request.headers.len();
        self.is_whole &= whole;
        let (at_ms, status) = (request.at_ms, reply.status);
        self.requests.push(HeardRequest { at_ms, request: request_kept, status });
    }

    pub(super) fn heard(self, ended_ms: u64) -> Heard {
        let Self { seed, is_whole, requests, .. } = self;
        Heard { seed: format!("{seed:032x}"), ended_ms, is_whole, requests }
    }
}

/// Whether enough was kept to judge a run again.
pub(crate) fn is_recorded(heard: &Heard) -> bool {
    heard.is_whole && heard.requests.iter().all(|each| is_whole(&each.request))
}

/// What was seen of these cases, seen again; nothing where the answers come out otherwise than they were given.
pub(crate) fn again(
    heard: &Heard,
    contract: &Contract,
    suite: &Suite,
    cases: &[&Case],
) -> Option<Vec<CaseResult>> {
    let answers = SampleAnswers::of(contract);
    let seed = u128::from_str_radix(&heard.seed, 16).ok()?;
    let mut played = Played::new(contract, suite, cases.iter().copied(), &answers, seed);
    for each in &heard.requests {
        let request = received(each)?;
        if played.receive(&request).status != each.status {
            return None;
        }
    }
    Some(played.results(cases.iter().copied(), heard.ended_ms))
}

fn received(heard: &HeardRequest) -> Option<Received> {
    let Kept { start, headers, body, body_base64, .. } = &heard.request;
    let (method, path) = start.split_once(' ')?;
    let body = match (body, body_base64) {
        (Some(text), _) => text.clone().into_bytes(),
        (None, Some(base64)) => BASE64.decode(base64).ok()?,
        (None, None) => Vec::new(),
    };
    Some(Received {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: headers.clone(),
        body,
        at_ms: heard.at_ms,
    })
}
