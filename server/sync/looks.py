"""Small mutations about seeing: a look at a class-S object, a message read, a number given up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from server.households import queries as households
from server.households.models import VisitPlan
from server.kernel.problems import Problem, insist
from server.messages.commands import mark_read
from server.people.rules import may
from server.platform.fields import Id
from server.platform.looks import note_look
from server.records import queries as records
from server.records.commands import holder_for
from server.records.rules import Act
from server.records.schemas import Strict
from server.sync.applied import Applied


class MessageRead(Strict):
    id = Id(required=True)


MESSAGE_READ = MessageRead()
VOID = Strict()


def note(session: Session, act: Act, told: Mapping[str, Any]) -> Applied:
    """Somebody opened a class-S object on a phone, offline perhaps. Objects outside the scope: ``not_found``.

    When is the plausible time of the act: what the phone's clock says in ``at`` might lie where no auditor asks.
    """
    found = records.record(session, told["object_id"]) if told["kind"] == "record" else None
    holder = holder_for(session, act, found) if found is not None else act.holder
    insist(may(holder, "record.see", _thing(session, told)))
    note_look(session, act.person_id, told["kind"], told["object_id"], "phone", act.acted_at)
    return Applied(None, None, None)


def message_read(session: Session, act: Act, told: Mapping[str, Any]) -> Applied:
    """The person's own inbox; ``seen`` is shown to nobody above."""
    mark_read(session, act.person_id, told["id"])
    return Applied("message", told["id"], None)


def _thing(session: Session, told: Mapping[str, Any]) -> Any:
    if told["kind"] == "visit_plan":
        plan = session.get(VisitPlan, told["object_id"])
        if plan is not None:
            return households.thing_of(session, plan)
    else:
        found = records.record(session, told["object_id"])
        if found is not None:
            return records.thing_of(session, found)
    raise Problem("not_found")
