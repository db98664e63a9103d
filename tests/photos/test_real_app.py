"""The photo doors inside the whole app: session, CSRF, records that name photos, class S, people no longer in post."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.kernel.ids import new_id
from server.matters.models import Matter
from server.people.models import Appointment
from server.platform.db import reading, transaction
from server.platform.looks import Look
from tests import world as worlds
from tests.photos.conftest import BODY, TUS
from tests.photos.pictures import jpeg, said, sha256
from tests.sync.phone import Phone

PHOTO = jpeg(1, 400, 300)


@pytest.fixture
def made(database_url: str, tmp_path: Path) -> Iterator[tuple[Flask, worlds.World]]:
    app = worlds.app_on(database_url, tmp_path / "data")
    yield app, worlds.build(app)
    worlds.close(app)


def begin(phone: Phone, content: bytes = PHOTO, **headers: str) -> Any:
    own = {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": said(content), **phone.headers}
    return phone.client.post("/api/v1/uploads", headers={**own, **headers})


def send(phone: Phone, content: bytes = PHOTO) -> str:
    path = begin(phone, content).headers["Location"]
    answer = phone.client.patch(path, data=content, headers={**TUS, **BODY, "Upload-Offset": "0", **phone.headers})
    assert answer.status_code == 204, answer.json
    return sha256(content)


def look(phone: Phone, photo: str) -> int:
    return phone.client.get(f"/api/v1/photos/{photo}?size=thumb").status_code


def hazard(world: worlds.World, *photos: str) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "grid_id": str(world.areas["grid"]),
        "matter_code": "HAZ-01",
        "severity": "general",
        "advice": [],
        "fixed_on_spot": False,
        "note": "",
        "place": {"source": "none"},
        "photos": [{"sha256": p, "role": "scene"} for p in photos],
    }


def test_without_a_session_or_its_token_no_byte_is_taken(made: tuple[Flask, worlds.World]) -> None:
    app, _ = made
    signed_out = app.test_client()
    own = {**TUS, "Upload-Length": "10", "Upload-Metadata": said(PHOTO)}
    assert signed_out.post("/api/v1/uploads", headers=own).status_code == 401
    assert signed_out.get(f"/api/v1/photos/{'0' * 64}").status_code == 401
    phone = Phone(app, "worker")
    assert begin(phone, **{"X-CSRF-Token": "x"}).json["code"] == "csrf"
    path = begin(phone).headers["Location"]
    refused = phone.client.patch(path, data=PHOTO, headers={**TUS, **BODY, "Upload-Offset": "0"})
    assert refused.json["code"] == "csrf"


def test_a_hazards_photo_is_held_for_the_leader_when_it_has_come_and_for_nobody_elsewhere(
    made: tuple[Flask, worlds.World],
) -> None:
    app, world = made
    worker, leader, elsewhere = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "leader2")
    report = hazard(world, sha256(PHOTO))
    assert worker.push(worker.mutation("hazards.report", report)).json["results"][0]["outcome"] == "applied"
    leader.pull()
    assert leader.rows["record"][report["id"]]["photos"][0]["held"] is False
    assert look(leader, sha256(PHOTO)) == 404
    send(worker)
    leader.pull()
    assert leader.rows["record"][report["id"]]["photos"][0]["held"] is True
    assert look(leader, sha256(PHOTO)) == 200 and look(worker, sha256(PHOTO)) == 200
    assert look(elsewhere, sha256(PHOTO)) == 404
    named_elsewhere = {**hazard(world, sha256(PHOTO)), "grid_id": str(world.areas["other_grid"])}
    outcome = elsewhere.push(elsewhere.mutation("hazards.report", named_elsewhere)).json["results"][0]["outcome"]
    assert outcome == "applied" and look(elsewhere, sha256(PHOTO)) == 404, "naming a hash opens nothing"


def test_every_look_at_a_care_visits_photo_is_noted(made: tuple[Flask, worlds.World]) -> None:
    app, world = made
    worker, leader, other = Phone(app, "worker"), Phone(app, "leader"), Phone(app, "worker2")
    visit = {
        "id": str(new_id()), "grid_id": str(world.areas["grid"]), "matter_code": "VIS-01", "mode": "door", "all_well": True,
        "household_id": str(world.households[0]), "plan_id": str(world.care_plan), "ticks": [], "needs": [], "note": "",
        "photos": [{"sha256": sha256(PHOTO), "role": "scene"}],
    }  # fmt: skip
    with (
        app.app_context(),
        transaction() as session,
    ):  # no class-S matter is shipped with photos: a county may allow them
        session.execute(sa.update(Matter).where(Matter.code == "VIS-01").values(photo_policy="optional"))
    result = worker.push(worker.mutation("visits.report", visit)).json["results"][0]
    assert result["outcome"] == "applied", result
    photo = send(worker)
    assert look(other, photo) == 404
    assert look(leader, photo) == 200
    with app.app_context(), reading() as session:
        found = session.scalars(sa.select(Look).where(Look.door == "photo")).all()
        assert [(n.person_id, str(n.object_id)) for n in found] == [(world.people["leader"], visit["id"])]


def test_whoever_is_no_longer_in_post_may_still_hand_over_photos_and_see_none(made: tuple[Flask, worlds.World]) -> None:
    app, world = made
    phone = Phone(app, "worker")
    with app.app_context(), transaction() as session:
        session.execute(
            sa.update(Appointment).where(Appointment.person_id == world.people["worker"]).values(to_day=clock.today())
        )
    photo = send(phone)
    asked = phone.client.post("/api/v1/photos/missing", json={"sha256": [photo]}, headers=phone.headers)
    assert asked.json["held"] == [photo]
    assert phone.client.get(f"/api/v1/photos/{photo}").status_code == 403


def test_problems_of_uploads_are_told_in_both_languages(made: tuple[Flask, worlds.World]) -> None:
    app, _ = made
    phone = Phone(app, "worker")
    path = begin(phone).headers["Location"]
    wrong = phone.client.patch(
        path, data=b"x" * len(PHOTO), headers={**TUS, **BODY, "Upload-Offset": "0", **phone.headers}
    )
    assert wrong.status_code == 460 and wrong.mimetype == "application/problem+json"
    assert wrong.json["code"] == "hash_mismatch" and wrong.json["detail_zh"] and wrong.json["detail_en"]
    assert wrong.headers["Tus-Resumable"] == "1.0.0"


def test_bytes_that_trickle_in_lock_nobody_out(
    made: tuple[Flask, worlds.World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a body is read, another writer must come through (SQLite has one writer at a time)."""
    app, world = made
    phone, other = Phone(app, "worker"), Phone(app, "worker2")
    path = begin(phone).headers["Location"]
    outcomes: list[str] = []

    def push() -> None:
        answer = other.push(other.mutation("hazards.report", hazard(world)))
        outcomes.append(answer.json["results"][0]["outcome"])

    class Trickle:
        """A body that makes another phone push between two blocks."""

        def __init__(self) -> None:
            self.left = PHOTO

        def read(self, size: int = -1) -> bytes:
            beside = threading.Thread(target=push)  # a request of its own, as on a server
            beside.start()
            beside.join(15)
            part, self.left = self.left[: size if size > 0 else None], self.left[size if size > 0 else len(self.left) :]
            return part

    answer = phone.client.open(
        path, method="PATCH", data=PHOTO, environ_overrides={"wsgi.input": Trickle()},
        headers={**TUS, **BODY, "Upload-Offset": "0", **phone.headers},
    )  # fmt: skip
    assert answer.status_code == 204, answer.json
    assert outcomes and set(outcomes) == {"applied"}


def test_a_full_disk_is_told_as_unavailable_and_what_came_stays(
    made: tuple[Flask, worlds.World], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app, _ = made
    phone = Phone(app, "worker")
    path = begin(phone).headers["Location"]
    phone.client.patch(path, data=PHOTO[:5000], headers={**TUS, **BODY, "Upload-Offset": "0", **phone.headers})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("server.platform.files.os.fsync", full)
        rest = phone.client.patch(
            path, data=PHOTO[5000:], headers={**TUS, **BODY, "Upload-Offset": "5000", **phone.headers}
        )
        assert rest.status_code == 503 and rest.json["code"] == "unavailable"
    head = phone.client.head(path, headers={**TUS, **phone.headers})
    assert head.headers["Upload-Offset"] == str(len(PHOTO))
    assert look(phone, sha256(PHOTO)) == 200, "with room again, the phone's next question finishes it"
    assert list((tmp_path / "data/photos").rglob(".new-*")) == []
