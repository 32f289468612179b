//! Which operation a message is of: by what stands in its body, and by its actions.

use super::{
    Wsdl,
    envelope::Envelope,
    names::SoapVersion,
    operations::{BodyRule, Operation, Side, Wire, plain},
};
use crate::{Direction, judge::Occasion, message::MediaType, schema::listed};
use sluse_xml::NodeId;
use std::borrow::Cow;

/// An operation in the binding that a message is written by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'w> {
    pub(super) operation: &'w Operation,
    pub(super) wire: &'w Wire,
}

impl<'w> Found<'w> {
    /// What is said in one direction.
    pub(super) fn side(self, direction: Direction) -> Option<&'w Side> {
        match direction {
            Direction::Request => Some(&self.wire.request),
            Direction::Response => self.wire.response.as_ref(),
        }
    }
}

/// What a message says of itself.
pub(super) struct Told<'d> {
    /// What its body holds.
    pub(super) envelope: &'d Envelope<'d>,
    /// The action of HTTP, without quotes: of the header `SOAPAction`, or of the media type in SOAP 1.2.
    pub(super) soap_action: Option<Cow<'d, str>>,
    pub(super) direction: Direction,
    /// The path of the port that was called, where ports differ in theirs and that is known.
    pub(super) port: Option<&'d str>,
}

impl Wsdl {
    /// All operations that a message of this version to this port may be of.
    fn of_version<'w>(
        &'w self,
        version: SoapVersion,
        port: Option<&'w str>,
    ) -> impl Iterator<Item = Found<'w>> {
        let is_there = move |wire: &&Wire| {
            let is_of_port = |port: &str| wire.paths.iter().any(|path| path == port);
            wire.version == version && port.is_none_or(is_of_port)
        };
        self.operations.iter().flat_map(move |operation| {
            let wires = operation.wires.iter().filter(is_there);
            wires.map(move |wire| Found { operation, wire })
        })
    }

    /// Whether anything is bound to this version, at this port.
    pub(super) fn binds(&self, version: SoapVersion, port: Option<&str>) -> bool {
        self.of_version(version, port.and_then(|port| self.port(port))).next().is_some()
    }

    /// The path of the port that was called, where ports differ in theirs and one of them was.
    pub(super) fn port_called(&self, occasion: &Occasion<'_>) -> Option<&str> {
        occasion.called.iter().find_map(|path| self.port(plain(path)))
    }

    fn port(&self, path: &str) -> Option<&str> {
        self.paths.get(path).map(String::as_str)
    }

    /// The operation of a name, in the binding that fits a message best.
    pub(super) fn named(&self, name: &str, told: &Told<'_>) -> Option<Found<'_>> {
        let of_name = |port: Option<&str>| {
            let port = port.and_then(|port| self.port(port));
            let all = self.of_version(told.envelope.version, port);
            all.filter(|found| found.operation.name == name).collect::<Vec<_>>()
        };
        let mut all = of_name(told.port);
        if all.is_empty() {
            all = of_name(None);
        }
        let fitting = all.iter().find(|found| self.has_body(**found, told));
        fitting.or(all.first()).copied()
    }

    /// The operation of a message: the one whose body it has; where several have it, the one of them
    /// whose action it states; where none has it, the one whose action it states.
    pub(super) fn find(&self, told: &Told<'_>) -> Option<Found<'_>> {
        let port = told.port.and_then(|port| self.port(port));
        let all = || self.of_version(told.envelope.version, port);
        let by_body: Vec<Found<'_>> = all().filter(|found| self.has_body(*found, told)).collect();
        if let Some(only) = single(&by_body) {
            return Some(only);
        }
        let candidates = if by_body.is_empty() { all().collect() } else { by_body };
        let by_action: Vec<Found<'_>> =
            candidates.into_iter().filter(|found| states_action(*found, told)).collect();
        single(&by_action)
    }

    /// Why a message is of no operation.
    pub(super) fn lost(&self, told: Told<'_>) -> String {
        let called = told.port.is_some();
        let told = Told { port: None, ..told };
        if called && self.find(&told).is_some() {
            return "the operation is of another port of the service, which is reached at another path"
                .to_owned();
        }
        let version = told.envelope.version;
        let having = |version: SoapVersion| {
            let all = self.of_version(version, None).filter(|found| self.has_body(*found, &told));
            all.map(|found| found.operation.name.clone()).collect::<Vec<_>>()
        };
        let several = having(version);
        if !several.is_empty() {
            let declared = listed("it may be of", several.into_iter());
            return format!(
                "several operations have this body, and no action says which{declared}"
            );
        }
        if let Some(name) = having(version.other()).first() {
            return format!("the operation `{name}` is not bound to {}", version.word());
        }
        let what = if told.envelope.contents.is_empty() { "an empty body" } else { "this body" };
        let declared = self.operations.iter().map(|operation| operation.name.clone());
        let declared = listed("its operations are", declared);
        format!("no operation of the contract has {what}, and none has its action{declared}")
    }

    /// Whether a body begins as that of an operation.
    pub(super) fn has_body(&self, found: Found<'_>, told: &Told<'_>) -> bool {
        let Some(side) = found.side(told.direction) else { return false };
        let document = told.envelope.document;
        let first = told.envelope.contents.first().copied();
        let is = |node: NodeId, namespace: &str, local: &str| {
            document.local(node) == local && document.namespace(node) == namespace
        };
        match (&side.body, first) {
            (BodyRule::Elements(names), Some(node)) => {
                names.first().is_some_and(|name| is(node, &name.namespace, &name.local))
            }
            (BodyRule::Elements(names), None) => names.is_empty(),
            (BodyRule::Rpc { wrapper, .. }, Some(node)) => {
                is(node, &wrapper.namespace, &wrapper.local)
            }
            (BodyRule::Rpc { .. }, None) => false,
            (BodyRule::Encoded { wrapper: Some(wrapper) }, Some(node)) => {
                is(node, &wrapper.namespace, &wrapper.local)
            }
            (BodyRule::Typed(_) | BodyRule::Encoded { .. }, _) => false,
        }
    }

    /// Whether a message is of none of the operations: neither body nor action is that of one, and each can be known
    /// by its body.
    pub(super) fn is_of_none(&self, told: &Told<'_>) -> bool {
        self.of_version(told.envelope.version, None).all(|found| {
            let body = found.side(told.direction).map(|side| &side.body);
            let is_known_by_body =
                !matches!(body, Some(BodyRule::Typed(_) | BodyRule::Encoded { wrapper: None }));
            is_known_by_body && !self.has_body(found, told) && !states_action(found, told)
        })
    }
}

/// The one operation that all of these are; of several bindings the first.
fn single<'w>(found: &[Found<'w>]) -> Option<Found<'w>> {
    let first = *found.first()?;
    let same = |each: &Found<'_>| std::ptr::eq(each.operation, first.operation);
    found.iter().all(same).then_some(first)
}

fn states_action(found: Found<'_>, told: &Told<'_>) -> bool {
    let side = found.side(told.direction);
    if let (Some((_, action)), Some(side)) = (told.envelope.action(), side) {
        return action == side.action;
    }
    let soap_action = told.soap_action.as_deref().unwrap_or_default();
    told.direction == Direction::Request
        && !soap_action.is_empty()
        && soap_action == found.wire.soap_action
}

/// The action that HTTP carries (SOAP 1.1, section 6.1.1; RFC 3902, section 3 for SOAP 1.2).
pub(super) fn soap_action<'o>(
    occasion: &Occasion<'o>,
    version: SoapVersion,
) -> Option<Cow<'o, str>> {
    let head = occasion.request?;
    let header = |name: &str| {
        let mut fitting = head.headers.iter().filter(|(each, _)| each.eq_ignore_ascii_case(name));
        fitting.next().map(|(_, value)| value.trim())
    };
    match version {
        SoapVersion::V11 => {
            let stated = header("soapaction")?;
            let plain = stated.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
            Some(Cow::Borrowed(plain.unwrap_or(stated)))
        }
        SoapVersion::V12 => {
            let stated: MediaType = header("content-type")?.parse().ok()?;
            stated.parameter("action").map(|action| Cow::Owned(action.to_owned()))
        }
    }
}
