"""From a complaint to its clarification, at the doors: who reads what, each look noted, the person meant heard."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask

from server.feedback import queries
from server.feedback.models import Clarification, Feedback, FeedbackStep
from server.kernel import clock
from server.people.models import Person
from server.platform import logs
from server.platform.looks import Look
from server.text import text
from tests.builders import Hands, add_person, at_desk, signed_in, writing
from tests.county import looking
from tests.feedback.forms import Desk, Visitor, days_later, numbers, said, stamp_of
from tests.strangers import add_strangers
from tests.world import COUNTY, World

ANSWER = {"answer": "查过了，当天他在别的网格处理险情。", "facts": "10月3日下午本人在处置险情，有记录。"}


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def visitor(app: Flask, hands: Hands) -> Visitor:
    return Visitor(app, hands)


def looks(app: Flask) -> list[tuple[str, str]]:
    with looking(app) as session:
        return [(one.kind, one.door) for one in session.scalars(sa.select(Look).order_by(Look.at, Look.id))]


def one_in(app: Flask) -> Feedback:
    with looking(app) as session:
        return session.scalars(sa.select(Feedback)).one()


def clarification(app: Flask) -> Clarification:
    with looking(app) as session:
        return session.scalars(sa.select(Clarification)).one()


def settled(app: Flask, world: World, visitor: Visitor) -> tuple[Desk, str, tuple[str, str]]:
    """Found unfounded by the town, the leader named and asked."""
    both = visitor.complain(said(world, name="来访人", phone="13900001111"))
    desk = Desk(app, "town")
    path = desk.path_of(both[0])
    desk.accept(path, world, "town")
    assert desk.step(path, "name", person_id=str(world.people["leader"])).status_code == 303
    assert desk.step(path, "settle", outcome="unfounded", **ANSWER).status_code == 303
    return desk, path, both


def test_an_unfounded_complaint_is_clarified_after_the_person_was_heard(app, world, visitor, hands) -> None:
    desk, path, both = settled(app, world, visitor)
    assert text("feedback.status.clarifying", "zh") in visitor.status(*both).text
    assert desk.browser.get(f"{path}?done=anything").status_code == 200
    known = {"step": "clarify", "form": "meeting", "circle": "本网格居民", "words": "经查不属实"}
    known["clarification_id"] = str(clarification(app).id)
    too_soon = desk.browser.form(path, **known)
    assert too_soon.status_code == 409 and text("problem.not_heard_yet.title", "zh") in too_soon.text
    leader = signed_in(app, "leader")
    page = leader.get("/office/heard").text
    assert ANSWER["facts"] in page and "来访人" not in page and "没有办" not in page
    where = f"/office/heard/clarification/{clarification(app).id}"
    assert leader.form(where, words="请在会上说清楚").status_code == 303
    assert desk.browser.form(path, **known).status_code == 303
    status = visitor.status(*both).text
    assert 'data-testid="clarified"' in status and ANSWER["answer"] in status and "张leader" not in status
    assert one_in(app).state == "closed" and "本网格居民" in leader.get("/office/heard").text
    assert leader.form(where, words="再说").status_code == 409


def test_whoever_wants_silence_is_left_in_silence(app, world, visitor) -> None:
    desk, path, both = settled(app, world, visitor)
    named = str(clarification(app).id)
    leader = signed_in(app, "leader")
    assert leader.form(f"/office/heard/clarification/{named}").status_code == 422
    assert leader.form(f"/office/heard/clarification/{named}", silence="yes").status_code == 303
    loud = desk.step(path, "clarify", clarification_id=named, form="notice", circle="全村", words="不属实")
    assert loud.status_code == 409 and text("problem.silence_wanted.title", "zh") in loud.text
    assert (
        desk.step(path, "clarify", clarification_id=named, form="silence", circle="全村", words="x").status_code == 303
    )
    kept = clarification(app)
    assert (kept.form, kept.circle, kept.words, one_in(app).state) == ("silence", None, None, "closed")
    assert 'data-testid="clarified"' not in visitor.status(*both).text


def test_whoever_does_not_answer_in_time_holds_nothing_up(app, world, visitor, hands) -> None:
    desk, path, _ = settled(app, world, visitor)
    days_later(hands, 8)
    desk = Desk(app, "town")
    told = {"clarification_id": str(clarification(app).id), "form": "letter", "circle": "投诉人", "words": "不属实"}
    assert desk.step(path, "clarify", **told).status_code == 303


def test_who_complained_is_the_named_handlers_and_each_look_is_noted(app, world, visitor) -> None:
    with writing(app) as session:
        add_person(session, "town2", role="town_government", org_unit_id=world.areas["town"])
    receipt, _ = visitor.complain(said(world, name="来访人", phone="13900001111"))
    desk, colleague = Desk(app, "town"), Desk(app, "town2")
    path = desk.path_of(receipt)
    assert "没有办" in colleague.browser.get(path).text and "来访人" not in colleague.browser.get(path).text
    assert desk.browser.form(f"{path}/complainant").status_code == 403  # nobody is named yet
    desk.accept(path, world, "town")
    assert "没有办" not in colleague.browser.get(path).text
    assert colleague.browser.form(f"{path}/complainant").status_code == 403
    assert colleague.step(path, "settle", outcome="upheld", answer="是").status_code == 403
    seen = looks(app)
    assert "来访人" not in desk.browser.get(path).text
    shown = desk.browser.form(f"{path}/complainant")
    assert "来访人" in shown.text and "13900001111" in shown.text
    assert Counter(looks(app)) - Counter(seen) == {("feedback", "office"): 2, ("complainant", "office"): 1}


def test_when_the_handler_has_left_a_colleague_names_the_next(app, world, visitor) -> None:
    with writing(app) as session:
        second = add_person(session, "town2", role="town_government", org_unit_id=world.areas["town"])
    receipt, _ = visitor.complain(said(world))
    town, colleague = Desk(app, "town"), Desk(app, "town2")
    path = town.path_of(receipt)
    town.accept(path, world, "town")
    assert colleague.step(path, "accept", handler_id=str(second)).status_code == 409
    with writing(app) as session:
        session.get_one(Person, world.people["town"]).left_on = clock.today()
    assert colleague.step(path, "accept", handler_id=str(second)).status_code == 303
    assert "没有办" in colleague.browser.get(path).text


def test_the_list_shows_neither_words_nor_people(app, world, visitor) -> None:
    settled(app, world, visitor)
    page = at_desk(app, "town").get("/office/feedback").text
    for hidden in ("没有办", "来访人", "张leader", ANSWER["answer"], ANSWER["facts"]):
        assert hidden not in page


def test_an_official_who_works_in_the_grid_too_is_passed_over(app, world, visitor) -> None:
    """The leader sits in the town as well: the county handles it, and the town does not see it."""
    with writing(app) as session:
        from server.people.commands import appoint
        from tests.world import STARTED

        post = {"role": "town_government", "org_unit_id": world.areas["town"], "from_day": STARTED}
        appoint(session, person_id=world.people["leader"], **post)
    receipt, _ = visitor.complain(said(world))
    assert one_in(app).unit_id == world.areas["county"]
    assert Desk(app, "county").path_of(receipt) and not Desk(app, "town").path_of(receipt)


def test_naming_somebody_of_the_own_unit_sends_it_up_at_once(app, world, visitor) -> None:
    with writing(app) as session:
        other = add_person(session, "town2", role="town_government", org_unit_id=world.areas["town"])
    receipt, _ = visitor.complain(said(world, about="full_time_worker"))
    desk = Desk(app, "town")
    path = desk.path_of(receipt)
    desk.accept(path, world, "town")
    assert desk.step(path, "name", person_id=str(world.people["town"])).status_code == 403
    assert desk.step(path, "name", person_id=str(other)).headers["Location"] == "/office/feedback?done=moved"
    assert (one_in(app).unit_id, one_in(app).state) == (world.areas["county"], "received")
    assert desk.browser.get(path).status_code == 404 and Desk(app, "county").path_of(receipt)


def test_a_name_is_taken_back_as_long_as_nothing_is_settled(app, world, visitor) -> None:
    receipt, _ = visitor.complain(said(world))
    desk, leader = Desk(app, "town"), str(world.people["leader"])
    path = desk.path_of(receipt)
    desk.accept(path, world, "town")
    assert desk.step(path, "unname", person_id=leader).status_code == 404
    for name in ("name", "unname", "name"):
        assert desk.step(path, name, person_id=leader).status_code == 303
    assert desk.step(path, "settle", outcome="upheld", answer="属实").status_code == 303
    assert desk.step(path, "unname", person_id=leader).status_code == 409


def test_it_is_handed_up_with_words_and_accepted_anew(app, world, visitor) -> None:
    receipt, _ = visitor.complain(said(world, about="work"))
    desk = Desk(app, "town")
    path = desk.path_of(receipt)
    assert desk.step(path, "hand_up").status_code == 422
    assert desk.step(path, "hand_up", words="涉及全县").status_code == 303
    county = Desk(app, "county")
    assert "涉及全县" in county.browser.get(county.path_of(receipt)).text
    county.accept(path, world, "county")
    assert county.step(path, "accept", handler_id=str(world.people["county"])).status_code == 409


def test_a_call_is_taken_down_and_read_out(app, world, visitor) -> None:
    desk = Desk(app, "county")
    page = desk.browser.get(f"/office/feedback/new?town={world.areas['town']}").text
    told = said(world, about="work", kind="suggestion", channel="telephone", stamp=stamp_of(page), name="打电话的人")
    both = numbers(desk.browser.form("/office/feedback", **told))
    assert numbers(desk.browser.form("/office/feedback", **told)) == both
    assert desk.browser.form("/office/feedback", **{**told, "stamp": "1.x.y"}).status_code == 422
    assert visitor.status(*both).status_code == 200
    town = Desk(app, "town")
    assert (one_in(app).channel, one_in(app).taken_by) == ("telephone", world.people["county"])
    path = town.path_of(both[0])
    town.accept(path, world, "town")
    assert town.step(path, "settle", outcome="unfounded", **ANSWER).status_code == 422
    assert town.step(path, "settle", outcome="answered", answer="采纳").status_code == 303
    assert one_in(app).state == "closed"


def test_staff_say_something_to_the_county_and_stay_anonymous_if_they_like(app, world, visitor) -> None:
    worker = signed_in(app, "worker")
    told = {key: value for key, value in said(world, words="照片要得太多").items() if key != "town"}
    for signed in (None, "yes"):
        stamp = stamp_of(worker.get("/office/voice").text)
        both = numbers(worker.form("/office/voice", **told, stamp=stamp, **({"signed": signed} if signed else {})))
        assert visitor.status(*both).status_code == 200
    with looking(app) as session:
        rows = list(session.scalars(sa.select(Feedback).order_by(Feedback.came_at)))
        by = list(session.scalars(sa.select(FeedbackStep.by_person)))
    assert [row.unit_id for row in rows] == [world.areas["county"]] * 2 and by == [None, None]
    assert [row.complainant and row.complainant["name"] for row in rows] == [None, "张worker"]


def test_the_countys_days_come_from_its_document_and_count_from_then_on(app, world, visitor) -> None:
    visitor.complain(said(world))
    county = at_desk(app, "county")
    assert text("feedback.days_shipped", "zh") in county.get("/office/feedback/days").text
    told = {
        "accept_days": "2",
        "handle_days": "10",
        "hearing_days": "3",
        "keep_days": "183",
        "document_no": "示〔2026〕40号",
    }
    assert county.form("/office/feedback/days", **{**told, "keep_days": "182"}).status_code == 422
    assert county.form("/office/feedback/days", **told).status_code == 303
    visitor.complain(said(world))
    with looking(app) as session:
        old, new = session.scalars(sa.select(Feedback).order_by(Feedback.came_at)).all()
    assert (old.document_no, new.document_no) == (None, "示〔2026〕40号") and new.accept_by < old.accept_by
    assert (new.accept_by - clock.today()).days <= 6


@pytest.mark.parametrize(("about", "words"), [("county_authority", "有人索贿"), ("other", "张county索贿")])
def test_what_staff_say_of_the_county_goes_past_the_county(app, world, about, words) -> None:
    worker = signed_in(app, "worker")
    told = {key: value for key, value in said(world, about=about, words=words).items() if key != "town"}
    numbers(worker.form("/office/voice", **told, stamp=stamp_of(worker.get("/office/voice").text), signed="yes"))
    assert one_in(app).unit_id == world.areas["city"]
    path = f"/office/feedback/{one_in(app).id}"
    assert at_desk(app, "county").get(path).status_code == 404 and at_desk(app, "city").get(path).status_code == 200


def test_staff_without_a_name_leave_no_trace_in_log_or_minute(app, world, monkeypatch) -> None:
    worker = signed_in(app, "worker")
    told = {key: value for key, value in said(world, words="照片要得太多").items() if key != "town"}
    written: list[tuple[str, object]] = []
    logger = SimpleNamespace(info=lambda _event, **line: written.append((line["route"], line["person"])))
    monkeypatch.setattr(logs, "log", lambda: logger)
    worker.form("/office/voice", **told, stamp=stamp_of(worker.get("/office/voice").text))
    worker.get("/office/heard")
    by_route = dict(written)
    assert by_route["/office/voice"] is None and by_route["/office/heard"] is not None
    assert one_in(app).came_at % 3_600_000 == 0


def test_figures_are_of_units_and_say_what_is_overdue(app, world, visitor, hands) -> None:
    for about in ("grid_leader", "work", "town_government"):
        visitor.complain(said(world, about=about))
    town, county = world.areas["town"], world.areas["county"]
    with looking(app) as session:
        assert queries.open_by_unit(session, COUNTY, clock.today()) == {town: (2, 0), county: (1, 0)}
        assert queries.open_by_unit(session, COUNTY, clock.today() + timedelta(days=20))[town] == (2, 2)


def test_the_next_town_finds_nothing(app, world, visitor) -> None:
    add_strangers(app, world)
    receipt, _ = visitor.complain(said(world))
    desk = Desk(app, "town")
    path = desk.path_of(receipt)
    for username in ("town_b", "county_b", "county", "city"):
        other = Desk(app, username)
        assert not other.path_of(receipt)
        for answer in (
            other.browser.get(path),
            other.browser.get(f"{path}/picture"),
            other.step(path, "hand_up", words="x"),
        ):
            assert answer.status_code == 404, username
