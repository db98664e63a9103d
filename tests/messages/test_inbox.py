"""The inbox at a desk: the own messages alone, where each leads, read one by one or all, and its count on every page."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id
from server.messages import inbox
from server.messages.models import Delivery, Message
from server.messages.queries import feed_rows
from server.people import commands as people
from server.platform.db import db, reading
from tests.builders import at_desk, signed_in, writing
from tests.messages.test_delivering import ring, subscribe, sweep
from tests.push_host import PushHost
from tests.strangers import add_strangers
from tests.sync.phone import Phone, assigned, hazard
from tests.sync.test_scope import case_of
from tests.world import STARTED, World

INBOX = "/office/messages"


def line(page: str, message: UUID) -> str:
    return page.split(f'data-id="{message}"')[1].split("</li>")[0]


def count(page: str) -> str | None:
    found = re.search(r'data-testid="unread">([^<]+)<', page)
    return found.group(1) if found else None


def read_at(app: Flask, message: UUID) -> int | None:
    with app.app_context(), reading() as session:
        return session.get_one(Message, message).read_at


def test_a_desk_reads_its_own_messages_the_newest_first_and_nobody_elses(app: Flask, world: World) -> None:
    now = clock.now()
    old = ring(app, world, "town", "cover_lacking", at=now - 60_000)
    new = ring(app, world, "town", "case_handed", at=now)
    other = ring(app, world, "village", "case_handed", at=now)
    page = at_desk(app, "town").get(INBOX).text
    assert page.index(str(new)) < page.index(str(old)) and str(other) not in page
    assert "有一件事转到您这一级办理" in line(page, new) and "未读" in line(page, new)
    assert 'href="/office/covers"' in line(page, old)
    assert "还没有消息" in at_desk(app, "county").get(INBOX).text
    assert signed_in(app, "worker").get(INBOX).status_code == 403


def test_the_count_stands_in_the_menu_and_on_the_start_page_and_is_asked_once(app: Flask, world: World) -> None:
    for _ in range(3):
        ring(app, world, "dept", "case_assigned")
    ring(app, world, "town", "case_handed")
    dept = at_desk(app, "dept")
    home = dept.get("/office").text
    assert home.count('data-testid="unread"') == 2, "in the menu and on its card"
    assert count(home) == "3 条未读" and count(dept.get("/office/devices").text) == "3 条未读"
    asked: list[str] = []
    with app.app_context():
        engine = db.engines["read"]

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "count(" in statement.lower() and "message" in statement:
            asked.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        dept.client.get("/office")
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert len(asked) == 1
    assert count(at_desk(app, "auditor").get("/office").text) is None


def test_many_are_not_counted_to_the_end(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MOST_COUNTED", 2)
    for _ in range(3):
        ring(app, world, "town", "case_handed")
    with app.app_context(), reading() as session:
        assert inbox.unread_count(session, world.people["town"]) == 2


def test_one_is_marked_as_read_and_nothing_rings_for_it_any_more(app: Flask, world: World) -> None:
    message, left = (ring(app, world, "town", "task_refused", urgent=True) for _ in range(2))
    town = at_desk(app, "town")
    assert town.form(f"{INBOX}/{message}").status_code == 303
    page = town.get(INBOX).text
    assert "未读" not in line(page, message) and "看过了" not in line(page, message) and "未读" in line(page, left)
    assert count(page) == "1 条未读"
    with app.app_context(), reading() as session:
        ends = dict(session.execute(sa.select(Delivery.message_id, Delivery.state)).all())  # type: ignore[arg-type]
    assert ends == {message: "delivered", left: "waiting"}
    first = read_at(app, message)
    assert town.form(f"{INBOX}/{message}").status_code == 303 and read_at(app, message) == first


def test_nobody_elses_is_found_or_marked(app: Flask, world: World) -> None:
    add_strangers(app, world)
    message = ring(app, world, "town", "case_handed")
    for name in ("village", "county", "auditor", "town_b"):
        assert at_desk(app, name).form(f"{INBOX}/{message}").status_code == 404, name
    assert signed_in(app, "leader").form(f"{INBOX}/{message}").status_code == 403
    assert at_desk(app, "town").form(f"{INBOX}/{new_id()}").status_code == 404
    assert at_desk(app, "town").client.post(f"{INBOX}/{message}").status_code == 403, "without the hidden token"
    assert read_at(app, message) is None


def test_all_are_marked_as_read_but_what_rang_since_and_what_is_not_theirs(app: Flask, world: World) -> None:
    now = clock.now()
    mine = [ring(app, world, "town", "case_handed", at=now - back) for back in (20_000, 10_000)]
    other = ring(app, world, "village", "case_handed", at=now - 20_000)
    town = at_desk(app, "town")
    until = re.search(r'name="until" value="(\d+)"', town.get(INBOX).text)
    since = ring(app, world, "town", "case_whistle", at=now)
    assert until and town.form(f"{INBOX}/all", until=until.group(1)).status_code == 303
    assert all(read_at(app, one) for one in mine)
    assert read_at(app, since) is None and read_at(app, other) is None
    for wrong in ("", "yesterday", "９"):
        assert town.form(f"{INBOX}/all", until=wrong).status_code == 422
    assert read_at(app, since) is None


def test_the_inbox_is_paged(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "SHAPE", inbox.ListShape("inbox", INBOX, page=2))
    for back in range(3):
        ring(app, world, "town", "case_handed", at=clock.now() - back * 1000)
    town = at_desk(app, "town")
    assert [town.get(f"{INBOX}?page={number}").text.count("data-unread") for number in (1, 2)] == [2, 1]
    assert 'name="until"' not in town.get(f"{INBOX}?page=2").text, "all is said of what is seen from the top"


def test_a_line_leads_to_the_task_where_the_office_may_open_it(app: Flask, world: World) -> None:
    task = assigned(world)
    assert Phone(app, "town").do("tasks.assign", task)["outcome"] == "applied"
    for name in ("town", "village", "dept"):
        ring(app, world, name, "refusal_stood", task_id=UUID(str(task["id"])))
    path = f"/office/tasks/{task['id']}"
    town = at_desk(app, "town")
    assert f'href="{path}"' in town.get(INBOX).text and town.get(path).status_code == 200
    village = at_desk(app, "village").get(INBOX).text
    assert path not in village and 'class="row-link" href="/office/tasks"' in village
    assert 'class="row-link"' not in at_desk(app, "dept").get(INBOX).text, "a department has no page of tasks"


def test_a_line_leads_to_the_case_of_its_record_where_the_office_may_open_it(app: Flask, world: World) -> None:
    add_strangers(app, world)
    record = hazard(world)
    assert Phone(app, "worker").do("hazards.report", record)["outcome"] == "applied"
    case = case_of(app, world, str(record["id"]), "dept")
    assert f'href="/office/cases/{case}"' in at_desk(app, "dept").get(INBOX).text, "its unit was told"
    for name in ("town_b", "sysadmin"):
        ring(app, world, name, "case_reminded", record_id=UUID(str(record["id"])))
    stranger = at_desk(app, "town_b").get(INBOX).text
    assert case not in stranger and 'class="row-link" href="/office/cases"' in stranger
    assert 'class="row-link"' not in at_desk(app, "sysadmin").get(INBOX).text


def test_a_line_names_the_colleague_and_a_call_out_makes_no_line_on_phones(app: Flask, world: World) -> None:
    about = world.people["worker"]
    message = ring(app, world, "village", "to_call", urgent=True, about=about)
    page = line(at_desk(app, "village").get(INBOX).text, message)
    assert (
        "给张worker的一条紧急消息还没有回音，请您打电话告知" in page
        and 'href="/office/calls"' in page
        and "紧急" in page
    )
    rung = ring(app, world, "town", "callout_help", record_id=new_id(), urgent=True)
    with app.app_context(), reading() as session:
        assert "record_id" not in feed_rows(session, [rung])[rung], "on phones a call-out is no record"


def navigated(app: Flask, world: World, host: PushHost, name: str, kind: str, **more: UUID) -> str:
    if not any(one.name == name for one in host.pushes):
        subscribe(app, name, host.subscribe(name))
    ring(app, world, name, kind, **more)
    sweep(app)
    pushed = [push.body for push in host.pushes if push.name == name][-1]
    return str(pushed["notification"]["navigate"])


def test_a_tap_leads_a_desk_to_its_inbox_and_a_phone_to_its_screen(app: Flask, world: World, host: PushHost) -> None:
    thing = new_id()
    assert navigated(app, world, host, "town", "task_refused", task_id=thing) == INBOX
    assert navigated(app, world, host, "dept", "case_assigned", record_id=thing) == INBOX
    assert navigated(app, world, host, "county", "callout_help", record_id=thing) == INBOX
    for kind, more, screen in (
        ("task_refused", {"task_id": thing}, f"/task/{thing}"),
        ("hazard_reported", {"record_id": thing}, f"/record/{thing}"),
        ("callout_help", {"record_id": thing}, "/"),
        ("to_call", {}, "/team"),
        ("order_ruled", {}, "/tasks"),
    ):
        assert navigated(app, world, host, "leader", kind, **more) == f"/app#{screen}", kind
    assert navigated(app, world, host, "leader", "record_commented") == "/app"


def test_whoever_has_a_grid_beside_a_desk_is_led_to_the_phone(app: Flask, world: World, host: PushHost) -> None:
    post = {"role": "grid_adviser", "org_unit_id": world.areas["village"], "grid_id": world.areas["grid"]}
    with writing(app) as session:
        people.appoint(session, person_id=world.people["village"], from_day=STARTED, **post)
    thing = new_id()
    assert navigated(app, world, host, "village", "task_refused", task_id=thing) == f"/app#/task/{thing}"
