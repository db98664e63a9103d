"""Insurances and the fund of the demo's full-time workers; the second worker's accident insurance is lacking, as an alarm."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from server.demo.bulk import Bulk
from server.demo.staff import Staff
from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.workforce.covers import KIND
from server.workforce.models import Cover
from server.workforce.rules import ACCIDENT, COVERS

WITHOUT = "worker2"


def insure(bulk: Bulk, staff: Staff, county_code: str, today: date) -> None:
    """Every cover of Art. 19 from the first of the year, the accident insurance until its end."""
    workers = sorted(
        {one for (_grid, role), held in staff.in_post.items() if role == "full_time_worker" for one in held}
    )
    for person_id in workers:
        for kind in COVERS:
            if kind != ACCIDENT or person_id != staff.people[WITHOUT]:
                _cover(bulk, county_code, person_id, kind, today.replace(month=1, day=1), staff.people["county"])
        bulk.put(stream_keys.person(person_id), KIND, person_id)


def _cover(bulk: Bulk, county_code: str, person_id: UUID, kind: str, from_day: date, by: UUID) -> None:
    to_day = (from_day + timedelta(days=366)).replace(month=1, day=1) if kind == ACCIDENT else None
    bulk.add(
        Cover, id=new_id(), county_code=county_code, person_id=person_id, kind=kind, from_day=from_day, to_day=to_day,
        insurer=None, policy_no=None, written_at=clock.now(), written_by=by,
    )  # fmt: skip
