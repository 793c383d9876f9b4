"""Leases: one holder at a time, for a while, by the store's clock (CONTRACT R18)."""

import secrets
from datetime import datetime

from runbooks.errors import CommitUnknown, Conflict, StoreUnavailable
from runbooks.models import Lease
from runbooks.store.codec import document_key, key_of
from runbooks.store.port import (
    SERVER_TIME,
    Collection,
    Create,
    Delete,
    DocumentStore,
    FieldPath,
    Stored,
    Update,
    Write,
)
from runbooks.store.reading import moment, number, text

Fields = dict[FieldPath, object]
_TRIES = 5


class LeaseTaken(Exception):
    """Somebody else holds it; `lease` says who and for how long."""

    def __init__(self, lease: Lease) -> None:
        super().__init__(lease.key, lease.holder)
        self.lease = lease


class Leases:
    """Takes, renews and gives back leases of one kind, such as `generate` or `edit`."""

    def __init__(self, store: DocumentStore, kind: str) -> None:
        self._store = store
        self._kind = kind

    def acquire(
        self,
        subject: str,
        holder: str,
        ttl_seconds: float,
        *,
        run_id: str = "",
        take_over: bool = False,
        same_holder: bool = False,
    ) -> Lease:
        """Take the lease when it is free or expired; raise LeaseTaken.

        `take_over` takes it from whoever has it, `same_holder` only from the same holder. The
        answer's `after_run` names the run that left it behind, if its time had run out.
        """
        key = self._key(subject)
        mine = Lease(
            key=key,
            holder=holder,
            secret=secrets.token_hex(8),
            ttl_seconds=ttl_seconds,
            seconds_left=ttl_seconds,
            run_id=run_id,
        )
        document, after_run = _document(mine, self._kind, subject), ""
        write: Write = Create(Collection.LEASES, key, document)
        for _ in range(_TRIES):
            try:
                token = self._store.commit([write])[0]
                return mine.model_copy(update={"token": token, "after_run": after_run})
            except (Conflict, CommitUnknown):
                stored = self._read(key)
            if stored is None:
                write, after_run = Create(Collection.LEASES, key, document), ""
                continue
            held = _lease(stored)
            if held.secret == mine.secret:
                return held.model_copy(update={"after_run": after_run})
            if not (take_over or held.seconds_left <= 0 or (same_holder and held.holder == holder)):
                raise LeaseTaken(held)
            after_run = held.run_id if held.seconds_left <= 0 else ""
            fields: Fields = {(name,): value for name, value in document.items()}
            write = Update(Collection.LEASES, key, fields, if_token=stored.token)
        raise StoreUnavailable(f"the lease {key} changes too fast to be taken", "Try again.")

    def renew(self, lease: Lease) -> Lease:
        """Start the lease's time again; raise LeaseTaken when somebody took it."""
        fields: Fields = {("acquired_at",): SERVER_TIME}
        token = lease.token
        for _ in range(_TRIES):
            write = Update(Collection.LEASES, lease.key, fields, if_token=token)
            try:
                new = self._store.commit([write])[0]
            except (Conflict, CommitUnknown):
                stored = self._read(lease.key)
            else:
                return lease.model_copy(update={"token": new, "seconds_left": lease.ttl_seconds})
            if stored is None or _lease(stored).secret != lease.secret:
                raise LeaseTaken(_lease(stored) if stored else lease) from None
            token = stored.token
        raise StoreUnavailable(f"the lease {lease.key} cannot be renewed now", "Try again.")

    def release(self, lease: Lease) -> None:
        """Give the lease back, also when it was renewed; one that another took stays theirs."""
        try:
            self._store.commit([self.giving_back(lease)])
        except (Conflict, CommitUnknown):
            stored = self._read(lease.key)
            if stored and _lease(stored).secret == lease.secret and stored.token != lease.token:
                self.release(_lease(stored))

    def holder_of(self, subject: str) -> Lease | None:
        """Say who holds it now, if anybody does."""
        held = self.last_of(subject)
        return held if held and held.seconds_left > 0 else None

    def last_of(self, subject: str) -> Lease | None:
        """Say who took it last and has not given it back, also when the time is over."""
        stored = self._read(self._key(subject))
        return _lease(stored) if stored else None

    def giving_back(self, lease: Lease) -> Delete:
        """Give the write that ends this lease and fails if somebody took it (CONTRACT R18)."""
        return Delete(Collection.LEASES, lease.key, if_token=lease.token)

    def _key(self, subject: str) -> str:
        return document_key(f"{self._kind}:{key_of(subject)}")

    def _read(self, key: str) -> Stored | None:
        return self._store.get_many(Collection.LEASES, [key]).get(key)


def _document(lease: Lease, kind: str, subject: str) -> dict[str, object]:
    return {
        "kind": kind,
        "subject": subject,
        "holder": lease.holder,
        "token": lease.secret,
        "acquired_at": SERVER_TIME,
        "ttl_seconds": lease.ttl_seconds,
        "run_id": lease.run_id,
    }


def _lease(stored: Stored) -> Lease:
    found = stored.document
    ttl = number(found.get("ttl_seconds")) or 0.0
    return Lease(
        key=stored.key,
        holder=text(found.get("holder")),
        secret=text(found.get("token")),
        ttl_seconds=ttl,
        seconds_left=_seconds_left(moment(found.get("acquired_at")), ttl, stored.read_at),
        run_id=text(found.get("run_id")),
        token=stored.token,
    )


def _seconds_left(since: datetime | None, ttl: float, now: datetime) -> float:
    return ttl - (now - since).total_seconds() if since else 0.0
