"""Shapes of the forms about findings and holds."""

from __future__ import annotations

from server.findings.rules import DECISIONS, HELD_KINDS
from server.platform.fields import Choice, Day, Id, Text
from server.records.schemas import Strict

WORDS_LENGTH, DOCUMENT_LENGTH = 2_000, 80


class FindingForm(Strict):
    """Opening one: whom, on which ground of Art. 13, what happened on which day; ``id`` is the form's own."""

    id = Id(required=True)
    person_id = Id(required=True)
    ground = Choice("1", "2", "3", "4", "5", required=True)
    happened_on = Day(required=True)
    words = Text(WORDS_LENGTH, shortest=1, required=True)
    feedback_id = Id(load_default=None)


class EvidenceForm(Strict):
    """One piece of evidence; ``record_id`` names a record of the person's own."""

    words = Text(WORDS_LENGTH, shortest=1, required=True)
    record_id = Id(load_default=None)


class HearingForm(Strict):
    """What the person concerned says."""

    words = Text(WORDS_LENGTH, shortest=1, required=True)


class DecisionForm(Strict):
    """The decision, in words, with the number of the document that it stands in."""

    decision = Choice(*DECISIONS, required=True)
    document_no = Text(DOCUMENT_LENGTH, load_default="")
    words = Text(WORDS_LENGTH, shortest=1, required=True)


class HoldForm(Strict):
    """What is held, why, under which document."""

    kind = Choice(*HELD_KINDS, required=True)
    object_id = Id(required=True)
    finding_id = Id(load_default=None)
    reason = Text(500, shortest=1, required=True)
    document_no = Text(DOCUMENT_LENGTH, shortest=1, required=True)


class LiftForm(Strict):
    """The document that lifts a hold."""

    document_no = Text(DOCUMENT_LENGTH, shortest=1, required=True)
