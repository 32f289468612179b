//! What a file says of itself, where it describes a whole service.

use super::{openapi, wsdl};
use crate::manifest::Language;
use bytes::Bytes;

/// What a description says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The language that it is in: OpenAPI or WSDL.
    pub language: Language,
    /// What it is called; empty where it does not say.
    pub title: String,
    /// Its version, as its publisher writes it; empty where it does not say.
    pub version: String,
}

/// What the description in this file says of itself; nothing where it is none.
///
/// XML is taken for a WSDL, whatever else it is: who loads it is told the fault with its place.
pub fn published(path: &str, bytes: &Bytes) -> Option<Published> {
    wsdl::published(bytes).or_else(|| openapi::published(path, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, bytes: &[u8]) -> Option<(Language, String, String)> {
        let found = published(path, &Bytes::copy_from_slice(bytes))?;
        Some((found.language, found.title, found.version))
    }

    fn told(language: Language, title: &str, version: &str) -> Option<(Language, String, String)> {
        Some((language, title.to_owned(), version.to_owned()))
    }

    #[test]
    fn descriptions_say_what_they_are_called() {
        let wsdl = |inside: &str| {
            format!(
                "<d:definitions xmlns:d='http://schemas.xmlsoap.org/wsdl/' name='Register'>{inside}</d:definitions>"
            )
        };
        let service = "<d:service name='Æøå'/>";
        let wide: Vec<u8> = std::iter::once(0xfeff)
            .chain(wsdl(service).encode_utf16())
            .flat_map(u16::to_be_bytes)
            .collect();
        let latin = format!("<?xml version='1.0' encoding='ISO-8859-1'?>{}", wsdl(service));
        let latin: Vec<u8> = latin.chars().map(|each| each as u8).collect();
        for (path, bytes, expected) in [
            ("a.wsdl", wsdl(service).as_bytes(), told(Language::Wsdl, "Æøå", "")),
            ("a.xml", &wide, told(Language::Wsdl, "Æøå", "")),
            ("a.wsdl", &latin, told(Language::Wsdl, "Æøå", "")),
            (
                "a",
                wsdl(&format!("{service}{service}")).as_bytes(),
                told(Language::Wsdl, "Register", ""),
            ),
            // What is wrong with it is told when it is loaded.
            ("a.wsdl", b" <a>", told(Language::Wsdl, "", "")),
            (
                "a.yaml",
                b"openapi: 3.1.0\ninfo: { title: Permits, version: 1.2 }\n",
                told(Language::Openapi, "Permits", "1.2"),
            ),
            ("a.json", br#"{"swagger": "2.0"}"#, told(Language::Openapi, "", "")),
            ("a.yaml", b"a: 1\n", None),
            ("a.wsdl", b"", None),
            ("a.wsdl", b"\xff\xff\xff", None),
        ] {
            assert_eq!(of(path, bytes), expected, "{path} {}", String::from_utf8_lossy(bytes));
        }
    }
}
