"""Pure decisions about badges: what a check answers, the code of a minute, which post a badge names, when it is over.

The procedure (three answers, the code of the minute, two minutes of room) is our design; Art. 11 asks for one badge of the
city and leaves the rest open.
"""

from __future__ import annotations

import base64
import calendar
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from server.kernel.outcome import ALLOWED, Refused, Verdict

VALID, REFRESH, INVALID = "valid", "refresh", "invalid"
ANSWERS = (VALID, INVALID, REFRESH)
TONES = ("blue", "green", "red")
END_REASONS = ("lost", "revoked")  # what an office may say; ``renewed`` and ``left`` say themselves
ROLE_ORDER = (
    "grid_leader",
    "full_time_worker",
    "part_time_worker",
    "grid_adviser",
    "micro_grid_leader",
)  # as in Art. 7
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
MINUTE = re.compile(r"[0-9a-z]{1,8}")
CODE_CHARS = 8
MINUTE_MS = 60_000
MINUTES_OF_DAY = 1_440
ROOM_MINUTES = 2  # a clock that is a little wrong, a slow scan
NUMBER = re.compile(r"[0-9+ ()-]{3,30}")
STATEMENT = "gridwalk-badge-2"


@dataclass(frozen=True)
class Shown:
    """The post that a badge names today: the role, and every grid in which it is held."""

    role: str
    grid_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class Minute:
    """What a phone's QR says beside the token."""

    minute: int
    code: str


def posts_shown(held: Iterable[tuple[str, UUID]]) -> Shown | None:
    """The first of the roles held in the order of Art. 7, in all its grids; None for whoever holds none of them.

    ``held``: role and grid of the person's own posts; one filled for somebody absent is on no badge.
    """
    own = list(held)
    for role in ROLE_ORDER:
        grids = tuple(dict.fromkeys(grid for one, grid in own if one == role))
        if grids:
            return Shown(role, grids)
    return None


def answer_of(is_good: bool, is_print: bool, shown: Minute | None, secrets: Iterable[bytes], now: int) -> str:
    """The answer of a check. ``is_good``: the badge has not ended, is within its days, its person in post.

    A printed badge shows no minute and is checked by its own token alone. A code that no phone of this badge made, one of
    another minute, and the phone's token without any, all ask for a new scan: an old picture of the screen proves nothing.
    """
    if not is_good:
        return INVALID
    if shown is None:
        return VALID if is_print else REFRESH
    is_fresh = abs(now // MINUTE_MS - shown.minute) <= ROOM_MINUTES
    return VALID if is_fresh and any(is_code(secret, shown) for secret in secrets) else REFRESH


def is_good(from_day: date, last_day: date, has_ended: bool, role: str, today: Shown | None, day: date) -> bool:
    """Whether a badge is good on the day: its role must still be one that the person holds."""
    return not has_ended and from_day <= day <= last_day and today is not None and today.role == role


def code_of(secret: bytes, minute: int) -> str:
    """The eight characters that a phone shows in this minute."""
    digest = hmac.new(secret, minute_text(minute).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:CODE_CHARS]


def is_code(secret: bytes, shown: Minute) -> bool:
    return hmac.compare_digest(code_of(secret, shown.minute).encode(), shown.code.encode("utf-8", "replace"))


def minute_text(minute: int) -> str:
    """A minute in base 36, five characters until the year 2084."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while minute:
        minute, digit = divmod(minute, 36)
        text = digits[digit] + text
    return text or "0"


def read_minute(text: str, code: str) -> Minute:
    """What stands in the address; nonsense is a minute long gone."""
    return Minute(int(text, 36) if MINUTE.fullmatch(text) else 0, code)


def last_day_of(from_day: date, months: int) -> date:
    """The day before the same day ``months`` later."""
    year, month = divmod(from_day.year * 12 + from_day.month - 1 + months, 12)
    day = min(from_day.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)


def number_text(county_code: str, serial: int) -> str:
    return f"{county_code}-{serial:06d}"


def statement(parts: Sequence[str]) -> str:
    """What the server signs for colleagues; its first line is no receipt's."""
    return "\n".join((STATEMENT, *(part.replace("\n", " ") for part in parts)))


def words_end(now: int, days: int) -> str:
    """The minute after which a colleague's phone believes words signed now no more."""
    return minute_text(now // MINUTE_MS + days * MINUTES_OF_DAY)


def is_to_be_told(told_at: int, now: int, days: int) -> bool:
    """Half of the time of a phone's words is gone: it gets new ones with its next contact."""
    return now - told_at >= days * MINUTES_OF_DAY * MINUTE_MS // 2


def fingerprint(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def design_may_be(tone: str, months: int) -> Verdict:
    return ALLOWED if tone in TONES and 1 <= months <= 120 else Refused("invalid")


def number_may_be(number: str) -> Verdict:
    """A telephone number as people write it."""
    return ALLOWED if NUMBER.fullmatch(number) and any(c.isdigit() for c in number) else Refused("invalid")


def portrait_may_be(has_portrait: bool, has_consented: bool) -> Verdict:
    """A photo of a person only with that person's consent."""
    return Refused("badge_photo_consent") if has_portrait and not has_consented else ALLOWED
