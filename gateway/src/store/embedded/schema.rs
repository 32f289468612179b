//! The database file: made, opened, and refused where it is not ours.

use super::{EmbeddedLimits, read};
use crate::store::{StorageKey, StoreFault};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, params};
use sluse_ledger::{Checkpoint, Frontier, SigningKey, VerifierKey};
use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

/// The version of the schema that this program writes.
pub const SCHEMA_VERSION: i64 = 1;
/// `sluse` in SQLite's header, so that the file is known for what it is.
const APPLICATION_ID: i32 = 0x736c_7573;
const SCHEMA: &str = include_str!("schema.sql");
const DOING: &str = "open its database";
const BUSY_TIMEOUT_MS: u64 = 5_000;
const WAL_BYTES_KEPT_MAX: i64 = 64 << 20;

/// A database that is ours alone.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) frontier: Frontier,
    /// Held as long as the database is open.
    pub(super) lock: File,
}

/// Says what SQLite said, for people.
pub(in crate::store) fn fault(doing: &'static str, fault: &rusqlite::Error) -> StoreFault {
    let reason = match fault.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "the file is not an SQLite database".to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => {
            "the database file is damaged; restore it from a backup".to_owned()
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program has the database locked".to_owned()
        }
        Some(ErrorCode::DiskFull) => {
            "the disk, or the room that the database may take, is full".into()
        }
        Some(ErrorCode::ReadOnly) => "the database file cannot be written".to_owned(),
        Some(ErrorCode::CannotOpen) => "the database file cannot be opened".to_owned(),
        Some(ErrorCode::SystemIoFailure) => "the disk failed".to_owned(),
        // Codes only: SQLite's texts may quote what was to be stored.
        Some(code) => format!("SQLite says {code:?}"),
        None => "the database holds what it should not".to_owned(),
    };
    StoreFault::new(doing, reason)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` takes")]
fn sql(error: rusqlite::Error) -> StoreFault {
    fault(DOING, &error)
}

fn refuse(reason: impl std::fmt::Display) -> StoreFault {
    StoreFault::new(DOING, reason)
}

/// Opens the database for writing, and makes it where there is none.
pub(super) fn open(
    path: &Path,
    key: &SigningKey,
    storage: &StorageKey,
    limits: &EmbeddedLimits,
) -> Result<Opened, StoreFault> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(refuse)?;
    }
    let lock = lock(path)?;
    // Made here and not by SQLite, so that nobody else can read it.
    let mut made = OpenOptions::new();
    made.write(true).create(true).truncate(false).mode(0o600);
    made.open(path).map_err(refuse)?;
    let mut connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(sql)?;
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS)).map_err(sql)?;
    let is_new = check_ours(&connection)?;
    configure(&connection, limits).map_err(sql)?;
    if is_new {
        create(&mut connection, key.verifier(), storage).map_err(sql)?;
    }
    connection.execute_batch(read::CHILDREN).map_err(sql)?;
    check_key(&connection, key.verifier())?;
    check_storage_key(&mut connection, storage)?;
    let frontier = resume(&connection, key.verifier())?;
    // Leases are of processes that are gone: the lock says so.
    let unlease = "UPDATE outbox SET leased_until_ms = 0 WHERE leased_until_ms <> 0";
    connection.execute(unlease, []).map_err(sql)?;
    Ok(Opened { connection, frontier, lock })
}

/// Opens it for the gateway's own reading.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(sql)?;
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS)).map_err(sql)?;
    Ok(connection)
}

/// Whether the file is empty; refused where it is another program's, or of a newer version.
pub(in crate::store) fn check_ours(connection: &Connection) -> Result<bool, StoreFault> {
    let number = |text: &str| connection.query_row(text, [], |row| row.get::<_, i64>(0));
    if number("SELECT count(*) FROM sqlite_schema").map_err(sql)? == 0 {
        return Ok(true);
    }
    if number("PRAGMA application_id").map_err(sql)? != i64::from(APPLICATION_ID) {
        return Err(refuse("the file is a database of another program"));
    }
    let version = number("SELECT version FROM schema_version").map_err(sql)?;
    if version != SCHEMA_VERSION {
        let text =
            format!("its schema is version {version}, and this program knows {SCHEMA_VERSION}");
        return Err(refuse(text));
    }
    Ok(false)
}

fn lock(path: &Path) -> Result<File, StoreFault> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(PathBuf::from(name))
        .map_err(|fault| refuse(format_args!("its lock file: {fault}")))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(refuse("another process has it open")),
        Err(TryLockError::Error(fault)) => Err(refuse(format_args!("its lock file: {fault}"))),
    }
}

fn configure(connection: &Connection, limits: &EmbeddedLimits) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    connection.pragma_update(None, "cell_size_check", "ON")?;
    connection.pragma_update(None, "journal_size_limit", WAL_BYTES_KEPT_MAX)?;
    let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let pages = to_sql(limits.file_bytes_max) / page.max(1);
    connection.pragma_update(None, "max_page_count", pages.clamp(1, i64::from(u32::MAX - 1)))
}

fn create(
    connection: &mut Connection,
    verifier: &VerifierKey,
    storage: &StorageKey,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.execute("INSERT INTO schema_version VALUES (?1)", [SCHEMA_VERSION])?;
    let row = params![verifier.origin(), verifier.to_string(), storage.fingerprint()];
    transaction.execute("INSERT INTO ledger VALUES (1, ?1, ?2, ?3, 0)", row)?;
    transaction.commit()
}

fn check_key(connection: &Connection, verifier: &VerifierKey) -> Result<(), StoreFault> {
    let kept: String =
        connection.query_row("SELECT verifier FROM ledger", [], |row| row.get(0)).map_err(sql)?;
    let ours = verifier.to_string();
    if kept == ours {
        return Ok(());
    }
    Err(refuse(format_args!(
        "the ledger in it is signed by another key: it is of {kept}, the configuration says {ours}"
    )))
}

/// Under another storage key nothing that waits could be delivered. Where nothing waits, answers and salts that
/// cannot be opened any more are let go.
fn check_storage_key(connection: &mut Connection, storage: &StorageKey) -> Result<(), StoreFault> {
    let kept: Vec<u8> = connection
        .query_row("SELECT storage_key FROM ledger", [], |row| row.get(0))
        .map_err(sql)?;
    let ours = storage.fingerprint();
    if kept == ours {
        return Ok(());
    }
    let waiting: i64 =
        connection.query_row("SELECT count(*) FROM outbox", [], |row| row.get(0)).map_err(sql)?;
    if waiting > 0 {
        return Err(refuse(format_args!(
            "{waiting} messages in its outbox were encrypted under another storage key"
        )));
    }
    let transaction = connection.transaction().map_err(sql)?;
    transaction.execute("DELETE FROM idempotency", []).map_err(sql)?;
    transaction.execute("DELETE FROM salt", []).map_err(sql)?;
    transaction.execute("UPDATE ledger SET storage_key = ?1", [ours]).map_err(sql)?;
    transaction.commit().map_err(sql)
}

/// Takes up the tree where its newest checkpoint left it.
fn resume(connection: &Connection, verifier: &VerifierKey) -> Result<Frontier, StoreFault> {
    let newest = "SELECT size, note, frontier FROM checkpoint ORDER BY size DESC LIMIT 1";
    let newest = connection
        .query_row(newest, [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, Vec<u8>>(2)?))
        })
        .optional()
        .map_err(sql)?;
    let last: Option<i64> =
        connection.query_row("SELECT max(idx) FROM leaf", [], |row| row.get(0)).map_err(sql)?;
    let leaves = last.map_or(0, |last| from_sql(last).saturating_add(1));
    let damaged =
        || refuse("its newest checkpoint does not fit its leaves; run `sluse ledger verify`");
    let Some((size, note, frontier)) = newest else {
        return if leaves == 0 { Ok(Frontier::default()) } else { Err(damaged()) };
    };
    let frontier = Frontier::from_bytes(from_sql(size), &frontier).ok_or_else(damaged)?;
    let checkpoint = Checkpoint::read(&note, verifier)
        .map_err(|fault| refuse(format_args!("its newest checkpoint cannot be used: {fault}")))?;
    let fits = checkpoint.size == leaves
        && checkpoint.size == frontier.size()
        && checkpoint.root == frontier.root();
    if fits { Ok(frontier) } else { Err(damaged()) }
}

/// SQLite's integers are signed. What is larger than they hold cannot come from a clock or a count.
pub(super) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number that was stored by [`to_sql`].
pub(super) fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
