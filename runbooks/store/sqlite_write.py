"""The writes of one commit, done one by one on a connection that is inside a transaction."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from runbooks.errors import Conflict, DocumentTooLarge, InvalidRequest
from runbooks.store.codec import encode, is_document_key
from runbooks.store.fields import changed, resolved
from runbooks.store.port import Collection, Create, Delete, Merge, Update, Write
from runbooks.store.sqlite_errors import stored_document
from runbooks.store.sqlite_keys import sort_key
from runbooks.store.sqlite_schema import COUNTER, FIELDS, SEARCH_FIELD, SEARCH_TABLE, column
from runbooks.store.sqlite_sql import hex_token
from runbooks.values import Document


@dataclass(frozen=True)
class _Row:
    id: int
    token: int
    document: Document


@dataclass(frozen=True)
class Writer:
    """Does writes at one moment, with one number that is their new token.

    The number comes from the store, not from the document, so that a document which is deleted
    and made again never has a token it had before.
    """

    connection: sqlite3.Connection
    number: int
    moment: datetime
    max_bytes: int

    def write(self, write: Write) -> int | None:
        """Do one write and give the new token, None after a delete.

        Raise Conflict, DocumentTooLarge, and InvalidRequest for an id or a value that no store
        takes.
        """
        if not is_document_key(write.key):
            raise InvalidRequest("key", f"{write.key[:100]!r} cannot be a document id")
        try:
            return self._write(write)
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            raise InvalidRequest("document", f"{write.key}: {error}") from error

    def _write(self, write: Write) -> int | None:
        if isinstance(write, Create):
            return self._create(write)
        if isinstance(write, Delete):
            self._delete(write)
            return None
        return self._change(write)

    def _create(self, write: Create) -> int:
        if self._row(write.collection, write.key) is not None:
            raise Conflict(write.collection, write.key)
        document = {key: resolved(value, self.moment) for key, value in write.document.items()}
        return self._insert(write.collection, write.key, document)

    def _change(self, write: Update | Merge) -> int:
        row = self._row(write.collection, write.key)
        if isinstance(write, Update) and (
            row is None or (write.if_token is not None and row.token != write.if_token)
        ):
            raise Conflict(write.collection, write.key)
        before = row.document if row else {}
        document = changed(before, write.fields, write.remove, self.moment)
        if row is None:
            return self._insert(write.collection, write.key, document)
        return self._replace(write.collection, write.key, row, document)

    def _delete(self, write: Delete) -> None:
        row = self._row(write.collection, write.key)
        if write.if_token is not None and (row is None or row.token != write.if_token):
            raise Conflict(write.collection, write.key)
        if row is None:
            return
        self._unindex(write.collection, row.id)
        self.connection.execute(
            f"DELETE FROM {write.collection} WHERE id = ?",  # noqa: S608
            (row.id,),
        )

    def _row(self, collection: Collection, key: str) -> _Row | None:
        found = self.connection.execute(
            f"SELECT id, token, body FROM {collection} WHERE key = ?",  # noqa: S608
            (key,),
        ).fetchone()
        return None if found is None else _Row(found[0], found[1], stored_document(found[2]))

    def _insert(self, collection: Collection, key: str, document: Document) -> int:
        columns = [column(field) for field in FIELDS[collection]]
        names = ", ".join(["key", "token", *columns, "body"])
        marks = ", ".join("?" * (3 + len(columns)))
        cursor = self.connection.execute(
            f"INSERT INTO {collection} ({names}) VALUES ({marks})",  # noqa: S608
            (key, self.number, *_columns(collection, document), self._body(key, document)),
        )
        if collection is Collection.QUEUE and cursor.lastrowid is not None:
            self._index(cursor.lastrowid, _words(document))
        return self.number

    def _replace(self, collection: Collection, key: str, row: _Row, document: Document) -> int:
        columns = "".join(f"{column(field)} = ?, " for field in FIELDS[collection])
        self.connection.execute(
            f"UPDATE {collection} SET token = ?, {columns}body = ? WHERE id = ?",  # noqa: S608
            (self.number, *_columns(collection, document), self._body(key, document), row.id),
        )
        if collection is Collection.QUEUE and _words(row.document) != _words(document):
            self._unindex(collection, row.id)
            self._index(row.id, _words(document))
        return self.number

    def _body(self, key: str, document: Document) -> str:
        text = encode(document)
        size = len(text) if text.isascii() else len(text.encode("utf-8"))
        if size > self.max_bytes:
            raise DocumentTooLarge(key, size, self.max_bytes)
        return text

    def _index(self, row_id: int, words: str) -> None:
        if words:
            self.connection.execute(
                f"INSERT INTO {SEARCH_TABLE} (rowid, words) VALUES (?, ?)",  # noqa: S608
                (row_id, words),
            )

    def _unindex(self, collection: Collection, row_id: int) -> None:
        if collection is Collection.QUEUE:
            self.connection.execute(
                f"DELETE FROM {SEARCH_TABLE} WHERE rowid = ?",  # noqa: S608
                (row_id,),
            )


def next_number(connection: sqlite3.Connection) -> int:
    """Take the next number of the store's counter; it is given back by a rollback."""
    (number,) = connection.execute(
        "UPDATE store_numbers SET value = value + 1 WHERE name = ? RETURNING value", (COUNTER,)
    ).fetchone()
    return int(number)


def _columns(collection: Collection, document: Document) -> list[bytes | None]:
    return [
        sort_key(document[field]) if field in document else None for field in FIELDS[collection]
    ]


def _words(document: Document) -> str:
    tokens = document.get(SEARCH_FIELD)
    if not isinstance(tokens, list | tuple):
        return ""
    return " ".join(sorted({hex_token(word) for word in tokens if isinstance(word, str) and word}))
