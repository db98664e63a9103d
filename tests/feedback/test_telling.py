"""A message waits for whoever has to act, in the transaction of its cause: of what people say, and after a hearing."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.feedback.commands import remind_of_late
from server.feedback.models import Feedback
from server.findings.models import Finding
from server.kernel import clock
from server.kernel.ids import new_id
from server.messages.claiming import body_of
from server.messages.commands import DESK
from server.messages.models import Message
from server.people.commands import appoint
from server.text import text
from tests.builders import DAY, Hands, add_person, signed_in, writing
from tests.county import looking
from tests.feedback.forms import Desk, Visitor, said
from tests.world import STARTED, World


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app, Hands())


def told(app: Flask, world: World) -> Counter[str]:
    """How many lines at a desk wait for whom, by account."""
    names = {person: name for name, person in world.people.items()}
    with looking(app) as session:
        rows = session.scalars(sa.select(Message).where(Message.kind == DESK))
        return Counter(names[one.person_id] for one in rows)


def test_a_complaint_about_the_leader_rings_in_the_unit_above_and_nowhere_in_the_grid(app, world, visitor) -> None:
    with writing(app) as session:
        town = {"role": "town_government", "org_unit_id": world.areas["town"]}
        world.people |= {"town2": add_person(session, "town2", **town), "both": add_person(session, "both", **town)}
        here = {"org_unit_id": world.areas["village"], "grid_id": world.areas["grid"], "from_day": STARTED}
        appoint(session, person_id=world.people["both"], role="grid_adviser", **here)
    receipt, _ = visitor.complain(said(world))
    assert told(app, world) == {"town": 1, "town2": 1}
    desk = Desk(app, "town")
    path = desk.path_of(receipt)
    desk.accept(path, world, "town2")
    assert told(app, world) == {"town": 1, "town2": 2}, "the named handler"
    handler = Desk(app, "town2")
    handler.step(path, "name", person_id=str(world.people["leader"]))
    handler.step(path, "settle", outcome="unfounded", answer="查过了", facts="有记录")
    assert told(app, world) == {"town": 1, "town2": 2}
    with looking(app) as session:
        asked = session.scalars(sa.select(Message.kind).where(Message.person_id == world.people["leader"])).all()
    assert asked == ["paper_waits"], "the person meant is asked, and learns no more"


def test_what_is_handed_up_rings_above(app, world, visitor) -> None:
    receipt, _ = visitor.complain(said(world))
    desk = Desk(app, "town")
    path = desk.path_of(receipt)
    assert desk.step(path, "hand_up", words="请县里办").status_code == 303
    assert told(app, world) == {"town": 1, "county": 1}
    with looking(app) as session:
        assert session.scalars(sa.select(Feedback)).one().unit_id == world.areas["county"]


def test_the_same_form_again_rings_once(app, world, visitor) -> None:
    visitor.open(f"/feedback?town={world.areas['town']}")
    form, stamp = said(world, about="work"), visitor.stamp
    assert visitor.send(form).status_code == 200
    visitor.stamp = stamp
    visitor.send(form)
    assert told(app, world) == {"town": 1}


def test_whoever_opened_and_whoever_decides_hear_that_the_person_spoke(app, world) -> None:
    desk, form = Desk(app, "town"), {"ground": "4", "happened_on": clock.today().isoformat(), "words": "态度不好"}
    named: dict[str, Any] = {"id": str(new_id()), "person_id": str(world.people["parttime"])}
    assert desk.browser.form("/office/findings", **named, **form).status_code == 303
    assert told(app, world) == {}, "only the person is asked so far"
    with looking(app) as session:
        finding = session.scalars(sa.select(Finding.id)).one()
    assert signed_in(app, "parttime").form(f"/office/heard/finding/{finding}", words="不是这样").status_code == 303
    assert told(app, world) == {"town": 1, "county": 1}


def test_whoever_lets_its_day_pass_is_reminded_once_for_each_day_that_runs(app, world, visitor) -> None:
    receipt, _ = visitor.complain(said(world))
    hands = visitor.hands

    def swept() -> int:
        with writing(app) as session:
            return remind_of_late(session, clock.now())

    assert swept() == 0 and told(app, world) == {"town": 1}
    hands.forward(30 * DAY)  # past the day to accept it
    assert (swept(), swept()) == (1, 0) and told(app, world) == {"town": 2}
    desk = Desk(app, "town")
    path = desk.path_of(receipt)
    desk.accept(path, world, "town")
    assert swept() == 0, "another day runs now"
    hands.forward(200 * DAY)
    assert (swept(), swept()) == (1, 0) and told(app, world) == {"town": 3}
    desk = Desk(app, "town")
    assert desk.browser.get(path).text.count("已过期限") == 2
    desk.step(path, "name", person_id=str(world.people["leader"]))
    desk.step(path, "settle", outcome="unfounded", answer="查过了", facts="有记录")
    hands.forward(200 * DAY)
    assert swept() == 0, "settled"


def test_outside_it_says_that_there_is_something_and_no_more(app) -> None:
    message = SimpleNamespace(id=new_id(), kind=DESK, task_id=None, record_id=None)
    with app.app_context():
        shown = body_of(message, "zh")["notification"]
    assert shown["body"] == text("push.something", "zh") and shown["navigate"].endswith("/app")
