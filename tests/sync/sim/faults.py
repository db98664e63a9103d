"""Planted faults: each takes one safeguard out of the shipped code, for a test only, to show that the oracle sees it.

Faults of the client are replacements in its source text before the bundles are built; those of the server replace one of
its functions. Where two guards stand behind each other (another person's queue), both must go before harm can be done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from sqlalchemy.orm import object_session

from server.kernel.merge import Merged
from server.kernel.outcome import ALLOWED
from server.people.guard import signed_in
from server.platform import streams
from server.sync import api, applying
from tests.sync.sim.bundles import Replacement


@dataclass(frozen=True)
class Fault:
    """``rules``: by which of them the oracle may notice it. ``server``: functions replaced, by ``module.name``."""

    name: str
    rules: frozenset[str]
    client: tuple[Replacement, ...] = ()
    server: Mapping[str, Any] = field(default_factory=dict)

    @contextmanager
    def in_server(self) -> Iterator[None]:
        if not self.server:
            yield
            return
        (place, function), *rest = self.server.items()
        with patch(place, function), Fault(self.name, self.rules, (), dict(rest)).in_server():
            yield


_put = streams.put


def _forgetful_put(session: Any, stream: str, kind: str, object_id: Any) -> None:
    """Forgets a word about every fifth record."""
    if kind == "record" and object_id.int % 5 == 0:
        return
    _put(session, stream, kind, object_id)


def _applied_again(kept: Any, sent: Any, sender: Any) -> Any:
    """What came before is done once more, as if the log knew nothing of it."""
    session = object_session(kept)
    assert session is not None
    session.delete(kept)
    session.flush()
    return applying.settle(session, sender, sent, None).answer


_told = api._told


def _told_by_whoever() -> Any:
    return {**_told(), "person": signed_in().person_id}


LOST_RECEIPT = Fault(
    "a push without an answer counts as delivered",
    frozenset({"saved_is_lost", "acknowledged_is_lost", "outcome_differs"}),
    client=(
        Replacement(
            "sync/push.ts",
            "if (answer.kind === 'stop') return 'stop';\n    if (answer.kind === 'ok' && isPushAnswer",
            "if (answer.kind === 'stop') return 'stop';\n    if (answer.kind === 'none') {\n"
            "      const done = batch.mutations.map(({ lane, seq, id }) => ({ lane, seq, id, outcome: 'applied' as const }));\n"
            "      await recordResults(this.outbox, done);\n      return 'sent';\n    }\n"
            "    if (answer.kind === 'ok' && isPushAnswer",
        ),
    ),
)
SKIPPED_ENTRY = Fault(
    "the server forgets a word in a stream",
    frozenset({"row_not_in_feed", "row_differs", "row_missing"}),
    server={"server.platform.streams.put": _forgetful_put},
)
DOUBLE_APPLY = Fault(
    "the server does a repeated mutation again",
    frozenset({"applied_once", "outcome_differs"}),
    server={"server.sync.commands._repeated": _applied_again},
)
ANOTHERS_QUEUE = Fault(
    "a queue is pushed in the session of whoever is signed in",
    frozenset({"anothers_queue", "server_error"}),  # or a table does: one row a device of what it announced
    client=(
        Replacement("sync/session.ts", "return owner === this.person ? 'mine' : 'not_mine';", "return 'mine';"),
        Replacement(
            "sync/session.ts",
            "    if (owner !== this.person) return 'not_mine';",
            "    if (owner !== this.person) {\n"
            "      this.store.session = { ...this.store.session, csrf_token: answer.body.csrf_token };\n"
            "      return 'mine';\n    }",
        ),
    ),
    server={
        "server.people.guard._refuse_another_person": lambda *_: None,
        "server.sync.api._told": _told_by_whoever,
        "server.sync.commands._check_device": lambda *_: None,
    },
)
HOLE_AFTER_UNDO = Fault(
    "an undo uses up a number",
    frozenset({"hole_in_seq"}),
    client=(
        Replacement(
            "store/acts.ts",
            "    const meta = await metaOf(tx, outbox);\n    tx.delete('holds', id);\n    tx.delete('own', id);",
            "    const meta = await metaOf(tx, outbox);\n    meta.normal += 1;\n    tx.delete('holds', id);\n    tx.delete('own', id);",
        ),
    ),
)
REVOKED_STAYS = Fault(
    "rows of a stream that left the scope are kept",
    frozenset({"rows_outside_scope"}),
    client=(
        Replacement(
            "store/mirror_change.ts",
            "      if (!gone.has(page.stream) && !gone.has(page.page)) continue;\n      this.kinds",
            "      continue;\n      this.kinds",
        ),
    ),
)
PHOTO_NOT_SENT = Fault(
    "a photo counts as held before it was sent",
    frozenset({"photo_is_lost"}),
    client=(
        Replacement(
            "sync/uploads.ts",
            "    while (fruitless < MAX_FRUITLESS) {",
            "    if (photo.bytes.length % 2) return photoHeld(this.outbox, sha).then(() => 'sent' as const);\n    while (fruitless < MAX_FRUITLESS) {",
        ),
    ),
)
DECISION_MERGES = Fault(
    "a decision counts whatever version was seen",
    frozenset({"decision_merged"}),
    server={"server.approvals.rules._as_seen": lambda *_: ALLOWED},
)
LAST_WINS = Fault(
    "the last edit of a field wins",
    frozenset({"edit_overwritten"}),
    server={"server.records.commands.merge": lambda _base, _present, wanted: Merged(dict(wanted), ())},
)
CONFLICT_IS_HUSHED = Fault(
    "a phone takes a conflict for done",
    frozenset({"disappeared", "replicas_differ"}),
    client=(
        Replacement(
            "store/outcomes.ts",
            "row.state = result.outcome === 'held' ? 'deferred' : result.outcome;",
            "row.state = result.outcome === 'held' ? 'deferred' : result.outcome === 'conflict' ? 'applied' : result.outcome;",
        ),
    ),
)
ALL = (LOST_RECEIPT, SKIPPED_ENTRY, DOUBLE_APPLY, ANOTHERS_QUEUE, HOLE_AFTER_UNDO, REVOKED_STAYS, PHOTO_NOT_SENT)
