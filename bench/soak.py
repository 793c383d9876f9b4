"""make soak: races and kills on every store, printed as tables. It asserts no time.

SOAK_TRIALS, SOAK_SECONDS and SOAK_KILLS change how long it takes; SOAK_STORE names one store.
"""

import os
import tempfile
from functools import partial
from pathlib import Path

from bench.soak_kill import finish, kills, report
from bench.soak_races import mixed, races
from bench.stores import connect, each_store


def main() -> None:
    """Run everything on each store that can be had."""
    trials = int(os.environ.get("SOAK_TRIALS", "200"))
    seconds = float(os.environ.get("SOAK_SECONDS", "60"))
    number = int(os.environ.get("SOAK_KILLS", "50"))
    only = os.environ.get("SOAK_STORE", "")
    with each_store() as stores, tempfile.TemporaryDirectory() as folder:
        for name, address in stores:
            if only and name != only:
                continue
            print(f"\n== {name}", flush=True)
            races(partial(connect, name, address), trials)
            mixed(partial(connect, name, address), seconds)
            fresh = f"{address}k" if name == "sqlite" else f"{address}k_"
            toll = kills(name, fresh, number, Path(folder))
            finish(name, fresh, toll)
            report(name, toll)


if __name__ == "__main__":
    main()
