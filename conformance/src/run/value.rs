//! An answer, read: what it says, and where in it a value stands.

use crate::{case::Source, target::Answer};
use sluse_contracts::{
    Contract, MediaType, Message, Payload, Violation, code,
    payload::{Limits, unescape_step},
};
use sluse_xml::{Document, NodeId, NodeKind};

/// An answer and what it says.
pub(super) struct Read {
    pub(super) answer: Answer,
    pub(super) media_type: Option<MediaType>,
    /// What the body says; nothing where there is none, or why it cannot be read.
    pub(super) payload: Result<Option<Payload>, Box<Violation>>,
}

/// A value of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// As text: a text of JSON without its quotes, anything else as it is written.
    pub(super) text: String,
    /// As JSON, where it stands in JSON.
    pub(super) json: Option<serde_json::Value>,
    /// Line and column in the body, from 1.
    pub(super) place: Option<(u32, u32)>,
}

impl Read {
    /// Reads the body by the type that the answer states, with the limits of the contract.
    pub(super) fn of(answer: Answer, contract: &Contract) -> Self {
        let stated = answer.header("content-type").map(str::parse);
        // What states no type, or none that can be read, is bytes (RFC 9110, section 8.3): never nothing.
        let media_type = (!answer.body.is_empty())
            .then(|| stated.and_then(Result::ok).unwrap_or_else(MediaType::octet_stream));
        let payload = match &media_type {
            None => Ok(None),
            Some(media_type) => {
                payload(&answer.headers, &answer.body, media_type, contract).map(Some)
            }
        };
        Self { answer, media_type, payload: payload.map_err(Box::new) }
    }

    /// The value at a place; nothing where there is none.
    pub(super) fn value(&self, at: &Source) -> Option<Found> {
        match at {
            Source::Header(name) => {
                let text = self.answer.header(name)?.trim().to_owned();
                Some(Found { text, json: None, place: None })
            }
            Source::Json(pointer) => {
                let Ok(Some(Payload::Json(payload))) = &self.payload else { return None };
                let value = payload.value().pointer(pointer)?;
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let place = payload.places(&[pointer.as_str()]).into_iter().next().flatten();
                let place = place.map(|place| (place.line, place.column));
                Some(Found { text, json: Some(value.clone()), place })
            }
            Source::Xml(path) => {
                let Ok(Some(Payload::Xml(document))) = &self.payload else { return None };
                let element = element(document, path)?;
                let text = document.string_value(element).trim().to_owned();
                Some(Found { text, json: None, place: Some(document.place(element)) })
            }
        }
    }

    /// Where the nearest value above a pointer stands, for one that is absent.
    pub(super) fn nearest(&self, at: &Source) -> Option<(u32, u32)> {
        let Source::Json(pointer) = at else { return None };
        let mut pointer = pointer.as_str();
        while let Some(end) = pointer.rfind('/') {
            pointer = pointer.get(..end)?;
            if let Some(found) = self.value(&Source::Json(pointer.to_owned())) {
                return found.place;
            }
        }
        None
    }
}

/// What a message says, read with the limits of the contract.
pub(crate) fn payload(
    headers: &[(String, String)],
    body: &[u8],
    media_type: &MediaType,
    contract: &Contract,
) -> Result<Payload, Violation> {
    let coded = headers.iter().any(|(name, coding)| {
        name == "content-encoding" && !coding.trim().eq_ignore_ascii_case("identity")
    });
    if coded {
        let sentence = "the message is in a content coding, which nobody asked for";
        return Err(Violation::syntax(code::ENCODING, sentence));
    }
    if headers.iter().filter(|(name, _)| name == "content-type").count() > 1 {
        let sentence = "the message states its media type more than once";
        return Err(Violation::syntax(code::MEDIA_TYPE, sentence));
    }
    let limits = Limits {
        duplicate_members_allowed: contract.manifest().duplicate_members,
        multipart_related: contract.manifest().wsdl.is_some(),
        ..Limits::default()
    };
    Payload::parse(&Message::new(media_type.clone(), body.to_vec()), &limits)
}

/// The first element of a path of local names from the root; `@name` at its end is no step of it.
fn element(document: &Document, path: &str) -> Option<NodeId> {
    let mut steps = path.strip_prefix('/')?.split('/').map(unescape_step);
    let root = document.document_element();
    let mut here = (document.local(root) == steps.next()?).then_some(root)?;
    for step in steps {
        let mut children = document.children(here);
        here = children.find(|child| {
            document.kind(*child) == NodeKind::Element && document.local(*child) == step
        })?;
    }
    Some(here)
}
