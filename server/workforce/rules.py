"""Pure decisions of the workforce room: which covers are lacking and who owes them, who is trained for what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from server.kernel.outcome import ALLOWED, Refused, Verdict

SOCIAL = ("pension", "medical", "unemployment", "work_injury", "maternity", "housing_fund")  # Art. 19, second paragraph
ACCIDENT = "accident"  # Art. 19, third paragraph: taken out by the town or subdistrict
COVERS = (*SOCIAL, ACCIDENT)
COVERED, ENDING, LACKING = "covered", "ending", "lacking"
TOWN, COUNTY = OWNERS = ("town", "county")
COURSE, MEETING = COURSE_KINDS = ("course", "meeting")
PERSON, UNIT, RESIDENT = OF_WHAT = ("person", "unit", "resident")
GRANTED, DECLINED = DECISIONS = ("granted", "declined")
HELPER_KINDS = ("volunteer", "organisation")
MOST_WARN_DAYS = 366
SPLIT = re.compile("[;；]")
SEPARATOR, MARK, MOST_MARK = re.compile("[,，]"), re.compile("[0-9]{1,3}"), 100


@dataclass(frozen=True)
class CoverRules:
    """A county's document on covers: who owes the social insurances and the fund, how many days before an end it warns.

    Art. 19 names the town for the accident insurance and nobody for the rest: without a document the competent department
    of the county is told, and only of what is lacking.
    """

    social_owner: str = COUNTY
    warn_days: int = 0
    document_no: str | None = None


@dataclass(frozen=True)
class Span:
    """Half-open days of one cover."""

    kind: str
    from_day: date
    to_day: date | None


@dataclass(frozen=True)
class State:
    """One cover of one worker on a day; ``last_day`` of what is there, if it ends."""

    kind: str
    state: str
    last_day: date | None = None


def states_of(spans: Iterable[Span], today: date, warn_days: int) -> tuple[State, ...]:
    """The seven covers of one worker. A cover that follows without a gap carries on the one before."""
    by_kind: dict[str, list[Span]] = {kind: [] for kind in COVERS}
    for span in spans:
        by_kind[span.kind].append(span)
    return tuple(_state(kind, by_kind[kind], today, warn_days) for kind in COVERS)


def _state(kind: str, spans: Sequence[Span], today: date, warn_days: int) -> State:
    end: date | None = today
    for span in sorted(spans, key=lambda one: one.from_day):
        if end is not None and span.from_day <= end and (span.to_day is None or span.to_day > end):
            end = span.to_day
    if end == today:
        return State(kind, LACKING)
    if end is None:
        return State(kind, COVERED)
    last_day = end - timedelta(days=1)
    return State(kind, ENDING if (last_day - today).days < warn_days else COVERED, last_day)


def owner_of(kind: str, rules: CoverRules) -> str:
    """Who owes a cover: ``town`` or ``county``."""
    return TOWN if kind == ACCIDENT else rules.social_owner


def cover_may_be(kind: str, from_day: date, to_day: date | None) -> Verdict:
    """The accident insurance has a term; days are in order. ``invalid``."""
    if to_day is None:
        return Refused("invalid", {"fields": ["last_day"]}) if kind == ACCIDENT else ALLOWED
    return ALLOWED if from_day < to_day else Refused("invalid", {"fields": ["last_day"]})


def topics_of(training: str | None) -> tuple[str, ...]:
    """The courses that a matter asks for, as the list writes them: ``个人信息保护;民政救助政策``."""
    return tuple(topic for part in SPLIT.split(training or "") if (topic := part.strip()))


def passes(pass_mark: int | None, mark: int | None) -> bool:
    """Whether attendance counts: with a test, from its pass mark on."""
    return pass_mark is None or (mark is not None and mark >= pass_mark)


def untrained(wanted: Sequence[str], held: Iterable[tuple[str, date, date | None]], day: date) -> tuple[str, ...]:
    """Topics that nobody can show for this person on the day. ``held``: topic, first day, last day or none."""
    valid = {topic for topic, first, last in held if first <= day and (last is None or day <= last)}
    return tuple(topic for topic in wanted if topic not in valid)


def training_lets(data_class: str, missing: Sequence[str], is_required: bool) -> Verdict:
    """What lacks training is warned of; for class S it is refused where the county's document says so."""
    if missing and data_class == "S" and is_required:
        return Refused("training_lacking", {"topics": list(missing)})
    return ALLOWED


def attendance_of(text: str) -> tuple[list[tuple[int, str, int | None]], list[int]]:
    """One line a person: account name, and the mark of the test if there was one.

    Returns (line number, account name, mark) of each line that can be read, and the numbers of those that cannot.
    """
    found: list[tuple[int, str, int | None]] = []
    faulty = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = SEPARATOR.sub(" ", line).split()
        mark = int(words[1]) if len(words) == 2 and MARK.fullmatch(words[1]) else None
        if len(words) == 1 or (mark is not None and mark <= MOST_MARK):
            found.append((number, words[0], mark))
        elif words:
            faulty.append(number)
    return found, faulty


def masked(name: str) -> str:
    """A resident's name in lists: the first character alone."""
    return name[:1] + "*" * max(len(name) - 1, 0)


def decision_may_be(decision: str, document_no: str | None, words: str | None, is_own: bool) -> Verdict:
    """Granted by a document, declined with reasons; nobody decides what they proposed, or praise of themselves."""
    if is_own:
        return Refused("own_record")
    lacking = "document_no" if decision == GRANTED and not document_no else None
    lacking = lacking or ("decision_words" if decision == DECLINED and not words else None)
    return Refused("reason_needed", {"fields": [lacking]}) if lacking else ALLOWED
