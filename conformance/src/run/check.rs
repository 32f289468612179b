//! What else must hold of a step's answers: values, sameness, numbers of them.

use super::{say, shown, value::Read};
use crate::{
    case::{Check, Must, Statuses, Step},
    result::Difference,
    target::Sent,
    template::{Slot, Template},
};
use sluse_contracts::Payload;
use sluse_xml::{Document, Limits};
use std::collections::BTreeMap;

/// How the answers differ from what the checks of a step demand.
pub(super) fn all(
    step: &Step,
    reads: &[Read],
    (earlier, sent): (&BTreeMap<String, Read>, &BTreeMap<String, Sent>),
    fill: impl Fn(&Template) -> Result<String, Slot>,
) -> Vec<Difference> {
    let mut differences = Vec::new();
    for check in &step.expect.checks {
        match check {
            Check::Value { at, must } => {
                for read in reads {
                    differences.extend(value(step, read, at, must, &fill));
                }
            }
            Check::SameAs(name) => {
                let before = earlier.get(name);
                for read in reads {
                    differences.extend(same(step, name, before, read));
                }
            }
            Check::AsSent(name) => {
                let sent = sent.get(name);
                differences.extend(reads.iter().filter_map(|read| as_sent(step, name, sent, read)));
            }
            Check::Alike(statuses) => differences.extend(alike(step, *statuses, reads)),
            Check::Count { statuses, least, most } => {
                let fits = |read: &&Read| statuses.holds(read.answer.status);
                let count = reads.iter().filter(fits).count();
                if !(*least..=*most).contains(&count) {
                    let found = reads.iter().map(|read| read.answer.status).collect::<Vec<_>>();
                    differences.push(shown::count(step, *statuses, (*least, *most), &found));
                }
            }
        }
    }
    differences
}

fn value(
    step: &Step,
    read: &Read,
    at: &crate::case::Source,
    must: &Must,
    fill: &impl Fn(&Template) -> Result<String, Slot>,
) -> Option<Difference> {
    let found = read.value(at);
    let wanted = match must {
        Must::BePresent | Must::BeAbsent => String::new(),
        Must::Equal(template)
        | Must::Differ(template)
        | Must::Begin(template)
        | Must::BeNamed(template) => {
            match fill(template) {
                Ok(wanted) => wanted,
                // What an earlier answer did not say cannot be said again.
                Err(slot) => slot.to_string(),
            }
        }
    };
    let equal = |found: &super::value::Found| match &found.json {
        Some(json) => say::json_says(json, &wanted),
        None => say::same_text(&found.text, &wanted),
    };
    let holds = match (must, &found) {
        (Must::BePresent, found) => found.is_some(),
        (Must::BeAbsent, found) => found.is_none(),
        (Must::Equal(_), Some(found)) => equal(found),
        (Must::Differ(_), Some(found)) => !equal(found),
        (Must::Begin(_), Some(found)) => found.text.starts_with(&wanted),
        (Must::BeNamed(_), Some(found)) => local_name(&found.text) == wanted,
        (Must::Equal(_) | Must::Differ(_) | Must::Begin(_) | Must::BeNamed(_), None) => false,
    };
    (!holds).then(|| shown::value(step, read, (at, must), found.as_ref(), &wanted))
}

/// All answers with a status in the range say what the first of them says.
fn alike(step: &Step, statuses: Statuses, reads: &[Read]) -> Option<Difference> {
    let mut fitting = reads.iter().filter(|read| statuses.holds(read.answer.status));
    let Some(first) = fitting.next() else {
        let found: Vec<u16> = reads.iter().map(|read| read.answer.status).collect();
        return Some(shown::count(step, statuses, (1, reads.len()), &found));
    };
    fitting.find_map(|other| same(step, &step.name, Some(first), other))
}

fn same(step: &Step, name: &str, before: Option<&Read>, now: &Read) -> Option<Difference> {
    let Some(before) = before else { return Some(shown::unlike(step, name, now, None)) };
    if before.answer.status != now.answer.status {
        let status = Some(before.answer.status);
        return Some(shown::unlike(step, name, now, status));
    }
    let path = match (&before.payload, &now.payload) {
        (Ok(Some(Payload::Json(a))), Ok(Some(Payload::Json(b)))) => {
            say::json_differs(a.value(), b.value())
        }
        (Ok(Some(Payload::Xml(a))), Ok(Some(Payload::Xml(b)))) => say::xml_differs(a, b),
        _ => (before.answer.body != now.answer.body).then(String::new),
    };
    path.map(|path| shown::unlike_at(step, name, before, now, path))
}

/// The local part of a qualified name, without what a dot adds to it.
fn local_name(text: &str) -> &str {
    let local = text.trim().rsplit(':').next().unwrap_or_default();
    local.split('.').next().unwrap_or_default()
}

/// The answer is the document that was sent.
fn as_sent(step: &Step, name: &str, sent: Option<&Sent>, now: &Read) -> Option<Difference> {
    let body = sent.and_then(|sent| sent.body.as_deref()).unwrap_or_default();
    let sent = Document::parse(body, None, &Limits::default()).ok()?;
    let path = match &now.payload {
        Ok(Some(Payload::Xml(document))) => say::xml_differs(&sent, document)?,
        _ => String::new(),
    };
    Some(shown::not_as_sent(step, name, &sent, now, &path))
}

#[cfg(test)]
mod tests {
    use super::local_name;

    #[test]
    fn the_code_of_a_fault_is_known_whatever_its_prefix_and_what_a_dot_adds() {
        for text in ["soap:Client", "Client", " s:Client.Schema ", "Client.Schema.Length"] {
            assert_eq!(local_name(text), "Client", "{text}");
        }
        assert_eq!(local_name("soap:MustUnderstand"), "MustUnderstand");
    }
}
