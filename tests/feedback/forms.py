"""What the tests of feedback do at the doors: a form filled in by somebody, the steps of a handler."""

from __future__ import annotations

import io
import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from server.kernel import clock
from tests.builders import Browser, Hands, at_desk
from tests.world import World

STAMP = re.compile(r'name="stamp" value="([^"]+)"')
RECEIPT = re.compile(r'data-testid="receipt">([\d ]+)<')
SECRET = re.compile(r'data-testid="secret">([\d ]+)<')
SECOND = 1_000


def said(world: World, **more: str) -> dict[str, str]:
    """A complaint about the leader of the first grid."""
    told = {
        "kind": "complaint",
        "about": "grid_leader",
        "grid_id": str(world.areas["grid"]),
        "who": "",
        "words": "没有办",
    }
    return {**told, "town": str(world.areas["town"]), **more}


class Visitor:
    """Somebody with a browser and no account, who takes a minute to write."""

    def __init__(self, app: Flask, hands: Hands, address: str = "10.9.8.7") -> None:
        self.client = app.test_client()
        self.hands, self.address = hands, address
        self.stamp = ""

    def open(self, path: str = "/feedback") -> str:
        page = self.client.get(path, environ_base={"REMOTE_ADDR": self.address})
        assert page.status_code == 200
        self.stamp = stamp_of(page.text)
        return page.text

    def send(self, told: dict[str, str], wait_s: float = 60, photo: bytes | None = None) -> TestResponse:
        self.hands.forward(int(wait_s * SECOND))
        data: dict[str, Any] = {"stamp": self.stamp, "website": "", **told}
        if photo is not None:
            data["photo"] = (io.BytesIO(photo), "p.jpg")
        answer = self.client.post(
            "/feedback", data=data, content_type="multipart/form-data", environ_base={"REMOTE_ADDR": self.address}
        )
        if STAMP.search(answer.text):
            self.stamp = stamp_of(answer.text)
        return answer

    def complain(self, told: dict[str, str], photo: bytes | None = None) -> tuple[str, str]:
        """Receipt and secret."""
        self.open(f"/feedback?town={told['town']}")
        return numbers(self.send(told, photo=photo))

    def status(self, receipt: str, secret: str) -> TestResponse:
        where = {"REMOTE_ADDR": self.address}
        answer: TestResponse = self.client.post(f"/feedback/{receipt}", data={"secret": secret}, environ_base=where)
        return answer


def stamp_of(page: str) -> str:
    found = STAMP.search(page)
    return found.group(1) if found else ""


def numbers(answer: TestResponse) -> tuple[str, str]:
    assert answer.status_code == 200, answer.text
    receipt, secret = RECEIPT.search(answer.text), SECRET.search(answer.text)
    assert receipt and secret, answer.text
    return receipt.group(1).replace(" ", ""), secret.group(1).replace(" ", "")


class Desk:
    """Somebody at a desk, with one piece of feedback before them."""

    def __init__(self, app: Flask, username: str) -> None:
        self.browser: Browser = at_desk(app, username)

    def path_of(self, receipt: str) -> str:
        shown = f"{receipt[:3]} {receipt[3:]}"
        page = self.browser.get("/office/feedback").text
        found = re.search(rf'href="(/office/feedback/[0-9a-f-]{{36}})">{shown}<', page)
        return found.group(1) if found else ""

    def step(self, path: str, step: str, **fields: str) -> TestResponse:
        return self.browser.form(path, step=step, **fields)

    def accept(self, path: str, world: World, username: str) -> None:
        answer = self.step(path, "accept", handler_id=str(world.people[username]))
        assert answer.status_code == 303, answer.text


def days_later(hands: Hands, days: int) -> None:
    hands.forward(days * clock.DAY_MS)
