//! Documents named on a command line: files, folders, standard input; worked on in parallel, told in order.

use super::{Exit, Output, progress::Progress};
use crate::config::reason;
use bytes::Bytes;
use sluse_contracts::MediaType;
use std::{
    collections::BTreeMap,
    fs, io,
    io::Read,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

/// Largest document read from a command line.
const DOCUMENT_BYTES_MAX: u64 = 4 << 30;
/// Deepest nesting of folders that is followed.
const FOLDER_DEPTH_MAX: usize = 64;

/// A document and the name that it is told by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Document {
    /// As given on the command line, or below a folder given there.
    pub(super) name: String,
    path: Option<PathBuf>,
}

impl Document {
    /// Its bytes.
    pub(super) fn read(&self) -> io::Result<Bytes> {
        let mut bytes = Vec::new();
        let read = match &self.path {
            Some(path) => {
                let file = fs::File::open(path)?;
                bytes.reserve(usize::try_from(file.metadata()?.len()).unwrap_or(0).min(1 << 30));
                file.take(DOCUMENT_BYTES_MAX + 1).read_to_end(&mut bytes)?
            }
            None => io::stdin().lock().take(DOCUMENT_BYTES_MAX + 1).read_to_end(&mut bytes)?,
        };
        if u64::try_from(read).unwrap_or(u64::MAX) > DOCUMENT_BYTES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(bytes.into())
    }
}

/// The documents that arguments name: `-` is standard input, a folder every file below it.
/// What cannot be found, and what is left out, is told; the rest is given all the same.
pub(super) fn named(arguments: &[PathBuf], output: &mut Output) -> (Vec<Document>, Exit) {
    let mut documents = Vec::new();
    let mut exit = Exit::Fine;
    for path in arguments {
        let name = path.display().to_string();
        if name == "-" {
            documents.push(Document { name, path: None });
            continue;
        }
        let before = documents.len();
        let mut left_out = Vec::new();
        let collected = collect(path, 0, &mut documents, &mut left_out);
        for path in left_out {
            output.note(format_args!(
                "`{}` is a link to a folder, or no file: it is left out",
                path.display()
            ));
        }
        if let Err(fault) = collected {
            exit = output.error(format_args!("`{name}`: {}", reason(&fault)));
        } else if documents.len() == before {
            // Nothing judged must not look like all accepted.
            exit = output.error(format_args!("`{name}`: there is no file in the folder"));
        }
    }
    (documents, exit)
}

fn collect(
    path: &Path,
    depth: usize,
    documents: &mut Vec<Document>,
    left_out: &mut Vec<PathBuf>,
) -> io::Result<()> {
    if !fs::metadata(path)?.is_dir() {
        documents.push(Document { name: path.display().to_string(), path: Some(path.to_owned()) });
        return Ok(());
    }
    if depth == FOLDER_DEPTH_MAX {
        return Err(io::Error::other(format!("more than {FOLDER_DEPTH_MAX} folders deep")));
    }
    let mut entries: Vec<PathBuf> =
        fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    entries.sort_unstable();
    for entry in entries {
        // A link to a folder may lead round in a circle; a pipe would never end.
        let is_link = entry.is_symlink();
        if entry.is_file() || (entry.is_dir() && !is_link) {
            collect(&entry, depth + 1, documents, left_out)?;
        } else if !entry.exists() {
            // A link to nothing is a document that cannot be read, and told as one.
            documents.push(Document { name: entry.display().to_string(), path: Some(entry) });
        } else {
            left_out.push(entry);
        }
    }
    Ok(())
}

/// Works on all documents, as many at the same time as the machine has cores; `tell` hears of each
/// in the order given, as soon as it and all before it are done.
pub(super) fn each<T: Send>(
    documents: &[Document],
    output: &mut Output,
    work: impl Fn(&Document) -> T + Sync,
    mut tell: impl FnMut(&Document, T, &mut Output),
) {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(documents.len());
    let next = AtomicUsize::new(0);
    let (done, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..workers {
            let done = done.clone();
            scope.spawn(|| {
                let done = done;
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(document) = documents.get(at) else { break };
                    if done.send((at, work(document))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(done);
        let mut progress = Progress::new(documents.len(), output);
        let mut waiting = BTreeMap::new();
        let mut told = 0;
        for (at, result) in results {
            waiting.insert(at, result);
            while let Some(result) = waiting.remove(&told) {
                if let Some(document) = documents.get(told) {
                    tell(document, result, output);
                }
                told += 1;
            }
            progress.at(told);
        }
        progress.end();
    });
}

/// The media type of a document of which nothing is said: what it begins with, else its name's end.
pub(super) fn guess(name: &str, bytes: &[u8]) -> MediaType {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let bytes =
        bytes.strip_prefix(b"\xff\xfe").or(bytes.strip_prefix(b"\xfe\xff")).unwrap_or(bytes);
    // UTF-16 has a zero beside each of these.
    let first = bytes.iter().find(|byte| !b" \t\r\n\0".contains(byte));
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    match (first, end.as_deref()) {
        (Some(b'<'), _) => MediaType::xml(),
        (Some(b'{' | b'['), _) | (_, Some("json")) => MediaType::json(),
        (_, Some("xml")) => MediaType::xml(),
        _ => MediaType::octet_stream(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_every_file_below_it_and_links_lead_no_rounds() {
        let folder = tempfile::tempdir().unwrap();
        let path = |below: &str| folder.path().join(below);
        fs::create_dir_all(path("b/c")).unwrap();
        for file in ["b/c/2", "b/1", "a"] {
            fs::write(path(file), "").unwrap();
        }
        std::os::unix::fs::symlink(folder.path(), path("b/round")).unwrap();
        std::os::unix::fs::symlink(path("a"), path("b/link")).unwrap();
        std::os::unix::fs::symlink(path("nothing"), path("b/to-nothing")).unwrap();
        let (mut found, mut left_out) = (Vec::new(), Vec::new());
        collect(folder.path(), 0, &mut found, &mut left_out).unwrap();
        let names = found.iter().map(|document| document.name.as_str());
        let names: Vec<&str> = names.map(|name| name.rsplit('/').next().unwrap()).collect();
        assert_eq!(names, ["a", "1", "2", "link", "to-nothing"]);
        assert_eq!(left_out, [path("b/round")]);
        assert!(found.last().unwrap().read().is_err());
    }

    #[test]
    fn guesses_by_what_a_document_begins_with_then_by_its_name() {
        for (name, bytes, essence) in [
            ("a.txt", &b"\xef\xbb\xbf \n<a/>"[..], "application/xml"),
            ("a", b"\xff\xfe<\0a\0", "application/xml"),
            ("a", b"\0<\0a", "application/xml"),
            ("a.xml", b"{}", "application/json"),
            ("a.json", b"42", "application/json"),
            ("a.xml", b"", "application/xml"),
            ("a", b"UNA", "application/octet-stream"),
        ] {
            assert_eq!(guess(name, bytes).essence(), essence, "{name}");
        }
    }
}
