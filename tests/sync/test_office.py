"""Office pages of the road: what did not arrive, quarantine, sealed file, review of leaders' records."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask
from PIL import Image

from server.kernel import clock
from server.people.commands import end_appointment
from server.people.models import Appointment
from server.photos.commands import delete_forgotten
from server.photos.models import Photo, PhotoLink
from server.platform.db import transaction
from server.platform.keys import b64, unb64
from server.privacy import retention
from tests.photos.pictures import jpeg
from tests.privacy.conftest import set_figure
from tests.sync.phone import Phone, hazard
from tests.sync.test_scope import upload
from tests.world import PASSWORD, World


class Desk:
    """A browser at an office page."""

    def __init__(self, app: Flask, username: str) -> None:
        self.client = app.test_client()
        got = self.client.post("/sign-in", data={"username": username, "password": PASSWORD})
        assert got.status_code == 303, got.text

    def read(self, path: str) -> str:
        got = self.client.get(path)
        assert got.status_code == 200, got.text
        return got.text

    def submit(self, path: str, form_on: str, **fields: Any) -> Any:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.read(form_on))
        assert token
        return self.client.post(path, data={"csrf_token": token[1], **fields}, follow_redirects=True)


def leave(app: Flask, world: World, username: str) -> None:
    """The person's posts end today."""
    import sqlalchemy as sa

    with app.app_context(), transaction() as session:
        for post in session.scalars(sa.select(Appointment).where(Appointment.person_id == world.people[username])):
            end_appointment(session, post.id, clock.today())


def test_what_somebody_sends_who_has_left_waits_in_quarantine_and_is_taken_in(app: Flask, world: World) -> None:
    worker, leader = Phone(app, "worker"), Phone(app, "leader")
    worker.push()
    told = worker.mutation("hazards.report", hazard(world))
    leave(app, world, "worker")
    result = worker.push(told).json["results"][0]
    assert (result["outcome"], result["problem"]["code"]) == ("refused", "no_longer_in_post")
    assert "record" not in leader.pull()
    assert worker.client.get("/api/v1/sync/pull").json["wipe"] is True
    desk = Desk(app, "town")
    assert "张worker" in desk.read("/office/outboxes")
    got = desk.submit(f"/office/outboxes/{told['id']}/take-in", "/office/outboxes")
    assert got.status_code == 200 and "已接收，已成为记录" in got.text
    (row,) = leader.pull()["record"].values()
    assert row["author_name"] == "张worker" and row["entered_by_other"] is True
    again = desk.submit(f"/office/outboxes/{told['id']}/take-in", "/office/outboxes")
    assert again.status_code == 409


def test_pictures_of_what_waits_in_quarantine_wait_with_it(app: Flask, world: World) -> None:
    worker, picture = Phone(app, "worker"), jpeg()
    worker.push()
    sha = hashlib.sha256(picture).hexdigest()
    waiting, forgotten = (hazard(world, photos=[{"sha256": sha, "role": "scene"}]) for _ in range(2))
    sent = [worker.mutation("hazards.report", told) for told in (waiting, forgotten)]
    leave(app, world, "worker")
    worker.push(*sent)
    assert upload(worker, picture) == sha

    def left(days: int) -> tuple[int, list[str]]:
        with app.app_context(), transaction() as session:
            delete_forgotten(session, clock.now() + days * clock.DAY_MS)
            return session.query(Photo).count(), sorted(one.kind for one in session.query(PhotoLink))

    assert left(31) == (1, ["quarantine", "quarantine"])
    desk = Desk(app, "town")
    got = desk.submit(f"/office/outboxes/{sent[0]['id']}/take-in", "/office/outboxes")
    assert got.status_code == 200 and left(31) == (1, ["quarantine", "record"])
    set_figure(app, world, "untaken_words", 365)
    with app.app_context():
        assert retention.run(clock.now() + 364 * clock.DAY_MS) == 0
        assert retention.run(clock.now() + 366 * clock.DAY_MS) == 1
    assert left(400) == (1, ["record"]), "the record names it"
    late = desk.submit(f"/office/outboxes/{sent[1]['id']}/take-in", "/office/outboxes")
    assert "已接收，已成为记录" not in late.text, "what was forgotten cannot be taken in"


def tells_nothing(phone: Phone) -> bool:
    """No rows and no order to wipe: the epoch alone, which a restore may have changed."""
    told = phone.client.get("/api/v1/sync/pull").json
    return "wipe" not in told and told["streams"] == [] and told["grant"] == []


def test_a_phone_that_has_more_to_give_is_not_wiped(app: Flask, world: World) -> None:
    worker = Phone(app, "worker")
    leave(app, world, "worker")
    worker.seq["normal"] = 3
    worker.push(unsent_photos=["a" * 64])
    assert tells_nothing(worker)
    worker.seq["normal"] = 0
    worker.push(*[worker.mutation("hazards.report", hazard(world)) for _ in range(3)], unsent_photos=["a" * 64])
    assert tells_nothing(worker)
    worker.push(unsent_photos=[])
    assert worker.client.get("/api/v1/sync/pull").json["wipe"] is True


def sealed(phone: Phone, mutations: list[dict[str, Any]], *photos: bytes, packed: bool = False) -> bytes:
    """A file as the phone makes it; ``packed``: with gzip inside, as the contract allows."""
    key = phone.answer["sealing_key"]
    x, y = (int.from_bytes(unb64(key[axis]), "big") for axis in ("x", "y"))
    theirs = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    mine = ec.generate_private_key(ec.SECP256R1())
    shared = mine.exchange(ec.ECDH(), theirs)
    secret = HKDF(hashes.SHA256(), 32, salt=b"", info=b"gridwalk-export-v1").derive(shared)
    numbers = mine.public_key().public_numbers()
    epk = {"x": b64(numbers.x.to_bytes(32, "big")), "y": b64(numbers.y.to_bytes(32, "big"))}
    named = [{"sha256": hashlib.sha256(p).hexdigest(), "type": "image/jpeg", "length": len(p)} for p in photos]
    head = {"person": phone.person, "device_id": str(phone.device_id), "mutations": mutations, "photos": named}
    iv = b"0" * 12
    header = json.dumps({"v": 1, "kid": key["kid"], "epk": epk, "iv": b64(iv)}).encode()
    plain = json.dumps(head).encode() + b"\n" + b"".join(photos)
    plain = gzip.compress(plain) if packed else plain
    return b"GWX1" + len(header).to_bytes(4, "big") + header + AESGCM(secret).encrypt(iv, plain, None)


def test_a_sealed_file_is_the_same_as_the_phone_sending_it(app: Flask, world: World) -> None:
    worker, leader, desk = Phone(app, "worker"), Phone(app, "leader"), Desk(app, "town")
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(picture, "JPEG")
    sha256 = hashlib.sha256(picture.getvalue()).hexdigest()
    told = worker.mutation("hazards.report", hazard(world, photos=[{"sha256": sha256, "role": "scene"}]))
    file = sealed(worker, [told], picture.getvalue())
    for name in ("out.sealed", "out.gwx"):  # as a phone of today names it, and one of before
        got = desk.submit("/office/sealed-file", "/office/sealed-file", file=(io.BytesIO(file), name))
        assert got.status_code == 200 and "收到 1 条记录，1 张照片" in got.text, got.text
        assert "第 1 条 ·" in got.text and "normal" not in got.text and 'accept=".sealed,.gwx,' in got.text
    (row,) = leader.pull()["record"].values()
    assert row["photos"][0]["held"] is True
    assert worker.push(told).json["results"][0]["outcome"] == "applied"


def test_what_a_phone_can_no_longer_read_leaves_no_hole_in_its_sealed_file(app: Flask, world: World) -> None:
    worker, leader, desk = Phone(app, "worker"), Phone(app, "leader"), Desk(app, "town")
    first, spoilt, last = (worker.mutation("hazards.report", hazard(world)) for _ in range(3))
    void = {**spoilt, "name": "void", "version": 1, "payload": "{}", "reason": "spoilt"}
    file = sealed(worker, [first, void, last])
    got = desk.submit("/office/sealed-file", "/office/sealed-file", file=(io.BytesIO(file), "out.sealed"))
    assert got.status_code == 200 and "收到 3 条记录" in got.text, got.text[:2000]
    assert set(leader.pull()["record"]) == {json.loads(told["payload"])["id"] for told in (first, last)}
    assert worker.push(first, void, last).json["expected"]["normal"] == 4


def test_a_sealed_file_of_a_week_is_taken_in_whole(app: Flask, world: World) -> None:
    """More acts than one push may carry, and more bytes than any other door takes."""
    worker, leader, desk = Phone(app, "worker"), Phone(app, "leader"), Desk(app, "town")
    told = [worker.mutation("hazards.report", hazard(world)) for _ in range(201)]
    heavy = [bytes([number]) * 4 * 2**20 for number in range(3)]  # no pictures: told apart and left, the rest goes on
    file = sealed(worker, told, *heavy)
    got = desk.submit("/office/sealed-file", "/office/sealed-file", file=(io.BytesIO(file), "out.gwx"))
    assert got.status_code == 200 and "收到 201 条记录，0 张照片" in got.text, got.text[:2000]
    rows = leader.pull()["record"].values()
    assert len(rows) == 201 and not [r for r in rows if r.get("acted_at_held")], "times stand as the phone told them"


def test_no_other_door_takes_a_long_body(app: Flask, world: World) -> None:
    long = {"file": (io.BytesIO(b"GWX1" + bytes(12 * 2**20)), "out.gwx")}
    got = app.test_client().post("/office/sealed-file", data=long)
    assert got.status_code == 401, "nor this one before a sign-in"
    long = {"file": (io.BytesIO(b"PK" + bytes(12 * 2**20)), "sheet.xlsx")}
    got = Desk(app, "town").submit("/office/households/import", "/office/households/import", **long)
    assert got.status_code == 413


def test_a_packed_sealed_file_is_read_and_one_that_bursts_is_not(app: Flask, world: World) -> None:
    worker, desk = Phone(app, "worker"), Desk(app, "town")
    told = worker.mutation("hazards.report", hazard(world))
    for content, status in (((), 200), ((bytes(65 * 2**20),), 422)):
        file = io.BytesIO(sealed(worker, [told], *content, packed=True))
        got = desk.submit("/office/sealed-file", "/office/sealed-file", file=(file, "out.gwx"))
        assert got.status_code == status, got.text


@pytest.mark.parametrize("content", [b"", b"GWX1", b"GWX1\0\0\0\2{}", b"GWX1\xff\xff\xff\xff" + b"x" * 50, b"PK\3\4"])
def test_a_file_that_is_none_of_ours_is_told_in_words(app: Flask, world: World, content: bytes) -> None:
    desk = Desk(app, "town")
    got = desk.submit("/office/sealed-file", "/office/sealed-file", file=(io.BytesIO(content), "out.gwx"))
    assert got.status_code == 422


def test_the_village_reviews_the_leaders_own_record_and_the_town_a_dispute(app: Flask, world: World) -> None:
    leader, worker = Phone(app, "leader"), Phone(app, "worker")
    own, other = hazard(world, note="网格长本人上报"), hazard(world, note="有争议的记录")
    leader.do("hazards.report", own)
    worker.do("hazards.report", other)
    leader.do("approvals.return", {"record_id": other["id"], "reason": "other"}, base_version=1)
    worker.do("approvals.dispute", {"record_id": other["id"]}, base_version=2)
    village, town = Desk(app, "village"), Desk(app, "town")
    assert "网格长本人上报" in village.read("/office/review") and "有争议的记录" not in village.read("/office/review")
    got = village.submit(f"/office/review/{own['id']}", "/office/review", version="1", decision="approve")
    assert "已决定" in got.text
    assert (
        village.submit(f"/office/review/{own['id']}", "/office/review", version="1", decision="approve").status_code
        == 409
    )
    assert "有争议的记录" in town.read("/office/review")
    town.submit(f"/office/review/{other['id']}", "/office/review", version="3", decision="uphold", words="事项正确")
    rows = worker.pull()["record"]
    assert {rows[i]["review"]["status"] for i in (own["id"], other["id"])} == {"approved"}


def test_the_backup_page_says_when_there_is_none(app: Flask, world: World) -> None:
    assert "没有备份" in Desk(app, "sysadmin").read("/office/backup")
