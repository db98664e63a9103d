"""What changes photos: they arrive, objects name them or let them go, the forgotten ones are deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.photos import rules
from server.photos.derive import Derived
from server.photos.models import Photo, PhotoLink, PhotoSender
from server.platform.db import upsert

SWEEP = 500


def link(
    session: Session, county_code: str, sha256: str, kind: str, object_id: UUID, role: str, *, author_id: UUID
) -> None:
    """An object names a photo, here or still on its way. Naming it again changes nothing but its role.

    ``author_id``: who named it; the picture is shown through this link once this person has sent the bytes.
    """
    row = {"county_code": county_code, "sha256": sha256, "kind": kind, "object_id": object_id}
    row |= {"role": role, "author_id": author_id, "linked_at": clock.now()}
    upsert(session, PhotoLink, [row], ["county_code", "sha256", "kind", "object_id"], update=["role"])


def unlink(session: Session, county_code: str, sha256: str, kind: str, object_id: UUID) -> None:
    """A correction took the photo out: it waits 30 days for another object to name it."""
    session.execute(
        sa.delete(PhotoLink).where(
            PhotoLink.county_code == county_code,
            PhotoLink.sha256 == sha256,
            PhotoLink.kind == kind,
            PhotoLink.object_id == object_id,
        )
    )
    _wait_since(session, county_code, [sha256], clock.now())


def let_go(session: Session, kind: str, object_ids: Sequence[UUID]) -> None:
    """The retention of these objects has ended: their photos go with the last link, at the next sweep."""
    statement = (
        sa.delete(PhotoLink)
        .where(PhotoLink.kind == kind, PhotoLink.object_id.in_(object_ids))
        .returning(PhotoLink.county_code, PhotoLink.sha256)
    )
    by_county: dict[str, list[str]] = defaultdict(list)
    for county_code, sha256 in session.execute(statement).all():
        by_county[county_code].append(sha256)
    for county_code, sha256s in by_county.items():
        _wait_since(session, county_code, sha256s, 0)


def _wait_since(session: Session, county_code: str, sha256s: Sequence[str], since: int) -> None:
    session.execute(
        sa.update(Photo).where(Photo.county_code == county_code, Photo.sha256.in_(sha256s)).values(waits_since=since)
    )


def take_in(session: Session, county_code: str, person_id: UUID, sha256: str, size: int, derived: Derived) -> None:
    """The bytes are whole and what is kept of them lies on the disk: the photo is held, and whoever names it is told."""
    key = {"county_code": county_code, "sha256": sha256}
    now = clock.now()
    photo = {
        **key,
        "full_sha256": derived.full.sha256,
        "thumb_sha256": derived.thumb.sha256,
        "size": size,
        "width": derived.width,
        "height": derived.height,
        "held_at": now,
        "waits_since": now,
        "backed_up_at": None,
    }
    upsert(session, Photo, [photo], ["county_code", "sha256"], update=[])
    upsert(session, PhotoSender, [{**key, "person_id": person_id, "sent_at": now}], [*key, "person_id"], update=[])
    _tell_namers(session, county_code, sha256)


def _tell_namers(session: Session, county_code: str, sha256: str) -> None:
    statement = sa.select(PhotoLink.kind, PhotoLink.object_id).where(
        PhotoLink.county_code == county_code, PhotoLink.sha256 == sha256
    )
    by_kind: dict[str, list[UUID]] = defaultdict(list)
    for kind, object_id in session.execute(statement):
        by_kind[kind].append(object_id)
    for kind, object_ids in by_kind.items():
        namer = rules.namer_of(kind)
        if namer is not None:
            namer.arrived(session, object_ids)


def delete_forgotten(session: Session, now: int) -> list[str]:
    """Delete photos that nothing names and that have waited long enough; answers the files that may now be unused."""
    is_named = sa.exists().where(PhotoLink.county_code == Photo.county_code, PhotoLink.sha256 == Photo.sha256)
    candidates = sa.select(Photo).where(Photo.waits_since <= now - rules.WAIT_FOR_RECORD_MS, ~is_named).limit(SWEEP)
    files: list[str] = []
    for photo in session.scalars(candidates).all():
        session.execute(
            sa.delete(PhotoSender).where(
                PhotoSender.county_code == photo.county_code, PhotoSender.sha256 == photo.sha256
            )
        )
        session.delete(photo)
        files += [photo.full_sha256, photo.thumb_sha256]
    session.flush()
    return unused(session, list(dict.fromkeys(files)))


def unused(session: Session, names: Sequence[str], at_once: int = 500) -> list[str]:
    """Which of these files no photo, of whatever county, lies in."""
    left: list[str] = []
    for start in range(0, len(names), at_once):
        part = names[start : start + at_once]
        used: set[str] = set()
        for column in (Photo.full_sha256, Photo.thumb_sha256):
            used.update(session.scalars(sa.select(column).where(column.in_(part))))
        left += [name for name in part if name not in used]
    return left


def note_backup(copy: Session, live: Session, started_at: int) -> None:
    """A backup has finished: every photo that is held in its copy of the database lies in it, and is durable from now on."""
    fresh = copy.execute(sa.select(Photo.county_code, Photo.sha256).where(Photo.backed_up_at.is_(None))).all()
    by_county: dict[str, list[str]] = defaultdict(list)
    for county_code, sha256 in fresh:
        by_county[county_code].append(sha256)
    for county_code, sha256s in by_county.items():
        for start in range(0, len(sha256s), SWEEP):
            live.execute(
                sa.update(Photo)
                .where(Photo.county_code == county_code, Photo.sha256.in_(sha256s[start : start + SWEEP]))
                .values(backed_up_at=started_at)
            )
