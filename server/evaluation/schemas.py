"""Rule sets and facts as they come in: size, JSON, depth and schema, before anything is computed with them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from jsonschema import Draft202012Validator, ValidationError, validators

from server.evaluation.canonical import canonical
from server.evaluation.facts import Facts, PastGrade, Period, Row
from server.evaluation.rule_set import Fault, Refused

FOLDER = Path(__file__).parent
RULES_BYTES, RULES_DEPTH = 256 * 1024, 4
FACTS_BYTES, FACTS_DEPTH = 8 * 1024 * 1024, 5
MOST_ROWS = 20_000
LONGEST_DAYS = 366
MOST_FAULTS = 50
"""So that a set that is wrong everywhere is answered at once."""

NOTHING = rb"\u0000"
"""A character that no database keeps."""
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_OWN_WORDS = {
    "required": "key_missing",
    "dependentRequired": "key_missing",
    "additionalProperties": "key_unknown",
    "unevaluatedProperties": "key_unknown",
    "enum": "not_a_choice",
    "const": "not_a_choice",
    "type": "wrong_kind",
    "oneOf": "each_or_weights",
    "uniqueItems": "code_twice",
    "minLength": "wrong_length",
    "maxLength": "wrong_length",
    "minItems": "wrong_length",
    "maxItems": "wrong_length",
    "minProperties": "wrong_length",
    "maxProperties": "wrong_length",
}


def read_rule_set(raw: bytes) -> dict[str, Any]:
    """A rule set that keeps to the published schema. Raises Refused with what is wrong, up to ``MOST_FAULTS``."""
    told = _read(raw, RULES_BYTES, RULES_DEPTH)
    _against_schema("rule_set", told)
    return told


def read_facts(raw: bytes) -> Facts:
    """A facts file. Raises Refused as ``read_rule_set`` does, and for a source row that stands in a fact twice."""
    told = _read(raw, FACTS_BYTES, FACTS_DEPTH)
    if isinstance(told.get("facts"), dict) and sum(map(_length, told["facts"].values())) > MOST_ROWS:
        raise Refused([Fault("too_many_rows", "facts", {"most": str(MOST_ROWS)})])
    _against_schema("facts", told)
    faults = [*_rows_twice(told["facts"]), *_days(told)]
    if faults:
        raise Refused(faults)
    person, period, days = told["person"], told["period"], told["days"]
    return Facts(
        person=person["id"],
        role=person["role"],
        area_kind=person.get("area_kind"),
        period=Period(period["type"], period["start"], period["end"]),
        days_due=days["due"],
        days_present=days["present"],
        facts={name: [Row(**row) for row in rows] for name, rows in told["facts"].items()},
        history=[PastGrade(**past) for past in told["history"]],
        disputed=told["disputed"],
    )


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0


def _rows_twice(facts: dict[str, list[dict[str, Any]]]) -> Iterator[Fault]:
    for name, rows in facts.items():
        seen: set[tuple[str, str]] = set()
        for row in rows:
            source = (row["kind"], row["id"])
            if source in seen:
                yield Fault("row_twice", name, {"kind": row["kind"], "id": row["id"]})
            seen.add(source)


def _days(told: dict[str, Any]) -> Iterator[Fault]:
    spans = [("period", told["period"]), *(("history", past) for past in told["history"])]
    for where, span in spans:
        try:
            first, last = (date.fromisoformat(span[edge]) for edge in ("start", "end"))
        except ValueError:
            yield Fault("no_such_day", where, {"value": f"{span['start']} – {span['end']}"})
            continue
        if not 0 <= (last - first).days <= LONGEST_DAYS:
            yield Fault("ends_before_it_begins", where)


def _read(raw: bytes, most_bytes: int, most_depth: int) -> dict[str, Any]:
    if len(raw) > most_bytes:
        raise Refused([Fault("too_large", values={"most": f"{most_bytes // 1024} KiB"})])
    if _depth(raw) > most_depth:
        raise Refused([Fault("too_deep", values={"most": str(most_depth)})])
    try:
        told = json.loads(
            raw.decode("utf-8-sig"), object_pairs_hook=_once, parse_int=_bare, parse_float=_bare, parse_constant=_bare
        )
        if NOTHING in canonical(told):
            raise Refused([Fault("not_text")])
    except Refused:
        raise
    except json.JSONDecodeError as error:
        raise Refused([Fault("not_json", values={"line": str(error.lineno), "column": str(error.colno)})]) from error
    except (ValueError, TypeError) as error:  # not UTF-8, or half a character
        raise Refused([Fault("not_text")]) from error
    if not isinstance(told, dict):
        raise Refused([Fault("wrong_kind", values={"expected": "object"})])
    return told


def _depth(raw: bytes) -> int:
    """How deep brackets nest, in one pass and before a parser recurses."""
    depth = deepest = 0
    for token in _TOKENS.finditer(raw):
        if token[0] in (b"[", b"{"):
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in (b"]", b"}"):
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise Refused([Fault("key_twice", twice[:40])])
    return found


def _bare(text: str) -> NoReturn:
    raise Refused([Fault("bare_number", values={"value": text[:40]})])


def _pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[ValidationError]:
    """As ECMAScript reads it: ``$`` is the end, not a line feed before it."""
    if isinstance(value, str) and not re.search(pattern.removesuffix("$") + r"\Z", value, re.ASCII):
        yield ValidationError(f"does not match {pattern}")


def _unique(validator: Any, is_asked: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    """By one look at each item: the library compares each with each, as long as the list may be."""
    if is_asked and isinstance(value, list) and len({canonical(one) for one in value}) < len(value):
        yield ValidationError("has an item twice")


@cache
def schema(name: str) -> dict[str, Any]:
    """A published schema, to be read."""
    return dict(json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8")))


@cache
def _validator(name: str) -> Any:
    return validators.extend(Draft202012Validator, {"pattern": _pattern, "uniqueItems": _unique})(schema(name))


def _against_schema(name: str, told: dict[str, Any]) -> None:
    errors = islice(_validator(name).iter_errors(told), 4 * MOST_FAULTS)
    faults: list[Fault] = []
    for fault in (
        *(_fault(error, told) for error in errors if error.validator != "unevaluatedProperties"),
        *_unknown(told),
    ):
        if fault not in faults:
            faults.append(fault)
    if faults:
        raise Refused(faults[:MOST_FAULTS])


def _fault(error: ValidationError, told: dict[str, Any]) -> Fault:
    """An error of the library as one of ours: where by the code of the indicator or group, and the field."""
    path = list(error.absolute_path)
    if error.validator in ("required", "dependentRequired"):
        match = re.search(r"'([^']*)' is a (?:required property|dependency)", error.message)
        path.append(match[1] if match else "")
    if error.validator == "additionalProperties" and (
        unknown := re.search(r"'([^']*)' w(?:as|ere) unexpected", error.message)
    ):
        path.append(unknown[1][:40])
    code = _OWN_WORDS.get(str(error.validator), "bad_value")
    values = {"value": _short(error.instance), "field": str(path[-1]) if path else ""}
    if code == "not_a_choice":
        allowed = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
        values["allowed"] = ", ".join(map(str, allowed))
    if code == "wrong_kind":
        values["expected"] = str(error.validator_value)
    return Fault(code, _where(path, told), values)


def _short(value: Any) -> str:
    return value[:40] if isinstance(value, str) else ("" if isinstance(value, (dict, list)) else str(value)[:40])


def _where(path: list[Any], told: dict[str, Any]) -> str:
    """``code/field`` where the part has a code, else the path itself."""
    if len(path) > 1 and path[0] in ("indicators", "groups", "grades", "coefficients"):
        part = told[path[0]][path[1]]
        if isinstance(part, dict) and isinstance(part.get("code"), str):
            return "/".join([part["code"][:40], *map(str, path[2:])])
    return "/".join(map(str, path))[:200]


def _unknown(told: dict[str, Any]) -> Iterator[Fault]:
    """Keys that the type of an indicator does not know; the library names every key of a part that has another error."""
    indicators = told.get("indicators")
    for each in indicators if isinstance(indicators, list) else []:
        known = _keys_of(each["type"]) if isinstance(each, dict) and isinstance(each.get("type"), str) else frozenset()
        for key in sorted(set(each) - known if known else ()):
            yield Fault("key_unknown", f"{_short(each.get('code'))}/{key[:40]}", {"field": key[:40], "value": ""})


@cache
def _keys_of(type_: str) -> frozenset[str]:
    parts = _validator("rule_set").schema["$defs"]
    own = parts.get(f"of_{type_}")
    return frozenset([*parts["indicator"]["properties"], *own["properties"]]) if own else frozenset()
