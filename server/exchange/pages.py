"""Office pages of the exchange: tokens of other systems, their webhooks, each of their calls."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.exchange import commands, connector, queries, rules
from server.exchange.schemas import HookForm, TokenForm
from server.kernel import clock
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.platform.config import current_settings
from server.platform.db import db, transaction
from server.platform.lists import ListShape
from server.platform.problem_json import problem_of

blueprint = Blueprint("exchange_office", __name__, url_prefix="/office/exchange")
TOKEN, HOOK = TokenForm(), HookForm()
CALLS = ListShape("exchange_calls", "/office/exchange/calls", {"scope": rules.SCOPES})

add_office_page("/office/exchange", "nav.exchange", "exchange.set", order=60)
add_office_page("/office/exchange/calls", "nav.exchange_calls", "exchange.see", order=61)
add_office_page("/office/exchange/connector", "nav.connector", "exchange.see", order=61)


@blueprint.get("")
@door("office", action="exchange.set")
def tokens() -> Any:
    return _tokens()


@blueprint.post("")
@door("office", action="exchange.set")
def make() -> Any:
    """Shows the token this once; or ``unit_unknown``, ``day_out_of_range``, ``invalid``."""
    try:
        form = typed(TOKEN, scopes="list")
        with transaction() as session:
            made, token = commands.make_token(session, signed_in().holder, form)
    except (ValidationError, Problem) as error:
        return _tokens(problem_of(error))
    return page("office/exchange_made.html", secret=token, token=made, hook=None)


@blueprint.get("/calls")
@door("office", action="exchange.see")
def calls() -> Any:
    """Every call of the county's tokens, the newest on top."""
    asked = CALLS.read(request.args)
    found = queries.calls(db.session(), signed_in().holder.county_code, asked)
    return page("office/exchange_calls.html", asked=asked, found=found)


@blueprint.get("/connector")
@door("office", action="exchange.see")
def public_data_platform() -> Any:
    """What comes from the public data platform, what goes there, and when it last did."""
    found = connector.uses(db.session(), signed_in().holder.county_code)
    return page("office/connector.html", profile=connector.PROFILE, found=found)


@blueprint.get("/<uuid:token_id>")
@door("office", action="exchange.set")
def token(token_id: UUID) -> Any:
    """One token: its webhooks and what they were told. ``not_found``."""
    return _token(token_id)


@blueprint.post("/<uuid:token_id>/revoke")
@door("office", action="exchange.set")
def revoke(token_id: UUID) -> Any:
    """Shows ``not_found``."""
    try:
        with transaction() as session:
            commands.revoke_token(session, signed_in().holder, token_id)
    except Problem as error:
        return _tokens(error)
    return redirect("/office/exchange?done=revoked", 303)


@blueprint.post("/<uuid:token_id>/hooks")
@door("office", action="exchange.set")
def add_hook(token_id: UUID) -> Any:
    """Shows the secret this once; or ``hook_address``, ``token_ended``, ``not_found``, ``invalid``."""
    try:
        form = typed(HOOK, kinds="list")
        with transaction() as session:
            hosts = current_settings().hook_hosts
            hook, secret = commands.add_hook(session, signed_in().holder, token_id, form["url"], form["kinds"], hosts)
    except (ValidationError, Problem) as error:
        return _token(token_id, problem_of(error))
    return page("office/exchange_made.html", secret=secret, token=_own(token_id), hook=hook)


@blueprint.post("/<uuid:token_id>/hooks/<uuid:hook_id>/end")
@door("office", action="exchange.set")
def end_hook(token_id: UUID, hook_id: UUID) -> Any:
    """Shows ``not_found``."""
    try:
        with transaction() as session:
            commands.end_hook(session, signed_in().holder, token_id, hook_id)
    except Problem as error:
        return _token(token_id, error)
    return redirect(f"/office/exchange/{token_id}?done=ended", 303)


def _tokens(problem: Problem | None = None) -> Any:
    session, county = db.session(), signed_in().holder.county_code
    found = queries.tokens_of(session, county)
    return page(
        "office/exchange.html",
        problem,
        tokens=found,
        chosen=request.form.getlist("scopes"),
        live={one.id for one in found if queries.facts_of(one).is_live(clock.today())},
        areas=queries.unit_names(session, found),
        names=queries.names_of_makers(session, found),
        units=queries.area_choices(session, county),
        scopes=rules.SCOPES,
    )


def _token(token_id: UUID, problem: Problem | None = None) -> Any:
    session, found = db.session(), _own(token_id)
    shape = ListShape("exchange_notices", f"/office/exchange/{token_id}", {"state": rules.STATES})
    asked = shape.read(request.args)
    return page(
        "office/exchange_token.html",
        problem,
        token=found,
        is_live=queries.facts_of(found).is_live(clock.today()),
        areas=queries.unit_names(session, [found]),
        names=queries.names_of_makers(session, [found]),
        hooks=queries.hooks_of(session, token_id),
        kinds=[scope for scope in rules.NOTICED if scope in found.scopes],
        chosen=request.form.getlist("kinds"),
        may_call=bool(current_settings().hook_hosts),
        asked=asked,
        found=queries.notices(session, token_id, asked),
    )


def _own(token_id: UUID) -> Any:
    found = queries.token_row(db.session(), signed_in().holder.county_code, token_id)
    if found is None:
        raise Problem("not_found")
    return found
