"""Photo and review policies: who may set them, what they need, that phones and history hear of it."""

from __future__ import annotations

from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from server.kernel import clock, stream_keys
from server.kernel.problems import Problem
from server.matters import commands, queries
from server.matters.models import Matter
from server.matters.rules import SHIPPED_POLICIES, ReviewFacts
from server.matters.schemas import MatterRow, PolicyRow, ReviewPolicyRow
from tests.county import entries
from tests.world import COUNTY, STARTED


def entry(session, code: str) -> Matter:
    return session.scalars(sa.select(Matter).where(Matter.code == code, Matter.county_code == COUNTY)).one()


def refused(code: str):
    return pytest.raises(Problem, match=f"^{code}$")


@pytest.mark.parametrize(
    "given", [{}, {"reason": "取证"}, {"document_no": "文1"}, {"reason": " ", "document_no": "文1"}]
)
def test_needed_photos_name_their_reason_and_document(session, acts, given) -> None:
    with refused("reason_needed"):
        commands.set_photo_policy(session, acts.holder("county"), entry(session, "HAZ-01").id, "needed", **given)


def test_needed_photos_reach_phones_with_the_reason_and_history(session, acts, world) -> None:
    haz = entry(session, "HAZ-01")
    commands.set_photo_policy(
        session, acts.holder("county"), haz.id, "needed", reason="便于部门研判", document_no="盐网〔2026〕3号"
    )
    assert queries.matter_in_force(session, COUNTY, "HAZ-01", clock.today()).photo_policy == "needed"
    assert entries(session, stream_keys.county(COUNTY), "matter")[haz.id] == "put"
    row = queries.feed_rows(session, "matter", [haz.id])[haz.id]
    assert (row["photo_reason"], row["photo_document"], row["version"]) == ("便于部门研判", "盐网〔2026〕3号", 2)
    change = queries.changes_of(session, haz.id)[0]
    assert (change.before["photo_policy"], change.after["photo_policy"]) == ("optional", "needed")
    assert (change.by_person_id, change.document_no) == (world.people["county"], "盐网〔2026〕3号")


def test_going_back_to_optional_forgets_the_reason(session, acts) -> None:
    haz, actor = entry(session, "HAZ-01"), acts.holder("county")
    commands.set_photo_policy(session, actor, haz.id, "needed", reason="研判", document_no="文1")
    commands.set_photo_policy(session, actor, haz.id, "optional")
    assert (haz.photo_reason, haz.photo_document, haz.version) == (None, None, 3)


def test_the_database_itself_refuses_needed_without_a_reason(session) -> None:
    with pytest.raises(IntegrityError):
        session.execute(sa.update(Matter).where(Matter.code == "HAZ-01").values(photo_policy="needed"))
    session.rollback()


@pytest.mark.parametrize("username", ["worker", "leader", "town", "city", "sysadmin"])
def test_only_the_county_authority_sets_policies(session, acts, username) -> None:
    haz = entry(session, "HAZ-01").id
    with refused("not_allowed"):
        commands.set_photo_policy(session, acts.holder(username), haz, "forbidden")
    with refused("not_allowed"):
        commands.set_review_of_matter(session, acts.holder(username), haz, ReviewFacts("all"))


def test_another_countys_matter_is_not_there_and_the_citys_is_not_ones_own(session, acts) -> None:
    other = commands.load_starter_list(session, county_code="330481", from_day=STARTED)[0]
    citys = commands.load_starter_list(session, county_code=None, from_day=STARTED)[0]
    for matter_id, code in ((other.id, "not_found"), (uuid4(), "not_found"), (citys.id, "not_allowed")):
        with refused(code):
            commands.set_photo_policy(session, acts.holder("county"), matter_id, "forbidden")


def test_a_review_policy_counts_at_once(session, acts) -> None:
    haz = entry(session, "HAZ-01")
    commands.set_review_of_matter(session, acts.holder("county"), haz.id, ReviewFacts("sample", 25), "文2")
    review = queries.matter_in_force(session, COUNTY, "HAZ-01", clock.today()).review
    assert (review.mode, review.percent) == ("sample", 25)
    commands.set_review_of_matter(session, acts.holder("county"), haz.id, ReviewFacts("none", 25))
    assert (haz.review_mode, haz.review_percent) == ("none", None)


@pytest.mark.parametrize("review", [ReviewFacts("sample", 0), ReviewFacts("sample", 100), ReviewFacts("some")])
def test_a_sample_is_one_to_ninety_nine_percent(session, acts, review) -> None:
    with refused("invalid"):
        commands.set_review_of_matter(session, acts.holder("county"), entry(session, "HAZ-01").id, review)
    with refused("invalid"):
        commands.set_review_of_patrols(session, acts.holder("county"), COUNTY, review)


def test_patrols_have_a_review_policy_of_their_own(session, acts) -> None:
    found = commands.set_review_of_patrols(session, acts.holder("county"), COUNTY, ReviewFacts("sample", 5), "文3")
    today = clock.today()
    assert queries.patrol_review_policy(session, COUNTY, today) == ReviewFacts("sample", 5, 3)
    assert queries.patrol_review_policy(session, "330481", today) == ReviewFacts("none", 0, 3)  # as shipped
    assert entries(session, stream_keys.county(COUNTY), "review_policy") == {found.id: "put"}
    ReviewPolicyRow().load(queries.feed_rows(session, "review_policy", [found.id])[found.id])
    with refused("not_found"):
        commands.set_review_of_patrols(session, acts.holder("county"), "330481", ReviewFacts("all"))


def test_a_setting_is_as_shipped_until_a_document_changes_it(session) -> None:
    assert queries.policy(session, "review_working_days") == SHIPPED_POLICIES["review_working_days"]
    found = commands.set_policy(session, None, "review_working_days", 5, "文4")
    assert queries.policy(session, "review_working_days") == 5
    assert queries.matter_in_force(session, COUNTY, "HAZ-01", clock.today()).review.days == 5
    assert set(entries(session, stream_keys.CITY, "policy").values()) == {"put"}
    rows = queries.feed_rows(session, "policy", [found.id])
    assert PolicyRow().load(rows[found.id])["value"] == 5
    with refused("not_found"):
        commands.set_policy(session, None, "colour", "red")


def test_matter_rows_have_the_shape_of_the_contract(session) -> None:
    ids = list(session.scalars(sa.select(Matter.id)))
    rows = queries.feed_rows(session, "matter", ids)
    loaded = MatterRow(many=True).load(list(rows.values()))
    assert len(loaded) == 45
    haz = next(row for row in rows.values() if row["code"] == "HAZ-02")
    assert haz["departments"] == ["消防救援", "建设"]
    assert haz["advice"][0] == {
        "code": "move_bike", "zh": "劝导挪车到集中停放点", "en": "Advised to move the bike to a parking point",
    }  # fmt: skip
