"""The step that a form of the case's page names, as its command takes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from server.cases import commands, following, handing
from server.cases.models import CaseFile
from server.kernel.problems import Problem
from server.people.rules import Holder

Form = Mapping[str, Any]  # StepForm with the version as a number, and the photo's SHA-256 or None


def take_step(session: Session, by: Holder, case_id: UUID, form: Form) -> CaseFile:
    """Refused as the command says, and with ``invalid`` when the form lacks what the step needs."""
    step = form["step"]
    for name in NEEDS.get(step, ()):
        if not form[name]:
            raise Problem("invalid", fields=[name])
    return TAKEN.get(step, _work)(session, by, case_id, form)


NEEDS: Mapping[str, tuple[str, ...]] = {
    "assigned": ("unit_id",),
    "whistled": ("unit_id",),
    "duty_moved": ("unit_id",),
    "ordered": ("order_no", "ordered_rectify_by"),
    "order_met": ("order_id",),
    "order_unmet": ("order_id",),
}


def _work(session: Session, by: Holder, case_id: UUID, form: Form) -> CaseFile:
    return commands.work(session, by, case_id, form["version"], form["step"], form["words"], form["photo"])


def _hand(session: Session, by: Holder, case_id: UUID, form: Form) -> CaseFile:
    return handing.hand(session, by, case_id, form["version"], form["step"], form["words"], form["given_day"])


def _check(session: Session, by: Holder, case_id: UUID, form: Form) -> CaseFile:
    return commands.check(session, by, case_id, form["version"], form["step"], form["words"])


def _rule_duty(session: Session, by: Holder, case_id: UUID, form: Form) -> CaseFile:
    to = form["unit_id"] if form["step"] == "duty_moved" else None
    return handing.rule_duty(session, by, case_id, form["version"], form["words"], to)


def _check_order(session: Session, by: Holder, case_id: UUID, form: Form) -> CaseFile:
    is_met = form["step"] == "order_met"
    return following.check_order(session, by, case_id, form["version"], form["order_id"], is_met, form["words"])


TAKEN: Mapping[str, Callable[[Session, Holder, UUID, Form], CaseFile]] = {
    "assigned": lambda session, by, case, f: commands.assign(session, by, case, f["version"], f["unit_id"]),
    "helper_added": lambda session, by, case, f: commands.help_with(session, by, case, f["version"], f["unit_id"]),
    "helped": lambda session, by, case, f: commands.add_help(session, by, case, f["version"], f["words"], f["photo"]),
    "closed": lambda session, by, case, f: commands.close(session, by, case, f["version"], f["words"]),
    "verified": _check,
    "sent_back": _check,
    "handed_up": _hand,
    "handed_down": _hand,
    "whistled": lambda session, by, case, f: handing.whistle(session, by, case, f["version"], f["unit_id"], f["words"]),
    "whistle_met": lambda session, by, case, f: handing.appear(session, by, case, f["version"]),
    "not_ours": lambda session, by, case, f: handing.contest(session, by, case, f["version"], f["words"]),
    "duty_moved": _rule_duty,
    "duty_stays": _rule_duty,
    "reminded": lambda session, by, case, f: following.remind(session, by, case, f["version"], f["words"]),
    "reopened": lambda session, by, case, f: following.reopen(
        session, by, case, f["version"], f["words"], f["given_day"]
    ),
    "ordered": lambda session, by, case, f: following.order(
        session, by, case, f["version"], f["order_no"], f["ordered_rectify_by"]
    ),
    "order_met": _check_order,
    "order_unmet": _check_order,
}  # every other: of whoever is in the lead
