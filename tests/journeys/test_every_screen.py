"""Every screen, of phone and office, in both languages, sun and night, normal and 1.4 × text: axe finds nothing, every
text stands out 7:1 from its ground, every target is 48 px, and the Tab key reaches whatever a finger does.

`make test` sees each screen once, in the next look of the cycle; `make prove` sees each in every look.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.examiner import LISTENERS, PHONE_LOOKS, Examiner, declared_routes, declared_sheets
from tests.journeys.phone import Phone
from tests.journeys.rounds import IN_THE_GRID, Rounds
from tests.journeys.site import Site

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]

PICTURES = os.environ.get("SCREEN_SHOTS")


def examiner(every_look: bool) -> Examiner:
    return Examiner(PHONE_LOOKS, every_look, pictures=Path(PICTURES) if PICTURES else None)


def prepared(phone: Phone) -> Phone:
    context = phone.page.context
    context.grant_permissions(["geolocation"])
    context.set_geolocation(IN_THE_GRID)  # type: ignore[arg-type]
    context.add_init_script(LISTENERS)
    phone.page.emulate_media(reduced_motion="reduce")
    return phone


@pytest.mark.parametrize(
    "languages, every_look",
    [
        pytest.param(("en", "zh"), False, id="sample"),
        pytest.param(("zh",), True, id="zh", marks=pytest.mark.prove),
        pytest.param(("en",), True, id="en", marks=pytest.mark.prove),
    ],
)
def test_every_screen_of_the_phone(
    world_site: Site, new_phone: Callable[[Site, str], Phone], languages: tuple[str, ...], every_look: bool
) -> None:
    phone = prepared(new_phone(world_site, "shared"))
    seen = examiner(every_look)
    for name, sheet in Rounds(phone, world_site, languages).all():
        seen.see(phone.page, name, sheet)
    assert seen.findings == []
    assert declared_routes() <= seen.routes
    assert declared_sheets() == set(seen.sheets.values())
