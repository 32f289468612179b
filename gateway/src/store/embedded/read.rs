//! What the gateway reads, on a connection of its own: it never waits for the writer.

use super::{
    schema::{from_sql, to_sql},
    write::unseal_answer,
};
use crate::store::{ExchangeRecord, OutboxDepth, Salt, StorageKey, StoredAnswer, seal::Sealed};
use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, params};
use sluse_ledger::{Closing, Leaf, Opening};

/// A row that should be a leaf and is none.
fn not_a_leaf() -> rusqlite::Error {
    rusqlite::Error::InvalidQuery
}

pub(super) fn left_open(connection: &Connection) -> rusqlite::Result<Vec<(u64, Opening)>> {
    let mut statement = connection.prepare_cached(
        "SELECT leaf.idx, leaf.content FROM exchange JOIN leaf ON leaf.idx = exchange.opening
         WHERE exchange.closing IS NULL
           AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.exchange = exchange.id)
         ORDER BY exchange.opening",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (index, content) = row?;
        match Leaf::read(content.as_bytes()) {
            Ok(Leaf::Opening(opening)) => Ok((from_sql(index), opening)),
            _ => Err(not_a_leaf()),
        }
    })
    .collect()
}

pub(super) fn outbox_is_due(connection: &Connection, now_ms: u64) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM outbox
             WHERE parked = 0 AND due_ms <= ?1 AND leased_until_ms <= ?1)",
        )?
        .query_row([to_sql(now_ms)], |row| row.get(0))
}

pub(super) fn outbox_depth(connection: &Connection) -> rusqlite::Result<OutboxDepth> {
    connection
        .prepare_cached("SELECT count(*) FILTER (WHERE parked = 0), count(*) FILTER (WHERE parked <> 0) FROM outbox")?
        .query_row([], |row| {
            Ok(OutboxDepth { waiting: from_sql(row.get(0)?), parked: from_sql(row.get(1)?) })
        })
}

pub(super) fn outbox_next_due(connection: &Connection) -> rusqlite::Result<Option<u64>> {
    connection
        .prepare_cached("SELECT min(max(due_ms, leased_until_ms)) FROM outbox WHERE parked = 0")?
        .query_row([], |row| row.get::<_, Option<i64>>(0))
        .map(|due| due.map(from_sql))
}

pub(super) fn exchange(
    connection: &Connection,
    storage: &StorageKey,
    id: &str,
) -> rusqlite::Result<Option<ExchangeRecord>> {
    let row = connection
        .prepare_cached(
            "SELECT exchange.opening, exchange.closing, salt.sealed
             FROM exchange LEFT JOIN salt ON salt.exchange = exchange.id WHERE exchange.id = ?1",
        )?
        .query_row([id], |row| {
            Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, Option<Vec<u8>>>(2)?))
        })
        .optional()?;
    let Some((opening, closing, sealed)) = row else { return Ok(None) };
    let Leaf::Opening(opened) = leaf(connection, opening)? else { return Err(not_a_leaf()) };
    let closing = match closing {
        None => None,
        Some(index) => Some((from_sql(index), closing_at(connection, index)?)),
    };
    let salt = sealed.and_then(|sealed| storage.open(Sealed::Salt, id, &sealed));
    let salt = salt.and_then(|salt| salt.as_ref().try_into().ok()).map(Salt);
    Ok(Some(ExchangeRecord { opening: (from_sql(opening), opened), closing, salt }))
}

/// What a leaf says of its file, by which [`CHILDREN`] finds it: one text for the index and those who ask it.
macro_rules! parent {
    () => {
        "CASE WHEN json_valid(content) THEN json_extract(content, '$.parent') END"
    };
}

/// The index by which the messages of a file are found. It is made of the leaves themselves, and read of nothing else.
pub(super) const CHILDREN: &str = concat!(
    "CREATE INDEX IF NOT EXISTS leaf_parent ON leaf (",
    parent!(),
    ") WHERE ",
    parent!(),
    " IS NOT NULL"
);

pub(super) fn children(
    connection: &Connection,
    parent: &str,
    after: u64,
    most: usize,
) -> rusqlite::Result<Vec<ExchangeRecord>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT leaf.idx, leaf.content, exchange.closing FROM leaf
         JOIN exchange ON exchange.opening = leaf.idx AND exchange.id = json_extract(content, '$.exchange')
         WHERE ",
        parent!(),
        " = ?1 AND leaf.idx > ?2 ORDER BY leaf.idx LIMIT ?3"
    ))?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![parent, to_sql(after), most], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, Option<i64>>(2)?))
    })?;
    rows.map(|row| {
        let (index, content, closing) = row?;
        let Ok(Leaf::Opening(opening)) = Leaf::read(content.as_bytes()) else {
            return Err(not_a_leaf());
        };
        let closing = match closing {
            None => None,
            Some(index) => Some((from_sql(index), closing_at(connection, index)?)),
        };
        Ok(ExchangeRecord { opening: (from_sql(index), opening), closing, salt: None })
    })
    .collect()
}

pub(super) fn answer(
    connection: &Connection,
    storage: &StorageKey,
    exchange: String,
) -> rusqlite::Result<Option<StoredAnswer>> {
    let kept = connection
        .prepare_cached(
            "SELECT opening, sealed FROM idempotency WHERE exchange = ?1 AND sealed IS NOT NULL",
        )?
        .query_row([&exchange], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))
        .optional()?;
    Ok(kept
        .and_then(|(opening, sealed)| unseal_answer(storage, exchange, from_sql(opening), &sealed)))
}

fn closing_at(connection: &Connection, index: i64) -> rusqlite::Result<Closing> {
    match leaf(connection, index)? {
        Leaf::Closing(closing) => Ok(closing),
        Leaf::Opening(_) => Err(not_a_leaf()),
    }
}

fn leaf(connection: &Connection, index: i64) -> rusqlite::Result<Leaf> {
    let content: String = connection
        .prepare_cached("SELECT content FROM leaf WHERE idx = ?1")?
        .query_row([index], |row| row.get(0))?;
    Leaf::read(content.as_bytes()).map_err(|_| not_a_leaf())
}

pub(super) fn leaves(
    connection: &Connection,
    from: u64,
    most: usize,
) -> rusqlite::Result<Vec<(u64, Bytes)>> {
    let mut statement = connection
        .prepare_cached("SELECT idx, content FROM leaf WHERE idx >= ?1 ORDER BY idx LIMIT ?2")?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![to_sql(from), most], |row| {
        Ok((from_sql(row.get(0)?), Bytes::from(row.get::<_, String>(1)?)))
    })?;
    rows.collect()
}

pub(super) fn checkpoint(connection: &Connection) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()
}
