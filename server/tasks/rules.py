"""Pure decisions about tasks. What a worker tells of a task is a fact and is always taken; what an assigner or the
competent department decides names the version seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from server.kernel.outcome import ALLOWED, Refused, Verdict

OPEN, ACCEPTED, DONE, HANDED_BACK, REFUSED, WITHDRAWN = (
    "open", "accepted", "done", "handed_back", "refused", "withdrawn",
)  # fmt: skip
WAITING = (OPEN, ACCEPTED)
STATES = (OPEN, ACCEPTED, DONE, HANDED_BACK, REFUSED, WITHDRAWN)
OVER = (DONE, HANDED_BACK, REFUSED, WITHDRAWN)
GROUNDS = (1, 2, 3)  # the three items of Art. 12
HAND_BACK_REASONS = ("leave", "unsafe", "not_my_grid", "duplicate")
LONGEST_DAYS = 366
WORKERS = ("full_time_worker", "part_time_worker")
RECEIVER_ROLES = ("grid_leader", *WORKERS, "grid_adviser", "micro_grid_leader")
CHOSEN, ALL_WORKERS = "chosen", "workers"  # to people by name, or to all workers of the place; else to a role
UPHELD, NOT_UPHELD, STOOD = RULINGS = ("upheld", "not_upheld", "stood")
ASKED, SENT, MERGED, DECLINED = REQUEST_STATES = ("open", "sent", "merged", "declined")  # of a department's request

# What a fact told by the worker makes of each state; a state that is not named stays as it is.
AFTER: dict[str, dict[str, str]] = {
    "accepted": {OPEN: ACCEPTED},
    "done": {OPEN: DONE, ACCEPTED: DONE, HANDED_BACK: DONE},
    "handed_back": {OPEN: HANDED_BACK, ACCEPTED: HANDED_BACK},
    "refused": {OPEN: REFUSED, ACCEPTED: REFUSED, HANDED_BACK: REFUSED},
    "taken_back": {REFUSED: OPEN},
    "time_asked": {},
}


def after(step: str, state: str) -> str:
    """The state after a fact. Done, refused or withdrawn elsewhere stays so: the step only stands in the history."""
    return AFTER[step].get(state, state)


def due_fits(day: date, today: date) -> Verdict:
    """From today to a year ahead: ``day_out_of_range``."""
    return ALLOWED if today <= day <= today + timedelta(days=LONGEST_DAYS) else Refused("day_out_of_range")


def may_decide(state: str, version: int, version_seen: int | None) -> Verdict:
    """A new day or a withdrawal: of the version seen, while the task waits or was handed back. Else ``stale``."""
    is_open = state in WAITING or state == HANDED_BACK
    return ALLOWED if is_open and version == version_seen else Refused("stale")


def may_refuse(rulings: Sequence[str | None]) -> Verdict:
    """One refusal a task and one answer: not again while one waits (None), nor after it was not upheld."""
    return Refused("refusal_answered") if None in rulings or NOT_UPHELD in rulings else ALLOWED


def may_rule(*, ruling: str | None, taken_back: bool, by_unit: bool, by_assigner: bool) -> Verdict:
    """The competent department rules, never the assigner or the assigner's unit; once."""
    if by_unit or by_assigner:
        return Refused("own_record")
    return Refused("already_decided") if ruling is not None or taken_back else ALLOWED


def may_answer(state: str) -> Verdict:
    """A department's request is answered once."""
    return ALLOWED if state == ASKED else Refused("request_answered")


def may_merge(matter_and_area: tuple[object, object], into: tuple[object, object], *, into_state: str) -> Verdict:
    """Into another open request of the same matter and area alone."""
    return ALLOWED if into_state == ASKED and matter_and_area == into else Refused("nothing_to_merge")
