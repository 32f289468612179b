//! What the gateway shows of itself: logs, metrics, traces. Never anything that a message said.
//!
//! Logs go to standard error as text or JSON Lines. Spans exist only where OTLP is configured: without a
//! receiver they are off at the source and cost nothing.

pub mod metrics;
pub mod names;
mod otlp;
mod propagate;

pub use metrics::{Metrics, Outcome};
pub use otlp::{Export, ExportFault};
pub use propagate::{continue_trace, pass_on_trace};

use std::io::IsTerminal as _;
use tracing::{Level, Metadata, level_filters::LevelFilter};
use tracing_subscriber::{
    EnvFilter, Layer as _,
    filter::{FilterExt as _, Targets, filter_fn},
    fmt,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    /// For people.
    Text,
    /// JSON Lines.
    Json,
}

/// Starts logging to standard error, and exporting where `endpoint` names an OTLP receiver.
///
/// `filter` is in `tracing`'s directives, such as `info` or `sluse=debug`; what cannot be read counts as `info`.
///
/// # Errors
/// Where OTLP cannot be set up.
pub fn start(
    filter: &str,
    form: LogForm,
    endpoint: Option<&str>,
) -> Result<Option<Export>, ExportFault> {
    let export = endpoint.map(Export::start).transpose()?;
    // At their lower levels libraries write what they read from the wire.
    let libraries = |meta: &Metadata<'_>| {
        meta.target().starts_with(names::SCOPE) || *meta.level() <= Level::WARN
    };
    // Spans are for traces: a log line names its exchange itself.
    let filter = EnvFilter::try_new(filter)
        .unwrap_or_else(|_| EnvFilter::new("info"))
        .add_directive(off(names::SPANS));
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match form {
        LogForm::Text => lines.with_ansi(colour()).boxed(),
        LogForm::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    let spans = export.as_ref().map(|export| {
        tracing_opentelemetry::layer()
            .with_tracer(export.tracer())
            .with_filter(Targets::new().with_target(names::SPANS, LevelFilter::DEBUG))
    });
    // A second start, as in tests, keeps the first one's subscriber.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(filter.and(filter_fn(libraries))))
        .with(spans)
        .try_init();
    Ok(export)
}

fn off(target: &str) -> tracing_subscriber::filter::Directive {
    format!("{target}=off").parse().unwrap_or_else(|_| LevelFilter::INFO.into())
}

fn colour() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}
