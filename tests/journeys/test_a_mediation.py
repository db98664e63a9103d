"""A whole mediation: logged without a network, reviewed by the leader, its return visit made; nobody else has a trace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from server.kernel import clock
from tests.journeys.duties import NAME, make_return_visit, settle_by_word
from tests.journeys.phone import Phone
from tests.journeys.site import Site
from tests.journeys.steps import settle, until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

HELD = """async () => {
  const answer = await fetch('/api/v1/sync/pull');
  return await answer.text();
}"""


def test_two_neighbours_settle_it_and_it_is_kept(world_site: Site, new_phone: Callable[[Site, str], Phone]) -> None:
    worker, leader = new_phone(world_site, "worker"), new_phone(world_site, "leader")
    settle(worker)
    settle(leader, "leader")
    worker.go_offline()
    mediation = settle_by_word(worker, "张leader")
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
    until(leader, lambda: looks_of(world_site, "leader") == 2, "opening the card, and asking for the names")

    for other in ("worker2", "parttime", "adviser"):
        stranger = new_phone(world_site, other)
        stranger.sign_in(other, "gridwalk-test")
        stranger.wait_until_sent()
        told = stranger.page.evaluate(HELD)
        assert mediation not in told and NAME not in told and '"kind":"mediation"' not in told, other
    today = clock.today()
    [row] = world_site.query("SELECT revisit_on FROM mediation")
    assert str(row["revisit_on"]) == (today + timedelta(days=7)).isoformat(), "the day that the matter proposes"
    make_return_visit(worker, mediation, today)
    ended = [{"state": "closed"}]
    until(worker, lambda: world_site.query("SELECT state FROM record") == ended, "the return visit arrives")
    steps = world_site.query("SELECT step FROM record_step ORDER BY version")
    assert [row["step"] for row in steps] == ["saved", "approved", "revisited"]


def seen_masked(worker: Phone, mediation: str) -> None:
    worker.tap("tab-records")
    worker.expect_row(mediation, delivery="saved")
    worker.tap(worker.find("record-row", id=mediation))
    expect(worker.find("parties", shown="false")).to_contain_text("钱**")
    expect(worker.find("record-page")).not_to_contain_text(NAME)
    worker.shoot("own record, masked")
    worker.tap("back")


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
