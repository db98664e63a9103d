"""Teams: named by the town with dates, seen by their members alone, told on the feed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.kernel.problems import Problem
from server.people import commands, queries
from server.people.models import Team
from server.people.queries import holder_of
from server.platform.db import db
from server.platform.streams import StreamEntry
from tests.builders import at_desk, writing, yesterday
from tests.world import STARTED, World


def _form(world: World, *members: str, reviewer: str = "", **more: str) -> dict[str, Any]:
    return {
        "grid_id": str(world.areas["grid"]),
        "name": "调解一组",
        "purpose": "mediation",
        "members": [str(world.people[m]) for m in members],
        "reviewer_id": str(world.people[reviewer or members[0]]),
        "from_day": clock.today().isoformat(),
        **more,
    }


def _newest_team(app: Flask) -> Team:
    with app.app_context():
        return db.session.scalars(sa.select(Team).order_by(Team.created_at.desc()).limit(1)).one()


def _teams_held(app: Flask, world: World, username: str) -> frozenset[UUID]:
    with app.app_context():
        return holder_of(db.session(), world.people[username], clock.today()).teams


def test_the_town_names_a_team(app: Flask, world: World) -> None:
    answer = at_desk(app, "town").form("/office/teams", **_form(world, "worker2", "leader", reviewer="leader"))
    assert answer.status_code == 303 and answer.headers["Location"].endswith("done=named")
    team = _newest_team(app)
    assert team.id in _teams_held(app, world, "worker2") and team.id not in _teams_held(app, world, "worker")
    with app.app_context():
        row = queries.feed_rows(db.session(), "team", [team.id])[team.id]
        assert row["name"] == "调解一组" and row["reviewer_id"] == str(world.people["leader"])
        assert {m["name"] for m in row["members"]} == {"张worker2", "张leader"}
        entry = db.session.get(StreamEntry, (f"team:{team.id}", "team", team.id))
        assert entry is not None and entry.op == "put"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"members": ["worker2"]}, "小组至少两人"),
        ({"members": []}, "小组至少两人"),
        ({"reviewer": "worker3"}, "小组至少两人"),
        ({"to_day": "2020-01-01"}, "填写有误"),
        ({"from_day": "yesterday"}, "填写有误"),
        ({"purpose": "other"}, "填写有误"),
        ({"name": ""}, "填写有误"),
        ({"grid_id": "00000000-0000-7000-8000-000000000000"}, "没有这个网格"),
    ],
)
def test_a_faulty_form_comes_back_with_the_reason(app: Flask, world: World, change: dict[str, Any], words: str) -> None:
    before = _newest_team(app).id
    members = change.get("members", ["worker2", "leader"])
    typed = {name: value for name, value in change.items() if name not in ("members", "reviewer")}
    form = {**_form(world, *(members or ["leader"]), reviewer=change.get("reviewer", "")), **typed}
    if not members:
        del form["members"]
    answer = at_desk(app, "town").form("/office/teams", **form)
    assert answer.status_code == 422 and words in answer.text
    assert _newest_team(app).id == before


def test_a_member_leaves_and_sees_no_more(app: Flask, world: World) -> None:
    desk = at_desk(app, "town")
    desk.form("/office/teams", **_form(world, "worker2", "leader", "parttime", reviewer="leader"))
    team = _newest_team(app)
    answer = desk.form(
        f"/office/teams/{team.id}/members/{world.people['worker2']}/end", grid_id=str(world.areas["grid"])
    )
    assert answer.status_code == 303
    assert team.id not in _teams_held(app, world, "worker2") and team.id in _teams_held(app, world, "parttime")
    again = desk.form(
        f"/office/teams/{team.id}/members/{world.people['parttime']}/end", grid_id=str(world.areas["grid"])
    )
    assert again.status_code == 422 and "小组至少两人" in again.text


def test_the_reviewer_stays_as_long_as_the_team(app: Flask, world: World) -> None:
    with writing(app) as session:
        town = holder_of(session, world.people["town"], clock.today())
        with pytest.raises(Problem, match="team_needs_two"):
            commands.end_membership(session, town, world.team, world.people["leader"], clock.today())


def test_another_member_takes_over_the_review_and_the_one_before_may_leave(app: Flask, world: World) -> None:
    desk, grid = at_desk(app, "town"), str(world.areas["grid"])
    members = {world.people[who]: (STARTED, None) for who in ("worker", "worker2", "leader")}
    with writing(app) as session:
        town = holder_of(session, world.people["town"], clock.today())
        team = commands.name_team(
            session, town, grid_id=world.areas["grid"], name="n", purpose="care", members=members,
            reviewer_id=world.people["leader"],
        ).id  # fmt: skip
    path = f"/office/teams/{team}"
    assert desk.form(f"{path}/reviewer", grid_id=grid, person_id="").status_code == 422
    assert str(world.people["worker2"]) in desk.get(f"/office/teams?grid={grid}").text
    answer = desk.form(f"{path}/reviewer", grid_id=grid, person_id=str(world.people["worker2"]))
    assert answer.status_code == 303 and "审核人已换" in desk.get(answer.headers["Location"]).text
    with app.app_context():
        row = queries.feed_rows(db.session(), "team", [team])[team]
        assert row["reviewer_id"] == str(world.people["worker2"])
        assert team in holder_of(db.session(), world.people["worker2"], clock.today()).reviews_teams
        assert team not in holder_of(db.session(), world.people["leader"], clock.today()).reviews_teams
    assert desk.form(f"{path}/members/{world.people['leader']}/end", grid_id=grid).status_code == 303
    assert team not in _teams_held(app, world, "leader")
    back = desk.form(f"{path}/reviewer", grid_id=grid, person_id=str(world.people["leader"]))
    assert back.status_code == 422, "whose days in the team are over does not come back by this"


@pytest.mark.parametrize("who", ["town", "adviser"])
def test_nobody_comes_into_a_team_by_its_review(app: Flask, world: World, who: str) -> None:
    """The officer themself, or anybody who was not in it, would read what was written before."""
    answer = at_desk(app, "town").form(
        f"/office/teams/{world.team}/reviewer", grid_id=str(world.areas["grid"]), person_id=str(world.people[who])
    )
    assert answer.status_code == 422
    assert world.team not in _teams_held(app, world, who)


def test_a_team_that_a_mediation_opened_keeps_its_reviewer(app: Flask, world: World) -> None:
    with writing(app) as session:
        session.get_one(Team, world.team).purpose = "opened"
    answer = at_desk(app, "town").form(
        f"/office/teams/{world.team}/reviewer",
        grid_id=str(world.areas["grid"]),
        person_id=str(world.people["worker"]),
    )
    assert answer.status_code == 422


def test_a_closed_team_holds_nobody(app: Flask, world: World) -> None:
    assert world.team in _teams_held(app, world, "worker")
    answer = at_desk(app, "town").form(f"/office/teams/{world.team}/close", grid_id=str(world.areas["grid"]))
    assert answer.status_code == 303
    assert _teams_held(app, world, "worker") == frozenset()
    with app.app_context():
        assert queries.feed_rows(db.session(), "team", [world.team]) == {}
        assert db.session.get(StreamEntry, (f"team:{world.team}", "team", world.team)).op == "gone"


def test_membership_begins_and_ends_on_its_days(app: Flask, world: World) -> None:
    today = clock.today()
    with writing(app) as session:
        town = holder_of(session, world.people["town"], today)
        dates = today + timedelta(days=1), today + timedelta(days=3)
        members = {world.people["worker2"]: dates, world.people["leader"]: (STARTED, None)}
        team = commands.name_team(
            session, town, grid_id=world.areas["grid"], name="n", purpose="care", members=members,
            reviewer_id=world.people["leader"],
        ).id  # fmt: skip
    with app.app_context():
        held = [
            team in holder_of(db.session(), world.people["worker2"], today + timedelta(days=d)).teams for d in range(4)
        ]
    assert held == [False, True, True, False]


def test_a_town_names_no_team_elsewhere(app: Flask, world: World) -> None:
    from server.areas import commands as areas

    with writing(app) as session:
        town = areas.add_unit(session, kind="town", name_zh="t", county_code="330424", parent_id=world.areas["county"])
        session.flush()
        village = areas.add_unit(session, kind="village", name_zh="v", county_code="330424", parent_id=town.id)
        session.flush()
        grid = areas.add_grid(session, village_id=village.id, code="330424999001001", kind="village", name_zh="g").id
    desk = at_desk(app, "town")
    form = {**_form(world, "worker2", "leader"), "grid_id": str(grid)}
    assert desk.form("/office/teams", **form).status_code == 404
    assert desk.get(f"/office/teams?grid={grid}").status_code == 404


def test_somebody_of_another_county_is_no_member(app: Flask, world: World) -> None:
    with writing(app) as session:
        stranger = commands.add_person(session, county_code="330481", username="stranger", name="n").id
    form = _form(world, "worker2", "leader")
    form["members"].append(str(stranger))
    assert at_desk(app, "town").form("/office/teams", **form).status_code == 422


def test_names_of_teams_are_sealed(app: Flask, world: World) -> None:
    with app.app_context():
        raw = db.session.execute(sa.text("SELECT name FROM team")).scalars().all()
        assert raw and all("照护".encode() not in bytes(value) for value in raw)


def test_a_post_that_begins_on_a_later_day_goes_out_on_that_day(app: Flask, world: World) -> None:
    from tests.builders import DAY, Hands, add_person

    hands, day = Hands(), clock.today() + timedelta(days=2)
    with writing(app) as session:
        person = add_person(
            session, "new", role="full_time_worker", org_unit_id=world.areas["village"], grid_id=world.areas["grid"],
            from_day=day,
        )  # fmt: skip
        row = queries.staff_row_of(session, world.areas["grid"], person)

    def op() -> str:
        with app.app_context():
            return db.session.get(StreamEntry, (f"grid:{world.areas['grid']}", "staff", row)).op

    assert op() == "gone"
    hands.forward(2 * DAY)
    with writing(app) as session:
        assert commands.tell_of_day(session, clock.today()) == 1
    assert op() == "put"
    with writing(app) as session:
        assert commands.tell_of_day(session, clock.today()) == 0, "told once"


def test_staff_rows_name_every_role_once(app: Flask, world: World) -> None:
    with writing(app) as session:
        commands.appoint(
            session, person_id=world.people["leader"], role="grid_adviser", org_unit_id=world.areas["village"],
            grid_id=world.areas["grid"], from_day=yesterday(),
        )  # fmt: skip
        row = queries.staff_row_of(session, world.areas["grid"], world.people["leader"])
        micro = queries.staff_row_of(session, world.areas["grid"], world.people["micro"])
        rows = queries.feed_rows(session, "staff", [row, micro])
    assert rows[row]["roles"] == ["grid_adviser", "grid_leader"]
    assert rows[row]["name"] == "张leader" and rows[row]["phone"] == "13800000000"
    assert rows[micro]["micro_grid_id"] == str(world.areas["micro"]) and rows[micro]["grid_id"] == str(
        world.areas["grid"]
    )
