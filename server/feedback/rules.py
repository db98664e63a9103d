"""Pure decisions about feedback: where it goes, who may handle it, what may follow what, what a form may hold.

That anybody may complain, that it is accepted promptly, and that an unfounded complaint is clarified is Art. 14; steps,
days and forms of a clarification are our design and the county's documents.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server.findings.rules import TOWN, tier_above
from server.kernel.outcome import ALLOWED, Refused, Verdict
from server.people.rules import FIELD_ROLES, Holder

SUGGESTION, COMPLAINT, REPORT = "suggestion", "complaint", "report"
KINDS = (SUGGESTION, COMPLAINT, REPORT)
WEB, TELEPHONE, COUNTER, STAFF = "web", "telephone", "counter", "staff"
CHANNELS = (WEB, TELEPHONE, COUNTER, STAFF)
WORK, OTHER = "work", "other"
ROLES = (
    "grid_leader", "full_time_worker", "part_time_worker", "micro_grid_leader", "grid_adviser", "village_committee",
    "town_government", "department", "county_authority",
)  # fmt: skip
ABOUT = (WORK, *ROLES, OTHER)

RECEIVED, ACCEPTED, CLARIFYING, CLOSED = "received", "accepted", "clarifying", "closed"
STATES = (RECEIVED, ACCEPTED, CLARIFYING, CLOSED)
UPHELD, PARTLY, UNFOUNDED, ANSWERED, ELSEWHERE = "upheld", "partly", "unfounded", "answered", "elsewhere"
OUTCOMES = (UPHELD, PARTLY, UNFOUNDED, ANSWERED, ELSEWHERE)
TO_CLARIFY = frozenset({PARTLY, UNFOUNDED})
FORMS = ("meeting", "notice", "letter", "talk")
SILENCE = "silence"

RECEIPT_DIGITS, SECRET_DIGITS = 6, 12
LEAST_SECONDS, LONGEST_HOURS = 3, 48  # of a form between being shown and being sent


def least_tier(about: str) -> str:
    """The lowest tier that may handle it, before anybody is named. Of somebody unknown the town's people are not ruled out."""
    return TOWN if about == WORK else tier_above([about] if about in ROLES else ["town_government"])


@dataclass(frozen=True)
class Facts:
    """What rules need of one piece of feedback. ``named``: the persons it is about, as far as they are known; ``told``:
    what was said, in which a name may stand that nobody has taken up yet."""

    about: str
    grid_id: UUID | None
    named: frozenset[UUID]
    state: str
    handler_id: UUID | None
    told: str = ""


def may_be_meant(holder: Holder, facts: Facts, name: str = "") -> bool:
    """Whether this person, of that name, is, or as long as nobody is named could be, the one it is about. Such a person
    never sees it."""
    if holder.person_id in facts.named:
        return True
    if facts.named or facts.about == WORK:
        return False
    if name and name in facts.told:
        return True
    fits = FIELD_ROLES if facts.about == OTHER else {facts.about}
    posts = [post for post in holder.posts if post.role in fits]
    return any(facts.grid_id in (None, post.grid_id) or post.grid_id is None for post in posts)


def may_read(holder: Holder, facts: Facts) -> bool:
    """The words: whoever of the unit may take it on, until there is a handler; from then on the handler alone."""
    return facts.handler_id in (None, holder.person_id)


def needs_handler(facts: Facts, candidates: Collection[UUID]) -> bool:
    """Nobody has it, or whoever had it works here no longer."""
    return facts.state == RECEIVED or (facts.state != CLOSED and facts.handler_id not in candidates)


def may_accept(facts: Facts, candidates: Collection[UUID], handler_id: UUID) -> Verdict:
    """By naming somebody of the unit who is not meant; again once the handler is no longer one of them.

    ``step_done``, ``handler_not_here``.
    """
    if not needs_handler(facts, candidates):
        return Refused("step_done")
    return ALLOWED if handler_id in candidates else Refused("handler_not_here")


def may_settle(facts: Facts, kind: str, outcome: str, handler_id: UUID, answer: str) -> Verdict:
    """The handler alone, once accepted; a suggestion is answered, anything else is found upheld, partly so or unfounded.

    ``not_allowed``, ``step_done``, ``outcome_unfit``, ``invalid`` (no answer in words).
    """
    if facts.handler_id != handler_id:
        return Refused("not_allowed")
    if facts.state != ACCEPTED:
        return Refused("step_done")
    fits = outcome == ELSEWHERE or (outcome == ANSWERED) == (kind == SUGGESTION)
    if outcome not in OUTCOMES or not fits:
        return Refused("outcome_unfit")
    return ALLOWED if answer else Refused("invalid", {"fields": ["answer"]})


def may_clarify(
    *,
    is_made: bool,
    is_anybody: bool,
    was_heard: bool,
    wants_silence: bool,
    hear_by: date,
    today: date,
    form: str,
    circle: str,
    words: str,
) -> Verdict:
    """After the person spoke or let the day pass; with a form, a circle and words, unless they want silence.

    ``step_done``, ``not_heard_yet``, ``silence_wanted`` (it would be made known against their will), ``invalid``.
    """
    if is_made:
        return Refused("step_done")
    if is_anybody and not was_heard and today <= hear_by:
        return Refused("not_heard_yet")
    if wants_silence:
        return ALLOWED if form == SILENCE else Refused("silence_wanted")
    if form not in FORMS:
        return Refused("invalid", {"fields": ["form"]})
    missing = [name for name, text in (("circle", circle), ("words", words)) if not text]
    return Refused("invalid", {"fields": missing}) if missing else ALLOWED
