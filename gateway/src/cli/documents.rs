//! Documents named on a command line: files, folders, standard input; worked on in parallel, told in order.

use super::{Exit, Output, progress::Progress};
use crate::config::reason;
use bytes::{Buf as _, Bytes};
use sluse_contracts::MediaType;
use std::{
    collections::BTreeMap,
    fs, io,
    io::Read,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

/// Largest document read from a command line.
pub(super) const DOCUMENT_BYTES_MAX: u64 = 4 << 30;
/// How often progress is shown.
const TICK: Duration = Duration::from_millis(200);
/// Deepest nesting of folders that is followed.
const FOLDER_DEPTH_MAX: usize = 64;

/// A document and the name that it is told by.
#[derive(Debug, Clone)]
pub(super) struct Document {
    /// As given on the command line, or below a folder given there.
    pub(super) name: String,
    path: Option<PathBuf>,
    /// Bytes read of it and of those that were named with it.
    read: Arc<AtomicU64>,
}

/// A document of which the beginning is read.
pub(super) struct Opened {
    /// Its beginning; all of it where it is short.
    pub(super) head: Bytes,
    /// What comes behind, where it is long.
    rest: Option<Box<dyn Read>>,
    /// How long it is, where that is known.
    bytes: Option<u64>,
}

impl Document {
    /// Its bytes.
    pub(super) fn read(&self) -> io::Result<Bytes> {
        self.open(0)?.load(DOCUMENT_BYTES_MAX)
    }

    /// Reads its beginning: a document of more than so many bytes is long.
    pub(super) fn open(&self, short_bytes_max: usize) -> io::Result<Opened> {
        let read = Arc::clone(&self.read);
        let (input, bytes): (Box<dyn Read>, _) = match &self.path {
            Some(path) => {
                let file = fs::File::open(path)?;
                let about = file.metadata()?;
                let bytes = about.is_file().then_some(about.len());
                (Box::new(Counted { input: file, read }), bytes)
            }
            None => (Box::new(Counted { input: io::stdin(), read }), None),
        };
        Opened::begin(input, bytes, short_bytes_max)
    }

    /// Opens it once more, where it can be read twice.
    pub(super) fn open_again(&self) -> io::Result<Option<Opened>> {
        let file = self.path.as_ref().map(fs::File::open).transpose()?;
        let Some(file) = file else { return Ok(None) };
        let about = file.metadata()?;
        let again = about.is_file().then(|| Opened::begin(Box::new(file), Some(about.len()), 0));
        again.transpose()
    }

    /// How long it is, where that is known.
    fn bytes(&self) -> Option<u64> {
        let about = fs::metadata(self.path.as_ref()?).ok()?;
        about.is_file().then_some(about.len())
    }
}

impl Opened {
    fn begin(
        mut input: Box<dyn Read>,
        bytes: Option<u64>,
        short_bytes_max: usize,
    ) -> io::Result<Self> {
        let wanted = (short_bytes_max as u64).saturating_add(1);
        let room = bytes.unwrap_or(0).min(wanted).saturating_add(1);
        let mut head = Vec::with_capacity(usize::try_from(room).unwrap_or(0));
        input.by_ref().take(wanted).read_to_end(&mut head)?;
        let rest = (head.len() > short_bytes_max).then_some(input);
        Ok(Self { head: head.into(), rest, bytes })
    }

    /// Whether more may come than is read.
    pub(super) fn is_long(&self) -> bool {
        self.rest.is_some()
    }

    /// All its bytes.
    ///
    /// # Errors
    /// Where they cannot be had; [`io::ErrorKind::FileTooLarge`] where they are more than so many.
    pub(super) fn load(self, bytes_max: u64) -> io::Result<Bytes> {
        let Some(rest) = self.rest else { return Ok(self.head) };
        let room = self.bytes.unwrap_or(0).min(bytes_max).saturating_add(1).min(1 << 30);
        let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or(0));
        bytes.extend_from_slice(&self.head);
        let wanted = bytes_max.saturating_add(1).saturating_sub(bytes.len() as u64);
        rest.take(wanted).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > bytes_max {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(bytes.into())
    }

    /// Reads it from its first byte on.
    pub(super) fn reader(self) -> impl Read {
        self.head.reader().chain(self.rest.unwrap_or_else(|| Box::new(io::empty())))
    }
}

/// Counts what is read.
struct Counted<R> {
    input: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(into)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// The documents that arguments name: `-` is standard input, a folder every file below it.
/// What cannot be found, and what is left out, is told; the rest is given all the same.
pub(super) fn named(arguments: &[PathBuf], output: &mut Output) -> (Vec<Document>, Exit) {
    let mut documents = Vec::new();
    let mut exit = Exit::Fine;
    let read = Arc::new(AtomicU64::new(0));
    for path in arguments {
        let name = path.display().to_string();
        if name == "-" {
            documents.push(Document { name, path: None, read: Arc::clone(&read) });
            continue;
        }
        let before = documents.len();
        let (mut paths, mut left_out) = (Vec::new(), Vec::new());
        let collected = collect(path, 0, &mut paths, &mut left_out);
        documents.extend(paths.into_iter().map(|path| Document {
            name: path.display().to_string(),
            path: Some(path),
            read: Arc::clone(&read),
        }));
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
    documents: &mut Vec<PathBuf>,
    left_out: &mut Vec<PathBuf>,
) -> io::Result<()> {
    if !fs::metadata(path)?.is_dir() {
        documents.push(path.to_owned());
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
            documents.push(entry);
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
        let mut progress = Progress::of_bytes(|| bytes_of(documents), output);
        let read = documents.first().map(|document| Arc::clone(&document.read)).unwrap_or_default();
        let mut waiting = BTreeMap::new();
        let mut told = 0;
        loop {
            match results.recv_timeout(TICK) {
                Ok((at, result)) => drop(waiting.insert(at, result)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            while let Some(result) = waiting.remove(&told) {
                if let Some(document) = documents.get(told) {
                    tell(document, result, output);
                }
                told += 1;
            }
            progress.at(read.load(Ordering::Relaxed));
        }
        progress.end();
    });
}

/// How many bytes all documents have, where that is known of each.
fn bytes_of(documents: &[Document]) -> Option<u64> {
    documents.iter().map(Document::bytes).sum()
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
        let names = found.iter().map(|path| path.file_name().unwrap().to_str().unwrap());
        let names: Vec<&str> = names.collect();
        assert_eq!(names, ["a", "1", "2", "link", "to-nothing"]);
        assert_eq!(left_out, [path("b/round")]);
        assert!(fs::File::open(found.last().unwrap()).is_err());
    }

    #[test]
    fn a_document_is_read_whole_or_from_its_beginning_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "0123456789").unwrap();
        let read = Arc::new(AtomicU64::new(0));
        let document = Document { name: String::new(), path: Some(path), read: Arc::clone(&read) };
        for (short_bytes_max, is_long) in [(0, true), (9, true), (10, false), (1_000, false)] {
            let opened = document.open(short_bytes_max).unwrap();
            assert_eq!(opened.is_long(), is_long, "{short_bytes_max}");
            assert!(opened.head.len() <= short_bytes_max + 1);
            let mut all = String::new();
            opened.reader().read_to_string(&mut all).unwrap();
            assert_eq!(all, "0123456789");
            let again = document.open_again().unwrap().unwrap();
            assert_eq!(&again.load(10).unwrap()[..], b"0123456789");
            let whole = document.open(short_bytes_max).unwrap().load(9);
            assert_eq!(whole.is_err(), is_long);
        }
        assert!(read.load(Ordering::Relaxed) >= 4 * 20);
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
