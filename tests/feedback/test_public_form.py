"""The public form: anonymous, with a photo, without JavaScript; programs are kept out and people are not."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from server.feedback import public_pages
from server.feedback.models import Feedback, FeedbackPicture
from server.text import text
from tests.builders import Hands, Template
from tests.county import looking
from tests.databases import Databases
from tests.feedback.forms import Visitor, numbers, said
from tests.photos.pictures import jpeg
from tests.world import World

HOUR_S = 3_600


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def visitor(app: Flask, hands: Hands) -> Visitor:
    return Visitor(app, hands)


@pytest.fixture
def limited(databases: Databases, template: Template, tmp_path: Path) -> Iterator[Flask]:
    with template.app(databases, tmp_path, rate_limits=True) as app:
        yield app


def stored(app: Flask) -> list[Feedback]:
    with looking(app) as session:
        return list(session.scalars(sa.select(Feedback)))


def test_anybody_complains_without_a_name_and_sees_how_it_stands(app: Flask, world: World, visitor: Visitor) -> None:
    page = visitor.open()
    assert "<script" not in page and len(page.encode()) < 60_000
    receipt, secret = numbers(visitor.send(said(world)))
    assert len(receipt) == 6 and len(secret) == 12
    one = stored(app)[0]
    assert (one.complainant, one.channel, one.unit_id, one.state) == (None, "web", world.areas["town"], "received")
    assert text("feedback.status.received", "zh") in visitor.status(receipt, secret).text


def test_words_and_names_are_sealed_at_rest(app: Flask, world: World, visitor: Visitor) -> None:
    visitor.complain(said(world, words="标记词语", who="标记某人", name="标记姓名", phone="13900001111"))
    with looking(app) as session:
        columns = "words, who, complainant, secret"
        raw = b"".join(bytes(value) for value in session.execute(sa.text(f"SELECT {columns} FROM feedback")).one())
    assert "标记".encode() not in raw and b"13900001111" not in raw
    assert stored(app)[0].complainant == {"name": "标记姓名", "phone": "13900001111"}


def test_a_wrong_number_and_a_wrong_secret_look_alike(visitor: Visitor, world: World) -> None:
    receipt, secret = visitor.complain(said(world))
    other = f"{(int(receipt) + 1) % 1_000_000:06d}"
    answers = [visitor.status(receipt, "0" * 12), visitor.status(other, secret)]
    assert [answer.status_code for answer in answers] == [422, 422]
    shown = []
    for answer, number in zip(answers, (receipt, other), strict=True):
        shown.append(answer.text.replace(f"{number[:3]} {number[3:]}", "").replace(number, ""))
    first, second = shown
    assert first == second
    assert visitor.client.get("/feedback/12345").status_code == 404
    assert visitor.client.get("/feedback/abcdef").status_code == 404


def test_the_numbers_may_be_typed_with_gaps_as_they_are_said(visitor: Visitor, world: World) -> None:
    receipt, secret = visitor.complain(said(world))
    led = visitor.client.get("/feedback/status", query_string={"receipt": f" {receipt[:3]} {receipt[3:]} "})
    assert led.headers["Location"].startswith(f"/feedback/{receipt}?")
    spaced = " ".join(secret[at : at + 3] for at in range(0, 12, 3))
    assert visitor.status(receipt, spaced).status_code == 200


def test_a_form_that_arrives_twice_is_one_and_has_one_receipt(app: Flask, world: World, visitor: Visitor) -> None:
    visitor.open()
    first = numbers(visitor.send(said(world)))
    assert numbers(visitor.send(said(world))) == first
    assert len(stored(app)) == 1


def test_a_photo_is_drawn_anew_and_lies_sealed_in_its_row(app: Flask, world: World, visitor: Visitor) -> None:
    picture = jpeg(width=640, height=480) + b"GPS HIDDEN BEHIND THE END"
    visitor.complain(said(world), photo=picture)
    with looking(app) as session:
        kept = session.scalars(sa.select(FeedbackPicture)).one().jpeg
        raw = bytes(session.execute(sa.text("SELECT jpeg FROM feedback_picture")).scalar_one())
    assert Image.open(io.BytesIO(kept)).size == (640, 480) and b"HIDDEN" not in kept and b"JFIF" not in raw


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\nbroken"])
def test_what_is_no_photo_is_refused_and_the_words_stay(app: Flask, world: World, visitor: Visitor, content) -> None:
    visitor.open()
    answer = visitor.send(said(world, words="写了很久"), photo=content)
    assert answer.status_code == 422 and "写了很久" in answer.text and stored(app) == []


def test_scripted_input_is_shown_as_words(app: Flask, world: World, visitor: Visitor) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    visitor.open()
    answer = visitor.send(said(world, words=evil, who=evil[:70], kind="nonsense", name=evil[:70], phone=evil[:30]))
    assert answer.status_code == 422 and "<script>" not in answer.text and "<img src=x" not in answer.text


# -- programs stay out -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stamp", ["", "x", "1.2.3", "1764400000000.018f0000-0000-7000-8000-000000000000.AAAA", "١.x.y"]
)
def test_without_a_stamp_of_ours_nothing_is_kept(app: Flask, world: World, visitor: Visitor, stamp: str) -> None:
    visitor.stamp = stamp
    answer = visitor.send(said(world))
    assert answer.status_code == 422 and text("problem.form_again.title", "zh") in answer.text and stored(app) == []


def test_a_program_that_answers_at_once_or_fills_every_field_is_asked_again(app, world, visitor) -> None:
    visitor.open()
    assert visitor.send(said(world), wait_s=1).status_code == 422
    visitor.open()
    assert visitor.send(said(world, website="https://spam.example")).status_code == 422
    assert stored(app) == []


def test_an_address_may_send_so_many_an_hour_and_nothing_of_it_is_kept(
    limited: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_pages, "SENT", ("5/hour", "feedback"))
    hands = Hands()
    flood = Visitor(limited, hands, "10.66.66.66")
    for _ in range(5):
        flood.complain(said(world))
    flood.open()
    answer = flood.send(said(world, words="第六件"))
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
    assert "第六件" in answer.text and text("feedback.wait", "zh") in answer.text
    neighbour = Visitor(limited, hands, "10.66.66.67")
    assert neighbour.complain(said(world))
    with looking(limited) as session:
        for table in sa.inspect(session.get_bind()).get_table_names():
            for row in session.execute(sa.text(f"SELECT * FROM {table}")).all():
                assert "10.66.66" not in repr(row), table


def test_secrets_cannot_be_guessed_in_number(limited: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_pages, "GUESSED", ("5/hour", "feedback-secret"))
    hands = Hands()
    receipt, secret = Visitor(limited, hands).complain(said(world))
    thief = Visitor(limited, hands, "10.66.66.68")
    statuses = [thief.status(receipt, f"{n:012d}").status_code for n in range(6)]
    assert statuses == [422] * 5 + [429]
    assert Visitor(limited, hands, "10.1.1.1").status(receipt, secret).status_code == 200


# -- and people are not ------------------------------------------------------------------------------------------------


def test_real_people_are_not_locked_out(limited: Flask, world: World) -> None:
    """By a shared address, a slow hand, a quick one, a browser that fills fields in, a day's pause, the back button."""
    hands = Hands()
    village = [Visitor(limited, hands, "10.5.5.5") for _ in range(40)]
    for one in village:
        assert one.complain(said(world))
    slow = Visitor(limited, hands, "10.5.5.6")
    slow.open()
    assert numbers(slow.send(said(world), wait_s=40 * HOUR_S))
    for told, wait_s in (({}, 1), ({"website": "filled in by the browser"}, 60), ({}, 80 * HOUR_S)):
        hurried = Visitor(limited, hands, "10.5.5.7")
        hurried.open()
        again = hurried.send(said(world, words="我写的", **told), wait_s=wait_s)
        assert (
            again.status_code == 422 and "我写的" in again.text and 'value="complaint" required checked' in again.text
        )
        assert numbers(hurried.send(said(world, words="我写的", again="yes", **told), wait_s=5)), told
    back = Visitor(limited, hands, "10.5.5.8")
    back.open()
    stamp = back.stamp
    assert back.send(said(world, kind="")).status_code == 422
    back.stamp = stamp
    assert numbers(back.send(said(world)))
