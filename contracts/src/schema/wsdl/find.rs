//! Which operation a message is of: by what stands in its body, and by its actions.

use super::{
    Wsdl,
    envelope::Envelope,
    names::SoapVersion,
    operations::{BodyRule, Operation, Side, Wire},
};
use crate::{Direction, judge::Occasion, message::MediaType};
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
}

impl Wsdl {
    /// All operations that a message of this version may be of.
    fn of_version(&self, version: SoapVersion) -> impl Iterator<Item = Found<'_>> {
        self.operations.iter().flat_map(move |operation| {
            let wires = operation.wires.iter().filter(move |wire| wire.version == version);
            wires.map(move |wire| Found { operation, wire })
        })
    }

    /// Whether anything is bound to this version.
    pub(super) fn binds(&self, version: SoapVersion) -> bool {
        self.of_version(version).next().is_some()
    }

    /// The operation of a name, in the binding that fits a message best.
    pub(super) fn named(&self, name: &str, told: &Told<'_>) -> Option<Found<'_>> {
        let of_name =
            || self.of_version(told.envelope.version).filter(|found| found.operation.name == name);
        of_name().find(|found| self.has_body(*found, told)).or_else(|| of_name().next())
    }

    /// The operation of a message: the one whose body it has; where several have it, the one of them
    /// whose action it states; where none has it, the one whose action it states.
    pub(super) fn find(&self, told: &Told<'_>) -> Option<Found<'_>> {
        let all = || self.of_version(told.envelope.version);
        let by_body: Vec<Found<'_>> = all().filter(|found| self.has_body(*found, told)).collect();
        if let Some(only) = single(&by_body) {
            return Some(only);
        }
        let candidates = if by_body.is_empty() { all().collect() } else { by_body };
        let by_action: Vec<Found<'_>> =
            candidates.into_iter().filter(|found| states_action(*found, told)).collect();
        single(&by_action)
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
        self.of_version(told.envelope.version).all(|found| {
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
