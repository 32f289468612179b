-- A Sluse ledger. Open it with any SQLite tool; `sluse ledger verify` checks it.

-- The version of this schema.
CREATE TABLE schema_version (
    version INTEGER NOT NULL
) STRICT;

-- One row: whose ledger this is.
CREATE TABLE ledger (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    origin      TEXT NOT NULL,      -- first line of every checkpoint
    verifier    TEXT NOT NULL,      -- public key (C2SP signed-note: origin+hash+base64); ask its owner for it, do not trust this copy
    storage_key BLOB NOT NULL,      -- tells the key that sealed values are encrypted under from others
    probed      INTEGER NOT NULL    -- written to find out whether the disk takes writes
) STRICT;

-- Evidence. Rows are added, never changed and never removed.
CREATE TABLE leaf (
    idx     INTEGER PRIMARY KEY,    -- place in the tree, from 0
    content TEXT NOT NULL,          -- canonical JSON (RFC 8785): the opening or the closing of an exchange
    hash    BLOB NOT NULL           -- SHA-256(0x00 || content) (RFC 9162); helps to find a changed leaf
) STRICT;
-- An index on the file that a message was part of (`$.parent` of `content`) is made when the file is opened for writing.

-- What the ledger was after each commit.
CREATE TABLE checkpoint (
    size     INTEGER PRIMARY KEY,   -- how many leaves
    note     TEXT NOT NULL,         -- origin, size, root, signature (C2SP tlog-checkpoint)
    frontier BLOB NOT NULL          -- roots of the full subtrees, largest first: they fold to the root
) STRICT;

-- Where the leaves of an exchange are. Derived from `leaf`.
CREATE TABLE exchange (
    id      TEXT PRIMARY KEY,
    opening INTEGER NOT NULL,       -- idx of the opening leaf
    closing INTEGER                 -- idx of the closing leaf; NULL while open
) STRICT, WITHOUT ROWID;
CREATE INDEX exchange_open ON exchange (opening) WHERE closing IS NULL;

-- The salt of each exchange's digests, encrypted. Without it nobody can tie a message to its digest: delete it to forget.
CREATE TABLE salt (
    exchange TEXT PRIMARY KEY,
    sealed   BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One-way messages on their way, and dead letters. Times in milliseconds since 1970-01-01T00:00:00Z.
CREATE TABLE outbox (
    exchange        TEXT PRIMARY KEY,
    opening         INTEGER NOT NULL,
    service         TEXT NOT NULL,
    sealed          BLOB NOT NULL,  -- head and body, encrypted
    attempts        INTEGER NOT NULL,
    due_ms          INTEGER NOT NULL,
    leased_until_ms INTEGER NOT NULL,
    parked          INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (due_ms, opening) WHERE parked = 0;

-- Idempotency keys and the answers to give again.
CREATE TABLE idempotency (
    key      BLOB PRIMARY KEY,      -- hash of consumer, operation and key
    message  BLOB NOT NULL,         -- keyed digest of the message
    exchange TEXT NOT NULL,
    opening  INTEGER NOT NULL,
    one_way  INTEGER NOT NULL,
    at_ms    INTEGER NOT NULL,
    sealed   BLOB                   -- the answer, encrypted; NULL while under way
) STRICT;
CREATE INDEX idempotency_exchange ON idempotency (exchange);
CREATE INDEX idempotency_at ON idempotency (at_ms);
