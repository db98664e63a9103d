"""What is known of one person in one period: rows, each with its source, that a rule set may count. Dataclasses only.

The same shape is the facts file of ``flask evaluate`` and what a phone downloads to recompute its sheet; it is described in
``docs/evaluation_facts.md`` and, for machines, in ``facts.schema.json``. Every number is a decimal string.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter
from typing import Any

FACTS_FORMAT = "gridwalk/facts/1"

OUTCOMES = ("met", "pending", "unmet", "neutral")
"""``pending`` waits for review or for a decision and counts as met until decided; ``neutral`` never counts, see ``REASONS``."""

REASONS = (
    "refused",  # Art. 12: while open and when upheld
    "handed_back",  # 做不了，退回
    "taken_back",  # the assigner took the task back
    "dispute_upheld",  # a return of the record that was disputed with success
    "leave",
    "sickness",
    "training",
    "emergency_duty",
    "not_in_post",
    "not_yet_due",
    "held_by_other",  # the clock ran for another party
    "known_loss",  # the platform lost it, or a phone did and said so
    "nobody_there",  # due, tried, and not possible
    "no_document",  # a complaint or a mark without what it needs
)
"""Why a row is neutral, i.e. stands in neither numerator nor denominator; it is still listed on the sheet."""

UNITS = ("clock_hours", "working_hours", "working_days")
CHECKS = ("ok", "bad")
PERIOD_TYPES = ("month", "quarter", "half_year", "year")


@dataclass(frozen=True, slots=True)
class FactName:
    """One name that ``fact`` of an indicator may have. ``app``: comes from records of this app; ``influence``: the worker can
    change it by working well; ``made``: the platform makes its rows today, else only a facts file brings them."""

    name: str
    app: bool
    influence: bool = True
    made: bool = True


KNOWN_FACTS = {
    fact.name: fact
    for fact in (
        FactName("visits_due", app=True),  # one row a due visit (also of the quarter's round); category = matter code
        FactName("patrol_points_due", app=True),  # one row a check point and turn that was due
        FactName("publicity_due", app=True),  # one row a session that was asked for
        FactName("relooks_due", app=True),  # one row a promised re-look at a hazard, with took and allowed
        FactName("hazards", app=True),  # one row a hazard found; check = confirmed by the sample or by the department
        FactName("records", app=True),  # one row a record of any duty drawn for the check of data; check = result
        FactName("tasks", app=True),  # one row a task; took and allowed; level
        FactName("cases", app=True),  # one row a case of the loop as the office held it; took and allowed; level
        FactName("reports", app=True),  # one row a report; check = accepted as valid by who received it
        FactName("mediations", app=True),  # met = settled or rightly referred; check = held at the return visit
        FactName("mediation_followups_due", app=True),
        FactName("information_due", app=True),  # details to be looked at again, as asked for
        FactName("emergency_checkins", app=True, made=False),  # never made: a call-out counts for nothing
        FactName("return_visits", app=False),  # one row a return visit; value = mark; drawn = by lot
        FactName("trainings", app=False),  # category = course; met = passed
        FactName(
            "findings", app=False
        ),  # unmet, with the number of its document; category = item of Art. 13, 13.1 … 13.5
        FactName("adoptions", app=False),  # Art. 22: level, subject, approver, evidence
        FactName("marks", app=False),  # category = code of the indicator; value, rater, reason
        FactName(
            "incidents_in_area", app=False, influence=False, made=False
        ),  # what happened in the grid, whoever did it
        FactName(
            "complaints", app=False, influence=False
        ),  # for reading: alone it has no effect, and no set may score it
    )
}
"""Facts that the product makes by itself. ``external.<name>`` is a fact brought from outside with its source, first-class."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fact with its source row. ``(kind, id)`` is unique within its fact."""

    kind: str
    id: str
    on: str
    outcome: str = "met"
    why: str | None = None
    category: str | None = None
    level: str | None = None
    took: Mapping[str, str] | None = None
    allowed: str | None = None
    allowed_unit: str | None = None
    check: str | None = None
    value: str | None = None
    rater: str | None = None
    reason: str | None = None
    drawn: bool = False
    finding: str | None = None
    approver: str | None = None
    evidence: str | None = None
    subject: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As in the file: what is absent is left out."""
        return {k: v for k, v in zip(ROW_KEYS, _values(self), strict=True) if v is not None and v is not False}


ROW_KEYS = tuple(Row.__dataclass_fields__)
_values = attrgetter(*ROW_KEYS)


@dataclass(frozen=True, slots=True)
class Period:
    """Two local dates, both included; type is one of ``PERIOD_TYPES``."""

    type: str
    start: str
    end: str

    def as_json(self) -> dict[str, str]:
        return {"type": self.type, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class PastGrade:
    """The grade of an earlier period, for ``streak``."""

    start: str
    end: str
    grade: str

    def as_json(self) -> dict[str, str]:
        return {"start": self.start, "end": self.end, "grade": self.grade}


@dataclass(frozen=True, slots=True)
class Facts:
    """One person, one period. ``days_present`` of ``days_due``: working days in post, without leave, training and sickness."""

    person: str
    role: str
    period: Period
    days_due: str
    days_present: str
    facts: Mapping[str, Sequence[Row]]
    area_kind: str | None = None
    history: Sequence[PastGrade] = field(default_factory=tuple)
    disputed: Sequence[str] = field(default_factory=tuple)

    def as_json(self) -> dict[str, Any]:
        """As in the file and as hashed: rows by kind and id, empty facts left out, so that no order and no gap can matter."""
        person = {"id": self.person, "role": self.role}
        if self.area_kind is not None:
            person["area_kind"] = self.area_kind
        return {
            "format": FACTS_FORMAT,
            "person": person,
            "period": self.period.as_json(),
            "days": {"due": self.days_due, "present": self.days_present},
            "facts": {
                name: [row.as_json() for row in sorted(rows, key=source_of)]
                for name, rows in self.facts.items()
                if rows
            },
            "history": [past.as_json() for past in sorted(self.history, key=began)],
            "disputed": sorted(self.disputed),
        }


def began(past: PastGrade) -> tuple[str, str, str]:
    """The order of earlier periods."""
    return past.start, past.end, past.grade


def source_of(row: Row) -> tuple[str, str]:
    """What a row is told apart by, and the order in which rows are listed."""
    return row.kind, row.id


def decimal_string(value: int | Decimal | Fraction, places: int = 6) -> str:
    """A number as facts carry it: no exponent, no idle zeros; a fraction is rounded half up to ``places``."""
    scaled = Fraction(value) * 10**places
    whole = (2 * abs(scaled).numerator + scaled.denominator) // (2 * scaled.denominator)
    digits = str(whole).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".") if places else digits
    return f"-{text}" if scaled < 0 and whole else text
