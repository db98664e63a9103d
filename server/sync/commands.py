"""Push: one batch, one transaction, a savepoint for each mutation (sync contract, *Push*). Never commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.people.commands import current_scope
from server.people.models import Device
from server.platform.backup_marks import durable_through
from server.platform.problem_json import body_of
from server.sync import announced, epochs, rules
from server.sync.applying import Sender, settle
from server.sync.models import LostRange, MutationLog, OutboxLane
from server.sync.proofs import shows_a_loss
from server.sync.scoping import is_in_scope, seed_scope

_LANES = (
    sa.select(OutboxLane)
    .where(OutboxLane.device_id == sa.bindparam("device_id", type_=sa.Uuid))
    .order_by(OutboxLane.lane)
    .with_for_update()
)
_KNOWN = sa.select(MutationLog).where(MutationLog.id.in_(sa.bindparam("ids", expanding=True)))


def push(session: Session, sender: Sender, told: Mapping[str, Any]) -> dict[str, Any]:
    """Take in a push as ``schemas.Push`` loaded it; returns the answer of docs/wire.md §3.

    Problems: ``unknown_device``, ``device_of_another_person``, ``device_cloned``, ``gap`` (with ``expected``).
    """
    _check_device(session, sender)
    if not sender.restricted:
        seed_scope(session, current_scope(session, sender.holder.person_id, clock.now(), sender.holder))
    lanes = _lanes(session, sender)
    if told["epoch"] == epochs.current(session):  # a phone of an earlier epoch will send its tail again by itself
        if told["proof"] is not None and shows_a_loss(session, told["proof"]):
            epochs.begin(session, "phone_ahead")  # the phone holds a receipt that this database does not know of
            return _answer(session, sender, lanes, [])
        if any(told["acked"][lane] >= lanes[lane].expected for lane in rules.LANES):
            return {**_answer(session, sender, lanes, []), "prove": True}
    _note_losses(session, sender, lanes, told["lost"])
    known = _with_hashes(session, told["mutations"])
    _check_order(lanes, told["mutations"], known)
    results = [_one(session, sender, lanes, sent, known) for sent in told["mutations"]]
    _note_heads(lanes, told)
    if told["waiting"] is not None:
        announced.announce(session, sender.device_id, sender.holder, _still_waiting(session, told["waiting"]))
    announced.arrived(session, sender.holder.person_id, [sent["id"] for sent in told["mutations"]])
    return _answer(session, sender, lanes, results)


def expected_of(session: Session, device_id: UUID) -> dict[str, int]:
    """The next number wanted in each lane of a device; 1 for one that has sent nothing."""
    found = session.scalars(sa.select(OutboxLane).where(OutboxLane.device_id == device_id))
    return {**dict.fromkeys(rules.LANES, 1), **{lane.lane: lane.expected for lane in found}}


def _check_device(session: Session, sender: Sender) -> None:
    if sender.is_own_device:
        return
    device = session.get(Device, sender.device_id)
    if device is None:
        raise Problem("unknown_device")
    if device.person_id != sender.holder.person_id:
        raise Problem("device_of_another_person")


def _lanes(session: Session, sender: Sender) -> dict[str, OutboxLane]:
    """Both lanes of the device, locked in one order against a second push of the same device."""
    of_device = {"device_id": sender.device_id}
    found = {lane.lane: lane for lane in session.scalars(_LANES, of_device)}
    if not found:
        session.execute(sa.select(Device.id).where(Device.id == sender.device_id).with_for_update())
        found = {lane.lane: lane for lane in session.scalars(_LANES, of_device)}
    for name in rules.LANES:
        if name not in found:
            found[name] = OutboxLane(
                device_id=sender.device_id,
                lane=name,
                person_id=sender.holder.person_id,
                expected=1,
                head=0,
                acked=0,
                unsent_photos=0,
            )
            session.add(found[name])
    return found


def _note_losses(
    session: Session, sender: Sender, lanes: Mapping[str, OutboxLane], lost: Sequence[Mapping[str, Any]]
) -> None:
    """The phone no longer has these numbers: written down for the office, and the queue goes on behind them."""
    for told in lost:
        lane = lanes[told["lane"]]
        if not told["first"] <= lane.expected <= told["last"]:
            continue
        session.add(
            LostRange(
                id=ids.new_id(),
                device_id=sender.device_id,
                person_id=sender.holder.person_id,
                lane=lane.lane,
                first=lane.expected,
                last=told["last"],
                told_at=clock.now(),
            )
        )
        lane.expected = told["last"] + 1


def _with_hashes(session: Session, mutations: Sequence[dict[str, Any]]) -> dict[UUID, MutationLog]:
    for sent in mutations:
        sent["hash"] = rules.mutation_hash(str(sent["id"]), sent["name"], sent["version"], sent["payload"])
    found = session.scalars(_KNOWN, {"ids": [sent["id"] for sent in mutations]})
    return {kept.id: kept for kept in found}


def _check_order(
    lanes: Mapping[str, OutboxLane], mutations: Sequence[Mapping[str, Any]], known: Mapping[UUID, MutationLog]
) -> None:
    expected = {name: lane.expected for name, lane in lanes.items()}
    for name in rules.LANES:
        of_lane = [(sent["seq"], sent["id"] in known) for sent in mutations if sent["lane"] == name]
        order = rules.check_order(expected[name], of_lane)
        if order.problem == "gap":
            raise Problem("gap", expected=expected, lane=name)
        if order.problem is not None:
            raise Problem(order.problem, lane=name)


def _one(
    session: Session,
    sender: Sender,
    lanes: Mapping[str, OutboxLane],
    sent: dict[str, Any],
    known: dict[UUID, MutationLog],
) -> dict[str, Any]:
    lane = lanes[sent["lane"]]
    kept = known.get(sent["id"])
    answer: Mapping[str, Any]
    if kept is not None:
        answer = _as_may_be_seen(session, kept, _repeated(kept, sent, sender))
    else:
        not_before = lane.head_at if sent["seq"] > lane.head else None
        known[sent["id"]] = settle(session, sender, sent, not_before)
        answer = known[sent["id"]].answer
    if sent["seq"] == lane.expected:
        lane.expected += 1
    return {"lane": sent["lane"], "seq": sent["seq"], "id": str(sent["id"]), **answer}


def _repeated(kept: MutationLog, sent: Mapping[str, Any], sender: Sender) -> dict[str, Any]:
    """Same id and same bytes: the stored outcome, word for word. Other bytes, or another person's id: ``id_reuse``."""
    if kept.hash == sent["hash"] and kept.person_id == sender.holder.person_id:
        answer: dict[str, Any] = kept.answer
        return answer
    return {"outcome": "refused", "problem": body_of(Problem("id_reuse"))}


def _as_may_be_seen(session: Session, kept: MutationLog, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row of a conflict is left out when it has gone from the person's scope since it was first told."""
    if "server" not in answer or is_in_scope(session, kept.person_id, kept.object_kind, kept.object_id):
        return answer
    return {name: value for name, value in answer.items() if name != "server"}


def _note_heads(lanes: Mapping[str, OutboxLane], told: Mapping[str, Any]) -> None:
    now = clock.now()
    for name, lane in lanes.items():
        lane.head = max(told["head"][name], lane.expected - 1)
        lane.head_at = now
        lane.acked = max(lane.acked, told["acked"][name])
        if told["unsent_photos"] is not None:
            lane.unsent_photos = len(told["unsent_photos"])


def _still_waiting(session: Session, waiting: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    come = set(session.scalars(sa.select(MutationLog.id).where(MutationLog.id.in_([w["id"] for w in waiting]))))
    return [w for w in waiting if w["id"] not in come]


def _answer(
    session: Session, sender: Sender, lanes: Mapping[str, OutboxLane], results: list[dict[str, Any]]
) -> dict[str, Any]:
    durable = durable_through(session, sender.device_id)
    return {
        "epoch": epochs.current(session),
        "server_time": clock.now(),
        "expected": {name: lanes[name].expected for name in rules.LANES},
        "durable_through": {
            name: lanes[name].expected - 1 if durable is None else durable.get(name, 0) for name in rules.LANES
        },
        "results": results,
    }
