//! The files of one contract, in memory: whoever reads disks hands them in.

use crate::{Code, Finding};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use std::{borrow::Cow, collections::BTreeMap, fmt};

/// SHA-256 of a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileDigest([u8; 32]);

impl FileDigest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for FileDigest {
    /// Lower-case hex.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for FileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// One file: its bytes, shared, and their digest.
#[derive(Debug, Clone)]
pub struct ContractFile {
    /// The bytes.
    pub bytes: Bytes,
    /// Their digest.
    pub digest: FileDigest,
}

/// The files of one contract by path relative to its folder, with `/` between the segments.
#[derive(Debug, Clone, Default)]
pub struct ContractFiles {
    folder: String,
    files: BTreeMap<String, ContractFile>,
}

impl ContractFiles {
    /// No files yet. `folder` is how findings name the contract's folder, such as
    /// `contracts/dk.oioubl/invoice/2.1.0`; empty where they stand alone.
    pub fn new(folder: impl Into<String>) -> Self {
        let folder = folder.into();
        Self { folder: folder.trim_end_matches('/').to_owned(), files: BTreeMap::new() }
    }

    /// Adds a file. `path` is relative to the folder; `./` and `..` in it are resolved.
    /// Gives back `false`, and adds nothing, where the path leaves the folder.
    pub fn add(&mut self, path: &str, bytes: impl Into<Bytes>) -> bool {
        let bytes = bytes.into();
        let digest = FileDigest::of(&bytes);
        let Some(path) = resolve("", path) else { return false };
        self.files.insert(path, ContractFile { bytes, digest });
        true
    }

    /// The file at this path.
    pub fn get(&self, path: &str) -> Option<&ContractFile> {
        self.files.get(path)
    }

    /// All files, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ContractFile)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }

    /// The files below a folder, such as `examples/valid/`.
    pub fn below<'f>(
        &'f self,
        folder: &'f str,
    ) -> impl Iterator<Item = (&'f str, &'f ContractFile)> {
        self.iter().filter(move |(path, _)| path.starts_with(folder))
    }

    /// How findings name the contract's folder.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// How findings name a file.
    pub fn shown(&self, path: &str) -> String {
        if self.folder.is_empty() { path.to_owned() } else { format!("{}/{path}", self.folder) }
    }

    /// A fault in a file as a whole.
    pub fn finding(&self, path: &str, code: Code, sentence: impl Into<String>) -> Finding {
        Finding::in_file(self.shown(path), code, sentence)
    }
}

/// The path that `reference` means in the file `from`: both relative to the contract's folder.
///
/// Nothing where it leaves the folder, is absolute, or names a network address.
pub fn resolve(from: &str, reference: &str) -> Option<String> {
    let reference = reference.split('#').next().unwrap_or_default();
    let outside = reference.is_empty()
        || reference.starts_with('/')
        || reference.contains(['\\', '\0'])
        || reference.split('/').next().is_some_and(|first| first.contains(':'));
    if outside {
        return None;
    }
    let folder = from.rfind('/').and_then(|end| from.get(..end)).unwrap_or_default();
    let mut segments: Vec<&str> = folder.split('/').filter(|each| !each.is_empty()).collect();
    for segment in reference.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            _ => segments.push(segment),
        }
    }
    (!segments.is_empty()).then(|| segments.join("/"))
}

/// The text of a file, well enough to find markup and the names of other files in it: nothing is refused.
pub fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit);
        let text = char::decode_utf16(units).map(|each| each.unwrap_or('\u{fffd}'));
        Cow::Owned(text.skip_while(|each| *each == '\u{feff}').collect())
    };
    match bytes {
        [0xff, 0xfe, ..] | [b'<', 0, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] | [0, b'<', ..] => wide(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        // Whatever the single-byte encoding is, markup is ASCII.
        _ => std::str::from_utf8(bytes).map_or_else(
            |_| Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Cow::Borrowed,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_references_inside_the_folder_only() {
        for (from, reference, path) in [
            ("", "contract.toml", Some("contract.toml")),
            ("schemas/maindoc/a.xsd", "../common/b.xsd", Some("schemas/common/b.xsd")),
            ("schemas/a.json", "./b.json#/x", Some("schemas/b.json")),
            ("schemas/a.xsd", "../../b.xsd", None),
            ("a.xsd", "../b.xsd", None),
            ("a.xsd", "/etc/passwd", None),
            ("a.xsd", "http://example/b.xsd", None),
            ("a.xsd", "..\\b.xsd", None),
            ("a.xsd", "#/x", None),
            ("a.xsd", "..", None),
        ] {
            assert_eq!(resolve(from, reference).as_deref(), path, "{from} {reference}");
        }
    }

    #[test]
    fn names_files_with_their_folder() {
        let mut files = ContractFiles::new("contracts/x/1.0.0/");
        assert!(files.add("schemas/./a.xsd", &b"abc"[..]));
        assert!(!files.add("../a.xsd", &b""[..]));
        let (path, file) = files.iter().next().unwrap();
        assert_eq!(files.shown(path), "contracts/x/1.0.0/schemas/a.xsd");
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(file.digest.to_string(), digest);
    }
}
