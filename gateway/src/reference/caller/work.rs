//! A day's work of the reference consumer.

use super::{
    Options, TOKEN,
    benign::Variant,
    faults::Fault,
    wire::{Answer, Silence, Wire},
};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_MATCH, LOCATION, RETRY_AFTER},
};
use serde_json::Value;
use std::{collections::BTreeSet, time::Duration};
use tokio::time::sleep;

/// Applications of a day: one more than there are ways in which an answer can fail.
const APPLICATIONS: usize = 6;
/// Most tries of one request.
const TRIES_MAX: u32 = 8;
/// The wait after the first failure; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// Longest wait between tries where the provider names none.
const WAIT_MAX: Duration = Duration::from_secs(2);
/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same of somebody who has none.
const NO_PATIENCE: Duration = Duration::from_millis(300);

const KEY: HeaderName = HeaderName::from_static("idempotency-key");

pub(super) struct Office<'o> {
    options: &'o Options,
    wire: Wire,
    n_sent: u64,
    n_keys: u64,
    is_gone: bool,
    /// Events that were acted on, by their ids.
    acted: BTreeSet<String>,
}

/// What is sent, but for its token.
struct Asked<'a> {
    method: Method,
    path: &'a str,
    headers: Vec<(HeaderName, String)>,
    body: Option<String>,
}

impl<'a> Asked<'a> {
    fn of(method: Method, path: &'a str) -> Self {
        Self { method, path, headers: Vec::new(), body: None }
    }
}

impl<'o> Office<'o> {
    pub(super) fn new(options: &'o Options, wire: Wire) -> Self {
        Self { options, wire, n_sent: 0, n_keys: 0, is_gone: false, acted: BTreeSet::new() }
    }

    pub(super) fn sent(&self) -> u64 {
        self.n_sent
    }

    /// Applies, looks at the list and at what happened, changes one application, and withdraws it.
    pub(super) async fn day(&mut self) {
        let mut made = None;
        for number in 0..APPLICATIONS {
            made = self.apply(number).await.or(made);
        }
        self.list().await;
        self.follow().await;
        self.follow().await;
        if let Some(place) = made {
            self.change(&place).await;
            self.ask(Asked::of(Method::DELETE, &place)).await;
            if self.options.has(Fault::AsksForMore) {
                self.ask(Asked::of(Method::PATCH, &place)).await;
            }
        }
    }

    /// Applies for a permit, and gives its path.
    async fn apply(&mut self, number: usize) -> Option<String> {
        let body = self.application(number);
        let mut key = (!self.options.has(Fault::NoKey)).then(|| self.fresh_key());
        for count in 0..TRIES_MAX {
            let mut asked =
                Asked { body: Some(body.clone()), ..Asked::of(Method::POST, "/permits") };
            asked.headers.extend(key.iter().map(|key| (KEY, key.clone())));
            asked.headers.push((CONTENT_TYPE, self.media_type()));
            let came = self.once(asked).await;
            if let Ok(answer) = &came
                && !is_later(answer.status)
            {
                let place = answer.headers.get(LOCATION)?.to_str().ok()?;
                return Some(place.to_owned()).filter(|_| answer.status == StatusCode::CREATED);
            }
            if self.gives_up(&came) {
                return None;
            }
            self.wait(&came, count).await;
            key = self.next_key(key, &came);
        }
        None
    }

    fn gives_up(&self, came: &Result<Answer, Silence>) -> bool {
        let fault = match came {
            Ok(answer) if answer.status == StatusCode::SERVICE_UNAVAILABLE => {
                Fault::GivesUpAfter503
            }
            Ok(_) => return false,
            Err(_) => Fault::GivesUpAfterLost,
        };
        self.is_gone || self.options.has(fault)
    }

    /// The key of the next try: the first one, where nothing is wrong.
    fn next_key(&mut self, key: Option<String>, came: &Result<Answer, Silence>) -> Option<String> {
        let after_silence = [Fault::NewKeyAfterLost, Fault::Impatient];
        let lost = came.is_err() && after_silence.iter().any(|fault| self.options.has(*fault));
        if self.options.has(Fault::DropsKey) {
            return None;
        }
        if lost || self.options.has(Fault::NewKey) { Some(self.fresh_key()) } else { key }
    }

    fn fresh_key(&mut self) -> String {
        self.n_keys += 1;
        format!("office-{:06}", self.n_keys)
    }

    /// Waits as the answer asks, else longer with each try.
    async fn wait(&self, came: &Result<Answer, Silence>, count: u32) {
        let options = self.options;
        let asked = came.as_ref().ok().and_then(|answer| {
            let seconds = answer.headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
            Some((answer.status, Duration::from_secs(seconds)))
        });
        let time = match asked {
            Some((StatusCode::SERVICE_UNAVAILABLE, _))
                if options.has(Fault::IgnoresRetryAfter503) =>
            {
                Duration::ZERO
            }
            Some((StatusCode::TOO_MANY_REQUESTS, _))
                if options.has(Fault::IgnoresRetryAfter429) =>
            {
                Duration::ZERO
            }
            Some((_, time)) if options.has(Fault::HalvesRetryAfter) => time / 2,
            Some((_, time)) if options.does(Variant::WaitsLonger) => time + time / 2,
            // A clock is no better than its grain.
            Some((_, time)) => time + Duration::from_millis(20),
            None if options.has(Fault::NoBackOff) => Duration::ZERO,
            None => (FIRST_WAIT * 2_u32.saturating_pow(count)).min(WAIT_MAX),
        };
        sleep(time + self.by_chance(count)).await;
    }

    /// A little that differs from try to try.
    fn by_chance(&self, count: u32) -> Duration {
        let mut byte = [0];
        // Without random numbers there is no chance, and nothing is lost.
        if !self.options.does(Variant::Jitter) || aws_lc_rs::rand::fill(&mut byte).is_err() {
            return Duration::ZERO;
        }
        FIRST_WAIT * (count + 1) * u32::from(byte[0]) / 256
    }

    async fn list(&mut self) {
        let limit = match self.options {
            options if options.has(Fault::BadQuery) => 0,
            options if options.does(Variant::Pages) => 1,
            _ => 50,
        };
        self.ask(Asked::of(Method::GET, &format!("/permits?limit={limit}"))).await;
    }

    /// Reads what happened, and the permit of each event that is new.
    async fn follow(&mut self) {
        let Some(answer) = self.ask(Asked::of(Method::GET, "/events")).await else { return };
        let mut events: Vec<Value> =
            answer.body.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
        if !self.options.has(Fault::OutOfOrder) {
            events.sort_by_key(|event| event.get("sequence").and_then(Value::as_u64));
        }
        for event in events {
            let member = |name: &str| event.get(name)?.as_str().map(str::to_owned);
            let (Some(id), Some(permit)) = (member("id"), member("permit")) else { continue };
            if self.acted.insert(id) || self.options.has(Fault::ActsTwice) {
                self.read(&format!("/permits/{permit}")).await;
            }
        }
    }

    async fn read(&mut self, place: &str) -> Option<Answer> {
        self.ask(Asked::of(Method::GET, place)).await
    }

    /// Replaces an application; where another was faster, on what he left.
    async fn change(&mut self, place: &str) {
        let Some(etag) = self.version(place).await else { return };
        let answer = self.replace(place, &etag).await;
        if answer.is_none_or(|answer| answer.status != StatusCode::PRECONDITION_FAILED) {
            return;
        }
        let named = match self.options {
            options if options.has(Fault::ForcesAfter412) => Some(etag),
            options if options.has(Fault::GuessesEtag) => Some("\"v2\"".to_owned()),
            options if options.has(Fault::StaleEtag) => self.version(place).await.map(|_| etag),
            _ => self.version(place).await,
        };
        if let Some(named) = named {
            self.replace(place, &named).await;
        }
    }

    async fn version(&mut self, place: &str) -> Option<String> {
        if self.options.does(Variant::ReadsMore) {
            self.read(place).await;
        }
        let answer = self.read(place).await?;
        Some(answer.headers.get(ETAG)?.to_str().ok()?.to_owned())
    }

    async fn replace(&mut self, place: &str, etag: &str) -> Option<Answer> {
        let mut asked = Asked { body: Some(self.replacement()), ..Asked::of(Method::PUT, place) };
        let media_type = match self.options.has(Fault::WrongMediaType) {
            true => "text/plain".to_owned(),
            false => self.media_type(),
        };
        asked.headers = vec![(IF_MATCH, etag.to_owned()), (CONTENT_TYPE, media_type)];
        self.ask(asked).await
    }

    /// Asks, and where it is to be asked later, waits and asks again.
    async fn ask(&mut self, asked: Asked<'_>) -> Option<Answer> {
        let Asked { method, path, headers, body } = asked;
        for count in 0..TRIES_MAX {
            let (method, headers, body) = (method.clone(), headers.clone(), body.clone());
            let came = self.once(Asked { method, path, headers, body }).await;
            match came {
                Ok(answer) if !is_later(answer.status) => return Some(answer),
                _ if self.is_gone => return None,
                came => self.wait(&came, count).await,
            }
        }
        None
    }

    async fn once(&mut self, asked: Asked<'_>) -> Result<Answer, Silence> {
        if self.is_gone {
            return Err(Silence::Gone);
        }
        self.n_sent += 1;
        let longest = if self.options.has(Fault::Impatient) { NO_PATIENCE } else { PATIENCE };
        let headers = self.headers(&asked);
        let to = (&asked.method, asked.path);
        let came = self.wire.send(to, headers, asked.body, longest).await;
        self.is_gone |= matches!(came, Err(Silence::Gone));
        came
    }

    fn headers(&self, asked: &Asked<'_>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut put = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.append(name, value);
            }
        };
        put(ACCEPT, "application/json, application/problem+json");
        let is_read = asked.method == Method::GET && asked.path.starts_with("/permits/");
        let hides =
            self.options.has(Fault::NoToken) || (is_read && self.options.has(Fault::NoTokenOnRead));
        let scheme = match self.options {
            options if options.has(Fault::TokenAsBasic) => "Basic",
            options if options.does(Variant::LowerCaseScheme) => "bearer",
            _ => "Bearer",
        };
        if !hides {
            put(AUTHORIZATION, &format!("{scheme} {TOKEN}"));
        }
        if self.options.does(Variant::ExtraHeaders) {
            put(HeaderName::from_static("x-request-id"), "1");
            put(
                HeaderName::from_static("traceparent"),
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            );
        }
        for (name, value) in &asked.headers {
            put(name.clone(), value);
        }
        headers
    }

    fn media_type(&self) -> String {
        let charset = if self.options.does(Variant::Charset) { "; charset=utf-8" } else { "" };
        format!("application/json{charset}")
    }

    fn application(&self, number: usize) -> String {
        let mut members = self.members(&format!("REF-2026-{number:04}"));
        let is_last = number + 1 == APPLICATIONS;
        if is_last && self.options.has(Fault::MissingMember) {
            members.retain(|(name, _)| *name != "received");
        }
        if is_last && self.options.has(Fault::BadParcel) {
            members.iter_mut().filter(|(name, _)| *name == "parcel").for_each(|(_, value)| {
                *value = "\"seventeen\"".to_owned();
            });
        }
        self.written(members)
    }

    fn replacement(&self) -> String {
        let mut members = self.members("REF-2026-9999");
        if self.options.has(Fault::UnknownMember) {
            members.push(("colour", "\"red\"".to_owned()));
        }
        let text = self.written(members);
        match self.options.has(Fault::BadSyntax) {
            true => format!("{},}}", text.trim_end().trim_end_matches('}')),
            false => text,
        }
    }

    /// An application, member by member; each value is JSON.
    fn members(&self, reference: &str) -> Vec<(&'static str, String)> {
        let offset = if self.options.does(Variant::OffsetForZ) { "+00:00" } else { "Z" };
        let name = match self.options.does(Variant::EscapedText) {
            true => r"\u00c5se \u00c6r\u00f8",
            false => "Åse Ærø",
        };
        vec![
            ("reference", format!("\"{reference}\"")),
            ("applicant", format!(r#"{{"name":"{name}"}}"#)),
            ("parcel", "\"17a\"".to_owned()),
            ("kind", "\"new\"".to_owned()),
            ("received", "\"2026-03-01\"".to_owned()),
            ("inspection", format!("\"2026-04-01T10:00:00{offset}\"")),
        ]
    }

    fn written(&self, mut members: Vec<(&'static str, String)>) -> String {
        let (space, line) =
            if self.options.does(Variant::WhiteSpace) { (" ", "\n  ") } else { ("", "") };
        if self.options.does(Variant::KeyOrder) {
            members.reverse();
        }
        let each = members.iter().map(|(name, value)| format!("{line}\"{name}\":{space}{value}"));
        format!("{{{}{}}}", each.collect::<Vec<_>>().join(","), line.trim_end_matches(' '))
    }
}

/// Whether the same is to be asked again later.
fn is_later(status: StatusCode) -> bool {
    matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS)
}
