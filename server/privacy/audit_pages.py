"""The auditor's page: how the chain stands, two ready questions, and their answers. Each question is an entry itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint
from marshmallow import ValidationError

from server.kernel import clock
from server.kernel.problems import Problem
from server.people.guard import door, signed_in
from server.people.pages.frame import page, typed
from server.people.registry import add_office_page, office_pages
from server.platform import anchors, audit, chain
from server.platform.config import current_settings
from server.platform.db import db, transaction
from server.platform.problem_json import problem_of
from server.privacy import asking
from server.privacy.asking import Answer, Span
from server.privacy.rules import SUBJECTS
from server.privacy.schemas import QuestionForm
from server.text import sentences

blueprint = Blueprint("audit", __name__, url_prefix="/office/audit")
FORM = QuestionForm()
USUAL_DAYS, OLD_ANCHOR_DAYS = 30, 2

add_office_page("/office/audit", "nav.audit", "audit.see", order=59)


@blueprint.get("")
@door("office", action="audit.see")
def audit_log() -> Any:
    """How the chain stands, and the forms of the two questions."""
    return _shown()


@blueprint.post("/about")
@door("office", action="audit.see")
def about() -> Any:
    """Who looked at this person or household. Shows ``invalid``, ``subject_unknown``."""
    return _asked("about")


@blueprint.post("/by")
@door("office", action="audit.see")
def by() -> Any:
    """What did this user look at, take out, do. Shows ``invalid``, ``subject_unknown``."""
    return _asked("by")


def _asked(question: str) -> Any:
    try:
        form = typed(FORM)
        span = Span(form["since"], form["until"])
        if span.since > span.until:
            raise Problem("invalid", fields=["until"])
        kind = form["kind"] if question == "about" else "person"
        answer, problem = _answered(question, kind, form["subject"], span)
    except (ValidationError, Problem) as error:
        return _shown(problem_of(error))
    if problem is not None:
        return _shown(problem)
    return _shown(answer=answer, question=question, asked={**form, "kind": kind})


def _answered(question: str, kind: str, subject: str, span: Span) -> tuple[Answer | None, Problem | None]:
    """In one transaction with the entry about the question; a question about nobody is an entry too."""
    told = {"question": question, "subject_kind": kind, "since": str(span.since), "until": str(span.until)}
    with transaction() as session:
        try:
            found = asking.subject_of(session, signed_in().holder.county_code, kind, subject)
        except Problem as problem:
            audit.describe(None, None, **told)
            return None, problem
        audit.describe(kind, found[0], **told)
        if question == "about":
            return asking.who_looked(session, kind, found, span), None
        return asking.what_was_seen(session, found[0], span), None


def _shown(problem: Problem | None = None, **values: Any) -> Any:
    session, today = db.session(), clock.today()
    last = anchors.newest_daily(session)
    start = anchors.start_of(session)
    return page(
        "office/audit.html",
        problem,
        linked=chain.tip(session, start).seq,
        closed=start.seq,
        waiting=chain.unlinked(session),
        anchor=last,
        is_old=last is not None and clock.day_of(last.at) < today - timedelta(days=OLD_ANCHOR_DAYS),
        has_target=bool(current_settings().audit_anchor_file or current_settings().audit_anchor_url),
        subjects=SUBJECTS,
        usual=Span(today - timedelta(days=USUAL_DAYS), today),
        page_of=_page_of,
        known_words=sentences("zh"),
        **values,
    )


def _page_of(rule: str) -> str:
    """The key of the words of the office page under which an act was done; empty for what is no page's."""
    above = [one for one in office_pages() if rule == one.path or rule.startswith(f"{one.path}/")]
    return max(above, key=lambda one: len(one.path)).key if above else ""
