"""The next version of the list: consent to each adjustment, departments asked, public before in force, never edited (Art. 8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from server.kernel import clock, stream_keys
from server.kernel.problems import Problem
from server.matters import drafting, queries, versions
from server.matters.models import ListDraft, ListVersion, Matter, MatterWithdrawal
from server.matters.rules import difference, levels_fit, opinion_may_be, takes_effect_on
from server.messages.models import Message
from tests.county import entries
from tests.matters.lists import GONE, NEW, answered, draft_of, in_days, published
from tests.world import COUNTY


def refused(code: str) -> Any:
    return pytest.raises(Problem, match=f"^{code}$")


def in_force(session, code: str, day=None):
    return queries.matter_in_force(session, COUNTY, code, day or clock.today())


def change_of(session, code: str, **more: Any) -> dict[str, Any]:
    """An adjustment that changes one entry of the list in force."""
    entry = next(one for one in versions.entries_on(session, COUNTY, clock.today()) if one["code"] == code)
    extras = queries.row_extras(session, COUNTY, code, clock.today())
    told = {**NEW, **entry, **extras, "kind": "change", "departments": ["fire"]}
    return {**told, **more}


def test_a_new_version_is_public_at_once_and_in_force_on_its_day(session, acts) -> None:
    change = change_of(session, "HAZ-01", deadline=5)
    made = published(session, acts.holder("county"), NEW, GONE, change, days=7)
    assert (made.number, made.kind, made.from_day) == (2, "revision", in_days(7))
    assert in_force(session, "HAZ-21") is None and in_force(session, "HAZ-09") is not None
    assert in_force(session, "HAZ-01").deadline == 1
    assert in_force(session, "HAZ-21", in_days(7)) is not None and in_force(session, "HAZ-09", in_days(7)) is None
    assert in_force(session, "HAZ-01", in_days(7)).deadline == 5
    first = versions.version_numbered(session, COUNTY, 1)
    found = difference(first.entries, made.entries)
    assert [one["code"] for one in found.admitted] == ["HAZ-21"]
    assert [one["code"] for one in found.withdrawn] == ["HAZ-09"]
    assert [(after["code"], names) for _before, after, names in found.changed] == [("HAZ-01", ("deadline",))]


def test_phones_hear_of_both_entries_when_the_list_is_published(session, acts) -> None:
    published(session, acts.holder("county"), change_of(session, "HAZ-01", name_zh="新名称"), days=3)
    told = entries(session, stream_keys.county(COUNTY), "matter")
    of_code = session.scalars(sa.select(Matter).where(Matter.code == "HAZ-01").order_by(Matter.from_day)).all()
    rows = queries.feed_rows(session, "matter", [one.id for one in of_code])
    old, new = (rows[one.id] for one in of_code)
    assert set(rows) <= told.keys()
    assert (old["to"], new["from"], new["to"]) == (in_days(3).isoformat(), in_days(3).isoformat(), None)
    assert new["name_zh"] == "新名称" and new["advice"] == old["advice"] and new["review"] == old["review"]


def test_a_new_matter_says_within_how_many_days_what_may_be_advised_and_whether_it_is_of_little_risk(
    session, acts
) -> None:
    said = {"fix_days": 5, "low_risk": "yes", "advice": ["persuade", "clear_way"]}
    published(session, acts.holder("county"), NEW | said)
    found = in_force(session, "HAZ-21", in_days(1))
    assert (found.fix_days, found.low_risk, found.advice) == (5, True, ("persuade", "clear_way"))
    row = queries.feed_rows(session, "matter", [found.id])[found.id]
    assert (row["fix_days"], row["low_risk"], [one["code"] for one in row["advice"]]) == (5, True, said["advice"])


def test_a_change_sets_them_and_a_draft_that_does_not_speak_of_them_leaves_them(session, acts) -> None:
    before = in_force(session, "HAZ-01")
    told = change_of(session, "HAZ-01", name_zh="新名称")
    silent = {name: value for name, value in told.items() if name not in ("fix_days", "low_risk", "advice")}
    published(session, acts.holder("county"), silent, days=1)
    carried = in_force(session, "HAZ-01", in_days(1))
    assert before.advice and (carried.fix_days, carried.low_risk, carried.advice) == (
        before.fix_days,
        before.low_risk,
        before.advice,
    )
    told |= {"fix_days": 30, "low_risk": None, "advice": list(reversed(before.advice))}
    published(session, acts.holder("county"), told, days=3)
    changed = in_force(session, "HAZ-01", in_days(3))
    assert (changed.fix_days, changed.low_risk, changed.advice) == (30, False, tuple(reversed(before.advice)))


def test_advice_that_there_is_not_is_refused(session, acts) -> None:
    with refused("invalid"):
        draft_of(session, acts.holder("county"), NEW | {"fix_days": None, "low_risk": None, "advice": ["order_it"]})


def test_an_adjustment_waits_for_the_competent_departments_consent(session, acts) -> None:
    actor = acts.holder("county")
    draft = draft_of(session, actor, NEW, consented=False)
    with refused("consent_lacking"):
        drafting.publish(session, actor, draft.id, in_days(1), "文1")
    row = drafting.adjustments_of(session, draft.id)[0]
    drafting.consent(session, actor, draft.id, row.id, "文2")
    drafting.adjust(session, actor, draft.id, {**NEW, "deadline": 9})
    with refused("consent_lacking"):
        drafting.publish(session, actor, draft.id, in_days(1), "文1")


def test_every_department_concerned_is_asked_and_silence_is_said(session, acts) -> None:
    actor = acts.holder("county")
    draft = draft_of(session, actor, GONE, asked=False)
    with refused("department_not_asked"):
        drafting.publish(session, actor, draft.id, in_days(1), "文1")
    for code in ("construction", "enforcement"):
        drafting.write_opinion(session, actor, draft.id, answered(code, None))
    made = drafting.publish(session, actor, draft.id, in_days(1), "文1")
    assert {(one["name_zh"], one["answer"]) for one in made.opinions} == {("建设", None), ("综合行政执法", None)}


def test_with_a_department_that_disagrees_nothing_is_published(session, acts) -> None:
    actor = acts.holder("county")
    draft = draft_of(session, actor, NEW)
    drafting.write_opinion(session, actor, draft.id, answered("fire", "disagrees"))
    with refused("department_disagrees"):
        drafting.publish(session, actor, draft.id, in_days(1), "文1")


def test_what_is_published_is_never_edited(session, acts) -> None:
    actor = acts.holder("county")
    made = published(session, actor, NEW)
    draft = session.scalars(sa.select(ListDraft)).one()
    for act in (
        lambda: drafting.adjust(session, actor, draft.id, GONE),
        lambda: drafting.publish(session, actor, draft.id, in_days(2), "文1"),
        lambda: drafting.drop(session, actor, draft.id),
        lambda: drafting.write_opinion(session, actor, draft.id, answered("fire", None)),
    ):
        with refused("draft_closed"):
            act()
    session.commit()
    made.document_no = "改"
    with pytest.raises(RuntimeError):
        session.flush()
    session.rollback()
    session.delete(session.get_one(ListVersion, made.id))
    with pytest.raises(RuntimeError):
        session.flush()


@pytest.mark.parametrize("told, code", [
    ({**NEW, "code": "HAZ-01"}, "matter_on_list"),
    ({**NEW, "kind": "change"}, "matter_not_in_force"),
    ({**GONE, "code": "HAZ-99"}, "matter_not_in_force"),
    ({**NEW, "code": "TMP-01"}, "invalid"),
    ({**NEW, "code": "x"}, "invalid"),
    ({**NEW, "departments": []}, "unit_unknown"),
    ({**NEW, "departments": ["nobody"]}, "unit_unknown"),
    ({**NEW, "start_level": "L3", "max_level": "L1"}, "invalid"),
    ({**NEW, "photo_policy": "needed"}, "reason_needed"),
])  # fmt: skip
def test_what_a_draft_cannot_say(session, acts, told, code) -> None:
    actor = acts.holder("county")
    draft = drafting.begin(session, actor)
    with refused(code):
        drafting.adjust(session, actor, draft.id, told)


def test_an_empty_draft_and_a_day_that_is_not_ahead_are_refused(session, acts) -> None:
    actor = acts.holder("county")
    draft = drafting.begin(session, actor)
    with refused("nothing_adjusted"):
        drafting.publish(session, actor, draft.id, in_days(1), "文1")
    draft_of(session, actor, NEW)
    for days in (-1, 0, 400):
        with refused("day_out_of_range"):
            drafting.publish(session, actor, draft.id, in_days(days), "文1")
    drafting.publish(session, actor, draft.id, in_days(5), "文1")
    with refused("day_out_of_range"):  # a later version is not in force before an earlier one
        published(session, actor, GONE, days=5)


def test_a_second_beginning_finds_the_open_draft(session, acts) -> None:
    actor = acts.holder("county")
    assert drafting.begin(session, actor).id == drafting.begin(session, actor).id
    drafting.drop(session, actor, drafting.begin(session, actor).id)
    session.flush()
    assert drafting.begin(session, actor).state == "open"
    assert len(versions.versions_of(session, COUNTY)) == 1


def test_the_draft_of_another_county_is_not_there(session, acts) -> None:
    actor = acts.holder("county")
    draft = drafting.begin(session, actor)
    with refused("not_found"):
        drafting.adjust(session, replace(actor, county_code="330481"), draft.id, NEW)
    with refused("not_allowed"):
        drafting.begin(session, acts.holder("town"))
    row = drafting.adjust(session, actor, draft.id, NEW)
    with refused("not_found"):
        drafting.leave_out(session, actor, draft.id, uuid4())
    drafting.leave_out(session, actor, draft.id, row.id)
    assert drafting.adjustments_of(session, draft.id) == []


def test_a_withdrawal_by_revision_tells_whoever_has_plans_under_it(session, acts, world) -> None:
    published(session, acts.holder("county"), {**GONE, "code": "VIS-08"})
    gone = session.scalars(sa.select(MatterWithdrawal)).one()
    assert (gone.matter_code, gone.missing, gone.heard_on) == ("VIS-08", [], None)
    told = set(session.scalars(sa.select(Message.person_id).where(Message.kind == "matter_withdrawn")))
    assert {world.people["worker"], world.people["worker2"]} <= told


def test_rules_at_their_edges() -> None:
    day = clock.today()
    assert not takes_effect_on(day, day, None) and takes_effect_on(in_days(1), day, day)
    assert levels_fit("L1", "L1") and not levels_fit("L2", "L1")
    assert not opinion_may_be(day, "agrees", None, day) and not opinion_may_be(day, None, day, day)
    assert not opinion_may_be(in_days(1), None, None, day) and opinion_may_be(day, "agrees", day, day)
    assert not difference([{"code": "A"}], [{"code": "A"}])
