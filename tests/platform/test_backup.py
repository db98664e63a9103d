"""Backup and restore: what counts, what is inside, what begins again; from either database into either."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.kernel import clock, ids
from server.people.models import Device, Person
from server.photos import commands as photos
from server.photos.derive import derive
from server.photos.models import Photo
from server.platform import backup
from server.platform.backup_marks import BackupLane, durable_through, last_finished
from server.platform.db import Base, db, reading, transaction
from server.platform.files import files
from server.platform.restore import RestoreRefused, restore
from server.platform.streams import StreamEntry
from server.sync import epochs
from server.sync.models import OutboxLane
from tests import world
from tests.databases import Databases
from tests.photos.pictures import jpeg, sha256

DEVICE = ids.new_id(1)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = world.app_on(database_url, tmp_path / "live")
    made = world.build(app)
    app.extensions["made"] = made
    with app.app_context(), transaction() as session:
        worker = made.people["worker"]
        session.add(
            Device(id=DEVICE, county_code=world.COUNTY, person_id=worker, label="手机", platform="x", registered_at=1)
        )
        session.flush()
        session.add(OutboxLane(device_id=DEVICE, lane="normal", person_id=worker, expected=5))
    yield app
    world.close(app)


@pytest.fixture(params=["same", "sqlite"])
def second(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """An installation that has never been used: on the same kind of database, or on SQLite."""
    url = databases.empty() if request.param == "same" else ""
    app = world.app_on(url, tmp_path / "second")
    yield app
    world.close(app)
    if url:
        databases.drop(url)


def hold(app: Flask, seed: int) -> str:
    """A photo of the worker arrives."""
    content = jpeg(seed, 400, 300)
    derived = derive(content)
    with app.app_context(), files().keeping(), transaction() as session:
        files().put(derived.full.content)
        files().put(derived.thumb.content)
        worker = app.extensions["made"].people["worker"]
        photos.take_in(session, world.COUNTY, worker, sha256(content), len(content), derived)
    return sha256(content)


def back_up(app: Flask, place: Path) -> Path:
    with app.app_context():
        return backup.back_up(place)


def counts(app: Flask) -> dict[str, int]:
    with app.app_context(), reading() as session:
        return {
            t.name: session.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in Base.metadata.sorted_tables
        }


def test_a_finished_backup_makes_durable_what_it_holds_and_nothing_later(app: Flask, tmp_path: Path) -> None:
    first = hold(app, 1)
    with app.app_context(), reading() as session:
        assert durable_through(session, DEVICE) is None and last_finished(session) is None
    back_up(app, tmp_path / "backups")
    second = hold(app, 2)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(OutboxLane).values(expected=9))
    with app.app_context(), reading() as session:
        assert durable_through(session, DEVICE) == {"normal": 4}
        marks = {p.sha256: p.backed_up_at for p in session.scalars(sa.select(Photo))}
        assert marks[first] is not None and marks[second] is None


def test_a_second_backup_moves_on_and_copies_only_new_photos(app: Flask, tmp_path: Path) -> None:
    place = tmp_path / "backups"
    hold(app, 1)
    back_up(app, place)
    before = {p.name: p.stat().st_mtime_ns for p in (place / "photos").glob("??/??/*")}
    hold(app, 2)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(OutboxLane).values(expected=9))
    back_up(app, place)
    after = {p.name: p.stat().st_mtime_ns for p in (place / "photos").glob("??/??/*")}
    assert len(before) == 2 and len(after) == 4 and before.items() <= after.items()
    with app.app_context(), reading() as session:
        assert durable_through(session, DEVICE) == {"normal": 8}
        assert session.scalar(sa.select(sa.func.count()).select_from(BackupLane)) == 1, (
            "one row a lane, not one a night"
        )


def test_restore_brings_back_everything_and_begins_a_new_epoch(app: Flask, second: Flask, tmp_path: Path) -> None:
    photo = hold(app, 1)
    back_up(app, tmp_path / "backups")
    expected = counts(app)
    with app.app_context(), reading() as session:
        epoch = epochs.current(session)
        names = {p.username: p.name for p in session.scalars(sa.select(Person))}
        feed = session.scalar(sa.select(sa.func.count()).select_from(StreamEntry))
    with second.app_context():
        restore(tmp_path / "backups")
    assert {**counts(second), "epoch": 0} == {**expected, "epoch": 0}
    with second.app_context(), reading() as session:
        assert {p.username: p.name for p in session.scalars(sa.select(Person))} == names, "the keys came along"
        assert session.scalar(sa.select(sa.func.count()).select_from(StreamEntry)) == feed
        assert epochs.current(session) != epoch
        assert last_finished(session) is not None and durable_through(session, DEVICE) == {"normal": 4}
        row = session.get_one(Photo, (world.COUNTY, photo))
        assert row.backed_up_at is not None
        assert files().read(row.full_sha256).startswith(b"\xff\xd8")


def test_a_restored_database_works_on(app: Flask, second: Flask, tmp_path: Path) -> None:
    back_up(app, tmp_path / "backups")
    with second.app_context():
        restore(tmp_path / "backups")
        with pytest.raises(sa.exc.IntegrityError), transaction() as session:
            session.add(OutboxLane(device_id=ids.new_id(), lane="normal", person_id=ids.new_id()))
        if db.engines[None].dialect.name == "sqlite":
            with db.engines[None].connect() as connection:
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
                assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        live = sa.inspect(db.engines[None])
        for table in Base.metadata.sorted_tables:
            there = {tuple(i["column_names"]) for i in live.get_indexes(table.name)}
            assert {tuple(i.columns.keys()) for i in table.indexes} <= there
            assert len(table.foreign_key_constraints) == len(live.get_foreign_keys(table.name))


def test_nothing_is_readable_without_the_keys(app: Flask, tmp_path: Path) -> None:
    folder = back_up(app, tmp_path / "backups")
    copy = (folder / "database.sqlite3").read_bytes()
    assert "张worker".encode() not in copy and b"13800000000" not in copy and "李户主".encode() not in copy


def test_an_unfinished_backup_counts_for_nothing(
    app: Flask, second: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full_disk:
        full_disk.setattr(backup, "_copy_photos", _no_space)
        with pytest.raises(OSError):
            back_up(app, tmp_path / "backups")
    with app.app_context(), reading() as session:
        assert last_finished(session) is None and durable_through(session, DEVICE) is None
    with second.app_context(), pytest.raises(RestoreRefused):
        restore(tmp_path / "backups")


def _no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("harm", ["database", "list", "key", "photo", "no_key"])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    app: Flask, databases: Databases, tmp_path: Path, harm: str
) -> None:
    hold(app, 1)
    place = tmp_path / "backups"
    folder = back_up(app, place)
    key = next((folder / "keys").iterdir())
    if harm == "no_key":
        key.unlink()
    elif harm == "photo":
        shutil.rmtree(place / "photos")
    else:
        target = {"database": folder / "database.sqlite3", "list": folder / "files.txt", "key": key}[harm]
        target.write_bytes(target.read_bytes()[:-1] + b"\x01")
    url = databases.empty()
    fresh = world.app_on(url, tmp_path / "fresh")
    keys = {p.name: p.read_bytes() for p in (tmp_path / "fresh/keys").iterdir()}
    with fresh.app_context():
        with pytest.raises(RestoreRefused):
            restore(place)
        assert not sa.inspect(db.engines[None]).has_table("person") and list(files().names()) == []
    assert {p.name: p.read_bytes() for p in (tmp_path / "fresh/keys").iterdir()} == keys
    world.close(fresh)
    databases.drop(url)


def test_an_installation_that_is_in_use_is_never_overwritten(app: Flask, tmp_path: Path) -> None:
    back_up(app, tmp_path / "backups")
    before = counts(app)
    with app.app_context(), pytest.raises(RestoreRefused):
        restore(tmp_path / "backups")
    assert counts(app) == before


def test_a_copy_made_while_others_write_holds_whole_transactions_only(app: Flask, tmp_path: Path) -> None:
    """Each transaction writes two lanes of equal count; a torn copy would show them apart."""
    stop, wrote = threading.Event(), []

    def write() -> None:
        with app.app_context():
            while not stop.is_set():
                with transaction() as session:
                    session.execute(sa.update(OutboxLane).values(expected=OutboxLane.expected + 1))
                wrote.append(1)

    with app.app_context(), transaction() as session:
        worker = app.extensions["made"].people["worker"]
        session.add(OutboxLane(device_id=DEVICE, lane="urgent", person_id=worker, expected=5))
    writer = threading.Thread(target=write)
    writer.start()
    try:
        folders = [back_up(app, tmp_path / "backups") for _ in range(4)]
    finally:
        stop.set()
        writer.join()
    assert len(wrote) > 4
    for folder in folders:
        with closing(sqlite3.connect(folder / "database.sqlite3")) as copy:
            assert len(copy.execute("SELECT DISTINCT expected FROM outbox_lane").fetchall()) == 1


def test_old_backups_go_with_the_photos_that_only_they_name(app: Flask, tmp_path: Path) -> None:
    place = tmp_path / "backups"
    hold(app, 1)
    hand = [clock.now()]
    clock.set_source(lambda: hand[0])
    try:
        old = back_up(app, place)
        with app.app_context():
            for name in list(files().names()):
                files().remove(name)
        hold(app, 2)
        for _ in range(2):
            hand[0] += clock.DAY_MS
            back_up(app, place)
    finally:
        clock.set_source(None)
    backup.prune(place, kept=2)
    assert not old.exists() and len(backup.finished_backups(place)) == 2
    assert len(list((place / "photos").glob("??/??/*"))) == 2


def test_nothing_but_our_own_backups_is_pruned(app: Flask, tmp_path: Path) -> None:
    place = tmp_path / "mount"
    named = (".snapshots/x/precious", "2019-contracts/manifest.json", "photos/ab/cd/holiday.jpg")
    theirs = [place / name for name in named]
    for file in theirs:
        file.parent.mkdir(parents=True)
        file.write_text("not ours")
    hand = [clock.now()]
    clock.set_source(lambda: hand[0])
    try:
        for _ in range(3):
            hand[0] += clock.DAY_MS
            back_up(app, place)
    finally:
        clock.set_source(None)
    backup.prune(place, kept=2)
    assert all(file.read_text() == "not ours" for file in theirs)
    assert len(backup.finished_backups(place)) == 2


def test_a_second_backup_waits_for_the_first(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or its pruning could remove photos that the first has just counted."""
    hold(app, 1)
    place, real, inside, most = tmp_path / "backups", backup._copy_photos, [], [0]

    def counted(names: Iterable[str], target: Path) -> None:
        inside.append(1)
        most[0] = max(most[0], len(inside))
        time.sleep(0.5)
        real(names, target)
        inside.pop()

    monkeypatch.setattr(backup, "_copy_photos", counted)
    both = [threading.Thread(target=back_up, args=(app, place)) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(30)
    assert most == [1] and len(backup.finished_backups(place)) == 2


def test_the_manifest_says_when_and_which_migration(app: Flask, tmp_path: Path) -> None:
    folder = back_up(app, tmp_path / "backups")
    said = json.loads((folder / "manifest.json").read_bytes())
    assert said["started_at"] <= said["finished_at"] and "revision" in said and said["keys"]


def test_a_backup_is_due_once_a_night(app: Flask, tmp_path: Path) -> None:
    day = clock.start_of(clock.today())
    hand = [day + 3 * 3_600_000]
    clock.set_source(lambda: hand[0])
    try:
        with app.app_context():
            assert backup.is_due(hand[0], 2)
            backup.back_up(tmp_path / "backups")
            assert not backup.is_due(hand[0], 2)
            assert not backup.is_due(day + clock.DAY_MS + 3_600_000, 2), "not before the hour"
            assert backup.is_due(day + clock.DAY_MS + 2 * 3_600_000, 2)
    finally:
        clock.set_source(None)
