"""A town draws and splits a grid on the map, an overlap refused on the way; a zone committee draws under a district's code."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright, expect

from server.areas.applying import apply_due
from server.kernel import clock
from server.platform.db import transaction
from tests.areas.drafts import add_zone
from tests.journeys.desk import desk_of
from tests.journeys.site import Site
from tests.world import World, app_on, close

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
NUMBER = "示例网〔2026〕3号"
ZONE_GROUND = "120.70, 30.80\n120.71, 30.80\n120.71, 30.81\n120.70, 30.81"


@contextmanager
def office_of(site: Site) -> Iterator[Flask]:
    """The same installation from inside, as its worker would be."""
    app = app_on(site.url, site.data_dir)
    try:
        yield app
    finally:
        close(app)


def shoot(page: Page, name: str) -> None:
    folder = os.environ.get("JOURNEY_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/grid-borders-{name}.png", full_page=True)


def place_on_map(page: Page, lng: float, lat: float) -> tuple[float, float]:
    """Where a coordinate lies on the screen."""
    found = page.evaluate(
        """([lng, lat]) => {
          const svg = document.querySelector('svg.border-map'), at = (name) => Number(svg.dataset[name]);
          const spot = new DOMPoint((lng * 1e7 - at('west')) / at('perX'), (at('north') - lat * 1e7) / at('perY'));
          const { x, y } = spot.matrixTransform(svg.getScreenCTM());
          return [x, y];
        }""",
        [lng, lat],
    )
    return float(found[0]), float(found[1])


def open_operation(page: Page, name: str) -> None:
    details = page.locator(f"details#{name}")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    page.locator(f"[data-points={name}] button", has_text="在图上画").click()
    expect(page.locator("svg.border-map")).to_be_focused()


def begin(page: Page) -> None:
    page.locator("#effect_day").fill(clock.today().isoformat())
    page.locator("[data-testid=new-draft] button").click()
    expect(page.locator("h1")).to_have_text("边界调整草案")


def issue(page: Page) -> None:
    page.locator("[data-testid=issue] #document_no").fill(NUMBER)
    page.locator("[data-testid=issue] button").click()
    expect(page.get_by_role("status").first).to_contain_text("已发文")


def test_a_grid_is_drawn_and_split_and_an_overlap_is_refused(playwright: Playwright, world_site: Site) -> None:
    with desk_of(playwright, world_site, "town", "/office/grids") as page:
        page.locator("main .rows .row-link").first.click()
        shoot(page, "unit")
        begin(page)
        open_operation(page, "draw")
        for lng, lat in ((120.925, 30.5), (120.932, 30.5), (120.932, 30.51), (120.925, 30.51)):
            page.mouse.click(*place_on_map(page, lng, lat))
        expect(page.locator("[data-points=draw] .points li")).to_have_count(4)
        page.locator("form[data-operation=draw] #name").fill("东网格")
        page.locator("form[data-operation=draw] > button").click()
        expect(page.get_by_role("alert")).to_contain_text("边界重叠")
        expect(page.locator(".wrong-place")).to_be_visible()
        expect(page.locator("[data-testid=where]")).to_contain_text("第2网格")
        shoot(page, "overlap")
        page.locator("form[data-operation=draw] input[name=trim]").check()
        page.locator("form[data-operation=draw] > button").click()
        expect(page.get_by_role("status").first).to_contain_text("已画好")
        open_operation(page, "split")
        split_by_keys(page)
        page.locator("#split-area").select_option(label="第1网格")
        page.locator("#split-name").fill("第1网格北")
        page.locator("form[data-operation=split] > button").click()
        expect(page.get_by_role("status").first).to_contain_text("已拆分")
        shoot(page, "split")
        issue(page)
        with office_of(world_site) as app, app.app_context(), transaction() as session:
            assert apply_due(session, clock.now()) == 1
        page.goto(f"http://127.0.0.1:{world_site.port}/office/grids")
        page.locator("main .rows .row-link").first.click()
        for name in ("东网格", "第1网格北"):
            expect(page.locator("table").first).to_contain_text(name)
        expect(page.locator("svg path.grid")).to_have_count(4)
        page.locator("#day").fill("2026-03-01")
        page.locator("form[method=get] button").click()
        expect(page.locator("svg path.grid")).to_have_count(2)


def split_by_keys(page: Page) -> None:
    """From the middle of the map to the west edge and, by way of the middle, on to the other side: no pointer is touched."""
    svg = page.locator("svg.border-map")
    west, _ = place_on_map(page, 120.908, 30.505)
    middle, height = place_on_map(page, 120.9205, 30.505)
    box = svg.bounding_box()
    assert box is not None
    here = box["x"] + box["width"] / 2
    for _ in range(max(0, round((here - west) / 40))):
        svg.press("Shift+ArrowLeft")
    svg.press("Enter")
    for _ in range(max(0, round((middle - west) / 40))):
        svg.press("Shift+ArrowRight")
    svg.press("Enter")
    assert height
    expect(page.locator("[data-points=split] .points li")).to_have_count(2)
    svg.press("Escape")


def test_a_zone_committee_draws_a_grid_whose_code_lies_under_a_district(
    playwright: Playwright, world_site: Site
) -> None:
    with office_of(world_site) as app, app.app_context(), transaction() as session:
        city = session.connection().exec_driver_sql("SELECT id FROM org_unit WHERE kind = 'city'").scalar()
        add_zone(session, World(areas={"city": UUID(str(city))}))
    with desk_of(playwright, world_site, "zone", "/office/grids") as page:
        page.get_by_role("link", name="经开区管委会").click()
        expect(page.locator("main")).to_contain_text("还没有画出边界")
        begin(page)
        page.locator("details#draw summary").click()
        page.locator("form[data-operation=draw] #name").fill("长纤第一网格")
        page.locator("#draw-points").fill(ZONE_GROUND)
        page.locator("form[data-operation=draw] > button").click()
        expect(page.get_by_role("status").first).to_contain_text("已画好")
        issue(page)
        expect(page.locator("table").first).to_contain_text("330411005006001")
        shoot(page, "zone")
