"""The REST door over a real store with the sample in it; the drafter can be told to misbehave."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from runbooks.api import create_api
from runbooks.bootstrap import assemble
from runbooks.config import Settings
from runbooks.drafting.offline import OfflineDrafter
from runbooks.drafting.port import DraftAnswer, Drafter, DraftRequest
from runbooks.errors import RunbookError
from runbooks.sample import sample_dir
from runbooks.service import RunbookService
from runbooks.store.sqlite import SqliteStore
from runbooks.transfer import add_sample

HOST = "http://127.0.0.1:8501"
WITHOUT_DRAFT = "sugg_sample_001"
EDITED = "sugg_sample_013"
APPROVED = "sugg_sample_012"


class Moody:
    """A drafter that passes on to the offline one, or fails, or waits, as a test says.

    `working` is released once by each draft that begins.
    """

    def __init__(self) -> None:
        self._inner: Drafter = OfflineDrafter()
        self.provider = self._inner.provider
        self.model = self._inner.model
        self.failure: RunbookError | None = None
        self.working = threading.Semaphore(0)
        self.may_finish = threading.Event()
        self.may_finish.set()

    def draft(self, request: DraftRequest) -> DraftAnswer:
        self.working.release()
        self.may_finish.wait(20)
        if self.failure:
            raise self.failure
        return self._inner.draft(request)

    def check(self) -> str:
        return self._inner.check()


@dataclass
class Office:
    """Everything that a test of REST touches."""

    client: TestClient
    service: RunbookService
    drafter: Moody
    settings: Settings

    def get(self, path: str, **headers: str):
        return self.client.get(path, headers=headers)

    def post(self, path: str, body: object = None, **headers: str):
        return self.client.post(path, json=body, headers=headers)

    def revision(self, suggestion_id: str) -> str:
        return self.service.repository.suggestion(suggestion_id).slot.revision

    def put(self, suggestion_id: str, text: str, revision: str, **headers: str):
        return self.client.put(
            f"/runbooks/{suggestion_id}",
            json={"markdownContent": text},
            headers={"If-Match": f'"{revision}"', **headers},
        )


def settings_for(tmp_path: Path, **changes: object) -> Settings:
    """Settings as if from an environment that names only this store."""
    values = {
        "RUNBOOK_STORE": f"sqlite:///{tmp_path}/runbooks.db",
        "RUNBOOK_SERVICES_FILE": sample_dir() / "services.yaml",
        **changes,
    }
    return Settings(_env_file=None, **values)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """The API with the sample, at 127.0.0.1:8501."""
    settings = settings_for(tmp_path)
    drafter = Moody()
    service = assemble(SqliteStore(tmp_path / "runbooks.db"), drafter, settings)
    add_sample(service)
    api = create_api(lambda: service, settings)
    with TestClient(api, base_url=HOST) as client:
        yield Office(client, service, drafter, settings)
    service.close()
