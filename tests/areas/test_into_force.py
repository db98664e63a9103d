"""On the day of effect posts, streams, households, places and plans follow the ground; records keep the grid of before."""

from __future__ import annotations

from uuid import UUID

from server.areas.models import Grid, MicroGrid
from server.households.models import Household, Place, VisitPlan
from server.kernel import clock, stream_keys
from server.kernel.geo import to_units
from server.people.commands import current_scope
from server.people.queries import holder_of
from server.records.models import Record
from tests.areas import drafts
from tests.areas.drafts import into_force, square, town_desk, units
from tests.builders import Hands
from tests.county import entries
from tests.sync.phone import Phone, hazard


def streams_of(session, person: UUID) -> set[str]:
    return set(current_scope(session, person, clock.now()).streams)


def with_outlines(session, world) -> None:
    """Both micro-grids of the first grid get an outline: the western and the eastern half."""
    desk = town_desk(session, world, in_days=0)
    for number, west in ((1, 120.91), (2, 120.915)):
        ring = units([(west, 30.5), (west + 0.005, 30.5), (west + 0.005, 30.51), (west, 30.51)])
        desk.step("move", area_id=str(world.areas[f"micro{number}"]), points=ring)
    desk.issue()


def split_in_two(session, world, hands) -> Grid:
    """A line from south to north between the two micro-grids, a little to the west of the middle for the size."""
    with_outlines(session, world)
    into_force(session, hands, days=0)
    desk = town_desk(session, world)
    desk.step("split", points=units([(120.915, 30.49), (120.915, 30.52)]))
    desk.issue()
    assert into_force(session, hands) == 1
    return drafts.grids(session)["分出的网格"]


def test_people_of_a_split_grid_see_both_parts(session, world) -> None:
    hands = Hands()
    before = streams_of(session, world.people["worker"])
    stranger = streams_of(session, world.people["worker3"])
    new = split_in_two(session, world, hands)
    after = streams_of(session, world.people["worker"])
    assert before <= after and stream_keys.grid(new.id) in after
    assert streams_of(session, world.people["worker3"]) == stranger
    leader = holder_of(session, world.people["leader"], clock.today())
    assert {p.grid_id for p in leader.posts} == {world.areas["grid"], new.id}
    assert entries(session, stream_keys.grid(new.id), "grid") == {new.id: "put"}
    assert world.people["worker"] in {row.person_id for row in _staff(session, new.id)}


def _staff(session, grid_id: UUID):
    from server.people.models import Appointment

    return session.query(Appointment).filter_by(grid_id=grid_id).all()


def test_doors_go_with_their_micro_grid_and_places_by_their_point(session, world) -> None:
    hands = Hands()
    places = session.query(Place).filter_by(grid_id=world.areas["grid"]).all()
    for place, west in zip(places, (120.911, 120.912, 120.919), strict=True):
        place.lng, place.lat = to_units(west), to_units(30.505)
    session.commit()
    new = split_in_two(session, world, hands)
    (micro,) = session.query(MicroGrid).filter_by(grid_id=new.id)
    assert micro.code == f"{new.code}001"
    old = next(m for m in session.query(MicroGrid).filter_by(grid_id=world.areas["grid"]) if m.closed_on)
    moved = session.query(Household).filter_by(micro_grid_id=micro.id).all()
    assert len(moved) == 2 and {h.grid_id for h in moved} == {new.id}
    assert session.query(Household).filter_by(micro_grid_id=old.id).count() == 0
    assert set(entries(session, stream_keys.micro(old.id), "household").values()) == {"moved"}
    assert set(entries(session, stream_keys.micro(micro.id), "household").values()) == {"put"}
    in_new = sorted(p.lng for p in session.query(Place).filter_by(grid_id=new.id))
    assert len(in_new) in (1, 2) and len(in_new) < len(places)
    for plan in session.query(VisitPlan):
        target = session.get_one(Household, plan.household_id)
        assert (plan.grid_id, plan.micro_grid_id) == (target.grid_id, target.micro_grid_id)


def test_a_record_keeps_the_grid_it_was_made_in_and_an_old_phone_may_still_send(app, session, world) -> None:
    hands = Hands()
    session.close()
    phone = Phone(app, "worker3")
    told = hazard(world, grid_id=str(world.areas["other_grid"]))
    assert phone.do("hazards.report", told)["outcome"] == "applied"
    late = phone.mutation("hazards.report", hazard(world, grid_id=str(world.areas["other_grid"])))
    with app.app_context():
        desk = town_desk(session, world)
        desk.step("merge", area_ids=[str(world.areas["grid"]), str(world.areas["other_grid"])])
        desk.issue()
        assert into_force(session, hands) == 1
        closed = session.get_one(Grid, world.areas["other_grid"])
        assert closed.closed_on == clock.today()
        assert session.query(Record).one().grid_id == closed.id
        assert entries(session, stream_keys.grid(closed.id), "grid") == {closed.id: "gone"}
        holder = holder_of(session, world.people["worker3"], clock.today())
        assert {p.grid_id for p in holder.posts} == {closed.id, world.areas["grid"]}, "what was begun can be finished"
        session.close()
    assert phone.push(late).json["results"][0]["outcome"] == "applied"


def test_a_merge_takes_micro_grids_their_leader_and_nobody_twice(session, world) -> None:
    hands = Hands()
    with_outlines(session, world)
    into_force(session, hands, days=0)
    desk = town_desk(session, world)
    desk.step("merge", area_ids=[str(world.areas["other_grid"]), str(world.areas["grid"])])
    desk.issue()
    into_force(session, hands)
    kept = world.areas["other_grid"]
    leader = holder_of(session, world.people["micro"], clock.today())
    (post,) = leader.posts
    assert post.grid_id is not None and session.get_one(MicroGrid, post.micro_grid_id).grid_id == kept
    posts = [(p.person_id, p.role) for p in _staff(session, kept) if p.to_day is None]
    assert len(posts) == len(set(posts))
    assert {p.grid_id for p in session.query(Place)} == {kept}
    assert {h.grid_id for h in session.query(Household)} == {kept}


def test_a_special_area_has_the_people_of_the_grid_it_was_cut_from(session, world) -> None:
    hands = Hands()
    desk = town_desk(session, world)
    desk.step("draw", points=square(120.913, 30.502, 0.004), special=True, name="公园")
    desk.issue()
    into_force(session, hands)
    park = drafts.grids(session)["公园"]
    assert park.kind == "special_area"
    assert world.people["worker"] in {p.person_id for p in _staff(session, park.id)}
    assert world.people["worker3"] not in {p.person_id for p in _staff(session, park.id)}
