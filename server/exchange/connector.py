"""The profile of the public data platform (Art. 16): what comes from there and what it saves people from typing, what goes there.

The profile is data, ``connector.json`` beside this file. It is at work for a county while a token of its ``system`` lives that
holds the scope; when a scope was used last stands in the log of calls.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from server.exchange import queries, rules
from server.kernel import clock


@dataclass(frozen=True)
class Fill:
    """A value of a field in a form of the office that the connector brings: nobody is asked for it."""

    form: str
    field: str
    value: str


@dataclass(frozen=True)
class Flow:
    """One kind of data; ``comes``: from the platform, else to it."""

    scope: str
    comes: bool
    fills: tuple[Fill, ...] = ()


@dataclass(frozen=True)
class Profile:
    system: str
    name_zh: str
    name_en: str
    flows: tuple[Flow, ...]


@dataclass(frozen=True)
class Used:
    """A flow in a county: whether a token opens it today, and when it was used last (ms, None = never)."""

    flow: Flow
    is_open: bool
    last_at: int | None


def read(text: str) -> Profile:
    """A profile from its JSON. ``ValueError`` for a scope that is not one, or one that goes the wrong way."""
    told = json.loads(text)
    flows = [_flow(one, comes=True) for one in told["fetched"]] + [_flow(one, comes=False) for one in told["returned"]]
    if len({flow.scope for flow in flows}) != len(flows) or not rules.SYSTEM.fullmatch(told["system"]):
        raise ValueError("a scope twice, or no system")
    return Profile(told["system"], told["name_zh"], told["name_en"], tuple(flows))


def _flow(told: dict[str, Any], *, comes: bool) -> Flow:
    if told["scope"] not in rules.SCOPES or (told["scope"] == rules.INTAKE) != comes:
        raise ValueError(told["scope"])
    return Flow(told["scope"], comes, tuple(Fill(**one) for one in told.get("fills", ())))


PROFILE = read(Path(__file__).with_suffix(".json").read_text("utf-8"))


def uses(session: Session, county_code: str) -> list[Used]:
    """The flows of the profile in this county."""
    is_open = queries.live_scopes(session, county_code, PROFILE.system, clock.today())
    last = queries.last_uses(session, county_code, PROFILE.system)
    return [Used(flow, flow.scope in is_open, last.get(flow.scope)) for flow in PROFILE.flows]


def filled(session: Session, county_code: str, form: str, field: str) -> frozenset[str]:
    """The values of a form's field that the connector brings to this county today."""
    is_open = queries.live_scopes(session, county_code, PROFILE.system, clock.today())
    return frozenset(
        fill.value
        for flow in PROFILE.flows
        if flow.scope in is_open
        for fill in flow.fills
        if (fill.form, fill.field) == (form, field)
    )
