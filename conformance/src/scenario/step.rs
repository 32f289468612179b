//! One step of a workflow, as a step of a case.

use super::{
    condition::{self, Asked},
    expression,
    read::Reading,
};
use crate::{
    case::{Body, Capture, Expect, Purpose, Request, Step},
    packs::edit,
    template::{Part, Template},
    walk::encoded,
};
use serde_json::{Map, Value};

/// Longest that a step may ask to wait, in milliseconds.
const WAIT_MS_MAX: u64 = 600_000;

const WORDS: &[&str] = &[
    "stepId",
    "description",
    "operationId",
    "parameters",
    "requestBody",
    "successCriteria",
    "outputs",
    "x-sluse-purpose",
    "x-sluse-wait-ms",
];

/// Reads a step; nothing where it cannot be one, which is told.
pub(super) fn read(reading: &mut Reading<'_>, at: &str, value: &Value) -> Option<Step> {
    let step = reading.object(at, value)?;
    reading.known(at, step, WORDS);
    let name = reading.text(at, step, "stepId")?;
    let operation = reading.text(at, step, "operationId")?;
    let Some(mut request) = reading.requests.valid(&operation) else {
        let all = reading.requests.operations();
        let known: Vec<&str> = all.iter().map(String::as_str).collect();
        let sentence = "there is no operation of this name that a request can be made for";
        reading.unknown(&format!("{at}/operationId"), sentence, &operation, &known);
        return None;
    };
    parameters(reading, at, step, &mut request);
    body(reading, at, step, &mut request);
    let purpose = purpose(reading, at, step);
    let expect = expect(reading, at, step, &operation);
    let mut step_read = Step::new(&name, purpose, request, expect);
    step_read.captures = outputs(reading, at, step, &name);
    step_read.wait_ms = wait(reading, at, step);
    Some(step_read)
}

fn purpose(reading: &mut Reading<'_>, at: &str, step: &Map<String, Value>) -> Purpose {
    match step.get("x-sluse-purpose").map(|word| word.as_str().unwrap_or_default()) {
        None | Some("test") => Purpose::Test,
        Some("prepare") => Purpose::Prepare,
        Some("restore") => Purpose::Restore,
        Some(word) => {
            let known = ["prepare", "test", "restore"];
            reading.unknown(&format!("{at}/x-sluse-purpose"), "no such purpose", word, &known);
            Purpose::Test
        }
    }
}

fn wait(reading: &mut Reading<'_>, at: &str, step: &Map<String, Value>) -> u64 {
    let Some(value) = step.get("x-sluse-wait-ms") else { return 0 };
    let wait_ms = value.as_u64().filter(|wait_ms| *wait_ms <= WAIT_MS_MAX);
    if wait_ms.is_none() {
        let sentence = format!("a wait is a whole number of at most {WAIT_MS_MAX} milliseconds");
        reading.refuse(&format!("{at}/x-sluse-wait-ms"), &sentence);
    }
    wait_ms.unwrap_or_default()
}

fn parameters(
    reading: &mut Reading<'_>,
    at: &str,
    step: &Map<String, Value>,
    request: &mut Request,
) {
    let listed = step.get("parameters").and_then(Value::as_array).into_iter().flatten();
    for (number, value) in listed.enumerate() {
        let place = format!("{at}/parameters/{number}");
        let Some(parameter) = reading.object(&place, value) else { continue };
        reading.known(&place, parameter, &["name", "in", "value"]);
        let name = reading.text(&place, parameter, "name");
        let (Some(name), Some(value)) = (name, plain(reading, &place, parameter.get("value")))
        else {
            continue;
        };
        match parameter.get("in").and_then(Value::as_str) {
            Some("header") => edit::set_header(request, &name.to_ascii_lowercase(), value),
            Some("query") => edit::set_query(request, &name, &in_address(&value)),
            Some("path") => in_path(reading, &place, request, &name, &in_address(&value)),
            _ => reading.refuse(&place, "a parameter is in path, query or header"),
        }
    }
}

/// The path with a value in the place of a parameter of its template.
fn in_path(
    reading: &mut Reading<'_>,
    at: &str,
    request: &mut Request,
    name: &str,
    value: &Template,
) {
    let operation = request.operation.clone().unwrap_or_default();
    let template = reading.requests.path(&operation).unwrap_or_default();
    let parameters = reading.requests.path_parameters(&operation);
    let segment = format!("{{{name}}}");
    let at_segment = template.split('/').position(|each| each == segment);
    let Some(at_segment) = at_segment else {
        let known: Vec<&str> = parameters.iter().map(String::as_str).collect();
        reading.unknown(at, "no whole segment of the path is this parameter", name, &known);
        return;
    };
    let written = request.path.to_string();
    let (path, query) = written.split_once('?').map_or((&*written, None), |(p, q)| (p, Some(q)));
    let mut segments: Vec<String> = path.split('/').map(str::to_owned).collect();
    if let Some(segment) = segments.get_mut(at_segment) {
        *segment = value.to_string();
    }
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    if let Ok(path) = Template::parse(&format!("{}{query}", segments.join("/"))) {
        request.path = path;
    }
}

/// Text percent-encoded; what slots are filled with is sent as it is.
fn in_address(value: &Template) -> Template {
    let mut out = Template::default();
    for part in value.parts() {
        match part {
            Part::Literal(text) => out.push_text(&encoded(text)),
            Part::Slot(slot) => out.push_slot(slot.clone()),
        }
    }
    out
}

fn plain(reading: &mut Reading<'_>, at: &str, value: Option<&Value>) -> Option<Template> {
    let text = match value {
        Some(Value::String(text)) => text.clone(),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
        _ => {
            reading.refuse(&format!("{at}/value"), "a value is a text, a number, true or false");
            return None;
        }
    };
    filled(reading, &format!("{at}/value"), &text)
}

fn filled(reading: &mut Reading<'_>, at: &str, text: &str) -> Option<Template> {
    match expression::template(text) {
        Ok(template) => Some(template),
        Err(_) => {
            reading.refuse(at, "expressions here are $inputs.NAME and $steps.STEP.outputs.NAME");
            None
        }
    }
}

fn body(reading: &mut Reading<'_>, at: &str, step: &Map<String, Value>, request: &mut Request) {
    let Some(body) = step.get("requestBody") else { return };
    let place = format!("{at}/requestBody");
    let Some(body) = reading.object(&place, body) else { return };
    reading.known(&place, body, &["contentType", "payload"]);
    if let Some(stated) = body.get("contentType").and_then(Value::as_str) {
        edit::set_header(request, "content-type", Template::literal(stated));
    }
    let at = format!("{place}/payload");
    match body.get("payload") {
        Some(Value::String(text)) => {
            request.body = filled(reading, &at, text).map(Body::Text).unwrap_or_default();
        }
        Some(value) => {
            let value = with_slots(reading, &at, value);
            request.body = Template::parse(&value.to_string()).map(Body::Text).unwrap_or_default();
        }
        None => {}
    }
}

/// JSON whose texts with expressions became texts with slots.
fn with_slots(reading: &mut Reading<'_>, at: &str, value: &Value) -> Value {
    match value {
        Value::String(text) => {
            filled(reading, at, text).map_or(Value::Null, |template| template.to_string().into())
        }
        Value::Array(items) => items.iter().map(|item| with_slots(reading, at, item)).collect(),
        Value::Object(members) => {
            let members = members.iter();
            members.map(|(name, value)| (name.clone(), with_slots(reading, at, value))).collect()
        }
        value => value.clone(),
    }
}

fn expect(
    reading: &mut Reading<'_>,
    at: &str,
    step: &Map<String, Value>,
    operation: &str,
) -> Expect {
    let mut asked = Asked::default();
    let listed = step.get("successCriteria").and_then(Value::as_array).into_iter().flatten();
    for (number, value) in listed.enumerate() {
        let place = format!("{at}/successCriteria/{number}");
        let Some(criterion) = reading.object(&place, value) else { continue };
        reading.known(&place, criterion, &["condition"]);
        let Some(condition) = reading.text(&place, criterion, "condition") else { continue };
        if let Err(why) = condition::read(&condition, &mut asked) {
            reading.refuse(&format!("{place}/condition"), &why);
        }
    }
    let statuses = asked.statuses.map(|range| vec![range]);
    let statuses = statuses.unwrap_or_else(|| reading.requests.success(operation));
    Expect { statuses, judged: true, checks: asked.checks, ..Expect::default() }
}

fn outputs(
    reading: &mut Reading<'_>,
    at: &str,
    step: &Map<String, Value>,
    name: &str,
) -> Vec<Capture> {
    let listed = step.get("outputs").and_then(Value::as_object).into_iter().flatten();
    let mut captures = Vec::new();
    for (output, value) in listed {
        match value.as_str().and_then(expression::source) {
            Some(from) => {
                captures.push(Capture {
                    name: format!("{name}.{output}"),
                    from,
                    last_segment: false,
                });
            }
            None => {
                let sentence = "an output is $response.body#/… or $response.header.…";
                reading.refuse(&format!("{at}/outputs"), sentence);
            }
        }
    }
    captures
}
