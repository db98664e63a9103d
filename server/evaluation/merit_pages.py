"""``/m/<token>``: is this merit badge real? For everybody. And the office's page of badges: rules, list, revocation."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, make_response, redirect, request
from marshmallow import ValidationError

from server.evaluation import forms, meriting
from server.evaluation.merit import verify
from server.evaluation.rule_set import Refused
from server.evaluation.words import said
from server.kernel import clock
from server.kernel.ids import parse_id
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.platform.db import db, transaction
from server.platform.keys import keyring
from server.platform.language import language
from server.platform.limits import rate
from server.platform.problem_json import problem_of

blueprint = Blueprint("merit_check", __name__)
desk = Blueprint("merits", __name__, url_prefix="/office/evaluation/merits")
DEFAULT = Path(__file__).with_name("merit_rules.json")
REVOKE = forms.RevokeForm()

add_office_page("/office/evaluation/merits", "nav.merits", "evaluation.decide", order=55)


@blueprint.get("/m/<token>")
@door("public")
@rate("60/minute")
def check(token: str) -> Any:
    """Genuine, revoked, or no badge of ours; nothing is asked and nothing is kept of who looks."""
    merit = verify(token, keyring().merit_public_keys())
    key = parse_id(merit.id) if merit else None
    badge = meriting.badge_with(db.session(), key) if key else None
    state = "unknown" if merit is None or badge is None else "revoked" if badge.revoked_at else "valid"
    answer = make_response(page("public/merit.html", state=state, merit=merit if badge else None, now=clock.now()))
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@blueprint.get("/m/keys.json")
@door("public")
@rate("60/minute")
def keys() -> Any:
    """What somebody needs who checks without us: public keys, and the ids of those that were revoked."""
    known = {kid: raw.hex() for kid, raw in keyring().merit_public_keys().items()}
    return jsonify(keys=known, revoked=meriting.revoked_ids(db.session()))


@desk.get("")
@door("office", action="evaluation.decide")
def merits() -> Any:
    return _shown()


@desk.post("/rules")
@door("office", action="evaluation.set")
def set_rules() -> Any:
    """The rules as data. Shows ``rule_set_unreadable`` with what is wrong."""
    try:
        with transaction() as session:
            meriting.set_rules(session, signed_in().holder, request.form.get("body", ""))
    except Refused as refused:
        return _shown(Problem("rule_set_unreadable"), [said(fault, language()) for fault in refused.faults])
    return redirect("/office/evaluation/merits?done=saved", 303)


@desk.post("/<uuid:badge_id>/revoke")
@door("office", action="evaluation.decide")
def revoke(badge_id: UUID) -> Any:
    """With a reason. Shows ``already_decided``, ``own_record``, ``not_found``, ``invalid``."""
    try:
        form = typed(REVOKE)
        with transaction() as session:
            meriting.revoke(session, signed_in().holder, badge_id, form["reason"])
    except (ValidationError, Problem) as error:
        return _shown(problem_of(error))
    return redirect("/office/evaluation/merits?done=revoked", 303)


def _shown(problem: Problem | None = None, faults: Any = ()) -> Any:
    session, county = db.session(), signed_in().holder.county_code
    rules = meriting.rules_of(session, county, clock.today())
    body = request.form.get("body") or (rules.body if rules else DEFAULT.read_text("utf-8"))
    found = meriting.badges_of(session, county)
    return page("office/evaluation_merits.html", problem, found=found, rules=rules, body=body, faults=faults)
