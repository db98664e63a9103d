"""附近已经报过: a colleague's open hazard shows inside the form, without a network; one tap joins it, and both count."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from server.matters.commands import seed_policies
from server.platform.db import transaction
from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import object_on_screen, open_hazard, settle
from tests.world import app_on, close

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

HERE = {"latitude": 30.505, "longitude": 120.915, "accuracy": 8}
TEN_METRES_ON = {**HERE, "latitude": 30.50509}


def set_up(site: Site) -> None:
    """The settings of the city, as shipped."""
    app = app_on(site.url, site.data_dir)
    with app.app_context(), transaction() as session:
        seed_policies(session)
    close(app)


def stand(phone: Phone, where: dict[str, float]) -> None:
    phone.page.context.grant_permissions(["geolocation"])
    phone.page.context.set_geolocation(where)  # type: ignore[arg-type]


def hazard_here(phone: Phone, note: str) -> str:
    record = open_hazard(phone)
    expect(phone.find("place", source="fix")).to_be_visible()
    phone.find("note").fill(note)
    return record


def test_a_colleague_sees_it_before_sending_joins_it_and_both_count(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    set_up(world_site)
    first, second = new_phone(world_site, "worker"), new_phone(world_site, "worker2")
    settle(first)
    stand(first, HERE)
    earlier = hazard_here(first, "消防通道堆了纸箱")
    expect(first.find("near")).to_have_count(0)
    first.tap("save")
    expect(first.find("tab-today")).to_be_visible()
    first.wait_until_sent()

    settle(second, "worker2")
    second.go_offline()
    stand(second, TEN_METRES_ON)
    record = hazard_here(second, "通道还堵着")
    expect(second.find("near-row")).to_have_attribute("data-id", earlier)
    second.find("near").scroll_into_view_if_needed()
    second.shoot("reported nearby already")
    second.tap("near-join")
    expect(second.find("near-same")).to_be_visible()
    second.tap("near-undo")
    second.tap("near-join")
    second.shoot("joined")
    assert object_on_screen(second) == record
    second.tap("save")
    expect(second.find("tab-today")).to_be_visible()
    second.go_online()
    second.wait_until_sent()

    [told] = world_site.query("SELECT same_as, record_id FROM hazard WHERE same_as IS NOT NULL")
    assert [str(told[name]).replace("-", "") for name in ("same_as", "record_id")] == [
        name.replace("-", "") for name in (earlier, record)
    ]
    reviews = {str(row["review_status"]) for row in world_site.query("SELECT review_status FROM record")}
    assert len(reviews) == 1
    second.page.evaluate("id => { location.hash = `#/record/${id}`; }", record)
    expect(second.find("same-as")).to_be_visible()
    second.shoot("the record")
