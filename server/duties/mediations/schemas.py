"""Wire shapes of mediations."""

from __future__ import annotations

from marshmallow import fields, validate

from server.duties.mediations.rules import OUTCOMES, PARTS, TOLD, UNSUITED
from server.platform.fields import Choice, Day, Id, Text, Yes
from server.records.schemas import NOTE_LENGTH, Envelope, Strict

MOST_PARTIES, NAME_LENGTH, PHONE_LENGTH = 10, 40, 20


class Party(Strict):
    """One party: a name, a telephone number if it is needed, and which side. Nothing else, no identity number."""

    id = Id(required=True)
    name = Text(NAME_LENGTH, required=True, shortest=1)
    phone = Text(PHONE_LENGTH, load_default="")
    part = Choice(*PARTS, required=True)


def _parties(**more: object) -> fields.List:
    return fields.List(fields.Nested(Party), validate=validate.Length(max=MOST_PARTIES), **more)  # type: ignore[arg-type]


def _unsuited(**more: object) -> fields.List:
    return fields.List(Choice(*UNSUITED), validate=validate.Length(max=len(UNSUITED)), **more)  # type: ignore[arg-type]


class MediationReport(Envelope):
    matter_code = Text(20, required=True, shortest=1)
    unsuited = _unsuited(load_default=list)
    parties = _parties(load_default=list)
    outcome = Choice(*OUTCOMES, allow_none=True, load_default=None)
    revisit_on = Day(allow_none=True, load_default=None)


class MediationCorrection(Strict):
    """What ``records.correct`` may change on a mediation; its steps stay as they were told."""

    unsuited = _unsuited()
    parties = _parties()
    outcome = Choice(*OUTCOMES, allow_none=True)
    note = Text(NOTE_LENGTH)
    revisit_on = Day(allow_none=True)


class StepTold(Strict):
    """``mediations.step``: another talk, the outcome, or a return visit."""

    id = Id(required=True)
    mediation_id = Id(required=True)
    words = Text(NOTE_LENGTH, load_default="")
    outcome = Choice(*(word for word in OUTCOMES if word != TOLD), allow_none=True, load_default=None)
    kept = Yes(allow_none=True, load_default=None)
    revisit_on = Day(allow_none=True, load_default=None)
