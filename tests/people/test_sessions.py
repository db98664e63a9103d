"""Sessions: how long they rest, what CSRF asks, how they end, what is left to whoever left."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from server.kernel import clock
from server.people import commands
from server.people.models import Appointment, SignIn
from server.platform.db import db
from tests.builders import DAY, MINUTE, Browser, Hands, at_desk, code_of, signed_in, writing, yesterday
from tests.world import World


def _leave_post(app: Flask, person_id: object) -> None:
    with writing(app) as session:
        for post in session.scalars(sa.select(Appointment).where(Appointment.person_id == person_id)):
            commands.end_appointment(session, post.id, yesterday())


def test_a_phone_session_slides_for_thirty_days_on_a_registered_device(app: Flask) -> None:
    hands, phone = Hands(), signed_in(app, "worker")
    phone.register()
    for _ in range(3):
        hands.forward(29 * DAY)
        assert phone.get("/api/v1/session").status_code == 200
    hands.forward(30 * DAY + MINUTE)
    assert code_of(phone.get("/api/v1/session")) == "signed_out"


def test_without_a_registered_device_a_session_rests_fifteen_minutes(app: Flask) -> None:
    hands, phone = Hands(), signed_in(app, "worker")
    hands.forward(15 * MINUTE + 1)
    assert code_of(phone.get("/api/v1/session")) == "signed_out"


def test_an_office_session_rests_fifteen_minutes_whatever_its_device(app: Flask) -> None:
    hands, desk = Hands(), signed_in(app, "town")
    desk.register()
    for _ in range(3):
        hands.forward(14 * MINUTE)
        assert desk.get("/api/v1/session").status_code == 200
    hands.forward(15 * MINUTE + 1)
    assert code_of(desk.get("/api/v1/session")) == "signed_out"


def test_last_use_is_written_once_a_minute(app: Flask) -> None:
    hands, phone = Hands(), signed_in(app, "worker")

    def last_use() -> int:
        with app.app_context():
            return db.session.scalars(sa.select(SignIn.last_used_at)).one()

    began = last_use()
    hands.forward(MINUTE - 1)
    phone.get("/api/v1/session")
    assert last_use() == began
    hands.forward(1)
    phone.get("/api/v1/session")
    assert last_use() == began + MINUTE


def test_every_unsafe_call_needs_the_token(app: Flask) -> None:
    phone = signed_in(app, "worker")
    good = phone.csrf
    for bad in (
        "",
        "x",
        good[:-1],
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "é" * 40,
        signed_in(app, "worker").csrf,
    ):
        phone.csrf = bad
        answer = phone.call("DELETE", "/api/v1/session")
        assert (answer.status_code, code_of(answer)) == (403, "csrf")
    phone.csrf = good
    assert phone.call("DELETE", "/api/v1/session").status_code == 204


def test_get_session_renews_the_token_and_older_ones_stay_good(app: Flask) -> None:
    phone = signed_in(app, "worker")
    first = phone.csrf
    second = phone.get("/api/v1/session").json["csrf_token"]
    assert first != second
    phone.csrf = first
    device = phone.register()
    phone.csrf = second
    phone.register(device)


def test_signing_out_ends_the_session_and_the_cookie(app: Flask) -> None:
    phone = signed_in(app, "worker")
    token = phone.client.get_cookie("gw_session").value
    answer = phone.call("DELETE", "/api/v1/session")
    assert answer.status_code == 204 and "gw_session=;" in answer.headers["Set-Cookie"]
    phone.client.set_cookie("gw_session", token)
    assert code_of(phone.get("/api/v1/session")) == "signed_out"


def test_whoever_left_keeps_a_restricted_session(app: Flask, world: World) -> None:
    phone = signed_in(app, "worker")
    phone.register()
    _leave_post(app, world.people["worker"])
    body = phone.get("/api/v1/session").json
    assert body["restricted"] is True and body["roles"] == []
    assert code_of(phone.get("/api/v1/devices")) == "restricted_session"
    assert code_of(phone.get("/api/v1/archive")) == "restricted_session"
    assert phone.get("/api/v1/sync/pull").status_code in (200, 204)


def test_after_expiry_whoever_left_gets_a_restricted_session_again(app: Flask, world: World) -> None:
    hands, phone = Hands(), signed_in(app, "worker")
    device = phone.register()
    _leave_post(app, world.people["worker"])
    hands.forward(31 * DAY)
    assert code_of(phone.get("/api/v1/session")) == "signed_out"
    assert phone.sign_in("worker", device_id=device).json["restricted"] is True
    hands.forward(20 * DAY)
    assert phone.get("/api/v1/session").json["restricted"] is True, "the device is still known: 30 days"


def test_whoever_left_does_not_get_to_a_desk(app: Flask, world: World) -> None:
    _leave_post(app, world.people["town"])
    answer = Browser(app).sign_in_at_desk("town")
    assert answer.status_code == 403 and "已不在岗" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_phones_long_session_opens_no_desk(app: Flask, world: World) -> None:
    with writing(app) as session:
        commands.appoint(
            session, person_id=world.people["leader"], role="town_government", org_unit_id=world.areas["town"],
            from_day=yesterday(),
        )  # fmt: skip
    answer = signed_in(app, "leader").get("/office/teams")
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in?next=")
    assert at_desk(app, "leader").get("/office/teams").status_code == 200


def test_a_forged_cookie_is_nobody(app: Flask) -> None:
    browser = Browser(app)
    for token in ("x", "é", "A" * 43, "A" * 4000):
        browser.client.set_cookie("gw_session", token)
        assert code_of(browser.get("/api/v1/session")) == "signed_out"


def test_ended_and_forgotten_sessions_and_old_codes_are_swept(app: Flask, world: World) -> None:
    hands, phone = Hands(), signed_in(app, "worker")
    phone.register()
    resting = signed_in(app, "leader")
    assert phone.call("DELETE", "/api/v1/session").status_code == 204

    def left() -> int:
        with app.app_context():
            return db.session.scalar(sa.select(sa.func.count()).select_from(SignIn)) or 0

    hands.forward(29 * DAY)
    with writing(app) as session:
        commands.tidy(session, clock.now())
    assert left() == 2
    hands.forward(2 * DAY)
    with writing(app) as session:
        commands.tidy(session, clock.now())
    assert left() == 1, "the ended one is gone"
    assert code_of(resting.get("/api/v1/session")) == "signed_out"
    hands.forward(31 * DAY)
    with writing(app) as session:
        commands.tidy(session, clock.now())
    assert left() == 0, "so is the one that nobody used"


def test_all_sessions_end_at_once_on_the_command_line(app: Flask) -> None:
    phone, desk = signed_in(app, "worker"), signed_in(app, "town")
    answer = app.test_cli_runner().invoke(args=["end-sessions"])
    assert answer.output.strip() == "2 sessions ended"
    assert code_of(phone.get("/api/v1/session")) == code_of(desk.get("/api/v1/session")) == "signed_out"
    assert signed_in(app, "worker").get("/api/v1/session").status_code == 200
