"""All that a phone may write. Named and versioned like a public API: an old client is never refused on push.

Each entry: the schema of its newest version, the command that does it, and up-casters from older versions. ``object_id``
says which field names the row, so that a refused one is kept beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from marshmallow import Schema
from sqlalchemy.orm import Session

from server.approvals import commands as approvals
from server.approvals import schemas as approval_schemas
from server.callouts import commands as callouts
from server.callouts import schemas as callout_schemas
from server.cases import commands as cases
from server.cases import schemas as case_schemas
from server.duties.emergencies import commands as emergencies
from server.duties.emergencies import schemas as emergency_schemas
from server.duties.hazards import commands as hazards
from server.duties.hazards import schemas as hazard_schemas
from server.duties.information import commands as information
from server.duties.information import schemas as information_schemas
from server.duties.mediations import commands as mediations
from server.duties.mediations import schemas as mediation_schemas
from server.duties.publicity import commands as publicity
from server.duties.publicity import schemas as publicity_schemas
from server.duties.visits import commands as visits
from server.duties.visits import schemas as visit_schemas
from server.evaluation import forms as evaluation_forms
from server.evaluation import objecting
from server.evaluation.models import Objection, ScoreSheet
from server.orders import commands as orders
from server.orders import schemas as order_schemas
from server.orders.models import OutsideOrder
from server.patrols import commands as patrols
from server.patrols import schemas as patrol_schemas
from server.privacy import schemas as privacy_schemas
from server.records import behalf
from server.records import commands as records
from server.records import schemas as record_schemas
from server.records.models import Record
from server.records.rules import Act
from server.sync import absence_acts, correction_acts, household_acts, looks
from server.sync.applied import Applied
from server.tasks import commands as tasks
from server.tasks import schemas as task_schemas
from server.tasks.models import Task

Payload = Mapping[str, Any]


@dataclass(frozen=True)
class Mutation:
    """What one name stands for."""

    schema: Schema
    apply: Callable[[Session, Act, Any], Applied]
    object_kind: str
    object_field: str = "id"
    version: int = 1
    up_casters: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    needs_version: bool = False


def _record(command: Callable[[Session, Act, Any], Record]) -> Callable[[Session, Act, Any], Applied]:
    def apply(session: Session, act: Act, told: Payload) -> Applied:
        done = command(session, act, told)
        return Applied("record", done.id, done.version)

    return apply


def _report(command: Callable[[Session, Act, Any], Record]) -> Callable[[Session, Act, Any], Applied]:
    """A report may be entered for somebody else (``on_behalf``)."""
    return _record(lambda session, act, told: command(session, behalf.act_of_author(session, act, told), told))


def _task(command: Callable[[Session, Act, Any], Task]) -> Callable[[Session, Act, Any], Applied]:
    def apply(session: Session, act: Act, told: Payload) -> Applied:
        done = command(session, act, told)
        return Applied("task", done.id, done.version)

    return apply


def _order(command: Callable[[Session, Act, Any], OutsideOrder]) -> Callable[[Session, Act, Any], Applied]:
    def apply(session: Session, act: Act, told: Payload) -> Applied:
        done = command(session, act, told)
        return Applied("outside_order", done.id, done.version)

    return apply


def _answered(session: Session, act: Act, told: Payload) -> Applied:
    done = callouts.answer(session, act.holder, told, acted_at=act.acted_at, now=act.now)
    return Applied("callout_answer", done.id, 1)


def _verified(session: Session, act: Act, told: Payload) -> Applied:
    done = cases.verify(session, act, told)
    return Applied("case", done.id, done.version)


def _objected(command: Callable[[Session, Act, Any], Objection]) -> Callable[[Session, Act, Any], Applied]:
    """The sheet that the objection stands on is the row that changes."""

    def apply(session: Session, act: Act, told: Payload) -> Applied:
        done = command(session, act, told)
        sheet = session.get_one(ScoreSheet, done.sheet_id)
        return Applied("score_sheet", sheet.id, sheet.version)

    return apply


def _nothing(session: Session, act: Act, told: Payload) -> Applied:
    return Applied(None, None, None)


_DECISION: Any = {"object_kind": "record", "object_field": "record_id", "needs_version": True}

_OF_TASK: Any = {"object_kind": "task", "object_field": "task_id"}

MUTATIONS: Mapping[str, Mutation] = {
    "patrols.report": Mutation(patrol_schemas.PatrolReport(), _report(patrols.report), "record"),
    "hazards.report": Mutation(hazard_schemas.HazardReport(), _report(hazards.report), "record"),
    "hazards.relook": Mutation(hazard_schemas.RelookTold(), _record(hazards.relook), "record", "hazard_id"),
    "visits.report": Mutation(visit_schemas.VisitReport(), _report(visits.report), "record"),
    "emergencies.report": Mutation(emergency_schemas.EmergencyReport(), _report(emergencies.report), "record"),
    "information.report": Mutation(information_schemas.InformationReport(), _report(information.report), "record"),
    "publicity.report": Mutation(publicity_schemas.PublicityReport(), _report(publicity.report), "record"),
    "mediations.report": Mutation(mediation_schemas.MediationReport(), _report(mediations.report), "record"),
    "mediations.step": Mutation(mediation_schemas.StepTold(), _record(mediations.step), "record", "mediation_id"),
    "records.correct": Mutation(
        record_schemas.Correction(),
        _record(lambda s, act, told: records.correct(s, act, told["id"], told["changes"])),
        "record",
        needs_version=True,
    ),
    "records.confirm": Mutation(
        record_schemas.Confirmation(),
        _record(lambda s, act, told: behalf.confirm(s, act, told["record_id"], told["mine"])),
        "record",
        "record_id",
    ),
    "records.comment": Mutation(
        record_schemas.Comment(),
        _record(lambda s, act, told: records.comment(s, act, told["record_id"], told["words"])),
        "record",
        "record_id",
    ),
    "cases.verify": Mutation(case_schemas.CaseVerified(), _verified, "case", "case_id", needs_version=True),
    "approvals.approve": Mutation(
        approval_schemas.Approval(),
        _record(lambda s, act, told: approvals.approve(s, act, told["record_id"])),
        **_DECISION,
    ),
    "approvals.return": Mutation(
        approval_schemas.Return(),
        _record(lambda s, act, told: approvals.send_back(s, act, told["record_id"], told["reason"], told["words"])),
        **_DECISION,
    ),
    "approvals.dispute": Mutation(
        approval_schemas.Dispute(),
        _record(lambda s, act, told: approvals.dispute(s, act, told["record_id"], told["words"])),
        **_DECISION,
    ),
    "approvals.rule": Mutation(
        approval_schemas.Ruling(),
        _record(lambda s, act, told: approvals.rule_dispute(s, act, told["record_id"], told["upheld"], told["words"])),
        **_DECISION,
    ),
    "households.save": Mutation(household_acts.SAVE_HOUSEHOLD, household_acts.save_household, "household"),
    "households.close": Mutation(
        household_acts.CLOSE_HOUSEHOLD, household_acts.close_household, "household", needs_version=True
    ),
    "places.save": Mutation(household_acts.SAVE_PLACE, household_acts.save_place, "place"),
    "absences.save": Mutation(absence_acts.SAVE_ABSENCE, absence_acts.save_absence, "absence"),
    "absences.end": Mutation(absence_acts.END_ABSENCE, absence_acts.end_absence, "absence"),
    "corrections.ask": Mutation(privacy_schemas.CorrectionAsked(), correction_acts.ask, "correction_request"),
    "tasks.assign": Mutation(task_schemas.TaskAssigned(), _task(tasks.assign), "task"),
    "tasks.accept": Mutation(task_schemas.TaskNamed(), _task(tasks.accept), **_OF_TASK),
    "tasks.finish": Mutation(task_schemas.TaskDone(), _task(tasks.finish), **_OF_TASK),
    "tasks.hand_back": Mutation(task_schemas.TaskHandedBack(), _task(tasks.hand_back), **_OF_TASK),
    "tasks.ask_time": Mutation(task_schemas.TaskDay(), _task(tasks.ask_time), **_OF_TASK),
    "tasks.refuse": Mutation(task_schemas.TaskRefused(), _task(tasks.refuse), **_OF_TASK),
    "tasks.withdraw": Mutation(task_schemas.TaskNamed(), _task(tasks.withdraw), needs_version=True, **_OF_TASK),
    "tasks.set_due": Mutation(task_schemas.TaskDay(), _task(tasks.set_due), needs_version=True, **_OF_TASK),
    "refusals.say": Mutation(task_schemas.RefusalWords(), _task(tasks.say_why), "refusal"),
    "refusals.take_back": Mutation(task_schemas.RefusalNamed(), _task(tasks.take_back), "refusal"),
    "orders.report": Mutation(order_schemas.OrderTold(), _order(orders.report), "outside_order"),
    "callouts.answer": Mutation(callout_schemas.CalloutAnswered(), _answered, "callout_answer"),
    "objections.make": Mutation(evaluation_forms.ObjectionMade(), _objected(objecting.make), "score_sheet", "sheet_id"),
    "objections.say": Mutation(evaluation_forms.ObjectionWords(), _objected(objecting.say), "objection"),
    "looks.note": Mutation(record_schemas.LookNoted(), looks.note, "look", "object_id"),
    "messages.read": Mutation(looks.MESSAGE_READ, looks.message_read, "message"),
    "void": Mutation(looks.VOID, _nothing, "none", ""),
}


def object_named(mutation: Mutation, payload: Payload) -> UUID | None:
    """The row that a loaded payload is about."""
    value = payload.get(mutation.object_field) if mutation.object_field else None
    return value if isinstance(value, UUID) else None


def lacks_version(mutation: Mutation, payload: Payload, version_seen: int | None) -> bool:
    """A decision, or a change of a row that is there, names the version that was seen: it must not overwrite blindly."""
    return version_seen is None and (mutation.needs_version or "changes" in payload)
