"""One mutation of a push: decide, apply inside a savepoint, write down the final outcome with its receipt.

Every outcome uses up its number; a bad mutation never blocks the ones behind it. What is refused stays here, sealed and
beside its record, and on the phone as 未被接收.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock
from server.kernel.problems import Problem
from server.people.queries import scope_numbered
from server.people.rules import Holder
from server.people.scopes import holder_from_json
from server.photos.commands import let_go, link
from server.records.rules import Act, plausible_time
from server.sync.holding import may_hold, missing, try_held
from server.sync.models import MutationLog
from server.sync.mutations import MUTATIONS, Mutation, object_named
from server.sync.rules import words_kept
from server.sync.running import Result, answer_of, can_be_kept, load, run
from server.sync.scoping import holder_at

QUARANTINED = "no_longer_in_post"
QUARANTINE = "quarantine"  # what names a picture as long as its act waits there


@dataclass(frozen=True)
class Sender:
    """Who pushes: the person's present holder, the device, and whether the session is restricted to the queue.

    ``is_own_device``: the guard has seen that the device is the session's own, and so the person's.
    """

    holder: Holder
    device_id: UUID
    restricted: bool = False
    taken_in_by: UUID | None = None
    is_own_device: bool = False


def settle(session: Session, sender: Sender, sent: Mapping[str, Any], not_before: int | None) -> MutationLog:
    """Apply one new mutation and keep its outcome; the row's ``answer`` lacks lane, seq and id."""
    now = clock.now()
    time = plausible_time(sent["made_at"], sent["clock_skew_ms"], not_before, now)
    result, mutation, loaded = _decide(session, sender, sent, time.at, time.was_held, now)
    answer = answer_of(sent["id"], sent["hash"], result, now)
    if not can_be_kept(answer):
        result = Result("refused", Problem("internal"))
        answer = answer_of(sent["id"], sent["hash"], result, now)
    own_row = (
        mutation.object_kind if mutation else None,
        object_named(mutation, loaded) if mutation and loaded else None,
    )
    object_kind, object_id = result.waits_for or own_row
    kept = MutationLog(
        id=sent["id"],
        county_code=sender.holder.county_code,
        person_id=sender.holder.person_id,
        device_id=sender.device_id,
        lane=sent["lane"],
        seq=sent["seq"],
        name=sent["name"],
        version=sent["version"],
        payload=_storable(words_kept(sent["name"], sent["payload"])),
        hash=sent["hash"],
        scope_version=sent["scope_version"],
        base_version=sent["base_version"],
        made_at=_bounded(sent["made_at"]),
        acted_at=time.at,
        received_at=now,
        outcome=result.outcome,
        problem_code=result.problem.code if result.problem else None,
        answer=answer,
        object_kind=object_kind,
        object_id=object_id,
        taken_in_by=sender.taken_in_by,
    )
    session.add(kept)
    session.flush()
    if kept.problem_code == QUARANTINED:
        _keep_photos(session, kept, loaded or {})
    if result.outcome == "applied" and result.applied.object_id is not None and may_hold(session):
        try_held(session, result.applied.object_id)
    return kept


def take_in_quarantined(session: Session, kept: MutationLog, by: UUID) -> dict[str, Any]:
    """The office takes in what a person sent who is no longer in post, under the scope of the act.

    Refuses with ``not_waiting`` when it is not in quarantine.
    """
    if kept.problem_code != QUARANTINED or kept.taken_in_at is not None:
        raise Problem("not_waiting")
    mutation = MUTATIONS.get(kept.name)
    snapshot = scope_numbered(session, kept.person_id, kept.scope_version or 0)
    if mutation is None or snapshot is None:
        raise Problem("not_found")
    holder = holder_from_json(snapshot.holder)
    act = Act(holder, kept.acted_at, False, clock.now(), kept.base_version, entered_by=by)
    try:
        result = run(session, mutation, act, load(mutation, kept.version, kept.payload))
    except Problem as problem:
        result = Result("refused", problem)
    if result.outcome == "applied":
        kept.taken_in_at, kept.taken_in_by = clock.now(), by
        session.flush()
        let_go(session, QUARANTINE, [kept.id])
    return answer_of(kept.id, kept.hash, result, clock.now())


def _keep_photos(session: Session, kept: MutationLog, loaded: Mapping[str, Any]) -> None:
    """Its pictures wait with it: the phone may be wiped long before an office takes it in. Nobody opens them by this link."""
    changes: Mapping[str, Any] = loaded.get("changes") or {}
    for photo in [*(loaded.get("photos") or ()), *(changes.get("photos") or ())]:
        author = kept.person_id
        link(session, kept.county_code, photo["sha256"], QUARANTINE, kept.id, photo["role"], author_id=author)


def _decide(
    session: Session, sender: Sender, sent: Mapping[str, Any], acted_at: int, was_held: bool, now: int
) -> tuple[Result, Mutation | None, Mapping[str, Any] | None]:
    mutation = MUTATIONS.get(sent["name"])
    loaded: Mapping[str, Any] | None = None
    try:
        if mutation is None:
            raise Problem("unknown_mutation", name=sent["name"])
        loaded = load(mutation, sent["version"], sent["payload"])
        if sender.restricted:
            raise Problem(QUARANTINED)
        holder = holder_at(session, sender.holder.person_id, sent["scope_version"], acted_at, now)
        if holder is None:
            raise Problem("scope_ended")
        parent = _refused_parent(session, sent.get("depends_on") or [])
        if parent is not None:
            return Result("deferred", Problem("parent_refused", parent=parent), parent=parent), mutation, loaded
        act = Act(holder, acted_at, was_held, now, sent["base_version"], entered_by=sender.taken_in_by)
        lacks = missing(session, mutation, loaded, sent["base_version"]) if may_hold(session) else None
        if lacks is not None:
            return Result("held", waits_for=lacks), mutation, loaded
        return run(session, mutation, act, loaded), mutation, loaded
    except Problem as problem:
        return Result("refused", problem), mutation, loaded


def _refused_parent(session: Session, parents: list[UUID]) -> str | None:
    if not parents:
        return None
    came_to_nothing = sa.or_(MutationLog.outcome.in_(("refused", "deferred", "conflict")), MutationLog.name == "void")
    statement = sa.select(MutationLog.id).where(MutationLog.id.in_(parents), came_to_nothing)
    found = session.scalars(statement.limit(1)).first()
    return str(found) if found else None


def _storable(text: str) -> str:
    """The payload as UTF-8 has it: lone surrogates as the phone's own encoder writes them."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _bounded(instant: int) -> int:
    return min(max(instant, -(2**53)), 2**53)
