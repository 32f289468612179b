//! What was accepted is read back as it was sent.

use super::{Requests, edit};
use crate::{
    case::{Check, Expect, Must, Purpose, Request, Source, Step},
    suite::{Resource, Suite},
    template::Template,
};
use serde_json::Value;

/// The step that reads a resource and compares it with the request that made or changed it; nothing where the suite
/// does not say how it is read, or the request has no JSON body.
pub fn read_back(
    _suite: &Suite,
    requests: &dyn Requests,
    resource: &Resource,
    sent: &Request,
) -> Option<Step> {
    let operation = resource.read.as_deref()?;
    let request = requests.valid(operation)?;
    let body = edit::json(&sent.body)?;
    let places = if resource.compare.is_empty() {
        body.as_object()?.keys().map(|name| format!("/{}", escaped(name))).collect()
    } else {
        resource.compare.clone()
    };
    let checks: Vec<Check> = places.iter().filter_map(|place| check(&body, place)).collect();
    let expect = Expect { statuses: requests.success(operation), judged: true, checks };
    let mut step = Step::new("read-back", Purpose::Test, request, expect);
    step.wait_ms = resource.delay_ms;
    Some(step)
}

fn check(body: &Value, place: &str) -> Option<Check> {
    let value = body.pointer(place)?;
    let expected = Template::parse(&value.to_string()).ok()?;
    Some(Check::Value { at: Source::Json(place.to_owned()), must: Must::Equal(expected) })
}

/// A name as a step of a JSON Pointer (RFC 6901, section 3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
