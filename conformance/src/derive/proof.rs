//! What the judge says of a request before it is sent: a case is made only of what is proved.

use crate::{
    case::{Body, Request},
    suite::FreshForm,
    template::{Slot, Template},
};
use sluse_contracts::{
    Contract, JudgeOptions, MediaType, Message, Occasion, Payload, Severity, Verdict,
    judge::RequestHead, payload::Limits,
};
use std::collections::BTreeMap;

/// A violation, as a proof needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The place of the constraint; empty where none stands behind it.
    pub place: String,
    /// The keyword, or the code where there is none.
    pub rule: String,
    /// Where in the message.
    pub path: String,
    /// Whether it rejects.
    pub is_error: bool,
}

/// What a request broke instead of one constraint alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Miss {
    /// Nothing.
    Accepted,
    /// Others, by their rules.
    Others(Vec<String>),
}

/// Judges requests whose slots stand for values that fit.
#[derive(Debug)]
pub(crate) struct Prover<'p> {
    contract: &'p Contract,
    limits: Limits,
    /// Values that stand for slots.
    pub(crate) stand_ins: BTreeMap<Slot, String>,
}

/// What the judge tells of a request whose slots stand for `x`: nothing where it keeps to the contract.
pub fn told_of(contract: &Contract, request: &Request) -> Vec<Told> {
    Prover::new(contract).told(request)
}

/// A value that stands for a new one of this form.
pub(crate) fn stand_in(form: FreshForm) -> &'static str {
    match form {
        FreshForm::Uuid => "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
        FreshForm::Digits => "1000000017",
        FreshForm::Text => "a1b2c3d4e5f6",
    }
}

impl<'p> Prover<'p> {
    pub(crate) fn new(contract: &'p Contract) -> Self {
        let limits = Limits {
            duplicate_members_allowed: contract.manifest().duplicate_members,
            ..Limits::default()
        };
        Self { contract, limits, stand_ins: BTreeMap::new() }
    }

    /// The text of a template, with what stands for its slots.
    pub(crate) fn fill(&self, template: &Template) -> String {
        let value =
            |slot: &Slot| Some(self.stand_ins.get(slot).cloned().unwrap_or_else(|| "x".into()));
        template.fill(value).unwrap_or_default()
    }

    /// What the judge tells of a request.
    pub(crate) fn told(&self, request: &Request) -> Vec<Told> {
        let path = self.fill(&request.path);
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path.as_str(), None),
        };
        let headers: Vec<(&str, String)> =
            request.headers.iter().map(|(name, text)| (name.as_str(), self.fill(text))).collect();
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let stated = headers.iter().find(|(name, _)| *name == "content-type");
        let media_type: Option<MediaType> = stated.and_then(|(_, text)| text.parse().ok());
        let bytes = match &request.body {
            Body::None => None,
            Body::Text(text) => Some(self.fill(text).into_bytes()),
            Body::Coded(coding, text) => Some(coding.encode(&self.fill(text))),
            Body::Bytes(bytes) => Some(bytes.clone()),
        };
        let payload = match bytes.filter(|bytes| !bytes.is_empty()) {
            None => None,
            Some(bytes) => {
                let media_type = media_type.clone().unwrap_or_else(MediaType::octet_stream);
                match Payload::parse(&Message::new(media_type, bytes), &self.limits) {
                    Ok(payload) => Some(payload),
                    Err(violation) => return told(Verdict::malformed(violation)),
                }
            }
        };
        let operation = request.operation.as_deref().unwrap_or_default();
        let head = RequestHead { method: &request.method, path, query, headers: &headers };
        let mut occasion = Occasion::request(operation).with_request(head);
        occasion.media_type = media_type.as_ref();
        let options = JudgeOptions { show_values: true, ..JudgeOptions::default() };
        told(self.contract.judge_by_place(payload.as_ref(), &occasion, &options))
    }

    /// Whether a request keeps to everything.
    pub(crate) fn keeps(&self, request: &Request) -> bool {
        self.told(request).is_empty()
    }

    /// Whether a request breaks the constraint at this place, and nothing else.
    pub(crate) fn breaks(&self, request: &Request, place: &str) -> Result<(), Miss> {
        let told = self.told(request);
        match told.as_slice() {
            [] => Err(Miss::Accepted),
            [only] if only.is_error && only.place == place => Ok(()),
            several => Err(Miss::Others(several.iter().map(|told| told.rule.clone()).collect())),
        }
    }
}

fn told(verdict: Verdict) -> Vec<Told> {
    let violations = verdict.violations.into_iter().map(|violation| Told {
        place: violation.clause.unwrap_or_default(),
        rule: violation.rule.unwrap_or_else(|| violation.code.to_string()),
        path: violation.path,
        is_error: violation.severity == Severity::Error,
    });
    violations.collect()
}
