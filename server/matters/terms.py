"""Settings of the whole city, each by a document: days to rule, to verify, to review and to keep, office hours, how near is
near.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from server.kernel.problems import Problem, insist
from server.matters import commands, queries
from server.matters.models import ListChange, Policy
from server.matters.rules import HOURS, NEAR, SHIPPED_POLICIES, TERMS, days_read, hours_read, metres_read
from server.people.rules import Holder, may

SET = "setting.set"


@dataclass(frozen=True)
class Counts:
    """What counts now of a setting, or of one matter's part of it; without ``document_no`` it is as shipped."""

    matter: str
    value: Any
    document_no: str | None


@dataclass(frozen=True)
class Change:
    """One line of the history. A value of None: nothing of its own, the figure of every other matter counts."""

    at: int
    name: str
    matter: str
    before: Any
    after: Any
    document_no: str | None


def set_term(
    session: Session, actor: Holder, name: str, value: str, matter: str, document_no: str, today: date
) -> Policy:
    """Change one of them, as typed. Counts from now on: what has its day already keeps it, but for households that are closed.

    Problems: ``not_allowed``, ``not_found`` (no such setting), ``invalid``.
    """
    insist(may(actor, SET))
    if name not in TERMS:
        raise Problem("not_found")
    if name == NEAR:
        return _set_near(session, actor, value, matter, document_no, today)
    read = hours_read(value) if name == HOURS else days_read(name, value)
    if read is None:
        raise Problem("invalid", fields=["value"])
    return commands.set_policy(session, actor, name, read, document_no)


def _set_near(session: Session, actor: Holder, value: str, matter: str, document_no: str, today: date) -> Policy:
    """Of every other matter (''), or of one hazard matter; the others' stay. Empty takes one matter's own figure away."""
    kept: dict[str, int] = commands.policy_to_change(session, NEAR).value
    if matter and matter not in kept and matter not in queries.hazard_names(session, today):
        raise Problem("invalid", fields=["matter"])
    metres = metres_read(value)
    if metres is None and (value or not matter):
        raise Problem("invalid", fields=["value"])
    others = {code: own for code, own in kept.items() if code != matter}
    return commands.set_policy(
        session, actor, NEAR, others if metres is None else {**others, matter: metres}, document_no
    )


def in_force(session: Session) -> dict[str, list[Counts]]:
    """What counts now, in the order of the page; of ``near_metres`` a line for each matter that has a figure of its own."""
    rows, found = queries.policies_set(session), {}
    for name in TERMS:
        row = rows.get(name)
        value = row.value if row else SHIPPED_POLICIES[name]
        if name == NEAR:
            found[name] = _near_in_force(value, row, queries.policy_changes(session, NEAR))
        else:
            found[name] = [Counts("", value, row.document_no if row else None)]
    return found


def _near_in_force(value: dict[str, int], row: Policy | None, changes: Sequence[ListChange]) -> list[Counts]:
    """Each with the document of its own newest change; what was never changed has the one that it was set up with."""
    first = changes[-1].before["document_no"] if changes else row.document_no if row else None
    lines = [line for change in reversed(changes) for line in _lines(NEAR, change)]
    documents = {line.matter: line.document_no for line in lines}
    return [Counts(code, value[code], documents.get(code, first)) for code in sorted(value)]


def history(session: Session, names: Sequence[str] = TERMS) -> list[Change]:
    """What was changed, the newest first."""
    found = [
        line for name in names for change in queries.policy_changes(session, name) for line in _lines(name, change)
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _lines(name: str, change: ListChange) -> list[Change]:
    before, after = change.before["value"], change.after["value"]
    if name != NEAR:
        return [Change(change.at, name, "", before, after, change.document_no)]
    differ = [code for code in sorted({*before, *after}) if before.get(code) != after.get(code)]
    return [Change(change.at, name, code, before.get(code), after.get(code), change.document_no) for code in differ]
