"""Settings of the whole city: how they are typed, who sets them, by which document, what is kept of a change."""

from __future__ import annotations

import pytest

from server.kernel import clock
from server.kernel.problems import Problem
from server.matters import commands, queries, terms
from server.matters.rules import DAYS_OF, SHIPPED_POLICIES, days_read, hours_read, metres_read, value_at


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("08:30-12:00 13:30-17:30", [["08:30", "12:00"], ["13:30", "17:30"]]),
        ("  8:30 - 12:00,13:30 – 17:30 ", [["08:30", "12:00"], ["13:30", "17:30"]]),
        ("０８：３０－１２：００，１３：３０～１７：３０", [["08:30", "12:00"], ["13:30", "17:30"]]),
        ("8:30—12:00、12:00—24:00", [["08:30", "12:00"], ["12:00", "24:00"]]),
        ("", None),
        ("08:30", None),
        ("12:00-08:30", None),  # ends before it begins
        ("08:30-08:30", None),
        ("13:30-17:30 08:30-12:00", None),  # not in order
        ("08:30-12:00 11:59-17:30", None),  # one over another
        ("08:30-24:01", None),  # beyond the day
        ("08:60-12:00", None),
        ("-8:30-12:00", None),
        ("08:30-12:00 many", None),
        ("01:00-02:00 03:00-04:00 05:00-06:00 07:00-08:00 09:00-10:00", None),  # five
    ],
)
def test_office_hours_as_they_are_typed(text: str, spans: list[list[str]] | None) -> None:
    assert hours_read(text) == spans


def test_the_shipped_hours_can_be_typed() -> None:
    shipped = SHIPPED_POLICIES["office_hours"]
    assert hours_read(" ".join("-".join(span) for span in shipped)) == shipped


@pytest.mark.parametrize("name", DAYS_OF)
def test_days_lie_within_their_bounds(name: str) -> None:
    least, most = DAYS_OF[name]
    assert days_read(name, str(least)) == least and days_read(name, f" {most} ") == most
    assert least <= SHIPPED_POLICIES[name] <= most
    for text in (str(least - 1), str(most + 1), "", "three", "2.5", "-3", "9" * 5000):
        assert days_read(name, text) is None


def test_metres_from_none_to_a_thousand() -> None:
    assert (metres_read("0"), metres_read("１５０"), metres_read("1000")) == (0, 150, 1000)
    assert [metres_read(text) for text in ("", "-1", "1001", "near")] == [None] * 4


def test_a_value_counts_from_its_change_on() -> None:
    values = [(0, "a"), (10, "b"), (20, "c")]
    assert [value_at(values, at) for at in (-5, 0, 9, 10, 19, 20, 99)] == ["a", "a", "a", "b", "b", "c", "c"]


def refused(code: str):
    return pytest.raises(Problem, match=f"^{code}$")


def set_by(session, acts, who: str, name: str, value: str, matter: str = "", document_no: str = "市〔2026〕1号"):
    return terms.set_term(session, acts.holder(who), name, value, matter, document_no, clock.today())


@pytest.mark.parametrize("who", ["worker", "leader", "village", "town", "dept", "county", "sysadmin", "auditor"])
def test_the_citys_authority_alone_sets_them(session, acts, who: str) -> None:
    with refused("not_allowed"):
        set_by(session, acts, who, "refusal_ruling_days", "3")
    assert queries.policy(session, "refusal_ruling_days") == 5


def test_what_is_no_setting_of_this_page_does_not_exist(session, acts) -> None:
    for name in ("pin", "track", "feed_days", "gas_numbers", "colour"):
        with refused("not_found"):
            set_by(session, acts, "city", name, "3")


def test_each_change_keeps_its_document_and_its_history(session, acts, world) -> None:
    set_by(session, acts, "city", "refusal_ruling_days", "3")
    set_by(session, acts, "city", "refusal_ruling_days", "4", document_no="市〔2026〕2号")
    found = terms.in_force(session)["refusal_ruling_days"]
    assert [(one.value, one.document_no) for one in found] == [(4, "市〔2026〕2号")]
    changes = terms.history(session, ("refusal_ruling_days",))
    told = [(one.before, one.after, one.document_no) for one in changes]
    assert told == [(3, 4, "市〔2026〕2号"), (5, 3, "市〔2026〕1号")]
    kept = queries.policy_changes(session, "refusal_ruling_days")
    assert {one.by_person_id for one in kept} == {world.people["city"]}
    assert terms.in_force(session)["case_verify_days"][0].document_no is None  # as shipped


def test_near_of_one_matter_and_of_every_other(session, acts) -> None:
    set_by(session, acts, "city", "near_metres", "200", "HAZ-01", "文1")
    set_by(session, acts, "city", "near_metres", "0", "HAZ-02", "文2")
    set_by(session, acts, "city", "near_metres", "80", "", "文3")
    assert queries.policy(session, "near_metres") == {"": 80, "HAZ-01": 200, "HAZ-02": 0}
    now = {one.matter: (one.value, one.document_no) for one in terms.in_force(session)["near_metres"]}
    assert now == {"": (80, "文3"), "HAZ-01": (200, "文1"), "HAZ-02": (0, "文2")}
    set_by(session, acts, "city", "near_metres", "", "HAZ-01", "文4")  # its own is taken away
    assert queries.policy(session, "near_metres") == {"": 80, "HAZ-02": 0}
    newest = terms.history(session)[0]
    assert (newest.matter, newest.before, newest.after, newest.document_no) == ("HAZ-01", 200, None, "文4")


def test_what_was_not_changed_keeps_the_document_that_it_was_set_up_with(session, acts) -> None:
    commands.seed_policies(session, "文0")
    session.flush()
    set_by(session, acts, "city", "near_metres", "200", "HAZ-01", "文1")
    now = {one.matter: one.document_no for one in terms.in_force(session)["near_metres"]}
    assert now == {"": "文0", "HAZ-01": "文1"}
    assert terms.in_force(session)["office_hours"][0].document_no == "文0"


@pytest.mark.parametrize(
    ("value", "matter", "field"),
    [("80", "VIS-01", "matter"), ("80", "NO-01", "matter"), ("", "", "value"), ("2000", "HAZ-01", "value")],
)
def test_near_is_of_a_hazard_matter_of_the_list(session, acts, value: str, matter: str, field: str) -> None:
    with refused("invalid") as problem:
        set_by(session, acts, "city", "near_metres", value, matter)
    assert problem.value.fields == {"fields": [field]}
    assert queries.policy(session, "near_metres") == {"": 50}


def test_a_figure_of_a_matter_that_left_the_list_can_be_taken_away(session, acts) -> None:
    commands.set_policy(session, None, "near_metres", {"": 50, "OLD-01": 90})
    set_by(session, acts, "city", "near_metres", "", "OLD-01")
    assert queries.policy(session, "near_metres") == {"": 50}
