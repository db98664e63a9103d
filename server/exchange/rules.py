"""Pure decisions of the exchange: what a token opens, when it ends, what a try of a webhook means, what is signed.

The regulation asks for exchange through the public data platform (Art. 16) and names no protocol: scopes, tokens and
webhooks are this product's own design.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from server.kernel.outcome import ALLOWED, Refused, Verdict

RECORDS, CASES, HAZARDS, MATTERS, GRIDS, INTAKE = SCOPES = (
    "records", "cases", "hazards", "matters", "grids", "intake",
)  # fmt: skip
RECORD_KINDS = ("hazard", "emergency", "information", "publicity", "visit")
# a mediation lives in a team, and a patrol says nothing but where somebody was: neither leaves
SENSITIVE = "S"
PLACED = "N"  # only hazards of this class say where they are: others may lie in somebody's home
NOTICED = {RECORDS: "record", CASES: "case"}  # scope → kind of object that a webhook tells of
AREA_KINDS = ("county", "zone", "town", "subdistrict", "village", "community")
SYSTEM = re.compile(r"[a-z][a-z0-9]{1,11}")
LONGEST_DAYS = 366
PREFIX = "gwx_"
TOKEN = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}")
LONGEST_REFERENCE = 60

MOST_TRIES = 8
FIRST_WAIT_S, LONGEST_WAIT_S = 60, 6 * 3600  # of a webhook: over about a day
DELIVERED, WAITING, GIVEN_UP = "delivered", "waiting", "given_up"
STATES = (WAITING, DELIVERED, GIVEN_UP)
OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True)
class TokenFacts:
    """What decides whether a token opens a door."""

    scopes: frozenset[str]
    last_day: date
    is_revoked: bool

    def is_live(self, today: date) -> bool:
        return not self.is_revoked and today <= self.last_day


def may_open(token: TokenFacts, scope: str, today: date) -> Verdict:
    """``token_ended`` for a revoked or expired token, ``token_scope`` for a door outside what it was made for."""
    if not token.is_live(today):
        return Refused("token_ended")
    return ALLOWED if scope in token.scopes else Refused("token_scope")


def token_may_be(system: str, scopes: Collection[str], last_day: date, today: date) -> Verdict:
    """A short name of the system, at least one kind of data, an end within a year."""
    if not SYSTEM.fullmatch(system):
        return Refused("invalid", {"fields": ["system"]})
    if not scopes or not set(scopes) <= set(SCOPES):
        return Refused("invalid", {"fields": ["scopes"]})
    if not today <= last_day <= today + timedelta(days=LONGEST_DAYS):
        return Refused("day_out_of_range")
    return ALLOWED


def hook_may_be(kinds: Collection[str], scopes: Collection[str]) -> Verdict:
    """A webhook tells of kinds that its token may fetch, and of at least one."""
    if not kinds or not set(kinds) <= set(NOTICED) & set(scopes):
        return Refused("invalid", {"fields": ["kinds"]})
    return ALLOWED


def reference(system: str, told: str) -> str:
    """The number of a request as a case keeps it: numbers of two systems never meet."""
    return f"{system}:{told}"


def reference_may_be(system: str, told: str) -> Verdict:
    fits = bool(told) and len(reference(system, told)) <= LONGEST_REFERENCE
    return ALLOWED if fits else Refused("invalid", {"fields": ["external_ref"]})


def case_level(levels: Iterable[str]) -> str | None:
    """Where a request of another system begins: the lowest level that the matter allows a case; None for no case."""
    return next(iter(levels), None)


def wait_s(tries: int, retry_after: int | None) -> int:
    """Seconds until the next try: a minute, four, sixteen …, six hours at most, never before a Retry-After."""
    usual = min(FIRST_WAIT_S * 4 ** min(tries - 1, 6), LONGEST_WAIT_S)
    return int(max(usual, retry_after or 0))


def after(is_accepted: bool, tries: int) -> str:
    """The state of a notice after a try."""
    if is_accepted:
        return DELIVERED
    return GIVEN_UP if tries >= MOST_TRIES else WAITING


def is_accepted(status: int | None) -> bool:
    return status is not None and 200 <= status < 300


def signature(secret: str, at_s: int, body: bytes) -> str:
    """``sha256=`` and the HMAC over the seconds, a full stop and the body; the receiver refuses old seconds."""
    return "sha256=" + hmac.new(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256).hexdigest()
