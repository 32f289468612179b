//! A message: bytes as received, with a media type. Never altered.

use bytes::Bytes;
use std::{fmt, str::FromStr};

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// From the consumer to the provider.
    Request,
    /// From the provider to the consumer.
    Response,
}

/// How a payload is written, as far as judging must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// JSON (RFC 8259).
    Json,
    /// XML 1.0.
    Xml,
    /// Anything else: carried, not read.
    Other,
}

/// A media type (RFC 9110, section 8.3.1): type and subtype in lower case, and the charset where given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MediaType {
    essence: String,
    charset: Option<String>,
}

impl MediaType {
    /// `application/json`.
    pub fn json() -> Self {
        Self { essence: "application/json".into(), charset: None }
    }

    /// `application/xml`.
    pub fn xml() -> Self {
        Self { essence: "application/xml".into(), charset: None }
    }

    /// `application/octet-stream`, for a message that does not say.
    pub fn octet_stream() -> Self {
        Self { essence: "application/octet-stream".into(), charset: None }
    }

    /// Type and subtype in lower case, such as `application/xml`.
    pub fn essence(&self) -> &str {
        &self.essence
    }

    /// The `charset` parameter in lower case, where given.
    pub fn charset(&self) -> Option<&str> {
        self.charset.as_deref()
    }

    /// How a payload of this type is written.
    pub fn kind(&self) -> Kind {
        let subtype = self.essence.split_once('/').map_or("", |(_, subtype)| subtype);
        if subtype == "json" || subtype.ends_with("+json") {
            Kind::Json
        } else if subtype == "xml" || subtype.ends_with("+xml") {
            Kind::Xml
        } else {
            Kind::Other
        }
    }
}

/// A text that is no media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a media type: expected type/subtype, as in application/json")]
pub struct MediaTypeFault;

impl FromStr for MediaType {
    type Err = MediaTypeFault;
    fn from_str(text: &str) -> Result<Self, MediaTypeFault> {
        let mut parts = text.split(';');
        let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let token = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
        };
        if !essence.split_once('/').is_some_and(|(main, sub)| token(main) && token(sub)) {
            return Err(MediaTypeFault);
        }
        let charset = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case("charset")
                .then(|| value.trim().trim_matches('"').to_ascii_lowercase())
        });
        Ok(Self { essence, charset })
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.essence)?;
        match &self.charset {
            Some(charset) => write!(f, ";charset={charset}"),
            None => Ok(()),
        }
    }
}

/// One request or response: bytes as received, with a media type.
///
/// Cheap to clone: the bytes are shared. A translation is a new message.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The media type the sender stated, or the one settled for it.
    pub media_type: MediaType,
    /// The bytes as received.
    pub bytes: Bytes,
}

impl Message {
    /// A message of these bytes.
    pub fn new(media_type: MediaType, bytes: impl Into<Bytes>) -> Self {
        Self { media_type, bytes: bytes.into() }
    }
}

impl fmt::Debug for Message {
    /// Media type and length: what a message says never reaches a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({}, {} bytes)", self.media_type, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_kinds_apart() {
        let kind = |text: &str| text.parse::<MediaType>().unwrap().kind();
        assert_eq!(kind("application/problem+json; charset=UTF-8"), Kind::Json);
        assert_eq!(kind("Text/XML;charset=\"ISO-8859-1\""), Kind::Xml);
        assert_eq!(kind("application/soap+xml"), Kind::Xml);
        assert_eq!(kind("application/jsonp"), Kind::Other);
        assert!("json".parse::<MediaType>().is_err());
        assert!("a/b c".parse::<MediaType>().is_err());
    }

    #[test]
    fn shows_no_payload_when_printed() {
        let message = Message::new(MediaType::json(), &b"\"canary\""[..]);
        assert_eq!(format!("{message:?}"), "Message(application/json, 8 bytes)");
    }
}
