"""What stands in the URL and in the session."""

import ast
import pickle
from pathlib import Path
from urllib.parse import parse_qs

from hypothesis import given
from hypothesis import strategies as st

from runbooks.queue import write_cursor
from runbooks.store.queries import QueueFilter, Sort
from tests.ui.conftest import ROOT, App
from tests.world import World
from workbench import state
from workbench.state import View

_TEXT = st.text(min_size=1, max_size=30).map(str.strip).filter(bool)
_CURSORS = {
    sort: write_cursor(
        "sugg-1", {"severity_rank": 1, "created_at": "2026", "updated_at": "2026"}, sort
    )
    for sort in Sort
}


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Give some of these values in their order, never all of them."""
    chosen = st.sets(st.sampled_from(values), max_size=len(values) - 1)
    return chosen.map(lambda names: tuple(v for v in values if v in names))


@st.composite
def views(draw: st.DrawFn) -> View:
    """Give any view that a person can come to."""
    sort = draw(st.sampled_from(Sort))
    page = draw(st.integers(1, 500))
    return View(
        status=draw(some(state.STATUSES)),
        severity=draw(some(state.SEVERITIES)),
        failure_type=tuple(draw(st.lists(_TEXT, unique=True, max_size=5))),
        service=tuple(draw(st.lists(_TEXT, unique=True, max_size=5))),
        draft_state=draw(some(state.DRAFT_STATES)),
        text=draw(st.text(max_size=60)),
        group=draw(st.text(max_size=60)),
        assignee=draw(st.sampled_from(["", "local:kim", "local:Kim Lee"])),
        sort=sort,
        size=draw(st.sampled_from(state.PAGE_SIZES)),
        page=page,
        after=_CURSORS[sort] if page > 1 else "",
    )


@given(views())
def test_a_link_to_a_view_shows_that_view(view: View) -> None:
    """What the address says is what was seen, in another browser too."""
    listed = {k: [v] if isinstance(v, str) else v for k, v in view.params().items()}
    assert View.read(listed) == view
    assert View.read(parse_qs(view.query())) == view


@given(st.dictionaries(st.sampled_from(["status", "severity", "sort", "size", "page", "after", "q",
                                        "draft", "service", "group", "assignee"]),
                       st.lists(st.text(max_size=40), max_size=4)))  # fmt: skip
def test_any_address_is_some_view(params: dict[str, list[str]]) -> None:
    """Nonsense in an address is left out; it never breaks the page."""
    view = View.read(params)
    assert set(view.severity) <= set(state.SEVERITIES)
    assert set(view.status) <= set(state.STATUSES)
    assert set(view.draft_state) <= set(state.DRAFT_STATES)
    assert view.size in state.PAGE_SIZES
    assert view.page == 1 or view.after


def test_the_usual_view_needs_no_parameters() -> None:
    """The bare address shows what waits, worst first."""
    assert View().params() == {}
    assert View().filter() == QueueFilter()


def test_a_place_in_a_list_of_another_order_is_the_first_page() -> None:
    """A cursor fits one order only; with another it would lead anywhere."""
    params = {"sort": ["newest"], "page": ["3"], "after": [_CURSORS[Sort.WORST]]}
    assert View.read(params) == View(sort=Sort.NEWEST)


def test_every_value_of_a_filter_is_no_filter() -> None:
    """All severities ask for nothing, so they cost nothing."""
    assert View.read({"severity": list(state.SEVERITIES)}).severity == ()
    assert View.read({"status": ["any"]}).status == ()


def test_a_changed_filter_begins_at_the_first_page() -> None:
    """A place in the old list means nothing in the new one."""
    deep = View(page=4, after=_CURSORS[Sort.WORST])
    assert deep.changed(severity=("high",)) == View(severity=("high",))


def test_no_page_names_a_session_key_or_parameter_itself() -> None:
    """Keys live in state.py; elsewhere nobody writes one as a text."""
    for path in sorted([*(ROOT / "workbench").rglob("*.py"), *(ROOT / "pages").glob("*.py")]):
        if path.name != "state.py":
            assert not _literal_keys(path), path


def _literal_keys(path: Path) -> list[str]:
    """Give texts that stand as a key of the session or of the address."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        keyed = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
        if keyed and ast.unparse(node.value) in ("st.session_state", "st.query_params"):
            found.append(ast.unparse(node))
    return found


def test_what_a_session_keeps_can_be_pickled(app: App, world: World) -> None:
    """The session holds plain values, so that no service or document leaks into it."""
    world.suggest()
    world.service.refresh()
    app.open().open("runs").open()
    keys = [key for key in app.at.session_state if not key.startswith("$$")]
    # What components of Streamlit keep there is not ours.
    theirs = ("table", "keeper", "carrier", "skip")
    names = [key for key in keys if not any(part in key for part in theirs)]
    ours = {key: app.at.session_state[key] for key in names}
    assert ours
    assert pickle.loads(pickle.dumps(ours)) == ours
