"""What every test may ask for."""

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real traces and incidents that lies beside the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder ../shared/data with real traces is not here")
    return SHARED_DATA
