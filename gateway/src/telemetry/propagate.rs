//! W3C Trace Context: a trace is taken from the consumer and passed on to the provider.
//!
//! `traceparent` is numbers and joins the trace. `tracestate` is the senders' own words: it passes on as it came, and no
//! exported span holds it.
//!
//! Without a receiver the headers pass through as they came, as the recommendation (section 4.3) asks of those
//! that take no part.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::{
    global,
    propagation::{Extractor, Injector},
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

const TRACE_STATE: &str = "tracestate";

/// Makes `span` part of the consumer's trace, where the request names one.
pub fn continue_trace(span: &Span, headers: &HeaderMap) {
    if span.is_disabled() {
        return;
    }
    let parent = global::get_text_map_propagator(|w3c| w3c.extract(&Taken(headers)));
    // Fails only where the span has no OpenTelemetry layer: then there is no trace to join.
    let _ = span.set_parent(parent);
}

/// Writes `span`'s place in the trace on a request to a provider.
pub fn pass_on_trace(span: &Span, headers: &mut HeaderMap) {
    if span.is_disabled() {
        return;
    }
    global::get_text_map_propagator(|w3c| {
        w3c.inject_context(&span.context(), &mut Passed(headers));
    });
}

struct Taken<'a>(&'a HeaderMap);

impl Extractor for Taken<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        if key == TRACE_STATE {
            return None;
        }
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

struct Passed<'a>(&'a mut HeaderMap);

impl Injector for Passed<'_> {
    fn set(&mut self, key: &str, value: String) {
        if key == TRACE_STATE {
            return;
        }
        let pair = (HeaderName::try_from(key), HeaderValue::try_from(value));
        if let (Ok(name), Ok(value)) = pair {
            self.0.insert(name, value);
        }
    }
}
