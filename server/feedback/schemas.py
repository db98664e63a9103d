"""Shapes of the forms: the public one, the office's and the staff's, and the steps."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, ValidationError, validates_schema

from server.feedback.rules import ABOUT, COUNTER, FORMS, KINDS, OUTCOMES, SILENCE, TELEPHONE
from server.platform.fields import Choice, Id, Text
from server.records.schemas import Strict

WORDS, NAME, PHONE, ANSWER, STAMP = 2_000, 80, 40, 1_000, 120


class Said(Strict):
    """What every form asks: what it is, about whom, where, in which words; and who says it, if they like."""

    kind = Choice(*KINDS, required=True)
    about = Choice(*ABOUT, required=True)
    grid_id = Id(load_default=None)
    who = Text(NAME, load_default="")
    words = Text(WORDS, shortest=1, required=True)
    name = Text(NAME, load_default="")
    phone = Text(PHONE, load_default="")


class PublicForm(Said):
    """Of anybody. Fields that a browser or a program adds are let be: nobody is locked out by them."""

    class Meta:
        unknown = EXCLUDE

    town = Id(required=True)


class TakenForm(Said):
    """Written down at a telephone or counter; ``stamp`` is the form's own."""

    stamp = Text(STAMP, required=True)
    town = Id(required=True)
    channel = Choice(TELEPHONE, COUNTER, required=True)


class StaffForm(Said):
    """Of somebody who is signed in; ``signed`` keeps their name with it, else it is anonymous like any other."""

    class Meta:
        unknown = EXCLUDE

    stamp = Text(STAMP, required=True)
    signed = Choice("yes", load_default=None)


class AcceptForm(Strict):
    handler_id = Id(required=True)


class NameForm(Strict):
    person_id = Id(required=True)


class WordsForm(Strict):
    """Why it goes up, or a note for the file."""

    words = Text(ANSWER, shortest=1, required=True)


class SettleForm(Strict):
    """The outcome; ``facts`` is what the person meant reads where it is unfounded or partly so."""

    outcome = Choice(*OUTCOMES, required=True)
    answer = Text(ANSWER, load_default="")
    facts = Text(ANSWER, load_default="")


class ClarifyForm(Strict):
    clarification_id = Id(required=True)
    form = Choice(*FORMS, SILENCE, required=True)
    circle = Text(200, load_default="")
    words = Text(ANSWER, load_default="")


class HeardForm(Strict):
    """The person meant speaks, or only says that nothing is to be made known."""

    words = Text(ANSWER, load_default="")
    silence = Choice("yes", load_default=None)

    @validates_schema
    def says_something(self, told: dict[str, Any], **_kwargs: Any) -> None:
        if not told.get("words") and told.get("silence") is None:
            raise ValidationError("too_short", "words")


class DaysForm(Strict):
    """The county's days under Art. 14, as digits, with the number of its document."""

    accept_days = Text(4, shortest=1, required=True)
    handle_days = Text(4, shortest=1, required=True)
    hearing_days = Text(4, shortest=1, required=True)
    keep_days = Text(4, shortest=1, required=True)
    document_no = Text(80, shortest=1, required=True)
