"""Short ways to write and read documents of the contract's tests."""

from runbooks.store.port import Collection, Create, DocumentStore, FieldPath, Stored, Update
from runbooks.values import Token

S = Collection.SUGGESTIONS
Q = Collection.QUEUE


def put(store: DocumentStore, key: str, **fields: object) -> Token:
    """Create a suggestion and give its token."""
    return store.commit([Create(S, key, fields)])[0]


def stored(store: DocumentStore, key: str, collection: Collection = S) -> Stored:
    """Read a document that must be there."""
    return store.get_many(collection, [key])[key]


def content(store: DocumentStore, key: str, collection: Collection = S) -> object:
    """Read a document's fields, None where there is none."""
    found = store.get_many(collection, [key]).get(key)
    return None if found is None else found.document


def change(store: DocumentStore, key: str, *remove: FieldPath, **fields: object) -> Token:
    """Set top-level fields and remove paths, whatever the state."""
    named = {(name,): value for name, value in fields.items()}
    return store.commit([Update(S, key, named, None, remove)])[0]
