"""One-time codes: who may show one, how often it works, what it ends."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from server.kernel import clock
from server.people import commands
from server.people.queries import holder_of
from tests.builders import MINUTE, Browser, Hands, add_person, at_desk, code_of, signed_in, writing, yesterday
from tests.world import PASSWORD, STARTED, World

NEW = "a new password"
SHOWN = re.compile(r'data-testid="reset-code">(\d{4} \d{4})<')


def _shown(browser: Browser, **who: str) -> str:
    page = browser.form("/office/reset-code", **who)
    found = SHOWN.search(page.text)
    assert page.status_code == 200 and found, page.text
    return found.group(1).replace(" ", "")


def _reset(app: Flask, code: str, username: str = "worker", password: str = NEW) -> str:
    answer = Browser(app).call(
        "POST", "/api/v1/session/reset", {"username": username, "code": code, "new_password": password}
    )
    return "done" if answer.status_code == 204 else code_of(answer)


def test_a_leader_shows_a_code_and_the_worker_sets_a_password(app: Flask, world: World) -> None:
    phone = signed_in(app, "worker")
    code = _shown(signed_in(app, "leader"), person_id=str(world.people["worker"]))
    assert _reset(app, code) == "done"
    assert code_of(phone.get("/api/v1/session")) == "signed_out", "every session ends"
    assert code_of(Browser(app).sign_in("worker", PASSWORD)) == "wrong_credentials"
    assert Browser(app).sign_in("worker", NEW).status_code == 200


def test_a_code_works_once(app: Flask, world: World) -> None:
    code = _shown(at_desk(app, "secadmin"), username="worker")
    assert _reset(app, code) == "done"
    assert _reset(app, code) == "reset_code_wrong"


def test_a_code_is_good_for_fifteen_minutes(app: Flask) -> None:
    hands = Hands()
    code = _shown(at_desk(app, "secadmin"), username="worker")
    hands.forward(15 * MINUTE)
    assert _reset(app, code) == "reset_code_wrong"


def test_five_wrong_tries_void_a_code(app: Flask) -> None:
    code = _shown(at_desk(app, "secadmin"), username="worker")
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(5):
        assert _reset(app, wrong) == "reset_code_wrong"
    assert _reset(app, code) == "reset_code_wrong"


def test_a_newer_code_voids_the_older(app: Flask) -> None:
    desk = at_desk(app, "secadmin")
    first, second = _shown(desk, username="worker"), _shown(desk, username="worker")
    assert first == second or _reset(app, first) == "reset_code_wrong"
    assert _reset(app, second) == "done"


def test_a_code_is_for_one_person(app: Flask) -> None:
    code = _shown(at_desk(app, "secadmin"), username="worker")
    assert _reset(app, code, username="worker2") == "reset_code_wrong"
    assert _reset(app, code, username="nobody") == "reset_code_wrong"


def test_a_short_password_costs_no_try(app: Flask) -> None:
    code = _shown(at_desk(app, "secadmin"), username="worker")
    for _ in range(6):
        assert _reset(app, code, password="short") == "password_too_short"
    assert _reset(app, code) == "done"


def test_a_leader_sees_only_people_of_the_own_grid(app: Flask, world: World) -> None:
    page = signed_in(app, "leader").get("/office/reset-code").text
    for name, is_listed in (
        ("worker", True),
        ("parttime", True),
        ("micro", True),
        ("worker3", False),
        ("leader", False),
    ):
        assert (str(world.people[name]) in page) is is_listed, name


@pytest.mark.parametrize("target", ["worker3", "leader2", "town", "secadmin", "leader"])
def test_a_leader_opens_no_door_of_another_grid(app: Flask, world: World, target: str) -> None:
    page = signed_in(app, "leader").form("/office/reset-code", person_id=str(world.people[target]))
    assert page.status_code in (403, 404) and not SHOWN.search(page.text)


def test_a_person_who_works_elsewhere_too_is_not_the_leaders(app: Flask, world: World) -> None:
    with writing(app) as session:
        both = add_person(
            session, "both", role="full_time_worker", org_unit_id=world.areas["village"], grid_id=world.areas["grid"]
        )
        commands.appoint(
            session, person_id=both, role="full_time_worker", org_unit_id=world.areas["village"],
            grid_id=world.areas["other_grid"], from_day=yesterday(),
        )  # fmt: skip
    leader = signed_in(app, "leader")
    assert leader.form("/office/reset-code", person_id=str(both)).status_code == 403
    assert _shown(at_desk(app, "secadmin"), username="both")


def test_a_member_of_a_team_without_the_leader_is_not_the_leaders(app: Flask, world: World) -> None:
    """The code would open what only the team may read (class S)."""
    with writing(app) as session:
        town = holder_of(session, world.people["town"], clock.today())
        pair = {world.people[name]: (STARTED, None) for name in ("worker2", "adviser")}
        commands.name_team(
            session, town, grid_id=world.areas["grid"], name="另一小组", purpose="care", members=pair,
            reviewer_id=world.people["adviser"],
        )  # fmt: skip
    leader = signed_in(app, "leader")
    assert str(world.people["worker2"]) not in leader.get("/office/reset-code").text
    page = leader.form("/office/reset-code", person_id=str(world.people["worker2"]))
    assert page.status_code == 403 and not SHOWN.search(page.text)
    assert _shown(at_desk(app, "secadmin"), username="worker2"), "the security administrator still may"


@pytest.mark.parametrize("who", ["worker", "adviser", "village", "town", "county", "city", "sysadmin", "auditor"])
def test_nobody_else_shows_codes(app: Flask, who: str) -> None:
    browser = signed_in(app, who)
    assert browser.get("/office/reset-code").status_code == 403
    assert browser.form("/office/reset-code", username="worker").status_code == 403


def test_the_form_sets_a_password_without_javascript(app: Flask) -> None:
    code = _shown(at_desk(app, "secadmin"), username="worker")
    answer = Browser(app).form("/reset", username="worker", code=f"{code[:4]} {code[4:]}", new_password=NEW)
    assert answer.headers["Location"] == "/sign-in?done=reset"
    assert "新密码已保存" in Browser(app).get("/sign-in?done=reset").text
    again = Browser(app).form("/reset", username="worker", code=code, new_password=NEW)
    assert again.status_code == 422 and "验证码不对" in again.text
