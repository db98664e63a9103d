"""Shapes of the correction request: as the phone sends it, and the office's answer."""

from __future__ import annotations

from marshmallow import Schema

from server.platform.fields import Choice, Day, Id, Text
from server.privacy.rules import (
    ABOUT,
    ANSWERS,
    CONSENT_FORMS,
    EVENT_KINDS,
    FIGURES,
    REQUEST_ANSWERS,
    REQUEST_KINDS,
    STEPS,
    SUBJECTS,
)
from server.records.schemas import Strict

WORDS_LENGTH = 500


class CorrectionAsked(Strict):
    """``corrections.ask``: about what, in a few words; ``record_id`` is a record of one's own."""

    id = Id(required=True)
    about = Choice(*ABOUT, required=True)
    record_id = Id(allow_none=True, load_default=None)
    words = Text(WORDS_LENGTH, shortest=1, required=True)


class CorrectionAnswer(Strict):
    """The form of the office's page."""

    answer = Choice(*ANSWERS, required=True)
    words = Text(WORDS_LENGTH, load_default="")


class FigureForm(Schema):
    """A figure of a county, with the document that says so."""

    name = Choice(*FIGURES, required=True)
    value = Text(6, 1, required=True)
    document_no = Text(80, 1, required=True)
    from_day = Day(required=True)


class RequestForm(Schema):
    """What somebody asks about their own data. ``door``: of their household, where there is one."""

    id = Id(required=True)
    kind = Choice(*REQUEST_KINDS, required=True)
    asker_name = Text(40, 1, required=True)
    asker_contact = Text(60, load_default="")
    door = Text(120, load_default="")
    grid_id = Id(load_default=None)
    words = Text(WORDS_LENGTH, 1, required=True)


class RequestAnswer(Schema):
    answer = Choice(*REQUEST_ANSWERS, required=True)
    words = Text(WORDS_LENGTH, load_default="")


class ConsentForm(Schema):
    """What was agreed to; ``object_id``: the number of the record."""

    id = Id(required=True)
    purpose = Text(20, 1, required=True)
    object_id = Id(required=True)
    given_by = Text(40, 1, required=True)
    words = Text(WORDS_LENGTH, 1, required=True)
    form = Choice(*CONSENT_FORMS, required=True)
    given_on = Day(required=True)


class EventForm(Schema):
    """An incident or a drill; the time is one of a day in China."""

    id = Id(required=True)
    kind = Choice(*EVENT_KINDS, required=True)
    title = Text(120, 1, required=True)
    found_day = Day(required=True)
    found_time = Text(5, 5, required=True)


class StepForm(Schema):
    step = Choice(*STEPS, required=True)
    words = Text(WORDS_LENGTH, load_default="")


class QuestionForm(Schema):
    """One of the auditor's questions, for a span of days."""

    kind = Choice(*SUBJECTS, load_default="person")
    subject = Text(120, 1, required=True)
    since = Day(required=True)
    until = Day(required=True)
