"""The addresses of the pages; none of them is a prefix of REST (CONTRACT §3)."""

from typing import Final

QUEUE_PAGE: Final = "queue"
REVIEW_PAGE: Final = "review"
LIBRARY_PAGE: Final = "library"
RUNS_PAGE: Final = "run-history"
PAGES: Final = (QUEUE_PAGE, REVIEW_PAGE, LIBRARY_PAGE, RUNS_PAGE)
"""All of them, in the order of the menu."""
