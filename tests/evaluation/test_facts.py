"""What makes facts fair (Arts. 12, 14, 19; each rule of the scheme once): told by phones, decided at desks, counted here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from server.approvals.commands import lapse_overdue
from server.evaluation import commands, queries
from server.evaluation.facts import Facts, Row
from server.evaluation.facts import Period as Span
from server.evaluation.rule_set import compiled
from server.evaluation.rules import Period, period_of
from server.evaluation.score import score
from server.households.models import VisitPlan
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.commands import tell_absence
from server.people.models import Appointment
from server.people.queries import holder_of
from server.people.rules import Holder
from server.sync.models import LostRange
from tests.builders import Hands, at_desk, writing
from tests.evaluation.sets import facts, ratio, rows, rule_set, this_month
from tests.findings.test_findings import DECISION, opened
from tests.sync.phone import Phone, assigned, hazard, mediation, patrol, visit
from tests.sync.test_scope import case_of
from tests.world import COUNTY, World

MONTH_MIDDLE = 1_781_500_000_000  # 15 June 2026, noon
DAY = clock.DAY_MS
PERIOD = Span("month", "2026-10-01", "2026-10-31")


@pytest.fixture(autouse=True)
def middle_of_a_month(app: Flask) -> Hands:
    """The clock stands in the middle of a month, and the plans of the county are due then."""
    hands = Hands()
    hands.now = MONTH_MIDDLE
    with writing(app) as session:
        for plan in session.query(VisitPlan):
            plan.due = clock.today()
    return hands


def done(phone: Phone, name: str, payload: dict[str, Any], **more: Any) -> dict[str, Any]:
    result = phone.do(name, payload, **more)
    assert result["outcome"] == "applied", result
    return payload


def decide(app: Flask, told: dict[str, Any], step: str, version: int = 1, who: str = "leader", **more: Any) -> None:
    payload = {"record_id": told["id"], **more}
    done(Phone(app, who), f"approvals.{step}", payload, base_version=version)


def this_month_after() -> Period:
    return period_of("month", this_month().to_day)


def away(app: Flask, world: World, who: str, kind: str, days: int = 40, back: int = 20) -> None:
    first = clock.today() - timedelta(days=back)
    with writing(app) as session:
        told = {"absence_id": new_id(), "person_id": world.people[who], "kind": kind, "stand_in_id": None}
        by = holder_of(session, world.people[who], clock.today())
        tell_absence(session, by, **told, from_day=first, to_day=first + timedelta(days=days), today=clock.today())


def test_with_no_opportunity_there_is_no_row(app: Flask, world: World) -> None:
    assert facts(app, world, "worker3", "mediations", "tasks", "visits_due", "hazards").facts == {}


def test_a_visit_counts_for_whoever_paid_it_and_a_missed_one_for_all_who_were_there(app: Flask, world: World) -> None:
    done(Phone(app, "worker"), "visits.report", visit(world))
    assert rows(app, world, "worker", "visits_due") == [("pending", None, None), ("unmet", None, None)]
    assert rows(app, world, "worker2", "visits_due") == []  # the other plan is the care team's, and not theirs


def test_a_due_visit_counts_once_however_often_it_is_paid(app: Flask, world: World) -> None:
    """Half of what was due is half, and a day named far ahead does not take the next ones off the list."""
    worker, far = Phone(app, "worker"), (clock.today() + timedelta(days=300)).isoformat()
    for _ in range(4):
        done(worker, "visits.report", visit(world, next_on=far))
    assert rows(app, world, "worker", "visits_due") == [("pending", None, None), ("unmet", None, None)]
    again = this_month_after()
    assert rows(app, world, "worker", "visits_due", period=again) == [("unmet", None, None)] * 2


def test_every_due_day_of_a_rhythm_is_its_own_and_a_visit_too_soon_is_none(
    app: Flask, world: World, middle_of_a_month: Hands
) -> None:
    """Weekly: the first day, two days after it, and a day before the next due day."""
    worker = Phone(app, "worker")
    care = {"matter_code": "VIS-01", "household_id": str(world.households[0]), "plan_id": str(world.care_plan)}
    for days in (0, 2, 4):
        middle_of_a_month.forward(days * DAY)
        done(worker, "visits.report", visit(world, **care))
    assert rows(app, world, "worker", "visits_due") == [("pending", None, None)] * 2 + [("unmet", None, None)] * 2


def test_whoever_is_away_to_the_end_of_the_month_missed_nothing(app: Flask, world: World) -> None:
    assert rows(app, world, "worker2", "visits_due") == [("unmet", None, None)]
    away(app, world, "worker2", "sick")
    assert rows(app, world, "worker2", "visits_due") == [("neutral", "sickness", None)]
    assert rows(app, world, "worker", "visits_due") == [("unmet", None, None)] * 2


@pytest.mark.parametrize("kind", ["leave", "sick", "training", "emergency", "rest"])
def test_days_are_pro_rata_without_any_kind_of_absence(app: Flask, world: World, kind: str) -> None:
    before = facts(app, world, "worker", "tasks")
    assert before.days_due == before.days_present
    away(app, world, "worker", kind, days=2, back=0)
    after = facts(app, world, "worker", "tasks")
    assert (after.days_due, int(before.days_present) - int(after.days_present)) == (before.days_due, 2)


def test_days_are_pro_rata_by_days_in_post(app: Flask, world: World) -> None:
    whole = facts(app, world, "worker", "tasks")
    with writing(app) as session:
        session.query(Appointment).filter_by(person_id=world.people["worker"]).one().from_day = clock.today()
    joined = facts(app, world, "worker", "tasks")
    assert joined.days_due == whole.days_due == whole.days_present
    assert 0 < int(joined.days_present) < int(whole.days_present)


def test_whoever_joined_in_the_middle_is_asked_for_a_part_of_a_count(app: Flask, world: World) -> None:
    decide(app, done(Phone(app, "worker"), "hazards.report", hazard(world)), "approve")
    told = {"type": "count_capped", "each": "1", "counts": "verified", "none": "zero"}
    with writing(app) as session:
        session.query(Appointment).filter_by(person_id=world.people["worker"]).one().from_day = clock.today()
    counted = compiled(rule_set(ratio("H", "hazards", "40", **told)))
    (line,) = score(facts(app, world, "worker", "hazards"), counted)["lines"]
    assert line["formula"] == "min(40, (1 × 1) × 21 ÷ 11)"


@pytest.mark.parametrize(
    "name, more, why",
    [
        ("tasks.refuse", {"id": str(new_id()), "ground": 1}, "refused"),
        ("tasks.hand_back", {"reason": "unsafe"}, "handed_back"),
    ],
)
def test_refused_and_handed_back_tasks_never_count(
    app: Flask, world: World, name: str, more: dict[str, Any], why: str
) -> None:
    task = done(Phone(app, "leader"), "tasks.assign", assigned(world))
    assert rows(app, world, "worker", "tasks") == [("unmet", None, None)]
    done(Phone(app, "worker"), name, {"task_id": task["id"], **more})
    assert rows(app, world, "worker", "tasks") == [("neutral", why, None)]


def test_a_task_that_its_assigner_took_back_never_counts(app: Flask, world: World) -> None:
    leader = Phone(app, "leader")
    task = done(leader, "tasks.assign", assigned(world))
    done(leader, "tasks.withdraw", {"task_id": task["id"]}, base_version=1)
    assert rows(app, world, "worker", "tasks") == [("neutral", "taken_back", None)]


def test_what_waits_for_review_counts_as_done_until_decided(app: Flask, world: World) -> None:
    told = done(Phone(app, "worker"), "hazards.report", hazard(world))
    assert rows(app, world, "worker", "hazards") == [("pending", None, None)]
    decide(app, told, "return", reason="unclear")
    assert rows(app, world, "worker", "hazards") == [("unmet", None, "bad")]


def test_a_return_that_was_disputed_with_success_leaves_no_trace(app: Flask, world: World) -> None:
    told = done(Phone(app, "worker"), "hazards.report", hazard(world))
    other = done(Phone(app, "worker"), "hazards.report", hazard(world))
    decide(app, told, "return", reason="unclear")
    decide(app, told, "dispute", version=2, who="worker")
    assert ("pending", None, None) in rows(app, world, "worker", "hazards")
    decide(app, told, "rule", version=3, who="adviser", upheld=True)
    decide(app, other, "approve")
    found = facts(app, world, "worker", "hazards").facts["hazards"]
    assert len({(row.outcome, row.why, row.check) for row in found}) == 1


def test_passed_because_nobody_looked_in_time_is_done_and_not_checked(app: Flask, world: World) -> None:
    done(Phone(app, "worker"), "hazards.report", hazard(world))
    with writing(app) as session:
        lapse_overdue(session, clock.today() + timedelta(days=60))
    assert rows(app, world, "worker", "hazards") == [("met", None, None)]


def test_joining_what_was_reported_before_counts_as_reporting(app: Flask, world: World) -> None:
    first = done(Phone(app, "worker2"), "hazards.report", hazard(world))
    done(Phone(app, "worker"), "hazards.report", hazard(world, same_as=first["id"]))
    assert rows(app, world, "worker", "reports") == rows(app, world, "worker2", "reports") == [("pending", None, None)]


def test_what_became_a_case_was_accepted(app: Flask, world: World) -> None:
    told = done(Phone(app, "worker"), "hazards.report", hazard(world))
    case_of(app, world, told["id"])
    assert rows(app, world, "worker", "hazards") == [("pending", None, "ok")]


def test_a_missing_photo_or_fix_changes_nothing(app: Flask, world: World) -> None:
    done(Phone(app, "worker"), "hazards.report", hazard(world))
    bare = hazard(world, photo_gap="dark", place={"source": "none"})
    done(Phone(app, "worker2"), "hazards.report", bare)
    assert rows(app, world, "worker", "reports") == rows(app, world, "worker2", "reports")
    done(Phone(app, "worker"), "patrols.report", patrol(world))
    walked = patrol(world)
    for check in walked["checks"]:
        del check["fix"]
    done(Phone(app, "worker2"), "patrols.report", walked)
    assert rows(app, world, "worker", "patrol_points_due") == rows(app, world, "worker2", "patrol_points_due")


def test_as_many_things_not_done_as_acts_were_lost_are_nobodys(app: Flask, world: World) -> None:
    assert rows(app, world, "worker", "visits_due") == [("unmet", None, None)] * 2
    with writing(app) as session:
        lost = {"device_id": new_id(), "person_id": world.people["worker"], "lane": "normal", "told_at": clock.now()}
        session.add(LostRange(id=new_id(), **lost, first=4, last=4))
    assert rows(app, world, "worker", "visits_due") == [("neutral", "known_loss", None), ("unmet", None, None)]


def test_announced_and_never_sent_is_a_known_loss_until_it_comes(app: Flask, world: World) -> None:
    phone = Phone(app, "worker")
    told = phone.mutation("visits.report", visit(world))
    line = {name: told[name] for name in ("lane", "seq", "id", "name", "made_at")}
    assert phone.push(waiting=[line]).status_code == 200
    assert ("neutral", "known_loss", None) in rows(app, world, "worker", "visits_due")
    assert phone.push(told).json["results"][0]["outcome"] == "applied"
    assert rows(app, world, "worker", "visits_due") == [("pending", None, None), ("unmet", None, None)]


def test_what_was_done_by_others_counts_for_them(app: Flask, world: World, middle_of_a_month: Hands) -> None:
    relook_on = (clock.today() + timedelta(days=3)).isoformat()
    told = done(Phone(app, "worker"), "hazards.report", hazard(world, relook_on=relook_on))
    assert rows(app, world, "worker", "relooks_due") == [("unmet", None, None)]
    look = {"id": str(new_id()), "hazard_id": told["id"], "outcome": "fixed"}
    done(Phone(app, "worker2"), "hazards.relook", look)
    assert rows(app, world, "worker2", "relooks_due") == [("met", None, None)]
    assert rows(app, world, "worker", "relooks_due") == [("neutral", "held_by_other", None)]


def test_entered_on_behalf_counts_for_who_did_it_once_they_said_so(app: Flask, world: World) -> None:
    named = {"person_id": str(world.people["worker"]), "day": clock.today().isoformat()}
    told = done(Phone(app, "leader"), "hazards.report", hazard(world, on_behalf=named))
    assert rows(app, world, "worker", "hazards") == []
    done(Phone(app, "worker"), "records.confirm", {"record_id": told["id"], "mine": True})
    assert rows(app, world, "worker", "hazards") == [("pending", None, None)]


def test_the_clock_runs_for_whoever_holds_it(app: Flask, world: World, middle_of_a_month: Hands) -> None:
    """A hazard that a department took over before the re-look; a task whose worker asked for time and heard nothing."""
    relook_on = (clock.today() + timedelta(days=3)).isoformat()
    told = done(Phone(app, "worker"), "hazards.report", hazard(world, relook_on=relook_on))
    case_of(app, world, told["id"], "dept")
    assert rows(app, world, "worker", "relooks_due") == [("neutral", "held_by_other", None)]
    worker = Phone(app, "worker")
    task = done(Phone(app, "leader"), "tasks.assign", assigned(world))
    later = (clock.today() + timedelta(days=5)).isoformat()
    done(worker, "tasks.ask_time", {"task_id": task["id"], "due_day": later})
    middle_of_a_month.forward(5 * DAY)
    proof = done(worker, "hazards.report", hazard(world))
    done(worker, "tasks.finish", {"task_id": task["id"], "record_id": proof["id"]})
    (row,) = facts(app, world, "worker", "tasks").facts["tasks"]
    assert row.took is not None and row.allowed is not None
    assert int(row.took["working_days"]) <= int(row.allowed)


@pytest.mark.parametrize("gives_away", ["refused", "handed_back"])
def test_the_wait_for_somebody_elses_word_does_not_run_for_whoever_asked(
    app: Flask, world: World, middle_of_a_month: Hands, gives_away: str
) -> None:
    """Given away at once, its own again on the seventh day, done a day later: one working day, 24 hours."""
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    task = done(leader, "tasks.assign", assigned(world))
    later = clock.today() + timedelta(days=9)
    if gives_away == "refused":
        refusal = done(worker, "tasks.refuse", {"id": str(new_id()), "task_id": task["id"], "ground": 2})
        middle_of_a_month.forward(7 * DAY)
        told = {"ruling": "not_upheld", "words": "属于清单", "due_day": later.isoformat()}
        assert at_desk(app, "county").form(f"/office/refusals/{refusal['id']}", **told).status_code == 303
    else:
        done(worker, "tasks.hand_back", {"task_id": task["id"], "reason": "leave", "words": ""})
        middle_of_a_month.forward(7 * DAY)
        done(
            Phone(app, "leader"), "tasks.set_due", {"task_id": task["id"], "due_day": later.isoformat()}, base_version=2
        )
    middle_of_a_month.forward(DAY)
    worker = Phone(app, "worker")
    proof = done(worker, "hazards.report", hazard(world))
    done(worker, "tasks.finish", {"task_id": task["id"], "record_id": proof["id"]})
    (row,) = facts(app, world, "worker", "tasks").facts["tasks"]
    # 15 to 24 June 2026: Friday the 19th is a holiday; of 6 working days up to the 24th, 4 were waited for
    assert (row.took, row.allowed) == ({"clock_hours": "24", "working_days": "1"}, "2")


@pytest.mark.parametrize(("ends", "took", "allowed"), [("ruled", 7, 3), ("taken_back", 8, 1), ("done", 8, 1)])
def test_whoever_is_late_after_a_wait_is_late(
    app: Flask, world: World, middle_of_a_month: Hands, ends: str, took: int, allowed: int
) -> None:
    """Given away on the 16th, the next day; ruled on the 22nd or taken back by the person, done on the 30th. A wait
    that the person ends alone stops no clock beyond its day."""
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    task = done(leader, "tasks.assign", assigned(world))
    middle_of_a_month.forward(DAY)
    if ends == "done":
        done(worker, "tasks.hand_back", {"task_id": task["id"], "reason": "leave", "words": ""})
    else:
        refusal = done(worker, "tasks.refuse", {"id": str(new_id()), "task_id": task["id"], "ground": 2})
    if ends == "ruled":
        middle_of_a_month.forward(6 * DAY)
        told = {"ruling": "not_upheld", "words": "属于清单", "due_day": (clock.today() + timedelta(days=2)).isoformat()}
        assert at_desk(app, "county").form(f"/office/refusals/{refusal['id']}", **told).status_code == 303
        middle_of_a_month.forward(8 * DAY)
    else:
        middle_of_a_month.forward(14 * DAY)
    worker = Phone(app, "worker")
    if ends == "taken_back":
        done(worker, "refusals.take_back", {"id": refusal["id"]})
    proof = done(worker, "hazards.report", hazard(world))
    done(worker, "tasks.finish", {"task_id": task["id"], "record_id": proof["id"]})
    (row,) = facts(app, world, "worker", "tasks").facts["tasks"]
    assert row.took is not None and row.allowed is not None
    assert (int(row.took["working_days"]), int(row.allowed)) == (took, allowed)


def test_what_is_due_on_a_free_day_is_due_on_the_next_working_day(
    app: Flask, world: World, middle_of_a_month: Hands
) -> None:
    """Promised for Sunday, looked at on Monday."""
    worker = Phone(app, "worker")
    sunday = clock.today() + timedelta(days=6)
    told = done(worker, "hazards.report", hazard(world, relook_on=sunday.isoformat()))
    middle_of_a_month.forward(7 * DAY)
    done(worker, "hazards.relook", {"id": str(new_id()), "hazard_id": told["id"], "outcome": "fixed"})
    (row,) = facts(app, world, "worker", "relooks_due").facts["relooks_due"]
    assert row.took is not None and row.took["working_days"] == row.allowed


def test_days_away_do_not_run_for_a_task(app: Flask, world: World, middle_of_a_month: Hands) -> None:
    worker = Phone(app, "worker")
    task = done(Phone(app, "leader"), "tasks.assign", assigned(world))
    away(app, world, "worker", "sick", days=5, back=0)
    middle_of_a_month.forward(6 * DAY)
    proof = done(worker, "hazards.report", hazard(world))
    done(worker, "tasks.finish", {"task_id": task["id"], "record_id": proof["id"]})
    (row,) = facts(app, world, "worker", "tasks").facts["tasks"]
    assert (row.took, row.allowed) == ({"clock_hours": "37.11", "working_days": "0"}, "3")


def test_hours_are_those_between_the_instants(app: Flask, world: World, middle_of_a_month: Hands) -> None:
    """Ten minutes before midnight to ten minutes after it: a third of an hour."""
    worker = Phone(app, "worker")
    middle_of_a_month.now = clock.start_of(clock.today()) + DAY - 600_000
    task = done(Phone(app, "leader"), "tasks.assign", assigned(world))
    middle_of_a_month.forward(1_200_000)
    proof = done(worker, "hazards.report", hazard(world))
    done(worker, "tasks.finish", {"task_id": task["id"], "record_id": proof["id"]})
    (row,) = facts(app, world, "worker", "tasks").facts["tasks"]
    assert row.took == {"clock_hours": "0.33", "working_days": "1"}


@pytest.mark.parametrize("row_id", ["late", None])
def test_an_accepted_objection_is_in_time_by_the_deadline_of_the_line_too(row_id: str | None) -> None:
    """The line says 24 hours, the tasks say three working days."""
    by_line = {"within": "24", "within_unit": "clock_hours"}
    rules = compiled(rule_set(ratio("T", "tasks", "40", type="timeliness", **by_line)))
    tasks = [
        Row("task", key, "2026-10-20", took={"clock_hours": hours, "working_days": "2"}, allowed="3",
            allowed_unit="working_days")
        for key, hours in (("in time", "24"), ("late", "72"))
    ]  # fmt: skip
    given = Facts("p", "full_time_worker", PERIOD, "18", "18", {"tasks": tasks})
    assert score(given, rules)["lines"][0]["formula"] == "40 × 1 ÷ 2"
    change = {"fact": "tasks", "id": row_id, "categories": None, "outcome": "met", **by_line}
    after = queries.facts_from(queries.corrected(given.as_json(), [change]), ())
    assert score(after, rules)["lines"][0]["formula"] == "40 × 2 ÷ 2"


def test_work_without_a_network_is_judged_by_when_it_was_done(
    app: Flask, world: World, middle_of_a_month: Hands
) -> None:
    """Done in time, sent five days after the day: in time."""
    worker = Phone(app, "worker")
    task = done(Phone(app, "leader"), "tasks.assign", assigned(world))
    made_at, proof = clock.now() + DAY, hazard(world)
    middle_of_a_month.forward(8 * DAY)
    report = worker.mutation("hazards.report", proof, made_at=made_at)
    finish = worker.mutation("tasks.finish", {"task_id": task["id"], "record_id": proof["id"]}, made_at=made_at)
    assert [one["outcome"] for one in worker.push(report, finish).json["results"]] == ["applied", "applied"]
    (row,) = facts(app, world, "worker", "tasks").facts["tasks"]
    assert (row.took, row.allowed) == ({"clock_hours": "24", "working_days": "1"}, "3")


def test_a_complaint_alone_has_no_effect_and_a_veto_needs_a_finding(app: Flask, world: World) -> None:
    told = {"person_id": world.people["worker"], "day": clock.today(), "source": "12345"}
    with writing(app) as session:
        commands.add_outside_fact(session, COUNTY, None, **told, kind="complaints", told={"outcome": "unmet"})
        commands.add_outside_fact(
            session, COUNTY, None, **told, kind="findings",
            told={"outcome": "unmet", "category": "13.1", "finding": "示例〔2026〕8号"},
        )  # fmt: skip
    found = facts(app, world, "worker", "findings").facts
    assert set(found) == {"findings"} and found["findings"][0].finding == "示例〔2026〕8号"


def test_a_finding_of_the_house_counts_once_it_is_confirmed(app: Flask, world: World, middle_of_a_month: Hands) -> None:
    path = opened(app, world)
    assert facts(app, world, "worker", "findings").facts.get("findings", []) == []
    middle_of_a_month.forward(8 * DAY)  # the person had time to answer
    assert at_desk(app, "county").form(f"{path}/decision", **DECISION).status_code == 303
    (row,) = facts(app, world, "worker", "findings").facts["findings"]
    assert (row.outcome, row.category, row.finding) == ("unmet", "13.3", DECISION["document_no"])


def test_a_finding_that_took_its_time_counts_in_the_month_of_its_decision(
    app: Flask, world: World, middle_of_a_month: Hands
) -> None:
    happened = this_month()
    path = opened(app, world)
    middle_of_a_month.now = clock.start_of(happened.to_day) + 5 * DAY
    assert at_desk(app, "county").form(f"{path}/decision", **DECISION).status_code == 303
    assert facts(app, world, "worker", "findings", period=happened).facts.get("findings", []) == []
    (row,) = facts(app, world, "worker", "findings").facts["findings"]
    assert row.on == clock.today().isoformat()


def test_a_mediation_under_way_counts_as_done_and_its_return_visit_says_whether_it_held(
    app: Flask, world: World
) -> None:
    worker = Phone(app, "worker")
    told = done(worker, "mediations.report", mediation(world))
    assert rows(app, world, "worker", "mediation_followups_due") == [("unmet", None, None)]
    step = {"id": str(new_id()), "mediation_id": told["id"], "kept": True, "words": "双方都说守约"}
    done(worker, "mediations.step", step)
    assert rows(app, world, "worker", "mediations") == [("pending", None, "ok")]
    assert rows(app, world, "worker", "mediation_followups_due") == [("met", None, None)]


def test_of_a_county_alone(app: Flask, world: World) -> None:
    with writing(app) as session:
        stranger = Holder(new_id(), "330411")
        assert queries.people_below(session, stranger, "full_time_worker", this_month()) == set()
