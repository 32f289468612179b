//! The system as it answered then: a target that gives the kept answers, in their order.

use crate::{
    case::{Body, Case, Credentials, Request, Shake, Step},
    result::{CaseResult, Exchanged, Kept},
    run::BETWEEN,
    secrets::Secrets,
    target::{Answer, NoAnswer, Sent, Shaken, Target},
    template::{Part, Slot, Template},
    walk::Walk,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// Why no answer came, by what results say of it.
const NO_ANSWERS: [NoAnswer; 8] = [
    NoAnswer::Unreachable,
    NoAnswer::Closed,
    NoAnswer::TooSlow,
    NoAnswer::TooLarge,
    NoAnswer::NotHttp,
    NoAnswer::NoCredentials,
    NoAnswer::Budget,
    NoAnswer::Unsendable,
];

pub(super) struct Recorded<'k> {
    exchanges: &'k [Exchanged],
    next: AtomicUsize,
    /// What the run had filled in, read from the requests that were kept.
    filled: HashMap<Slot, String>,
    /// The address of the service.
    address: &'k str,
    secrets: Secrets,
}

impl<'k> Recorded<'k> {
    pub(super) fn new(case: &Case, kept: &'k CaseResult, address: &'k str) -> Self {
        let steps = case.play.calls();
        let mut filled = HashMap::new();
        for step in steps {
            read_step(step, &kept.exchanges, &mut filled);
        }
        let (exchanges, next, secrets) =
            (&kept.exchanges[..], AtomicUsize::new(0), Secrets::default());
        Self { exchanges, next, filled, address, secrets }
    }
}

impl Target for Recorded<'_> {
    /// The next answer; none where the request is not the one that was sent then.
    fn send(&self, request: &Sent) -> Result<Answer, NoAnswer> {
        let at = self.next.fetch_add(1, Ordering::SeqCst);
        let kept = self.exchanges.get(at).filter(|kept| is_same(request, &kept.request));
        answer(kept.ok_or(NoAnswer::Budget)?)
    }

    fn send_together(&self, requests: &[Sent]) -> Vec<Result<Answer, NoAnswer>> {
        requests.iter().map(|request| self.send(request)).collect()
    }

    fn wait(&self, _time: Duration) {}

    fn fresh(&self, name: &str) -> String {
        self.filled.get(&Slot::Fresh(name.to_owned())).cloned().unwrap_or_default()
    }

    /// A secret stands in what was kept as its slot, and is filled in as that.
    fn given(&self, name: &str) -> Option<String> {
        let given = self.filled.get(&Slot::Given(name.to_owned())).cloned();
        Some(given.unwrap_or_else(|| Slot::Secret(name.to_owned()).to_string()))
    }

    fn below(&self, address: &str) -> Option<String> {
        let base = self.address.trim_end_matches('/');
        if let Some(rest) = address.strip_prefix(base) {
            return Some(rest.to_owned()).filter(|rest| rest.starts_with(['/', '?']));
        }
        let root = base.split_once("://").map_or(base, |(_, rest)| rest);
        let root = root.find('/').and_then(|at| root.get(at..)).unwrap_or_default();
        let below = address.strip_prefix(root).filter(|_| address.starts_with('/'));
        below.filter(|rest| rest.starts_with(['/', '?'])).map(str::to_owned)
    }

    fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    fn shake(&self, shake: Shake) -> Result<Shaken, NoAnswer> {
        let kept = self.exchanges.first().filter(|kept| kept.request.start == shake.to_string());
        let kept = kept.ok_or(NoAnswer::Budget)?;
        let Some(came) = &kept.answer else { return answer(kept).map(|_| Shaken::Bare) };
        came.start.parse().map_err(|()| NoAnswer::Budget)
    }

    fn credentials_shown(&self, _credentials: &Credentials) -> Vec<(String, String)> {
        Vec::new()
    }
}

fn answer(kept: &Exchanged) -> Result<Answer, NoAnswer> {
    let Some(answer) = &kept.answer else {
        let said = kept.no_answer.as_deref().unwrap_or_default();
        let why = NO_ANSWERS.into_iter().find(|why| why.to_string() == said);
        return Err(why.unwrap_or(NoAnswer::Budget));
    };
    Ok(Answer {
        status: answer.start.parse().map_err(|_| NoAnswer::NotHttp)?,
        headers: answer.headers.clone(),
        body: body(answer),
        micros: kept.micros,
    })
}

fn body(kept: &Kept) -> Vec<u8> {
    match (&kept.body, &kept.body_base64) {
        (Some(text), _) => text.clone().into_bytes(),
        (None, Some(base64)) => BASE64.decode(base64).unwrap_or_default(),
        (None, None) => Vec::new(),
    }
}

/// Whether the run sent what the case sends: as far as the body was kept.
fn is_same(sent: &Sent, kept: &Kept) -> bool {
    let then = body(kept);
    let now = sent.body.as_deref().unwrap_or_default();
    let whole = crate::report::command::is_whole(kept);
    let same_body = if whole { then == now } else { now.starts_with(&then) };
    same_body && kept.start == format!("{} {}", sent.method, sent.path)
}

/// Reads from the kept requests of a step what its slots were filled with.
fn read_step(step: &Step, exchanges: &[Exchanged], filled: &mut HashMap<Slot, String>) {
    let of_step = exchanges.iter().filter(|each| each.step == step.name);
    for (request, kept) in step.requests.iter().zip(of_step) {
        read_request(request, &kept.request, filled);
    }
    let during = exchanges.iter().filter(|each| each.step == BETWEEN);
    let between = step.walk.iter().flat_map(Walk::all_between);
    for (request, kept) in between.zip(during) {
        read_request(request, &kept.request, filled);
    }
}

fn read_request(request: &Request, kept: &Kept, filled: &mut HashMap<Slot, String>) {
    if let Some((_, path)) = kept.start.split_once(' ') {
        read(&request.path, path, filled);
    }
    for (name, template) in &request.headers {
        // The last of the name: credentials stand before the case's own.
        if let Some((_, value)) = kept.headers.iter().rev().find(|(each, _)| each == name) {
            read(template, value, filled);
        }
    }
    match (&request.body, &kept.body, &kept.body_base64) {
        (Body::Text(template), Some(text), _) => read(template, text, filled),
        (Body::Coded(_, template), _, Some(coded)) => {
            let bytes = BASE64.decode(coded).unwrap_or_default();
            if let Ok(text) = sluse_xml::decode(&bytes, None) {
                read(template, &text, filled);
            }
        }
        _ => {}
    }
}

/// What stands in a text where a template has slots. A slot ends where the text after it begins, or at the end.
fn read(template: &Template, text: &str, filled: &mut HashMap<Slot, String>) {
    let mut rest = text;
    let mut parts = template.parts().iter().peekable();
    while let Some(part) = parts.next() {
        match part {
            Part::Literal(literal) => match rest.strip_prefix(literal.as_str()) {
                Some(after) => rest = after,
                None => return,
            },
            Part::Slot(slot) => {
                let known = filled
                    .get(slot)
                    .filter(|known| rest.starts_with(known.as_str()))
                    .map(String::len);
                let end = known.or_else(|| match parts.peek() {
                    Some(Part::Literal(literal)) => rest.find(literal.as_str()),
                    // Two slots side by side cannot be told apart.
                    Some(Part::Slot(_)) => None,
                    None => Some(rest.len()),
                });
                let Some((value, after)) = end.and_then(|end| rest.split_at_checked(end)) else {
                    return;
                };
                filled.entry(slot.clone()).or_insert_with(|| value.to_owned());
                rest = after;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_slots_were_filled_with() {
        let template =
            Template::parse("/p/{{fresh:key}}/x?{{captured:id}}&k={{fresh:key}}").unwrap();
        let mut filled = HashMap::new();
        read(&template, "/p/a-1/x?7&k=a-1", &mut filled);
        assert_eq!(filled[&Slot::Fresh("key".into())], "a-1");
        assert_eq!(filled[&Slot::Captured("id".into())], "7");
        let mut none = HashMap::new();
        read(&template, "/q/a-1", &mut none);
        assert!(none.is_empty());
    }
}
