"""Doors that say which photos are missing, and show one to whoever may see it."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from server.kernel.problems import Problem
from server.people.guard import door
from server.photos import queries
from server.photos.queries import Look
from server.photos.schemas import AnswerSchema, AskedSchema
from server.platform.db import aside, glance
from server.platform.files import FileMissing, files
from server.platform.looks import note_look

blueprint = Blueprint("photos", __name__, url_prefix="/api/v1/photos")
ASKED, ANSWER = AskedSchema(), AnswerSchema()


@blueprint.route("/missing", methods=["POST"])
@door("queue")
def missing() -> Response | dict[str, list[str]]:
    """Which of these photos the server still needs from this person, has, and has in a backup."""
    asked = ASKED.load(request.get_json(silent=True) or {})
    with glance() as session:
        answer = queries.what_is_missing(session, g.holder, asked["sha256"])
    return ANSWER.dump(answer)  # type: ignore[return-value]


@blueprint.route("/<sha256>", methods=["GET"])
@door("phone")
def picture(sha256: str) -> Response:
    """The stored derivative, ``size=thumb`` or ``full``. 404 for whoever may see no object that names it."""
    size = request.args.get("size", "full")
    if size not in ("thumb", "full"):
        raise Problem("bad_request", field="size")
    with glance() as session:
        look = queries.photo_for(session, g.holder, sha256)
    if look is None:
        raise Problem("not_found")
    content = _content(look, size)
    if look.sensitive is not None:
        with aside() as session:  # committed before the picture leaves
            note_look(session, g.holder.person_id, look.sensitive[0], look.sensitive[1], "photo")
    return Response(
        content,
        mimetype="image/jpeg",
        headers={
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


def _content(look: Look, size: str) -> bytes:
    try:
        return files().read(look.photo.thumb_sha256 if size == "thumb" else look.photo.full_sha256)
    except FileMissing as error:
        raise Problem("not_found") from error
