"""Where documents are in a Firestore database: full names from collections and ids, and back."""

from dataclasses import dataclass

from runbooks.errors import InvalidRequest
from runbooks.store.codec import is_document_key
from runbooks.store.port import Collection


@dataclass(frozen=True)
class Names:
    """One database with one prefix before every collection; `host` is an emulator's, or ""."""

    project: str
    database: str
    prefix: str
    host: str = ""

    @property
    def place(self) -> str:
        """Who answers, in words that begin a sentence."""
        return f"The Firestore emulator at {self.host}" if self.host else "Firestore"

    @property
    def base(self) -> str:
        """The database itself."""
        return f"projects/{self.project}/databases/{self.database}"

    @property
    def root(self) -> str:
        """What stands before every document's path."""
        return f"{self.base}/documents"

    def collection(self, collection: Collection) -> str:
        """The collection's id, with the prefix."""
        return f"{self.prefix}{collection.value}"

    def path(self, collection: Collection, key: str) -> str:
        """The document's path below the root; raise InvalidRequest for an impossible id."""
        if not is_document_key(key):
            raise InvalidRequest("key", f"{key[:100]!r} cannot be a document id")
        return f"{self.collection(collection)}/{key}"

    def document(self, collection: Collection, key: str) -> str:
        """The full name of a document; raise InvalidRequest for an impossible id."""
        return f"{self.root}/{self.path(collection, key)}"

    @staticmethod
    def key(document_name: str) -> str:
        """The id of a document by its full name."""
        return document_name.rpartition("/")[2]
