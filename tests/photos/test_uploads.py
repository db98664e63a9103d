"""tus 1.0.0, word by word: creation, offsets, checksums, expiry, termination, and everything wrong that a phone may send."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from server.kernel import clock
from server.kernel.problems import Problem
from server.platform import uploads
from server.platform.db import reading, transaction
from server.platform.uploads import LIFETIME_MS, MOST_OPEN
from tests.photos.conftest import BODY, TUS, Phone
from tests.photos.pictures import jpeg, said, sha256

PHOTO = jpeg(1)


@pytest.fixture
def at() -> list[int]:
    """A clock that the test turns."""
    hand = [clock.now()]
    clock.set_source(lambda: hand[0])
    return hand


def checksum(algorithm: str, content: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def test_the_server_says_what_it_can_do_to_anybody(phone: Phone) -> None:
    answer = phone.client.options("/api/v1/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "checksum", "expiration", "termination",
    }  # fmt: skip
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert answer.headers["Tus-Max-Size"] == str(8 * 2**20)


def test_a_photo_in_three_parts_is_held(phone: Phone) -> None:
    path = phone.begin(PHOTO)
    for start, end in ((0, 1000), (1000, 70_001), (70_001, len(PHOTO))):
        answer = phone.patch(path, start, PHOTO[start:end])
        assert answer.status_code == 204 and answer.headers["Upload-Offset"] == str(end)
        assert phone.head(path).headers["Upload-Offset"] == str(end)
    assert phone.missing(sha256(PHOTO))["held"] == [sha256(PHOTO)]


def test_head_tells_length_metadata_expiry_and_is_not_stored_by_anybody(phone: Phone) -> None:
    answer = phone.head(phone.begin(PHOTO))
    assert answer.headers["Upload-Length"] == str(len(PHOTO)) and answer.headers["Upload-Offset"] == "0"
    assert answer.headers["Upload-Metadata"] == said(PHOTO)
    assert answer.headers["Upload-Expires"].endswith(" GMT")
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Tus-Resumable"] == "1.0.0"


def test_creation_may_carry_the_first_bytes_or_all(phone: Phone) -> None:
    own = {**TUS, **BODY, "Upload-Length": str(len(PHOTO)), "Upload-Metadata": said(PHOTO)}
    part = phone.client.post("/api/v1/uploads", data=PHOTO[:5000], headers=own)
    assert part.status_code == 201 and part.headers["Upload-Offset"] == "5000"
    whole = phone.client.post("/api/v1/uploads", data=PHOTO, headers=own)
    assert whole.status_code == 201 and whole.headers["Upload-Offset"] == str(len(PHOTO))
    assert phone.missing(sha256(PHOTO))["missing"] == []


def test_a_wrong_offset_is_refused_with_the_right_one(phone: Phone) -> None:
    path = phone.begin(PHOTO)
    phone.patch(path, 0, PHOTO[:100])
    answer = phone.patch(path, 50, PHOTO[50:])
    assert answer.status_code == 409 and answer.headers["Upload-Offset"] == "100"
    assert phone.head(path).headers["Upload-Offset"] == "100"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_part_with_a_wrong_checksum_is_taken_back_and_the_same_part_right_is_kept(
    phone: Phone, algorithm: str
) -> None:
    path = phone.begin(PHOTO)
    phone.patch(path, 0, PHOTO[:1000])
    wrong = phone.patch(path, 1000, PHOTO[1000:2000], **{"Upload-Checksum": checksum(algorithm, b"else")})
    assert wrong.status_code == 460 and wrong.get_json()["code"] == "hash_mismatch"
    assert phone.head(path).headers["Upload-Offset"] == "1000"
    right = phone.patch(path, 1000, PHOTO[1000:], **{"Upload-Checksum": checksum(algorithm, PHOTO[1000:])})
    assert right.status_code == 204


@pytest.mark.parametrize("kept", [0, 1000])
def test_other_bytes_after_a_part_taken_back_are_enciphered_otherwise(
    app: Flask, phone: Phone, tmp_path: Path, kept: int
) -> None:
    path = phone.begin(PHOTO)
    if kept:
        phone.patch(path, 0, PHOTO[:kept])
    file = tmp_path / "data/uploads" / path.rsplit("/", 1)[1]
    wrong, right = bytes(500), PHOTO[kept : kept + 500]
    with app.test_request_context():
        folder = uploads.upload_folder()
        with reading() as session:
            upload = session.get_one(uploads.Upload, UUID(file.name))
        folder.append(upload, kept, [wrong])
        first = file.read_bytes()[-500:]
        folder.take_back(upload, kept, kept + 500)
        assert folder.offset(upload) == kept
        folder.append(upload, kept, [right])
        second = file.read_bytes()[-500:]
        with folder.whole(upload) as arrived:
            assert arrived == PHOTO[: kept + 500]
    apart = bytes(a ^ b for a, b in zip(first, second, strict=True))
    assert apart != right, "one key stream under two texts shows their difference to a thief"
    assert [p.name for p in file.parent.iterdir()] == [file.name]


def test_whoever_writes_while_a_part_is_taken_back_is_told_the_offset(app: Flask, phone: Phone, tmp_path: Path) -> None:
    path = phone.begin(PHOTO)
    phone.patch(path, 0, PHOTO[:2000])
    with app.test_request_context():
        folder = uploads.upload_folder()
        with reading() as session:
            upload = session.get_one(uploads.Upload, UUID(path.rsplit("/", 1)[1]))

        def blocks() -> Iterator[bytes]:
            folder.take_back(upload, 1000, 2000)
            yield PHOTO[2000:3000]

        with pytest.raises(Problem, match="upload_offset") as refused:
            folder.append(upload, 2000, blocks())
    assert refused.value.fields["offset"] == 1000
    assert phone.patch(path, 1000, PHOTO[1000:]).status_code == 204
    assert phone.missing(sha256(PHOTO))["held"] == [sha256(PHOTO)]


@pytest.mark.parametrize("header", ["md5 AAAA", "sha1 !!!", "sha1"])
def test_a_checksum_that_cannot_be_read_is_refused_before_any_byte(phone: Phone, header: str) -> None:
    path = phone.begin(PHOTO)
    assert phone.patch(path, 0, PHOTO[:10], **{"Upload-Checksum": header}).status_code in (400, 460)
    assert phone.head(path).headers["Upload-Offset"] == "0"


def test_a_whole_that_does_not_hash_to_its_name_is_discarded(phone: Phone) -> None:
    path = phone.begin(PHOTO)
    answer = phone.patch(path, 0, PHOTO[:-1] + b"x")
    assert answer.status_code == 460 and answer.get_json()["code"] == "hash_mismatch"
    assert phone.head(path).status_code == 404
    assert phone.missing(sha256(PHOTO))["missing"] == [sha256(PHOTO)]


def test_what_is_no_image_is_not_held(phone: Phone) -> None:
    text = b"this is no picture" * 100
    answer = phone.patch(phone.begin(text), 0, text)
    assert answer.status_code == 422 and answer.get_json()["code"] == "not_an_image"
    assert phone.missing(sha256(text))["missing"] == [sha256(text)]


def test_another_person_finds_no_such_upload(phone: Phone, other: Phone) -> None:
    path = phone.begin(PHOTO)
    assert other.head(path).status_code == 404
    assert other.patch(path, 0, PHOTO).status_code == 404
    assert other.delete(path).status_code == 404
    assert phone.head(path).headers["Upload-Offset"] == "0"


def test_a_terminated_upload_is_gone(phone: Phone) -> None:
    path = phone.begin(PHOTO)
    assert phone.delete(path).status_code == 204
    assert phone.head(path).status_code == 404 and phone.patch(path, 0, PHOTO).status_code == 404


def test_an_upload_expires_and_the_sweeper_takes_its_bytes(
    app: Flask, phone: Phone, at: list[int], tmp_path: Path
) -> None:
    path = phone.begin(PHOTO)
    phone.patch(path, 0, PHOTO[:1000])
    at[0] += LIFETIME_MS
    assert phone.head(path).status_code == 410
    with app.test_request_context(), transaction() as session:
        assert uploads.expire(session, clock.now()) == 1
    assert list((tmp_path / "data/uploads").iterdir()) == []
    assert phone.head(path).status_code == 404


def test_one_person_cannot_fill_the_disk_with_beginnings(phone: Phone, at: list[int], tmp_path: Path) -> None:
    first = phone.begin(PHOTO)
    for _ in range(MOST_OPEN):
        at[0] += 1
        phone.begin(PHOTO)
    assert phone.head(first).status_code == 404
    assert len(list((tmp_path / "data/uploads").iterdir())) == MOST_OPEN


def test_a_finished_upload_tells_its_end_again(phone: Phone) -> None:
    path = phone.begin(PHOTO)
    phone.patch(path, 0, PHOTO)
    assert phone.head(path).headers["Upload-Offset"] == str(len(PHOTO))
    assert phone.patch(path, 0, PHOTO).status_code == 409


def test_a_crash_between_last_byte_and_row_is_finished_by_the_next_question(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = phone.begin(PHOTO)
    with monkeypatch.context() as crash:
        crash.setattr("server.photos.finish.finish", lambda _upload: None)
        phone.patch(path, 0, PHOTO)
    assert phone.missing(sha256(PHOTO))["held"] == []
    assert phone.head(path).headers["Upload-Offset"] == str(len(PHOTO))
    assert phone.missing(sha256(PHOTO))["held"] == [sha256(PHOTO)]


def test_clients_that_know_only_post_may_name_the_method(phone: Phone) -> None:
    path = phone.begin(PHOTO)
    own = {**TUS, **BODY, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert phone.client.post(path, data=PHOTO[:10], headers=own).status_code == 204
    assert phone.client.post(path, headers=TUS).status_code == 405


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "9" * 40}, 400),
        ({"Upload-Length": "٣"}, 400),
        ({"Upload-Length": str(9 * 2**20)}, 413),
        ({"Upload-Metadata": ""}, 422),
        ({"Upload-Metadata": "sha256 !!!"}, 400),
        ({"Upload-Metadata": "sha256 " + base64.b64encode(b"\xff").decode()}, 400),
        ({"Upload-Metadata": "sha256 " + base64.b64encode(b"abc").decode()}, 422),
        ({"Upload-Metadata": "x" * 2000}, 400),
        ({"Upload-Defer-Length": "1"}, 400),
        ({"Upload-Concat": "partial"}, 400),
        ({"Tus-Resumable": "0.2.2"}, 412),
    ],
)
def test_a_creation_that_makes_no_sense_is_refused(phone: Phone, headers: dict[str, str], status: int) -> None:
    answer = phone.create(PHOTO, **{k: v.encode().decode("latin-1") for k, v in headers.items()})
    assert answer.status_code == status and answer.headers["Tus-Resumable"] == "1.0.0"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "image/jpeg"}, 415),
        ({"Upload-Offset": ""}, 400),
        ({"Upload-Offset": "1e3"}, 400),
        ({"Tus-Resumable": ""}, 412),
    ],
)
def test_a_part_that_makes_no_sense_is_refused(phone: Phone, headers: dict[str, str], status: int) -> None:
    path = phone.begin(PHOTO)
    assert phone.patch(path, 0, PHOTO, **headers).status_code == status
    assert phone.head(path).headers["Upload-Offset"] == "0"


def test_more_bytes_than_agreed_are_refused(phone: Phone) -> None:
    path = phone.begin(PHOTO)
    assert phone.patch(path, 0, PHOTO + b"x").status_code == 413
    assert phone.head(path).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("name", ["x", "..%2f..%2fetc", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_name_is_not_found(phone: Phone, name: str) -> None:
    assert phone.head(f"/api/v1/uploads/{name}").status_code == 404
