//! Every name that telemetry shows, in one place.
//!
//! Metrics are `sluse_<noun>_<measure>_<unit>`; the exposition adds `_total` to counters.

/// What runs: a constant 1, with the version as its label.
pub const BUILD: &str = "sluse_build_info";
/// Exchanges ended, by service, outcome and code.
pub const EXCHANGES: &str = "sluse_exchanges";
/// How long exchanges took, from head to answer.
pub const EXCHANGE_DURATION: &str = "sluse_exchange_duration_seconds";
/// Exchanges under way.
pub const EXCHANGES_UNDER_WAY: &str = "sluse_exchanges_under_way";
/// Requests of callers that did not show who they are: counted, not recorded.
pub const STRANGERS: &str = "sluse_strangers";
/// Exchanges that passed though the consumer lacks the certificate that is asked for, by service.
pub const CERTIFICATES_LACKING: &str = "sluse_certificates_lacking";
/// Verdicts, by direction and outcome.
pub const VERDICTS: &str = "sluse_verdicts";
/// Violations, by code.
pub const VIOLATIONS: &str = "sluse_violations";
/// Calls of providers, by service and outcome.
pub const UPSTREAM_CALLS: &str = "sluse_upstream_calls";
/// Connections open.
pub const CONNECTIONS_OPEN: &str = "sluse_connections_open";
/// Connections refused because too many were open or the handshake failed.
pub const CONNECTIONS_REFUSED: &str = "sluse_connections_refused";
/// Attempts to deliver one-way messages, by service and outcome.
pub const DELIVERIES: &str = "sluse_deliveries";
/// Messages waiting in the outbox.
pub const OUTBOX_WAITING: &str = "sluse_outbox_waiting_messages";
/// Dead letters.
pub const OUTBOX_PARKED: &str = "sluse_outbox_parked_messages";
/// Writes of evidence that failed.
pub const EVIDENCE_FAULTS: &str = "sluse_evidence_faults";
/// Reloads of the configuration, by outcome.
pub const RELOADS: &str = "sluse_reloads";

/// The target of spans: one per exchange and one per stage that waits.
pub const SPANS: &str = "sluse::spans";
/// The instrumentation scope of traces and metrics.
pub const SCOPE: &str = "sluse";
