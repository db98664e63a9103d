"""Doors that say which photos are missing, and show one to whoever may see it."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.photos import queries
from server.photos.queries import Answer, Look
from server.photos.schemas import AnswerSchema, AskedSchema
from server.platform.db import aside, reading
from server.platform.files import FileMissing, files
from server.platform.looks import note_look

IMAGE = "image/jpeg"
SIZES = ("full", "thumb")
DESCRIBED = {
    "parameters": [
        {"in": "query", "name": "size", "schema": {"type": "string", "enum": list(SIZES), "default": "full"}}
    ],
    "responses": {200: {"description": "the stored derivative", "content": {IMAGE: {}}}},
}
blueprint = Blueprint("photos", __name__, url_prefix="/api/v1/photos", description="Photos")


@blueprint.post("/missing")
@door("queue")
@blueprint.arguments(AskedSchema)
@blueprint.response(200, AnswerSchema)
def missing(asked: dict[str, Any]) -> Answer:
    """Which of these photos the server still needs from this person, has, and has in a backup."""
    with reading() as session:
        return queries.what_is_missing(session, signed_in().holder, asked["sha256"])


@blueprint.get("/<sha256>")
@door("phone")
@blueprint.doc(**DESCRIBED)
def picture(sha256: str) -> Response:
    """The stored derivative, ``size=thumb`` or ``full``. 404 for whoever may see no object that names it."""
    size = request.args.get("size", "full")
    if size not in SIZES:
        raise Problem("bad_request", field="size")
    with reading() as session:
        look = queries.photo_for(session, signed_in().holder, sha256)
    if look is None:
        raise Problem("not_found")
    content = _content(look, size)
    if look.sensitive is not None:
        with aside() as session:  # committed before the picture leaves
            note_look(session, signed_in().holder.person_id, look.sensitive[0], look.sensitive[1], "photo")
    return Response(
        content,
        mimetype=IMAGE,
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
