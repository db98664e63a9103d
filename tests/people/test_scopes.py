"""Scopes: the streams of each role as the contract lists them, and a new number whenever they change."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from server.kernel import clock
from server.people import commands, guard, queries
from server.people.models import ScopeSnapshot
from server.people.scopes import holder_from_json
from server.platform.db import db
from tests.builders import Hands, signed_in, writing, yesterday
from tests.world import World


def _streams(world: World, username: str) -> set[str]:
    """docs/wire.md §2, written out."""
    a, common = world.areas, {"city", "county:330424", f"person:{world.people[username]}"}
    village = {f"area:{a['village']}", f"area:{a['town']}", f"area:{a['county']}"}
    grid = {f"grid:{a['grid']}", f"micro:{a['micro1']}", f"micro:{a['micro2']}"}
    other = {f"grid:{a['other_grid']}", f"micro:{a['other_micro1']}", f"micro:{a['other_micro2']}"}
    team = {f"team:{world.team}"}
    own = {
        "worker": grid | village | team,
        "worker2": grid | village,
        "parttime": grid | village,
        "leader": grid | village | team,
        "adviser": grid | village,
        "worker3": other | village,
        "leader2": other | village,
        "micro": {f"micro:{a['micro1']}"} | village,
        "village": village,
        "town": {f"area:{a['town']}", f"area:{a['county']}"},
        "dept": {f"area:{a['dept']}", f"area:{a['county']}"},
        "county": {f"area:{a['county']}"},
        "city": {f"area:{a['city']}"},
        "sysadmin": {f"area:{a['county']}"},
        "secadmin": {f"area:{a['county']}"},
        "auditor": {f"area:{a['county']}"},
    }[username]
    return common | own


def test_every_role_sees_the_streams_of_the_contract(app: Flask, world: World) -> None:
    with writing(app) as session:
        for username, person_id in world.people.items():
            scope = commands.current_scope(session, person_id, clock.now())
            assert set(scope.streams) == _streams(world, username), username
            assert scope.version == 1 and scope.to_at is None


def test_the_same_scope_keeps_its_number(app: Flask) -> None:
    phone = signed_in(app, "worker")
    assert [phone.get("/api/v1/session").json["scope_version"] for _ in range(3)] == [1, 1, 1]


def test_a_new_post_gives_a_new_number_and_closes_the_old(app: Flask, world: World) -> None:
    phone, hands = signed_in(app, "worker"), Hands()
    hands.forward(1000)
    with writing(app) as session:
        commands.appoint(
            session, person_id=world.people["worker"], role="part_time_worker", org_unit_id=world.areas["village"],
            grid_id=world.areas["other_grid"], from_day=yesterday(),
        )  # fmt: skip
    assert phone.get("/api/v1/session").json["scope_version"] == 2
    with app.app_context():
        old = queries.scope_numbered(db.session(), world.people["worker"], 1)
        new = queries.scope_numbered(db.session(), world.people["worker"], 2)
        assert old.to_at == new.from_at == hands.now and new.to_at is None
        assert (
            f"grid:{world.areas['other_grid']}" in new.streams
            and f"grid:{world.areas['other_grid']}" not in old.streams
        )


def test_roles_and_number_of_an_answer_are_of_one_moment(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A post ends between the guard's look and the answer: beside the newer number, older roles would stay on the phone."""
    phone, look = signed_in(app, "worker"), guard.open_session
    with writing(app) as session:
        post = commands.appoint(
            session, person_id=world.people["worker"], role="part_time_worker", org_unit_id=world.areas["village"],
            grid_id=world.areas["other_grid"], from_day=yesterday(),
        ).id  # fmt: skip

    def look_while_it_ends(*asked: Any) -> Any:
        found = look(*asked)
        with writing(app) as session:
            commands.end_appointment(session, post, yesterday())
        return found

    monkeypatch.setattr(guard, "open_session", look_while_it_ends)
    told = phone.get("/api/v1/session").json
    assert told["scope_version"] == 1
    assert {role["grid_id"] for role in told["roles"]} == {str(world.areas["grid"])}


def test_a_team_that_ends_gives_a_new_number(app: Flask, world: World) -> None:
    with writing(app) as session:
        commands.current_scope(session, world.people["worker"], clock.now())
        town = queries.holder_of(session, world.people["town"], clock.today())
        commands.close_team(session, town, world.team, clock.today())
        scope = commands.current_scope(session, world.people["worker"], clock.now())
    assert scope.version == 2 and f"team:{world.team}" not in scope.streams


def test_whoever_left_sees_nothing(app: Flask, world: World) -> None:
    with writing(app) as session:
        queries.person(session, world.people["worker"]).left_on = clock.today()
        session.flush()
        assert commands.current_scope(session, world.people["worker"], clock.now()).streams == []


@pytest.mark.parametrize("username", ["worker", "leader", "micro", "town", "city"])
def test_a_snapshot_gives_back_the_holder(app: Flask, world: World, username: str) -> None:
    with writing(app) as session:
        scope = commands.current_scope(session, world.people[username], clock.now())
        session.expire_all()
        kept = session.get_one(ScopeSnapshot, (world.people[username], scope.version))
        assert holder_from_json(kept.holder) == queries.holder_of(session, world.people[username], clock.today())
