//! Names that have been checked once, at the border, and cannot be wrong afterwards.

use std::{fmt, str::FromStr, sync::Arc};

/// Why a text is not a name of the kind asked for. Says the rule, never the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NameFault(pub &'static str);

/// Longest name accepted, in bytes.
pub const NAME_BYTES_MAX: usize = 200;

fn is_segment(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphanumeric())
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

fn check_path(text: &str, segments: std::ops::RangeInclusive<usize>) -> bool {
    text.len() <= NAME_BYTES_MAX
        && segments.contains(&text.split('/').count())
        && text.split('/').all(is_segment)
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $segments:expr, $rule:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameFault;
            fn from_str(text: &str) -> Result<Self, NameFault> {
                if check_path(text, $segments) { Ok(Self(text.into())) } else { Err(NameFault($rule)) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

name!(
    /// A contract's id, such as `dk.oioubl/invoice`: one to four segments of letters, digits, `-`, `_` and `.`.
    ContractId,
    1..=4,
    "a contract id is one to four segments of letters, digits, '-', '_' and '.', parted by '/'"
);
name!(
    /// A member's code, such as `dk.cpr`.
    MemberId,
    1..=1,
    "a member's code is letters, digits, '-', '_' and '.'"
);
name!(
    /// A subsystem, such as `dk.cpr/register`: member / subsystem.
    SubsystemId,
    2..=2,
    "a subsystem is written member/subsystem"
);
name!(
    /// A service, such as `dk.cpr/register/persons`: member / subsystem / service.
    ServiceId,
    3..=3,
    "a service is written member/subsystem/service"
);

impl SubsystemId {
    /// The member that the subsystem belongs to.
    pub fn member(&self) -> MemberId {
        MemberId(self.0.split('/').next().unwrap_or_default().into())
    }
}

impl ServiceId {
    /// The subsystem that offers the service.
    pub fn subsystem(&self) -> SubsystemId {
        let end = self.0.rfind('/').unwrap_or(self.0.len());
        SubsystemId(self.0.get(..end).unwrap_or_default().into())
    }
}

/// A contract's version: major.minor.patch, as in Semantic Versioning 2.0.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Raised by a breaking change.
    pub major: u32,
    /// Raised by an addition.
    pub minor: u32,
    /// Raised by a correction.
    pub patch: u32,
}

impl FromStr for Version {
    type Err = NameFault;
    fn from_str(text: &str) -> Result<Self, NameFault> {
        let rule = NameFault("a version is three numbers: major.minor.patch");
        let mut parts = text.split('.').map(|part| {
            let canonical = !part.is_empty() && (part == "0" || !part.starts_with('0'));
            part.parse::<u32>()
                .ok()
                .filter(|_| canonical && part.bytes().all(|b| b.is_ascii_digit()))
        });
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Some(major)), Some(Some(minor)), Some(Some(patch)), None) => {
                Ok(Self { major, minor, patch })
            }
            _ => Err(rule),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Which versions of a contract will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VersionRange {
    /// Whichever is newest in force.
    Any,
    /// Exactly this one.
    Exactly(Version),
    /// `^1.2`: this one or a later one with the same major number.
    Compatible(Version),
}

impl VersionRange {
    /// Whether `version` will do.
    pub fn contains(&self, version: Version) -> bool {
        match self {
            Self::Any => true,
            Self::Exactly(wanted) => version == *wanted,
            Self::Compatible(least) => version.major == least.major && version >= *least,
        }
    }
}

/// A contract asked for: an id and the versions that will do, such as `dk.cpr/persons@^1.2`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ContractRef {
    /// The contract's id.
    pub id: ContractId,
    /// The versions that will do.
    pub range: VersionRange,
}

impl FromStr for ContractRef {
    type Err = NameFault;
    fn from_str(text: &str) -> Result<Self, NameFault> {
        let Some((id, range)) = text.split_once('@') else {
            return Ok(Self { id: text.parse()?, range: VersionRange::Any });
        };
        let range = match range.strip_prefix('^') {
            Some(least) => {
                let dots = least.bytes().filter(|b| *b == b'.').count();
                let padded = match dots {
                    0 => format!("{least}.0.0"),
                    1 => format!("{least}.0"),
                    _ => least.to_owned(),
                };
                VersionRange::Compatible(padded.parse()?)
            }
            None => VersionRange::Exactly(range.parse()?),
        };
        Ok(Self { id: id.parse()?, range })
    }
}

impl fmt::Display for ContractRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.range {
            VersionRange::Any => write!(f, "{}", self.id),
            VersionRange::Exactly(version) => write!(f, "{}@{version}", self.id),
            VersionRange::Compatible(version) => write!(f, "{}@^{version}", self.id),
        }
    }
}

/// A participant as routing knows it: an ISO 6523 scheme and the value without country prefix.
///
/// A scheme that the contract's table does not map keeps the document's own word.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParticipantKey {
    /// The ISO 6523 identifier, such as `0184`, or the document's own word.
    pub scheme: Arc<str>,
    /// The value, such as `12345678`.
    pub value: Arc<str>,
}

impl fmt::Debug for ParticipantKey {
    /// The value's length alone: it may identify a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParticipantKey({} bytes)", self.scheme.len() + self.value.len())
    }
}

impl fmt::Display for ParticipantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_contract_references() {
        let text = "dk.cpr/persons@^1.2";
        let wanted: ContractRef = text.parse().unwrap();
        assert_eq!(wanted.to_string(), "dk.cpr/persons@^1.2.0");
        assert!(wanted.range.contains("1.4.0".parse().unwrap()));
        assert!(!wanted.range.contains("1.1.9".parse().unwrap()));
        assert!(!wanted.range.contains("2.0.0".parse().unwrap()));
    }

    #[test]
    fn refuses_names_that_could_leave_a_folder() {
        for bad in ["", "/", "..", "a/../b", "a//b", "a/.b", "a b", "æ", "a/b/c/d/e", "-a"] {
            assert!(bad.parse::<ContractId>().is_err(), "{bad}");
        }
        for bad in ["1", "1.2", "01.2.3", "1.2.3.4", "1.2.x", "+1.2.3"] {
            assert!(bad.parse::<Version>().is_err(), "{bad}");
        }
    }
}
