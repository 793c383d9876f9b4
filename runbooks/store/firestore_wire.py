"""The connection to Firestore: four calls, each with an end, none tried for ever.

The service's generated client is used, not the library's document layer above it: that one
retries a commit after "unavailable", which may write twice, and asks up to five minutes.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import google.auth
import grpc
from google.cloud.firestore_v1 import types
from google.cloud.firestore_v1.services.firestore import FirestoreClient
from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcTransport

from runbooks.errors import StoreUnavailable
from runbooks.store.firestore_errors import (
    FAILURES,
    PASSING,
    commit_error,
    credentials_error,
    read_error,
)
from runbooks.store.firestore_names import Names
from runbooks.store.firestore_query import DOCUMENT_ID
from runbooks.store.firestore_values import Message, moment, quoted, read_fields
from runbooks.store.firestore_writes import Encoded, UpdateTime
from runbooks.store.port import Stored, Write
from runbooks.store.shapes import Shape

_T = TypeVar("_T")

_SCOPES: Final = ("https://www.googleapis.com/auth/datastore",)
_NO_PROJECT: Final = "Set GOOGLE_CLOUD_PROJECT."
_ATTEMPTS: Final = 3
_FIRST_PAUSE: Final = 0.2
_CHANNEL: Final = (
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    ("grpc.keepalive_time_ms", 30_000),
    # A server that comes back is found again within seconds, not after the two-minute default.
    ("grpc.initial_reconnect_backoff_ms", 300),
    ("grpc.max_reconnect_backoff_ms", 3_000),
)


@dataclass(frozen=True)
class Address:
    """Which database is meant, and the emulator's host and port when it is one."""

    project: str | None
    database: str
    prefix: str
    emulator_host: str | None


class Wire:
    """One open connection, safe for many threads; `seconds` is the end of each call."""

    def __init__(
        self, client: FirestoreClient, names: Names, seconds: float, *, owner: bool = False
    ) -> None:
        """`owner` tells an emulator to leave its access rules aside."""
        self._client = client
        self._seconds = seconds
        self._metadata = [("google-cloud-resource-prefix", names.base)]
        if owner:
            self._metadata.append(("authorization", "Bearer owner"))
        self.names = names

    def get(self, documents: Sequence[str], select: tuple[str, ...] | None) -> list[Stored]:
        """Read these documents by full name; those that are missing are left out."""
        request = types.BatchGetDocumentsRequest(
            database=self.names.base, documents=list(documents)
        )
        if select is not None:
            fields = [quoted((name,)) for name in select] or [DOCUMENT_ID]
            request.mask = types.DocumentMask(field_paths=fields)

        def ask(seconds: float) -> list[Stored]:
            answers = self._client.batch_get_documents(
                request=request, retry=None, timeout=seconds, metadata=self._metadata
            )
            messages = (types.BatchGetDocumentsResponse.pb(answer) for answer in answers)
            return [self._stored(m.found, m) for m in messages if m.HasField("found")]

        return self._read(ask, self._seconds, None)

    def query(self, message: Message, shape: Shape, seconds: float | None = None) -> list[Stored]:
        """Answer a structured query."""
        request = types.RunQueryRequest.wrap(
            types.RunQueryRequest.pb()(parent=self.names.root, structured_query=message)
        )

        def ask(left: float) -> list[Stored]:
            answers = self._client.run_query(
                request=request, retry=None, timeout=left, metadata=self._metadata
            )
            messages = (types.RunQueryResponse.pb(answer) for answer in answers)
            return [self._stored(m.document, m) for m in messages if m.HasField("document")]

        return self._read(ask, seconds or self._seconds, shape)

    def count(self, message: Message, shape: Shape) -> int:
        """Answer a structured count."""
        request = types.RunAggregationQueryRequest.wrap(
            types.RunAggregationQueryRequest.pb()(
                parent=self.names.root, structured_aggregation_query=message
            )
        )

        def ask(seconds: float) -> int:
            answers = self._client.run_aggregation_query(
                request=request, retry=None, timeout=seconds, metadata=self._metadata
            )
            return sum(_counted(answers))

        return self._read(ask, self._seconds, shape)

    def commit(self, writes: Sequence[Write], sent: Sequence[Encoded]) -> list[UpdateTime | None]:
        """Do all writes or none, asked once."""
        request = types.CommitRequest.wrap(
            types.CommitRequest.pb()(
                database=self.names.base, writes=[encoded.message for encoded in sent]
            )
        )
        try:
            answer = self._client.commit(
                request=request, retry=None, timeout=self._seconds, metadata=self._metadata
            )
        except FAILURES as failure:
            raise commit_error(failure, self.names, writes, sent) from failure
        results = types.CommitResponse.pb(answer).write_results
        return [
            UpdateTime.of(result.update_time) if result.HasField("update_time") else None
            for result in results
        ]

    def close(self) -> None:
        """Close the connection."""
        self._client.transport.close()  # type: ignore[no-untyped-call]

    def _stored(self, document: Message, answer: Message) -> Stored:
        return Stored(
            key=Names.key(document.name),
            document=read_fields(document.fields, self.names.root),
            token=UpdateTime.of(document.update_time),
            read_at=moment(answer.read_time),
        )

    def _read(self, ask: Callable[[float], _T], seconds: float, shape: Shape | None) -> _T:
        """Ask at most three times and no longer than `seconds`; reading twice does no harm."""
        end = time.monotonic() + seconds
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return ask(max(0.1, end - time.monotonic()))
            except FAILURES as failure:
                pause = _FIRST_PAUSE * attempt**2
                last = attempt == _ATTEMPTS or time.monotonic() + pause > end
                if last or not isinstance(failure, PASSING):
                    raise read_error(failure, self.names, shape) from failure
            time.sleep(pause)
        raise AssertionError("the last attempt either answers or raises")


def connect(address: Address, seconds: float) -> Wire:
    """Open the connection; raise StoreUnavailable without project or credentials.

    Nothing is asked yet, so a wrong project or a dead host shows at the first call.
    """
    if address.emulator_host:
        return _emulator(address, address.emulator_host, seconds)
    try:
        credentials, found = google.auth.default(scopes=_SCOPES)
    except FAILURES as failure:
        unnamed = Names(address.project or "", address.database, address.prefix)
        raise read_error(failure, unnamed) from failure
    except (OSError, ValueError) as failure:
        raise credentials_error(str(failure)) from failure
    project = address.project or found
    if not project:
        raise StoreUnavailable("No Google Cloud project is named.", _NO_PROJECT)
    host = FirestoreGrpcTransport.DEFAULT_HOST
    channel = FirestoreGrpcTransport.create_channel(
        host, credentials=credentials, options=list(_CHANNEL)
    )
    client = FirestoreClient(transport=FirestoreGrpcTransport(host=host, channel=channel))
    return Wire(client, Names(project, address.database, address.prefix), seconds)


def _emulator(address: Address, host: str, seconds: float) -> Wire:
    # A proxy of the machine has no business between a program and its emulator.
    options = [*_CHANNEL, ("grpc.enable_http_proxy", 0)]
    channel = grpc.insecure_channel(host, options=options)
    client = FirestoreClient(transport=FirestoreGrpcTransport(channel=channel))
    names = Names(address.project or "demo-runbooks", address.database, address.prefix, host)
    return Wire(client, names, seconds, owner=True)


def _counted(answers: Iterable[Message]) -> Iterator[int]:
    for answer in answers:
        for value in types.RunAggregationQueryResponse.pb(answer).result.aggregate_fields.values():
            yield value.integer_value
