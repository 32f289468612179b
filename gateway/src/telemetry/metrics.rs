//! Metrics for `/metrics` (OpenMetrics), and the same for OTLP where it is configured.
//!
//! Labels are ids from the configuration, codes and fixed words: bounded, and never from a message.

use super::{names, otlp::Instruments};
use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use sluse_contracts::{Verdict, id::ServiceId, message::Direction};
use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

/// How an exchange ended, as counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The provider's answer was passed on.
    Answered,
    /// A one-way message was made durable.
    Accepted,
    /// The gateway refused the request.
    Refused,
    /// The provider's answer was held back, or there was none.
    Failed,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct ServiceLabel(Option<ServiceId>);

impl EncodeLabelValue for ServiceLabel {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        self.0.as_ref().map_or("", ServiceId::as_str).encode(encoder)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ExchangeLabels {
    service: ServiceLabel,
    outcome: &'static str,
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    service: ServiceLabel,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ServiceOnly {
    service: ServiceLabel,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VerdictLabels {
    direction: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabel {
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BuildLabels {
    version: &'static str,
}

/// All that is counted.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    exchanges: Family<ExchangeLabels, Counter>,
    exchanges_all: AtomicU64,
    duration: Histogram,
    under_way: Gauge,
    strangers: Counter,
    certificates_lacking: Family<ServiceOnly, Counter>,
    verdicts: Family<VerdictLabels, Counter>,
    violations: Family<CodeLabel, Counter>,
    calls: Family<CallLabels, Counter>,
    connections_open: Gauge,
    connections_refused: Counter,
    deliveries: Family<CallLabels, Counter>,
    outbox_waiting: Gauge,
    outbox_parked: Gauge,
    evidence_faults: Counter,
    reloads: Family<OutcomeLabel, Counter>,
    otlp: Option<Instruments>,
}

impl Metrics {
    /// Metrics that all stand at nothing; sent over OTLP too where `otlp` says so.
    pub fn new(otlp: bool) -> Self {
        let buckets = [
            0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
            30.0,
        ];
        let mut metrics = Self {
            registry: Registry::default(),
            exchanges: Family::default(),
            exchanges_all: AtomicU64::new(0),
            duration: Histogram::new(buckets),
            under_way: Gauge::default(),
            strangers: Counter::default(),
            certificates_lacking: Family::default(),
            verdicts: Family::default(),
            violations: Family::default(),
            calls: Family::default(),
            connections_open: Gauge::default(),
            connections_refused: Counter::default(),
            deliveries: Family::default(),
            outbox_waiting: Gauge::default(),
            outbox_parked: Gauge::default(),
            evidence_faults: Counter::default(),
            reloads: Family::default(),
            otlp: otlp.then(Instruments::new),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let mut registry = Registry::default();
        let r = &mut registry;
        let build: Family<BuildLabels, Gauge> = Family::default();
        build.get_or_create(&BuildLabels { version: env!("CARGO_PKG_VERSION") }).set(1);
        r.register(names::BUILD, "The version that runs", build);
        r.register(names::EXCHANGES, "Exchanges ended", self.exchanges.clone());
        r.register(names::EXCHANGE_DURATION, "From head to answer", self.duration.clone());
        r.register(names::EXCHANGES_UNDER_WAY, "Exchanges under way", self.under_way.clone());
        r.register(names::STRANGERS, "Requests of callers not identified", self.strangers.clone());
        r.register(
            names::CERTIFICATES_LACKING,
            "Exchanges that passed without the certificate asked for",
            self.certificates_lacking.clone(),
        );
        r.register(names::VERDICTS, "Verdicts", self.verdicts.clone());
        r.register(names::VIOLATIONS, "Violations by code", self.violations.clone());
        r.register(names::UPSTREAM_CALLS, "Calls of providers", self.calls.clone());
        r.register(names::CONNECTIONS_OPEN, "Connections open", self.connections_open.clone());
        r.register(
            names::CONNECTIONS_REFUSED,
            "Connections refused: too many, or a failed handshake",
            self.connections_refused.clone(),
        );
        r.register(names::DELIVERIES, "Attempts to deliver", self.deliveries.clone());
        r.register(names::OUTBOX_WAITING, "Messages waiting", self.outbox_waiting.clone());
        r.register(names::OUTBOX_PARKED, "Dead letters", self.outbox_parked.clone());
        r.register(
            names::EVIDENCE_FAULTS,
            "Writes of evidence that failed",
            self.evidence_faults.clone(),
        );
        r.register(names::RELOADS, "Reloads of the configuration", self.reloads.clone());
        self.registry = registry;
    }

    /// An exchange began.
    pub fn exchange_began(&self) {
        self.under_way.inc();
    }

    /// An exchange ended; `code` is empty where there was no fault.
    pub fn exchange_ended(
        &self,
        service: Option<&ServiceId>,
        outcome: Outcome,
        code: &'static str,
        seconds: f64,
    ) {
        let labels = ExchangeLabels {
            service: ServiceLabel(service.cloned()),
            outcome: outcome.as_str(),
            code,
        };
        self.exchanges.get_or_create(&labels).inc();
        self.exchanges_all.fetch_add(1, Ordering::Relaxed);
        self.duration.observe(seconds);
        self.under_way.dec();
        if let Some(otlp) = &self.otlp {
            let service = service.map_or("", ServiceId::as_str);
            otlp.exchange_ended(service, outcome.as_str(), code, seconds);
        }
    }

    /// A caller did not show who it is.
    pub fn stranger(&self) {
        self.strangers.inc();
    }

    /// An exchange passed though the consumer lacks the certificate that the service asks for.
    pub fn certificate_lacking(&self, service: Option<&ServiceId>) {
        let labels = ServiceOnly { service: ServiceLabel(service.cloned()) };
        self.certificates_lacking.get_or_create(&labels).inc();
    }

    /// A message was judged.
    pub fn judged(&self, direction: Direction, verdict: &Verdict) {
        use sluse_contracts::Outcome as Found;
        let outcome = match verdict.outcome {
            Found::Accepted => "accepted",
            Found::Rejected => "rejected",
            Found::Malformed => "malformed",
            Found::UnknownContract => "unknown-contract",
        };
        let direction = match direction {
            Direction::Request => "request",
            Direction::Response => "response",
        };
        self.verdicts.get_or_create(&VerdictLabels { direction, outcome }).inc();
        for violation in &verdict.violations {
            self.violations.get_or_create(&CodeLabel { code: violation.code.as_str() }).inc();
        }
        if let Some(otlp) = &self.otlp {
            otlp.judged(direction, outcome);
        }
    }

    /// A provider was called; `outcome` is `answered` or a fault's code.
    pub fn called(&self, service: &ServiceId, outcome: &'static str) {
        let labels = CallLabels { service: ServiceLabel(Some(service.clone())), outcome };
        self.calls.get_or_create(&labels).inc();
        if let Some(otlp) = &self.otlp {
            otlp.called(service.as_str(), outcome);
        }
    }

    /// Delivery was tried; `outcome` is `delivered`, `deferred` or `parked`.
    pub fn delivery(&self, service: &str, outcome: &'static str) {
        let labels = CallLabels { service: ServiceLabel(service.parse().ok()), outcome };
        self.deliveries.get_or_create(&labels).inc();
        if let Some(otlp) = &self.otlp {
            otlp.delivery(service, outcome);
        }
    }

    /// A connection was accepted.
    pub fn connection_opened(&self) {
        self.connections_open.inc();
    }

    /// A connection ended.
    pub fn connection_closed(&self) {
        self.connections_open.dec();
    }

    /// A connection was refused.
    pub fn connection_refused(&self) {
        self.connections_refused.inc();
    }

    /// How full the outbox is.
    pub fn outbox(&self, waiting: u64, parked: u64) {
        self.outbox_waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        self.outbox_parked.set(i64::try_from(parked).unwrap_or(i64::MAX));
    }

    /// Evidence could not be written.
    pub fn evidence_failed(&self) {
        self.evidence_faults.inc();
    }

    /// The configuration was swapped, or a faulty one refused.
    pub fn reloaded(&self, swapped: bool) {
        let outcome = if swapped { "swapped" } else { "refused" };
        self.reloads.get_or_create(&OutcomeLabel { outcome }).inc();
    }

    /// Exchanges ended since the start.
    pub fn exchanges_ended(&self) -> u64 {
        self.exchanges_all.load(Ordering::Relaxed)
    }

    /// Exchanges under way.
    pub fn exchanges_under_way(&self) -> u64 {
        u64::try_from(self.under_way.get()).unwrap_or(0)
    }

    /// Everything as OpenMetrics text.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        // Writing into a string cannot fail.
        let _ = text::encode(&mut out, &self.registry);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_which_version_runs() {
        let line = format!("sluse_build_info{{version=\"{}\"}} 1\n", env!("CARGO_PKG_VERSION"));
        assert!(Metrics::new(false).to_text().contains(&line));
    }
}
