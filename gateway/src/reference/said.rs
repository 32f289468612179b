//! How the reference system writes what it says: JSON, times, refusals, in all the ways that are switched on.

use super::{System, benign::Variant, faults::Fault};
use bytes::Bytes;
use futures_util::stream;
use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{CONNECTION, CONTENT_TYPE, DATE, WWW_AUTHENTICATE},
};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use serde_json::{Map, Value, json};
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
    pub(super) body: Option<(&'static str, Value)>,
}

impl Said {
    pub(super) fn json(status: StatusCode, body: Value) -> Self {
        Self { status, headers: HeaderMap::new(), body: Some(("application/json", body)) }
    }

    pub(super) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: None }
    }

    /// A header, where its value can be one.
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

impl System {
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.options.faults.has(fault)
    }

    pub(super) fn writes(&self, variant: Variant) -> bool {
        self.options.variants.contains(&variant)
    }

    /// A refusal (RFC 9457).
    pub(super) fn refuse(&self, status: StatusCode, why: &str) -> Said {
        let mut problem = Map::new();
        if !self.writes(Variant::TerseProblems) {
            let title = status.canonical_reason().unwrap_or_default();
            let title = if self.writes(Variant::DanishTitles) { "Afvist" } else { title };
            problem.insert("type".to_owned(), json!("about:blank"));
            problem.insert("title".to_owned(), json!(title));
            problem.insert("detail".to_owned(), json!(why));
        }
        if !self.has(Fault::ProblemWithoutStatus) {
            problem.insert("status".to_owned(), json!(status.as_u16()));
        }
        if self.writes(Variant::LongProblems) {
            problem.insert("instance".to_owned(), json!("/log/17"));
            problem.insert("violations".to_owned(), json!([{ "at": "/", "why": why }]));
        }
        let media_type =
            if self.has(Fault::ProblemAsPage) { "text/html" } else { "application/problem+json" };
        Said { status, headers: HeaderMap::new(), body: Some((media_type, Value::Object(problem))) }
    }

    /// 401, with what the caller must show.
    pub(super) fn challenge(&self, challenge: &str) -> Said {
        let said = self.refuse(StatusCode::UNAUTHORIZED, "a token is needed");
        if self.has(Fault::NoChallenge) { said } else { said.with(WWW_AUTHENTICATE, challenge) }
    }

    /// A time as this system writes it.
    pub(super) fn write_time(&self, ms: u64) -> String {
        let shift_ms = if self.writes(Variant::OtherOffset) { 2 * 3_600_000 } else { 0 };
        let seconds = (ms + shift_ms) / 1_000;
        let day = Day::from_days(i64::try_from(seconds / 86_400).unwrap_or_default());
        let (year, month, date) = day.date();
        let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
        let fraction = match self.writes(Variant::FractionOfSecond) {
            true => format!(".{:03}", ms % 1_000),
            false => String::new(),
        };
        let offset = match () {
            () if self.has(Fault::TimeWithoutOffset) => "",
            () if self.writes(Variant::OtherOffset) => "+02:00",
            () if self.writes(Variant::OffsetForZ) => "+00:00",
            () => "Z",
        };
        format!(
            "{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}"
        )
    }

    /// The version of a permit, as a header writes it.
    pub(super) fn etag(&self, version: u64) -> String {
        let weak = if self.writes(Variant::WeakEtags) { "W/" } else { "" };
        format!("{weak}\"v{version}\"")
    }

    /// A whole answer.
    pub(super) fn response(&self, said: Said) -> Response<Body> {
        let mut response = Response::new(Full::default().boxed_unsync());
        *response.status_mut() = said.status;
        *response.headers_mut() = said.headers;
        let headers = response.headers_mut();
        if let Ok(version) = HeaderValue::from_str(&self.options.version) {
            headers.insert("contract-version", version);
        }
        if self.options.clock_ahead_seconds != 0 {
            let now = i64::try_from(self.now_ms() / 1_000).unwrap_or_default();
            if let Ok(date) = HeaderValue::from_str(&http_date(now)) {
                headers.insert(DATE, date);
            }
        }
        if self.writes(Variant::ExtraHeaders) {
            headers.insert("x-request-id", HeaderValue::from_static("17"));
            headers.insert("server-timing", HeaderValue::from_static("db;dur=3"));
        }
        if self.writes(Variant::ClosesConnections) {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        let Some((media_type, body)) = said.body else { return response };
        if let Ok(media_type) = HeaderValue::from_str(&self.media_type(media_type)) {
            headers.insert(CONTENT_TYPE, media_type);
        }
        *response.body_mut() = self.body(self.text(body));
        response
    }

    fn media_type(&self, media_type: &str) -> String {
        let mut written = media_type.to_owned();
        if self.writes(Variant::UpperCaseType) {
            written.make_ascii_uppercase();
        }
        if self.writes(Variant::Charset) {
            written.push_str("; charset=utf-8");
        }
        written
    }

    fn text(&self, mut body: Value) -> String {
        if self.writes(Variant::KeyOrder) {
            reverse(&mut body);
        }
        let text = match self.writes(Variant::WhiteSpace) {
            true => serde_json::to_string_pretty(&body).unwrap_or_default(),
            false => body.to_string(),
        };
        if self.writes(Variant::EscapedText) { escaped(&text) } else { text }
    }

    fn body(&self, text: String) -> Body {
        if !self.writes(Variant::Chunked) {
            return Full::from(text).boxed_unsync();
        }
        let bytes = Bytes::from(text);
        let starts = (0..bytes.len()).step_by(CHUNK_BYTES);
        let chunks: Vec<Result<Frame<Bytes>, Infallible>> = starts
            .map(|at| Ok(Frame::data(bytes.slice(at..bytes.len().min(at + CHUNK_BYTES)))))
            .collect();
        StreamBody::new(stream::iter(chunks)).boxed_unsync()
    }
}

/// A time of HTTP (RFC 9110, section 5.6.7).
fn http_date(seconds: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let days = seconds.div_euclid(86_400);
    let (year, month, date) = Day::from_days(days).date();
    let name = |list: &[&'static str], at: i64| {
        usize::try_from(at).ok().and_then(|at| list.get(at).copied()).unwrap_or_default()
    };
    let (day, month) = (name(&DAYS, days.rem_euclid(7)), name(&MONTHS, month - 1));
    let second = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{day}, {date:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

fn reverse(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let mut all: Vec<(String, Value)> = std::mem::take(members).into_iter().collect();
            all.iter_mut().for_each(|(_, value)| reverse(value));
            members.extend(all.into_iter().rev());
        }
        Value::Array(list) => list.iter_mut().for_each(reverse),
        _ => {}
    }
}

/// JSON with ASCII alone (RFC 8259, section 7).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_times_and_text_of_http_and_json() {
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(escaped("{\"a\":\"é🙂\"}"), r#"{"a":"\u00e9\ud83d\ude42"}"#);
        let mut value = json!({ "a": { "b": 1, "c": 2 }, "d": [] });
        reverse(&mut value);
        assert_eq!(value.to_string(), r#"{"d":[],"a":{"c":2,"b":1}}"#);
    }
}
