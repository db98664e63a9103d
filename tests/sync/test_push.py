"""The push door: order, receipts, outcomes, permissions. Each test runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id
from server.platform.keys import unb64
from tests.sync.phone import Phone, hazard, patrol, visit
from tests.world import World

DAY = clock.DAY_MS


def test_a_hazard_arrives_once_and_its_receipt_verifies(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told = hazard(world)
    mutation = worker.mutation("hazards.report", told)
    first, again = worker.push(mutation).json, worker.push(mutation).json
    assert first["results"] == again["results"]
    assert first["results"][0]["outcome"] == "applied"
    assert first["expected"] == {"urgent": 1, "normal": 2}
    verify(worker, first["results"][0])
    records = leader.pull()["record"]
    assert [r["id"] for r in records.values()] == [told["id"]]
    assert records[told["id"]]["body"]["note"] == "楼道堆物"
    assert records[told["id"]]["review"]["status"] == "waiting"


def verify(phone: Phone, result: dict[str, Any]) -> None:
    """As a browser would: ECDSA P-256 over id, hash, time, kid."""
    receipt = result["receipt"]
    key = next(k for k in phone.answer["receipt_keys"] if k["kid"] == receipt["kid"])
    x, y = (int.from_bytes(unb64(key[axis]), "big") for axis in ("x", "y"))
    raw = unb64(receipt["sig"])
    signature = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    message = f"{result['id']}\n{receipt['hash']}\n{receipt['at']}\n{receipt['kid']}".encode()
    ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key().verify(
        signature, message, ec.ECDSA(hashes.SHA256())
    )


def test_the_same_id_with_other_bytes_is_refused_and_uses_up_its_number(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    mutation = worker.mutation("hazards.report", hazard(world))
    worker.push(mutation)
    other = {**worker.mutation("hazards.report", hazard(world)), "id": mutation["id"]}
    result = worker.push(other).json
    assert result["results"][0]["problem"]["code"] == "id_reuse"
    assert result["expected"]["normal"] == 3


def test_a_gap_is_told_with_the_number_wanted_and_nothing_is_written(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    worker.seq["normal"] = 4
    got = worker.push(worker.mutation("hazards.report", hazard(world)))
    assert (got.status_code, got.json["code"], got.json["expected"]["normal"]) == (409, "gap", 1)
    assert "record" not in leader.pull()


def test_another_id_at_a_used_number_means_a_cloned_phone(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    worker.do("hazards.report", hazard(world))
    worker.seq["normal"] = 0
    got = worker.push(worker.mutation("hazards.report", hazard(world)))
    assert (got.status_code, got.json["code"]) == (409, "device_cloned")


def test_a_clone_with_a_new_device_id_sends_its_own_and_repeats_what_was_known(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    known, new = worker.mutation("hazards.report", hazard(world)), worker.mutation("hazards.report", hazard(world))
    worker.push(known)
    clone = Phone(app, "worker")
    results = clone.push({**known, "seq": 1}, {**new, "seq": 2}).json["results"]
    assert [r["outcome"] for r in results] == ["applied", "applied"]
    assert len(Phone(app, "leader").pull()["record"]) == 2


def test_a_bad_mutation_never_blocks_the_ones_behind_it(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    batch = [
        worker.mutation("nonsense.do", {}),
        worker.mutation("hazards.report", "{not json"),
        worker.mutation("hazards.report", "[1]"),
        worker.mutation("hazards.report", '{"id": NaN}'),
        worker.mutation("hazards.report", "[" * 5_000),
        worker.mutation("hazards.report", {**hazard(world), "severity": 7}),
        worker.mutation("hazards.report", {**hazard(world), "colour": "red"}),
        worker.mutation("hazards.report", hazard(world), version=99),
        worker.mutation("hazards.report", hazard(world, matter_code="HAZ-99")),
        worker.mutation("hazards.report", hazard(world, matter_code="VIS-08")),
        worker.mutation("hazards.report", hazard(world, grid_id=str(world.areas["other_grid"]))),
        worker.mutation("hazards.report", hazard(world, grid_id=str(new_id()))),
        worker.mutation("hazards.report", hazard(world, advised_fix_by="2190-01-01")),
        worker.mutation("approvals.approve", {"record_id": str(new_id())}, base_version=1),
        worker.mutation("hazards.report", hazard(world)),
    ]
    got = worker.push(*batch).json
    codes = [r.get("problem", {}).get("code") for r in got["results"]]
    assert codes == [
        "unknown_mutation",
        "payload_not_json",
        "payload_not_json",
        "payload_not_json",
        "payload_not_json",
        "invalid",
        "invalid",
        "unknown_version",
        "matter_not_in_force",
        "matter_wrong_duty",
        "not_found",
        "not_found",
        "day_out_of_range",
        "not_found",
        None,
    ]
    for result in got["results"][:-1]:
        assert result["outcome"] == "refused"
        assert result["problem"]["detail_zh"] and result["problem"]["detail_en"]
        verify(worker, result)
    assert got["expected"]["normal"] == len(batch) + 1


def test_a_payload_over_128_kib_is_refused_in_words(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    result = worker.do("hazards.report", hazard(world, note="字" * 60_000))
    assert result["problem"]["code"] == "payload_too_large"


@pytest.mark.parametrize("text", ["\ud800 lone", "null \0 byte", "😀 ok", "e\u0301"])
def test_odd_text_is_kept_readable(app: Flask, world: World, text: str) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    told = hazard(world, note=text)
    body = {
        "device_id": str(worker.device_id),
        "person": worker.person,
        "epoch": worker.answer["epoch"],
        "head": {"urgent": 0, "normal": 1},
        "mutations": [worker.mutation("hazards.report", json.dumps(told, ensure_ascii=False))],
    }
    raw = json.dumps(body)  # escapes the surrogate, as a browser's JSON.stringify does
    got = worker.client.post("/api/v1/sync/push", data=raw, content_type="application/json", headers=worker.headers)
    assert got.json["results"][0]["outcome"] == "applied", got.json
    note = leader.pull()["record"][told["id"]]["body"]["note"]
    assert "\ud800" not in note and "\0" not in note and len(note) <= len(text)


def test_a_gzipped_push_is_taken_and_a_bomb_is_not(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    headers = {**worker.headers, "Content-Encoding": "gzip"}

    def send(raw: bytes) -> Any:
        return worker.client.post("/api/v1/sync/push", data=raw, content_type="application/json", headers=headers)

    body = {"device_id": str(worker.device_id), "person": worker.person, "epoch": "x", "mutations": []}
    assert send(gzip.compress(json.dumps(body).encode())).status_code == 200
    bomb = gzip.compress(b" " * 30_000_000)
    assert (send(bomb).status_code, send(bomb).json["code"]) == (413, "too_large")
    assert send(b"no gzip at all").json["code"] == "bad_json"
    assert send(gzip.compress(json.dumps(body).encode())[:-9]).json["code"] == "bad_json"


def test_a_body_shorter_than_promised_is_a_cut_link_without_verdict(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    got = worker.client.post(
        "/api/v1/sync/push",
        data=b'{"device_id"',
        environ_overrides={"CONTENT_LENGTH": "500"},
        content_type="application/json",
        headers=worker.headers,
    )
    assert (got.status_code, got.json["code"]) == (408, "cut_body")


def test_a_wrong_shape_of_the_whole_push_is_no_verdict_on_its_mutations(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    mutation = worker.mutation("hazards.report", hazard(world))
    got = worker.push({**mutation, "seq": "one"})
    assert (got.status_code, got.json["code"]) == (422, "invalid")
    got = worker.push(*[{**mutation, "id": str(new_id())} for _ in range(201)])
    assert (got.status_code, got.json["code"]) == (422, "invalid")
    assert worker.push(mutation).json["results"][0]["outcome"] == "applied"


def test_another_persons_queue_is_refused_whole(app: Flask, world: World) -> None:
    worker, other = Phone(app, "worker"), Phone(app, "worker2")
    got = worker.push(worker.mutation("hazards.report", hazard(world)), person=other.person)
    assert (got.status_code, got.json["code"]) == (403, "wrong_person")
    got = worker.push(device_id=str(other.device_id))
    assert (got.status_code, got.json["code"]) == (409, "device_of_another_person")
    got = worker.push(device_id=str(new_id()))
    assert (got.status_code, got.json["code"]) == (409, "unknown_device")


def test_a_push_without_the_csrf_token_is_refused(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    worker.answer["csrf_token"] = "x" * 39
    got = worker.push()
    assert (got.status_code, got.json["code"]) == (403, "csrf")


def test_a_clock_ten_years_off_is_held_and_flagged(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    worker.push()
    told = hazard(world)
    worker.do("hazards.report", told, made_at=clock.now() + 3_650 * DAY)
    late = hazard(world)
    worker.do("hazards.report", late, made_at=clock.now() - 3_650 * DAY)
    rows = leader.pull()["record"]
    for one in (told, late):
        row = rows[one["id"]]
        assert abs(row["acted_at"] - clock.now()) < 10 * 60_000
        assert row["acted_at_held"] is True and row["review"]["hints"] == ["time_held"]


def test_an_offline_morning_keeps_its_times(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    worker.push()
    start = clock.now()
    clock.set_source(lambda: start + 6 * 3_600_000)
    told = [hazard(world) for _ in range(3)]
    batch = [worker.mutation("hazards.report", t, made_at=start + i * 3_600_000) for i, t in enumerate(told, 1)]
    worker.push(*batch)
    rows = leader.pull()["record"]
    assert [rows[t["id"]]["acted_at"] - start for t in told] == [3_600_000, 7_200_000, 10_800_000]
    assert not any("acted_at_held" in rows[t["id"]] for t in told)


def test_numbers_that_a_phone_lost_are_written_down_and_the_queue_goes_on(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    worker.seq["normal"] = 7
    got = worker.push(worker.mutation("hazards.report", hazard(world)), lost=[{"lane": "normal", "from": 1, "to": 7}])
    assert got.json["results"][0]["outcome"] == "applied"
    assert got.json["expected"]["normal"] == 9


def test_seven_announced_records_stay_visible_after_a_wipe(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    waiting = [worker.mutation("hazards.report", hazard(world)) for _ in range(7)]
    lines = [{k: m[k] for k in ("lane", "seq", "id", "name", "made_at")} for m in waiting]
    worker.push(waiting=lines)
    for phone in (Phone(app, "worker"), leader):
        (row,) = phone.pull()["announced"].values()
        assert [i["name"] for i in row["items"]] == ["hazards.report"] * 7
        assert row["person_name"] == "张worker"
    worker.push(*waiting)
    assert leader.pull()["announced"] == {}


def test_what_waits_under_an_odd_name_keeps_no_other_from_being_announced(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    waiting = [worker.mutation(name, hazard(world)) for name in ("a name\n with spaces", "hazards.report", "长" * 300)]
    got = worker.push(waiting=[{k: m[k] for k in ("lane", "seq", "id", "name", "made_at")} for m in waiting])
    assert got.status_code == 200, got.json
    (row,) = worker.pull()["announced"].values()
    assert [i["name"] for i in row["items"]] == ["unknown", "hazards.report", "unknown"]


def test_the_three_duties_make_their_records_and_move_the_plan(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    walked, visited = patrol(world), visit(world)
    on_the_way = hazard(world, patrol_id=walked["id"])
    for name, told in (("hazards.report", on_the_way), ("patrols.report", walked), ("visits.report", visited)):
        assert worker.do(name, told)["outcome"] == "applied", name
    rows = leader.pull()
    assert rows["record"][walked["id"]]["body"]["looked_at"] == 3
    assert rows["record"][on_the_way["id"]]["patrol_id"] == walked["id"]
    plan = rows["visit_plan"][str(world.plan)]
    assert plan["last_visit"] == clock.today().isoformat() and plan["due"] > clock.today().isoformat()


def test_depends_on_a_refused_record_is_deferred_and_names_it(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    bad = worker.mutation("hazards.report", {**hazard(world), "severity": "x"})
    child = worker.mutation("hazards.report", hazard(world), depends_on=[bad["id"]])
    results = worker.push(bad, child).json["results"]
    assert [r["outcome"] for r in results] == ["refused", "deferred"]
    assert results[1]["parent"] == bad["id"]


def test_what_depends_on_a_void_is_deferred(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    gone = worker.mutation("void", {}, reason="let_go")
    child = worker.mutation("hazards.report", hazard(world), depends_on=[gone["id"]])
    results = worker.push(gone, child).json["results"]
    assert [r["outcome"] for r in results] == ["applied", "deferred"]
    assert results[1]["parent"] == gone["id"]
