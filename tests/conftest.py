"""What every test may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from runbooks.store.firestore import FirestoreStore
from tests.emulator import EmulatorMissing, emulator
from tools.screenshots import FLAGS, browser_path

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real traces and incidents that lies beside the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder ../shared/data with real traces is not here")
    return SHARED_DATA


@pytest.fixture(scope="session")
def firestore_host() -> Iterator[str]:
    """Host and port of a Firestore emulator that lives as long as the tests.

    Without gcloud or Java these tests are skipped, but in CI they must run.
    """
    try:
        with emulator() as host:
            yield host
    except EmulatorMissing as missing:
        reason = f"the Firestore emulator cannot be started: {missing}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def launched() -> Iterator[Browser]:
    """A headless Chromium for all tests: Playwright runs once a process.

    Where there is none these tests are skipped, but in CI they must run.
    """
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        except PlaywrightError as missing:
            reason = f"there is no Chromium that starts: {missing.message.splitlines()[0][:120]}"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
        yield browser
        browser.close()


@pytest.fixture
def chromium(launched: Browser) -> Iterator[Browser]:
    """The headless Chromium; pages that a test leaves open would call its server for ever."""
    yield launched
    for context in launched.contexts:
        context.close()


@pytest.fixture
def firestore_prefix() -> str:
    """A prefix of its own for each test, so that no test sees another's documents."""
    return f"t{uuid4().hex[:12]}_"


@pytest.fixture
def firestore_store(firestore_host: str, firestore_prefix: str) -> Iterator[FirestoreStore]:
    """An empty store in the emulator."""
    store = FirestoreStore("demo-tests", "(default)", firestore_prefix, firestore_host)
    yield store
    store.close()
