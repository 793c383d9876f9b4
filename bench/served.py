"""The fake model server in a process of its own, so that its CPU is not counted as ours.

python -m bench.served TURN…   prints its address and serves until its input ends.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.fake_model import fake_model


@contextmanager
def served(*turns: str) -> Iterator[str]:
    """Serve these turns in another process; give the address."""
    command = [sys.executable, "-m", "bench.served", *turns]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both were asked for")
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def main() -> None:
    """Serve until whoever started this is gone."""
    with fake_model(*sys.argv[1:]) as fake:
        print(fake.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
