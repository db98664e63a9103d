"""Evaluation in the rounds: a month that was scored, for the phone's screens and the office's pages."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from server.messages.models import Message
from server.people.models import Person
from server.platform.db import db, transaction
from tests.evaluation.sets import evaluated
from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.world import World, app_on, close


def scored_month(site: Site) -> dict[str, UUID]:
    """Last month, closed; one line of the worker in dispute. No message rings of it, so that other screens stay as they are."""
    app = app_on(site.url, site.data_dir)
    with app.app_context():
        people = {person.username: person.id for person in db.session.scalars(sa.select(Person))}
    made = evaluated(app, World(people=people))
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Message).where(Message.kind == "sheet_ready").values(read_at=Message.at))
    close(app)
    return made


def score_screens(phone: Phone, site: Site) -> Iterator[tuple[str, str | None]]:
    """My record with a sheet, the sheet, its lines, one with an objection that waits."""
    scored_month(site)
    phone.page.reload()
    phone.tap("tab-records")
    expect(phone.find("score-sheet")).to_be_visible(timeout=60_000)
    yield "records, with a score sheet and a merit badge", None
    phone.tap("score-sheet")
    expect(phone.find("score-agrees", agrees="true")).to_be_visible()
    yield "score sheet", None
    phone.tap("score-open-VISITS")
    expect(phone.find("score-evidence")).to_be_visible()
    yield "score sheet, a line opened", None
    phone.tap("score-open-TASKS")
    expect(phone.find("objection-words")).to_be_visible()
    yield "score sheet, a line in dispute", None
    phone.tap("score-back")


def evaluation_pages(page: Page, base: str, made: dict[str, UUID]) -> Iterator[str]:
    """What the county's menu does not lead to by itself. ``base``: address of the site."""
    for path, name in (
        ("sets/new", "rule set, a new one"),
        (f"sets/{made['rule_set']}?day=2026-02-01", "rule set, published and tried"),
        (f"sets/{made['set_draft']}?with={made['rule_set']}", "rule set, a draft compared"),
        (f"runs/{made['run']}", "score sheets, which unit"),
        (f"sheets/{made['sheet']}", "score sheet at the desk"),
    ):
        page.goto(f"{base}/office/evaluation/{path}")
        yield name
    page.goto(f"{base}/office/evaluation/runs/{made['run']}")
    page.locator("#unit").select_option(label="village")
    page.locator("form[method=get] button").click()
    expect(page.get_by_test_id("sheets")).to_be_visible()
    yield "score sheets of a unit"
    page.goto(f"{base}/office/evaluation/sets/new")
    page.locator("#body").fill("{")
    page.locator("button[value=save]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "rule set, unreadable"
    page.goto(f"{base}/office/evaluation/objections")
    page.locator("input[name=words]").fill("已核对")
    page.locator("button[value=accepted]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "objection, nothing chosen"
    page.goto(f"{base}/office/evaluation/proposals")
    page.locator("button[value=declined]").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "proposal, reasons missing"
    page.goto(f"{base}/m/x.y")
    yield "merit badge, not valid"
