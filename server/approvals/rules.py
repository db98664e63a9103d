"""Pure decisions of the review: may this decision be taken on the record as it stands now?

A decision never merges: it names the version that the person saw.
"""

from __future__ import annotations

from server.kernel.outcome import ALLOWED, Refused, Verdict

RETURN_REASONS = ("unclear", "wrong_place", "wrong_matter", "photo_unclear", "other")
_DECIDED = frozenset({"approved", "returned", "lapsed", "disputed"})


def may_decide(status: str, version: int, version_seen: int | None) -> Verdict:
    """Approve or return. ``already_decided`` when somebody was first, ``stale`` when the record has changed."""
    if status != "waiting":
        return Refused("already_decided" if status in _DECIDED else "not_waiting")
    return _as_seen(version, version_seen)


def may_dispute(status: str, version: int, version_seen: int | None) -> Verdict:
    if status != "returned":
        return Refused("already_decided" if status in _DECIDED or status == "waiting" else "not_returned")
    return _as_seen(version, version_seen)


def may_rule(status: str, version: int, version_seen: int | None) -> Verdict:
    if status != "disputed":
        return Refused("already_decided" if status in _DECIDED else "not_disputed")
    return _as_seen(version, version_seen)


def _as_seen(version: int, version_seen: int | None) -> Verdict:
    return ALLOWED if version == version_seen else Refused("stale")
