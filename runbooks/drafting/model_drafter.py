"""Drafts with a language model: prompt, call, read the answer, ask once more if it is no use."""

import time
from dataclasses import replace
from typing import assert_never

from runbooks.drafting.answers import (
    RunbookAnswer,
    StepAnswer,
    Unusable,
    WholeAnswer,
    read_answer,
)
from runbooks.drafting.budget import BudgetSpent
from runbooks.drafting.catalogue import Catalogue, built_in
from runbooks.drafting.composer import severity_word, variables_of
from runbooks.drafting.facts import gather
from runbooks.drafting.model import Finish, Model, ModelError, Prompt, Reply, Terms
from runbooks.drafting.names import known
from runbooks.drafting.port import DraftAnswer, DraftRequest, Evidence
from runbooks.drafting.prompt import build_prompt
from runbooks.drafting.remedies import escalation
from runbooks.errors import BudgetExceeded, DeadlineExceeded, DraftingFailed
from runbooks.markdown.escaping import as_paragraph
from runbooks.markdown.outline import RunbookParts, Step, compose
from runbooks.models import GeneratorMeta
from runbooks.redaction import redact
from runbooks.revision import iso, sha256

_EXCERPT = 500


class ModelDrafter:
    """A drafter around any model; the text it gives is still to be redacted and judged."""

    def __init__(
        self, model: Model, temperature: float | None, catalogue: Catalogue | None = None
    ) -> None:
        self.provider = model.provider
        self.model = model.name
        self._model = model
        self._temperature = temperature
        self._catalogue = catalogue or built_in()

    def draft(self, request: DraftRequest) -> DraftAnswer:
        """Ask the model for a runbook; raise DraftingFailed, DeadlineExceeded, BudgetExceeded."""
        started = time.monotonic()
        terms = Terms(until=started + request.seconds, purse=request.purse)
        prompt = self.prompt(request.evidence)
        reply, answer = self._ask(request, prompt, terms)
        markdown = _markdown(answer, request, self._catalogue)
        meta = GeneratorMeta(
            model=self.model,
            provider=self.provider,
            model_version=reply.model_version,
            temperature=self._temperature,
            prompt_hash=sha256(prompt.text),
            prompt_version=prompt.version,
            response_sha256=sha256(reply.text),
            input_tokens=terms.input_tokens,
            output_tokens=terms.output_tokens,
            cost_usd=round(terms.cost_usd, 9),
            latency_ms=round((time.monotonic() - started) * 1000, 1),
            attempts=terms.attempts,
        )
        return DraftAnswer(markdown, _rationale(answer, request.evidence, self.model), meta)

    def prompt(self, evidence: Evidence) -> Prompt:
        """Give the prompt of a suggestion, as it would be sent."""
        return build_prompt(evidence, self._catalogue)

    def check(self) -> str:
        """Say what answers; raise DraftingFailed."""
        try:
            return self._model.check()
        except ModelError as error:
            raise DraftingFailed(
                self.provider, "vertex_error", status=error.status, excerpt=error.problem
            ) from None

    def _ask(
        self, request: DraftRequest, prompt: Prompt, terms: Terms
    ) -> tuple[Reply, RunbookAnswer | WholeAnswer]:
        """Ask, and ask once more when the answer is no use (CONTRACT R13)."""
        reply = self._call(request, prompt, terms)
        try:
            return reply, read_answer(reply.text)
        except Unusable as first:
            again = self._call(request, _repair(prompt, reply, first), terms)
        try:
            return again, read_answer(again.text, mend=True)
        except Unusable as second:
            raise DraftingFailed(
                self.provider,
                second.kind,
                response_sha256=sha256(again.text),
                excerpt=redact(again.text[: 4 * _EXCERPT])[:_EXCERPT],
            ) from None

    def _call(self, request: DraftRequest, prompt: Prompt, terms: Terms) -> Reply:
        """Call once, with the errors of a call turned into those of a drafter."""
        sid = request.evidence.suggestion.suggestion_id
        try:
            reply = self._model.complete(prompt, terms)
        except BudgetSpent as spent:
            raise BudgetExceeded(
                sid, spent.needed_usd, spent.left_usd, of_run=spent.scope == "run"
            ) from None
        except ModelError as error:
            if error.timed_out:
                raise DeadlineExceeded(self.provider, request.seconds) from None
            raise DraftingFailed(
                self.provider,
                "vertex_error" if error.status else "unknown",
                status=error.status,
                retry_after=error.retry_after,
                excerpt=error.problem,
            ) from None
        if reply.finish is Finish.BLOCKED:
            raise DraftingFailed(self.provider, "vertex_error", excerpt="the answer was blocked")
        return reply


def _repair(prompt: Prompt, reply: Reply, problem: Unusable) -> Prompt:
    """Ask again, saying what was wrong; the unusable answer is not sent back."""
    why = "it broke off" if reply.finish is Finish.LENGTH else problem.problem
    more = (
        f"\n\nYour last answer could not be used: {why}. Answer again with one complete JSON"
        " object of the schema and nothing else. Be shorter."
    )
    return replace(prompt, user=prompt.user + more)


def _markdown(
    answer: RunbookAnswer | WholeAnswer, request: DraftRequest, catalogue: Catalogue
) -> str:
    match answer:
        case WholeAnswer():
            return answer.markdown_content
        case RunbookAnswer():
            return compose(_parts(answer, request, catalogue))
        case _:
            assert_never(answer)


def _parts(answer: RunbookAnswer, request: DraftRequest, catalogue: Catalogue) -> RunbookParts:
    """Fill the template: words from the model, ids, severity and contacts from us."""
    evidence = request.evidence
    names = known(evidence, gather(evidence))
    when, who, threshold = escalation(evidence, (), names.words)
    steps = (*answer.diagnosis, *answer.mitigation)
    return RunbookParts(
        title=answer.title,
        source_incident=evidence.canonical_trace_id or "unknown",
        severity=severity_word(evidence),
        generated=iso(request.now),
        summary=as_paragraph(answer.summary),
        symptoms=tuple(as_paragraph(line) for line in answer.symptoms if line.strip()),
        diagnosis=_steps(answer.diagnosis),
        mitigation=_steps(answer.mitigation),
        fix=tuple(Step(title=as_paragraph(x)) for x in answer.root_cause_fix if x.strip()),
        escalation_when=when,
        escalation_who=who,
        escalation_threshold=threshold,
        owner=evidence.row.owner,
        variables=variables_of(catalogue, names, [step.command for step in steps]),
    )


def _steps(answers: tuple[StepAnswer, ...]) -> tuple[Step, ...]:
    return tuple(
        Step(
            title=as_paragraph(step.title),
            command=step.command.strip() or None,
            language=step.language if step.language.isalnum() else "sh",
            expect=as_paragraph(step.expect) or None,
            then=as_paragraph(step.otherwise) or None,
        )
        for step in answers
        if step.title.strip() or step.command.strip()
    )


def _rationale(answer: RunbookAnswer | WholeAnswer, evidence: Evidence, model: str) -> str:
    """Give the model's reasons, with the source trace named whether it did so or not."""
    said = answer.rationale.strip() or "The model gave no reasons."
    trace = evidence.canonical_trace_id
    named = "" if not trace or trace in said else f" Source trace: {trace}."
    return f"{said}{named} Drafted by {model}."
