"""The system's, the security and the audit administrator are three people, by whatever road a post is given."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.demo.accounts import ACCOUNTS
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.people.commands import appoint, end_appointment
from server.people.models import Appointment
from server.people.rules import ADMINISTRATORS, Post, administrators_apart
from server.text import LANGUAGES, text
from server.workforce.staff_rules import IN_GRID, IN_MICRO, StaffRow, check
from tests.builders import at_desk, writing
from tests.county import looking
from tests.world import World

ACCOUNT = {"system_administrator": "sysadmin", "security_administrator": "secadmin", "auditor": "auditor"}
OPTION = {"system_administrator": [], "security_administrator": ["--security"], "auditor": ["--audit"]}
PAIRS = list(permutations(sorted(ADMINISTRATORS), 2))
WORDS = text("problem.administrators_apart.title", "zh")
DAY = date(2026, 6, 10)


def held_roles(app: Flask, world: World, account: str) -> list[str]:
    with looking(app) as session:
        own = sa.select(Appointment.role).where(Appointment.person_id == world.people[account])
        return list(session.scalars(own))


@pytest.mark.parametrize("held, wanted", PAIRS)
def test_no_day_is_shared(held: str, wanted: str) -> None:
    def judged(first: date, end: date | None) -> bool:
        other = Post(held, new_id(), from_day=DAY, to_day=DAY + timedelta(days=10))
        return bool(administrators_apart([other], Post(wanted, new_id(), from_day=first, to_day=end)))

    assert not judged(DAY, None) and not judged(date(2020, 1, 1), None)
    assert not judged(DAY + timedelta(days=9), None) and not judged(DAY - timedelta(days=9), DAY + timedelta(days=1))
    assert judged(DAY + timedelta(days=10), None) and judged(DAY - timedelta(days=9), DAY)
    assert judged(DAY + timedelta(days=3), DAY + timedelta(days=3)), "a post that never begins meets nobody"


def test_other_posts_go_with_any_of_them() -> None:
    for role in ADMINISTRATORS:
        for other in ("county_authority", "department", role):
            assert administrators_apart([Post(other, new_id())], Post(role, new_id()))
            assert administrators_apart([Post(role, new_id())], Post(other, new_id())) or other in ADMINISTRATORS


def test_every_pair_by_every_road(app: Flask, world: World) -> None:
    """By the command behind all doors with days, by the form of the office, and on the command line."""
    desk, today, runner = at_desk(app, "county"), clock.today(), app.test_cli_runner()
    for held, wanted in PAIRS:
        account = ACCOUNT[held]
        person, unit = world.people[account], world.areas["county"]
        for from_day in (today, today + timedelta(days=400)):
            with pytest.raises(Problem) as caught, writing(app) as session:
                appoint(session, person_id=person, role=wanted, org_unit_id=unit, from_day=from_day)
            assert caught.value.code == "administrators_apart"
        told = {"role": wanted, "place": f"unit:{unit}", "from_day": today.isoformat()}
        answer = desk.form(f"/office/staff/{person}/appoint", **told)
        assert (answer.status_code, WORDS in answer.text) == (409, True)
        named = ["first-admin", "--username", account, "--name", "x", "--county-code", "330424", "--county-name", "x"]
        output = runner.invoke(args=[*named, *OPTION[wanted]])
        assert output.exit_code != 0 and text("problem.administrators_apart.detail", "en") in output.output
        assert held_roles(app, world, account) == [held]
    both = runner.invoke(args=["first-admin", "--name", "x", "--county-code", "330424", "--county-name", "x",
                               "--security", "--audit"])  # fmt: skip
    assert both.exit_code != 0 and "three different people" in both.output


def test_a_later_end_may_not_reach_into_the_next_post(app: Flask, world: World) -> None:
    today, person, unit = clock.today(), world.people["auditor"], world.areas["county"]
    with writing(app) as session:
        own = session.scalars(sa.select(Appointment).where(Appointment.person_id == person)).one().id
        end_appointment(session, own, today + timedelta(days=5))
        follows: Any = {"role": "system_administrator", "org_unit_id": unit, "from_day": today + timedelta(days=5)}
        appoint(session, person_id=person, **follows)
    with pytest.raises(Problem) as caught, writing(app) as session:
        end_appointment(session, own, today + timedelta(days=6))
    assert caught.value.code == "administrators_apart"


def test_a_sheet_takes_on_no_administrator() -> None:
    words = {text(f"role.{role}", lang): role for lang in LANGUAGES for role in (*IN_GRID, IN_MICRO)}
    rows = [
        StaffRow(2, "zhang01", "张三", "", text(f"role.{role}", "zh"), "330424", "2026-06-10")
        for role in ADMINISTRATORS
    ]
    found = check(rows, roles=words, grids=["330424"], micro_grids=[], taken=[], today=DAY)
    assert all("role_unknown" in row.faults for row in found)
    assert not ADMINISTRATORS & {*IN_GRID, IN_MICRO}


def test_nobody_of_the_demo_is_two_of_them() -> None:
    assert all(len({post.role for post in one.posts} & ADMINISTRATORS) < 2 for one in ACCOUNTS)
