//! What a system of XML thinks of a message: the judge's word, but for what is let through.

use super::Received;
use sluse_contracts::{
    Contract, JudgeOptions, MediaType, Message, Occasion, Payload, Violation, judge::RequestHead,
    payload::Limits,
};

/// What is taken though it breaks a rule: by the beginning of its name, at places that hold a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::reference::xml) struct Takes {
    pub(in crate::reference::xml) rule: &'static str,
    pub(in crate::reference::xml) path: &'static str,
}

impl Takes {
    fn lets(self, violation: &Violation) -> bool {
        violation.rule.as_deref().is_some_and(|rule| rule.starts_with(self.rule))
            && violation.path.contains(self.path)
    }
}

/// A body that was read, and the first rule that it breaks, where it breaks one that is not let through.
pub(super) struct Judged {
    pub(super) document: std::sync::Arc<sluse_xml::Document>,
    pub(super) wrong: Option<Violation>,
}

/// Judges a request as the contract has it; nothing where it is not well-formed.
pub(super) fn judge(
    contract: &Contract,
    operation: &str,
    received: &Received,
    let_through: &[Takes],
) -> Option<Judged> {
    let stated = received.header("content-type").and_then(|stated| stated.parse().ok());
    let media_type: MediaType = stated.unwrap_or_else(MediaType::xml);
    let message = Message::new(media_type.clone(), received.body.clone());
    let payload = Payload::parse(&message, &Limits::default()).ok()?;
    let headers = received.headers.iter();
    let headers: Vec<(&str, &str)> =
        headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
    let method = received.method.as_str();
    let head = RequestHead { method, path: &received.path, query: None, headers: &headers };
    let occasion = Occasion::request(operation).of_type(&media_type).with_request(head);
    let options = JudgeOptions { show_values: true, ..JudgeOptions::default() };
    let verdict = contract.judge(Some(&payload), &occasion, &options);
    let wrong = |it: &Violation| it.rejects() && !let_through.iter().any(|takes| takes.lets(it));
    let wrong = verdict.violations.into_iter().find(wrong);
    let Payload::Xml(document) = payload else { return None };
    Some(Judged { document, wrong })
}
