"""Print the indexes that the product needs in Firestore, for any prefix, as a file or as commands.

python deploy/indexes.py --prefix acme_ > firestore.indexes.json
python deploy/indexes.py --prefix acme_ --gcloud --project shop --database runbooks
"""

import argparse
import json
import shlex
from collections.abc import Iterator
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "firestore.indexes.json"
PREFIX = "evalforge_"
"""The prefix of the collections as the file has them."""


def adapted(content: dict[str, list[dict[str, object]]], prefix: str) -> dict[str, object]:
    """Give the file's content with another prefix before every collection."""
    return {
        part: [
            {**entry, "collectionGroup": prefix + str(entry["collectionGroup"])[len(PREFIX) :]}
            for entry in entries
        ]
        for part, entries in content.items()
    }


def commands(content: dict[str, object], project: str, database: str) -> Iterator[str]:
    """Give one gcloud command for each index and each exemption."""
    where = [f"--project={project}"] if project else []
    where.append(f"--database={database}")
    for index in _entries(content, "indexes"):
        fields = [f"--field-config={_config(field)}" for field in _entries(index, "fields")]
        yield _command(["composite", "create", "--async", _group(index), *fields, *where])
    for override in _entries(content, "fieldOverrides"):
        kept = [f"--index={_mode(index)}" for index in _entries(override, "indexes")]
        field = str(override["fieldPath"])
        change = kept or ["--disable-indexes"]
        yield _command(["fields", "update", field, "--async", _group(override), *change, *where])


def _entries(found: dict[str, object], name: str) -> list[dict[str, object]]:
    entries = found[name]
    return entries if isinstance(entries, list) else []


def _config(field: dict[str, object]) -> str:
    return f"field-path={field['fieldPath']},{_mode(field)}"


def _mode(field: dict[str, object]) -> str:
    if "arrayConfig" in field:
        return f"array-config={str(field['arrayConfig']).lower()}"
    return f"order={str(field['order']).lower()}"


def _group(entry: dict[str, object]) -> str:
    return f"--collection-group={entry['collectionGroup']}"


def _command(words: list[str]) -> str:
    return shlex.join(["gcloud", "firestore", "indexes", *words, "--quiet"])


def main() -> None:
    """Read the options and print."""
    parser = argparse.ArgumentParser(description="Print Firestore's indexes for a prefix.")
    parser.add_argument("--prefix", default=PREFIX, help="FIRESTORE_COLLECTION_PREFIX")
    parser.add_argument("--gcloud", action="store_true", help="print commands, not the file")
    parser.add_argument("--project", default="", help="GOOGLE_CLOUD_PROJECT, for the commands")
    parser.add_argument("--database", default="(default)", help="FIRESTORE_DATABASE_ID")
    options = parser.parse_args()
    content = adapted(json.loads(FILE.read_text("utf-8")), options.prefix)
    if options.gcloud:
        print("\n".join(commands(content, options.project, options.database)))
    else:
        print(json.dumps(content, indent=2))


if __name__ == "__main__":
    main()
