//! What the contract says of an answer: the judge of the product itself, asked as the gateway asks it.

use super::{Runner, shown, value::Read};
use crate::{
    case::{Request, Step},
    result::Difference,
    target::Sent,
};
use sluse_contracts::{
    Contract, JudgeOptions, Occasion, Severity, Verdict, Violation,
    judge::{RequestHead, ResponseHead},
};

/// What was found.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) errors: Vec<Difference>,
    pub(super) warnings: Vec<Difference>,
}

/// Judges an answer as one of the request's operation.
pub(super) fn judge(
    runner: Runner<'_>,
    step: &Step,
    request: &Request,
    sent: &Sent,
    read: &Read,
) -> Judged {
    let Some(operation) = &request.operation else { return Judged::default() };
    if !speaks_of(runner.contract, sent, read.answer.status) {
        return Judged::default();
    }
    let verdict = match &read.payload {
        Err(violation) => Verdict::malformed((**violation).clone()),
        Ok(payload) => {
            let told = Told { sent, read, operation };
            let options = JudgeOptions {
                show_values: true,
                now_unix_seconds: runner.options.now_unix_seconds,
                ..JudgeOptions::default()
            };
            told.ask(|occasion| runner.contract.judge(payload.as_ref(), occasion, &options))
        }
    };
    let mut judged = Judged::default();
    for violation in &verdict.violations {
        let difference = shown::violation(step, violation, read);
        match violation.severity {
            Severity::Error => judged.errors.push(difference),
            Severity::Warning => judged.warnings.push(difference),
            Severity::Info => {}
        }
    }
    if judged.errors.is_empty() && !is_accepted(&verdict) {
        // More were found than are kept, none of the kept ones an error.
        let sentence = "the answer keeps to the contract";
        let violation = Violation::syntax(sluse_contracts::code::MEDIA_TYPE, sentence);
        judged.errors.push(shown::violation(step, &violation, read));
    }
    judged
}

fn is_accepted(verdict: &Verdict) -> bool {
    verdict.outcome == sluse_contracts::Outcome::Accepted
}

/// Without a description that speaks of failures too, the contract's response is the business answer; the answer to HEAD
/// has no content to judge.
fn speaks_of(contract: &Contract, sent: &Sent, status: u16) -> bool {
    let manifest = contract.manifest();
    let described = manifest.openapi.is_some() || manifest.wsdl.is_some();
    sent.method != "HEAD" && (described || (200..300).contains(&status))
}

struct Told<'a> {
    sent: &'a Sent,
    read: &'a Read,
    operation: &'a str,
}

impl Told<'_> {
    fn ask(&self, judge: impl FnOnce(&Occasion<'_>) -> Verdict) -> Verdict {
        let (path, query) = match self.sent.path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (self.sent.path.as_str(), None),
        };
        let asked = pairs(&self.sent.headers);
        let said = pairs(&self.read.answer.headers);
        let request = RequestHead { method: &self.sent.method, path, query, headers: &asked };
        let response = ResponseHead { status: self.read.answer.status, headers: &said };
        let mut occasion =
            Occasion::response(self.operation).with_request(request).with_response(response);
        occasion.media_type = self.read.media_type.as_ref();
        judge(&occasion)
    }
}

fn pairs(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
