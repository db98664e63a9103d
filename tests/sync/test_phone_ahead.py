"""A phone that knows more than the server must show a receipt before everybody reads anew. On both databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id, parse_id
from server.platform.db import transaction
from server.records.models import Record
from server.sync.models import MutationLog, OutboxLane
from tests.sync.phone import Phone, hazard
from tests.world import World

AHEAD = {"urgent": 0, "normal": 99}


@pytest.fixture
def worker(app: Flask, world: World) -> Phone:
    return Phone(app, "worker")


def receipt_of(phone: Phone, world: World) -> dict[str, Any]:
    """Report a hazard; its receipt, as a phone would show it."""
    result = phone.do("hazards.report", hazard(world))
    return {"id": result["id"], **result["receipt"]}


def forget(app: Flask, proof: dict[str, Any]) -> None:
    """As a database restored by hand: the mutation and its record are gone, the lane's counter is old."""
    with app.app_context(), transaction() as session:
        kept = session.get_one(MutationLog, parse_id(proof["id"]))
        session.execute(sa.update(OutboxLane).where(OutboxLane.lane == "normal").values(expected=kept.seq))
        session.execute(sa.update(Record).where(Record.id == kept.object_id).values(state="closed"))
        session.delete(kept)


def test_a_mere_claim_begins_no_epoch(app: Flask, worker: Phone, world: World) -> None:
    other = Phone(app, "leader")
    other.pull()
    for _ in range(3):
        told = worker.push(acked=AHEAD).json
        assert (told["epoch"], told["prove"], told["results"]) == (worker.answer["epoch"], True, [])
    assert other.client.get("/api/v1/sync/pull", query_string={"cursor": other.cursor}).status_code == 204


def test_a_receipt_for_what_is_here_or_that_is_not_ours_begins_no_epoch(worker: Phone, world: World) -> None:
    proof = receipt_of(worker, world)
    false = [
        proof,
        {**proof, "id": str(new_id())},
        {**proof, "id": str(new_id()), "sig": "x"},
        {**proof, "id": str(new_id()), "sig": ""},
        {**proof, "id": str(new_id()), "kid": "0" * 16},
    ]
    for told in false:
        got = worker.push(acked=AHEAD, proof=told)
        assert (got.status_code, got.json["epoch"]) == (200, worker.answer["epoch"]), told


def test_a_receipt_of_this_epoch_for_what_is_lost_begins_one_and_only_once(
    app: Flask, worker: Phone, world: World
) -> None:
    proof = receipt_of(worker, world)
    forget(app, proof)
    now = clock.now() + 60_000
    clock.set_source(lambda: now)
    assert worker.push(acked={"urgent": 0, "normal": 1}).json["prove"] is True
    told = worker.push(proof=proof).json
    assert told["epoch"] != worker.answer["epoch"] and told["expected"]["normal"] == 1
    again = worker.push(epoch=told["epoch"], acked=AHEAD, proof=proof).json
    assert again["epoch"] == told["epoch"]
    old = worker.push(acked=AHEAD).json  # of the epoch before: it will send its tail by itself
    assert (old["epoch"], old.get("prove")) == (told["epoch"], None)
