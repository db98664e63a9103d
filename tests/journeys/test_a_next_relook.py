"""还没整改: a hazard that is still open gets the day of its next look, without a network, and does not fall out of the list."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, expect

from server.kernel import clock
from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import open_hazard, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def in_words(day: date) -> str:
    this_year = day.year == clock.today().year
    return f"{'' if this_year else f'{day.year}年'}{day.month}月{day.day}日"


def chip(phone: Phone, day: date) -> Locator:
    days = phone.page.get_by_role("group", name="下次回头看")
    return days.get_by_role("button", name=in_words(day), exact=True)


def test_what_is_not_put_right_comes_back_on_its_day(world_site: Site, new_phone: Callable[[Site, str], Phone]) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    worker.go_offline()
    record = open_hazard(worker)
    worker.find("note").fill("楼道堆物")
    worker.tap("save")
    expect(worker.find("tab-today")).to_be_visible()
    worker.page.evaluate("id => { location.hash = `#/record/${id}`; }", record)

    preset, later = (clock.today() + timedelta(days=days) for days in (3, 7))
    worker.tap("relook-open")
    with worker.counting(2, "a look that found it open, the day as proposed"):
        worker.tap("relook-not_fixed")
        expect(chip(worker, preset)).to_have_attribute("aria-pressed", "true")
        worker.shoot("the day is proposed")
        worker.tap("save")
    expect(worker.find("record-page")).to_contain_text("回头看 · 还没整改")
    expect(worker.find("record-page")).to_contain_text(f"{in_words(preset)}回头看")
    worker.shoot("the record, unsent")

    worker.tap("relook-open")
    worker.tap("relook-worse")
    worker.tap(chip(worker, later))
    worker.page.reload()
    expect(chip(worker, later)).to_have_attribute("aria-pressed", "true")
    worker.tap("save")
    expect(worker.find("record-page")).to_contain_text(f"{in_words(later)}回头看")
    worker.go_online()
    worker.wait_until_sent()
    told = world_site.query("SELECT outcome, next_on FROM relook ORDER BY at")
    assert [(row["outcome"], str(row["next_on"])) for row in told] == [
        ("not_fixed", preset.isoformat()), ("worse", later.isoformat()),
    ]  # fmt: skip
    history = worker.page.locator("section").filter(has_text="经过").locator("li").last
    expect(history).to_have_text(re.compile(f"更严重了 · {in_words(later)}回头看"))
    worker.shoot("the record, sent")
