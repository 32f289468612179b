//! What the consumer gets: a provider's answer, a refusal, or an acceptance.
//!
//! Every answer carries the exchange's id; one whose opening leaf is durable carries its index too.

mod body;
pub mod problem;
pub mod soap_fault;

pub use body::{AnswerBody, PieceFault};

use crate::fault::Fault;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use problem::Problem;

/// An answer on its way to the consumer.
pub type Answer = Response<AnswerBody>;

/// The header that names the exchange.
pub const EXCHANGE: HeaderName = HeaderName::from_static("sluse-exchange");
/// The header that gives the index of the exchange's opening leaf.
pub const RECEIPT: HeaderName = HeaderName::from_static("sluse-receipt");

/// How the caller wants to be spoken to when something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Speech {
    /// Problem details (RFC 9457).
    #[default]
    Problem,
    /// A SOAP 1.1 fault.
    Soap11,
    /// A SOAP 1.2 fault.
    Soap12,
}

/// What an answer says of the exchange it belongs to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reference<'a> {
    /// The exchange's id.
    pub exchange: &'a str,
    /// Index of the opening leaf, once durable.
    pub opening: Option<u64>,
    /// The contract, as id@version, where one was found.
    pub contract: Option<&'a str>,
}

/// A refusal, in the caller's own way of speaking.
pub fn refusal(fault: &Fault, reference: Reference<'_>, speech: Speech) -> Answer {
    let problem = Problem::new(fault, reference);
    let (status, media_type, body) = match speech {
        Speech::Problem => (fault.status, "application/problem+json", problem.to_json()),
        Speech::Soap11 => {
            let status = soap_fault::status_11(fault.status);
            (status, "text/xml; charset=utf-8", soap_fault::soap_11(&problem))
        }
        Speech::Soap12 => {
            let status = soap_fault::status_12(fault);
            (status, "application/soap+xml; charset=utf-8", soap_fault::soap_12(&problem))
        }
    };
    let mut answer = of_bytes(status, media_type, body.into());
    if let Some(seconds) = fault.retry_after_s {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    let allow = fault.allow.as_deref().and_then(|methods| HeaderValue::from_str(methods).ok());
    if let Some(allow) = allow {
        answer.headers_mut().insert(header::ALLOW, allow);
    }
    mark(&mut answer, reference);
    answer
}

/// How a format tells the sender of a message that it is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// What it is.
    pub media_type: &'static str,
    /// It.
    pub bytes: Bytes,
}

impl Acknowledgement {
    /// The same answer, but for its content.
    pub fn in_place_of(self, answer: Answer) -> Answer {
        let (mut head, _) = answer.into_parts();
        head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        Response::from_parts(head, AnswerBody::whole(self.bytes))
    }
}

/// `202 Accepted`: the message is durable and will be delivered.
pub fn accepted(exchange: &str, opening: u64) -> Answer {
    let mut answer = Response::new(AnswerBody::empty());
    *answer.status_mut() = StatusCode::ACCEPTED;
    if let Ok(place) = HeaderValue::try_from(format!("/exchanges/{exchange}")) {
        answer.headers_mut().insert(header::LOCATION, place);
    }
    mark(&mut answer, Reference { exchange, opening: Some(opening), contract: None });
    answer
}

/// An answer of bytes.
pub fn of_bytes(status: StatusCode, media_type: &'static str, body: Bytes) -> Answer {
    let mut answer = Response::new(AnswerBody::whole(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    answer
}

/// Writes the exchange's id, and the receipt where there is one, on an answer.
pub fn mark(answer: &mut Answer, reference: Reference<'_>) {
    let headers = answer.headers_mut();
    if let Ok(id) = HeaderValue::from_str(reference.exchange) {
        headers.insert(EXCHANGE, id);
    }
    if let Some(opening) = reference.opening {
        headers.insert(RECEIPT, HeaderValue::from(opening));
    }
}
