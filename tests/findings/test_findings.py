"""Findings from opening to decision, what other rooms may read of them, and holds that retention respects."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from server.feedback.commands import delete_old
from server.feedback.models import Feedback, FeedbackPicture
from server.findings import commands, queries
from server.findings.models import Finding, LegalHold
from server.households.commands import delete_closed_households
from server.households.models import Household
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from tests.builders import DAY, Hands, add_person, at_desk, signed_in, writing
from tests.county import looking
from tests.feedback.forms import Visitor, said
from tests.photos.pictures import jpeg
from tests.strangers import add_strangers
from tests.sync.phone import Phone, hazard
from tests.world import World

DECISION = {"decision": "confirmed", "document_no": "示〔2026〕5号", "words": "证据充分"}


def told(world: World, who: str = "worker", **more: Any) -> dict[str, Any]:
    form = {"id": str(new_id()), "person_id": str(world.people[who]), "ground": "3", "words": "补录了没有去过的走访"}
    return {**form, "happened_on": clock.today().isoformat(), **more}


def opened(app, world, who: str = "worker", by: str = "town") -> str:
    answer = at_desk(app, by).form("/office/findings", **told(world, who))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].split("?")[0]


def confirmed(app, world) -> list[Any]:
    with looking(app) as session:
        day = clock.today()
        found = queries.confirmed(session, [world.people["worker"]], day, day + timedelta(days=1))
    return found.get(world.people["worker"], [])


def test_only_what_a_named_authority_confirmed_after_the_hearing_reaches_other_rooms(app, world) -> None:
    path = opened(app, world)
    town, county, worker = at_desk(app, "town"), at_desk(app, "county"), signed_in(app, "worker")
    record = hazard(world)
    assert Phone(app, "worker").do("hazards.report", record)["outcome"] == "applied"
    assert "HAZ-01" in town.get(path).text
    assert town.form(f"{path}/evidence", words="轨迹与记录不符", record_id=str(record["id"])).status_code == 303
    assert "轨迹与记录不符" in worker.get("/office/heard").text
    assert town.form(f"{path}/decision", **DECISION).status_code == 403
    assert county.form(f"{path}/decision", **DECISION).status_code == 409
    where = path.replace("/office/findings/", "/office/heard/finding/")
    assert worker.form(where, words="那天我在").status_code == 303 and "那天我在" in county.get(path).text
    assert confirmed(app, world) == []
    assert county.form(f"{path}/decision", **{**DECISION, "document_no": ""}).status_code == 422
    assert county.form(f"{path}/decision", **DECISION).status_code == 303
    found = confirmed(app, world)[0]
    assert (found.ground, found.document_no, found.confirmed_on) == (3, "示〔2026〕5号", clock.today())
    assert "证据充分" in worker.get("/office/heard").text
    assert (
        worker.form(where, words="再说").status_code == county.form(f"{path}/decision", **DECISION).status_code == 409
    )
    assert town.form(f"{path}/evidence", words="再加").status_code == 409


def test_what_is_not_confirmed_withdrawn_or_of_another_day_reaches_nobody(app, world) -> None:
    hands = Hands()
    county = at_desk(app, "county")
    withdrawn, refused = opened(app, world), opened(app, world)
    assert at_desk(app, "town").form(f"{withdrawn}/decision", decision="withdrawn", words="弄错了").status_code == 303
    hands.forward(8 * DAY)
    county = at_desk(app, "county")
    assert county.form(f"{refused}/decision", **{**DECISION, "decision": "not_confirmed"}).status_code == 303
    with looking(app) as session:
        everybody = list(world.people.values())
        assert queries.confirmed(session, everybody, clock.today() - timedelta(days=30), clock.today()) == {}


@pytest.mark.parametrize(
    ("who", "by", "status"),
    [
        ("leader", "town", 303),
        ("village", "town", 303),
        ("adviser", "county", 303),
        ("adviser", "town", 404),
        ("town", "county", 303),
        ("town", "town", 403),
        ("worker", "county", 404),
        ("worker", "village", 403),
        ("county", "city", 303),
    ],
)
def test_it_is_opened_by_the_unit_above_the_person(app, world, who, by, status) -> None:
    assert at_desk(app, by).form("/office/findings", **told(world, who)).status_code == status


def test_nobody_else_finds_it_or_an_account(app, world) -> None:
    path = opened(app, world)
    add_strangers(app, world)
    for username in ("town_b", "county_b", "city"):
        desk = at_desk(app, username)
        assert desk.get(path).status_code == desk.form(f"{path}/decision", **DECISION).status_code == 404
        assert "张worker" not in desk.get("/office/findings/new?username=worker").text
    assert signed_in(app, "worker2").form(path.replace("findings", "heard/finding"), words="x").status_code == 404
    assert "张worker" in at_desk(app, "town").get("/office/findings/new?username=worker").text


def test_the_same_form_twice_opens_one_and_a_future_act_none(app, world) -> None:
    town, form = at_desk(app, "town"), told(world)
    assert [town.form("/office/findings", **form).status_code for _ in range(2)] == [303, 303]
    with looking(app) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Finding)) == 1
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    assert town.form("/office/findings", **told(world, happened_on=tomorrow)).status_code == 422


def test_what_is_held_outlives_its_retention_until_a_document_lifts_it(app, world) -> None:
    hands = Hands()
    household = world.households[3]
    receipt, _ = Visitor(app, hands).complain(said(world, about="work"), photo=jpeg())
    Visitor(app, hands).complain(said(world, about="work"))
    with writing(app) as session:
        kept = session.scalars(sa.select(Feedback).where(Feedback.receipt == receipt)).one().id
        for one in session.scalars(sa.select(Feedback)):
            one.state, one.closed_at, one.handler_id = "closed", clock.now(), world.people["town"]
        closed = session.get_one(Household, household)
        closed.closed_on, closed.close_reason = clock.today() - timedelta(days=400), "moved_out"
    county = at_desk(app, "county")
    for kind, held in (("feedback", kept), ("household", household)):
        form = {"kind": kind, "object_id": str(held), "reason": "诉讼", "document_no": "法1号"}
        assert [county.form("/office/holds", **form).status_code for _ in range(2)] == [303, 303]
    assert county.form("/office/holds", **{**form, "object_id": str(new_id())}).status_code == 404
    hands.forward(800 * DAY)
    assert swept(app) == (0, 0)  # no document of the county gives the days
    days = {"accept_days": "5", "handle_days": "30", "hearing_days": "7", "keep_days": "183", "document_no": "示3号"}
    assert at_desk(app, "county").form("/office/feedback/days", **days).status_code == 303
    assert swept(app) == (1, 0)
    with looking(app) as session:
        assert list(session.scalars(sa.select(Feedback.id))) == [kept]
        holds = [str(one) for one in session.scalars(sa.select(LegalHold.id))]
    assert len(holds) == 2
    county = at_desk(app, "county")
    for one in holds:
        assert county.form(f"/office/holds/{one}/lift", document_no="法2号").status_code == 303
        assert county.form(f"/office/holds/{one}/lift", document_no="法2号").status_code == 409
    assert swept(app) == (1, 1)
    with looking(app) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(FeedbackPicture)) == 0


def test_a_complaint_under_an_open_finding_is_kept(app, world) -> None:
    hands = Hands()
    Visitor(app, hands).complain(said(world, about="work"))
    days = {"accept_days": "5", "handle_days": "30", "hearing_days": "7", "keep_days": "183", "document_no": "示3号"}
    assert at_desk(app, "county").form("/office/feedback/days", **days).status_code == 303
    with writing(app) as session:
        one = session.scalars(sa.select(Feedback)).one()
        one.state, one.closed_at, one.handler_id = "closed", clock.now(), world.people["town"]
        complaint = str(one.id)
    path = at_desk(app, "town").form("/office/findings", **told(world, feedback_id=complaint)).headers["Location"]
    hands.forward(200 * DAY)
    assert swept(app) == (0, 0)
    given = {"decision": "withdrawn", "words": "弄错了"}
    assert at_desk(app, "town").form(f"{path.split('?')[0]}/decision", **given).status_code == 303
    assert swept(app) == (1, 0)


def test_nobody_sees_or_lifts_a_hold_about_themselves_or_of_a_complaint_of_others(app, world) -> None:
    with writing(app) as session:
        add_person(session, "county2", role="county_authority", org_unit_id=world.areas["county"])
    path = opened(app, world, "county", by="city")
    Visitor(app, Hands()).complain(said(world, about="work"))
    colleague = at_desk(app, "county2")
    with looking(app) as session:
        complaint = session.scalars(sa.select(Feedback.id)).one()
    common = {"reason": "调查用", "document_no": "法1号"}
    about = {"kind": "household", "object_id": str(world.households[0]), "finding_id": path.rpartition("/")[2]}
    assert colleague.form("/office/holds", **about, **common).status_code == 303
    assert colleague.form("/office/holds", kind="feedback", object_id=str(complaint), **common).status_code == 303
    assert colleague.get("/office/holds").text.count("法1号") == 2
    meant = at_desk(app, "county")
    assert "法1号" not in meant.get("/office/holds").text
    with looking(app) as session:
        holds = list(session.scalars(sa.select(LegalHold.id)))
    assert [meant.form(f"/office/holds/{one}/lift", document_no="法2号").status_code for one in holds] == [404, 404]
    assert [colleague.form(f"/office/holds/{one}/lift", document_no="法2号").status_code for one in holds] == [303, 303]


def test_on_evidence_that_came_after_the_answer_the_person_is_heard_again(app, world) -> None:
    hands = Hands()
    path = opened(app, world)
    where = path.replace("/office/findings/", "/office/heard/finding/")
    assert signed_in(app, "worker").form(where, words="那天我在").status_code == 303
    hands.forward(1000)
    assert at_desk(app, "town").form(f"{path}/evidence", words="另一份材料").status_code == 303
    county = at_desk(app, "county")
    assert county.form(f"{path}/decision", **DECISION).status_code == 409
    hands.forward(1000)
    assert signed_in(app, "worker").form(where, words="也不对").status_code == 303
    assert county.form(f"{path}/decision", **DECISION).status_code == 303


def swept(app) -> tuple[int, int]:
    with writing(app) as session:
        return delete_old(session, clock.now()), delete_closed_households(session, clock.today())


def test_only_the_county_holds_and_only_what_is_its_own(app, world, session, acts) -> None:
    record = {"kind": "record", "object_id": new_id(), "finding_id": None, "reason": "x", "document_no": "y"}
    for username in ("county", "town"):
        with pytest.raises(Problem, match="not_found"):
            commands.hold(session, acts.holder(username), record)
