//! The operations of the reference system, once it is known who asks and that the request keeps to the contract.

use super::{
    System,
    benign::Variant,
    faults::Fault,
    head::{lists, parameter, text},
    registry::{Asked, Made, Now, Registry},
    said::Said,
};
use http::{
    HeaderMap, HeaderName, StatusCode,
    header::{ETAG, HOST, IF_MATCH, IF_NONE_MATCH, LOCATION},
};
use serde_json::{Value, json};
use std::{
    sync::{MutexGuard, PoisonError, atomic::Ordering},
    time::Duration,
};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Entries of a page where nothing is said.
const PAGE_SIZE: usize = 20;

/// What is asked.
pub(super) struct Asking {
    pub(super) operation: &'static str,
    pub(super) who: String,
    pub(super) id: String,
    pub(super) query: Option<String>,
    pub(super) headers: HeaderMap,
    pub(super) application: Value,
}

impl System {
    pub(super) async fn perform(&self, asking: Asking) -> Said {
        match asking.operation {
            "createPermit" => self.create(&asking).await,
            "getPermit" => self.read(&asking),
            "replacePermit" => self.replace(&asking),
            "withdrawPermit" => self.withdraw(&asking),
            "listPermits" => self.list(&asking, Registry::list),
            _ => self.list(&asking, Registry::told),
        }
    }

    async fn create(&self, asking: &Asking) -> Said {
        let key = text(&asking.headers, &IDEMPOTENCY_KEY);
        let application = &asking.application;
        let used = |registry: &Registry| {
            registry.used(&asking.who, key?, application, &self.options.faults)
        };
        if self.has(Fault::MakesTwoAtOnce) {
            let before = used(&self.registry());
            if before.is_none() {
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
            return match before {
                Some(before) => self.made(before, asking),
                None => {
                    let made =
                        self.now(|now| self.registry().make(&asking.who, key, application, now));
                    self.made(made, asking)
                }
            };
        }
        let made = self.now(|now| {
            let mut registry = self.registry();
            let before = used(&registry);
            before.unwrap_or_else(|| registry.make(&asking.who, key, application, now))
        });
        self.made(made, asking)
    }

    fn made(&self, made: Made, asking: &Asking) -> Said {
        let (permit, again) = match made {
            Made::New(permit) => (permit, false),
            Made::Again(permit) => (permit, true),
            Made::Conflict => {
                return self
                    .refuse(StatusCode::CONFLICT, "the key was used for another application");
            }
            Made::Full => return self.refuse(StatusCode::INSUFFICIENT_STORAGE, "there is no room"),
        };
        let id = permit.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let as_200 = self.has(Fault::CreatedAs200) || (again && self.has(Fault::ReplaysAs200));
        let status = if as_200 { StatusCode::OK } else { StatusCode::CREATED };
        let said = self.permit(status, permit).with(ETAG, &self.etag(1));
        if self.has(Fault::NoLocation) {
            return said;
        }
        let id = if self.has(Fault::LocationElsewhere) {
            "00000000-0000-4000-8000-000000000000".to_owned()
        } else {
            id
        };
        let base = &self.options.base;
        let host = text(&asking.headers, &HOST).filter(|_| self.writes(Variant::AbsoluteLocation));
        let scheme = if self.options.tls.is_some() { "https" } else { "http" };
        let whole = host.map(|host| format!("{scheme}://{host}")).unwrap_or_default();
        said.with(LOCATION, &format!("{whole}{base}/permits/{id}"))
    }

    fn read(&self, asking: &Asking) -> Said {
        let registry = self.registry();
        let sees = self.has(Fault::ShowsOthers);
        let found = registry.find(&asking.id, &asking.who, sees, &self.options.faults);
        let Some(permit) = found else { return self.absent() };
        let etag = self.etag(permit.version);
        let has_it = text(&asking.headers, &IF_NONE_MATCH).is_some_and(|it| lists(it, &etag));
        if has_it && !self.has(Fault::NeverNotModified) {
            return Said::empty(StatusCode::NOT_MODIFIED).with(ETAG, &etag);
        }
        let mut shown = permit.shown(&|ms| self.write_time(ms));
        if self.has(Fault::UnknownStatus)
            && let Some(members) = shown.as_object_mut()
        {
            members.insert("status".to_owned(), json!("mislaid"));
        }
        let said = self.permit(StatusCode::OK, shown);
        if self.has(Fault::ReadWithoutEtag) { said } else { said.with(ETAG, &etag) }
    }

    fn replace(&self, asking: &Asking) -> Said {
        let mut registry = self.registry();
        let sees = self.has(Fault::ChangesOthers);
        let found = registry.find(&asking.id, &asking.who, sees, &self.options.faults);
        let Some(version) = found.map(|permit| permit.version) else { return self.absent() };
        let asked = text(&asking.headers, &IF_MATCH);
        if asked.is_none() && !self.has(Fault::VersionNotNeeded) {
            let why = "say which version you replace (If-Match)";
            return self.refuse(StatusCode::PRECONDITION_REQUIRED, why);
        }
        let fits = asked.is_none_or(|asked| lists(asked, &self.etag(version)));
        let stale = !fits && !self.has(Fault::TakesStale)
            || (fits && asked.is_some() && self.has(Fault::RefusesMatch));
        if stale && !self.has(Fault::ChangesThough412) {
            return self.refuse(StatusCode::PRECONDITION_FAILED, "the permit has another version");
        }
        let replaced = self.now(|now| registry.replace(&asking.id, &asking.application, now));
        let Some(permit) = replaced else { return self.absent() };
        if stale {
            return self.refuse(StatusCode::PRECONDITION_FAILED, "the permit has another version");
        }
        let shown = permit.shown(&|ms| self.write_time(ms));
        self.permit(StatusCode::OK, shown).with(ETAG, &self.etag(permit.version))
    }

    fn withdraw(&self, asking: &Asking) -> Said {
        let mut registry = self.registry();
        let sees = self.has(Fault::ChangesOthers);
        let faults = &self.options.faults;
        let is_there = registry
            .find(&asking.id, &asking.who, sees, faults)
            .is_some_and(|permit| !permit.withdrawn);
        if !is_there {
            return self.absent();
        }
        match self.now(|now| registry.withdraw(&asking.id, now)) {
            Some(()) => Said::empty(StatusCode::NO_CONTENT),
            None => self.absent(),
        }
    }

    fn list(
        &self,
        asking: &Asking,
        of: impl for<'r> Fn(&'r Registry, &str, Asked<'_>, Now<'_>) -> (Vec<Value>, Option<usize>),
    ) -> Said {
        let query = asking.query.as_deref();
        let number = |name: &str| parameter(query, name).and_then(|text| text.parse().ok());
        let cursor = parameter(query, "after").and_then(|cursor| read_cursor(&cursor));
        let status = parameter(query, "status");
        let asked = Asked {
            size: number("limit").unwrap_or(PAGE_SIZE),
            after: cursor.unwrap_or(0),
            status: status.as_deref(),
        };
        let (entries, next) = self.now(|now| of(&self.registry(), &asking.who, asked, now));
        let entries: Vec<Value> = entries.into_iter().map(|entry| self.entry(entry)).collect();
        let is_null = entries.is_empty() && self.has(Fault::PageNull);
        let mut page = json!({ "items": if is_null { Value::Null } else { json!(entries) } });
        if let Some(page) = page.as_object_mut() {
            match next {
                Some(next) => {
                    page.insert("next".to_owned(), json!(self.write_cursor(next)));
                }
                None if self.has(Fault::NullNext) => {
                    page.insert("next".to_owned(), Value::Null);
                }
                None => {}
            }
        }
        Said::json(StatusCode::OK, page)
    }

    fn write_cursor(&self, at: usize) -> String {
        if self.writes(Variant::OpaqueCursors) {
            return format!("x{:x}", at.wrapping_mul(2).wrapping_add(1));
        }
        format!("c{at}")
    }

    fn permit(&self, status: StatusCode, permit: Value) -> Said {
        let permit = self.entry(permit);
        let mut said = Said::json(status, permit);
        if self.has(Fault::AnswerAsText)
            && let Some((media_type, _)) = &mut said.body
        {
            *media_type = "text/plain";
        }
        said
    }

    /// A permit or an event as it leaves the system.
    fn entry(&self, mut entry: Value) -> Value {
        let Some(members) = entry.as_object_mut() else { return entry };
        if self.has(Fault::LacksVersion) {
            members.shift_remove("version");
        }
        if self.has(Fault::UndeclaredMember) {
            members.insert("internalNumber".to_owned(), json!(17));
        }
        if self.has(Fault::VersionAsText)
            && let Some(version) = members.get_mut("version")
        {
            *version = json!(version.to_string());
        }
        entry
    }

    fn absent(&self) -> Said {
        self.refuse(StatusCode::NOT_FOUND, "there is no such permit")
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now<T>(&self, work: impl FnOnce(Now<'_>) -> T) -> T {
        let now = Now {
            ms: self.now_ms(),
            faults: &self.options.faults,
            fresh_id: &|| self.fresh_id(),
            write_time: &|ms| self.write_time(ms),
        };
        work(now)
    }

    /// An id that was not given before (RFC 9562, version 4 in form).
    fn fresh_id(&self) -> String {
        let count = self.ids.fetch_add(1, Ordering::SeqCst) + 1;
        if self.has(Fault::ShortId) {
            return count.to_string();
        }
        // Spread, so that ids do not look like a count.
        let spread = count.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (high, low) = (spread >> 32, spread & 0xffff_ffff);
        format!(
            "{high:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            low >> 16,
            low & 0xfff,
            (low >> 12) & 0xfff,
            count
        )
    }
}

/// The place that a cursor stands for; nothing where it is none of ours.
fn read_cursor(cursor: &str) -> Option<usize> {
    match cursor.split_at_checked(1)? {
        ("c", number) => number.parse().ok(),
        ("x", number) => usize::from_str_radix(number, 16).ok().map(|number| number / 2),
        _ => None,
    }
}
