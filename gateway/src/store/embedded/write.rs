//! What each write does, in the transaction that it shares.

use super::{
    schema::{self, from_sql, to_sql},
    writer::Batch,
};
use crate::store::{
    Begin, Begun, Finish, IDEMPOTENCY_KEPT_MS, Idempotency, OutboxEntry, Salt, StorageKey,
    StoreFault, StoredAnswer, refusal,
    seal::{Sealed, pack, unpack},
};
use bytes::Bytes;
use rusqlite::{OptionalExtension, Row, params};
use sluse_ledger::{Closing, Leaf, Opening, leaf::Ending};

/// Idempotency keys past their time that one opening clears away.
const KEYS_CLEARED_MAX: i64 = 8;

impl Batch<'_> {
    pub(super) fn begin(&mut self, begin: Begin) -> Result<Begun, StoreFault> {
        let Begin { opening, salt, outbox, idempotency } = begin;
        let at_ms = opening.at_ms;
        if let Some(asked) = &idempotency
            && let Some(begun) = self.meet(asked, at_ms)?
        {
            return Ok(begun);
        }
        let exchange = opening.exchange.clone();
        let index = self.open(refusal::BEGIN, opening, salt)?;
        if let Some(asked) = &idempotency {
            self.keep_key(asked, &exchange, index, outbox.is_some(), at_ms)?;
        }
        if let Some(entry) = outbox {
            self.post(&exchange, index, &entry)?;
        }
        Ok(Begun::Opened(index))
    }

    pub(super) fn finish(&mut self, finish: Finish) -> Result<u64, StoreFault> {
        let Finish { closing, answer } = finish;
        let (exchange, opening, ending) =
            (closing.exchange.clone(), closing.opening, closing.ending);
        self.check_open(&closing)?;
        let index = self.append(refusal::FINISH, &Leaf::Closing(closing))?;
        self.execute(
            refusal::FINISH,
            "UPDATE exchange SET closing = ?2 WHERE id = ?1",
            params![exchange, to_sql(index)],
        )?;
        let outbox = match ending {
            Ending::Parked => {
                "UPDATE outbox SET parked = 1, leased_until_ms = 0 WHERE exchange = ?1"
            }
            _ => "DELETE FROM outbox WHERE exchange = ?1",
        };
        self.execute(refusal::FINISH, outbox, [&exchange])?;
        match answer {
            Some((_, answer)) => self.keep_answer(&exchange, opening, &answer)?,
            None => {
                let free = "DELETE FROM idempotency WHERE exchange = ?1 AND one_way = 0";
                self.execute(refusal::FINISH, free, [&exchange])?;
            }
        }
        Ok(index)
    }

    pub(super) fn refuse(&mut self, begin: Begin, closing: Closing) -> Result<u64, StoreFault> {
        if begin.opening.exchange != closing.exchange {
            return Err(StoreFault::new(refusal::REFUSE, refusal::NOT_KNOWN));
        }
        let closing = Closing { opening: self.size(), ..closing };
        let opening = self.open(refusal::REFUSE, begin.opening, begin.salt)?;
        self.finish(Finish { closing, answer: None })?;
        Ok(opening)
    }

    pub(super) fn take(
        &mut self,
        now_ms: u64,
        lease_until_ms: u64,
        most: usize,
    ) -> Result<Vec<OutboxEntry>, StoreFault> {
        let sql = |fault| schema::fault(refusal::OUTBOX, &fault);
        let mut statement = self
            .connection
            .prepare_cached(
                "SELECT exchange, opening, service, sealed, attempts, due_ms FROM outbox
                 WHERE parked = 0 AND due_ms <= ?1 AND leased_until_ms <= ?1
                 ORDER BY due_ms, opening LIMIT ?2",
            )
            .map_err(sql)?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = statement
            .query_map(params![to_sql(now_ms), most], read_parcel)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(sql)?;
        let mut taken = Vec::with_capacity(rows.len());
        for (entry, sealed) in rows {
            self.execute(
                refusal::OUTBOX,
                "UPDATE outbox SET leased_until_ms = ?2 WHERE exchange = ?1",
                params![entry.exchange, to_sql(lease_until_ms)],
            )?;
            taken.push(self.unseal_parcel(entry, &sealed)?);
        }
        Ok(taken)
    }

    pub(super) fn defer(
        &mut self,
        exchange: &str,
        attempts: u32,
        due_ms: u64,
    ) -> Result<(), StoreFault> {
        let touched = self.execute(
            refusal::OUTBOX,
            "UPDATE outbox SET attempts = ?2, due_ms = ?3, leased_until_ms = 0
             WHERE exchange = ?1 AND parked = 0",
            params![exchange, attempts, to_sql(due_ms)],
        )?;
        match touched {
            0 => Err(StoreFault::new(refusal::OUTBOX, refusal::NOT_IN_OUTBOX)),
            _ => Ok(()),
        }
    }

    /// Writes a byte, to find out whether that can be done.
    pub(super) fn probe(&mut self) -> Result<(), StoreFault> {
        let probe = "UPDATE ledger SET probed = probed + 1";
        self.execute(refusal::READY, probe, []).map(drop)
    }

    fn open(
        &mut self,
        doing: &'static str,
        opening: Opening,
        salt: Salt,
    ) -> Result<u64, StoreFault> {
        let exchange = opening.exchange.clone();
        let row = params![exchange, to_sql(self.size())];
        let added = self.execute(
            doing,
            "INSERT INTO exchange (id, opening, closing) VALUES (?1, ?2, NULL) ON CONFLICT DO NOTHING",
            row,
        )?;
        if added == 0 {
            return Err(StoreFault::new(doing, refusal::KNOWN_ALREADY));
        }
        let index = self.append(doing, &Leaf::Opening(opening))?;
        let sealed = self.seal(doing, Sealed::Salt, &exchange, salt.0.to_vec())?;
        let insert = "INSERT INTO salt (exchange, sealed) VALUES (?1, ?2)";
        self.execute(doing, insert, params![exchange, sealed])?;
        Ok(index)
    }

    fn check_open(&self, closing: &Closing) -> Result<(), StoreFault> {
        let found = self
            .connection
            .prepare_cached("SELECT opening, closing FROM exchange WHERE id = ?1")
            .and_then(|mut statement| {
                let read =
                    |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?));
                statement.query_row([&closing.exchange], read).optional()
            })
            .map_err(|fault| schema::fault(refusal::FINISH, &fault))?;
        let reason = match found {
            None => refusal::NOT_KNOWN,
            Some((_, Some(_))) => refusal::CLOSED_ALREADY,
            Some((opening, None)) if from_sql(opening) != closing.opening => refusal::OTHER_OPENING,
            Some(_) => return Ok(()),
        };
        Err(StoreFault::new(refusal::FINISH, reason))
    }

    /// What an idempotency key that was used before leads to.
    fn meet(&self, asked: &Idempotency, at_ms: u64) -> Result<Option<Begun>, StoreFault> {
        let sql = |fault| schema::fault(refusal::BEGIN, &fault);
        let oldest = at_ms.saturating_sub(IDEMPOTENCY_KEPT_MS);
        let found = self
            .connection
            .prepare_cached(
                "SELECT message, exchange, opening, one_way, sealed FROM idempotency
                 WHERE key = ?1 AND at_ms >= ?2",
            )
            .and_then(|mut statement| {
                statement.query_row(params![asked.key, to_sql(oldest)], read_key).optional()
            })
            .map_err(sql)?;
        let Some((message, exchange, opening, one_way, sealed)) = found else { return Ok(None) };
        if message != self.storage.tag(&asked.message) {
            return Ok(Some(Begun::KeyReused));
        }
        Ok(Some(match sealed {
            // Accepted first, and so again: what was answered later is fetched.
            _ if one_way => Begun::Accepted { exchange, opening },
            Some(sealed) => {
                let answer = unseal_answer(self.storage, exchange, opening, &sealed);
                Begun::Answered(answer.ok_or(StoreFault::new(
                    refusal::BEGIN,
                    "a stored answer cannot be decrypted",
                ))?)
            }
            None => Begun::KeyUnderWay,
        }))
    }

    fn keep_key(
        &self,
        asked: &Idempotency,
        exchange: &str,
        opening: u64,
        one_way: bool,
        at_ms: u64,
    ) -> Result<(), StoreFault> {
        let oldest = to_sql(at_ms.saturating_sub(IDEMPOTENCY_KEPT_MS));
        self.execute(
            refusal::BEGIN,
            "DELETE FROM idempotency WHERE key IN
             (SELECT key FROM idempotency WHERE at_ms < ?1 ORDER BY at_ms LIMIT ?2)",
            params![oldest, KEYS_CLEARED_MAX],
        )?;
        let message = self.storage.tag(&asked.message);
        self.execute(
            refusal::BEGIN,
            "INSERT OR REPLACE INTO idempotency (key, message, exchange, opening, one_way, at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![asked.key, message, exchange, to_sql(opening), one_way, to_sql(at_ms)],
        )
        .map(drop)
    }

    fn keep_answer(
        &self,
        exchange: &str,
        opening: u64,
        answer: &StoredAnswer,
    ) -> Result<(), StoreFault> {
        let status = answer.status.to_be_bytes();
        let mut pieces: Vec<&[u8]> = vec![&status, &answer.body];
        for (name, value) in &answer.headers {
            pieces.extend([name.as_bytes(), value]);
        }
        let sealed = self.seal(refusal::FINISH, Sealed::Answer, exchange, pack(pieces))?;
        self.execute(
            refusal::FINISH,
            "UPDATE idempotency SET sealed = ?3 WHERE exchange = ?1 AND opening = ?2",
            params![exchange, to_sql(opening), sealed],
        )
        .map(drop)
    }

    fn post(&self, exchange: &str, opening: u64, entry: &OutboxEntry) -> Result<(), StoreFault> {
        let packed = pack([&entry.head[..], &entry.body]);
        let sealed = self.seal(refusal::BEGIN, Sealed::Outbox, exchange, packed)?;
        self.execute(
            refusal::BEGIN,
            "INSERT INTO outbox
             (exchange, opening, service, sealed, attempts, due_ms, leased_until_ms, parked)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0)",
            params![
                exchange,
                to_sql(opening),
                entry.service,
                sealed,
                entry.attempts,
                to_sql(entry.due_ms)
            ],
        )
        .map(drop)
    }

    fn unseal_parcel(&self, entry: OutboxEntry, sealed: &[u8]) -> Result<OutboxEntry, StoreFault> {
        let opened = self.storage.open(Sealed::Outbox, &entry.exchange, sealed);
        let pieces: Option<[Bytes; 2]> = opened.and_then(|packed| unpack(&packed)?.try_into().ok());
        let [head, body] = pieces.ok_or(StoreFault::new(
            refusal::OUTBOX,
            "a message in the outbox cannot be decrypted",
        ))?;
        Ok(OutboxEntry { head, body, ..entry })
    }

    fn seal(
        &self,
        doing: &'static str,
        what: Sealed,
        exchange: &str,
        value: Vec<u8>,
    ) -> Result<Vec<u8>, StoreFault> {
        if value.len() > self.value_bytes_max {
            return Err(StoreFault::new(doing, "the message is larger than the store may hold"));
        }
        let sealed = self.storage.seal(what, exchange, value);
        sealed.ok_or(StoreFault::new(doing, "it cannot be encrypted"))
    }
}

/// An answer that was kept; nothing where it cannot be decrypted.
pub(super) fn unseal_answer(
    storage: &StorageKey,
    exchange: String,
    opening: u64,
    sealed: &[u8],
) -> Option<StoredAnswer> {
    let packed = storage.open(Sealed::Answer, &exchange, sealed)?;
    let mut pieces = unpack(&packed)?.into_iter();
    let status = u16::from_be_bytes(pieces.next()?.as_ref().try_into().ok()?);
    let body = pieces.next()?;
    let mut headers = Vec::new();
    while let Some(name) = pieces.next() {
        headers.push((String::from_utf8(name.into()).ok()?, pieces.next()?));
    }
    Some(StoredAnswer { exchange, opening, status, headers, body })
}

type KeyRow = (Vec<u8>, String, u64, bool, Option<Vec<u8>>);

fn read_key(row: &Row<'_>) -> rusqlite::Result<KeyRow> {
    Ok((row.get(0)?, row.get(1)?, from_sql(row.get(2)?), row.get(3)?, row.get(4)?))
}

fn read_parcel(row: &Row<'_>) -> rusqlite::Result<(OutboxEntry, Vec<u8>)> {
    let entry = OutboxEntry {
        exchange: row.get(0)?,
        opening: from_sql(row.get(1)?),
        service: row.get(2)?,
        head: Bytes::new(),
        body: Bytes::new(),
        attempts: row.get(4)?,
        due_ms: from_sql(row.get(5)?),
    };
    Ok((entry, row.get(3)?))
}
