"""Orders outside the list (Art. 12): told past everybody, ruled on by the competent department of the county, answered."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from PIL import Image

from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.orders import commands
from server.people.commands import end_appointment
from server.people.models import Appointment
from server.people.queries import holder_of
from server.platform.workdays import add_working_days
from server.sync.models import MutationLog
from tests.builders import at_desk, signed_in, writing
from tests.people.matrix_doors import DESKS, PHONES, ROUTES
from tests.strangers import DESKS_B, add_strangers
from tests.sync.phone import Phone, assigned, outside_order
from tests.sync.test_scope import EVERYBODY, upload
from tests.world import World

SECRETS = ("某主任口头通知", "去收停车罚款", "outside_order", "orders.report")


def done(phone: Phone, told: dict[str, Any]) -> str:
    result = phone.do("orders.report", told)
    code: str = result["outcome"] if result["outcome"] == "applied" else result["problem"]["code"]
    return code


def rule(app: Flask, told: dict[str, Any], **how: Any) -> Any:
    form = {"ruling": "upheld", "words": "罚款由执法部门收", **how}
    return at_desk(app, "county").form(f"/office/orders/{told['id']}", **form)


def own_row(phone: Phone, told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = phone.pull()["outside_order"][told["id"]]
    return found


def told_anywhere(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "olive").save(out, "JPEG")
    return out.getvalue()


def test_what_was_told_waits_for_the_competent_department_and_its_answer_comes_back(app: Flask, world: World) -> None:
    worker, told = Phone(app, "worker"), outside_order()
    assert done(worker, told) == "applied"
    row = own_row(worker, told)
    assert (row["giver"], row["words"], row["ground"], row["_stream"]) == (
        "某主任口头通知", "去收停车罚款", 2, f"person:{world.people['worker']}",
    )  # fmt: skip
    assert row["rule_by"] == add_working_days(clock.today(), 5).isoformat()
    assert "ruling" not in row
    assert rule(app, told).status_code == 303
    row = own_row(worker, told)
    assert (row["ruling"], row["ruling_words"]) == ("upheld", "罚款由执法部门收")
    message = next(iter(worker.pull()["message"].values()))
    assert message["kind"] == "order_ruled"
    assert told_anywhere(message["text_zh"] + message["text_en"]) == []


def test_no_other_role_sees_it_by_any_stream_or_page(app: Flask, world: World) -> None:
    """Taken, refused, announced, or waiting in quarantine: whoever is not the person or the county hears nothing of it."""
    worker = Phone(app, "worker")
    sha256 = upload(worker, picture())
    told = outside_order(photos=[{"sha256": sha256, "role": "scene"}])
    assert done(worker, told) == "applied"
    assert done(worker, outside_order(ground=9)) == "invalid"
    promised = {"lane": "normal", "seq": worker.seq["normal"] + 1, "id": str(new_id()), "name": "orders.report"}
    worker.push(waiting=[{**promised, "made_at": clock.now()}])
    _end_posts(app, world, "worker2", lambda phone: done(phone, outside_order()) == "no_longer_in_post")
    add_strangers(app, world)
    for who in EVERYBODY:
        phone = Phone(app, who) if who != "worker2" else None
        if phone is not None and who != "worker":
            assert told_anywhere(str(phone.pull())) == [], who
            got = phone.client.get(f"/api/v1/photos/{sha256}?size=thumb")
            assert got.status_code == (200 if who == "county" else 404), who
    assert "announced" not in Phone(app, "leader").pull()
    for who in [*DESKS, *DESKS_B, *(name for name in PHONES if name != "worker2")]:
        browser = at_desk(app, who) if who in (*DESKS, *DESKS_B) else signed_in(app, who)
        pages = {path: _page(browser, path) for path in OFFICE_PAGES}
        heard = {path for path, text in pages.items() if told_anywhere(text)}
        assert heard == ({"/office/orders"} if who == "county" else set()), who
        if who not in ("county", "county_b"):
            assert [path for path, text in pages.items() if "清单外的事" in text] == [], who


OFFICE_PAGES = [path for method, _rule, path, *_ in ROUTES if method == "GET" and "{" not in path]


def _page(browser: Any, path: str) -> str:
    answer = browser.get(path)
    return str(answer.text) if answer.mimetype == "text/html" else ""


def _end_posts(app: Flask, world: World, who: str, then: Any) -> None:
    phone = Phone(app, who)
    with writing(app) as session:
        for post in session.query(Appointment).filter_by(person_id=world.people[who]):
            end_appointment(session, post.id, clock.today())
    assert then(phone)


def test_in_quarantine_it_is_taken_in_by_the_county_alone(app: Flask, world: World) -> None:
    told = outside_order()
    _end_posts(app, world, "worker2", lambda phone: done(phone, told) == "no_longer_in_post")
    kept = _quarantined(app)
    assert at_desk(app, "town").form(f"/office/outboxes/{kept}/take-in").status_code == 404
    assert at_desk(app, "county").form(f"/office/outboxes/{kept}/take-in").status_code == 303
    assert "去收停车罚款" in at_desk(app, "county").get("/office/orders").text


def _quarantined(app: Flask) -> UUID:
    with writing(app) as session:
        found: UUID = session.query(MutationLog).filter_by(name="orders.report").one().id
        return found


def test_the_picture_is_shown_as_held_when_it_has_come(app: Flask, world: World) -> None:
    worker, content = Phone(app, "worker"), picture()
    sha256 = "0" * 64
    told = outside_order(photos=[{"sha256": sha256, "role": "scene"}])
    assert done(worker, told) == "applied"
    assert own_row(worker, told)["photos"] == [{"sha256": sha256, "role": "scene", "held": False}]
    later = outside_order(photos=[{"sha256": _hash(content), "role": "scene"}])
    assert done(worker, later) == "applied"
    assert upload(worker, content) == _hash(content)
    assert own_row(worker, later)["photos"][0]["held"] is True
    assert _hash(content) in at_desk(app, "county").get("/office/orders").text


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


FOUR = [{"sha256": "0" * 64, "role": "scene"}] * 4


@pytest.mark.parametrize(
    "change", [{"giver": " "}, {"words": ""}, {"ground": 4}, {"words": "长" * 501}, {"more": 1}, {"photos": FOUR}]
)
def test_what_is_no_such_order_is_refused(app: Flask, world: World, change: dict[str, Any]) -> None:
    assert done(Phone(app, "worker"), outside_order(**change)) == "invalid"


def test_it_is_told_once_and_by_whoever_works_in_a_grid(app: Flask, world: World) -> None:
    worker, told = Phone(app, "worker"), outside_order()
    assert [done(worker, told), done(worker, told)] == ["applied", "record_exists"]
    assert done(Phone(app, "micro"), outside_order()) == "applied"
    assert done(Phone(app, "village"), outside_order()) == "not_allowed"


def test_ruled_once_with_words_and_never_by_the_unit_that_gave_it(app: Flask, world: World) -> None:
    worker, told = Phone(app, "worker"), outside_order()
    assert done(worker, told) == "applied"
    county = str(world.areas["county"])
    assert rule(app, told, words=" ").status_code == 422
    assert rule(app, told, ruling="stood").status_code == 422
    assert rule(app, told, unit_id=county).status_code == 403
    assert rule(app, told, unit_id=str(new_id())).status_code == 404
    assert "ruling" not in own_row(worker, told)
    assert rule(app, told, ruling="not_upheld", unit_id=str(world.areas["town"])).status_code == 303
    assert own_row(worker, told)["ruling"] == "not_upheld"
    assert rule(app, told).status_code == 409
    assert county not in at_desk(app, "county").get("/office/orders").text


def test_with_no_ruling_in_time_the_refusal_stands(app: Flask, world: World) -> None:
    worker, told = Phone(app, "worker"), outside_order()
    assert done(worker, told) == "applied"
    with writing(app) as session:
        assert commands.let_stand(session, add_working_days(clock.today(), 5)) == 0
        assert commands.let_stand(session, add_working_days(clock.today(), 5) + timedelta(days=1)) == 1
        assert commands.let_stand(session, clock.today() + timedelta(days=60)) == 0
    assert own_row(worker, told)["ruling"] == "stood"
    assert rule(app, told).status_code == 409


@pytest.mark.parametrize("who", ["worker", "leader", *(desk for desk in DESKS if desk != "county")])
def test_nobody_else_rules(app: Flask, world: World, who: str) -> None:
    worker, told = Phone(app, "worker"), outside_order()
    assert done(worker, told) == "applied"
    with writing(app) as session, pytest.raises(Problem, match="not_allowed"):
        by = holder_of(session, world.people[who], clock.today())
        commands.rule(session, by, UUID(told["id"]), upheld=True, words="x", unit_id=None)


def test_figures_are_of_units_and_of_what_was_upheld_alone(app: Flask, world: World) -> None:
    worker, leader, town = Phone(app, "worker"), Phone(app, "leader"), str(world.areas["town"])
    for how in ({"unit_id": town}, {"unit_id": town}, {"unit_id": town, "ruling": "not_upheld"}, {}):
        told = outside_order()
        assert done(worker, told) == "applied"
        assert rule(app, told, **how).status_code == 303
    for ruled in (True, False):
        asked, refusal = assigned(world), str(new_id())
        assert leader.do("tasks.assign", asked)["outcome"] == "applied"
        assert worker.do("tasks.refuse", {"id": refusal, "task_id": asked["id"], "ground": 1})["outcome"] == "applied"
        if ruled:
            form = {"ruling": "upheld", "words": "x"}
            assert at_desk(app, "county").form(f"/office/refusals/{refusal}", **form).status_code == 303
    page = at_desk(app, "county").get("/office/orders/units").text
    rows = re.findall(r"<tr><th[^>]*>(.*?)</th><td>(\d+)</td><td>(\d+)</td><td>(\d+)</td></tr>", page)
    assert rows == [("town", "0", "0", "2"), ("village", "1", "0", "0")]
    assert "张" not in page.split("<tbody>")[1]
    later = at_desk(app, "county").get(f"/office/orders/units?since={clock.today() + timedelta(days=1)}").text
    assert "<tbody>" not in later
