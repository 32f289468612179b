//! A ledger's file as an auditor opens it: read only, without keys, whether or not a gateway runs on it.
//!
//! Everything is read at one moment (a read transaction), so leaves and checkpoints belong together.
//! Nothing that is read is believed before it is verified.

use super::{StoreFault, embedded, refusal};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params, types::ValueRef};
use sluse_ledger::{
    Frontier, Hash,
    verify::{Source, StoredCheckpoint, StoredLeaf},
};
use std::{ops::Range, path::Path};

/// Leaves read at once.
const PAGE_LEAVES: usize = 1_024;

/// The file of an embedded store, open for reading.
#[derive(Debug)]
pub struct LedgerFile {
    connection: Connection,
}

impl LedgerFile {
    /// Opens the file.
    ///
    /// # Errors
    /// Where it is absent, damaged, or no ledger.
    pub fn open(path: &Path) -> Result<Self, StoreFault> {
        let connection = connect(path)?;
        if embedded::check_ours(&connection)? {
            return Err(StoreFault::new(refusal::READ, "the file is empty: it holds no ledger"));
        }
        connection.execute_batch("BEGIN").map_err(sql)?;
        Ok(Self { connection })
    }

    /// The verifier key that is kept in the file: whoever can write to the file can have changed it.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn kept_key(&self) -> Result<String, StoreFault> {
        self.connection.query_row("SELECT verifier FROM ledger", [], |row| row.get(0)).map_err(sql)
    }

    /// How many leaves there are.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn size(&self) -> Result<u64, StoreFault> {
        let last = self
            .connection
            .query_row("SELECT max(idx) FROM leaf", [], |row| row.get::<_, Option<i64>>(0));
        Ok(last.map_err(sql)?.map_or(0, |last| from_sql(last).saturating_add(1)))
    }

    /// How many leaves stand at places below zero, where none can have been recorded.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn strays(&self) -> Result<u64, StoreFault> {
        let count = "SELECT count(*) FROM leaf WHERE idx < 0";
        self.connection.query_row(count, [], |row| row.get(0)).map(from_sql).map_err(sql)
    }

    /// How many leaves the file's own index of exchanges does not lead to. The index is no evidence, but whoever
    /// changes it hides exchanges from those who ask for them.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn not_indexed(&self) -> Result<u64, StoreFault> {
        let count = "SELECT count(*) FROM leaf
             LEFT JOIN exchange ON exchange.id = json_extract(leaf.content, '$.exchange')
             WHERE json_valid(leaf.content) AND leaf.idx IS NOT
                CASE json_extract(leaf.content, '$.leaf')
                WHEN 'opening' THEN exchange.opening ELSE exchange.closing END";
        self.connection.query_row(count, [], |row| row.get(0)).map(from_sql).map_err(sql)
    }

    /// The newest checkpoint.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn newest_checkpoint(&self) -> Result<Option<StoredCheckpoint>, StoreFault> {
        let newest = "SELECT size, note, frontier FROM checkpoint ORDER BY size DESC LIMIT 1";
        self.connection.query_row(newest, [], read_checkpoint).optional().map_err(sql)
    }

    /// Where the leaves of an exchange are, as the file has noted it: to be compared with what they say.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn places(&self, exchange: &str) -> Result<Option<(u64, Option<u64>)>, StoreFault> {
        self.connection
            .prepare_cached("SELECT opening, closing FROM exchange WHERE id = ?1")
            .and_then(|mut statement| {
                let read = |row: &Row<'_>| {
                    let closing: Option<i64> = row.get(1)?;
                    Ok((from_sql(row.get(0)?), closing.map(from_sql)))
                };
                statement.query_row([exchange], read).optional()
            })
            .map_err(sql)
    }

    /// The openings of the messages of a file, from what the leaves say: they stand between its own two.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn children(
        &self,
        parent: &str,
        opening: u64,
        closing: Option<u64>,
    ) -> Result<Vec<(u64, String)>, StoreFault> {
        // The index on the file is no evidence: it is passed over.
        let text = "SELECT idx, json_extract(content, '$.exchange') FROM leaf NOT INDEXED
             WHERE idx > ?2 AND idx < ?3 AND json_valid(content)
               AND json_extract(content, '$.parent') = ?1
               AND json_extract(content, '$.leaf') = 'opening' ORDER BY idx";
        let values = params![parent, to_sql(opening), to_sql(closing.unwrap_or(u64::MAX))];
        let read = |row: &Row<'_>| Ok((from_sql(row.get(0)?), row.get(1)?));
        self.connection
            .prepare_cached(text)
            .and_then(|mut statement| statement.query_map(values, read)?.collect())
            .map_err(sql)
    }

    /// One leaf.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn leaf(&mut self, index: u64) -> Result<Option<StoredLeaf>, StoreFault> {
        Ok(self.leaves(index, 1)?.pop().filter(|leaf| leaf.index == index))
    }

    /// The root of the subtree over some leaves, from what they say.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn root_of(&mut self, range: Range<u64>) -> Result<Hash, StoreFault> {
        let mut tree = Frontier::default();
        let mut from = range.start;
        while from < range.end {
            let most = usize::try_from(range.end - from).unwrap_or(PAGE_LEAVES).min(PAGE_LEAVES);
            let page = self.leaves(from, most)?;
            let Some(last) = page.last() else { break };
            from = last.index.saturating_add(1);
            tree.extend(
                page.iter()
                    .filter(|leaf| leaf.index < range.end)
                    .map(|leaf| Hash::of_leaf(&leaf.bytes)),
            );
        }
        Ok(tree.root())
    }
}

impl Source for LedgerFile {
    type Fault = StoreFault;

    fn leaves(&mut self, from: u64, most: usize) -> Result<Vec<StoredLeaf>, StoreFault> {
        let text = "SELECT idx, content, hash FROM leaf WHERE idx >= ?1 ORDER BY idx LIMIT ?2";
        let read = |row: &Row<'_>| {
            Ok(StoredLeaf {
                index: from_sql(row.get(0)?),
                bytes: bytes_of(row.get_ref(1)?).to_vec(),
                hash: Hash::from_slice(bytes_of(row.get_ref(2)?)),
            })
        };
        let values = params![to_sql(from), i64::try_from(most).unwrap_or(i64::MAX)];
        self.connection
            .prepare_cached(text)
            .and_then(|mut statement| statement.query_map(values, read)?.collect())
            .map_err(sql)
    }

    fn checkpoints(
        &mut self,
        after: u64,
        most: usize,
    ) -> Result<Vec<StoredCheckpoint>, StoreFault> {
        let text =
            "SELECT size, note, frontier FROM checkpoint WHERE size > ?1 ORDER BY size LIMIT ?2";
        let values = params![to_sql(after), i64::try_from(most).unwrap_or(i64::MAX)];
        self.connection
            .prepare_cached(text)
            .and_then(|mut statement| statement.query_map(values, read_checkpoint)?.collect())
            .map_err(sql)
    }
}

fn read_checkpoint(row: &Row<'_>) -> rusqlite::Result<StoredCheckpoint> {
    Ok(StoredCheckpoint {
        size: from_sql(row.get(0)?),
        note: String::from_utf8_lossy(bytes_of(row.get_ref(1)?)).into_owned(),
        frontier: bytes_of(row.get_ref(2)?).to_vec(),
    })
}

/// A file without a running gateway, in a folder that cannot be written, opens only as one that nobody changes.
fn connect(path: &Path) -> Result<Connection, StoreFault> {
    std::fs::File::open(path)
        .map_err(|fault| StoreFault::new(refusal::READ, crate::config::reason(&fault)))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let probe = |connection: &Connection| {
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
    };
    let usual = Connection::open_with_flags(path, flags).and_then(|connection| {
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        probe(&connection)?;
        Ok(connection)
    });
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    match usual {
        Ok(connection) => Ok(connection),
        Err(_) if !Path::new(&log).exists() => {
            let name = path.to_string_lossy().replace('%', "%25").replace('?', "%3f");
            let uri = format!("file:{}?immutable=1", name.replace('#', "%23"));
            let connection = Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)
                .map_err(sql)?;
            probe(&connection).map_err(sql)?;
            Ok(connection)
        }
        Err(fault) => Err(sql(fault)),
    }
}

/// Whatever stands in the column: someone may have put something else there.
fn bytes_of(value: ValueRef<'_>) -> &[u8] {
    match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => &[],
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` takes")]
fn sql(fault: rusqlite::Error) -> StoreFault {
    embedded::fault(refusal::READ, &fault)
}

fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
