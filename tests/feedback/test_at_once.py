"""What happens at the same moment: a form sent twice, two who accept, the person meant speaking while the handler clarifies."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import sqlalchemy as sa
from flask import Flask

from server.feedback import commands
from server.feedback.models import Clarification, Feedback, FeedbackStep
from server.kernel import clock
from server.kernel.problems import Problem
from server.people.queries import holder_of
from tests.builders import Hands, add_person, writing
from tests.county import looking
from tests.feedback.forms import Visitor, numbers, said
from tests.feedback.objects import add_voices
from tests.world import World


def at_once(*acts: Callable[[], object]) -> list[object]:
    """All at the same moment; a problem counts as an answer."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except Problem as problem:
            return problem.code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_a_form_sent_twice_at_once_is_one_with_one_receipt(app: Flask, world: World) -> None:
    hands = Hands()
    visitor, again = Visitor(app, hands), Visitor(app, hands)
    visitor.open()
    again.stamp = visitor.stamp
    hands.forward(60_000)
    answers = at_once(
        *(lambda one=one: numbers(one.send(said(world), wait_s=0)) for one in (visitor, again) for _ in range(2))
    )
    assert len(set(answers)) == 1
    with looking(app) as session:
        rows = session.execute(
            sa.select(sa.func.count(Feedback.id.distinct()), sa.func.count(FeedbackStep.id)).join(FeedbackStep)
        ).one()
    assert tuple(rows) == (1, 1)


def test_of_two_who_accept_one_is_first(app: Flask, world: World) -> None:
    receipt, _ = Visitor(app, Hands()).complain(said(world))
    with writing(app) as session:
        other = add_person(session, "town2", role="town_government", org_unit_id=world.areas["town"])
        one = session.scalars(sa.select(Feedback.id).where(Feedback.receipt == receipt)).one()

    def accept(person: object) -> str:
        with writing(app) as session:
            by = holder_of(session, person, clock.today())
            commands.accept(session, by, one, by.person_id)
        return "accepted"

    answers = at_once(lambda: accept(world.people["town"]), lambda: accept(other))
    assert sorted(map(str, answers)) == ["accepted", "step_done"]


def test_whoever_speaks_and_whoever_clarifies_do_not_wait_for_each_other(app: Flask, world: World) -> None:
    """Silence that was asked for is kept, whoever comes first: nothing is made known after it."""
    named = add_voices(app, world)["clarification"]
    with writing(app) as session:
        asked = session.get_one(Clarification, named)
        asked.hear_by = clock.day_of(clock.now() - 2 * clock.DAY_MS)
        feedback = asked.feedback_id

    def speak() -> str:
        with writing(app) as session:
            leader = holder_of(session, world.people["leader"], clock.today())
            commands.hear(session, leader, named, "", wants_silence=True)
        return "heard"

    def make_known() -> str:
        with writing(app) as session:
            town = holder_of(session, world.people["town"], clock.today())
            told = {"clarification_id": named, "form": "notice", "circle": "全村", "words": "不属实"}
            commands.clarify(session, town, feedback, told)
        return "clarified"

    answers = at_once(speak, make_known)
    assert answers in (["heard", "silence_wanted"], ["step_done", "clarified"])
