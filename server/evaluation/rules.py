"""Pure decisions of the evaluation room: periods, windows, who may object and who may answer, what a rater may mark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from server.kernel.outcome import ALLOWED, Refused, Verdict

MONTHS_OF = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
COMPUTING, OPEN, CLOSED = "computing", "open", "closed"
DRAFT, PUBLISHED, RETIRED = "draft", "published", "retired"
REASONS = ("miscounted", "not_mine", "no_opportunity", "late_by_others", "mark", "other")
ACCEPTED, KEPT = OUTCOMES = ("accepted", "kept")
FIRST, AGAIN = 1, 2
SMALLEST_UNIT = 5  # people behind an average that anybody sees
GRADE, QUOTA, VETO, STREAK = PROPOSALS = ("grade", "quota", "veto", "streak")
TAKEN, DECLINED = DECISIONS = ("taken", "declined")


@dataclass(frozen=True)
class Period:
    """``from_day`` counts, ``to_day`` does not. ``label``: ``2026-10``, ``2026-Q4``, ``2026-H2`` or ``2026``."""

    label: str
    from_day: date
    to_day: date


def period_of(kind: str, day: date) -> Period:
    """The month, quarter, half-year or year that a day lies in."""
    months = MONTHS_OF[kind]
    first = (day.month - 1) // months * months + 1
    end = day.year * 12 + first - 1 + months
    number = (first - 1) // months + 1
    label = {
        "month": f"{day.year}-{day.month:02d}",
        "quarter": f"{day.year}-Q{number}",
        "half_year": f"{day.year}-H{number}",
        "year": str(day.year),
    }[kind]
    return Period(label, date(day.year, first, 1), date(end // 12, end % 12 + 1, 1))


def period_before(kind: str, day: date) -> Period:
    """The last period that was over before a day."""
    return period_of(kind, period_of(kind, day).from_day - timedelta(days=1))


def covers(valid_from: date, valid_to: date | None, period: Period) -> bool:
    """Old periods keep their set: the one in force on the period's first day."""
    return valid_from <= period.from_day and (valid_to is None or valid_to >= period.from_day)


def is_over(period: Period, today: date, run_after_days: int) -> Verdict:
    """``period_open`` until the period is over and phones without a network have had their days to come by."""
    return ALLOWED if today >= period.to_day + timedelta(days=run_after_days) else Refused("period_open")


def may_publish(*, state: str, refused: Iterable[str]) -> Verdict:
    """Once, with nothing that the linter refuses; an issuer of Art. 19 that is missing is said apart. ``refused``: its codes."""
    codes = list(refused)
    if state != DRAFT:
        return Refused("rule_set_frozen")
    if any(code.startswith("issuer_missing") for code in codes):
        return Refused("references_lacking")
    return Refused("rule_set_refused") if codes else ALLOWED


def may_begin(valid_from: date, ran_until: Iterable[date], now_running: Iterable[date]) -> Verdict:
    """``rule_set_backdated`` in a period that was run, or before the one that runs now where other rules apply already.

    ``ran_until``: the days after runs of the same people; ``now_running``: first days of their periods that are under way.
    """
    earliest = max((*ran_until, *now_running), default=valid_from)
    return ALLOWED if valid_from >= earliest else Refused("rule_set_backdated")


@dataclass(frozen=True)
class Before:
    """An objection to the same line that was there before; ``answered_on`` None while it is open."""

    stage: int
    outcome: str | None
    answered_on: date | None


def next_stage(before: Sequence[Before], made_on: date, object_until: date, again_until: date | None) -> int | Refused:
    """1 within the window; 2, to the county, once the first was kept and within its own days. Made in time counts as in time."""
    if not before:
        return FIRST if made_on <= object_until else Refused("window_over")
    last = max(before, key=lambda one: one.stage)
    if last.outcome is None:
        return Refused("objection_open")
    if last.outcome == ACCEPTED or last.stage == AGAIN:
        return Refused("already_decided")
    return AGAIN if again_until is not None and made_on <= again_until else Refused("window_over")


@dataclass(frozen=True)
class Involved:
    """Who may not answer an objection: whoever gave the mark (entered the fact, opened or decided the finding), returned a
    record of the line, signed the sheet, led a grid of the person, answered before, or is the person."""

    raters: frozenset[UUID] = frozenset()
    returners: frozenset[UUID] = frozenset()
    signer: UUID | None = None
    leaders: frozenset[UUID] = frozenset()
    answered_before: frozenset[UUID] = frozenset()
    person: UUID | None = None

    def holds(self, person_id: UUID) -> bool:
        named = self.raters | self.returners | self.leaders | self.answered_before
        return person_id in named or person_id in (self.signer, self.person)


def may_answer(by: UUID, involved: Involved, *, outcome: str | None, words: str) -> Verdict:
    """``not_impartial`` for whoever is involved; once; with reasons."""
    if involved.holds(by):
        return Refused("not_impartial")
    if outcome is not None:
        return Refused("already_decided")
    return ALLOWED if words else Refused("invalid", {"fields": ["words"]})


def may_say_more(outcome: str | None, made_on: date, until: date) -> Verdict:
    """Words may follow until the window ends and while nobody has answered."""
    if outcome is not None:
        return Refused("already_decided")
    return ALLOWED if made_on <= until else Refused("window_over")


def mark_fits(mark: Fraction, most: Fraction, reason: str) -> Verdict:
    """From nothing to the rater's most, with a written reason."""
    if not 0 <= mark <= most:
        return Refused("mark_too_high")
    return ALLOWED if reason else Refused("invalid", {"fields": ["reason"]})


def may_leave(state: str) -> Verdict:
    """No export, grade, proposal or merit badge before the window to object has closed."""
    return ALLOWED if state == CLOSED else Refused("window_open")


def shown_average(totals: Iterable[Fraction]) -> Fraction | None:
    """The unit's average, only where at least five people stand behind it."""
    found = list(totals)
    return sum(found, Fraction(0)) / len(found) if len(found) >= SMALLEST_UNIT else None
