//! Where a value stands in a request or an answer, as suites write it.

use crate::case::Source;
use std::{fmt, str::FromStr};

/// Where a value stands in a request: `header:NAME`, `query:NAME`, `path:NAME`, `cookie:NAME`, `json:POINTER`, `xml:PATH`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spot {
    /// A header, by its name in lower case.
    Header(String),
    /// A query parameter.
    Query(String),
    /// A parameter of the path template.
    Path(String),
    /// A cookie.
    Cookie(String),
    /// A member of a JSON body, by JSON Pointer (RFC 6901).
    Json(String),
    /// The text of an element, as [`Source::Xml`] writes its path.
    Xml(String),
}

/// Text that names no place in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpotFault;

impl fmt::Display for SpotFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a place is `header:NAME`, `query:NAME`, `path:NAME`, `cookie:NAME`, `json:/POINTER` or `xml:/PATH`; \
             in an answer, a header, JSON or XML",
        )
    }
}

impl std::error::Error for SpotFault {}

impl FromStr for Spot {
    type Err = SpotFault;
    fn from_str(text: &str) -> Result<Self, SpotFault> {
        let (kind, name) = text.split_once(':').ok_or(SpotFault)?;
        let word = (!name.is_empty()).then(|| name.to_owned()).ok_or(SpotFault);
        let pointer = name.starts_with('/').then(|| name.to_owned()).ok_or(SpotFault);
        match kind {
            "header" => word.map(|name| Self::Header(name.to_ascii_lowercase())),
            "query" => word.map(Self::Query),
            "path" => word.map(Self::Path),
            "cookie" => word.map(Self::Cookie),
            "json" => pointer.map(Self::Json),
            "xml" => pointer.map(Self::Xml),
            _ => Err(SpotFault),
        }
    }
}

impl FromStr for Source {
    type Err = SpotFault;
    fn from_str(text: &str) -> Result<Self, SpotFault> {
        match text.parse()? {
            Spot::Header(name) => Ok(Self::Header(name)),
            Spot::Json(pointer) => Ok(Self::Json(pointer)),
            Spot::Xml(path) => Ok(Self::Xml(path)),
            Spot::Query(_) | Spot::Path(_) | Spot::Cookie(_) => Err(SpotFault),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name) => write!(f, "header:{name}"),
            Self::Json(pointer) => write!(f, "json:{pointer}"),
            Self::Xml(path) => write!(f, "xml:{path}"),
        }
    }
}
