"""Drafts of borders: who may draw where, what is refused, what an issue does and when, on both databases."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread
from time import sleep
from uuid import UUID

import orjson
import pytest

from server.areas import borders, commands, drafting, geojson, sheets
from server.areas.bringing import as_step
from server.areas.models import Border, Grid
from server.kernel import clock
from server.kernel.problems import Problem
from server.people.queries import holder_of
from server.platform.db import transaction
from tests.areas import drafts
from tests.areas.drafts import Desk, into_force, square, town_desk, units
from tests.builders import Hands
from tests.strangers import add_strangers

MIDDLE = units(
    [(120.905, 30.505), (120.925, 30.505)]
)  # across the first grid and a little beyond, not through the second


def refused(code: str, act, *args, **told) -> Problem:
    with pytest.raises(Problem) as caught:
        act(*args, **told)
    assert caught.value.code == code
    return caught.value


@pytest.mark.parametrize("username", ["village", "county", "city", "dept", "worker", "leader", "sysadmin"])
def test_nobody_else_delimits_grids(session, world, username) -> None:
    by = holder_of(session, world.people[username], clock.today())
    with pytest.raises(Problem) as caught:
        drafting.begin(session, by, world.areas["town"], clock.today())
    assert caught.value.code in ("not_allowed", "not_found")


def test_a_town_draws_in_its_own_villages_alone(app, session, world, acts) -> None:
    session.close()
    add_strangers(app, world)
    refused("not_found", drafting.begin, session, acts.holder("town"), world.areas["town_b"], clock.today())
    refused("not_found", drafting.begin, session, acts.holder("town"), world.areas["village"], clock.today())
    desk = town_desk(session, world)
    foreign = {"parent_id": str(world.areas["village_b"]), "points": square(121.0, 30.5)}
    refused("not_found", desk.step, "draw", **foreign)
    refused("not_found", desk.step, "move", area_id=str(world.areas["grid_b"]), points=square(121.0, 30.5))
    refused("not_found", desk.step, "move", area_id=str(world.areas["micro_b"]), points=square(121.0, 30.5))
    stranger = holder_of(session, world.people["town_b"], clock.today())
    refused("not_found", drafting.take_back, session, stranger, desk.draft.id, 1)
    refused("not_found", drafting.issue, session, stranger, desk.draft.id, 1, document_no="x", effect_day=desk.day)


def test_a_zone_committee_draws_a_grid_whose_code_lies_under_a_district(session, world, acts) -> None:
    hands = Hands()
    drafts.add_zone(session, world)
    desk = Desk(session, world, acts.holder("zone"), world.areas["zone"])
    desk.step("draw", parent_id=str(world.areas["zone_village"]), points=square(120.70, 30.80), name="长纤第一网格")
    refused("not_found", desk.step, "draw", points=square(120.95, 30.5))  # another's village
    desk.issue()
    assert into_force(session, hands) == 1
    grid = session.query(Grid).filter_by(name_zh="长纤第一网格").one()
    assert (grid.code, grid.county_code, grid.kind) == ("330411005006001", drafts.ZONE_DISTRICT, "community")
    holder = holder_of(session, world.people["zone"], clock.today())
    assert [unit.name_zh for unit in borders.units_seen(session, holder)] == ["经开区管委会", "塘汇街道"]


def test_an_overlap_is_refused_with_its_place_and_nothing_is_kept(session, world) -> None:
    desk = town_desk(session, world)
    problem = refused("border_overlaps", desk.step, "draw", points=square(120.925, 30.505))
    assert set(problem.fields["names"]) == {"新网格", "第2网格"}
    lng, lat = problem.fields["place"]
    assert 120.925 <= lng <= 120.93 and 30.505 <= lat <= 30.51
    assert sheets.areas_of(session, desk.draft.id) == [] == drafting.steps_of(session, desk.draft.id)
    desk.step("draw", points=square(120.925, 30.505), trim=True)
    assert {row.change for row in sheets.areas_of(session, desk.draft.id)} == {"new", "noded"}


def test_a_draft_changes_nothing_until_its_day(session, world) -> None:
    hands = Hands()
    desk = town_desk(session, world, in_days=3)
    desk.step("split", points=MIDDLE)
    desk.issue()
    before = borders.areas_on(session, [world.areas["village"]], clock.today())
    assert into_force(session, hands, days=2) == 0
    assert borders.areas_on(session, [world.areas["village"]], clock.today()) == before
    coming = borders.areas_on(session, [world.areas["village"]], desk.day)
    assert into_force(session, hands) == 1
    now = borders.areas_on(session, [world.areas["village"]], clock.today())
    assert [(a.id, a.rings, a.code) for a in now] == [(a.id, a.rings, a.code) for a in coming]
    new = drafts.grids(session)["分出的网格"]
    assert new.code == "330424102000003", "the next serial of the village"
    kept = borders.areas_on(session, [world.areas["village"]], desk.day - timedelta(days=1))
    assert [(a.id, a.rings) for a in kept] == [(a.id, a.rings) for a in before]
    assert {a.document_no for a in now if a.name in ("第1网格", "分出的网格")} == {drafts.NUMBER}


def test_a_step_is_taken_back_and_a_draft_of_before_is_stale(session, world) -> None:
    desk = town_desk(session, world)
    desk.step("split", points=MIDDLE)
    first = {row.area_id: row.rings for row in sheets.areas_of(session, desk.draft.id)}
    desk.step("draw", points=square(120.93, 30.5))
    drafting.take_back(session, desk.by, desk.draft.id, desk.draft.version)
    assert {row.area_id: row.rings for row in sheets.areas_of(session, desk.draft.id)} == first, "the same ids again"
    refused("stale", drafting.take_back, session, desk.by, desk.draft.id, 1)
    drafting.take_back(session, desk.by, desk.draft.id, desk.draft.version)
    refused("nothing_drawn", drafting.take_back, session, desk.by, desk.draft.id, desk.draft.version)
    refused("nothing_drawn", desk.issue)


def test_what_is_issued_is_not_edited_and_can_be_withdrawn(session, world) -> None:
    hands = Hands()
    desk = town_desk(session, world)
    desk.step("split", points=MIDDLE)
    refused("day_out_of_range", desk.issue, clock.today() - timedelta(days=1))
    desk.issue()
    refused("draft_ended", desk.step, "split", points=MIDDLE)
    refused("draft_ended", desk.issue)
    drafting.withdraw(session, desk.by, desk.draft.id, desk.draft.version)
    assert into_force(session, hands) == 0
    refused("draft_ended", drafting.withdraw, session, desk.by, desk.draft.id, desk.draft.version)


def test_a_change_before_an_issued_one_at_the_same_place_is_refused(session, world) -> None:
    later = town_desk(session, world, in_days=9)
    later.step("split", points=MIDDLE)
    later.issue()
    sooner = town_desk(session, world, in_days=2)
    sooner.step("draw", points=square(120.93, 30.5))
    problem = refused("border_pending", sooner.issue)
    assert problem.fields["document_no"] == drafts.NUMBER
    after = town_desk(session, world, in_days=10)
    after.step("merge", area_ids=[str(world.areas["grid"]), str(world.areas["other_grid"])])
    after.issue(number="测网〔2026〕2号")
    refused("border_pending", drafting.withdraw, session, later.by, later.draft.id, later.draft.version)


def test_two_drafts_of_one_place_meet_when_the_second_is_issued(session, world) -> None:
    one, other = town_desk(session, world), town_desk(session, world)
    one.step("draw", points=square(120.93, 30.5))
    other.step("draw", points=square(120.935, 30.5))
    one.issue()
    refused("border_overlaps", other.issue)


def test_every_past_day_can_be_shown(session, world) -> None:
    hands = Hands()
    village = [world.areas["village"]]
    shown = {clock.today(): borders.areas_on(session, village, clock.today())}
    grid, other = str(world.areas["grid"]), str(world.areas["other_grid"])
    for kind, more in (
        ("split", {"points": MIDDLE}),
        ("draw", {"points": square(120.913, 30.502, 0.004), "special": True, "name": "公园"}),
        ("draw", {"points": square(120.93, 30.5), "name": "东边"}),
        ("merge", {"area_ids": [grid, other]}),
        ("split", {"points": units([(120.9203, 30.49), (120.9199, 30.52)]), "name": "又分"}),
    ):
        desk = town_desk(session, world)
        desk.step(kind, **more)
        desk.issue()
        assert into_force(session, hands) == 1, kind
        shown[clock.today()] = borders.areas_on(session, village, clock.today())
    hands.forward(30 * drafts.DAY)
    for day, areas in shown.items():
        again = borders.areas_on(session, village, day)
        assert [(a.id, a.rings, a.document_no) for a in again] == [(a.id, a.rings, a.document_no) for a in areas], day
    days = borders.days_of_change(session, village)
    assert [d for d in days if d in shown] == sorted(set(list(shown)[1:]), reverse=True)
    assert session.query(Border).filter(Border.to_day <= Border.from_day).count() == 0


def test_figures_of_the_measures_warn_and_never_refuse(session, world, acts) -> None:
    refused("not_allowed", commands.set_measure, session, acts.holder("county"), document_no="x",
            from_day=clock.today(), figures={"grid_least": 1})  # fmt: skip
    city = acts.holder("city")
    for figures in ({"grid_least": 9, "grid_most": 5}, {}):
        refused(
            "invalid", commands.set_measure, session, city, document_no="x", from_day=clock.today(), figures=figures
        )
    areas = borders.areas_on(session, [world.areas["village"]], clock.today())
    borders.with_households(session, areas, None, borders.measure_on(session, clock.today()))
    assert {area.warning for area in areas} == {None}, "without measures there is no figure at all"
    figures = {"grid_least": 300, "grid_most": 500, "micro_least": 1, "micro_most": 1}
    commands.set_measure(session, city, document_no="嘉网办〔2026〕1号", from_day=clock.today(), figures=figures)
    measure = borders.measure_on(session, clock.today())
    assert borders.measure_on(session, clock.today() - timedelta(days=1)) is None
    desk = town_desk(session, world)
    desk.step("split", points=MIDDLE)
    desk.issue()
    areas = borders.areas_on(session, [world.areas["village"]], desk.day)
    borders.with_households(session, areas, None, measure)
    by_id = {area.id: area for area in areas}
    assert (by_id[world.areas["grid"]].households, by_id[world.areas["grid"]].warning) == (4, "few")
    assert by_id[world.areas["micro1"]].warning == "many"


def test_geojson_goes_out_and_comes_back(session, world) -> None:
    village = borders.villages_of(session, world.areas["town"])[0]
    areas = borders.areas_on(session, [village.id], clock.today())
    content = geojson.written([({"id": str(a.id), "name": a.name}, a.rings) for a in areas if a.rings])
    back = geojson.read(content)
    assert [rings[0][0] in areas[n].rings[0] for n, (_, rings) in enumerate(back)] == [True, True]
    desk = town_desk(session, world)
    fresh = {"name": "导入的", "village": village.name_zh}, [[*square(120.93, 30.5), square(120.93, 30.5)[0]]]
    desk.step("bring", **as_step(session, desk.draft, [*back, fresh]))
    assert {row.name_zh for row in sheets.areas_of(session, desk.draft.id) if row.change == "new"} == {"导入的"}
    overlapping = {"name": "叠", "village": village.name_zh}, [[*square(120.935, 30.5), square(120.935, 30.5)[0]]]
    refused("border_overlaps", desk.step, "bring", **as_step(session, desk.draft, [overlapping]))
    for faulty in ({"name": "无村"}, {"village": village.name_zh}, {"id": str(UUID(int=5)), "name": "不认识"}):
        refused("geojson_unreadable", as_step, session, desk.draft, [(faulty, fresh[1])])


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"features": []}', b'{"features": [{"geometry": {"type": "Point", "coordinates": [1, 2]}}]}',
     b'{"features": [{"geometry": {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}}]}',
     b'{"features": [{"geometry": {"type": "Polygon", "coordinates": [[["a", 2], [3, 4], [5, 6], ["a", 2]]]}}]}',
     b'{"features": [{"geometry": {"type": "Polygon", "coordinates": 7}}]}',
     b'{"features": [{"geometry": {"type": "Polygon", "coordinates": [[[1e999, 2], [3, 4], [5, 6], [1, 2]]]}}]}'],
)  # fmt: skip
def test_a_file_that_is_no_geojson_is_refused(content: bytes) -> None:
    refused("geojson_unreadable", geojson.read, content)


@pytest.mark.parametrize("kind", ["Polygon", "MultiPolygon"])
def test_a_file_whose_lines_cross_is_refused_before_anything_is_reckoned(kind: str) -> None:
    bow_tie = [[120.9, 30.5], [121.0, 30.6], [121.0, 30.5], [120.9, 30.6], [120.9, 30.5]]
    apart = [[120.5, 30.5], [120.6, 30.5], [120.6, 30.6], [120.5, 30.5]]
    over_it = [[120.52, 30.45], [120.65, 30.45], [120.65, 30.58], [120.52, 30.45]]
    drawn = {"Polygon": [[bow_tie]], "MultiPolygon": [[[bow_tie], [apart]], [[apart], [over_it]]]}[kind]
    for coordinates in drawn:
        told = {"features": [{"geometry": {"type": kind, "coordinates": coordinates}}]}
        refused("border_crosses_itself", geojson.read, orjson.dumps(told))
    told = {"features": [{"geometry": {"type": "MultiPolygon", "coordinates": [[apart]]}}]}
    assert len(geojson.read(orjson.dumps(told))) == 1


def test_areas_of_other_laws_are_kept_to_be_seen(session, world, acts) -> None:
    drawn = [({"name": "生态红线"}, [[*square(120.9, 30.4), square(120.9, 30.4)[0]]])]
    told = {"basis": "示例法〔2020〕1号", "from_day": clock.today(), "drawn": drawn}
    refused("not_allowed", commands.keep_other_areas, session, acts.holder("town"), **told)
    refused(
        "invalid", commands.keep_other_areas, session, acts.holder("county"), **{**told, "drawn": [({}, drawn[0][1])]}
    )
    assert commands.keep_other_areas(session, acts.holder("county"), **told) == 1
    (kept,) = borders.others_on(session, ["330424"], clock.today())
    refused("not_allowed", commands.end_other_area, session, acts.holder("town"), kept.id, clock.today())
    commands.end_other_area(session, acts.holder("county"), kept.id, clock.today())
    assert borders.others_on(session, ["330424"], clock.today()) == []


def test_two_offices_that_issue_at_once_do_not_both_get_the_ground(app, session, world) -> None:
    one, other = town_desk(session, world), town_desk(session, world)
    one.step("draw", points=square(120.93, 30.5))
    other.step("draw", points=square(120.935, 30.5))
    ids = [desk.draft.id for desk in (one, other)]
    session.commit()
    session.close()
    is_issued, codes = Event(), list[str]()

    def first() -> None:
        with app.app_context(), transaction() as mine:
            drafting.issue(mine, one.by, ids[0], 2, document_no="甲", effect_day=one.day)
            is_issued.set()
            sleep(0.4)

    def second() -> None:
        is_issued.wait(20)
        try:
            with app.app_context(), transaction() as mine:
                drafting.issue(mine, other.by, ids[1], 2, document_no="乙", effect_day=other.day)
        except Problem as problem:
            codes.append(problem.code)

    threads = [Thread(target=first, daemon=True), Thread(target=second, daemon=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert codes == ["border_overlaps"]
