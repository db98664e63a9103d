"""A hazard that somebody had reported before: the report is taken and counts, and names the earlier one. On both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from server.cases.models import CaseFile
from server.kernel import clock
from tests.builders import at_desk, writing
from tests.sync.phone import Phone, hazard, publicity
from tests.world import World


def test_it_is_a_report_of_its_own_that_names_the_earlier_one(app: Flask, world: World) -> None:
    first, second = hazard(world), hazard(world, photos=[])
    assert Phone(app, "worker").do("hazards.report", first)["outcome"] == "applied"
    colleague = Phone(app, "worker2")
    assert colleague.do("hazards.report", {**second, "same_as": first["id"]})["outcome"] == "applied"
    rows = Phone(app, "leader").pull()["record"]
    assert rows[second["id"]]["body"]["same_as"] == first["id"]
    assert "same_as" not in rows[first["id"]]["body"]
    assert rows[second["id"]]["review"]["status"] == rows[first["id"]]["review"]["status"]


@pytest.mark.parametrize("earlier", ["never arrived", "itself", "another grid", "no hazard"])
def test_a_link_that_leads_nowhere_costs_no_report(app: Flask, world: World, earlier: str) -> None:
    worker = Phone(app, "worker")
    told = hazard(world, photos=[])
    others = {
        "never arrived": "0197a000-0000-7000-8000-00000000dead",
        "itself": told["id"],
        "another grid": _elsewhere(app, world),
        "no hazard": _no_hazard(app, world),
    }
    assert worker.do("hazards.report", {**told, "same_as": others[earlier]})["outcome"] == "applied"
    assert "same_as" not in worker.pull()["record"][told["id"]]["body"]


@pytest.mark.parametrize("made_of", ["first", "second"])
def test_whoever_joined_hears_what_became_of_it_and_no_second_case_is_offered(
    app: Flask, world: World, made_of: str
) -> None:
    """Joining an earlier report counts as reporting, whichever of the two the office makes a case of."""
    told = {"first": hazard(world, photos=[])}
    assert Phone(app, "worker").do("hazards.report", told["first"])["outcome"] == "applied"
    told["second"] = hazard(world, photos=[], same_as=told["first"]["id"])
    assert Phone(app, "worker2").do("hazards.report", told["second"])["outcome"] == "applied"
    told["third"] = hazard(world, photos=[], same_as=told["first"]["id"])
    assert Phone(app, "worker2").do("hazards.report", told["third"])["outcome"] == "applied"
    alone = hazard(world, photos=[])
    assert Phone(app, "worker").do("hazards.report", alone)["outcome"] == "applied"
    town = at_desk(app, "town")
    answer = town.form(f"/office/cases/new/{told[made_of]['id']}", level="L3", grid_helps="yes")
    assert answer.status_code == 303, answer.text
    for who in ("worker", "worker2"):
        rows = Phone(app, who).pull()["message"].values()
        assert [one["record_id"] for one in rows if one["kind"] == "case_opened"] == [told[made_of]["id"]]
    offered = town.get("/office/cases/new").text
    assert alone["id"] in offered
    assert all(one["id"] not in offered for one in told.values())


def test_a_hazard_that_comes_back_after_its_case_was_over_is_offered(app: Flask, world: World) -> None:
    first = hazard(world, photos=[])
    assert Phone(app, "worker").do("hazards.report", first)["outcome"] == "applied"
    town = at_desk(app, "town")
    assert town.form(f"/office/cases/new/{first['id']}", level="L3", grid_helps="yes").status_code == 303
    with writing(app) as session:
        session.scalars(sa.select(CaseFile)).one().over_at = clock.now()
    again = hazard(world, photos=[], same_as=first["id"])
    assert Phone(app, "worker2").do("hazards.report", again)["outcome"] == "applied"
    offered = town.get("/office/cases/new").text
    assert again["id"] in offered and first["id"] not in offered


def _elsewhere(app: Flask, world: World) -> str:
    told = hazard(world, grid_id=str(world.areas["other_grid"]), photos=[])
    assert Phone(app, "worker3").do("hazards.report", told)["outcome"] == "applied"
    return str(told["id"])


def _no_hazard(app: Flask, world: World) -> str:
    told = publicity(world)
    assert Phone(app, "worker2").do("publicity.report", told)["outcome"] == "applied"
    return str(told["id"])
