//! JSON (RFC 8259), read strictly and written compactly.
//!
//! Numbers keep the digits they were written with (`1.50` stays `1.50`), and members their order:
//! amounts are compared and signed by systems that look at digits, not at values.

mod describe;
mod form;
mod layout;
mod read;
mod seen;
#[cfg(test)]
mod tests;
mod tokens;
mod write;

pub(crate) use describe::describe;

use crate::{EncodeFault, Format, kind};
use sluse_contracts::{
    MediaType, Message, Payload, Violation,
    message::Kind,
    payload::{JsonPayload, Limits},
};

/// JSON.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn media_type(&self) -> MediaType {
        MediaType::json()
    }

    fn reads(&self, media_type: &MediaType) -> bool {
        media_type.kind() == Kind::Json
    }

    fn decode(&self, message: &Message, limits: &Limits) -> Result<Payload, Violation> {
        let charset = message.media_type.charset();
        JsonPayload::parse(&message.bytes, charset, limits).map(Payload::Json)
    }

    fn encode(&self, payload: &Payload) -> Result<Message, EncodeFault> {
        match payload {
            // `Value` writes itself as JSON text, without white space.
            Payload::Json(json) => Ok(Message::new(MediaType::json(), json.value().to_string())),
            other => Err(EncodeFault { format: "json", found: kind(other) }),
        }
    }
}
