"""A small rule set and what tests do with it: switched on, published, run for last month."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Flask

from server.evaluation import commands, queries, running
from server.evaluation.facts import Facts
from server.evaluation.models import EvaluationRun, MeritBadge, Objection, Proposal, RuleSet, ScoreSheet
from server.evaluation.rules import Period, period_before, period_of
from server.kernel import clock
from server.kernel.ids import new_id
from server.people.queries import holder_of
from server.platform.db import db
from tests.builders import writing
from tests.world import COUNTY, World

ISSUERS = [
    {"kind": kind, "name": name, "reference": f"示例〔2026〕{number}号"}
    for number, (kind, name) in enumerate(
        (("competent_department", "县社会工作部"), ("finance", "县财政局"), ("civil_affairs", "县民政局")), 1
    )
]
SETTING = {"is_on": True, "document_no": "示例", "run_after_days": 0, "objection_days": 5, "answer_days": 5}


def ratio(code: str, fact: str, most: str, **more: Any) -> dict[str, Any]:
    words = {"title_zh": f"指标{code}", "title_en": f"Indicator {code}", "clause": f"第{code}条"}
    return {"code": code, "type": "ratio_linear", "group": "G", "fact": fact, "max": most, **words, **more}


def rule_set(*indicators: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Visits due 60, tasks in time 40; grades good from 80, else poor."""
    usual = (ratio("VISITS", "visits_due", "60"), ratio("TASKS", "tasks", "40", type="timeliness"))
    told = {
        "format": "gridwalk/rules/1", "title_zh": "示例考核办法", "title_en": "Example rules", "document_no": "示例〔2026〕1号",
        "issuers": ISSUERS, "role": "full_time_worker", "areas": [], "period": "month", "valid_from": "2020-01-01",
        "unit_zh": "分", "unit_en": "points", "places": "1",
        "groups": [{"code": "G", "title_zh": "工作", "title_en": "Work"}],
        "grades": [
            {"code": "good", "title_zh": "合格", "title_en": "Good", "from": "80"},
            {"code": "poor", "title_zh": "不合格", "title_en": "Poor"},
        ],
        "indicators": list(indicators or usual),
    }  # fmt: skip
    return {**told, **more}


def published(app: Flask, world: World, body: dict[str, Any] | None = None) -> UUID:
    """Evaluation is on and the set published by the county; answers its id."""
    with writing(app) as session:
        by = holder_of(session, world.people["county"], clock.today())
        if queries.setting_of(session, COUNTY) is None:
            commands.set_evaluation(session, by, SETTING)
        draft = commands.save_draft(session, by, json.dumps(body or rule_set(), ensure_ascii=False))
        return commands.publish(session, by, draft.id, draft.version).id


def last_month() -> Period:
    return period_before("month", clock.today())


def this_month() -> Period:
    return period_of("month", clock.today())


def run(app: Flask, world: World) -> int:
    """As the worker process does, to the end; answers how many sheets there are."""
    with writing(app) as session:
        running.start_due(session, clock.today())
    made = 0
    for _ in range(20):
        with writing(app) as session:
            made += (done := running.compute_some(session, clock.now()))
        if not done:
            return made - 1  # the last round ends the run
    raise AssertionError("a run that never ends")


def facts(app: Flask, world: World, who: str, *names: str, period: Period | None = None) -> Facts:
    """Facts of one worker, by default of this month."""
    body = rule_set(*(ratio(f"I{at}", name, "10") for at, name in enumerate(names)))
    with app.app_context():
        session = db.session()
        scope = queries.scope_of(session, COUNTY, "full_time_worker", period or this_month(), [world.people[who]])
        return queries.facts_of(session, scope, body)[world.people[who]]


def rows(app: Flask, world: World, who: str, name: str, **more: Any) -> list[tuple[str, str | None, str | None]]:
    """(outcome, why, check) of each row of a fact."""
    found = facts(app, world, who, name, **more).facts.get(name, ())
    return sorted((row.outcome, row.why, row.check) for row in found)


def middle_of(period: Period) -> date:
    return period.from_day + timedelta(days=14)


def evaluated(app: Flask, world: World) -> dict[str, UUID]:
    """One of each thing that the office's pages name: a set in force and a draft, a closed run, a sheet with an objection that
    waits, a proposal. The county has a part in none of it."""
    set_id = published(app, world)
    with writing(app) as session:
        period = last_month()
        found = session.get_one(running.RuleSet, set_id)
        first = clock.today().replace(day=1)  # a later version does not reach back
        body = json.loads(found.body) | {"valid_from": first.isoformat()}
        draft = RuleSet(
            id=new_id(), county_code=COUNTY, title="草稿", body=json.dumps(body, ensure_ascii=False),
            sha256=found.sha256, state="draft", role=found.role, period_type=found.period_type, valid_from=first,
            made_at=clock.now(),
        )  # fmt: skip
        session.add(draft)
        setting = queries.setting_of(session, COUNTY)
        assert setting is not None
        run_ = running._start(session, found, setting, period, None)
        running.keep(session, run_.id, running.reckon_some(session, run_), clock.now())
        run_.object_until = clock.today() - timedelta(days=1)
        run_.state = "open"
    with writing(app) as session:
        running.close_due(session, clock.today())
    with writing(app) as session:
        sheet = session.query(ScoreSheet).filter_by(person_id=world.people["worker"]).one()
        other = session.query(ScoreSheet).filter_by(person_id=world.people["worker2"]).one()
        proposal = _proposed(session, run_, other)
        objection = Objection(
            id=new_id(), county_code=COUNTY, sheet_id=sheet.id, person_id=sheet.person_id, indicator="TASKS", stage=1,
            reason="other", sheet_seen=1, made_at=clock.now(), received_at=clock.now(), answer_by=clock.today(),
        )  # fmt: skip
        session.add(objection)
        return {
            "rule_set": set_id, "set_draft": draft.id, "run": run_.id, "sheet": sheet.id, "objection": objection.id,
            "proposal": proposal.id,
            "merit": _merit(session, sheet.person_id).id,
            "fact": commands.add_outside_fact(
                session, COUNTY, None, person_id=sheet.person_id, day=period.from_day, kind="trainings",
                told={"category": "privacy"}, source="培训登记",
            ).id,
        }  # fmt: skip


def _proposed(session: Any, run_: EvaluationRun, sheet: ScoreSheet) -> Proposal:
    found = Proposal(
        id=new_id(), county_code=COUNTY, run_id=run_.id, sheet_id=sheet.id, sheet_version=sheet.version,
        person_id=sheet.person_id, kind="quota", told={"grade": "good"}, made_at=clock.now(),
    )  # fmt: skip
    session.add(found)
    session.flush()
    return found


def _merit(session: Any, person_id: UUID) -> MeritBadge:
    made = MeritBadge(
        id=new_id(), county_code=COUNTY, person_id=person_id, code="X", period="2026-Q1", title_zh="甲", title_en="A",
        reason_zh="因", reason_en="why", picture="tasks", token="x.y", given_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made
