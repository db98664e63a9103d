"""What a mediation may hold and how it goes on. Pure.

A grid worker is no people's mediator (人民调解员) and has no seal: what is told here is a note of the grid. What is not
for mediation is a referral: the parties are told where to turn, no settlement may be claimed, and nobody need be named.
Source: 人民调解法 (Arts. 28, 31, 33); 人民调解工作若干规定 on what is not for mediation and on the return visit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from server.kernel.outcome import ALLOWED, Refused, Verdict

UNSUITED = ("special", "court", "administrative", "refused", "violence")
SETTLED = ("oral", "written")
TOLD = "told"  # where to turn: the one outcome of a referral
OUTCOMES = (*SETTLED, "referred", "none", TOLD)
PARTS = ("applicant", "other")
PASSED_ON = frozenset({"MED-04"})  # registered and passed on, never mediated by the worker
FARTHEST_DAYS = 366


def is_referral(matter_code: str, unsuited: Sequence[str]) -> bool:
    return bool(unsuited) or matter_code in PASSED_ON


def is_whole(matter_code: str, told: Mapping[str, Any], obstructed: bool) -> Verdict:
    """A referral is told and no more; a mediation names its parties. Whoever was obstructed (受阻) may lack them.

    Refuses with ``settlement_not_open``, ``parties_lacking``, ``invalid``.
    """
    outcome, parties = told["outcome"], told["parties"]
    is_told = outcome == TOLD
    if is_referral(matter_code, told["unsuited"]) != is_told:
        return Refused("invalid", {"fields": ["outcome"]}) if is_told else Refused("settlement_not_open")
    if len({str(party["id"]) for party in parties}) < len(parties):
        return Refused("invalid", {"fields": ["parties"]})
    if not parties and not is_told and not obstructed:
        return Refused("parties_lacking")
    if told["revisit_on"] is not None and outcome not in SETTLED:
        return Refused("invalid", {"fields": ["revisit_on"]})
    return ALLOWED


def revisit_is_plausible(day: date, wished: date | None) -> Verdict:
    if wished is not None and not day < wished <= day + timedelta(days=FARTHEST_DAYS):
        return Refused("day_out_of_range", {"day": wished.isoformat()})
    return ALLOWED


def is_ended(outcome: str | None, revisit_on: date | None) -> bool:
    """There is an outcome, and nobody is to be asked any more whether it is kept."""
    return outcome is not None and revisit_on is None


def step_is_plain(told: Mapping[str, Any]) -> Verdict:
    """A step is words, or an outcome, or a return visit; a next return visit goes with a settlement or a return visit.

    Where to turn (``told``) is said when the mediation is opened, not later.
    """
    outcome, kept = told["outcome"], told["kept"]
    if outcome is not None and kept is not None:
        return Refused("invalid", {"fields": ["outcome", "kept"]})
    if outcome is None and kept is None and not told["words"]:
        return Refused("invalid", {"fields": ["words"]})
    if told["revisit_on"] is not None and kept is None and outcome not in SETTLED:
        return Refused("invalid", {"fields": ["revisit_on"]})
    return ALLOWED


def step_is_open(present: str | None, outcome: str | None, kept: bool | None) -> Verdict:
    """An outcome is told once (afterwards it is corrected); a return visit asks for a settlement."""
    if outcome is not None and present is not None:
        return Refused("outcome_told")
    if kept is not None and present not in SETTLED:
        return Refused("nothing_settled")
    return ALLOWED
