"""Shapes of what is told about cases: one act of the phone, and the forms of the office's pages."""

from __future__ import annotations

from server.cases.rules import LEVELS, MOST_OF_A_UNIT, OF_A_CASE, STATES
from server.platform.fields import Choice, Day, Id, Text, Yes
from server.platform.worktime import UNITS
from server.records.schemas import Strict

WORDS_LENGTH = 500


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


class StepForm(Strict):
    """One step on the case's page, of the version shown."""

    step = Choice("assigned", "helper_added", "arrived", "suspended", "resumed", "reported", "closed", required=True)
    version = Text(9, 1, required=True)
    unit_id = Id(load_default=None)
    words = Text(WORDS_LENGTH, load_default="")


class LevelForm(Strict):
    """Another term of a level, from a day on."""

    level = Choice(*LEVELS, required=True)
    unit = Choice(*UNITS, required=True)
    amount = Text(len(str(MOST_OF_A_UNIT)), load_default="")
    from_day = Day(required=True)
    document_no = Text(80, 1, required=True)


class CaseFilter(Strict):
    """What the list of cases is narrowed to."""

    state = Choice(*STATES, load_default=None)
    level = Choice(*OF_A_CASE, load_default=None)
    lead_unit = Id(load_default=None)
    page = Text(6, load_default="1")


class Opening(Strict):
    """Which record a case is to be made of."""

    record = Id(load_default=None)
    page = Text(6, load_default="1")
