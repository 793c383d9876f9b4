"""How many made-up examples a property is held against."""

import os


def examples(number: int) -> int:
    """Give a third of them in everyday tests, all with `EXAMPLES=all`, as in `make soak`."""
    return number if os.environ.get("EXAMPLES") == "all" else max(number // 3, 5)
