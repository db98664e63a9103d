"""The way through the pages of borders: a draft with a refused overlap, its steps and its issue, figures, other laws."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from server.kernel import clock
from tests.journeys.office_case_rounds import CaseRounds, Stops

OUTSIDE = "120.93, 30.5\n120.94, 30.5\n120.94, 30.51\n120.93, 30.51"
FEATURE = (
    '{"features":[{"properties":{"name":"示例保护区"},"geometry":{"type":"Polygon","coordinates":'
    "[[[120.912,30.503],[120.926,30.503],[120.926,30.506],[120.912,30.503]]]}}]}"
)


class GridRounds(CaseRounds):
    """The pages of borders."""

    def borders(self) -> Stops:
        self.take_desk("county")
        self.open("/office/grids/other-areas")
        self.page.locator("#basis").fill("示例条例")
        self.file("#file", b"nothing")
        self.send("form[enctype] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "areas of other laws, no GeoJSON"
        self.page.locator("#basis").fill("示例条例")
        self.file("#file", FEATURE.encode())
        self.send("form[enctype] button")
        yield "areas of other laws, one"
        self.take_desk("city")
        self.open("/office/grids/measures")
        self.page.locator("#document_no").fill("示例网办〔2026〕1号")
        self.page.locator("#grid_least").fill("300")
        self.page.locator("#grid_most").fill("500")
        self.send("form[action='/office/grids/measures'] button")
        yield "measures for grids"
        self.take_desk("town")
        self.open("/office/grids")
        self.page.locator("main .rows .row-link").first.click()
        yield "grids of a town"
        yield from self.draft()
        self.open("/office/grids")
        self.page.locator("main .rows .row-link").first.click()
        self.page.locator("#day").fill("2026-02-01")
        self.send("form[method=get] button")
        yield "grids of a town, on a past day"
        yield from self.places()

    def places(self) -> Stops:
        self.open("/office/places")
        yield "places, of which grid"
        self.send("form[method=get] button")
        expect(self.page.get_by_test_id("place").first).to_be_visible()
        yield "places of a grid"
        for name, value in (("name", "东门仓库"), ("lng", "121.9"), ("lat", "30.505")):
            self.page.locator(f"#{name}").fill(value)
        self.page.locator("input[name=matters]").first.check()
        self.send("[data-testid=place-form] button")
        expect(self.page.get_by_role("alert")).to_be_visible()
        yield "a place outside the grid"
        self.page.locator("#lng").fill("120.915")
        self.send("[data-testid=place-form] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "a check point entered"
        self.page.get_by_test_id("place").first.locator("a").click()
        self.page.locator("#matter_code").select_option("VIS-08")
        self.page.locator("#every_days").fill("30")
        self.send("[data-testid=plan-form] button")
        expect(self.page.get_by_role("status")).to_be_visible()
        yield "a check point with a visit plan"
        self.open("/office/visit-plans")
        self.send("form[method=get] button")
        yield "visit plans of a grid"
        self.page.locator("#door").fill("横港路2号")
        self.send("[data-testid=door-form] button")
        expect(self.page.get_by_test_id("door")).to_be_visible()
        yield "a household by its door, with its visit plan"

    def draft(self) -> Stops:
        self.page.locator("#effect_day").fill((clock.today() + timedelta(days=9)).isoformat())
        self.send("[data-testid=new-draft] button")
        yield "a draft of borders, empty"
        self.drawn(OUTSIDE.replace("120.93", "120.925"))
        expect(self.page.locator(".wrong-place")).to_be_visible()
        yield "a draft of borders, an overlap refused"
        self.drawn(OUTSIDE)
        expect(self.page.get_by_role("status").first).to_be_visible()
        yield "a draft of borders, a grid drawn"
        self.page.locator("a[href*='?area=']").first.click()
        expect(self.page.locator("#move-points")).not_to_be_empty()
        yield "a draft of borders, points of a grid"
        self.page.locator("[data-testid=issue] #document_no").fill("示例网〔2026〕1号")
        self.send("[data-testid=issue] button")
        yield "a change of borders, issued"

    def drawn(self, points: str) -> None:
        form = self.page.locator("form[data-operation=draw]")
        if not form.locator("#name").is_visible():
            self.page.locator("#draw > summary").click()
        form.locator("#name").fill("第3网格")
        form.locator("textarea").fill(points)
        self.send("form[data-operation=draw] > button")

    def file(self, selector: str, content: bytes) -> None:
        sent = {"name": "a.geojson", "mimeType": "application/geo+json", "buffer": content}
        self.page.locator(selector).set_input_files([sent])
