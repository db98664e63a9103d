"""A complaint about the leader is in no list, stream, file or log of the leader, the grid, the village or anybody else.

Every door of the app is knocked at, whatever room it belongs to and whenever it was added: lists, pages of objects by the
complaint's own ids, exports, the auditor's pages, streams, the archive, pictures by hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from server.feedback.models import Feedback
from server.findings.models import Finding
from server.kernel import clock
from server.kernel.ids import new_id
from server.platform.streams import StreamEntry
from tests import world as worlds
from tests.builders import Browser, Hands, at_desk, signed_in
from tests.county import looking
from tests.feedback.forms import Desk, Visitor, said
from tests.people.matrix_doors import DESKS, EVERYBODY
from tests.photos.pictures import jpeg
from tests.sync.phone import Phone
from tests.world import World

WORDS, WHO, NAME, PHONE = "标记投诉内容", "标记被诉特征", "标记投诉人", "13912345678"
MARKS = (WORDS, WHO, NAME, PHONE)
HANDLES = "town"
PICTURE = jpeg(seed=77)
FILE = {"file_format": "csv", "purpose": "例会"}
ECHOES = "/feedback/<receipt>"  # says back the number that was typed, whether there is one or not


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """On one database: what a door shows does not depend on it."""
    made = worlds.app_on("", tmp_path)
    yield made
    worlds.close(made)


@pytest.fixture
def world(app: Flask) -> World:
    return worlds.build(app)


class Complaint:
    """About the leader of the first grid, with everything that could leak."""

    def __init__(self, app: Flask, world: World) -> None:
        told = said(world, words=WORDS, who=WHO, name=NAME, phone=PHONE)
        self.receipt, self.secret = Visitor(app, Hands()).complain(told, photo=PICTURE)
        with looking(app) as session:
            self.id = str(session.scalars(sa.select(Feedback.id)).one())
        self.desk = Desk(app, HANDLES)
        self.path = f"/office/feedback/{self.id}"
        self.more: list[str] = []

    def marks(self) -> tuple[str, ...]:
        shown = f"{self.receipt[:3]} {self.receipt[3:]}"
        return (*MARKS, self.id, self.receipt, shown, self.secret, *self.more)


def filled(rule: Rule, complaint: Complaint) -> str:
    """The rule with the complaint's own ids wherever it names an object."""
    path = rule.rule
    for name in rule.arguments:
        kind = type(rule._converters[name]).__name__
        value = {"UUIDConverter": complaint.id, "IntegerConverter": "1"}.get(kind)
        text = value or (hashlib.sha256(PICTURE).hexdigest() if name == "sha256" else complaint.receipt)
        for written in (f"<{name}>", f"<uuid:{name}>", f"<int:{name}>", f"<path:{name}>", f"<string:{name}>"):
            path = path.replace(written, text)
    return path


def leaks(app: Flask, browser: Browser, complaint: Complaint) -> list[str]:
    """Every door at which something of it shows, as ``method rule: mark``."""
    found = []
    for rule in app.url_map.iter_rules():
        path = filled(rule, complaint)
        answers = []
        if "GET" in (rule.methods or ()):
            answers.append(("GET", browser.get(path)))
        if rule.rule.endswith("/export"):
            answers.append(("POST", browser.form(path, **FILE)))
        for method, answer in answers:
            seen = answer.get_data().decode("utf-8", "replace") if answer.mimetype != "image/jpeg" else "a picture"
            marks = MARKS if rule.rule == ECHOES else complaint.marks()
            found += [f"{method} {rule.rule}: {mark}" for mark in (*marks, "a picture") if mark in without(seen, path)]
    return found


def without(text: str, path: str) -> str:
    """A page may name its own address: whoever asked for it typed it."""
    return text.replace(path, "").replace(quote(path, safe=""), "")


def in_streams(app: Flask, complaint: Complaint) -> list[Any]:
    with looking(app) as session:
        ids = [complaint.id, *complaint.more]
        return [row for row in session.scalars(sa.select(StreamEntry)) if str(row.object_id) in ids]


def settled(complaint: Complaint, app: Flask, world: World) -> None:
    complaint.desk.accept(complaint.path, world, HANDLES)
    complaint.desk.step(complaint.path, "name", person_id=str(world.people["leader"]))
    complaint.desk.step(complaint.path, "settle", outcome="upheld", answer="属实", facts="")
    told = {"ground": "4", "happened_on": clock.today().isoformat(), "words": "态度蛮横", "feedback_id": complaint.id}
    made = complaint.desk.browser.form(
        "/office/findings", id=str(new_id()), person_id=str(world.people["leader"]), **told
    )
    assert made.status_code == 303, made.text
    with looking(app) as session:
        complaint.more.append(str(session.scalars(sa.select(Finding.id)).one()))


OTHERS = ("leader", "worker", "adviser", "village", "dept", "auditor", "sysadmin", "secadmin", "county", "city")


@pytest.mark.timeout(900)
def test_it_shows_at_no_door_of_anybody_else_and_in_no_stream(app: Flask, world: World, capfd: Any) -> None:
    complaint = Complaint(app, world)
    assert leaks(app, complaint.desk.browser, complaint), "or this proves nothing: its handler's doors show it"
    for username in OTHERS:
        browser = at_desk(app, username) if username in DESKS else signed_in(app, username)
        assert leaks(app, browser, complaint) == [], username
    assert leaks(app, Browser(app), complaint) == []
    assert in_streams(app, complaint) == []
    phone = Phone(app, "leader")
    before = repr(phone.pull())
    settled(complaint, app, world)
    assert in_streams(app, complaint) == []
    after = repr(phone.pull())
    assert not [mark for mark in complaint.marks() if mark in before or mark in after]
    assert "paper_waits" not in before and "paper_waits" in after, "the leader is told that there is something to read"
    leader = signed_in(app, "leader")
    assert {one.split(": ")[0] for one in leaks(app, leader, complaint)} == {"GET /office/heard"}
    seen = leader.get("/office/heard").text
    assert "态度蛮横" in seen and not [mark for mark in (*MARKS, complaint.id) if mark in seen]
    for username in ("worker", "village", "auditor"):
        browser = at_desk(app, username) if username in DESKS else signed_in(app, username)
        assert leaks(app, browser, complaint) == [], username
    logged = "".join(capfd.readouterr())
    assert not [mark for mark in MARKS if mark in logged]


def test_everybody_is_somebody_of_the_county() -> None:
    assert set(OTHERS) <= EVERYBODY - {HANDLES}


def test_there_is_no_file_of_it(app: Flask) -> None:
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    ways_out = [rule for rule in rules if rule.startswith(("/office/feedback", "/office/findings", "/office/holds"))]
    assert ways_out and not [rule for rule in ways_out if "export" in rule]
