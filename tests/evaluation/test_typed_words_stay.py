"""An answer of the evaluation's pages that says what is wrong keeps what was typed, in the form it was typed in alone."""

from __future__ import annotations

import json

from flask import Flask

from server.evaluation import commands
from server.evaluation.models import MeritBadge, Objection, Proposal, RuleSet
from server.evaluation.rules import period_before
from server.kernel import clock
from server.people.queries import holder_of
from tests.builders import Hands, at_desk, writing
from tests.evaluation.sets import last_month, published, ratio, rule_set, run
from tests.evaluation.test_merits import award, quarter
from tests.evaluation.test_runs import close, month, object_to, own_sheet
from tests.sync.test_typed_words_stay import WORDS, is_left_over, stays
from tests.world import COUNTY, World

__all__ = ["month", "quarter"]
EVALUATION = "/office/evaluation"
RATERS = {"village": "1", "town": "1"}
MARKED = [ratio(code, "marks", "30", type="manual_mark", scale="10", raters=RATERS) for code in ("MARK", "MORE")]


def ids(app: Flask, table: type[MeritBadge | Objection | Proposal], **of: str) -> list[str]:
    with writing(app) as session:
        return [str(one.id) for one in session.query(table).filter_by(**of)]


def test_of_two_lines_that_are_marked_the_one_keeps_its_mark(app: Flask, world: World, month: Hands) -> None:
    set_id, desk, page = published(app, world, rule_set(*MARKED)), at_desk(app, "village"), f"{EVALUATION}/marks"
    typed = {
        "indicator": "MORE", "day": last_month().from_day.isoformat(), "person_id": str(world.people["worker2"]),
        "rater": "town", "mark": "11", "reason": WORDS,
    }  # fmt: skip
    stays(desk, page, f"{page}/{set_id}", typed)
    with writing(app) as session:
        session.get_one(RuleSet, set_id).state = "retired"
    answer = desk.form(f"{page}/{set_id}", **{**typed, "reason": "后写的"})
    assert answer.status_code == 422 and is_left_over(answer, "后写的")


def test_an_answer_to_an_objection_keeps_what_it_would_change(app: Flask, world: World, month: Hands) -> None:
    set_id = published(app, world, rule_set(*MARKED, ratio("TASKS", "tasks", "40", type="timeliness")))
    mark = {"person_id": str(world.people["worker2"]), "indicator": "MARK", "rater": "village", "mark": "5"}
    mark |= {"day": last_month().from_day.isoformat(), "reason": "一般"}
    assert at_desk(app, "village").form(f"{EVALUATION}/marks/{set_id}", **mark).status_code == 303
    run(app, world)
    lines = {line["indicator"]: line["sources"] for line in own_sheet(app, "worker2")["sheet"]["lines"]}
    desk, page = at_desk(app, "town"), f"{EVALUATION}/objections"
    for code in ("MARK", "TASKS"):
        assert object_to(app, "worker2", code)["outcome"] == "applied"
    for code, typed in (("MARK", {"effect": "mark", "mark": "9"}), ("TASKS", {"effect": "leave"})):
        (number,) = ids(app, Objection, indicator=code)
        typed |= {"words": WORDS * 50, "row": lines[code][0]["id"]}
        stays(desk, page, f"{page}/{number}", typed, outcome="accepted")
    assert desk.form(f"{page}/{number}", outcome="kept", words="先答的").status_code == 303
    answer = desk.form(f"{page}/{number}", outcome="kept", words="后答的")
    assert answer.status_code == 409 and is_left_over(answer, "后答的")


def test_a_decision_on_a_proposal_keeps_its_words(app: Flask, world: World, month: Hands) -> None:
    published(app, world)
    run(app, world)
    close(app, month)
    desk, page = at_desk(app, "county"), f"{EVALUATION}/proposals"
    one, *others = (f"{page}/{number}" for number in ids(app, Proposal))
    assert others
    stays(desk, page, one, {"words": WORDS * 50}, decision="taken")
    assert desk.form(one, decision="declined", words="先定的").status_code == 303
    answer = desk.form(one, decision="declined", words="后定的")
    assert answer.status_code == 409 and is_left_over(answer, "后定的")


def test_a_badge_that_is_taken_back_keeps_the_reason(app: Flask, world: World, quarter: Hands) -> None:
    with writing(app) as session:
        told = {"day": period_before("quarter", clock.today()).from_day, "source": "培训登记", "kind": "trainings"}
        person_id = world.people["worker2"]
        commands.add_outside_fact(session, COUNTY, None, person_id=person_id, **told, told={"category": "privacy"})
    assert award(app) > 0
    desk, page = at_desk(app, "county"), f"{EVALUATION}/merits"
    one, _ = (f"{page}/{number}/revoke" for number in ids(app, MeritBadge))
    stays(desk, page, one, {"reason": WORDS * 50})
    assert desk.form(one, reason="先写的").status_code == 303
    answer = desk.form(one, reason="后写的")
    assert answer.status_code == 409 and is_left_over(answer, "后写的")


def test_a_draft_keeps_its_new_lines_and_a_run_its_day(app: Flask, world: World, month: Hands) -> None:
    desk, page = at_desk(app, "county"), f"{EVALUATION}/sets/{published(app, world)}"
    stays(desk, page, f"{page}/run", {"day": clock.today().isoformat()})
    with writing(app) as session:
        by = holder_of(session, world.people["county"], clock.today())
        draft = commands.save_draft(session, by, json.dumps(rule_set(*MARKED), ensure_ascii=False))
        page = f"{EVALUATION}/sets/{draft.id}"
    added = {"type": "manual_mark", "code": "NEW", "group": "G"}
    stays(desk, page, f"{page}/indicators", added, act="add", version="9")
    changed = {"MARK.title_zh": WORDS, "MORE.clause": WORDS}
    stays(desk, page, f"{page}/indicators", changed, act="save", version="9")


def test_a_set_that_another_followed_is_marked_for_its_last_period_and_no_later_one(
    app: Flask, world: World, month: Hands
) -> None:
    set_id, desk, today = published(app, world, rule_set(*MARKED)), at_desk(app, "village"), clock.today()
    mark = {
        "indicator": "MARK",
        "person_id": str(world.people["worker2"]),
        "rater": "town",
        "mark": "5",
        "reason": "一般",
    }
    with writing(app) as session:
        found = session.get_one(RuleSet, set_id)
        found.state, found.valid_to = "retired", last_month().from_day
    days = [last_month().from_day.isoformat(), today.isoformat()]
    assert [desk.form(f"{EVALUATION}/marks/{set_id}", **mark, day=day).status_code for day in days] == [303, 422]
