"""All that a phone may see: each kind of row and the query that renders it (docs/wire.md §5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.areas import queries as areas
from server.badges import queries as badges
from server.callouts import queries as callouts
from server.cases import queries as cases
from server.evaluation import meriting, sheets
from server.households import queries as households
from server.matters import queries as matters
from server.messages import queries as messages
from server.orders import queries as orders
from server.people import queries as people
from server.privacy import queries as privacy
from server.records import queries as records
from server.sync import announced, outcomes
from server.tasks import queries as tasks
from server.workforce import covers

Rows = Callable[[Session, Sequence[UUID]], dict[UUID, dict[str, Any]]]


def _kind(source: Callable[[Session, str, Sequence[UUID]], dict[UUID, dict[str, Any]]], kind: str) -> Rows:
    return lambda session, ids: source(session, kind, ids)


FEEDS: Mapping[str, Rows] = {
    "policy": _kind(matters.feed_rows, "policy"),
    "matter": _kind(matters.feed_rows, "matter"),
    "review_policy": _kind(matters.feed_rows, "review_policy"),
    "org_unit": _kind(areas.feed_rows, "org_unit"),
    "grid": _kind(areas.feed_rows, "grid"),
    "micro_grid": _kind(areas.feed_rows, "micro_grid"),
    "staff": _kind(people.feed_rows, "staff"),
    "absence": _kind(people.feed_rows, "absence"),
    "team": _kind(people.feed_rows, "team"),
    "place": _kind(households.feed_rows, "place"),
    "household": _kind(households.feed_rows, "household"),
    "visit_plan": _kind(households.feed_rows, "visit_plan"),
    "record": partial(records.feed_rows),
    "task": partial(tasks.feed_rows),
    "outside_order": partial(orders.feed_rows),
    "case": partial(cases.feed_rows),
    "score_sheet": _kind(sheets.feed_rows, "score_sheet"),
    "merit_badge": partial(meriting.feed_rows),
    "rule_set": _kind(sheets.feed_rows, "rule_set"),
    "callout": _kind(callouts.feed_rows, "callout"),
    "callout_answer": _kind(callouts.feed_rows, "callout_answer"),
    "callout_position": _kind(callouts.feed_rows, "callout_position"),
    "badge": _kind(badges.feed_rows, "badge"),
    "badge_end": _kind(badges.feed_rows, "badge_end"),
    "message": partial(messages.feed_rows),
    "announced": partial(announced.feed_rows),
    "correction_request": partial(privacy.feed_rows),
    covers.KIND: partial(covers.feed_rows),
    "outcome": partial(outcomes.feed_rows),
}
