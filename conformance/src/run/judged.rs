//! What the contract says of an answer: the judge of the product itself, asked as the gateway asks it.

use super::{Runner, shown, value::Read};
use crate::{
    case::{Request, Step},
    derive::clauses_of_documents,
    result::Difference,
    target::Sent,
};
use sluse_contracts::{
    Contract, JudgeOptions, Occasion, Payload, Severity, Verdict, Violation, code,
    judge::{RequestHead, ResponseHead},
    schema::soap::SoapVersion,
};
use sluse_xml::{Document, Limits};

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
    if is_of_http(step, read, &verdict) {
        return judged;
    }
    let clause = clauses_of_documents(runner.contract, operation).into_iter().next();
    let of_answers = |difference: Difference| Difference {
        clause: difference.clause.or_else(|| clause.clone()),
        ..difference
    };
    if let Some(violation) = another_version(runner.contract, sent, read) {
        judged.errors.push(of_answers(shown::violation(step, &violation, read)));
    }
    for violation in &verdict.violations {
        let difference = of_answers(shown::violation(step, violation, read));
        match violation.severity {
            Severity::Error => judged.errors.push(difference),
            Severity::Warning => judged.warnings.push(difference),
            Severity::Info => {}
        }
    }
    if judged.errors.is_empty() && !is_accepted(&verdict) {
        // More were found than are kept, none of the kept ones an error.
        let sentence = "the answer keeps to the contract";
        let violation = Violation::syntax(code::MEDIA_TYPE, sentence);
        judged.errors.push(shown::violation(step, &violation, read));
    }
    judged
}

/// An envelope is answered by one of its own version (SOAP 1.2 part 1, section 2.8), but where that is not known.
fn another_version(contract: &Contract, sent: &Sent, read: &Read) -> Option<Violation> {
    let Ok(Some(Payload::Xml(answer))) = &read.payload else { return None };
    contract.manifest().wsdl.as_ref()?;
    let asked = Document::parse(sent.body.as_deref()?, None, &Limits::default()).ok()?;
    let known = |document: &Document| {
        let root = document.document_element();
        let version = [SoapVersion::V11, SoapVersion::V12].into_iter();
        let mut version = version.filter(|each| each.envelope() == document.namespace(root));
        version.next().filter(|_| document.local(root) == "Envelope")
    };
    let differs = known(&asked)? != known(answer)?;
    let sentence = "a request is answered by an envelope of its own version of SOAP";
    differs.then(|| {
        let (line, column) = answer.place(answer.document_element());
        let mut violation = Violation::syntax(code::SOAP_VERSION, sentence);
        (violation.line, violation.column) = (Some(line), Some(column));
        violation
    })
}

/// Whether the operation does not describe this answer, but HTTP itself gives its status to such a request: there is
/// nothing to judge it by.
fn is_of_http(step: &Step, read: &Read, verdict: &Verdict) -> bool {
    let not_declared = |violation: &Violation| violation.code == code::STATUS_NOT_DECLARED;
    step.expect.undeclared.contains(&read.answer.status)
        && verdict.violations.iter().any(not_declared)
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
