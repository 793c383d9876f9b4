"""The rules of the house, read from the source: who may import whom, sizes, words for all to read."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbooks.api.front import is_rest

ROOT = Path(__file__).resolve().parents[2]
PAGE_ADDRESSES = ("queue", "review", "run-history", "library")
ADAPTERS = (
    "runbooks.store.sqlite",
    "runbooks.store.firestore",
    "runbooks.drafting.gemini",
    "runbooks.drafting.openai_compatible",
    "runbooks.drafting.offline",
)
CHOOSERS = ("runbooks.bootstrap", "runbooks.drafting.choice")
"""The composition root, and the part of it that chooses a drafter by CONTRACT §4."""

DOORS = ("runbooks.api", "runbooks.cli", "runbooks.transfer", "runbooks.__main__")
"""What stands outside the service: nothing inside may know of it."""

CORE = (
    "runbooks.models", "runbooks.errors", "runbooks.values", "runbooks.clock",
    "runbooks.revision", "runbooks.overwrite", "runbooks.lineage",
)  # fmt: skip
"""Values and pure rules: they know each other and nothing else of the product."""

FUNCTION_LINES = 50
MODULE_LINES = 300
PAGE_LINES = 120
DECLARED = {
    "runbooks.models": 450,
    "runbooks.errors": 400,
    "runbooks.service": 380,
    "runbooks.lint.catalogue": 350,
    "workbench.messages": 350,
}
"""Modules that only declare: values, errors, tables, and the façade with its one-line methods."""


def sources() -> list[Path]:
    """Every Python file of the product."""
    folders = (ROOT / "runbooks", ROOT / "workbench", ROOT / "pages")
    files = [file for folder in folders for file in folder.rglob("*.py")]
    return sorted([*files, *(ROOT / name for name in ("app.py", "serve.py"))])


def module_of(file: Path) -> str:
    """The dotted name of a file."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(file: Path) -> set[str]:
    """Every module, or name of a module, that a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are written in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


def within(name: str, *packages: str) -> bool:
    """Whether a module is one of these or lies below one."""
    return any(name == package or name.startswith(package + ".") for package in packages)


IMPORTS = {module_of(file): imports_of(file) for file in sources()}


def offenders(modules: Iterator[str], *forbidden: str) -> dict[str, set[str]]:
    """Modules that import what they may not, and what that is."""
    found = {name: {i for i in IMPORTS[name] if within(i, *forbidden)} for name in modules}
    return {name: names for name, names in found.items() if names}


def test_the_core_knows_no_pages():
    """Nothing under runbooks/ imports Streamlit, the workbench or a page."""
    ours = (name for name in IMPORTS if within(name, "runbooks"))
    assert offenders(ours, "streamlit", "workbench", "pages", "app", "serve") == {}


def test_pages_reach_the_core_through_the_service():
    """Neither pages nor workbench speak with a store, an adapter or a drafter themselves."""
    outside = (name for name in IMPORTS if within(name, "pages", "workbench", "app"))
    inner = (
        *ADAPTERS,
        "runbooks.store.port",
        "runbooks.acts",
        "runbooks.generation.Generator",
        "sqlite3",
    )
    assert offenders(outside, *inner) == {}


def test_the_workbench_knows_no_page():
    """Dependencies point one way: pages use the workbench."""
    assert offenders((n for n in IMPORTS if within(n, "workbench")), "pages", "app", "serve") == {}


def test_only_the_composition_root_names_an_adapter():
    """Which store and which model is decided in one place."""
    families = {adapter: adapter.rpartition(".")[0] + "." for adapter in ADAPTERS}
    found = {
        (name, adapter)
        for name in IMPORTS
        for adapter, family in families.items()
        if not within(name, *CHOOSERS)
        and not name.startswith(family)
        and any(within(i, adapter) for i in IMPORTS[name])
    }
    assert found == set()


def test_no_module_of_the_core_knows_a_door():
    """REST, command line and files stand outside of what they serve."""
    inside = (name for name in IMPORTS if within(name, "runbooks") and not within(name, *DOORS))
    assert offenders(inside, *DOORS) == {}


def test_values_and_pure_rules_know_nothing_else():
    """What is tested as a table needs no store, no settings and no clock."""
    allowed = (*CORE, "runbooks.store.port", "runbooks.store.reading")
    found = {
        name: {i for i in IMPORTS[name] if within(i, "runbooks") and not within(i, *allowed)}
        for name in CORE
    }
    assert {name: names for name, names in found.items() if names} == {}


def test_nobody_but_the_settings_reads_the_environment():
    """A setting has one name, one type and one place; the server passes one on to itself."""
    exceptions = {"runbooks.cli.process"}
    found = {
        module_of(file)
        for file in sources()
        if any(
            isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        )
    }
    assert found - exceptions == set()


def test_importing_the_core_connects_to_nothing():
    """Importing is free: no client library is loaded before its adapter is chosen."""
    code = (
        "import sys, runbooks.service, runbooks.bootstrap, runbooks.api, runbooks.transfer;"
        "print([m for m in ('google.cloud.firestore', 'grpc', 'streamlit', 'sqlite3',"
        " 'google.genai', 'openai') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("address", PAGE_ADDRESSES)
def test_a_page_never_has_an_address_of_rest(address: str):
    """A reload of a page would otherwise show JSON (CONTRACT §3)."""
    assert not is_rest(f"/{address}")


def test_no_page_that_exists_has_an_address_of_rest():
    """What `st.Page` is given is held against the prefixes too, whatever pages come later."""
    given = {
        str(keyword.value.value)
        for file in sources()
        if within(module_of(file), "workbench", "app")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "url_path" and isinstance(keyword.value, ast.Constant)
    }
    assert given
    assert not [address for address in given if is_rest(f"/{address}")]


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, inner ones too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_function_is_longer_than_fifty_lines():
    """What does not fit on a screen hides its faults."""
    long = {
        f"{module_of(file)}.{function.name}": length
        for file in sources()
        for function in functions(file)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    }
    assert long == {}


def test_most_functions_are_short():
    """At least nine of ten have twenty lines or fewer, their documentation included."""
    lengths = [
        (function.end_lineno or 0) - function.lineno + 1
        for file in sources()
        for function in functions(file)
    ]
    assert sum(length <= 20 for length in lengths) / len(lengths) > 0.9


def test_modules_and_pages_have_their_size():
    """300 lines a module, 120 a page; tables and lists of declarations may be longer."""
    long = {}
    for file in sources():
        name = module_of(file)
        lines = len(file.read_text(encoding="utf-8").splitlines())
        limit = PAGE_LINES if within(name, "pages") else DECLARED.get(name, MODULE_LINES)
        if lines > limit:
            long[name] = lines
    assert long == {}


def test_every_public_name_is_documented():
    """Modules, classes and functions that others may use say what they mean."""
    silent = [
        f"{module_of(file)}.{name}"
        for file in sources()
        for name, node in _public(ast.parse(file.read_text(encoding="utf-8")))
        if not ast.get_docstring(node)
    ]
    assert silent == []


Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _public(tree: ast.Module) -> Iterator[tuple[str, Documented]]:
    """What a reader meets: the module, its public classes, functions and their methods."""
    if tree.body:
        yield "", tree
    for node in tree.body:
        if not isinstance(node, Documented) or node.name.startswith("_"):
            continue
        yield node.name, node
        if isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, Documented) and not method.name.startswith("_"):
                    yield f"{node.name}.{method.name}", method


def test_nothing_is_left_for_later():
    """No marks of unfinished work, no swallowed errors."""
    marks = tuple(first + rest for first, rest in (("TO", "DO"), ("FIX", "ME"), ("XX", "X")))
    found = []
    for file in sources():
        text = file.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            comment = line.partition("#")[2]
            if any(mark in comment for mark in marks):
                found.append(f"{module_of(file)}:{number}")
    assert found == []
