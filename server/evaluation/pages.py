"""Office pages of rule sets: the county's switch, the editor with its check, a trial on a past month, publication, runs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.evaluation import commands, editing, forms, queries, rules, running, sheets, simulating
from server.evaluation.canonical import canonical
from server.evaluation.facts import KNOWN_FACTS
from server.evaluation.lint import lint
from server.evaluation.models import RuleSet
from server.evaluation.rule_set import Fault, Refused, compiled
from server.evaluation.schemas import read_rule_set
from server.evaluation.words import said
from server.kernel import clock
from server.kernel.ids import parse_id
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.people.rules import may
from server.platform.db import db, transaction
from server.platform.language import language
from server.platform.problem_json import problem_of

blueprint = Blueprint("evaluation", __name__, url_prefix="/office/evaluation")
SETTING, RULES, VERSION, PERIOD = forms.SettingForm(), forms.RuleSetForm(), forms.VersionForm(), forms.PeriodForm()
DEFAULT = Path(__file__).parent / "examples" / "default.json"
BODY_BYTES = 3 * forms.BODY + 8192  # percent-encoded
SHIPPED = {"run_after_days": 3, "objection_days": 5, "answer_days": 10}  # suggestions, until a document says otherwise

add_office_page("/office/evaluation", "nav.evaluation", "evaluation.see", order=50)


@blueprint.get("")
@door("office", action="evaluation.see")
def home() -> Any:
    return _home()


@blueprint.post("/setting")
@door("office", action="evaluation.set")
def set_evaluation() -> Any:
    """Switch on or off. Shows ``invalid``."""
    try:
        form = typed(SETTING)
        numbers = {name: _number(form[name], name, most) for name, most in (("run_after_days", 31), *DAYS)}
        with transaction() as session:
            told = {"is_on": form["switch"] == "on", "document_no": form["document_no"], **numbers}
            commands.set_evaluation(session, signed_in().holder, told)
    except (ValidationError, Problem) as error:
        return _home(problem_of(error))
    return redirect("/office/evaluation?done=saved", 303)


DAYS = (("objection_days", 60), ("answer_days", 60))


def _number(text: str, name: str, most: int) -> int:
    least = 0 if name == "run_after_days" else 1
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise Problem("invalid", fields=[name])
    return int(text)


def _home(problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    may_set = bool(may(holder, "evaluation.set"))
    return page(
        "office/evaluation.html",
        problem,
        may_set=may_set,
        setting=queries.setting_of(session, holder.county_code),
        shipped=SHIPPED,
        sets=sheets.sets_of(session, holder.county_code) if may_set else [],
        runs=sheets.runs_of(session, holder.county_code),
        titles={one.id: one.title for one in sheets.sets_of(session, holder.county_code)},
    )


# -- one rule set ------------------------------------------------------------------------------------------------------


@blueprint.get("/sets/new")
@door("office", action="evaluation.set")
def new_set() -> Any:
    """Begins with the suggested set, which is there to be changed."""
    return _editor(None, DEFAULT.read_text("utf-8"))


@blueprint.post("/sets")
@door("office", action="evaluation.set", longest_body=BODY_BYTES)
def make_set() -> Any:
    """Keep a new draft, or only check it. Shows ``rule_set_unreadable``, ``invalid``."""
    return _saved(None)


@blueprint.get("/sets/<uuid:set_id>")
@door("office", action="evaluation.set")
def one_set(set_id: UUID) -> Any:
    found = _set(set_id)
    return _editor(found, found.body)


@blueprint.post("/sets/<uuid:set_id>")
@door("office", action="evaluation.set", longest_body=BODY_BYTES)
def save_set(set_id: UUID) -> Any:
    """Keep the draft, or only check it. Shows ``rule_set_unreadable``, ``rule_set_frozen``, ``stale``, ``invalid``."""
    return _saved(_set(set_id))


@blueprint.post("/sets/<uuid:set_id>/indicators")
@door("office", action="evaluation.set", longest_body=BODY_BYTES)
def change_indicators(set_id: UUID) -> Any:
    """Indicators by a form: kept, only checked, one added or removed. Shows ``rule_set_unreadable``, ``stale``,
    ``rule_set_frozen``, ``invalid``."""
    found = _set(set_id)
    try:
        told = editing.edited(json.loads(found.body), request.form)
        if request.form.get("act") == "check":
            return _editor(found, editing.as_text(told), told=told)
        with transaction() as session:
            version = _number(request.form.get("version", ""), "version", 999_999)
            commands.change_indicators(session, signed_in().holder, set_id, version, request.form)
    except Refused as refused:
        unread = Problem("rule_set_unreadable")
        return _editor(found, editing.as_text(told), unread, _in_words(refused.faults), told)
    except Problem as problem:
        is_typed = problem.code == "stale" and request.form.get("act") == "save"
        return _editor(found, found.body, problem, told=told if is_typed else None)
    return redirect(f"/office/evaluation/sets/{set_id}?done=saved", 303)


@blueprint.post("/sets/<uuid:set_id>/publish")
@door("office", action="evaluation.set")
def publish(set_id: UUID) -> Any:
    """Shows ``references_lacking``, ``rule_set_refused``, ``rule_set_backdated``, ``rule_set_frozen``, ``stale``."""
    try:
        form = typed(VERSION)
        with transaction() as session:
            commands.publish(session, signed_in().holder, set_id, _number(form["version"], "version", 999_999))
    except (ValidationError, Problem) as error:
        found = _set(set_id)
        return _editor(found, found.body, problem=problem_of(error))
    return redirect(f"/office/evaluation/sets/{set_id}?done=published", 303)


@blueprint.post("/sets/<uuid:set_id>/run")
@door("office", action="evaluation.set")
def run_set(set_id: UUID) -> Any:
    """Start a period at will; the worker process reckons it. Shows ``period_open``, ``run_exists``, ``evaluation_off``."""
    try:
        form = typed(PERIOD)
        with transaction() as session:
            run = running.run_at_will(session, signed_in().holder, set_id, form["day"])
            key = run.id
    except (ValidationError, Problem) as error:
        found = _set(set_id)
        return _editor(found, found.body, problem=problem_of(error))
    return redirect(f"/office/evaluation/runs/{key}?done=started", 303)


@blueprint.post("/lint")
@door("office", action="evaluation.set", longest_body=BODY_BYTES)
def check_live() -> Any:
    """What the check says of a text, or of a form over a set, that is being written: a piece of a page."""
    body, key = request.form.get("body", ""), parse_id(request.form.get("set", ""))
    if key is not None:
        body = editing.as_text(editing.edited(json.loads(_set(key).body), request.form))
    return page("office/evaluation_check.html", report=_report(body))


def _saved(found: RuleSet | None) -> Any:
    body = request.form.get("body", "")
    if request.form.get("act") == "check":
        return _editor(found, body)
    try:
        form: dict[str, Any] = RULES.load(_fields())
        with transaction() as session:
            version = int(form["version"]) if form["version"].isdigit() else None
            made = commands.save_draft(session, signed_in().holder, form["body"], found.id if found else None, version)
            key = made.id
    except Refused:
        return _editor(found, body, problem=Problem("rule_set_unreadable"))
    except (ValidationError, Problem) as error:
        return _editor(found, body, problem=problem_of(error))
    return redirect(f"/office/evaluation/sets/{key}?done=saved", 303)


def _fields() -> dict[str, Any]:
    return {name: request.form.get(name, "") for name in ("body", "version")}


def _report(body: str) -> dict[str, Any]:
    """What is refused and warned of, in words; ``is_readable`` says whether it is a rule set at all."""
    try:
        told = read_rule_set(body.encode("utf-8", "replace"))
        compiled(told)
        found = lint(told)
    except Refused as refused:
        return {"is_readable": False, "refused": _in_words(refused.faults), "warned": []}
    return {"is_readable": True, "refused": _in_words(found.refused), "warned": _in_words(found.warned)}


def _in_words(faults: Iterable[Fault]) -> list[tuple[str, str]]:
    return [(fault.where, said(fault, language())) for fault in faults]


def _set(set_id: UUID) -> RuleSet:
    found = sheets.set_seen(db.session(), signed_in().holder, set_id)
    if found is None:
        raise Problem("not_found")
    return found


def _editor(
    found: RuleSet | None, body: str, problem: Problem | None = None, faults: Any = (), told: Any = None
) -> Any:
    """``told``: the set as a form left it, which is shown again even where it cannot be read."""
    report = _report(body)
    by_form = told is not None or (found is not None and body == found.body)
    told = told or (read_rule_set(body.encode()) if report["is_readable"] else None)
    return page(
        "office/evaluation_set.html",
        problem,
        found=found,
        body=body,
        report=report,
        faults=faults,
        told=told,
        fields={one["code"]: editing.fields_of(told, one) for one in told["indicators"]} if told and by_form else {},
        types=editing.types(),
        facts=list(KNOWN_FACTS),
        weight=len(canonical(told)) if told else 0,
        tried=_tried(found),
        compared=_compared(found),
        others=[
            one for one in sheets.sets_of(db.session(), signed_in().holder.county_code) if found and one.id != found.id
        ],
        usual_day=rules.period_before(found.period_type if found else "month", clock.today()).from_day,
    )


def _tried(found: RuleSet | None) -> simulating.Tried | None:
    """The set as it is kept, on the period that ``?day=`` lies in."""
    day = clock.parse_day(request.args.get("day", ""))
    if found is None or day is None or request.method != "GET" or day >= clock.today():
        return None
    return simulating.simulate(db.session(), found, rules.period_of(found.period_type, day))


def _compared(found: RuleSet | None) -> list[tuple[str, str, str]]:
    """What differs from the set of ``?with=``, indicator by indicator: code, there, here."""
    other = request.args.get("with", "")
    against = next(
        (one for one in sheets.sets_of(db.session(), signed_in().holder.county_code) if str(one.id) == other), None
    )
    if found is None or against is None:
        return []
    here, there = (
        {one["code"]: one for one in read_rule_set(each.body.encode())["indicators"]} for each in (found, against)
    )
    codes = [*there, *(code for code in here if code not in there)]
    return [
        (code, _one_line(there.get(code)), _one_line(here.get(code)))
        for code in codes
        if there.get(code) != here.get(code)
    ]


def _one_line(indicator: dict[str, Any] | None) -> str:
    if indicator is None:
        return "—"
    name = indicator["title_zh" if language() == "zh" else "title_en"]
    plain = {
        k: v for k, v in indicator.items() if k not in ("code", "title_zh", "title_en", "explain_zh", "explain_en")
    }
    return f"{name} · {canonical(plain).decode()}"
