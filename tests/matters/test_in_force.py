"""A record names a matter in force on its day; a county's entry hides the city's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import sqlalchemy as sa

from server.kernel import clock
from server.matters import commands, queries
from server.matters.models import Matter
from server.matters.rules import MatterFacts, ReviewFacts, entry_in_force
from tests.world import COUNTY, STARTED

DAY = date(2026, 6, 1)
CITYS = MatterFacts(
    id=uuid4(), code="HAZ-01", duty="hazards", data_class="P", photo_policy="optional", review=ReviewFacts("none"),
    low_risk=False, from_day=date(2026, 1, 1),
)  # fmt: skip
OWN = replace(CITYS, id=uuid4(), county_code=COUNTY, from_day=date(2026, 3, 1), to_day=date(2026, 9, 1))


def test_the_countys_entry_hides_the_citys_while_it_is_in_force() -> None:
    assert entry_in_force([CITYS, OWN], "HAZ-01", DAY) is OWN
    assert entry_in_force([CITYS, OWN], "HAZ-01", date(2026, 2, 28)) is CITYS
    assert entry_in_force([CITYS, OWN], "HAZ-01", date(2026, 9, 1)) is CITYS  # the last day does not count
    assert entry_in_force([CITYS, OWN], "HAZ-01", date(2025, 12, 31)) is None
    assert entry_in_force([CITYS, OWN], "HAZ-02", DAY) is None


def test_of_two_versions_the_later_one_counts() -> None:
    newer = replace(OWN, id=uuid4(), from_day=date(2026, 5, 1), to_day=None)
    assert entry_in_force([newer, OWN, CITYS], "HAZ-01", DAY) is newer


def test_the_list_of_a_county_holds_its_own_and_the_citys(session) -> None:
    commands.load_starter_list(
        session, county_code=None, from_day=STARTED - timedelta(days=30), review=ReviewFacts("none")
    )
    found = queries.matter_in_force(session, COUNTY, "VIS-08", clock.today())
    assert (found.county_code, found.review.mode) == (COUNTY, "all")
    before = queries.matter_in_force(session, COUNTY, "VIS-08", STARTED - timedelta(days=1))
    assert before.county_code is None
    assert queries.matter_in_force(session, "330481", "VIS-08", clock.today()).county_code is None
    assert len(queries.matters_in_force(session, COUNTY, clock.today())) == 45


def test_a_withdrawn_matter_is_no_longer_in_force(session) -> None:
    session.scalars(sa.select(Matter).where(Matter.code == "HAZ-09")).one().to_day = clock.today()
    session.flush()
    assert queries.matter_in_force(session, COUNTY, "HAZ-09", clock.today()) is None
    assert queries.matter_in_force(session, COUNTY, "HAZ-09", clock.today() - timedelta(days=1)) is not None


def test_one_entry_is_read_alone_and_the_list_once_a_session(session, app) -> None:
    asked = []
    sa.event.listen(
        session.get_bind(),
        "before_cursor_execute",
        lambda *a: asked.append(a[2]) if a[2].startswith("SELECT") else None,
    )
    assert queries.matter_in_force(session, COUNTY, "HAZ-01", clock.today())
    assert queries.matter_in_force(session, COUNTY, "HAZ-01", clock.today())
    assert len(asked) == 3 and "matter.code = " in asked[0]
    for code in ("HAZ-02", "VIS-01", "PUB-03", "HAZ-01"):
        assert queries.matter_in_force(session, COUNTY, code, clock.today()).code == code
    assert len(asked) == 6 and len(queries.matter_list(session, COUNTY)) > 4 and len(asked) == 6
