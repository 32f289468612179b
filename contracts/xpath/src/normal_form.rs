//! The normalization forms of Unicode (Standard Annex 15), which `normalize-unicode` gives.

use unicode_normalization::UnicodeNormalization as _;

/// A normalization form.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NormalForm {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}

impl NormalForm {
    /// By its name, in upper case.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "NFC" => Self::Nfc,
            "NFD" => Self::Nfd,
            "NFKC" => Self::Nfkc,
            "NFKD" => Self::Nfkd,
            _ => return None,
        })
    }

    /// The characters of a text in this form.
    pub(crate) fn chars(self, text: &str) -> Box<dyn Iterator<Item = char> + '_> {
        match self {
            Self::Nfc => Box::new(text.nfc()),
            Self::Nfd => Box::new(text.nfd()),
            Self::Nfkc => Box::new(text.nfkc()),
            Self::Nfkd => Box::new(text.nfkd()),
        }
    }
}
