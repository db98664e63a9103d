"""Who may look at a photo, what arrives for whom, and when bytes go."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from server.kernel import clock, ids
from server.photos import commands, rules, sweep
from server.photos.queries import held_photos
from server.platform.backup_marks import BackupMark
from server.platform.db import transaction
from server.platform.files import files
from server.platform.looks import Look
from tests.photos.conftest import Phone
from tests.photos.pictures import jpeg, sha256
from tests.photos.tiny import ANNA, BAI, COUNTY

PHOTO = jpeg(1)
RECORD = UUID(int=77)


@pytest.fixture
def at() -> list[int]:
    hand = [clock.now()]
    clock.set_source(lambda: hand[0])
    return hand


class Records:
    """A room above that names photos: who may see which record, and which records were told of an arrival."""

    def __init__(self, seen_by: dict[UUID, set[UUID]], sensitive: bool = False) -> None:
        self.seen_by, self.told, self.sensitive = seen_by, [], sensitive  # type: ignore[var-annotated]
        rules.register("record", rules.Namer(self.arrived, self.may_see, lambda _s, _id: self.sensitive))

    def arrived(self, _session: Any, object_ids: Any) -> None:
        self.told.append(list(object_ids))

    def may_see(self, _session: Any, holder: Any, object_id: UUID) -> bool:
        return holder.person_id in self.seen_by.get(object_id, set())


def name(app: Flask, photo: str, author: UUID = ANNA, record: UUID = RECORD) -> None:
    with app.test_request_context(), transaction() as session:
        commands.link(session, COUNTY, photo, "record", record, "scene", author_id=author)


def test_whoever_sent_a_photo_sees_it_until_a_record_names_it_and_nobody_else_does(phone: Phone, other: Phone) -> None:
    photo = phone.send(PHOTO)
    assert phone.look(photo).status_code == 200
    assert other.look(photo).status_code == 404


def test_a_named_photo_is_seen_by_whoever_may_see_the_record(app: Flask, phone: Phone, other: Phone) -> None:
    Records({RECORD: {BAI}})
    photo = phone.send(PHOTO)
    name(app, photo)
    assert other.look(photo).status_code == 200
    assert phone.look(photo).status_code == 404, "the author has left the scope of the record"


def test_naming_the_hash_of_somebody_elses_photo_opens_nothing(app: Flask, phone: Phone, other: Phone) -> None:
    Records({RECORD: {ANNA}, UUID(int=78): {BAI}})
    photo = phone.send(PHOTO)
    name(app, photo)
    name(app, photo, author=BAI, record=UUID(int=78))
    assert other.look(photo).status_code == 404
    assert other.missing(photo)["missing"] == [photo], "Bai is asked for the bytes"
    other.send(PHOTO)
    assert other.look(photo).status_code == 200


def test_a_record_is_told_when_its_photo_arrives_whichever_came_first(app: Flask, phone: Phone) -> None:
    records = Records({})
    name(app, sha256(PHOTO))
    with app.test_request_context(), transaction() as session:
        assert held_photos(session, {sha256(PHOTO)}) == set()
    phone.send(PHOTO)
    assert records.told == [[RECORD]]
    with app.test_request_context(), transaction() as session:
        assert held_photos(session, {sha256(PHOTO), "0" * 64}) == {sha256(PHOTO)}


def test_sending_twice_is_one_photo(app: Flask, phone: Phone, tmp_path: Path) -> None:
    phone.send(PHOTO)
    phone.send(PHOTO)
    with app.app_context():
        assert len(list(files().names())) == 2, "a picture and its thumbnail"


def test_a_look_at_a_sensitive_record_is_noted(app: Flask, phone: Phone, other: Phone) -> None:
    Records({RECORD: {BAI}}, sensitive=True)
    photo = phone.send(PHOTO)
    name(app, photo)
    assert other.look(photo, "thumb").status_code == 200
    with app.test_request_context(), transaction() as session:
        look = session.scalars(sa.select(Look)).one()
        assert (look.person_id, look.kind, look.object_id, look.door) == (BAI, "record", RECORD, "photo")


def test_a_picture_goes_out_without_metadata_private_and_small(phone: Phone) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SECRETCAM", 6  # maker; turned by 90 degrees
    exif.get_ifd(0x8825)[2] = (30.0, 31.0, 32.0)
    content = jpeg(3, 2000, 1000, exif=exif.tobytes(), comment=b"SECRETWORDS") + b"SECRETTAIL"
    photo = phone.send(content)
    full, thumb = phone.look(photo), phone.look(photo, "thumb")
    for answer in (full, thumb):
        assert b"SECRET" not in answer.data and b"Exif" not in answer.data
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(full.data)).size == (800, 1600), "upright and at most 1600 px"
    assert max(Image.open(io.BytesIO(thumb.data)).size) == 320


def test_stored_files_are_sealed(app: Flask, phone: Phone, tmp_path: Path) -> None:
    phone.send(PHOTO)
    stored = [p for p in (tmp_path / "data/photos").rglob("*") if len(p.name) == 64]
    assert len(stored) == 2 and all(b"JFIF" not in p.read_bytes() for p in stored)
    with app.app_context():
        assert files().read(stored[0].name).startswith(b"\xff\xd8")


def test_an_unnamed_photo_waits_thirty_days(app: Flask, phone: Phone, at: list[int]) -> None:
    photo = phone.send(PHOTO)
    at[0] += 30 * clock.DAY_MS - 1
    assert swept(app) == 0 and phone.look(photo).status_code == 200
    at[0] += 1
    assert swept(app) == 2
    assert phone.look(photo).status_code == 404 and phone.missing(photo)["missing"] == [photo]
    with app.app_context():
        assert list(files().names()) == []


def test_a_named_photo_stays_until_its_last_record_lets_go(app: Flask, phone: Phone, at: list[int]) -> None:
    photo = phone.send(PHOTO)
    name(app, photo)
    name(app, photo, record=UUID(int=78))
    at[0] += 400 * clock.DAY_MS
    let_go(app, RECORD)
    assert swept(app) == 0
    let_go(app, UUID(int=78))
    assert swept(app) == 2


def test_a_photo_taken_out_by_a_correction_waits_again(app: Flask, phone: Phone, at: list[int]) -> None:
    photo = phone.send(PHOTO)
    name(app, photo)
    at[0] += 400 * clock.DAY_MS
    with app.test_request_context(), transaction() as session:
        commands.unlink(session, COUNTY, photo, "record", RECORD)
    assert swept(app) == 0
    at[0] += 30 * clock.DAY_MS
    assert swept(app) == 2


def test_a_file_that_another_county_uses_stays(app: Flask, phone: Phone, at: list[int]) -> None:
    photo = phone.send(PHOTO)
    with app.test_request_context(), transaction() as session:
        first = session.get_one(commands.Photo, (COUNTY, photo))
        columns = {c.key: getattr(first, c.key) for c in commands.Photo.__table__.columns}
        session.add(
            commands.Photo(**{**columns, "county_code": "330481", "waits_since": clock.now() + 40 * clock.DAY_MS})
        )
    at[0] += 30 * clock.DAY_MS
    assert swept(app) == 0
    with app.app_context():
        assert len(list(files().names())) == 2


def test_nothing_is_removed_while_somebody_is_keeping(app: Flask, phone: Phone, at: list[int]) -> None:
    phone.send(PHOTO)
    at[0] += 31 * clock.DAY_MS
    with app.app_context(), files().keeping():
        assert swept(app) == 0
    assert swept(app) == 2


def test_durable_is_what_a_finished_backup_holds(app: Flask, phone: Phone) -> None:
    first, second = phone.send(PHOTO), phone.send(jpeg(2))
    assert phone.missing(first)["durable"] == [first], "with no backup ever, held is the best there is"
    with app.test_request_context(), transaction() as session:
        session.add(BackupMark(id=ids.new_id(), started_at=clock.now(), path="x"))
    assert phone.missing(first)["durable"] == [first], "an unfinished backup counts for nothing"
    with app.test_request_context(), transaction() as session:
        session.execute(sa.update(BackupMark).values(finished_at=clock.now()))
        session.execute(
            sa.update(commands.Photo).where(commands.Photo.sha256 == first).values(backed_up_at=clock.now())
        )
    assert phone.missing(first, second) == {"missing": [], "held": [first, second], "durable": [first]}


@pytest.mark.parametrize("asked", [None, [], {"sha256": "x"}, {"sha256": ["x"]}, {"sha256": ["0" * 64] * 501}, {}])
def test_a_question_that_makes_no_sense_is_refused(phone: Phone, asked: Any) -> None:
    assert phone.client.post("/api/v1/photos/missing", json=asked).status_code == 422


@pytest.mark.parametrize("path", ["x?size=full", "0" * 64 + "?size=full", "..%2f..%2fkeys?size=full"])
def test_an_unknown_photo_is_not_found(phone: Phone, path: str) -> None:
    assert phone.client.get(f"/api/v1/photos/{path}").status_code == 404


def swept(app: Flask) -> int:
    """Files removed by one round of the sweeper."""
    with app.test_request_context():
        return sweep.forgotten_photos(clock.now())


def let_go(app: Flask, record: UUID) -> None:
    with app.test_request_context(), transaction() as session:
        commands.let_go(session, "record", [record])


def test_bytes_that_no_row_names_go_in_a_few_questions(
    app: Flask, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writers must not wait for a sweep of 200,000 files: it asks in parts, and opens no transaction that writes."""
    phone.send(jpeg())
    monkeypatch.setattr(sweep, "transaction", None)
    with app.app_context():
        held = set(files().names())
        strays = {files().put(bytes([number])) for number in range(3)}
        assert len(held) == 2 and strays.isdisjoint(held)
        asked: list[str] = []
        listener = ("before_cursor_execute", lambda *told: asked.append(told[2]))
        sa.event.listen(sa.Engine, *listener)
        try:
            sweep.stray_files(clock.now())
        finally:
            sa.event.remove(sa.Engine, *listener)
        assert set(files().names()) == held
        assert 1 <= len([words for words in asked if "FROM photo" in words]) <= 2
