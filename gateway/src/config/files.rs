//! The files of a configuration folder, read once into memory, so that everything after works on one state of them.

use aws_lc_rs::digest::{Context as Hasher, SHA256};
use bytes::Bytes;
use sluse_contracts::{ContractId, Finding, code};
use std::{
    collections::BTreeMap,
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
};

/// Largest file of a configuration folder.
pub const FILE_BYTES_MAX: u64 = 256 << 20;
/// Most files in a configuration folder.
pub const FILES_MAX: usize = 100_000;
/// Deepest nesting of folders.
pub const FOLDER_DEPTH_MAX: usize = 32;

/// What a configuration folder may hold, beside `sluse.toml`.
pub(super) const FOLDERS: [&str; 9] = [
    "members",
    "services",
    "receivers",
    "grants",
    "waivers",
    "contracts",
    "adapters",
    "keys",
    "certificates",
];

/// All files of a folder, by their path below it, parted by `/`, in order.
#[derive(Debug, Default)]
pub struct Files {
    root: PathBuf,
    bytes: BTreeMap<String, Bytes>,
    /// The folder of the one contract whose files are read; none for all.
    only: Option<String>,
}

impl Files {
    /// Reads a configuration folder. What cannot be read becomes a finding.
    ///
    /// Hidden entries (editors' and version control's own) are left out, and so is what is neither
    /// `sluse.toml` nor in one of its folders: evidence may stand beside them.
    pub fn read(root: &Path, findings: &mut Vec<Finding>) -> Self {
        let files = Self { root: root.to_owned(), ..Self::default() };
        files.filled(findings)
    }

    /// The same, but of all contracts one: the others may be large.
    pub fn read_with(root: &Path, contract: &ContractId, findings: &mut Vec<Finding>) -> Self {
        let only = Some(format!("contracts/{contract}"));
        let files = Self { root: root.to_owned(), only, ..Self::default() };
        files.filled(findings)
    }

    fn filled(mut self, findings: &mut Vec<Finding>) -> Self {
        let root = self.root.clone();
        let entries = match entries(&root) {
            Ok(entries) => entries,
            Err(fault) => {
                findings.push(unreadable(&root.display().to_string(), &fault));
                return self;
            }
        };
        for name in entries {
            let path = root.join(&name);
            if name == "sluse.toml" || (FOLDERS.contains(&name.as_str()) && path.is_dir()) {
                self.take(&path, &name, 0, findings);
            } else if path.is_dir() {
                report_misspelt(&name, findings);
            }
        }
        self
    }

    /// Whether a folder holds files that are asked for, or leads to them.
    fn is_wanted(&self, folder: &str) -> bool {
        let within = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.only.as_ref().is_none_or(|only| {
            !within(folder, "contracts") || within(folder, only) || within(only, folder)
        })
    }

    /// Reads all files below a folder.
    pub fn read_all(root: &Path, findings: &mut Vec<Finding>) -> Self {
        let mut files = Self { root: root.to_owned(), ..Self::default() };
        match entries(root) {
            Ok(names) => {
                for name in names {
                    files.take(&root.join(&name), &name, 0, findings);
                }
            }
            Err(fault) => findings.push(unreadable(&root.display().to_string(), &fault)),
        }
        files
    }

    /// Files already in memory, for tests.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let bytes = files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned().into()));
        Self { root: PathBuf::from("/nowhere"), bytes: bytes.collect(), only: None }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The bytes of one file.
    pub fn get(&self, path: &str) -> Option<&Bytes> {
        self.bytes.get(path)
    }

    /// All files, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Bytes)> {
        self.bytes.iter().map(|(path, bytes)| (path.as_str(), bytes))
    }

    /// The files below a folder, in order. The folder is named without a slash at its end.
    pub fn below<'s>(&'s self, folder: &'s str) -> impl Iterator<Item = (&'s str, &'s Bytes)> {
        let first = format!("{folder}/");
        self.bytes.range(first..).map(|(path, bytes)| (path.as_str(), bytes)).take_while(
            move |(path, _)| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')),
        )
    }

    /// SHA-256 over the names and bytes of all files, in lower-case hex.
    pub fn digest(&self) -> String {
        let mut whole = Hasher::new(&SHA256);
        for (path, bytes) in &self.bytes {
            for part in [path.as_bytes(), bytes] {
                whole.update(&(part.len() as u64).to_be_bytes());
                whole.update(part);
            }
        }
        hex(whole.finish().as_ref())
    }

    fn take(&mut self, path: &Path, name: &str, depth: usize, findings: &mut Vec<Finding>) {
        if let Err(fault) = self.try_take(path, name, depth, findings) {
            findings.push(unreadable(name, &fault));
        }
    }

    fn try_take(
        &mut self,
        path: &Path,
        name: &str,
        depth: usize,
        findings: &mut Vec<Finding>,
    ) -> io::Result<()> {
        let kind = fs::metadata(path)?;
        if kind.is_dir() {
            if !self.is_wanted(name) {
                return Ok(());
            }
            if depth == FOLDER_DEPTH_MAX {
                findings
                    .push(too_large(name, format!("more than {FOLDER_DEPTH_MAX} folders deep")));
                return Ok(());
            }
            for entry in entries(path)? {
                self.take(&path.join(&entry), &format!("{name}/{entry}"), depth + 1, findings);
            }
        } else if kind.len() > FILE_BYTES_MAX {
            findings.push(too_large(name, format!("larger than {FILE_BYTES_MAX} bytes")));
        } else if self.bytes.len() == FILES_MAX {
            if !findings
                .iter()
                .any(|finding| finding.file == "." && finding.code == code::FILE_TOO_LARGE)
            {
                findings.push(too_large(".", format!("more than {FILES_MAX} files")));
            }
        } else if kind.is_file() {
            self.bytes.insert(name.to_owned(), fs::read(path)?.into());
        }
        Ok(())
    }
}

/// SHA-256 in lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex(aws_lc_rs::digest::digest(&SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The names in a folder, sorted, without hidden ones.
fn entries(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && !name.ends_with('~') {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn report_misspelt(name: &str, findings: &mut Vec<Finding>) {
    let near = FOLDERS.iter().find(|known| {
        strsim::damerau_levenshtein(known, &name.to_lowercase()) <= 1 + name.len() / 6
    });
    if let Some(known) = near {
        let sentence = format!("there is no folder `{name}` in a configuration");
        findings.push(
            Finding::in_file(name, code::FILE_UNEXPECTED, sentence)
                .hint(format!("did you mean `{known}`?")),
        );
    }
}

fn too_large(name: &str, what: String) -> Finding {
    Finding::in_file(name, code::FILE_TOO_LARGE, what)
}

/// That a file cannot be read.
pub(crate) fn unreadable(name: &str, fault: &io::Error) -> Finding {
    Finding::in_file(name, code::FILE_UNREADABLE, format!("it cannot be read: {}", reason(fault)))
}

/// Why a file could not be used, in words that do not depend on the platform.
pub fn reason(fault: &io::Error) -> String {
    match fault.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        kind => kind.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_contract_of_many() {
        let folder = tempfile::tempdir().unwrap();
        let paths = [
            "contracts/a/b/1.0.0/contract.toml",
            "contracts/a/b/1.0.0/schemas/s.xsd",
            "contracts/a/bc/1.0.0/contract.toml",
            "contracts/a/readme.md",
            "contracts/b/contract.toml",
            "members/contracts/a.toml",
            "sluse.toml",
        ];
        for path in paths {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let mut findings = Vec::new();
        let read = |files: Files| files.iter().map(|(path, _)| path.to_owned()).collect::<Vec<_>>();
        assert_eq!(read(Files::read(folder.path(), &mut findings)), paths);
        let id: ContractId = "a/b".parse().unwrap();
        let others = ["contracts/a/bc/1.0.0/contract.toml", "contracts/b/contract.toml"];
        let wanted: Vec<&str> = paths.into_iter().filter(|path| !others.contains(path)).collect();
        assert_eq!(read(Files::read_with(folder.path(), &id, &mut findings)), wanted);
        assert!(findings.is_empty(), "{findings:?}");
    }
}
