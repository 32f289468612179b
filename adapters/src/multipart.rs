//! Multipart bodies (`multipart/related`, RFC 2387): SOAP with attachments, MTOM with XOP.
//!
//! What such a message says is the document that is its root part. Its attachments stay where they arrived and are never
//! copied: written again, a message is the bytes that were received, and one whose document is to be another (see
//! [`sluse_contracts::payload::Multipart::pieces`]) is three pieces, of which two are those bytes.

use crate::{EncodeFault, Format, kind};
use sluse_contracts::{
    MediaType, Message, Payload, Violation, code, message::Kind, payload::Limits,
};

/// The format.
#[derive(Debug)]
pub(crate) struct Multipart;

/// The media type of a message that states no other: a message that is written has the one that it came with.
const MEDIA_TYPE: &str = "multipart/related; boundary=\"part\"; type=\"text/xml\"";

impl Format for Multipart {
    fn name(&self) -> &'static str {
        "multipart"
    }

    fn media_type(&self) -> MediaType {
        MEDIA_TYPE.parse().unwrap_or_else(|_| MediaType::octet_stream())
    }

    fn reads(&self, media_type: &MediaType) -> bool {
        media_type.kind() == Kind::Other && media_type.essence() == "multipart/related"
    }

    fn decode(&self, message: &Message, limits: &Limits) -> Result<Payload, Violation> {
        if !self.reads(&message.media_type) {
            let sentence = "the message is not of several parts";
            return Err(Violation::syntax(code::MEDIA_TYPE, sentence));
        }
        Payload::parse(message, &Limits { multipart_related: true, ..*limits })
    }

    fn encode(&self, payload: &Payload) -> Result<Message, EncodeFault> {
        match payload {
            Payload::Multipart(read) => Ok(read.message().clone()),
            other => Err(EncodeFault { format: self.name(), found: kind(other) }),
        }
    }
}
