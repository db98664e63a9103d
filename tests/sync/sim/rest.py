"""Coming to rest: everybody comes online, everything is sent, and the oracle looks at what is there."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any
from uuid import UUID

from tests.sync.sim import oracle
from tests.sync.sim.oracle import Truth, Violation
from tests.sync.sim.phone import Phone
from tests.sync.sim.plan import Op
from tests.world import PASSWORD

ROUNDS_TO_REST = 400
HOUR = 3_600_000


class ComingToRest:
    """The part of the simulated world that ends a stretch of operations; ``world.Simulated`` has the rest."""

    def _op_quiet(self, op: Op, luck: Random) -> bool:
        """Everybody comes online and rests; then everything must hold."""
        for phone in self.phones.values():
            phone.net = "good"
            if not phone.is_on:
                self._begin(phone.name)
            self._close_second_tab(phone)
        self._tell({"op": "advance", "to": self.now})
        for phone in list(self.phones.values()):
            self._bring_home(phone, luck)
        looks = self._everybody_reads()
        self._check(looks, luck)
        self.figures.quiet_points += 1
        return True

    def _bring_home(self, phone: Phone, luck: Random) -> None:
        """Each person who has a database on this phone signs in and everything is sent; the last one stays."""
        self._until_signed(phone)
        usernames = self._usernames_on(phone)
        luck.shuffle(usernames)
        [status] = self._tell({"op": "status", "p": phone.name})
        if len(usernames) == 1 and status is not None and not status["signed_out"]:
            self._read(phone)
            return
        for username in usernames:
            self._sign_in_for_good(phone, username)
            self._rest(phone)

    def _usernames_on(self, phone: Phone) -> list[str]:
        there = [p["username"] for p in self.people_on(phone)]
        return [*there] if there else [phone.usernames[0]]

    def _username(self, person: str) -> str:
        return next(name for name, i in self.template.world.people.items() if str(i) == person)

    def _sign_in_for_good(self, phone: Phone, username: str, then_rest: bool = False) -> None:
        """A sign-in that goes through: after an older one under way, and after a lock for wrong passwords."""
        self._until_signed(phone)
        for _ in range(3):
            phone.signing = 1
            self._tell({"op": "sign_in", "p": phone.name, "username": username, "password": PASSWORD})
            self._until_signed(phone)
            if phone.person == str(self.template.world.people[username]):
                self._tell({"op": "wake", "p": phone.name, "why": "visible"})
                return self._rest(phone) if then_rest else None
            self.now += HOUR
            self._tell({"op": "advance", "to": self.now})
        raise Violation("no_rest", f"{username} cannot sign in on {phone.name}")

    def _until_signed(self, phone: Phone) -> None:
        for _ in range(ROUNDS_TO_REST):
            if not phone.signing:
                return
            self._pump()
        raise Violation("no_rest", f"a sign-in on {phone.name} never ends")

    def _read(self, phone: Phone) -> None:
        """One more cycle, that reaches the server even if it had asked the phone to wait."""
        [status] = self._tell({"op": "status", "p": phone.name})
        self._tell({"op": "wake", "p": phone.name, "why": "online"})
        self._rest(phone, status and status.get("last_contact"))

    def _rest(self, phone: Phone, since: int | None = None) -> None:
        """Until nothing waits, no cycle runs on this phone, and the server was heard after ``since`` (the phone's clock)."""
        for round_ in range(ROUNDS_TO_REST):
            self._pump()
            if any(r.phone == phone.name for r in self.pending):
                continue
            [status] = self._tell({"op": "status", "p": phone.name})
            if status is None:
                return None
            if not status["running"] and status["signed_out"]:
                return self._sign_in_for_good(phone, self._username(status["person"]), then_rest=True)
            is_heard = status["online"] and status.get("last_contact") != since
            if not status["running"] and not status["waiting"] and is_heard:
                return None
            if not status["running"]:
                self._tell({"op": "wake", "p": phone.name, "why": "online"})
                self._tell({"op": "advance", "to": self.now + (5_000 if round_ < 100 else 60_000)})
        look = self._look(phone)
        raise Violation("no_rest", f"{phone.name} does not come to rest: {_brief(look)}")

    def _pump(self) -> None:
        """Every request under way is answered well."""
        self.now += 7
        while self.late:
            request, answer = self.late.pop(0)
            self._arrive(request, answer)
        for request in [self.pending.pop(0) for _ in range(len(self.pending))]:
            if request.is_given_up:
                continue
            self.figures.requests += 1
            self.figures.operations += 1
            self._arrive(request, self._ask(request))

    def _everybody_reads(self) -> dict[str, dict[str, Any]]:
        """Everybody reads once more: what the last one to speak said must have reached all."""
        looks = {}
        for phone in self.phones.values():
            self._read(phone)
            look = self._look(phone)
            if look is not None:
                looks[phone.name] = look
        return looks

    def _check(self, looks: Mapping[str, Mapping[str, Any]], luck: Random) -> None:
        with self.service.reading() as session:
            truth = Truth.read(session)
            oracle.check_server(session, truth, self.rows_before)
            for name, look in looks.items():
                self.ledger.follow(self.phones[name].disk(look["person"]), look["heads"])
            oracle.check_ledger(session, truth, self.ledger)
            oracle.check_no_unexplained_loss(session, self.was_restored)
            for name, look in looks.items():
                disk = self.phones[name].disk(look["person"])
                oracle.check_phone(session, truth, self.ledger, name, disk, look)
            if looks:
                person = UUID(luck.choice(sorted(looks.values(), key=lambda look: look["person"]))["person"])
                oracle.check_fresh_phone(session, truth, person)


def _brief(look: Mapping[str, Any] | None) -> str:
    if look is None:
        return "nobody is on it"
    heads = [(h["lane"], h["seq"], h["state"], h.get("attempts")) for h in look["heads"] if h["state"] == "queued"][:6]
    return f"status {look['status']}, queued {heads}, holds {look['holds']}, last error {look['last_error']}"
