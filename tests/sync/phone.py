"""What a phone says on the wire, written by hand: for tests of the server alone. It is no model of the client."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from server.kernel import clock
from server.kernel.ids import new_id
from tests.world import PASSWORD


@dataclass
class Phone:
    """A signed-in device that numbers what it sends."""

    app: Flask
    username: str
    client: FlaskClient = field(init=False)
    device_id: UUID = field(default_factory=new_id)
    answer: dict[str, Any] = field(init=False)
    seq: dict[str, int] = field(default_factory=lambda: {"urgent": 0, "normal": 0})
    cursor: str | None = None
    rows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    streams: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.sign_in()
        self.register()

    def sign_in(self) -> None:
        got = self.client.post(
            "/api/v1/session", json={"username": self.username, "password": PASSWORD, "device_id": str(self.device_id)}
        )
        assert got.status_code == 200, got.json
        self.answer = got.json

    def register(self) -> Any:
        body = {"device_id": str(self.device_id), "label": "手机", "platform": "test"}
        return self.client.post("/api/v1/devices", json=body, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        return {"X-CSRF-Token": self.answer["csrf_token"]}

    @property
    def person(self) -> str:
        return str(self.answer["person"]["id"])

    def mutation(self, name: str, payload: Any, lane: str = "normal", **more: Any) -> dict[str, Any]:
        """The next mutation of a lane, with its number."""
        self.seq[lane] += 1
        return {
            "lane": lane,
            "seq": self.seq[lane],
            "id": str(new_id()),
            "name": name,
            "version": 1,
            "payload": payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False),
            "scope_version": self.answer["scope_version"],
            "made_at": clock.now(),
            "clock_skew_ms": 0,
            **more,
        }

    def push(self, *mutations: dict[str, Any], **more: Any) -> Any:
        """Send; the raw response."""
        body = {
            "device_id": str(self.device_id),
            "person": self.person,
            "epoch": self.answer["epoch"],
            "acked": {"urgent": 0, "normal": 0},
            "head": dict(self.seq),
            "mutations": list(mutations),
            **more,
        }
        return self.client.post("/api/v1/sync/push", json=body, headers=self.headers)

    def do(self, name: str, payload: Any, **more: Any) -> dict[str, Any]:
        """Send one act; its result."""
        got = self.push(self.mutation(name, payload, **more))
        assert got.status_code == 200, got.json
        result: dict[str, Any] = got.json["results"][0]
        return result

    def pull(self, max_bytes: int = 262_144) -> dict[str, dict[str, dict[str, Any]]]:
        """Read until there is no more; returns the mirror: kind → id → row."""
        while True:
            got = self.client.get("/api/v1/sync/pull", query_string={"cursor": self.cursor, "max_bytes": max_bytes})
            if got.status_code == 204:
                return self.rows
            assert got.status_code == 200, got.json
            self._take(got.json)
            if not got.json["more"]:
                return self.rows

    def _take(self, told: dict[str, Any]) -> None:
        self.streams = (self.streams | set(told["grant"])) - set(told["revoke"])
        for part in told["streams"]:
            for kind, rows in part["put"].items():
                for row in rows:
                    self.rows.setdefault(kind, {})[row["id"]] = {**row, "_stream": part["stream"]}
            for kind, rows in part["gone"].items():
                for row in rows:
                    self.rows.get(kind, {}).pop(row["id"], None)
            for row in part["moved"]:
                self.rows.get(row["kind"], {}).pop(row["id"], None)
        for kind in self.rows:
            self.rows[kind] = {i: r for i, r in self.rows[kind].items() if r["_stream"] not in told["revoke"]}
        self.cursor = told["cursor"]


def hazard(world: Any, **more: Any) -> dict[str, Any]:
    """A plain hazard in the first grid."""
    return {
        "id": str(new_id()),
        "grid_id": str(world.areas["grid"]),
        "matter_code": "HAZ-01",
        "severity": "general",
        "advice": [],
        "fixed_on_spot": False,
        "note": "楼道堆物",
        "place": {"lng": 120.915, "lat": 30.505, "accuracy_m": 20, "source": "fix"},
        "photos": [],
        **more,
    }


def visit(world: Any, **more: Any) -> dict[str, Any]:
    """An ordinary visit to the second household, by its plan."""
    return {
        "id": str(new_id()),
        "grid_id": str(world.areas["grid"]),
        "matter_code": "VIS-08",
        "household_id": str(world.households[1]),
        "plan_id": str(world.plan),
        "mode": "door",
        "all_well": True,
        "ticks": [],
        "needs": [],
        "note": "",
        **more,
    }


def emergency(world: Any, **more: Any) -> dict[str, Any]:
    """The least that one tap says: the fire brigade was called a minute ago."""
    return {
        "id": str(new_id()),
        "grid_id": str(world.areas["grid"]),
        "matter_code": "EMG-02",
        "calls": [{"number": "119", "at": clock.now() - 60_000}],
        **more,
    }


def information(world: Any, matter_code: str = "INFO-01", **more: Any) -> dict[str, Any]:
    """What its matter asks for, of the second household."""
    fields: dict[str, Any] = {
        "INFO-01": {"household_id": str(world.households[1]), "finding": "contact_changed"},
        "INFO-02": {"household_id": str(world.households[1]), "finding": "reminded"},
        "INFO-03": {"business_name": "横港面馆", "finding": "opened", "place_words": "横港路 8 号"},
        "INFO-04": {"household_id": str(world.households[0]), "finding": "wants_help"},
        "INFO-05": {"household_id": str(world.households[1]), "finding": "wants_contact"},
        "INFO-06": {"note": "希望小区门口装路灯", "wants_answer": True},
        "INFO-07": {"place_words": "安置房工地", "wants_answer": True},
    }
    told = {"id": str(new_id()), "grid_id": str(world.areas["grid"]), "matter_code": matter_code}
    return {**told, **fields[matter_code], **more}


def publicity(world: Any, **more: Any) -> dict[str, Any]:
    """One session of telling people about fraud."""
    return {
        "id": str(new_id()),
        "grid_id": str(world.areas["grid"]),
        "matter_code": "PUB-01",
        "people": 23,
        "households": 9,
        "note": "广场摆摊",
        **more,
    }


def mediation(world: Any, **more: Any) -> dict[str, Any]:
    """Two neighbours who settled it by word of mouth; in a week somebody asks whether it is kept."""
    parties = [
        {"id": str(new_id()), "name": "钱甲乙", "phone": "13812341234", "part": "applicant"},
        {"id": str(new_id()), "name": "孙丙丁", "part": "other"},
    ]
    return {
        "id": str(new_id()),
        "grid_id": str(world.areas["grid"]),
        "matter_code": "MED-01",
        "parties": parties,
        "outcome": "oral",
        "note": "晚上九点后不再放音响",
        "revisit_on": (clock.today() + timedelta(days=7)).isoformat(),
        **more,
    }


def patrol(world: Any, **more: Any) -> dict[str, Any]:
    """A patrol of the three check points."""
    checks = [
        {"place_id": str(p), "result": "normal", "at": clock.now(), "fix": {"accuracy_m": 12, "inside": "inside"}}
        for p in world.places
    ]
    return {"id": str(new_id()), "grid_id": str(world.areas["grid"]), "checks": checks, **more}


def correction(about: str = "phone", **more: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "about": about, "words": "号码少写了一位", **more}


def outside_order(**more: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "giver": "某主任口头通知", "words": "去收停车罚款", "ground": 2, **more}


def absence(world: Any, who: str, *, days: int = 2, ahead: int = 0, stand_in: str | None = None) -> dict[str, Any]:
    """Some days of leave from today on (or ``ahead`` days later), with or without a stand-in."""
    first = clock.today() + timedelta(days=ahead)
    return {
        "id": str(new_id()),
        "person_id": str(world.people[who]),
        "kind": "sick",
        "from_day": first.isoformat(),
        "to_day": (first + timedelta(days=days)).isoformat(),
        "stand_in_id": str(world.people[stand_in]) if stand_in else None,
    }


def assigned(world: Any, who: str = "worker", **other: Any) -> dict[str, Any]:
    """``tasks.assign`` of an ordinary matter in the first grid."""
    told = {
        "id": str(new_id()),
        "grid_id": str(world.areas["grid"]),
        "person_id": str(world.people[who]),
        "matter_code": "HAZ-01",
        "words": "请看一下幼儿园门口的电线",
        "due_day": (clock.today() + timedelta(days=3)).isoformat(),
    }
    return {**told, **other}
