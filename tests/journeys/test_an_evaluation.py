"""A county writes rules, the check refuses online hours, they are tried, published and run; a worker opens a line without a
network down to its record and objects; the answer reckons the sheet again, and both versions remain."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from server.evaluation import running
from server.kernel import clock
from server.kernel.ids import new_id
from server.platform.db import transaction
from tests.builders import Hands, add_person, writing
from tests.evaluation.sets import last_month, ratio, rule_set
from tests.journeys.desk import desk_of
from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import sent, settle
from tests.sync.phone import Phone as Sender
from tests.world import app_on, close

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
ONLINE = ratio("ONLINE", "external.online_minutes", "100", title_zh="每日在线时长")
LAWFUL = (ratio("REPORTS", "reports", "60"), ratio("TASKS", "tasks", "40", type="timeliness"))


@contextmanager
def inside(site: Site) -> Iterator[Flask]:
    """The same installation, in this process."""
    app = app_on(site.url, site.data_dir)
    try:
        yield app
    finally:
        close(app)
        clock.set_source(None)


def a_month_ago(site: Site) -> None:
    """Two hazards of the worker, a task that was not done, and enough colleagues for figures."""
    [grid] = [row["id"] for row in site.query("SELECT id FROM grid ORDER BY code LIMIT 1")]
    [village] = [row["id"] for row in site.query("SELECT id FROM org_unit WHERE kind = 'village'")]
    with inside(site) as app:
        hands, ids = Hands(), UUID
        hands.now = clock.start_of(last_month().from_day + timedelta(days=6)) + 12 * 3_600_000
        with writing(app) as session:
            for number in range(3):
                where = {"org_unit_id": ids(village), "grid_id": ids(grid)}
                add_person(session, f"more{number}", role="full_time_worker", **where)
        worker, leader = Sender(app, "worker"), Sender(app, "leader")
        for _ in range(2):
            told = {"id": str(new_id()), "grid_id": str(ids(grid)), "matter_code": "HAZ-01", "severity": "general"}
            more = {"advice": [], "fixed_on_spot": False, "note": "楼道堆物", "place": {"source": "none"}, "photos": []}
            assert worker.do("hazards.report", {**told, **more})["outcome"] == "applied"
        task = {"id": str(new_id()), "grid_id": str(ids(grid)), "person_id": worker.person, "matter_code": "HAZ-01"}
        due = {"words": "查看楼道", "due_day": (clock.today() + timedelta(days=3)).isoformat()}
        assert leader.do("tasks.assign", {**task, **due})["outcome"] == "applied"


def reckon(site: Site) -> None:
    """What the worker process does with a run that was started."""
    with inside(site) as app, app.app_context():
        done = 1
        while done:
            with transaction() as session:
                done = running.compute_some(session, clock.now())


def write(page: Page, *indicators: dict[str, Any]) -> None:
    page.locator("#body").fill(json.dumps(rule_set(*indicators), ensure_ascii=False, indent=1))


def test_from_the_rules_to_an_answered_objection(world_site: Site, new_phone: Callable[[Site, str], Phone]) -> None:
    a_month_ago(world_site)
    phone = new_phone(world_site, "worker")
    with desk_of(phone.playwright, world_site, "county", "/office/evaluation") as page:
        page.locator("#document_no").fill("示例〔2026〕1号")
        page.locator("button[value=on]").click()
        expect(page.get_by_role("status")).to_be_visible()
        page.locator("a[href$='/sets/new']").click()
        write(page, ONLINE)
        expect(page.get_by_test_id("lint")).to_contain_text("国办函〔2026〕12号")
        write(page, *LAWFUL)
        expect(page.get_by_test_id("lint").locator(".done")).to_be_visible()
        page.locator("button[value=save]").click()
        page.get_by_test_id("try-form").locator("button").click()
        expect(page.get_by_test_id("tried").locator("tbody tr")).to_have_count(2)
        page.get_by_test_id("publish-form").locator("[type=checkbox]").check()
        page.get_by_test_id("publish-form").locator("button").click()
        expect(page.get_by_role("status").first).to_be_visible()
        page.get_by_test_id("run-form").locator("button").click()
        expect(page.locator("h1")).to_contain_text(last_month().label)
    reckon(world_site)

    settle(phone)
    phone.tap("tab-records")
    phone.tap("score-sheet")
    expect(phone.find("score-agrees", agrees="true")).to_be_visible()
    phone.go_offline()
    phone.page.reload()
    expect(phone.find("score-total", total="60")).to_be_visible()
    expect(phone.find("score-agrees", agrees="true")).to_be_visible()
    phone.shoot("sheet")
    phone.tap("score-open-REPORTS")
    expect(phone.find("score-evidence")).to_be_visible()
    phone.shoot("line")
    phone.tap(phone.find("score-source").first)
    expect(phone.page.locator("main")).to_contain_text("楼道堆物")
    phone.page.go_back()
    phone.tap("score-open-TASKS")
    with phone.counting(2, "an objection to an open line"):
        phone.tap("objection-open")
        phone.tap("objection-late_by_others")
    expect(phone.find("score-line", indicator="TASKS", disputed="true")).to_be_visible()
    phone.shoot("objected")
    phone.go_online()
    sent(phone, world_site, "objections.make")
    phone.wait_until_sent()

    with desk_of(phone.playwright, world_site, "town", "/office/evaluation/objections") as page:
        panel = page.get_by_test_id("objection")
        panel.locator("select[name=effect]").select_option("met")
        panel.locator("input[name=words]").fill("那天已办好，是漏登")
        panel.locator("button[value=accepted]").click()
        expect(page.get_by_role("status")).to_be_visible()

    phone.page.reload()
    expect(phone.find("score-total", total="100")).to_be_visible()
    expect(phone.find("score-earlier")).to_contain_text("60")
    expect(phone.find("score-agrees", agrees="true")).to_be_visible()
    phone.tap("score-open-TASKS")
    expect(phone.find("objection", outcome="accepted")).to_contain_text("漏登")
    phone.shoot("answered")
    versions = world_site.query("SELECT count(*) AS n FROM sheet_version WHERE version > 1")
    assert versions[0]["n"] == 2, "the objection and its answer"
