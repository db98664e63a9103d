"""A whole mediation: logged without a network, reviewed by the leader, its return visit made; nobody else has a trace."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from server.kernel import clock
from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import object_on_screen, settle

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

NAME, PHONE = "钱甲乙", "13812341234"
HELD = """async () => {
  const answer = await fetch('/api/v1/sync/pull');
  return await answer.text();
}"""


def test_two_neighbours_settle_it_and_it_is_kept(world_site: Site, new_phone: Callable[[Site, str], Phone]) -> None:
    worker, leader = new_phone(world_site, "worker"), new_phone(world_site, "leader")
    settle(worker)
    settle(leader, "leader")
    worker.go_offline()
    mediation = settled_by_word(worker)
    seen_masked(worker, mediation)
    worker.go_online()
    worker.wait_until_sent()

    leader.page.reload()
    card = leader.find("approval-card", id=mediation)
    expect(card).to_be_visible()
    expect(card).not_to_contain_text(NAME)
    expect(card).to_contain_text("138****1234")
    leader.shoot("leader, masked")
    leader.go_offline()
    leader.tap("parties-show")
    expect(card).to_contain_text(NAME)
    leader.shoot("leader, shown")
    leader.tap("approve")
    expect(leader.find("undo")).to_be_visible()
    leader.go_online()
    leader.wait_until_sent()
    await_in_tables(leader, lambda: looks_of(world_site, "leader") == 2, "opening the card, and asking for the names")

    for other in ("worker2", "parttime", "adviser"):
        stranger = new_phone(world_site, other)
        stranger.sign_in(other, "gridwalk-test")
        stranger.wait_until_sent()
        told = stranger.page.evaluate(HELD)
        assert mediation not in told and NAME not in told and '"kind":"mediation"' not in told, other
    return_visit(world_site, worker, mediation)


def settled_by_word(worker: Phone) -> str:
    worker.tap("tab-log")
    worker.tap("duty-mediations")
    worker.shoot("may it be mediated here")
    worker.tap("fit-go")
    mediation = object_on_screen(worker)
    worker.tap("matter-MED-01")
    expect(worker.find("who-sees")).to_contain_text("张leader")
    expect(worker.find("photo-input")).to_have_count(0)
    worker.find("party-name-1").fill(NAME)
    worker.find("party-phone-1").fill(PHONE)
    worker.find("party-name-2").fill("孙丙丁")
    worker.find("note").fill("晚上九点后不再放音响")
    worker.page.reload()  # the draft goes on where it stood
    expect(worker.find("party-name-1")).to_have_value(NAME)
    worker.tap("outcome-oral")
    worker.shoot("form")
    worker.tap("check")
    expect(worker.find("mediation-card")).to_contain_text(NAME)
    worker.shoot("check")
    worker.tap("save")
    expect(worker.find("tab-today")).to_be_visible()
    return mediation


def seen_masked(worker: Phone, mediation: str) -> None:
    worker.tap("tab-records")
    worker.expect_row(mediation, delivery="saved")
    worker.tap(worker.find("record-row", id=mediation))
    expect(worker.find("parties", shown="false")).to_contain_text("钱**")
    expect(worker.find("record-page")).not_to_contain_text(NAME)
    worker.shoot("own record, masked")
    worker.tap("back")


def return_visit(site: Site, worker: Phone, mediation: str) -> None:
    """A week later, by the clock of the tables: the day has come."""
    today = clock.today()
    with site.engine.begin() as connection:
        on = connection.scalar(sa.text("SELECT revisit_on FROM mediation"))
        assert str(on) == (today + timedelta(days=7)).isoformat(), "the day that the matter proposes"
    worker.page.clock.install(time=(today + timedelta(days=8)).isoformat() + "T09:00:00+08:00")
    worker.page.reload()
    worker.tap("tab-today")
    due = worker.find("revisit-due", id=mediation)
    expect(due).to_be_visible()
    worker.shoot("today, a return visit")
    with worker.counting(3, "return visit"):
        worker.tap(due)
        worker.tap("revisit-kept")
        worker.shoot("return visit")
        worker.tap("save")
    expect(worker.find("record-page")).to_contain_text("做到了")
    worker.shoot("record, return visit made")
    ended = [{"state": "closed"}]
    await_in_tables(worker, lambda: site.query("SELECT state FROM record") == ended, "the return visit arrives")
    steps = site.query("SELECT step FROM record_step ORDER BY version")
    assert [row["step"] for row in steps] == ["saved", "approved", "revisited"]


def await_in_tables(phone: Phone, is_there: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + 60
    while not is_there():
        assert time.monotonic() < until, what
        phone.page.wait_for_timeout(200)


def looks_of(site: Site, who: str) -> int:
    return len(
        site.query(f"SELECT look.id FROM look JOIN person ON person.id = look.person_id WHERE username = '{who}'")
    )


def test_what_is_not_for_mediation_takes_six_taps_and_names_nobody(
    world_site: Site, new_phone: Callable[[Site, str], Phone]
) -> None:
    worker = new_phone(world_site, "worker")
    settle(worker)
    worker.tap("tab-log")
    with worker.counting(6, "referral"):
        worker.tap("duty-mediations")
        worker.tap("unsuited-court")
        worker.tap("fit-go")
        worker.tap("matter-MED-01")
        expect(worker.find("turn-words")).to_be_visible()
        expect(worker.find("outcome-oral")).to_have_count(0)
        worker.shoot("a referral")
        worker.tap("check")
        worker.tap("save")
    expect(worker.find("tab-today")).to_be_visible()
    worker.wait_until_sent()
    [row] = world_site.query("SELECT outcome, revisit_on FROM mediation")
    assert (row["outcome"], row["revisit_on"]) == ("told", None)
