"""The permission table: who may do what to which thing. Every door and every mutation asks here and nowhere else.

A thing is described by where it lies: grid, micro-grid, the org units above it, its team, its author. A right is granted
when the person holds, on the day, one of the roles named for the action *at that place*. Sensitive things (class S, all
mediations) live in a team: there only membership counts, whatever the role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from server.kernel.outcome import ALLOWED, Refused, Verdict

GRID_ROLES = frozenset({"grid_leader", "full_time_worker", "part_time_worker", "grid_adviser"})
FIELD_ROLES = GRID_ROLES | {"micro_grid_leader"}
OFFICE_ROLES = frozenset(
    {
        "village_committee",
        "town_government",
        "department",
        "county_authority",
        "city_authority",
        "system_administrator",
        "security_administrator",
        "auditor",
    }
)
ADMINISTRATORS = frozenset({"system_administrator", "security_administrator", "auditor"})
# Offices that see the work of the grids below them; administrators and departments do not.
SEEING_OFFICES = frozenset({"village_committee", "town_government", "county_authority"})
LEADER, ADVISER = "grid_leader", "grid_adviser"


@dataclass(frozen=True)
class Post:
    """One appointment, as rules see it."""

    role: str
    org_unit_id: UUID
    grid_id: UUID | None = None
    micro_grid_id: UUID | None = None
    from_day: date = date.min
    to_day: date | None = None
    acting_for: UUID | None = None  # the absent person whose post this is for these days

    def is_held_on(self, day: date) -> bool:
        return self.from_day <= day and (self.to_day is None or day < self.to_day)


@dataclass(frozen=True)
class Holder:
    """A person with the posts and teams held at one time. ``micro_grids`` maps each grid to its micro-grids."""

    person_id: UUID
    county_code: str
    posts: tuple[Post, ...] = ()
    teams: frozenset[UUID] = frozenset()
    reviews_teams: frozenset[UUID] = frozenset()

    def roles_in_grid(self, grid_id: UUID | None) -> frozenset[str]:
        return frozenset(p.role for p in self.posts if p.grid_id == grid_id and grid_id and p.role in GRID_ROLES)

    def is_micro_leader_of(self, micro_grid_id: UUID | None) -> bool:
        return micro_grid_id is not None and any(
            p.role == "micro_grid_leader" and p.micro_grid_id == micro_grid_id for p in self.posts
        )

    def office_units(self, role: str) -> frozenset[UUID]:
        return frozenset(p.org_unit_id for p in self.posts if p.role == role)

    @property
    def grids(self) -> frozenset[UUID]:
        return frozenset(p.grid_id for p in self.posts if p.grid_id and p.role in GRID_ROLES)

    @property
    def has_office(self) -> bool:
        return any(p.role in OFFICE_ROLES for p in self.posts)

    @property
    def is_in_post(self) -> bool:
        return bool(self.posts)


@dataclass(frozen=True)
class Thing:
    """Where an object lies. ``units`` are the org units above it, nearest first (village, town, county)."""

    county_code: str = ""
    grid_id: UUID | None = None
    micro_grid_id: UUID | None = None
    units: tuple[UUID, ...] = ()
    team_id: UUID | None = None
    author_id: UUID | None = None
    reviewer_id: UUID | None = None
    decided_by: UUID | None = None
    entered_by: UUID | None = None
    lead_unit: UUID | None = None  # of a case: who is in the lead, and which units help
    helping_units: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Grant:
    """Which roles may do one thing: in the grid, in the micro-grid, in an office above the place, or only the author."""

    in_grid: frozenset[str] = frozenset()
    in_micro: bool = False
    offices: frozenset[str] = frozenset()
    own: bool = False
    not_own: bool = False
    not_entered: bool = False
    not_decider: bool = False
    team_reviewer_only: bool = False
    as_lead: frozenset[str] = frozenset()  # in the unit that is in the lead of a case
    as_helper: frozenset[str] = frozenset()  # in a unit that helps with it
    anywhere: frozenset[str] = field(default_factory=frozenset)


def _roles(*names: str) -> frozenset[str]:
    return frozenset(names)


TABLE: Mapping[str, Grant] = {
    # field work
    "record.make": Grant(in_grid=GRID_ROLES, in_micro=True),
    "record.see": Grant(
        in_grid=GRID_ROLES, in_micro=True, offices=_roles("village_committee", "town_government", "county_authority")
    ),
    "record.correct": Grant(own=True),
    "record.comment": Grant(in_grid=_roles(ADVISER), not_own=True),
    "record.relook": Grant(in_grid=GRID_ROLES, in_micro=True),
    "record.dispute": Grant(own=True),
    "record.confirm": Grant(own=True),
    "record.enter_for": Grant(in_grid=_roles(LEADER), offices=_roles("village_committee", "town_government")),
    "record.review": Grant(
        in_grid=_roles(LEADER),
        offices=_roles("village_committee", "town_government"),
        not_own=True,
        not_entered=True,
        team_reviewer_only=True,
    ),
    "record.rule_dispute": Grant(
        in_grid=_roles(ADVISER), offices=_roles("town_government"), not_own=True, not_decider=True
    ),
    # tasks; whoever is to do one tells what became of it
    "task.assign": Grant(
        in_grid=_roles(LEADER), offices=_roles("village_committee", "town_government", "county_authority")
    ),
    "task.desk": Grant(offices=_roles("village_committee", "town_government", "county_authority")),
    # of the county's own tasks the city above it rules
    "refusal.rule": Grant(anywhere=_roles("county_authority"), as_lead=_roles("city_authority")),
    # a department asks for a task and sees what became of it; town or county above the area sends on, merges, declines
    "request.make": Grant(as_lead=_roles("department")),
    "request.see": Grant(offices=_roles("town_government", "county_authority"), as_lead=_roles("department")),
    "request.answer": Grant(offices=_roles("town_government", "county_authority")),
    # orders outside the list: heard by the competent department alone
    "order.report": Grant(anywhere=FIELD_ROLES),
    "order.rule": Grant(anywhere=_roles("county_authority")),
    # evaluation: switched on, ruled by sets and decided by the competent department; read and marked by offices above the
    # person's unit; an objection is answered by the town, once more by the county
    "evaluation.set": Grant(anywhere=_roles("county_authority")),
    "evaluation.decide": Grant(anywhere=_roles("county_authority")),
    "evaluation.see": Grant(offices=_roles("town_government", "county_authority")),
    "evaluation.mark": Grant(offices=_roles("village_committee", "town_government", "county_authority")),
    "objection.rule": Grant(offices=_roles("town_government", "county_authority")),
    "objection.rule_again": Grant(offices=_roles("county_authority")),
    # what people say (Art. 14): taken down by whoever may handle it, handled in the unit above the person meant; findings
    # (Art. 13) are opened there and decided by the authority above that unit
    "feedback.take": Grant(anywhere=_roles("town_government", "county_authority", "city_authority")),
    "feedback.handle": Grant(as_lead=_roles("town_government", "county_authority", "city_authority")),
    "feedback.set_days": Grant(anywhere=_roles("county_authority")),
    "finding.open": Grant(as_lead=_roles("town_government", "county_authority", "city_authority")),
    "finding.decide": Grant(as_lead=_roles("county_authority", "city_authority")),
    "hold.set": Grant(anywhere=_roles("county_authority")),
    # cases: made and given by an office above the place, worked on by the unit in the lead, verified by the grid's leader
    "case.open": Grant(offices=_roles("village_committee", "town_government")),
    "case.assign": Grant(offices=_roles("village_committee", "town_government", "county_authority")),
    "case.see": Grant(
        offices=_roles("village_committee", "town_government", "county_authority"),
        as_lead=_roles("department"),
        as_helper=_roles("department", "village_committee", "town_government"),
    ),
    "case.work": Grant(as_lead=_roles("department", "village_committee", "town_government")),
    "case.help": Grant(as_helper=_roles("department", "village_committee", "town_government")),
    "case.take_in": Grant(offices=_roles("village_committee", "town_government", "county_authority")),
    # a department alone appears when called, orders and checks, and says that a matter is not its duty; the county decides
    "case.order": Grant(as_lead=_roles("department"), as_helper=_roles("department")),
    "case.contest": Grant(as_lead=_roles("department")),
    "case.rule_duty": Grant(offices=_roles("county_authority")),
    "case.verify": Grant(in_grid=_roles(LEADER)),
    "level.set": Grant(anywhere=_roles("county_authority")),
    # messages: the own inbox of every desk; how they arrived, whom to ring up, by which ways and when they ring
    "message.read": Grant(anywhere=OFFICE_ROLES),
    "delivery.see": Grant(offices=_roles("village_committee", "town_government", "county_authority")),
    "call.close": Grant(offices=_roles("village_committee", "town_government", "county_authority")),
    "ring_rule.set": Grant(anywhere=_roles("county_authority")),
    "channel.set": Grant(anywhere=_roles("system_administrator")),
    # emergency mode: opened by a named authority for an area below it, answered by everybody in it; the opening unit alone
    # reaches people by telephone and position
    "callout.open": Grant(offices=_roles("town_government", "county_authority")),
    "callout.see": Grant(offices=SEEING_OFFICES),
    "callout.reach": Grant(as_lead=_roles("town_government", "county_authority")),
    "callout.answer": Grant(anywhere=FIELD_ROLES | OFFICE_ROLES),
    "callout.limit": Grant(anywhere=_roles("county_authority")),
    # figures of areas and units, never of persons; what the county asks itself
    "figures.see": Grant(offices=_roles("village_committee", "town_government", "county_authority")),
    "selfcheck.see": Grant(anywhere=_roles("county_authority")),
    # households and places
    "household.see": Grant(in_grid=GRID_ROLES, in_micro=True),
    "household.save": Grant(in_grid=GRID_ROLES, in_micro=True),
    "place.see": Grant(in_grid=GRID_ROLES, offices=_roles("village_committee", "town_government")),
    "place.save": Grant(in_grid=GRID_ROLES, offices=_roles("village_committee", "town_government")),
    "plan.keep": Grant(offices=_roles("village_committee", "town_government")),
    "household.import": Grant(offices=_roles("town_government")),
    # borders: delimited by towns, subdistricts and zone committees alone (Arts. 6, 25), read by the offices around them
    "grid.draw": Grant(offices=_roles("town_government")),
    "grid.see": Grant(offices=SEEING_OFFICES, anywhere=_roles("department")),
    "grid.measure": Grant(anywhere=_roles("city_authority")),
    "other_area.keep": Grant(anywhere=_roles("county_authority")),
    # people and devices
    "absence.enter": Grant(in_grid=_roles(LEADER), offices=_roles("village_committee")),
    "team.name": Grant(offices=_roles("town_government")),
    # the work badge (Art. 11): the town issues to its people, the county above may end one too, the city sets the design
    "badge.see": Grant(offices=_roles("town_government", "county_authority")),
    "badge.issue": Grant(offices=_roles("town_government")),
    "badge.end": Grant(offices=_roles("town_government", "county_authority")),
    "badge.design": Grant(anywhere=_roles("city_authority")),
    # the notice board (Art. 15): kept by the town, whose village may confirm that a poster hangs
    "supervision.set": Grant(offices=_roles("town_government", "county_authority")),
    "board.see": Grant(offices=_roles("village_committee", "town_government", "county_authority")),
    "board.keep": Grant(offices=_roles("town_government")),
    "board.confirm": Grant(offices=_roles("village_committee", "town_government")),
    "correction.answer": Grant(offices=_roles("town_government"), not_own=True),
    "data_request.take": Grant(offices=_roles("village_committee", "town_government")),
    "data_request.answer": Grant(offices=_roles("town_government")),
    "consent.note": Grant(offices=_roles("village_committee", "town_government")),
    "retention.see": Grant(anywhere=_roles("county_authority", "auditor")),
    "retention.set": Grant(anywhere=_roles("county_authority")),
    "incident.see": Grant(anywhere=_roles("security_administrator", "county_authority")),
    "incident.note": Grant(anywhere=_roles("security_administrator")),
    "reset_code.show": Grant(in_grid=_roles(LEADER), anywhere=_roles("security_administrator")),
    "device.revoke": Grant(anywhere=_roles("security_administrator")),
    "second_factor.reset": Grant(anywhere=_roles("security_administrator")),
    "device.list": Grant(anywhere=_roles("security_administrator", "system_administrator")),
    "quarantine.take_in": Grant(offices=_roles("town_government"), anywhere=_roles("county_authority")),
    "lost.see": Grant(in_grid=_roles(LEADER), offices=_roles("town_government"), anywhere=_roles("county_authority")),
    "sealed_file.take_in": Grant(anywhere=_roles("town_government", "county_authority", "security_administrator")),
    # lists and settings
    "matter.set_photo_policy": Grant(anywhere=_roles("county_authority")),
    "matter.list": Grant(anywhere=_roles("county_authority")),
    "matter.support": Grant(anywhere=_roles("county_authority")),
    "department.add": Grant(anywhere=_roles("county_authority", "city_authority")),
    "department.close": Grant(anywhere=_roles("city_authority")),
    "matter.temporary": Grant(anywhere=_roles("county_authority")),
    "review_policy.set": Grant(anywhere=_roles("county_authority")),
    "gas_number.set": Grant(anywhere=_roles("county_authority")),
    "setting.set": Grant(
        anywhere=_roles("city_authority")
    ),  # of the whole city: days to rule, verify, review; office hours
    # the workforce: covers by the town and the county, equipment and training by the county, praise proposed from below
    "cover.keep": Grant(offices=_roles("town_government", "county_authority")),
    "staff.import": Grant(offices=_roles("town_government", "county_authority")),
    "staff.keep": Grant(offices=_roles("town_government", "county_authority")),
    "cover.rule": Grant(anywhere=_roles("county_authority")),
    "equipment.keep": Grant(anywhere=_roles("county_authority")),
    "training.keep": Grant(anywhere=_roles("county_authority")),
    "commendation.propose": Grant(offices=SEEING_OFFICES),
    "commendation.decide": Grant(anywhere=_roles("county_authority")),
    "achievement.see": Grant(offices=_roles("town_government", "county_authority")),
    "helper.keep": Grant(offices=_roles("village_committee", "town_government")),
    "backup.see": Grant(anywhere=_roles("system_administrator")),
    "export.see": Grant(anywhere=_roles("auditor")),
    "audit.see": Grant(anywhere=_roles("auditor")),
    "exchange.set": Grant(anywhere=_roles("security_administrator")),
    "sign_on.bind": Grant(anywhere=_roles("security_administrator")),
    "exchange.see": Grant(anywhere=_roles("security_administrator", "auditor")),
    "metrics.see": Grant(anywhere=_roles("system_administrator")),
}


def may(person: Holder, action: str, thing: Thing | None = None) -> Verdict:
    """``Allowed``, or ``not_found`` where the thing lies outside the person's scope, ``not_allowed`` / ``own_record`` inside it.

    Raises KeyError for an action that the table does not name.
    """
    grant = TABLE[action]
    if any(p.role in grant.anywhere for p in person.posts) and (
        thing is None or thing.county_code in ("", person.county_code)
    ):
        return ALLOWED
    if thing is None:
        held = {p.role for p in person.posts}
        some = grant.in_grid | grant.offices | grant.as_lead | grant.as_helper
        return ALLOWED if held & some else Refused("not_allowed")
    if _works_on(person, grant, thing):
        return ALLOWED
    if thing.team_id is not None:
        return _in_team(person, grant, thing)
    if not sees_place(person, thing):
        return Refused("not_found")
    if grant.own:
        return ALLOWED if thing.author_id == person.person_id else Refused("not_allowed")
    if grant.not_own and thing.author_id == person.person_id:
        return Refused("own_record")
    if grant.not_entered and thing.entered_by == person.person_id:
        return Refused("own_record")
    if grant.not_decider and thing.decided_by == person.person_id:
        return Refused("not_allowed")
    return ALLOWED if _holds_there(person, grant, thing) else Refused("not_allowed")


def sees_place(person: Holder, thing: Thing) -> bool:
    """Whether the place lies in the person's scope at all."""
    if thing.grid_id in person.grids:
        return True
    if person.is_micro_leader_of(thing.micro_grid_id):
        return True
    return any(p.org_unit_id in thing.units for p in person.posts if p.role in SEEING_OFFICES)


def _holds_there(person: Holder, grant: Grant, thing: Thing) -> bool:
    if person.roles_in_grid(thing.grid_id) & grant.in_grid:
        return True
    if grant.in_micro and person.is_micro_leader_of(thing.micro_grid_id):
        return True
    return any(person.office_units(role) & set(thing.units) for role in grant.offices)


def _works_on(person: Holder, grant: Grant, thing: Thing) -> bool:
    """Whether a post in the unit in the lead, or in one that helps, gives this right."""
    return any(
        (p.role in grant.as_lead and p.org_unit_id == thing.lead_unit)
        or (p.role in grant.as_helper and p.org_unit_id in thing.helping_units)
        for p in person.posts
    )


def _in_team(person: Holder, grant: Grant, thing: Thing) -> Verdict:
    if thing.team_id not in person.teams:
        return Refused("not_found")
    if grant.own:
        return ALLOWED if thing.author_id == person.person_id else Refused("not_allowed")
    if grant.not_own and thing.author_id == person.person_id:
        return Refused("own_record")
    if grant.not_decider and thing.decided_by == person.person_id:
        return Refused("not_allowed")
    if grant.team_reviewer_only and thing.reviewer_id not in (person.person_id, thing.author_id):
        return Refused("not_allowed")  # the reviewer's own records go to any other member
    return ALLOWED


# -- sessions ----------------------------------------------------------------------------------------------------------

MINUTE_MS, DAY_MS = 60_000, 86_400_000
KEEP_ENDED_MS = 30 * DAY_MS  # sessions that ended and codes that expired
LEAST_PASSWORD = 10
RESET_MINUTES, RESET_TRIES = 15, 5
OFFICE, PHONE = "office", "phone"
CODE_SECONDS, MOST_WRONG_CODES = 30, 10


def steps_around(seconds: int) -> tuple[int, int, int]:
    """The steps whose code is taken at a time: clocks of desk and server may differ by one."""
    step = seconds // CODE_SECONDS
    return step - 1, step, step + 1


def session_kind(roles: frozenset[str]) -> str:
    """Whoever holds office roles alone works at a desk: 15 idle minutes. All others carry a phone."""
    return OFFICE if roles and roles <= OFFICE_ROLES else PHONE


def idle_limit_ms(kind: str, has_device: bool, office_minutes: int, phone_days: int) -> int:
    """How long a session may rest. The long time is for a registered device only."""
    return phone_days * DAY_MS if kind == PHONE and has_device else office_minutes * MINUTE_MS


def locked_until(last_failures: list[int], tries: int, lock_minutes: int) -> int | None:
    """Until when (ms) an account is locked for an address: ``tries`` failures within the lock's own length.

    ``last_failures``: newest first, at most ``tries`` of them. No failure is noted while locked, so a lock ends.
    """
    lock = lock_minutes * MINUTE_MS
    if len(last_failures) < tries or last_failures[0] - last_failures[tries - 1] > lock:
        return None
    return last_failures[0] + lock


def may_show_reset_code(shower: Holder, target: Holder) -> Verdict:
    """The security administrator for anybody else of the county; a leader for people who work in the own grids alone.

    Whoever holds an office, works elsewhere or belongs to a team without the leader is not the leader's: a code would
    open more than the leader may see.
    """
    if shower.person_id == target.person_id:
        return Refused("not_allowed")
    if may(shower, "reset_code.show", Thing(county_code=target.county_code)):
        return ALLOWED
    led = frozenset(p.grid_id for p in shower.posts if p.role == LEADER and p.acting_for is None)
    places = {p.grid_id for p in target.posts}
    if not places & led:
        return Refused("not_found")
    if places <= led and not target.has_office and target.teams <= shower.teams:
        return ALLOWED
    return Refused("not_allowed")


ABSENCE_KINDS = ("rest", "leave", "sick", "training", "emergency")
LONGEST_ABSENCE, ABSENCE_TOLD_LATE = 366, 31  # days


def absence_days_fit(from_day: date, to_day: date, today: date) -> Verdict:
    """At least one day, at most a year; told at most a month late. ``day_out_of_range`` otherwise."""
    is_span = 1 <= (to_day - from_day).days <= LONGEST_ABSENCE
    fits = is_span and abs((from_day - today).days) <= LONGEST_ABSENCE and (today - from_day).days <= ABSENCE_TOLD_LATE
    return ALLOWED if fits else Refused("day_out_of_range")


def may_stand_in(posts: Iterable[Post], absent: Post) -> bool:
    """Whether whoever holds these posts may take over that one: a colleague of the same grid, so that nobody sees more
    grids by it. A post in the grid itself needs one in the grid itself; acting posts are not handed on.
    """
    roles = GRID_ROLES if absent.role in GRID_ROLES else FIELD_ROLES
    own = (p for p in posts if p.acting_for is None and p.role in roles)
    return absent.role in FIELD_ROLES and absent.grid_id is not None and any(p.grid_id == absent.grid_id for p in own)


# Which posts an office gives and takes, at its own unit and below. No office gives the first post of a county's competent
# department nor any of the city: ``flask first-office`` does (``first-admin`` for the three administrators).
GIVES: Mapping[str, frozenset[str]] = {
    "town_government": FIELD_ROLES | {"village_committee"},
    "county_authority": FIELD_ROLES
    | ADMINISTRATORS
    | {"village_committee", "town_government", "department", "county_authority"},
}


def may_give(giver: Holder, role: str, units: Iterable[UUID]) -> bool:
    """Whether one of the giver's offices gives this role in a unit. ``units``: that unit and those above it."""
    above = frozenset(units)
    return any(role in GIVES.get(p.role, ()) and p.org_unit_id in above for p in giver.posts)


def administrators_apart(others: Iterable[Post], wanted: Post) -> Verdict:
    """The system's, the security and the audit administrator are three people: nobody holds two of the posts on one day.

    ``others``: all other posts of the person, past ones and those to come. ``administrators_apart``.
    """
    if wanted.role not in ADMINISTRATORS:
        return ALLOWED
    apart = ADMINISTRATORS - {wanted.role}
    meets = any(p.role in apart and _meet(p, wanted) for p in others)
    return Refused("administrators_apart") if meets else ALLOWED


def _meet(one: Post, other: Post) -> bool:
    """Whether two posts share a day."""
    ends = min(one.to_day or date.max, other.to_day or date.max)
    return max(one.from_day, other.from_day) < ends


def is_team(members: Mapping[UUID, tuple[date, date | None]], reviewer_id: UUID) -> Verdict:
    """At least two people, the reviewer one of them; each with a first day before the last."""
    if len(members) < 2 or reviewer_id not in members:
        return Refused("team_needs_two")
    if any(to_day is not None and to_day <= from_day for from_day, to_day in members.values()):
        return Refused("invalid", {"fields": ["to_day"]})
    return ALLOWED


def with_team(holder: Holder, team_id: UUID) -> Holder:
    """The holder as a member of this team too: whoever opens a team is in it before their phone has heard of it."""
    return replace(holder, teams=holder.teams | {team_id})
