"""Pure decisions of the people room."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from server.people import rules, scopes
from server.people.rules import FIELD_ROLES, OFFICE_ROLES, Holder, Post, Thing, may

GRID, OTHER, VILLAGE, TOWN, COUNTY, TEAM, A, B = (UUID(int=n) for n in range(1, 9))
UNITS = (VILLAGE, TOWN, COUNTY)
RECORD = Thing(county_code="330424", grid_id=GRID, units=UNITS, author_id=B)
MINUTE = 60_000
holders = some.builds(
    Holder,
    person_id=some.uuids(),
    county_code=some.just("330424"),
    posts=some.lists(
        some.builds(
            Post,
            role=some.sampled_from(sorted(FIELD_ROLES | OFFICE_ROLES)),
            org_unit_id=some.uuids(),
            grid_id=some.none() | some.uuids(),
            micro_grid_id=some.none() | some.uuids(),
            from_day=some.dates(),
            to_day=some.none() | some.dates(),
        ),
        max_size=4,
    ).map(tuple),
    teams=some.frozensets(some.uuids(), max_size=3),
    reviews_teams=some.frozensets(some.uuids(), max_size=3),
)


def _holder(role: str, unit: UUID = VILLAGE, grid: UUID | None = GRID, **more: object) -> Holder:
    return Holder(A, "330424", (Post(role, unit, grid if role in rules.GRID_ROLES else None),), **more)  # type: ignore[arg-type]


@given(holders)
def test_a_holder_survives_being_written_and_read(holder: Holder) -> None:
    back = scopes.holder_from_json(scopes.holder_to_json(holder))
    assert set(back.posts) == set(holder.posts) and len(back.posts) == len(holder.posts)
    assert (back.person_id, back.teams, back.reviews_teams) == (holder.person_id, holder.teams, holder.reviews_teams)


@given(holders)
def test_writing_a_holder_does_not_depend_on_the_order_of_posts(holder: Holder) -> None:
    turned = Holder(holder.person_id, holder.county_code, holder.posts[::-1], holder.teams, holder.reviews_teams)
    assert scopes.holder_to_json(turned) == scopes.holder_to_json(holder)


@given(holders, some.sampled_from(sorted(rules.TABLE)))
def test_no_right_reaches_into_another_grid_or_county(holder: Holder, action: str) -> None:
    """Everything of the holder lies elsewhere: random ids never meet this thing's."""
    far = Thing(county_code="330481", grid_id=GRID, micro_grid_id=OTHER, units=UNITS, author_id=B)
    assert not may(holder, action, far)


@given(holders, some.sampled_from(sorted(rules.TABLE)))
def test_a_team_is_closed_to_whoever_is_not_named(holder: Holder, action: str) -> None:
    inside = Holder(holder.person_id, "330424", (*holder.posts, Post("grid_leader", VILLAGE, GRID)), frozenset())
    thing = Thing(county_code="330481", grid_id=GRID, units=UNITS, team_id=TEAM, author_id=B)
    assert not may(inside, action, thing)


@pytest.mark.parametrize(
    ("kind", "device", "expected"),
    [("phone", True, 30 * 1440), ("phone", False, 15), ("office", True, 15), ("office", False, 15)],
)
def test_only_a_registered_phone_rests_long(kind: str, device: bool, expected: int) -> None:
    assert rules.idle_limit_ms(kind, device, 15, 30) == expected * MINUTE


@pytest.mark.parametrize(
    ("roles", "kind"),
    [
        ({"town_government"}, "office"),
        ({"town_government", "auditor"}, "office"),
        ({"town_government", "grid_leader"}, "phone"),
        ({"micro_grid_leader"}, "phone"),
        (set(), "phone"),
    ],
)
def test_whoever_works_outside_carries_a_phone(roles: set[str], kind: str) -> None:
    assert rules.session_kind(frozenset(roles)) == kind


@pytest.mark.parametrize(
    ("minutes_ago", "is_locked"),
    [([1, 2, 3, 4], False), ([1, 2, 3, 4, 5], True), ([14, 20, 25, 28, 29], True), ([15, 20, 25, 28, 29], False),
     ([1, 2, 3, 4, 17], False)],
)  # fmt: skip
def test_a_lock_needs_five_failures_close_together(minutes_ago: list[int], is_locked: bool) -> None:
    now = 10**9
    until = rules.locked_until([now - m * MINUTE for m in minutes_ago], 5, 15)
    assert (until is not None and until > now) is is_locked


@pytest.mark.parametrize("role", sorted(FIELD_ROLES | OFFICE_ROLES))
def test_only_leader_and_security_administrator_show_codes(role: str) -> None:
    shower = Holder(A, "330424", (Post(role, VILLAGE, GRID),))
    target = Holder(B, "330424", (Post("full_time_worker", VILLAGE, GRID),))
    assert bool(rules.may_show_reset_code(shower, target)) is (role in ("grid_leader", "security_administrator"))


def test_a_code_is_never_shown_to_oneself() -> None:
    me = Holder(A, "330424", (Post("security_administrator", COUNTY),))
    assert not rules.may_show_reset_code(me, me)


def test_the_security_administrator_stays_in_the_county() -> None:
    admin = _holder("security_administrator", COUNTY)
    assert not rules.may_show_reset_code(admin, Holder(B, "330481", (Post("full_time_worker", VILLAGE, GRID),)))


DATES = (date(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("members", "reviewer", "code"),
    [
        ({A: DATES, B: DATES}, A, None),
        ({A: DATES}, A, "team_needs_two"),
        ({A: DATES, B: DATES}, GRID, "team_needs_two"),
        ({A: DATES, B: (date(2026, 1, 1), date(2026, 1, 1))}, A, "invalid"),
    ],
)
def test_a_team_has_two_people_and_a_reviewer_among_them(members: dict, reviewer: UUID, code: str | None) -> None:
    verdict = rules.is_team(members, reviewer)
    assert (None if verdict else verdict.code) == code


@pytest.mark.parametrize(
    ("role", "unit", "may_review"),
    [("grid_leader", VILLAGE, True), ("full_time_worker", VILLAGE, False), ("village_committee", VILLAGE, True),
     ("town_government", TOWN, True), ("town_government", VILLAGE, True), ("county_authority", COUNTY, False),
     ("auditor", COUNTY, False)],
)  # fmt: skip
def test_who_reviews_a_record(role: str, unit: UUID, may_review: bool) -> None:
    assert bool(may(_holder(role, unit), "record.review", RECORD)) is may_review


def test_nobody_reviews_a_record_of_their_own() -> None:
    own = Thing(county_code="330424", grid_id=GRID, units=UNITS, author_id=A)
    verdict = may(_holder("grid_leader"), "record.review", own)
    assert not verdict and verdict.code == "own_record"
