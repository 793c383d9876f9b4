"""Fictitious traces, patterns, suggestions and services to try the product with.

Every document carries `"sample": true`. People, companies, hosts, keys and card numbers in it are
made up; some stand there so that redaction can be seen at work, and one mail holds a prompt
injection.
"""

from pathlib import Path


def sample_dir() -> Path:
    """The folder with `traces.jsonl`, `patterns.jsonl`, `suggestions.jsonl`, `services.yaml`."""
    return Path(__file__).resolve().parent
