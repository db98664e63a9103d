"""One mutation of a push: decide, apply inside a savepoint, write down the final outcome with its receipt.

Every outcome uses up its number; a bad mutation never blocks the ones behind it. What is refused stays here, sealed and
beside its record, and on the phone as 未被接收.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from marshmallow import ValidationError
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from server.households.models import Household, Place
from server.kernel import clock, stream_keys
from server.kernel.problems import Conflict, Problem
from server.people.models import ScopeSnapshot
from server.people.queries import scope_numbered
from server.people.rules import Holder, holder_from_json
from server.platform import streams
from server.platform.db import remember
from server.platform.keys import keyring
from server.platform.problem_json import body_of
from server.records.models import Record
from server.records.rules import Act, plausible_time
from server.sync import epochs, rules
from server.sync.applied import Applied
from server.sync.feeds import FEEDS
from server.sync.models import MutationLog
from server.sync.mutations import MUTATIONS, Mutation, object_named

log = logging.getLogger(__name__)
VERSIONED: Mapping[str, Any] = {"record": Record, "household": Household, "place": Place}


@dataclass(frozen=True)
class Sender:
    """Who pushes: the person's present holder, the device, and whether the session is restricted to the queue."""

    holder: Holder
    device_id: UUID
    restricted: bool = False
    taken_in_by: UUID | None = None


ABOUT_NO_ROW = Applied(None, None, None)


@dataclass(frozen=True)
class Result:
    """A final outcome before it is written down."""

    outcome: str
    problem: Problem | None = None
    applied: Applied = ABOUT_NO_ROW
    parent: str | None = None
    server: dict[str, Any] | None = None


def settle(session: Session, sender: Sender, sent: Mapping[str, Any], not_before: int | None) -> MutationLog:
    """Apply one new mutation and keep its outcome; the row's ``answer`` lacks lane, seq and id."""
    now = clock.now()
    time = plausible_time(sent["made_at"], sent["clock_skew_ms"], not_before, now)
    result, mutation, loaded = _decide(session, sender, sent, time.at, time.was_held, now)
    answer = _answer(sent, result, now)
    object_id = object_named(mutation, loaded) if mutation and loaded else None
    kept = MutationLog(
        id=sent["id"],
        county_code=sender.holder.county_code,
        person_id=sender.holder.person_id,
        device_id=sender.device_id,
        lane=sent["lane"],
        seq=sent["seq"],
        name=sent["name"],
        version=sent["version"],
        payload=_storable(sent["payload"]),
        hash=sent["hash"],
        scope_version=sent["scope_version"],
        base_version=sent["base_version"],
        made_at=_bounded(sent["made_at"]),
        acted_at=time.at,
        received_at=now,
        outcome=result.outcome,
        problem_code=result.problem.code if result.problem else None,
        answer=answer,
        object_kind=mutation.object_kind if mutation else None,
        object_id=object_id,
        taken_in_by=sender.taken_in_by,
    )
    session.add(kept)
    session.flush()
    if result.outcome == "applied" and result.applied.object_id is not None and _may_hold(session):
        try_held(session, result.applied.object_id)
    return kept


def try_held(session: Session, object_id: UUID) -> None:
    """This object has moved: mutations that waited for a version of it are tried again, oldest first."""
    statement = (
        sa.select(MutationLog)
        .where(MutationLog.outcome == "held", MutationLog.object_id == object_id)
        .order_by(MutationLog.received_at, MutationLog.id)
    )
    for held in list(session.scalars(statement)):
        if not _is_ahead(session, held.object_kind, object_id, held.base_version):
            _settle_held(session, held)


def give_up_held(session: Session, now: int, limit: int = 200) -> int:
    """Held for seven days and the version never came: refused, and kept like every refusal."""
    statement = sa.select(MutationLog).where(
        MutationLog.outcome == "held", MutationLog.received_at < now - rules.HELD_MS
    )
    found = list(session.scalars(statement.limit(limit)))
    for held in found:
        _finish_held(session, held, Result("refused", Problem("base_version_missing")))
    return len(found)


def _settle_held(session: Session, held: MutationLog) -> None:
    mutation = MUTATIONS[held.name]
    holder = _holder_at(session, held.person_id, held.scope_version, clock.now())
    if holder is None:
        _finish_held(session, held, Result("refused", Problem("scope_ended")))
        return
    act = Act(holder, held.acted_at, False, clock.now(), held.base_version)
    loaded = _load(mutation, held.version, held.payload)
    _finish_held(session, held, _apply(session, mutation, act, loaded))


def _finish_held(session: Session, held: MutationLog, result: Result) -> None:
    sent = {"id": held.id, "hash": held.hash}
    held.outcome = result.outcome
    held.problem_code = result.problem.code if result.problem else None
    held.answer = _answer(sent, result, clock.now())
    session.flush()
    streams.put(session, stream_keys.person(held.person_id), "outcome", held.id)


def take_in_quarantined(session: Session, kept: MutationLog, by: UUID) -> dict[str, Any]:
    """The office takes in what a person sent who is no longer in post, under the scope of the act.

    Refuses with ``not_waiting`` when it is not in quarantine.
    """
    if kept.problem_code != "no_longer_in_post" or kept.taken_in_at is not None:
        raise Problem("not_waiting")
    mutation = MUTATIONS.get(kept.name)
    snapshot = scope_numbered(session, kept.person_id, kept.scope_version or 0)
    if mutation is None or snapshot is None:
        raise Problem("not_found")
    holder = holder_from_json(snapshot.holder)
    act = Act(holder, kept.acted_at, False, clock.now(), kept.base_version, entered_by=by)
    try:
        result = _apply(session, mutation, act, _load(mutation, kept.version, kept.payload))
    except Problem as problem:
        result = Result("refused", problem)
    if result.outcome == "applied":
        kept.taken_in_at, kept.taken_in_by = clock.now(), by
    return _answer({"id": kept.id, "hash": kept.hash}, result, clock.now())


def _decide(
    session: Session, sender: Sender, sent: Mapping[str, Any], acted_at: int, was_held: bool, now: int
) -> tuple[Result, Mutation | None, Mapping[str, Any] | None]:
    mutation = MUTATIONS.get(sent["name"])
    loaded: Mapping[str, Any] | None = None
    try:
        if mutation is None:
            raise Problem("unknown_mutation", name=sent["name"])
        loaded = _load(mutation, sent["version"], sent["payload"])
        if sender.restricted:
            raise Problem("no_longer_in_post")
        holder = _holder_at(session, sender.holder.person_id, sent["scope_version"], now) or _too_late()
        parent = _refused_parent(session, sent.get("depends_on") or [])
        if parent is not None:
            return Result("deferred", Problem("parent_refused", parent=parent), parent=parent), mutation, loaded
        act = Act(holder, acted_at, was_held, now, sent["base_version"], entered_by=sender.taken_in_by)
        object_id = object_named(mutation, loaded)
        if _must_hold(session, mutation, object_id, sent["base_version"]):
            return Result("held"), mutation, loaded
        return _apply(session, mutation, act, loaded), mutation, loaded
    except Problem as problem:
        return Result("refused", problem), mutation, loaded


def _apply(session: Session, mutation: Mutation, act: Act, loaded: Mapping[str, Any]) -> Result:
    """Run the command inside a savepoint. A database that cannot answer is no verdict and goes up."""
    for attempt in (1, 2):
        try:
            with streams.savepoint(session):
                return Result("applied", applied=mutation.apply(session, act, loaded))
        except Conflict as conflict:
            session.expire_all()
            row = FEEDS[conflict.kind](session, [conflict.object_id]).get(conflict.object_id) or {}
            return Result("conflict", conflict, server={**row, "fields": list(conflict.differing)})
        except Problem as problem:
            return Result("refused", problem)
        except IntegrityError:
            if attempt == 2:  # two phones met at one row; at the second look the winner's row is there
                return Result("refused", Problem("record_exists"))
        except DataError:
            return Result("refused", Problem("invalid", fields=[]))
        except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError):
            log.exception("a mutation failed: %s", type(mutation.schema).__name__)
            return Result("refused", Problem("internal"))
    raise AssertionError("unreachable")


def _load(mutation: Mutation, version: int, payload: str) -> dict[str, Any]:
    if len(payload) > rules.LONGEST_PAYLOAD or len(payload.encode("utf-8", "replace")) > rules.LONGEST_PAYLOAD:
        raise Problem("payload_too_large", most=rules.LONGEST_PAYLOAD)
    try:
        told = json.loads(payload, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Problem("payload_not_json") from error
    if not isinstance(told, dict):
        raise Problem("payload_not_json")
    if version > mutation.version:
        raise Problem("unknown_version", newest=mutation.version)
    try:
        for step in range(version, mutation.version):
            told = mutation.up_casters[step](told)
        loaded: dict[str, Any] = mutation.schema.load(told)
        return loaded
    except ValidationError as error:
        raise Problem("invalid", fields=sorted(str(name)[:60] for name in error.normalized_messages())) from error
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Problem("invalid", fields=[]) from error


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _holder_at(session: Session, person_id: UUID, scope_version: int | None, now: int) -> Holder | None:
    """The person's scope when the act was done; None when it ended more than 30 days ago."""
    return remember(
        session, ("holder", person_id, scope_version), lambda: _read_holder(session, person_id, scope_version, now)
    )


def _read_holder(session: Session, person_id: UUID, scope_version: int | None, now: int) -> Holder | None:
    snapshot: ScopeSnapshot | None = scope_numbered(session, person_id, scope_version or 0)
    if snapshot is None:  # a number from before a restore, or none given: the newest counts
        statement = sa.select(ScopeSnapshot).where(ScopeSnapshot.person_id == person_id)
        snapshot = session.scalars(statement.order_by(ScopeSnapshot.version.desc()).limit(1)).first()
    if snapshot is None or (snapshot.to_at is not None and now - snapshot.to_at > rules.SCOPE_GRACE_MS):
        return None
    return holder_from_json(snapshot.holder)


def _too_late() -> Holder:
    raise Problem("scope_ended")


def _refused_parent(session: Session, parents: list[UUID]) -> str | None:
    if not parents:
        return None
    statement = sa.select(MutationLog.id).where(
        MutationLog.id.in_(parents), MutationLog.outcome.in_(("refused", "deferred", "conflict"))
    )
    found = session.scalars(statement.limit(1)).first()
    return str(found) if found else None


def _must_hold(session: Session, mutation: Mutation, object_id: UUID | None, base_version: int | None) -> bool:
    """After a restore, an act on a version that another phone has yet to bring back waits for it."""
    if base_version is None or object_id is None or mutation.object_kind not in VERSIONED:
        return False
    return _may_hold(session) and _is_ahead(session, mutation.object_kind, object_id, base_version)


def _may_hold(session: Session) -> bool:
    """Only for seven days after a restore is anything held; a day more, so that nothing held is forgotten."""
    return remember(session, "may_hold", lambda: epochs.began_within(session, rules.HELD_MS + clock.DAY_MS))


def _is_ahead(session: Session, kind: str | None, object_id: UUID, base_version: int | None) -> bool:
    table = VERSIONED.get(kind or "")
    if table is None or base_version is None:
        return False
    version = session.scalar(sa.select(table.version).where(table.id == object_id))
    return version is None or version < base_version


def _answer(sent: Mapping[str, Any], result: Result, now: int) -> dict[str, Any]:
    answer: dict[str, Any] = {"outcome": result.outcome}
    if result.outcome == "held":
        return answer
    answer["receipt"] = receipt(str(sent["id"]), sent["hash"], now)
    if result.applied.version is not None:
        answer["version"] = result.applied.version
    if result.problem is not None:
        answer["problem"] = body_of(result.problem)
    if result.parent is not None:
        answer["parent"] = result.parent
    if result.server is not None:
        answer["server"] = result.server
        answer["version"] = result.server.get("version")
    return answer


def receipt(mutation_id: str, digest: str, at: int) -> dict[str, Any]:
    """The worker's proof of delivery: a signature over id, hash, time and key id."""
    ring = keyring()
    kid = ring.receipt_kid()
    return {
        "kid": kid,
        "at": at,
        "hash": digest,
        "sig": ring.sign_with_receipt_key(f"{mutation_id}\n{digest}\n{at}\n{kid}"),
    }


def _storable(text: str) -> str:
    """The payload as UTF-8 has it: lone surrogates as the phone's own encoder writes them."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _bounded(instant: int) -> int:
    return min(max(instant, -(2**53)), 2**53)
