"""What the HTML pages of all rooms share: who is signed in, the menu, the hidden CSRF field, how moments are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import g, render_template, request
from markupsafe import Markup, escape
from marshmallow import Schema
from werkzeug.local import LocalProxy

from server.kernel import clock
from server.kernel.problems import Problem
from server.people.guard import is_signed_in, signed_in
from server.people.registry import OfficePage, office_pages
from server.people.rules import may
from server.platform import csrf
from server.platform.db import db
from server.platform.language import language
from server.text import text

HOME = "/office"
THEME, THEMES = "theme", ("sun", "night")
HAN = re.compile(r"([\u3400-\u9fff\U00020000-\U0003ffff]+)")


def frame() -> dict[str, Any]:
    """What every template may use besides its own values. Who is signed in is asked only by pages that show it."""
    return {
        "signed_in": LocalProxy(lambda: signed_in() if is_signed_in() else None),
        "menu": LocalProxy(menu),
        "menu_within": menu_within,
        "waiting_at": waiting_at,
        "csrf_token": lambda: csrf.token_of(signed_in().secret),
        "words": text,
        "request_id": g.get("request_id"),
        "here": request.path if request else "",
        "typed_at": typed_at,
        "theme": theme(),
        "is_done": request.args.get("done") if request else None,
    }


def theme() -> str:
    chosen = request.cookies.get(THEME, "") if request else ""
    return chosen if chosen in THEMES else THEMES[0]


def menu() -> list[OfficePage]:
    """The office pages that the permission table opens to whoever is signed in."""
    if not is_signed_in() or signed_in().restricted:
        return []
    holder = signed_in().holder
    return [page for page in office_pages() if page.action is None or may(holder, page.action)]


def menu_within(pages: list[OfficePage]) -> str:
    """Path of the menu's page under which the page that is read lies, the nearest; none lies under the home page."""
    if request.path in {one.path for one in pages}:
        return ""
    above = [one.path for one in pages if one.path != HOME and request.path.startswith(f"{one.path}/")]
    return max(above, key=len, default="")


def waiting_at(item: OfficePage) -> int:
    """How much waits for the reader at a page of the menu, for those few that say so: asked once while a page is made."""
    if item.count is None:
        return 0
    asked: dict[str, int] = g.setdefault("waiting_at", {})
    if item.path not in asked:
        asked[item.path] = item.count(db.session(), signed_in().person_id)
    return asked[item.path]


def page(template: str, problem: Problem | None = None, **values: Any) -> Any:
    """A page, with the problem's status and words on top when there is one."""
    body = render_template(template, problem=problem, typed=request.form, **values)
    return (body, problem.status, problem.headers) if problem else body


def typed_at(path: str) -> Mapping[str, str]:
    """What came to this path of a page with several forms: each form shows again what was typed in it, not its sisters'."""
    return request.form if request.path == path else {}


def typed(schema: Schema, **lists: str) -> dict[str, Any]:
    """The form through its shape; empty fields are absent. ``lists`` names fields that may come several times."""
    values: dict[str, Any] = {k: v for k, v in request.form.items() if v != "" and k != "csrf_token" and k not in lists}
    for name in lists:
        values[name] = request.form.getlist(name)
    loaded: dict[str, Any] = schema.load(values)
    return loaded


def written_moment(instant: int | None) -> str:
    """``2026-11-24 09:30`` in China, as files write it; empty for none."""
    return clock.as_text(instant)[:16].replace("T", " ") if instant else ""


def read_moment(instant: int | None) -> str:
    """``2026年11月24日 09:30`` in China, as people read it on a page; empty for none."""
    return f"{read_day(clock.day_of(instant))} {clock.as_text(instant)[11:16]}" if instant else ""


def read_day(day: date | str | None) -> str:
    """``2026年11月24日``, in English ``24 Nov 2026``; a day may come as a row on the wire writes it. Empty for none."""
    found = date.fromisoformat(day) if isinstance(day, str) and day else day
    return text("page.day", language(), day=found) if isinstance(found, date) and found != date.min else ""


def said(words: str) -> Markup:
    """A sentence with Chinese names in it: on an English page they say so, for whoever hears the page."""
    if language() == "zh":
        return escape(words)
    parts = (
        Markup('<span lang="zh-CN">{}</span>').format(part) if at % 2 else escape(part)
        for at, part in enumerate(HAN.split(words))
    )
    return Markup("").join(parts)


FILTERS = {"moment": read_moment, "day": read_day, "said": said}
