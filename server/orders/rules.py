"""Pure decisions about orders outside the list: who may rule, and once. Grounds and rulings are those of a refusal."""

from __future__ import annotations

from server.kernel.outcome import ALLOWED, Refused, Verdict

MOST_PHOTOS = 3


def may_rule(*, ruling: str | None, is_own: bool, names_own_unit: bool, words: str) -> Verdict:
    """Never the person's own, never where the own unit gave the order (``own_record``); once; and with words."""
    if is_own or names_own_unit:
        return Refused("own_record")
    if ruling is not None:
        return Refused("already_decided")
    return ALLOWED if words else Refused("invalid", {"fields": ["words"]})
