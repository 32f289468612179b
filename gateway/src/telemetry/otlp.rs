//! Traces and metrics over OTLP/HTTP, where the configuration names a receiver.

use super::names;
use bytes::Bytes;
use http::{Request, Response};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use opentelemetry::{
    KeyValue, global,
    metrics::{Counter, Histogram},
    propagation::TextMapCompositePropagator,
    trace::TracerProvider as _,
};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{
    MetricExporter, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::{
    Resource,
    metrics::SdkMeterProvider,
    propagation::TraceContextPropagator,
    trace::{SdkTracerProvider, Tracer},
};
use std::{fmt, pin::Pin, time::Duration};
use tokio::runtime::Handle;

const EXPORT_TIMEOUT_MS: u64 = 10_000;
const EXPORT_ANSWER_BYTES_MAX: usize = 64 * 1024;

/// What keeps exporting until it is shut down.
#[derive(Debug)]
pub struct Export {
    traces: SdkTracerProvider,
    metrics: SdkMeterProvider,
}

/// OTLP cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("OTLP cannot be set up: {0}")]
pub struct ExportFault(String);

impl Export {
    /// Exports to the receiver at `endpoint` (its base URL); runs on the runtime that calls.
    ///
    /// # Errors
    /// Where the endpoint is no URL.
    pub fn start(endpoint: &str) -> Result<Self, ExportFault> {
        let base = endpoint.trim_end_matches('/');
        let fault = |fault: opentelemetry_otlp::ExporterBuildError| ExportFault(fault.to_string());
        let spans = SpanExporter::builder()
            .with_http()
            .with_http_client(Post::new()?)
            .with_endpoint(format!("{base}/v1/traces"))
            .build()
            .map_err(fault)?;
        let metrics = MetricExporter::builder()
            .with_http()
            .with_http_client(Post::new()?)
            .with_endpoint(format!("{base}/v1/metrics"))
            .build()
            .map_err(fault)?;
        let resource = Resource::builder().with_service_name(names::SCOPE).build();
        let traces = SdkTracerProvider::builder()
            .with_batch_exporter(spans)
            .with_resource(resource.clone())
            .build();
        let metrics = SdkMeterProvider::builder()
            .with_periodic_exporter(metrics)
            .with_resource(resource)
            .build();
        global::set_meter_provider(metrics.clone());
        let w3c = TextMapCompositePropagator::new(vec![Box::new(TraceContextPropagator::new())]);
        global::set_text_map_propagator(w3c);
        Ok(Self { traces, metrics })
    }

    /// Where spans go.
    pub fn tracer(&self) -> Tracer {
        self.traces.tracer(names::SCOPE)
    }

    /// Sends what is left and stops. Blocks: call it off the runtime's threads.
    pub fn stop(&self) {
        let _ = self.traces.shutdown();
        let _ = self.metrics.shutdown();
    }
}

/// The metrics that are sent over OTLP.
#[derive(Debug)]
pub(in crate::telemetry) struct Instruments {
    exchanges: Counter<u64>,
    duration: Histogram<f64>,
    verdicts: Counter<u64>,
    calls: Counter<u64>,
    deliveries: Counter<u64>,
}

impl Instruments {
    /// Instruments of the global meter.
    pub(in crate::telemetry) fn new() -> Self {
        let meter = global::meter(names::SCOPE);
        Self {
            exchanges: meter.u64_counter(names::EXCHANGES).build(),
            duration: meter.f64_histogram(names::EXCHANGE_DURATION).with_unit("s").build(),
            verdicts: meter.u64_counter(names::VERDICTS).build(),
            calls: meter.u64_counter(names::UPSTREAM_CALLS).build(),
            deliveries: meter.u64_counter(names::DELIVERIES).build(),
        }
    }

    pub(super) fn exchange_ended(
        &self,
        service: &str,
        outcome: &'static str,
        code: &'static str,
        seconds: f64,
    ) {
        let labels = [
            KeyValue::new("service", service.to_owned()),
            KeyValue::new("outcome", outcome),
            KeyValue::new("code", code),
        ];
        self.exchanges.add(1, &labels);
        self.duration.record(seconds, &[]);
    }

    pub(super) fn judged(&self, direction: &'static str, outcome: &'static str) {
        let labels = [KeyValue::new("direction", direction), KeyValue::new("outcome", outcome)];
        self.verdicts.add(1, &labels);
    }

    pub(super) fn called(&self, service: &str, outcome: &'static str) {
        let service = KeyValue::new("service", service.to_owned());
        self.calls.add(1, &[service, KeyValue::new("outcome", outcome)]);
    }

    pub(super) fn delivery(&self, service: &str, outcome: &'static str) {
        let service = KeyValue::new("service", service.to_owned());
        self.deliveries.add(1, &[service, KeyValue::new("outcome", outcome)]);
    }
}

impl Default for Instruments {
    fn default() -> Self {
        Self::new()
    }
}

/// Posts exports on the gateway's runtime, whichever thread the exporter runs on.
#[derive(Clone)]
struct Post {
    client: Client<hyper_rustls::HttpsConnector<HttpConnector>, http_body_util::Full<Bytes>>,
    runtime: Handle,
}

impl Post {
    fn new() -> Result<Self, ExportFault> {
        let connector = crate::upstream::connector(Duration::from_secs(5), None);
        let connector = connector.map_err(|fault| ExportFault(fault.to_string()))?;
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            runtime: Handle::current(),
        })
    }

    async fn send(self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.client.request(request.map(http_body_util::Full::new)).await?;
        let (head, body) = answer.into_parts();
        let limited = http_body_util::Limited::new(body, EXPORT_ANSWER_BYTES_MAX);
        #[expect(clippy::disallowed_methods, reason = "bounded by `Limited` on the line above")]
        let body = http_body_util::BodyExt::collect(limited).await?.to_bytes();
        Ok(Response::from_parts(head, body))
    }
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Post")
    }
}

impl HttpClient for Post {
    fn send_bytes<'a, 'b>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        let sent = self.clone().send(request);
        let limit = Duration::from_millis(EXPORT_TIMEOUT_MS);
        // The exporter's own thread has no runtime, and no drain waits for it: it is shut down by `stop`.
        let sent = self.runtime.spawn(async move { tokio::time::timeout(limit, sent).await });
        Box::pin(async move { sent.await?? })
    }
}
