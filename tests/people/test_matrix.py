"""Every office route for every role: who comes in, who is refused, who is told that there is nothing.

A room that adds an office page adds its line to ``ROUTES``; a route without a line turns this red. Every route that names
an object meets one of its own kind in the first town: whoever may reaches it, an office of the next town or county finds
nothing.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from server.areas.commands import keep_other_areas
from server.areas.drafting import begin
from server.areas.models import Grid, OtherArea
from server.badges import commands as badges
from server.boards import commands as boards
from server.boards.queries import boards_of
from server.callouts.commands import open_callout
from server.exchange import commands as exchange
from server.households.models import Household
from server.kernel import clock
from server.kernel.ids import new_id
from server.matters import temporary
from server.matters.queries import matter_list
from server.messages.commands import ring
from server.messages.delivering import round_
from server.messages.models import Delivery
from server.messages.setting import add_channel
from server.people.commands import end_appointment, name_team
from server.people.models import Appointment
from server.people.queries import holder_of
from server.platform.db import db
from server.platform.jobs import Sweeper, Worker
from server.privacy import consents, incidents
from server.privacy import requests as data_requests
from server.tasks import requests
from tests.builders import Browser, add_person, at_desk, signed_in, writing
from tests.evaluation.sets import evaluated
from tests.feedback.objects import add_voices
from tests.people import matrix_lists
from tests.strangers import DESKS_B, add_strangers
from tests.sync.phone import Phone, correction, hazard, outside_order
from tests.sync.test_scope import case_of, refused_task
from tests.world import COUNTY, POSTS, STARTED, World

PHONES = ("worker", "worker2", "parttime", "leader", "adviser", "worker3", "leader2", "micro")
DESKS = ("village", "town", "dept", "county", "city", "sysadmin", "secadmin", "auditor")
EVERYBODY = frozenset(PHONES + DESKS)
VOICES = frozenset({"town", "county", "city"})  # who may handle what people say, each in their own unit

MATTER = {"photo_policy": "optional", "reason": "试行", "document_no": "示〔2026〕1号", "review_mode": "all"}
PROVIDED = {"document_no": "示〔2026〕30号", "most_days": "30"}
FILE = {"file_format": "csv", "purpose": "例会"}
# method, rule, path, fields of a form, who comes in (200 or a redirect onwards); all others 403, the signed-out 303 or 401
ROUTES: list[tuple[str, str, str, dict[str, Any], frozenset[str]]] = [
    ("GET", "/office", "/office", {}, EVERYBODY),
    ("GET", "/office/devices", "/office/devices", {}, EVERYBODY),
    ("POST", "/office/devices/<uuid:device_id>/revoke", "/office/devices/{device}/revoke", {}, frozenset({"secadmin"})),
    ("GET", "/office/devices/people", "/office/devices/people", {}, frozenset({"sysadmin", "secadmin"})),
    ("GET", "/office/reset-code", "/office/reset-code", {}, frozenset({"leader", "leader2", "secadmin"})),
    ("POST", "/office/reset-code", "/office/reset-code", {"person_id": "{worker}"}, frozenset({"leader", "secadmin"})),
    ("GET", "/office/teams", "/office/teams", {}, frozenset({"town"})),
    ("POST", "/office/teams", "/office/teams", {}, frozenset()),
    ("POST", "/office/teams/<uuid:team_id>/members/<uuid:person_id>/end", "/office/teams/{team}/members/{worker}/end", {},
     frozenset({"town"})),
    ("POST", "/office/teams/<uuid:team_id>/close", "/office/teams/{team}/close", {}, frozenset({"town"})),
    ("GET", "/office/enter", "/office/enter", {}, frozenset({"village", "town"})),
    ("POST", "/office/enter", "/office/enter", {}, frozenset()),
    ("GET", "/office/corrections", "/office/corrections", {}, frozenset({"town"})),
    ("POST", "/office/corrections/<uuid:request_id>", "/office/corrections/{correction}",
     {"answer": "refused", "words": "与登记一致"}, frozenset({"town"})),
    ("POST", "/office/corrections/<uuid:request_id>/reveal", "/office/corrections/{correction}/reveal", {},
     frozenset({"town"})),
    ("GET", "/office/data-requests", "/office/data-requests", {}, frozenset({"village", "town"})),
    ("POST", "/office/data-requests", "/office/data-requests", {}, frozenset()),
    ("GET", "/office/data-requests/<uuid:request_id>", "/office/data-requests/{data_request}", {}, frozenset({"town"})),
    ("GET", "/office/data-requests/<uuid:request_id>/copy", "/office/data-requests/{data_request}/copy", {},
     frozenset({"town"})),
    ("POST", "/office/data-requests/<uuid:request_id>", "/office/data-requests/{data_request}",
     {"answer": "refused", "words": "x"}, frozenset({"town"})),
    ("GET", "/office/consents", "/office/consents", {}, frozenset({"village", "town"})),
    ("POST", "/office/consents", "/office/consents", {}, frozenset()),
    ("POST", "/office/consents/<uuid:consent_id>/withdraw", "/office/consents/{consent}/withdraw", {},
     frozenset({"village", "town"})),
    ("GET", "/office/retention", "/office/retention", {}, frozenset({"county", "auditor"})),
    ("POST", "/office/retention", "/office/retention", {}, frozenset()),
    ("POST", "/office/retention/dry-run", "/office/retention/dry-run", {}, frozenset({"county", "auditor"})),
    ("GET", "/office/incidents", "/office/incidents", {}, frozenset({"secadmin", "county"})),
    ("POST", "/office/incidents", "/office/incidents", {}, frozenset()),
    ("POST", "/office/incidents/<uuid:event_id>", "/office/incidents/{incident}", {"step": "contained", "words": "x"},
     frozenset({"secadmin"})),
    ("GET", "/office/audit", "/office/audit", {}, frozenset({"auditor"})),
    ("POST", "/office/audit/about", "/office/audit/about",
     {"subject": "worker", "since": "2026-01-01", "until": "2026-12-31"}, frozenset({"auditor"})),
    ("POST", "/office/audit/by", "/office/audit/by",
     {"subject": "worker", "since": "2026-01-01", "until": "2026-12-31"}, frozenset({"auditor"})),
    ("GET", "/office/refusals", "/office/refusals", {}, frozenset({"county"})),
    ("POST", "/office/refusals/<uuid:refusal_id>", "/office/refusals/{refusal}",
     {"ruling": "upheld", "words": "x"}, frozenset({"county"})),
    ("GET", "/office/orders", "/office/orders", {}, frozenset({"county"})),
    ("GET", "/office/orders/units", "/office/orders/units", {}, frozenset({"county"})),
    ("POST", "/office/orders/<uuid:order_id>", "/office/orders/{order}", {"ruling": "upheld", "words": "x"},
     frozenset({"county"})),
    ("GET", "/office/callouts", "/office/callouts", {}, frozenset(DESKS)),
    ("POST", "/office/callouts", "/office/callouts", {}, frozenset()),
    ("GET", "/office/callouts/<uuid:callout_id>", "/office/callouts/{callout}", {},
     frozenset({"village", "town", "county"})),
    ("POST", "/office/callouts/<uuid:callout_id>/answer", "/office/callouts/{callout}/answer", {"kind": "safe"},
     frozenset({"village", "town"})),
    ("GET", "/office/callouts/<uuid:callout_id>/positions/<uuid:person_id>", "/office/callouts/{callout}/positions/{worker}",
     {}, frozenset({"county"})),
    ("POST", "/office/callouts/<uuid:callout_id>/end", "/office/callouts/{callout}/end", {},
     frozenset({"town", "county"})),
    ("POST", "/office/callouts/limit", "/office/callouts/limit", {}, frozenset()),
    ("GET", "/office/tasks", "/office/tasks", {}, frozenset({"village", "town", "county"})),
    ("GET", "/office/tasks/new", "/office/tasks/new", {}, frozenset({"village", "town", "county"})),
    ("POST", "/office/tasks", "/office/tasks", {}, frozenset()),
    ("GET", "/office/tasks/<uuid:task_id>", "/office/tasks/{task}", {}, frozenset({"village", "town", "county"})),
    ("POST", "/office/tasks/<uuid:task_id>", "/office/tasks/{task}", {}, frozenset()),
    ("POST", "/office/tasks/export", "/office/tasks/export", FILE, frozenset({"village", "town", "county"})),
    ("POST", "/office/refusals/export", "/office/refusals/export", FILE, frozenset({"county"})),
    ("POST", "/office/orders/export", "/office/orders/export", FILE, frozenset({"county"})),
    ("GET", "/office/figures", "/office/figures", {}, frozenset({"village", "town", "county"})),
    ("GET", "/office/figures/records", "/office/figures/records", {}, frozenset({"village", "town", "county"})),
    ("GET", "/office/self-inspection", "/office/self-inspection", {}, frozenset({"county"})),
    ("GET", "/office/requests", "/office/requests", {}, frozenset({"town", "county", "dept"})),
    ("GET", "/office/requests/new", "/office/requests/new", {}, frozenset({"dept"})),
    ("POST", "/office/requests", "/office/requests", {}, frozenset()),
    ("POST", "/office/requests/export", "/office/requests/export", FILE, frozenset({"town", "county", "dept"})),
    ("GET", "/office/requests/<uuid:request_id>", "/office/requests/{request}", {},
     frozenset({"town", "county", "dept"})),
    ("POST", "/office/requests/<uuid:request_id>", "/office/requests/{request}",
     {"decision": "decline", "words": "x"}, frozenset({"town", "county"})),
    ("GET", "/office/exports", "/office/exports", {}, frozenset({"auditor"})),
    ("GET", "/office/cases", "/office/cases", {}, frozenset({"village", "town", "county", "dept"})),
    ("GET", "/office/cases/new", "/office/cases/new", {}, frozenset({"village", "town"})),
    ("POST", "/office/cases/new/<uuid:record_id>", "/office/cases/new/{record}", {"level": "L3"},
     frozenset({"village", "town"})),
    ("GET", "/office/cases/<uuid:case_id>", "/office/cases/{case}", {},
     frozenset({"village", "town", "county", "dept"})),
    ("POST", "/office/cases/<uuid:case_id>", "/office/cases/{case}", {"step": "arrived", "version": "2"},
     frozenset({"dept"})),
    ("GET", "/office/cases/<uuid:case_id>/slip/<int:version>", "/office/cases/{case}/slip/2", {},
     frozenset({"village", "town", "county", "dept"})),
    ("GET", "/office/cases/take-in", "/office/cases/take-in", {}, frozenset({"village", "town", "county"})),
    ("POST", "/office/cases/take-in", "/office/cases/take-in", {}, frozenset()),
    ("GET", "/office/cases/duties", "/office/cases/duties", {}, frozenset({"county"})),
    ("GET", "/office/levels", "/office/levels", {}, frozenset({"county"})),
    ("POST", "/office/levels", "/office/levels", {}, frozenset()),
    ("GET", "/office/deliveries", "/office/deliveries", {}, frozenset({"village", "town", "county"})),
    ("GET", "/office/calls", "/office/calls", {}, frozenset({"village", "town", "county"})),
    ("POST", "/office/calls/<uuid:delivery_id>", "/office/calls/{call}", {"reached": "yes"},
     frozenset({"village", "town", "county"})),
    ("GET", "/office/ring-rule", "/office/ring-rule", {}, frozenset({"county"})),
    ("POST", "/office/ring-rule", "/office/ring-rule", {}, frozenset()),
    ("GET", "/office/channels", "/office/channels", {}, frozenset({"sysadmin"})),
    ("POST", "/office/channels", "/office/channels", {}, frozenset()),
    ("POST", "/office/channels/<uuid:channel_id>/end", "/office/channels/{channel}/end", {}, frozenset({"sysadmin"})),
    ("GET", "/office/evaluation", "/office/evaluation", {}, frozenset({"town", "county"})),
    ("POST", "/office/evaluation/setting", "/office/evaluation/setting", {}, frozenset()),
    ("GET", "/office/evaluation/sets/new", "/office/evaluation/sets/new", {}, frozenset({"county"})),
    ("POST", "/office/evaluation/sets", "/office/evaluation/sets", {}, frozenset()),
    ("POST", "/office/evaluation/lint", "/office/evaluation/lint", {}, frozenset({"county"})),
    ("GET", "/office/evaluation/sets/<uuid:set_id>", "/office/evaluation/sets/{rule_set}", {}, frozenset({"county"})),
    ("POST", "/office/evaluation/sets/<uuid:set_id>", "/office/evaluation/sets/{rule_set}", {"act": "check"},
     frozenset({"county"})),
    ("POST", "/office/evaluation/sets/<uuid:set_id>/most", "/office/evaluation/sets/{draft}/most", {"version": "1"},
     frozenset({"county"})),
    ("POST", "/office/evaluation/sets/<uuid:set_id>/run", "/office/evaluation/sets/{rule_set}/run",
     {"day": "2026-02-01"}, frozenset({"county"})),
    ("POST", "/office/evaluation/sets/<uuid:set_id>/publish", "/office/evaluation/sets/{draft}/publish",
     {"version": "2"}, frozenset({"county"})),
    ("GET", "/office/evaluation/runs/<uuid:run_id>", "/office/evaluation/runs/{run}", {}, frozenset({"town", "county"})),
    ("POST", "/office/evaluation/runs/<uuid:run_id>/export", "/office/evaluation/runs/{run}/export", FILE,
     frozenset({"county"})),
    ("GET", "/office/evaluation/sheets/<uuid:sheet_id>", "/office/evaluation/sheets/{sheet}", {},
     frozenset({"town", "county"})),
    ("GET", "/office/evaluation/objections", "/office/evaluation/objections", {}, frozenset({"town", "county"})),
    ("POST", "/office/evaluation/objections/<uuid:objection_id>", "/office/evaluation/objections/{objection}",
     {"outcome": "kept", "words": "x"}, frozenset({"town", "county"})),
    ("GET", "/office/evaluation/proposals", "/office/evaluation/proposals", {}, frozenset({"county"})),
    ("POST", "/office/evaluation/proposals/<uuid:proposal_id>", "/office/evaluation/proposals/{proposal}",
     {"decision": "taken", "words": "x"}, frozenset({"county"})),
    ("GET", "/office/evaluation/facts", "/office/evaluation/facts", {}, frozenset({"county"})),
    ("POST", "/office/evaluation/facts", "/office/evaluation/facts", {}, frozenset()),
    ("GET", "/office/evaluation/facts/sheet.xlsx", "/office/evaluation/facts/sheet.xlsx", {}, frozenset({"county"})),
    ("POST", "/office/evaluation/facts/<uuid:fact_id>/take-back", "/office/evaluation/facts/{fact}/take-back", {},
     frozenset({"county"})),
    ("GET", "/office/evaluation/merits", "/office/evaluation/merits", {}, frozenset({"county"})),
    ("POST", "/office/evaluation/merits/rules", "/office/evaluation/merits/rules", {}, frozenset()),
    ("POST", "/office/evaluation/merits/<uuid:badge_id>/revoke", "/office/evaluation/merits/{merit}/revoke",
     {"reason": "x"}, frozenset({"county"})),
    ("GET", "/office/evaluation/marks", "/office/evaluation/marks", {}, frozenset({"village", "town", "county"})),
    ("POST", "/office/evaluation/marks/<uuid:set_id>", "/office/evaluation/marks/{rule_set}", {}, frozenset()),
    ("GET", "/office/exchange", "/office/exchange", {}, frozenset({"secadmin"})),
    ("POST", "/office/exchange", "/office/exchange", {}, frozenset()),
    ("GET", "/office/exchange/calls", "/office/exchange/calls", {}, frozenset({"secadmin", "auditor"})),
    ("GET", "/office/exchange/<uuid:token_id>", "/office/exchange/{token}", {}, frozenset({"secadmin"})),
    ("POST", "/office/exchange/<uuid:token_id>/hooks", "/office/exchange/{token}/hooks", {}, frozenset()),
    ("POST", "/office/exchange/<uuid:token_id>/hooks/<uuid:hook_id>/end", "/office/exchange/{token}/hooks/{hook}/end", {},
     frozenset({"secadmin"})),
    ("POST", "/office/exchange/<uuid:token_id>/revoke", "/office/exchange/{token}/revoke", {}, frozenset({"secadmin"})),
    ("GET", "/office/review", "/office/review", {}, frozenset({"village", "town"})),
    ("POST", "/office/review/<uuid:record_id>", "/office/review/{record}", {"decision": "approve", "version": "1"},
     frozenset({"village", "town"})),
    ("GET", "/office/outboxes", "/office/outboxes", {}, frozenset({"town", "county"})),
    ("POST", "/office/outboxes/<uuid:mutation_id>/take-in", "/office/outboxes/{mutation}/take-in", {},
     frozenset({"town", "county"})),
    ("GET", "/office/sealed-file", "/office/sealed-file", {}, frozenset({"town", "county", "secadmin"})),
    ("POST", "/office/sealed-file", "/office/sealed-file", {}, frozenset()),
    ("GET", "/office/backup", "/office/backup", {}, frozenset({"sysadmin"})),
    ("GET", "/office/matters", "/office/matters", {}, frozenset({"county"})),
    ("GET", "/office/matters/<uuid:matter_id>", "/office/matters/{matter}", {}, frozenset({"county"})),
    ("POST", "/office/matters/<uuid:matter_id>", "/office/matters/{matter}", MATTER, frozenset({"county"})),
    ("POST", "/office/matters/patrols", "/office/matters/patrols", {}, frozenset()),
    ("POST", "/office/matters/gas-number", "/office/matters/gas-number", {}, frozenset({"county"})),
    ("GET", "/office/temporary", "/office/temporary", {}, frozenset({"county"})),
    ("POST", "/office/temporary", "/office/temporary", {}, frozenset()),
    ("POST", "/office/temporary/document", "/office/temporary/document", PROVIDED, frozenset({"county"})),
    ("POST", "/office/temporary/<uuid:temporary_id>/publish", "/office/temporary/{temporary}/publish", {},
     frozenset({"county"})),
    ("POST", "/office/temporary/<uuid:temporary_id>/end", "/office/temporary/{temporary}/end", {},
     frozenset({"county"})),
    ("GET", "/office/badges", "/office/badges", {}, frozenset({"town", "county"})),
    ("GET", "/office/badges/people/<uuid:person_id>", "/office/badges/people/{worker}", {},
     frozenset({"town", "county"})),
    ("GET", "/office/badges/print/<size>", "/office/badges/print/cr80", {}, frozenset({"town", "county"})),
    ("GET", "/office/badges/<uuid:badge_id>/print/<size>", "/office/badges/{badge}/print/a6", {},
     frozenset({"town", "county"})),
    ("POST", "/office/badges/people/<uuid:person_id>", "/office/badges/people/{worker2}", {}, frozenset({"town"})),
    ("POST", "/office/badges/<uuid:badge_id>/renew", "/office/badges/{badge}/renew", {}, frozenset({"town"})),
    ("POST", "/office/badges/<uuid:badge_id>/end", "/office/badges/{lost_badge}/end", {"reason": "lost"},
     frozenset({"town", "county"})),
    ("GET", "/office/badges/design", "/office/badges/design", {}, frozenset({"city"})),
    ("POST", "/office/badges/design", "/office/badges/design", {}, frozenset()),
    ("GET", "/office/boards", "/office/boards", {}, frozenset({"village", "town", "county"})),
    ("GET", "/office/boards/print", "/office/boards/print", {}, frozenset({"village", "town", "county"})),
    ("GET", "/office/boards/<uuid:grid_id>", "/office/boards/{grid}", {}, frozenset({"village", "town", "county"})),
    ("POST", "/office/boards/places/<uuid:place_id>/confirm", "/office/boards/places/{place}/confirm",
     {"mark": "{mark}"}, frozenset({"village", "town"})),
    ("POST", "/office/boards/places/<uuid:place_id>/remove", "/office/boards/places/{place}/remove", {},
     frozenset({"town"})),
    ("POST", "/office/boards/notes/<uuid:note_id>/remove", "/office/boards/notes/{note}/remove", {}, frozenset({"town"})),
    ("POST", "/office/boards/<uuid:grid_id>/area", "/office/boards/{grid}/area", {"words_zh": "横港路"},
     frozenset({"town"})),
    ("POST", "/office/boards/<uuid:grid_id>/phones/<uuid:person_id>", "/office/boards/{grid}/phones/{worker}",
     {"phone": "0573-1"}, frozenset({"town"})),
    ("POST", "/office/boards/<uuid:grid_id>/notes", "/office/boards/{grid}/notes", {"words": "x", "day": "2026-11-24"},
     frozenset({"town"})),
    ("POST", "/office/boards/<uuid:grid_id>/places", "/office/boards/{grid}/places", {"name": "x"}, frozenset({"town"})),
    ("POST", "/office/boards/notes", "/office/boards/notes", {}, frozenset()),
    ("POST", "/office/boards/supervision", "/office/boards/supervision", {}, frozenset()),
    ("GET", "/office/grids", "/office/grids", {}, frozenset({"village", "town", "county", "dept"})),
    ("GET", "/office/grids/<uuid:unit_id>", "/office/grids/{town_unit}", {},
     frozenset({"village", "town", "county", "dept"})),
    ("GET", "/office/grids/<uuid:unit_id>/borders.geojson", "/office/grids/{town_unit}/borders.geojson", {},
     frozenset({"village", "town", "county", "dept"})),
    ("POST", "/office/grids/<uuid:unit_id>/drafts", "/office/grids/{town_unit}/drafts", {"effect_day": "{today}"},
     frozenset({"town"})),
    ("GET", "/office/grids/drafts/<uuid:draft_id>", "/office/grids/drafts/{draft}", {}, frozenset({"town"})),
    ("GET", "/office/grids/drafts/<uuid:draft_id>/borders.geojson", "/office/grids/drafts/{draft}/borders.geojson", {},
     frozenset({"town"})),
    ("POST", "/office/grids/drafts/<uuid:draft_id>/steps", "/office/grids/drafts/{draft}/steps", {}, frozenset()),
    ("POST", "/office/grids/drafts/<uuid:draft_id>/file", "/office/grids/drafts/{draft}/file", {}, frozenset()),
    ("POST", "/office/grids/drafts/<uuid:draft_id>/decide", "/office/grids/drafts/{draft}/decide",
     {"decision": "withdraw", "version": "1"}, frozenset({"town"})),
    ("GET", "/office/grids/measures", "/office/grids/measures", {}, frozenset({"city"})),
    ("POST", "/office/grids/measures", "/office/grids/measures", {}, frozenset()),
    ("GET", "/office/grids/other-areas", "/office/grids/other-areas", {}, frozenset({"county"})),
    ("POST", "/office/grids/other-areas", "/office/grids/other-areas", {}, frozenset()),
    ("POST", "/office/grids/other-areas/<uuid:area_id>/end", "/office/grids/other-areas/{other_area}/end", {},
     frozenset({"county"})),
    ("GET", "/office/feedback", "/office/feedback", {}, VOICES),
    ("GET", "/office/feedback/new", "/office/feedback/new", {}, VOICES),
    ("POST", "/office/feedback", "/office/feedback", {}, frozenset()),
    ("GET", "/office/feedback/days", "/office/feedback/days", {}, frozenset({"county"})),
    ("POST", "/office/feedback/days", "/office/feedback/days", {}, frozenset()),
    ("GET", "/office/feedback/<uuid:feedback_id>", "/office/feedback/{feedback}", {}, frozenset({"town"})),
    ("GET", "/office/feedback/<uuid:feedback_id>/picture", "/office/feedback/{feedback}/picture", {}, frozenset({"town"})),
    ("POST", "/office/feedback/<uuid:feedback_id>/complainant", "/office/feedback/{feedback}/complainant", {},
     frozenset({"town"})),
    ("POST", "/office/feedback/<uuid:feedback_id>", "/office/feedback/{feedback}", {"step": "note", "words": "x"},
     frozenset({"town"})),
    ("GET", "/office/voice", "/office/voice", {}, EVERYBODY),
    ("POST", "/office/voice", "/office/voice", {}, frozenset()),
    ("GET", "/office/heard", "/office/heard", {}, EVERYBODY),
    ("POST", "/office/heard/clarification/<uuid:clarification_id>", "/office/heard/clarification/{clarification}",
     {"words": "x"}, frozenset({"leader"})),
    ("POST", "/office/heard/finding/<uuid:finding_id>", "/office/heard/finding/{finding}", {"words": "x"},
     frozenset({"parttime"})),
    ("GET", "/office/findings", "/office/findings", {}, VOICES),
    ("GET", "/office/findings/new", "/office/findings/new", {}, VOICES),
    ("POST", "/office/findings", "/office/findings", {}, frozenset()),
    ("GET", "/office/findings/<uuid:finding_id>", "/office/findings/{finding}", {}, frozenset({"town", "county"})),
    ("POST", "/office/findings/<uuid:finding_id>/evidence", "/office/findings/{finding}/evidence", {"words": "x"},
     frozenset({"town", "county"})),
    ("POST", "/office/findings/<uuid:finding_id>/decision", "/office/findings/{finding}/decision",
     {"decision": "withdrawn", "words": "x"}, frozenset({"town", "county"})),
    ("GET", "/office/holds", "/office/holds", {}, frozenset({"county"})),
    ("POST", "/office/holds", "/office/holds", {}, frozenset()),
    ("POST", "/office/holds/<uuid:hold_id>/lift", "/office/holds/{hold}/lift", {"document_no": "x"}, frozenset({"county"})),
    ("GET", "/office/households/import", "/office/households/import", {}, frozenset({"town"})),
    ("GET", "/office/households/import/sheet.xlsx", "/office/households/import/sheet.xlsx", {}, frozenset({"town"})),
    ("POST", "/office/households/import", "/office/households/import", {}, frozenset()),
    ("POST", "/office/households/import/confirm", "/office/households/import/confirm", {}, frozenset()),
    ("POST", "/office/households/import/cancel", "/office/households/import/cancel", {}, frozenset()),
    *matrix_lists.ROUTES,
]  # fmt: skip
MISSING = {  # within the guard, but the thing is not theirs, or the empty form is faulty
    ("POST", "/office/devices/<uuid:device_id>/revoke"): (404, EVERYBODY),
    ("POST", "/office/reset-code"): (404, frozenset({"leader2"})),
    ("POST", "/office/teams"): (422, frozenset({"town"})),
    ("POST", "/office/enter"): (422, frozenset({"village", "town"})),
    ("POST", "/office/evaluation/merits/rules"): (422, frozenset({"county"})),
    ("POST", "/office/evaluation/facts"): (422, frozenset({"county"})),
    ("POST", "/office/evaluation/setting"): (422, frozenset({"county"})),
    ("POST", "/office/evaluation/sets"): (422, frozenset({"county"})),
    ("POST", "/office/evaluation/marks/<uuid:set_id>"): (422, frozenset({"village", "town", "county"})),
    ("POST", "/office/data-requests"): (422, frozenset({"village", "town"})),
    ("POST", "/office/consents"): (422, frozenset({"village", "town"})),
    ("POST", "/office/retention"): (422, frozenset({"county"})),
    ("POST", "/office/incidents"): (422, frozenset({"secadmin"})),
    ("POST", "/office/requests"): (422, frozenset({"dept"})),
    ("POST", "/office/temporary"): (422, frozenset({"county"})),
    ("POST", "/office/callouts"): (422, frozenset({"town", "county"})),
    ("POST", "/office/callouts/<uuid:callout_id>/answer"): (404, frozenset(DESKS)),
    ("GET", "/office/callouts/<uuid:callout_id>/positions/<uuid:person_id>"): (404, frozenset({"town"})),
    ("POST", "/office/callouts/limit"): (422, frozenset({"county"})),
    ("POST", "/office/tasks"): (422, frozenset({"village", "town", "county"})),
    ("POST", "/office/tasks/<uuid:task_id>"): (422, frozenset({"village", "town", "county"})),
    ("POST", "/office/sealed-file"): (422, frozenset({"town", "county", "secadmin"})),
    ("POST", "/office/cases/take-in"): (422, frozenset({"village", "town", "county"})),
    ("POST", "/office/levels"): (422, frozenset({"county"})),
    ("POST", "/office/ring-rule"): (422, frozenset({"county"})),
    ("POST", "/office/channels"): (422, frozenset({"sysadmin"})),
    ("POST", "/office/exchange"): (422, frozenset({"secadmin"})),
    ("POST", "/office/exchange/<uuid:token_id>/hooks"): (422, frozenset({"secadmin"})),
    ("POST", "/office/matters/patrols"): (422, frozenset({"county"})),
    ("POST", "/office/badges/design"): (422, frozenset({"city"})),
    ("POST", "/office/boards/notes"): (422, frozenset({"town"})),
    ("POST", "/office/boards/supervision"): (422, frozenset({"town", "county"})),
    ("POST", "/office/grids/drafts/<uuid:draft_id>/steps"): (422, frozenset({"town"})),
    ("POST", "/office/grids/drafts/<uuid:draft_id>/file"): (422, frozenset({"town"})),
    ("POST", "/office/grids/measures"): (422, frozenset({"city"})),
    ("POST", "/office/grids/other-areas"): (422, frozenset({"county"})),
    ("POST", "/office/feedback"): (422, VOICES),
    ("POST", "/office/feedback/days"): (422, frozenset({"county"})),
    ("GET", "/office/feedback/<uuid:feedback_id>"): (404, VOICES),
    ("GET", "/office/feedback/<uuid:feedback_id>/picture"): (404, VOICES),
    ("POST", "/office/feedback/<uuid:feedback_id>/complainant"): (404, VOICES),
    ("POST", "/office/feedback/<uuid:feedback_id>"): (404, VOICES),
    ("POST", "/office/voice"): (422, EVERYBODY),
    ("POST", "/office/heard/clarification/<uuid:clarification_id>"): (404, EVERYBODY),
    ("POST", "/office/heard/finding/<uuid:finding_id>"): (404, EVERYBODY),
    ("POST", "/office/findings"): (422, VOICES),
    ("GET", "/office/findings/<uuid:finding_id>"): (404, VOICES),
    ("POST", "/office/findings/<uuid:finding_id>/evidence"): (404, VOICES),
    ("POST", "/office/findings/<uuid:finding_id>/decision"): (404, VOICES),
    ("POST", "/office/holds"): (422, frozenset({"county"})),
    ("POST", "/office/households/import"): (422, frozenset({"town"})),
    ("POST", "/office/households/import/confirm"): (410, frozenset({"town"})),
    ("POST", "/office/households/import/cancel"): (410, frozenset({"town"})),
    **matrix_lists.MISSING,
}


def _office_rules(app: Flask) -> set[tuple[str, str]]:
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/office")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_office_route_has_a_line(app: Flask) -> None:
    assert {(method, rule) for method, rule, *_ in ROUTES} == _office_rules(app)


def test_every_account_is_in_the_matrix() -> None:
    assert {username for username, *_ in POSTS} == EVERYBODY


@pytest.mark.parametrize("username", sorted(EVERYBODY))
def test_who_comes_in(app: Flask, world: World, username: str) -> None:
    names = _objects(app, world)
    browser = at_desk(app, username) if username in DESKS else signed_in(app, username)
    wrong = []
    for method, rule, path, fields, welcome in ROUTES:
        filled = path.format(**names)
        if username == "worker" and "{device}" in path:
            continue  # one's own device: tests/people/test_devices.py
        if method == "GET":
            status = browser.get(filled).status_code
        else:
            status = browser.form(filled, **{k: v.format(**names) for k, v in fields.items()}).status_code
        code, near = MISSING.get((method, rule), (0, frozenset()))
        expected = {200, 303} if username in welcome else {code} if username in near else {403}
        if status not in expected:
            wrong.append((method, rule, status, expected))
    assert wrong == []


def _objects(app: Flask, world: World) -> dict[str, Any]:
    """A device, a waiting record that an office may decide, an act in quarantine, a matter of the county's own list, a
    correction request, an order outside the list, a refusal, a call to make, a channel, and a team that one may leave."""
    record = hazard(world)
    assert Phone(app, "leader").do("hazards.report", record)["outcome"] == "applied"
    task, refusal = refused_task(app, world, Phone(app, "worker"))
    with app.app_context():
        own = next(m.id for m in matter_list(db.session(), COUNTY) if m.county_code == COUNTY)
    with writing(app) as session:
        town = holder_of(session, world.people["town"], clock.today())
        three = {world.people[name]: (STARTED, None) for name in ("worker", "leader", "adviser")}
        team = name_team(
            session, town, grid_id=world.areas["grid"], name="三人小组", purpose="care", members=three,
            reviewer_id=world.people["leader"],
        )  # fmt: skip
    asked = correction()
    assert Phone(app, "worker2").do("corrections.ask", asked)["outcome"] == "applied"
    request = _asked(app, world)
    order = outside_order()
    assert Phone(app, "worker2").do("orders.report", order)["outcome"] == "applied"
    named = {
        "correction": asked["id"],
        "order": order["id"],
        "request": request,
        "temporary": _temporary(app, world),
        "team": team.id,
        "device": signed_in(app, "worker").register(),
        "record": record["id"],
        "refusal": refusal,
        "task": task,
        "case": _case(app, world),
        "call": _call(app, world),
        "channel": _channel(app, world),
        "callout": _callout(app, world),
        **evaluated(app, world),
        **_of_privacy(app, world, UUID(str(record["id"]))),
        "matter": own,
        "town_unit": world.areas["town"],
        "today": clock.today().isoformat(),
        **_borders(app, world),
    }
    named |= {"mutation": _quarantined(app, world), "grid": world.areas["grid"]}
    return {**world.people, **named, **_badges_and_board(app, world)}
    named |= matrix_lists.objects(app, world)
    named |= _another_system(app, world)
    return {**world.people, **named, "mutation": _quarantined(app, world)}
    return {**world.people, **named, **add_voices(app, world), "mutation": _quarantined(app, world)}


def _borders(app: Flask, world: World) -> dict[str, Any]:
    """A draft of the town, and an area that another law lets somebody draw."""
    ring = [[1_209_000_000, 304_000_000], [1_209_100_000, 304_000_000], [1_209_100_000, 304_100_000]]
    with writing(app) as session:
        town, county = (holder_of(session, world.people[name], clock.today()) for name in ("town", "county"))
        drawn = [({"name": "生态红线"}, [[*ring, ring[0]]])]
        keep_other_areas(session, county, basis="示例法", from_day=clock.today(), drawn=drawn)
        other = session.query(OtherArea).one().id
        return {"draft": begin(session, town, world.areas["town"], clock.today()).id, "other_area": other}


def _of_privacy(app: Flask, world: World, record: UUID) -> dict[str, Any]:
    """A request about a household, a consent to a photo of the record, and a drill."""
    with writing(app) as session:
        town = holder_of(session, world.people["town"], clock.today())
        admin = holder_of(session, world.people["secadmin"], clock.today())
        door = session.get_one(Household, world.households[0]).door
        told = {
            "id": new_id(),
            "kind": "show",
            "asker_name": "王芳",
            "asker_contact": "",
            "door": door,
            "words": "查阅",
        }
        consent = {"id": new_id(), "purpose": "person_photo", "object_id": record, "given_by": "王芳", "words": "同意"}
        return {
            "data_request": data_requests.take(session, town, told).id,
            "consent": consents.note(session, town, {**consent, "form": "spoken", "given_on": clock.today()}).id,
            "incident": incidents.open_event(
                session, admin, {"id": new_id(), "kind": "drill", "title": "演练", "found_at": clock.now()}
            ).id,
        }


def _another_system(app: Flask, world: World) -> dict[str, UUID]:
    """A token and a webhook of it."""
    told = {"system": "platform", "name": "公共数据平台", "document_no": "示〔2026〕40号", "scopes": ["cases"]}
    told |= {"area_unit": world.areas["county"], "last_day": clock.today()}
    with writing(app) as session:
        admin = holder_of(session, world.people["secadmin"], clock.today())
        token, _ = exchange.make_token(session, admin, told)
        hook, _ = exchange.add_hook(session, admin, token.id, "https://hook.gov.cn/", ["cases"], ("hook.gov.cn",))
        return {"token": token.id, "hook": hook.id}


def _asked(app: Flask, world: World) -> Any:
    """What the department asks for in the town."""
    told = {
        "id": new_id(),
        "matter_code": "HAZ-01",
        "area_unit": world.areas["town"],
        "words": "查看楼道",
        "figures": "",
    }
    with writing(app) as session:
        dept = holder_of(session, world.people["dept"], clock.today())
        return requests.make(session, dept, {**told, "wanted_day": clock.today()}).id


def _temporary(app: Flask, world: World) -> Any:
    """Written down by the county, which provides for it, and not public yet."""
    told = {"id": new_id(), "name_zh": "寒潮排查", "name_en": None, "duty": "hazards", "data_class": "N"}
    told |= {"departments": ["fire"], "consent_by": "主管部门", "reason": "寒潮", "document_no": "示〔2026〕31号"}
    with writing(app) as session:
        county = holder_of(session, world.people["county"], clock.today())
        temporary.provide(session, county, "示〔2026〕30号", 30)
        days = {"from_day": clock.today(), "last_day": clock.today()}
        return temporary.write_down(session, county, {**told, **days}).id


def _case(app: Flask, world: World) -> str:
    """Made by the town, the department in the lead."""
    told = hazard(world)
    assert Phone(app, "worker").do("hazards.report", told)["outcome"] == "applied"
    return case_of(app, world, str(told["id"]), "dept")


def _call(app: Flask, world: World) -> UUID:
    """A line on the call list: something urgent reached no phone of the worker."""
    with writing(app) as session:
        ring(session, world.people["worker"], "emergency_reported", at=clock.now(), urgent=True)
    Worker(app, []).sweep(Sweeper("deliveries", 1, round_))
    with writing(app) as session:
        own = {"person_id": world.people["worker"], "channel": "call"}
        return session.query(Delivery).filter_by(**own).one().id


def _channel(app: Flask, world: World) -> UUID:
    with writing(app) as session:
        admin = holder_of(session, world.people["sysadmin"], clock.today())
        told = {
            "unit_id": world.areas["county"],
            "kind": "wecom",
            "name": "工作群",
            "address": "wecombot://keyofthegroup",
        }
        return add_channel(session, admin, **told, per_minute=20, position=1, hosts=())


def _badges_and_board(app: Flask, world: World) -> dict[str, Any]:
    """Two work badges, and on the first grid's board a note, a posting place and the mark of what it says."""
    design = {"heading_zh": "工作证", "heading_en": "x", "issuer": "市", "tone": "red", "valid_months": 12}
    with writing(app) as session:
        badges.set_design(session, None, {**design, "from_day": STARTED, "document_no": "示〔2026〕7号"})
        made = [badges.issue(session, None, world.people[name], None, False).id for name in ("worker", "parttime")]
        town, grid = holder_of(session, world.people["town"], clock.today()), session.get_one(Grid, world.areas["grid"])
        note = boards.write_note(session, town, grid.id, "通知", clock.today())
        place = boards.add_place(session, None, grid.id, "村委会门口")
        mark = boards_of(session, [grid], clock.today())[0].mark
        return {"badge": made[0], "lost_badge": made[1], "note": note.id, "place": place.id, "mark": mark}


def _callout(app: Flask, world: World) -> str:
    """Opened by the county for the first town; the worker says where they are."""
    with writing(app) as session:
        county = holder_of(session, world.people["county"], clock.today())
        made = open_callout(session, county, world.areas["town"], "台风登陆", 4)
    told = {"id": str(new_id()), "callout_id": str(made.id), "kind": "safe", "place": {"lng": 120.915, "lat": 30.505}}
    assert Phone(app, "worker").do("callouts.answer", told)["outcome"] == "applied"
    return str(made.id)


def _quarantined(app: Flask, world: World) -> str:
    """Done in the first grid by somebody whose post has ended since."""
    here = {"org_unit_id": world.areas["village"], "grid_id": world.areas["grid"]}
    with writing(app) as session:
        gone = add_person(session, "gone", role="full_time_worker", **here)
    phone = Phone(app, "gone")
    told = phone.mutation("hazards.report", hazard(world))
    with writing(app) as session:
        post = session.query(Appointment).filter_by(person_id=gone).one()
        end_appointment(session, post.id, clock.today())
    assert phone.push(told).json["results"][0]["problem"]["code"] == "no_longer_in_post"
    return str(told["id"])


@pytest.mark.parametrize("username", DESKS_B)
def test_an_office_of_the_next_town_or_county_finds_nothing(app: Flask, world: World, username: str) -> None:
    names = _objects(app, world)
    add_strangers(app, world)
    stranger, role = at_desk(app, username), username.removesuffix("_b")
    asked = 0
    for method, rule, path, fields, welcome in ROUTES:
        if "<uuid:" not in rule or role not in welcome:
            continue
        if method == "GET":
            answer = stranger.get(path.format(**names))
        else:
            answer = stranger.form(path.format(**names), **fields)
        assert answer.status_code == 404, (method, rule)
        asked += 1
    assert asked, "or this proves nothing"


def test_the_signed_out_come_in_nowhere(app: Flask, world: World) -> None:
    names = {
        **world.people,
        **dict.fromkeys(
            (
                "team",
                "device",
                "record",
                "mutation",
                "matter",
                "correction",
                "refusal",
                "order",
                "task",
                "case",
                "call",
                "channel",
                "request",
                "temporary",
                "callout",
                "badge",
                "lost_badge",
                "grid",
                "note",
                "place",
                "mark",
                *matrix_lists.NAMED,
                "town_unit",
                "draft",
                "other_area",
                "rule_set",
                "draft",
                "run",
                "sheet",
                "objection",
                "proposal",
                "fact",
                "merit",
                "data_request",
                "consent",
                "incident",
                "feedback",
                "clarification",
                "finding",
                "hold",
                "token",
                "hook",
            ),
            world.team,
        ),
    }
    for method, _rule, path, fields, _ in ROUTES:
        filled = path.format(**names)
        answer = Browser(app).get(filled) if method == "GET" else Browser(app).client.post(filled, data=fields)
        is_asked = answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")
        assert is_asked if method == "GET" else answer.status_code == 401, filled
