"""A call-out from its opening to the last trace of it, by the real commands, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.callouts import commands, queries
from server.callouts.board import board
from server.callouts.models import Callout, CalloutAnswer, CalloutPosition
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.problems import Problem
from server.messages import commands as messages
from server.messages.models import Delivery, Message
from server.people.models import Absence
from server.platform.streams import StreamEntry
from tests.county import Acts, entries
from tests.figures import figures_of
from tests.world import World

HOUR, DAY = 3_600_000, 86_400_000
IN_TOWN = {"worker", "worker2", "parttime", "leader", "adviser", "worker3", "leader2", "micro", "village", "town"}
PLACE = {"lng": 120.9151234, "lat": 30.5051234, "accuracy_m": 12}


def opened(
    session: Session, acts: Acts, world: World, by: str = "county", area: str = "town", hours: int = 4
) -> Callout:
    made = commands.open_callout(session, acts.holder(by), world.areas[area], "台风登陆", hours)
    session.commit()
    return made


def told(callout: Callout, kind: str = "safe", **more: Any) -> dict[str, Any]:
    return {"id": new_id(), "callout_id": callout.id, "kind": kind, **more}


def answer(session: Session, acts: Acts, who: str, callout: Callout, kind: str = "safe", **more: Any) -> CalloutAnswer:
    now = clock.now()
    at = more.pop("acted_at", now)
    done = commands.answer(session, acts.holder(who), told(callout, kind, **more), acted_at=at, now=now)
    session.commit()
    return done


def code(call: Any) -> str:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.code


def rung(session: Session, kind: str) -> set[UUID]:
    return set(session.scalars(sa.select(Message.person_id).where(Message.kind == kind)))


def turn_clock(at: int) -> None:
    clock.set_source(lambda: at)


def test_opening_writes_one_row_for_the_feed_and_a_message_for_everybody_in_the_area(
    session: Session, acts: Acts, world: World
) -> None:
    before = session.scalar(sa.select(sa.func.count()).select_from(StreamEntry))
    made = opened(session, acts, world)
    after = session.scalar(sa.select(sa.func.count()).select_from(StreamEntry))
    assert after - before == 1
    assert entries(session, f"area:{world.areas['town']}", "callout") == {made.id: "put"}
    assert rung(session, "callout_opened") == {world.people[name] for name in IN_TOWN}
    out = session.execute(sa.select(Delivery.urgent, Delivery.state, Delivery.channel).distinct()).all()
    assert out == [(True, "waiting", "push")]


def test_it_rings_whoever_is_away_and_never_whoever_opened_it(session: Session, acts: Acts, world: World) -> None:
    today = clock.today()
    session.add(
        Absence(
            id=new_id(), county_code="330424", person_id=world.people["worker"], kind="leave", from_day=today,
            to_day=today + timedelta(days=1), entered_by=world.people["worker"], entered_at=clock.now(),
        )
    )  # fmt: skip
    opened(session, acts, world, by="town")
    assert not session.scalar(sa.select(Message.quiet).where(Message.person_id == world.people["worker"]))
    assert rung(session, "callout_opened") == {world.people[name] for name in IN_TOWN - {"town"}}


@pytest.mark.parametrize("who", ["worker", "leader", "village", "dept", "sysadmin", "auditor"])
def test_nobody_but_a_town_or_the_county_opens_one(session: Session, acts: Acts, world: World, who: str) -> None:
    refused = code(lambda: commands.open_callout(session, acts.holder(who), world.areas["village"], "x", 1))
    assert refused in ("not_allowed", "not_found")


def test_a_town_opens_none_outside_itself_and_none_is_opened_twice_or_for_too_long(
    session: Session, acts: Acts, world: World
) -> None:
    town = acts.holder("town")
    assert code(lambda: commands.open_callout(session, town, world.areas["county"], "x", 1)) == "not_found"
    opened(session, acts, world, by="town", area="village")
    assert code(lambda: commands.open_callout(session, town, world.areas["village"], "x", 1)) == "callout_open"
    assert code(lambda: commands.open_callout(session, town, world.areas["town"], "x", 25)) == "callout_too_long"
    commands.set_limit(session, acts.holder("county"), 48, "示例〔2026〕9号")
    assert commands.open_callout(session, town, world.areas["town"], "x", 48).ends_at > clock.now() + 47 * HOUR


def test_only_the_county_sets_the_limit_and_with_a_document(session: Session, acts: Acts, world: World) -> None:
    assert code(lambda: commands.set_limit(session, acts.holder("town"), 48, "示例〔2026〕9号")) == "not_allowed"
    assert code(lambda: commands.set_limit(session, acts.holder("county"), 48, "")) == "invalid"
    assert queries.limit_on(session, "330424", clock.today()) == queries.Limit(24)


def test_an_answer_is_added_seen_in_the_own_grid_and_counted_once_for_each(
    session: Session, acts: Acts, world: World
) -> None:
    made = opened(session, acts, world)
    first, second = answer(session, acts, "worker", made, "received"), answer(session, acts, "worker", made)
    micro = answer(session, acts, "micro", made, "safe")
    grid = entries(session, f"grid:{world.areas['grid']}", "callout_answer")
    assert grid == {first.id: "put", second.id: "put"}
    assert entries(session, f"micro:{world.areas['micro']}", "callout_answer") == {micro.id: "put"}
    counts = board(session, made, queries.part_of(session, acts.holder("county"), made), reach=False).counts
    assert (counts.called, counts.answered, counts.safe, counts.received, counts.waiting) == (10, 2, 2, 0, 8)


def test_answering_stops_the_ringing_of_that_call_alone(session: Session, acts: Acts, world: World) -> None:
    made = opened(session, acts, world)
    answer(session, acts, "worker", made)
    unread = sa.select(Message.person_id).where(Message.kind == "callout_opened", Message.read_at.is_(None))
    assert set(session.scalars(unread)) == {world.people[name] for name in IN_TOWN - {"worker"}}


def test_a_call_for_help_rings_the_leader_of_the_grid_and_the_opener_and_nobody_else(
    session: Session, acts: Acts, world: World
) -> None:
    made = opened(session, acts, world)
    answer(session, acts, "worker", made, "safe")
    assert rung(session, "callout_help") == set()
    answer(session, acts, "worker", made, "need_help")
    answer(session, acts, "worker", made, "need_help")
    assert rung(session, "callout_help") == {world.people["leader"], world.people["county"]}
    assert session.scalar(sa.select(sa.func.count()).where(Message.kind == "callout_help")) == 2
    answer(session, acts, "micro", made, "need_help")
    of_leader = sa.and_(Message.kind == "callout_help", Message.person_id == world.people["leader"])
    assert session.scalar(sa.select(sa.func.count()).where(of_leader)) == 2
    assert session.scalars(sa.select(Delivery.urgent).distinct()).all() == [True]


def test_a_leader_in_need_rings_the_opener(session: Session, acts: Acts, world: World) -> None:
    made = opened(session, acts, world)
    answer(session, acts, "leader", made, "need_help")
    assert rung(session, "callout_help") == {world.people["county"]}


def test_whoever_is_not_called_finds_nothing(session: Session, acts: Acts, world: World) -> None:
    made = opened(session, acts, world, area="village")
    for who in ("town", "dept", "county", "auditor"):
        assert code(lambda who=who: answer(session, acts, who, made)) == "not_found"  # type: ignore[misc]
    assert code(lambda: commands.answer(session, acts.holder("worker"),
                {"id": new_id(), "callout_id": new_id(), "kind": "safe"}, acted_at=0, now=0)) == "not_found"  # fmt: skip


def test_an_answer_that_comes_after_the_end_is_taken_and_help_still_rings(
    session: Session, acts: Acts, world: World
) -> None:
    made = opened(session, acts, world)
    acted_at = clock.now()
    turn_clock(made.ends_at + HOUR)
    assert commands.end_due(session, clock.now()) == 1
    late = answer(session, acts, "worker", made, "need_help", acted_at=acted_at, place=PLACE)
    assert late.at == acted_at and world.people["leader"] in rung(session, "callout_help")
    assert session.scalar(sa.select(sa.func.count()).select_from(CalloutPosition)) == 2
    answer(session, acts, "worker2", made, "safe", place=PLACE)
    assert session.scalar(sa.select(sa.func.count()).select_from(CalloutPosition)) == 2


def test_it_ends_by_itself_or_early_by_an_authority_above_and_once(session: Session, acts: Acts, world: World) -> None:
    made = opened(session, acts, world, by="town", area="village")
    assert commands.end_due(session, made.ends_at - 1) == 0
    for who, refused in (("village", "not_allowed"), ("worker", "not_found"), ("dept", "not_found")):
        assert code(lambda who=who: commands.end(session, acts.holder(who), made.id)) == refused  # type: ignore[misc]
    commands.end(session, acts.holder("county"), made.id)
    session.commit()
    assert queries.feed_rows(session, "callout", [made.id])[made.id]["state"] == "ended"
    assert code(lambda: commands.end(session, acts.holder("county"), made.id)) == "callout_ended"
    again = opened(session, acts, world, by="town", area="village")
    assert commands.end_due(session, again.ends_at) == 1
    session.commit()
    assert (again.ended_at, again.ended_by) == (again.ends_at, None)
    assert commands.end_due(session, again.ends_at) == 0


def test_when_it_has_ended_nothing_rings_for_it_any_more_and_nobody_is_rung_up(
    session: Session, acts: Acts, world: World
) -> None:
    other = messages.ring(session, world.people["worker2"], "emergency_reported", at=clock.now(), urgent=True)
    made = opened(session, acts, world)
    called = sa.select(Message.person_id, Message.id).where(Message.kind == "callout_opened")
    told = {row.person_id: row.id for row in session.execute(called)}
    worker, leader, village = (told[world.people[name]] for name in ("worker", "leader", "village"))
    for message_id, state, due_at in ((worker, "call_list", None), (leader, "delivered", clock.now())):
        row = sa.update(Delivery).where(Delivery.message_id == message_id)
        session.execute(row.values(state=state, due_at=due_at))
    answer(session, acts, "village", made)
    commands.end(session, acts.holder("county"), made.id)
    session.commit()
    rows = session.scalars(sa.select(Delivery).where(Delivery.message_id.in_(told.values()))).all()
    ends = {row.message_id: (row.state, row.reason) for row in rows}
    assert all(row.due_at is None for row in rows)
    assert ends.pop(village) == ("delivered", "read") and ends.pop(leader) == ("delivered", None)
    assert set(ends.values()) == {("undelivered", "over")}
    assert session.scalars(sa.select(Delivery.state).where(Delivery.message_id == other)).one() == "waiting"


def test_a_call_for_help_of_it_stops_ringing_with_its_end_and_that_of_another_goes_on(
    session: Session, acts: Acts, world: World
) -> None:
    made, other = opened(session, acts, world), opened(session, acts, world, area="village")
    for called in (made, other):
        answer(session, acts, "worker", called, "need_help")
    helps = sa.select(Message).where(Message.kind == "callout_help")
    assert {one.record_id for one in session.scalars(helps)} == {made.id, other.id}
    row = sa.update(Delivery).where(Delivery.person_id == world.people["leader"])
    session.execute(row.values(state="call_list", due_at=None))
    commands.end(session, acts.holder("county"), made.id)
    session.commit()
    found = sa.select(Message.record_id, Delivery.state, Delivery.reason).join(
        Delivery, Delivery.message_id == Message.id
    )
    states = {tuple(one) for one in session.execute(found.where(Message.kind == "callout_help"))}
    assert states == {(made.id, "undelivered", "over"), (other.id, "waiting", None), (other.id, "call_list", None)}
    turn_clock(clock.now() + HOUR)
    answer(session, acts, "worker2", made, "need_help")
    assert commands.clear_phones(session, (made.ended_at or 0) + DAY)
    session.commit()
    late = session.scalars(
        found.where(Message.record_id == made.id, Message.at > made.ended_at).with_only_columns(Delivery.state)
    )
    assert set(late) == {"waiting"}, "what is asked for after the end is heard"


def test_a_call_for_help_outlives_an_end_that_came_by_itself(session: Session, acts: Acts, world: World) -> None:
    """Nobody had the board before them: it rings on until somebody hears it."""
    made = opened(session, acts, world, hours=1)
    answer(session, acts, "worker", made, "need_help")
    session.commit()
    assert commands.end_due(session, made.ends_at) == 1
    session.commit()
    found = sa.select(Delivery.state).join(Message, Message.id == Delivery.message_id)
    assert set(session.scalars(found.where(Message.kind == "callout_help"))) == {"waiting"}
    assert "waiting" not in set(session.scalars(found.where(Message.kind == "callout_opened")))


def test_a_position_goes_to_the_leader_and_the_opener_sealed_and_is_gone_after_thirty_days(
    session: Session, acts: Acts, world: World
) -> None:
    made = opened(session, acts, world)
    answer(session, acts, "worker", made, "received", place=PLACE)
    answer(session, acts, "worker2", made, "safe")
    streams = set(session.scalars(sa.select(CalloutPosition.stream)))
    assert streams == {None, f"person:{world.people['leader']}"}
    sealed = session.execute(sa.text("SELECT place FROM callout_position")).scalars().all()
    assert all(b"120" not in bytes(value) for value in sealed)
    leaders = entries(session, f"person:{world.people['leader']}", "callout_position")
    row = queries.feed_rows(session, "callout_position", list(leaders))[next(iter(leaders))]
    assert (row["lng"], row["lat"], row["person_id"]) == (PLACE["lng"], PLACE["lat"], str(world.people["worker"]))
    commands.end(session, acts.holder("county"), made.id)
    ended = made.ended_at or 0
    assert commands.forget_positions(session, ended + 30 * DAY - 1) == 0
    assert commands.forget_positions(session, ended + 30 * DAY) == 2
    assert set(entries(session, f"person:{world.people['leader']}", "callout_position").values()) == {"gone"}
    assert session.scalar(sa.select(sa.func.count()).select_from(CalloutPosition)) == 0


def test_a_position_that_comes_after_the_phones_were_cleared_goes_to_none(
    session: Session, acts: Acts, world: World
) -> None:
    """Whoever leads the grid by then had no part in it; whoever opened it still finds the person."""
    made = opened(session, acts, world)
    said_at = clock.now()
    commands.end(session, acts.holder("county"), made.id)
    assert commands.clear_phones(session, (made.ended_at or 0) + DAY) == 1
    turn_clock(clock.now() + 3 * DAY)
    answer(session, acts, "worker", made, "received", place=PLACE, acted_at=said_at)
    assert set(session.scalars(sa.select(CalloutPosition.stream))) == {None}


def test_a_day_after_its_end_it_has_left_the_phones_and_stays_on_the_board(
    session: Session, acts: Acts, world: World
) -> None:
    made = opened(session, acts, world)
    done = answer(session, acts, "worker", made)
    commands.end(session, acts.holder("county"), made.id)
    ended = made.ended_at or 0
    assert commands.clear_phones(session, ended + DAY - 1) == 0
    assert commands.clear_phones(session, ended + DAY) == 2
    assert entries(session, f"grid:{world.areas['grid']}", "callout_answer") == {done.id: "gone"}
    assert entries(session, f"area:{world.areas['town']}", "callout") == {made.id: "gone"}
    assert commands.clear_phones(session, ended + 2 * DAY) == 0
    assert board(session, made, [world.areas["village"]], reach=False).counts.safe == 1


def test_what_rang_for_many_leaves_no_word_in_any_inbox_when_it_grows_old(
    session: Session, acts: Acts, world: World
) -> None:
    opened(session, acts, world)
    assert messages.drop_old(session, clock.now() + 93 * DAY) == 10
    session.commit()
    kinds = sa.select(sa.func.count()).where(StreamEntry.kind == "message")
    assert session.scalar(kinds) == 0


def test_a_village_sees_its_own_part_of_a_county_s_call_and_the_next_unit_nothing(
    session: Session, acts: Acts, world: World
) -> None:
    made = opened(session, acts, world, area="county")
    part = queries.part_of(session, acts.holder("village"), made)
    assert part == {world.areas["village"]}
    assert board(session, made, part, reach=False).counts.called == 9
    assert code(lambda: queries.part_of(session, acts.holder("dept"), made)) == "not_found"
    inside = opened(session, acts, world, by="town", area="village")
    assert code(lambda: queries.part_of(session, acts.holder("auditor"), inside)) == "not_found"


def test_telephones_and_positions_stand_on_the_opener_s_board_alone(session: Session, acts: Acts, world: World) -> None:
    made = opened(session, acts, world)
    answer(session, acts, "worker", made, "need_help", place=PLACE)
    part = queries.part_of(session, acts.holder("county"), made)
    seen = board(session, made, part, reach=True)
    assert [(one.phone, one.has_position) for one in seen.need_help] == [("13800000000", True)]
    assert {one.phone for one in seen.waiting} == {"13800000000"}
    bare = board(session, made, part, reach=False)
    assert [(one.phone, one.has_position) for one in bare.need_help] == [(None, False)]
    assert {one.phone for one in bare.waiting} == {None}
    assert board(session, made, part, reach=True, unit=world.areas["town"]).need_help == []


def test_no_figure_of_anybody_counts_an_answer(session: Session, acts: Acts, world: World) -> None:
    everybody = list(world.people.values())
    before = figures_of(session, everybody)
    made = opened(session, acts, world)
    for who in ("worker", "worker2", "leader"):
        for kind in ("received", "safe", "need_help"):
            answer(session, acts, who, made, kind, place=PLACE)
    commands.end(session, acts.holder("county"), made.id)
    assert figures_of(session, everybody) == before
