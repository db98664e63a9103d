"""The pages on which a list is drawn up, published, read by everybody and left again."""

from __future__ import annotations

import re

import pytest

from server.kernel import clock
from server.kernel.ids import new_id
from server.matters import drafting, leaving
from server.matters.rules import SUPPORTS
from server.people.queries import holder_of
from server.text import text
from tests.builders import Browser, at_desk, writing
from tests.matters.lists import GONE, NEW, draft_of, in_days, published
from tests.matters.test_support import decision
from tests.world import COUNTY

LIST, SUPPORT = "/office/matters/list", "/office/matters/support"
EVIL = "<script>alert(1)</script>"


def county(session, world):
    return holder_of(session, world.people["county"], clock.today())


def test_a_list_is_drawn_up_and_published_from_the_office(app) -> None:
    desk = at_desk(app, "county")
    assert text("list.begin", "zh") in desk.client.get(LIST).text
    assert desk.form(LIST).headers["Location"] == f"{LIST}?done=begun"
    with writing(app) as session:
        base = f"{LIST}/{drafting.open_draft(session, COUNTY).id}"
    told = {name: value for name, value in NEW.items() if value is not None}
    faulty = desk.form(f"{base}/adjust", **{**told, "max_level": "L0"})
    assert faulty.status_code == 422 and NEW["name_zh"] in faulty.text
    little = {"fix_days": "7", "low_risk": "yes", "advice": ["move_bike", "clear_way"]}
    assert desk.form(f"{base}/adjust", **told | {"fix_days": "0"}).status_code == 422
    assert desk.form(f"{base}/adjust", **told | little).status_code == 303
    form = desk.client.get(f"{LIST}/adjust?code=HAZ-21").text
    assert re.search(r'name="fix_days" type="number" value="7"', form) and re.search(
        r'name="low_risk"[^>]* checked', form
    )
    chosen = re.findall(r'name="advice" value="(\w+)"( checked)?', form)
    assert [one for one, is_chosen in chosen if is_chosen] == ["move_bike", "clear_way"] and len(chosen) > 2
    shown = desk.client.get(LIST).text
    assert NEW["name_zh"] in shown and text("list.opinion.not_asked", "zh") in shown
    early = desk.form(f"{base}/publish", from_day=in_days(3).isoformat(), list_document="示1")
    assert early.status_code == 422 and text("problem.consent_lacking.title", "zh") in early.text
    row = re.search(r"adjustments/([0-9a-f-]{36})/consent", shown).group(1)
    assert desk.form(f"{base}/adjustments/{row}/consent", consent_document="示2").status_code == 303
    asked = {"department": "fire", "asked_on": clock.today().isoformat(), "answer": ""}
    assert desk.form(f"{base}/opinions", **asked).status_code == 303
    done = desk.form(f"{base}/publish", from_day=in_days(3).isoformat(), list_document="示3")
    assert done.headers["Location"] == f"{LIST}?done=published"
    assert text("list.version", "zh", n=2) in desk.client.get(LIST).text


def test_the_form_of_a_change_holds_the_entry_in_force(app, world) -> None:
    desk = at_desk(app, "county")
    assert desk.client.get(f"{LIST}/adjust?code=HAZ-01").status_code == 409, "nothing is drawn up yet"
    with writing(app) as session:
        draft_of(session, county(session, world), NEW)
    form = desk.client.get(f"{LIST}/adjust?code=HAZ-01").text
    assert 'name="kind" value="change"' in form and "九小场所消防要点" in form
    assert re.search(r'value="fire" checked', form) and not re.search(r'value="education" checked', form)
    assert NEW["reason"] in desk.client.get(f"{LIST}/adjust?code=HAZ-21").text
    assert desk.client.get(f"{LIST}/adjust?code=NO-01").status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everybody_reads_versions_and_what_changed(app, world, lang) -> None:
    with writing(app) as session:
        published(session, county(session, world), {**NEW, "name_zh": EVIL, "reason": EVIL}, GONE, days=2)
    reader = Browser(app).client
    today = reader.get(f"/matters?lang={lang}").text
    assert "HAZ-21" not in today and "/matters/difference?county=330424&amp;from=1&amp;to=2" in today
    history = reader.get(f"/matters/versions?lang={lang}")
    assert history.status_code == 200 and text("public_matters.coming", lang) in history.text
    version = reader.get(f"/matters/versions/2?county={COUNTY}&lang={lang}").text
    assert "示〔2026〕41号" in version and text("list.kind.withdraw", lang) in version
    changed = reader.get(f"/matters/difference?lang={lang}")
    assert (
        "HAZ-21" in changed.text and "HAZ-09" in changed.text and text("public_matters.admitted", lang) in changed.text
    )
    for page in (history.text, version, changed.text):
        assert EVIL not in page and "<script" not in page and len(page.encode()) < 60_000
    assert text("public_matters.same", lang) in reader.get(f"/matters/difference?from=1&to=1&lang={lang}").text


@pytest.mark.parametrize("path", [
    "/matters/versions/2", "/matters/versions/99999999999999999999", "/matters/difference", "/matters/versions?county=999999",
])  # fmt: skip
def test_what_was_never_published_is_not_found(app, path) -> None:
    found = Browser(app).client.get(path)
    assert found.status_code == (200 if "county=" in path else 404)  # of the only county whatever is asked


def test_a_department_that_does_nothing_is_seen_and_its_matter_withdrawn(app) -> None:
    desk = at_desk(app, "county")
    report = desk.client.get(SUPPORT).text
    assert report.count(text("support.at_risk", "zh")) == 45
    told = {"id": str(new_id()), "department": "fire", "kind": "training", "day": clock.today().isoformat()}
    assert desk.form(f"{SUPPORT}/HAZ-01", **told, words="电动车消防培训").status_code == 303
    assert desk.form(f"{SUPPORT}/HAZ-01", **told, words="电动车消防培训").status_code == 303
    one = desk.client.get(f"{SUPPORT}/HAZ-01").text
    assert one.count("电动车消防培训") == 1 and text("support.withdraw", "zh") in one
    form = {"heard_on": clock.today().isoformat(), "reason": "没有经费", "withdrawal_document": "示9"}
    form |= {"from_day": in_days(1).isoformat(), "missing": ["training"]}
    refused = desk.form(f"{SUPPORT}/HAZ-01/withdraw", **form)
    assert refused.status_code == 422 and text("problem.duty_on_record.title", "zh") in refused.text
    assert desk.form(f"{SUPPORT}/HAZ-01/withdraw", **{**form, "missing": ["funds"]}).status_code == 303
    assert text("support.kind.funds", "zh") in Browser(app).client.get("/matters/versions/2").text
    assert desk.client.get(f"{SUPPORT}/NO-01").status_code == 404


def test_a_period_of_the_county_is_kept_with_its_document(app) -> None:
    desk = at_desk(app, "county")
    assert desk.form(f"{SUPPORT}/period", period_document="示5", days="90").status_code == 303
    assert text("support.period_is", "zh", days=90) in desk.client.get(SUPPORT).text
    assert desk.form(f"{SUPPORT}/period", period_document="示5", days="0").status_code == 422
    assert desk.form(f"{SUPPORT}/period").status_code == 303
    assert text("support.period_none", "zh") in desk.client.get(SUPPORT).text


def test_the_page_of_a_matter_on_its_way_out_says_so(app, world) -> None:
    with writing(app) as session:
        leaving.withdraw(session, county(session, world), decision(missing=list(SUPPORTS)))
    one = at_desk(app, "county").client.get(f"{SUPPORT}/VIS-08").text
    assert text("support.said_nothing", "zh") not in one and "正在安排" in one
    assert "withdraw-form" not in one


def test_departments_are_added_here_and_closed_by_the_city(app) -> None:
    desk, city = at_desk(app, "county"), at_desk(app, "city")
    told = {"code": "water_affairs", "name_zh": "水利", "name_en": "Water affairs"}
    assert desk.form("/office/departments", **told).status_code == 303
    again = desk.form("/office/departments", **told)
    assert again.status_code == 409 and text("problem.department_exists.title", "zh") in again.text
    assert "/close" not in desk.client.get("/office/departments").text
    assert city.form("/office/departments/water_affairs/close").status_code == 303
    assert city.form("/office/departments/fire/close").status_code == 409
    assert city.form("/office/departments/nobody/close").status_code == 404
