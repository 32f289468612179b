//! An answer of a system of XML, with the heads of HTTP that its switches ask for.

use super::{
    benign::{Variant, Variants},
    node::Node,
};
use bytes::Bytes;
use futures_util::stream;
use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{CONNECTION, CONTENT_TYPE},
};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use sluse_contracts::Day;
use std::convert::Infallible;

/// A body of an answer.
pub(super) type Body = UnsyncBoxBody<Bytes, Infallible>;

/// Bytes in one chunk, where a body comes in chunks.
const CHUNK_BYTES: usize = 7;

/// What is said.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) media_type: &'static str,
    pub(super) body: Vec<u8>,
}

impl Said {
    pub(super) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), media_type: "", body: Vec::new() }
    }

    /// A document.
    pub(super) fn node(
        status: StatusCode,
        media_type: &'static str,
        node: &Node,
        variants: &Variants,
    ) -> Self {
        Self { media_type, body: node.document(variants), ..Self::empty(status) }
    }

    /// A header, where its value can be one.
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

/// A whole answer.
pub(super) fn response(said: Said, variants: &Variants) -> Response<Body> {
    let has = |variant| variants.contains(&variant);
    let mut response = Response::new(Full::default().boxed_unsync());
    *response.status_mut() = said.status;
    *response.headers_mut() = said.headers;
    let headers = response.headers_mut();
    if has(Variant::ExtraHeaders) {
        headers.insert("x-request-id", HeaderValue::from_static("17"));
        headers.insert("server-timing", HeaderValue::from_static("db;dur=3"));
    }
    if has(Variant::ClosesConnections) {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if said.body.is_empty() {
        return response;
    }
    let mut media_type = said.media_type.to_owned();
    if has(Variant::UpperCaseType) {
        media_type.make_ascii_uppercase();
    }
    if has(Variant::Charset) {
        media_type.push_str("; charset=utf-8");
    }
    if let Ok(media_type) = HeaderValue::from_str(&media_type) {
        headers.insert(CONTENT_TYPE, media_type);
    }
    *response.body_mut() = body(said.body, has(Variant::Chunked));
    response
}

fn body(bytes: Vec<u8>, is_chunked: bool) -> Body {
    let bytes = Bytes::from(bytes);
    if !is_chunked {
        return Full::from(bytes).boxed_unsync();
    }
    let starts = (0..bytes.len()).step_by(CHUNK_BYTES);
    let chunks: Vec<Result<Frame<Bytes>, Infallible>> = starts
        .map(|at| Ok(Frame::data(bytes.slice(at..bytes.len().min(at + CHUNK_BYTES)))))
        .collect();
    StreamBody::new(stream::iter(chunks)).boxed_unsync()
}

/// A time (XML Schema 1.0 part 2, section 3.2.7), as the switches have it.
pub(super) fn moment(ms: u64, variants: &Variants) -> String {
    let has = |variant| variants.contains(&variant);
    let shift_ms = if has(Variant::OtherOffset) { 2 * 3_600_000 } else { 0 };
    let seconds = (ms + shift_ms) / 1_000;
    let day = Day::from_days(i64::try_from(seconds / 86_400).unwrap_or_default());
    let (year, month, date) = day.date();
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    let fraction = match has(Variant::FractionOfSecond) {
        true => format!(".{:03}", ms % 1_000),
        false => String::new(),
    };
    let offset = match () {
        () if has(Variant::OtherOffset) => "+02:00",
        () if has(Variant::OffsetForZ) => "+00:00",
        () => "Z",
    };
    format!("{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}")
}
