"""The board is kept in memory between two looks: whatever comes meanwhile, in whatever order, it says what the rows say."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.areas.queries import units_under
from server.callouts import commands, rules, tally
from server.callouts.board import Board, board
from server.callouts.models import Callout, CalloutAnswer
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.roster import held_under
from server.platform.db import db, reading, transaction
from tests.county import Acts
from tests.world import World

WHO = ("worker", "worker2", "parttime", "leader", "adviser", "worker3", "leader2", "micro", "village", "town")


def opened(session: Session, acts: Acts, world: World) -> Callout:
    made = commands.open_callout(session, acts.holder("county"), world.areas["town"], "台风登陆", 4)
    session.commit()
    return made


def row(called: Callout, person: UUID, kind: str, at: int, received_at: int) -> CalloutAnswer:
    return CalloutAnswer(
        id=new_id(), county_code=called.county_code, callout_id=called.id, person_id=person, kind=kind, at=at,
        received_at=received_at, stream=None,
    )  # fmt: skip


def said_by_rows(session: Session, called: Callout, people: Iterable[UUID]) -> dict[UUID, str | None]:
    """Where each stands by the rule, told from all rows."""
    found = session.execute(
        sa.select(CalloutAnswer.person_id, CalloutAnswer.kind, CalloutAnswer.at).where(
            CalloutAnswer.callout_id == called.id
        )
    ).all()
    return {one: rules.standing(rules.Told(kind, at) for person, kind, at in found if person == one) for one in people}


def look(session: Session, called: Callout, unit: UUID | None = None) -> Board:
    part = units_under(session, [called.org_unit_id])
    return board(session, called, part, reach=True, unit=unit)


def agrees(session: Session, called: Callout) -> None:
    """Counts, whole and by unit, and the names: as counted from all rows."""
    held = held_under(session, units_under(session, [called.org_unit_id]), clock.today())
    places: dict[UUID, set[UUID]] = {}
    for person, unit in held:
        if person != called.opened_by:
            places.setdefault(unit, set()).add(person)
    everybody = set[UUID]().union(*places.values())
    stand = said_by_rows(session, called, everybody)
    numbers = lambda people: tuple(sum(stand[p] == kind for p in people) for kind in rules.KINDS)  # noqa: E731
    shown = look(session, called)
    tuple_of = lambda counts: (counts.received, counts.safe, counts.need_help)  # noqa: E731
    assert shown.counts.called == len(everybody) and tuple_of(shown.counts) == numbers(everybody)
    assert {unit: (c.called, *tuple_of(c)) for unit, _, c in shown.units} == {
        unit: (len(people), *numbers(people)) for unit, people in places.items()
    }
    assert {one.person_id for one in shown.need_help} == {p for p in everybody if stand[p] == rules.NEED_HELP}
    assert {one.person_id for one in shown.waiting} == {p for p in everybody if stand[p] is None}
    for unit, people in places.items():
        part = look(session, called, unit)
        assert {one.person_id for one in part.waiting} == {p for p in people if stand[p] is None}
        assert part.more_waiting == 0


def test_a_look_between_any_two_answers_agrees_with_the_rows(session: Session, acts: Acts, world: World) -> None:
    called, chance, now = opened(session, acts, world), random.Random(7), clock.now()
    agrees(session, called)
    for number in range(60):
        at = now + chance.randrange(-500_000, 500_000)
        person = world.people[chance.choice(WHO)]
        session.add(row(called, person, chance.choice(rules.KINDS), at, now + number * 20_000))
        session.commit()
        agrees(session, called)


def test_what_was_written_long_ago_and_comes_to_light_late_is_not_missed(
    session: Session, acts: Acts, world: World
) -> None:
    called, now = opened(session, acts, world), clock.now()
    session.add(row(called, world.people["worker"], "safe", now, now))
    session.commit()
    agrees(session, called)
    session.add(row(called, world.people["worker2"], "need_help", now, now - 10 * tally.OVERLAP_MS))
    session.commit()
    agrees(session, called)
    session.execute(sa.delete(CalloutAnswer).where(CalloutAnswer.person_id == world.people["worker2"]))
    session.commit()
    agrees(session, called)


def test_looks_beside_many_who_answer_at_once_end_with_what_the_rows_say(
    app: Flask, session: Session, acts: Acts, world: World
) -> None:
    called, now = opened(session, acts, world), clock.now()
    seen: list[int] = []
    failures: list[BaseException] = []

    def guarded(work: Any) -> None:
        try:
            with app.app_context():
                work()
        except BaseException as failure:
            failures.append(failure)

    def answers(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(12):
            person = world.people[chance.choice(WHO)]
            with transaction() as writing:
                writing.add(row(called, person, chance.choice(rules.KINDS), now + chance.randrange(9), clock.now()))
                writing.flush()

    def looks() -> None:
        for _ in range(25):
            with reading() as session:
                seen.append(look(session, called).counts.answered)

    doing = [threading.Thread(target=guarded, args=(lambda s=s: answers(s),), daemon=True) for s in range(4)]
    doing += [threading.Thread(target=guarded, args=(looks,), daemon=True) for _ in range(2)]
    for one in doing:
        one.start()
    for one in doing:
        one.join()
    assert not failures, failures
    session.rollback()
    agrees(db.session(), called)
    assert seen


def test_the_people_called_are_read_once_for_many_looks_and_again_after_a_while(
    session: Session, acts: Acts, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    called, reads = opened(session, acts, world), []
    kept = tally.held_under
    monkeypatch.setattr(tally, "held_under", lambda *told: (reads.append(1), kept(*told))[1])
    for _ in range(10):
        look(session, called)
    assert len(reads) == 1
    monkeypatch.setattr(tally, "ROSTER_S", -1)
    look(session, called)
    assert len(reads) == 2
