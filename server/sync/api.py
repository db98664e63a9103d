"""The phone's two doors for data, and the archive (docs/wire.md §3–4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, Response, request
from marshmallow import ValidationError

from server.kernel import clock
from server.kernel.ids import parse_id
from server.kernel.problems import Problem
from server.people.commands import current_scope, note_wiped
from server.people.guard import PERSON_HEADER, door, signed_in
from server.platform.db import aside, db, in_one_transaction
from server.platform.limits import by_session, rate
from server.platform.looks import note_look
from server.records.queries import looks_at_own
from server.sync import archive, body, commands, epochs, queries
from server.sync.applying import Sender
from server.sync.schemas import Push

blueprint = Blueprint("sync", __name__, url_prefix="/api/v1")
PUSH = Push()


def _json(payload: bytes | dict[str, Any]) -> Response:
    text = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    return Response(text, mimetype="application/json", headers={"Cache-Control": "no-store"})


@blueprint.post("/sync/push")
@door("queue")
@rate("600/minute", by_session)
def push() -> Response:
    """Take in a batch: one transaction, written to disk before the answer leaves."""
    told = _told()
    who = signed_in()
    if told["person"] != who.person_id:
        raise Problem("wrong_person")
    is_own_device = told["device_id"] == who.device_id
    sender = Sender(who.holder, told["device_id"], who.restricted, is_own_device=is_own_device)
    return _json(in_one_transaction(lambda session: commands.push(session, sender, told)))


@blueprint.get("/sync/pull")
@door("queue")
def pull() -> Response:
    """What changed since the cursor; 204 when nothing did."""
    who = signed_in()
    device_id = parse_id(request.args.get("device_id"))
    if PERSON_HEADER not in request.headers and queries.is_of_another(db.session(), device_id, who.person_id):
        raise Problem("wrong_person")  # a phone of before the header still names its device
    if who.restricted:
        return _wipe_or_nothing(who.person_id, who.device_id or device_id)
    scope = current_scope(db.session(), who.person_id, clock.now(), who.holder)
    answer = queries.changes(db.session(), scope, request.args.get("cursor"), _number("max_bytes", 262_144))
    return Response(status=204) if answer is None else _json(answer)


@blueprint.get("/archive")
@door("phone")
def read_archive() -> Response:
    """Rows that have left the feed, scoped like it; looks at sensitive ones are noted before the answer leaves.

    ``mine=1``: those of this person alone.
    """
    who = signed_in()
    scope = current_scope(db.session(), who.person_id, clock.now(), who.holder)
    before = _number("before", clock.now())
    before_id = parse_id(request.args.get("before_id"))
    if "before_id" in request.args and before_id is None:
        raise Problem("bad_request", field="before_id")
    author = who.person_id if request.args.get("mine") == "1" else None
    limit = min(_number("limit", 50), 200)
    rows = archive.records_before(db.session(), scope.streams, before, before_id, limit, author)
    sensitive = [UUID(row["id"]) for row in rows if row.get("team_id")]
    if sensitive:
        with aside() as session:
            for record_id in sensitive:
                note_look(session, who.person_id, "record", record_id, "archive")
    return _json({"rows": rows})


@blueprint.get("/looks")
@door("phone")
def looks_at_mine() -> Response:
    """Who opened the sensitive records that this person wrote; nobody asks for another's."""
    return _json({"looks": looks_at_own(db.session(), signed_in().person_id)})


def _wipe_or_nothing(person_id: UUID, device_id: UUID | None) -> Response:
    """A restricted session gets no rows; but it hears of a new epoch, or it would not hand over again what a restore lost."""
    if device_id is not None and queries.may_wipe(db.session(), device_id):
        with aside() as session:
            note_wiped(session, person_id, device_id)
        return _json({"epoch": epochs.current(db.session()), "wipe": True})
    answer = queries.no_rows(db.session(), person_id, request.args.get("cursor"))
    return Response(status=204) if answer is None else _json(answer)


def _told() -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise Problem("unsupported_media")
    stream = request.environ["wsgi.input"]
    raw = body.read(stream, request.content_length, request.headers.get("Content-Encoding", "").lower())
    if not isinstance(raw, dict):
        raise Problem("bad_json")
    try:
        told: dict[str, Any] = PUSH.load(raw)
    except ValidationError as error:
        raise Problem("invalid", fields=sorted(str(name)[:60] for name in error.normalized_messages())) from error
    return told


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else default
