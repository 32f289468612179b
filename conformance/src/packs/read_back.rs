//! What was accepted is read back as it was sent.

use super::{
    Requests, edit,
    prepare::{captures, removal},
};
use crate::{
    case::{Case, Check, Expect, Kind, Must, Play, Purpose, Request, Source, Step},
    suite::{Preconditions, Resource, Suite},
    template::Template,
};
use serde_json::Value;
use sluse_contracts::MediaType;

/// The step that reads a resource and compares it with the request of the step `made` that made or changed it; nothing
/// where the suite does not say how it is read, or the request has a body neither of JSON nor of XML.
pub fn read_back(
    requests: &dyn Requests,
    resource: &Resource,
    made: &str,
    sent: &Request,
) -> Option<Step> {
    let operation = resource.read.as_deref()?;
    let request = requests.valid(operation)?;
    let checks = match edit::json(&sent.body) {
        Some(body) => members(resource, &body)?,
        None if is_xml(sent) => vec![Check::AsSent(made.to_owned())],
        None => return None,
    };
    let expect =
        Expect { statuses: requests.success(operation), judged: true, checks, ..Expect::default() };
    let mut step = Step::new("read-back", Purpose::Test, request, expect);
    step.wait_ms = resource.delay_ms;
    step.clause = resource.clauses.get("read-back").cloned();
    Some(step)
}

/// Whether a request says that it carries XML.
fn is_xml(sent: &Request) -> bool {
    let stated = sent.headers.iter().find(|(name, _)| name == "content-type");
    let stated = stated.and_then(|(_, value)| value.as_literal()?.parse::<MediaType>().ok());
    stated.is_some_and(|stated| stated.kind() == sluse_contracts::message::Kind::Xml)
        && sent.body.template().is_some()
}

/// That each member of a body of JSON is read as it was sent, or those at the places that the suite names.
fn members(resource: &Resource, body: &Value) -> Option<Vec<Check>> {
    if !resource.compare.is_empty() {
        let at = resource.compare.iter();
        return Some(at.filter_map(|at| check(at, body.pointer(at)?)).collect());
    }
    body.as_object()?;
    let mut checks = Vec::new();
    checks_of("", body, &mut checks);
    Some(checks)
}

/// Adds to each case that sends what must be taken, and so makes or changes a resource, the step that reads it back.
///
/// What is at a bound is what is lost: a long text cut, a large number rounded, an empty list dropped.
pub fn add_read_back(cases: &mut [Case], suite: &Suite, requests: &dyn Requests) {
    // What tests a binding of the suite tests that alone.
    let of_suite =
        |case: &Case| case.constraint.as_ref().is_some_and(|at| at.starts_with("suite/"));
    let is_taken = |case: &&mut Case| case.kind == Kind::Positive && !of_suite(case);
    for case in cases.iter_mut().filter(is_taken) {
        let Play::Call(steps) = &mut case.play else { continue };
        let Some(last) = steps.last_mut().filter(|step| step.purpose == Purpose::Test) else {
            continue;
        };
        let [request] = last.requests.as_slice() else { continue };
        let operation = request.operation.clone().unwrap_or_default();
        let makes = suite.resources.iter().find(|each| each.create == operation);
        let changes = |it: &&Preconditions| it.change.contains(&operation);
        let changed = || suite.preconditions.iter().find(changes);
        let resource = makes.or_else(|| suite.resource(&changed()?.resource));
        let Some(resource) = resource else { continue };
        let Some(read) = read_back(requests, resource, &last.name, request) else { continue };
        let remove = makes.and_then(|resource| removal(requests, resource));
        if makes.is_some() {
            last.captures = captures(resource, "");
        }
        steps.push(read);
        steps.extend(remove);
    }
}

/// What is compared: each member that was sent, in objects within objects too. A system may add members that were not sent,
/// such as those it has a usual value for, but no entries of a list.
fn checks_of(at: &str, value: &Value, checks: &mut Vec<Check>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                checks_of(&format!("{at}/{}", escaped(name)), value, checks);
            }
        }
        Value::Array(entries) if entries.iter().any(Value::is_object) => {
            for (index, entry) in entries.iter().enumerate() {
                checks_of(&format!("{at}/{index}"), entry, checks);
            }
            let next = Source::Json(format!("{at}/{}", entries.len()));
            checks.push(Check::Value { at: next, must: Must::BeAbsent });
        }
        value => checks.extend(check(at, value)),
    }
}

fn check(at: &str, value: &Value) -> Option<Check> {
    let must = match value {
        Value::Object(members) if members.is_empty() => Must::BePresent,
        value => Must::Equal(Template::parse(&value.to_string()).ok()?),
    };
    Some(Check::Value { at: Source::Json(at.to_owned()), must })
}

/// A name as a step of a JSON Pointer (RFC 6901, section 3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
