"""What is done with feedback: accepted, named, handed up, settled, clarified after the person meant was heard, deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import ancestors
from server.feedback import queries, rules
from server.feedback.intake import note
from server.feedback.models import Clarification, Feedback, FeedbackPerson, FeedbackPicture, FeedbackStep
from server.feedback.telling import tell_handler, tell_unit
from server.findings.above import above_persons, unit_over
from server.findings.commands import PAPER
from server.findings.queries import POLICY, days_of, hear_by
from server.kernel import clock, ids
from server.kernel.problems import Problem, insist
from server.matters.commands import set_for_county
from server.messages.commands import ring
from server.people.models import Person
from server.people.queries import holder_of_person
from server.people.rules import Holder, Thing, may
from server.platform.workdays import add_working_days

NAMED, UNNAMED, HANDED_UP, SETTLED, HEARD, CLARIFIED, NOTED, LATE = (
    "named",
    "unnamed",
    "handed_up",
    "settled",
    "heard",
    "clarified",
    "noted",
    "late",
)
MOST_DAYS = {"accept_days": 60, "handle_days": 180, "hearing_days": 60, "keep_days": 3650}
LEAST_DAYS = {"keep_days": 183}  # a hasty figure must not empty the files of a year
SWEEP = 200


def accept(session: Session, by: Holder, feedback_id: UUID, handler_id: UUID) -> Feedback:
    """The unit takes it on and names who handles it; from then on only they read the words. Again when they have left.

    Refuses with ``not_found``, ``step_done``, ``handler_not_here``.
    """
    one = _to_change(session, by, feedback_id)
    people = {person.id for person in queries.handlers_of(session, one)}
    insist(rules.may_accept(queries.facts_of(session, one), people, handler_id))
    days = int(days_of(session, one.county_code)["handle_days"])
    if one.state == rules.RECEIVED:
        one.state, one.handle_by = rules.ACCEPTED, add_working_days(clock.today(), days)
    one.handler_id = handler_id
    _done(session, one, by, rules.ACCEPTED)
    tell_handler(session, one, by.person_id)
    return one


def name_person(session: Session, by: Holder, feedback_id: UUID, person_id: UUID) -> Feedback:
    """The handler says who is meant. Where that person is not below this unit it goes to the one above them at once.

    Refuses with ``not_found``, ``not_allowed``, ``step_done``, ``own_matter`` (hand it up instead).
    """
    one = _of_handler(session, by, feedback_id)
    if one.state != rules.ACCEPTED:
        raise Problem("step_done")
    person = session.get(Person, person_id)
    if person is None or person.county_code != one.county_code:
        raise Problem("not_found")
    if person.id == by.person_id:
        raise Problem("own_matter")
    if session.get(FeedbackPerson, (one.id, person.id)) is None:
        session.add(
            FeedbackPerson(feedback_id=one.id, person_id=person.id, named_by=by.person_id, named_at=clock.now())
        )
        _done(session, one, by, NAMED)
        session.flush()
    _rise_above(session, one, by)
    return one


def take_name_back(session: Session, by: Holder, feedback_id: UUID, person_id: UUID) -> Feedback:
    """It was not them. Refuses with ``not_found``, ``not_allowed``, ``step_done`` (once there is an outcome)."""
    one = _of_handler(session, by, feedback_id)
    if one.state != rules.ACCEPTED:
        raise Problem("step_done")
    named = session.get(FeedbackPerson, (one.id, person_id))
    if named is None:
        raise Problem("not_found")
    session.delete(named)
    _done(session, one, by, UNNAMED)
    return one


def hand_up(session: Session, by: Holder, feedback_id: UUID, words: str) -> Feedback:
    """To the unit above, which accepts it anew. Refuses with ``not_found``, ``not_allowed``, ``step_done``."""
    one = _to_change(session, by, feedback_id)
    if one.outcome is not None:
        raise Problem("step_done")
    if one.handler_id not in (None, by.person_id):
        raise Problem("not_allowed")
    over = unit_over(session, one.unit_id)
    if over.unit_id == one.unit_id:
        raise Problem("not_allowed")
    _move(session, one, by, over.unit_id, words)
    return one


def settle(session: Session, by: Holder, feedback_id: UUID, outcome: str, answer: str, facts: str) -> Feedback:
    """The outcome, in words that whoever has the receipt reads. Unfounded or partly so: everybody meant is heard first.

    Refuses with ``not_found``, ``not_allowed``, ``step_done``, ``outcome_unfit``, ``invalid``.
    """
    one = _to_change(session, by, feedback_id)
    insist(rules.may_settle(queries.facts_of(session, one), one.kind, outcome, by.person_id, answer))
    needs = outcome in rules.TO_CLARIFY
    if needs and not facts:
        raise Problem("invalid", fields=["facts"])
    one.outcome, one.answer, one.decided_at = outcome, answer, clock.now()
    one.state = rules.CLARIFYING if needs else rules.CLOSED
    one.closed_at = None if needs else clock.now()
    _done(session, one, by, SETTLED)
    if needs:
        _ask_those_meant(session, one, facts)
    return one


def hear(session: Session, by: Holder, clarification_id: UUID, words: str, *, wants_silence: bool) -> Clarification:
    """The person meant speaks; again as long as nothing was made known. Refuses with ``not_found``, ``step_done``."""
    found = session.get(Clarification, clarification_id)
    if found is None or found.person_id != by.person_id:
        raise Problem("not_found")
    # in the order in which a handler locks them, or the two would wait for each other
    one = session.get_one(Feedback, found.feedback_id, with_for_update=True, populate_existing=True)
    session.refresh(found, with_for_update=True)
    if found.made_at is not None:
        raise Problem("step_done")
    found.heard_at, found.heard_words, found.wants_silence = clock.now(), words or None, wants_silence
    found.version += 1
    note(session, one, HEARD, by.person_id)
    tell_handler(session, one, by.person_id)
    return found


def clarify(session: Session, by: Holder, feedback_id: UUID, told: Mapping[str, Any]) -> Feedback:
    """The handler made the facts known, in which form and to whom; or keeps silent as the person wants.

    Refuses with ``not_found``, ``not_allowed``, ``step_done``, ``not_heard_yet``, ``silence_wanted``, ``invalid``.
    """
    one = _of_handler(session, by, feedback_id)
    found = session.get(Clarification, told["clarification_id"], with_for_update=True, populate_existing=True)
    if found is None or found.feedback_id != one.id:
        raise Problem("not_found")
    insist(
        rules.may_clarify(
            is_made=found.made_at is not None,
            is_anybody=found.person_id is not None,
            was_heard=found.heard_at is not None,
            wants_silence=found.wants_silence,
            hear_by=found.hear_by,
            today=clock.today(),
            form=told["form"],
            circle=told["circle"],
            words=told["words"],
        )
    )
    is_silent = told["form"] == rules.SILENCE
    found.form = told["form"]
    found.circle, found.words = (None, None) if is_silent else (told["circle"], told["words"])
    found.made_at, found.made_by = clock.now(), by.person_id
    found.version += 1
    _done(session, one, by, CLARIFIED)
    session.flush()
    if found.person_id is not None:
        ring(session, found.person_id, PAPER, at=clock.now())
    if all(each.made_at is not None for each, _name in queries.clarifications_of(session, one.id)):
        one.state, one.closed_at = rules.CLOSED, clock.now()
    return one


def remark(session: Session, by: Holder, feedback_id: UUID, words: str) -> None:
    """A note of the handler for the file. Refuses with ``not_found``, ``not_allowed``."""
    one = _of_handler(session, by, feedback_id)
    _done(session, one, by, NOTED, words)


def set_days(session: Session, by: Holder, told: Mapping[str, str]) -> None:
    """The county's days under its document. Refuses with ``not_allowed``, ``invalid``."""
    insist(may(by, "feedback.set_days", Thing(county_code=by.county_code)))
    wrong = [name for name, most in MOST_DAYS.items() if not _is_days(told[name], LEAST_DAYS.get(name, 1), most)]
    if wrong:
        raise Problem("invalid", fields=wrong)
    own = {**{name: int(told[name]) for name in MOST_DAYS}, "document_no": told["document_no"]}
    set_for_county(session, by, POLICY, by.county_code, own, told["document_no"])


def delete_old(session: Session, now: int) -> int:
    """Retention: what was closed longer than the county's days ago goes, whole, unless it is held or a finding rests on
    it. Where no document gives the days nothing goes. Returns how many; the audit log says so by county."""
    gone = 0
    for county in sorted(queries.counties_with_closed(session)):
        days = days_of(session, county)
        if not days["document_no"]:
            continue
        keep = timedelta(days=int(days["keep_days"]))
        before = clock.start_of(clock.day_of(now) - keep)
        gone += _delete(session, queries.over_since(session, county, before, SWEEP))
    return gone


def remind_of_late(session: Session, now: int) -> int:
    """Whoever has to act hears once that its day is over, to accept it or to settle it; once more after it moved on.

    The reminder stands in its history. Returns how many there were.
    """
    today = clock.day_of(now)
    reminded = (
        sa.select(sa.func.max(FeedbackStep.at))
        .where(FeedbackStep.feedback_id == Feedback.id, FeedbackStep.step == LATE)
        .scalar_subquery()
    )
    late = sa.select(Feedback, reminded).where(queries.is_late(today)).with_for_update(of=Feedback)
    done = 0
    for one, last in session.execute(late.execution_options(populate_existing=True)).all():
        due = queries.due_day(one)
        if due is None or (last is not None and clock.day_of(last) > due):
            continue
        note(session, one, LATE, None, at=now)
        tell_unit(session, one)
        done += 1
    return done


def _delete(session: Session, feedback_ids: Sequence[UUID]) -> int:
    for table in (Clarification, FeedbackStep, FeedbackPicture, FeedbackPerson):
        session.execute(sa.delete(table).where(table.feedback_id.in_(feedback_ids)))
    session.execute(sa.delete(Feedback).where(Feedback.id.in_(feedback_ids)))
    return len(feedback_ids)


def _is_days(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and least <= int(text) <= most


def _to_change(session: Session, by: Holder, feedback_id: UUID) -> Feedback:
    """Locked: of two who act at once, the second sees what the first has done. Refuses with ``not_found``."""
    one = session.get(Feedback, feedback_id, with_for_update=True, populate_existing=True)
    if one is None or not queries.may_handle(session, by, one):
        raise Problem("not_found")
    return one


def _of_handler(session: Session, by: Holder, feedback_id: UUID) -> Feedback:
    one = _to_change(session, by, feedback_id)
    if one.handler_id != by.person_id:
        raise Problem("not_allowed")
    return one


def _done(session: Session, one: Feedback, by: Holder, step: str, words: str | None = None) -> None:
    one.version += 1
    note(session, one, step, by.person_id, words)


def _rise_above(session: Session, one: Feedback, by: Holder) -> None:
    """If somebody named does not stand below the unit that has it, the unit above them all takes over."""
    today = clock.today()
    holders = [holder_of_person(session, person, today) for person in queries.meant(session, one)]
    above = above_persons(session, holders, one.start_unit)
    is_high_enough = one.unit_id in {unit.id for unit in ancestors(session, above.unit_id)}
    if not is_high_enough:
        _move(session, one, by, above.unit_id, None)


def _move(session: Session, one: Feedback, by: Holder, unit_id: UUID, words: str | None) -> None:
    _done(session, one, by, HANDED_UP, words)
    session.flush()
    days = int(days_of(session, one.county_code)["accept_days"])
    one.unit_id, one.handler_id, one.state = unit_id, None, rules.RECEIVED
    one.accept_by, one.handle_by = add_working_days(clock.today(), days), None
    tell_unit(session, one)


def _ask_those_meant(session: Session, one: Feedback, facts: str) -> None:
    """One clarification for each person meant, who is asked; one for nobody in particular where nobody is."""
    persons: list[UUID | None] = [person.id for person in queries.meant(session, one)]
    now = clock.now()
    for person_id in persons or [None]:
        session.add(
            Clarification(
                id=ids.new_id(),
                feedback_id=one.id,
                person_id=person_id,
                outcome=one.outcome or "",
                facts=facts,
                asked_at=now,
                hear_by=hear_by(session, one.county_code, clock.day_of(now)),
            )
        )
    session.flush()
    for person_id in filter(None, persons):
        ring(session, person_id, PAPER, at=now)
