//! What is asked: by the address of the request, or by what the document in it says.

use super::{
    Trail,
    decode::{Decoded, IDEMPOTENCY_KEY},
    judge::{header_pairs, today},
    look_up::{Wanted, What},
    trail::Asked,
};
use crate::{
    answer::Speech,
    config::{Enforcement, EnforcementPair, Messages, Route, Service, UnknownOperations},
    fault::Fault,
};
use http::{
    HeaderMap, HeaderName, Method, StatusCode, Uri,
    header::{self, HOST},
    request::Parts,
    uri::PathAndQuery,
};
use sluse_contracts::{
    Contract, MediaType, Occasion, Verdict, Violation, code, contract::OperationAt,
    enforcement::Effect, judge::RequestHead, manifest::OperationKind, message::Kind, percent,
};
use std::sync::Arc;

/// The address of documents.
const DOCUMENTS: &str = "/documents";
/// Where exchanges are looked up.
const EXCHANGES: &str = "/exchanges/";

/// The way that a request came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// By a route: what is asked for below the upstream's own path.
    Route(PathAndQuery),
    /// As a document: contract and receiver are found from what it says.
    Document,
    /// To look an exchange up.
    Exchange(Wanted),
}

impl Way {
    /// What is asked for below the upstream's own path.
    pub(super) fn place(&self) -> Option<&PathAndQuery> {
        match self {
            Self::Route(place) => Some(place),
            Self::Document | Self::Exchange(_) => None,
        }
    }
}

/// Finds the way in. A route that names a host or a path goes before the gateway's own addresses.
pub(super) fn by_address(head: &Parts, trail: &mut Trail) -> Result<Way, Fault> {
    let snapshot = Arc::clone(&trail.snapshot);
    let path = head.uri.path();
    if let Some(sentence) = doubled(&head.headers) {
        let fault = Fault::consumer(code::REQUEST_NOT_HTTP, StatusCode::BAD_REQUEST);
        return Err(fault.detail(sentence));
    }
    if has_dot_segments(path) {
        let fault = Fault::consumer(code::REQUEST_NOT_HTTP, StatusCode::BAD_REQUEST);
        return Err(fault.detail("An address is sent without the segments `.` and `..`."));
    }
    let route = snapshot.routes.iter().find(|route| matches(route, head));
    let own = own_address(&head.uri);
    let way = match (route, own) {
        (Some(route), Some(own)) if route.host.is_none() && route.path == "/" => own,
        (Some(route), _) => {
            let service = snapshot.services.get(&route.service).ok_or(unknown_service())?;
            trail.speaks_by(route.adapter.as_deref());
            let place = match trail.asks_by_face() {
                true => "?".parse().ok(),
                false => below(head, route, service),
            };
            let place = place.ok_or(unknown_service())?;
            let upstream = service.upstream.first().map_or("/", |upstream| upstream.path());
            let asked = format!("{}{}", upstream.trim_end_matches('/'), place.path());
            trail.called = vec![asked, path.to_owned()];
            trail.is_file = route.messages == Messages::Many;
            by_route(route, service, &place, head, trail)?;
            Way::Route(place)
        }
        (None, Some(own)) => own,
        (None, None) if path.starts_with(EXCHANGES) => {
            return Err(Fault::consumer(code::EXCHANGE_UNKNOWN, StatusCode::NOT_FOUND));
        }
        (None, None) => return Err(unknown_service()),
    };
    if way == Way::Document {
        check_document_head(head, trail)?;
    }
    Ok(way)
}

/// Finds contract, receiver and service from what a document says.
pub(super) fn by_document(decoded: &Decoded, way: &Way, trail: &mut Trail) -> Result<(), Fault> {
    if *way != Way::Document {
        return Ok(());
    }
    if let Some(violation) = &decoded.malformed {
        let verdict = Verdict::malformed(violation.clone());
        let fault = Fault::consumer(code::MESSAGE_MALFORMED, StatusCode::BAD_REQUEST);
        return Err(refuse(verdict, fault, trail));
    }
    let snapshot = Arc::clone(&trail.snapshot);
    let (registry, today) = (&snapshot.registry, today(trail.began_ms));
    let selection = match (&decoded.payload, &decoded.outline) {
        (Some(payload), _) => registry.select(payload, today),
        (None, Some(outline)) => outline.select(registry, today),
        (None, None) => {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Fault::consumer(code::MEDIA_TYPE_UNSUPPORTED, status));
        }
    };
    if let Some(violation) = selection.violation() {
        return Err(not_in_force(violation, trail));
    }
    let contract = selection.one().ok_or(Fault::internal())?;
    trail.contract_name = Some(contract.to_string().into());
    let keys = match (&decoded.payload, &decoded.outline) {
        (Some(payload), _) => contract.keys(payload),
        (None, outline) => {
            outline.as_ref().map(|outline| outline.keys(contract)).unwrap_or_default()
        }
    };
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(receiver) = keys.receiver else {
        let sentence = "the document does not say who its receiver is";
        let violation = Violation::syntax(code::RECEIVER_MISSING, sentence);
        let fault = Fault::consumer(code::RECEIVER_UNKNOWN, unprocessable);
        return Err(refuse(Verdict::from_violations(vec![violation]), fault, trail));
    };
    let service = snapshot.receivers.service(&receiver.to_string());
    let service = service.and_then(|id| snapshot.services.get(id));
    let service = service.ok_or(Fault::consumer(code::RECEIVER_UNKNOWN, unprocessable))?;
    trail.service = Some(Arc::clone(service));
    trail.requires_certificate = service.requires_certificate;
    set_contract(contract, service.enforcement, contract.document_operation(), trail)
}

/// Finds the operation from what the message says, where the contract tells operations by that.
pub(super) fn by_message(decoded: &Decoded, head: &Parts, trail: &mut Trail) {
    let finds = |contract: &&Arc<Contract>| contract.finds_operations();
    let Some(contract) = trail.contract.as_ref().filter(finds).map(Arc::clone) else { return };
    if trail.asks_by_face() {
        // The address says which it is.
        return;
    }
    // Where only SOAP is spoken, a caller that forgets its `SOAPAction` is answered in SOAP all the same.
    let essence = decoded.media_type.as_ref().map(MediaType::essence);
    let speaks_otherwise = trail.consumer_speaks.is_some();
    if trail.speech == Speech::Problem && essence == Some("text/xml") && !speaks_otherwise {
        trail.speech = Speech::Soap11;
    }
    let headers = header_pairs(&head.headers);
    let told =
        RequestHead { method: head.method.as_str(), path: "", query: None, headers: &headers };
    let called = trail.called.clone();
    let occasion = Occasion::request("").with_request(told).called_at(&called);
    let payload = decoded.payload.as_ref();
    if trail.passes_unknown && contract.lacks_operation(payload, &occasion) {
        // From here on as on a route without a contract: nothing is judged, evidence is kept.
        (trail.contract, trail.contract_name, trail.enforcement) = (None, None, None);
        return;
    }
    trail.operation = contract.operation_of(payload, &occasion).map(asked);
}

fn asked(operation: OperationAt<'_>) -> Asked {
    let one_way = operation.kind == OperationKind::OneWay;
    Asked { name: operation.name.into(), one_way }
}

/// Fields that a request has once (RFC 9110, section 5.3), and what is said where it has more: judged by the first, it
/// could be read by the last.
const ONCE: [(HeaderName, &str); 6] = [
    (HOST, "The field Host stands once."),
    (header::CONTENT_TYPE, "The field Content-Type stands once."),
    (header::CONTENT_LOCATION, "The field Content-Location stands once."),
    (header::AUTHORIZATION, "The field Authorization stands once."),
    (HeaderName::from_static("soapaction"), "The field SOAPAction stands once."),
    (IDEMPOTENCY_KEY, "The field Idempotency-Key stands once."),
];

fn doubled(headers: &HeaderMap) -> Option<&'static str> {
    let stands_twice = |name: &HeaderName| headers.get_all(name).iter().nth(1).is_some();
    ONCE.iter().find(|(name, _)| stands_twice(name)).map(|(_, sentence)| *sentence)
}

/// Whether a path has segments that lead elsewhere (RFC 3986, section 5.2.4), in any of the ways in which providers may
/// read them: passed on as it came, such a path would leave its route behind the gateway's back.
fn has_dot_segments(path: &str) -> bool {
    if !path.contains(['.', '%']) {
        return false;
    }
    let plain = path.to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/");
    let plain = plain.replace("%5c", "/").replace('\\', "/");
    let segments = plain.split('/').filter_map(|segment| segment.split(';').next());
    segments.into_iter().any(|segment| matches!(segment, "." | ".."))
}

fn own_address(uri: &Uri) -> Option<Way> {
    let path = uri.path();
    if path == DOCUMENTS {
        return Some(Way::Document);
    }
    let rest = path.strip_prefix(EXCHANGES)?;
    let (exchange, what) = match rest.split_once('/') {
        None => (rest, What::Status(after(uri))),
        Some((exchange, "receipt")) => (exchange, What::Receipt),
        Some((exchange, "answer")) => (exchange, What::Answer),
        Some(_) => return None,
    };
    let is_id =
        exchange.len() == 36 && exchange.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    is_id.then(|| Way::Exchange(Wanted { exchange: exchange.to_owned(), what }))
}

/// Behind which of a file's messages to go on, by the index of its opening leaf; 0 where it is not said, behind none.
fn after(uri: &Uri) -> u64 {
    let mut asked = uri.query().unwrap_or_default().split('&');
    let after = asked.find_map(|pair| pair.strip_prefix("after="));
    after.and_then(|after| after.parse().ok()).unwrap_or_default()
}

fn check_document_head(head: &Parts, trail: &mut Trail) -> Result<(), Fault> {
    if head.method != Method::POST {
        return Err(Fault::method_not_allowed("POST"));
    }
    let media_type = super::decode::media_type(&head.headers)?;
    let snapshot = Arc::clone(&trail.snapshot);
    let mut adapters = snapshot.settings.documents.iter();
    if let Some((_, name)) = adapters.find(|(known, _)| known == media_type.essence()) {
        trail.speaks_by(Some(name));
        trail.is_file = true;
        return Ok(());
    }
    if media_type.kind() == Kind::Other || head.headers.contains_key(header::CONTENT_ENCODING) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Fault::consumer(code::MEDIA_TYPE_UNSUPPORTED, status));
    }
    Ok(())
}

fn by_route(
    route: &Route,
    service: &Arc<Service>,
    place: &PathAndQuery,
    head: &Parts,
    trail: &mut Trail,
) -> Result<(), Fault> {
    trail.service = Some(Arc::clone(service));
    trail.requires_certificate = route.requires_certificate;
    let Some(wanted) = &service.contract else { return Ok(()) };
    // A contract that was there when the snapshot was built is there for as long as the snapshot is.
    let snapshot = Arc::clone(&trail.snapshot);
    let contract = snapshot.registry.find(wanted).ok_or(unknown_service())?;
    if trail.asks_by_face() {
        return by_face(route, contract, head, trail);
    }
    let operation = contract.operation_asked(head.method.as_str(), place.path());
    let passes = route.unknown_operations == UnknownOperations::Pass;
    if operation.is_none() && passes && !contract.finds_operations() {
        // As on a route without a contract: nothing is judged, evidence is kept.
        return Ok(());
    }
    if operation.is_none() {
        trail.allowed = contract.methods_taken(place.path()).join(", ").into();
        trail.passes_unknown = passes;
    }
    set_contract(contract, route.enforcement, operation, trail)
}

/// Finds the operation of a SOAP service that is called with JSON: `POST` to its name below the route's path.
fn by_face(
    route: &Route,
    contract: &Arc<Contract>,
    head: &Parts,
    trail: &mut Trail,
) -> Result<(), Fault> {
    let prefix = route.path.strip_suffix('/').unwrap_or(&route.path);
    let asked = head.uri.path().strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/'));
    let asked = percent::decode(asked.unwrap_or_default());
    let face = trail.snapshot.adapters.face(&contract.to_string()).ok_or(unknown_service())?;
    let has_form = face.operations().contains(&&*asked);
    let Some(operation) = contract.operation(&asked).filter(|_| has_form) else {
        let sentence = "The service has no operation of this name that can be called with JSON.";
        return Err(unknown_service().detail(sentence));
    };
    set_contract(contract, route.enforcement, Some(operation), trail)?;
    if head.method == Method::POST { Ok(()) } else { Err(Fault::method_not_allowed("POST")) }
}

/// Settles contract, operation and enforcement in effect: what is set, unless the contract's dates say less.
fn set_contract(
    contract: &Arc<Contract>,
    set: EnforcementPair,
    operation: Option<OperationAt<'_>>,
    trail: &mut Trail,
) -> Result<(), Fault> {
    trail.contract_name = Some(contract.to_string().into());
    trail.contract = Some(Arc::clone(contract));
    trail.operation = operation.map(asked);
    let today = today(trail.began_ms);
    let mut effect = |set: Enforcement| match contract.in_effect(today, set) {
        Effect::Enforce => Ok(Enforcement::Enforce),
        Effect::Observe => Ok(Enforcement::Observe),
        Effect::NotYet => {
            trail.not_yet = true;
            Ok(Enforcement::Observe)
        }
        Effect::Refuse => Err(()),
    };
    match (effect(set.request), effect(set.response)) {
        (Ok(request), Ok(response)) => {
            trail.enforcement = Some(EnforcementPair { request, response });
            Ok(())
        }
        _ => {
            let sentence = "the contract is retired";
            Err(not_in_force(Violation::syntax(code::CONTRACT_RETIRED, sentence), trail))
        }
    }
}

fn not_in_force(violation: Violation, trail: &mut Trail) -> Fault {
    let fault = Fault::consumer(code::DOCUMENT_UNKNOWN, StatusCode::UNPROCESSABLE_ENTITY);
    refuse(Verdict::unknown_contract(violation), fault, trail)
}

fn refuse(verdict: Verdict, fault: Fault, trail: &mut Trail) -> Fault {
    trail.request_verdict = Some(crate::receipt::summary(&verdict));
    fault.with_verdict(verdict)
}

const fn unknown_service() -> Fault {
    Fault::consumer(code::SERVICE_UNKNOWN, StatusCode::NOT_FOUND)
}

fn matches(route: &Route, head: &Parts) -> bool {
    is_below(head.uri.path(), &route.path)
        && (route.methods.is_empty() || route.methods.contains(&head.method))
        && route.host.as_deref().is_none_or(|wanted| {
            host(head).is_some_and(|host| without_port(host).eq_ignore_ascii_case(wanted))
        })
        && route.headers.iter().all(|(name, wanted)| {
            head.headers.get_all(name).iter().any(|value| value.as_bytes() == wanted.as_bytes())
        })
}

/// Whether a path is the prefix or below it, in whole segments.
fn is_below(path: &str, prefix: &str) -> bool {
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn host(head: &Parts) -> Option<&str> {
    head.uri
        .authority()
        .map(|authority| authority.as_str())
        .or_else(|| head.headers.get(HOST).and_then(|value| value.to_str().ok()))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// What is asked for below the upstream's own path.
///
/// An upstream that is an authority alone gets the path as it came. One with a path gets that path in
/// place of the route's.
fn below(head: &Parts, route: &Route, service: &Service) -> Option<PathAndQuery> {
    let asked = head.uri.path_and_query()?;
    let has_path = service.upstream.iter().any(|upstream: &Uri| upstream.path() != "/");
    let prefix = route.path.strip_suffix('/').unwrap_or(&route.path);
    if !has_path || prefix.is_empty() {
        return Some(asked.clone());
    }
    // Where nothing follows, the upstream's path itself is asked for: a SOAP service does not answer at `…/`.
    let rest = asked.as_str().strip_prefix(prefix)?;
    if rest.is_empty() { "?".parse().ok() } else { rest.parse().ok() }
}
