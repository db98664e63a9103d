"""The office's pages of messages: figures by cause without a person, the call list without content, channels without secrets."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.messages import commands, desk
from server.messages.models import Channel, Delivery, RingRule
from server.platform.db import reading, transaction
from tests.builders import Hands, at_desk
from tests.messages.test_delivering import ring, subscribe, sweep
from tests.push_host import PushHost
from tests.strangers import add_strangers
from tests.world import World


def line_of(app: Flask, person_id: UUID) -> Delivery:
    with app.app_context(), reading() as session:
        own = sa.and_(Delivery.channel == "call", Delivery.person_id == person_id)
        return session.scalars(sa.select(Delivery).where(own)).one()


def figures(page: str, words: str) -> list[str]:
    row = page.split(f"{words}</th>")[1].split("</tr>")[0]
    return [cell.split("</td>")[0].strip() for cell in row.split("<td>")[1:]]


def test_figures_are_of_messages_by_cause_and_state_and_name_nobody(app: Flask, world: World, host: PushHost) -> None:
    subscribe(app, "worker", host.subscribe("a"))
    for name in ("worker", "worker", "worker2"):
        ring(app, world, name)
    ring(app, world, "worker2", "emergency_reported", urgent=True)
    sweep(app)
    ring(app, world, "worker")
    page = at_desk(app, "village").get("/office/deliveries").text
    assert figures(page, "您有一项新任务")[:4] == ["2", "1", "0", "1"]
    assert "手机没有打开提醒 1" in figures(page, "您有一项新任务")[4]
    assert figures(page, "网格里报了一起紧急情况")[:4] == ["0", "0", "1", "0"]
    assert figures(page, "网格里上报的紧急情况") == ["1"]
    assert "张worker" not in page


def test_each_act_that_said_urgent_counts_however_many_heard_of_it(app: Flask, world: World) -> None:
    unit, now = world.areas["town"], clock.now()
    everybody = [world.people[name] for name in ("worker", "worker2", "leader")]
    for at in (now - 60_000, now):
        with app.app_context(), transaction() as session:
            commands.ring_area(session, "330424", everybody, "callout_opened", at=at, by_unit=unit)
    page = at_desk(app, "town").get("/office/deliveries").text
    assert figures(page, '<span lang="zh-CN">town</span>') == ["2"]


def test_no_page_says_who_has_looked(app: Flask, world: World, host: PushHost) -> None:
    """Neither a push that nobody answered nor one that failed is told as somebody's not looking."""
    hands = Hands()
    subscribe(app, "worker", host.subscribe("a"))
    for name in ("worker", "worker2"):
        ring(app, world, name, "emergency_reported", urgent=True)
    sweep(app)
    hands.forward(6 * 60_000)
    sweep(app)
    village = at_desk(app, "village")
    calls = village.get("/office/calls").text
    assert "张worker" in calls and "张worker2" in calls and "还没有回音" in calls
    for page in (calls, village.get("/office/deliveries").text, village.get("/office").text):
        for words in ("没看", "没有看", "没人看", "未看", "未读"):
            assert words not in page, words


def test_an_office_counts_its_own_people_alone(app: Flask, world: World) -> None:
    add_strangers(app, world)
    ring(app, world, "worker")
    ring(app, world, "worker_b")
    for name, count in (("village", "1"), ("county", "2")):
        page = at_desk(app, name).get("/office/deliveries").text
        assert figures(page, "您有一项新任务")[1] == count
    assert "您有一项新任务" not in at_desk(app, "county_b").get("/office/deliveries").text


def test_the_list_is_narrowed_and_taken_out_as_it_stands(app: Flask, world: World, host: PushHost) -> None:
    hands = Hands()
    ring(app, world, "worker")
    sweep(app)
    hands.forward(8 * clock.DAY_MS)
    ring(app, world, "worker2", "emergency_reported", urgent=True)
    sweep(app)
    village = at_desk(app, "village")

    def cells(asked: str) -> str:
        return village.get(f"/office/deliveries?{asked}").text.split("<tbody>", 1)[-1].split("</tbody>")[0]

    assert "您有一项新任务" not in cells("") and "网格里报了一起紧急情况" in cells("days=1")
    assert "您有一项新任务" in cells("days=30") and "您有一项新任务" in cells("days=30&kind=task_assigned")
    assert "网格里报了一起紧急情况" not in cells("days=30&kind=task_assigned")
    assert "您有一项新任务" in cells("days=30&state=lost") and "您有一项新任务" not in cells("days=30&state=to_call")
    assert "没有符合的消息" in village.get("/office/deliveries?kind=task_assigned").text
    file = village.form("/office/deliveries/export", file_format="csv", days="30", kind="task_assigned")
    words = file.data.decode("utf-8-sig")
    assert file.status_code == 200 and "您有一项新任务,0,0,0,1,手机没有打开提醒 1" in words
    assert "网格里报了一起紧急情况" not in words and "张worker" not in words


@pytest.mark.parametrize(("reached", "end"), [("yes", ("delivered", "called")), ("no", ("undelivered", "not_reached"))])
def test_whoever_was_rung_up_leaves_the_list(app: Flask, world: World, reached: str, end: tuple[str, str]) -> None:
    ring(app, world, "worker", "emergency_reported", urgent=True)
    sweep(app)
    village = at_desk(app, "village")
    page = village.get("/office/calls").text
    assert "张worker" in page and "13800000000" in page and "网格里报了一起紧急情况" not in page
    line = line_of(app, world.people["worker"])
    assert village.form(f"/office/calls/{line.id}", reached=reached).status_code == 303
    assert "张worker" not in village.get("/office/calls").text
    closed = line_of(app, world.people["worker"])
    assert (closed.state, closed.reason) == end
    assert village.form(f"/office/calls/{line.id}", reached="yes").status_code == 409
    if reached == "no":
        assert line_of(app, world.people["worker"]).reason == "not_reached"


def test_the_call_list_is_paged(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "PAGE", 2)
    for name in ("worker", "worker2", "parttime"):
        ring(app, world, name, "emergency_reported", urgent=True)
    sweep(app)
    village = at_desk(app, "village")
    pages = [village.get(f"/office/calls?page={number}").text for number in (1, 2)]
    assert [page.count("tel:") for page in pages] == [2, 1]


def test_a_channel_is_added_shown_without_its_address_and_ended(app: Flask, world: World) -> None:
    admin, secret = at_desk(app, "sysadmin"), "secrettokenofthegroup"
    told = {
        "kind": "dingtalk",
        "name": "镇工作群",
        "unit_id": str(world.areas["town"]),
        "position": "1",
        "per_minute": "",
    }
    assert admin.form("/office/channels", address=f"dingtalk://{secret}", **told).status_code == 303
    page = admin.get("/office/channels").text
    assert "镇工作群" in page and secret not in page and "每分钟最多 20 次" in page
    with app.app_context(), transaction() as session:
        made = session.scalars(sa.select(Channel)).one()
        raw = session.scalar(sa.text("SELECT address FROM channel"))
        assert made.address == f"dingtalk://{secret}" and secret.encode() not in bytes(raw)  # type: ignore[arg-type]
    assert admin.form(f"/office/channels/{made.id}/end").status_code == 303
    assert "镇工作群" not in admin.get("/office/channels").text


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("dingtalk", "wecombot://keyofthegroup"),
        ("dingtalk", "dingtalk://token of the group"),
        ("sms", "json://127.0.0.1/sms"),
        ("sms", "json://10.0.0.5/sms?:mobile={phone}"),
        ("sms", "file:///etc/passwd?{phone}"),
        ("wecom", "wecombot://127.0.0.1:80/keyofthegroup"),
    ],
)
def test_an_address_that_leads_elsewhere_is_refused_and_not_repeated(
    app: Flask, world: World, kind: str, address: str
) -> None:
    told = {"kind": kind, "name": "群", "unit_id": str(world.areas["town"]), "position": "1"}
    answer = at_desk(app, "sysadmin").form("/office/channels", address=address, **told)
    assert answer.status_code == 422 and "不能用这个渠道地址" in answer.text and address not in answer.text


def test_the_county_sets_when_messages_ring_by_a_document(app: Flask, world: World) -> None:
    county = at_desk(app, "county")
    told = {"quiet_from": "22:30", "quiet_to": "06:30", "answer_minutes": "8", "document_no": "盐政〔2026〕9号"}
    assert county.form("/office/ring-rule", **told).status_code == 303
    page = county.get("/office/ring-rule").text
    assert "22:30 至 06:30 不打扰" in page and "8 分钟" in page and "盐政〔2026〕9号" in page
    with app.app_context(), reading() as session:
        rows = session.scalars(sa.select(RingRule).order_by(RingRule.made_at)).all()
    assert [(r.quiet_from, r.quiet_to) for r in rows] == [(0, 0), (1350, 390)], "the earlier one stays"


@pytest.mark.parametrize(
    "wrong", [{"quiet_from": "24:00"}, {"quiet_to": "7 Uhr"}, {"answer_minutes": "0"}, {"document_no": ""}]
)
def test_a_rule_that_makes_no_sense_is_refused(app: Flask, world: World, wrong: dict[str, str]) -> None:
    told = {"quiet_from": "21:00", "quiet_to": "07:00", "answer_minutes": "5", "document_no": "x〔2026〕1号"}
    assert at_desk(app, "county").form("/office/ring-rule", **{**told, **wrong}).status_code == 422
