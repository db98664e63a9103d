"""A month is run once, its sheets can be objected to, answered by somebody without a part in it, and reckoned again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from flask import Flask

from server.duties.mediations.models import MediationStep
from server.evaluation import commands, objecting, proposing, queries, running, sharing, sheets
from server.evaluation.canonical import digest
from server.evaluation.models import EvaluationRun, Proposal, ScoreSheet, SheetVersion
from server.evaluation.rule_set import compiled
from server.evaluation.score import score
from server.findings.models import Finding
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.messages.commands import DESK
from server.messages.models import Message
from server.people.models import Appointment
from server.people.queries import holder_of
from server.platform.db import db
from server.platform.workdays import add_working_days
from server.records.models import Record
from server.tasks.models import Task
from tests.builders import Hands, at_desk, writing
from tests.evaluation.sets import SETTING, facts, last_month, published, ratio, rule_set, run
from tests.sync.phone import Phone, assigned, hazard, mediation, visit
from tests.world import COUNTY, World

DAY = clock.DAY_MS


@pytest.fixture
def month(app: Flask, world: World) -> Hands:
    """Something was done by worker, and not by worker2; then the month ended."""
    hands = Hands()
    hands.now = clock.start_of(clock.today().replace(day=1)) + 12 * 3_600_000
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    assert worker.do("visits.report", visit(world))["outcome"] == "applied"
    for who in ("worker", "worker2"):
        task = assigned(world, who)
        assert leader.do("tasks.assign", task)["outcome"] == "applied"
    proof = hazard(world)
    assert worker.do("hazards.report", proof)["outcome"] == "applied"
    told = {"task_id": _task_of(app, world, "worker"), "record_id": proof["id"]}
    assert worker.do("tasks.finish", told)["outcome"] == "applied"
    hands.now = clock.start_of((clock.today() + timedelta(days=40)).replace(day=2)) + 10 * 3_600_000
    return hands


def _task_of(app: Flask, world: World, who: str) -> str:
    with app.app_context():
        return str(db.session().query(Task).filter_by(person_id=world.people[who]).one().id)


def own_sheet(app: Flask, who: str) -> dict[str, Any]:
    return next(iter(Phone(app, who).pull()["score_sheet"].values()))


def object_to(app: Flask, who: str, indicator: str = "TASKS", **more: Any) -> dict[str, Any]:
    sheet = own_sheet(app, who)
    told = {"id": str(new_id()), "sheet_id": sheet["id"], "indicator": indicator, "reason": "not_mine"}
    return Phone(app, who).do("objections.make", {**told, **more})


def waits_at_a_desk_of(app: Flask, world: World) -> list[str]:
    """Whom messages tell that something waits at their desk."""
    with app.app_context():
        found = [one.person_id for one in db.session().query(Message).filter_by(kind=DESK)]
    return sorted(name for name, person in world.people.items() for one in found if one == person)


def answer(app: Flask, world: World, by: str, outcome: str = "accepted", effect: str = "met", **more: Any) -> None:
    with writing(app) as session:
        open_ = next(o for o in session.query(objecting.Objection) if o.outcome is None)
        holder = holder_of(session, world.people[by], clock.today())
        told = {"words": "已核对", "row": "", "mark": "", **more}
        objecting.answer(session, holder, open_.id, outcome=outcome, effect=effect, **told)


def test_a_month_is_run_once_and_every_sheet_recomputes_to_the_same_bytes(
    app: Flask, world: World, month: Hands
) -> None:
    published(app, world)
    assert run(app, world) == 3  # the full-time workers
    assert run(app, world) == -1  # nothing is left
    sheet = own_sheet(app, "worker")
    assert sheet["period"] == last_month().label and sheet["closed"] is False
    with app.app_context():
        for version in db.session().query(SheetVersion):
            told = orjson.loads(version.facts)
            found = db.session().query(running.RuleSet).one()
            again = score(queries.facts_from(told, ()), compiled(json.loads(found.body)))
            assert digest(again) == version.sheet_sha256
            assert digest(told) == version.facts_sha256 == orjson.loads(version.sheet)["facts"]


def test_it_waits_for_phones_without_a_network_and_for_the_county_to_switch_it_on(
    app: Flask, world: World, month: Hands
) -> None:
    set_id = published(app, world)
    with writing(app) as session:
        by = holder_of(session, world.people["county"], clock.today())
        month.forward(1)
        commands.set_evaluation(session, by, {**SETTING, "run_after_days": 5})
        assert running.start_due(session, clock.today()) == 0
        month.forward(1)
        commands.set_evaluation(session, by, {**SETTING, "is_on": False})
        assert running.start_due(session, clock.today()) == 0
        with pytest.raises(Problem, match="evaluation_off"):
            running.run_at_will(session, by, set_id, last_month().from_day)
    assert "score_sheet" not in Phone(app, "worker").pull()


def test_sheets_lie_in_the_own_stream_alone(app: Flask, world: World, month: Hands) -> None:
    published(app, world)
    run(app, world)
    for who in ("worker", "worker2", "leader", "village", "town", "county", "micro"):
        rows = Phone(app, who).pull().get("score_sheet", {}).values()
        assert {row["_stream"] for row in rows} <= {f"person:{world.people[who]}"}
        assert len(rows) == (who in ("worker", "worker2"))


def test_an_objection_holds_the_grade_and_an_accepted_one_reckons_again(app: Flask, world: World, month: Hands) -> None:
    published(app, world)
    run(app, world)
    before = own_sheet(app, "worker2")
    assert before["sheet"]["status"] == "graded"
    assert object_to(app, "worker2")["outcome"] == "applied"
    disputed = own_sheet(app, "worker2")
    line = next(line for line in disputed["sheet"]["lines"] if line["indicator"] == "TASKS")
    assert (line["disputed"], disputed["sheet"]["status"], disputed["sheet"]["grade"]) == (True, "disputed", None)
    assert object_to(app, "worker2")["problem"]["code"] == "objection_open"
    answer(app, world, "town")
    after = own_sheet(app, "worker2")
    assert after["sheet"]["total"] != before["sheet"]["total"] and after["sheet"]["status"] == "graded"
    assert [one["total"] for one in after["earlier"]] == [before["sheet"]["total"], disputed["sheet"]["total"]]
    assert after["objections"][0]["answer_words"] == "已核对"
    assert object_to(app, "worker2")["problem"]["code"] == "already_decided"


def test_kept_it_may_go_once_more_to_the_county(app: Flask, world: World, month: Hands) -> None:
    published(app, world)
    run(app, world)
    assert object_to(app, "worker2")["outcome"] == "applied"
    assert waits_at_a_desk_of(app, world) == ["town"]
    answer(app, world, "town", outcome="kept")
    assert object_to(app, "worker2")["outcome"] == "applied"
    assert waits_at_a_desk_of(app, world) == ["county", "town"], "the second time the county is told"
    with pytest.raises(Problem, match="not_allowed"):
        answer(app, world, "town")
    answer(app, world, "county", outcome="kept")
    assert object_to(app, "worker2")["problem"]["code"] == "already_decided"
    assert [one["stage"] for one in own_sheet(app, "worker2")["objections"]] == [1, 2]


def test_made_in_time_without_a_network_is_in_time(app: Flask, world: World, month: Hands) -> None:
    published(app, world)
    run(app, world)
    sheet, phone = own_sheet(app, "worker2"), Phone(app, "worker2")
    told = {"id": str(new_id()), "sheet_id": sheet["id"], "indicator": "TASKS", "reason": "miscounted"}
    in_time = phone.mutation("objections.make", told)
    month.now = clock.start_of(add_working_days(clock.today(), 5) + timedelta(days=2)) + DAY // 2
    with writing(app) as session:
        assert running.close_due(session, clock.today()) == 1
        assert session.query(Proposal).filter_by(person_id=world.people["worker2"]).count() > 0
    late = {**told, "id": str(new_id()), "indicator": "VISITS"}
    assert phone.push(in_time).json["results"][0]["outcome"] == "applied"
    assert phone.do("objections.make", late)["problem"]["code"] == "window_over"
    assert own_sheet(app, "worker2")["sheet"]["grade"] is None
    with writing(app) as session:
        assert session.query(Proposal).filter_by(person_id=world.people["worker2"]).count() == 0
    answer(app, world, "county")
    with writing(app) as session:
        assert session.query(Proposal).filter_by(person_id=world.people["worker2"]).count() == 1


def test_nobody_with_a_part_in_it_answers(app: Flask, world: World, month: Hands) -> None:
    set_id = published(app, world)
    with writing(app) as session:
        by = holder_of(session, world.people["county"], clock.today())
        running.run_at_will(session, by, set_id, last_month().from_day)
    run(app, world)
    assert object_to(app, "worker2")["outcome"] == "applied"
    with pytest.raises(Problem, match="not_impartial"):
        answer(app, world, "county")  # started the run
    for who in ("leader", "village", "worker", "dept", "secadmin"):
        with pytest.raises(Problem, match=r"not_allowed|not_found"):
            answer(app, world, who)
    with pytest.raises(Problem, match="invalid"):
        answer(app, world, "town", words="")
    with pytest.raises(Problem, match="invalid"):
        answer(app, world, "town", effect="no such")
    answer(app, world, "town")


VETO = {
    "code": "V",
    "type": "veto",
    "fact": "findings",
    "grade": "poor",
    "title_zh": "一票否决",
    "title_en": "Veto",
    "clause": "1",
}


def found_faulty(app: Flask, world: World, who: str, by: str) -> None:
    """An outside finding about somebody, entered by an office last month."""
    with writing(app) as session:
        told = {"outcome": "unmet", "finding": "示例〔2026〕9号"}
        commands.add_outside_fact(
            session, COUNTY, world.people[by], person_id=world.people[who], day=last_month().from_day, kind="findings",
            told=told, source="示例",
        )  # fmt: skip


def test_a_veto_is_objected_to_like_a_line(app: Flask, world: World, month: Hands) -> None:
    """No grade while it is open, and whoever entered the finding does not answer it."""
    published(app, world, rule_set(ratio("VISITS", "visits_due", "60"), ratio("TASKS", "tasks", "40"), VETO))
    found_faulty(app, world, "worker", by="town")
    run(app, world)
    before = own_sheet(app, "worker")["sheet"]
    assert (before["grade"], [one["indicator"] for one in before["vetoes"]]) == ("poor", ["V"])
    assert object_to(app, "worker", "V")["outcome"] == "applied"
    disputed = own_sheet(app, "worker")
    assert (disputed["sheet"]["status"], disputed["sheet"]["grade"]) == ("disputed", None)
    assert "一票否决" in at_desk(app, "county").get("/office/evaluation/objections").text
    with pytest.raises(Problem, match="not_impartial"):
        answer(app, world, "town")
    answer(app, world, "county", effect="dispute_upheld")
    after = own_sheet(app, "worker")["sheet"]
    assert (after["status"], after["vetoes"]) == ("graded", []) and after["grade"] is not None
    assert "一票否决" in at_desk(app, "county").get("/office/evaluation/objections").text


def test_whoever_had_a_part_in_what_a_line_goes_by_is_involved(app: Flask, world: World, month: Hands) -> None:
    """A finding's opener and decider, a mediation's reviewer, and a leader of the middle of the month alone."""
    worker = Phone(app, "worker")
    told = mediation(world)
    at = clock.now()
    period = last_month()
    month.now = clock.start_of(period.from_day) + 12 * 3_600_000
    assert worker.do("mediations.report", told)["outcome"] == "applied"
    month.now = at
    step_id, finding_id = new_id(), new_id()
    with writing(app) as session:
        session.get_one(Record, UUID(told["id"])).reviewed_by = world.people["adviser"]
        step = {
            "mediation_id": UUID(told["id"]),
            "by_person": world.people["worker"],
            "at": at,
            "kept": True,
            "words": "好",
        }
        session.add(MediationStep(id=step_id, **step))
        decided = {"decision": "confirmed", "decided_by": world.people["city"], "decided_at": at, "document_no": "x"}
        session.add(
            Finding(
                id=finding_id,
                county_code=COUNTY,
                person_id=world.people["worker"],
                unit_id=world.areas["town"],
                deciding_unit=world.areas["county"],
                ground=1,
                words="x",
                happened_on=period.from_day,
                opened_by=world.people["dept"],
                opened_at=at,
                hear_by=period.from_day,
                **decided,
            )
        )
        posts = session.query(Appointment).filter_by(role="grid_leader", grid_id=world.areas["grid"])
        assert [post.person_id for post in posts] == [world.people["leader"]]
        post = posts.one()
        middle = {"from_day": period.from_day + timedelta(days=9), "to_day": period.from_day + timedelta(days=12)}
        session.add(
            Appointment(
                id=new_id(),
                county_code=COUNTY,
                person_id=world.people["micro"],
                role="grid_leader",
                org_unit_id=post.org_unit_id,
                grid_id=post.grid_id,
                **middle,
            )
        )
    with writing(app) as session:
        run_ = EvaluationRun(county_code=COUNTY, from_day=period.from_day, to_day=period.to_day)
        sheet = ScoreSheet(id=new_id(), person_id=world.people["worker"])
        line = {"indicator": "X", "sources": [{"id": str(step_id)}, {"id": str(finding_id)}]}
        asked = objecting.Objection(id=new_id(), indicator="X")
        found = objecting.involved(session, asked, sheet, run_, {"lines": [line], "vetoes": []})
        for who in ("adviser", "city", "dept", "micro", "leader", "worker"):
            assert found.holds(world.people[who]), who
        for who in ("town", "county", "leader2", "village"):
            assert not found.holds(world.people[who]), who


def test_a_foreign_sheet_is_not_found_and_a_line_that_is_none_is_invalid(
    app: Flask, world: World, month: Hands
) -> None:
    published(app, world)
    run(app, world)
    sheet = own_sheet(app, "worker")
    told = {"id": str(new_id()), "sheet_id": sheet["id"], "indicator": "TASKS", "reason": "other"}
    assert Phone(app, "worker2").do("objections.make", told)["problem"]["code"] == "not_found"
    assert object_to(app, "worker2", "NONE")["problem"]["code"] == "invalid"
    assert object_to(app, "worker2", reason="rank")["problem"]["code"] == "invalid"


def test_words_may_follow(app: Flask, world: World, month: Hands) -> None:
    published(app, world)
    run(app, world)
    made = str(new_id())
    assert object_to(app, "worker2", id=made)["outcome"] == "applied"
    assert Phone(app, "worker2").do("objections.say", {"id": made, "words": "那天在培训"})["outcome"] == "applied"
    assert own_sheet(app, "worker2")["objections"][0]["words"] == "那天在培训"
    assert Phone(app, "worker").do("objections.say", {"id": made, "words": "x"})["problem"]["code"] == "not_found"


def test_own_records_may_speak_for_an_objection_and_nobody_elses(app: Flask, world: World, month: Hands) -> None:
    published(app, world)
    run(app, world)
    phone, other = Phone(app, "worker2"), Phone(app, "worker")
    own, care, foreign = hazard(world), visit(world), hazard(world)
    assert phone.do("hazards.report", own)["outcome"] == "applied"
    assert other.do("hazards.report", foreign)["outcome"] == "applied"
    made = str(new_id())
    assert object_to(app, "worker2", id=made)["outcome"] == "applied"

    def say(*ids: Any, **more: Any) -> dict[str, Any]:
        named = {"evidence": [str(one["id"]) for one in ids]} if ids else {}
        return phone.do("objections.say", {"id": made, "words": "见记录", **named, **more})

    assert say(own, own)["outcome"] == "applied"
    assert own_sheet(app, "worker2")["objections"][0]["evidence"] == [str(own["id"])]
    assert say()["outcome"] == "applied", "whoever names none changes none"
    for strange in (foreign, care):
        assert say(own, strange)["problem"]["code"] == "invalid"
    assert say(*[own] * 11)["problem"]["code"] == "invalid"
    page = at_desk(app, "town").get("/office/evaluation/objections").text
    shown = page.partition('data-testid="evidence"')[2].partition("</ul>")[0]
    assert str(own["id"]) in shown and "HAZ-01" in shown
    assert say(evidence=[])["outcome"] == "applied"
    assert "evidence" not in own_sheet(app, "worker2")["objections"][0]


def close(app: Flask, hands: Hands) -> None:
    hands.now = clock.start_of(add_working_days(clock.today(), 5) + timedelta(days=1)) + DAY // 2
    with writing(app) as session:
        assert running.close_due(session, clock.today()) == 1
        assert running.close_due(session, clock.today()) == 0


def test_nothing_is_decided_before_the_window_has_closed_and_then_by_a_person(
    app: Flask, world: World, month: Hands
) -> None:
    published(app, world)
    run(app, world)
    with app.app_context():
        assert db.session().query(Proposal).count() == 0
    close(app, month)
    with writing(app) as session:
        county = holder_of(session, world.people["county"], clock.today())
        waiting = [one.row for one in sheets.proposals_seen(session, county)]
        assert {one.kind for one in waiting} == {"grade"} and all(one.decision is None for one in waiting)
        with pytest.raises(Problem, match="not_allowed"):
            town = holder_of(session, world.people["town"], clock.today())
            proposing.decide(session, town, waiting[0].id, taken=True, words="")
        with pytest.raises(Problem, match="invalid"):
            proposing.decide(session, county, waiting[0].id, taken=False, words="")
        proposing.decide(session, county, waiting[0].id, taken=True, words="")
        with pytest.raises(Problem, match="already_decided"):
            proposing.decide(session, county, waiting[0].id, taken=True, words="")
        assert waiting[0].decider_id == county.person_id


def test_the_average_of_a_small_unit_is_seen_by_nobody(app: Flask, world: World, month: Hands) -> None:
    published(app, world)
    run(app, world)
    close(app, month)
    assert own_sheet(app, "worker")["closed"] is True
    assert "average" not in own_sheet(app, "worker")


def test_old_periods_keep_their_set(app: Flask, world: World, month: Hands) -> None:
    first = published(app, world)
    run(app, world)
    today = clock.today()
    second = published(app, world, rule_set(title_zh="新办法", valid_from=today.isoformat()))
    with writing(app) as session:
        earlier, later = session.get_one(running.RuleSet, first), session.get_one(running.RuleSet, second)
        assert (earlier.state, earlier.valid_to) == ("retired", today - timedelta(days=1))
        assert later.state == "published"
        assert session.query(EvaluationRun).one().rule_set_id == first
        by = holder_of(session, world.people["county"], today)
        with pytest.raises(Problem, match="rule_set_frozen"):
            commands.save_draft(session, by, later.body, second, later.version)


def test_only_lawful_sets_are_published(app: Flask, world: World) -> None:
    online = ratio("ONLINE", "external.online_minutes", "100", title_zh="在线时长")
    for body, code in (
        (rule_set(online), "rule_set_refused"),
        (rule_set(issuers=rule_set()["issuers"][:2]), "references_lacking"),
    ):
        with writing(app) as session, pytest.raises(Problem, match=code):
            by = holder_of(session, world.people["county"], clock.today())
            draft = commands.save_draft(session, by, json.dumps(body))
            commands.publish(session, by, draft.id, draft.version)


def test_a_mark_has_a_reason_and_an_accepted_objection_changes_it(app: Flask, world: World, month: Hands) -> None:
    mark = ratio("MARK", "marks", "10", type="manual_mark", scale="10", raters={"village": "1"})
    mark["categories"] = ["MARK"]
    set_id = published(app, world, rule_set(mark))
    person = world.people["worker2"]
    told = {"person_id": person, "indicator": "MARK", "rater": "village", "mark": "3", "reason": "迟到"}
    with writing(app) as session:
        village = holder_of(session, world.people["village"], clock.today())
        for wrong, code in (
            ({"mark": "11"}, "mark_too_high"),
            ({"reason": ""}, "invalid"),
            ({"rater": "x"}, "invalid"),
        ):
            with pytest.raises(Problem, match=code):
                commands.mark(session, village, set_id, last_month(), {**told, **wrong})
        row = commands.mark(session, village, set_id, last_month(), told).id
    run(app, world)
    assert own_sheet(app, "worker2")["sheet"]["total"] == "3"
    assert object_to(app, "worker2", "MARK")["outcome"] == "applied"
    answer(app, world, "town", effect="mark", row=str(row), mark="8")
    assert own_sheet(app, "worker2")["sheet"]["total"] == "8"


def test_facts_of_a_finished_month_do_not_follow_what_comes_later(app: Flask, world: World, month: Hands) -> None:
    published(app, world)
    run(app, world)
    before = own_sheet(app, "worker2")["facts"]
    assert facts(app, world, "worker2", "tasks", period=last_month()).facts["tasks"][0].outcome == "unmet"
    worker2 = Phone(app, "worker2")
    proof = hazard(world)
    assert worker2.do("hazards.report", proof)["outcome"] == "applied"
    done = {"task_id": _task_of(app, world, "worker2"), "record_id": proof["id"]}
    assert worker2.do("tasks.finish", done)["outcome"] == "applied"
    assert object_to(app, "worker2", "VISITS")["outcome"] == "applied"
    assert own_sheet(app, "worker2")["facts"]["facts"] == before["facts"]


def test_a_batch_is_no_more_than_it_says(app: Flask, world: World, month: Hands) -> None:
    published(app, world)
    with writing(app) as session:
        running.start_due(session, clock.today())
        one = session.query(EvaluationRun).one()
        batches = (running.reckon_some(session, one, limit=2) for _ in range(2))
        assert [running.keep(session, one.id, made, clock.now()) for made in batches] == [2, 1]
        assert session.query(ScoreSheet).count() == 3


def test_the_worker_process_reckons_without_holding_up_those_who_write(app: Flask, world: World, month: Hands) -> None:
    """The round of the sweeper, from the start of a run to its end; two of the same batch keep each person once."""
    published(app, world)
    with writing(app) as session:
        running.start_due(session, clock.today())
    with app.app_context():
        assert [sharing.round_(clock.now()) for _ in range(3)] == [3, 1, 0]
    with writing(app) as session:
        one = session.query(EvaluationRun).one()
        one.state = "computing"
        again = running.reckon_some(session, one)
        assert again == []
        session.query(SheetVersion).delete()
        session.query(ScoreSheet).delete()
        again = running.reckon_some(session, one)
        assert [running.keep(session, one.id, again, clock.now()) for _ in range(2)] == [3, 3]
        assert session.query(ScoreSheet).count() == 3
