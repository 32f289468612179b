//! Answers of a contract, for whoever plays its provider: from its examples, else made, each judged.

use super::{
    json::{reach::constraints, variants::variants},
    openapi::{of_json, write},
};
use crate::consumer::{Answers, Reply};
use serde_json::Value;
use sluse_contracts::{
    Contract, Direction, JudgeOptions, MediaType, Message, Occasion, Payload,
    judge::ResponseHead,
    payload::Limits,
    schema::described::{Answer, Described, Operation},
};
use std::collections::{BTreeMap, BTreeSet};

/// An answer that keeps to the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleAnswer {
    /// The operation.
    pub operation: String,
    /// The status.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, as JSON.
    pub body: Option<String>,
}

/// The answers of a contract, to play its provider with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SampleAnswers(Vec<SampleAnswer>);

impl SampleAnswers {
    /// Those of a contract.
    pub fn of(contract: &Contract) -> Self {
        Self(sample_answers(contract))
    }
}

impl Answers for SampleAnswers {
    fn answer(&self, operation: &str, status: Option<u16>) -> Option<Reply> {
        let mut of = self.0.iter().filter(|each| each.operation == operation);
        let found = match status {
            Some(status) => of.find(|each| each.status == status),
            None => of.find(|each| (200..300).contains(&each.status)),
        };
        let SampleAnswer { status, headers, body, .. } = found?.clone();
        let body = body.map(String::into_bytes).unwrap_or_default();
        Some(Reply { status, headers, body, ..Reply::default() })
    }
}

/// The answers that a contract describes, each as `operation status`, in the order of the description: what a run marks as
/// seen. A status is three digits, `4XX` or `default`.
pub fn described_answers(contract: &Contract) -> Vec<String> {
    let mut answers = Vec::new();
    contract.describe(Direction::Response, &mut |described| {
        for operation in &described.operations {
            let statuses = operation.answers.iter().map(|answer| &answer.status);
            answers.extend(statuses.map(|status| format!("{} {status}", operation.name)));
        }
    });
    answers
}

/// The clauses that each answer of a contract is judged by: `operation status`, and what the constraints cite that it can
/// meet.
pub fn clauses_of_answers(contract: &Contract) -> BTreeMap<String, BTreeSet<String>> {
    let cited = |places: BTreeSet<String>| {
        places.iter().filter_map(|place| contract.clauses().cite(place)).collect()
    };
    constraints_of_answers(contract).into_iter().map(|(name, of)| (name, cited(of))).collect()
}

/// The places of the constraints that each answer of a contract is judged by: `operation status`, and what it can meet.
pub fn constraints_of_answers(contract: &Contract) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    contract.describe(Direction::Response, &mut |described| {
        for operation in &described.operations {
            for answer in &operation.answers {
                let name = format!("{} {}", operation.name, answer.status);
                found.insert(name, places_of(described, answer));
            }
        }
    });
    found
}

/// The places of the constraints that requests of each operation are judged by.
pub fn constraints_of_requests(contract: &Contract) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    contract.describe(Direction::Request, &mut |described| {
        for operation in &described.operations {
            let inputs = operation.parameters.iter();
            let mut places: BTreeSet<String> =
                inputs.clone().map(|each| each.constraint.clone()).collect();
            let bodies = operation.body.iter().flat_map(|body| &body.contents);
            let bodies = bodies.filter_map(|content| content.schema.as_ref());
            for at in inputs.filter_map(|each| each.schema.as_ref()).chain(bodies) {
                places.extend(constraints(described.schemas, at));
            }
            found.insert(operation.name.clone(), places);
        }
    });
    found
}

/// The clauses that good answers of an operation of XML or SOAP are judged by, where the contract has clauses.
pub fn clauses_of_documents(contract: &Contract, operation: &str) -> BTreeSet<String> {
    let clauses = contract.clauses();
    let bindings = contract.description().map(|each| each.soap_bindings(operation));
    let places: Vec<String> = match bindings {
        Some(bindings) => bindings.iter().map(|each| each.place.to_owned()).collect(),
        None => {
            let named = contract.manifest().operations.iter();
            let of = named.filter(|each| each.name == operation);
            of.flat_map(|each| &each.response.judge).map(|step| step.file.value.clone()).collect()
        }
    };
    let cited = places.iter().filter(|_| !clauses.all().is_empty());
    cited.filter_map(|place| clauses.cite(place)).collect()
}

/// The places of all constraints that an answer can meet.
fn places_of(described: &Described<'_>, answer: &Answer<'_>) -> BTreeSet<String> {
    let mut places: BTreeSet<String> = [answer.body.constraint.clone()].into();
    places.extend(answer.headers.iter().map(|header| header.constraint.clone()));
    let of_headers = answer.headers.iter().filter_map(|header| header.schema.as_ref());
    let of_body = answer.body.contents.iter().filter_map(|content| content.schema.as_ref());
    for at in of_headers.chain(of_body) {
        places.extend(constraints(described.schemas, at));
    }
    places
}

/// One answer for each that a contract describes, where one is found that the judge takes; bodies that are not JSON are not made.
pub fn sample_answers(contract: &Contract) -> Vec<SampleAnswer> {
    let mut found = Vec::new();
    contract.describe(Direction::Response, &mut |described| {
        for operation in &described.operations {
            let of = operation.answers.iter();
            let samples = of.filter_map(|answer| sample(described, operation, answer));
            found.extend(samples.filter(|sample| keeps(contract, sample)));
        }
    });
    found
}

fn sample(
    described: &Described<'_>,
    operation: &Operation<'_>,
    answer: &Answer<'_>,
) -> Option<SampleAnswer> {
    let status = match answer.status.as_str() {
        "default" => 500,
        status if status.ends_with("XX") || status.ends_with("xx") => {
            status.get(..1)?.parse::<u16>().ok()? * 100
        }
        status => status.parse().ok()?,
    };
    let mut headers = Vec::new();
    for header in &answer.headers {
        let schemas = described.schemas;
        let example = header.examples.first().map(|example| (*example).clone());
        let made = || {
            let found = variants(schemas, header.schema.as_ref()?, None, "writeOnly");
            found.into_iter().next().map(|variant| variant.value)
        };
        let written = example.or_else(made).and_then(|value| write(header, &value));
        match written.and_then(|texts| texts.into_iter().next()) {
            Some(text) => headers.push((header.name.clone(), text)),
            None if header.required => return None,
            None => {}
        }
    }
    let json = answer.body.contents.iter().find(|content| of_json(&content.media_type));
    let body = match json {
        None if answer.body.contents.is_empty() => None,
        None => return None,
        Some(content) => {
            headers.push(("content-type".into(), super::openapi::concrete(&content.media_type)));
            let schemas = described.schemas;
            let fits = |value: &&&Value| {
                content.schema.as_ref().is_none_or(|at| schemas.takes(at, value) == Some(true))
            };
            let example = content.examples.iter().find(fits).map(|example| (*example).clone());
            let value = match (example, &content.schema) {
                (Some(example), _) => example,
                (None, Some(at)) => {
                    variants(schemas, at, None, "writeOnly").into_iter().next()?.value
                }
                (None, None) => Value::Object(serde_json::Map::new()),
            };
            let told = with_status(&value, status);
            let takes = |value: &&Value| {
                content.schema.as_ref().is_none_or(|at| schemas.takes(at, value) == Some(true))
            };
            Some(told.as_ref().filter(takes).unwrap_or(&value).to_string())
        }
    };
    Some(SampleAnswer { operation: operation.name.clone(), status, headers, body })
}

/// A problem that tells the status that it is answered with (RFC 9457, section 3.1.2).
fn with_status(value: &Value, status: u16) -> Option<Value> {
    let mut told = value.clone();
    let member = told.get_mut("status").filter(|member| status >= 400 && member.is_number())?;
    *member = status.into();
    Some(told)
}

fn keeps(contract: &Contract, sample: &SampleAnswer) -> bool {
    let stated = sample.headers.iter().find(|(name, _)| name == "content-type");
    let media_type: Option<MediaType> = stated.and_then(|(_, text)| text.parse().ok());
    let payload = match (&sample.body, &media_type) {
        (Some(body), Some(media_type)) => {
            let message = Message::new(media_type.clone(), body.clone().into_bytes());
            match Payload::parse(&message, &Limits::default()) {
                Ok(payload) => Some(payload),
                Err(_) => return false,
            }
        }
        _ => None,
    };
    let headers: Vec<(&str, &str)> =
        sample.headers.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let head = ResponseHead { status: sample.status, headers: &headers };
    let mut occasion = Occasion::response(&sample.operation).with_response(head);
    occasion.media_type = media_type.as_ref();
    contract.judge(payload.as_ref(), &occasion, &JudgeOptions::default()).violations.is_empty()
}
