"""What changes a task. Each command writes the step, the row and the stream entry; it never commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.areas.queries import micro_grid, place_of_grid
from server.kernel import clock, ids
from server.kernel.outcome import Refused, Verdict
from server.kernel.problems import Conflict, Problem, insist
from server.matters import temporary
from server.matters.queries import matter_in_force, policy
from server.messages.commands import ring
from server.messages.rules import may_be_urgent
from server.people.models import Person
from server.people.queries import holder_of
from server.people.rules import Holder, Thing, may
from server.platform import streams
from server.platform.workdays import add_working_days
from server.records.models import Record
from server.records.rules import TEAM_DUTIES, Act, stream_of
from server.tasks import queries, rules
from server.tasks.models import Refusal, Task, TaskStep
from server.workforce import training

SWEEP = 500


def assign(session: Session, act: Act, told: Mapping[str, Any], *, is_warned: bool = False) -> Task:
    """A task under a matter in force, for somebody who works in the grid that day (Arts. 7, 8, 10).

    Where the county keeps training by its document, whoever assigns is told that the receiver lacks what the matter asks
    for, unless the form said so before (``is_warned``); class-S work is no task at all.

    Refuses with ``not_found``, ``not_allowed``, ``matter_not_in_force``, ``temporary_unpublished``, ``temporary_ended``,
    ``matter_ends_before``, ``task_sensitive``, ``receiver_not_here``, ``day_out_of_range``, ``not_urgent``, ``record_exists``.
    """
    place = place_of_grid(session, told["grid_id"])
    if place is None:
        raise Problem("not_found")
    thing = Thing(county_code=place.county_code, grid_id=told["grid_id"], units=place.units)
    insist(may(act.holder, "task.assign", thing))
    matter = matter_in_force(session, thing.county_code, told["matter_code"], act.day)
    if matter is None:
        raise temporary.why_not(session, thing.county_code, told["matter_code"], act.day)
    if matter.data_class == "S" or matter.duty in TEAM_DUTIES:
        raise Problem("task_sensitive")
    insist(rules.due_fits(told["due_day"], act.day))
    why = told.get("urgent_why") or None
    if why and not may_be_urgent(matter.start_level, why):
        raise Problem("not_urgent")
    _insist_lasts(session, thing.county_code, told["matter_code"], told["due_day"])
    micro_id = _where_received(session, told["person_id"], told["grid_id"], act.day)
    if session.get(Task, told["id"]) is not None:
        raise Problem("record_exists")
    task = Task(
        id=told["id"],
        county_code=thing.county_code,
        grid_id=told["grid_id"],
        micro_grid_id=micro_id,
        stream=stream_of(matter.data_class, matter.duty, told["grid_id"], by_micro_leader_of=micro_id, team_id=None),
        person_id=told["person_id"],
        assigned_by=act.person_id,
        assigned_unit=_unit_of(act.holder, thing),
        assigned_at=act.acted_at,
        matter_code=told["matter_code"],
        words=told["words"],
        due_day=told["due_day"],
        state=rules.OPEN,
        version=0,
    )
    session.add(task)
    _advance(session, task, act.person_id, act.acted_at, "assigned")
    if not is_warned:
        _warn_untrained(session, task, matter.training, act)
    unit = task.assigned_unit
    ring(session, task.person_id, "task_assigned", task_id=task.id, at=act.now, urgent=bool(why), why=why, by_unit=unit)
    return task


def _warn_untrained(session: Session, task: Task, training_asked: str | None, act: Act) -> None:
    """Where the county keeps training by its document: the assigner hears that the receiver lacks what the matter asks for."""
    if not training.is_kept(session, task.county_code, act.day):
        return
    if training.untrained(session, [task.person_id], training_asked, act.day):
        ring(session, act.person_id, "task_untrained", task_id=task.id, at=act.now)


def accept(session: Session, act: Act, told: Mapping[str, Any]) -> Task:
    return _fact(session, act, told["task_id"], "accepted")


def finish(session: Session, act: Act, told: Mapping[str, Any]) -> Task:
    """Work that was done is kept and shown, also when the task was withdrawn meanwhile. Refuses with ``proof_elsewhere``."""
    task = _own(session, act, told["task_id"])
    record = session.get(Record, told["record_id"])
    if record is None or record.author_id != act.person_id or record.grid_id != task.grid_id:
        raise Problem("proof_elsewhere")
    if task.done_record_id is None:
        task.done_record_id = record.id
    _take(session, task, act, "done")
    _tell_assigner(session, task, act, "task_done")
    return task


def hand_back(session: Session, act: Act, told: Mapping[str, Any]) -> Task:
    """做不了，退回: leave, unsafe, not my grid, duplicate. Nobody counts it."""
    task = _fact(session, act, told["task_id"], "handed_back", told["reason"], told["words"])
    _tell_assigner(session, task, act, "task_handed_back")
    return task


def ask_time(session: Session, act: Act, told: Mapping[str, Any]) -> Task:
    task = _own(session, act, told["task_id"])
    task.asked_day = told["due_day"]
    _take(session, task, act, "time_asked")
    _tell_assigner(session, task, act, "task_time_asked")
    return task


def refuse(session: Session, act: Act, told: Mapping[str, Any]) -> Task:
    """Art. 12: a fact, taken whatever the version and state of the task. Refuses with ``refusal_answered`` only."""
    task = _own(session, act, told["task_id"])
    insist(rules.may_refuse([r.ruling for r in queries.refusals_of(session, task.id)]))
    if session.get(Refusal, told["id"]) is not None:
        raise Problem("record_exists")
    days = int(policy(session, "refusal_ruling_days"))
    refusal = Refusal(
        id=told["id"],
        county_code=task.county_code,
        task_id=task.id,
        person_id=act.person_id,
        ground=told["ground"],
        at=act.acted_at,
        rule_by=add_working_days(clock.day_of(act.now), days),
    )
    session.add(refusal)
    session.flush()
    _take(session, task, act, "refused", str(told["ground"]))
    _tell_assigner(session, task, act, "task_refused")
    return task


def say_why(session: Session, act: Act, told: Mapping[str, Any]) -> Task:
    """Words to a refusal; they reach the competent department alone. Refuses with ``already_decided`` once it is ruled."""
    refusal, task = _own_refusal(session, act, told["id"])
    refusal.words = told["words"] or None
    _tell(session, task)
    return task


def take_back(session: Session, act: Act, told: Mapping[str, Any]) -> Task:
    """A refusal is taken back until it is ruled on. Conflict ``already_decided``."""
    refusal, task = _own_refusal(session, act, told["id"])
    refusal.taken_back_at = act.acted_at
    session.flush()
    _take(session, task, act, "taken_back")
    is_due_after = matter_in_force(session, task.county_code, task.matter_code, task.due_day) is None
    if task.state == rules.OPEN and is_due_after and _is_off_the_list(session, task):
        withdraw_by_nobody(session, task, act.now)
    return task


def withdraw(session: Session, act: Act, told: Mapping[str, Any]) -> Task:
    """The assigner's side calls it off. Conflict ``stale``."""
    task = _decided(session, act, told["task_id"])
    task.state = rules.WITHDRAWN
    _advance(session, task, act.person_id, act.acted_at, "withdrawn")
    _tell_both(session, task, act, "task_withdrawn")
    return task


def withdraw_by_nobody(session: Session, task: Task, now: int) -> None:
    """The task's matter has left the list; the row is locked."""
    task.state = rules.WITHDRAWN
    _advance(session, task, None, now, "withdrawn")


def set_due(session: Session, act: Act, told: Mapping[str, Any]) -> Task:
    """More time, or another day: what was handed back waits again. Conflict ``stale``; ``matter_ends_before``."""
    insist(rules.due_fits(told["due_day"], act.day))
    task = _decided(session, act, told["task_id"])
    _insist_lasts(session, task.county_code, task.matter_code, told["due_day"])
    task.due_day, task.asked_day = told["due_day"], None
    if task.state == rules.HANDED_BACK:
        task.state = rules.OPEN
    _advance(session, task, act.person_id, act.acted_at, "due_set")
    _tell_both(session, task, act, "task_due_set")
    return task


def rule_refusal(
    session: Session, by: Holder, refusal_id: UUID, *, upheld: bool, words: str, due_day: date | None
) -> Task:
    """The competent department answers once (Art. 12): the county's, of its own tasks the city's above it. Not upheld: the
    task waits again, with a fresh deadline; where its matter has left the list meanwhile it is withdrawn.

    Refuses with ``not_found``, ``not_allowed``, ``own_record``, ``already_decided``, ``reason_needed``, ``day_out_of_range``,
    ``matter_ends_before``.
    """
    refusal = session.get(Refusal, refusal_id, with_for_update=True, populate_existing=True)
    if refusal is None:
        raise Problem("not_found")
    insist(may(by, "refusal.rule"))
    task = session.get_one(Task, refusal.task_id, with_for_update=True, populate_existing=True)
    insist(may(by, "refusal.rule", queries.thing_of_refusal(session, refusal, task)))
    insist(
        rules.may_rule(
            ruling=refusal.ruling,
            taken_back=refusal.taken_back_at is not None,
            by_unit=any(post.org_unit_id == task.assigned_unit for post in by.posts),
            by_assigner=task.assigned_by == by.person_id,
        )
    )
    if not words:
        raise Problem("reason_needed")
    now = clock.now()
    is_gone, day = _is_off_the_list(session, task), due_day or date.min
    if not upheld:
        insist(rules.due_fits(day, clock.today()))
        if not is_gone:
            _insist_lasts(session, task.county_code, task.matter_code, day)
    refusal.ruling = rules.UPHELD if upheld else rules.NOT_UPHELD
    refusal.ruled_by, refusal.ruled_at, refusal.ruling_words = by.person_id, now, words
    session.flush()
    is_asked_again = not upheld and task.state == rules.REFUSED
    if is_asked_again and not is_gone:
        task.state, task.due_day, task.asked_day = rules.OPEN, day, None
    _advance(session, task, by.person_id, now, "ruled", refusal.ruling)
    if is_asked_again and is_gone:
        withdraw_by_nobody(session, task, now)
    for person_id in {task.person_id, task.assigned_by} - {by.person_id}:
        ring(session, person_id, "refusal_ruled", task_id=task.id, at=now)
    return task


def let_stand(session: Session, today: date) -> int:
    """With no ruling in time a refusal stands (Art. 12). Returns how many."""
    waiting = sa.select(Refusal).where(
        Refusal.ruling.is_(None), Refusal.taken_back_at.is_(None), Refusal.rule_by < today
    )
    count = 0
    for refusal in session.scalars(waiting.limit(SWEEP).with_for_update(skip_locked=True)):
        refusal.ruling, refusal.ruled_at = rules.STOOD, clock.now()
        session.flush()
        task = session.get_one(Task, refusal.task_id)
        _advance(session, task, None, clock.now(), "ruled", rules.STOOD)
        for person_id in sorted({task.person_id, task.assigned_by}):  # whoever gave it is to know as well
            ring(session, person_id, "refusal_stood", task_id=task.id, at=clock.now())
        count += 1
    return count


def archive_old(session: Session, now: int) -> int:
    """What is over leaves the phones after the feed's days. Returns how many."""
    before = now - int(policy(session, "feed_days")) * clock.DAY_MS
    old = sa.select(Task).where(Task.over_at < before, Task.archived_at.is_(None)).limit(SWEEP)
    count = 0
    for task in session.scalars(old):
        task.archived_at = now
        streams.gone(session, task.stream, "task", task.id, "archived")
        count += 1
    return count


def _insist_lasts(session: Session, county_code: str, code: str, due_day: date) -> None:
    """The record that proves a task can still be made on its day: the matter is in force then."""
    if matter_in_force(session, county_code, code, due_day) is None:
        raise Problem("matter_ends_before", matter=code)


def _is_off_the_list(session: Session, task: Task) -> bool:
    """Its matter has left the list while it was refused: nobody can be asked for it any more (Art. 12)."""
    return matter_in_force(session, task.county_code, task.matter_code, clock.today()) is None


def _where_received(session: Session, person_id: UUID, grid_id: UUID, day: date) -> UUID | None:
    """The micro-grid of somebody who leads one and holds no role in the grid itself."""
    if session.get(Person, person_id) is None:
        raise Problem("receiver_not_here")
    receiver = holder_of(session, person_id, day)
    if receiver.roles_in_grid(grid_id):
        return None
    for post in receiver.posts:
        if post.role == "micro_grid_leader" and post.micro_grid_id is not None:
            found = micro_grid(session, post.micro_grid_id)
            if found is not None and found.grid_id == grid_id:
                return post.micro_grid_id
    raise Problem("receiver_not_here")


def _unit_of(holder: Holder, thing: Thing) -> UUID:
    """The unit in whose name somebody assigns: of the post by which the table allows it."""
    for post in holder.posts:
        one = Holder(holder.person_id, holder.county_code, (post,))
        if not isinstance(may(one, "task.assign", thing), Refused):
            return post.org_unit_id
    raise Problem("not_allowed")


def _found(session: Session, task_id: UUID) -> Task:
    task = session.get(Task, task_id, with_for_update=True, populate_existing=True)
    if task is None:
        raise Problem("not_found")
    return task


def _own(session: Session, act: Act, task_id: UUID) -> Task:
    """The task, if it is this person's to do; somebody who left the grid still tells what became of it."""
    task = _found(session, task_id)
    if task.person_id != act.person_id:
        insist(may(act.holder, "task.assign", queries.thing_of(session, task)))
        raise Problem("not_allowed")
    return task


def _own_refusal(session: Session, act: Act, refusal_id: UUID) -> tuple[Refusal, Task]:
    refusal = session.get(Refusal, refusal_id, with_for_update=True, populate_existing=True)
    if refusal is None or refusal.person_id != act.person_id:
        raise Problem("not_found")
    if refusal.ruling is not None:
        raise Conflict("already_decided", kind="task", object_id=refusal.task_id)
    return refusal, _found(session, refusal.task_id)


def _decided(session: Session, act: Act, task_id: UUID) -> Task:
    task = _found(session, task_id)
    insist(may(act.holder, "task.assign", queries.thing_of(session, task)))
    if act.person_id == task.person_id != task.assigned_by:  # a leader's, or a stand-in's, that somebody above gave
        raise Problem("own_record")
    verdict: Verdict = rules.may_decide(task.state, task.version, act.version_seen)
    if isinstance(verdict, Refused):
        raise Conflict(verdict.code, kind="task", object_id=task.id)
    return task


def _fact(
    session: Session, act: Act, task_id: UUID, step: str, reason: str | None = None, words: str | None = None
) -> Task:
    task = _own(session, act, task_id)
    _take(session, task, act, step, reason, words)
    return task


def _take(
    session: Session, task: Task, act: Act, step: str, reason: str | None = None, words: str | None = None
) -> None:
    task.state = rules.after(step, task.state)
    _advance(session, task, act.person_id, act.acted_at, step, reason, words)


def _advance(
    session: Session,
    task: Task,
    by: UUID | None,
    at: int,
    step: str,
    reason: str | None = None,
    words: str | None = None,
) -> None:
    task.version += 1
    task.over_at = (task.over_at or clock.now()) if task.state in rules.OVER else None
    session.flush()
    session.add(
        TaskStep(
            id=ids.new_id(), task_id=task.id, version=task.version, at=at, by_person=by, step=step, reason=reason,
            words=words or None,
        )
    )  # fmt: skip
    _tell(session, task)


def _tell(session: Session, task: Task) -> None:
    streams.put(session, task.stream, "task", task.id)


def _tell_both(session: Session, task: Task, act: Act, kind: str) -> None:
    """Whoever does it, and whoever gave it, where somebody else decides."""
    ring(session, task.person_id, kind, task_id=task.id, at=act.now)
    if task.assigned_by != task.person_id:
        _tell_assigner(session, task, act, kind)


def _tell_assigner(session: Session, task: Task, act: Act, kind: str) -> None:
    if task.assigned_by != act.person_id:
        ring(session, task.assigned_by, kind, task_id=task.id, at=act.now)
