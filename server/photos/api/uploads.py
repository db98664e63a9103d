"""tus 1.0.0 at ``/api/v1/uploads``: core, creation, creation-with-upload, checksum, expiration, termination.

Bytes are written as they are read. The server program (granian) shows a cut link as the normal end of the body, so what
was read is counted against Content-Length; either way what was read is on the disk, and a HEAD says how much that is.
While a phone's bytes trickle in, no database transaction is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from flask import Blueprint, Response, request
from werkzeug.exceptions import ClientDisconnected

from server.kernel import ids
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.rules import Holder
from server.photos import finish, tus
from server.platform import uploads
from server.platform.db import db, reading, transaction
from server.platform.uploads import Upload, upload_folder

BLOCK = 16 * 1024
AFTER_A_CUT = (
    0.08  # seconds; a phone asks for an offset only after something went wrong, and then it has this much time
)
ROOT = "/api/v1/uploads"

blueprint = Blueprint("uploads", __name__, url_prefix=ROOT)


@blueprint.after_request
def _speak_tus(response: Response) -> Response:
    response.headers["Tus-Resumable"] = tus.VERSION
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("", methods=["OPTIONS"])
@blueprint.route("/<upload_id>", methods=["OPTIONS"])
@door("public")
def discover(upload_id: str = "") -> Response:
    """What this server can do; nothing about any upload."""
    return _answer(
        204,
        {
            "Tus-Version": tus.VERSION,
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Checksum-Algorithm": ",".join(tus.ALGORITHMS),
            "Tus-Max-Size": str(upload_folder().longest),
        },
    )


@blueprint.route("", methods=["POST"])
@door("queue")
def create() -> Response:
    """A new upload; with a body of the tus type its first bytes too."""
    tus.must_speak(request.headers)
    if "Upload-Defer-Length" in request.headers or "Upload-Concat" in request.headers:
        raise Problem("bad_request", field="Upload-Length")
    size = tus.number(request.headers, "Upload-Length")
    said = request.headers.get("Upload-Metadata", "")
    sha256 = tus.promised_hash(said)
    checksum = tus.Checksum(request.headers.get("Upload-Checksum"))
    me = _me()
    with transaction() as session:
        upload = uploads.create(
            session, county_code=me.county_code, person_id=me.person_id, sha256=sha256, size=size, said=said
        )
    headers = {"Location": f"{ROOT}/{upload.id}", "Upload-Expires": tus.http_date(upload.expires_at)}
    if request.mimetype == tus.BODY:
        headers["Upload-Offset"] = str(_receive(upload, 0, checksum))
    return _answer(201, headers)


@blueprint.route("/<upload_id>", methods=["HEAD"], provide_automatic_options=False)
@door("queue")
def offset(upload_id: str) -> Response:
    """How far an upload has come. One that is whole but not yet taken in (a crash between the two) is taken in now."""
    tus.must_speak(request.headers)
    upload = _mine(upload_id)
    arrived = upload_folder().settled_offset(upload, least_wait=AFTER_A_CUT)
    if arrived == upload.size:
        finish.finish(upload)
    headers = {"Upload-Offset": str(arrived), "Upload-Length": str(upload.size)}
    headers["Upload-Expires"] = tus.http_date(upload.expires_at)
    if upload.said:
        headers["Upload-Metadata"] = upload.said
    return _answer(200, headers)


@blueprint.route("/<upload_id>", methods=["PATCH"], provide_automatic_options=False)
@door("queue")
def append(upload_id: str) -> Response:
    """More bytes from an offset on; with the last one the photo is checked and held."""
    tus.must_speak(request.headers)
    if request.mimetype != tus.BODY:
        raise Problem("unsupported_media", expected=tus.BODY)
    checksum = tus.Checksum(request.headers.get("Upload-Checksum"))
    start = tus.number(request.headers, "Upload-Offset")
    upload = _mine(upload_id)
    arrived = upload_folder().settled_offset(upload)
    if start != arrived:
        raise Problem("upload_offset", headers={"Upload-Offset": str(arrived)}, offset=arrived)
    with upload_folder().writing(upload.id):
        end = _receive(upload, start, checksum)
    return _answer(204, {"Upload-Offset": str(end), "Upload-Expires": tus.http_date(upload.expires_at)})


@blueprint.route("/<upload_id>", methods=["DELETE"], provide_automatic_options=False)
@door("queue")
def terminate(upload_id: str) -> Response:
    """Forget an upload. A photo that was already taken in stays."""
    tus.must_speak(request.headers)
    upload = _mine(upload_id)
    with transaction() as session:
        uploads.discard(session, upload)
    return _answer(204, {})


@blueprint.route("/<upload_id>", methods=["POST"], provide_automatic_options=False)
@door("queue")
def overridden(upload_id: str) -> Response:
    """For clients that can send only GET and POST (``X-HTTP-Method-Override``)."""
    wanted = request.headers.get("X-HTTP-Method-Override", "").upper()
    views = {"PATCH": append, "DELETE": terminate, "HEAD": offset}
    if wanted not in views:
        raise Problem("method_not_allowed")
    return views[wanted](upload_id)


def _receive(upload: Upload, start: int, checksum: tus.Checksum) -> int:
    """Write the request's body behind ``start``; answers the new offset. A cut raises ``cut_body`` and keeps what came."""
    expected = request.content_length
    if expected is not None and start + expected > upload.size:
        raise Problem("too_large", most=upload.size)
    request.max_content_length = upload.size + 1  # one more than may come, so that reaching the end is no excess
    db.session.remove()  # lets go of what the guard read: no lock while bytes trickle in
    end = upload_folder().append(upload, start, checksum.watch(_blocks()))
    if expected is not None and end - start < expected:
        raise Problem("cut_body", offset=end)
    if not checksum.agrees:
        upload_folder().take_back(upload, start, end)
        raise Problem("hash_mismatch", offset=start)
    if end == upload.size:
        finish.finish(upload)
    return end


def _blocks() -> Iterator[bytes]:
    try:
        while block := request.stream.read(BLOCK):
            yield block
    except ClientDisconnected:
        return  # the same cut, as other server programs show it


def _mine(upload_id: str) -> Upload:
    known = ids.parse_id(upload_id)
    if known is None:
        raise Problem("not_found")
    with reading() as session:
        return uploads.find(session, UUID(str(known)), _me().person_id)


def _me() -> Holder:
    return signed_in().holder


def _answer(status: int, headers: dict[str, str]) -> Response:
    response = Response(status=status, headers=headers)
    response.headers.pop("Content-Type", None)
    return response
