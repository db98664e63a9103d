"""Office pages of messages: the inbox of a desk; how they arrived, whom to ring up, the channels, and when messages ring."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from marshmallow import ValidationError

from server.areas.queries import units_of_county
from server.kernel.problems import Problem
from server.messages import commands, desk, inbox, setting
from server.messages.schemas import AllReadForm, CallForm, ChannelForm, ReadForm, RingRuleForm
from server.people.guard import door, signed_in
from server.people.pages.exporting import Rows, export
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page
from server.platform import channels
from server.platform.config import current_settings
from server.platform.db import db, transaction
from server.platform.language import say
from server.platform.lists import Asked
from server.platform.problem_json import problem_of

blueprint = Blueprint("messages", __name__, url_prefix="/office")
CALL, CHANNEL, RULE, READ, ALL_READ = CallForm(), ChannelForm(), RingRuleForm(), ReadForm(), AllReadForm()
COLUMNS = ("deliveries.kind", *(f"deliveries.state.{state}" for state in desk.STATES), "deliveries.why")

add_office_page(inbox.INBOX, "nav.messages", "message.read", order=1, count=inbox.unread_count)
add_office_page("/office/calls", "nav.calls", "call.close", order=22)
add_office_page("/office/deliveries", "nav.deliveries", "delivery.see", order=23)
add_office_page("/office/ring-rule", "nav.ring_rule", "ring_rule.set", order=46)
add_office_page("/office/channels", "nav.channels", "channel.set", order=47)


@blueprint.get("/messages")
@door("office", action="message.read")
def messages() -> Any:
    """The own ones alone, the newest first."""
    return _messages()


@blueprint.post("/messages/<uuid:message_id>")
@door("office", action="message.read")
def read_one(message_id: UUID) -> Any:
    """Shows ``not_found`` for anybody else's; again changes nothing."""
    try:
        number = max(1, _number(typed(READ)["page"]))
        with transaction() as session:
            commands.mark_read(session, signed_in().person_id, message_id)
    except (ValidationError, Problem) as error:
        return _messages(problem_of(error))
    return redirect(f"{inbox.INBOX}?page={number}&done=read", 303)


@blueprint.post("/messages/all")
@door("office", action="message.read")
def read_all() -> Any:
    """What rang after the page was made stays unread. Shows ``invalid``."""
    try:
        until = typed(ALL_READ)["until"]
        if not (until.isascii() and until.isdigit()):
            raise Problem("invalid")
        with transaction() as session:
            commands.mark_all_read(session, signed_in().person_id, int(until))
    except (ValidationError, Problem) as error:
        return _messages(problem_of(error))
    return redirect(f"{inbox.INBOX}?done=all_read", 303)


@blueprint.get("/deliveries")
@door("office", action="delivery.see")
def deliveries() -> Any:
    """By kind and state, of a week unless another time is asked for."""
    return _deliveries()


@blueprint.post("/deliveries/export")
@door("office", action="delivery.see")
def take_out_deliveries() -> Any:
    """Figures of messages, nobody's name. Shows ``invalid``."""
    shape = desk.shape_for(db.session(), signed_in().holder)
    return export(shape, COLUMNS, _delivery_rows, _deliveries, is_personal=False)


@blueprint.get("/calls")
@door("office", action="call.close")
def calls() -> Any:
    return _calls()


@blueprint.post("/calls/<uuid:delivery_id>")
@door("office", action="call.close")
def close(delivery_id: UUID) -> Any:
    """Rung up, reached or not. Shows ``already_decided``, ``not_found``, ``invalid``."""
    try:
        form = typed(CALL)
        with transaction() as session:
            setting.close_call(session, signed_in().holder, delivery_id, is_reached=form["reached"] == "yes")
    except (ValidationError, Problem) as error:
        return _calls(problem_of(error))
    return redirect("/office/calls?done=called", 303)


@blueprint.get("/channels")
@door("office", action="channel.set")
def ways() -> Any:
    return _channels()


@blueprint.post("/channels")
@door("office", action="channel.set")
def add_way() -> Any:
    """Shows ``unit_unknown``, ``channel_address``, ``invalid``."""
    try:
        form = typed(CHANNEL)
        with transaction() as session:
            setting.add_channel(
                session,
                signed_in().holder,
                unit_id=form["unit_id"],
                kind=form["kind"],
                name=form["name"],
                address=form["address"],
                per_minute=_whole(form["per_minute"], 1, 6000)
                if form["per_minute"]
                else channels.PER_MINUTE[form["kind"]],
                position=_whole(form["position"], 1, 99),
                hosts=current_settings().channel_hosts,
            )
    except (ValidationError, Problem) as error:
        return _channels(problem_of(error))
    return redirect("/office/channels?done=added", 303)


@blueprint.post("/channels/<uuid:channel_id>/end")
@door("office", action="channel.set")
def end_way(channel_id: UUID) -> Any:
    """Shows ``not_found``."""
    try:
        with transaction() as session:
            setting.end_channel(session, signed_in().holder, channel_id)
    except Problem as error:
        return _channels(error)
    return redirect("/office/channels?done=ended", 303)


@blueprint.get("/ring-rule")
@door("office", action="ring_rule.set")
def rule() -> Any:
    return _rule()


@blueprint.post("/ring-rule")
@door("office", action="ring_rule.set")
def set_rule() -> Any:
    """Shows ``invalid``."""
    try:
        form = typed(RULE)
        with transaction() as session:
            setting.set_ring_rule(
                session,
                signed_in().holder,
                quiet_from=_minute(form["quiet_from"]),
                quiet_to=_minute(form["quiet_to"]),
                answer_minutes=_whole(form["answer_minutes"], 1, 120),
                document_no=form["document_no"],
            )
    except (ValidationError, Problem) as error:
        return _rule(problem_of(error))
    return redirect("/office/ring-rule?done=saved", 303)


def _messages(problem: Problem | None = None) -> Any:
    session, here = db.session(), signed_in()
    asked = inbox.SHAPE.read(request.args)
    return page("office/messages.html", problem, asked=asked, found=inbox.lines(session, here.holder, asked))


def _deliveries(problem: Problem | None = None) -> Any:
    session, holder = db.session(), signed_in().holder
    asked = desk.shape_for(session, holder).read(request.values)
    since = desk.since_of(asked)
    return page(
        "office/deliveries.html",
        problem,
        asked=asked,
        rows=desk.by_cause(session, holder, asked),
        states=desk.STATES,
        urgent=desk.urgent_by_unit(session, holder, since),
        since=since,
    )


def _delivery_rows(asked: Asked) -> Rows:
    return [
        (
            say(f"message.{row.kind}"),
            *(row.states[state] for state in desk.STATES),
            "、".join(f"{say(f'delivery_reason.{why}')} {count}" for why, count in sorted(row.reasons.items())),
        )
        for row in desk.by_cause(db.session(), signed_in().holder, asked)
    ]


def _calls(problem: Problem | None = None) -> Any:
    number = max(1, _number(request.args.get("page", "")))
    rows, has_more = desk.calls(db.session(), signed_in().holder, number)
    return page("office/calls.html", problem, rows=rows, has_more=has_more, number=number)


def _channels(problem: Problem | None = None) -> Any:
    session, county = db.session(), signed_in().holder.county_code
    return page(
        "office/channels.html",
        problem,
        rows=desk.channels_of_county(session, county),
        units=units_of_county(session, county),
        kinds=channels.KINDS,
        limits=channels.PER_MINUTE,
    )


def _rule(problem: Problem | None = None) -> Any:
    now, history = desk.rule_and_history(db.session(), signed_in().holder.county_code)
    return page("office/ring_rule.html", problem, now=now, history=history, at=desk.clock_words)


def _minute(words: str) -> int:
    found = desk.minute_of(words)
    if found is None:
        raise Problem("invalid")
    return found


def _whole(words: str, least: int, most: int) -> int:
    found = _number(words)
    if not least <= found <= most:
        raise Problem("invalid")
    return found


def _number(words: str) -> int:
    return int(words) if words.isascii() and words.isdigit() and len(words) <= 6 else 0
