//! Differences as people read them: what must be and what came, side by side, and what to look at first.

use super::{keep::cut, value::Found, value::Read};
use crate::{
    case::{Must, Source, Statuses, Step},
    result::Difference,
    secrets::Secrets,
    target::{Answer, NoAnswer, Sent},
    walk::WalkFault,
};
use sluse_contracts::Violation;
use sluse_xml::Document;

/// Most bytes of a value that is shown.
const SHOWN_BYTES_MAX: usize = 300;

fn difference(step: &Step, what: String, expected: String, actual: String) -> Difference {
    Difference {
        step: step.name.clone(),
        what,
        expected,
        actual,
        path: None,
        line: None,
        column: None,
        constraint: None,
        clause: None,
        hint: None,
    }
}

/// Without secrets.
pub(super) fn hidden(difference: Difference, secrets: &Secrets) -> Difference {
    Difference {
        expected: secrets.hide_text(&difference.expected),
        actual: secrets.hide_text(&difference.actual),
        path: difference.path.map(|path| secrets.hide_text(&path)),
        hint: difference.hint.map(|hint| secrets.hide_text(&hint)),
        ..difference
    }
}

/// No answer came.
pub(super) fn no_answer(step: &Step, why: NoAnswer) -> Difference {
    let hint = match why {
        NoAnswer::TooSlow => {
            "the system took the request and did not answer in `request-timeout-ms`"
        }
        NoAnswer::TooLarge => "the system sent more than `answer-bytes-max`",
        NoAnswer::Closed => "look into the system's log: it may have crashed over the request",
        _ => "look at what the system sends first, with `sluse conformance replay`",
    };
    let expected = match step.expect.statuses.as_slice() {
        [] => "an answer".to_owned(),
        statuses => format!("an answer with status {}", ranges(statuses)),
    };
    let hint = Some(hint.to_owned());
    Difference { hint, ..difference(step, "answer".to_owned(), expected, why.to_string()) }
}

/// Another status.
pub(super) fn status(step: &Step, sent: &Sent, answer: &Answer) -> Difference {
    let hint = match answer.status {
        300..=399 => {
            let place = answer.header("location").unwrap_or("nowhere");
            Some(format!("the system redirects to {place}; redirects are not followed"))
        }
        404 => Some("the address may lack a base path, or the resource was not kept".to_owned()),
        405 => Some(format!("the system does not take {} here", sent.method)),
        406 | 415 => Some("the system does not know the media type of the contract".to_owned()),
        500..=599 => Some("the system failed: look into its log at this time".to_owned()),
        200..=299 if takes_no_success(step) => {
            Some("the system took what the contract has it refuse".to_owned())
        }
        _ => None,
    };
    let expected = ranges(&step.expect.statuses);
    let actual = answer.status.to_string();
    Difference { hint, ..difference(step, "status".to_owned(), expected, actual) }
}

fn takes_no_success(step: &Step) -> bool {
    step.expect.statuses.iter().all(|range| range.from >= 300)
}

/// A breach of the contract in the answer.
pub(super) fn violation(step: &Step, violation: &Violation, read: &Read) -> Difference {
    let code = violation.code;
    let rule = violation.rule.as_ref();
    let what = rule.map_or_else(|| code.to_string(), |rule| format!("{rule} ({code})"));
    let actual = match &violation.value {
        Some(value) => cut(value, SHOWN_BYTES_MAX).to_owned(),
        None => found_at(violation, read),
    };
    Difference {
        path: Some(violation.path.clone()).filter(|path| !path.is_empty()),
        line: violation.line,
        column: violation.column,
        clause: violation.clause.clone(),
        constraint: violation.clause.clone().filter(|clause| clause.contains('#')),
        ..difference(step, what, violation.message.clone(), actual)
    }
}

/// What stands where a violation is, where the violation itself does not say.
fn found_at(violation: &Violation, read: &Read) -> String {
    let value = read.value(&Source::Json(violation.path.clone()));
    match value {
        Some(found) if !found.text.is_empty() => cut(&found.text, SHOWN_BYTES_MAX).to_owned(),
        _ if read.answer.body.is_empty() => "no content".to_owned(),
        _ => match read.answer.header("content-type") {
            Some(stated) => format!("{} bytes of {stated}", read.answer.body.len()),
            None => format!("{} bytes without a media type", read.answer.body.len()),
        },
    }
}

/// A value that later steps need is not there.
pub(super) fn absent(step: &Step, at: &Source) -> Difference {
    let (what, path) = place(at);
    Difference { path, ..difference(step, what, "to be there".to_owned(), "absent".to_owned()) }
}

/// Another value.
pub(super) fn value(
    step: &Step,
    read: &Read,
    (at, must): (&Source, &Must),
    found: Option<&Found>,
    wanted: &str,
) -> Difference {
    let (what, path) = place(at);
    let wanted = cut(wanted, SHOWN_BYTES_MAX);
    let expected = match must {
        Must::BePresent => "to be there".to_owned(),
        Must::BeAbsent => "not to be there".to_owned(),
        Must::Equal(_) => wanted.to_owned(),
        Must::Differ(_) => format!("anything but {wanted}"),
        Must::Begin(_) => format!("a text that begins with {wanted}"),
        Must::BeNamed(_) => format!("the name {wanted}"),
    };
    let actual = found.map_or("absent", |found| cut(&found.text, SHOWN_BYTES_MAX)).to_owned();
    let place = found.map_or_else(|| read.nearest(at), |found| found.place);
    let (line, column) = (place.map(|at| at.0), place.map(|at| at.1));
    Difference { path, line, column, ..difference(step, what, expected, actual) }
}

/// A list that is not as it must be.
pub(super) fn list(step: &Step, fault: WalkFault) -> Difference {
    let WalkFault { expected, actual, path } = fault;
    Difference { path, ..difference(step, "list".to_owned(), expected, actual) }
}

/// Another number of answers.
pub(super) fn count(
    step: &Step,
    statuses: Statuses,
    (least, most): (usize, usize),
    found: &[u16],
) -> Difference {
    let number = if least == most { least.to_string() } else { format!("{least} to {most}") };
    let expected = format!("{number} of {} answers with status {}", found.len(), range(statuses));
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    difference(step, "statuses together".to_owned(), expected, found.join(", "))
}

/// An answer that is not that of an earlier step: its status, where that differs.
pub(super) fn unlike(step: &Step, name: &str, now: &Read, before: Option<u16>) -> Difference {
    let expected = match before {
        Some(status) => format!("{status}, as in `{name}`"),
        None => format!("the answer of `{name}`"),
    };
    difference(step, "status".to_owned(), expected, now.answer.status.to_string())
}

/// An answer whose body does not say what that of an earlier step says.
pub(super) fn unlike_at(
    step: &Step,
    name: &str,
    before: &Read,
    now: &Read,
    path: String,
) -> Difference {
    let is_json = matches!(now.payload, Ok(Some(sluse_contracts::Payload::Json(_))));
    let at = Source::Json(path.clone());
    let show = |read: &Read| {
        let found = read.value(&at).map(|found| found.text);
        let whole = || match std::str::from_utf8(&read.answer.body) {
            Ok(text) if !text.is_empty() => text.to_owned(),
            _ => format!("{} bytes", read.answer.body.len()),
        };
        let text = if is_json { found.unwrap_or_else(|| "absent".to_owned()) } else { whole() };
        cut(&text, SHOWN_BYTES_MAX).to_owned()
    };
    let place = now.value(&at).and_then(|found| found.place).or_else(|| now.nearest(&at));
    Difference {
        path: Some(path).filter(|path| !path.is_empty()),
        line: place.map(|at| at.0),
        column: place.map(|at| at.1),
        hint: Some(format!("the answer says something else than that of `{name}`")),
        ..difference(step, "body".to_owned(), show(before), show(now))
    }
}

/// An answer that is not the document that was sent. The path is that of its first element that says something else.
pub(super) fn not_as_sent(
    step: &Step,
    name: &str,
    sent: &Document,
    now: &Read,
    path: &str,
) -> Difference {
    let Ok(Some(sluse_contracts::Payload::Xml(document))) = &now.payload else {
        let (expected, actual) = (format!("the document of `{name}`"), "another body".to_owned());
        return difference(step, "body".to_owned(), expected, actual);
    };
    let text = |document: &Document| {
        let found = document.descendants(document.root()).find(|node| document.path(*node) == path);
        let text = found.map(|node| document.string_value(node).trim().to_owned());
        let text = text.unwrap_or_else(|| "absent".to_owned());
        cut(&text, SHOWN_BYTES_MAX).to_owned()
    };
    let at = document.descendants(document.root()).find(|node| document.path(*node) == path);
    let (line, column) = at.map(|node| document.place(node)).unzip();
    Difference {
        line,
        column,
        hint: Some(format!("the document says something else than the one sent in `{name}`")),
        path: Some(path.to_owned()).filter(|path| !path.is_empty()),
        ..difference(step, "body".to_owned(), text(sent), text(document))
    }
}

fn place(at: &Source) -> (String, Option<String>) {
    match at {
        Source::Header(name) => (format!("header {name}"), None),
        Source::Json(path) | Source::Xml(path) => ("body".to_owned(), Some(path.clone())),
    }
}

fn ranges(statuses: &[Statuses]) -> String {
    let each: Vec<String> = statuses.iter().copied().map(range).collect();
    each.join(" or ")
}

fn range(statuses: Statuses) -> String {
    match statuses {
        Statuses { from, to } if from == to => from.to_string(),
        Statuses { from, to } => format!("{from} to {to}"),
    }
}
