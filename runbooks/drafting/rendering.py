"""A model's answer as a runbook of our template: words from the model, the rest from us.

Ids, severity, date, owner and escalation come from the evidence and the services file alone, also
when the model sent a finished text (CONTRACT §4, R12).
"""

from typing import assert_never

from runbooks.drafting.answers import RunbookAnswer, StepAnswer, WholeAnswer
from runbooks.drafting.catalogue import Catalogue
from runbooks.drafting.composer import severity_word, variables_of
from runbooks.drafting.facts import Facts
from runbooks.drafting.names import known
from runbooks.drafting.port import DraftRequest
from runbooks.drafting.remedies import escalation
from runbooks.markdown.escaping import as_paragraph
from runbooks.markdown.outline import SECTIONS, RunbookParts, Step, compose, parse
from runbooks.revision import iso

_ESCALATION = SECTIONS[-1]


def render(
    answer: RunbookAnswer | WholeAnswer, request: DraftRequest, facts: Facts, catalogue: Catalogue
) -> str:
    """Give the runbook as Markdown; sections that the model left out of a whole text stay out."""
    match answer:
        case WholeAnswer():
            return _around(answer, _parts(_nothing(answer), request, facts, catalogue))
        case RunbookAnswer():
            return compose(_parts(answer, request, facts, catalogue))
        case _:
            assert_never(answer)


def rationale(answer: RunbookAnswer | WholeAnswer, trace_id: str, model: str) -> str:
    """Give the model's reasons, with the source trace named whether it did so or not."""
    said = answer.rationale.strip() or "The model gave no reasons."
    named = "" if not trace_id or trace_id in said else f" Source trace: {trace_id}."
    return f"{said}{named} Drafted by {model}."


def _parts(
    answer: RunbookAnswer, request: DraftRequest, facts: Facts, catalogue: Catalogue
) -> RunbookParts:
    evidence = request.evidence
    names = known(evidence, facts)
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


def _nothing(answer: WholeAnswer) -> RunbookAnswer:
    """Give an answer that has a title alone; its sections are filled from the whole text."""
    title = answer.title.strip() or parse(answer.markdown_content).title or "Unnamed failure"
    return RunbookAnswer(
        title=title[:300],
        summary="-",
        symptoms=(),
        diagnosis=(),
        mitigation=(),
        root_cause_fix=(),
    )


def _around(answer: WholeAnswer, parts: RunbookParts) -> str:
    """Put our head and our escalation around the sections of a finished text."""
    frame = compose(parts)
    head = frame[: frame.index(f"\n## {SECTIONS[0]}\n")]
    tail = frame[frame.index(f"\n## {_ESCALATION}\n") :]
    outline = parse(answer.markdown_content)
    told = [name for name in SECTIONS[:-1] if name in outline.sections]
    bodies = [f"\n## {name}\n\n{outline.sections[name].strip()}\n" for name in told]
    return "".join([head, *bodies, tail])
