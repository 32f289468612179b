//! What the played provider answers: from the contract, and from what it was sent before.

use super::{Received, feed::Feed};
use crate::{
    case::Source,
    suite::{FreshForm, Resource, Spot, Suite},
    walk::Next,
};
use serde_json::Value;
use sluse_contracts::{
    Contract, JudgeOptions, MediaType, Message, Occasion, Payload, judge::ResponseHead,
    payload::Limits,
};
use std::collections::{BTreeMap, BTreeSet};

/// Answers that keep to a contract, as it describes them.
pub trait Answers {
    /// An answer of the operation with this status, or a good one; nothing where the contract describes none.
    fn answer(&self, operation: &str, status: Option<u16>) -> Option<Reply>;
}

/// What is answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// How long to wait before it is sent, in milliseconds.
    pub delay_ms: u64,
    /// Whether the connection is closed in place of the answer.
    pub lost: bool,
}

impl Reply {
    /// A status without content.
    pub fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(each, _)| each != name);
        self
    }

    pub(super) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(each, _)| each != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    id: String,
    /// The id of what it tells of.
    pub(super) subject: String,
    /// Its place in the order, from 1.
    order: u64,
}

/// Something that was made.
#[derive(Debug, Clone)]
struct Thing {
    resource: String,
    body: Value,
    version: u64,
}

/// What the played provider remembers.
pub(super) struct Store<'p> {
    contract: &'p Contract,
    suite: &'p Suite,
    answers: &'p dyn Answers,
    unique: u128,
    things: BTreeMap<String, Thing>,
    removed: BTreeSet<String>,
    /// Answers by operation and key, with the body that they were given to.
    by_key: BTreeMap<(String, String), (Vec<u8>, Reply)>,
    events: Vec<Event>,
}

/// Most things that are remembered.
const THINGS_MAX: usize = 10_000;
/// Most events on a page, beside those that a feed tells.
const EVENTS_MAX: usize = 50;

impl<'p> Store<'p> {
    pub(super) fn new(
        contract: &'p Contract,
        suite: &'p Suite,
        answers: &'p dyn Answers,
        unique: u128,
    ) -> Self {
        Self {
            contract,
            suite,
            answers,
            unique,
            things: BTreeMap::new(),
            removed: BTreeSet::new(),
            by_key: BTreeMap::new(),
            events: Vec::new(),
        }
    }

    fn fresh_id(&mut self) -> String {
        self.unique = self.unique.wrapping_add(1);
        FreshForm::Uuid.write(self.unique)
    }

    fn happened(&mut self, subject: &str) -> Event {
        let (id, order) = (self.fresh_id(), self.events.len() as u64 + 1);
        let event = Event { id, subject: subject.to_owned(), order };
        if self.events.len() < THINGS_MAX {
            self.events.push(event.clone());
        }
        event
    }

    /// A list of events as a feed tells it, two new ones among them; nothing where the contract describes no such list.
    pub(super) fn told(
        &mut self,
        operation: &str,
        feed: &mut Feed<'_>,
        request: &Received,
    ) -> Option<Reply> {
        let before = self.page_of_events();
        let subjects = [self.fresh_id(), self.fresh_id()];
        let new = subjects.map(|subject| self.happened(&subject));
        self.page(operation, &new)?;
        let [first, second] = &new;
        let events = feed.tell(request, [first, second], &before);
        self.page(operation, &events)
    }

    /// The latest events, as many as a page has; the oldest first.
    fn page_of_events(&self) -> Vec<Event> {
        self.events.get(self.events.len().saturating_sub(EVENTS_MAX)..).unwrap_or_default().to_vec()
    }

    /// A page of these events, each written as the contract's own are.
    fn page(&self, operation: &str, events: &[Event]) -> Option<Reply> {
        let bound = self.suite.events.iter().find(|each| each.operation == operation)?;
        let good = self.plain(operation)?;
        let mut body: Value = serde_json::from_slice(&good.body).ok()?;
        let list = body.pointer_mut(&bound.entries)?.as_array_mut()?;
        let like = list.first()?.clone();
        let written = events.iter().map(|event| {
            let mut entry = like.clone();
            let mut put = |at: &str, value: Value| {
                entry.pointer_mut(at).into_iter().for_each(|place| *place = value.clone());
            };
            put(&bound.id, Value::String(event.id.clone()));
            put(&bound.subject, Value::String(event.subject.clone()));
            bound.order.iter().for_each(|at| put(at, event.order.into()));
            entry
        });
        *list = written.collect();
        // Nothing follows: all that happened stands on this page.
        if let Next::Cursor { at: Source::Json(at), .. } | Next::Address(Source::Json(at)) =
            &bound.next
            && let Some((above, name)) = at.rsplit_once('/')
            && let Some(Value::Object(members)) = body.pointer_mut(above)
        {
            members.remove(name);
        }
        let plain = serde_json::from_slice(&good.body).unwrap_or(Value::Null);
        let known = self.breaches(operation, &good, &plain);
        let takes = self.breaches(operation, &good, &body).iter().all(|each| known.contains(each));
        takes.then(|| Reply { body: body.to_string().into_bytes(), ..good })
    }

    /// The answer to what the contract does not have.
    pub(super) fn unknown(&self, request: &Received) -> Reply {
        let methods = self.contract.methods_taken(request.path_alone());
        if methods.is_empty() {
            return problem(404);
        }
        problem(405).with_header("allow", &methods.join(", "))
    }

    /// A refusal: the first of the statuses that the contract describes, else the first.
    pub(super) fn refusal(&self, operation: &str, statuses: &[u16]) -> Reply {
        let described =
            statuses.iter().find_map(|status| self.answers.answer(operation, Some(*status)));
        described.unwrap_or_else(|| problem(statuses.first().copied().unwrap_or(400)))
    }

    /// Whether a request with this key was answered already.
    pub(super) fn is_known(&self, operation: &str, request: &Received, key: Option<&str>) -> bool {
        let known = key.and_then(|key| self.by_key.get(&(operation.to_owned(), key.to_owned())));
        known.is_some_and(|(body, _)| *body == request.body)
    }

    /// Does what is asked, and answers so. A key that was used gives the first answer again.
    pub(super) fn good(&mut self, operation: &str, request: &Received, key: Option<&str>) -> Reply {
        let of_key = key.map(|key| (operation.to_owned(), key.to_owned()));
        if let Some((body, reply)) = of_key.as_ref().and_then(|it| self.by_key.get(it)) {
            return match *body == request.body {
                true => reply.clone(),
                false => self.refusal(operation, &[409, 422]),
            };
        }
        let reply = self.act(operation, request);
        if let (Some(of_key), true) = (of_key, self.by_key.len() < THINGS_MAX) {
            self.by_key.insert(of_key, (request.body.clone(), reply.clone()));
        }
        reply
    }

    /// Another consumer changes what this request is about.
    pub(super) fn changed_by_another(&mut self, operation: &str, request: &Received) {
        if let Some(thing) = self.named(operation, request).and_then(|id| self.things.get_mut(&id))
        {
            thing.version += 1;
        }
    }

    fn act(&mut self, operation: &str, request: &Received) -> Reply {
        let suite = self.suite;
        if let Some(resource) = suite.resources.iter().find(|each| each.create == operation) {
            return self.make(resource, request);
        }
        if let Some(page) = self.page(operation, &self.page_of_events()) {
            return page;
        }
        let Some(id) = self.named(operation, request) else {
            return self.plain(operation).unwrap_or_else(|| Reply::status(200));
        };
        let of = |thing: &Thing| suite.resource(&thing.resource);
        let known = self.things.get(&id).and_then(of);
        let Some(resource) = known.or_else(|| self.about(operation)) else {
            return self.plain(operation).unwrap_or_else(|| Reply::status(200));
        };
        if self.removed.contains(&id) {
            return self.refusal(operation, &[404, 410]);
        }
        if resource.remove.as_deref() == Some(operation) {
            self.things.remove(&id);
            self.happened(&id);
            self.removed.insert(id);
            return self.plain(operation).unwrap_or_else(|| Reply::status(204));
        }
        self.read_or_change(operation, resource, &id, request)
    }

    fn make(&mut self, resource: &Resource, request: &Received) -> Reply {
        let Some(good) = self.plain(&resource.create) else { return Reply::status(201) };
        let id = self.fresh_id();
        self.happened(&id);
        let mut body = self.overlaid(&resource.create, &good, request);
        set(&mut body, &resource.id, &id);
        let mut reply = Reply { body: bytes(&body, &good), ..good };
        if reply.headers.iter().any(|(name, _)| name == "location") {
            let place = format!("{}/{id}", request.path_alone().trim_end_matches('/'));
            reply = reply.with_header("location", &place);
        }
        if self.things.len() < THINGS_MAX {
            let thing = Thing { resource: resource.name.clone(), body, version: 1 };
            self.things.insert(id, thing);
        }
        versioned(reply, resource, 1)
    }

    fn read_or_change(
        &mut self,
        operation: &str,
        resource: &Resource,
        id: &str,
        request: &Received,
    ) -> Reply {
        let Some(good) = self.plain(operation) else { return Reply::status(200) };
        let changes = !matches!(request.method.as_str(), "GET" | "HEAD");
        let named = request.header("if-match");
        let version = self.things.get(id).map_or(1, |thing| thing.version);
        if changes && named.is_some_and(|named| named != "*" && named != tag(version)) {
            return self.refusal(operation, &[412]);
        }
        let mut body = match changes {
            true => self.overlaid(operation, &good, request),
            false => match self.things.get(id) {
                Some(thing) => thing.body.clone(),
                // What was not made here is there all the same: the system may have test data of its own.
                None => serde_json::from_slice(&good.body).unwrap_or(Value::Null),
            },
        };
        set(&mut body, &resource.id, id);
        let version = version + u64::from(changes);
        if changes {
            self.happened(id);
        }
        if self.things.len() < THINGS_MAX {
            let thing = Thing { resource: resource.name.clone(), body: body.clone(), version };
            self.things.insert(id.to_owned(), thing);
        }
        let reply = Reply { body: bytes(&body, &good), ..good };
        versioned(reply, resource, version)
    }

    /// The good answer's body with what was sent in the place of its like, where the contract takes that.
    fn overlaid(&self, operation: &str, good: &Reply, request: &Received) -> Value {
        let plain: Value = serde_json::from_slice(&good.body).unwrap_or(Value::Null);
        let sent: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let mut body = plain.clone();
        if let (Value::Object(body), Value::Object(sent)) = (&mut body, sent) {
            body.extend(sent);
        }
        let breaches = self.breaches(operation, good, &plain);
        let more = |it: &(String, String)| !breaches.contains(it);
        if self.breaches(operation, good, &body).iter().any(more) { plain } else { body }
    }

    /// What the contract has against an answer with this body: rules and paths.
    fn breaches(&self, operation: &str, good: &Reply, body: &Value) -> Vec<(String, String)> {
        let media_type = MediaType::json();
        let message = Message::new(media_type.clone(), body.to_string().into_bytes());
        let Ok(payload) = Payload::parse(&message, &Limits::default()) else { return Vec::new() };
        let head = ResponseHead { status: good.status, headers: &[] };
        let occasion = Occasion::response(operation).of_type(&media_type).with_response(head);
        let verdict = self.contract.judge(Some(&payload), &occasion, &JudgeOptions::default());
        let rejecting = verdict.violations.into_iter().filter(sluse_contracts::Violation::rejects);
        rejecting.map(|it| (it.rule.unwrap_or_default(), it.path)).collect()
    }

    fn plain(&self, operation: &str) -> Option<Reply> {
        self.answers.answer(operation, None)
    }

    /// The id at the end of a request's path, where something was made under it or the operation is about one thing.
    fn named(&self, operation: &str, request: &Received) -> Option<String> {
        let last = request.path_alone().trim_end_matches('/').rsplit('/').next()?;
        let known = self.things.contains_key(last);
        (known || self.about(operation).is_some()).then(|| last.to_owned())
    }

    /// The resource that an operation reads, changes or removes one of.
    fn about(&self, operation: &str) -> Option<&'p Resource> {
        let suite = self.suite;
        let is = |name: &Option<String>| name.as_deref() == Some(operation);
        let named = suite.resources.iter().find(|each| is(&each.read) || is(&each.remove));
        let changes =
            |it: &&crate::suite::Preconditions| it.change.iter().any(|it| it == operation);
        let changed = suite.preconditions.iter().find(changes);
        named.or_else(|| changed.and_then(|it| suite.resource(&it.resource)))
    }
}

/// The value at a place of a request.
pub(super) fn value_at(at: &Spot, request: &Received) -> Option<String> {
    match at {
        Spot::Header(name) => request.header(name).map(str::to_owned),
        Spot::Query(name) => {
            let (_, query) = request.path.split_once('?')?;
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.to_owned())
        }
        Spot::Json(pointer) => {
            let body: Value = serde_json::from_slice(&request.body).ok()?;
            let value = body.pointer(pointer)?;
            Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        }
        Spot::Path(_) | Spot::Cookie(_) | Spot::Xml(_) => None,
    }
}

fn set(body: &mut Value, at: &Source, id: &str) {
    if let Source::Json(pointer) = at
        && let Some(place) = body.pointer_mut(pointer)
    {
        *place = Value::String(id.to_owned());
    }
}

fn bytes(body: &Value, good: &Reply) -> Vec<u8> {
    if body.is_null() { good.body.clone() } else { body.to_string().into_bytes() }
}

fn versioned(mut reply: Reply, resource: &Resource, version: u64) -> Reply {
    match &resource.etag {
        Some(Source::Header(name)) => reply.with_header(name, &tag(version)),
        Some(at @ Source::Json(_)) => {
            let mut body: Value = serde_json::from_slice(&reply.body).unwrap_or(Value::Null);
            set(&mut body, at, &version.to_string());
            reply.body = bytes(&body, &reply);
            reply
        }
        Some(Source::Xml(_)) | None => reply,
    }
}

/// An entity tag (RFC 9110, section 8.8.3).
fn tag(version: u64) -> String {
    format!("\"v{version}\"")
}

/// A problem document (RFC 9457) of this status.
fn problem(status: u16) -> Reply {
    let body = format!(r#"{{"type":"about:blank","status":{status}}}"#).into_bytes();
    Reply { body, ..Reply::status(status) }.with_header("content-type", "application/problem+json")
}
