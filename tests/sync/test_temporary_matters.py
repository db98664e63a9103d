"""Urgent temporary matters: off without the county's document, public before the first task, over with their last day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id
from server.matters import leaving
from server.matters.models import ListChange, Matter, TemporaryMatter
from server.platform.db import transaction
from tests.builders import DAY, Browser, Hands, at_desk
from tests.county import looking
from tests.strangers import add_strangers
from tests.sync.phone import Phone, assigned, hazard
from tests.world import World

PATH, OWN_DOCUMENT = "/office/temporary", "示例〔2026〕31号"


def read(after: int) -> str:
    """The day as a page says it."""
    found = date.fromisoformat(day(after))
    return f"{found.year}年{found.month}月{found.day}日"


def day(ahead: int) -> str:
    return (clock.today() + timedelta(days=ahead)).isoformat()


def told(**more: Any) -> dict[str, Any]:
    """The form: burst pipes after a cold night, for ten days."""
    form = {
        "id": str(new_id()),
        "name_zh": "寒潮后水管冻裂排查",
        "duty": "hazards",
        "data_class": "N",
        "departments": "public_security",
        "consent_by": "县网格化服务管理主管部门",
        "reason": "寒潮橙色预警",
        "document_no": OWN_DOCUMENT,
        "from_day": day(0),
        "last_day": day(9),
    }
    return {**form, **more}


def provided(app: Flask, most_days: int = 30) -> Browser:
    county = at_desk(app, "county")
    given = {"document_no": "示例〔2026〕30号", "most_days": str(most_days)}
    assert county.form(f"{PATH}/document", **given).status_code == 303
    return county


def written(app: Flask, county: Browser, **more: Any) -> TemporaryMatter:
    assert county.form(PATH, **told(**more)).status_code == 303
    with looking(app) as session:
        return session.scalars(sa.select(TemporaryMatter).order_by(TemporaryMatter.code.desc())).first()


def published(app: Flask, county: Browser, **more: Any) -> TemporaryMatter:
    found = written(app, county, **more)
    assert county.form(f"{PATH}/{found.id}/publish").status_code == 303
    return found


def outcome(leader: Phone, world: World, code: str, due: str) -> str:
    done = leader.do("tasks.assign", assigned(world, matter_code=code, due_day=due))
    return done["problem"]["code"] if "problem" in done else done["outcome"]


def everybody_reads(app: Flask) -> str:
    return app.test_client().get("/matters").text


def test_off_until_the_countys_own_document_provides_for_it(app: Flask) -> None:
    county = at_desk(app, "county")
    assert 'data-testid="temporary-form"' not in county.get(PATH).text
    answer = county.form(PATH, **told())
    assert answer.status_code == 422 and "没有规定紧急临时事项" in answer.text
    provided(app)
    assert county.form(PATH, **told()).status_code == 303


def test_nobody_is_asked_before_it_is_published_and_everybody_reads_it_then(app: Flask, world: World) -> None:
    county, leader = provided(app), Phone(app, "leader")
    found = written(app, county)
    assert found.code not in everybody_reads(app)
    assert outcome(leader, world, found.code, day(3)) == "temporary_unpublished"
    assert county.form(f"{PATH}/{found.id}/publish").status_code == 303
    page = everybody_reads(app)
    for words in (found.code, "寒潮后水管冻裂排查", OWN_DOCUMENT, "寒潮橙色预警", f"{read(0)} 至 {read(9)}"):
        assert words in page
    assert outcome(leader, world, found.code, day(3)) == "applied"
    row = next(m for m in leader.pull()["matter"].values() if m["code"] == found.code)
    assert (row["from"], row["to"], row["demo"]) == (day(0), day(10), False)


def test_no_task_may_be_due_after_its_last_day_nor_be_given_after_it(app: Flask, world: World) -> None:
    hands = Hands()
    leader = Phone(app, "leader")
    found, due = published(app, provided(app)), assigned(world)
    assert outcome(leader, world, found.code, day(9)) == "applied"
    assert outcome(leader, world, found.code, day(10)) == "matter_ends_before"
    due |= {"matter_code": found.code, "due_day": day(4)}
    assert leader.do("tasks.assign", due)["outcome"] == "applied"
    moved = leader.do("tasks.set_due", {"task_id": due["id"], "due_day": day(11)}, base_version=1)
    assert moved["problem"]["code"] == "matter_ends_before"
    hands.forward(10 * DAY)
    later = Phone(app, "leader")
    assert found.code not in everybody_reads(app)
    assert outcome(later, world, found.code, day(1)) == "temporary_ended"


def test_work_under_it_counts_while_it_is_in_force(app: Flask, world: World) -> None:
    found = published(app, provided(app))
    assert Phone(app, "worker").do("hazards.report", hazard(world, matter_code=found.code))["outcome"] == "applied"


def test_one_that_starts_later_is_no_matter_yet(app: Flask, world: World) -> None:
    found = published(app, provided(app), from_day=day(2))
    assert found.code not in everybody_reads(app)
    assert outcome(Phone(app, "leader"), world, found.code, day(3)) == "matter_not_in_force"


def test_ended_today_keeps_what_was_done_today_and_the_history_says_who(app: Flask, world: World) -> None:
    hands = Hands()
    county = provided(app)
    found = published(app, county)
    assert county.form(f"{PATH}/{found.id}/end").status_code == 303
    assert county.form(f"{PATH}/{found.id}/end").status_code == 303  # again: as it was
    assert Phone(app, "worker").do("hazards.report", hazard(world, matter_code=found.code))["outcome"] == "applied"
    assert outcome(Phone(app, "leader"), world, found.code, day(1)) == "matter_ends_before"
    with looking(app) as session:
        entry = session.scalars(sa.select(Matter).where(Matter.code == found.code)).one()
        changes = session.scalars(sa.select(ListChange).where(ListChange.object_id == entry.id)).all()
    assert entry.to_day == clock.today() + timedelta(days=1)
    assert [(one.by_person_id, one.after) for one in changes] == [(world.people["county"], {"to_day": day(1)})]
    hands.forward(DAY)
    assert outcome(Phone(app, "leader"), world, found.code, day(1)) == "temporary_ended"


def settle(app: Flask) -> int:
    with app.app_context(), transaction() as session:
        return leaving.settle(session, clock.today())


def states(worker: Phone) -> dict[str, str]:
    return {key: task["state"] for key, task in worker.pull()["task"].items()}


def test_ended_early_its_later_tasks_end_with_it_and_whoever_has_one_hears_of_it(app: Flask, world: World) -> None:
    hands, county = Hands(), provided(app)
    found = published(app, county)
    leader, worker = Phone(app, "leader"), Phone(app, "worker")
    today, later = (assigned(world, matter_code=found.code, due_day=day(ahead)) for ahead in (0, 5))
    for told in (today, later):
        assert leader.do("tasks.assign", told)["outcome"] == "applied"
    assert county.form(f"{PATH}/{found.id}/end").status_code == 303
    assert "matter_withdrawn" in {one["kind"] for one in worker.pull()["message"].values()}
    assert settle(app) == 0 and states(worker) == {today["id"]: "open", later["id"]: "open"}
    hands.forward(DAY)
    assert settle(app) == 1 and settle(app) == 0
    # what was due on its last day could be done; nobody can be asked for the other any more
    assert states(Phone(app, "worker")) == {today["id"]: "open", later["id"]: "withdrawn"}


@pytest.mark.parametrize("how", ["ruled", "taken_back"])
def test_a_refused_task_does_not_come_back_when_its_matter_is_over(app: Flask, world: World, how: str) -> None:
    hands, county = Hands(), provided(app)
    found = published(app, county)
    leader, worker = Phone(app, "leader"), Phone(app, "worker")
    told, refusal = assigned(world, matter_code=found.code, due_day=day(9)), str(new_id())
    assert leader.do("tasks.assign", told)["outcome"] == "applied"
    assert worker.do("tasks.refuse", {"id": refusal, "task_id": told["id"], "ground": 2})["outcome"] == "applied"
    beyond = {"ruling": "not_upheld", "words": "属于清单", "due_day": day(20)}
    assert county.form(f"/office/refusals/{refusal}", **beyond).status_code == 422, "no day after its last one"
    assert county.form(f"{PATH}/{found.id}/end").status_code == 303
    hands.forward(DAY)
    settle(app)
    if how == "ruled":
        answer = at_desk(app, "county").form(f"/office/refusals/{refusal}", **{**beyond, "due_day": day(5)})
        assert answer.status_code == 303, answer.text
    else:
        assert Phone(app, "worker").do("refusals.take_back", {"id": refusal})["outcome"] == "applied"
    assert states(Phone(app, "worker")) == {told["id"]: "withdrawn"}


def test_a_refusal_of_what_was_due_before_its_end_is_taken_back_all_the_same(app: Flask, world: World) -> None:
    """It could be done on its day, and what was done then without a network counts."""
    hands = Hands()
    found = published(app, provided(app))
    told, refusal = assigned(world, matter_code=found.code, due_day=day(9)), str(new_id())
    leader, worker = Phone(app, "leader"), Phone(app, "worker")
    assert leader.do("tasks.assign", told)["outcome"] == "applied"
    assert worker.do("tasks.refuse", {"id": refusal, "task_id": told["id"], "ground": 2})["outcome"] == "applied"
    hands.forward(10 * DAY)
    assert Phone(app, "worker").do("refusals.take_back", {"id": refusal})["outcome"] == "applied"
    assert states(Phone(app, "worker")) == {told["id"]: "open"}


@pytest.mark.parametrize(
    "change",
    [
        {"last_day": 10},
        {"last_day": -1, "from_day": -3},
        {"from_day": 3, "last_day": 2},
        {"consent_by": ""},
        {"reason": " "},
        {"document_no": ""},
        {"departments": "nobody"},
        {"departments": []},
        {"duty": "mediations"},
        {"data_class": "S"},
    ],
)
def test_what_lacks_consent_reason_document_or_a_fitting_end_is_not_written_down(
    app: Flask, change: dict[str, Any]
) -> None:
    county = provided(app, most_days=10)
    change = {name: day(value) if isinstance(value, int) else value for name, value in change.items()}
    assert county.form(PATH, **told(**change)).status_code == 422
    with looking(app) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(TemporaryMatter)) == 0


def test_a_form_sent_twice_is_one_matter_and_codes_go_on(app: Flask) -> None:
    county, form = provided(app), told()
    assert [county.form(PATH, **form).status_code for _ in range(2)] == [303, 303]
    assert county.form(PATH, **told(name_zh="洪水后清淤")).status_code == 303
    with looking(app) as session:
        assert sorted(session.scalars(sa.select(TemporaryMatter.code))) == ["TMP-01", "TMP-02"]


def test_switched_off_again_nothing_new_is_published_and_what_is_public_stays(app: Flask, world: World) -> None:
    county = provided(app)
    first, second = published(app, county), written(app, county)
    assert county.form(f"{PATH}/document", document_no="", most_days="30").status_code == 303
    assert county.form(f"{PATH}/{second.id}/publish").status_code == 422
    assert outcome(Phone(app, "leader"), world, first.code, day(1)) == "applied"


def test_another_countys_list_and_page_know_nothing_of_it(app: Flask, world: World) -> None:
    found = published(app, provided(app))
    add_strangers(app, world)
    stranger = at_desk(app, "county_b")
    assert stranger.form(f"{PATH}/{found.id}/publish").status_code == 404
    assert stranger.form(f"{PATH}/{found.id}/end").status_code == 404
    anybody = app.test_client()
    asked = anybody.get("/matters").text
    assert "/matters?county=330481" in asked and found.code not in asked
    assert found.code in anybody.get("/matters?county=330424").text
    assert found.code not in anybody.get("/matters?county=330481").text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_public_page_is_light_and_needs_no_script(app: Flask, lang: str) -> None:
    county = provided(app)
    for number in range(20):
        published(app, county, name_zh=f"临时事项{number}", reason="原" * 300)
    page = app.test_client().get(f"/matters?lang={lang}")
    assert page.status_code == 200
    assert len(page.data) <= 60_000 and "<script" not in page.text and "Set-Cookie" not in page.headers
    assert page.text.count("TMP-") == 20
