"""One simulated world: phones, network, server and office, each operation a small piece of data that can be replayed.

An operation is ``{"k": kind, …, "x": number}``; all chance inside it comes from ``x``, so a shorter list of operations
replays as well as the whole one. What cannot be done (a request to answer when none is under way) does nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import orjson

from server.photos.queries import held_photos
from tests.sync.sim import oracle
from tests.sync.sim.bridge import Phones
from tests.sync.sim.figures import Figures
from tests.sync.sim.ledger import Ledger
from tests.sync.sim.network import STRANGERS, Request, fate
from tests.sync.sim.office import Office
from tests.sync.sim.oracle import Truth, Violation
from tests.sync.sim.phone import Phone
from tests.sync.sim.plan import Op
from tests.sync.sim.rest import ComingToRest
from tests.sync.sim.service import Answer, Service, Template, at
from tests.world import PASSWORD

START = 1_795_482_000_000  # 2026-11-24 09:00 in China
CREW = (
    ("anna", ("worker",)),
    ("bai", ("worker2", "parttime")),
    ("chen", ("leader",)),
    ("deng", ("worker3",)),
    ("fang", ("adviser",)),
    ("gao", ("micro", "worker2")),
)
CLONE = "twin"
STEP_MS = 40
HOUR = 3_600_000


class Simulated(ComingToRest):
    """A world under way. ``do`` performs one operation and answers whether it did anything."""

    PEOPLE: tuple[tuple[str, tuple[str, ...]], ...] = CREW

    def __init__(
        self,
        template: Template,
        service: Service,
        bridge: Phones,
        seed: int,
        pictures: Sequence[bytes],
        crew: int = len(CREW),
    ) -> None:
        self.template, self.service, self.bridge, self.seed = template, service, bridge, seed
        self.office = Office(service, template.world)
        self.ledger = Ledger()
        self.figures = Figures()
        self.now = START
        self.phones = {name: Phone(name, usernames) for name, usernames in self.PEOPLE[:crew]}
        self.pending: list[Request] = []
        self.late: list[tuple[Request, Answer]] = []
        self.waiting: dict[int, tuple[str, str, Any]] = {}
        self.afterwards: list[Op] = []
        self.results: dict[int, Any] = {}
        self.numbers = 0
        self.was_restored = False
        self.seen = hashlib.sha256()
        at(self.now)
        with service.reading() as session:
            self.rows_before = oracle.versions(session)
        self._tell({"op": "reset", "pictures": [base64.b64encode(p).decode() for p in pictures]})
        for number, name in enumerate(self.phones):
            self._tell({"op": "make", "p": name, "seed": seed * 64 + number})
            self._begin(name)

    # -- the pipe ------------------------------------------------------------------------------------------------------

    def _tell(self, *commands: Op) -> list[Any]:
        """Give commands; answers their results where they are known at once, else None."""
        numbers = []
        for command in commands:
            self.numbers += 1
            command["c"] = self.numbers
            numbers.append(self.numbers)
            if command["op"] not in ("advance", "answer"):
                self.waiting[self.numbers] = (command.get("p", ""), command["op"], command)
        told = self.bridge.tell(self.now, commands)
        self.now = max(self.now, told["now"])
        at(self.now)
        self.next_timer = told["next"]
        self.seen.update(
            orjson.dumps(
                [told["now"], told["next"], told["given_up"], [(s["n"], s["u"], s["b"]) for s in told["sent"]]]
            )
        )
        for number, result in told["done"]:
            self._done(number, result)
        for name, person in told["gone"]:
            self._forgotten(self.phones[name], person)
        for sent in told["sent"]:
            sent["b"] = base64.b64decode(sent["b"])
            self.pending.append(Request(sent["n"], sent["p"], sent, self.phones[sent["p"]].cookie))
        gone = set(told["given_up"])
        for request in self.pending:
            request.is_given_up |= request.n in gone
        return [self.results.pop(number, None) for number in numbers]

    def _done(self, number: int, result: Any) -> None:
        name, op, command = self.waiting.pop(number, ("", "", None))
        if isinstance(result, dict) and "error" in result:
            raise Violation("phone_threw", f"{name} {op} {command.get('what', '')}: {result['error']}")
        self.results[number] = result
        phone = self.phones.get(name)
        if phone is None:
            return
        if op == "act":
            self._acted(phone, result)
        elif op == "undo" and result.get("undone"):
            self.ledger.entries[command["id"]].undone = True
        elif op in ("sign_in", "switch_to"):
            phone.signing = 0
            if "person" in result:
                phone.person = result["person"]
                self.afterwards.append({"op": "wake", "p": name, "tab": command.get("tab", 0), "why": "visible"})
        elif op == "start":
            if command.get("tab", 0) == 0 and phone.tabs <= 1:
                phone.person = result["person"]
        elif op == "sign_out":
            phone.person = None

    def _acted(self, phone: Phone, result: Mapping[str, Any]) -> None:
        if result.get("dismissed"):
            self.ledger.let_go(result["dismissed"])
            return
        if not result.get("saved"):
            return
        self.figures.acts += 1
        disk = phone.disk(result["person"])
        self.ledger.saved(disk, dict(result))
        if "replaced" in result:
            for old in self.ledger.entries.values():
                if old.id == result["replaced"]:
                    old.let_go = True
            for more in result["also"]:
                told = {
                    **result,
                    "mutation_id": more["id"],
                    "photos": more["photos"],
                    "object": more["object"],
                    "held": False,
                }
                self.ledger.saved(disk, told)
            self._let_go_renamed(phone, result)

    def _let_go_renamed(self, phone: Phone, result: Mapping[str, Any]) -> None:
        """Acts that waited for the old one were queued again under new ids: their old lines are closed."""
        if not result["also"]:
            return
        if look := self._look(phone):
            self.ledger.follow(phone.disk(look["person"]), look["heads"])

    def _forgotten(self, phone: Phone, person: str) -> None:
        """A phone has dropped a person's database because the server said so: everything must have been handed over."""
        disk = phone.disk(person)
        with self.service.reading() as session:
            log = Truth.read(session).log
        for entry in self.ledger.of_disk(disk):
            if entry.id not in log and not (entry.undone or entry.excused):
                raise Violation("wiped_before_handed_over", f"{entry.name} {entry.id} of {disk}")
            entry.disk_gone = entry.let_go = True
        phone.wipes[person] = phone.wipes.get(person, 0) + 1
        if phone.person == person:
            phone.person = None

    # -- operations ----------------------------------------------------------------------------------------------------

    def do(self, op: Op) -> bool:
        self.afterwards.clear()
        self.now += STEP_MS
        at(self.now)
        did = bool(getattr(self, f"_op_{op['k']}")(op, Random(op["x"])))
        if self.afterwards:
            later, self.afterwards = self.afterwards, []
            self._tell(*later)
        if did:
            self.figures.operations += 1
            self.figures.kinds[op["k"]] = self.figures.kinds.get(op["k"], 0) + 1
        return did

    def _op_act(self, op: Op, luck: Random) -> bool:
        phone = self.phones.get(op["p"])
        if phone is None or not phone.is_on or phone.person is None or phone.signing:
            return False
        tab = luck.randrange(max(1, phone.tabs))
        command: Op = {"op": "act", "p": phone.name, "tab": tab, "what": op["what"], "x": luck.getrandbits(48)}
        if luck.random() < 0.1 and op["what"] != "mend":
            command["turns"] = luck.randrange(12)
        [result] = self._tell(command)
        return result is None or "nothing" not in result

    def _op_undo(self, op: Op, luck: Random) -> bool:
        held = [e for e in self.ledger.entries.values() if e.held and not e.undone][-4:]
        phone = self.phones.get(op["p"])
        if phone is None or not phone.is_on or phone.person is None or phone.signing or not held:
            return False
        mine = [e for e in held if e.disk == phone.disk(phone.person)]
        if not mine:
            return False
        [result] = self._tell(
            {"op": "undo", "p": phone.name, "tab": luck.randrange(max(1, phone.tabs)), "id": mine[-1].id}
        )
        return result is None or "undone" in result

    def _op_net(self, op: Op, luck: Random) -> bool:
        """One request meets its fate, or a late answer arrives."""
        choices = len(self.pending) + len(self.late)
        if not choices:
            return False
        at_ = luck.randrange(choices)
        if at_ >= len(self.pending):
            request, answer = self.late.pop(at_ - len(self.pending))
            self._arrive(request, answer)
            return True
        request = self.pending.pop(at_)
        net = self.phones[request.phone].net
        self._meet(request, fate(net, luck), luck)
        return True

    def _meet(self, request: Request, how: str, luck: Random) -> None:
        self.figures.requests += 1
        body = request.told["b"]
        if request.is_given_up and luck.random() < 0.6:
            return  # it never arrived, and nobody waits
        if how in STRANGERS:
            status, headers, text = STRANGERS[how]
            self._tell({"op": "answer", "n": request.n, "status": status, "headers": headers, "body": text})
        elif how == "drop":
            self._fail(request)
        elif how == "cut" and body:
            self.service.call(request.told, request.cookie, cut=luck.randrange(len(body)))
            self._fail(request)
        elif how in ("kill_before", "kill_after"):
            answer = self._ask(request, kill=how.removeprefix("kill_"))
            self._arrive(request, answer) if answer else self._fail(request)
        elif how == "twice":
            first = self._ask(request)
            second = self._ask(request)
            self._arrive(request, luck.choice((first, second)))
        elif how == "drop_answer":
            self._ask(request)
            self._fail(request)
        elif how == "late":
            answer = self._ask(request)
            assert answer
            self.late.append((request, answer))
        else:
            answer = self._ask(request)
            assert answer
            if how == "cut_answer" and answer.body:
                short = answer.body[: luck.randrange(len(answer.body))]
                answer = Answer(answer.status, answer.headers, short)
            self._arrive(request, answer)

    def _ask(self, request: Request, kill: str = "") -> Answer | None:
        answer = self.service.call(request.told, request.cookie, kill=kill)
        if answer and answer.status >= 500:
            raise Violation("server_error", f"{request}: {answer.status} {answer.body[:300]!r}")
        if answer:
            self.seen.update(f"{request} {answer.status}".encode())
            if b'"server":' in answer.body and request.told["u"].endswith("/sync/push"):
                with self.service.reading() as session:
                    oracle.check_conflicts(session, orjson.loads(answer.body)["results"])
        return answer

    def _arrive(self, request: Request, answer: Answer | None) -> None:
        if request.is_given_up or answer is None:
            return
        phone = self.phones[request.phone]
        if not phone.is_on:
            return
        phone.take_cookies(answer.headers)
        text = answer.body.decode("utf-8", "replace")
        self._tell({"op": "answer", "n": request.n, "status": answer.status, "headers": answer.headers, "body": text})

    def _fail(self, request: Request) -> None:
        if not request.is_given_up:
            self._tell({"op": "answer", "n": request.n, "status": 0})

    def _op_time(self, op: Op, luck: Random) -> bool:
        """Time passes, at most until a phone says something."""
        self._tell({"op": "advance", "to": self.now + op["ms"]})
        return True

    def _op_link(self, op: Op, luck: Random) -> bool:
        phone = self.phones.get(op["p"])
        if phone is None or phone.net == op["net"]:
            return False
        was, phone.net = phone.net, op["net"]
        if was == "off" and phone.is_on and phone.person:
            self._tell({"op": "wake", "p": phone.name, "why": "online"})
        return True

    def _op_crash(self, op: Op, luck: Random) -> bool:
        """The browser dies, sometimes in the middle of an act; it may start again at once."""
        phone = self.phones.get(op["p"])
        if phone is None or not phone.is_on:
            return False
        commands: list[Op] = []
        if phone.person and not phone.signing and luck.random() < 0.7:
            what = luck.choice(("hazard", "visit", "patrol", "correct", "approve", "household"))
            commands.append(
                {
                    "op": "act",
                    "p": phone.name,
                    "tab": 0,
                    "what": what,
                    "x": luck.getrandbits(48),
                    "turns": luck.randrange(25),
                }
            )
        commands.append({"op": "crash", "p": phone.name})
        self._tell(*commands)
        self._ended(phone)
        if luck.random() < 0.7:
            self._begin(phone.name)
        return True

    def _ended(self, phone: Phone) -> None:
        phone.is_on, phone.tabs, phone.person, phone.signing = False, 0, None, 0
        for request in self.pending:
            request.is_given_up |= request.phone == phone.name
        self.late = [(r, a) for r, a in self.late if r.phone != phone.name]
        self.waiting = {n: w for n, w in self.waiting.items() if w[0] != phone.name}

    def _begin(self, name: str) -> None:
        phone = self.phones[name]
        phone.is_on, phone.tabs = True, 1
        self._tell({"op": "start", "p": name}, {"op": "wake", "p": name, "why": "visible"})

    def _op_start(self, op: Op, luck: Random) -> bool:
        phone = self.phones.get(op["p"])
        if phone is None or phone.is_on:
            return False
        self._begin(phone.name)
        return True

    def _op_tab(self, op: Op, luck: Random) -> bool:
        """A second tab is opened, or closed."""
        phone = self.phones.get(op["p"])
        if phone is None or not phone.is_on or phone.signing or phone.person is None:
            return False
        if phone.tabs == 1:
            phone.tabs = 2
            self._tell(
                {"op": "start", "p": phone.name, "tab": 1}, {"op": "wake", "p": phone.name, "tab": 1, "why": "visible"}
            )
        else:
            phone.tabs = 1
            self._tell({"op": "close_tab", "p": phone.name, "tab": 1})
        return True

    def _op_sign(self, op: Op, luck: Random) -> bool:
        """Somebody signs in, sometimes with a wrong password, sometimes another person than before."""
        phone = self.phones.get(op["p"])
        if phone is None or not phone.is_on or phone.signing:
            return False
        self._close_second_tab(phone)
        phone.signing = 1
        password = PASSWORD if luck.random() < 0.9 else "not-the-password"
        self._tell({"op": "sign_in", "p": phone.name, "username": luck.choice(phone.usernames), "password": password})
        return True

    def _op_switch(self, op: Op, luck: Random) -> bool:
        """Another person of this phone takes it, by password, online or not."""
        phone = self.phones.get(op["p"])
        if phone is None or not phone.is_on or phone.signing:
            return False
        people = self.people_on(phone)
        others = [p["id"] for p in people if p["id"] != phone.person]
        if not others:
            return False
        self._close_second_tab(phone)
        command: Op = {"op": "switch_to", "p": phone.name, "person": luck.choice(others)}
        if luck.random() < 0.5:
            command["password"] = PASSWORD
        self._tell(command)
        return True

    def _op_sign_out(self, op: Op, luck: Random) -> bool:
        phone = self.phones.get(op["p"])
        if phone is None or not phone.is_on or phone.signing or phone.person is None:
            return False
        self._close_second_tab(phone)
        self._tell({"op": "sign_out", "p": phone.name})
        return True

    def _close_second_tab(self, phone: Phone) -> None:
        if phone.tabs == 2:
            phone.tabs = 1
            self._tell({"op": "close_tab", "p": phone.name, "tab": 1})

    def _op_clock(self, op: Op, luck: Random) -> bool:
        """The phone's clock is set."""
        phone = self.phones.get(op["p"])
        if phone is None:
            return False
        self._tell({"op": "skew", "p": phone.name, "ms": op["ms"]})
        return True

    def _op_cut_disk(self, op: Op, luck: Random) -> bool:
        """The system closes the databases under the page."""
        phone = self.phones.get(op["p"])
        if phone is None or not phone.is_on:
            return False
        self._tell({"op": "kill_connections", "p": phone.name})
        return True

    def _op_wipe(self, op: Op, luck: Random) -> bool:
        """The browser's site data is wiped: whatever had not been sent is gone."""
        phone = self.phones.get(op["p"])
        if phone is None:
            return False
        self._tell({"op": "lose_disk", "p": phone.name})
        self._disk_is_gone(phone)
        self._ended(phone)
        self._begin(phone.name)
        return True

    def _disk_is_gone(self, phone: Phone) -> None:
        prefix = f"{phone.name}.{phone.life}."
        disks = {e.disk for e in self.ledger.entries.values() if e.disk.startswith(prefix)}
        with self.service.reading() as session:
            truth = Truth.read(session)
            held = self._held(session)
        self.ledger.disk_lost(disks, truth.log.keys(), held)
        phone.life += 1
        phone.jar.clear()

    def _held(self, session: Any) -> set[str]:
        shas = {sha for e in self.ledger.entries.values() for sha in e.photos}
        return held_photos(session, shas) if shas else set()

    def _op_clone(self, op: Op, luck: Random) -> bool:
        """A phone's storage is copied to a second phone, and both go on."""
        phone = self.phones.get(op["p"])
        if phone is None or CLONE in self.phones or phone.name == CLONE or phone.signing or phone.tabs > 1:
            return False
        self.ledger.disk_copied(phone.name)
        twin = Phone(CLONE, phone.usernames, jar=dict(phone.jar))
        self.phones[CLONE] = twin
        self._tell(
            {"op": "make", "p": CLONE, "seed": self.seed * 64 + 63}, {"op": "clone", "p": CLONE, "from": phone.name}
        )
        self._begin(CLONE)
        return True

    def _op_office(self, op: Op, luck: Random) -> bool:
        return self.office.do(op["what"], luck)

    def _op_restart(self, op: Op, luck: Random) -> bool:
        self.service.restart()
        return True

    def _op_backup(self, op: Op, luck: Random) -> bool:
        self.service.back_up()
        return True

    def _op_restore(self, op: Op, luck: Random) -> bool:
        if not self.service.has_backup:
            return False
        for request, _ in self.late:
            self._fail(request)
        self.late = []  # requests still under way meet the restored server
        self.service.restore()
        self.was_restored = True
        with self.service.reading() as session:
            truth = Truth.read(session)
            held = self._held(session)
        self.ledger.restored(truth.log.keys(), held)
        return True

    # -- quiet points --------------------------------------------------------------------------------------------------

    def people_on(self, phone: Phone) -> list[dict[str, Any]]:
        [found] = self._tell({"op": "people", "p": phone.name})
        return found or []

    def _look(self, phone: Phone) -> dict[str, Any] | None:
        [found] = self._tell({"op": "look", "p": phone.name})
        return found
