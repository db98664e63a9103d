"""Reads about photos: which are held, which are safe in a backup, who may look at one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.people.rules import Holder
from server.photos import rules
from server.photos.models import Photo, PhotoLink, PhotoSender
from server.platform.backup_marks import has_finished_backup


def held_photos(session: Session, sha256s: Collection[str]) -> set[str]:
    """Which of these are held by the server, whoever sent them."""
    if not sha256s:
        return set()
    return set(session.scalars(sa.select(Photo.sha256).where(Photo.sha256.in_(sha256s))))


def named_photos(session: Session, kind: str, object_ids: Collection[UUID]) -> dict[UUID, dict[str, bool]]:
    """For each of these objects: the photos that it names, by hash, and whether each has come."""
    statement = (
        sa.select(PhotoLink.object_id, PhotoLink.sha256, Photo.sha256.is_not(None))
        .outerjoin(Photo, sa.and_(Photo.county_code == PhotoLink.county_code, Photo.sha256 == PhotoLink.sha256))
        .where(PhotoLink.kind == kind, PhotoLink.object_id.in_(object_ids))
        .order_by(PhotoLink.linked_at, PhotoLink.sha256)
    )
    found: dict[UUID, dict[str, bool]] = {}
    for object_id, sha256, is_held in session.execute(statement):
        found.setdefault(object_id, {})[sha256] = bool(is_held)
    return found


class Answer(NamedTuple):
    """For a phone: what to send, what has arrived, what it may drop."""

    missing: list[str]
    held: list[str]
    durable: list[str]


def what_is_missing(session: Session, holder: Holder, sha256s: Sequence[str]) -> Answer:
    """Held means: sent by this person. Durable: inside a finished backup, or held as long as there has never been one."""
    statement = (
        sa.select(Photo.sha256, Photo.backed_up_at)
        .join(PhotoSender, sa.and_(PhotoSender.county_code == Photo.county_code, PhotoSender.sha256 == Photo.sha256))
        .where(
            Photo.county_code == holder.county_code,
            Photo.sha256.in_(sha256s),
            PhotoSender.person_id == holder.person_id,
        )
    )
    found = {row.sha256: row.backed_up_at for row in session.execute(statement)}
    has_backup = has_finished_backup(session)
    return Answer(
        missing=[s for s in sha256s if s not in found],
        held=[s for s in sha256s if s in found],
        durable=[s for s in sha256s if s in found and (found[s] is not None or not has_backup)],
    )


class Look(NamedTuple):
    """A photo that may be shown, and the sensitive object through which it is seen."""

    photo: Photo
    sensitive: tuple[str, UUID] | None


def photo_for(session: Session, holder: Holder, sha256: str) -> Look | None:
    """The photo, when this person sent it or may see an object that names it; None when not, or when there is none."""
    photo = session.get(Photo, (holder.county_code, sha256))
    if photo is None:
        return None
    links = _proven_links(session, photo)
    seen = [link for link in links if _may_see(session, holder, link)]
    sensitive = next(((s.kind, s.object_id) for s in seen if _is_sensitive(session, s)), None)
    if seen:
        return Look(photo, sensitive)
    was_sent = session.get(PhotoSender, (photo.county_code, sha256, holder.person_id)) is not None
    # Somebody who no longer may see any object that names it has no claim to the picture either.
    return Look(photo, None) if was_sent and not links else None


def _proven_links(session: Session, photo: Photo) -> list[PhotoLink]:
    """Links whose author sent the bytes: naming somebody else's hash opens nothing."""
    statement = (
        sa.select(PhotoLink)
        .join(
            PhotoSender,
            sa.and_(
                PhotoSender.county_code == PhotoLink.county_code,
                PhotoSender.sha256 == PhotoLink.sha256,
                PhotoSender.person_id == PhotoLink.author_id,
            ),
        )
        .where(PhotoLink.county_code == photo.county_code, PhotoLink.sha256 == photo.sha256)
    )
    return list(session.scalars(statement))


def _may_see(session: Session, holder: Holder, link: PhotoLink) -> bool:
    namer = rules.namer_of(link.kind)
    return namer is not None and namer.may_see(session, holder, link.object_id)


def _is_sensitive(session: Session, link: PhotoLink) -> bool:
    namer = rules.namer_of(link.kind)
    return namer is not None and namer.is_sensitive(session, link.object_id)
