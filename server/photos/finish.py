"""The end of an upload: all bytes have come. Checked, drawn anew, stored, and only then held.

Order: hash of the whole → decode and draw → files on the disk (synced) → rows (committed) → the upload's file removed. A
crash anywhere before the commit leaves the upload whole, and the phone's next request finishes it.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from server.kernel import clock
from server.kernel.problems import Problem
from server.photos import commands
from server.photos.derive import Derived, derive
from server.platform.db import reading, transaction
from server.platform.files import files
from server.platform.uploads import Upload, discard, upload_folder


def finish(upload: Upload) -> None:
    """Take in a whole upload. Problems: ``hash_mismatch``, ``not_an_image``, ``image_too_large`` (then it is discarded);
    ``unavailable`` on a full disk or without memory (then it stays)."""
    if upload.finished_at is not None:
        return
    try:
        _take_in(upload)
    except Problem as problem:
        if problem.code != "upload_gone" or not _is_finished(upload):
            raise  # else another request of the same phone was faster


def _take_in(upload: Upload) -> None:
    with upload_folder().whole(upload) as sent:
        derived = _checked(upload, sent)
        with files().keeping():
            _store(derived)
            _hold(upload, derived)
        upload_folder().remove(upload.id)


def _checked(upload: Upload, sent: bytes) -> Derived:
    try:
        if hashlib.sha256(sent).hexdigest() != upload.sha256:
            raise Problem("hash_mismatch", offset=0)
        return derive(sent)
    except Problem as problem:
        if problem.code != "unavailable":  # else it stays whole, and the phone asks again later
            with transaction() as session:
                discard(session, upload)
        raise


def _store(derived: Derived) -> None:
    try:
        files().put(derived.full.content)
        files().put(derived.thumb.content)
    except OSError as error:  # a full disk: the upload stays whole, the phone asks again later
        raise Problem("unavailable") from error


def _hold(upload: Upload, derived: Derived) -> None:
    with transaction() as session:
        row = session.get(Upload, upload.id)
        if row is None:
            raise Problem("upload_gone")
        row.finished_at = clock.now()
        session.flush()
        commands.take_in(session, upload.county_code, upload.person_id, upload.sha256, upload.size, derived)


def _is_finished(upload: Upload) -> bool:
    with reading() as session:
        row = session.get(Upload, upload.id)
        return row is not None and row.finished_at is not None


def take_in_bytes(county_code: str, person_id: UUID, sha256: str, content: bytes) -> None:
    """A photo that came another way than by upload (a sealed file at the office), under the same checks."""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Problem("hash_mismatch", offset=0)
    derived = derive(content)
    with files().keeping():
        files().put(derived.full.content)
        files().put(derived.thumb.content)
        with transaction() as session:
            commands.take_in(session, county_code, person_id, sha256, len(content), derived)
