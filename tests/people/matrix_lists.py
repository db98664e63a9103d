"""The office's doors of the list's versions and of the workforce, for the matrix of tests/people/test_matrix.py."""

from __future__ import annotations

from typing import Any

from flask import Flask

from server.households import planning
from server.kernel import clock
from server.kernel.ids import new_id
from server.matters import departments, drafting
from server.people.queries import holder_of
from server.workforce import commands as workforce
from server.workforce import covers, posting, staff_queries, training
from tests.builders import writing
from tests.matters.lists import GONE, NEW, draft_of, in_days
from tests.world import World

ADJUSTED = {name: str(value) for name, value in NEW.items() if value is not None} | {"departments": "fire"}
LEAVES = {name: GONE[name] for name in ("code", "proposed_by", "reason")}
ASKED = {"department": "fire", "asked_on": clock.today().isoformat(), "answer": ""}
PUBLIC_FROM = {"from_day": in_days(10).isoformat(), "list_document": "示〔2026〕42号"}
SUPPORTED = {
    "id": str(new_id()),
    "department": "fire",
    "kind": "training",
    "day": clock.today().isoformat(),
    "words": "x",
}
WITHDRAWN = {"missing": "funds", "heard_on": clock.today().isoformat(), "reason": "x", "withdrawal_document": "示1",
             "from_day": in_days(20).isoformat()}  # fmt: skip
COVERED = {"id": str(new_id()), "username": "worker", "kind": "pension", "from_day": clock.today().isoformat()}
EQUIPPED = {"id": str(new_id()), "username": "worker", "thing": "雨衣", "issued_on": clock.today().isoformat()}
HELPS = {"id": str(new_id()), "grid_id": "{grid}", "kind": "volunteer", "name": "x", "helps_with": "x",
         "from_day": clock.today().isoformat()}  # fmt: skip
PRAISED = {"id": str(new_id()), "of_what": "resident", "resident": "x", "words": "x"}
PLACED = {"id": str(new_id()), "grid_id": "{grid}", "kind": "check_point", "name": "x", "lng": "120.915", "lat": "30.505",
          "radius_m": "50", "matters": "HAZ-01", "in_plan": "yes", "version": "1"}  # fmt: skip
VISITED = {"matter_code": "VIS-08", "due": clock.today().isoformat(), "for_role": "full_time_worker"}
PLANNERS = frozenset({"village", "town"})
OFFICES = frozenset({"village", "town", "dept", "county", "city", "sysadmin", "secadmin", "auditor"})
RECORDS = "/office/records-of-achievement"
STAFF, KEEPERS = "/office/staff", frozenset({"town", "county"})
HIRED = {"id": str(new_id()), "username": "newhand", "name": "x", "role": "full_time_worker", "place": "grid:{grid}",
         "from_day": clock.today().isoformat()}  # fmt: skip

ROUTES: list[tuple[str, str, str, dict[str, Any], frozenset[str]]] = [
    ("GET", "/office/matters/list", "/office/matters/list", {}, frozenset({"county"})),
    ("POST", "/office/matters/list", "/office/matters/list", {}, frozenset({"county"})),
    ("GET", "/office/matters/list/adjust", "/office/matters/list/adjust", {}, frozenset({"county"})),
    ("POST", "/office/matters/list/<uuid:draft_id>/adjust", "/office/matters/list/{draft}/adjust", ADJUSTED,
     frozenset({"county"})),
    ("POST", "/office/matters/list/<uuid:draft_id>/withdraw", "/office/matters/list/{draft}/withdraw", LEAVES,
     frozenset({"county"})),
    ("POST", "/office/matters/list/<uuid:draft_id>/adjustments/<uuid:adjustment_id>/consent",
     "/office/matters/list/{draft}/adjustments/{adjustment}/consent", {"consent_document": "示1"}, frozenset({"county"})),
    ("POST", "/office/matters/list/<uuid:draft_id>/adjustments/<uuid:adjustment_id>/leave-out",
     "/office/matters/list/{draft}/adjustments/{spare}/leave-out", {}, frozenset({"county"})),
    ("POST", "/office/matters/list/<uuid:draft_id>/opinions", "/office/matters/list/{draft}/opinions", ASKED,
     frozenset({"county"})),
    ("POST", "/office/matters/list/<uuid:draft_id>/publish", "/office/matters/list/{draft}/publish", PUBLIC_FROM,
     frozenset({"county"})),
    ("POST", "/office/matters/list/<uuid:draft_id>/drop", "/office/matters/list/{draft}/drop", {}, frozenset()),
    ("GET", "/office/matters/support", "/office/matters/support", {}, frozenset({"county"})),
    ("POST", "/office/matters/support/period", "/office/matters/support/period", {}, frozenset({"county"})),
    ("GET", "/office/matters/support/<code>", "/office/matters/support/HAZ-01", {}, frozenset({"county"})),
    ("POST", "/office/matters/support/<code>", "/office/matters/support/HAZ-01", SUPPORTED, frozenset({"county"})),
    ("POST", "/office/matters/support/<code>/withdraw", "/office/matters/support/HAZ-02/withdraw", WITHDRAWN,
     frozenset({"county"})),
    ("GET", "/office/departments", "/office/departments", {}, frozenset({"county", "city"})),
    ("POST", "/office/departments", "/office/departments", {}, frozenset()),
    ("POST", "/office/departments/<code>/close", "/office/departments/{department}/close", {}, frozenset({"city"})),
    ("GET", "/office/staff/import", "/office/staff/import", {}, frozenset({"town", "county"})),
    ("GET", "/office/staff/import/sheet.xlsx", "/office/staff/import/sheet.xlsx", {}, frozenset({"town", "county"})),
    ("POST", "/office/staff/import", "/office/staff/import", {}, frozenset()),
    ("POST", "/office/staff/import/confirm", "/office/staff/import/confirm", {}, frozenset()),
    ("POST", "/office/staff/import/cancel", "/office/staff/import/cancel", {}, frozenset()),
    ("GET", STAFF, STAFF, {}, KEEPERS),
    ("GET", f"{STAFF}/new", f"{STAFF}/new", {}, KEEPERS),
    ("POST", f"{STAFF}/new", f"{STAFF}/new", HIRED, KEEPERS),
    ("GET", f"{STAFF}/<uuid:person_id>", f"{STAFF}/{{hired}}", {}, KEEPERS),
    ("POST", f"{STAFF}/<uuid:person_id>/code", f"{STAFF}/{{hired}}/code", {}, KEEPERS),
    ("POST", f"{STAFF}/<uuid:person_id>/unified", f"{STAFF}/{{hired}}/unified", {"unified": "yes"}, KEEPERS),
    ("POST", f"{STAFF}/<uuid:person_id>/appoint", f"{STAFF}/{{hired}}/appoint",
     {"role": "grid_adviser", "place": "grid:{grid}", "from_day": HIRED["from_day"]}, KEEPERS),
    ("POST", f"{STAFF}/<uuid:person_id>/posts/<uuid:post_id>/move", f"{STAFF}/{{hired}}/posts/{{hired_post}}/move", {},
     frozenset()),
    ("POST", f"{STAFF}/<uuid:person_id>/posts/<uuid:post_id>/end", f"{STAFF}/{{hired}}/posts/{{hired_post}}/end", {},
     frozenset()),
    ("POST", f"{STAFF}/<uuid:person_id>/suspend", f"{STAFF}/{{hired}}/suspend", {}, frozenset()),
    ("POST", f"{STAFF}/<uuid:person_id>/return", f"{STAFF}/{{hired}}/return", {}, frozenset()),
    ("POST", f"{STAFF}/<uuid:person_id>/leave", f"{STAFF}/{{hired}}/leave", {}, frozenset()),
    ("GET", "/office/second-factor", "/office/second-factor", {}, OFFICES),
    ("POST", "/office/second-factor", "/office/second-factor", {}, OFFICES),
    ("POST", "/office/second-factor/confirm", "/office/second-factor/confirm", {}, frozenset()),
    ("POST", "/office/second-factor/remove", "/office/second-factor/remove", {}, frozenset()),
    ("POST", "/office/second-factor/reset", "/office/second-factor/reset", {"username": "town"}, frozenset({"secadmin"})),
    ("GET", "/office/covers", "/office/covers", {}, frozenset({"town", "county"})),
    ("POST", "/office/covers", "/office/covers", COVERED, frozenset({"town", "county"})),
    ("POST", "/office/covers/<uuid:cover_id>/end", "/office/covers/{cover}/end", {"last_day": COVERED["from_day"]},
     frozenset({"town", "county"})),
    ("POST", "/office/covers/rules", "/office/covers/rules", {"social_owner": "town"}, frozenset({"county"})),
    ("GET", "/office/training", "/office/training", {}, frozenset({"county"})),
    ("POST", "/office/training", "/office/training", {}, frozenset()),
    ("POST", "/office/training/rule", "/office/training/rule", {}, frozenset({"county"})),
    ("GET", "/office/training/<uuid:course_id>", "/office/training/{course}", {}, frozenset({"county"})),
    ("POST", "/office/training/<uuid:course_id>", "/office/training/{course}", {"people": "worker"},
     frozenset({"county"})),
    ("GET", "/office/equipment", "/office/equipment", {}, frozenset({"county"})),
    ("POST", "/office/equipment", "/office/equipment", EQUIPPED, frozenset({"county"})),
    ("POST", "/office/equipment/<uuid:equipment_id>/return", "/office/equipment/{equipment}/return",
     {"returned_on": EQUIPPED["issued_on"]}, frozenset({"county"})),
    ("GET", "/office/helpers", "/office/helpers", {}, frozenset({"village", "town"})),
    ("POST", "/office/helpers", "/office/helpers", HELPS, frozenset({"village", "town"})),
    ("POST", "/office/helpers/<uuid:helper_id>/end", "/office/helpers/{helper}/end", {}, frozenset({"village", "town"})),
    ("GET", "/office/places", "/office/places", {}, PLANNERS),
    ("POST", "/office/places", "/office/places", PLACED, PLANNERS),
    ("GET", "/office/places/<uuid:place_id>", "/office/places/{kept_place}", {}, PLANNERS),
    ("POST", "/office/places/<uuid:place_id>", "/office/places/{kept_place}", PLACED, PLANNERS),
    ("POST", "/office/places/<uuid:place_id>/plans", "/office/places/{kept_place}/plans", VISITED, PLANNERS),
    ("POST", "/office/places/<uuid:place_id>/close", "/office/places/{kept_place}/close", {}, frozenset()),
    ("GET", "/office/visit-plans", "/office/visit-plans", {}, PLANNERS),
    ("POST", "/office/visit-plans", "/office/visit-plans", {"grid_id": "{grid}", "door": "横港路1号"}, PLANNERS),
    ("POST", "/office/visit-plans/households/<uuid:household_id>", "/office/visit-plans/households/{household}", VISITED,
     PLANNERS),
    ("POST", "/office/visit-plans/<uuid:plan_id>/end", "/office/visit-plans/{visit_plan}/end", {}, PLANNERS),
    ("GET", "/office/commendations", "/office/commendations", {}, frozenset({"village", "town", "county"})),
    ("POST", "/office/commendations", "/office/commendations", PRAISED, frozenset({"village", "town", "county"})),
    ("POST", "/office/commendations/<uuid:commendation_id>", "/office/commendations/{commendation}",
     {"decision": "declined", "decision_words": "x"}, frozenset({"county"})),
    ("GET", RECORDS, RECORDS, {}, frozenset({"town", "county"})),
    ("GET", f"{RECORDS}/<uuid:person_id>", f"{RECORDS}/{{worker}}", {}, frozenset({"town", "county"})),
    ("GET", f"{RECORDS}/<uuid:person_id>.json", f"{RECORDS}/{{worker}}.json", {}, frozenset({"town", "county"})),
]  # fmt: skip
MISSING = {
    ("POST", "/office/second-factor/confirm"): (401, OFFICES),
    ("POST", "/office/second-factor/remove"): (401, OFFICES),
    ("POST", "/office/matters/list/<uuid:draft_id>/drop"): (409, frozenset({"county"})),
    ("POST", "/office/departments"): (422, frozenset({"county", "city"})),
    ("POST", "/office/staff/import"): (422, frozenset({"town", "county"})),
    ("POST", "/office/staff/import/confirm"): (410, frozenset({"town", "county"})),
    ("POST", "/office/staff/import/cancel"): (410, frozenset({"town", "county"})),
    ("POST", "/office/training"): (422, frozenset({"county"})),
    ("POST", "/office/places/<uuid:place_id>/close"): (422, PLANNERS),
    ("POST", f"{STAFF}/<uuid:person_id>/posts/<uuid:post_id>/move"): (422, KEEPERS),
    ("POST", f"{STAFF}/<uuid:person_id>/posts/<uuid:post_id>/end"): (422, KEEPERS),
    ("POST", f"{STAFF}/<uuid:person_id>/suspend"): (422, KEEPERS),
    ("POST", f"{STAFF}/<uuid:person_id>/return"): (422, KEEPERS),
    ("POST", f"{STAFF}/<uuid:person_id>/leave"): (422, KEEPERS),
}
NAMED = (
    "draft", "adjustment", "spare", "department", "cover", "course", "equipment", "commendation", "helper", "grid", "hired",
    "hired_post", "kept_place", "visit_plan", "household",
)  # fmt: skip


def objects(app: Flask, world: World) -> dict[str, Any]:
    return _list(app, world) | _workforce(app, world) | _places(app, world)


def _places(app: Flask, world: World) -> dict[str, Any]:
    """A place that the town has entered, a household, and a plan of visits to another."""
    told = {**PLACED, "id": new_id(), "grid_id": world.areas["grid"], "address": "", "lng": 120.915, "lat": 30.505}
    with writing(app) as session:
        town = holder_of(session, world.people["town"], clock.today())
        kept = planning.keep_place(session, town, {**told, "radius_m": 50, "matters": ["HAZ-01"], "in_plan": None})
        return {"kept_place": kept.id, "visit_plan": world.plan, "household": world.households[2]}


def _list(app: Flask, world: World) -> dict[str, Any]:
    """A draft of the county with two adjustments, and a department that no matter names."""
    with writing(app) as session:
        county = holder_of(session, world.people["county"], clock.today())
        draft = draft_of(session, county, NEW, GONE)
        kept, spare = drafting.adjustments_of(session, draft.id)[::-1]
        added = departments.add(session, county, "water_affairs", "水利", "Water affairs")
        return {"draft": draft.id, "adjustment": kept.id, "spare": spare.id, "department": added.code}


def _workforce(app: Flask, world: World) -> dict[str, Any]:
    """Of the first town: a cover, a thing, a course, a proposal of the village, a helper; the worker's consent."""
    told = {"insurer": "", "policy_no": "", "last_day": None, "from_day": clock.today(), "id": new_id()}
    at = {"day": clock.today(), "last_day": None, "pass_mark": None, "document_no": "", "department": "", "topics": []}
    praise = {"id": new_id(), "of_what": "person", "username": "worker", "unit_id": None, "resident": "", "words": "x"}
    helper = {**HELPS, "id": new_id(), "grid_id": world.areas["grid"], "organisation": "", "last_day": None}
    with writing(app) as session:
        by = {name: holder_of(session, world.people[name], clock.today()) for name in ("village", "town", "county")}
        cover = covers.write_down(session, by["town"], {**told, "username": "worker", "kind": "medical"})
        equipped = {**EQUIPPED, "id": new_id(), "size": "", "issued_on": clock.today()}
        thing = workforce.equip(session, by["county"], equipped)
        course = training.add_course(session, by["county"], {**at, "id": new_id(), "kind": "course", "title": "x"})
        workforce.consent(session, world.people["worker"], "x")
        place, days = f"grid:{world.areas['grid']}", {"from_day": clock.today(), "last_day": None, "document_no": ""}
        told_of = {**HIRED, "id": new_id(), "username": "hired", "place": place, "phone": "", "unified": None, **days}
        hired, _code = posting.hire(session, by["town"], told_of)
        return {
            "hired": hired.id, "hired_post": staff_queries.posts_of(session, hired.id)[0].id,
            "cover": cover.id, "equipment": thing.id, "course": course.id, "grid": world.areas["grid"],
            "commendation": workforce.propose(session, by["village"], praise).id,
            "helper": workforce.take_helper(session, by["village"], {**helper, "from_day": clock.today()}).id,
        }  # fmt: skip
