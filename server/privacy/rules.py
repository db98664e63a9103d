"""Pure decisions about correction requests: what they may be about, and how they may be answered."""

from __future__ import annotations

from server.kernel.outcome import ALLOWED, Refused, Verdict

ABOUT = ("record", "fixes", "post", "phone")  # own record, own fixes, own post, own telephone number
ANSWERS = ("explained", "corrected", "refused")


def may_answer(answer_so_far: str | None, words: str) -> Verdict:
    """Once, and never without words: whoever is refused learns why (Art. 45). ``correction_answered``, ``invalid``."""
    if answer_so_far is not None:
        return Refused("correction_answered")
    return ALLOWED if words.strip() else Refused("invalid", {"fields": ["words"]})
