import * as Effect from "effect/Effect"
import * as Migrator from "effect/sql/Migrator"
import * as SqlClient from "effect/sql/SqlClient"

/**
 * The ledger's tables. Times are milliseconds since 1970 in UTC, sizes octets, mailboxes path keys (JSON arrays of
 * levels), flags blank-separated.
 *
 * `messages` holds one row per message whatever number of mailboxes show it, `copies` where the source shows it
 * (a cache: UIDs are only a way to fetch), `placements` one row per APPEND or COPY: the only truth about the destination.
 * `there_before` is mail the destination held before us that no message of the source has been matched with yet.
 */
const tables = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  `CREATE TABLE source_mailboxes (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, role TEXT NOT NULL, special_use TEXT, proposed TEXT NOT NULL,
    epoch TEXT, cursor TEXT, destination TEXT, present INTEGER NOT NULL DEFAULT 1
  ) STRICT`,
  `CREATE TABLE messages (
    id INTEGER PRIMARY KEY, stable_id TEXT NOT NULL UNIQUE, from_source INTEGER NOT NULL, message_id TEXT,
    internal_date INTEGER NOT NULL, size INTEGER NOT NULL, flags TEXT NOT NULL, keywords TEXT NOT NULL,
    unreadable TEXT, subject TEXT, carried_size INTEGER
  ) STRICT`,
  `CREATE INDEX messages_alike ON messages (size, internal_date) WHERE from_source = 0`,
  `CREATE TABLE copies (
    id INTEGER PRIMARY KEY, mailbox INTEGER NOT NULL REFERENCES source_mailboxes, locator TEXT NOT NULL,
    epoch TEXT NOT NULL, message INTEGER NOT NULL REFERENCES messages, UNIQUE (mailbox, locator)
  ) STRICT`,
  `CREATE INDEX copies_message ON copies (message)`,
  `CREATE TABLE placements (
    message INTEGER NOT NULL REFERENCES messages, mailbox TEXT NOT NULL, step TEXT NOT NULL, origin TEXT NOT NULL,
    state TEXT NOT NULL, locator TEXT, flags TEXT NOT NULL, keywords TEXT NOT NULL, internal_date INTEGER NOT NULL,
    size INTEGER NOT NULL, fingerprint TEXT, why TEXT, detail TEXT, advice TEXT, run INTEGER NOT NULL,
    PRIMARY KEY (message, mailbox)
  ) STRICT, WITHOUT ROWID`,
  `CREATE INDEX placements_open ON placements (mailbox) WHERE state = 'appending'`,
  `CREATE INDEX placements_locator ON placements (mailbox, locator)`,
  `CREATE TABLE destination_mailboxes (
    wanted TEXT PRIMARY KEY, path TEXT NOT NULL, why TEXT, origin TEXT, cursor TEXT, cursor_run INTEGER,
    scanned INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE there_before (
    mailbox TEXT NOT NULL, locator TEXT NOT NULL, stable_id TEXT, message_id TEXT, size INTEGER NOT NULL,
    internal_date INTEGER NOT NULL, flags TEXT NOT NULL, keywords TEXT NOT NULL, PRIMARY KEY (mailbox, locator)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE quarantine (
    message INTEGER PRIMARY KEY REFERENCES messages, subject TEXT, why TEXT NOT NULL, detail TEXT NOT NULL,
    advice TEXT, file TEXT, run INTEGER NOT NULL
  ) STRICT`,
  `CREATE TABLE losses (
    message INTEGER NOT NULL REFERENCES messages, kind TEXT NOT NULL, detail TEXT NOT NULL, run INTEGER NOT NULL,
    PRIMARY KEY (message, kind, detail)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE runs (
    id INTEGER PRIMARY KEY, started INTEGER NOT NULL, ended INTEGER, outcome TEXT, result TEXT
  ) STRICT`
]

/**
 * For services that join messages by Message-ID and keep what became of an upload behind a ticket. `there_first` holds
 * the locators that the destination had before us; by `messages_named` two messages with one Message-ID are seen.
 */
const joining = [
  `ALTER TABLE placements ADD COLUMN added_id TEXT`,
  `ALTER TABLE placements ADD COLUMN ticket TEXT`,
  `CREATE TABLE there_first (locator TEXT PRIMARY KEY) STRICT, WITHOUT ROWID`,
  `CREATE INDEX messages_named ON messages (message_id) WHERE message_id IS NOT NULL`,
  `CREATE INDEX placements_held ON placements (locator) WHERE locator IS NOT NULL`
]

/** For services that keep the key a message was stored with. */
const keyed = [`ALTER TABLE there_before ADD COLUMN migration_key TEXT`]

const made = (statements: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* Effect.forEach(statements, (statement) => sql.unsafe(statement), { discard: true })
  })

export const migrations = Migrator.fromRecord({
  "0001_ledger": made(tables),
  "0002_joining": made(joining),
  "0003_keyed": made(keyed)
})
