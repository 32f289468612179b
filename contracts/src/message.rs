//! A message: bytes as received, with a media type. Never altered.

use bytes::Bytes;
use std::{fmt, str::FromStr};

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
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

/// A media type (RFC 9110, section 8.3.1): type and subtype in lower case, and its parameters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MediaType {
    essence: String,
    charset: Option<String>,
    /// Names in lower case, values without quotes.
    parameters: Parameters,
}

/// Parameters of a header: names and values.
type Parameters = Box<[(Box<str>, Box<str>)]>;

impl MediaType {
    /// `application/json`.
    pub fn json() -> Self {
        Self::plain("application/json")
    }

    /// `application/xml`.
    pub fn xml() -> Self {
        Self::plain("application/xml")
    }

    /// `application/octet-stream`, for a message that does not say.
    pub fn octet_stream() -> Self {
        Self::plain("application/octet-stream")
    }

    /// `text/plain`.
    pub fn text() -> Self {
        Self::plain("text/plain")
    }

    fn plain(essence: &str) -> Self {
        Self { essence: essence.into(), charset: None, parameters: Box::default() }
    }

    /// A parameter by its name in lower case, such as `boundary`; a quoted value without its quotes.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(each, _)| **each == *name)?;
        Some(&found.1)
    }

    /// Its parameters: names in lower case, values without quotes.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter().map(|(name, value)| (&**name, &**value))
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
        let (essence, rest) = text.split_once(';').unwrap_or((text, ""));
        let essence = essence.trim().to_ascii_lowercase();
        if !essence.split_once('/').is_some_and(|(main, sub)| is_token(main) && is_token(sub)) {
            return Err(MediaTypeFault);
        }
        let parameters = parameters(rest).ok_or(MediaTypeFault)?;
        if has_bare_comma(rest) {
            return Err(MediaTypeFault);
        }
        let charset = parameters.iter().find(|(name, _)| &**name == "charset");
        let charset = charset.map(|(_, value)| value.to_ascii_lowercase());
        Ok(Self { essence, charset, parameters })
    }
}

/// Whether a text is a token (RFC 9110, section 5.6.2).
pub(crate) fn is_token(text: &str) -> bool {
    let may_stand = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !text.is_empty() && text.bytes().all(may_stand)
}

/// Parameters (RFC 9110, section 5.6.6): names in lower case, values without quotes and escapes. What has
/// no `=` is passed over.
///
/// Nothing where two readers may read them differently: a quote has no end, or a name stands twice, its forms of RFC 2231
/// (`name*`, `name*0`) included.
pub(crate) fn parameters(text: &str) -> Option<Parameters> {
    let mut found: Vec<(Box<str>, Box<str>)> = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.rsplit(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let (value, after) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let (value, after) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), after)
            }
        };
        if found.iter().any(|(other, _)| base(other) == base(&name)) {
            return None;
        }
        found.push((name.into(), value.into()));
        rest = after;
    }
    Some(found.into())
}

/// The name of a parameter without what RFC 2231 adds to it.
fn base(name: &str) -> &str {
    name.split('*').next().unwrap_or_default()
}

/// The text up to the closing quote, and what follows it; nothing where no quote closes it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((value, text.get(at + 1..).unwrap_or_default())),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            c => value.push(c),
        }
    }
    None
}

/// Whether a comma stands outside of quotes: two fields that became one, of which some read the first and others the last.
fn has_bare_comma(text: &str) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    text.chars().any(|c| {
        let is_escaped = std::mem::take(&mut escaped);
        match c {
            '"' if !is_escaped => quoted = !quoted,
            '\\' if quoted && !is_escaped => escaped = true,
            ',' => return !quoted,
            _ => {}
        }
        false
    })
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

impl fmt::Debug for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MediaType({self})")
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
        let related = "multipart/related; Type=\"application/xop+xml\"; boundary=\"a;b\\\"=c\"; start=<r@x> ;x; charset=UTF-8";
        let related: MediaType = related.parse().unwrap();
        let parameter = |name| related.parameter(name).unwrap_or("none");
        let names = ["type", "boundary", "start", "charset", "x"].map(parameter);
        assert_eq!(names, ["application/xop+xml", "a;b\"=c", "<r@x>", "UTF-8", "none"]);
        assert_eq!(related.to_string(), "multipart/related;charset=utf-8");
        assert!("json".parse::<MediaType>().is_err());
        assert!("a/b c".parse::<MediaType>().is_err());
    }

    #[test]
    fn what_two_readers_may_read_differently_is_no_media_type() {
        for bad in [
            "a/b, c/d",
            "a/b; c=d, e/f",
            "a/b; c=\"d\", e/f; c=g",
            "a/b; c=\"d",
            "a/b; boundary=x; boundary=y",
            "a/b; boundary=x; Boundary=x",
            "a/b; boundary=x; boundary*=y",
            "a/b; boundary*0=x; boundary=y",
            "a/b; charset=utf-8;charset=utf-16",
        ] {
            assert!(bad.parse::<MediaType>().is_err(), "{bad}");
        }
        for good in ["a/b; c=\"d, e/f\"", "a/b; c=\"\\\", \"; d=e", "a/b;;c=d;"] {
            assert!(good.parse::<MediaType>().is_ok(), "{good}");
        }
    }

    #[test]
    fn shows_no_payload_when_printed() {
        let message = Message::new(MediaType::json(), &b"\"canary\""[..]);
        assert_eq!(format!("{message:?}"), "Message(application/json, 8 bytes)");
    }
}
