"""Scripts of conflict: two or three devices edit and decide one record without a network, then come home in any order.

``python -m tests.sync.sim.scripts --scripts 10000 --seed S --processes P``. The phones are the shipped bundles, the server
the real app. What must hold is told here a second time, from the contract's words alone (*Conflicts*) and not by the app's
code: no edit and no decision disappears silently, a decision never merges, and in the end all hold the same.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.sync.feeds import FEEDS
from server.sync.models import MutationLog
from tests.once import compile_once
from tests.sync.sim.oracle import Violation
from tests.sync.sim.run import Laboratory, laboratory
from tests.sync.sim.world import Simulated

HANDS: Mapping[str, tuple[str, ...]] = {
    "anna": ("correct", "correct", "correct", "relook", "dispute"),
    "also": ("correct", "correct", "correct", "relook", "dispute"),
    "chen": ("approve", "approve", "send_back", "relook"),
    "tablet": ("approve", "send_back", "send_back"),
    "fang": ("rule", "rule", "relook"),
}
KINDS = ("hazard", "hazard", "publicity")
FIELDS = ("note", "severity", "people")  # those of a record that the hands correct, photos apart
EACH_WORLD = 40
CHECK_ALL_EVERY = 10
SEEDS_APART = 1_000_000
AFTER = {"approvals.approve": "approved", "approvals.return": "returned", "approvals.dispute": "disputed"}
MAY = {
    "approvals.approve": {"waiting"},
    "approvals.return": {"waiting"},
    "approvals.dispute": {"returned"},
    "approvals.rule": {"disputed"},
}


class Apart(Simulated):
    """A world whose phones are out of reach by name: whatever they send fails."""

    PEOPLE = (
        ("anna", ("worker",)),
        ("also", ("worker",)),  # the same worker's second device
        ("chen", ("leader",)),
        ("tablet", ("leader",)),
        ("fang", ("adviser",)),
    )
    away: frozenset[str] = frozenset()

    def _pump(self) -> None:
        while lost := [request for request in self.pending if request.phone in self.away]:
            for request in lost:
                self.pending.remove(request)
                self._fail(request)
        super()._pump()

    def act(self, name: str, what: str, luck: Random, on: str | None = None) -> Mapping[str, Any]:
        command = {
            "op": "act",
            "p": name,
            "tab": 0,
            "what": what,
            "x": luck.getrandbits(48),
            **({"on": on} if on else {}),
        }
        [result] = self._tell(command)
        return result or {}

    def pass_time(self, ms: int) -> None:
        until = self.now + ms
        while self.now < until:
            self._tell({"op": "advance", "to": until})
            while self.pending:
                self._pump()

    def come_home(self, names: list[str]) -> None:
        self.away -= set(names)
        self._tell(*({"op": "wake", "p": name, "why": "online"} for name in names))
        for name in names:
            self._rest(self.phones[name])

    def send_all(self) -> None:
        """A phone that was in nobody's sample may still hold back an act that can be undone; only then can all read it."""
        for phone in self.phones.values():
            [status] = self._tell({"op": "status", "p": phone.name})
            if status["waiting"]:
                self._read(phone)

    def shown(self, name: str, record: str) -> Mapping[str, Any]:
        [found] = self._tell({"op": "shown", "p": name, "id": record})
        return dict(found)


@dataclass
class Tally:
    scripts: int = 0
    acts: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    orders: set[tuple[str, ...]] = field(default_factory=set)

    def __str__(self) -> str:
        return f"{self.scripts} scripts, {self.acts} acts, {dict(sorted(self.outcomes.items()))}, {len(self.orders)} orders"


def play(world: Apart, luck: Random, tally: Tally) -> None:
    """One script, from a new record to everybody's agreement about it."""
    record = world.act(luck.choice(("anna", "also")), luck.choice(KINDS), luck)["object"]
    for step in luck.choices(((), (("chen", "send_back"),), (("chen", "send_back"), ("anna", "dispute"))), (6, 3, 2))[
        0
    ]:
        world._read(world.phones[step[0]])
        world.act(*step, luck, record)
        world.pass_time(6_000)
    for _ in range(luck.choice((1, 1, 2))):
        devices = luck.sample(list(HANDS), luck.choice((2, 3)))
        for name in devices:
            world._read(world.phones[name])
        world.away = frozenset(devices)
        for name in luck.sample(devices * 3, luck.randint(2, 6)):
            result = world.act(name, luck.choice(HANDS[name]), luck, record)
            tally.acts += bool(result.get("saved"))
            world.pass_time(luck.choice((50, 2_000, 8_000)))
        luck.shuffle(devices)
        tally.orders.add(tuple(devices))
        together = luck.random() < 0.3
        for group in [devices] if together else [[name] for name in devices]:
            world.come_home(group)
    world.send_all()
    looks = world._everybody_reads()
    with world.service.reading() as session:
        _check(session, world, record, tally)
    tally.scripts += 1
    if tally.scripts % CHECK_ALL_EVERY == 0:
        world._check(looks, luck)
    for name in HANDS:  # whoever has an open line lets it go, so that the next script finds clear desks
        while world.act(name, "mend", luck).get("dismissed"):
            pass


# -- what must hold ----------------------------------------------------------------------------------------------------


@dataclass
class Past:
    """The record as it stood at each version, told from the mutations alone."""

    fields: list[dict[str, Any]]
    status: list[str]

    @property
    def version(self) -> int:
        return len(self.fields) - 1


def _check(session: Session, world: Apart, record: str, tally: Tally) -> None:
    saved = {UUID(entry.id): entry.disk for entry in world.ledger.entries.values() if entry.object_id == record}
    ids = list(saved)
    came = {row.id: row for row in session.scalars(sa.select(MutationLog).where(MutationLog.id.in_(ids)))}
    lost = [str(i) for i in ids if i not in came]
    if lost:
        raise Violation("saved_is_lost", f"{record}: {lost}")
    tally.outcomes.update(row.outcome for row in came.values())
    if all(row.outcome != "applied" for row in came.values()):
        _check_refused(world, came.values(), record)
        return
    applied = sorted((r for r in came.values() if r.outcome == "applied"), key=lambda r: r.answer["version"])
    past = _told_again(applied)
    for row in came.values():
        if row.outcome == "conflict":
            _check_conflict(row, past)
        elif row.outcome == "deferred" and any(r.outcome == "conflict" for r in came.values()):
            pass  # it hangs on an act that was not taken, and waits on its phone
        elif row.outcome != "applied":
            raise Violation("unexpected_refusal", f"{row.name} {row.id}: {row.outcome} {row.problem_code}")
    truth = orjson.loads(orjson.dumps(FEEDS["record"](session, [UUID(record)])[UUID(record)]))
    _is(truth["version"], past.version, f"{record}: version")
    _is(truth["review"]["status"], past.status[-1], f"{record}: review")
    for name, value in past.fields[-1].items():
        _is(truth["body"].get(name), value, f"{record}: {name}")
    for name in HANDS:
        own = [came[i] for i, disk in saved.items() if disk.startswith(f"{name}.")]
        _check_screen(world.shown(name, record), truth, own, name)


def _check_refused(world: Apart, came: Collection[MutationLog], record: str) -> None:
    """A report of publicity that reached nobody makes no record; its phone keeps it, and whatever hangs on it, in a line."""
    for row in came:
        if row.outcome != "deferred" and row.problem_code != "nobody_reached":
            raise Violation("unexpected_refusal", f"{row.name} {row.id}: {row.outcome} {row.problem_code}")
    lines = {line["mutation_id"]: line["state"] for name in HANDS for line in world.shown(name, record)["lines"]}
    _is(lines, {str(row.id): row.outcome for row in came}, f"{record}: lines of what was not taken")


def _told_again(applied: list[MutationLog]) -> Past:
    first = _payload(applied[0])
    past = Past([{}, {k: v for k, v in first.items() if k in FIELDS}], ["", "waiting"])
    for row in applied[1:]:
        if row.answer["version"] != past.version + 1:
            raise Violation("applied_once", f"{row.name} {row.id} made {row.answer['version']} of {past.version}")
        past.fields.append(dict(past.fields[-1]))
        past.status.append(past.status[-1])
        if row.name == "records.correct":
            base, now = past.fields[row.base_version or 0], past.fields[-2]
            for name, mine in _changes(row).items():
                if _differ(base.get(name), now.get(name), mine):
                    raise Violation(
                        "edit_overwritten", f"{row.id} {name}: {now.get(name)!r} gave way to {mine!r} unseen"
                    )
                past.fields[-1][name] = mine if now.get(name) in (base.get(name), mine) else now.get(name)
            past.status[-1] = "waiting"
        elif row.name in MAY:
            if row.base_version != past.version - 1:
                raise Violation(
                    "decision_merged", f"{row.name} {row.id} saw {row.base_version}, met {past.version - 1}"
                )
            if past.status[-2] not in MAY[row.name]:
                raise Violation("decided_twice", f"{row.name} {row.id} of a record that is {past.status[-2]}")
            upheld = _payload(row).get("upheld")
            past.status[-1] = AFTER.get(row.name) or ("approved" if upheld else "returned")
    return past


def _differ(base: Any, now: Any, mine: Any) -> bool:
    """Both sides changed the field, to different values."""
    return now != base and mine != base and now != mine


def _check_conflict(row: MutationLog, past: Past) -> None:
    """A conflict has a ground, and the answer shows the other side."""
    other = row.answer.get("server") or {}
    met = other.get("version")
    if not isinstance(met, int) or met > past.version:
        raise Violation("conflict_shows_nothing", f"{row.name} {row.id}: {other}")
    if row.name == "records.correct":
        base, now = past.fields[row.base_version or 0], past.fields[met]
        if not any(_differ(base.get(n), now.get(n), mine) for n, mine in _changes(row).items()):
            raise Violation("needless_conflict", f"{row.id}: {_changes(row)} over {base} met {now}")
    elif row.base_version == met and past.status[met] in MAY[row.name]:
        raise Violation("needless_conflict", f"{row.name} {row.id} saw {row.base_version}: {past.status[met]}")


def _check_screen(shown: Mapping[str, Any], truth: Mapping[str, Any], own: list[MutationLog], who: str) -> None:
    """Each phone shows the record as it is; the one that wanted something else keeps it, and shows both values."""
    if "row" not in shown:
        raise Violation("replicas_differ", f"{who} does not have the record")
    row, lines = shown["row"], {line["mutation_id"]: line for line in shown["lines"]}
    not_taken = [sent for sent in own if sent.outcome != "applied"]
    if not not_taken:
        _is(
            (row["version"], row["body"], row["review"]),
            (truth["version"], truth["body"], truth["review"]),
            f"{who} shows",
        )
    for sent in not_taken:
        line = lines.get(str(sent.id))
        if line is None:
            raise Violation("disappeared", f"{who}: {sent.name} {sent.id} was not taken, and no line says so")
        _is(line["state"], sent.outcome, f"{who}: {sent.name} {sent.id}")
        _is(line["payload"], _payload(sent), f"{who}: what {sent.id} wanted")
        if sent.outcome == "conflict" and not line.get("server"):
            raise Violation("conflict_shows_nothing", f"{who}: {sent.name} {sent.id}")


def _is(found: Any, wanted: Any, what: str) -> None:
    if found != wanted:
        raise Violation("replicas_differ", f"{what}: {found!r}, not {wanted!r}")


def _payload(row: MutationLog) -> dict[str, Any]:
    return dict(orjson.loads(row.payload))


def _changes(row: MutationLog) -> dict[str, Any]:
    return {name: value for name, value in _payload(row)["changes"].items() if name in FIELDS}


# -- many of them ------------------------------------------------------------------------------------------------------


def run_scripts(lab: Laboratory, seed: int, count: int, tally: Tally) -> Violation | None:
    """Scripts in worlds of ``EACH_WORLD``, until ``count`` are done or one breaks; then its seed is in the violation."""
    number = 0
    while tally.scripts < count:
        with lab.world(seed + number, len(Apart.PEOPLE), Apart) as world:
            luck = Random(seed + number)
            try:
                world.do({"k": "quiet", "x": luck.getrandbits(40)})
                for _ in range(min(EACH_WORLD, count - tally.scripts)):
                    play(world, luck, tally)
            except Violation as violation:
                return Violation(violation.rule, f"world {seed + number}, script {tally.scripts}: {violation}")
        number += 1
        print(f"[{seed}] {tally}", flush=True)
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scripts", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    given = parser.parse_args()
    if given.processes > 1:
        return _several(given.scripts, given.seed, given.processes)
    compile_once()
    tally, began = Tally(), time.monotonic()
    with laboratory() as lab, lab.phones():
        found = run_scripts(lab, given.seed, given.scripts, tally)
    print(f"[{given.seed}] {tally}, {time.monotonic() - began:.0f} s: {found or 'nothing broken'}", flush=True)
    return 1 if found else 0


def _several(scripts: int, seed: int, processes: int) -> int:
    """The scripts shared by several processes, each with worlds of its own; 1 when any of them found something."""
    share = str(-(-scripts // processes))
    command = [sys.executable, "-m", "tests.sync.sim.scripts", "--scripts", share, "--seed"]
    started = [subprocess.Popen([*command, str(seed + number * SEEDS_APART)]) for number in range(processes)]
    return max(process.wait() for process in started)


if __name__ == "__main__":
    sys.exit(main())
