"""Exports are complete, safe and well-formed."""

import io
import json
import zipfile
from xml.etree import ElementTree as Tree

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from runbooks.library.confluence import to_confluence
from runbooks.library.export import Format, export, export_zip, file_name
from runbooks.library.shelf import ShelvedRunbook
from runbooks.models import RunbookDraft, Severity
from tests.world import GOOD


def shelved(markdown: str = GOOD, title: str = "Loop: in flight/agent") -> ShelvedRunbook:
    """An approved runbook."""
    return ShelvedRunbook(
        suggestion_id="sugg-1",
        title=title,
        markdown=markdown,
        draft=RunbookDraft(title=title, markdown_content=markdown, symptoms=("a",)),
        revision="0123456789abcdef",
        severity=Severity.HIGH,
        failure_type="runaway_loop",
        service="flight-agent",
        owner="Agents",
        approved_by="local:kim",
        reviewed_at=None,
        label="",
    )


def parsed(storage: str) -> Tree.Element:
    """Read storage format as XML."""
    return Tree.fromstring(f'<root xmlns:ac="urn:ac" xmlns:ri="urn:ri">{storage}</root>')


def test_confluence_keeps_headings_commands_and_links():
    """Code blocks become code macros with the very text, headings stay headings."""
    root = parsed(to_confluence(GOOD))
    bodies = [body.text for body in root.iter("{urn:ac}plain-text-body")]
    assert 'pup traces search --query="service:flight-agent status:error"' in bodies[0]
    assert next(h.text for h in root.iter("h2")) == "Summary"
    assert len(list(root.iter("li"))) >= 8


def test_confluence_turns_warnings_and_check_boxes_into_what_it_knows():
    """Alerts are macros, check boxes are signs."""
    storage = to_confluence("> [!WARNING]\n> hot\n\n- [x] done\n- [ ] open\n")
    assert 'ac:name="warning"' in storage
    assert "☑ " in storage
    assert "☐ " in storage
    parsed(storage)


def test_confluence_is_well_formed_for_every_case_of_the_markdown_specification(shared_data):
    """Whatever Markdown people write, Confluence can read it."""
    for line in (shared_data / "gfm_spec.jsonl").read_text(encoding="utf-8").splitlines():
        parsed(to_confluence(json.loads(line)["markdown"]))


def test_confluence_is_well_formed_and_inert_for_hostile_markup(shared_data):
    """No payload reaches Confluence as anything but text."""
    for line in (shared_data / "xss.jsonl").read_text(encoding="utf-8").splitlines():
        root = parsed(to_confluence(json.loads(line)["payload"]))
        for element in root.iter():
            assert element.tag not in ("script", "iframe", "object", "svg", "style")
            assert not [name for name in element.attrib if name.startswith("on")]
            assert not element.attrib.get("href", "").lower().startswith(("javascript", "data"))


@given(st.text(max_size=300))
def test_confluence_is_well_formed_for_any_text(text):
    """Control signs and broken characters are left out, nothing else is."""
    parsed(to_confluence(text))
    parsed(to_confluence(f"```sh\n{text}\n```"))


@pytest.mark.parametrize("kind", list(Format))
def test_each_format_holds_the_commands(kind):
    """A runbook without its commands is none."""
    assert "pup traces search" in export(shelved(), kind)


def test_json_and_yaml_say_the_same():
    """The same facts in both, and who approved which revision."""
    read = json.loads(export(shelved(), Format.JSON))
    assert read == yaml.safe_load(export(shelved(), Format.YAML))
    assert (read["revision"], read["approved_by"]) == ("0123456789abcdef", "local:kim")


def test_the_html_page_loads_and_runs_nothing():
    """A policy forbids it, and the text is escaped."""
    page = export(shelved("# <script>alert(1)</script>", title="<b>T"), Format.HTML)
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "<title>&lt;b&gt;T</title>" in page


def test_a_zip_gives_each_runbook_a_name_of_its_own():
    """Equal titles do not overwrite each other, odd ones cannot leave the folder."""
    books = [shelved(), shelved(), shelved(title="../../etc/passwd"), shelved(title="試験")]
    packed = zipfile.ZipFile(io.BytesIO(export_zip(books, (Format.MARKDOWN, Format.JSON))))
    names = packed.namelist()
    assert len(names) == len(set(names)) == 8
    assert all("/" not in name and not name.startswith(".") for name in names)
    assert file_name(shelved(title="試験")) == "sugg-1"
