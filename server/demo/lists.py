"""What the city and the county have written in the demo: the measures for delimiting grids, the next list, and one in the
making. All under document number 示例."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.areas.commands import set_measure
from server.demo.county import DOCUMENT, IN_FORCE
from server.demo.sizes import Size
from server.kernel import clock
from server.matters import drafting
from server.people.queries import holder_of
from server.people.rules import Holder

FULL = 0.9  # of the home grids' households: they are warned of, the others are not
NEW: dict[str, Any] = {
    "kind": "admit", "code": "HAZ-21", "name_zh": "电动自行车充电桩安全隐患", "name_en": "Hazards of e-bike charging posts",
    "category": "消防", "duty": "hazards", "departments": ["fire"], "data_class": "N", "start_level": "L1",
    "max_level": "L3", "deadline": 2, "deadline_unit": "working_days", "deadline_from": "discovery", "relook_days": 3,
    "photo_policy": "optional", "photo_reason": None, "photo_document": None, "training": None,
    "proposed_by": "消防救援", "reason": "新建充电桩多，居民反映多（示例）",
}  # fmt: skip
NEXT: dict[str, Any] = {
    **NEW, "code": "HAZ-22", "name_zh": "屋顶光伏安全隐患", "name_en": "Hazards of rooftop solar panels",
    "reason": "台风季前集中排查（示例）",
}  # fmt: skip
GONE = {"kind": "withdraw", "code": "HAZ-09", "proposed_by": "建设", "reason": "已由工地自查（示例）"}
IN_DAYS = 10


def write_documents(session: Session, people: Mapping[str, UUID], size: Size) -> None:
    """The city's measures; the county's next list, public and in force in ten days; and a draft after it."""
    city, county = (holder_of(session, people[name], clock.today()) for name in ("city", "county"))
    most = int(size.households_at_home * FULL)
    figures = {"grid_least": None, "grid_most": most, "micro_least": None, "micro_most": None}
    set_measure(session, city, document_no=DOCUMENT, from_day=IN_FORCE, figures=figures)
    published = _draft(session, county, [NEW], answer="agrees")
    drafting.publish(session, county, published, clock.today() + timedelta(days=IN_DAYS), DOCUMENT)
    _draft(session, county, [NEXT, GONE], answer=None)


def _draft(session: Session, county: Holder, told: list[dict[str, Any]], answer: str | None) -> UUID:
    """Every department concerned was asked; with ``answer`` it agreed, and the competent department consented."""
    draft, today = drafting.begin(session, county), clock.today()
    rows = [drafting.adjust(session, county, draft.id, one) for one in told]
    opinion = {
        "asked_on": today,
        "answer": answer,
        "answered_on": today if answer else None,
        "words": "",
        "document_no": "",
    }
    for code in drafting.concerned(session, draft.county_code, rows):
        drafting.write_opinion(session, county, draft.id, {"department": code, **opinion})
    for row in rows if answer else ():
        drafting.consent(session, county, draft.id, row.id, DOCUMENT)
    session.flush()
    return draft.id
