"""Anchors of the chain: signed words about where it stood, which leave the machine; and the closing of old parts.

``daily``: number and hash at that time, every ``AUDIT_ANCHOR_HOURS`` · ``rows``: up to this number the rows beside the chain
may be deleted · ``closed``: up to this number the entries themselves are gone, and what is left builds on this hash. Whoever
changes the whole database can make a new chain, but not the anchors that others hold: so a part may be gone only behind an
anchor that they hold too, and only when the daily ones show that it was old enough.
"""

from __future__ import annotations

import json
import logging
import math
import os
import uuid
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.kernel import clock, ids
from server.platform import chain
from server.platform.chain import GENESIS, AuditEntry, Fault, Report, Tip
from server.platform.config import Settings, current_settings
from server.platform.db import Base, reading, transaction
from server.platform.keys import keyring
from server.platform.logs import log
from server.platform.pushing import ANSWER_SECONDS, CONNECT_SECONDS
from server.platform.types import Instant

DAILY, ROWS, CLOSED = "daily", "rows", "closed"
SHORTEST_MS = (
    180 * clock.DAY_MS
)  # six months, the least that a log is kept; a few days of room for when an anchor was due
HOUR_MS = clock.DAY_MS // 24
AHEAD_MS = clock.DAY_MS  # no anchor is from a later day


class AuditAnchor(Base):
    """One anchor; ``left_at``: when every place outside the machine that is set had it."""

    __tablename__ = "audit_anchor"
    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary)
    at: Mapped[int] = mapped_column(Instant, index=True)
    kid: Mapped[str] = mapped_column(sa.String(8))
    signature: Mapped[str] = mapped_column(sa.String(100))
    left_at: Mapped[int | None] = mapped_column(Instant)
    __table_args__ = (sa.CheckConstraint("kind IN ('daily', 'rows', 'closed')", name="kind"),)


def start_of(session: Session) -> Tip:
    """What the oldest entry that is kept builds on."""
    found = _newest(session, CLOSED)
    return Tip(found.seq, bytes(found.hash)) if found else Tip(0, GENESIS)


def cleared_through(session: Session) -> int:
    """Up to which number the rows beside the chain may be gone."""
    found = _newest(session, ROWS)
    return max(found.seq if found else 0, start_of(session).seq)


def newest_daily(session: Session) -> AuditAnchor | None:
    return _newest(session, DAILY, AuditAnchor.at)


def _newest(session: Session, kind: str, by: Any = AuditAnchor.seq) -> AuditAnchor | None:
    statement = sa.select(AuditAnchor).where(AuditAnchor.kind == kind).order_by(by.desc()).limit(1)
    return session.scalars(statement).first()


def link_waiting(session: Session, now: int) -> int:
    """What was committed since the last time enters the chain. The lock comes first: where it starts may just be changing."""
    chain.hold_lock(session)
    return chain.link(session, now, start_of(session))


def link_round(now: int) -> int:
    """The worker's round; it takes no lock where nothing waits."""
    with reading() as session:
        if not chain.unlinked(session):
            return 0
    with transaction() as session:
        return link_waiting(session, now)


def set_anchor(session: Session, kind: str, at_seq: int | None, now: int) -> AuditAnchor | None:
    """An anchor at this number, or at the end of the chain; None for an empty chain or a number it has not."""
    chain.hold_lock(session)
    start = start_of(session)
    found = chain.tip(session, start) if at_seq is None else _at(session, start, at_seq)
    if found is None or found.seq == 0:
        return None
    told = _said(kind, found.seq, found.hash, now)
    anchor = AuditAnchor(
        id=ids.new_id(),
        kind=kind,
        seq=found.seq,
        hash=found.hash,
        at=now,
        kid=keyring().receipt_kid(),
        signature=keyring().sign_with_receipt_key(told),
    )
    session.add(anchor)
    session.flush()
    return anchor


def _at(session: Session, start: Tip, seq: int) -> Tip | None:
    if seq == start.seq:
        return start
    entry = session.get(AuditEntry, seq)
    return Tip(entry.seq, bytes(entry.hash)) if entry else None


def close_through(session: Session, seq: int, now: int) -> int:
    """Remove the entries up to this number behind an anchor; answers how many."""
    if set_anchor(session, CLOSED, seq, now) is None:
        return 0
    done = session.connection().execute(sa.delete(AuditEntry).where(AuditEntry.seq <= seq))
    return int(done.rowcount)


def _said(kind: str, seq: int, hash_: bytes, at: int) -> str:
    return f"gridwalk-anchor|{kind}|{seq}|{hash_.hex()}|{at}"


def as_json(anchor: AuditAnchor) -> dict[str, Any]:
    """What leaves the machine: no id of anybody, no words."""
    return {
        "kind": anchor.kind,
        "seq": anchor.seq,
        "hash": bytes(anchor.hash).hex(),
        "at": anchor.at,
        "kid": anchor.kid,
        "signature": anchor.signature,
    }


# -- out of the house --------------------------------------------------------------------------------------------------


def round_(now: int) -> int:
    """The worker's round: an anchor when one is due and the chain has grown, then every anchor that has not left yet."""
    every = current_settings().audit_anchor_hours * HOUR_MS
    with transaction() as session:
        last = newest_daily(session)
        is_due = last is None or now - last.at >= every
        if is_due and chain.tip(session, start_of(session)).seq > (last.seq if last else 0):
            set_anchor(session, DAILY, None, now)
    return hand_out(now)


def hand_out(now: int) -> int:
    """Every anchor that has not left yet goes to the places that are set, the oldest first; the first refusal ends it."""
    with reading() as session:
        waiting = session.scalars(sa.select(AuditAnchor).where(AuditAnchor.left_at.is_(None)).order_by(AuditAnchor.at))
        told = [(anchor.id, as_json(anchor)) for anchor in waiting]
    for anchor_id, words in told:
        if not send(words, current_settings()):
            break
        with transaction() as session:
            session.execute(sa.update(AuditAnchor).where(AuditAnchor.id == anchor_id).values(left_at=now))
    return 0


def send(told: dict[str, Any], settings: Settings) -> bool:
    """To the file and the address that are set; whether all of them have it. False where none is set."""
    line = json.dumps(told, sort_keys=True)
    try:
        if settings.audit_anchor_url and not _called(settings.audit_anchor_url, line):
            return False
        if settings.audit_anchor_file:
            _write(Path(settings.audit_anchor_file), line)
    except (OSError, requests.RequestException) as error:
        log().warning("anchor_not_sent", error=type(error).__name__)
        return False
    return bool(settings.audit_anchor_file or settings.audit_anchor_url)


def _write(path: Path, line: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def _called(address: str, line: str) -> bool:
    """HTTPS takes the line as JSON; any other address is one of apprise's (mail, a robot of a group). Set by whoever runs it."""
    if address.startswith(("https://", "http://")):
        sent = {"data": line.encode(), "headers": {"Content-Type": "application/json"}}
        answer = requests.post(
            address,
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            allow_redirects=False,
            **sent,  # type: ignore[arg-type]
        )
        return 200 <= answer.status_code < 300
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    way = apprise.Apprise()
    return bool(way.add(address) and way.notify(body=line, title="Gridwalk"))


# -- verifying ---------------------------------------------------------------------------------------------------------


def verify(session: Session, outside: Iterable[dict[str, Any]] = (), now: int | None = None) -> Report:
    """The whole chain, from the anchor that closed its oldest part, against all anchors here and those held outside.

    With anchors from outside, what is gone must be gone behind anchors that are among them.
    """
    own = [as_json(anchor) for anchor in session.scalars(sa.select(AuditAnchor).order_by(AuditAnchor.at))]
    held = list(outside)
    told = [*own, *held]
    good = [one for one in told if _is_signed(one)]
    start, cleared = start_of(session), cleared_through(session)
    report = chain.verify(session, start, cleared, frozenset(one["seq"] for one in good))
    report.faults += [Fault("unsigned", int(one.get("seq", 0))) for one in told if not _is_signed(one)]
    report.faults += [fault for one in good if (fault := _against(one, start, report))]
    if start.seq and (CLOSED, start.seq, start.hash.hex()) not in _named(good):
        report.faults.append(Fault("unsigned", start.seq))
    if held:
        report.faults += _unheld(start, cleared, _named(one for one in held if _is_signed(one)))
    report.faults += _too_soon(good, report.linked, clock.now() if now is None else now)
    return report


def _named(anchors: Iterable[dict[str, Any]]) -> set[tuple[str, int, str]]:
    return {(one["kind"], one["seq"], one["hash"]) for one in anchors}


def _unheld(start: Tip, cleared: int, outside: set[tuple[str, int, str]]) -> list[Fault]:
    """What lets a part be gone, and lies nowhere but here: whoever has this database could have written it."""
    faults = []
    if start.seq and (CLOSED, start.seq, start.hash.hex()) not in outside:
        faults.append(Fault("anchor", start.seq, "closed, not held outside"))
    if cleared > start.seq and not any((kind, seq) == (ROWS, cleared) for kind, seq, _hash in outside):
        faults.append(Fault("anchor", cleared, "rows, not held outside"))
    return faults


def _too_soon(anchors: Sequence[dict[str, Any]], linked: Mapping[int, int], now: int) -> list[Fault]:
    """A part that was closed, or whose rows were let go, while it was younger than any log may be; anchors of a later day.

    ``linked``: when an entry was linked, of those that are left. Of one that is gone the daily anchors tell: it is no older
    than the last that had not passed it.
    """
    faults = [Fault("anchor", one["seq"], "of a later day") for one in anchors if one["at"] > now + AHEAD_MS]
    dailies = sorted((one["seq"], one["at"]) for one in anchors if one["kind"] == DAILY)
    latest = [0, *accumulate((at for _seq, at in dailies), max)]
    for one in anchors:
        if one["kind"] == DAILY:
            continue
        seen = latest[bisect_right(dailies, (one["seq"], math.inf))]
        if max(seen, linked.get(one["seq"], 0)) > one["at"] - SHORTEST_MS:
            faults.append(Fault("anchor", one["seq"], f"{one['kind']} too soon"))
    return faults


def _against(anchor: dict[str, Any], start: Tip, report: Report) -> Fault | None:
    """Older than what is kept: nothing to compare with. Else the chain must stand there as it did then, and reach so far."""
    seq = anchor["seq"]
    if seq < start.seq or (anchor["kind"] == CLOSED and seq > start.seq):
        return Fault("anchor", seq, "closed") if seq > start.seq else None
    found = report.hashes.get(seq)
    if found is None or found.hex() != anchor["hash"]:
        return Fault("anchor", seq, clock.as_text(anchor["at"]))
    return None


def _is_signed(anchor: dict[str, Any]) -> bool:
    try:
        told = _said(anchor["kind"], int(anchor["seq"]), bytes.fromhex(anchor["hash"]), int(anchor["at"]))
        return keyring().is_signed_by_receipt_key(anchor["kid"], anchor["signature"], told)
    except (KeyError, TypeError, ValueError):
        return False
