"""Every office route for every role: who comes in, who is refused, who is told that there is nothing.

A room that adds an office page adds its line to ``ROUTES``; a route without a line turns this red. Every route that names
an object meets one of its own kind in the first town: whoever may reaches it, an office of the next town or county finds
nothing.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from server.areas.commands import keep_other_areas
from server.areas.drafting import begin
from server.areas.models import Grid, OtherArea
from server.badges import commands as badges
from server.boards import commands as boards
from server.boards.queries import boards_of
from server.callouts.commands import open_callout
from server.callouts.models import CalloutPosition
from server.exchange import commands as exchange
from server.households.models import Household
from server.kernel import clock
from server.kernel.ids import new_id
from server.matters import temporary
from server.matters.queries import matter_list
from server.messages.commands import ring
from server.messages.delivering import round_
from server.messages.models import Delivery
from server.messages.setting import add_channel
from server.people.commands import end_appointment, name_team
from server.people.models import Appointment
from server.people.queries import holder_of
from server.platform.db import db
from server.platform.jobs import Sweeper, Worker
from server.privacy import consents, incidents
from server.privacy import requests as data_requests
from server.tasks import requests
from tests.builders import Browser, add_person, at_desk, signed_in, writing
from tests.evaluation.sets import evaluated
from tests.feedback.objects import add_voices
from tests.people import matrix_lists
from tests.people.matrix_doors import DESKS, EVERYBODY, MISSING, ROUTES
from tests.strangers import DESKS_B, add_strangers
from tests.sync.phone import Phone, correction, hazard, outside_order
from tests.sync.test_scope import case_of, refused_task
from tests.world import COUNTY, POSTS, STARTED, World


def _office_rules(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/office")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_office_route_has_a_line(app: Flask) -> None:
    assert {(method, rule) for method, rule, *_ in ROUTES} == _office_rules(app)


def test_every_account_is_in_the_matrix() -> None:
    assert {username for username, *_ in POSTS} == EVERYBODY


@pytest.mark.parametrize("username", sorted(EVERYBODY))
def test_who_comes_in(app: Flask, world: World, username: str) -> None:
    names = _objects(app, world)
    browser = at_desk(app, username) if username in DESKS else signed_in(app, username)
    wrong = []
    for method, rule, path, fields, welcome in ROUTES:
        filled = path.format(**names)
        if username == "worker" and "{device}" in path:
            continue  # one's own device: tests/people/test_devices.py
        if method == "GET":
            status = browser.get(filled).status_code
        else:
            status = browser.form(filled, **{k: v.format(**names) for k, v in fields.items()}).status_code
        code, near = MISSING.get((method, rule), (0, frozenset()))
        expected = {200, 303} if username in welcome else {code} if username in near else {403}
        if status not in expected:
            wrong.append((method, rule, status, expected))
    assert wrong == []


def _objects(app: Flask, world: World) -> dict[str, Any]:
    """A device, a waiting record that an office may decide, an act in quarantine, a matter of the county's own list, a
    correction request, an order outside the list, a refusal, a call to make, a channel, and a team that one may leave."""
    record = hazard(world)
    assert Phone(app, "leader").do("hazards.report", record)["outcome"] == "applied"
    task, refusal = refused_task(app, world, Phone(app, "worker"))
    with app.app_context():
        own = next(m.id for m in matter_list(db.session(), COUNTY) if m.county_code == COUNTY)
    with writing(app) as session:
        town = holder_of(session, world.people["town"], clock.today())
        three = {world.people[name]: (STARTED, None) for name in ("worker", "leader", "adviser")}
        team = name_team(
            session, town, grid_id=world.areas["grid"], name="三人小组", purpose="care", members=three,
            reviewer_id=world.people["leader"],
        )  # fmt: skip
    asked = correction()
    assert Phone(app, "worker2").do("corrections.ask", asked)["outcome"] == "applied"
    request = _asked(app, world)
    order = outside_order()
    assert Phone(app, "worker2").do("orders.report", order)["outcome"] == "applied"
    named = {
        "correction": asked["id"],
        "order": order["id"],
        "request": request,
        "temporary": _temporary(app, world),
        "team": team.id,
        "device": signed_in(app, "worker").register(),
        "record": record["id"],
        "refusal": refusal,
        "task": task,
        "case": _case(app, world),
        "call": _call(app, world),
        "message": _message(app, world),
        "channel": _channel(app, world),
        **_callout(app, world),
        **evaluated(app, world),
        **_of_privacy(app, world, UUID(str(record["id"]))),
        "matter": own,
        "town_unit": world.areas["town"],
        "today": clock.today().isoformat(),
        **_borders(app, world),
    }
    named |= {"mutation": _quarantined(app, world), "grid": world.areas["grid"]}
    named |= matrix_lists.objects(app, world)
    named |= _another_system(app, world)
    return {**world.people, **named, **_badges_and_board(app, world), **add_voices(app, world)}


def _borders(app: Flask, world: World) -> dict[str, Any]:
    """A draft of the town, and an area that another law lets somebody draw."""
    ring = [[1_209_000_000, 304_000_000], [1_209_100_000, 304_000_000], [1_209_100_000, 304_100_000]]
    with writing(app) as session:
        town, county = (holder_of(session, world.people[name], clock.today()) for name in ("town", "county"))
        drawn = [({"name": "生态红线"}, [[*ring, ring[0]]])]
        keep_other_areas(session, county, basis="示例法", from_day=clock.today(), drawn=drawn)
        other = session.query(OtherArea).one().id
        return {"border_draft": begin(session, town, world.areas["town"], clock.today()).id, "other_area": other}


def _of_privacy(app: Flask, world: World, record: UUID) -> dict[str, Any]:
    """A request about a household, a consent to a photo of the record, and a drill."""
    with writing(app) as session:
        town = holder_of(session, world.people["town"], clock.today())
        admin = holder_of(session, world.people["secadmin"], clock.today())
        door = session.get_one(Household, world.households[0]).door
        told = {
            "id": new_id(),
            "kind": "show",
            "asker_name": "王芳",
            "asker_contact": "",
            "door": door,
            "words": "查阅",
        }
        consent = {"id": new_id(), "purpose": "person_photo", "object_id": record, "given_by": "王芳", "words": "同意"}
        return {
            "data_request": data_requests.take(session, town, told).id,
            "consent": consents.note(session, town, {**consent, "form": "spoken", "given_on": clock.today()}).id,
            "incident": incidents.open_event(
                session, admin, {"id": new_id(), "kind": "drill", "title": "演练", "found_at": clock.now()}
            ).id,
        }


def _another_system(app: Flask, world: World) -> dict[str, UUID]:
    """A token and a webhook of it."""
    told = {"system": "platform", "name": "公共数据平台", "document_no": "示〔2026〕40号", "scopes": ["cases"]}
    told |= {"area_unit": world.areas["county"], "last_day": clock.today()}
    with writing(app) as session:
        admin = holder_of(session, world.people["secadmin"], clock.today())
        token, _ = exchange.make_token(session, admin, told)
        hook, _ = exchange.add_hook(session, admin, token.id, "https://hook.gov.cn/", ["cases"], ("hook.gov.cn",))
        return {"token": token.id, "hook": hook.id}


def _asked(app: Flask, world: World) -> Any:
    """What the department asks for in the town."""
    told = {
        "id": new_id(),
        "matter_code": "HAZ-01",
        "area_unit": world.areas["town"],
        "words": "查看楼道",
        "figures": "",
    }
    with writing(app) as session:
        dept = holder_of(session, world.people["dept"], clock.today())
        return requests.make(session, dept, {**told, "wanted_day": clock.today()}).id


def _temporary(app: Flask, world: World) -> Any:
    """Written down by the county, which provides for it, and not public yet."""
    told = {"id": new_id(), "name_zh": "寒潮排查", "name_en": None, "duty": "hazards", "data_class": "N"}
    told |= {"departments": ["fire"], "consent_by": "主管部门", "reason": "寒潮", "document_no": "示〔2026〕31号"}
    with writing(app) as session:
        county = holder_of(session, world.people["county"], clock.today())
        temporary.provide(session, county, "示〔2026〕30号", 30)
        days = {"from_day": clock.today(), "last_day": clock.today()}
        return temporary.write_down(session, county, {**told, **days}).id


def _case(app: Flask, world: World) -> str:
    """Made by the town, the department in the lead."""
    told = hazard(world)
    assert Phone(app, "worker").do("hazards.report", told)["outcome"] == "applied"
    return case_of(app, world, str(told["id"]), "dept")


def _call(app: Flask, world: World) -> UUID:
    """A line on the call list: something urgent reached no phone of the worker."""
    with writing(app) as session:
        ring(session, world.people["worker"], "emergency_reported", at=clock.now(), urgent=True)
    Worker(app, []).sweep(Sweeper("deliveries", 1, round_))
    with writing(app) as session:
        own = {"person_id": world.people["worker"], "channel": "call"}
        return session.query(Delivery).filter_by(**own).one().id


def _message(app: Flask, world: World) -> UUID:
    """A line in the inbox of the town."""
    with writing(app) as session:
        return ring(session, world.people["town"], "case_handed", at=clock.now())


def _channel(app: Flask, world: World) -> UUID:
    with writing(app) as session:
        admin = holder_of(session, world.people["sysadmin"], clock.today())
        told = {
            "unit_id": world.areas["county"],
            "kind": "wecom",
            "name": "工作群",
            "address": "wecombot://keyofthegroup",
        }
        return add_channel(session, admin, **told, per_minute=20, position=1, hosts=())


def _badges_and_board(app: Flask, world: World) -> dict[str, Any]:
    """Two work badges, and on the first grid's board a note, a posting place and the mark of what it says."""
    design = {"heading_zh": "工作证", "heading_en": "x", "issuer": "市", "tone": "red", "valid_months": 12}
    with writing(app) as session:
        badges.set_design(session, None, {**design, "from_day": STARTED, "document_no": "示〔2026〕7号"})
        made = [badges.issue(session, None, world.people[name], None, False).id for name in ("worker", "parttime")]
        town, grid = holder_of(session, world.people["town"], clock.today()), session.get_one(Grid, world.areas["grid"])
        note = boards.write_note(session, town, grid.id, "通知", clock.today())
        place = boards.add_place(session, None, grid.id, "村委会门口")
        mark = boards_of(session, [grid], clock.today())[0].mark
        return {"badge": made[0], "lost_badge": made[1], "note": note.id, "place": place.id, "mark": mark}


def _callout(app: Flask, world: World) -> dict[str, Any]:
    """Opened by the county for the first town; the worker says where they are, and the county's row of it."""
    with writing(app) as session:
        county = holder_of(session, world.people["county"], clock.today())
        made = open_callout(session, county, world.areas["town"], "台风登陆", 4)
    told = {"id": str(new_id()), "callout_id": str(made.id), "kind": "safe", "place": {"lng": 120.915, "lat": 30.505}}
    assert Phone(app, "worker").do("callouts.answer", told)["outcome"] == "applied"
    with writing(app) as session:
        return {"callout": made.id, "position": session.query(CalloutPosition.id).filter_by(stream=None).scalar()}


def _quarantined(app: Flask, world: World) -> str:
    """Done in the first grid by somebody whose post has ended since."""
    here = {"org_unit_id": world.areas["village"], "grid_id": world.areas["grid"]}
    with writing(app) as session:
        gone = add_person(session, "gone", role="full_time_worker", **here)
    phone = Phone(app, "gone")
    told = phone.mutation("hazards.report", hazard(world))
    with writing(app) as session:
        post = session.query(Appointment).filter_by(person_id=gone).one()
        end_appointment(session, post.id, clock.today())
    assert phone.push(told).json["results"][0]["problem"]["code"] == "no_longer_in_post"
    return str(told["id"])


@pytest.mark.parametrize("username", DESKS_B)
def test_an_office_of_the_next_town_or_county_finds_nothing(app: Flask, world: World, username: str) -> None:
    names = _objects(app, world)
    add_strangers(app, world)
    stranger, role = at_desk(app, username), username.removesuffix("_b")
    asked = 0
    for method, rule, path, fields, welcome in ROUTES:
        if "<uuid:" not in rule or role not in welcome:
            continue
        if method == "GET":
            answer = stranger.get(path.format(**names))
        else:
            answer = stranger.form(path.format(**names), **fields)
        assert answer.status_code == 404, (method, rule)
        asked += 1
    assert asked, "or this proves nothing"


def test_the_signed_out_come_in_nowhere(app: Flask, world: World) -> None:
    names = {
        **world.people,
        **dict.fromkeys(
            (
                "team",
                "device",
                "record",
                "mutation",
                "matter",
                "correction",
                "refusal",
                "order",
                "task",
                "case",
                "call",
                "message",
                "channel",
                "request",
                "temporary",
                "callout",
                "position",
                "badge",
                "lost_badge",
                "grid",
                "note",
                "place",
                "mark",
                *matrix_lists.NAMED,
                "town_unit",
                "border_draft",
                "other_area",
                "rule_set",
                "set_draft",
                "run",
                "sheet",
                "objection",
                "proposal",
                "fact",
                "merit",
                "data_request",
                "consent",
                "incident",
                "feedback",
                "clarification",
                "finding",
                "hold",
                "token",
                "hook",
            ),
            world.team,
        ),
    }
    for method, _rule, path, fields, _ in ROUTES:
        filled = path.format(**names)
        answer = Browser(app).get(filled) if method == "GET" else Browser(app).client.post(filled, data=fields)
        is_asked = answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")
        assert is_asked if method == "GET" else answer.status_code == 401, filled
