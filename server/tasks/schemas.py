"""Shapes of what is told about tasks."""

from __future__ import annotations

from marshmallow import fields

from server.platform.fields import Choice, Day, Id, Text, Whole
from server.records.schemas import Strict
from server.tasks.rules import ALL_WORKERS, CHOSEN, HAND_BACK_REASONS, NOT_UPHELD, RECEIVER_ROLES, UPHELD

WORDS_LENGTH = 500


class TaskAssigned(Strict):
    """``tasks.assign``: one task for one person; what is asked stands in ``words``."""

    id = Id(required=True)
    grid_id = Id(required=True)
    person_id = Id(required=True)
    matter_code = Text(20, 1, required=True)
    words = Text(WORDS_LENGTH, 1, required=True)
    due_day = Day(required=True)


class TaskNamed(Strict):
    """``tasks.accept``, ``tasks.withdraw``"""

    task_id = Id(required=True)


class TaskDone(TaskNamed):
    """``tasks.finish``: the record that proves it, the person's own and of the same grid."""

    record_id = Id(required=True)


class TaskHandedBack(TaskNamed):
    """``tasks.hand_back`` (做不了，退回): no refusal, no judgement."""

    reason = Choice(*HAND_BACK_REASONS, required=True)
    words = Text(WORDS_LENGTH, load_default="")


class TaskDay(TaskNamed):
    """``tasks.ask_time`` by the worker, ``tasks.set_due`` by who may assign."""

    due_day = Day(required=True)


class TaskRefused(TaskNamed):
    """``tasks.refuse``: the ground is an item of Art. 12; words may follow later, or never."""

    id = Id(required=True)
    ground = Whole(1, 3, required=True)


class RefusalWords(Strict):
    """``refusals.say``: what the person wants to add; ``refusals.take_back`` names the refusal alone."""

    id = Id(required=True)
    words = Text(WORDS_LENGTH, required=True)


class RefusalNamed(Strict):
    id = Id(required=True)


class TasksGiven(Strict):
    """The office's form: to people chosen (``grid:person``), to a role, or to all workers of a place; a task each."""

    id = Id(required=True)
    place = Id(required=True)
    to = Choice(CHOSEN, ALL_WORKERS, *RECEIVER_ROLES, required=True)
    receiver = fields.List(Text(80), load_default=list)
    matter_code = Text(20, 1, required=True)
    words = Text(WORDS_LENGTH, 1, required=True)
    due_day = Day(required=True)
    since = Day(load_default=None)  # only of what the page showed beside the form
    urgent_why = Text(200, load_default="")  # of a matter of level L0: rings at once, for this reason
    request_id = Id(load_default=None)  # the department's request that it sends on


class TaskDecided(Strict):
    """The office's form on one task, of the version it showed."""

    decision = Choice("withdraw", "set_due", required=True)
    version = fields.Integer(required=True)
    due_day = Day(load_default=None)


class RequestMade(Strict):
    """The form of a department: what it asks for, where, by when, and which figures."""

    id = Id(required=True)
    matter_code = Text(20, 1, required=True)
    area_unit = Id(required=True)
    words = Text(WORDS_LENGTH, 1, required=True)
    figures = Text(WORDS_LENGTH, load_default="")
    wanted_day = Day(required=True)


class RequestAnswered(Strict):
    """The form of town or county; sending on is the form of tasks."""

    decision = Choice("merge", "decline", required=True)
    into = Id(load_default=None)
    words = Text(WORDS_LENGTH, load_default="")


class Ruling(Strict):
    """The form of the office's page; ``due_day`` is the fresh deadline of a refusal that is not upheld."""

    ruling = Choice(UPHELD, NOT_UPHELD, required=True)
    words = Text(WORDS_LENGTH, load_default="")
    due_day = Day(load_default=None)
