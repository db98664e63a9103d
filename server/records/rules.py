"""Pure decisions about records: which stream holds them, when they were done, how two edits meet, what review they need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server.kernel import clock, stream_keys
from server.kernel.outcome import ALLOWED, Refused, Verdict
from server.people.rules import Holder

DRIFT_MS = 5 * 60_000  # an announcement may be on its way this long
TEAM_DUTIES = frozenset({"mediations"})
GRID_DUTIES = frozenset({"emergencies"})
WORKED_ON = frozenset({"hazard", "mediation"})  # kinds that stay open until something has come of them


@dataclass(frozen=True)
class Act:
    """One mutation's who and when, as every command of the road gets it.

    ``holder`` is the person's scope at the time of the act; ``acted_at`` the plausible time of it (ms UTC);
    ``version_seen`` the version that the phone knew, if it named one; ``on_behalf``: ``entered_by`` wrote it for the person,
    who is still to confirm it.
    """

    holder: Holder
    acted_at: int
    acted_at_held: bool
    now: int
    version_seen: int | None = None
    entered_by: UUID | None = None
    on_behalf: bool = False

    @property
    def person_id(self) -> UUID:
        return self.holder.person_id

    @property
    def day(self) -> date:
        return clock.day_of(self.acted_at)


@dataclass(frozen=True)
class ActTime:
    at: int
    was_held: bool


def plausible_time(made_at: int, skew_ms: int, not_before: int | None, now: int) -> ActTime:
    """The phone's time plus its known skew, held between the last contact that did not know of the act and now.

    ``not_before``: when the phone last told the head of its queue without this act in it; None if it never did.
    """
    claimed = made_at + skew_ms
    least = (not_before - DRIFT_MS) if not_before is not None else 0
    held = min(max(claimed, least), now)
    return ActTime(held, abs(held - claimed) > DRIFT_MS)


def stream_of(
    data_class: str, duty: str, grid_id: UUID, *, by_micro_leader_of: UUID | None, team_id: UUID | None
) -> str:
    """The one stream of a record (sync contract, *Stream*). Class S and every mediation live in a team.

    An emergency is the grid's, whatever its matter's class: its report holds no name and no illness. What a micro-grid
    leader tells is the micro-grid's, emergencies too: everyone of the grid holds it, and its author keeps sight of it.
    """
    is_open = duty in GRID_DUTIES
    if not is_open and (data_class == "S" or duty in TEAM_DUTIES):
        if team_id is None:
            raise ValueError("a sensitive record needs a team")
        return stream_keys.team(team_id)
    if by_micro_leader_of is not None:
        return stream_keys.micro(by_micro_leader_of)
    return stream_keys.grid(grid_id)


def photos_allowed(policy: str, has_photos: bool) -> Verdict:
    """``forbidden`` takes none; ``needed`` never blocks (the phone asks why there is none)."""
    if policy == "forbidden" and has_photos:
        return Refused("photo_forbidden")
    return ALLOWED


@dataclass(frozen=True)
class ReviewPolicy:
    """Whether a leader looks at a record: ``none``, ``sample`` of n %, or ``all``; data with a document number."""

    mode: str
    percent: int = 0


def needs_review(policy: ReviewPolicy, draw: int) -> bool:
    """``draw`` is a number 0–99 that nobody outside the server can foresee (a keyed hash of the record's id)."""
    if policy.mode == "all":
        return True
    return policy.mode == "sample" and draw < policy.percent


def is_finished(review_status: str, kind: str, *, fixed: bool) -> bool:
    """A record leaves the feed 92 days after it is finished: reviewed or not to be reviewed, and a hazard
    fixed or a mediation ended."""
    return review_status in ("none", "approved", "lapsed") and (kind not in WORKED_ON or fixed)


def hints(
    *,
    acted_at_held: bool,
    photo_days: list[date],
    day: date,
    reused_photos: int,
    outside: int,
    place_in_grid: bool | None,
) -> list[str]:
    """What the reviewer should look at. A hint asks for a look; it never deducts, and a missing photo or fix is none."""
    found = []
    if acted_at_held:
        found.append("time_held")
    if any(abs((d - day).days) > 1 for d in photo_days):
        found.append("photo_other_day")
    if reused_photos:
        found.append("photo_used_before")
    if outside:
        found.append("outside_check_point")
    if place_in_grid is False:
        found.append("place_outside_grid")
    return found
