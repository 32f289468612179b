//! Character repertoires: which bytes an interchange may hold, by its syntax identifier (data element 0001).

use super::service::Service;

/// The characters that a syntax identifier allows, and how they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repertoire {
    /// `UNOA`: ISO 646 without small letters and without places of national use.
    LevelA,
    /// `UNOB`: ISO 646 without places of national use.
    LevelB,
    /// `UNOC`: ISO 8859-1.
    Latin1,
    /// `UNOW` and `UNOY`: ISO 10646, written as UTF-8.
    Utf8,
}

/// The places of ISO 646 that nations may use as they like: no part of the levels A and B.
const NATIONAL: &[u8] = b"#$@[\\]^`{|}~";

impl Repertoire {
    /// The repertoire of a syntax identifier; nothing where it is not one that is read here.
    pub fn of(identifier: &[u8]) -> Option<Self> {
        match identifier {
            b"UNOA" => Some(Self::LevelA),
            b"UNOB" => Some(Self::LevelB),
            b"UNOC" => Some(Self::Latin1),
            b"UNOW" | b"UNOY" => Some(Self::Utf8),
            _ => None,
        }
    }

    /// Whether a byte may stand in a segment. Of UTF-8 that says nothing yet of how bytes follow each other.
    pub fn allows(self, byte: u8) -> bool {
        match self {
            Self::LevelA => Self::LevelB.allows(byte) && !byte.is_ascii_lowercase(),
            Self::LevelB => matches!(byte, b' '..=b'~') && !NATIONAL.contains(&byte),
            Self::Latin1 => matches!(byte, b' '..=b'~' | 0xA0..),
            Self::Utf8 => matches!(byte, b' '..=b'~' | 0x80..),
        }
    }

    /// The first byte of a segment that the repertoire does not allow.
    pub fn first_wrong(self, segment: &[u8], service: &Service) -> Option<usize> {
        let apart = |byte: u8| service.contains(byte) || matches!(byte, b'\r' | b'\n');
        let wrong = segment.iter().position(|byte| !self.allows(*byte) && !apart(*byte));
        wrong.or_else(|| self.first_broken(segment))
    }

    /// The first byte of a segment that does not follow the one before it as UTF-8 demands.
    pub(super) fn first_broken(self, segment: &[u8]) -> Option<usize> {
        let utf8 = (self == Self::Utf8).then(|| std::str::from_utf8(segment));
        utf8?.err().map(|fault| fault.valid_up_to())
    }
}
