"""The PIN lock: wrong tries, idle lock, another person, a lost phone; and nothing of the work is lost by any of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.phone import Phone
from tests.journeys.pin import PIN, WRONG, choose, enter, let_time_pass, press, sign_in_here, unlock
from tests.journeys.search import patterns_of, search
from tests.journeys.site import Site
from tests.journeys.steps import PASSWORD, await_first_pull, log_hazard, open_hazard, records_page

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

NewPhone = Callable[[Site, str], Phone]
OWN_KEYS = """async () => {
  const answer = (r) => new Promise((done, fail) => { r.onsuccess = () => done(r.result); r.onerror = () => fail(r.error); });
  const database = await answer(indexedDB.open('gridwalk-phone'));
  const rows = await answer(database.transaction('people').objectStore('people').getAll());
  database.close();
  const isOpen = (row) => (name) => name === 'key' || name === 'by_phone' || row[name] instanceof CryptoKey;
  return rows.map((row) => Object.keys(row).filter(isOpen(row)));
}"""
BY_ADDRESS = """async () => {
  const paths = ['/api/v1/sync/pull', '/api/v1/session', '/office', '/office/devices'];
  const answers = await Promise.all(paths.map((path) => fetch(path, { redirect: 'manual' })));
  return answers.map((one) => one.type === 'opaqueredirect' ? 'sign-in' : one.status);
}"""


def first_day(phone: Phone) -> None:
    phone.open()
    phone.page.clock.install()
    enter(phone)
    phone.await_offline_ready()
    phone.wait_until_sent()
    await_first_pull(phone)


def test_ten_wrong_tries_close_the_phone_until_an_online_sign_in_and_nothing_is_erased(
    pin_site: Site, new_phone: NewPhone
) -> None:
    phone = new_phone(pin_site, "worker")
    first_day(phone)
    phone.go_offline()
    log_hazard(phone, "没有网时记的")
    open_hazard(phone)
    phone.find("note").fill("还没写完的")
    phone.page.reload()
    expect(phone.find("lock-screen")).to_be_visible()
    expect(phone.page.get_by_text("还没写完的")).to_have_count(0)
    phone.shoot("locked")
    press(phone, WRONG)
    expect(phone.find("lock-said")).to_contain_text("9")
    phone.shoot("one wrong")
    for left in range(8, 0, -1):
        press(phone, WRONG)
        expect(phone.find("lock-said")).to_contain_text(str(left))
    press(phone, WRONG)
    expect(phone.find("lock-out")).to_be_visible()
    expect(phone.find("lock-call-119")).to_have_attribute("href", "tel:119")
    phone.shoot("out of tries")
    phone.page.reload()
    expect(phone.find("lock-out")).to_be_visible()
    phone.tap("lock-forgot")
    sign_in_here(phone, "worker")
    expect(phone.page.get_by_role("alert").first).to_be_visible()  # not without a network
    phone.go_online()
    sign_in_here(phone, "worker")
    press(phone, "550134")
    press(phone, "550134")
    expect(phone.find("draft-row").first).to_be_visible()
    phone.wait_until_sent()
    records_page(phone)
    expect(phone.find("record-row", delivery="delivered").first).to_be_visible()


def test_five_idle_minutes_lock_every_tab_but_not_a_running_patrol_and_the_draft_is_there_again(
    pin_site: Site, new_phone: NewPhone
) -> None:
    phone = new_phone(pin_site, "worker")
    first_day(phone)
    other = phone.another_tab()
    other.goto(phone.page.url)
    press(phone, PIN, other)
    expect(other.get_by_test_id("person-switch")).to_be_visible()
    phone.page.bring_to_front()
    open_hazard(phone)
    phone.find("note").fill("锁上以前写的")
    let_time_pass(phone, 4.5)
    expect(phone.find("note")).to_be_visible()
    phone.go_offline()
    let_time_pass(phone, 6)
    expect(phone.find("lock-screen")).to_be_visible()
    expect(other.get_by_test_id("lock-screen")).to_be_visible()
    unlock(phone)
    expect(phone.find("note")).to_have_value("锁上以前写的")
    phone.tap("back")
    phone.tap("tab-today")
    phone.tap("patrol-start")
    phone.tap("patrol-checkpoint")
    let_time_pass(phone, 20)
    expect(phone.find("patrol-finish")).to_be_visible()
    let_time_pass(phone, 50)
    expect(phone.find("lock-screen")).to_be_visible()


def test_two_people_on_one_phone_each_open_with_their_own_pin_offline(pin_site: Site, new_phone: NewPhone) -> None:
    phone = new_phone(pin_site, "worker")
    first_day(phone)
    phone.tap("person-switch")
    phone.tap("person-other")
    sign_in_here(phone, "worker2")
    press(phone, "620485")
    press(phone, "620485")
    expect(phone.find("visit-due").first).to_be_visible()
    phone.wait_until_sent()
    phone.go_offline()
    phone.tap("person-switch")
    phone.tap("person-row", username="worker")
    expect(phone.find("lock-screen")).to_contain_text("张worker")
    press(phone, "620485")
    expect(phone.find("lock-said")).to_be_visible()
    unlock(phone)
    record = log_hazard(phone, "自己的")
    records_page(phone)
    phone.expect_row(record, delivery="saved")


def test_a_locked_profile_holds_the_key_only_wrapped_and_the_browser_alone_opens_no_door(
    pin_site: Site, new_phone: NewPhone
) -> None:
    phone = new_phone(pin_site, "leader")
    phone.open()
    enter(phone, "leader")
    phone.await_offline_ready()
    phone.wait_until_sent()
    expect(phone.find("approvals-left")).to_be_visible()
    phone.page.wait_for_function("() => fetch('/api/v1/session').then(answer => answer.status === 401)")
    assert phone.page.evaluate(OWN_KEYS) == [[]]
    phone.page.reload()
    expect(phone.find("lock-screen")).to_be_visible()
    assert phone.page.evaluate(BY_ADDRESS) == [401, 401, "sign-in", "sign-in"]
    unlock(phone)
    phone.wait_until_sent()
    expect(phone.find("approvals-left")).to_be_visible()


def test_a_copied_profile_started_elsewhere_shows_a_lock_and_no_marker(
    pin_site: Site, new_phone: NewPhone, tmp_path: Path
) -> None:
    phone = new_phone(pin_site, "worker")
    phone.open()
    enter(phone)
    phone.await_offline_ready()
    phone.wait_until_sent()
    await_first_pull(phone)
    log_hazard(phone, "只有本人知道的话")
    phone.wait_until_sent()
    phone.close()
    shutil.copytree(phone.profile, tmp_path / "profile-copy", ignore=shutil.ignore_patterns("Singleton*"))
    copy = new_phone(pin_site, "copy")
    copy.link = phone.link  # the same site
    copy.open()
    expect(copy.find("lock-screen")).to_be_visible()
    assert copy.page.evaluate(OWN_KEYS) == [[]]
    assert copy.page.evaluate(BY_ADDRESS) == [401, 401, "sign-in", "sign-in"]
    copy.close()
    secrets = ["只有本人知道的话", *(f"横港路{n}号" for n in range(1, 5)), *(f"1390000000{n}" for n in range(4))]
    assert search(copy.profile, patterns_of(secrets)) == {}


def test_a_revoked_phone_hands_over_when_it_is_unlocked_and_is_wiped(pin_site: Site, new_phone: NewPhone) -> None:
    phone = new_phone(pin_site, "worker")
    first_day(phone)
    phone.go_offline()
    log_hazard(phone, "停用以前记的")
    phone.page.reload()
    expect(phone.find("lock-screen")).to_be_visible()
    with pin_site.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE device SET revoked_at = registered_at")
    phone.go_online()
    phone.page.wait_for_timeout(1500)
    assert not told_in_quarantine(pin_site), "locked, it says nothing"
    unlock(phone)
    expect(phone.find("was-cleared")).to_be_visible()
    assert told_in_quarantine(pin_site) == ["hazards.report"], "what was unsent came first"
    assert phone.page.evaluate(OWN_KEYS) == []


def told_in_quarantine(site: Site) -> list[str]:
    rows = site.query("SELECT name FROM mutation_log WHERE problem_code = 'no_longer_in_post'")
    return [row["name"] for row in rows]


def test_a_first_sign_in_by_the_qr_code_sets_password_and_pin_and_leaves_no_code_behind(
    pin_site: Site, new_phone: NewPhone
) -> None:
    office = new_phone(pin_site, "office")
    office.open("/sign-in?next=/office/reset-code")
    office.page.locator("[name=username]").fill("leader")
    office.page.locator("[name=password]").fill(PASSWORD)
    office.page.locator("main button").first.click()
    office.page.get_by_text("张worker2").click()
    office.page.locator("main form button").first.click()
    expect(office.find("welcome-qr")).to_be_visible()
    office.shoot("qr")
    code = office.find("reset-code").inner_text().replace(" ", "")

    phone = new_phone(pin_site, "worker2")
    phone.open(f"/app#/welcome?u=worker2&c={code}")
    expect(phone.find("welcome")).to_be_visible()
    assert code not in phone.page.url
    phone.shoot("welcome")
    phone.tap("large-text-yes")
    expect(phone.find("large-text-yes")).to_have_count(0)
    phone.find("welcome-password").fill("short")
    phone.tap("welcome-submit")
    expect(phone.find("welcome-said")).to_be_visible()
    phone.find("welcome-password").fill("a-new-long-one")
    phone.tap("welcome-submit")
    expect(phone.find("choose-step", step="1")).to_be_visible()
    phone.shoot("choose a PIN")
    choose(phone)
    expect(phone.find("visit-due").first).to_be_visible()
    expect(phone.page.locator("html")).to_have_attribute("data-size", "elder")
    assert code not in str(phone.page.evaluate("() => [location.href, JSON.stringify(history.state)]"))

    second = new_phone(pin_site, "thief")
    second.open(f"/app#/welcome?u=worker2&c={code}")
    second.find("welcome-password").fill("another-long-one")
    second.tap("welcome-submit")
    expect(second.find("welcome-said")).to_be_visible()
    expect(second.find("welcome")).to_be_visible()
