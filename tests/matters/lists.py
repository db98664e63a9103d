"""What tests of the list say in a draft: a new matter, a department's answer, a publication."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from server.kernel import clock
from server.matters import drafting
from server.matters.models import ListDraft, ListVersion

NEW = {
    "kind": "admit", "code": "HAZ-21", "name_zh": "充电桩安全隐患", "name_en": "Hazards of charging posts",
    "category": "消防", "duty": "hazards", "departments": ["fire"], "data_class": "N", "start_level": "L1",
    "max_level": "L3", "deadline": 2, "deadline_unit": "working_days", "deadline_from": "discovery", "relook_days": 3,
    "photo_policy": "optional", "photo_reason": None, "photo_document": None, "training": None,
    "proposed_by": "消防救援", "reason": "新建充电桩多",
}  # fmt: skip
GONE = {"kind": "withdraw", "code": "HAZ-09", "proposed_by": "建设", "reason": "已由工地自查"}


def in_days(count: int) -> date:
    return clock.today() + timedelta(days=count)


def answered(department: str, answer: str | None = "agrees") -> dict[str, Any]:
    day = clock.today()
    return {
        "department": department, "asked_on": day, "answer": answer, "answered_on": day if answer else None, "words": "",
        "document_no": "",
    }  # fmt: skip


def draft_of(session: Any, actor: Any, *told: dict[str, Any], asked: bool = True, consented: bool = True) -> ListDraft:
    """A draft with these adjustments; every department concerned agrees, the competent department consents."""
    draft = drafting.begin(session, actor)
    rows = [drafting.adjust(session, actor, draft.id, one) for one in told]
    for code in drafting.concerned(session, draft.county_code, rows) if asked else ():
        drafting.write_opinion(session, actor, draft.id, answered(code))
    for row in rows if consented else ():
        drafting.consent(session, actor, draft.id, row.id, "示〔2026〕41号")
    session.flush()
    return draft


def published(session: Any, actor: Any, *told: dict[str, Any], days: int = 1) -> ListVersion:
    draft = draft_of(session, actor, *told)
    return drafting.publish(session, actor, draft.id, in_days(days), "示〔2026〕42号")
