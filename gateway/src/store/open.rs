//! From what the configuration says to a store that is open.

use super::{Embedded, Memory, StorageKey, Store, StoreFault, embedded::EmbeddedLimits};
use crate::config::{LedgerSettings, StoreSettings};
use sluse_ledger::SigningKey;
use std::{fs, fs::File, io::Read, path::Path, sync::Arc};

/// Largest key file that is read.
pub const KEY_FILE_BYTES_MAX: u64 = 64 << 10;

const DOING: &str = "be opened";

/// Opens the store that the configuration names. Without a storage key, one is made for this process alone: then
/// what waits in the outbox cannot be read after a restart, and the embedded store says so when it is opened.
///
/// # Errors
/// Where a key file or the database cannot be used.
pub fn open(
    store: &StoreSettings,
    ledger: &LedgerSettings,
    storage_key: Option<&Path>,
) -> Result<Arc<dyn Store>, StoreFault> {
    let key = signing_key(ledger)?;
    match store {
        StoreSettings::Memory => Ok(Arc::new(Memory::new(key))),
        StoreSettings::Embedded { path } => {
            let text = match storage_key {
                Some(path) => read_key(path)?,
                None => StorageKey::new_text().map_err(|fault| StoreFault::new(DOING, fault))?,
            };
            let storage =
                StorageKey::from_text(&text).map_err(|fault| StoreFault::new(DOING, fault))?;
            if let Some(folder) = path.parent() {
                let failed = |fault| StoreFault::new(DOING, format_args!("its folder: {fault}"));
                fs::create_dir_all(folder).map_err(failed)?;
            }
            Ok(Arc::new(Embedded::open(path, key, storage, EmbeddedLimits::default())?))
        }
    }
}

/// Reads the ledger's signing key.
///
/// # Errors
/// Where the file cannot be read or holds no Ed25519 key in PKCS #8.
pub fn signing_key(ledger: &LedgerSettings) -> Result<SigningKey, StoreFault> {
    let pem = read_key(&ledger.key)?;
    SigningKey::from_pem(&ledger.origin, &pem)
        .map_err(|fault| StoreFault::new(DOING, format_args!("{}: {fault}", ledger.key.display())))
}

fn read_key(path: &Path) -> Result<String, StoreFault> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(KEY_FILE_BYTES_MAX).read_to_string(&mut text))
        .map_err(|fault| StoreFault::new(DOING, format_args!("{}: {fault}", path.display())))?;
    Ok(text)
}
