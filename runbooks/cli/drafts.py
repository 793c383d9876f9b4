"""`run-once`, `generate`: what the machine drafts."""

import argparse
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from runbooks.batch import BatchOrder, Progress, Watch
from runbooks.cli import ends, room
from runbooks.cli.output import Meter, as_json, say, warn
from runbooks.errors import InvalidRequest
from runbooks.models import OutcomeStatus, RunState, RunSummary
from runbooks.orders import Product
from runbooks.revision import revision, sha256
from runbooks.summaries import RunAnswer

MAX_BATCH = 1000


def run_once(args: argparse.Namespace) -> int:
    """Draft a batch, worst first, then oldest."""
    settings = room.settings()
    ids = tuple(dict.fromkeys(args.ids)) or None
    size = len(ids) if ids else args.batch_size
    size = settings.batch_size if size is None else size
    if not 1 <= size <= MAX_BATCH:
        raise InvalidRequest("--batch-size", f"1 to {MAX_BATCH:,}")
    order = BatchOrder(
        batch_size=size,
        actor=room.actor(),
        suggestion_ids=ids,
        dry_run=args.dry_run,
        triggered_by="scheduled" if args.scheduled else "manual",
    )
    with room.service(settings) as service, Meter() as meter, _cancelled_by_signal() as cancel:
        watch = Watch(lambda progress: meter.show(_progress(progress)), cancel)
        run = service.run_once(order, watch)
    _tell_run(run, json=args.json)
    if run.state is RunState.CANCELLED:
        return ends.STOPPED
    return ends.REFUSED if run.error_count else ends.DONE


def generate(args: argparse.Namespace) -> int:
    """Draft one suggestion, or show what a model would be asked."""
    if args.print_prompt:
        return _print_prompt(args)
    with room.service() as service:
        product = service.generate(
            args.id, room.actor(), force=args.force, dry_run=args.dry_run, triggered_by="manual"
        )
    if args.json:
        as_json(_product(product))
    elif product.written:
        state = "needs a person's input" if product.needs_input else "drafted"
        say(f"{args.id}: {state}, revision {revision(product.snippet)}, {_cost(product.cost_usd)}")
    else:
        say(str(product.snippet["markdown_content"]))
        warn(f"Nothing was written (--dry-run), {_cost(product.cost_usd)}.")
    return ends.DONE


def _print_prompt(args: argparse.Namespace) -> int:
    with room.service() as service:
        prompt, instead = service.prompt(args.id)
        drafter = service.drafter
    if args.json:
        as_json(
            {
                "suggestionId": args.id,
                "promptVersion": prompt.version,
                "promptHash": sha256(prompt.text),
                "bytes": prompt.size,
                "templateInstead": instead,
                "system": prompt.system,
                "user": prompt.user,
                "schema": dict(prompt.schema),
            }
        )
        return ends.DONE
    say(prompt.text)
    warn(f"{prompt.version}, {prompt.size:,} bytes with the schema. No model was asked.")
    if instead:
        warn(f"For this suggestion a template would be written instead: {instead}.")
    elif drafter.provider == "offline":
        warn("The offline drafter is in use: it takes the same evidence and no prompt.")
    return ends.DONE


@contextmanager
def _cancelled_by_signal() -> Iterator[threading.Event]:
    """Let Ctrl-C end a batch after the drafts in work; a second one ends it at once."""
    cancel = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()
        warn("Stopping after the drafts in work; once more stops at once.")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield cancel
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _progress(progress: Progress) -> str:
    working = f", working on {', '.join(progress.working)}" if progress.working else ""
    return f"{len(progress.outcomes)} of {progress.total}{working}"


def _tell_run(run: RunSummary, *, json: bool) -> None:
    if json:
        as_json(RunAnswer.of(run).model_dump(mode="json", by_alias=True))
        return
    for outcome in run.suggestion_outcomes:
        if outcome.status is not OutcomeStatus.GENERATED:
            say(f"{outcome.suggestion_id}: {outcome.status}: {outcome.error_reason}")
    say(
        f"{run.run_id}: {run.picked_up_count} picked up, {run.generated_count} generated "
        f"({run.fallback_count} as templates, {run.needs_input_count} need input), "
        f"{run.skipped_count} skipped, {run.error_count} failed, "
        f"{run.processing_duration_ms / 1000:.1f} s, {_cost(run.cost_usd)}"
        + (", dry run: nothing was written" if run.dry_run else "")
    )


def _product(product: Product) -> dict[str, object]:
    return {
        "suggestionId": product.suggestion.suggestion_id,
        "status": "generated",
        "written": product.written,
        "costUsd": product.cost_usd,
        "runbook": product.snippet,
    }


def _cost(usd: float) -> str:
    return f"{usd:.4f} US$"
