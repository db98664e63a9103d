"""The office's pages of badges: a photo that travels with the form, paper, and what strangers get."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.badges.models import Badge
from server.platform.limits import limiter
from server.privacy.models import Consent
from server.text import text
from tests.badges.test_badges import issued
from tests.builders import HIDDEN, Browser, Template, at_desk
from tests.county import looking
from tests.databases import Databases
from tests.photos.pictures import jpeg
from tests.strangers import add_strangers
from tests.sync.phone import Phone
from tests.world import World


def sent(browser: Browser, path: str, picture: bytes | None, **fields: str) -> str:
    """The page after a form with a photo."""
    token = HIDDEN.search(browser.client.get("/office/devices").text)
    assert token
    photo = {"photo": (io.BytesIO(picture), "photo.jpg")} if picture is not None else {}
    data = {**fields, **photo, "csrf_token": token.group(1)}
    return str(browser.client.post(path, data=data, content_type="multipart/form-data", follow_redirects=True).text)


def test_a_badge_is_issued_with_a_photo_and_consent_alone(designed: Flask, world: World) -> None:
    town, path = at_desk(designed, "town"), f"/office/badges/people/{world.people['worker']}"
    assert text("problem.badge_photo_consent.title", "zh") in sent(town, path, jpeg())
    assert text("problem.not_an_image.title", "zh") in sent(town, path, b"<svg/>", consent="yes")
    assert text("badges.done.issued", "zh") in sent(town, path, jpeg(), consent="yes")
    page = town.get(path).text
    assert "base64," in page and text("badges.state.good", "zh") in page
    assert text("problem.badge_open.title", "zh") in sent(town, path, None), "a second one is a renewal"


def test_a_consent_to_the_photo_is_noted_once_and_taking_it_back_deletes_it(designed: Flask, world: World) -> None:
    town, worker = at_desk(designed, "town"), world.people["worker"]
    sent(town, f"/office/badges/people/{worker}", jpeg(), consent="yes")
    with looking(designed) as session:
        first = session.scalars(sa.select(Badge)).one()
    sent(town, f"/office/badges/{first.id}/renew", jpeg(), consent="yes")
    with looking(designed) as session:
        badge = session.scalars(sa.select(Badge).where(Badge.ended_at.is_(None))).one()
        consent = session.scalars(sa.select(Consent)).one()
        assert badge.portrait and (consent.purpose, consent.object_id) == ("badge_photo", worker)
    phone = Phone(designed, "worker")
    assert phone.pull()["badge"][str(badge.id)]["portrait"]
    assert town.form(f"/office/consents/{consent.id}/withdraw").headers["Location"].endswith("withdrawn")
    assert phone.pull()["badge"][str(badge.id)].get("portrait") is None
    with looking(designed) as session:
        found = session.get_one(Badge, badge.id)
        assert (found.portrait, found.consent_day, found.ended_at) == (None, None, None)
    assert text("badge_check.valid", "zh") in Browser(designed).client.get(f"/b/{badge.print_token}").text


def test_a_badge_is_renewed_without_the_photo_where_the_person_wants_none(designed: Flask, world: World) -> None:
    old = issued(designed, world, portrait="AAAA")
    town = at_desk(designed, "town")
    assert text("badges.without_photo", "zh") in town.get(f"/office/badges/people/{world.people['worker']}").text
    sent(town, f"/office/badges/{old.id}/renew", None, without_photo="yes")
    with looking(designed) as session:
        new = session.scalars(sa.select(Badge).where(Badge.ended_at.is_(None))).one()
        assert new.id != old.id and (new.portrait, new.consent_day) == (None, None)


def test_without_a_photo_no_consent_is_asked(designed: Flask, world: World) -> None:
    town, path = at_desk(designed, "town"), f"/office/badges/people/{world.people['leader']}"
    assert text("badges.done.issued", "zh") in sent(town, path, None)
    token = re.search(r"/b/([\w-]{22})", town.get(path).text)
    assert token
    assert text("badge_check.no_photo", "zh") in Browser(designed).client.get(f"/b/{token.group(1)}").text


@pytest.mark.parametrize("size", ["cr80", "a6"])
def test_paper_carries_the_token_and_the_number_once_for_each(designed: Flask, world: World, size: str) -> None:
    badges = [issued(designed, world, name) for name in ("worker", "leader", "micro")]
    page = at_desk(designed, "town").get(f"/office/badges/print/{size}").text
    assert page.count('class="qr"') == 3 and page.count(f'class="paper-badge {size} blue"') == 3
    assert all(badge.number in page for badge in badges) and "13800000000" not in page
    one = at_desk(designed, "county").get(f"/office/badges/{badges[0].id}/print/{size}").text
    assert one.count('class="qr"') == 1


def test_another_town_sees_none_of_it(designed: Flask, world: World) -> None:
    badge = issued(designed, world)
    add_strangers(designed, world)
    stranger = at_desk(designed, "town_b")
    assert 'class="qr"' not in stranger.get("/office/badges/print/a6").text
    assert stranger.get(f"/office/badges?grid={world.areas['grid']}").status_code == 404
    assert stranger.form(f"/office/badges/{badge.id}/end", reason="lost").status_code == 404
    assert stranger.form(f"/office/badges/{badge.id}/renew").status_code == 404


def test_whoever_tries_addresses_must_wait(databases: Databases, template: Template, tmp_path: Path) -> None:
    with template.app(databases, tmp_path, rate_limits=True) as app:
        with app.app_context():
            limiter.reset()
        statuses = [Browser(app).client.get("/b/nobody").status_code for _ in range(61)]
        assert statuses == [200] * 60 + [429]
        assert Browser(app).client.get("/board/330424102000001").status_code == 200, "the boards are another door"
        with app.app_context():
            limiter.reset()
