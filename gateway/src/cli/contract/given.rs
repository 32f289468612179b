//! The files that a person gives to be brought in: folders, single files, zip archives.
//!
//! Archives come from the network and may be hostile: every limit is checked against the bytes
//! that come out, not against what the archive says of itself, and a name that would leave the
//! archive refuses all of it.

use super::size;
use crate::config::{bundle::stays_inside, reason};
use bytes::Bytes;
use sluse_contracts::{Finding, code};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Seek},
    path::Path,
};
use zip::{ZipArchive, result::ZipError};

/// Files taken in one import.
const FILES_MAX: usize = 50_000;
/// Entries of one archive, whatever they are.
const ENTRIES_MAX: usize = 200_000;
/// Size of one file.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// Size of all files together.
const TOTAL_BYTES_MAX: u64 = 512 << 20;
/// How many times larger a file of an archive may be than what it was packed into…
const COMPRESSION_RATIO_MAX: u64 = 200;
/// …beyond this size.
const COMPRESSION_FREE_BYTES: u64 = 1 << 20;
/// Nesting of folders.
const FOLDER_DEPTH_MAX: usize = 32;
/// Files that may be schemas, or parts of them, by the end of their name.
const ENDINGS: [&str; 9] = ["xsd", "wsdl", "sch", "xsl", "xslt", "xml", "json", "yaml", "yml"];

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// By path: the argument's own name, then the path below it.
    pub(super) files: BTreeMap<String, Bytes>,
    /// What could not be read or was refused.
    pub(super) findings: Vec<Finding>,
    total_bytes: u64,
}

impl Given {
    /// Reads everything that the arguments name.
    pub(super) fn read<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Self {
        let mut given = Self::default();
        for path in paths {
            let whole = path.canonicalize();
            let name = whole.as_deref().ok().and_then(Path::file_name);
            let name = name.map(|name| name.to_string_lossy().into_owned());
            let name = name.unwrap_or_else(|| path.display().to_string());
            if let Err(finding) = given.take(path, &name, true, 0) {
                given.findings.push(finding);
            }
        }
        given
    }

    fn take(&mut self, path: &Path, name: &str, named: bool, depth: usize) -> Result<(), Finding> {
        let kind = if named { fs::metadata(path) } else { fs::symlink_metadata(path) };
        let kind = kind.map_err(|fault| unreadable(name, &fault))?;
        if kind.is_dir() {
            return self.take_folder(path, name, depth);
        }
        if !kind.is_file() {
            return Ok(());
        }
        if named && is_archive(name) {
            let file = File::open(path).map_err(|fault| unreadable(name, &fault))?;
            let stem = name.get(..name.len().saturating_sub(".zip".len())).unwrap_or(name);
            return self.take_archive(file, name, stem);
        }
        if !named && !is_wanted(name) {
            return Ok(());
        }
        let file = File::open(path).map_err(|fault| unreadable(name, &fault))?;
        let bytes = self.read_file(file, name, FILE_BYTES_MAX)?;
        self.add(name.to_owned(), bytes)
    }

    fn take_folder(&mut self, folder: &Path, name: &str, depth: usize) -> Result<(), Finding> {
        if depth == FOLDER_DEPTH_MAX {
            return Err(too_large(
                name,
                format!("it lies more than {FOLDER_DEPTH_MAX} folders deep"),
            ));
        }
        let mut entries: Vec<_> = fs::read_dir(folder)
            .and_then(|entries| {
                entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()
            })
            .map_err(|fault| unreadable(name, &fault))?;
        entries.sort_unstable();
        for entry in entries {
            let inner = entry.to_string_lossy();
            if !inner.starts_with('.') {
                self.take(&folder.join(&entry), &format!("{name}/{inner}"), false, depth + 1)?;
            }
        }
        Ok(())
    }

    /// Takes the schemas of an archive; all of it or nothing.
    fn take_archive<R: Read + Seek>(
        &mut self,
        archive: R,
        name: &str,
        stem: &str,
    ) -> Result<(), Finding> {
        let broken = |fault: ZipError| {
            let why = match fault {
                ZipError::Io(fault) => reason(&fault),
                ZipError::InvalidPassword => "it needs a password".to_owned(),
                ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
                    "it is packed in a way that is not supported".to_owned()
                }
                _ => "it is not a zip archive that can be read".to_owned(),
            };
            Finding::in_file(name, code::FILE_UNREADABLE, why)
        };
        let mut archive = ZipArchive::new(archive).map_err(broken)?;
        if archive.len() > ENTRIES_MAX {
            return Err(too_large(name, format!("it has more than {ENTRIES_MAX} entries")));
        }
        if archive.file_names().any(|entry| !stays_inside(entry.strip_suffix('/').unwrap_or(entry)))
        {
            let sentence = "an entry's name leads out of the archive: nothing of it was taken";
            return Err(Finding::in_file(name, code::REFERENCE_OUTSIDE, sentence));
        }
        let mut taken = Vec::new();
        for at in 0..archive.len() {
            let entry = archive.by_index(at).map_err(broken)?;
            if !entry.is_file() || entry.is_symlink() || !is_wanted(entry.name()) {
                continue;
            }
            let path = format!("{stem}/{}", entry.name());
            let unpacked = entry.compressed_size().saturating_mul(COMPRESSION_RATIO_MAX);
            let limit = unpacked.clamp(COMPRESSION_FREE_BYTES, FILE_BYTES_MAX);
            taken.push((path.clone(), self.read_file(entry, &path, limit)?));
        }
        taken.into_iter().try_for_each(|(path, bytes)| self.add(path, bytes))
    }

    fn read_file(&mut self, file: impl Read, name: &str, limit: u64) -> Result<Bytes, Finding> {
        let left = TOTAL_BYTES_MAX.saturating_sub(self.total_bytes);
        let mut bytes = Vec::new();
        let read = file.take(limit.min(left) + 1).read_to_end(&mut bytes);
        let read = read.map_err(|fault| unreadable(name, &fault))?;
        let read = u64::try_from(read).unwrap_or(u64::MAX);
        let shown = |limit: u64| size(usize::try_from(limit).unwrap_or(usize::MAX));
        if read > limit && limit < FILE_BYTES_MAX {
            let sentence =
                format!("it unpacks to more than {COMPRESSION_RATIO_MAX} times its packed size");
            return Err(too_large(name, sentence));
        }
        if read > limit {
            return Err(too_large(name, format!("it is larger than {}", shown(limit))));
        }
        if read > left {
            return Err(too_large(
                name,
                format!("all files together are larger than {}", shown(TOTAL_BYTES_MAX)),
            ));
        }
        self.total_bytes += read;
        Ok(bytes.into())
    }

    fn add(&mut self, name: String, bytes: Bytes) -> Result<(), Finding> {
        if self.files.len() == FILES_MAX {
            return Err(too_large(&name, format!("more than {FILES_MAX} files were given")));
        }
        if let Some(other) = self.files.get(&name)
            && *other != bytes
        {
            let sentence = "two different files of this name were given";
            return Err(Finding::in_file(name, code::DUPLICATE, sentence));
        }
        self.files.insert(name, bytes);
        Ok(())
    }
}

fn is_archive(name: &str) -> bool {
    ending(name) == "zip"
}

fn is_wanted(name: &str) -> bool {
    let hidden = name.rsplit('/').next().is_some_and(|file| file.starts_with('.'));
    !hidden && ENDINGS.contains(&ending(name).as_str())
}

fn ending(name: &str) -> String {
    name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase()
}

fn unreadable(name: &str, fault: &io::Error) -> Finding {
    Finding::in_file(name, code::FILE_UNREADABLE, format!("it cannot be read: {}", reason(fault)))
}

fn too_large(name: &str, sentence: String) -> Finding {
    Finding::in_file(name, code::FILE_TOO_LARGE, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};
    use zip::{ZipWriter, write::SimpleFileOptions};

    fn archive(entries: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap()
    }

    fn take(archive: Cursor<Vec<u8>>) -> Result<Vec<String>, String> {
        let mut given = Given::default();
        match given.take_archive(archive, "x.zip", "x") {
            Ok(()) => Ok(given.files.into_keys().collect()),
            Err(finding) => Err(finding.to_string()),
        }
    }

    #[test]
    fn takes_what_may_be_a_schema_from_an_archive() {
        let taken = take(archive(&[
            ("a/b.xsd", b"<b/>"),
            ("a/read.me", b""),
            ("a/.c.xsd", b""),
            ("d.json", b"{}"),
        ]));
        assert_eq!(taken.unwrap(), ["x/a/b.xsd", "x/d.json"]);
    }

    #[test]
    fn refuses_hostile_archives_whole() {
        let outside =
            "x.zip C0215 an entry's name leads out of the archive: nothing of it was taken";
        for name in
            ["../a.xsd", "a/../../b.xsd", "/etc/a.xsd", "a\\..\\b.xsd", "c:/a.xsd", "./a.xsd"]
        {
            assert_eq!(
                take(archive(&[("good.xsd", b"<a/>"), (name, b"<a/>")])).unwrap_err(),
                outside,
                "{name}"
            );
        }
        let bomb = vec![b' '; 8 << 20];
        let refused = take(archive(&[("bomb.xsd", &bomb)])).unwrap_err();
        assert_eq!(refused, "x/bomb.xsd C0109 it unpacks to more than 200 times its packed size");
        let refused = take(Cursor::new(b"PK\x03\x04 and nothing".to_vec())).unwrap_err();
        assert_eq!(refused, "x.zip C0106 it is not a zip archive that can be read");
        let mut cut = archive(&[("a.xsd", &[b'<'; 4096])]).into_inner();
        cut.truncate(cut.len() / 2);
        assert!(take(Cursor::new(cut)).is_err());
    }

    #[test]
    fn reads_folders_and_says_what_cannot_be_read() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("pack/in")).unwrap();
        fs::write(folder.path().join("pack/in/a.xsd"), "<a/>").unwrap();
        fs::write(folder.path().join("pack/notes.txt"), "").unwrap();
        let absent = folder.path().join("absent");
        let given = Given::read([folder.path().join("pack").as_path(), absent.as_path()]);
        assert_eq!(given.files.into_keys().collect::<Vec<_>>(), ["pack/in/a.xsd"]);
        assert_eq!(given.findings.len(), 1);
        assert_eq!(given.findings[0].code, code::FILE_UNREADABLE);
    }
}
