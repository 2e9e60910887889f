"""The tables of the index (DESIGN section 10). Times are seconds since 1970; `rid` numbers records within one index."""

from __future__ import annotations

VERSION = 8

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE record (
    rid INTEGER PRIMARY KEY, id TEXT NOT NULL, folded TEXT NOT NULL, reversed TEXT NOT NULL, kind TEXT NOT NULL,
    path TEXT NOT NULL, oid TEXT NOT NULL, state TEXT NOT NULL, done INTEGER NOT NULL, ended INTEGER NOT NULL,
    opened REAL NOT NULL, opened_at TEXT NOT NULL, entered REAL NOT NULL, changed REAL NOT NULL, day TEXT NOT NULL,
    desk TEXT NOT NULL, series TEXT, seq INTEGER, head TEXT NOT NULL
);
CREATE TABLE field (
    rid INTEGER, n INTEGER, kind TEXT, name TEXT, value TEXT, opened REAL, PRIMARY KEY (rid, n)
) WITHOUT ROWID;
CREATE TABLE link (
    rid INTEGER, n INTEGER, name TEXT, target TEXT, holds INTEGER, opened REAL, PRIMARY KEY (rid, n)
) WITHOUT ROWID;
CREATE TABLE round (
    rid INTEGER, n INTEGER, clock TEXT, started REAL, since REAL, due REAL, ended REAL, risk REAL, window INTEGER,
    promise INTEGER, PRIMARY KEY (rid, n)
) WITHOUT ROWID;
CREATE TABLE event (
    rid INTEGER, n INTEGER, at REAL, entered REAL, by TEXT, action TEXT, state_before TEXT, state_after TEXT,
    moved INTEGER, due REAL, facts TEXT, PRIMARY KEY (rid, n)
) WITHOUT ROWID;
CREATE TABLE dated (
    rid INTEGER, n INTEGER, kind TEXT, name TEXT, day TEXT, line TEXT, PRIMARY KEY (rid, n)
) WITHOUT ROWID;
CREATE TABLE broken (
    path TEXT PRIMARY KEY, kind TEXT, id TEXT, series TEXT, seq INTEGER, oid TEXT, template TEXT, details TEXT
) WITHOUT ROWID;
CREATE TABLE file (path TEXT PRIMARY KEY, mtime_ns INTEGER, size INTEGER, inode INTEGER, oid TEXT) WITHOUT ROWID;
CREATE TABLE tally (
    kind TEXT, state TEXT, done INTEGER, ended INTEGER, n INTEGER, PRIMARY KEY (kind, state, done, ended)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE fts USING fts5(body, tokenize = "unicode61 remove_diacritics 0");
CREATE UNIQUE INDEX record_id ON record (id, kind);
CREATE UNIQUE INDEX record_path ON record (path);
"""

# Made after a bulk of rows, where that is faster.
INDEXES = """
CREATE INDEX record_newest ON record (kind, opened, id, folded, state, ended);
CREATE INDEX record_state ON record (kind, state, ended, changed, id);
CREATE INDEX record_open ON record (kind, opened) WHERE ended = 0;
CREATE INDEX record_reversed ON record (kind, reversed);
CREATE INDEX record_folded ON record (kind, folded);
CREATE INDEX record_series ON record (kind, series, seq) WHERE series IS NOT NULL;
CREATE INDEX field_value ON field (kind, name, value, opened);
CREATE INDEX link_target ON link (target, opened);
CREATE INDEX link_holds ON link (target) WHERE holds = 1;
CREATE INDEX round_running ON round (window, due) WHERE ended IS NULL;
CREATE INDEX round_late ON round (promise, clock) WHERE ended > due;
CREATE INDEX event_at ON event (at);
CREATE INDEX event_moved ON event (moved, at) WHERE moved <> 0;
CREATE INDEX dated_day ON dated (kind, name, day);
CREATE INDEX broken_id ON broken (id);
INSERT INTO tally SELECT kind, state, done, ended, count(*) FROM record GROUP BY 1, 2, 3, 4;
CREATE TRIGGER record_comes AFTER INSERT ON record BEGIN
    INSERT INTO tally VALUES (new.kind, new.state, new.done, new.ended, 1)
        ON CONFLICT (kind, state, done, ended) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER record_goes AFTER DELETE ON record BEGIN
    UPDATE tally SET n = n - 1
        WHERE kind = old.kind AND state = old.state AND done = old.done AND ended = old.ended;
END;
"""

CHILDREN = ("field", "link", "round", "event", "dated")
INSERTS = {
    "record": "INSERT INTO record VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    "field": "INSERT INTO field VALUES (?,?,?,?,?,?)",
    "link": "INSERT INTO link VALUES (?,?,?,?,?,?)",
    "round": "INSERT INTO round VALUES (?,?,?,?,?,?,?,?,?,?)",
    "event": "INSERT INTO event VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    "dated": "INSERT INTO dated VALUES (?,?,?,?,?,?)",
    "fts": "INSERT INTO fts (rowid, body) VALUES (?,?)",
}
