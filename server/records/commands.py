"""Writes of the envelope: make a record, correct it, note a step. Called by duties and approvals; never commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from server.areas.models import Grid
from server.areas.queries import thing_of_grid
from server.kernel import clock, ids
from server.kernel.merge import merge
from server.kernel.problems import Conflict, Problem, insist
from server.matters.queries import MatterFacts, matter_in_force, patrol_review_policy
from server.messages.commands import ring
from server.people.queries import teams_of
from server.people.roster import care_team_of
from server.people.rules import Holder, Thing, may, with_team
from server.photos.commands import link, unlink
from server.platform import streams
from server.platform.keys import keyring
from server.platform.workdays import add_working_days
from server.records import queries, registry, rules
from server.records.models import Record, RecordPhoto, RecordStep
from server.records.rules import Act
from server.records.telling import tell_leaders


@dataclass(frozen=True)
class NewRecord:
    """What a duty hands over to make the envelope of a report.

    ``tells``: the message by which the leaders hear of it where nobody reviews any of its kind; ``rings``: it rings too.
    """

    kind: str
    duty: str
    id: UUID
    grid_id: UUID
    matter_code: str | None
    photos: Sequence[Mapping[str, Any]] = ()
    photo_gap: str | None = None
    obstructed: bool = False
    micro_grid_id: UUID | None = None
    patrol_id: UUID | None = None
    team_id: UUID | None = None
    fixed: bool = True
    outside: int = 0
    place_in_grid: bool | None = None
    extra_hints: Sequence[str] = field(default_factory=tuple)
    tells: str | None = None
    rings: bool = True


def make(session: Session, act: Act, new: NewRecord) -> Record:
    """The envelope of a report, with its photos, first history step and feed entry.

    Refuses with ``not_found`` (grid outside the scope), ``record_exists``, ``matter_not_in_force``,
    ``matter_wrong_duty``, ``photo_forbidden``, ``team_needed``, ``not_for_others``.
    """
    if session.get(Grid, new.grid_id) is None:
        raise Problem("not_found")
    micro = _micro_led(act, new)
    thing = Thing(**thing_of_grid(session, new.grid_id), grid_id=new.grid_id, micro_grid_id=new.micro_grid_id or micro)
    insist(may(act.holder, "record.make", thing))
    if session.get(Record, new.id) is not None:
        raise Problem("record_exists")
    matter = _matter(session, act, new, thing.county_code)
    data_class = matter.data_class if matter else "N"
    policy = matter.review if matter else patrol_review_policy(session, thing.county_code, act.day)
    insist(rules.photos_allowed(matter.photo_policy if matter else "optional", bool(new.photos)))
    team_id = _team(session, act, new, data_class)
    if team_id is not None and act.on_behalf:
        raise Problem("not_for_others")  # whoever enters it may not be in the team
    waiting = rules.needs_review(rules.ReviewPolicy(policy.mode, policy.percent), draw(new.id))
    status = "waiting" if waiting else "none"
    finished = rules.is_finished(status, new.kind, fixed=new.fixed)
    made = Record(
        id=new.id,
        county_code=thing.county_code,
        kind=new.kind,
        grid_id=new.grid_id,
        micro_grid_id=new.micro_grid_id or micro,
        team_id=team_id,
        stream=rules.stream_of(data_class, new.duty, new.grid_id, by_micro_leader_of=micro, team_id=team_id),
        matter_code=new.matter_code,
        data_class=data_class,
        author_id=act.person_id,
        entered_by=act.entered_by,
        confirmation="waiting" if act.on_behalf else None,
        patrol_id=new.patrol_id,
        acted_at=act.acted_at,
        acted_at_held=act.acted_at_held,
        day=act.day,
        received_at=act.now,
        state="closed" if finished else "open",
        finished_at=act.now if finished else None,
        photo_gap=new.photo_gap,
        obstructed=new.obstructed,
        review_status=status,
        review_due=add_working_days(clock.day_of(act.now), policy.days) if waiting else None,
        hints=_hints(session, act, new),
    )
    session.add(made)
    session.flush()
    _name_photos(session, made, new.photos)
    note_step(session, made, act, "saved")
    if act.on_behalf:
        ring(session, made.author_id, "entry_to_confirm", record_id=made.id, at=act.now)
    if new.tells and policy.mode == "none":
        tell_leaders(session, made, act, new.tells, rings=new.rings)
    return made


def correct(session: Session, act: Act, record_id: UUID, changes: Mapping[str, Any]) -> Record:
    """The author's changed fields, merged over what came meanwhile; a reviewed record goes to review again.

    Refuses with ``not_found``, ``not_allowed``, ``invalid``, ``field_not_allowed``; ``Conflict`` with the names of
    fields that both sides changed.
    """
    found = found_for(session, act, record_id, "record.correct")
    duty = registry.duty_of(found.kind)
    wanted = plain(_loaded(duty, changes))
    present = plain({**duty.present(session, found.id), "photos": _photos_of(session, found.id)})
    base = _values_at(session, found, present, act.version_seen or found.version)
    merged = merge(base, present, wanted)
    if merged.differing:
        raise Conflict("changed_meanwhile", kind="record", object_id=found.id, differing=merged.differing)
    was = {name: present.get(name) for name in merged.values}
    values = _loaded(duty, merged.values)
    _check_photo_policy(session, found, values)
    duty.change(session, found.id, {n: v for n, v in values.items() if n != "photos"})
    if "photos" in values:
        _rename_photos(session, found, values["photos"])
    if found.review_status in ("returned", "approved", "lapsed", "disputed"):
        review_again(session, found, act)
    if found.confirmation == "waiting":  # whoever sets it right says that it is theirs
        found.confirmation, found.confirmed_at = "confirmed", act.acted_at
    advance(session, found, act, "corrected", was=was)
    return found


def name_matter(session: Session, found: Record, duty: str, code: str) -> None:
    """Another matter of the same duty, said after the report (``wrong_matter`` is a reason to return it).

    A record does not move in or out of a team by it. Refuses with ``matter_not_in_force``, ``matter_wrong_duty``,
    ``matter_stays``.
    """
    matter = _matter_of_duty(session, found.county_code, duty, code, found.day)
    if duty not in rules.GRID_DUTIES and (matter.data_class == "S") != (found.data_class == "S"):
        raise Problem("matter_stays")
    found.matter_code, found.data_class = matter.code, matter.data_class


def review_again(session: Session, found: Record, act: Act) -> None:
    """What was decided no longer stands: the record waits for its review anew."""
    found.review_status = "waiting"
    found.review_due = add_working_days(clock.day_of(act.now), review_days(session, found))
    found.reviewed_by = found.reviewed_at = found.review_reason = found.review_words = None


def found_for(session: Session, act: Act, record_id: UUID, action: str) -> Record:
    """The record, if this person may do this to it; else ``not_found``, ``not_allowed`` or ``own_record``."""
    # the row is locked: of two people who decide at once, the second sees what the first has done
    found = session.get(Record, record_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Problem("not_found")
    insist(may(holder_for(session, act, found), action, queries.thing_of(session, found)))
    return found


def holder_for(session: Session, act: Act, found: Record) -> Holder:
    """Who acts on this record. Somebody named in its team today acts in it although the scope of the act is older than
    the team: its author goes on before the phone has heard of it, and a reviewer opens a card the moment it comes."""
    if found.team_id is None or found.team_id in act.holder.teams:
        return act.holder
    teams = teams_of(session, act.person_id, clock.day_of(act.now))
    return with_team(act.holder, found.team_id) if any(t.id == found.team_id for t in teams) else act.holder


def advance(
    session: Session,
    found: Record,
    act: Act | None,
    step: str,
    *,
    reason: str | None = None,
    words: str | None = None,
    was: Mapping[str, Any] | None = None,
) -> None:
    """A new version of the record, its history step and its feed entry."""
    found.version += 1
    fixed = registry.duty_of(found.kind).is_fixed(session, found.id)
    finished = rules.is_finished(found.review_status, found.kind, fixed=fixed)
    if finished and (found.state == "open" or found.archived_at is not None):
        found.finished_at = act.now if act else clock.now()
    found.state = "closed" if finished else "open"
    found.archived_at = None  # changed after it had left the feed: it is back, and leaves again in its time
    note_step(session, found, act, step, reason=reason, words=words, was=was)


def note_step(
    session: Session,
    found: Record,
    act: Act | None,
    step: str,
    *,
    reason: str | None = None,
    words: str | None = None,
    was: Mapping[str, Any] | None = None,
) -> None:
    """One line of history and the feed entry; ``act`` None = the system (a deadline passed)."""
    at = act.acted_at if act else clock.now()
    session.add(
        RecordStep(
            id=ids.new_id(),
            record_id=found.id,
            version=found.version,
            at=at,
            by_person=(act.entered_by if act.on_behalf else act.person_id) if act else None,
            step=step,
            reason=reason,
            words=words or None,
            was=dict(was) if was else None,
        )
    )
    streams.put(session, found.stream, "record", found.id)


def comment(session: Session, act: Act, record_id: UUID, words: str) -> Record:
    """The adviser's few words on a colleague's record (Art. 7: guides, urges on, coordinates), for author and leader.

    It decides nothing: the version stays, so that no decision made meanwhile is stale by it. Refuses with ``not_found``,
    ``not_allowed``, ``own_record``.
    """
    found = found_for(session, act, record_id, "record.comment")
    if found.archived_at is not None:  # back in the feed for its time
        found.archived_at, found.finished_at = None, act.now
    note_step(session, found, act, "commented", words=words)
    ring(session, found.author_id, "record_commented", record_id=found.id, at=act.now)
    return found


def draw(record_id: UUID) -> int:
    """0–99 by a keyed hash: the sample cannot be foreseen on a phone."""
    return int.from_bytes(keyring().blind(str(record_id), "review-sample")[:4], "big") % 100


def photo_arrived(session: Session, record_ids: Sequence[UUID]) -> None:
    """A photo has come: the records that name it show it as held."""
    for found in session.scalars(sa.select(Record).where(Record.id.in_(record_ids))):
        if found.archived_at is None:
            streams.put(session, found.stream, "record", found.id)


def archive_finished(session: Session, finished_before: int, limit: int = 500) -> int:
    """Finished records older than the feed keeps leave it as ``gone: archived``; returns how many."""
    statement = (
        sa.select(Record)
        .where(Record.state == "closed", Record.finished_at < finished_before, Record.archived_at.is_(None))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    count = 0
    for found in session.scalars(statement):
        found.archived_at = clock.now()
        streams.gone(session, found.stream, "record", found.id, "archived")
        count += 1
    return count


def review_days(session: Session, found: Record) -> int:
    """Working days in which this record is to be reviewed."""
    if found.matter_code:
        matter = matter_in_force(session, found.county_code, found.matter_code, found.day)
        if matter is not None:
            return matter.review.days
    return patrol_review_policy(session, found.county_code, found.day).days


def _micro_led(act: Act, new: NewRecord) -> UUID | None:
    """The micro-grid of a micro-grid leader who holds no role in the grid itself."""
    if act.holder.roles_in_grid(new.grid_id):
        return None
    led = [p.micro_grid_id for p in act.holder.posts if p.role == "micro_grid_leader" and p.grid_id == new.grid_id]
    if new.micro_grid_id in led:
        return new.micro_grid_id
    return led[0] if led else None


def _matter(session: Session, act: Act, new: NewRecord, county_code: str) -> MatterFacts | None:
    if new.matter_code is None:
        return None
    return _matter_of_duty(session, county_code, new.duty, new.matter_code, act.day)


def _matter_of_duty(session: Session, county_code: str, duty: str, code: str, day: date) -> MatterFacts:
    matter = matter_in_force(session, county_code, code, day)
    if matter is None:
        raise Problem("matter_not_in_force", matter=code)
    if matter.duty != duty:
        raise Problem("matter_wrong_duty", matter=code)
    return matter


def _team(session: Session, act: Act, new: NewRecord, data_class: str) -> UUID | None:
    if new.duty in rules.GRID_DUTIES or (data_class != "S" and new.duty not in rules.TEAM_DUTIES):
        return None
    if new.team_id is not None:
        if new.team_id not in act.holder.teams:
            raise Problem("not_found")
        return new.team_id
    team_id = care_team_of(session, act.person_id, new.grid_id, act.day)
    if team_id is None:
        raise Problem("team_needed", matter=new.matter_code)
    return team_id


def _hints(session: Session, act: Act, new: NewRecord) -> list[str]:
    hashes = [p["sha256"] for p in new.photos]
    reused = 0
    if hashes:
        reused = (
            session.scalar(sa.select(sa.func.count()).select_from(RecordPhoto).where(RecordPhoto.sha256.in_(hashes)))
            or 0
        )
    return rules.hints(
        acted_at_held=act.acted_at_held,
        photo_days=[clock.day_of(p["taken_at"]) for p in new.photos if p.get("taken_at")],
        day=act.day,
        reused_photos=reused,
        outside=new.outside,
        place_in_grid=new.place_in_grid,
    ) + list(new.extra_hints)


def _name_photos(session: Session, found: Record, photos: Sequence[Mapping[str, Any]]) -> None:
    seen: set[str] = set()
    for position, photo in enumerate(photos):
        if photo["sha256"] in seen:
            continue
        seen.add(photo["sha256"])
        session.add(
            RecordPhoto(
                record_id=found.id,
                sha256=photo["sha256"],
                role=photo["role"],
                taken_at=photo.get("taken_at"),
                position=position,
            )
        )
        link(
            session,
            county_code=found.county_code,
            sha256=photo["sha256"],
            kind="record",
            object_id=found.id,
            role=photo["role"],
            author_id=found.author_id,
        )
    session.flush()


def _rename_photos(session: Session, found: Record, photos: Sequence[Mapping[str, Any]]) -> None:
    """The record names other photos now; what it lets go is no longer seen through it."""
    left = {p["sha256"] for p in _photos_of(session, found.id)} - {p["sha256"] for p in photos}
    for sha256 in left:
        unlink(session, found.county_code, sha256, "record", found.id)
    session.execute(sa.delete(RecordPhoto).where(RecordPhoto.record_id == found.id))
    _name_photos(session, found, photos)


def _photos_of(session: Session, record_id: UUID) -> list[dict[str, Any]]:
    rows = session.scalars(
        sa.select(RecordPhoto).where(RecordPhoto.record_id == record_id).order_by(RecordPhoto.position)
    )
    return [{"sha256": r.sha256, "role": r.role, "taken_at": r.taken_at} for r in rows]


def _check_photo_policy(session: Session, found: Record, values: Mapping[str, Any]) -> None:
    """Photos that are named now, or stay with a matter that is chosen now, are ones that it takes."""
    code = values.get("matter_code") or found.matter_code
    if code is None or not ("photos" in values or "matter_code" in values):
        return
    photos = values["photos"] if "photos" in values else _photos_of(session, found.id)
    matter = matter_in_force(session, found.county_code, code, found.day)
    insist(rules.photos_allowed(matter.photo_policy if matter else "optional", bool(photos)))


def plain(value: Any) -> Any:
    """The value as JSON has it (ids and days as text, nothing for nothing), so that old and new compare equal."""
    return _without_nothing(orjson.loads(orjson.dumps(value)))


def _without_nothing(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_nothing(v) for v in value]
    if isinstance(value, dict):
        return {k: _without_nothing(v) for k, v in value.items() if v is not None or k not in ("taken_at", "fix")}
    return value


def _loaded(duty: registry.Duty, changes: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(changes) - set(duty.correctable.fields)
    if unknown:
        raise Problem("field_not_allowed", names=sorted(str(n)[:40] for n in unknown))
    try:
        loaded = duty.correctable.load(dict(changes))  # never partial: it would reach into lists and places
    except ValidationError as error:
        raise Problem("invalid", fields=sorted(str(n)[:60] for n in error.normalized_messages())) from error
    return {name: loaded[name] for name in changes}


def _values_at(session: Session, found: Record, present: Mapping[str, Any], version: int) -> dict[str, Any]:
    """The fields as they stood at ``version``: walk back over what later steps replaced."""
    values = dict(present)
    later = sa.select(RecordStep).where(RecordStep.record_id == found.id, RecordStep.version > version)
    for step in sorted(session.scalars(later), key=lambda s: s.version, reverse=True):
        values.update(step.was or {})
    return values
