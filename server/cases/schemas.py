"""Shapes of what is told about cases: one act of the phone, and the forms of the office's pages."""

from __future__ import annotations

from server.cases.rules import (
    ABOUT,
    LEVELS,
    MOST_OF_A_UNIT,
    OF_A_CASE,
    OF_LEAD,
    OF_OFFICE,
    OF_OTHERS,
    OTHER_TERMS,
    SOURCES,
)
from server.platform.fields import Choice, Day, Id, Text, Yes
from server.platform.worktime import UNITS
from server.records.schemas import Strict

WORDS_LENGTH = 500
ORDER_LENGTH, REFERENCE_LENGTH, PLACE_LENGTH = 80, 60, 200


class CaseVerified(Strict):
    """``cases.verify``: the grid's leader has looked: it is settled, or it is not."""

    case_id = Id(required=True)
    settled = Yes(required=True)
    words = Text(WORDS_LENGTH, load_default="")


class CaseForm(Strict):
    """A case is made of a record; ``given_day`` where the level's term is by plan or by order."""

    level = Choice(*OF_A_CASE, required=True)
    lead_unit = Id(load_default=None)
    grid_helps = Text(3, load_default="")
    given_day = Day(load_default=None)


class IntakeForm(Strict):
    """What came in without a record, from one of ``SOURCES``. ``about`` is declared: a complaint goes another way."""

    about = Choice(*ABOUT, required=True)
    source = Choice(*SOURCES, required=True)
    external_ref = Text(REFERENCE_LENGTH, load_default="")
    matter_code = Text(20, 1, required=True)
    grid_id = Id(required=True)
    place_words = Text(PLACE_LENGTH, load_default="")
    told_words = Text(WORDS_LENGTH, 1, required=True)
    level = Choice(*OF_A_CASE, required=True)
    given_day = Day(load_default=None)


class StepForm(Strict):
    """One step on the case's page, of the version shown. What else a step needs stands beside it, and is asked by the command."""

    step = Choice(*OF_OFFICE, *OF_LEAD, *OF_OTHERS, required=True)
    version = Text(9, 1, required=True)
    unit_id = Id(load_default=None)
    words = Text(WORDS_LENGTH, load_default="")
    given_day = Day(load_default=None)
    order_id = Id(load_default=None)
    order_no = Text(ORDER_LENGTH, load_default="")
    ordered_rectify_by = Day(load_default=None)


class LevelForm(Strict):
    """Another term of a level, from a day on."""

    level = Choice(*LEVELS, *OTHER_TERMS, required=True)
    unit = Choice(*UNITS, required=True)
    amount = Text(len(str(MOST_OF_A_UNIT)), load_default="")
    from_day = Day(required=True)
    document_no = Text(80, 1, required=True)


class Opening(Strict):
    """Which record a case is to be made of."""

    record = Id(load_default=None)
    page = Text(6, load_default="1")
