"""An answer that says what is wrong keeps what was typed, in the form it was typed in alone: rulings, answers, steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from html.parser import HTMLParser
from typing import Any, NamedTuple

import pytest
from flask import Flask

from server.feedback.models import Clarification
from server.kernel import clock
from server.kernel.ids import new_id
from server.orders import queries as orders
from server.platform.db import db
from server.tasks import queries as tasks
from server.text import text
from tests.builders import Browser, at_desk, signed_in
from tests.feedback.objects import add_voices
from tests.findings.test_findings import DECISION, opened
from tests.sync.phone import Phone, assigned, correction, hazard, outside_order
from tests.sync.test_case_loop import made, taken_in
from tests.sync.test_cases import level_form, take
from tests.world import World

WORDS = "这一条属于清单，“第六项” <请看>"
GONE = "0"  # a version that no case has


class Forms(HTMLParser):
    """The forms of a page: where each goes, and what stands in its fields (name → value), with the names of its buttons."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._select = self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({"action": told["action"], "values": {}, "buttons": []})
        if not self.forms:
            return
        values = self.forms[-1]["values"]
        if tag == "input" and (told.get("type") not in ("radio", "checkbox") or "checked" in told):
            values[told.get("name", "")] = told.get("value", "")
        elif tag == "textarea":
            self._area = told["name"]
            values[self._area] = ""
        elif tag == "select":
            self._select = told["name"]
            values[self._select] = ""
        elif tag == "option" and "selected" in told:
            values[self._select] = told["value"]
        elif tag == "button" and "value" in told:
            self.forms[-1]["buttons"].append(told["value"])

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1]["values"][self._area] += data

    def handle_endtag(self, tag: str) -> None:
        self._area = "" if tag == "textarea" else self._area


def forms_to(answer: Any, path: str) -> list[dict[str, Any]]:
    return [form for form in Forms(answer.text).forms if form["action"].startswith(path)]


def stays(desk: Browser, page: str, path: str, typed: dict[str, str], **sent: str) -> None:
    """What was typed in the form that goes to ``path`` stands in it again after an error, and nothing else has changed on
    the page; ``sent`` beside it: buttons, versions."""
    stays_beside(desk.get(page), desk, page.partition("?")[0], path, typed, **sent)


def stays_beside(before: Any, desk: Browser, page: str, path: str, typed: dict[str, str], **sent: str) -> None:
    """As ``stays``, on a page that is there already."""
    expected = forms_to(before, page)
    (form,) = [one for one in expected if one["action"] == path and takes(one, {**typed, **sent})]
    form["values"] |= typed
    answer = desk.form(path, **typed, **sent)
    assert answer.status_code in (409, 422), answer.status_code
    found = forms_to(answer, page)
    for one in (*found, *expected):
        for fresh in {"csrf_token", "id"} - typed.keys():
            one["values"].pop(fresh, None)
    assert found == expected
    assert text("page.typed", "zh") not in answer.text


def takes(form: dict[str, Any], told: dict[str, str]) -> bool:
    """Several forms of a page may go to one path: a hidden field or the button tells them apart."""
    values, buttons = form["values"], form["buttons"]
    same = all(
        (values.get(name) or told.get(name)) == told.get(name) for name in ("indicator", "step", "clarification_id")
    )
    return "csrf_token" in values and same and (not buttons or not set(buttons).isdisjoint(told.values()))


def is_left_over(answer: Any, words: str) -> bool:
    """The form is gone, and the words can still be read."""
    return answer.text.count(words) == 1 and text("page.typed", "zh") in answer.text


def day_after(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def refused(app: Flask, world: World) -> str:
    """A task of the leader, refused by the worker; the refusal's id."""
    told, refusal = assigned(world), str(new_id())
    assert Phone(app, "leader").do("tasks.assign", told)["outcome"] == "applied"
    answer = Phone(app, "worker").do("tasks.refuse", {"id": refusal, "task_id": told["id"], "ground": 2})
    assert answer["outcome"] == "applied"
    return refusal


def told_order(app: Flask, world: World) -> str:
    told = outside_order()
    assert Phone(app, "worker").do("orders.report", told)["outcome"] == "applied"
    return str(told["id"])


def ruling_on(desk: Browser, path: str, number: str, query: str = "", **form: str) -> Any:
    return desk.form(f"{path}/{number}{query}", **{"ruling": "not_upheld", "words": WORDS, **form})


def values_of(answer: Any, path: str, number: str) -> dict[str, str]:
    (form,) = forms_to(answer, f"{path}/{number}")
    values: dict[str, str] = form["values"]
    return values


# -- rulings -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("away", [None, -1, 400])
def test_a_ruling_without_its_day_keeps_the_answer_and_the_day(app: Flask, world: World, away: int | None) -> None:
    one, other = refused(app, world), refused(app, world)
    day = "" if away is None else day_after(away)
    answer = ruling_on(at_desk(app, "county"), "/office/refusals", one, due_day=day)
    assert answer.status_code == 422
    found = {number: values_of(answer, "/office/refusals", number) for number in (one, other)}
    assert [(found[number]["words"], found[number]["due_day"]) for number in (one, other)] == [(WORDS, day), ("", "")]
    assert answer.text.count(text("page.wrong_here", "zh")) == 1


def test_a_day_beside_no_words_stays_too(app: Flask, world: World) -> None:
    refusal, day = refused(app, world), day_after(7)
    answer = ruling_on(at_desk(app, "county"), "/office/refusals", refusal, words=" ", due_day=day)
    assert (answer.status_code, values_of(answer, "/office/refusals", refusal)["due_day"]) == (422, day)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_when_the_day_is_needed(app: Flask, world: World, language: str) -> None:
    refused(app, world)
    desk = at_desk(app, "county")
    desk.form("/language", language=language)
    form = desk.get("/office/refusals").text.split("<article")[1].split("</form>")[0]
    assert text("refusals.due_hint", language) in form and text("page.optional", language) not in form


@pytest.mark.parametrize(
    ("path", "room", "shape", "tell"),
    [
        ("/office/refusals", tasks, "REFUSAL_LIST", refused),
        ("/office/orders", orders, "SHAPE", told_order),
    ],
)
def test_the_list_stays_as_it_was_narrowed_and_at_its_page(
    app: Flask, world: World, monkeypatch: Any, path: str, room: Any, shape: str, tell: Any
) -> None:
    monkeypatch.setattr(room, shape, replace(getattr(room, shape), page=1))
    for _ in range(2):
        tell(app, world)
    desk = at_desk(app, "county")
    query = "?status=waiting&ground=2&sort=newest&page=2"
    (shown,) = [form for form in forms_to(desk.get(path + query), f"{path}/") if "words" in form["values"]]
    number = shown["action"].partition("?")[0].rpartition("/")[2]
    assert shown["action"] == f"{path}/{number}{query}"
    answer = ruling_on(desk, path, number, query, ruling="stood")
    assert (answer.status_code, values_of(answer, path, number)["words"]) == (422, WORDS)
    (narrowed,) = [form["values"] for form in forms_to(answer, path) if form["action"] == path]
    assert narrowed == {"status": "waiting", "ground": "2", "sort": "newest"}
    assert "page=1" in answer.text
    answer = ruling_on(desk, path, number, query, ruling="upheld")
    assert answer.headers["Location"] == f"{path}{query}&done=ruled"
    assert desk.get(answer.headers["Location"]).status_code == 200


def test_an_answer_to_an_order_keeps_its_words_and_its_unit(app: Flask, world: World) -> None:
    one, other, town = told_order(app, world), told_order(app, world), str(world.areas["town"])
    answer = ruling_on(at_desk(app, "county"), "/office/orders", one, ruling="stood", unit_id=town)
    assert answer.status_code == 422
    found = [values_of(answer, "/office/orders", number) for number in (one, other)]
    assert [(values["words"], values["unit_id"]) for values in found] == [(WORDS, town), ("", "")]


@pytest.mark.parametrize(("path", "tell"), [("/office/refusals", refused), ("/office/orders", told_order)])
def test_whoever_comes_second_still_reads_what_they_wrote(app: Flask, world: World, path: str, tell: Any) -> None:
    number, desk = tell(app, world), at_desk(app, "county")
    assert ruling_on(desk, path, number, ruling="upheld", words="先答复的").status_code == 303
    answer = ruling_on(desk, path, number, "?status=waiting", ruling="upheld", words="后答复的")
    assert answer.status_code == 409 and is_left_over(answer, "后答复的")
    assert text("page.typed", "zh") not in desk.get(path).text


# -- answers, reviews, what somebody says of themselves ----------------------------------------------------------------


class Waiting(NamedTuple):
    """Somebody's page with several forms; one's path, what is faulty in it, and how it is settled meanwhile."""

    desk: Browser
    page: str
    path: str
    typed: dict[str, str]
    sent: dict[str, str]
    settle: Callable[[], bool]


def applied(app: Flask, who: str, command: str, told: dict[str, Any], version: int | None = None) -> bool:
    return bool(Phone(app, who).do(command, told, base_version=version)["outcome"] == "applied")


def corrections(app: Flask, world: World) -> Waiting:
    told = [correction(), correction()]
    assert [applied(app, "worker", "corrections.ask", one) for one in told] == [True, True]
    page, desk = "/office/corrections", at_desk(app, "town")
    path, first = f"{page}/{told[0]['id']}", {"answer": "corrected", "words": "先答的"}
    typed = {"answer": "refused", "words": WORDS * 50}
    return Waiting(desk, page, path, typed, {}, lambda: desk.form(path, **first).status_code == 303)


def returns(app: Flask, world: World) -> Waiting:
    told = [hazard(world), hazard(world)]
    assert [applied(app, "leader", "hazards.report", one) for one in told] == [True, True]
    page, desk = "/office/review", at_desk(app, "village")
    path, first = f"{page}/{told[0]['id']}", {"decision": "approve", "version": "1"}
    typed, sent = {"words": WORDS, "reason": "other"}, {"decision": "return", "version": GONE}
    return Waiting(desk, page, path, typed, sent, lambda: desk.form(path, **first).status_code == 303)


def disputes(app: Flask, world: World) -> Waiting:
    """The other who may rule is the grid's adviser."""
    told = [hazard(world), hazard(world)]
    for one in told:
        assert applied(app, "worker", "hazards.report", one)
        assert applied(app, "leader", "approvals.return", {"record_id": one["id"], "reason": "other"}, 1)
        assert applied(app, "worker", "approvals.dispute", {"record_id": one["id"]}, 2)
    page, number = "/office/review", told[1]["id"]
    sent, ruled = {"decision": "reject", "version": GONE}, {"record_id": number, "upheld": True}
    settle = partial(applied, app, "adviser", "approvals.rule", ruled, 3)
    return Waiting(at_desk(app, "town"), page, f"{page}/{number}", {"words": WORDS}, sent, settle)


def clarifications(app: Flask, world: World) -> Waiting:
    """Of a complaint that came to nothing; its handler makes it known after the person spoke."""
    made, desk, page = add_voices(app, world), signed_in(app, "leader"), "/office/heard"
    opened(app, world, "leader")
    path = f"{page}/clarification/{made['clarification']}"

    def settle() -> bool:
        assert desk.form(path, words="先说的").status_code == 303
        with app.app_context():
            one = db.session().get_one(Clarification, made["clarification"])
            known = {"clarification_id": str(one.id), "form": "letter", "circle": "投诉人", "words": "不属实"}
        answer = at_desk(app, "town").form(f"/office/feedback/{one.feedback_id}", step="clarify", **known)
        return answer.status_code == 303

    return Waiting(desk, page, path, {"words": WORDS * 120, "silence": "yes"}, {}, settle)


def findings(app: Flask, world: World) -> Waiting:
    made, desk, page = [opened(app, world, "leader") for _ in range(2)], signed_in(app, "leader"), "/office/heard"
    path = made[0].replace("/office/findings", f"{page}/finding")

    def settle() -> bool:
        assert desk.form(path, words="先说的").status_code == 303
        return at_desk(app, "county").form(f"{made[0]}/decision", **DECISION).status_code == 303

    return Waiting(desk, page, path, {"words": WORDS * 120}, {}, settle)


ROOMS = [corrections, returns, disputes, clarifications, findings]


@pytest.mark.parametrize("room", ROOMS)
def test_what_was_typed_stays_in_the_form_it_was_typed_in(app: Flask, world: World, room: Any) -> None:
    one = room(app, world)
    stays(one.desk, one.page, one.path, one.typed, **one.sent)


@pytest.mark.parametrize("room", ROOMS)
def test_words_for_what_was_settled_meanwhile_can_still_be_read(app: Flask, world: World, room: Any) -> None:
    one = room(app, world)
    assert one.settle()
    answer = one.desk.form(one.path, **{**one.typed, **one.sent, "words": "后写的"})
    assert answer.status_code == 409 and is_left_over(answer, "后写的")


def test_whoever_rules_twice_is_told_that_it_is_decided(app: Flask, world: World) -> None:
    one = disputes(app, world)
    ruling = {"decision": "reject", "version": "3", "words": WORDS}
    assert [one.desk.form(one.path, **ruling).status_code for _ in range(2)] == [303, 409]


def test_a_call_out_keeps_its_place_and_its_reason_and_the_longest_time_its_document(app: Flask, world: World) -> None:
    desk, page, village = at_desk(app, "county"), "/office/callouts", str(world.areas["village"])
    call = {"org_unit_id": village, "reason": WORDS, "hours": "6"}
    assert at_desk(app, "town").form(page, **{**call, "reason": "先叫的"}, confirmed="yes").status_code == 303
    stays(desk, page, page, call, confirmed="yes")
    stays(desk, page, f"{page}/limit", {"hours": "999", "document_no": WORDS})


# -- steps of a case ---------------------------------------------------------------------------------------------------

STAGES: dict[str, tuple[str, list[tuple[str, str, dict[str, str]]]]] = {
    # of a hazard or of a call; then who took which step with which fields, units by name, ``later`` for a day
    "new": ("hazard", [("town", "helper_added", {"unit_id": "village"})]),
    "under way": ("hazard", [("dept", "arrived", {}), ("town", "whistled", {"unit_id": "dept"})]),
    "suspended": ("hazard", [("dept", "suspended", {"words": "等"})]),
    "in doubt": ("hazard", [("dept", "not_ours", {"words": "不是我们的"})]),
    "two orders": (
        "hazard",
        [("dept", "ordered", {"order_no": f"{n}号", "ordered_rectify_by": "later"}) for n in (1, 2)],
    ),
    "handed up": ("hazard", [("town", "handed_up", {"words": "要县里办", "given_day": "later"})]),
    "reported": ("call", [("dept", "reported", {"words": "好了"})]),
    "verified": ("call", [("dept", "reported", {"words": "好了"}), ("town", "verified", {})]),
    "closed": ("call", [("dept", "reported", {"words": "好了"}), ("town", "verified", {}), ("town", "closed", {})]),
}
HERE = {  # the steps that are tried at each
    "new": {
        "assigned", "helper_added", "helped", "suspended", "reported", "not_ours", "ordered", "whistled", "handed_up",
    },
    "under way": {"whistle_met", "reminded"},
    "suspended": {"resumed"},
    "in doubt": {"duty_moved", "duty_stays"},
    "two orders": {"order_met", "order_unmet"},
    "handed up": {"handed_down"},
    "reported": {"verified", "sent_back"},
    "verified": {"closed"},
    "closed": {"reopened"},
}  # fmt: skip
WITH_A_DAY = {"handed_up", "handed_down", "reopened"}


def case_at(app: Flask, world: World, stage: str) -> str:
    """A case of the department's at a stage; the last days of its levels are written by hand."""
    source, steps = STAGES[stage]
    if source == "hazard":
        case_id = made(app, world, lead="dept")
    else:
        case_id, dept = taken_in(app, world), str(world.areas["dept"])
        assert take(at_desk(app, "town"), app, case_id, "assigned", unit_id=dept) == 303
    for level in ("L3", "L4"):
        term = level_form(level=level, unit="by_order", amount="")
        assert at_desk(app, "county").form("/office/levels", **term).status_code == 303
    for who, step, form in steps:
        told = {
            name: str(world.areas[value]) if name == "unit_id" else day_after(20) if value == "later" else value
            for name, value in form.items()
        }
        assert take(at_desk(app, who), app, case_id, step, **told) == 303, step
    return case_id


def forms_of(answer: Any, case_id: str) -> list[dict[str, Any]]:
    return forms_to(answer, f"/office/cases/{case_id}")


def filled(form: dict[str, Any], world: World) -> dict[str, str]:
    """What somebody types in it; hidden fields stay."""
    typed = {"words": WORDS, "order_no": "令 1", "given_day": day_after(9), "ordered_rectify_by": day_after(8)}
    typed["unit_id"] = str(world.areas["dept"])
    return {n: typed.get(n, value) for n, value in form["values"].items() if n not in ("csrf_token", "photo")}


@pytest.mark.parametrize("stage", STAGES)
def test_every_step_keeps_what_was_typed_for_it_and_no_other(app: Flask, world: World, stage: str) -> None:
    case_id = case_at(app, world, stage)
    tried, with_a_day = set(), set()
    for who in ("dept", "village", "town", "county"):
        desk = at_desk(app, who)
        shown = forms_of(desk.get(f"/office/cases/{case_id}"), case_id)
        for at, form in enumerate(shown):
            typed = filled(form, world)
            for step in form["buttons"]:
                if step in tried or step not in HERE[stage]:
                    continue
                answer = desk.form(f"/office/cases/{case_id}", **{**typed, "step": step, "version": GONE})
                assert answer.status_code in (409, 422), (step, answer.status_code)
                after = [{**other["values"], "csrf_token": ""} for other in forms_of(answer, case_id)]
                expected = [{**other["values"], "csrf_token": ""} for other in shown]
                expected[at] |= typed
                assert after == expected, (who, step)
                tried.add(step)
                with_a_day |= {step} if "given_day" in typed else set()
    assert tried == HERE[stage] and with_a_day == HERE[stage] & WITH_A_DAY


def test_a_step_that_lacks_something_says_where(app: Flask, world: World) -> None:
    case_id, desk = made(app, world, lead="dept"), at_desk(app, "dept")
    answer = desk.form(f"/office/cases/{case_id}", step="suspended", version="1", words="长" * 501)
    assert answer.status_code == 422
    assert answer.text.count("长" * 501) == answer.text.count(text("page.wrong_here", "zh")) == 1


def test_words_for_a_step_that_is_no_longer_open_can_still_be_read(app: Flask, world: World) -> None:
    case_id, desk = made(app, world, lead="dept"), at_desk(app, "dept")
    version = forms_of(desk.get(f"/office/cases/{case_id}"), case_id)[0]["values"]["version"]
    assert take(desk, app, case_id, "reported", words="先报的") == 303
    answer = desk.form(f"/office/cases/{case_id}", step="suspended", version=version, words="等产权单位来人")
    assert answer.status_code == 409 and is_left_over(answer, "等产权单位来人")
