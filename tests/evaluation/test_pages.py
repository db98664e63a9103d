"""The office's pages: switched on by number, checked while written, tried, published, run, answered, decided, taken out."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from server.evaluation import running
from server.evaluation.editing import types
from server.evaluation.models import EvaluationRun, Objection, Proposal, RuleSet, ScoreSheet
from server.kernel import clock
from server.platform.workdays import add_working_days
from tests.builders import Browser, Hands, at_desk, writing
from tests.evaluation.sets import last_month, published, ratio, rule_set, run
from tests.evaluation.test_runs import month, object_to
from tests.world import World

__all__ = ["month"]
EVALUATION = "/office/evaluation"
SETTING = {"switch": "on", "document_no": "示例", "run_after_days": "0", "objection_days": "5", "answer_days": "5"}


def of(app: Flask, table: Any) -> Any:
    with writing(app) as session:
        return session.query(table).first().id


def written(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False)


def test_a_county_switches_it_on_writes_publishes_and_runs(app: Flask, world: World, month: Hands) -> None:
    desk = at_desk(app, "county")
    assert desk.form(f"{EVALUATION}/setting", **{**SETTING, "document_no": ""}).status_code == 422
    assert desk.form(f"{EVALUATION}/setting", **{**SETTING, "objection_days": "0"}).status_code == 422
    assert desk.form(f"{EVALUATION}/setting", **SETTING).status_code == 303
    online = rule_set(ratio("ONLINE", "external.online_minutes", "100", title_zh="在线时长"))
    checked = desk.form(f"{EVALUATION}/sets", body=written(online), act="check")
    assert checked.status_code == 200 and "国办函〔2026〕12号" in checked.text
    assert "国办函〔2026〕12号" in desk.form(f"{EVALUATION}/lint", body=written(online)).text
    assert desk.form(f"{EVALUATION}/sets", body="{}", act="save").status_code == 422
    saved = desk.form(f"{EVALUATION}/sets", body=written(online), act="save")
    path = saved.headers["Location"].split("?")[0]
    assert desk.form(f"{path}/publish", version="1").status_code == 422
    assert desk.form(path, body=written(rule_set()), version="7", act="save").status_code == 409
    assert desk.form(path, body=written(rule_set()), version="1", act="save").status_code == 303
    tried = desk.get(f"{path}?day={last_month().from_day}").text
    assert last_month().label in tried and "不足5人" in tried
    assert desk.form(f"{path}/publish", version="1").status_code == 409
    assert desk.form(f"{path}/publish", version="2").status_code == 303
    assert desk.form(path, body=written(rule_set()), version="3", act="save").status_code == 409
    assert desk.form(f"{path}/run", day=clock.today().isoformat()).status_code == 422
    started = desk.form(f"{path}/run", day=last_month().from_day.isoformat())
    assert started.status_code == 303 and desk.get(started.headers["Location"]).status_code == 200
    assert desk.form(f"{path}/run", day=last_month().from_day.isoformat()).status_code == 409


def shown(app: Flask, world: World, who: str) -> Browser:
    published(app, world)
    run(app, world)
    return at_desk(app, who)


def test_sheets_of_a_unit_stand_by_name_and_open_to_their_versions(app: Flask, world: World, month: Hands) -> None:
    desk = shown(app, world, "town")
    path = f"{EVALUATION}/runs/{of(app, EvaluationRun)}"
    assert 'data-testid="sheets"' not in desk.get(path).text
    page = desk.get(f"{path}?unit={world.areas['village']}").text
    names = re.findall(r'/sheets/[^"]+">([^<]+)<', page)
    assert names == sorted(names) and len(names) == 3
    assert object_to(app, "worker2")["outcome"] == "applied"
    with writing(app) as session:
        key = session.query(ScoreSheet).filter_by(person_id=world.people["worker2"]).one().id
    assert 'data-testid="earlier"' in desk.get(f"{EVALUATION}/sheets/{key}").text


def test_an_objection_is_answered_at_the_desk(app: Flask, world: World, month: Hands) -> None:
    desk = shown(app, world, "town")
    assert object_to(app, "worker2")["outcome"] == "applied"
    path = f"{EVALUATION}/objections/{of(app, Objection)}"
    assert desk.get(f"{EVALUATION}/objections").status_code == 200
    for wrong in ({"words": ""}, {"effect": ""}, {"outcome": "perhaps"}):
        form = {"outcome": "accepted", "words": "核对过", "effect": "met", **wrong}
        assert desk.form(path, **form).status_code == 422
    assert desk.form(path, outcome="accepted", words="核对过", effect="met").status_code == 303
    assert desk.form(path, outcome="kept", words="再核对").status_code == 409


def test_nothing_leaves_before_the_window_has_closed(app: Flask, world: World, month: Hands) -> None:
    desk = shown(app, world, "county")
    path = f"{EVALUATION}/runs/{of(app, EvaluationRun)}"
    assert desk.form(f"{path}/export", file_format="csv", purpose="核发绩效").status_code == 409
    month.now = clock.start_of(add_working_days(clock.today(), 5) + timedelta(days=1)) + clock.DAY_MS // 2
    with writing(app) as session:
        running.close_due(session, clock.today())
    desk = at_desk(app, "county")
    assert desk.form(f"{path}/export", file_format="csv").status_code == 422
    file = desk.form(f"{path}/export", file_format="csv", purpose="核发绩效")
    assert file.status_code == 200 and last_month().label in file.text
    proposal = f"{EVALUATION}/proposals/{of(app, Proposal)}"
    assert desk.get(f"{EVALUATION}/proposals").status_code == 200
    assert desk.form(proposal, decision="declined").status_code == 422
    assert desk.form(proposal, decision="taken").status_code == 303
    assert desk.form(proposal, decision="taken").status_code == 409


def test_marks_are_given_with_a_reason(app: Flask, world: World, month: Hands) -> None:
    mark = ratio("MARK", "marks", "10", type="manual_mark", scale="10", raters={"village": "1"})
    set_id = published(app, world, rule_set(mark))
    desk = at_desk(app, "village")
    assert 'data-testid="mark-form"' in desk.get(f"{EVALUATION}/marks").text
    form = {"person_id": str(world.people["worker"]), "indicator": "MARK", "rater": "village", "mark": "8.5"}
    told = {**form, "reason": "认真", "day": clock.today().isoformat()}
    assert desk.form(f"{EVALUATION}/marks/{set_id}", **{**told, "mark": "11"}).status_code == 422
    assert desk.form(f"{EVALUATION}/marks/{set_id}", **told).status_code == 303


@pytest.mark.parametrize("body", ["[" * 300_000, '{"a":' * 200 + "1" + "}" * 200, "x" * 400_000, "[]", "{", ""])
def test_what_is_no_rule_set_is_said_and_hangs_nothing(app: Flask, world: World, body: str) -> None:
    desk = at_desk(app, "county")
    assert desk.form(f"{EVALUATION}/sets", body=body, act="save").status_code in (413, 422)
    assert desk.form(f"{EVALUATION}/lint", body=body).status_code in (200, 413)
    with writing(app) as session:
        assert session.query(RuleSet).count() == 0


def test_indicators_are_changed_by_a_form_and_what_it_does_not_know_stays(app: Flask, world: World) -> None:
    desk = at_desk(app, "county")
    visits = ratio("VISITS", "visits_due", "60", duty="visit", explain_zh="说明")
    tasks = ratio("TASKS", "tasks", "40", type="timeliness", weights={"L2": "1"})
    saved = desk.form(f"{EVALUATION}/sets", body=written(rule_set(visits, tasks, base_score="100")), act="save")
    path = saved.headers["Location"].split("?")[0]
    assert 'name="VISITS.max"' in desk.get(path).text

    def change(version: int, status: int = 303, **more: str) -> Any:
        answer = desk.form(f"{path}/indicators", **{"act": "save", "version": str(version), **more})
        assert answer.status_code == status
        return answer

    change(
        1, **{"VISITS.max": "70", "VISITS.title_zh": "走访", "VISITS.min_den": "3", "TASKS.weights": "L3: 2\r\nL4：5"}
    )
    change(1, 409, **{"VISITS.max": "80"})
    assert "many" in change(2, 422, **{"VISITS.max": "many"}).text  # what was typed stands in the form again
    change(2, **{"VISITS.min_den": "", "VISITS.categories": "VIS-02，VIS-08"})
    with writing(app) as session:
        told = json.loads(session.query(RuleSet).one().body)
    assert told["indicators"][0] == {**visits, "max": "70", "title_zh": "走访", "categories": ["VIS-02", "VIS-08"]}
    assert told["indicators"][1]["weights"] == {"L3": "2", "L4": "5"} and told["base_score"] == "110"


def test_the_form_says_what_the_linter_says_before_anything_is_kept(app: Flask, world: World) -> None:
    desk = at_desk(app, "county")
    path = desk.form(f"{EVALUATION}/sets", body=written(rule_set()), act="save").headers["Location"].split("?")[0]
    forbidden = {"VISITS.fact": "online_hours"}
    page = desk.form(f"{path}/indicators", act="check", version="1", **forbidden).text
    assert "国办函〔2026〕12号" in page and 'value="online_hours"' in page
    live = desk.form(f"{EVALUATION}/lint", set=path.rsplit("/", 1)[1], **forbidden).text
    assert "国办函〔2026〕12号" in live
    with writing(app) as session:
        assert "online_hours" not in session.query(RuleSet).one().body


@pytest.mark.parametrize("type_", types())
def test_an_indicator_of_every_type_is_added_and_removed(app: Flask, world: World, type_: str) -> None:
    desk = at_desk(app, "county")
    path = desk.form(f"{EVALUATION}/sets", body=written(rule_set()), act="save").headers["Location"].split("?")[0]

    def codes() -> list[str]:
        with writing(app) as session:
            return [one["code"] for one in json.loads(session.query(RuleSet).one().body)["indicators"]]

    added = {"act": "add", "type": type_, "code": "NEW", "group": "G"}
    assert desk.form(f"{path}/indicators", version="1", **added).status_code == 303 and codes()[-1] == "NEW"
    assert desk.form(f"{path}/indicators", version="2", **added).status_code == 422  # a code stands once
    assert desk.form(f"{path}/indicators", version="2", act="remove:NEW").status_code == 303
    assert codes() == ["VISITS", "TASKS"]


def test_two_sets_are_compared(app: Flask, world: World) -> None:
    first = published(app, world)
    second = published(app, world, rule_set(ratio("VISITS", "visits_due", "100"), valid_from="2030-01-01"))
    page = at_desk(app, "county").get(f"{EVALUATION}/sets/{second}?with={first}").text
    assert "TASKS" in page
