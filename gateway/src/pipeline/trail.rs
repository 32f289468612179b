//! What is known of an exchange so far.

use crate::{
    answer::{Acknowledgement, Reference, Speech},
    app::Gateway,
    config::{CertificateDemand, Enforcement, EnforcementPair, InUse, Limits, Service, Snapshot},
    listen::body::Received,
    receipt::{self, Identity},
    store::Idempotency,
    telemetry::names,
};
use http::{HeaderMap, Method, header, request::Parts};
use sluse_adapters::soap_json::Face;
use sluse_contracts::{Contract, id::SubsystemId, schema::soap::SoapVersion};
use sluse_ledger::{
    SaltedDigest,
    leaf::{MessageDigest, VerdictSummary},
};
use std::{fmt, sync::Arc};
use tokio::time::Instant;
use tracing::Span;

/// The operation that a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its name in the contract.
    pub name: Box<str>,
    /// Whether it has no business answer.
    pub one_way: bool,
}

/// What is known of an exchange so far. Each stage adds what it finds out.
pub struct Trail {
    /// Id and salt.
    pub identity: Identity,
    /// The one configuration that this exchange sees.
    pub snapshot: Arc<Snapshot>,
    /// When its head arrived.
    pub began_ms: u64,
    /// The subsystem that asks.
    pub consumer: Option<SubsystemId>,
    /// The service asked.
    pub service: Option<Arc<Service>>,
    /// The contract.
    pub contract: Option<Arc<Contract>>,
    /// The contract, as id@version.
    pub contract_name: Option<Box<str>>,
    /// The operation asked.
    pub operation: Option<Asked>,
    /// Enforcement in effect.
    pub enforcement: Option<EnforcementPair>,
    /// The conformance certificate that the consumer must have.
    pub requires_certificate: CertificateDemand,
    /// The request, as evidence.
    pub request: Option<MessageDigest>,
    /// What adapters made of the request, as evidence.
    pub request_translated: Vec<MessageDigest>,
    /// The verdict on the request, as evidence.
    pub request_verdict: Option<VerdictSummary>,
    /// Index of the opening leaf, once durable.
    pub opening: Option<u64>,
    /// The answer, as evidence.
    pub response: Option<MessageDigest>,
    /// What adapters made of the answer, as evidence.
    pub response_translated: Vec<MessageDigest>,
    /// The verdict on the answer, as evidence.
    pub response_verdict: Option<VerdictSummary>,
    /// How often the provider was called.
    pub attempts: u32,
    pub(super) idempotency: Option<Idempotency>,
    pub(super) idempotency_key: Option<Vec<u8>>,
    pub(super) speech: Speech,
    pub(super) method: Method,
    /// The whole paths that the request is for, where it came by a route: the provider's, then the consumer's.
    pub(super) called: Vec<String>,
    /// The methods that the contract has at the address, where it has none like the request's.
    pub(super) allowed: Box<str>,
    /// Whether what the contract has no operation for passes unjudged, where that is known from the message alone.
    pub(super) passes_unknown: bool,
    /// How consumers that come this way speak, where that is not as the contract says.
    pub(super) consumer_speaks: Option<Arc<InUse>>,
    /// The name of that adapter.
    pub(super) consumer_adapter: Option<Box<str>>,
    /// An opened envelope, as it was received: what closes it again on the other side.
    pub(super) envelope: Option<Received>,
    /// The exchange that brought the file of which this message is part.
    pub parent: Option<String>,
    /// Whether the body is a file of many messages.
    pub(super) is_file: bool,
    /// What is answered in place of a problem, where the consumer's format has its own way to say it.
    pub(super) acknowledgement: Option<Acknowledgement>,
    /// The version of SOAP that the consumer speaks, where JSON is made of it or it of JSON.
    pub(super) soap_version: Option<SoapVersion>,
    /// Whether the contract is not judged under yet, as its dates say.
    pub(super) not_yet: bool,
    pub(super) secure: bool,
    pub(super) began: Instant,
}

impl Trail {
    /// The trail of an exchange that begins now; none where there is no randomness to name it by.
    pub(super) fn begin(gateway: &Gateway, head: &Parts) -> Option<Self> {
        let began_ms = gateway.now_ms();
        Some(Self {
            identity: Identity::new(began_ms)?,
            snapshot: gateway.snapshot_full(),
            began_ms,
            consumer: None,
            service: None,
            contract: None,
            contract_name: None,
            operation: None,
            enforcement: None,
            requires_certificate: CertificateDemand::default(),
            request: None,
            request_translated: Vec::new(),
            request_verdict: None,
            opening: None,
            response: None,
            response_translated: Vec::new(),
            response_verdict: None,
            attempts: 0,
            idempotency: None,
            idempotency_key: None,
            speech: speech(&head.headers),
            method: head.method.clone(),
            called: Vec::new(),
            allowed: Box::default(),
            passes_unknown: false,
            consumer_speaks: None,
            consumer_adapter: None,
            envelope: None,
            parent: None,
            is_file: false,
            acknowledgement: None,
            soap_version: None,
            not_yet: false,
            secure: false,
            began: Instant::now(),
        })
    }

    /// The trail of one message of a file; none where there is no randomness to name it by.
    pub(super) fn of_part(gateway: &Gateway, head: &Parts, file: &Self) -> Option<Self> {
        let own = Self::begin(gateway, head)?;
        Some(Self {
            snapshot: Arc::clone(&file.snapshot),
            consumer: file.consumer.clone(),
            service: file.service.clone(),
            contract: file.contract.clone(),
            contract_name: file.contract_name.clone(),
            operation: file.operation.clone(),
            enforcement: file.enforcement,
            requires_certificate: file.requires_certificate,
            called: file.called.clone(),
            allowed: file.allowed.clone(),
            passes_unknown: file.passes_unknown,
            consumer_speaks: file.consumer_speaks.clone(),
            consumer_adapter: file.consumer_adapter.clone(),
            not_yet: file.not_yet,
            secure: file.secure,
            parent: Some(file.identity.exchange.clone()),
            ..own
        })
    }

    /// Has consumers speak by an adapter from here on.
    pub(super) fn speaks_by(&mut self, adapter: Option<&str>) {
        self.consumer_speaks = adapter.and_then(|name| self.snapshot.adapters.in_use(name));
        self.consumer_adapter = adapter.map(Into::into);
    }

    /// Keeps an envelope that is opened.
    pub(super) fn keep_envelope(&mut self, received: &Received) {
        let opens = match self.consumer_speaks.as_deref() {
            Some(InUse::Described { opens_envelopes, .. }) => *opens_envelopes,
            Some(InUse::SoapJson | InUse::Program { .. }) | None => false,
        };
        self.envelope = opens.then(|| received.clone());
    }

    /// The envelope that was opened last, where both sides speak by the same adapter: what was in it goes on in it.
    pub(super) fn take_envelope(&mut self) -> Option<Received> {
        let provider = self.service.as_ref().and_then(|service| service.adapter.as_deref());
        let same = provider.is_some() && provider == self.consumer_adapter.as_deref();
        self.envelope.take().filter(|_| same)
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.snapshot.settings.limits
    }

    /// The name of the operation asked, where one was found.
    pub fn operation_name(&self) -> Option<&str> {
        self.operation.as_ref().map(|asked| &*asked.name)
    }

    /// Whether the operation has no business answer.
    pub fn is_one_way(&self) -> bool {
        self.operation.as_ref().is_some_and(|asked| asked.one_way)
    }

    /// What an answer says of the exchange.
    pub fn reference(&self) -> Reference<'_> {
        Reference {
            exchange: &self.identity.exchange,
            opening: self.opening,
            contract: self.contract_name.as_deref(),
        }
    }

    /// How the provider speaks, where that is not as the contract says.
    pub(super) fn provider_speaks(&self) -> Option<Arc<InUse>> {
        let name = self.service.as_ref()?.adapter.as_deref()?;
        self.snapshot.adapters.in_use(name)
    }

    /// The contract's SOAP service as JSON, where a side speaks so.
    pub(super) fn face(&self) -> Option<Arc<Face>> {
        self.snapshot.adapters.face(self.contract_name.as_deref()?)
    }

    /// Whether consumers that come this way speak JSON to a SOAP service.
    pub(super) fn asks_by_face(&self) -> bool {
        matches!(self.consumer_speaks.as_deref(), Some(InUse::SoapJson))
    }

    /// The name of the operation asked; empty where none was found, which no operation is called.
    pub(super) fn asked_name(&self) -> &str {
        self.operation_name().unwrap_or_default()
    }

    /// Whether any message of the exchange is translated.
    pub(super) fn translates(&self) -> bool {
        self.consumer_speaks.is_some() || self.provider_speaks().is_some()
    }

    /// The digest of a message that did not arrive.
    pub fn no_message(&self) -> MessageDigest {
        receipt::message_digest(self.digesting(), "")
    }

    pub(super) fn digesting(&self) -> SaltedDigest {
        SaltedDigest::new(&self.identity.salt.0)
    }

    pub(super) fn enforces_request(&self) -> bool {
        self.enforcement.is_some_and(|pair| pair.request == Enforcement::Enforce)
    }

    pub(super) fn enforces_response(&self) -> bool {
        self.enforcement.is_some_and(|pair| pair.response == Enforcement::Enforce)
    }

    pub(super) fn span(&self) -> Span {
        tracing::debug_span!(
            target: names::SPANS,
            "exchange",
            exchange = self.identity.exchange,
            otel.kind = "server",
            service = tracing::field::Empty,
            contract = tracing::field::Empty,
            code = tracing::field::Empty,
        )
    }
}

impl fmt::Debug for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trail({})", self.identity.exchange)
    }
}

/// How the caller speaks: SOAP 1.2 says so in its media type, SOAP 1.1 by `SOAPAction` (SOAP 1.1, section 6.1.1). With
/// attachments the media type is that of the parts, and names SOAP 1.2 in a parameter.
fn speech(headers: &HeaderMap) -> Speech {
    let media_type = headers.get(header::CONTENT_TYPE).map_or(&b""[..], |value| value.as_bytes());
    let is = |essence: &[u8]| {
        media_type
            .split_at_checked(essence.len())
            .is_some_and(|(start, _)| start.eq_ignore_ascii_case(essence))
    };
    let related = is(b"multipart/related");
    let names_soap_12 = || {
        let name = b"application/soap+xml";
        media_type.windows(name.len()).any(|each| each.eq_ignore_ascii_case(name))
    };
    if is(b"application/soap+xml") || (related && names_soap_12()) {
        Speech::Soap12
    } else if (related || is(b"text/xml")) && headers.contains_key("soapaction") {
        Speech::Soap11
    } else {
        Speech::Problem
    }
}
