//! Files and keys of a folder that is being made.

use super::reason;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use sluse_ledger::key::SigningKey;
use std::{
    fs::{DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

/// Why a folder could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteFault {
    /// A file could not be written.
    #[error("{0}: {r}", r = reason(.1))]
    File(String, io::Error),
    /// A signing key could not be made.
    #[error("a key could not be made: {0}")]
    Key(#[from] sluse_ledger::key::KeyFault),
    /// A certificate could not be made.
    #[error("a certificate could not be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// No key could be made.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

/// Makes the keys that a gateway needs: of the ledger of this origin, of storage, of pseudonyms.
///
/// # Errors
/// Where a file is there already or cannot be written, or the system gives no random numbers.
pub fn write_keys(folder: &Path, origin: &str) -> Result<(), WriteFault> {
    place(folder, "keys/signing.pem", &SigningKey::generate(origin)?.to_pem()?, true)?;
    place(folder, "keys/storage.key", &random_key()?, true)?;
    place(folder, "keys/pseudonym.key", &random_key()?, true)
}

/// Writes one new file, and the folders above it; a private one is its owner's alone from the first moment.
///
/// # Errors
/// Where the file is there already or cannot be written.
pub fn place(
    folder: &Path,
    path: &str,
    content: impl AsRef<[u8]>,
    private: bool,
) -> Result<(), WriteFault> {
    let fault = |fault| WriteFault::File(path.to_owned(), fault);
    let file = folder.join(path);
    if let Some(above) = file.parent() {
        let mut folders = DirBuilder::new();
        folders.recursive(true).mode(if private { 0o700 } else { 0o755 });
        folders.create(above).map_err(fault)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(if private { 0o600 } else { 0o644 });
    options.open(file).and_then(|mut file| file.write_all(content.as_ref())).map_err(fault)
}

/// 32 random bytes in base64.
fn random_key() -> Result<String, WriteFault> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| WriteFault::NoRandomness)?;
    Ok(BASE64.encode(bytes) + "\n")
}
