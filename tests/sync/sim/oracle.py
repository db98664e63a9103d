"""The oracle: what must hold at a quiet point, when everybody is online and nothing is under way.

It compares three things that know nothing of each other: the ledger (what people were told), the server's tables, and the
rows that each phone holds on its disk.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.households.models import Household, Place
from server.kernel import clock, stream_keys
from server.people import commands as people
from server.people.models import ScopeSnapshot
from server.people.queries import holder_of
from server.photos.queries import held_photos
from server.platform.streams import Stream, StreamEntry
from server.records.models import Record, RecordStep
from server.sync import queries
from server.sync.feeds import FEEDS
from server.sync.models import LostRange, MutationLog
from server.sync.rules import Cursor, stream_hash
from tests.sync.sim.ledger import Ledger

Rows = dict[str, dict[str, dict[str, Any]]]  # kind → id → row
Mirror = dict[str, Rows]  # stream → …


class Violation(AssertionError):
    """The road broke a promise. ``rule`` names it, for shrinking."""

    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(f"{rule}: {detail}")
        self.rule = rule


@dataclass
class Came:
    """What the server's log says of one mutation."""

    person: str
    outcome: str
    code: str | None
    name: str
    lane: str
    seq: int
    hash: str
    object_kind: str | None
    object_id: str | None


@dataclass
class Truth:
    """The server at one moment."""

    log: dict[str, Came]
    counters: dict[str, int]
    streams: Mirror = field(default_factory=dict)

    @staticmethod
    def read(session: Session) -> Truth:
        log = {
            str(m.id): Came(
                str(m.person_id), m.outcome, m.problem_code, m.name, m.lane, m.seq, m.hash, m.object_kind,
                str(m.object_id) if m.object_id else None,
            )
            for m in session.execute(
                sa.select(
                    MutationLog.id, MutationLog.person_id, MutationLog.outcome, MutationLog.problem_code, MutationLog.name,
                    MutationLog.lane, MutationLog.seq, MutationLog.hash, MutationLog.object_kind, MutationLog.object_id,
                )
            )
        }  # fmt: skip
        counters = {row.key: row.version for row in session.execute(sa.select(Stream.key, Stream.version))}
        return Truth(log, counters)

    def rows_of(self, session: Session, stream: str) -> Rows:
        """All live rows of one stream, as a pull would give them."""
        if stream not in self.streams:
            ids: dict[str, list[UUID]] = defaultdict(list)
            entries = sa.select(StreamEntry.kind, StreamEntry.object_id)
            for kind, object_id in session.execute(
                entries.where(StreamEntry.stream == stream, StreamEntry.op == "put")
            ):
                ids[kind].append(object_id)
            found = {kind: FEEDS[kind](session, some) for kind, some in ids.items()}
            self.streams[stream] = {
                kind: {str(i): orjson.loads(orjson.dumps(row)) for i, row in rows.items()}
                for kind, rows in found.items()
                if rows
            }
        return self.streams[stream]


# -- the server by itself ----------------------------------------------------------------------------------------------


def check_server(session: Session, truth: Truth, households_before: Mapping[str, int]) -> None:
    """Feeds without holes, every row in its one stream, every applied mutation in effect exactly once."""
    for mutation_id, came in truth.log.items():
        if came.code == "internal":
            raise Violation("server_error", f"{came.name} {mutation_id} was refused with: internal")
    _feeds_have_no_hole(session, truth)
    _rows_stand_in_their_stream(session)
    _applied_exactly_once(session, truth, households_before)


def _feeds_have_no_hole(session: Session, truth: Truth) -> None:
    numbers: dict[str, list[int]] = defaultdict(list)
    for stream, version in session.execute(sa.select(StreamEntry.stream, StreamEntry.version)):
        numbers[stream].append(version)
    for stream, versions in numbers.items():
        if len(set(versions)) != len(versions) or max(versions) > truth.counters.get(stream, 0):
            raise Violation(
                "feed_numbers", f"{stream} counts to {truth.counters.get(stream)} but holds {sorted(versions)[-5:]}"
            )


def _rows_stand_in_their_stream(session: Session) -> None:
    """A row that is live and not in its feed can be seen by nobody."""
    put = {
        (kind, object_id): stream
        for stream, kind, object_id in session.execute(
            sa.select(StreamEntry.stream, StreamEntry.kind, StreamEntry.object_id).where(
                StreamEntry.op == "put", StreamEntry.kind.in_(("record", "household", "place"))
            )
        )
    }
    wanted: dict[tuple[str, UUID], str] = {}
    for i, stream in session.execute(sa.select(Record.id, Record.stream).where(Record.archived_at.is_(None))):
        wanted["record", i] = stream
    for i, micro in session.execute(sa.select(Household.id, Household.micro_grid_id)):
        if FEEDS["household"](session, [i]):
            wanted["household", i] = stream_keys.micro(micro)
    for i, grid in session.execute(sa.select(Place.id, Place.grid_id)):
        if FEEDS["place"](session, [i]):
            wanted["place", i] = stream_keys.grid(grid)
    for (kind, i), stream in wanted.items():
        if put.get((kind, i)) != stream:
            raise Violation("row_not_in_feed", f"{kind} {i} belongs into {stream}, is in {put.get((kind, i))}")


def _applied_exactly_once(session: Session, truth: Truth, households_before: Mapping[str, int]) -> None:
    applied = Counter(
        (came.object_kind, came.object_id)
        for came in truth.log.values()
        if came.outcome == "applied" and came.object_id
    )
    by_people = sa.select(RecordStep.record_id, RecordStep.step).where(RecordStep.by_person.is_not(None))
    taken = [(str(i), step) for i, step in session.execute(by_people)]
    steps = Counter(i for i, _ in taken)
    comments = Counter(i for i, step in taken if step == "commented")  # these alone leave the version as it is
    for i, version in session.execute(sa.select(Record.id, Record.version)):
        told, done = applied["record", str(i)], steps[str(i)]
        if told != done or version < done - comments[str(i)]:
            raise Violation(
                "applied_once", f"record {i}: {told} mutations applied, {done} steps in its history, version {version}"
            )
    for kind, table in (("household", Household), ("place", Place)):
        for i, version in session.execute(sa.select(table.id, table.version)):
            told = applied[kind, str(i)] + households_before.get(str(i), 0)
            if version != told:
                raise Violation("applied_once", f"{kind} {i}: {told} mutations applied, version {version}")
    there = {("record", str(i)) for i in session.scalars(sa.select(Record.id))}
    for mutation_id, came in truth.log.items():
        if came.outcome == "applied" and came.object_kind == "record" and ("record", came.object_id) not in there:
            raise Violation("applied_once", f"{came.name} {mutation_id} was applied, its record is not there")


# -- the ledger --------------------------------------------------------------------------------------------------------


def check_ledger(session: Session, truth: Truth, ledger: Ledger) -> None:
    """Everything saved is on the server exactly once, under its author's name, with its photos."""
    named = {sha for e in ledger.entries.values() for sha in e.photos}
    held = held_photos(session, named) if named else set()
    for entry in ledger.entries.values():
        came = truth.log.get(entry.id)
        if came is None:
            if not entry.undone and not entry.excused:
                raise Violation("saved_is_lost", f"{entry.name} {entry.id} of {entry.disk} is not on the server")
            continue
        if entry.undone and not entry.copied:
            raise Violation("undone_was_sent", f"{entry.name} {entry.id}")
        if came.person != entry.person:
            raise Violation("anothers_queue", f"{entry.name} {entry.id} of {entry.person} came as {came.person}'s")
        missing = [sha for sha in entry.photos if sha not in held]
        if missing and came.outcome == "applied" and came.name != "void" and not entry.photos_excused:
            raise Violation("photo_is_lost", f"{entry.name} {entry.id} of {entry.disk}: {missing}")


def check_no_unexplained_loss(session: Session, was_restored: bool) -> None:
    """A phone tells of lost numbers only where a restored server asks for what it could drop."""
    lost = session.execute(sa.select(LostRange.device_id, LostRange.lane, LostRange.first, LostRange.last)).all()
    if lost and not was_restored:
        raise Violation("hole_in_seq", f"a phone declared as lost: {[(str(d), *rest) for d, *rest in lost]}")


# -- the phones --------------------------------------------------------------------------------------------------------


def check_phone(session: Session, truth: Truth, ledger: Ledger, name: str, disk: str, look: Mapping[str, Any]) -> None:
    """One open person's database: nothing waits, outcomes as the server has them, rows exactly those of the scope."""
    who = f"{name} ({look['person'][-4:]})"
    if not look["memory_is_disk"]:
        raise Violation("memory_is_not_disk", who)
    if look["bad_receipts"]:
        raise Violation("bad_receipt", f"{who}: {look['bad_receipts']}")
    _outbox_is_settled(truth, who, look)
    _conflicts_show_what_is_here(who, look)
    _refusals_are_visible(truth, ledger, disk, who, look)
    scope = people.current_scope(session, UUID(look["person"]), clock.now())
    if look["restricted"] or not holder_of(session, UUID(look["person"]), clock.today()).is_in_post:
        if look["mirror"]:
            raise Violation(
                "rows_outside_scope", f"{who} may see nothing and holds {[p['stream'] for p in look['mirror']]}"
            )
        return
    _mirror_is_the_scope(session, truth, scope, who, look)
    _counters_are_the_servers(truth, scope, who, look)


def check_conflicts(session: Session, results: Sequence[Mapping[str, Any]]) -> None:
    """The row that an answer shows beside a conflict lies in a stream that the person may see at this moment."""
    for result in (r for r in results if "server" in r):
        person = session.get_one(MutationLog, UUID(result["id"])).person_id
        scope = people.current_scope(session, person, clock.now())
        entry = sa.select(StreamEntry.stream).where(
            StreamEntry.object_id == UUID(result["server"]["id"]), StreamEntry.op != "moved"
        )
        if not set(session.scalars(entry)) & set(scope.streams):
            raise Violation("rows_outside_scope", f"a conflict showed {result['server']['id']} to {person}")


def _conflicts_show_what_is_here(who: str, look: Mapping[str, Any]) -> None:
    """What a phone keeps of the other side of a conflict is a row that it may hold."""
    held = {row["id"] for page in look["mirror"] for row in page["rows"]}
    outside = {head["server"] for head in look["heads"] if head.get("server")} - held
    if outside:
        raise Violation("rows_outside_scope", f"{who} keeps of conflicts {sorted(outside)}")


def _outbox_is_settled(truth: Truth, who: str, look: Mapping[str, Any]) -> None:
    if look["holds"]:
        raise Violation("hold_forgotten", f"{who}: {look['holds']}")
    for head in look["heads"]:
        came = truth.log.get(head["id"])
        if came is None:
            raise Violation(
                "acknowledged_is_lost", f"{who}: {head['id']} is {head['state']} on the phone, not on the server"
            )
        if head.get("voided"):
            continue
        if came.outcome == "held":
            continue
        if came.name == "void" and head.get("code") == "id_reuse":
            continue  # a cloned phone keeps an act that was let go on the other one, and says that it was refused
        if head["state"] != came.outcome:
            raise Violation(
                "outcome_differs",
                f"{who}: {head['id']} {came.name} is {head['state']} on the phone, {came.outcome} on the server",
            )
        if head.get("receipt") and head["receipt"]["hash"] != came.hash:
            raise Violation("bad_receipt", f"{who}: {head['id']} over other bytes")


def _refusals_are_visible(truth: Truth, ledger: Ledger, disk: str, who: str, look: Mapping[str, Any]) -> None:
    heads = {head["id"]: head for head in look["heads"]}
    for entry in ledger.of_disk(disk):
        came = truth.log.get(entry.id)
        if came is None or came.outcome in ("applied", "held") or entry.let_go or entry.undone:
            continue
        if entry.id not in heads or heads[entry.id].get("closed"):
            raise Violation("refusal_is_hidden", f"{who}: {entry.name} {entry.id} was {came.outcome} and is not shown")


def _mirror_is_the_scope(
    session: Session, truth: Truth, scope: ScopeSnapshot, who: str, look: Mapping[str, Any]
) -> None:
    have: Mirror = defaultdict(lambda: defaultdict(dict))
    for page in look["mirror"]:
        for row in page["rows"]:
            if row["id"] in have[page["stream"]][page["kind"]]:
                raise Violation("row_doubled", f"{who}: {page['kind']} {row['id']} twice in {page['stream']}")
            have[page["stream"]][page["kind"]][row["id"]] = row
    outside = set(have) - set(scope.streams)
    if outside:
        raise Violation("rows_outside_scope", f"{who} holds rows of {sorted(outside)}")
    for stream in scope.streams:
        compare(truth.rows_of(session, stream), have.get(stream, {}), f"{who} {stream}")


def compare(want: Mapping[str, Any], have: Mapping[str, Any], where: str) -> None:
    """The same rows, or a violation that names the first difference."""
    for kind in {*want, *have}:
        wanted, found = want.get(kind, {}), have.get(kind, {})
        for i in {*wanted, *found}:
            if i not in found:
                raise Violation("row_missing", f"{where}: {kind} {i} is not on the phone")
            if i not in wanted:
                raise Violation("row_too_many", f"{where}: {kind} {i} is on the phone alone")
            if wanted[i] != found[i]:
                names = sorted(n for n in {*wanted[i], *found[i]} if wanted[i].get(n) != found[i].get(n))
                raise Violation(
                    "row_differs",
                    f"{where}: {kind} {i} differs in {names}: {_brief(wanted[i], names)} / {_brief(found[i], names)}",
                )


def _brief(row: Mapping[str, Any], names: list[str]) -> str:
    return str({n: row.get(n) for n in names})[:300]


def _counters_are_the_servers(truth: Truth, scope: ScopeSnapshot, who: str, look: Mapping[str, Any]) -> None:
    cursor = Cursor.decode(look["sync"]["cursor"] or "")
    if cursor is None:
        raise Violation("counters_differ", f"{who} has no cursor")
    for stream in scope.streams:
        want, have = truth.counters.get(stream, 0), cursor.read.get(stream_hash(stream), 0)
        kept = look["sync"]["counters"].get(stream, 0)
        if want != have or kept not in (0, want):
            raise Violation("counters_differ", f"{who} {stream}: server {want}, cursor {have}, phone {kept}")


def check_fresh_phone(session: Session, truth: Truth, person: UUID) -> None:
    """What a new phone of this person would be given is what the tables say."""
    scope = people.current_scope(session, person, clock.now())
    have: Mirror = defaultdict(lambda: defaultdict(dict))
    cursor: str | None = None
    for _ in range(1_000):
        body = queries.changes(session, scope, cursor, 65_536)
        if body is None:
            break
        told = orjson.loads(body)
        cursor = told["cursor"]
        for part in told["streams"]:
            for kind, rows in part["put"].items():
                have[part["stream"]][kind].update({row["id"]: row for row in rows})
        if not told["more"]:
            break
    for stream in scope.streams:
        compare(truth.rows_of(session, stream), have.get(stream, {}), f"a fresh phone {stream}")


def versions(session: Session) -> dict[str, int]:
    """Versions of the rows that stood there before anybody acted."""
    return {str(i): v for table in (Household, Place) for i, v in session.execute(sa.select(table.id, table.version))}
