//! Where a translation goes: nobody sees it before it is whole.

use crate::cli::Output;
use std::{
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};
use tempfile::{NamedTempFile, SpooledTempFile};

/// What is kept of standard output in memory; more goes to a file without a name.
const MEMORY_BYTES_MAX: usize = 8 << 20;

/// What is written, until it is whole.
pub(super) enum Target {
    /// Beside the file that it becomes.
    File(NamedTempFile, PathBuf),
    /// A device or pipe, which cannot be replaced.
    Device(SpooledTempFile, PathBuf),
    /// Standard output.
    Standard(SpooledTempFile),
}

impl Target {
    pub(super) fn new(path: Option<&Path>) -> io::Result<Self> {
        let Some(path) = path else {
            return Ok(Self::Standard(SpooledTempFile::new(MEMORY_BYTES_MAX)));
        };
        let is_other = std::fs::metadata(path).is_ok_and(|about| !about.is_file());
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if is_other {
            return Ok(Self::Device(SpooledTempFile::new(MEMORY_BYTES_MAX), path.to_owned()));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        Ok(Self::File(file, path.to_owned()))
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::File(file, _) => file.write_all(bytes),
            Self::Device(spool, _) | Self::Standard(spool) => spool.write_all(bytes),
        }
    }

    /// Hands on all of it.
    pub(super) fn finish(self, output: &mut Output) -> io::Result<()> {
        match self {
            Self::File(file, path) => {
                file.as_file().sync_all()?;
                keep_mode(&file, &path)?;
                file.persist(path).map_err(|fault| fault.error)?;
            }
            Self::Device(mut spool, path) => {
                spool.rewind()?;
                let mut device = std::fs::OpenOptions::new().write(true).open(path)?;
                io::copy(&mut spool, &mut device)?;
            }
            Self::Standard(mut spool) => {
                spool.rewind()?;
                let mut piece = vec![0; 1 << 16];
                loop {
                    match spool.read(&mut piece)? {
                        0 => break,
                        n => output.raw(piece.get(..n).unwrap_or_default()),
                    }
                }
                output.flush();
            }
        }
        Ok(())
    }
}

/// The file is as open to others as the one that it replaces; a new one is its owner's alone: it may hold personal data.
fn keep_mode(file: &NamedTempFile, path: &Path) -> io::Result<()> {
    match std::fs::metadata(path) {
        Ok(about) => file.as_file().set_permissions(about.permissions()),
        Err(_) => Ok(()),
    }
}
