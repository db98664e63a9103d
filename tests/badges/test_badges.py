"""Badges in the small county: issue, check with a phone's code, renew, lose, revoke, leave; what phones are told."""

from __future__ import annotations

import hashlib
from uuid import UUID

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from flask import Flask

from server.badges import commands, queries, rules
from server.badges.models import Badge, BadgeCheckCount
from server.kernel import clock, stream_keys
from server.kernel.problems import Problem
from server.people.commands import end_appointment, revoke_device
from server.people.models import Appointment
from server.people.queries import holder_of
from server.platform.keys import b64, keyring, unb64
from server.text import text
from tests.builders import MINUTE, Browser, Hands, code_of, signed_in, writing
from tests.county import entries, looking
from tests.photos.pictures import jpeg
from tests.sync.phone import Phone
from tests.world import COUNTY, World

KEY = ec.generate_private_key(ec.SECP256R1())
POINT = b64(KEY.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint))
WORD = {answer: text(f"badge_check.{answer}", "zh") for answer in rules.ANSWERS}


def issued(app: Flask, world: World, username: str = "worker", portrait: str | None = None) -> Badge:
    with writing(app) as session:
        town = holder_of(session, world.people["town"], clock.today())
        return commands.issue(session, town, world.people[username], portrait, portrait is not None)


def secret_of(browser: Browser) -> bytes:
    answer = browser.call("POST", "/api/v1/badge/phone", {"public_key": POINT})
    assert answer.status_code == 200, answer.text
    return unb64(answer.json["secret"])


def path_of(badge: Badge, secret: bytes | None = None, minute: int | None = None) -> str:
    if secret is None:
        return f"/b/{badge.print_token}"
    minute = clock.now() // MINUTE if minute is None else minute
    return f"/b/{badge.token}/{rules.minute_text(minute)}/{rules.code_of(secret, minute)}"


def said(app: Flask, path: str) -> str:
    """The one answer of a check page."""
    answer = Browser(app).client.get(path, headers={"Accept-Language": "zh"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "<script" not in answer.text
    found = [name for name, word in WORD.items() if f"<span>{word}</span>" in answer.text]
    assert len(found) == 1, found
    return found[0]


def test_a_phone_proves_its_minute_and_no_picture_of_it_does(designed: Flask, world: World) -> None:
    hands = Hands()
    badge = issued(designed, world)
    phone = signed_in(designed, "worker")
    phone.register()
    path = path_of(badge, secret_of(phone))
    assert said(designed, path) == "valid"
    hands.forward(4 * MINUTE)
    assert said(designed, path) == "refresh", "an old picture of the screen"
    assert said(designed, path_of(badge)) == "valid", "as printed"
    assert said(designed, f"/b/{badge.token}") == "refresh", "cut off, the minute leaves nothing that holds"
    assert badge.token != badge.print_token
    assert said(designed, path_of(badge, b"another phone's secret, 32 bytes")) == "refresh"


def test_the_page_shows_the_face_only_while_valid_and_never_a_private_number(designed: Flask, world: World) -> None:
    portrait = commands.portrait_of(jpeg(width=300, height=400))
    badge = issued(designed, world, portrait=portrait)
    page = Browser(designed).client.get(path_of(badge)).text
    for shown in ("张worker", "第1网格", "tel:0573-1234567", f"base64,{portrait}"):
        assert shown in page
    assert "13800000000" not in page
    with writing(designed) as session:
        commands.end(session, holder_of(session, world.people["county"], clock.today()), badge.id, "revoked")
    page = Browser(designed).client.get(path_of(badge)).text
    assert WORD["invalid"] in page and "tel:0573-1234567" in page
    assert "张worker" not in page and "第1网格" not in page and "base64" not in page


def test_no_other_token_says_anything(designed: Flask, world: World) -> None:
    issued(designed, world)
    for token in ("x" * 22, "short", "' OR 1=1 --", "%00", "t" * 500):
        assert said(designed, f"/b/{token}") == "invalid"


def test_checks_are_counted_by_day_and_answer_alone(designed: Flask, world: World) -> None:
    badge = issued(designed, world)
    for path in (path_of(badge), path_of(badge), path_of(badge, b"x" * 32), "/b/" + "x" * 22):
        said(designed, path)
    with looking(designed) as session:
        rows = session.scalars(sa.select(BadgeCheckCount)).all()
        assert {(row.county_code, row.answer, row.checks) for row in rows} == {
            (COUNTY, "valid", 2),
            (COUNTY, "refresh", 1),
        }
    assert set(BadgeCheckCount.__table__.columns.keys()) == {"county_code", "day", "answer", "checks"}


def test_a_secret_is_given_once_and_a_new_one_ends_the_last(designed: Flask, world: World) -> None:
    badge = issued(designed, world)
    phone = signed_in(designed, "worker")
    device = phone.register()
    first, second = secret_of(phone), secret_of(phone)
    assert first != second
    assert said(designed, path_of(badge, first)) == "refresh"
    assert said(designed, path_of(badge, second)) == "valid"
    with looking(designed) as session:
        row = session.execute(sa.text("SELECT secret FROM badge_phone")).scalar_one()
        assert second not in bytes(row) and b64(second).encode() not in bytes(row), "sealed"
    assert phone.call("DELETE", f"/api/v1/devices/{device}").status_code == 204
    assert said(designed, path_of(badge, second)) == "refresh", "a revoked phone proves nothing"


def test_somebody_elses_phone_proves_nothing(designed: Flask, world: World) -> None:
    badge = issued(designed, world)
    issued(designed, world, "worker2")
    other = signed_in(designed, "worker2")
    other.register()
    assert said(designed, path_of(badge, secret_of(other))) == "refresh"


@pytest.mark.parametrize("point", ["A" * 87, "A" * 200, "", b64(b"\x04" + b"\x01" * 64)])
def test_only_a_point_of_the_curve_is_a_key(designed: Flask, world: World, point: str) -> None:
    phone = signed_in(designed, "worker")
    phone.register()
    answer = phone.call("POST", "/api/v1/badge/phone", {"public_key": point})
    assert (answer.status_code, code_of(answer)) == (422, "invalid")


def test_a_browser_without_a_device_gets_no_secret(designed: Flask) -> None:
    answer = signed_in(designed, "worker").call("POST", "/api/v1/badge/phone", {"public_key": POINT})
    assert code_of(answer) == "unknown_device"


def test_the_own_row_is_signed_for_each_phone_and_goes_to_nobody_else(designed: Flask, world: World) -> None:
    badge = issued(designed, world)
    phone = Phone(designed, "worker")
    device = str(phone.device_id)
    answer = phone.client.post("/api/v1/badge/phone", json={"public_key": POINT}, headers=phone.headers)
    assert answer.status_code == 200
    row = phone.pull()["badge"][str(badge.id)]
    assert (row["token"], row["last_day"]) == (badge.token, badge.last_day.isoformat())
    assert badge.print_token not in str(row), "what is on paper is on no phone"
    signed = row["phones"][device]
    assert signed["words"].splitlines()[-1] == POINT
    end = int(signed["words"].splitlines()[-2], 36) - clock.now() // MINUTE
    assert 7 * 1_440 - 1 <= end <= 7 * 1_440
    raw = unb64(signed["signature"])
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    with designed.app_context():
        public = next(one for one in keyring().receipt_public_keys() if one["kid"] == signed["kid"])
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(unb64(public["x"]), "big"), int.from_bytes(unb64(public["y"]), "big"), ec.SECP256R1()
    )
    numbers.public_key().verify(der, signed["words"].encode(), ec.ECDSA(hashes.SHA256()))
    assert "badge" not in Phone(designed, "worker2").pull()


def test_an_honest_phone_gets_new_words_in_time_and_a_revoked_one_none(designed: Flask, world: World) -> None:
    hands = Hands()
    badge = issued(designed, world)
    issued(designed, world, "leader")  # on paper alone: nobody has to be told
    phone = Phone(designed, "worker")
    phone.client.post("/api/v1/badge/phone", json={"public_key": POINT}, headers=phone.headers)

    def swept() -> dict[str, int]:
        with writing(designed) as session:
            commands.follow_posts(session, clock.today())
            return {one.number[-1]: one.version for one in session.scalars(sa.select(Badge))}

    def words() -> str:
        return str(phone.pull()["badge"][str(badge.id)]["phones"].get(str(phone.device_id), {}).get("words", ""))

    first, told = words(), swept()
    hands.forward(3 * 24 * 60 * MINUTE)
    assert swept() == told
    hands.forward(13 * 60 * MINUTE)
    assert swept() == {**told, "1": told["1"] + 1}
    assert int(words().splitlines()[-2], 36) > int(first.splitlines()[-2], 36) + 3 * 1_440
    with writing(designed) as session:
        revoke_device(session, holder_of(session, world.people["worker"], clock.today()), phone.device_id)
    hands.forward(4 * 24 * 60 * MINUTE)
    assert swept() == {**told, "1": told["1"] + 1}, "no phone is left to be told"
    with designed.app_context(), looking(designed) as session:
        assert queries.feed_rows(session, "badge", [badge.id])[badge.id]["phones"] == {}


def test_an_ended_badge_leaves_the_phone_and_colleagues_learn_its_number(designed: Flask, world: World) -> None:
    badge = issued(designed, world)
    with writing(designed) as session:
        commands.end(session, holder_of(session, world.people["town"], clock.today()), badge.id, "lost")
    assert "badge" not in Phone(designed, "worker").pull()
    told = Phone(designed, "worker3").pull()["badge_end"]
    assert [(row["id"], row["number"]) for row in told.values()] == [(str(badge.id), badge.number)]
    assert set(next(iter(told.values()))) <= {"id", "version", "number", "_stream"}


def test_renewing_ends_the_old_one_and_keeps_the_photo(designed: Flask, world: World) -> None:
    portrait = commands.portrait_of(jpeg())
    old = issued(designed, world, portrait=portrait)
    with writing(designed) as session:
        town = holder_of(session, world.people["town"], clock.today())
        new = commands.renew(session, town, old.id, None, False)
        assert new.portrait == portrait and new.consent_day == clock.today()
        assert session.get_one(Badge, old.id).portrait is None, "over, and nobody's to keep"
        with pytest.raises(Problem, match="badge_over"):
            commands.renew(session, town, old.id, None, False)
    assert (new.number, new.token) != (old.number, old.token)
    assert said(designed, path_of(old)) == "invalid"
    assert said(designed, path_of(new)) == "valid"


def test_nobody_has_two(designed: Flask, world: World) -> None:
    issued(designed, world)
    with pytest.raises(Problem, match="badge_open"):
        issued(designed, world)
    with pytest.raises(sa.exc.IntegrityError), writing(designed) as session:
        first = session.scalars(sa.select(Badge)).one()
        twin = {c.key: getattr(first, c.key) for c in sa.inspect(Badge).column_attrs if c.key != "portrait"}
        session.add(Badge(**{**twin, "id": UUID(int=7), "number": "x", "token": "x", "print_token": "x"}))
        session.flush()


def test_numbers_follow_each_other_in_a_county(designed: Flask, world: World) -> None:
    numbers = [issued(designed, world, name).number for name in ("worker", "leader", "adviser")]
    assert numbers == [f"{COUNTY}-{n:06d}" for n in (1, 2, 3)]


def test_without_a_design_or_consent_there_is_none(app: Flask, world: World) -> None:
    with pytest.raises(Problem, match="badge_design_missing"):
        issued(app, world)
    with pytest.raises(Problem, match="badge_photo_consent"), writing(app) as session:
        commands.issue(session, None, world.people["worker"], "AAAA", False)


def test_office_people_have_none(designed: Flask, world: World) -> None:
    with pytest.raises(Problem, match="not_found"):
        issued(designed, world, "village")


def test_leaving_the_post_ends_it_at_once_for_the_public_and_soon_for_colleagues(designed: Flask, world: World) -> None:
    badge = issued(designed, world)
    with writing(designed) as session:
        post = session.scalars(sa.select(Appointment).where(Appointment.person_id == world.people["worker"])).one()
        end_appointment(session, post.id, clock.today())
    assert said(designed, path_of(badge)) == "invalid", "before anything has swept"
    with writing(designed) as session:
        commands.follow_posts(session, clock.today())
    with looking(designed) as session:
        assert session.get_one(Badge, badge.id).end_reason == "left"
        assert entries(session, stream_keys.county(COUNTY), "badge_end") == {badge.id: "put"}


def test_a_list_of_numbers_does_not_grow_for_ever(designed: Flask, world: World) -> None:
    badge = issued(designed, world)
    with writing(designed) as session:
        commands.end(session, holder_of(session, world.people["town"], clock.today()), badge.id, "lost")
    with writing(designed) as session:
        session.get_one(Badge, badge.id).last_day = badge.from_day
        commands.follow_posts(session, clock.day_of(clock.now() + 2 * clock.DAY_MS))
    with looking(designed) as session:
        assert entries(session, stream_keys.county(COUNTY), "badge_end") == {badge.id: "gone"}


def test_only_the_town_of_the_grid_issues(designed: Flask, world: World) -> None:
    for username in ("county", "village", "leader", "worker", "city"):
        with writing(designed) as session, pytest.raises(Problem) as refused:
            who = holder_of(session, world.people[username], clock.today())
            commands.issue(session, who, world.people["worker"], None, False)
        assert refused.value.code in ("not_allowed", "not_found"), username


def test_a_portrait_carries_nothing_but_its_pixels(designed: Flask, world: World) -> None:
    sent = jpeg(width=400, height=300)
    kept = commands.portrait_of(sent)
    assert kept is not None and hashlib.sha256(sent).hexdigest() not in kept and commands.portrait_of(b"") is None
    with pytest.raises(Problem, match="not_an_image"):
        commands.portrait_of(b"<svg onload=alert(1)>")
