"""CONTRACT §1: no document, however untidy, breaks a page."""

from hypothesis import HealthCheck, given, settings

from runbooks.batch import BatchOrder
from runbooks.store.port import Collection, Delete, DocumentStore
from tests.examples import examples
from tests.ui.conftest import App
from tests.untidy import Mess, messes
from tests.world import World


def emptied(store: DocumentStore) -> None:
    """Take everything out of the store."""
    for collection in Collection:
        store.commit([Delete(collection, stored.key) for stored in store.scan(collection)])


@settings(max_examples=examples(30), deadline=None, suppress_health_check=list(HealthCheck))
@given(mess=messes(wild=True))
def test_no_document_breaks_a_page(world: World, mess: Mess) -> None:
    """Every page shows what it can, before and after a batch; an exception fails `App.run`."""
    emptied(world.store)
    mess.put_into(world.store)
    app = App()
    for _ in range(2):
        app.open("queue")
        app.open("queue", status="any", draft_state="unreadable")
        for name in mess.suggestions:
            app.open("review", id=name)
        app.open("runs")
        for name in mess.runs:
            app.open("runs", run=name)
        app.open("library")
        world.service.run_once(BatchOrder(5, "local:kim"))
