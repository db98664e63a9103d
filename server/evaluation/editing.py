"""A rule set as a form shows and edits it: each field of an indicator as the published schema has it for its type.

What the form does not know, or was not sent, stays as the JSON has it. Nothing is judged here: whoever keeps the result
reads it by the schema and the linter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from server.evaluation.facts import KNOWN_FACTS
from server.evaluation.rule_set import Told, full_marks, number, show
from server.evaluation.schemas import schema
from server.kernel.problems import Problem

HEAD = ("title_zh", "title_en", "clause")
LINE, CHOICE, LIST, MAP = "line", "choice", "list", "map"
LISTS, MAPS = ("codes", "courses"), ("weights",)
ADD, REMOVE = "add", "remove:"
FIRST = {"number": "1", "count": "1", "share": "0.5", "signed": "0", "text": "…", "fact": "visits_due"}
"""What a new indicator begins with, by kind of value: enough to keep to the schema, there to be changed."""


@dataclass(frozen=True)
class Field:
    """One input. ``kind``: a line, a choice of ``options``, a list (commas between), or a map (a line ``key: value`` each)."""

    name: str
    key: str
    kind: str
    value: str
    options: Sequence[str] = ()
    needed: bool = False


def fields_of(told: Told, indicator: Told) -> list[Field]:
    """Everything of one indicator that a form can edit."""
    return [
        Field(f"{indicator['code']}.{key}", key, kind, _shown(indicator.get(key)), options, key in _needed(indicator))
        for key, kind, options in _known(told, indicator["type"])
    ]


def edited(told: Told, form: Mapping[str, str]) -> dict[str, Any]:
    """The set with what a form says: ``<code>.<key>`` for a field, ``act`` to add (``type``, ``code``, ``group``) or remove one.

    Problem ``invalid`` for a type that there is not.
    """
    indicators = [_edited(told, one, form) for one in told["indicators"]]
    act = form.get("act", "")
    if act == ADD:
        indicators.append(_begun(told, form.get("type", ""), form.get("code", "").strip(), form.get("group", "")))
    if act.startswith(REMOVE):
        indicators = [one for one in indicators if one["code"] != act.removeprefix(REMOVE)]
    return {**told, "indicators": indicators}


def with_full_marks(told: Told) -> dict[str, Any]:
    """The base score follows, where the set says one. For a set that keeps to the schema."""
    return {
        **told,
        **({"base_score": show(number(told.get("start", "0")) + full_marks(told))} if "base_score" in told else {}),
    }


def as_text(told: Told) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2)


# -- what the schema says ----------------------------------------------------------------------------------------------


def _defs() -> Mapping[str, Any]:
    found: Mapping[str, Any] = schema("rule_set")["$defs"]
    return found


@cache
def types() -> tuple[str, ...]:
    return tuple(_defs()["indicator"]["properties"]["type"]["enum"])


def _known(told: Told, type_: str) -> Iterator[tuple[str, str, Sequence[str]]]:
    yield from ((key, LINE, ()) for key in HEAD)
    for key, value in _defs()[f"of_{type_}"]["properties"].items():
        if "const" in value:
            continue
        name = value.get("$ref", "").rpartition("/")[2]
        meant = _defs()[name] if name else value
        if key == "group":
            yield key, CHOICE, [one["code"] for one in told["groups"]]
        elif key == "grade":
            yield key, CHOICE, [one["code"] for one in told["grades"]]
        elif "enum" in meant:
            yield key, CHOICE, meant["enum"]
        elif meant.get("type") == "boolean":
            yield key, CHOICE, ("true", "false")
        elif name in LISTS:
            yield key, LIST, ()
        elif name in MAPS or meant.get("type") == "object":
            yield key, MAP, ()
        else:
            yield key, LINE, tuple(KNOWN_FACTS) if key == "fact" else ()


def _needed(indicator: Told) -> frozenset[str]:
    return frozenset((*HEAD, *_defs()[f"of_{indicator['type']}"]["required"]))


# -- from and to the form ----------------------------------------------------------------------------------------------


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {each}" for key, each in value.items())
    return "" if value is None else str(value)


def _edited(told: Told, indicator: Told, form: Mapping[str, str]) -> dict[str, Any]:
    found = dict(indicator)
    for field in fields_of(told, indicator):
        typed = form.get(field.name)
        if typed is None or typed.replace("\r\n", "\n").strip() == field.value:
            continue
        value = _meant(field, typed.strip())
        if value or isinstance(value, bool) or field.needed:
            found[field.key] = value
        else:
            found.pop(field.key, None)
    return found


def _meant(field: Field, typed: str) -> Any:
    if field.options == ("true", "false"):
        return typed == "true"
    if field.kind == LIST:
        return [part for each in re.split(r"[,，、\n]", typed) if (part := each.strip())]
    if field.kind == MAP:
        pairs = (re.split(r"[:：]", line, maxsplit=1) for line in typed.splitlines() if line.strip())
        return {pair[0].strip(): pair[-1].strip() if len(pair) > 1 else "" for pair in pairs}
    return typed


def _begun(told: Told, type_: str, code: str, group: str) -> dict[str, Any]:
    if type_ not in types():
        raise Problem("invalid", fields=["type"])
    made: dict[str, Any] = {"code": code, "type": type_, **dict.fromkeys(HEAD, FIRST["text"])}
    of_type = _defs()[f"of_{type_}"]
    for key in (*of_type["required"], *(("each",) if "oneOf" in of_type else ())):
        made[key] = _first(told, key, of_type["properties"][key])
    return {**made, "group": group} if "group" in made else made


def _first(told: Told, key: str, value: Mapping[str, Any]) -> Any:
    name = value.get("$ref", "").rpartition("/")[2]
    meant = _defs()[name] if name else value
    if key == "grade":
        return told["grades"][0]["code"] if told["grades"] else ""
    if "const" in value:
        return value["const"]
    if "enum" in meant:
        return meant["enum"][0]
    if meant.get("type") == "boolean":
        return True
    if name in LISTS:
        return ["x"]
    if name in MAPS or meant.get("type") == "object":
        return {"1": "1"}
    return FIRST.get(name, "1")
