"""The signed time stamp of a form that anybody may send: when it was shown, and the id of what it will become.

Two uses. A program that posts without having been shown the form has no stamp, and one that answers within moments is asked
once more. And the id makes a form that arrives twice (a double tap, a link that broke before the answer) one piece of
feedback. It names nobody: nothing of the browser or its address is in it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from uuid import UUID

from server.feedback.rules import LEAST_SECONDS, LONGEST_HOURS
from server.kernel import clock, ids
from server.kernel.problems import Problem
from server.platform.keys import b64, keyring

PURPOSE = "feedback.stamp"


@dataclass(frozen=True)
class Stamp:
    """``text`` goes into the form; ``is_fresh``: not too young, not too old, ours."""

    text: str
    id: UUID
    is_fresh: bool


def new_stamp() -> str:
    """For a form that is shown now."""
    return _sign(clock.now(), ids.new_id())


def read_stamp(text: str) -> Stamp | None:
    """The stamp of a form that came back, or None when it is not one of ours."""
    at, _, rest = text.partition(".")
    name, _, _tag = rest.partition(".")
    found = ids.parse_id(name)
    if found is None or not at.isascii() or not at.isdigit() or len(at) > 15:
        return None
    if not hmac.compare_digest(_sign(int(at), found).encode(), text.encode("utf-8", "replace")):
        return None
    age = clock.now() - int(at)
    return Stamp(text, found, LEAST_SECONDS * 1000 <= age <= LONGEST_HOURS * 3_600_000)


def id_of(text: str) -> UUID:
    """What a form of somebody signed in becomes; its age is nobody's business. Problem ``form_again`` for no stamp of ours:
    or whoever knows the id of a piece of feedback could ask for its receipt."""
    found = read_stamp(text)
    if found is None:
        raise Problem("form_again")
    return found.id


def _sign(at: int, name: UUID) -> str:
    return f"{at}.{name}.{b64(keyring().blind(f'{at}.{name}', PURPOSE)[:20])}"
