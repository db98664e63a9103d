"""Merit badges given and taken back: at the end of a quarter, never before the windows to object have closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.evaluation import queries, rules, staff
from server.evaluation.facts import Facts
from server.evaluation.merit import Merit, earned, read_rules, sign
from server.evaluation.models import EvaluationRun, MeritBadge, MeritRules, Objection, ScoreSheet
from server.kernel import clock, stream_keys
from server.kernel.ids import new_id
from server.kernel.problems import Problem, insist
from server.messages.commands import ring
from server.people.models import Person
from server.people.rules import Holder, may
from server.platform import streams
from server.platform.keys import keyring
from server.platform.logs import log
from server.platform.workdays import add_working_days

KIND = "merit_badge"
BATCH = 200
QUARTER = "quarter"


def set_rules(session: Session, by: Holder, body: str) -> MeritRules:
    """The county's rules, from their first day on; earlier ones count for earlier quarters.

    Raises ``rule_set.Refused`` for what is none; refuses with ``not_allowed``.
    """
    insist(may(by, "evaluation.set"))
    told = read_rules(body.encode())
    made = MeritRules(
        id=new_id(), county_code=by.county_code, body=body, document_no=told["document_no"],
        from_day=date.fromisoformat(told["valid_from"]), by_person=by.person_id, at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def rules_of(session: Session, county_code: str, day: date) -> MeritRules | None:
    own = sa.select(MeritRules).where(MeritRules.county_code == county_code, MeritRules.from_day <= day)
    return session.scalars(own.order_by(MeritRules.from_day.desc(), MeritRules.at.desc()).limit(1)).first()


def award_due(session: Session, today: date) -> int:
    """Badges of the last quarter, of one county after the other, some people at a time; answers how many people it looked at.

    A county whose badges cannot be given is logged and holds up no other.
    """
    quarter = rules.period_before(QUARTER, today)
    for county in session.scalars(sa.select(MeritRules.county_code).distinct().order_by(MeritRules.county_code)).all():
        try:
            with streams.savepoint(session):
                looked_at = _award_some(session, county, quarter, today)
        except Exception as error:
            log().error("merits_failed", county=county, error=type(error).__name__)
            continue
        if looked_at:
            return looked_at
    return 0


def _award_some(session: Session, county: str, quarter: rules.Period, today: date) -> int:
    found = rules_of(session, county, quarter.from_day)
    if found is None or not _may_be_given(session, county, quarter, today):
        return 0
    told = read_rules(found.body.encode())
    everybody = [person for person, _ in staff.people_evaluated(session, county, told["role"], (), quarter)]
    after = [p for p in sorted(everybody, key=str) if found.done_to is None or str(p) > found.done_to]
    if found.done_period != quarter.label:
        found.done_period, found.done_to, after = quarter.label, None, sorted(everybody, key=str)
    if people := after[:BATCH]:
        _award(session, county, told, quarter, people)
        found.done_to = str(people[-1])
        session.flush()
    return len(people)


def _may_be_given(session: Session, county: str, quarter: rules.Period, today: date) -> bool:
    """Evaluation is on, every run of the quarter is closed, no objection to one is open, and its days are over."""
    setting = queries.setting_of(session, county)
    if setting is None or not setting.is_on:
        return False
    if today <= add_working_days(quarter.to_day, setting.run_after_days + setting.objection_days):
        return False
    runs = sa.select(EvaluationRun.id).where(
        EvaluationRun.county_code == county,
        EvaluationRun.from_day < quarter.to_day,
        EvaluationRun.to_day > quarter.from_day,
    )
    unclosed = session.scalar(runs.where(EvaluationRun.state != rules.CLOSED).limit(1))
    open_ = sa.select(Objection.id).join(ScoreSheet, ScoreSheet.id == Objection.sheet_id)
    open_ = open_.where(ScoreSheet.run_id.in_(runs), Objection.outcome.is_(None))
    return unclosed is None and session.scalar(open_.limit(1)) is None


def _award(
    session: Session, county: str, told: Mapping[str, Any], quarter: rules.Period, people: Sequence[UUID]
) -> None:
    body = {"indicators": [{"fact": one["fact"], "type": "merit"} for one in told["merits"]], "period": QUARTER}
    scope = queries.scope_of(session, county, told["role"], quarter, people)
    facts = _corrected(session, queries.facts_of(session, scope, body), quarter)
    own = sa.select(MeritBadge.person_id, MeritBadge.code).where(
        MeritBadge.person_id.in_(people), MeritBadge.period == quarter.label
    )
    known = {(row.person_id, row.code) for row in session.execute(own)}
    names = {p.id: p.name for p in session.scalars(sa.select(Person).where(Person.id.in_(people)))}
    for person_id, of_person in facts.items():
        for one in told["merits"]:
            if (person_id, one["code"]) not in known and earned(one, of_person.facts.get(one["fact"], ())):
                _give(session, county, one, quarter, (person_id, names[person_id]))


def _corrected(session: Session, facts: Mapping[UUID, Facts], quarter: rules.Period) -> dict[UUID, Facts]:
    """With what accepted objections to sheets of the quarter changed, each within the period of its sheet."""
    accepted = (
        sa.select(Objection.person_id, Objection.corrections, EvaluationRun.from_day, EvaluationRun.to_day)
        .join(ScoreSheet, ScoreSheet.id == Objection.sheet_id)
        .join(EvaluationRun, EvaluationRun.id == ScoreSheet.run_id)
        .where(
            Objection.person_id.in_(facts),
            Objection.outcome == rules.ACCEPTED,
            EvaluationRun.from_day < quarter.to_day,
            EvaluationRun.to_day > quarter.from_day,
        )
        .order_by(Objection.answered_at, Objection.id)
    )
    changes: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for person_id, change, from_day, to_day in session.execute(accepted):
        if change:
            span = {"from_day": from_day.isoformat(), "to_day": to_day.isoformat()}
            changes[person_id].append({**change, **span})
    return {
        person_id: queries.facts_from(queries.corrected(one.as_json(), changes[person_id]), ())
        if person_id in changes
        else one
        for person_id, one in facts.items()
    }


def _give(session: Session, county: str, one: Mapping[str, Any], quarter: rules.Period, whom: tuple[UUID, str]) -> None:
    key, (person_id, name) = new_id(), whom
    words = {name_: one[name_] for name_ in ("code", "title_zh", "title_en", "reason_zh", "reason_en")}
    merit = Merit(id=str(key), name=name, county=county, period=quarter.label, at=clock.today().isoformat(), **words)
    kid, private = keyring().merit_key()
    session.add(
        MeritBadge(
            id=key, county_code=county, person_id=person_id, period=quarter.label, picture=one["picture"],
            token=sign(merit, kid, private), given_at=clock.now(), **words,
        )
    )  # fmt: skip
    session.flush()
    streams.put(session, stream_keys.person(person_id), KIND, key)
    ring(session, person_id, "merit_given", at=clock.now())


def revoke(session: Session, by: Holder, badge_id: UUID, reason: str) -> MeritBadge:
    """With a reason, which the person sees. Refuses with ``not_found``, ``not_allowed``, ``own_record``, ``already_decided``."""
    found = session.get(MeritBadge, badge_id, with_for_update=True, populate_existing=True)
    if found is None or found.county_code != by.county_code:
        raise Problem("not_found")
    insist(may(by, "evaluation.decide"))
    if found.person_id == by.person_id:
        raise Problem("own_record")
    if found.revoked_at is not None:
        raise Problem("already_decided")
    if not reason:
        raise Problem("invalid", fields=["reason"])
    found.revoked_at, found.revoked_by, found.revoke_reason = clock.now(), by.person_id, reason
    found.version += 1
    session.flush()
    streams.put(session, stream_keys.person(found.person_id), KIND, found.id)
    return found


def revoked_ids(session: Session) -> list[str]:
    """For whoever checks without us: ids alone, by id."""
    found = session.scalars(sa.select(MeritBadge.id).where(MeritBadge.revoked_at.is_not(None)))
    return sorted(str(one) for one in found)


def feed_rows(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Rows ``merit_badge`` of the person's own stream (docs/wire.md §5)."""
    plain = ("code", "title_zh", "title_en", "reason_zh", "reason_en", "picture", "period", "token", "given_at")
    return {
        one.id: {
            "id": str(one.id),
            "version": one.version,
            **{name: getattr(one, name) for name in plain},
            **({"revoked_at": one.revoked_at, "revoke_reason": one.revoke_reason} if one.revoked_at else {}),
        }
        for one in session.scalars(sa.select(MeritBadge).where(MeritBadge.id.in_(ids)))
    }


def badge_with(session: Session, badge_id: UUID) -> MeritBadge | None:
    return session.get(MeritBadge, badge_id)


def badges_of(session: Session, county_code: str) -> list[tuple[MeritBadge, str]]:
    """The county's badges by period and name, never by how many somebody has."""
    own = sa.select(MeritBadge, Person).join(Person, Person.id == MeritBadge.person_id)
    own = own.where(MeritBadge.county_code == county_code).order_by(MeritBadge.period.desc(), MeritBadge.id).limit(200)
    found = [(badge, person.name) for badge, person in session.execute(own)]
    return sorted(found, key=lambda one: (one[0].period, one[1]), reverse=False)
