"""The county's page: the list of today, one matter's policies, in both languages."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from server.matters.models import Matter, ReviewPolicy
from server.matters.queries import policy
from server.text import text
from tests.builders import at_desk
from tests.county import looking
from tests.world import COUNTY


def stored(app, code: str = "HAZ-01") -> Matter:
    with looking(app) as session:
        return session.scalars(sa.select(Matter).where(Matter.code == code)).one()


def path_of(app) -> str:
    return f"/office/matters/{stored(app).id}"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_shows_every_matter_in_force(app, lang) -> None:
    page = at_desk(app, "county").client.get("/office/matters", headers={"Accept-Language": lang})
    assert page.status_code == 200
    assert len(re.findall(r'href="/office/matters/[0-9a-f-]{36}"', page.text)) == 45
    assert text("matters.title", lang) in page.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_reason_and_number_are_not_called_optional_where_needed_may_be_chosen(app, lang) -> None:
    page = at_desk(app, "county").client.get(path_of(app), headers={"Accept-Language": lang}).text
    for name in ("reason", "document_no"):
        label = page.split(f'<label for="{name}">')[1].split("</label>")[0]
        assert text("matters.when_needed", lang) in label and text("page.optional", lang) not in label


def test_needed_without_a_reason_stays_on_the_page_with_what_was_typed(app) -> None:
    path = path_of(app)
    answer = at_desk(app, "county").form(
        path, photo_policy="needed", reason="", document_no="文〔2026〕9号", review_mode="all"
    )
    assert answer.status_code == 422
    assert text("problem.reason_needed.title", "zh") in answer.text
    assert "文〔2026〕9号" in answer.text
    assert stored(app).photo_policy == "optional"


def test_policies_are_saved_together_and_kept_in_history(app) -> None:
    browser, path = at_desk(app, "county"), path_of(app)
    form = {
        "photo_policy": "needed",
        "reason": "部门研判",
        "document_no": "文1",
        "review_mode": "sample",
        "review_percent": "20",
    }
    assert browser.form(path, **form).headers["Location"] == "/office/matters?done=saved"
    haz = stored(app)
    assert (haz.photo_policy, haz.review_mode, haz.review_percent) == ("needed", "sample", 20)
    shown = browser.client.get(path).text
    assert "部门研判" in shown and text("matters.photo.needed", "zh") in shown


def test_a_faulty_review_undoes_the_photo_policy_too(app) -> None:
    path = path_of(app)
    answer = at_desk(app, "county").form(path, photo_policy="forbidden", review_mode="sample", review_percent="x")
    assert answer.status_code == 422
    assert stored(app).photo_policy == "optional"


def test_the_review_of_patrols_is_set_on_the_list(app) -> None:
    browser = at_desk(app, "county")
    assert browser.form("/office/matters/patrols", review_mode="sample", review_percent="5").status_code == 303
    with looking(app) as session:
        found = session.scalars(sa.select(ReviewPolicy).where(ReviewPolicy.county_code == COUNTY)).one()
    assert (found.mode, found.percent) == ("sample", 5)
    assert browser.form("/office/matters/patrols", review_mode="sample", review_percent="0").status_code == 422
    assert browser.form("/office/matters/patrols", review_mode="never").status_code == 422


@pytest.mark.parametrize("username", ["town", "city", "auditor"])
def test_nobody_else_opens_it(app, username) -> None:
    browser = at_desk(app, username)
    path = path_of(app)
    assert browser.client.get("/office/matters").status_code == 403
    assert browser.form(path, photo_policy="forbidden", review_mode="all").status_code == 403


def test_a_matter_of_nowhere_is_not_found(app) -> None:
    browser = at_desk(app, "county")
    path = "/office/matters/0198f000-0000-7000-8000-000000000000"
    assert browser.client.get(path).status_code == 404
    assert browser.form(path, photo_policy="forbidden", review_mode="all").status_code == 404


def test_saving_what_is_so_already_tells_nobody(app) -> None:
    path = path_of(app)
    at_desk(app, "county").form(path, photo_policy="optional", review_mode="all")
    assert stored(app).version == 1


def test_the_county_sets_whom_its_phones_call_for_gas(app) -> None:
    browser = at_desk(app, "county")
    assert browser.form("/office/matters/gas-number", number="0573-87654321").status_code == 303
    assert 'value="0573-87654321"' in browser.client.get("/office/matters").text
    wrong = browser.form("/office/matters/gas-number", number="ask the town")
    assert wrong.status_code == 422 and "ask the town" in wrong.text
    with looking(app) as session:
        assert policy(session, "gas_numbers") == {COUNTY: "0573-87654321"}
