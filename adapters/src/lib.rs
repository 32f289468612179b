//! How it is written: formats, and the mappings between payloads of different shape.
//!
//! A format reads bytes into a payload and writes a payload as bytes; what a payload says is the
//! same before and after. Agencies write in many ways, contracts are judged in few: a format is the
//! one place that knows a way of writing, so judging and routing need not. A translation is always
//! a new message; the one received is never altered.
//!
//! JSON and XML say themselves what they hold: each is a [`Format`]. To and from the field [`tree`], which mappings work
//! on, every format is read and written by a description that a person makes, a [`layout::Layout`]. A [`mapping`] moves
//! values from one tree to another; an [`adapter`] is two descriptions and what maps between them.
//!
//! This crate is pure: no I/O, no clock. A new format is a file or folder here, a line in [`builtin`]
//! or [`layout::described`], and pairs of files in `examples/`.
//!
//! ```
//! use sluse_adapters::find;
//! use sluse_contracts::{MediaType, Message, payload::Limits};
//!
//! let json = find("json").ok_or("no such format")?;
//! let received = Message::new(MediaType::json(), &br#"{ "amount": 1.50 }"#[..]);
//! let payload = json.decode(&received, &Limits::default()).map_err(|fault| fault.message)?;
//! assert_eq!(json.encode(&payload)?.bytes, &br#"{"amount":1.50}"#[..]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod adapter;
mod byte_set;
pub mod charset;
mod content;
mod csv;
pub mod draft;
pub mod edifact;
mod envelope;
pub mod fault;
pub mod field;
mod fixed;
pub mod frames;
pub mod json;
pub mod layout;
pub mod library;
pub mod mapping;
mod multipart;
pub mod program;
pub mod shape;
#[cfg(test)]
mod shared;
pub mod soap_json;
pub mod tree;
#[cfg(test)]
mod tried;
mod whole_message;
pub mod xml;

use sluse_contracts::{MediaType, Message, Payload, Violation, payload::Limits};
use std::fmt;

/// A way of writing payloads.
pub trait Format: Send + Sync + fmt::Debug {
    /// Its name, as configuration writes it.
    fn name(&self) -> &'static str;

    /// The media type of what it writes.
    fn media_type(&self) -> MediaType;

    /// Whether it reads messages of this media type.
    fn reads(&self, media_type: &MediaType) -> bool;

    /// Reads what a message says.
    ///
    /// # Errors
    /// A violation of layer `syntax` where the message is not well-formed or over a limit.
    fn decode(&self, message: &Message, limits: &Limits) -> Result<Payload, Violation>;

    /// Writes a payload as a new message. Decoding that message gives the same payload.
    ///
    /// # Errors
    /// Where the payload is of a kind that this format cannot hold.
    fn encode(&self, payload: &Payload) -> Result<Message, EncodeFault>;
}

/// Why a payload cannot be written in a format. Says kinds, never what the payload says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a payload of {found} cannot be written as {format}: that takes a mapping")]
pub struct EncodeFault {
    /// The format asked.
    pub format: &'static str,
    /// The payload's kind.
    pub found: &'static str,
}

/// Every format that is built in.
pub fn builtin() -> &'static [&'static dyn Format] {
    &[&json::Json, &multipart::Multipart, &xml::Xml]
}

/// The format of this name.
pub fn find(name: &str) -> Option<&'static dyn Format> {
    builtin().iter().copied().find(|format| format.name() == name)
}

/// The format that reads this media type.
pub fn for_media_type(media_type: &MediaType) -> Option<&'static dyn Format> {
    builtin().iter().copied().find(|format| format.reads(media_type))
}

/// What kind of payload it is, in words.
pub(crate) fn kind(payload: &Payload) -> &'static str {
    match payload {
        Payload::Json(_) => "JSON",
        Payload::Xml(_) => "XML",
        Payload::Multipart(_) | Payload::Other(_) => "another kind",
    }
}
