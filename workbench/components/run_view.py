"""One run: what became of each suggestion and why, errors with what the model answered."""

from collections.abc import Mapping, Sequence

import streamlit as st

from runbooks.models import Outcome, OutcomeStatus, RunError, RunState, RunSummary
from runbooks.service import RunbookService
from workbench import messages, state, theme, times
from workbench.components import table
from workbench.components.run_list import cost, origin, took
from workbench.components.table import Cell, Column, Line

_MOST_ERRORS = 20
_COLUMNS = (
    Column("Outcome", "first", "7.5rem"),
    Column("Suggestion", "main"),
    Column("Took", "number", "6rem"),
    Column("Cost", "number", "5.5rem"),
)
_WEIGHT = {OutcomeStatus.ERROR: 0, OutcomeStatus.SKIPPED: 1, OutcomeStatus.GENERATED: 2}


def show(service: RunbookService, run_id: str) -> None:
    """Show the run; raise NotFound."""
    run, errors = service.run(run_id)
    st.page_link("pages/runs.py", label="All runs", icon=":material/arrow_back:")
    st.title(f"Run of {times.clock_time(run.started_at)}", anchor=False)
    tone = theme.RUN_TONES[run.state]
    badge = theme.badge(messages.RUN_STATES[run.state], tone)
    st.markdown(f"{badge} {messages.escape_md(origin(run))}, {times.since(run.started_at)}")
    st.caption(f"{messages.escape_md(run.run_id)} · {times.exact(run.started_at)}")
    _how_it_ended(run)
    _counts(run)
    _outcomes(service, run, {error.suggestion_id: error for error in errors})
    _errors(errors)


def _how_it_ended(run: RunSummary) -> None:
    """Say what an unfinished run left behind."""
    if run.state is RunState.INTERRUPTED:
        calls = f"{run.in_flight} calls" if run.in_flight != 1 else "1 call"
        under_way = f" {calls} to the model were under way and may have been paid for."
        st.warning(
            f"**This run broke off; it last gave a sign {times.since(run.heartbeat_at)}.** What "
            "it drafted before is saved and counted here."
            + (under_way if run.in_flight else "")
            + " Start a batch again to go on; nothing is drafted twice.",
            icon=":material/info:",
        )
    elif run.state is RunState.CANCELLED:
        st.info(
            "Somebody cancelled this run. What was in work was finished and kept; the rest was "
            "not begun.",
            icon=":material/info:",
        )


def _counts(run: RunSummary) -> None:
    drafted = run.generated_count - run.fallback_count
    facts = (
        f"**{run.picked_up_count:,}** picked up",
        f"**{drafted:,}** drafted",
        _counted(run.fallback_count, "template"),
        f"**{run.needs_input_count:,}** need input",
        f"**{run.skipped_count:,}** skipped",
        _counted(run.error_count, "error"),
        f"**{took(run) or '–'}** taken",
        f"**{cost(run.cost_usd)}** spent".replace("$", "\\$"),
        *_asked(run),
    )
    with st.container(horizontal=True, key="rb_facts"):
        for fact in facts:
            st.markdown(fact, width="content")


def _asked(run: RunSummary) -> tuple[str, ...]:
    """Say what was asked of a model; nothing for a run that asked none."""
    calls = sum(outcome.attempts for outcome in run.suggestion_outcomes)
    if not calls:
        return ()
    return (
        _counted(calls, "call"),
        f"**{run.input_tokens:,}** tokens in",
        f"**{run.output_tokens:,}** tokens out",
    )


def _counted(count: int, what: str) -> str:
    return f"**{count:,}** {what}" if count == 1 else f"**{count:,}** {what}s"


def _outcomes(service: RunbookService, run: RunSummary, errors: Mapping[str, RunError]) -> None:
    listed = sorted(run.suggestion_outcomes, key=_weight)
    if not listed:
        st.markdown("There was nothing to draft.")
        return
    limit = state.rows_shown()
    names = [outcome.suggestion_id for outcome in listed[:limit]]
    entries = service.repository.entries(names)
    titles = {name: entry.title for name, entry in entries.items()}
    lines = [_line(outcome, titles, errors) for outcome in listed[:limit]]
    opened = table.show(state.OUTCOMES_TABLE, "Outcomes", _COLUMNS, lines)
    if opened:
        st.switch_page("pages/review.py", query_params=state.review_address(opened))
    if len(listed) > limit:
        st.button(
            f"Show more ({len(listed) - limit:,} left)",
            on_click=state.show_more_rows,
            args=(run.run_id, limit + state.ROWS_STEP),
        )


def _weight(outcome: Outcome) -> int:
    return _WEIGHT[outcome.status]


def _line(outcome: Outcome, titles: Mapping[str, str], errors: Mapping[str, RunError]) -> Line:
    line = outcome_line(outcome, titles)
    error = errors.get(outcome.suggestion_id)
    if error is None:
        return line
    badge, what, *rest = line.cells
    note = f"{what.note}: {error.error_message}" if what.note else error.error_message
    return Line(line.key, (badge, Cell(what.text, note=note), *rest), line.href)


def outcome_line(outcome: Outcome, titles: Mapping[str, str]) -> Line:
    """Give what became of one suggestion as a line: badge, title and reason, time, cost."""
    name = outcome.suggestion_id
    took_s = times.duration(outcome.duration_ms / 1000) if outcome.duration_ms is not None else ""
    note = messages.reason(outcome.error_reason or outcome.fallback_reason)
    cells = (
        _badge(outcome),
        Cell(titles.get(name) or name, note=note),
        Cell(took_s),
        Cell(cost(outcome.cost_usd), quiet=not outcome.cost_usd, hint=_tokens(outcome)),
    )
    return Line(name, cells, state.review_link(name))


def _tokens(outcome: Outcome) -> str:
    """Say what the calls for one suggestion used; nothing when there was none."""
    if not outcome.attempts:
        return ""
    calls = "1 call" if outcome.attempts == 1 else f"{outcome.attempts:,} calls"
    return f"{calls}, {outcome.input_tokens:,} tokens in, {outcome.output_tokens:,} out"


def _badge(outcome: Outcome) -> Cell:
    if outcome.fallback_reason:
        return Cell("Template", "orange")
    if outcome.needs_input:
        return Cell("Needs input", "yellow")
    return Cell(messages.OUTCOMES[outcome.status], theme.OUTCOME_TONES[outcome.status])


def _errors(errors: Sequence[RunError]) -> None:
    """Show what the model answered where that is known; as it came, redacted."""
    told = [error for error in errors if error.model_response_excerpt]
    if told:
        st.header("What the model answered", anchor=False)
    for error in told[:_MOST_ERRORS]:
        kind = messages.reason(error.error_type)
        with st.expander(f"{messages.escape_md(error.suggestion_id, 80)}: {kind}"):
            st.code(error.model_response_excerpt, language=None, wrap_lines=True)
